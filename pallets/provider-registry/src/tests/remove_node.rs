use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{NodeId, NodeStatus};
use sp_runtime::traits::BadOrigin;

#[test]
fn remove_should_forget_the_node_and_return_the_deposit() {
	build_and_execute(|| {
		for status in ALL_STATUSES.into_iter().filter(|status| *status != NodeStatus::Active) {
			let before = Balances::free_balance(ALICE);
			let node = in_status(status);
			Stakes::remove(node);
			assert_ok!(Registry::remove_node(signed(ALICE), node));

			assert_eq!(Nodes::<Test>::get(node), None);
			assert!(!NodeTickets::<Test>::contains_key(node));
			assert!(!Liveness::<Test>::contains_key(node));
			assert!(!OwnedCounts::<Test>::contains_key(ALICE));
			assert_eq!(Registry::nodes_by_owner(&ALICE, None, 10).items, vec![]);
			assert_eq!(held(ALICE), 0);
			assert_eq!(Balances::free_balance(ALICE), before - FEE);
			assert!(happened(Event::NodeRemoved { node, owner: ALICE }));
			assert_noop!(Registry::remove_node(signed(ALICE), node), Error::<Test>::UnknownNode);
		}
	});
}

#[test]
fn remove_should_leave_the_owners_other_nodes() {
	build_and_execute(|| {
		let (first, second) = (register(), register());
		Stakes::remove(first);
		assert_ok!(Registry::remove_node(signed(ALICE), first));
		assert_eq!(OwnedCounts::<Test>::get(ALICE), 1);
		assert_eq!(Registry::nodes_by_owner(&ALICE, None, 10).items, vec![second]);
		assert_eq!(held(ALICE), DEPOSIT);
	});
}

#[test]
fn remove_should_fail_when_the_node_is_active() {
	build_and_execute(|| {
		let node = active();
		Stakes::remove(node);
		assert_noop!(Registry::remove_node(signed(ALICE), node), Error::<Test>::StillActive);
	});
}

#[test]
fn remove_should_fail_when_the_node_has_open_work() {
	build_and_execute(|| {
		let node = active();
		Busy::insert(node, ());
		Stakes::remove(node);
		assert_ok!(Registry::ban_node(root(), node, text("")));
		assert_noop!(Registry::remove_node(signed(ALICE), node), Error::<Test>::HasOpenWork);
	});
}

#[test]
fn remove_should_fail_when_something_is_staked() {
	build_and_execute(|| {
		let node = in_status(NodeStatus::Inactive);
		Stakes::insert(node, 1);
		assert_noop!(Registry::remove_node(signed(ALICE), node), Error::<Test>::StillStaked);
	});
}

#[test]
fn remove_should_fail_for_anybody_but_the_owner_and_unknown_nodes() {
	build_and_execute(|| {
		let node = register();
		Stakes::remove(node);
		assert_noop!(Registry::remove_node(signed(BOB), node), Error::<Test>::NotOwner);
		assert_noop!(Registry::remove_node(signed(ALICE), NodeId::zero()), Error::<Test>::UnknownNode);
		assert_noop!(Registry::remove_node(root(), node), BadOrigin);
	});
}
