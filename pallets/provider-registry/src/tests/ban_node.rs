use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{NodeId, NodeStatus, ResourceType};
use sp_runtime::traits::BadOrigin;

#[test]
fn ban_should_close_a_node_of_any_status() {
	build_and_execute(|| {
		for status in ALL_STATUSES.into_iter().filter(|status| *status != NodeStatus::Slashed) {
			let node = in_status(status);
			// Not even open work protects a node.
			Busy::insert(node, ());
			StatusLog::kill();
			assert_ok!(Registry::ban_node(root(), node, text("mined on a guest's time")));

			assert_eq!(get(node).status, NodeStatus::Slashed);
			assert!(happened(Event::NodeBanned { node, reason: text("mined on a guest's time") }));
			assert_eq!(StatusLog::get(), vec![(node, ResourceType::Gpu, status, NodeStatus::Slashed)]);
			assert_eq!(ActiveTotals::<Test>::get(ResourceType::Gpu), ActiveTotal::default());
			assert_eq!(Registry::next_heartbeat(&node), None);
			Busy::remove(node);
			Stakes::remove(node);
			assert_ok!(Registry::remove_node(signed(ALICE), node));
		}
	});
}

#[test]
fn ban_should_fail_when_the_node_is_banned() {
	build_and_execute(|| {
		let node = in_status(NodeStatus::Slashed);
		assert_noop!(Registry::ban_node(root(), node, text("")), Error::<Test>::AlreadyBanned);
	});
}

#[test]
fn ban_should_fail_for_anybody_but_the_registrar_and_unknown_nodes() {
	build_and_execute(|| {
		let node = register();
		assert_noop!(Registry::ban_node(signed(ALICE), node, text("")), BadOrigin);
		assert_noop!(Registry::ban_node(root(), NodeId::zero(), text("")), Error::<Test>::UnknownNode);
	});
}
