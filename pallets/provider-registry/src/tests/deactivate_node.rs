use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{NodeId, NodeStatus, ResourceType};
use sp_runtime::traits::BadOrigin;

#[test]
fn deactivate_should_withdraw_an_active_node() {
	build_and_execute(|| {
		let node = active();
		StatusLog::kill();
		assert_ok!(Registry::deactivate_node(signed(ALICE), node));

		assert_eq!(get(node).status, NodeStatus::Inactive);
		assert!(!ActiveNodes::<Test>::contains_key(ResourceType::Gpu, node));
		assert_eq!(ActiveTotals::<Test>::get(ResourceType::Gpu), ActiveTotal::default());
		assert_eq!(StatusLog::get(), vec![(node, ResourceType::Gpu, NodeStatus::Active, NodeStatus::Inactive)]);
	});
}

#[test]
fn deactivate_should_fail_when_the_node_has_open_work() {
	build_and_execute(|| {
		let node = active();
		Busy::insert(node, ());
		assert_noop!(Registry::deactivate_node(signed(ALICE), node), Error::<Test>::HasOpenWork);
		Busy::remove(node);
		assert_ok!(Registry::deactivate_node(signed(ALICE), node));
	});
}

#[test]
fn deactivate_should_fail_when_the_node_is_not_active() {
	build_and_execute(|| {
		for status in [NodeStatus::Pending, NodeStatus::Verified, NodeStatus::Rejected, NodeStatus::Slashed] {
			let node = in_status(status);
			assert_noop!(Registry::deactivate_node(signed(ALICE), node), Error::<Test>::NotActive);
		}
		let node = register_as(BOB, ResourceType::Cpu, 7);
		verify(node);
		activate(node);
		assert_ok!(Registry::deactivate_node(signed(BOB), node));
		assert_noop!(Registry::deactivate_node(signed(BOB), node), Error::<Test>::NotActive);
	});
}

#[test]
fn deactivate_should_fail_for_strangers_and_unknown_nodes() {
	build_and_execute(|| {
		let node = active();
		assert_noop!(Registry::deactivate_node(signed(BOB), node), Error::<Test>::NotOwner);
		assert_noop!(Registry::deactivate_node(signed(ALICE), NodeId::zero()), Error::<Test>::UnknownNode);
		assert_noop!(Registry::deactivate_node(root(), node), BadOrigin);
	});
}
