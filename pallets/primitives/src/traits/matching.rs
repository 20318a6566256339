//! Between the market of tasks and the pallet that finds nodes for them by auction, and what the latter asks of nodes.

use crate::{
	matching::Candidate, Assignment, HardwareSpec, NodeId, PowerVector, Region, RequiredPower, ResourceType, TaskId,
	Tier, TrustLevel,
};
use codec::{FullCodec, MaxEncodedLen};
use core::fmt::Debug;
use frame_support::weights::Weight;
use scale_info::TypeInfo;
use sp_runtime::{DispatchError, DispatchResult};

/// How far a task has come, for whoever looks for a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskPhase {
	/// Waits for a node.
	Open,
	/// Has one.
	Taken,
	/// Nothing happens to it any more.
	Ended,
}

/// What matching has to know of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignableTask<AccountId, AssetKind, Balance> {
	/// Who pays.
	pub buyer: AccountId,
	/// The kind of node it needs.
	pub resource_type: ResourceType,
	/// The least verified power of each kind.
	pub required_power: RequiredPower,
	/// The least trust level.
	pub min_trust_level: TrustLevel,
	/// The currency of `budget`.
	pub asset: AssetKind,
	/// What is held for the work, in the smallest unit of `asset`: the most that a bid may ask.
	pub budget: Balance,
	/// How far it has come.
	pub phase: TaskPhase,
}

/// Tasks that are given to nodes from outside their market. Implemented by `marketplace`.
pub trait Assignable<AccountId, AssetKind, Balance> {
	/// The task, or `None` if there is none of that number (any more). O(1).
	fn assignable(task: TaskId) -> Option<AssignableTask<AccountId, AssetKind, Balance>>;

	/// Says from now on how the task finds its node.
	///
	/// # Errors
	/// The task is unknown or not open.
	fn set_assignment(task: TaskId, assignment: Assignment) -> DispatchResult;

	/// Gives an open task to a node for `price`, whose owner then has to start it in time. What the buyer had held beyond
	/// that goes back when the work is paid; until then it stays, since the task is open again at its whole price
	/// if the node fails. Needs a transactional caller.
	///
	/// # Errors
	/// The task is unknown, not open or not up for auction; the price is zero or above what is held; or whatever keeps the node
	/// from taking such a task.
	fn assign(task: TaskId, node: &NodeId, price: Balance) -> DispatchResult;
}

/// What buyers ask of nodes beyond their tasks' own conditions. Implemented by `matching`.
pub trait TaskRequests {
	/// Whether the node may take the task directly: it is where, and has what, the buyer's last request asks for. A trusted
	/// node as the fallback need not have shown its uptime. True for a task without a request.
	fn is_met(task: TaskId, node: &NodeId, as_fallback: bool) -> bool;

	/// Whether somebody has bid in an auction of the task that is not settled: its buyer cannot walk away then.
	fn has_bids(task: TaskId) -> bool;

	/// The weight of a call of either, at most.
	fn weight() -> Weight;
}

/// Knows all of a node that the choice among nodes depends on. Wired by the runtime over registry, staking, reputation and work
/// verification.
pub trait Candidates<AccountId> {
	/// The node as it stands now. O(1), a few reads.
	fn candidate(node: &NodeId) -> Option<Candidate<AccountId>>;
}

/// Keeps what is known of active nodes in a form of which thousands can be read at once. Wired by the runtime.
///
/// What changes by the mere passing of time (uptime, the age of a proof) is in the digest as it is recorded, and computed when a
/// list is asked for; so a digest grows old only by what is written elsewhere.
pub trait NodeDigests {
	/// What is kept of one node.
	type Digest: FullCodec + MaxEncodedLen + TypeInfo + Clone + Debug + PartialEq + 'static;

	/// What is the same for all nodes at one moment.
	type Moment;

	/// The digest of an active node and what kind of node it is; `None` for any other. O(1), a few reads.
	fn digest(node: &NodeId) -> Option<(ResourceType, Self::Digest)>;

	/// This moment. O(1), a few reads.
	fn moment() -> Self::Moment;

	/// What a digest says at a moment. Reads nothing.
	fn expand(digest: Self::Digest, resource_type: ResourceType, moment: &Self::Moment) -> Candidate<()>;
}

/// No node is ever active.
impl NodeDigests for () {
	type Digest = ();
	type Moment = ();
	fn digest(_: &NodeId) -> Option<(ResourceType, Self::Digest)> {
		None
	}
	fn moment() -> Self::Moment {}
	fn expand(_: Self::Digest, resource_type: ResourceType, _: &Self::Moment) -> Candidate<()> {
		Candidate {
			owner: (),
			resource_type,
			active: false,
			tier: Tier::Community,
			hardware: HardwareSpec::default(),
			region: Region::default(),
			ask_per_hour: 0,
			trust_level: 0,
			reputation: 0,
			uptime: 0,
			power: PowerVector::default(),
		}
	}
}

/// No task can be assigned.
impl<AccountId, AssetKind, Balance> Assignable<AccountId, AssetKind, Balance> for () {
	fn assignable(_: TaskId) -> Option<AssignableTask<AccountId, AssetKind, Balance>> {
		None
	}
	fn set_assignment(_: TaskId, _: Assignment) -> DispatchResult {
		Err(DispatchError::Unavailable)
	}
	fn assign(_: TaskId, _: &NodeId, _: Balance) -> DispatchResult {
		Err(DispatchError::Unavailable)
	}
}

/// Nobody asks for anything more.
impl TaskRequests for () {
	fn is_met(_: TaskId, _: &NodeId, _: bool) -> bool {
		true
	}
	fn has_bids(_: TaskId) -> bool {
		false
	}
	fn weight() -> Weight {
		Weight::zero()
	}
}

impl<AccountId> Candidates<AccountId> for () {
	fn candidate(_: &NodeId) -> Option<Candidate<AccountId>> {
		None
	}
}
