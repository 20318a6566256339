use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{NodeId, NodeStatus};
use sp_runtime::traits::BadOrigin;

fn beat(node: NodeId) {
	assert_ok!(Registry::heartbeat(signed(ALICE), node));
}

#[test]
fn heartbeat_should_be_taken_once_a_period() {
	build_and_execute(|| {
		let node = active();
		assert_eq!((Registry::last_seen(&node), Registry::next_heartbeat(&node)), (None, Some(1)));
		advance(3);
		beat(node);
		assert!(happened(Event::HeartbeatReceived { node }));
		assert_eq!(Registry::last_seen(&node), Some(4));

		// The node's periods began when it was activated, in block 1.
		assert_eq!(Registry::next_heartbeat(&node), Some(11));
		System::set_block_number(10);
		assert_noop!(Registry::heartbeat(signed(ALICE), node), Error::<Test>::HeartbeatTooSoon);
		System::set_block_number(11);
		assert_eq!(Registry::next_heartbeat(&node), Some(11));
		beat(node);
		assert_noop!(Registry::heartbeat(signed(ALICE), node), Error::<Test>::HeartbeatTooSoon);
	});
}

#[test]
fn uptime_should_be_the_share_of_full_periods_with_a_heartbeat() {
	build_and_execute(|| {
		let node = active();
		beat(node);
		assert_eq!(Registry::uptime(&node), 0);
		advance(PERIOD);
		assert_eq!(Registry::uptime(&node), 10_000);
		advance(PERIOD);
		assert_eq!(Registry::uptime(&node), 5_000);
		beat(node);
		advance(PERIOD);
		assert_eq!(Registry::uptime(&node), 6_666);
	});
}

#[test]
fn uptime_should_forget_what_is_older_than_the_window() {
	build_and_execute(|| {
		let node = active();
		for _ in 0..WINDOW {
			beat(node);
			advance(PERIOD);
		}
		assert_eq!(Registry::uptime(&node), 10_000);
		advance(PERIOD * 64);
		assert_eq!(Registry::uptime(&node), 5_000);
		advance(PERIOD * 63);
		assert_eq!(Registry::uptime(&node), 78);
		advance(PERIOD);
		assert_eq!(Registry::uptime(&node), 0);
		advance(PERIOD * 1_000_000);
		beat(node);
		advance(PERIOD);
		assert_eq!(Registry::uptime(&node), 78);
	});
}

#[test]
fn time_outside_the_market_should_not_count() {
	build_and_execute(|| {
		let node = active();
		beat(node);
		advance(PERIOD + 4);
		assert_ok!(Registry::deactivate_node(signed(ALICE), node));
		advance(PERIOD * 500);
		assert_eq!((Registry::uptime(&node), Registry::next_heartbeat(&node)), (10_000, None));

		// The clock goes on where it stood: 4 of 10 blocks are over.
		activate(node);
		advance(5);
		assert_eq!(Registry::uptime(&node), 10_000);
		advance(1);
		assert_eq!(Registry::uptime(&node), 5_000);
	});
}

#[test]
fn a_period_should_not_be_renewed_by_leaving_and_coming_back() {
	build_and_execute(|| {
		let node = active();
		beat(node);
		assert_ok!(Registry::deactivate_node(signed(ALICE), node));
		advance(PERIOD * 3);
		activate(node);
		assert_noop!(Registry::heartbeat(signed(ALICE), node), Error::<Test>::HeartbeatTooSoon);
	});
}

#[test]
fn a_changed_period_should_leave_what_was_counted() {
	build_and_execute(|| {
		let node = active();
		for _ in 0..4 {
			beat(node);
			advance(PERIOD);
		}
		// Three periods are over in the books. The time since the fourth heartbeat is a tenth of a period now.
		HeartbeatPeriod::set(&(PERIOD * 10));
		assert_eq!(Registry::uptime(&node), 10_000);
		advance(PERIOD * 9 - 1);
		assert_noop!(Registry::heartbeat(signed(ALICE), node), Error::<Test>::HeartbeatTooSoon);
		advance(1);
		beat(node);
		assert_eq!(Liveness::<Test>::get(node).unwrap().full_periods, 4);

		// No period at all is one block.
		HeartbeatPeriod::set(&0);
		advance(1);
		beat(node);
		assert_eq!(Registry::uptime(&node), 10_000);
		assert_noop!(Registry::heartbeat(signed(ALICE), node), Error::<Test>::HeartbeatTooSoon);
	});
}

#[test]
fn heartbeat_should_fail_when_the_node_is_not_active() {
	for status in ALL_STATUSES.into_iter().filter(|status| *status != NodeStatus::Active) {
		build_and_execute(|| {
			let node = in_status(status);
			assert_noop!(Registry::heartbeat(signed(ALICE), node), Error::<Test>::NotActive);
		});
	}
}

#[test]
fn heartbeat_should_fail_for_strangers_and_unknown_nodes() {
	build_and_execute(|| {
		let node = active();
		assert_noop!(Registry::heartbeat(signed(BOB), node), Error::<Test>::NotOwner);
		assert_noop!(Registry::heartbeat(signed(ALICE), NodeId::zero()), Error::<Test>::UnknownNode);
		assert_noop!(Registry::heartbeat(root(), node), BadOrigin);
	});
}
