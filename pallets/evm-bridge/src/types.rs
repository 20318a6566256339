//! What the bridge knows and says. Nothing here knows the pallet's configuration.

use alloc::{boxed::Box, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::ops::RangeInclusive;
use frame_support::{traits::ConstU32, BoundedVec};
use gpu_chain_evm_client::{
	chain as client,
	eip712::{self, Domain, Member, Struct},
	events::MAX_PAYLOAD,
	header::{self, follow, MAX_HEADER_BYTES},
	keccak256,
	proof::{verify_receipt, MAX_PROOF_NODES},
	receipt::{Log, Receipt, MAX_RECEIPT_BYTES},
	Word,
};
use scale_info::TypeInfo;
use sp_core::{ecdsa, H160, H256};
use sp_runtime::traits::AtLeast32BitUnsigned;

/// The number that an EVM chain's transactions are signed for (EIP-155).
pub type ChainId = u64;
/// Counts what goes one way through a gateway.
pub type Nonce = u64;
/// Counts withdrawals.
pub type WithdrawalId = u64;
/// A recoverable signature: r, s, v.
pub type Signature = [u8; 65];
/// A member's place in its set, which is sorted by address.
pub type MemberIndex = u16;

/// The most members of a set, as the gateway contract has it.
pub const MAX_MEMBERS: u32 = eip712::MAX_MEMBERS as u32;
/// The most transfers of a batch, as the gateway contract has it.
pub const MAX_TRANSFERS: u32 = 32;
/// The longest payload of a message, bytes, as the gateway contract has it.
pub const MAX_PAYLOAD_BYTES: u32 = MAX_PAYLOAD as u32;
/// The most headers that a proof goes down from an accepted one, itself among them.
pub const MAX_ANCESTORS: u32 = header::MAX_ANCESTORS as u32;
/// The most that a proof weighs: receipt and nodes of the trie, bytes. Ancestors come on top.
pub const MAX_PROOF_BYTES: usize = 16_384;

/// When a block of an EVM chain can be counted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Finality {
	/// When its nodes say so: Ethereum, and rollups on it.
	Finalized,
	/// When so many blocks are on top of it: chains by proof of work.
	Depth(u32),
}

/// An EVM chain and the gateway on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Chain {
	/// The hash of its first block.
	pub genesis: H256,
	/// The gateway contract.
	pub gateway: H160,
	/// When its blocks are final.
	pub finality: Finality,
	/// Only headers are voted on whose number is a multiple of this. Less than [`MAX_ANCESTORS`]: a proof reaches from one to
	/// the one below.
	pub alignment: u32,
}

impl Chain {
	/// What signatures for its gateway are bound to.
	pub fn domain(&self, chain_id: ChainId) -> Domain {
		Domain { chain_id, gateway: self.gateway.0 }
	}

	/// What the client has to know.
	pub fn for_client(&self, chain_id: ChainId) -> client::Chain {
		client::Chain {
			chain_id,
			genesis: self.genesis.0,
			gateway: self.gateway.0,
			finality: match self.finality {
				Finality::Finalized => client::Finality::Finalized,
				Finality::Depth(depth) => client::Finality::Depth(depth.into()),
			},
			alignment: self.alignment.into(),
		}
	}
}

/// A validator as the bridge knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Authority<AccountId> {
	/// The validator.
	pub account: AccountId,
	/// Its key for the bridge.
	pub key: ecdsa::Public,
	/// The same key, as contracts know it.
	pub address: H160,
	/// What its signature weighs.
	pub power: u64,
}

/// Validators, sorted by their addresses.
pub type Members<AccountId> = BoundedVec<Authority<AccountId>, ConstU32<MAX_MEMBERS>>;

/// A set of validators of this chain.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct AuthoritySet<AccountId> {
	/// Who they are.
	pub members: Members<AccountId>,
	/// The last session that they were validators in: what they do wrong is charged to their stake in that one.
	pub session: u32,
}

