use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{NodeId, NodeStatus, ResourceType};
use sp_runtime::traits::BadOrigin;

#[test]
fn activate_should_offer_a_verified_or_inactive_node() {
	build_and_execute(|| {
		for status in [NodeStatus::Verified, NodeStatus::Inactive] {
			let node = in_status(status);
			StatusLog::kill();
			assert_ok!(Registry::activate_node(signed(ALICE), node));

			assert_eq!(get(node).status, NodeStatus::Active);
			assert!(ActiveNodes::<Test>::contains_key(ResourceType::Gpu, node));
			assert_eq!(ActiveTotals::<Test>::get(ResourceType::Gpu), ActiveTotal { count: 1, total_ask: 7 });
			assert!(happened(Event::NodeStatusChanged { node, old: status, new: NodeStatus::Active }));
			assert_eq!(StatusLog::get(), vec![(node, ResourceType::Gpu, status, NodeStatus::Active)]);
			assert_ok!(Registry::deactivate_node(signed(ALICE), node));
		}
	});
}

#[test]
fn activate_should_fail_when_the_status_forbids() {
	build_and_execute(|| {
		for status in [NodeStatus::Pending, NodeStatus::Active, NodeStatus::Rejected, NodeStatus::Slashed] {
			let node = in_status(status);
			assert_noop!(Registry::activate_node(signed(ALICE), node), Error::<Test>::NotActivatable);
		}
	});
}

#[test]
fn activate_should_fail_when_the_node_is_under_staked() {
	build_and_execute(|| {
		for status in [NodeStatus::Verified, NodeStatus::Inactive] {
			let node = in_status(status);
			Stakes::insert(node, MIN_STAKE - 1);
			assert_noop!(Registry::activate_node(signed(ALICE), node), Error::<Test>::UnderStaked);
		}
	});
}

#[test]
fn activate_should_fail_for_strangers_and_unknown_nodes() {
	build_and_execute(|| {
		let node = in_status(NodeStatus::Verified);
		assert_noop!(Registry::activate_node(signed(BOB), node), Error::<Test>::NotOwner);
		assert_noop!(Registry::activate_node(signed(ALICE), NodeId::zero()), Error::<Test>::UnknownNode);
		assert_noop!(Registry::activate_node(root(), node), BadOrigin);
	});
}
