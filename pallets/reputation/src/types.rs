//! What the pallet stores, and its arithmetic. Knows no Config.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use gpu_chain_primitives::{BasisPoints, TrackRecord, WorkOutcome, FULL_SCORE};
use scale_info::TypeInfo;
use sp_runtime::Permill;

/// Why a score moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum ScoreCause {
	/// Something happened to the node's work.
	Outcome(WorkOutcome),
	/// It was adjusted by this many basis points, by an admin or by a pallet on arbitrators' behalf.
	Adjusted(i16),
}

/// One entry of a node's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ScoreChange<BlockNumber> {
	/// The block it happened in.
	pub at: BlockNumber,
	/// Why.
	pub cause: ScoreCause,
	/// The score afterwards, basis points.
	pub score: BasisPoints,
}

/// A record's sums when its flag was last cleared by an admin; zero before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Review {
	/// All outcomes counted until then.
	pub outcomes: u64,
	/// How many of them were failures.
	pub failures: u64,
}

impl Review {
	/// The sums of `record` now.
	pub(crate) fn of(record: &TrackRecord) -> Self {
		let failures = u64::from(record.challenges_failed).saturating_add(u64::from(record.tasks_failed));
		let successes = u64::from(record.challenges_passed).saturating_add(u64::from(record.tasks_completed));
		Self { outcomes: failures.saturating_add(successes), failures }
	}

	/// Whether, of at least `min_outcomes` counted since this review, more than `threshold` were failures.
	pub(crate) fn calls_for_flag(&self, record: &TrackRecord, min_outcomes: u32, threshold: Permill) -> bool {
		let now = Self::of(record);
		let outcomes = now.outcomes.saturating_sub(self.outcomes);
		let failures = now.failures.saturating_sub(self.failures);
		// Multiplied out rather than divided: exactly the threshold is not above it. Both sides fit: the sums have at
		// most 34 bits and a million has 20.
		outcomes >= u64::from(min_outcomes)
			&& failures.saturating_mul(u64::from(Permill::one().deconstruct()))
				> outcomes.saturating_mul(u64::from(threshold.deconstruct()))
	}
}

/// `score` moved by `delta` basis points, within 0 and [`FULL_SCORE`].
pub(crate) fn moved(score: BasisPoints, delta: i64) -> BasisPoints {
	let moved = i64::from(score).saturating_add(delta).clamp(0, i64::from(FULL_SCORE));
	// Within 0 and 10,000 by now, so it converts.
	BasisPoints::try_from(moved).unwrap_or(FULL_SCORE)
}

/// `record` with `outcome` counted; the score and the flag as they were.
pub(crate) fn counted(mut record: TrackRecord, outcome: WorkOutcome) -> TrackRecord {
	match outcome {
		WorkOutcome::ChallengePassed => record.challenges_passed = record.challenges_passed.saturating_add(1),
		WorkOutcome::ChallengesFailed(n) => record.challenges_failed = record.challenges_failed.saturating_add(n),
		WorkOutcome::TaskCompleted | WorkOutcome::DisputeWon => {
			record.tasks_completed = record.tasks_completed.saturating_add(1)
		}
		WorkOutcome::TaskFailed | WorkOutcome::DisputeLost => {
			record.tasks_failed = record.tasks_failed.saturating_add(1)
		}
	}
	record
}
