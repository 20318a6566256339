use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

fn adjust(delta: i16) -> u16 {
	assert_ok!(ReputationPallet::adjust_score(RuntimeOrigin::root(), NODE, delta));
	ReputationPallet::track_record(&NODE).score
}

#[test]
fn adjust_score_moves_the_score_both_ways() {
	build_and_execute(|| {
		assert_eq!(adjust(-500), 4_500);
		System::assert_last_event(
			Event::ReputationChanged { node: NODE, old: 5_000, new: 4_500, cause: ScoreCause::Adjusted(-500) }.into(),
		);
		assert_eq!(adjust(100), 4_600);
	});
}

#[test]
fn adjust_score_saturates() {
	build_and_execute(|| {
		assert_eq!(adjust(i16::MIN), 0);
		assert_eq!(adjust(i16::MAX), 10_000);
		assert_eq!(adjust(1), 10_000);
	});
}

#[test]
fn adjust_leaves_the_counters_alone() {
	build_and_execute(|| {
		let before = ReputationPallet::track_record(&NODE);
		assert_ok!(ReputationPallet::adjust(&NODE, 7));
		assert_eq!(ReputationPallet::track_record(&NODE), gpu_chain_primitives::TrackRecord { score: 5_007, ..before });
	});
}

#[test]
fn adjust_score_should_fail_when_the_origin_is_no_admin() {
	build_and_execute(|| {
		for origin in [RuntimeOrigin::signed(1), RuntimeOrigin::none()] {
			assert_noop!(ReputationPallet::adjust_score(origin, NODE, 1), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn adjust_score_should_fail_when_the_node_is_unknown() {
	build_and_execute(|| {
		assert_noop!(ReputationPallet::adjust_score(RuntimeOrigin::root(), STRANGER, 1), Error::<Test>::UnknownNode);
	});
}

#[test]
fn adjust_score_should_fail_when_the_delta_is_zero() {
	build_and_execute(|| {
		assert_noop!(ReputationPallet::adjust_score(RuntimeOrigin::root(), NODE, 0), Error::<Test>::ZeroDelta);
	});
}
