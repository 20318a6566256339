use crate::{mock::*, *};
use frame_support::assert_ok;
use gpu_chain_primitives::{Reputation, TrackRecord, WorkOutcome, FULL_SCORE};
use proptest::prelude::*;
use sp_runtime::Permill;

#[derive(Clone, Debug)]
enum Step {
	Record(WorkOutcome),
	Adjust(i16),
	ClearFlag,
	NextBlock,
}

fn outcome() -> impl Strategy<Value = WorkOutcome> {
	prop_oneof![
		Just(WorkOutcome::ChallengePassed),
		(0..4u32).prop_map(WorkOutcome::ChallengesFailed),
		any::<u32>().prop_map(WorkOutcome::ChallengesFailed),
		Just(WorkOutcome::TaskCompleted),
		Just(WorkOutcome::TaskFailed),
		Just(WorkOutcome::DisputeWon),
		Just(WorkOutcome::DisputeLost),
	]
}

fn step() -> impl Strategy<Value = Step> {
	prop_oneof![
		8 => outcome().prop_map(Step::Record),
		2 => any::<i16>().prop_map(Step::Adjust),
		2 => Just(Step::ClearFlag),
		1 => Just(Step::NextBlock),
	]
}

/// The pallet's arithmetic once more, in wide signed numbers and plain divisions.
#[derive(Default)]
struct Model {
	score: i128,
	passed: i128,
	failed: i128,
	completed: i128,
	timed_out: i128,
	reviewed: (i128, i128),
	flagged: bool,
}

impl Model {
	fn outcomes(&self) -> i128 {
		self.passed + self.failed + self.completed + self.timed_out
	}
	fn failures(&self) -> i128 {
		self.failed + self.timed_out
	}
	fn record(&mut self, outcome: WorkOutcome) {
		let cap = |n: i128| n.min(i128::from(u32::MAX));
		let delta = match outcome {
			WorkOutcome::ChallengePassed => {
				self.passed = cap(self.passed + 1);
				50
			}
			WorkOutcome::ChallengesFailed(0) => return,
			WorkOutcome::ChallengesFailed(n) => {
				self.failed = cap(self.failed + i128::from(n));
				-200 * i128::from(n)
			}
			WorkOutcome::TaskCompleted | WorkOutcome::DisputeWon => {
				self.completed = cap(self.completed + 1);
				100
			}
			WorkOutcome::TaskFailed => {
				self.timed_out = cap(self.timed_out + 1);
				-200
			}
			WorkOutcome::DisputeLost => {
				self.timed_out = cap(self.timed_out + 1);
				-500
			}
		};
		self.score = (self.score + delta).clamp(0, 10_000);
		let outcomes = self.outcomes() - self.reviewed.0;
		let failures = self.failures() - self.reviewed.1;
		self.flagged = outcomes >= 10 && 5 * failures > outcomes;
	}
}

proptest! {
	#[test]
	fn records_are_what_the_steps_add_up_to(steps in prop::collection::vec(step(), 1..80)) {
		build_and_execute(|| {
			let mut model = Model { score: 5_000, ..Default::default() };
			for step in steps {
				match step {
					Step::Record(outcome) => {
						<ReputationPallet as Reputation>::record(&NODE, outcome);
						model.record(outcome);
					},
					Step::Adjust(delta) => {
						let done = ReputationPallet::adjust(&NODE, delta);
						assert_eq!(done.is_ok(), delta != 0);
						model.score = (model.score + i128::from(delta)).clamp(0, 10_000);
					},
					Step::ClearFlag => {
						let done = ReputationPallet::clear_flag(RuntimeOrigin::root(), NODE);
						assert_eq!(done.is_ok(), model.flagged);
						if model.flagged {
							model.flagged = false;
							model.reviewed = (model.outcomes(), model.failures());
						}
					},
					Step::NextBlock => System::set_block_number(System::block_number() + 1),
				}
				assert_ok!(ReputationPallet::do_try_state());
				assert_eq!(
					ReputationPallet::track_record(&NODE),
					TrackRecord {
						score: model.score as u16,
						challenges_passed: model.passed as u32,
						challenges_failed: model.failed as u32,
						tasks_completed: model.completed as u32,
						tasks_failed: model.timed_out as u32,
						flagged: model.flagged,
					}
				);
			}
		});
	}

	#[test]
	fn scores_stay_within_bounds(score in 0..=FULL_SCORE, delta in any::<i64>()) {
		let moved = crate::types::moved(score, delta);
		prop_assert!(moved <= FULL_SCORE);
		prop_assert_eq!(i128::from(moved), (i128::from(score) + i128::from(delta)).clamp(0, 10_000));
	}

	#[test]
	fn a_flag_follows_the_exact_share(passed in any::<u32>(), failed in any::<u32>(), parts in 0..=1_000_000u32) {
		let record = TrackRecord { challenges_passed: passed, tasks_failed: failed, ..Default::default() };
		let all = u128::from(passed) + u128::from(failed);
		let over = u128::from(failed) * 1_000_000 > u128::from(parts) * all;
		prop_assert_eq!(Review::default().calls_for_flag(&record, 0, Permill::from_parts(parts)), over);
	}
}
