//! The validators' worker: asks nodes, decides, signs, submits. It runs off chain; I/O goes through the client alone.

use crate::{
	crypto::{AuthorityId, KEY_TYPE},
	types::{Authority, Chain, HeaderVote, MemberIndex, Signature, Subject},
	Authorities, AuthoritySetId, Ballots, Call, ChainId, Chains, CollectedSignatures, Config, GatewaySets,
	HeaderRanges, Headers, OutboundNonce, Outbox, Pallet, Paused, Rotations, LOG_TARGET,
};
use alloc::{string::String, vec::Vec};
use codec::{Decode, Encode};
use core::str;
use frame_support::traits::Get;
use frame_system::offchain::SubmitTransaction;
use gpu_chain_evm_client::{
	client::{Client, Transport},
	jsonrpc,
	offchain::Http,
};
use sp_application_crypto::RuntimeAppPublic;
use sp_core::{ecdsa, offchain::Duration};
use sp_io::offchain::timestamp;
use sp_runtime::offchain::{
	storage::{StorageRetrievalError, StorageValueRef},
	storage_lock::{StorageLock, Time},
};

/// The most nodes that a validator asks.
const MAX_ENDPOINTS: usize = 8;
/// How long one run waits for nodes, milliseconds: for all of a chain's questions together.
const PATIENCE: u64 = 20_000;
/// Open items that one run signs.
const MAX_SIGNED: usize = 8;
/// Blocks after which a vote that is not on the chain is sent again.
const RESEND_AFTER: u32 = 10;

/// Where the addresses of a chain's nodes lie in the local storage of a validator's node: one a line. They never leave it.
pub fn endpoints_key(chain_id: ChainId) -> Vec<u8> {
	(b"gpu-chain/evm-bridge/endpoints/", chain_id).encode()
}

fn notes_key(chain_id: ChainId, key: &ecdsa::Public) -> Vec<u8> {
	(b"gpu-chain/evm-bridge/voted/", chain_id, key).encode()
}

/// The newest vote of a key, as its validator notes it before it is sent: whatever becomes of the chain, it never signs at
/// or below that height again.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Note {
	pub(crate) vote: HeaderVote,
	pub(crate) signature: Signature,
	pub(crate) sent_at: u32,
}

impl<T: Config> Pallet<T> {
	pub(crate) fn run_worker() {
		if !sp_io::offchain::is_validator() || !Self::block().is_multiple_of(T::WorkerPeriod::get().max(1)) {
			return;
		}
		let keys: Vec<ecdsa::Public> = AuthorityId::all().into_iter().map(ecdsa::Public::from).collect();
		if keys.is_empty() {
			return;
		}
		// Runs of several blocks may overlap; two of them together could sign twice. The lock lasts for the longest run.
		let chains = u64::from(T::MaxChains::get()).saturating_add(1);
		let patience = Duration::from_millis(PATIENCE.saturating_mul(chains));
		let mut lock = StorageLock::<Time>::with_deadline(b"gpu-chain/evm-bridge/lock", patience);
		let Ok(_guard) = lock.try_lock() else { return };
		for (chain_id, chain) in Chains::<T>::iter() {
			Self::sign_what_leaves(chain_id, &keys);
			if Paused::<T>::contains_key(chain_id) {
				continue;
			}
			let deadline = timestamp().add(Duration::from_millis(PATIENCE));
			Self::vote(chain_id, &chain, &keys, &Http { deadline });
		}
	}

