//! The digests of a block: how a miner's are written and read, and which lane a seal belongs to.
//!
//! A miner's header has exactly these, in this order: `PreRuntime(pow_, PowPreDigest)`, `PreRuntime(BABE, SecondaryPlain)`
//! of authority 0, what the runtime logs, `Seal(pow_, nonce)`. BABE wants its digest in every header: it carries the slot.

use codec::{Decode, DecodeAll, Encode};
use gpu_chain_primitives::pow::{PowPreDigest, PowSeal, POW_ENGINE_ID, POW_VERSION};
use sp_consensus_babe::{
	digests::{CompatibleDigestItem, PreDigest, SecondaryPlainPreDigest},
	Slot, BABE_ENGINE_ID,
};
use sp_core::U256;
use sp_runtime::{AccountId32, ConsensusEngineId, DigestItem};

/// The authority that a miner's BABE digest names. There is always a first one; it is not the author.
pub const AUTHORITY_INDEX: u32 = 0;

/// Who makes blocks: validators in even slots, miners in odd ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
	/// Sealed by BABE.
	Validators,
	/// Sealed by work.
	Miners,
}

impl Lane {
	/// Its name in metrics.
	pub fn name(self) -> &'static str {
		match self {
			Self::Validators => "validators",
			Self::Miners => "miners",
		}
	}
}

/// What a miner's header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PowClaim {
	/// Who is paid.
	pub miner: AccountId32,
	/// Hashes that the block takes on average.
	pub difficulty: U256,
	/// The slot of the block.
	pub slot: Slot,
}

/// What is wrong with the digests of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
	/// The last log is no seal, or there is no log.
	#[error("the header is not sealed")]
	Unsealed,
	/// The seal belongs to neither lane.
	#[error("the seal is of an unknown engine: {0:?}")]
	UnknownSeal(ConsensusEngineId),
	/// The nonce has more or fewer bytes than a [`PowSeal`].
	#[error("the nonce is {0} bytes long instead of 32")]
	SealLength(usize),
	/// There is a seal besides the last log.
	#[error("the header has more than one seal")]
	ExtraSeal,
	/// The first log is not the miner's pre-digest.
	#[error("the first log of a miner's block must be its pow_ pre-digest")]
	NoPowDigest,
	/// The miner's pre-digest does not decode, or is followed by bytes that nobody reads.
	#[error("the pow_ pre-digest does not decode")]
	BadPowDigest,
	/// The miner's pre-digest is of a version that this node does not know.
	#[error("the pow_ pre-digest has the unknown version {0}")]
	UnknownVersion(u8),
	/// The second log is not BABE's pre-digest.
	#[error("the second log of a miner's block must be BABE's pre-digest")]
	NoBabeDigest,
	/// BABE's pre-digest does not decode, or is followed by bytes that nobody reads.
	#[error("BABE's pre-digest does not decode")]
	BadBabeDigest,
	/// BABE's pre-digest claims a slot that was won: it would weigh, and feed the randomness.
	#[error("BABE's pre-digest in a miner's block must be a plain secondary one")]
	NotSecondaryPlain,
	/// BABE's pre-digest names another authority than [`AUTHORITY_INDEX`].
	#[error("BABE's pre-digest in a miner's block must name authority 0, not {0}")]
	AuthorityIndex(u32),
	/// There are more pre-digests than the lane has.
	#[error("the header has an extra pre-digest of {0:?}")]
	ExtraPreDigest(ConsensusEngineId),
	/// A validator's block carries a digest of the miners'.
	#[error("a validator's block must not carry a pow_ digest")]
	PowDigestUnderBabeSeal,
}

/// The first logs of a miner's block; the block is built with them, and its work is bound to them.
pub fn pow_pre_digests(miner: AccountId32, difficulty: U256, slot: Slot) -> Vec<DigestItem> {
	let claim = PowPreDigest { miner, difficulty, version: POW_VERSION };
	let babe = SecondaryPlainPreDigest { authority_index: AUTHORITY_INDEX, slot };
	vec![
		DigestItem::PreRuntime(POW_ENGINE_ID, claim.encode()),
		DigestItem::babe_pre_digest(PreDigest::SecondaryPlain(babe)),
	]
}

