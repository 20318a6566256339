use crate::{mock::*, Error, Event, Verification};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{Misconduct, NodeStatus, PowerVector, ProofKind};
use sp_runtime::{DispatchError, Permill};
use ProofKind::{Compute, Memory};

/// [`NODE`]'s first device reveals eleven winning tickets and one that does not, which no sample meets. Gives the
/// round, the tickets and the false one's index.
fn forged(kind: ProofKind) -> (u32, Vec<u64>, u32) {
	Samples::set(&0);
	let lottery = searching(kind);
	let job = job(NODE, 0);
	let mut tickets = wins(&job, 11);
	let bad = loss(&job);
	tickets.push(bad);
	tickets.sort_unstable();
	assert_ok!(commit(ALICE, NODE, kind, 0, &tickets));
	draw_samples();
	assert_ok!(reveal(ALICE, NODE, kind, 0, &tickets));
	let index = tickets.iter().position(|ticket| *ticket == bad).unwrap() as u32;
	(lottery.round, tickets, index)
}

#[test]
fn a_false_reveal_named_by_a_watcher_is_slashed() {
	for kind in [Compute, Memory] {
		build_and_execute(|| {
			let (round, tickets, index) = forged(kind);
			assert_eq!(Work::false_ticket(&NODE, kind, 0, round, &tickets).map(|(at, _)| at), Some(index));
			if kind == Memory {
				assert_eq!(Work::power_vector(&NODE).memory_bytes, 1_000);
			}
			assert_ok!(name_false(BUYER, NODE, kind, round, &tickets, index));

			// Half of the stake, and a fifth of that to whoever named it: ⌊0.2 · ⌊0.5 · 1,001⌋⌋.
			let expected = (NODE, Permill::from_percent(50), Misconduct::FalseProof, Some((BUYER, 100)));
			assert_eq!(Slashes::get(), vec![expected]);
			System::assert_last_event(
				Event::PowerForged {
					node: NODE,
					kind,
					device: 0,
					round,
					ticket: tickets[index as usize],
					reporter: BUYER,
				}
				.into(),
			);
			assert_eq!(Work::power_vector(&NODE), PowerVector::default());
			assert_eq!(record(NODE), (0, 1));
			let last = *Work::verification_history(&NODE).last().unwrap();
			let verification = if kind == Compute { Verification::Compute(round) } else { Verification::Memory(round) };
			assert_eq!((last.verification, last.passed, last.power), (verification, false, 0));
			assert_noop!(name_false(BUYER, NODE, kind, round, &tickets, index), Error::<Test>::NotCommitted);
			assert_eq!(Slashes::get().len(), 1, "once for a reveal");
		});
	}
}

#[test]
fn a_forgery_costs_what_was_shown_before_too_and_can_be_made_good_by_an_honest_proof() {
	build_and_execute(|| {
		searching(Memory);
		answer(ALICE, NODE, Memory, 0, 12);
		close_lottery();
		assert_eq!(Work::power_vector(&NODE).memory_bytes, 1_000);
		let (round, tickets, index) = forged(Memory);
		assert_ok!(name_false(BOB, NODE, Memory, round, &tickets, index));
		assert_eq!(Work::power_vector(&NODE).memory_bytes, 0);
		close_lottery();
		open_lottery();
		while Work::lottery_job(&NODE, 0).is_none_or(|job| job.lottery.walk_entropy.is_none()) {
			next_block();
		}
		answer(ALICE, NODE, Memory, 0, 12);
		assert_eq!(Work::power_vector(&NODE).memory_bytes, 1_000);
	});
}

#[test]
fn naming_should_fail_when_the_ticket_wins() {
	build_and_execute(|| {
		let (round, tickets, index) = forged(Compute);
		for other in (0..12).filter(|other| *other != index) {
			assert_noop!(name_false(BUYER, NODE, Compute, round, &tickets, other), Error::<Test>::TicketWins);
		}
		assert_eq!(Slashes::get(), vec![]);
		assert_noop!(name_false(BUYER, NODE, Compute, round, &tickets, 12), Error::<Test>::IndexOutOfRange);
		assert_noop!(name_false(BUYER, NODE, Compute, round, &tickets, u32::MAX), Error::<Test>::IndexOutOfRange);
	});
}

#[test]
fn naming_should_fail_when_nothing_like_it_was_revealed() {
	build_and_execute(|| {
		Samples::set(&0);
		let lottery = searching(Compute);
		let job = job(NODE, 0);
		let mut tickets = wins(&job, 12);
		assert_noop!(name_false(BUYER, NODE, Compute, lottery.round, &tickets, 0), Error::<Test>::NotCommitted);
		assert_ok!(commit(ALICE, NODE, Compute, 0, &tickets));
		assert_noop!(name_false(BUYER, NODE, Compute, lottery.round, &tickets, 0), Error::<Test>::NothingRevealed);
		draw_samples();
		assert_ok!(reveal(ALICE, NODE, Compute, 0, &tickets));
		for (kind, round) in [(Compute, lottery.round + 1), (Compute, 0), (Memory, lottery.round)] {
			assert_noop!(name_false(BUYER, NODE, kind, round, &tickets, 0), Error::<Test>::NotCommitted);
		}
		assert_noop!(name_false(BUYER, STRANGER, Compute, lottery.round, &tickets, 0), Error::<Test>::NotCommitted);
		// A watcher cannot put a false ticket in an honest provider's mouth.
		tickets[0] = loss(&job);
		assert_noop!(name_false(BUYER, NODE, Compute, lottery.round, &tickets, 0), Error::<Test>::CommitmentMismatch);
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			let tickets = Default::default();
			assert_noop!(
				Work::challenge_power(origin, NODE, Compute, 0, lottery.round, tickets, SALT, 0),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn naming_should_fail_when_its_time_is_over() {
	build_and_execute(|| {
		let (round, tickets, index) = forged(Compute);
		let until = System::block_number() + 60;
		run_to(until + 1);
		assert_noop!(name_false(BUYER, NODE, Compute, round, &tickets, index), Error::<Test>::ChallengeClosed);
	});
	build_and_execute(|| {
		let (round, tickets, index) = forged(Compute);
		run_to(System::block_number() + 60);
		assert_ok!(name_false(BUYER, NODE, Compute, round, &tickets, index));
	});
}

#[test]
fn a_forger_that_left_is_slashed_all_the_same() {
	for gone in [NodeStatus::Inactive, NodeStatus::Slashed] {
		build_and_execute(|| {
			let (round, tickets, index) = forged(Compute);
			set_status(NODE, gone);
			assert_ok!(name_false(BUYER, NODE, Compute, round, &tickets, index));
			assert_eq!(Slashes::get().len(), 1);
		});
	}
	build_and_execute(|| {
		let (round, tickets, index) = forged(Compute);
		set_status(NODE, NodeStatus::Inactive);
		Nodes::remove(NODE);
		assert_ok!(Work::settle(RuntimeOrigin::signed(BUYER), NODE));
		assert_ok!(name_false(BUYER, NODE, Compute, round, &tickets, index));
		assert_eq!(Work::verification_history(&NODE), [], "nothing is remembered of a node that is gone");
	});
}

#[test]
fn a_slash_that_fails_is_told_and_the_power_is_gone() {
	build_and_execute(|| {
		let (round, tickets, index) = forged(Memory);
		SlashFails::set(&true);
		assert_ok!(name_false(BUYER, NODE, Memory, round, &tickets, index));
		System::assert_has_event(Event::SlashFailed { node: NODE, error: DispatchError::Other("") }.into());
		assert_eq!(Work::power_vector(&NODE), PowerVector::default());
	});
}
