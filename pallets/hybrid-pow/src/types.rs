//! What the pallet remembers of the blocks so far. Knows no Config.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use gpu_chain_primitives::pow::is_pow_slot;
use scale_info::TypeInfo;

/// The newest block, and how many there were of each kind. The block itself, not its parent, from its first hook on.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct LaneState {
	/// The newest block's slot; `None` before the first block. On an odd slot it is a miner's.
	pub slot: Option<u64>,
	/// Blocks of validators since the last one of a miner, or since genesis.
	pub validator_blocks_since: u32,
	/// Blocks of validators since genesis.
	pub validator_blocks: u64,
	/// Blocks of miners since genesis.
	pub miner_blocks: u64,
}

impl LaneState {
	/// Whether the newest block is a miner's.
	pub fn ends_with_miner(&self) -> bool {
		self.slot.is_some_and(is_pow_slot)
	}

	/// Whether a miner's block may stand right on the newest one.
	pub fn is_open(&self, spacing: u32) -> bool {
		self.slot.is_some() && !self.ends_with_miner() && self.validator_blocks_since >= spacing
	}

	/// The state after a validator's block on `slot`.
	pub(crate) fn after_validator(self, slot: u64) -> Self {
		Self {
			slot: Some(slot),
			validator_blocks_since: self.validator_blocks_since.saturating_add(1),
			validator_blocks: self.validator_blocks.saturating_add(1),
			..self
		}
	}

	/// The state after a miner's block on `slot`.
	pub(crate) fn after_miner(self, slot: u64) -> Self {
		Self { slot: Some(slot), validator_blocks_since: 0, miner_blocks: self.miner_blocks.saturating_add(1), ..self }
	}
}
