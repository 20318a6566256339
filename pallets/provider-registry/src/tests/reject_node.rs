use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{NodeId, NodeStatus, ResourceType};
use sp_runtime::traits::BadOrigin;

#[test]
fn reject_should_refuse_a_pending_or_verified_node_and_say_why() {
	build_and_execute(|| {
		for status in [NodeStatus::Pending, NodeStatus::Verified] {
			let node = in_status(status);
			StatusLog::kill();
			assert_ok!(Registry::reject_node(root(), node, text("no such card")));
			assert_eq!(get(node).status, NodeStatus::Rejected);
			assert!(happened(Event::NodeRejected { node, reason: text("no such card") }));
			assert_eq!(StatusLog::get(), vec![(node, ResourceType::Gpu, status, NodeStatus::Rejected)]);
		}
	});
}

#[test]
fn reject_should_fail_when_the_status_forbids() {
	build_and_execute(|| {
		for status in [NodeStatus::Active, NodeStatus::Inactive, NodeStatus::Rejected, NodeStatus::Slashed] {
			let node = in_status(status);
			assert_noop!(Registry::reject_node(root(), node, text("")), Error::<Test>::NotRejectable);
		}
	});
}

#[test]
fn reject_should_fail_for_anybody_but_the_registrar_and_unknown_nodes() {
	build_and_execute(|| {
		let node = register();
		assert_noop!(Registry::reject_node(signed(ALICE), node, text("")), BadOrigin);
		assert_noop!(Registry::reject_node(root(), NodeId::zero(), text("")), Error::<Test>::UnknownNode);
	});
}