/// A set that a gateway knows, or is to know.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct GatewaySet<AccountId> {
	/// Which set of this chain that was.
	pub authority_set: u64,
	/// Who they are.
	pub members: Members<AccountId>,
	/// A session that they were validators in.
	pub session: u32,
	/// The last second since 1970 at which their signatures count at the gateway.
	pub active_until: u64,
}

/// More than two thirds of the power.
pub fn is_quorum(signed: u64, total: u64) -> bool {
	total > 0 && u128::from(signed).saturating_mul(3) > u128::from(total).saturating_mul(2)
}

/// The power of all of them.
pub fn total_power<AccountId>(members: &[Authority<AccountId>]) -> u64 {
	members.iter().fold(0, |sum, member| sum.saturating_add(member.power))
}

/// The hash by which contracts know a set. `None` for sets that they refuse.
pub fn members_hash<AccountId>(members: &[Authority<AccountId>]) -> Option<Word> {
	let members: Vec<Member> =
		members.iter().map(|member| Member { address: member.address.0, power: member.power }).collect();
	eip712::members_hash(&members)
}

/// A header, as a validator attests it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct HeaderVote {
	/// The chain.
	pub chain_id: ChainId,
	/// The set that the validator votes as a member of.
	pub set_id: u64,
	/// The height.
	pub number: u64,
	/// The header's hash.
	pub block_hash: H256,
	/// The root of the trie of its receipts.
	pub receipts_root: H256,
	/// Its time, seconds since 1970.
	pub timestamp: u64,
}

impl HeaderVote {
	/// What a validator signs. Every field has a fixed width, so that no two votes have one encoding; this chain's genesis and
	/// the gateway keep a vote from counting on another chain or for another contract.
	pub fn digest(&self, genesis: &H256, gateway: &H160) -> Word {
		keccak256(&(*b"gpu-chain/header-vote/v1", genesis, gateway, self).encode())
	}

	/// Whether somebody who signed both cannot have been honest: two blocks at one height.
	pub fn conflicts(&self, other: &Self) -> bool {
		let content = |vote: &Self| (vote.block_hash, vote.receipts_root, vote.timestamp);
		self.chain_id == other.chain_id && self.number == other.number && content(self) != content(other)
	}
}

/// The newest vote of each member of a set; height and digest, zero for none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Ballot {
	/// The set that votes.
	pub set_id: u64,
	/// By the members' places.
	pub votes: BoundedVec<(u64, H256), ConstU32<MAX_MEMBERS>>,
}

impl Ballot {
	/// The last height that a member voted on in this set.
	pub fn voted(&self, set_id: u64, index: MemberIndex) -> Option<u64> {
		if self.set_id != set_id {
			return None;
		}
		self.votes.get(usize::from(index)).map(|(number, _)| *number).filter(|number| *number > 0)
	}

	/// Notes a vote; a new set begins anew. `false` if the member has no place.
	pub fn cast(&mut self, set_id: u64, members: usize, index: MemberIndex, number: u64, digest: H256) -> bool {
		if self.set_id != set_id {
			*self = Self { set_id, votes: Default::default() };
		}
		while self.votes.len() < members {
			if self.votes.try_push((0, H256::zero())).is_err() {
				return false;
			}
		}
		match self.votes.get_mut(usize::from(index)) {
			Some(vote) => {
				*vote = (number, digest);
				true
			}
			None => false,
		}
	}

	/// The power behind a digest.
	pub fn power<AccountId>(&self, members: &[Authority<AccountId>], digest: &H256) -> u64 {
		self.votes
			.iter()
			.zip(members)
			.filter(|((_, vote), _)| vote == digest)
			.fold(0, |sum, (_, member)| sum.saturating_add(member.power))
	}
}