	/// The members of a set whose keys are here.
	fn own<'a>(
		members: &'a [Authority<T::AccountId>],
		keys: &'a [ecdsa::Public],
	) -> impl Iterator<Item = (MemberIndex, ecdsa::Public)> + 'a {
		members.iter().zip(0..).filter(|(member, _)| keys.contains(&member.key)).map(|(member, i)| (i, member.key))
	}

	/// The addresses of the nodes to ask, if there are enough and they are different servers.
	fn endpoints(chain_id: ChainId) -> Option<Vec<String>> {
		let bytes =
			sp_io::offchain::local_storage_get(sp_core::offchain::StorageKind::PERSISTENT, &endpoints_key(chain_id))?;
		let urls = jsonrpc::endpoints(str::from_utf8(&bytes).ok()?, Self::least_endpoints(), MAX_ENDPOINTS);
		if urls.is_none() {
			log::warn!(target: LOG_TARGET, "chain {chain_id}: the list of nodes is not of use");
		}
		urls
	}

	fn least_endpoints() -> usize {
		T::MinEndpoints::get().max(1) as usize
	}

	/// Votes on the next header that all nodes agree on.
	pub(crate) fn vote(chain_id: ChainId, chain: &Chain, keys: &[ecdsa::Public], transport: &impl Transport) {
		let set_id = AuthoritySetId::<T>::get();
		let Some(set) = Authorities::<T>::get(set_id) else { return };
		let own: Vec<_> = Self::own(&set.members, keys).collect();
		if own.is_empty() {
			return;
		}
		let Some(urls) = Self::endpoints(chain_id) else { return };
		let client =
			Client { transport, chain: chain.for_client(chain_id), urls: &urls, least: Self::least_endpoints() };
		for (index, key) in own {
			let notes = notes_key(chain_id, &key);
			let notes = StorageValueRef::persistent(&notes);
			let note: Option<Note> = match notes.get() {
				Ok(note) => note,
				Err(StorageRetrievalError::Undecodable) => {
					// Better silent than at a height that was voted on.
					log::error!(target: LOG_TARGET, "chain {chain_id}: the note of the last vote is damaged");
					continue;
				}
			};
			if let Some(note) = note.as_ref().filter(|note| Self::is_of_use(note, index)) {
				if Self::block() >= note.sent_at.saturating_add(RESEND_AFTER) {
					notes.set(&Note { sent_at: Self::block(), ..note.clone() });
					Self::submit(Call::vote_header { vote: note.vote, index, signature: note.signature });
				}
				continue;
			}
			let ballot = Ballots::<T>::get(chain_id);
			let voted = ballot.voted(set_id, index).max(note.as_ref().map(|note| note.vote.number));
			let accepted = HeaderRanges::<T>::get(chain_id).map(|range| range.newest);
			let open = ballot.votes.iter().map(|(number, _)| *number).filter(|number| *number > 0);
			let header = match client.next_vote(accepted, voted, open) {
				Ok(Some(header)) => header,
				Ok(None) => continue,
				Err(disagreement) => {
					log::warn!(target: LOG_TARGET, "chain {chain_id}: no vote: {disagreement:?}");
					continue;
				}
			};
			let attested = accepted.and_then(|number| Some((number, Headers::<T>::get(chain_id, number)?.block_hash)));
			if attested.is_some_and(|(number, hash)| !client.still_has(number, &hash.0)) {
				// Reorganised below finality, or nodes that lie: the bridge stands still until people have looked at it.
				log::error!(target: LOG_TARGET, "chain {chain_id}: no vote: the last accepted block {accepted:?} is gone");
				continue;
			}
			let vote = HeaderVote {
				chain_id,
				set_id,
				number: header.number,
				block_hash: header.hash.into(),
				receipts_root: header.receipts_root.into(),
				timestamp: header.timestamp,
			};
			// Also what nodes say is only sent if it can count.
			if Self::check_vote(&vote, index).is_err() {
				continue;
			}
			let digest = Self::vote_digest(&vote, chain);
			let Some(signature) = Self::signature(&key, &digest.0) else { continue };
			notes.set(&Note { vote, signature, sent_at: Self::block() });
			Self::submit(Call::vote_header { vote, index, signature });
		}
	}

	/// Whether a vote that was sent can still count, and does not yet.
	fn is_of_use(note: &Note, index: MemberIndex) -> bool {
		Self::check_vote(&note.vote, index).is_ok()
	}

	/// Signs open items that this chain can be expected to be final about, and the set that takes over.
	pub(crate) fn sign_what_leaves(chain_id: ChainId, keys: &[ecdsa::Public]) {
		let Some(rotation) = Rotations::<T>::get(chain_id) else { return };
		let Some(set) = GatewaySets::<T>::get(chain_id, rotation.current) else { return };
		let own: Vec<_> = Self::own(&set.members, keys).collect();
		if own.is_empty() {
			return;
		}
		let settled = |nonce: &u64| {
			Outbox::<T>::get(chain_id, nonce)
				.is_some_and(|item| Self::block() >= item.created_at.saturating_add(T::SigningDelay::get()))
		};
		let last = OutboundNonce::<T>::get(chain_id);
		// The gateway takes them in their order, so the oldest are signed first; no more are open than may be.
		let first = last.saturating_sub(T::MaxOpenItems::get().into());
		let items = (first..=last).filter(settled).map(Subject::Item);
		let next = rotation.pending.then(|| Subject::Set(rotation.next()));
		let subjects = next.into_iter().chain(items).filter(|subject| {
			let collected = CollectedSignatures::<T>::get(chain_id, *subject);
			let signed = |index| collected.signed.iter().any(|(who, _)| *who == index);
			collected.set_id != rotation.current || own.iter().any(|(index, _)| !signed(*index))
		});
		for subject in subjects.take(MAX_SIGNED) {
			let Ok((digest, set_id)) = Self::to_sign(chain_id, subject) else { continue };
			for (index, key) in &own {
				if let Some(signature) = Self::signature(key, &digest) {
					Self::submit(Call::sign { chain_id, subject, set_id, index: *index, signature });
				}
			}
		}
	}

	fn signature(key: &ecdsa::Public, digest: &[u8; 32]) -> Option<Signature> {
		sp_io::crypto::ecdsa_sign_prehashed(KEY_TYPE, key, digest).map(|signature| signature.0)
	}

	fn submit(call: Call<T>) {
		let transaction = T::create_authorized_transaction(call.into());
		if SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).is_err() {
			// It is in the pool already, or comes too late.
			log::debug!(target: LOG_TARGET, "the pool did not take a vote or signature");
		}
	}
}
