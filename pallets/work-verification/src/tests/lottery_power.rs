use crate::mock::*;
use frame_support::assert_ok;
use gpu_chain_primitives::{NodeStatus, PowerInspect, PowerVector, ProofKind};
use ProofKind::{Compute, Memory};

fn shown(node: gpu_chain_primitives::NodeId) -> PowerVector {
	<Work as PowerInspect>::power_vector(&node)
}

#[test]
fn a_node_shows_what_its_devices_show_together() {
	build_and_execute(|| {
		searching(Memory);
		close_lottery();
		assert_ok!(claim(ALICE, NODE, 1, TABLE));
		let lottery = open_lottery();
		run_to(lottery.search_from);
		let tickets = [0, 1].map(|device| wins(&job(NODE, device), 12));
		for (device, tickets) in tickets.iter().enumerate() {
			assert_ok!(commit(ALICE, NODE, Memory, device as u8, tickets));
		}
		draw_samples();
		assert_eq!(LastShown::get(), None);
		assert_ok!(reveal(ALICE, NODE, Memory, 0, &tickets[0]));
		assert_eq!(shown(NODE).memory_bytes, 1_000);
		assert_eq!(LastShown::get(), Some((NODE, shown(NODE))), "whoever is told sees it");
		assert_ok!(reveal(ALICE, NODE, Memory, 1, &tickets[1]));
		assert_eq!(shown(NODE).memory_bytes, 2_000);
		assert_eq!(LastShown::get(), Some((NODE, shown(NODE))));
		assert_eq!(Work::verification_history(&NODE).iter().filter(|entry| entry.passed).count(), 1);

		// In the next one only one device answers; until that is over the two of the last one count.
		close_lottery();
		let lottery = open_lottery();
		run_to(lottery.search_from);
		answer(ALICE, NODE, Memory, 0, 12);
		assert_eq!(shown(NODE).memory_bytes, 2_000);
		close_lottery();
		assert_eq!(shown(NODE).memory_bytes, 1_000);
	});
}

/// What keeps the record can compute the power of any later moment.
#[test]
fn a_record_that_is_kept_says_the_same_later() {
	build_and_execute(|| {
		PowerValidity::set(&30);
		searching(Memory);
		answer(ALICE, NODE, Memory, 0, 12);
		let kept = Work::power_record(&NODE);
		for _ in 0..60 {
			assert_eq!(kept.at(&Work::power_moment()), shown(NODE));
			next_block();
		}
		assert_eq!(shown(NODE), PowerVector::default(), "it was kept for long enough to see it end");
	});
}

#[test]
fn operations_are_counted_in_thousandths_of_a_tops() {
	build_and_execute(|| {
		lotteries_of(Compute);
		let lottery = {
			assert_ok!(claim(ALICE, NODE, 0, CLAIM));
			open_lottery()
		};
		answer(ALICE, NODE, Compute, 0, 12);
		// Five tickets a second are far below a thousandth of a TOPS, so what is kept is made larger by hand.
		crate::LotteryPowers::<Test>::mutate(NODE, |power| {
			let newest = power.compute.newest.as_mut().unwrap();
			assert_eq!((newest.round, newest.tries_per_second, newest.bytes), (lottery.round, 5, 0));
			newest.tries_per_second = 476_837_158;
		});
		assert_eq!(shown(NODE), PowerVector { milli_tops: 999_999, ..PowerVector::default() });
	});
}

#[test]
fn who_misses_a_lottery_shows_nothing_once_it_is_over() {
	build_and_execute(|| {
		searching(Memory);
		answer(ALICE, NODE, Memory, 0, 12);
		close_lottery();
		open_lottery();
		assert_eq!(shown(NODE).memory_bytes, 1_000, "it can still be answered");
		close_lottery();
		assert_eq!(shown(NODE).memory_bytes, 0);
	});
}

#[test]
fn a_lottery_of_the_other_kind_changes_nothing() {
	build_and_execute(|| {
		searching(Memory);
		answer(ALICE, NODE, Memory, 0, 12);
		close_lottery();
		MemoryEvery::set(&0);
		open_lottery();
		close_lottery();
		assert_eq!(shown(NODE).memory_bytes, 1_000);
	});
}