/// A header that two thirds attested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct AcceptedHeader {
	/// The header's hash.
	pub block_hash: H256,
	/// The root of the trie of its receipts.
	pub receipts_root: H256,
	/// Its time, seconds since 1970.
	pub timestamp: u64,
	/// The next that was accepted.
	pub next: Option<u64>,
}

/// The headers of a chain that are kept, oldest to newest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct HeaderRange {
	/// The oldest's height.
	pub oldest: u64,
	/// The newest's height.
	pub newest: u64,
	/// How many they are.
	pub count: u32,
}

/// Raw headers, each the parent of the one before it, beginning with one that was accepted.
pub type Ancestors =
	BoundedVec<BoundedVec<u8, ConstU32<{ MAX_HEADER_BYTES as u32 }>>, ConstU32<{ header::MAX_ANCESTORS as u32 }>>;

/// The header that they lead down to, if they do.
pub fn follow_ancestors(anchor: &AcceptedHeader, ancestors: &Ancestors) -> Option<header::Header> {
	follow(&anchor.block_hash.0, ancestors.iter().map(|header| header.as_slice()))
}

/// A proof that the gateway said something.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct EventProof {
	/// An accepted header.
	pub anchor: u64,
	/// Raw headers from that one down to the block of the transaction; none if it is that block.
	pub ancestors: Ancestors,
	/// The transaction's place in the block.
	pub tx_index: u32,
	/// The log's place in the receipt (not in the block).
	pub log_index: u32,
	/// The receipt's encoding.
	pub receipt: BoundedVec<u8, ConstU32<{ MAX_RECEIPT_BYTES as u32 }>>,
	/// The nodes of the receipts trie from the root to the receipt.
	pub nodes: BoundedVec<BoundedVec<u8, ConstU32<{ MAX_PROOF_BYTES as u32 }>>, ConstU32<{ MAX_PROOF_NODES as u32 }>>,
}

/// What is wrong with a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofFault {
	/// It is longer than proofs may be.
	TooLarge,
	/// The ancestors do not lead down from the anchor.
	Ancestors,
	/// The receipt is not the block's.
	Receipt,
	/// The transaction failed, or its receipt is none.
	NoLogs,
	/// There is no such log in it.
	NoSuchLog,
}

impl EventProof {
	/// Its receipt and nodes, bytes.
	pub fn size(&self) -> usize {
		self.nodes.iter().fold(self.receipt.len(), |sum, node| sum.saturating_add(node.len()))
	}

	/// The log that it proves, by the header that it is anchored in.
	///
	/// # Errors
	/// [`ProofFault`].
	pub fn verify(&self, anchor: &AcceptedHeader) -> Result<Log, ProofFault> {
		if self.size() > MAX_PROOF_BYTES {
			return Err(ProofFault::TooLarge);
		}
		let root = if self.ancestors.is_empty() {
			anchor.receipts_root.0
		} else {
			follow_ancestors(anchor, &self.ancestors).ok_or(ProofFault::Ancestors)?.receipts_root
		};
		let nodes = self.nodes.iter().map(|node| node.as_slice());
		if !verify_receipt(&root, self.tx_index, &self.receipt, nodes) {
			return Err(ProofFault::Receipt);
		}
		let receipt = Receipt::decode(&self.receipt).filter(|receipt| receipt.succeeded).ok_or(ProofFault::NoLogs)?;
		let index = usize::try_from(self.log_index).map_err(|_| ProofFault::NoSuchLog)?;
		receipt.logs.into_iter().nth(index).ok_or(ProofFault::NoSuchLog)
	}
}

/// What happens to an asset here when it crosses the bridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum RouteKind {
	/// It is at home there: minted here when it comes, burnt when it leaves.
	Minted,
	/// It is at home here: locked when it leaves, unlocked when it comes back.
	Locked,
}

/// Which way something crosses the bridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Direction {
	/// To this chain.
	Inbound,
	/// To the EVM chain.
	Outbound,
}

