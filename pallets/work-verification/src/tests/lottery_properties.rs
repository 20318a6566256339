//! The lotteries' arithmetic at its ends, and their state under random calls, against a model of who counts.

use crate::{
	lottery::{Commitment, Job, PowerClaim, Shown, Standing},
	mock::*,
	CurrentLottery, LastLotteries,
};
use frame_support::traits::fungible::InspectHold;
use gpu_chain_primitives::{NodeStatus, ProofKind};
use gpu_work::{matrix, table};
use proptest::prelude::*;
use sp_core::H256;
use std::collections::BTreeMap;
use ProofKind::Compute;

proptest! {
	#[test]
	fn a_target_is_that_of_the_claim(
		rate: u64, shift in 0..60u32, window in 1..1u64 << 24, wins in 1..512u32, bytes in prop_oneof![0..80u64, any::<u64>()],
	) {
		let rate = rate >> shift;
		for claim in [
			PowerClaim::Compute { tickets_per_second: rate },
			PowerClaim::Memory { walks_per_second: rate, table_bytes: bytes },
		] {
			let tries = u128::from(rate) * u128::from(window) / 1_000;
			let most = if claim.kind() == Compute { matrix::TICKETS } else { table::WALKS };
			let fits = tries > u128::from(wins) && tries <= most && (claim.kind() == Compute || bytes >= 40);
			match claim.target(wins, window) {
				Ok(target) => {
					prop_assert!(fits && target < u64::MAX);
					// The target gives the claim back, to within a try and the target's own steps.
					let searched_ms = window;
					let job = Job { seed: H256::zero(), target, walks: None };
					let shown = Commitment { hash: H256::zero(), count: wins, job, table_bytes: 0, searched_ms, challenge_until: None::<u64> };
					let (back, expected) = (u128::from(shown.tries_per_second()), tries * 1_000 / u128::from(window));
					let steps = expected / 100 + 2_000 / u128::from(window) + 2;
					prop_assert!(back.abs_diff(expected) <= steps, "{} {}", back, expected);
				},
				Err(_) => prop_assert!(!fits),
			}
		}
	}

	#[test]
	fn no_count_and_no_target_overflows(count: u32, target: u64, searched_ms: u64) {
		for target in [0, 1, target, u64::MAX] {
			for searched_ms in [0, 1, searched_ms, u64::MAX] {
				let job = Job { seed: H256::zero(), target, walks: None };
				let shown = Commitment { hash: H256::zero(), count, job, table_bytes: 0, searched_ms, challenge_until: None::<u64> };
				let more = Commitment { count: count.saturating_add(1), ..shown };
				prop_assert!(shown.tries_per_second() <= more.tries_per_second());
			}
		}
	}

	#[test]
	fn what_counts_is_young_and_of_no_lottery_before_the_last(
		shown in prop::collection::vec((1..6u32, 0..u64::MAX, 0..100u64), 1..12), now in 0..200u64, validity in 0..200u64, closed in 0..7u32,
	) {
		let mut shown = shown;
		shown.sort_by_key(|(round, ..)| *round);
		let mut standing = Standing::<u64>::default();
		let mut sums: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
		for (round, tries_per_second, at) in shown {
			standing.add(Shown { round, tries_per_second, bytes: 0, at });
			let sum = sums.entry(round).or_default();
			*sum = (sum.0.saturating_add(tries_per_second), at);
		}
		let expected = sums
			.iter()
			.rev()
			.take(2)
			.filter(|(round, (_, at))| **round >= closed && now <= at + validity)
			.map(|(_, (sum, _))| *sum)
			.max();
		prop_assert_eq!(standing.counting(now, validity, closed, false).map(|counting| counting.tries_per_second), expected);
	}
}

#[derive(Clone, Debug)]
enum Step {
	Blocks(u64),
	Claim(u8),
	Withdraw(u8),
	/// Which node, and whether one of its tickets is false.
	Commit(u8, bool),
	Reveal(u8),
	Name(u8),
	Leave(u8),
	Join(u8),
}

fn step() -> impl Strategy<Value = Step> {
	prop_oneof![
		8 => (1..5u64).prop_map(Step::Blocks),
		2 => (0..2u8).prop_map(Step::Claim),
		1 => (0..2u8).prop_map(Step::Withdraw),
		6 => (0..2u8, prop::bool::weighted(0.3)).prop_map(|(node, forged)| Step::Commit(node, forged)),
		6 => (0..2u8).prop_map(Step::Reveal),
		3 => (0..2u8).prop_map(Step::Name),
		1 => (0..2u8).prop_map(Step::Leave),
		2 => (0..2u8).prop_map(Step::Join),
	]
}

