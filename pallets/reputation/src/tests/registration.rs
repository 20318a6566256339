use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{OnNodeRegistered, ReputationInspect, TrackRecord};

#[test]
fn registration_creates_a_record_with_the_initial_score() {
	build_and_execute(|| {
		let expected = TrackRecord { score: 5_000, ..Default::default() };
		assert_eq!(ReputationPallet::track_record(&NODE), expected);
		assert_eq!(<ReputationPallet as ReputationInspect>::track_record(&NODE), expected);
		assert!(ReputationPallet::history(&NODE).is_empty());
		System::assert_last_event(Event::RecordCreated { node: NODE, score: 5_000 }.into());
	});
}

#[test]
fn registration_caps_an_initial_score_above_full() {
	build_and_execute(|| {
		InitialScore::set(&u16::MAX);
		assert_ok!(register(STRANGER));
		assert_eq!(ReputationPallet::track_record(&STRANGER).score, 10_000);
	});
}

#[test]
fn registration_should_fail_when_the_node_has_a_record() {
	build_and_execute(|| {
		assert_noop!(register(NODE), Error::<Test>::RecordExists);
	});
}

#[test]
fn registration_says_its_weight() {
	assert_eq!(<ReputationPallet as OnNodeRegistered<u64, u64>>::weight(), <() as WeightInfo>::on_node_registered());
}

#[test]
fn an_unknown_node_has_the_default_record() {
	build_and_execute(|| {
		assert_eq!(ReputationPallet::track_record(&STRANGER), TrackRecord::default());
		assert!(ReputationPallet::history(&STRANGER).is_empty());
	});
}