/// How much may cross in one direction, in the asset's smallest unit.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Limits<Balance> {
	/// The least of one transfer.
	pub min: Balance,
	/// The most of one transfer.
	pub max: Balance,
	/// The most at once: the bucket's size.
	pub capacity: Balance,
	/// What flows into the bucket with every block.
	pub refill: Balance,
	/// Transfers above this wait.
	pub delay_above: Balance,
	/// How long, blocks.
	pub delay: u32,
}

impl<Balance: AtLeast32BitUnsigned + Copy> Limits<Balance> {
	/// Whether they make sense: every transfer that is allowed fits into a full bucket.
	pub fn are_sound(&self) -> bool {
		!self.min.is_zero() && self.min <= self.max && self.max <= self.capacity
	}
}

/// An asset that crosses the bridge of a chain. Its smallest unit is the same on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Route<AssetKind, Balance> {
	/// The asset here.
	pub asset: AssetKind,
	/// What happens to it here.
	pub kind: RouteKind,
	/// The most that may be across: minted here, or locked here.
	pub cap: Balance,
	/// Limits of what comes.
	pub inbound: Limits<Balance>,
	/// Limits of what leaves.
	pub outbound: Limits<Balance>,
}

impl<AssetKind, Balance: Copy> Route<AssetKind, Balance> {
	/// The limits of a direction.
	pub fn limits(&self, direction: Direction) -> Limits<Balance> {
		match direction {
			Direction::Inbound => self.inbound,
			Direction::Outbound => self.outbound,
		}
	}
}

/// How full a bucket was, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Bucket<Balance> {
	/// What could cross.
	pub level: Balance,
	/// In that block.
	pub at: u32,
}

impl<Balance: AtLeast32BitUnsigned + Copy> Bucket<Balance> {
	/// What can cross now.
	pub fn level(bucket: Option<Self>, limits: &Limits<Balance>, now: u32) -> Balance {
		let Some(bucket) = bucket else { return limits.capacity };
		let blocks = Balance::from(now.saturating_sub(bucket.at));
		bucket.level.saturating_add(limits.refill.saturating_mul(blocks)).min(limits.capacity)
	}

	/// The bucket after `amount` crossed, `None` if there is less in it.
	pub fn take(bucket: Option<Self>, limits: &Limits<Balance>, now: u32, amount: Balance) -> Option<Self> {
		let level = Self::level(bucket, limits, now).checked_sub(&amount)?;
		Some(Self { level, at: now })
	}
}

/// Money on its way out.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Withdrawal<AccountId, AssetKind, Balance> {
	/// Whose it is.
	pub who: AccountId,
	/// The asset.
	pub asset: AssetKind,
	/// How much.
	pub amount: Balance,
	/// The token on the other side; zero is its own money.
	pub token: H160,
	/// Who receives it there.
	pub to: H160,
	/// What whoever relays it is paid, in native money.
	pub fee: Balance,
	/// The block from which on it may leave.
	pub ready_at: u32,
}

/// A withdrawal that waits.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Queued<AccountId, AssetKind, Balance> {
	/// What waits.
	pub withdrawal: Withdrawal<AccountId, AssetKind, Balance>,
	/// Since when.
	pub since: u32,
}

/// The places of a queue: `[head, tail)`, with holes where somebody left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct QueueBounds {
	/// The first place that may be taken.
	pub head: u64,
	/// The place behind the last.
	pub tail: u64,
}

/// What leaves through a gateway.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Content<AccountId, AssetKind, Balance> {
	/// Transfers, in their order.
	Batch(BoundedVec<Withdrawal<AccountId, AssetKind, Balance>, ConstU32<MAX_TRANSFERS>>),
	/// A message.
	Message {
		/// Who says it.
		sender: AccountId,
		/// The contract that it is said to.
		target: H160,
		/// What the contract may use, gas.
		gas_limit: u64,
		/// What is said.
		payload: BoundedVec<u8, ConstU32<MAX_PAYLOAD_BYTES>>,
	},
}

