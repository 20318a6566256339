//! What a watcher asks of a real node: blocks in order, what was revealed in them, and what is kept of it.

use super::{ask, kind_of, runtime, types, unreachable, At, Connection, Live, ANSWER};
use crate::{
	chain::{Balance, BlockNumber, Call, Chain, ChainError, ProofKind},
	watch::{scan, Accusation, Kept, Ledger, Reveal, Seen, Subject},
};
use async_trait::async_trait;
use std::{collections::BTreeMap, sync::Arc};
use subxt::rpcs::Error as Rpc;
use tokio::sync::Mutex;

/// Blocks behind the best one that are looked at when a watcher starts: as long as a false ticket can be named by
/// default.
const LOOK_BACK: u64 = 600;
/// Blocks that are read at a time, so that none of it takes long.
const STEP: u64 = 32;
/// Blocks that are remembered, to see when they are replaced by others.
const REMEMBERED: usize = 128;
/// Where the events of a block lie: the hashes of `System` and `Events`.
const EVENTS: [u8; 32] = [
	0x26, 0xaa, 0x39, 0x4e, 0xea, 0x56, 0x30, 0xe0, 0x7c, 0x48, 0xae, 0x0c, 0x95, 0x58, 0xce, 0xf7, 0x80, 0xd4, 0x1e,
	0x5e, 0x16, 0x05, 0x67, 0x65, 0xbc, 0x84, 0x61, 0x85, 0x10, 0x72, 0xc9, 0xd7,
];

/// Reads by a connection of its own, so that whoever reports with `sender` meanwhile does not wait.
pub struct LiveLedger {
	reader: Live,
	sender: Arc<Live>,
	cursor: Mutex<Cursor>,
}

/// How far the chain was read.
#[derive(Default)]
struct Cursor {
	/// The next block; `None` before the first.
	next: Option<u64>,
	/// Whether that one was not there yet.
	caught_up: bool,
	/// Those before it, by their numbers.
	done: BTreeMap<u64, subxt::utils::H256>,
}

impl LiveLedger {
	/// Reads from the first of `nodes` that answers; reports with `sender`.
	pub fn new(nodes: Vec<String>, sender: Arc<Live>) -> Self {
		Self { reader: Live::new(nodes, None), sender, cursor: Mutex::default() }
	}
}

impl Cursor {
	/// Reads on, some blocks at the most.
	async fn follow(&mut self, connection: &mut Connection) -> Result<Seen, ChainError> {
		let best = connection.best().await?.block_number();
		// What was read and is not on the chain any more is read again.
		while let Some((number, hash)) = self.done.last_key_value().map(|(number, hash)| (*number, *hash)) {
			if number <= best && block_hash(connection, number).await? == Some(hash) {
				break;
			}
			self.done.remove(&number);
			self.next = Some(number);
		}
		let first = self.next.unwrap_or_else(|| best.saturating_sub(LOOK_BACK).max(1));
		let mut seen = Seen { best: best as BlockNumber, ..Seen::default() };
		for number in first..=best.min(first + STEP - 1) {
			let Some(hash) = block_hash(connection, number).await? else { break };
			match reveals(connection, hash).await? {
				Some(reveals) => {
					seen.blocks += 1;
					seen.reveals.extend(reveals);
				}
				None => seen.skipped += 1,
			}
			self.done.insert(number, hash);
			self.next = Some(number + 1);
		}
		while self.done.len() > REMEMBERED {
			self.done.pop_first();
		}
		self.caught_up = self.next.is_some_and(|next| next > best);
		Ok(seen)
	}
}

// Exclusive, since a connection cannot be shared between threads.
async fn block_hash(connection: &mut Connection, number: u64) -> Result<Option<subxt::utils::H256>, ChainError> {
	connection.rpc.chain_get_block_hash(Some(number.into())).await.map_err(unreachable)
}