#[derive(Default)]
struct Model {
	claims: bool,
	active: bool,
	/// What it committed to last: round, tickets, and the index of the false one.
	committed: Option<(u32, Vec<u64>, Option<u32>)>,
	/// Reveals that can be named: round, tickets and the index of the false one.
	revealed: Vec<(u32, Vec<u64>, Option<u32>)>,
	/// The newest lottery that counts for it.
	shown: Option<u32>,
	slashed: usize,
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(60))]

	#[test]
	fn under_random_calls_exactly_who_answered_counts_and_exactly_who_forged_is_slashed(
		steps in prop::collection::vec(step(), 1..70),
	) {
		new_test_ext().execute_with(|| {
			LotteryWindow::set(&4);
			Wins::set(&4);
			Threshold::set(&3);
			Samples::set(&0);
			ChallengePeriod::set(&1_000_000);
			let small = PowerClaim::Compute { tickets_per_second: 2 };
			let nodes = [(ALICE, NODE), (BOB, OTHER)];
			let mut models = [Model { active: true, ..Model::default() }, Model { active: true, ..Model::default() }];
			for step in steps {
				match step {
					Step::Blocks(blocks) => for _ in 0..blocks {
						next_block();
						let closed = LastLotteries::<Test>::get().compute;
						for model in &mut models {
							// Who did not answer the newest lottery that is over counts no more.
							model.shown = model.shown.filter(|round| *round >= closed);
						}
					},
					Step::Claim(i) => {
						let (who, node) = nodes[usize::from(i)];
						prop_assert!(claim(who, node, 0, small).is_ok());
						models[usize::from(i)].claims = true;
					},
					Step::Withdraw(i) => {
						let (who, node) = nodes[usize::from(i)];
						let model = &mut models[usize::from(i)];
						let gone = Work::withdraw_claim(RuntimeOrigin::signed(who), node, Compute, 0).is_ok();
						prop_assert_eq!(gone, model.claims && model.revealed.is_empty());
						if gone {
							(model.claims, model.committed) = (false, None);
						}
					},
					Step::Commit(i, forge) => {
						let (who, node) = nodes[usize::from(i)];
						let Some(open) = Work::lottery_job(&node, 0) else { continue };
						let mut tickets = wins(&open.job, 3);
						let mut bad = None;
						if forge {
							let lost = loss(&open.job);
							tickets.push(lost);
							tickets.sort_unstable();
							bad = tickets.iter().position(|ticket| *ticket == lost).map(|at| at as u32);
						}
						if commit(who, node, Compute, 0, &tickets).is_ok() {
							models[usize::from(i)].committed = Some((open.lottery.round, tickets, bad));
						}
					},
					Step::Reveal(i) => {
						let (who, node) = nodes[usize::from(i)];
						let model = &mut models[usize::from(i)];
						let Some((round, tickets, bad)) = model.committed.clone() else { continue };
						let is_open = CurrentLottery::<Test>::get()
							.is_some_and(|lottery| lottery.round == round && lottery.sample_entropy.is_some());
						let revealed = reveal(who, node, Compute, 0, &tickets).is_ok();
						prop_assert!(!revealed || is_open && model.active);
						if revealed {
							model.committed = None;
							model.revealed.push((round, tickets, bad));
							model.shown = Some(round);
						}
					},
					Step::Name(i) => {
						let (_, node) = nodes[usize::from(i)];
						let model = &mut models[usize::from(i)];
						let Some((round, tickets, bad)) = model.revealed.last().cloned() else { continue };
						let named = name_false(BUYER, node, Compute, round, &tickets, bad.unwrap_or(0)).is_ok();
						prop_assert_eq!(named, bad.is_some());
						if named {
							model.revealed.pop();
							(model.shown, model.slashed) = (None, model.slashed + 1);
						}
					},
					Step::Leave(i) => {
						set_status(nodes[usize::from(i)].1, NodeStatus::Inactive);
						let model = &mut models[usize::from(i)];
						(model.active, model.shown) = (false, None);
					},
					Step::Join(i) => {
						set_status(nodes[usize::from(i)].1, NodeStatus::Active);
						models[usize::from(i)].active = true;
					},
				}
				prop_assert_eq!(Work::do_try_state(), Ok(()));
				for ((who, node), model) in nodes.iter().zip(&models) {
					let now = System::block_number();
					let counting = crate::LotteryPowers::<Test>::get(node)
						.compute
						.counting(now, 1_000_000, LastLotteries::<Test>::get().compute, false);
					prop_assert_eq!(counting.is_some(), model.shown.is_some());
					let slashed = crate::mock::Slashes::get().iter().filter(|slash| slash.0 == *node).count();
					prop_assert_eq!(slashed, model.slashed);
					let deposit = if model.claims { 100 + Work::claim_footprint().size } else { 0 };
					prop_assert_eq!(Balances::total_balance_on_hold(who), deposit);
				}
			}
			Ok(())
		})?;
	}
}
