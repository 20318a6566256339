//! Shared types. Every collection here is bounded; every number says its unit.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use sp_runtime::Permill;

/// A provider's node: 32 bytes, the hash of its owner and the registry's running number.
pub type NodeId = H256;

/// A task of the marketplace, numbered from 0.
pub type TaskId = u64;

/// Dollars in millionths.
pub type MicroUsd = u128;

/// Computing power in hashes per second.
pub type HashRate = u128;

/// What a proof of power is about.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum ProofKind {
	/// Arithmetic, of the kind that AI work is made of: products of matrices.
	Compute,
	/// Memory that is there while a window lasts.
	Memory,
}

/// What a node was proven able to do, one number for each kind of proof. Zero where nothing counts at the moment.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct PowerVector {
	/// Keccak-256 hashes per second.
	pub hashes_per_second: HashRate,
	/// Multiplications and additions of matrix products, in thousandths of a TOPS: 10^9 a second.
	pub milli_tops: u64,
	/// Bytes of memory that were there in its last proof.
	pub memory_bytes: u64,
}

impl PowerVector {
	/// Whether each number is at least what is required.
	pub fn covers(&self, required: &RequiredPower) -> bool {
		self.beside(required).iter().all(|(proven, least)| proven >= least)
	}

	/// What is proven beside what is required of it, in one unit for each kind.
	pub(crate) fn beside(&self, required: &RequiredPower) -> [(u128, u128); 3] {
		[
			(self.hashes_per_second, required.hashes_per_second),
			(self.milli_tops.into(), required.milli_tops.into()),
			(self.memory_bytes.into(), required.memory_bytes().into()),
		]
	}
}

/// The least proven power that a buyer asks for, one number for each kind of proof. Zero asks for nothing.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct RequiredPower {
	/// Keccak-256 hashes per second.
	pub hashes_per_second: HashRate,
	/// Operations of matrix products (int8), in thousandths of a TOPS: 10^9 a second.
	pub milli_tops: u64,
	/// Memory that a proof has shown to be there, MiB.
	pub memory_mib: u32,
}

impl RequiredPower {
	/// So many hashes per second, and nothing else.
	pub const fn hashes(hashes_per_second: HashRate) -> Self {
		Self { hashes_per_second, milli_tops: 0, memory_mib: 0 }
	}

	/// The memory in bytes: at most 2^52.
	pub fn memory_bytes(&self) -> u64 {
		u64::from(self.memory_mib) << 20
	}
}

/// A share or a score in basis points, 0 to [`FULL_SCORE`].
pub type BasisPoints = u16;

/// 100 % in basis points.
pub const FULL_SCORE: BasisPoints = 10_000;

/// A link to metadata, a specification or a result: at most 256 bytes, `scheme:rest` (`http`, `https`, `ipfs`, …).
pub type Uri = BoundedVec<u8, ConstU32<256>>;

/// A region's name in the registry's own list of codes (`eu-west`, `us-east`, …): at most 32 bytes.
pub type Region = BoundedVec<u8, ConstU32<32>>;

/// A hardware model's name: at most 64 bytes.
pub type ModelName = BoundedVec<u8, ConstU32<64>>;

/// A short human reason: at most 128 bytes.
pub type Reason = BoundedVec<u8, ConstU32<128>>;

/// What a node offers.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum ResourceType {
	/// Graphics processors.
	Gpu,
	/// General processors.
	Cpu,
	/// Bandwidth.
	Network,
	/// Phones and tablets.
	Mobile,
	/// Sensors and edge devices.
	IoT,
}

impl ResourceType {
	/// All of them, in order.
	pub const ALL: [Self; 5] = [Self::Gpu, Self::Cpu, Self::Network, Self::Mobile, Self::IoT];
}

/// Where a node stands in its life.
///
/// `Pending → Verified → Active`, `Pending | Verified → Rejected`, `Active ↔ Inactive`, any → `Slashed`. *Earning* is
/// `Active` with open work, and is derived, not stored.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum NodeStatus {
	/// Registered and staked; no challenge passed yet.
	Pending,
	/// Passed a challenge; not offered to the market yet.
	Verified,
	/// Takes part in rounds and may take work.
	Active,
	/// Withdrawn from the market by its owner.
	Inactive,
	/// Refused by the registrar before it was ever active.
	Rejected,
	/// Banned for misuse. Final.
	Slashed,
}

/// Who runs a node.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum Tier {
	/// Tier 1: the platform's own machines.
	Owned,
	/// Tier 2: leased from a cloud partner.
	CloudPartner,
	/// Tier 3: anybody's.
	Community,
}

/// What a node's owner says of its hardware. Claims only: power is proven by work verification.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct HardwareSpec {
	/// The accelerator's or processor's model name.
	pub model: ModelName,
	/// Memory of one accelerator, MiB.
	pub gpu_memory_mib: u32,
	/// Accelerators of that model.
	pub gpu_count: u16,
	/// Processor cores.
	pub cpu_cores: u16,
	/// Main memory, MiB.
	pub ram_mib: u32,
	/// Storage, GiB.
	pub storage_gib: u32,
	/// Bandwidth, megabits per second.
	pub bandwidth_mbps: u32,
}

/// How far a node is trusted: 0 (none) to 4 (partner). The conditions are architecture's *Parameters*.
pub type TrustLevel = u8;

