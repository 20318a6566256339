use crate::{mock::*, *};
use gpu_chain_primitives::{Reputation, WorkOutcome};
use sp_runtime::Permill;

fn record(outcome: WorkOutcome, times: u32) -> bool {
	for _ in 0..times {
		<ReputationPallet as Reputation>::record(&NODE, outcome);
	}
	ReputationPallet::track_record(&NODE).flagged
}

fn flag_events() -> Vec<bool> {
	System::events()
		.into_iter()
		.filter_map(|e| match e.event {
			RuntimeEvent::ReputationPallet(Event::NodeFlagged { node }) if node == NODE => Some(true),
			RuntimeEvent::ReputationPallet(Event::NodeUnflagged { node }) if node == NODE => Some(false),
			_ => None,
		})
		.collect()
}

#[test]
fn too_few_outcomes_do_not_flag() {
	build_and_execute(|| {
		assert!(!record(WorkOutcome::TaskFailed, 9));
		assert!(record(WorkOutcome::TaskFailed, 1));
		assert_eq!(flag_events(), [true]);
	});
}

#[test]
fn exactly_the_threshold_does_not_flag() {
	build_and_execute(|| {
		record(WorkOutcome::ChallengePassed, 4);
		record(WorkOutcome::TaskCompleted, 4);
		record(WorkOutcome::TaskFailed, 1);
		assert!(!record(WorkOutcome::ChallengesFailed(1), 1), "2 of 10 are 20 %");
		assert!(record(WorkOutcome::ChallengesFailed(1), 1), "3 of 11 are more");
	});
}

#[test]
fn many_failures_at_once_flag() {
	build_and_execute(|| {
		record(WorkOutcome::ChallengePassed, 10);
		assert!(!record(WorkOutcome::ChallengesFailed(2), 1));
		assert!(record(WorkOutcome::ChallengesFailed(5), 1));
	});
}

#[test]
fn a_flag_clears_by_itself_when_the_share_falls_to_the_threshold() {
	build_and_execute(|| {
		record(WorkOutcome::TaskCompleted, 7);
		assert!(record(WorkOutcome::TaskFailed, 3));
		assert!(record(WorkOutcome::TaskCompleted, 4), "3 of 14");
		assert!(!record(WorkOutcome::TaskCompleted, 1), "3 of 15 are 20 %");
		assert_eq!(flag_events(), [true, false]);
	});
}

#[test]
fn a_threshold_of_one_never_flags() {
	build_and_execute(|| {
		FlagThreshold::set(&Permill::one());
		assert!(!record(WorkOutcome::TaskFailed, 50));
	});
}

#[test]
fn a_threshold_of_zero_flags_the_first_failure_of_enough_outcomes() {
	build_and_execute(|| {
		FlagThreshold::set(&Permill::zero());
		MinOutcomesForFlag::set(&0);
		assert!(!record(WorkOutcome::TaskCompleted, 1));
		assert!(record(WorkOutcome::TaskFailed, 1));
	});
}
