use crate::{mock::*, CurrentRound, Error, Event, ProofFault, Verification};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::NodeStatus;
use sp_io::hashing::keccak_256;
use sp_runtime::DispatchError;

#[test]
fn a_proof_is_accepted_counted_and_remembered() {
	build_and_execute(|| {
		open_round();
		let round = CurrentRound::<Test>::get().unwrap();
		assert_ok!(submit(ALICE, NODE, round.number, proof(NODE, 2_000)));

		let work = Work::node_work(&NODE).proven.unwrap();
		assert_eq!(work.round, round.number);
		// 2,000 hashes in a window of 5 s are 400 hashes/s; eight values show it to within a factor of two.
		assert!((150..1_000).contains(&work.power), "{}", work.power);
		assert_eq!(record(NODE), (1, 0));
		let round = CurrentRound::<Test>::get().unwrap();
		assert_eq!((round.answers, round.total_power), (1, work.power));
		let last = *Work::verification_history(&NODE).last().unwrap();
		assert!(last.passed && last.power == work.power && last.verification == Verification::Round(round.number));
		System::assert_last_event(Event::ProofAccepted { node: NODE, round: round.number, power: work.power }.into());
	});
}

#[test]
fn a_proof_is_accepted_until_the_last_block_of_the_window_and_no_later() {
	build_and_execute(|| {
		open_round();
		let round = CurrentRound::<Test>::get().unwrap();
		let (mine, others) = (proof(NODE, 1_000), proof(OTHER, 1_000));
		run_to(round.closes_at);
		assert_ok!(submit(ALICE, NODE, round.number, mine));
		next_block();
		assert_noop!(submit(BOB, OTHER, round.number, others), Error::<Test>::ProofTooLate);
	});
}

#[test]
fn a_proof_should_fail_when_the_round_was_never_opened() {
	build_and_execute(|| {
		assert_noop!(submit(ALICE, NODE, 1, vec![]), Error::<Test>::UnknownRound);
		open_round();
		let nonces = proof(NODE, 1_000);
		assert_noop!(submit(ALICE, NODE, round_number() + 1, nonces.clone()), Error::<Test>::UnknownRound);
		assert_noop!(submit(ALICE, NODE, 0, nonces), Error::<Test>::UnknownRound);
	});
}

#[test]
fn a_proof_should_fail_when_the_node_is_unknown_foreign_or_not_active() {
	build_and_execute(|| {
		open_round();
		let (round, nonces) = (round_number(), proof(NODE, 1_000));
		assert_noop!(submit(ALICE, STRANGER, round, nonces.clone()), Error::<Test>::UnknownNode);
		assert_noop!(submit(BOB, NODE, round, nonces.clone()), Error::<Test>::NotOwner);
		set_status(NODE, NodeStatus::Inactive);
		assert_noop!(submit(ALICE, NODE, round, nonces.clone()), Error::<Test>::NodeNotActive);
		// Active again, but not before the round had opened: its seed has been known for a while.
		set_status(NODE, NodeStatus::Active);
		assert_noop!(submit(ALICE, NODE, round, nonces), Error::<Test>::NotChallenged);
	});
}