/// Something that leaves through a gateway.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct OutboundItem<AccountId, AssetKind, Balance> {
	/// What it is.
	pub content: Content<AccountId, AssetKind, Balance>,
	/// The last second since 1970 at which the gateway takes it; afterwards it can only be cancelled there.
	pub deadline: u64,
	/// What whoever relays it is paid, in native money.
	pub fee: Balance,
	/// The block that it was made in.
	pub created_at: u32,
	/// The first of the gateway's sets that may sign it.
	pub first_set: u64,
}

impl<AccountId: Encode, AssetKind, Balance: Clone + Into<u128>> OutboundItem<AccountId, AssetKind, Balance> {
	/// What the gateway is to carry out.
	pub fn payload(&self, nonce: Nonce) -> Payload {
		match &self.content {
			Content::Batch(withdrawals) => {
				let transfer = |withdrawal: &Withdrawal<AccountId, AssetKind, Balance>| PayloadTransfer {
					token: withdrawal.token,
					to: withdrawal.to,
					amount: withdrawal.amount.clone().into(),
				};
				let transfers = BoundedVec::truncate_from(withdrawals.iter().map(transfer).collect());
				Payload::Batch { nonce, deadline: self.deadline, transfers }
			}
			Content::Message { sender, target, gas_limit, payload } => Payload::Message {
				nonce,
				deadline: self.deadline,
				sender: H256(word_of(sender)),
				target: *target,
				gas_limit: *gas_limit,
				payload: payload.clone(),
			},
		}
	}
}

/// A transfer, as contracts know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct PayloadTransfer {
	/// The token; zero is the chain's own money.
	pub token: H160,
	/// Who receives it.
	pub to: H160,
	/// How much.
	pub amount: u128,
}

/// What validators sign for a gateway, but for the set that signs.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Payload {
	/// Transfers.
	Batch {
		/// Its place among batches and messages.
		nonce: Nonce,
		/// The last second at which it may be carried out.
		deadline: u64,
		/// The transfers.
		transfers: BoundedVec<PayloadTransfer, ConstU32<MAX_TRANSFERS>>,
	},
	/// A message.
	Message {
		/// Its place among batches and messages.
		nonce: Nonce,
		/// The last second at which it may be delivered.
		deadline: u64,
		/// Who says it.
		sender: H256,
		/// The contract that it is said to.
		target: H160,
		/// What the contract may use, gas.
		gas_limit: u64,
		/// What is said.
		payload: BoundedVec<u8, ConstU32<MAX_PAYLOAD_BYTES>>,
	},
	/// The set that takes over.
	Set {
		/// Its number at the gateway.
		set_id: u64,
		/// The hash of its members.
		members: H256,
		/// The last second at which its signatures count.
		active_until: u64,
	},
}

fn batch(set_id: u64, nonce: Nonce, deadline: u64, transfers: &[PayloadTransfer]) -> eip712::WithdrawBatch {
	let transfer = |one: &PayloadTransfer| eip712::Transfer { token: one.token.0, to: one.to.0, amount: one.amount };
	eip712::WithdrawBatch { set_id, nonce, deadline, transfers: transfers.iter().map(transfer).collect() }
}

impl Payload {
	/// The hash of its type and fields, signed by the gateway's set `set_id`. A set that takes over does not name it.
	pub fn struct_hash(&self, set_id: u64) -> Word {
		match self {
			Self::Batch { nonce, deadline, transfers } => batch(set_id, *nonce, *deadline, transfers).struct_hash(),
			Self::Message { nonce, deadline, sender, target, gas_limit, payload } => eip712::Message {
				set_id,
				nonce: *nonce,
				deadline: *deadline,
				sender: sender.0,
				target: target.0,
				gas_limit: *gas_limit,
				payload: payload.to_vec(),
			}
			.struct_hash(),
			Self::Set { set_id, members, active_until } => {
				eip712::ValidatorSet { set_id: *set_id, members: members.0, active_until: *active_until }.struct_hash()
			}
		}
	}

