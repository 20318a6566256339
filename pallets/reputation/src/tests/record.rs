use crate::{mock::*, *};
use frame_support::assert_storage_noop;
use gpu_chain_primitives::{Reputation, TrackRecord, WorkOutcome};

fn record(outcome: WorkOutcome) -> TrackRecord {
	<ReputationPallet as Reputation>::record(&NODE, outcome);
	ReputationPallet::track_record(&NODE)
}

#[test]
fn each_outcome_moves_the_score_and_its_own_counter() {
	build_and_execute(|| {
		let mut expected = TrackRecord { score: 5_050, challenges_passed: 1, ..Default::default() };
		assert_eq!(record(WorkOutcome::ChallengePassed), expected);
		(expected.score, expected.challenges_failed) = (4_450, 3);
		assert_eq!(record(WorkOutcome::ChallengesFailed(3)), expected);
		(expected.score, expected.tasks_completed) = (4_550, 1);
		assert_eq!(record(WorkOutcome::TaskCompleted), expected);
		(expected.score, expected.tasks_failed) = (4_350, 1);
		assert_eq!(record(WorkOutcome::TaskFailed), expected);
		System::assert_last_event(
			Event::ReputationChanged {
				node: NODE,
				old: 4_550,
				new: 4_350,
				cause: ScoreCause::Outcome(WorkOutcome::TaskFailed),
			}
			.into(),
		);
		(expected.score, expected.tasks_completed) = (4_450, 2);
		assert_eq!(record(WorkOutcome::DisputeWon), expected);
		(expected.score, expected.tasks_failed) = (3_950, 2);
		assert_eq!(record(WorkOutcome::DisputeLost), expected);
	});
}

#[test]
fn lost_disputes_are_failures_and_flag() {
	build_and_execute(|| {
		(0..8).for_each(|_| _ = record(WorkOutcome::DisputeWon));
		record(WorkOutcome::DisputeLost);
		assert!(!record(WorkOutcome::DisputeLost).flagged, "two of ten are a fifth, and no more");
		assert!(record(WorkOutcome::DisputeLost).flagged);
		System::assert_last_event(Event::NodeFlagged { node: NODE }.into());
	});
}

#[test]
fn the_governed_parameters_decide_how_far_the_score_moves() {
	build_and_execute(|| {
		ChallengePassedReward::set(&1);
		ChallengeFailedPenalty::set(&20);
		TaskCompletedReward::set(&300);
		TaskFailedPenalty::set(&4_000);
		assert_eq!(record(WorkOutcome::ChallengePassed).score, 5_001);
		assert_eq!(record(WorkOutcome::ChallengesFailed(1)).score, 4_981);
		assert_eq!(record(WorkOutcome::TaskCompleted).score, 5_281);
		assert_eq!(record(WorkOutcome::TaskFailed).score, 1_281);
		DisputeWonReward::set(&9);
		DisputeLostPenalty::set(&1_000);
		assert_eq!(record(WorkOutcome::DisputeWon).score, 1_290);
		assert_eq!(record(WorkOutcome::DisputeLost).score, 290);
	});
}

#[test]
fn the_score_saturates_at_both_ends() {
	build_and_execute(|| {
		assert_eq!(record(WorkOutcome::ChallengesFailed(u32::MAX)).score, 0);
		assert_eq!(record(WorkOutcome::TaskFailed).score, 0);
		TaskCompletedReward::set(&u16::MAX);
		assert_eq!(record(WorkOutcome::TaskCompleted).score, 10_000);
		assert_eq!(record(WorkOutcome::ChallengePassed).score, 10_000);
	});
}

#[test]
fn counters_saturate() {
	build_and_execute(|| {
		let full = TrackRecord {
			score: 5_000,
			challenges_passed: u32::MAX,
			challenges_failed: u32::MAX,
			tasks_completed: u32::MAX,
			tasks_failed: u32::MAX,
			flagged: false,
		};
		Records::<Test>::insert(NODE, full);
		record(WorkOutcome::ChallengePassed);
		record(WorkOutcome::ChallengesFailed(u32::MAX));
		record(WorkOutcome::TaskCompleted);
		let after = record(WorkOutcome::TaskFailed);
		assert_eq!(TrackRecord { score: 5_000, flagged: false, ..after }, full);
		// Half of the outcomes failed, also at the counters' end.
		assert!(after.flagged);
	});
}

#[test]
fn record_leaves_an_unknown_node_alone() {
	build_and_execute(|| {
		assert_storage_noop!(<ReputationPallet as Reputation>::record(&STRANGER, WorkOutcome::TaskCompleted));
	});
}

#[test]
fn no_failures_are_no_outcome() {
	build_and_execute(|| {
		assert_storage_noop!(<ReputationPallet as Reputation>::record(&NODE, WorkOutcome::ChallengesFailed(0)));
	});
}
