//! What a task is, and the arithmetic and rules that need no storage.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	traits::{ConstU32, Footprint},
	BoundedVec,
};
use gpu_chain_primitives::{Assignment, DisputedDeal, NodeId, RequiredPower, ResourceType, TaskPhase, TrustLevel, Uri};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{traits::AtLeast32BitUnsigned, DispatchError};

/// Seconds that an hourly price pays for.
pub const SECONDS_PER_HOUR: u32 = 3_600;

/// Milliseconds in a second.
const MILLIS_PER_SECOND: u64 = 1_000;

/// The highest trust level a buyer can ask for.
pub const MAX_TRUST_LEVEL: TrustLevel = 4;

/// Room for the nodes that failed a task. The governed `MaxFailures` counts up to this.
pub const MAX_FAILED_NODES: u32 = 8;

/// The nodes that took a task and did not start or finish it in time.
pub type FailedNodes = BoundedVec<NodeId, ConstU32<MAX_FAILED_NODES>>;

/// Where a task stands. The crate's documentation draws the ways between them. Contracts on other chains know them by their
/// places (`contracts/src/WorkReports.sol`): new ones come last.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum TaskStatus {
	/// Waits for a node.
	Open,
	/// Taken by a node that has not started yet.
	Assigned,
	/// Being computed.
	InProgress,
	/// The result is handed in; the buyer reviews it.
	Completed,
	/// Approved and paid, or paid by the verdict of a dispute. Ended.
	Verified,
	/// The buyer refused the result; the money stays held until the verdict.
	Disputed,
	/// Ended with the money back at the buyer.
	Cancelled,
}

impl TaskStatus {
	/// How far the task has come for whoever looks for a node.
	pub fn phase(self) -> TaskPhase {
		match self {
			Self::Open => TaskPhase::Open,
			Self::Verified | Self::Cancelled => TaskPhase::Ended,
			Self::Assigned | Self::InProgress | Self::Completed | Self::Disputed => TaskPhase::Taken,
		}
	}

	/// Nothing happens to the task any more, except that it is removed.
	pub fn has_ended(self) -> bool {
		matches!(self, Self::Verified | Self::Cancelled)
	}

	/// A node has taken the task and the task has not ended.
	pub fn occupies_node(self) -> bool {
		matches!(self, Self::Assigned | Self::InProgress | Self::Completed | Self::Disputed)
	}

	/// Somebody must act before a block, or the chain acts in their place.
	pub fn has_deadline(self) -> bool {
		matches!(self, Self::Assigned | Self::InProgress | Self::Completed)
	}
}

/// What a node handed in.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct TaskResult<BlockNumber> {
	/// Hash of the result's bytes.
	pub hash: H256,
	/// Where the result lies.
	pub uri: Uri,
	/// The block in which it was handed in.
	pub submitted_at: BlockNumber,
}

/// A piece of work that a buyer pays a node for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Task<AccountId, AssetKind, Balance, BlockNumber> {
	/// Who pays.
	pub buyer: AccountId,
	/// The kind of node it needs.
	pub resource_type: ResourceType,
	/// The least verified power of the node, of each kind. What is zero is not asked for.
	pub required_power: RequiredPower,
	/// How long the work may take once started, seconds.
	pub duration_secs: u32,
	/// The currency.
	pub asset: AssetKind,
	/// What the buyer pays at most for the work, fee included, in the smallest unit of `asset`; held in escrow.
	pub price: Balance,
	/// The least trust level of the node.
	pub min_trust_level: TrustLevel,
	/// Where the work is described.
	pub specification_uri: Uri,
	/// Hash of the description's bytes.
	pub specification_hash: H256,
	/// The block in which it was created.
	pub created_at: BlockNumber,
	/// Where it stands.
	pub status: TaskStatus,
	/// The last block in which the side whose turn it is may act; the chain acts after it. Set exactly while the task is
	/// `Assigned` (the provider starts), `InProgress` (the provider hands in) or `Completed` (the buyer reviews).
	pub deadline: Option<BlockNumber>,
	/// The node that has, or had last, the task. None while it is open.
	pub node: Option<NodeId>,
	/// Who owned `node` when it took the task: acts for it and is paid.
	pub provider: Option<AccountId>,
	/// The block in which `node` started.
	pub started_at: Option<BlockNumber>,
	/// What `node` handed in.
	pub result: Option<TaskResult<BlockNumber>>,
	/// The block in which the task became `Verified` or `Cancelled`.
	pub ended_at: Option<BlockNumber>,
	/// Nodes that missed a deadline of this very task; they cannot take it again.
	pub failed_nodes: FailedNodes,
	/// How the task finds its node.
	pub assignment: Assignment,
	/// What the node that has the task does it for, if that was agreed upon by auction: at most `price`, and the rest goes
	/// back to the buyer when the task ends. None where it is done for `price`.
	pub agreed_price: Option<Balance>,
}