	/// The newest of the gateway's sets in `sets` that is meant by `hash`, a [`Self::struct_hash`]. What all of them have in
	/// common is hashed once.
	pub fn signed_by(&self, sets: RangeInclusive<u64>, hash: &Word) -> Option<u64> {
		let by: Box<dyn Fn(u64) -> Word> = match self {
			Self::Batch { nonce, deadline, transfers } => {
				let batch = batch(0, *nonce, *deadline, transfers);
				let transfers = batch.transfers_hash();
				Box::new(move |set_id| batch.hash_by(set_id, transfers))
			}
			Self::Message { nonce, deadline, sender, target, gas_limit, payload } => {
				let content = keccak256(payload);
				let message = eip712::Message {
					set_id: 0,
					nonce: *nonce,
					deadline: *deadline,
					sender: sender.0,
					target: target.0,
					gas_limit: *gas_limit,
					payload: Vec::new(),
				};
				Box::new(move |set_id| message.hash_by(set_id, content))
			}
			Self::Set { .. } => return None,
		};
		sets.rev().find(|set_id| by(*set_id) == *hash)
	}

	/// What a member of the gateway's set `set_id` signs.
	pub fn digest(&self, domain: &Domain, set_id: u64) -> Word {
		eip712::digest(domain, &self.struct_hash(set_id))
	}
}

/// What signatures are collected for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Subject {
	/// A batch or message.
	Item(Nonce),
	/// The set that takes over.
	Set(u64),
}

/// Signatures that were collected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Signatures {
	/// The gateway's set that they are of.
	pub set_id: u64,
	/// Who signed, in the order of their places, with r, s and v of 0 or 1.
	pub signed: BoundedVec<(MemberIndex, Signature), ConstU32<MAX_MEMBERS>>,
	/// What they weigh.
	pub power: u64,
}

/// Money that could not be credited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum CreditKey {
	/// A deposit, by its nonce.
	Deposit(Nonce),
	/// What comes back of a batch that was cancelled: its nonce, and the place in it.
	Refund(Nonce, u32),
}

/// Why money waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Waiting {
	/// Its token has no route.
	NoRoute,
	/// It is not an amount that this chain can count, or beyond what one transfer may be.
	BadAmount,
	/// It is above the threshold, and its time is not over.
	Delayed,
	/// The bucket has not enough in it.
	LimitReached,
	/// More would be across than may be, or than ever left.
	CapReached,
	/// The account cannot receive it.
	CannotReceive,
}

/// A credit that waits to be tried again.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Suspended<AccountId> {
	/// The token on the other side.
	pub token: H160,
	/// Who receives it.
	pub to: AccountId,
	/// How much: a number of 256 bits, big-endian.
	pub amount: H256,
	/// From which block on, if it was delayed.
	pub ready_at: Option<u32>,
	/// Why it waits.
	pub reason: Waiting,
}

/// What a validator did wrong.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Offence {
	/// It signed what this chain never recorded: the gravest.
	UnknownSignature,
	/// It voted for two headers at one height.
	ConflictingVotes,
	/// It did nothing for the bridge in a session in which others did.
	Unresponsive,
}

/// Who is told of offences, and what the bridge's part of a session is.
pub trait BridgeOffences<AccountId> {
	/// `offenders`, out of `validators` in that session, did it; `at` tells one offence of a kind from the next.
	/// `false` if that is known already.
	fn report(
		offence: Offence,
		session: u32,
		at: u128,
		validators: u32,
		offenders: Vec<AccountId>,
		reporter: Option<AccountId>,
	) -> bool;

	/// The session that runs.
	fn session_index() -> u32;
}

