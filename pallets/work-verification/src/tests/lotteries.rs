use crate::{mock::*, CurrentLottery, CurrentRound, Event, LastClosed, LastLotteries};
use frame_support::assert_ok;
use gpu_chain_primitives::ProofKind;
use ProofKind::{Compute, Memory};

#[test]
fn a_lottery_opens_behind_a_round_and_goes_through_its_times() {
	build_and_execute(|| {
		lotteries_of(Compute);
		let lottery = open_lottery();
		let opened = System::block_number();
		assert_eq!(LastClosed::<Test>::get() + 1, opened);
		assert_eq!((lottery.round, lottery.kind, lottery.search_from), (round_number(), Compute, opened));
		assert_eq!(
			(lottery.closes_at, lottery.commit_until, lottery.reveal_until),
			(opened + 4, opened + 6, opened + 10)
		);
		assert_eq!((lottery.wins, lottery.threshold, lottery.samples, lottery.window_ms), (16, 12, 4, 4_000));
		System::assert_last_event(
			Event::LotteryOpened {
				round: lottery.round,
				kind: Compute,
				entropy: lottery.entropy,
				search_from: opened,
				closes_at: opened + 4,
				commit_until: opened + 6,
				reveal_until: opened + 10,
			}
			.into(),
		);
		run_to(opened + 7);
		assert_eq!(CurrentLottery::<Test>::get(), Some(lottery.clone()), "nothing is drawn before nobody can commit");
		next_block();
		let drawn = CurrentLottery::<Test>::get().unwrap().sample_entropy.unwrap();
		System::assert_has_event(Event::SamplesDrawn { round: lottery.round, entropy: drawn }.into());
		run_to(opened + 10);
		assert_eq!(CurrentLottery::<Test>::get().unwrap().sample_entropy, Some(drawn));
		next_block();
		assert!(!CurrentLottery::<Test>::exists());
		System::assert_has_event(Event::LotteryClosed { round: lottery.round, kind: Compute, answers: 0 }.into());
		assert_eq!(LastLotteries::<Test>::get().compute, lottery.round);
	});
}

#[test]
fn tables_are_filled_before_walks_begin() {
	build_and_execute(|| {
		lotteries_of(Memory);
		assert_ok!(claim(ALICE, NODE, 0, TABLE));
		let lottery = open_lottery();
		let opened = System::block_number();
		assert_eq!((lottery.search_from, lottery.closes_at), (opened + 2, opened + 6));
		let seed = job(NODE, 0);
		assert_eq!(seed.walks, None, "its table's seed is known, and not where walks begin");
		run_to(opened + 1);
		assert_eq!(CurrentLottery::<Test>::get().unwrap().walk_entropy, None);
		next_block();
		let lottery = CurrentLottery::<Test>::get().unwrap();
		let entropy = lottery.walk_entropy.unwrap();
		System::assert_has_event(Event::WalksBegun { round: lottery.round, entropy }.into());
		assert_eq!(lottery.search_ms, System::block_number() * BLOCK_TIME);
		assert_eq!((job(NODE, 0).seed, job(NODE, 0).walks.unwrap().elements), (seed.seed, 28));
		close_lottery();
		assert_eq!((LastLotteries::<Test>::get().memory, LastLotteries::<Test>::get().compute), (lottery.round, 0));
	});
}

#[test]
fn one_lottery_in_so_many_is_of_memory() {
	for (every, expected) in
		[(0, [Compute; 6]), (1, [Memory; 6]), (3, [Compute, Compute, Memory, Compute, Compute, Memory])]
	{
		build_and_execute(|| {
			lotteries_of(Compute);
			MemoryEvery::set(&every);
			assert_eq!(expected.map(|_| open_lottery().kind), expected);
		});
	}
}

#[test]
fn rounds_and_lotteries_are_never_searched_at_once() {
	build_and_execute(|| {
		for kind in [Compute, Memory, Compute] {
			lotteries_of(kind);
			// A round could open in any block.
			MinGap::set(&0);
			MeanGap::set(&1);
			let lottery = open_lottery();
			while CurrentRound::<Test>::get().is_none_or(|round| round.number <= lottery.round) {
				next_block();
			}
			assert_eq!(System::block_number(), lottery.closes_at + 1);
		}
	});
}

#[test]
fn a_round_behind_which_a_lottery_is_not_over_has_none() {
	build_and_execute(|| {
		lotteries_of(Compute);
		MinGap::set(&0);
		MeanGap::set(&1);
		RevealWindow::set(&9);
		let lottery = open_lottery();
		// The next round closes before the lottery does; the one behind that has one again.
		let next = loop {
			next_block();
			if let Some(next) = CurrentLottery::<Test>::get().filter(|next| next.round != lottery.round) {
				break next;
			}
		};
		assert_eq!(next.round, lottery.round + 2);
	});
}

#[test]
fn without_a_window_there_are_no_lotteries() {
	build_and_execute(|| {
		for _ in 0..3 {
			open_round();
			close_round();
		}
		assert_eq!((crate::LotteryCount::<Test>::get(), CurrentLottery::<Test>::get()), (0, None));
	});
}

#[test]
fn a_change_of_parameters_does_not_touch_an_open_lottery() {
	build_and_execute(|| {
		let before = searching(Compute);
		for (set, to) in [(Wins::set as fn(&u32), 100), (Threshold::set, 200), (Samples::set, 0)] {
			set(&to);
		}
		CommitGrace::set(&50);
		RevealWindow::set(&50);
		LotteryWindow::set(&50);
		answer(ALICE, NODE, Compute, 0, 12);
		run_to(before.reveal_until + 1);
		assert!(!CurrentLottery::<Test>::exists());
		let after = open_lottery();
		assert_eq!((after.wins, after.threshold, after.samples), (100, 200, 0));
		assert_eq!(after.closes_at - after.opened_at, 50);
	});
}

#[test]
fn senseless_parameters_are_taken_as_the_nearest_sensible_ones() {
	build_and_execute(|| {
		lotteries_of(Memory);
		for zero in [Wins::set as fn(&u32), Threshold::set] {
			zero(&0);
		}
		Samples::set(&u32::MAX);
		CommitGrace::set(&0);
		RevealWindow::set(&0);
		TableFill::set(&0);
		let lottery = open_lottery();
		assert_eq!((lottery.wins, lottery.threshold, lottery.samples), (1, 1, 8));
		assert_eq!(lottery.search_from, lottery.opened_at + 1);
		assert_eq!(lottery.reveal_until, lottery.closes_at + 2);
		for most in [Wins::set as fn(&u32), Threshold::set] {
			most(&u32::MAX);
		}
		assert_eq!(open_lottery().wins, MAX_TICKETS);
	});
}

#[test]
fn seeds_differ_by_lottery_kind_node_and_device() {
	let mut seeds = vec![];
	for kind in [Compute, Memory] {
		build_and_execute(|| {
			searching(kind);
			close_lottery();
			assert_ok!(claim(ALICE, NODE, 1, if kind == Compute { CLAIM } else { TABLE }));
			for _ in 0..2 {
				open_lottery();
				seeds.extend([(NODE, 0), (NODE, 1), (OTHER, 0)].map(|(node, device)| job(node, device).seed));
				close_lottery();
			}
		});
	}
	seeds.sort();
	seeds.dedup();
	assert_eq!(seeds.len(), 12);
}
