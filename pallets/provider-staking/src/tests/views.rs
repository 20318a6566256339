use crate::{mock::*, *};
use frame_support::assert_ok;
use gpu_chain_primitives::NodeStatus;
use std::collections::BTreeSet;

#[test]
fn pending_slashes_are_paged_by_node() {
	build_and_execute(|| {
		add_node(STRANGER, BOB, NodeStatus::Inactive, 500);
		assert_ok!(slash(STRANGER, 1, None));
		for _ in 0..7 {
			assert_ok!(slash(NODE, 1, None));
		}
		let (mut seen, mut cursor, mut pages) = (BTreeSet::new(), None, 0);
		loop {
			let page = Staking::pending_slashes(&NODE, cursor, 3);
			assert!(page.items.len() <= 3);
			for (id, pending) in page.items {
				assert_eq!(PendingSlashes::<Test>::get(id), Some(pending));
				assert!(seen.insert(id), "an item came twice");
			}
			pages += 1;
			match page.next {
				Some(next) => cursor = Some(next),
				None => break,
			}
		}
		assert_eq!(seen, (1..=7).collect());
		assert_eq!(pages, 3);
		assert_eq!(Staking::pending_slashes(&STRANGER, None, 100).items.len(), 1);
	});
}

#[test]
fn a_page_goes_on_after_its_cursor_was_cancelled() {
	build_and_execute(|| {
		for _ in 0..4 {
			assert_ok!(slash(NODE, 1, None));
		}
		let first = Staking::pending_slashes(&NODE, None, 2);
		let cursor = first.next.unwrap();
		assert_ok!(Staking::cancel_slash(RuntimeOrigin::root(), cursor));
		let second = Staking::pending_slashes(&NODE, Some(cursor), 2);
		assert_eq!(second.next, None);
		let ids: BTreeSet<u64> = first.items.iter().chain(&second.items).map(|(id, _)| *id).collect();
		assert_eq!(ids, (0..4).collect());
	});
}

#[test]
fn unknown_nodes_have_nothing_to_show() {
	build_and_execute(|| {
		assert_eq!(Staking::stake(&STRANGER), None);
		assert!(Staking::pending_slashes(&STRANGER, None, 10).items.is_empty());
	});
}
