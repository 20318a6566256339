use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{NodeId, NodeStatus, Tier};
use sp_runtime::traits::BadOrigin;

#[test]
fn trusted_nodes_should_be_added_moved_and_removed() {
	build_and_execute(|| {
		let node = register();
		for tier in [Tier::Owned, Tier::CloudPartner] {
			assert_ok!(Registry::add_trusted_node(root(), node, tier));
			assert_eq!(get(node).tier, tier);
			assert!(happened(Event::TrustedNodeAdded { node, tier }));
		}
		assert_ok!(Registry::remove_trusted_node(root(), node));
		assert_eq!(get(node).tier, Tier::Community);
		assert!(happened(Event::TrustedNodeRemoved { node }));
	});
}

#[test]
fn add_trusted_should_fail_when_the_tier_is_the_communitys_or_the_nodes_own() {
	build_and_execute(|| {
		let node = register();
		assert_noop!(Registry::add_trusted_node(root(), node, Tier::Community), Error::<Test>::NotATrustedTier);
		assert_ok!(Registry::add_trusted_node(root(), node, Tier::Owned));
		assert_noop!(Registry::add_trusted_node(root(), node, Tier::Owned), Error::<Test>::AlreadyInTier);
	});
}

#[test]
fn add_trusted_should_fail_when_the_node_is_closed() {
	build_and_execute(|| {
		for status in [NodeStatus::Rejected, NodeStatus::Slashed] {
			let node = in_status(status);
			assert_noop!(Registry::add_trusted_node(root(), node, Tier::Owned), Error::<Test>::NodeClosed);
		}
	});
}

#[test]
fn remove_trusted_should_fail_when_the_node_is_not_trusted() {
	build_and_execute(|| {
		let node = register();
		assert_noop!(Registry::remove_trusted_node(root(), node), Error::<Test>::NotTrusted);
	});
}

#[test]
fn remove_trusted_should_be_possible_when_the_node_is_banned() {
	build_and_execute(|| {
		let node = register();
		assert_ok!(Registry::add_trusted_node(root(), node, Tier::CloudPartner));
		assert_ok!(Registry::ban_node(root(), node, text("")));
		assert_ok!(Registry::remove_trusted_node(root(), node));
	});
}

#[test]
fn tiers_should_be_the_registrars_alone() {
	build_and_execute(|| {
		let (node, unknown) = (register(), NodeId::zero());
		assert_noop!(Registry::add_trusted_node(signed(ALICE), node, Tier::Owned), BadOrigin);
		assert_noop!(Registry::remove_trusted_node(signed(ALICE), node), BadOrigin);
		assert_noop!(Registry::add_trusted_node(root(), unknown, Tier::Owned), Error::<Test>::UnknownNode);
		assert_noop!(Registry::remove_trusted_node(root(), unknown), Error::<Test>::UnknownNode);
	});
}
