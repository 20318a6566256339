use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{Misconduct, NodeId, Reason};
use sp_runtime::{DispatchError, Permill};

fn reason() -> Reason {
	b"sold the renter's model".to_vec().try_into().unwrap()
}

#[test]
fn the_council_punishes_misuse_outside_of_a_dispute() {
	build_and_execute(|| {
		let harmed = Some((SPONSOR, 5_000));
		assert_ok!(Disputes::punish_misuse(RuntimeOrigin::root(), NODE, harmed, reason()));
		assert_eq!(Slashes::get(), [(NODE, Permill::from_percent(50), Misconduct::Misuse, harmed)]);
		System::assert_last_event(Event::MisusePunished { node: NODE, reason: reason() }.into());
	});
}

#[test]
fn punishing_should_fail_for_others_for_unknown_nodes_and_when_it_cannot_be_done() {
	build_and_execute(|| {
		for origin in [origin(BUYER), origin(ARBITRATOR), RuntimeOrigin::none()] {
			assert_noop!(Disputes::punish_misuse(origin, NODE, None, reason()), DispatchError::BadOrigin);
		}
		let unknown = NodeId::repeat_byte(9);
		assert_noop!(
			Disputes::punish_misuse(RuntimeOrigin::root(), unknown, None, reason()),
			Error::<Test>::NodeNotFound
		);
		SlashFails::set(&true);
		assert_noop!(Disputes::punish_misuse(RuntimeOrigin::root(), NODE, None, reason()), DispatchError::Unavailable);
	});
}