/// What was revealed in a block; `None` if the node does not keep its state any more.
async fn reveals(connection: &mut Connection, hash: subxt::utils::H256) -> Result<Option<Vec<Reveal>>, ChainError> {
	let events = match connection.rpc.state_get_storage(&EVENTS, Some(hash)).await {
		Ok(events) => events.unwrap_or_default(),
		Err(Rpc::User(_)) => return Ok(None),
		Err(error) => return Err(unreachable(error)),
	};
	let at = connection.best().await?;
	let mut shown = Vec::new();
	for event in at.events().from_bytes(events).iter() {
		// A block of a runtime whose events are others.
		let Ok(event) = event else { return Ok(None) };
		if let Some(Ok(proven)) = event.decode_fields_as::<runtime::work_verification::events::PowerProven>() {
			let kind = match proven.kind {
				types::gpu_chain_primitives::types::ProofKind::Compute => ProofKind::Compute,
				types::gpu_chain_primitives::types::ProofKind::Memory => ProofKind::Memory,
			};
			shown.push(Subject { node: proven.node.0, kind, device: proven.device, round: proven.round });
		}
	}
	if shown.is_empty() {
		return Ok(Some(Vec::new()));
	}
	let block = connection.rpc.chain_get_block(Some(hash)).await.map_err(unreachable)?;
	let Some(block) = block else { return Ok(None) };
	let mut reveals = Vec::new();
	for subject in shown {
		let prefix = prefix(&at, &subject)?;
		let found = block.block.extrinsics.iter().flat_map(|extrinsic| scan::reveals(&extrinsic.0, &prefix)).collect();
		reveals.push(Reveal { subject, found });
	}
	Ok(Some(reveals))
}

/// How the call begins by which a device reveals.
fn prefix(at: &At, subject: &Subject) -> Result<Vec<u8>, ChainError> {
	let nothing = types::bounded_collections::bounded_vec::BoundedVec(vec![]);
	let (node, salt) = (subxt::utils::H256(subject.node), subxt::utils::H256::zero());
	let call = runtime::transactions().work_verification().reveal_power(
		node,
		kind_of(subject.kind),
		subject.device,
		nothing,
		salt,
	);
	let mut bytes = at.tx().call_data(&call).map_err(|error| ChainError::Interface(error.to_string()))?;
	// Behind it come the tickets, none of which take one byte, and the salt.
	bytes.truncate(bytes.len().saturating_sub(1 + 32));
	Ok(bytes)
}

#[async_trait]
impl Ledger for LiveLedger {
	async fn next(&self) -> Result<Seen, ChainError> {
		let mut cursor = self.cursor.lock().await;
		if cursor.caught_up {
			self.reader.next_block().await?;
		}
		self.reader.with(ANSWER, async |connection| cursor.follow(connection).await).await
	}

	async fn kept(&self, subject: &Subject) -> Result<Option<Kept>, ChainError> {
		let (node, kind) = (subxt::utils::H256(subject.node), kind_of(subject.kind));
		self.sender
			.with(ANSWER, async |connection| {
				let at = connection.best().await?;
				let payload = runtime::runtime_apis().work_api().power_commitments(node, kind, subject.device);
				let kept = ask(&at, payload).await?.into_iter().find(|(round, _)| *round == subject.round);
				Ok(kept.map(|(_, kept)| Kept {
					hash: kept.hash.0,
					seed: kept.job.seed.0,
					target: kept.job.target,
					walks: kept.job.walks.map(|walks| (walks.entropy.0, walks.elements)),
					until: kept.challenge_until,
				}))
			})
			.await
	}

	async fn false_ticket(&self, subject: &Subject, tickets: &[u64]) -> Result<Option<u32>, ChainError> {
		let (node, kind) = (subxt::utils::H256(subject.node), kind_of(subject.kind));
		self.sender
			.with(ANSWER, async |connection| {
				let at = connection.best().await?;
				let (device, round) = (subject.device, subject.round);
				let api = runtime::runtime_apis().work_api();
				let payload = api.false_ticket(node, kind, device, round, tickets.to_vec());
				Ok(ask(&at, payload).await?.map(|(index, _)| index))
			})
			.await
	}

	async fn report(&self, accusation: &Accusation) -> Result<(), ChainError> {
		let Accusation { subject, tickets, salt, index } = accusation;
		let call = Call::ChallengePower {
			node: subject.node,
			kind: subject.kind,
			device: subject.device,
			round: subject.round,
			tickets: tickets.clone(),
			salt: *salt,
			index: *index,
		};
		match self.sender.submit(&[call]).await.pop() {
			Some(outcome) => outcome.map(drop),
			None => Err(unreachable("nothing was sent")),
		}
	}

	async fn free_balance(&self) -> Result<Balance, ChainError> {
		self.sender.free_balance().await
	}
}