/// Nobody is punished.
impl<AccountId> BridgeOffences<AccountId> for () {
	fn report(_: Offence, _: u32, _: u128, _: u32, _: Vec<AccountId>, _: Option<AccountId>) -> bool {
		true
	}
	fn session_index() -> u32 {
		0
	}
}

/// What the members of the running set did in this session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Activity {
	/// Headers that were accepted.
	pub headers: u32,
	/// Which members voted or signed.
	pub active: BoundedVec<bool, ConstU32<MAX_MEMBERS>>,
}

/// A gateway's set, and the one that takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Rotation {
	/// The set that the gateway has.
	pub current: u64,
	/// Whether the next one is being signed.
	pub pending: bool,
}

impl Rotation {
	/// The number of the set that takes over.
	pub fn next(&self) -> u64 {
		self.current.saturating_add(1)
	}
}

/// The 32 bytes that an account is to contracts: its encoding, zeros behind it.
pub fn word_of<AccountId: Encode>(account: &AccountId) -> Word {
	let mut word = [0; 32];
	for (to, from) in word.iter_mut().zip(account.encode()) {
		*to = from;
	}
	word
}

/// The account that 32 bytes are, if they are one and nothing else.
pub fn account_of<AccountId: Encode + Decode>(word: &Word) -> Option<AccountId> {
	let account = AccountId::decode(&mut word.as_slice()).ok()?;
	(*word != [0; 32] && word_of(&account) == *word).then_some(account)
}

/// Whether a set has used up half of its lifetime, so that the next one should take over.
pub fn is_half_over(until: u64, lifetime: u64, now: u64) -> bool {
	until.saturating_sub(now) <= lifetime / 2
}

/// The address of a compressed key.
///
/// Recovering the signature `(x, x)` of the message 0, where `x` is the key's coordinate, gives the key: `r⁻¹(s·R − 0·G) = R`.
/// So the host's function for recovery serves for expanding keys, and no curve has to be in the runtime.
pub fn address_of(key: &ecdsa::Public) -> Option<H160> {
	let (prefix, x) = key.0.split_first()?;
	let parity = prefix.checked_sub(2).filter(|parity| *parity <= 1)?;
	let mut signature = [0; 65];
	signature.get_mut(..32)?.copy_from_slice(x);
	signature.get_mut(32..64)?.copy_from_slice(x);
	*signature.last_mut()? = parity;
	let full = sp_io::crypto::secp256k1_ecdsa_recover(&signature, &[0; 32]).ok()?;
	Some(address_of_full(&full))
}

/// The address of a key without its prefix.
pub fn address_of_full(key: &[u8; 64]) -> H160 {
	H160::from_slice(keccak256(key).get(12..).unwrap_or(&[0; 20]))
}

/// The address that signed `digest`, if the signature has the form that contracts take.
pub fn signer(signature: &Signature, digest: &Word) -> Option<H160> {
	if !gpu_chain_evm_client::signature::is_canonical(signature) {
		return None;
	}
	let key = sp_io::crypto::secp256k1_ecdsa_recover(signature, digest).ok()?;
	Some(address_of_full(&key))
}

/// What relayers are paid, in native money.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct RelayerFees<Balance> {
	/// For each withdrawal.
	pub withdrawal: Balance,
	/// For a message.
	pub message: Balance,
	/// For each gas that a message's target may use.
	pub gas: Balance,
	/// The most gas that a message's target may use.
	pub max_gas: u64,
	/// For the next set, by the treasury.
	pub rotation: Balance,
}

/// Why a chain was paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum PauseCause {
	/// It was registered just now.
	Registered,
	/// A guardian or government asked for it.
	Asked,
	/// The gateway carried out what this chain never recorded.
	UnknownItem,
	/// The gateway has a set that this chain never recorded.
	UnknownSet,
	/// More of an asset that is at home here came back than had left.
	MoreCameThanLeft,
}
