use crate::{mock::*, *};
use frame_support::assert_ok;
use gpu_chain_primitives::{NodeId, NodeStatus, ResourceType};
use sp_runtime::DispatchError;

const NOBODYS: NodeId = NodeId::repeat_byte(1);

/// Runs `break_it` on a sound state, with an active node that has sent a heartbeat, and expects `do_try_state` to name `why`.
fn assert_broken(why: &'static str, break_it: impl FnOnce(NodeId)) {
	new_test_ext().execute_with(|| {
		let node = active();
		assert_ok!(Registry::heartbeat(signed(ALICE), node));
		assert_ok!(Registry::do_try_state());
		break_it(node);
		assert_eq!(Registry::do_try_state(), Err(DispatchError::Other(why)));
	});
}

fn change_node(node: NodeId, change: impl FnOnce(&mut NodeOf<Test>)) {
	Nodes::<Test>::mutate(node, |node| change(node.as_mut().unwrap()));
}

fn change_liveness(node: NodeId, change: impl FnOnce(&mut LivenessRecord<u64>)) {
	Liveness::<Test>::mutate(node, |liveness| change(liveness.as_mut().unwrap()));
}

#[test]
fn invariant_1_owners_lists_and_counts() {
	assert_broken("registry 1: a node is not listed under its owner", |node| {
		NodesByOwner::<Test>::remove(ALICE, node);
	});
	assert_broken("registry 1: an owner's list names what is not the owner's node", |node| {
		NodesByOwner::<Test>::insert(BOB, node, ());
	});
	assert_broken("registry 1: an owner's list names what is not the owner's node", |_| {
		NodesByOwner::<Test>::insert(ALICE, NOBODYS, ());
	});
	assert_broken("registry 1: an owner's count is not the length of the list", |_| {
		OwnedCounts::<Test>::insert(ALICE, 2);
	});
	assert_broken("registry 1: an owner's count is not the length of the list", |_| {
		OwnedCounts::<Test>::insert(BOB, 0);
	});
	assert_broken("registry 1: an owner has too many nodes", |_| {
		for _ in 0..MAX_NODES {
			Registry::insert_node(&ALICE, ResourceType::Gpu, offer(7)).unwrap();
		}
	});
}

#[test]
fn invariant_2_the_list_of_active_nodes() {
	assert_broken("registry 2: an active node is not listed as active", |node| {
		ActiveNodes::<Test>::remove(ResourceType::Gpu, node);
	});
	assert_broken("registry 2: what is listed as active is no active node of the type", |node| {
		ActiveNodes::<Test>::insert(ResourceType::Cpu, node, ());
	});
	assert_broken("registry 2: what is listed as active is no active node of the type", |node| {
		change_node(node, |node| node.status = NodeStatus::Inactive);
	});
	assert_broken("registry 2: what is listed as active is no active node of the type", |_| {
		ActiveNodes::<Test>::insert(ResourceType::Gpu, NOBODYS, ());
	});
}

#[test]
fn invariant_3_totals() {
	let why = "registry 3: totals are not those of the active nodes";
	assert_broken(why, |_| ActiveTotals::<Test>::mutate(ResourceType::Gpu, |totals| totals.count += 1));
	assert_broken(why, |_| ActiveTotals::<Test>::mutate(ResourceType::IoT, |totals| totals.total_ask += 1));
	assert_broken(why, |node| change_node(node, |node| node.ask_per_hour += 1));
}

#[test]
fn invariant_4_liveness_records() {
	let why = "registry 4: a clock runs without an active node, or stands with one";
	assert_broken(why, |node| change_liveness(node, |liveness| liveness.counted_to = None));
	assert_broken(why, Liveness::<Test>::remove);
	assert_broken(why, |_| {
		let pending = register();
		Liveness::<Test>::insert(pending, LivenessRecord { counted_to: Some(1), ..Default::default() });
	});
	assert_broken("registry 4: an inactive node has no liveness record", |node| {
		assert_ok!(Registry::deactivate_node(signed(ALICE), node));
		Liveness::<Test>::remove(node);
	});
	assert_broken("registry 4: a liveness record belongs to no node", |_| {
		Liveness::<Test>::insert(NOBODYS, LivenessRecord::default());
	});
}

#[test]
fn invariant_5_heartbeats() {
	assert_broken("registry 5: a heartbeat before the first period", |node| {
		change_liveness(node, |liveness| {
			liveness.full_periods = 2;
			liveness.window = 0b100;
		});
	});
	let why = "registry 5: a clock or a heartbeat is in the future";
	assert_broken(why, |node| change_liveness(node, |liveness| liveness.counted_to = Some(2)));
	assert_broken(why, |node| change_liveness(node, |liveness| liveness.last_seen = Some(2)));
	assert_broken("registry 5: the time of the last heartbeat is not known", |node| {
		change_liveness(node, |liveness| liveness.last_seen = None);
	});
}

#[test]
fn invariant_6_storage_deposits() {
	assert_broken("registry 6: a node has no storage deposit", NodeTickets::<Test>::remove);
	assert_broken("registry 6: a storage deposit belongs to no node", |node| {
		let ticket = NodeTickets::<Test>::get(node).unwrap();
		NodeTickets::<Test>::insert(NOBODYS, ticket);
	});
}

#[test]
fn invariant_7_what_a_node_offers() {
	let why = "registry 7: a node is not such as could be registered";
	assert_broken(why, |node| change_node(node, |node| node.hardware.gpu_count = 0));
	assert_broken(why, |node| change_node(node, |node| node.metadata_uri = text("none")));
	assert_broken(why, |node| change_node(node, |node| node.region = text("")));
	assert_broken(why, |node| {
		assert_ok!(Registry::deactivate_node(signed(ALICE), node));
		change_node(node, |node| node.ask_per_hour = 0);
	});
}

#[test]
fn invariant_8_regions() {
	assert_broken("registry 8: a region is no well-formed code", |_| Regions::<Test>::insert(text::<32>("EU"), ()));
}

#[test]
fn invariant_9_numbers() {
	assert_broken("registry 9: there are more nodes than numbers given out", |_| NextNode::<Test>::put(0));
}

#[test]
fn invariant_10_who_waits_for_a_sponsor() {
	let why = "registry 10: what waits for a sponsor is no pending node of the community";
	assert_broken(why, |node| AwaitingSponsor::<Test>::insert(node, ()));
	assert_broken(why, |_| AwaitingSponsor::<Test>::insert(NOBODYS, ()));
}
