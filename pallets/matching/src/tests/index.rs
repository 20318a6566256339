//! The index of active nodes, and the lists that are ranked by it.

use super::*;
use crate::{types::INDEX_PAGE, IndexCounts, IndexPages, IndexPlaces};
use gpu_chain_primitives::{
	matching::{MatchTerms, RankedNode},
	NodeStatus, OnNodeStatusChanged, RequiredPower, ResourceType, Tier,
};
use proptest::prelude::*;
use sp_runtime::DispatchError;
use std::collections::BTreeSet;

const GPU: ResourceType = ResourceType::Gpu;

fn terms() -> MatchTerms {
	let required_power = RequiredPower::hashes(1_000);
	MatchTerms { resource_type: GPU, required_power, min_trust_level: 1, budget: 100, request: request() }
}

fn list() -> Vec<RankedNode> {
	Matching::rank(&terms(), None, u32::MAX).unwrap().items
}

fn nodes(list: &[RankedNode]) -> Vec<u64> {
	list.iter().map(|item| item.node.to_low_u64_be()).collect()
}

fn change(owner: AccountId, active: bool) {
	set_node(node_of(owner), |node| node.active = active);
	let (old, new) =
		if active { (NodeStatus::Inactive, NodeStatus::Active) } else { (NodeStatus::Active, NodeStatus::Inactive) };
	Matching::on_node_status_changed(&node_of(owner), GPU, old, new);
}

#[test]
fn active_nodes_should_be_ranked_by_what_they_ask() {
	build_and_execute(|| {
		for (owner, ask) in BIDDERS.into_iter().zip([50, 20, 90, 20, 101, 10]) {
			set_node(node_of(owner), |node| node.ask_per_hour = ask);
			change(owner, true);
		}
		let listed = list();
		assert_eq!(nodes(&listed), [16, 12, 14, 11, 13], "the one above the budget does not fit");
		assert!(listed.iter().all(|item| item.tier == Tier::Community && !item.fallback));
		for item in listed {
			let candidate = Nodes::get()[&item.node].clone();
			assert_eq!(terms().evaluate(&candidate, item.price), Ok(item.score), "as an auction would judge it");
		}
	});
}

#[test]
fn pages_should_go_on_where_the_last_one_ended() {
	build_and_execute(|| {
		BIDDERS.iter().for_each(|owner| change(*owner, true));
		let first = Matching::rank(&terms(), None, 4).unwrap();
		let second = Matching::rank(&terms(), first.next, 4).unwrap();
		assert_eq!((first.items.len(), second.items.len(), second.next), (4, 2, None));
		assert_eq!(nodes(&[first.items, second.items].concat()), nodes(&list()));
	});
}

#[test]
fn a_request_without_sense_should_give_no_list() {
	build_and_execute(|| {
		let mut bad = terms();
		bad.request.weights.price += 1;
		assert_eq!(Matching::rank(&bad, None, 10), None);
		let cpu = MatchTerms { resource_type: ResourceType::Cpu, ..terms() };
		assert_eq!(Matching::rank(&cpu, None, 10).unwrap().items, []);
	});
}

#[test]
fn what_changes_with_time_should_be_computed_when_it_is_asked_for() {
	build_and_execute(|| {
		change(BIDDER, true);
		assert_eq!(list().len(), 1);
		Uptime::set(8_999);
		assert_eq!(list().len(), 0);
	});
}

#[test]
fn what_else_changes_should_show_after_the_hook() {
	build_and_execute(|| {
		change(BIDDER, true);
		let before = list();
		set_node(node_of(BIDDER), |node| node.reputation = 10_000);
		assert_eq!(list(), before);
		Matching::on_node_changed(&node_of(BIDDER));
		assert!(list()[0].score > before[0].score);
		// A node that is not in the index does not get into it by the way.
		Matching::on_node_changed(&node_of(OTHER_BIDDER));
		Matching::on_node_status_changed(&node_of(404), GPU, NodeStatus::Pending, NodeStatus::Verified);
		assert_eq!(list().len(), 1);
	});
}

#[test]
fn anybody_should_refresh_an_active_node() {
	build_and_execute(|| {
		assert_ok!(Matching::refresh_node(origin(ANYBODY), node_of(BIDDER)));
		assert_eq!(list().len(), 1);
		assert_noop!(Matching::refresh_node(origin(ANYBODY), node_of(404)), Error::<Test>::NotRanked);
		assert_noop!(Matching::refresh_node(RuntimeOrigin::none(), node_of(BIDDER)), DispatchError::BadOrigin);
	});
}

#[test]
fn a_node_of_another_type_than_before_should_move() {
	build_and_execute(|| {
		change(BIDDER, true);
		change(OTHER_BIDDER, true);
		set_node(node_of(BIDDER), |node| node.resource_type = ResourceType::Cpu);
		assert!(Matching::refresh(&node_of(BIDDER)));
		assert_eq!(IndexPlaces::<Test>::get(node_of(BIDDER)), Some((ResourceType::Cpu, 0)));
		assert_eq!(IndexPlaces::<Test>::get(node_of(OTHER_BIDDER)), Some((GPU, 0)));
	});
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

	#[test]
	fn index_should_hold_the_active_nodes_whatever_comes_and_goes(
		steps in prop::collection::vec((0u64..100, prop::bool::weighted(0.6)), 100..400),
	) {
		new_test_ext().execute_with(|| {
			let mut active = BTreeSet::new();
			for (number, comes) in steps {
				let owner = 1_000 + number;
				if comes { active.insert(owner) } else { active.remove(&owner) };
				change(owner, comes);
			}
			assert_eq!(Matching::do_try_state(), Ok(()));
			let listed: BTreeSet<_> = Matching::indexed(GPU).map(|(node, _)| node.to_low_u64_be()).collect();
			assert_eq!(listed, active);
			assert_eq!(IndexCounts::<Test>::get(GPU) as usize, active.len());
			assert_eq!(IndexPages::<Test>::iter().count(), active.len().div_ceil(INDEX_PAGE as usize));
			for owner in active {
				change(owner, false);
			}
			assert_eq!(IndexPages::<Test>::iter().count() + IndexPlaces::<Test>::iter().count(), 0);
			assert_eq!(IndexCounts::<Test>::iter().count(), 0);
		});
	}
}
