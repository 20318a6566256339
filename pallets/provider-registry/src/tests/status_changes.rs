use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{NodeId, NodeStatus, Tier};

/// The edges of the crate documentation's diagram, once more and by hand.
const EDGES: [(NodeStatus, NodeStatus); 14] = [
	(NodeStatus::Pending, NodeStatus::Verified),
	(NodeStatus::Pending, NodeStatus::Rejected),
	(NodeStatus::Pending, NodeStatus::Slashed),
	(NodeStatus::Verified, NodeStatus::Active),
	(NodeStatus::Verified, NodeStatus::Rejected),
	(NodeStatus::Verified, NodeStatus::Pending),
	(NodeStatus::Verified, NodeStatus::Slashed),
	(NodeStatus::Active, NodeStatus::Inactive),
	(NodeStatus::Active, NodeStatus::Pending),
	(NodeStatus::Active, NodeStatus::Slashed),
	(NodeStatus::Inactive, NodeStatus::Active),
	(NodeStatus::Inactive, NodeStatus::Pending),
	(NodeStatus::Inactive, NodeStatus::Slashed),
	(NodeStatus::Rejected, NodeStatus::Slashed),
];

fn refusal(new: NodeStatus) -> Error<Test> {
	match new {
		NodeStatus::Active => Error::NotActivatable,
		NodeStatus::Inactive => Error::NotActive,
		NodeStatus::Rejected => Error::NotRejectable,
		NodeStatus::Slashed => Error::AlreadyBanned,
		NodeStatus::Pending | NodeStatus::Verified => Error::NodeClosed,
	}
}

#[test]
fn the_gate_should_let_through_the_drawn_edges_and_no_others() {
	for old in ALL_STATUSES {
		for new in ALL_STATUSES {
			build_and_execute(|| {
				let node: NodeId = in_status(old);
				let mut stored = get(node);
				if EDGES.contains(&(old, new)) {
					assert_ok!(Registry::change_status(&node, &mut stored, new));
					assert_eq!((stored.status, get(node).status), (new, new));
					assert!(happened(Event::NodeStatusChanged { node, old, new }));
				} else {
					assert_noop!(Registry::change_status(&node, &mut stored, new), refusal(new));
					assert_eq!(stored.status, old);
				}
			});
		}
	}
}

#[test]
fn other_changes_should_be_told_when_they_are_stored() {
	build_and_execute(|| {
		let node = active();
		assert_eq!(ChangeLog::get(), vec![]);
		assert_ok!(Registry::set_ask(signed(ALICE), node, 8));
		assert_ok!(try_update(ALICE, node, offer(9)));
		assert_ok!(Registry::heartbeat(signed(ALICE), node));
		assert_ok!(Registry::add_trusted_node(root(), node, Tier::Owned));
		assert_ok!(Registry::remove_trusted_node(root(), node));
		assert_eq!(ChangeLog::get(), [8, 9, 9, 9, 9].map(|ask| (node, ask)).to_vec());
		// What is refused is not told.
		assert_noop!(Registry::heartbeat(signed(ALICE), node), Error::<Test>::HeartbeatTooSoon);
	});
}
