use crate::mock::*;
use frame_support::assert_ok;
use gpu_chain_primitives::{NodeId, NodeStatus};

#[test]
fn nodes_of_a_queen_should_come_in_pages() {
	build_and_execute(|| {
		MaxSponsored::set(&5);
		let nodes: Vec<NodeId> = (3..8).map(NodeId::repeat_byte).collect();
		for node in &nodes {
			Nodes::insert(node, (OWNER, NodeStatus::Pending));
			assert_ok!(sponsor(QUEEN, *node));
		}
		let first = Roles::nodes_of_queen(&QUEEN, None, 3);
		assert_eq!((first.items.as_slice(), first.next), (&nodes[..3], Some(nodes[2])));
		let second = Roles::nodes_of_queen(&QUEEN, first.next, 3);
		assert_eq!((second.items.as_slice(), second.next), (&nodes[3..], None));
		assert_eq!(Roles::nodes_of_queen(&OTHER_QUEEN, None, 3).items, vec![]);
	});
}

#[test]
fn queens_should_come_in_pages() {
	build_and_execute(|| {
		assert_ok!(Roles::apply(signed(OTHER_QUEEN), BOND));
		let first = Roles::queens(None, 1);
		let second = Roles::queens(first.next, 1);
		let mut all = [first.items, second.items].concat();
		all.sort();
		assert_eq!((all, second.next), (vec![QUEEN, OTHER_QUEEN], None));
	});
}