/// What the market asks about a node before it gives it work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeSummary<AccountId> {
	/// Who registered it, is paid and pays.
	pub owner: AccountId,
	/// What it offers.
	pub resource_type: ResourceType,
	/// Where it stands.
	pub status: NodeStatus,
	/// Who runs it.
	pub tier: Tier,
}

/// How a task finds its node.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Assignment {
	/// Whoever fits may take it.
	#[default]
	Direct,
	/// An auction decides, and nobody may take it directly.
	Auction,
	/// An auction may decide, and whoever meets the buyer's request as well may take it directly, at its whole price.
	Both,
	/// No node gave the service level that the buyer asked for: trusted nodes (tier 1 and 2) that meet the rest of the request
	/// may take it directly.
	Trusted,
}

/// What an escrow pays for. The kinds are numbered so that later markets add their own.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum EscrowKey {
	/// A task of the marketplace.
	#[codec(index = 0)]
	Task(TaskId),
	/// A rental of a time window.
	#[codec(index = 1)]
	Rental(u64),
}

/// How an escrow was shared out when it ended. `provider + fee + refund + arbitration` is what had been deposited.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Settlement<Balance> {
	/// To the provider.
	pub provider: Balance,
	/// To the treasury.
	pub fee: Balance,
	/// Back to the buyer.
	pub refund: Balance,
	/// To whoever judged a dispute about it.
	pub arbitration: Balance,
}

/// What whoever judges a dispute has to know about a deal, a task or a rental.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct DisputedDeal<AccountId, AssetKind, Balance> {
	/// Who ordered the work, and disputes it.
	pub buyer: AccountId,
	/// Whose money is held: the buyer's, unless a prepaid account was drawn on. What goes back goes there.
	pub payer: AccountId,
	/// Who did the work and waits for the money.
	pub provider: AccountId,
	/// The node that did it.
	pub node: NodeId,
	/// The currency of `amount`.
	pub asset: AssetKind,
	/// What is held, in the smallest unit of `asset`.
	pub amount: Balance,
}

/// What heartbeats say of a node that is, or was, active.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct MeasuredUptime {
	/// The share of the periods in the window with a heartbeat, basis points, rounded down.
	pub share: BasisPoints,
	/// How many full periods the node has been active for in its life. Never falls.
	pub periods: u32,
	/// How many of the newest of them the window holds at the most.
	pub window: u32,
}

/// What happened to a node's work, for its reputation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum WorkOutcome {
	/// A challenge or a round was answered with a valid proof.
	ChallengePassed,
	/// A challenge or this many rounds in a row were failed or missed.
	ChallengesFailed(u32),
	/// A task was approved and paid.
	TaskCompleted,
	/// A task was taken and not done in time.
	TaskFailed,
	/// A dispute was decided in the provider's favour. Counts as a task completed.
	DisputeWon,
	/// A dispute was decided in the buyer's favour. Counts as a task failed.
	DisputeLost,
}

/// A node's record, as far as reputation counts it.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct TrackRecord {
	/// 0 to [`FULL_SCORE`].
	pub score: BasisPoints,
	/// Challenges and rounds passed.
	pub challenges_passed: u32,
	/// Challenges and rounds failed or missed.
	pub challenges_failed: u32,
	/// Tasks completed and paid, disputes won included.
	pub tasks_completed: u32,
	/// Tasks taken and not done in time, disputes lost included.
	pub tasks_failed: u32,
	/// More than the allowed share of failures: somebody should look.
	pub flagged: bool,
}

impl TrackRecord {
	/// Challenges passed of all challenges; `None` before the first.
	pub fn challenge_success(&self) -> Option<Permill> {
		success(self.challenges_passed, self.challenges_failed)
	}

	/// Tasks completed of all tasks taken and ended; `None` before the first.
	pub fn task_success(&self) -> Option<Permill> {
		success(self.tasks_completed, self.tasks_failed)
	}
}

fn success(good: u32, bad: u32) -> Option<Permill> {
	let all = u64::from(good) + u64::from(bad);
	(all > 0).then(|| Permill::from_rational(u64::from(good), all))
}

/// Why a node's stake is cut.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Misconduct {
	/// A task was taken and not started or not done in time.
	TaskTimeout,
	/// A dispute was lost.
	DisputeLost,
	/// A booked rental was not started.
	NoShow,
	/// A proof was shown to be false.
	FalseProof,
	/// Data was breached or the work misused: the node is banned as well.
	Misuse,
}

/// One page of a list: what was found, and where the next page starts.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Page<Item, Cursor> {
	/// At most as many as were asked for, and never more than [`MAX_PAGE`].
	pub items: alloc::vec::Vec<Item>,
	/// Pass this to get the next page; `None` when this was the last.
	pub next: Option<Cursor>,
}

/// The longest page any runtime API returns.
pub const MAX_PAGE: u32 = 256;

impl<Item, Cursor> Page<Item, Cursor> {
	/// Takes a page of at most `limit` items from `rest`, an iterator that already stands behind the previous page.
	/// `cursor` names an item, so that the next page starts behind the last one of this page.
	pub fn collect(rest: impl Iterator<Item = Item>, limit: u32, cursor: impl Fn(&Item) -> Cursor) -> Self {
		let limit = limit.clamp(1, MAX_PAGE) as usize;
		let mut rest = rest.peekable();
		let items: alloc::vec::Vec<Item> = rest.by_ref().take(limit).collect();
		let next = match rest.peek() {
			Some(_) => items.last().map(cursor),
			None => None,
		};
		Self { items, next }
	}
}