/// The last log of a miner's block.
pub fn pow_seal(nonce: &PowSeal) -> DigestItem {
	DigestItem::Seal(POW_ENGINE_ID, nonce.to_vec())
}

/// Whose seal that is.
///
/// # Errors
/// [`DigestError::Unsealed`] and [`DigestError::UnknownSeal`].
pub fn lane(seal: Option<&DigestItem>) -> Result<Lane, DigestError> {
	match seal {
		Some(DigestItem::Seal(BABE_ENGINE_ID, _)) => Ok(Lane::Validators),
		Some(DigestItem::Seal(POW_ENGINE_ID, _)) => Ok(Lane::Miners),
		Some(DigestItem::Seal(engine, _)) => Err(DigestError::UnknownSeal(*engine)),
		_ => Err(DigestError::Unsealed),
	}
}

/// The nonce in a miner's seal.
///
/// # Errors
/// [`DigestError::Unsealed`], [`DigestError::UnknownSeal`] and [`DigestError::SealLength`].
pub fn read_seal(seal: &DigestItem) -> Result<PowSeal, DigestError> {
	match seal {
		DigestItem::Seal(POW_ENGINE_ID, nonce) => {
			nonce.as_slice().try_into().map_err(|_| DigestError::SealLength(nonce.len()))
		}
		DigestItem::Seal(engine, _) => Err(DigestError::UnknownSeal(*engine)),
		_ => Err(DigestError::Unsealed),
	}
}

/// What the logs of a miner's header say, without its seal.
///
/// # Errors
/// Any [`DigestError`] that is not about the seal itself.
pub fn read_claim(logs: &[DigestItem]) -> Result<PowClaim, DigestError> {
	let Some(DigestItem::PreRuntime(POW_ENGINE_ID, claim)) = logs.first() else {
		return Err(DigestError::NoPowDigest);
	};
	let claim: PowPreDigest<AccountId32> = decode_all(claim).ok_or(DigestError::BadPowDigest)?;
	if claim.version != POW_VERSION {
		return Err(DigestError::UnknownVersion(claim.version));
	}
	let Some(DigestItem::PreRuntime(BABE_ENGINE_ID, babe)) = logs.get(1) else {
		return Err(DigestError::NoBabeDigest);
	};
	let PreDigest::SecondaryPlain(babe) = decode_all(babe).ok_or(DigestError::BadBabeDigest)? else {
		return Err(DigestError::NotSecondaryPlain);
	};
	if babe.authority_index != AUTHORITY_INDEX {
		return Err(DigestError::AuthorityIndex(babe.authority_index));
	}
	for log in &logs[2..] {
		match log {
			DigestItem::PreRuntime(engine, _) => return Err(DigestError::ExtraPreDigest(*engine)),
			DigestItem::Seal(..) => return Err(DigestError::ExtraSeal),
			DigestItem::Consensus(..) | DigestItem::Other(_) | DigestItem::RuntimeEnvironmentUpdated => {}
		}
	}
	Ok(PowClaim { miner: claim.miner, difficulty: claim.difficulty, slot: babe.slot })
}

/// The slot of a validator's header, sealed or not, that carries nothing of the miners'. The rest of it is BABE's to check.
///
/// # Errors
/// [`DigestError::PowDigestUnderBabeSeal`], [`DigestError::NoBabeDigest`] and [`DigestError::ExtraPreDigest`].
pub fn read_validators_slot(logs: &[DigestItem]) -> Result<Slot, DigestError> {
	let mut slot = None;
	for log in logs {
		if let DigestItem::PreRuntime(POW_ENGINE_ID, _) | DigestItem::Seal(POW_ENGINE_ID, _) = log {
			return Err(DigestError::PowDigestUnderBabeSeal);
		}
		if let Some(digest) = log.as_babe_pre_digest() {
			if slot.replace(digest.slot()).is_some() {
				return Err(DigestError::ExtraPreDigest(BABE_ENGINE_ID));
			}
		}
	}
	slot.ok_or(DigestError::NoBabeDigest)
}

/// A value and not a byte more.
fn decode_all<T: Decode>(mut bytes: &[u8]) -> Option<T> {
	T::decode_all(&mut bytes).ok()
}
