use super::*;
use crate::TaskStatus;
use gpu_chain_primitives::{NodeId, Page, ResourceType, MAX_PAGE};
use std::collections::BTreeSet;

/// Reads a list page by page; `None` if one item comes twice.
fn all_pages(mut page: impl FnMut(Option<u64>) -> Page<u64, u64>) -> Option<BTreeSet<u64>> {
	let mut all = BTreeSet::new();
	let mut cursor = None;
	loop {
		let part = page(cursor);
		for item in part.items {
			if !all.insert(item) {
				return None;
			}
		}
		cursor = part.next;
		if cursor.is_none() {
			return Some(all);
		}
	}
}

#[test]
fn lists_should_be_complete_whatever_the_length_of_a_page() {
	build_and_execute(|| {
		MaxOpenTasksPerBuyer::set(40);
		MaxOpenTasksPerNode::set(40);
		let open: BTreeSet<u64> = (0..7).map(|_| create()).collect();
		let taken: BTreeSet<u64> = (0..5).map(|_| assigned()).collect();
		let others = create_for(OTHER_BUYER, Asset::Native);
		let mine: BTreeSet<u64> = open.union(&taken).copied().collect();
		let all_open: BTreeSet<u64> = open.iter().copied().chain([others]).collect();
		for limit in [0, 1, 2, 3, 7, 8, 100, u32::MAX] {
			assert_eq!(
				all_pages(|cursor| Marketplace::open_tasks(ResourceType::Gpu, cursor, limit)),
				Some(all_open.clone())
			);
			assert_eq!(all_pages(|cursor| Marketplace::tasks_by_buyer(&BUYER, cursor, limit)), Some(mine.clone()));
			assert_eq!(all_pages(|cursor| Marketplace::tasks_by_node(&NODE, cursor, limit)), Some(taken.clone()));
		}
		assert_eq!(Marketplace::open_tasks(ResourceType::Cpu, None, 10).items, Vec::<u64>::new());
		assert_eq!(Marketplace::tasks_by_buyer(&PROVIDER, None, 10).items, Vec::<u64>::new());
		assert_eq!(Marketplace::tasks_by_node(&NodeId::zero(), None, 10).next, None);
	});
}

#[test]
fn page_should_go_on_behind_a_task_that_has_gone() {
	build_and_execute(|| {
		let ids: BTreeSet<u64> = (0..6).map(|_| create()).collect();
		let first = Marketplace::open_tasks(ResourceType::Gpu, None, 2);
		let gone = first.next.unwrap();
		assert_ok!(Marketplace::cancel_task(origin(BUYER), gone));
		let rest = Marketplace::open_tasks(ResourceType::Gpu, Some(gone), 10);
		assert_eq!(first.items.iter().chain(&rest.items).copied().collect::<BTreeSet<_>>(), ids);
		assert_eq!(rest.items.len(), 4);
	});
}

#[test]
fn page_should_not_grow_beyond_its_bound() {
	build_and_execute(|| {
		MaxOpenTasksPerBuyer::set(MAX_PAGE + 1);
		for _ in 0..=MAX_PAGE {
			create();
		}
		let page = Marketplace::tasks_by_buyer(&BUYER, None, u32::MAX);
		assert_eq!(page.items.len(), MAX_PAGE as usize);
		assert_eq!(Marketplace::tasks_by_buyer(&BUYER, page.next, 10).items.len(), 1);
	});
}

#[test]
fn task_should_be_readable_until_it_is_removed() {
	build_and_execute(|| {
		let id = verified();
		assert_eq!(Marketplace::task(id).unwrap().status, TaskStatus::Verified);
		assert_ok!(Marketplace::remove_task(origin(BUYER), id));
		assert_eq!(Marketplace::task(id), None);
	});
}

#[test]
fn estimate_should_use_the_average_ask_or_the_fallback() {
	build_and_execute(|| {
		let estimate = |secs| Marketplace::estimate_cost(ResourceType::Gpu, 1_000, secs);
		assert_eq!(estimate(3_600), 360);
		assert_eq!(estimate(15), 2);
		AverageAsk::set(Some(7_200));
		assert_eq!(estimate(1), 2);
		assert_eq!(estimate(0), 0);
		AverageAsk::set(Some(Balance::MAX));
		assert_eq!(estimate(7_200), Balance::MAX);
	});
}