#[test]
fn memory_in_use_need_not_be_shown_but_products_must() {
	build_and_execute(|| {
		searching(Memory);
		answer(ALICE, NODE, Memory, 0, 12);
		close_lottery();
		Busy::set(&true);
		open_lottery();
		close_lottery();
		assert_eq!(shown(NODE).memory_bytes, 1_000, "its buyer has it");
		Busy::set(&false);
		assert_eq!(shown(NODE).memory_bytes, 0, "nobody has it");
		Busy::set(&true);
		PowerValidity::set(&3);
		assert_eq!(shown(NODE).memory_bytes, 0, "too long ago");
	});
	build_and_execute(|| {
		searching(Compute);
		answer(ALICE, NODE, Compute, 0, 12);
		let grow =
			|power: &mut crate::LotteryPower<u64>| power.compute.newest.as_mut().unwrap().tries_per_second = 1 << 20;
		crate::LotteryPowers::<Test>::mutate(NODE, grow);
		assert!(shown(NODE).milli_tops > 0);
		Busy::set(&true);
		close_lottery();
		open_lottery();
		close_lottery();
		assert_eq!(shown(NODE).milli_tops, 0);
	});
}

#[test]
fn power_of_lotteries_ends_when_it_is_too_old() {
	build_and_execute(|| {
		PowerValidity::set(&20);
		searching(Memory);
		answer(ALICE, NODE, Memory, 0, 12);
		LotteryWindow::set(&0);
		let at = System::block_number();
		run_to(at + 20);
		assert_eq!(shown(NODE).memory_bytes, 1_000);
		next_block();
		assert_eq!(shown(NODE).memory_bytes, 0);
	});
}

#[test]
fn power_of_lotteries_is_an_active_nodes_only_and_ends_when_it_leaves() {
	build_and_execute(|| {
		for gone in [NodeStatus::Inactive, NodeStatus::Pending, NodeStatus::Slashed] {
			let lottery = searching(Memory);
			run_to(lottery.search_from);
			answer(ALICE, NODE, Memory, 0, 12);
			assert_eq!(shown(NODE).memory_bytes, 1_000);
			set_status(NODE, gone);
			assert_eq!(shown(NODE), PowerVector::default());
			set_status(NODE, NodeStatus::Active);
			assert_eq!(shown(NODE), PowerVector::default(), "it answers a lottery first");
			close_lottery();
		}
		assert_eq!(shown(STRANGER), PowerVector::default());
	});
}

#[test]
fn two_nodes_on_one_card_gain_nothing_by_taking_turns() {
	build_and_execute(|| {
		searching(Memory);
		for turn in 0..4 {
			let (owner, here, away) = if turn % 2 == 0 { (ALICE, NODE, OTHER) } else { (BOB, OTHER, NODE) };
			answer(owner, here, Memory, 0, 12);
			close_lottery();
			assert_eq!([here, away].map(|node| shown(node).memory_bytes), [1_000, 0]);
			let lottery = open_lottery();
			run_to(lottery.search_from);
		}
	});
}

#[test]
fn a_table_counts_only_if_it_is_walked_faster_than_without_one() {
	build_and_execute(|| {
		lotteries_of(Memory);
		assert_ok!(claim(ALICE, NODE, 0, TABLE));
		open_round();
		assert_ok!(submit(ALICE, NODE, round_number(), proof(NODE, 4_000)));
		let lottery = open_lottery();
		run_to(lottery.search_from);
		answer(ALICE, NODE, Memory, 0, 12);
		let walks = crate::LotteryPowers::<Test>::get(NODE).memory.newest.unwrap().tries_per_second as u32;
		let hashes = shown(NODE).hashes_per_second;
		assert!(hashes > 100 && walks == 5, "{hashes} {walks}");
		assert_eq!(shown(NODE).memory_bytes, 1_000, "anything goes");
		let enough = (hashes as u32).div_ceil(walks);
		HashesPerWalk::set(&enough);
		assert_eq!(shown(NODE).memory_bytes, 1_000);
		HashesPerWalk::set(&(enough - 1));
		assert_eq!(shown(NODE), PowerVector { hashes_per_second: hashes, ..PowerVector::default() });
		// Without hashes nothing can be said of walks.
		HashesPerWalk::set(&u32::MAX);
		crate::NodeWorks::<Test>::mutate(NODE, |work| work.proven = None);
		assert_eq!(shown(NODE), PowerVector::default());
	});
}
