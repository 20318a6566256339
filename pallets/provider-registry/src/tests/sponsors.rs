use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{
	MeasuredUptime, NodeId, NodeStatus, NodeVerification, ProviderControl, Tier, UptimeInspect,
};

/// A pending node that has passed a challenge and has nobody who answers for it.
fn waiting() -> NodeId {
	Sponsored::set(&false);
	let node = register();
	verify(node);
	assert_eq!(get(node).status, NodeStatus::Pending);
	assert!(Registry::awaits_sponsor(&node));
	node
}

#[test]
fn a_challenge_alone_should_not_verify_a_node_of_the_community() {
	build_and_execute(|| {
		let node = waiting();
		assert!(happened(Event::SponsorAwaited { node }));
		assert_noop!(Registry::activate_node(signed(ALICE), node), Error::<Test>::NotActivatable);
		// Passing another one neither helps nor is told again.
		System::reset_events();
		verify(node);
		assert_eq!((get(node).status, System::events().len()), (NodeStatus::Pending, 0));
	});
}

#[test]
fn a_sponsor_alone_should_not_verify_a_node() {
	build_and_execute(|| {
		let node = register();
		assert_ok!(<Registry as NodeVerification>::on_sponsored(&node));
		assert_eq!((get(node).status, Registry::awaits_sponsor(&node)), (NodeStatus::Pending, false));
	});
}

#[test]
fn challenge_and_sponsor_should_verify_in_either_order() {
	build_and_execute(|| {
		let node = waiting();
		// Told of a sponsor that is none: nothing happens.
		assert_ok!(<Registry as NodeVerification>::on_sponsored(&node));
		assert_eq!(get(node).status, NodeStatus::Pending);
		Sponsored::set(&true);
		assert_ok!(<Registry as NodeVerification>::on_sponsored(&node));
		assert_eq!((get(node).status, Registry::awaits_sponsor(&node)), (NodeStatus::Verified, false));
		let other = register();
		verify(other);
		assert_eq!((get(other).status, Registry::awaits_sponsor(&other)), (NodeStatus::Verified, false));
	});
}

#[test]
fn a_trusted_tier_should_do_instead_of_a_sponsor() {
	build_and_execute(|| {
		let node = waiting();
		assert_ok!(Registry::add_trusted_node(root(), node, Tier::CloudPartner));
		assert_eq!((get(node).status, get(node).tier), (NodeStatus::Verified, Tier::CloudPartner));
		let trusted_first = register();
		assert_ok!(Registry::add_trusted_node(root(), trusted_first, Tier::Owned));
		assert_eq!(get(trusted_first).status, NodeStatus::Pending, "the flag does not replace the challenge");
		verify(trusted_first);
		assert_eq!(get(trusted_first).status, NodeStatus::Verified);
	});
}

#[test]
fn changed_hardware_should_take_another_challenge_though_a_sponsor_came() {
	build_and_execute(|| {
		let node = waiting();
		assert_ok!(try_update(ALICE, node, Offer { hardware: hardware(2), ..offer(7) }));
		assert!(!Registry::awaits_sponsor(&node));
		Sponsored::set(&true);
		assert_ok!(<Registry as NodeVerification>::on_sponsored(&node));
		assert_eq!(get(node).status, NodeStatus::Pending);
	});
}

#[test]
fn whoever_leaves_should_wait_no_more() {
	build_and_execute(|| {
		let node = waiting();
		assert_ok!(Registry::reject_node(root(), node, text("no")));
		assert!(!Registry::awaits_sponsor(&node));
		let banned = waiting();
		assert_ok!(Registry::ban_node(root(), banned, text("no")));
		assert!(!Registry::awaits_sponsor(&banned));
		let removed = waiting();
		Stakes::remove(removed);
		assert_ok!(Registry::remove_node(signed(ALICE), removed));
		assert!(!Registry::awaits_sponsor(&removed));
	});
}

#[test]
fn unverify_should_move_whoever_is_verified_and_nobody_else() {
	for status in ALL_STATUSES {
		build_and_execute(|| {
			let node = in_status(status);
			assert_ok!(<Registry as NodeVerification>::unverify(&node));
			let expected = match status {
				NodeStatus::Rejected | NodeStatus::Slashed => status,
				_ => NodeStatus::Pending,
			};
			assert_eq!(get(node).status, expected);
			assert!(!Registry::awaits_sponsor(&node), "it needs a new challenge");
		});
	}
}

#[test]
fn verification_should_fail_for_unknown_nodes() {
	build_and_execute(|| {
		let unknown = NodeId::repeat_byte(1);
		assert_noop!(<Registry as NodeVerification>::on_sponsored(&unknown), Error::<Test>::UnknownNode);
		assert_noop!(<Registry as NodeVerification>::unverify(&unknown), Error::<Test>::UnknownNode);
		assert_noop!(<Registry as ProviderControl>::mark_verified(&unknown), Error::<Test>::UnknownNode);
	});
}

#[test]
fn measured_uptime_should_be_read_now() {
	build_and_execute(|| {
		let pending = register();
		assert_eq!(<Registry as UptimeInspect>::measured_uptime(&pending), None);
		let node = active();
		assert_ok!(Registry::heartbeat(signed(ALICE), node));
		advance(4 * PERIOD);
		let expected = MeasuredUptime { share: 2_500, periods: 4, window: WINDOW };
		assert_eq!(<Registry as UptimeInspect>::measured_uptime(&node), Some(expected));
	});
}
