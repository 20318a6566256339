//! Rounds, challenges and what is remembered of them. Knows no Config.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use gpu_chain_primitives::HashRate;
use gpu_work::ProofError;
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::traits::AtLeast32BitUnsigned;

/// Why a round proof is refused, in the words of this pallet's errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum ProofFault {
	/// The proof has more or fewer nonces than the round asks for.
	WrongNonceCount,
	/// The same nonce stands in the proof twice.
	DuplicateNonce,
	/// The nonces are not in ascending order of their hashes.
	NoncesUnsorted,
}

impl From<ProofError> for ProofFault {
	fn from(error: ProofError) -> Self {
		match error {
			ProofError::WrongCount { .. } => Self::WrongNonceCount,
			ProofError::DuplicateNonce => Self::DuplicateNonce,
			ProofError::Unsorted => Self::NoncesUnsorted,
		}
	}
}

/// A round, numbered from 1.
pub type RoundNumber = u32;

/// The window in which all active nodes are challenged.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Round<BlockNumber> {
	/// Its number.
	pub number: RoundNumber,
	/// What nobody knew before it opened. A node's seed is Keccak-256 of this, the number and its id.
	pub entropy: H256,
	/// The block in which it opened.
	pub opened_at: BlockNumber,
	/// When that block was made, Unix milliseconds.
	pub opened_ms: u64,
	/// The last block in which a proof is accepted.
	pub closes_at: BlockNumber,
	/// The window's length, milliseconds.
	pub window_ms: u64,
	/// How many nonces a proof has (k).
	pub values: u32,
	/// Nodes that answered so far.
	pub answers: u32,
	/// The power that they proved together, hashes per second.
	pub total_power: HashRate,
}

/// What is remembered of a closed round.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct RoundSummary<BlockNumber> {
	/// Its number.
	pub number: RoundNumber,
	/// The block in which it opened.
	pub opened_at: BlockNumber,
	/// The last block in which a proof was accepted.
	pub closed_at: BlockNumber,
	/// Nodes that answered.
	pub answers: u32,
	/// The power that they proved together, hashes per second.
	pub total_power: HashRate,
}

/// A challenge on demand: one nonce whose hash is at or below a target.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Challenge<AccountId, BlockNumber> {
	/// Its id.
	pub id: H256,
	/// What the search is bound to.
	pub seed: H256,
	/// The hash must be at or below this, both read as big-endian numbers.
	pub target: H256,
	/// Hashes that it takes on average.
	pub work: u128,
	/// Who asked for it.
	pub issued_by: AccountId,
	/// The block in which it was issued.
	pub issued_at: BlockNumber,
	/// When that block was made, Unix milliseconds.
	pub issued_ms: u64,
	/// The last block in which a solution is accepted.
	pub deadline: BlockNumber,
}

/// A proof that was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Proven<BlockNumber> {
	/// The round.
	pub round: RoundNumber,
	/// What it shows, hashes per second.
	pub power: HashRate,
	/// The block in which it was accepted.
	pub at: BlockNumber,
}

/// Where a node stands with its rounds and challenges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct NodeWork<BlockNumber> {
	/// The first round that it must answer; `None` while it is not active.
	pub challenged_from: Option<RoundNumber>,
	/// Rounds up to this one are counted as answered or missed.
	pub settled_through: RoundNumber,
	/// Its last accepted proof.
	pub proven: Option<Proven<BlockNumber>>,
	/// Whether it ever solved a challenge of its own owner's.
	pub onboarded: bool,
	/// The block of its last challenge on demand.
	pub last_challenge: Option<BlockNumber>,
}

impl<BlockNumber> Default for NodeWork<BlockNumber> {
	fn default() -> Self {
		Self { challenged_from: None, settled_through: 0, proven: None, onboarded: false, last_challenge: None }
	}
}

impl<BlockNumber> NodeWork<BlockNumber> {
	/// The rounds up to `closed` that it had to answer, did not, and that are not counted yet. O(1): each accepted
	/// proof settles the rounds before it, so at most one of those left was answered.
	pub fn missed(&self, closed: RoundNumber) -> u32 {
		let Some(from) = self.challenged_from else { return 0 };
		let first = from.max(self.settled_through.saturating_add(1));
		if closed < first {
			return 0;
		}
		let answered = matches!(&self.proven, Some(proven) if (first..=closed).contains(&proven.round));
		(closed - first).saturating_add(1).saturating_sub(u32::from(answered))
	}

	/// Hashes per second that count for an active node in block `now`, when the rounds up to `closed` are closed and a proof
	/// counts for `validity` blocks.
	pub fn verified_power(&self, closed: RoundNumber, now: BlockNumber, validity: BlockNumber) -> HashRate
	where
		BlockNumber: AtLeast32BitUnsigned + Copy,
	{
		match &self.proven {
			Some(proven) if !self.missed_last(closed) && now <= proven.at.saturating_add(validity) => proven.power,
			_ => 0,
		}
	}

	/// Whether the newest closed round that it had to answer is unanswered.
	pub fn missed_last(&self, closed: RoundNumber) -> bool {
		match self.challenged_from {
			Some(from) if from <= closed => !matches!(&self.proven, Some(proven) if proven.round >= closed),
			_ => false,
		}
	}
}

/// What a verification was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Verification {
	/// An answered round.
	Round(RoundNumber),
	/// So many unanswered rounds, the last of them closed before the entry was made.
	MissedRounds(u32),
	/// A challenge on demand.
	Challenge(H256),
	/// The lottery of products behind a round.
	Compute(RoundNumber),
	/// The lottery of tables behind a round.
	Memory(RoundNumber),
}

/// One entry of a node's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct VerificationResult<BlockNumber> {
	/// What it was about.
	pub verification: Verification,
	/// The block in which it was decided.
	pub at: BlockNumber,
	/// Whether it was passed.
	pub passed: bool,
	/// The power that it shows: hashes per second, of a single challenge a rough figure; thousandths of a TOPS for
	/// products; bytes for tables.
	pub power: HashRate,
	/// Milliseconds from the challenge to its solution; zero for rounds and failures.
	pub solve_ms: u64,
}
