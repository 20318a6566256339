//! Why a block is refused.

use crate::digest::DigestError;
use sp_api::ApiError;
use sp_blockchain::Error as ClientError;
use sp_consensus::Error as ConsensusError;
use sp_consensus_babe::Slot;
use sp_core::U256;

/// Why a block is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
	/// The header's logs are not those of its lane.
	#[error(transparent)]
	Digest(#[from] DigestError),
	/// A validator's block in a slot of the miners'.
	#[error("slot {0} is the miners', not a validator's")]
	NotValidatorsSlot(Slot),
	/// A miner's block in a slot of the validators'.
	#[error("slot {0} is the validators', not a miner's")]
	NotMinersSlot(Slot),
	/// The slot has not come yet.
	#[error("slot {slot} lies in the future; it is {now}")]
	Future {
		/// The block's slot.
		slot: Slot,
		/// The slot by this node's clock.
		now: Slot,
	},
	/// No block of this chain can be so cheap.
	#[error("the difficulty {claimed} is below the chain's minimum {floor}")]
	BelowFloor {
		/// What the header says.
		claimed: U256,
		/// What the chain never goes below.
		floor: U256,
	},
	/// The nonce does not meet the target.
	#[error("the work was not done")]
	NoWork,
	/// The parent is not in the chain.
	#[error("the parent is unknown")]
	UnknownParent,
	/// The parent is genesis or another miner's block.
	#[error("the parent of a miner's block must be a validator's")]
	ParentNotValidators,
	/// The slot is not the one after the parent's.
	#[error("a miner's block must be in the slot after its parent's: {slot} does not follow {parent}")]
	NotNextSlot {
		/// The block's slot.
		slot: Slot,
		/// The parent's slot.
		parent: Slot,
	},
	/// The number is not the one after the parent's.
	#[error("the number of the block does not follow its parent's")]
	NotNextNumber,
	/// No miner's block may stand on that parent.
	#[error("no miner's block may stand on this parent yet")]
	TooSoon,
	/// Another difficulty is due on that parent.
	#[error("the difficulty is {claimed}, but {due} is due")]
	WrongDifficulty {
		/// What the header says.
		claimed: U256,
		/// What the runtime asks for.
		due: U256,
	},
	/// BABE refused it.
	#[error("{0}")]
	Babe(String),
	/// The epochs do not say under which one the block stands.
	#[error("epochs: {0}")]
	Epochs(String),
	/// The database failed.
	#[error(transparent)]
	Client(#[from] ClientError),
	/// The runtime could not be asked.
	#[error(transparent)]
	Runtime(#[from] ApiError),
}

impl Refusal {
	/// A short name, for metrics.
	pub fn reason(&self) -> &'static str {
		match self {
			Self::Digest(_) => "digest",
			Self::NotValidatorsSlot(_) | Self::NotMinersSlot(_) => "lane",
			Self::Future { .. } => "future",
			Self::BelowFloor { .. } => "floor",
			Self::NoWork => "work",
			Self::UnknownParent => "unknown_parent",
			Self::ParentNotValidators => "parent",
			Self::NotNextSlot { .. } => "slot",
			Self::NotNextNumber => "number",
			Self::TooSoon => "spacing",
			Self::WrongDifficulty { .. } => "difficulty",
			Self::Babe(_) => "babe",
			Self::Epochs(_) => "epochs",
			Self::Client(_) | Self::Runtime(_) => "internal",
		}
	}

	/// Whether the block itself is at fault, and not this node's knowledge of the chain.
	pub fn is_blocks_fault(&self) -> bool {
		!matches!(self, Self::UnknownParent | Self::Epochs(_) | Self::Client(_) | Self::Runtime(_))
	}
}

impl From<Refusal> for String {
	fn from(refusal: Refusal) -> Self {
		refusal.to_string()
	}
}

impl From<Refusal> for ConsensusError {
	fn from(refusal: Refusal) -> Self {
		Self::Other(Box::new(refusal))
	}
}
