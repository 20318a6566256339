use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{NodeId, NodeStatus, ResourceType};
use sp_runtime::traits::BadOrigin;

#[test]
fn set_ask_should_move_the_totals_of_active_nodes() {
	build_and_execute(|| {
		let node = active();
		let other = register_as(BOB, ResourceType::Gpu, 100);
		verify(other);
		activate(other);
		assert_eq!(Registry::average_ask_per_hour(ResourceType::Gpu), Some(53));

		assert_ok!(Registry::set_ask(signed(ALICE), node, 3));
		assert!(happened(Event::AskChanged { node, old: 7, new: 3 }));
		assert_eq!(ActiveTotals::<Test>::get(ResourceType::Gpu), ActiveTotal { count: 2, total_ask: 103 });
		assert_eq!(Registry::average_ask_per_hour(ResourceType::Gpu), Some(51));
	});
}

#[test]
fn set_ask_should_leave_the_totals_when_the_node_is_not_active() {
	build_and_execute(|| {
		for status in [NodeStatus::Pending, NodeStatus::Verified, NodeStatus::Inactive] {
			let node = in_status(status);
			assert_ok!(Registry::set_ask(signed(ALICE), node, 8));
			assert_eq!(get(node).ask_per_hour, 8);
			assert_eq!(ActiveTotals::<Test>::get(ResourceType::Gpu), ActiveTotal::default());
		}
	});
}

#[test]
fn set_ask_should_be_possible_under_open_work() {
	build_and_execute(|| {
		let node = active();
		Busy::insert(node, ());
		assert_ok!(Registry::set_ask(signed(ALICE), node, MAX_ASK));
		assert_eq!(get(node).ask_per_hour, MAX_ASK);
	});
}

#[test]
fn set_ask_should_do_nothing_when_the_ask_is_the_same() {
	build_and_execute(|| {
		let node = active();
		System::reset_events();
		assert_ok!(Registry::set_ask(signed(ALICE), node, 7));
		assert_eq!(System::events(), vec![]);
	});
}

#[test]
fn set_ask_should_fail_when_the_ask_is_out_of_range() {
	build_and_execute(|| {
		let node = active();
		assert_noop!(Registry::set_ask(signed(ALICE), node, 0), Error::<Test>::AskOutOfRange);
		assert_noop!(Registry::set_ask(signed(ALICE), node, MAX_ASK + 1), Error::<Test>::AskOutOfRange);
	});
}

#[test]
fn set_ask_should_fail_for_strangers_unknown_and_closed_nodes() {
	build_and_execute(|| {
		let node = register();
		assert_noop!(Registry::set_ask(signed(BOB), node, 8), Error::<Test>::NotOwner);
		assert_noop!(Registry::set_ask(signed(ALICE), NodeId::zero(), 8), Error::<Test>::UnknownNode);
		assert_noop!(Registry::set_ask(root(), node, 8), BadOrigin);
		for status in [NodeStatus::Rejected, NodeStatus::Slashed] {
			let closed = in_status(status);
			assert_noop!(Registry::set_ask(signed(ALICE), closed, 8), Error::<Test>::NodeClosed);
		}
	});
}
