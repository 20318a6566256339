use crate::{mock::*, CurrentRound, Event, RoundCount, RoundHistory};
use codec::Encode;
use frame_support::{assert_noop, assert_ok, traits::Hooks};
use sp_core::H256;

#[test]
fn rounds_open_after_the_least_gap_and_by_the_greatest() {
	build_and_execute(|| {
		let mut gaps = vec![];
		for _ in 0..400 {
			close_round();
			let closed = crate::LastClosed::<Test>::get();
			open_round();
			gaps.push(System::block_number() - closed);
			let round = CurrentRound::<Test>::get().unwrap();
			assert_eq!(round.opened_at + WINDOW, round.closes_at);
		}
		assert!(gaps.iter().all(|gap| (3..=12).contains(gap)), "{gaps:?}");
		// From the third block on one in four opens a round: it opens in that very block a quarter of the time, and one
		// in thirteen waits for the greatest gap ((3/4)^9).
		let share = |gap: u64| gaps.iter().filter(|g| **g == gap).count() as f64 / gaps.len() as f64;
		assert!((0.17..0.33).contains(&share(3)), "{}", share(3));
		assert!((0.03..0.13).contains(&share(12)), "{}", share(12));
	});
}

#[test]
fn a_round_is_announced_and_closed_with_what_was_proven() {
	build_and_execute(|| {
		open_round();
		let round = CurrentRound::<Test>::get().unwrap();
		let (number, entropy, closes_at) = (round.number, round.entropy, round.closes_at);
		System::assert_last_event(Event::RoundOpened { round: number, entropy, closes_at, values: 8 }.into());
		assert_ok!(submit(ALICE, NODE, number, proof(NODE, 1_000)));
		let power = Work::node_work(&NODE).proven.unwrap().power;

		run_to(closes_at);
		assert!(CurrentRound::<Test>::exists());
		next_block();
		assert!(!CurrentRound::<Test>::exists());
		System::assert_has_event(Event::RoundClosed { round: number, answers: 1, total_power: power }.into());
		let summary = Work::round_history().pop().unwrap();
		assert_eq!(
			(summary.number, summary.answers, summary.total_power, summary.closed_at),
			(number, 1, power, closes_at)
		);
	});
}

#[test]
fn the_history_of_rounds_drops_the_oldest() {
	build_and_execute(|| {
		for _ in 0..HISTORY + 3 {
			open_round();
			close_round();
		}
		let numbers: Vec<u32> = RoundHistory::<Test>::get().iter().map(|round| round.number).collect();
		assert_eq!(numbers, (4..4 + HISTORY).collect::<Vec<_>>());
	});
}

#[test]
fn a_change_of_parameters_does_not_touch_an_open_round() {
	build_and_execute(|| {
		open_round();
		let before = CurrentRound::<Test>::get().unwrap();
		Values::set(&20);
		RoundWindow::set(&50);
		assert_ok!(submit(ALICE, NODE, before.number, proof(NODE, 1_000)));
		run_to(before.closes_at + 1);
		assert!(!CurrentRound::<Test>::exists());
		open_round();
		let after = CurrentRound::<Test>::get().unwrap();
		assert_eq!((after.values, after.closes_at - after.opened_at), (20, 50));
	});
}

#[test]
fn senseless_parameters_are_taken_as_the_nearest_sensible_ones() {
	build_and_execute(|| {
		Values::set(&0);
		RoundWindow::set(&0);
		MeanGap::set(&0);
		MinGap::set(&0);
		open_round();
		let round = CurrentRound::<Test>::get().unwrap();
		assert_eq!((round.values, round.closes_at - round.opened_at), (3, 1));
		Values::set(&1_000);
		// Without a gap the next round opens in the block that closes this one.
		open_round();
		assert_eq!(CurrentRound::<Test>::get().unwrap().opened_at, round.closes_at + 1);
		assert_eq!(CurrentRound::<Test>::get().unwrap().values, 256);
	});
}

#[test]
fn every_round_and_every_node_has_a_seed_of_its_own_and_the_work_lane_is_in_it() {
	let seeds = |pow: Option<H256>| {
		let mut seeds = vec![];
		build_and_execute(|| {
			PowBlock::set(&pow);
			for _ in 0..3 {
				open_round();
				seeds.extend([NODE, OTHER].map(|node| Work::round_seed(&node).unwrap()));
				close_round();
			}
			assert_eq!(Work::round_seed(&NODE), None, "no round is open");
		});
		seeds
	};
	let (without, with) = (seeds(None), seeds(Some(H256::repeat_byte(5))));
	let mut all: Vec<H256> = without.iter().chain(&with).copied().collect();
	all.sort();
	all.dedup();
	assert_eq!(all.len(), 12);
}

#[test]
fn missed_rounds_are_counted_once_whoever_asks() {
	build_and_execute(|| {
		open_round();
		assert_ok!(submit(ALICE, NODE, round_number(), proof(NODE, 1_000)));
		for _ in 0..3 {
			close_round();
			open_round();
		}
		// Three rounds are closed: the first was answered, two were missed; the fourth is open.
		assert_eq!(RoundCount::<Test>::get(), 4);
		assert_ok!(Work::settle(RuntimeOrigin::signed(BUYER), NODE));
		assert_eq!(record(NODE), (1, 2));
		System::assert_last_event(Event::RoundsMissed { node: NODE, count: 2 }.into());
		assert_noop!(Work::settle(RuntimeOrigin::signed(BUYER), NODE), crate::Error::<Test>::NothingToSettle);
		assert_eq!(record(OTHER), (0, 0), "nobody touched it");
		assert_ok!(submit(BOB, OTHER, round_number(), proof(OTHER, 1_000)));
		assert_eq!(record(OTHER), (1, 3), "its next proof counts what it missed before");
	});
}

/// What a block's hook read, as bytes of a storage proof, on a chain with so many active nodes.
fn read_in_block(nodes: u64, prepare: impl FnOnce(), check: impl FnOnce()) -> usize {
	let mut ext = new_test_ext();
	ext.execute_with(|| {
		for i in 0..nodes {
			let id = H256(sp_io::hashing::blake2_256(&i.to_be_bytes()));
			add_node(id, ALICE, gpu_chain_primitives::NodeStatus::Active);
		}
		System::set_block_number(5);
		prepare();
		let now = System::block_number() + 1;
		System::set_block_number(now);
	});
	ext.commit_all().unwrap();
	let (_, proof) = ext.execute_and_prove(|| {
		Work::on_initialize(System::block_number());
		check();
	});
	proof.encoded_size()
}

#[test]
fn a_block_reads_no_more_on_a_chain_with_many_nodes() {
	let open = || CurrentRound::<Test>::exists();
	type Case = (&'static str, fn(), bool);
	let draw = || MeanGap::set(&u32::MAX);
	let close = || {
		open_round();
		System::set_block_number(CurrentRound::<Test>::get().unwrap().closes_at);
	};
	let cases: [Case; 3] =
		[("drawing", draw, false), ("opening", || MeanGap::set(&1), true), ("closing", close, false)];
	for (name, prepare, opens) in cases {
		let read = |nodes| read_in_block(nodes, prepare, || assert_eq!(open(), opens, "{name}"));
		let (few, many) = (read(10), read(2_000));
		// Reading the nodes would be 2,000 times 32 bytes at least; a wider trie has somewhat longer branches.
		assert!(many < few + 1_000, "{name}: {few} bytes with ten nodes, {many} with two thousand");
	}
}
