use crate::mock::*;
use frame_support::assert_ok;
use gpu_chain_primitives::{NodeId, ResourceType};

/// Follows cursors to the end, with pages of `limit`.
fn all_pages<Item: Clone + PartialEq + core::fmt::Debug>(
	limit: u32,
	page: impl Fn(Option<Item>) -> gpu_chain_primitives::Page<Item, Item>,
) -> Vec<Item> {
	let (mut all, mut cursor) = (vec![], None);
	loop {
		let next = page(cursor);
		assert!(next.items.len() <= limit as usize);
		all.extend(next.items);
		match next.next {
			Some(last) => {
				assert_eq!(all.last(), Some(&last));
				cursor = Some(last);
			}
			None => return all,
		}
	}
}

#[test]
fn pages_should_hold_each_node_once_in_the_order_of_ids() {
	build_and_execute(|| {
		let mut active: Vec<NodeId> = vec![];
		let mut by_owner: Vec<Vec<NodeId>> = vec![];
		for owner in 10..15 {
			assert_ok!(Balances::force_set_balance(root(), owner, RICH));
			let mut nodes: Vec<NodeId> = (0..4).map(|_| register_as(owner, ResourceType::Cpu, 7)).collect();
			for node in &nodes {
				verify(*node);
				activate(*node);
			}
			active.extend(&nodes);
			nodes.sort();
			by_owner.push(nodes);
		}
		active.sort();

		for limit in [1, 3, 7, 20, 256] {
			let found = all_pages(limit, |cursor| Registry::active_nodes(ResourceType::Cpu, cursor, limit));
			assert_eq!(found, active);
			for (owner, nodes) in (10..).zip(&by_owner) {
				assert_eq!(&all_pages(limit, |cursor| Registry::nodes_by_owner(&owner, cursor, limit)), nodes);
			}
		}
		assert_eq!(Registry::active_nodes(ResourceType::Gpu, None, 10).items, vec![]);
		assert_eq!(Registry::nodes_by_owner(&ALICE, None, 10).items, vec![]);
	});
}

#[test]
fn a_page_should_go_on_when_the_node_of_its_cursor_is_gone() {
	build_and_execute(|| {
		let mut nodes: Vec<NodeId> = (0..4).map(|_| active()).collect();
		nodes.sort();
		let cursor = Registry::active_nodes(ResourceType::Gpu, None, 2).next;
		assert_eq!(cursor, Some(nodes[1]));
		assert_ok!(Registry::deactivate_node(signed(ALICE), nodes[1]));
		let rest = Registry::active_nodes(ResourceType::Gpu, cursor, 10);
		assert_eq!((rest.items, rest.next), (vec![nodes[2], nodes[3]], None));
	});
}

#[test]
fn regions_should_be_paged() {
	build_and_execute(|| {
		for region in ["a", "b", "c"] {
			assert_ok!(Registry::add_region(root(), text(region)));
		}
		let mut found = all_pages(2, |cursor| Registry::regions(cursor, 2));
		found.sort();
		assert_eq!(found, vec![text("a"), text("b"), text("c"), here(), there()]);
	});
}

#[test]
fn unknown_nodes_should_have_nothing_to_show() {
	build_and_execute(|| {
		let unknown = NodeId::repeat_byte(1);
		assert_eq!(Registry::node(&unknown), None);
		assert_eq!(Registry::uptime(&unknown), 0);
		assert_eq!(Registry::last_seen(&unknown), None);
		assert_eq!(Registry::next_heartbeat(&unknown), None);
		assert_eq!(Registry::average_ask_per_hour(ResourceType::Gpu), None);
	});
}

#[test]
fn a_node_should_be_shown_as_it_is_stored() {
	build_and_execute(|| {
		let node = active();
		assert_eq!(Registry::node(&node), Some(get(node)));
		assert_eq!(Registry::average_ask_per_hour(ResourceType::Gpu), Some(7));
	});
}