impl<AccountId, AssetKind, Balance, BlockNumber> Task<AccountId, AssetKind, Balance, BlockNumber> {
	/// The node that the task keeps busy.
	pub fn worker(&self) -> Option<NodeId> {
		if self.status.occupies_node() {
			self.node
		} else {
			None
		}
	}

	/// What the work is done for.
	pub fn due(&self) -> Balance
	where
		Balance: Copy,
	{
		self.agreed_price.unwrap_or(self.price)
	}

	/// Ends the task, whose status is then `status`, in block `now`.
	pub(crate) fn end(&mut self, status: TaskStatus, now: BlockNumber) {
		self.status = status;
		self.deadline = None;
		self.ended_at = Some(now);
	}
}

impl<AccountId, AssetKind, Balance, BlockNumber> Task<AccountId, AssetKind, Balance, BlockNumber>
where
	Self: MaxEncodedLen,
{
	/// What the storage deposit is taken for: one item as large as this task can ever become. Only the specification's
	/// URI has its final length from the start; node, result and failures come later, and the buyer answers for them.
	pub fn footprint(&self) -> Footprint {
		let unused = Uri::max_encoded_len().saturating_sub(self.specification_uri.encoded_size());
		Footprint::from_parts(1, Self::max_encoded_len().saturating_sub(unused))
	}
}

/// Fails where a task has no provider, which a completed or disputed task always has.
impl<AccountId: Clone, AssetKind: Clone, Balance: Copy, BlockNumber>
	TryFrom<&Task<AccountId, AssetKind, Balance, BlockNumber>> for DisputedDeal<AccountId, AssetKind, Balance>
{
	type Error = DispatchError;

	fn try_from(task: &Task<AccountId, AssetKind, Balance, BlockNumber>) -> Result<Self, Self::Error> {
		Ok(Self {
			buyer: task.buyer.clone(),
			payer: task.buyer.clone(),
			provider: task.provider.clone().ok_or(DispatchError::Corruption)?,
			node: task.node.ok_or(DispatchError::Corruption)?,
			asset: task.asset.clone(),
			amount: task.due(),
		})
	}
}

/// What `duration_secs` cost at `per_hour`: the product over 3,600, rounded up, so that no work is free. `None` where
/// it does not fit into `Balance`.
pub fn price_for<Balance: AtLeast32BitUnsigned + Copy>(per_hour: Balance, duration_secs: u32) -> Option<Balance> {
	let hour = Balance::from(SECONDS_PER_HOUR);
	let secs = Balance::from(duration_secs);
	// Divided first, the remainder apart, the result is exact without a wider type.
	let whole = (per_hour / hour).checked_mul(&secs)?;
	let rest = (per_hour % hour).checked_mul(&secs)?;
	let up = if (rest % hour).is_zero() { Balance::zero() } else { Balance::one() };
	whole.checked_add(&(rest / hour))?.checked_add(&up)
}

/// Blocks that `duration_secs` last when a block takes `block_time_ms`, rounded up. A block time of zero counts as 1 ms.
pub fn blocks_for(duration_secs: u32, block_time_ms: u64) -> u64 {
	// u32 seconds in milliseconds always fit into u64.
	u64::from(duration_secs).saturating_mul(MILLIS_PER_SECOND).div_ceil(block_time_ms.max(1))
}

/// Whether `bytes` are `scheme:rest`: a letter, then letters, digits, `+`, `-` or `.`; a colon; and at least one more
/// character. All of it printable ASCII without blanks.
pub fn is_uri(bytes: &[u8]) -> bool {
	let Some(colon) = bytes.iter().position(|byte| *byte == b':') else { return false };
	let (scheme, rest) = bytes.split_at(colon);
	scheme.first().is_some_and(u8::is_ascii_alphabetic)
		&& scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
		&& rest.len() > 1
		&& rest.iter().all(u8::is_ascii_graphic)
}
