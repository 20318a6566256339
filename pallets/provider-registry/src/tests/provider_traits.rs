use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{NodeId, NodeStatus, NodeSummary, ProviderControl, ProviderInspect, ResourceType, Tier};

#[test]
fn mark_verified_should_move_pending_nodes_only() {
	build_and_execute(|| {
		for status in ALL_STATUSES {
			let owner_has_room = in_status(status);
			StatusLog::kill();
			System::reset_events();
			assert_ok!(<Registry as ProviderControl>::mark_verified(&owner_has_room));
			let expected = if status == NodeStatus::Pending { NodeStatus::Verified } else { status };
			assert_eq!(get(owner_has_room).status, expected);
			assert_eq!(System::events().len(), usize::from(status == NodeStatus::Pending));
			assert_eq!(StatusLog::get().len(), usize::from(status == NodeStatus::Pending));
			clear(owner_has_room);
		}
	});
}

/// Bans and removes `node`, so that its owner has room for another.
fn clear(node: NodeId) {
	assert_ok!(<Registry as ProviderControl>::ban(&node));
	Stakes::remove(node);
	assert_ok!(Registry::remove_node(signed(ALICE), node));
}

#[test]
fn ban_should_close_any_node_and_do_nothing_twice() {
	build_and_execute(|| {
		for status in ALL_STATUSES {
			let node = in_status(status);
			assert_ok!(<Registry as ProviderControl>::ban(&node));
			assert_eq!(get(node).status, NodeStatus::Slashed);
			System::reset_events();
			assert_ok!(<Registry as ProviderControl>::ban(&node));
			assert_eq!(System::events(), vec![]);
			clear(node);
		}
	});
}

#[test]
fn control_should_fail_for_unknown_nodes() {
	build_and_execute(|| {
		let unknown = NodeId::repeat_byte(1);
		assert_noop!(<Registry as ProviderControl>::mark_verified(&unknown), Error::<Test>::UnknownNode);
		assert_noop!(<Registry as ProviderControl>::ban(&unknown), Error::<Test>::UnknownNode);
	});
}

#[test]
fn inspect_should_sum_a_node_up() {
	build_and_execute(|| {
		let node = register_as(BOB, ResourceType::Mobile, 7);
		assert_ok!(Registry::add_trusted_node(root(), node, Tier::Owned));
		assert_eq!(
			<Registry as ProviderInspect<u64>>::node(&node),
			Some(NodeSummary {
				owner: BOB,
				resource_type: ResourceType::Mobile,
				status: NodeStatus::Pending,
				tier: Tier::Owned,
			})
		);
		assert_eq!(<Registry as ProviderInspect<u64>>::node(&NodeId::zero()), None);
	});
}
