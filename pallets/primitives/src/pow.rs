//! The proof-of-work lane: what the header of a miner's block says, and what the lane is doing. Shared by the runtime and
//! the node; the rules are in `docs/consensus.md`.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::U256;
use sp_runtime::ConsensusEngineId;

/// Names the digests of the proof-of-work lane.
pub const POW_ENGINE_ID: ConsensusEngineId = *b"pow_";

/// The version of [`PowPreDigest`] that this code writes and takes.
pub const POW_VERSION: u8 = 1;

/// The slots of the lane: odd ones. Validators have the even ones.
pub const fn is_pow_slot(slot: u64) -> bool {
	slot % 2 == 1
}

/// The first digest of a miner's block, `PreRuntime(POW_ENGINE_ID, PowPreDigest)`. The seal's work is bound to it, and so
/// to the payee.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct PowPreDigest<AccountId> {
	/// Who is paid.
	pub miner: AccountId,
	/// Hashes that the block takes on average: `keccak256(pre_hash ‖ nonce) <= U256::MAX / difficulty`.
	pub difficulty: U256,
	/// [`POW_VERSION`].
	pub version: u8,
}

/// The nonce of a miner's block, the whole of `Seal(POW_ENGINE_ID, …)`: a 256-bit big-endian number.
pub type PowSeal = [u8; 32];

/// What the lane is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct PowStats {
	/// Hashes that the next miner's block takes on average.
	pub difficulty: U256,
	/// Blocks of validators since the last one of a miner.
	pub validator_blocks_since: u32,
	/// As many must lie between two blocks of miners.
	pub spacing: u32,
	/// Blocks of miners since genesis.
	pub miner_blocks: u64,
	/// Blocks of validators since genesis.
	pub validator_blocks: u64,
}
