use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{Reputation, WorkOutcome};
use sp_runtime::DispatchError;

fn record(outcome: WorkOutcome) {
	<ReputationPallet as Reputation>::record(&NODE, outcome);
}

fn flagged() -> bool {
	ReputationPallet::track_record(&NODE).flagged
}

#[test]
fn clear_flag_starts_the_count_afresh() {
	build_and_execute(|| {
		record(WorkOutcome::ChallengesFailed(10));
		assert!(flagged());
		let score = ReputationPallet::track_record(&NODE).score;
		assert_ok!(ReputationPallet::clear_flag(RuntimeOrigin::root(), NODE));
		assert!(!flagged());
		assert_eq!(ReputationPallet::track_record(&NODE).score, score, "a review leaves the score alone");
		System::assert_last_event(Event::NodeUnflagged { node: NODE }.into());

		// The ten old failures count no longer; ten new ones do.
		record(WorkOutcome::ChallengesFailed(9));
		assert!(!flagged());
		record(WorkOutcome::ChallengesFailed(1));
		assert!(flagged());
	});
}

#[test]
fn clear_flag_should_fail_when_the_origin_is_no_admin() {
	build_and_execute(|| {
		record(WorkOutcome::ChallengesFailed(10));
		for origin in [RuntimeOrigin::signed(1), RuntimeOrigin::none()] {
			assert_noop!(ReputationPallet::clear_flag(origin, NODE), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn clear_flag_should_fail_when_the_node_is_unknown() {
	build_and_execute(|| {
		assert_noop!(ReputationPallet::clear_flag(RuntimeOrigin::root(), STRANGER), Error::<Test>::UnknownNode);
	});
}

#[test]
fn clear_flag_should_fail_when_the_node_is_not_flagged() {
	build_and_execute(|| {
		assert_noop!(ReputationPallet::clear_flag(RuntimeOrigin::root(), NODE), Error::<Test>::NotFlagged);
		record(WorkOutcome::ChallengesFailed(10));
		assert_ok!(ReputationPallet::clear_flag(RuntimeOrigin::root(), NODE));
		assert_noop!(ReputationPallet::clear_flag(RuntimeOrigin::root(), NODE), Error::<Test>::NotFlagged);
	});
}