#[test]
fn a_proof_should_fail_when_the_origin_is_not_signed() {
	build_and_execute(|| {
		open_round();
		let nonces = || proof(NODE, 1_000).try_into().unwrap();
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			assert_noop!(Work::submit_proof(origin, NODE, round_number(), nonces()), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn a_proof_should_fail_with_one_nonce_more_or_less() {
	build_and_execute(|| {
		open_round();
		let seed = Work::round_seed(&NODE).unwrap().0;
		for k in [0, 1, 7, 9] {
			let nonces = smallest(&seed, 1_000, k);
			assert_noop!(submit(ALICE, NODE, round_number(), nonces), Error::<Test>::WrongNonceCount);
		}
	});
}

#[test]
fn a_proof_should_fail_with_a_nonce_twice() {
	build_and_execute(|| {
		open_round();
		let mut nonces = proof(NODE, 1_000);
		nonces[4] = nonces[3];
		assert_noop!(submit(ALICE, NODE, round_number(), nonces), Error::<Test>::DuplicateNonce);
	});
}

#[test]
fn a_proof_should_fail_unsorted() {
	build_and_execute(|| {
		open_round();
		let sorted = proof(NODE, 1_000);
		for (a, b) in [(0, 1), (6, 7), (0, 7)] {
			let mut nonces = sorted.clone();
			nonces.swap(a, b);
			assert_noop!(submit(ALICE, NODE, round_number(), nonces), Error::<Test>::NoncesUnsorted);
		}
	});
}

#[test]
fn a_proof_can_be_checked_before_it_is_submitted() {
	build_and_execute(|| {
		open_round();
		let seed = Work::round_seed(&NODE).unwrap();
		let nonces = proof(NODE, 1_000);
		let work = Work::check_proof(&seed, &nonces).unwrap();
		assert_eq!(work, gpu_work::verify_minimum_values(|input| keccak_256(input), &seed.0, &nonces, 8).unwrap());

		let with = |change: fn(&mut Vec<u64>)| {
			let mut nonces = nonces.clone();
			change(&mut nonces);
			Work::check_proof(&seed, &nonces)
		};
		assert_eq!(with(|nonces| nonces.swap(0, 7)), Err(ProofFault::NoncesUnsorted));
		assert_eq!(with(|nonces| nonces[1] = nonces[0]), Err(ProofFault::DuplicateNonce));
		assert_eq!(with(|nonces| nonces.truncate(2)), Err(ProofFault::WrongNonceCount));
		assert_eq!(with(|nonces| nonces.clear()), Err(ProofFault::WrongNonceCount));
	});
}

#[test]
fn a_foreign_nodes_proof_and_another_rounds_are_refused() {
	build_and_execute(|| {
		open_round();
		let (mine, others) = (proof(NODE, 2_000), proof(OTHER, 2_000));
		assert_noop!(submit(ALICE, NODE, round_number(), others), Error::<Test>::NoncesUnsorted);
		close_round();
		open_round();
		assert_noop!(submit(ALICE, NODE, round_number(), mine), Error::<Test>::NoncesUnsorted);
	});
}

#[test]
fn a_proof_should_fail_when_it_shows_too_little_power() {
	build_and_execute(|| {
		open_round();
		// 40 hashes in five seconds are eight a second.
		assert_noop!(submit(ALICE, NODE, round_number(), proof(NODE, 40)), Error::<Test>::PowerBelowMinimum);
	});
}

#[test]
fn a_better_proof_replaces_the_one_before_without_a_second_reward() {
	build_and_execute(|| {
		open_round();
		let round = round_number();
		assert_ok!(submit(ALICE, NODE, round, proof(NODE, 500)));
		let first = Work::node_work(&NODE).proven.unwrap().power;
		assert_noop!(submit(ALICE, NODE, round, proof(NODE, 500)), Error::<Test>::NotBetter);

		assert_ok!(submit(ALICE, NODE, round, proof(NODE, 8_000)));
		let second = Work::node_work(&NODE).proven.unwrap().power;
		assert!(second > first);
		assert_eq!(record(NODE), (1, 0));
		let open = CurrentRound::<Test>::get().unwrap();
		assert_eq!((open.answers, open.total_power), (1, second));
		assert_eq!(Work::verification_history(&NODE).len(), 1);
		System::assert_last_event(Event::ProofImproved { node: NODE, round, power: second }.into());
		assert_noop!(submit(ALICE, NODE, round, proof(NODE, 500)), Error::<Test>::NotBetter);
	});
}

#[test]
fn late_blocks_do_not_raise_the_power() {
	let power = |late: u64| {
		let mut power = 0;
		build_and_execute(|| {
			open_round();
			LateMs::set(&late);
			assert_ok!(submit(ALICE, NODE, round_number(), proof(NODE, 4_000)));
			power = Work::node_work(&NODE).proven.unwrap().power;
		});
		power
	};
	let in_time = power(0);
	assert_eq!(power(4_000), in_time, "within the window the window counts");
	let twice = power(2 * WINDOW * BLOCK_TIME);
	assert!(twice.abs_diff(in_time / 2) <= 1, "{in_time} in the window, {twice} in twice its time");
}
