//! The rules that a block's digests must keep, from the digests and what the chain remembers alone. Knows no Config.

use crate::LaneState;
use codec::{Codec, DecodeAll};
use gpu_chain_primitives::pow::{is_pow_slot, PowPreDigest, POW_ENGINE_ID, POW_VERSION};
use sp_consensus_babe::{
	digests::{PreDigest, SecondaryPlainPreDigest},
	BABE_ENGINE_ID,
};
use sp_core::U256;
use sp_runtime::{ConsensusEngineId, Digest};

/// A block that keeps the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged<AccountId> {
	/// Its slot.
	pub slot: u64,
	/// Its miner; `None` for a validator's block.
	pub miner: Option<AccountId>,
}

/// Why a block is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Violation {
	/// There is not exactly one BABE pre-digest.
	NotOneSlot,
	/// The BABE pre-digest cannot be read, or has trailing bytes.
	MalformedSlot,
	/// The slot is not after the parent's.
	SlotNotAfterParent,
	/// An odd slot, and no miner's digest.
	MinerMissing,
	/// An even slot, and a miner's digest.
	MinerOnEvenSlot,
	/// More than one miner's digest.
	ManyMiners,
	/// The miner's digest cannot be read, or has trailing bytes.
	MalformedMiner,
	/// The miner's digest has another version.
	WrongVersion,
	/// A miner's block claims more than a secondary plain slot: randomness, or weight in the choice of forks.
	NotSecondaryPlain,
	/// A miner's block claims another authority than the first.
	WrongAuthority,
	/// A miner's block right on a miner's block.
	MinerOnMiner,
	/// A miner's block not on the slot right after its parent's.
	NotNextSlot,
	/// A miner's block with too few blocks of validators since the last one.
	TooSoon,
	/// A miner's block that claims another difficulty than the chain's.
	WrongDifficulty,
}

impl Violation {
	/// What a node's log says.
	pub const fn reason(self) -> &'static str {
		match self {
			Self::NotOneSlot => "a block must have exactly one BABE pre-digest",
			Self::MalformedSlot => "the BABE pre-digest is malformed",
			Self::SlotNotAfterParent => "the slot must be after the parent's",
			Self::MinerMissing => "a block on an odd slot must have a miner's digest",
			Self::MinerOnEvenSlot => "a block on an even slot must not have a miner's digest",
			Self::ManyMiners => "a block must not have more than one miner's digest",
			Self::MalformedMiner => "the miner's digest is malformed",
			Self::WrongVersion => "the miner's digest has an unknown version",
			Self::NotSecondaryPlain => "a miner's block must carry a secondary plain slot",
			Self::WrongAuthority => "a miner's block must carry authority index 0",
			Self::MinerOnMiner => "a miner's block must not stand on a miner's block",
			Self::NotNextSlot => "a miner's block must be on the slot after its parent's",
			Self::TooSoon => "too few blocks of validators since the last miner's block",
			Self::WrongDifficulty => "a miner's block must claim the chain's difficulty",
		}
	}
}

/// Reads a block's digests and holds them against the rules. `lane` and `difficulty` are its parent's.
///
/// # Errors
/// The first rule that is broken.
pub fn judge<AccountId: Codec>(
	digest: &Digest,
	lane: &LaneState,
	difficulty: U256,
	spacing: u32,
) -> Result<Judged<AccountId>, Violation> {
	let (seal, rest) = split_first(digest, BABE_ENGINE_ID);
	let seal = seal.filter(|_| rest == 0).ok_or(Violation::NotOneSlot)?;
	let seal = PreDigest::decode_all(&mut &*seal).map_err(|_| Violation::MalformedSlot)?;
	let slot = u64::from(seal.slot());
	if lane.slot.is_some_and(|last| slot <= last) {
		return Err(Violation::SlotNotAfterParent);
	}

	let (claim, rest) = split_first(digest, POW_ENGINE_ID);
	let claim = match (claim, is_pow_slot(slot)) {
		(None, false) => return Ok(Judged { slot, miner: None }),
		(None, true) => return Err(Violation::MinerMissing),
		(Some(_), false) => return Err(Violation::MinerOnEvenSlot),
		(Some(claim), true) => claim,
	};
	if rest > 0 {
		return Err(Violation::ManyMiners);
	}
	let claim = PowPreDigest::<AccountId>::decode_all(&mut &*claim).map_err(|_| Violation::MalformedMiner)?;
	if claim.version != POW_VERSION {
		return Err(Violation::WrongVersion);
	}
	let PreDigest::SecondaryPlain(SecondaryPlainPreDigest { authority_index, .. }) = seal else {
		return Err(Violation::NotSecondaryPlain);
	};
	if authority_index != 0 {
		return Err(Violation::WrongAuthority);
	}
	if lane.ends_with_miner() {
		return Err(Violation::MinerOnMiner);
	}
	if lane.slot.and_then(|last| last.checked_add(1)) != Some(slot) {
		return Err(Violation::NotNextSlot);
	}
	if !lane.is_open(spacing) {
		return Err(Violation::TooSoon);
	}
	if claim.difficulty != difficulty {
		return Err(Violation::WrongDifficulty);
	}
	Ok(Judged { slot, miner: Some(claim.miner) })
}

/// Who a block with this digest says mined it. Holds it against no rule: for what runs before or beside the check.
pub fn miner<AccountId: Codec>(digest: &Digest) -> Option<AccountId> {
	let (claim, _) = split_first(digest, POW_ENGINE_ID);
	PowPreDigest::<AccountId>::decode_all(&mut claim?).ok().map(|claim| claim.miner)
}

/// The first pre-runtime digest of an engine, and how many more there are.
fn split_first(digest: &Digest, engine: ConsensusEngineId) -> (Option<&[u8]>, usize) {
	let mut of_engine = digest.logs.iter().filter_map(|log| log.as_pre_runtime()).filter(|(id, _)| *id == engine);
	let first = of_engine.next().map(|(_, data)| data);
	(first, of_engine.count())
}
