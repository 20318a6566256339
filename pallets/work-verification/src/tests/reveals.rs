use crate::{mock::*, CurrentLottery, Error, Event, TicketFault, Verification, WeightInfo};
use frame_support::{assert_noop, assert_ok, weights::Weight};
use gpu_chain_primitives::{NodeStatus, PowerVector, ProofKind};
use gpu_work::{lottery, matrix::Ticket};
use sp_core::H256;
use sp_runtime::DispatchError;
use ProofKind::{Compute, Memory};

#[test]
fn revealed_tickets_show_power() {
	build_and_execute(|| {
		let lottery = searching(Compute);
		answer(ALICE, NODE, Compute, 0, 16);
		let commitment = Work::power_commitments(&NODE, Compute, 0)[0].1;
		let challenge_until = commitment.challenge_until.unwrap();
		assert_eq!(challenge_until, System::block_number() + 60);
		// Sixteen of one in two in four seconds are the eight that are claimed; the target is a little above a half,
		// and what is shown is rounded down.
		assert_eq!(commitment.tries_per_second(), 7);
		let round = lottery.round;
		System::assert_last_event(
			Event::PowerProven { node: NODE, kind: Compute, device: 0, round, tries_per_second: 7, challenge_until }
				.into(),
		);
		assert_eq!(Work::power_vector(&NODE), PowerVector { milli_tops: 0, ..PowerVector::default() });
		let last = *Work::verification_history(&NODE).last().unwrap();
		assert!(last.passed && last.verification == Verification::Compute(round));
		assert_eq!(CurrentLottery::<Test>::get().unwrap().answers, 1);
		assert_eq!(record(NODE), (0, 0), "lotteries do not touch reputation");
	});
}

#[test]
fn revealed_walks_show_memory() {
	build_and_execute(|| {
		let lottery = searching(Memory);
		assert!(lottery.walk_entropy.is_some());
		answer(ALICE, NODE, Memory, 0, 13);
		assert_eq!(Work::power_vector(&NODE), PowerVector { memory_bytes: 1_000, ..PowerVector::default() });
		let last = *Work::verification_history(&NODE).last().unwrap();
		assert_eq!((last.verification, last.power), (Verification::Memory(lottery.round), 1_000));
	});
}

/// Commits the first device of [`NODE`] to tickets and goes on until they can be revealed.
fn committed(kind: ProofKind, tickets: impl FnOnce() -> Vec<u64>) -> Vec<u64> {
	searching(kind);
	let tickets = tickets();
	assert_ok!(commit(ALICE, NODE, kind, 0, &tickets));
	draw_samples();
	tickets
}

fn refused(kind: ProofKind, tickets: impl FnOnce() -> Vec<u64>, error: Error<Test>) {
	build_and_execute(|| {
		let tickets = committed(kind, tickets);
		assert_noop!(reveal(ALICE, NODE, kind, 0, &tickets), error);
		assert_eq!(Work::power_vector(&NODE), PowerVector::default());
	});
}

/// Twelve tickets, of which all but the one given win.
fn with(kind: ProofKind, bad: impl FnOnce(&crate::Job) -> u64) -> Vec<u64> {
	let _ = kind;
	let job = job(NODE, 0);
	let mut tickets = wins(&job, 11);
	tickets.push(bad(&job));
	tickets.sort_unstable();
	tickets
}

#[test]
fn a_reveal_should_fail_with_a_wrong_ticket() {
	for kind in [Compute, Memory] {
		build_and_execute(|| {
			Samples::set(&8);
			searching(kind);
			let job = job(NODE, 0);
			let all_wrong: Vec<u64> = {
				let mut wrong: Vec<u64> = tries(&job).filter(|ticket| !job.wins(*ticket)).take(12).collect();
				wrong.sort_unstable();
				wrong
			};
			assert_ok!(commit(ALICE, NODE, kind, 0, &all_wrong));
			draw_samples();
			assert_noop!(reveal(ALICE, NODE, kind, 0, &all_wrong), Error::<Test>::TicketDoesNotWin);
			let round = CurrentLottery::<Test>::get().unwrap().round;
			let named = Work::false_ticket(&NODE, kind, 0, round, &all_wrong);
			assert_eq!(named, Some((0, TicketFault::DoesNotWin)));
		});
	}
}

#[test]
fn a_single_wrong_ticket_is_found_if_it_is_a_sample() {
	for (samples, seed) in (0..6).map(|seed| (8, seed)) {
		build_and_execute(|| {
			Samples::set(&samples);
			RandomnessSeed::set(&(100 + seed));
			let tickets = committed(Compute, || with(Compute, loss));
			let lottery = CurrentLottery::<Test>::get().unwrap();
			let entropy = lottery.sample_entropy.unwrap();
			let job = Work::power_commitments(&NODE, Compute, 0)[0].1.job;
			let (bad, fault) = Work::false_ticket(&NODE, Compute, 0, lottery.round, &tickets).unwrap();
			assert!(fault == TicketFault::DoesNotWin && !job.wins(tickets[bad as usize]));
			let is_sample = (0..samples).any(|n| lottery::sample(crate::lottery::keccak, &entropy.0, n, 12) == bad);
			let outcome = reveal(ALICE, NODE, Compute, 0, &tickets);
			assert_eq!(outcome.is_err(), is_sample);
			if is_sample {
				assert_eq!(outcome, Err(Error::<Test>::TicketDoesNotWin.into()));
			}
		});
	}
}

#[test]
fn a_reveal_should_fail_with_a_reused_ticket() {
	for kind in [Compute, Memory] {
		refused(kind, || with(kind, |job| wins(job, 1)[0]), Error::TicketReused);
	}
}

#[test]
fn a_reveal_should_fail_with_a_ticket_of_another_node_device_or_round() {
	for kind in [Compute, Memory] {
		refused(kind, || with(kind, |_| wins(&job(OTHER, 0), 1)[0]), Error::TicketOfAnotherNode);
	}
	build_and_execute(|| {
		searching(Compute);
		assert_ok!(claim(ALICE, NODE, 1, CLAIM));
		let old = wins(&job(NODE, 0), 12);
		close_lottery();
		open_lottery();
		for foreign in [old, wins(&job(NODE, 1), 12), wins(&job(OTHER, 0), 12)] {
			assert_ok!(commit(ALICE, NODE, Compute, 0, &foreign));
			let faults = Work::power_commitments(&NODE, Compute, 0).pop().unwrap().1.job.check_tickets(&foreign, 12);
			assert_eq!(faults, Err(TicketFault::OfAnotherNode));
		}
		draw_samples();
	});
}

#[test]
fn a_foreign_ticket_with_a_forged_stamp_does_not_win() {
	// The stamp is a label only: put on another node's tickets it makes them tries of one's own, half of which win
	// here.
	build_and_execute(|| {
		searching(Compute);
		let (mine, others) = (job(NODE, 0), job(OTHER, 0));
		let stamped: Vec<u64> = wins(&others, 64)
			.into_iter()
			.map(|ticket| {
				let Ticket { row, column, .. } = Ticket::from_u64(ticket).unwrap();
				Ticket { batch: lottery::batch(&mine.seed.0, (ticket >> 32) as u16), row, column }.to_u64()
			})
			.collect();
		assert_eq!(mine.check_tickets(&stamped[..12], 12), Ok(()));
		let winning = stamped.iter().filter(|ticket| mine.wins(**ticket)).count();
		assert!((16..48).contains(&winning), "{winning}");
	});
}

#[test]
fn a_reveal_should_fail_with_a_ticket_of_another_batch() {
	let other_batch = |job: &crate::Job| {
		let won = wins(job, 1)[0];
		// The same tile, said to be of the next batch; its stamp is that of the first.
		(1..16)
			.map(|number| won ^ number << 32)
			.find(|other| lottery::check_batch(&job.seed.0, (other >> 32) as u32) == Err(lottery::Foreign::Batch))
	};
	refused(Compute, || with(Compute, |job| other_batch(job).unwrap()), Error::TicketOfAnotherBatch);
}

#[test]
fn a_reveal_should_fail_with_a_tile_that_is_not_there() {
	refused(Compute, || with(Compute, |job| wins(job, 1)[0] | 1 << 12), Error::NoSuchTicket);
	refused(Compute, || with(Compute, |job| wins(job, 1)[0] | 1 << 31), Error::NoSuchTicket);
}

#[test]
fn a_reveal_should_fail_unordered() {
	let swapped = || {
		let mut tickets = wins(&job(NODE, 0), 12);
		tickets.swap(3, 4);
		tickets
	};
	refused(Compute, swapped, Error::TicketsUnordered);
}

#[test]
fn a_reveal_should_fail_when_it_is_not_what_was_committed_to() {
	build_and_execute(|| {
		searching(Compute);
		let tickets = wins(&job(NODE, 0), 14);
		let others = wins(&job(OTHER, 0), 12);
		assert_ok!(commit(ALICE, NODE, Compute, 0, &tickets[..13]));
		// Another's commitment is on the chain for everybody to copy.
		assert_ok!(commit(BOB, OTHER, Compute, 0, &others));
		draw_samples();
		assert_ok!(reveal(BOB, OTHER, Compute, 0, &others));
		for wrong in [&tickets[..12], &tickets[..], &tickets[1..], &others[..]] {
			assert_noop!(reveal(ALICE, NODE, Compute, 0, wrong), Error::<Test>::CommitmentMismatch);
		}
		let salted = |salt| {
			let tickets = tickets[..13].to_vec().try_into().unwrap();
			Work::reveal_power(RuntimeOrigin::signed(ALICE), NODE, Compute, 0, tickets, salt)
		};
		assert_eq!(salted(H256::zero()).unwrap_err().error, Error::<Test>::CommitmentMismatch.into());
		assert_ok!(salted(SALT));
	});
}

#[test]
fn a_copied_commitment_cannot_be_revealed() {
	build_and_execute(|| {
		let lottery = searching(Compute);
		let others = wins(&job(OTHER, 0), 12);
		assert_ok!(commit(BOB, OTHER, Compute, 0, &others));
		let copied = crate::lottery::commitment_hash(&OTHER, Compute, 0, lottery.round, &others, &SALT);
		assert_ok!(Work::commit_power(RuntimeOrigin::signed(ALICE), NODE, Compute, 0, copied, 12));
		draw_samples();
		assert_ok!(reveal(BOB, OTHER, Compute, 0, &others));
		assert_noop!(reveal(ALICE, NODE, Compute, 0, &others), Error::<Test>::CommitmentMismatch);
	});
}

#[test]
fn a_reveal_should_fail_with_another_count_than_committed_to() {
	build_and_execute(|| {
		let lottery = searching(Compute);
		let tickets = wins(&job(NODE, 0), 12);
		let hash = crate::lottery::commitment_hash(&NODE, Compute, 0, lottery.round, &tickets, &SALT);
		assert_ok!(Work::commit_power(RuntimeOrigin::signed(ALICE), NODE, Compute, 0, hash, 13));
		draw_samples();
		assert_noop!(reveal(ALICE, NODE, Compute, 0, &tickets), Error::<Test>::CommitmentMismatch);
	});
}

#[test]
fn a_reveal_should_fail_before_and_after_its_time_and_a_second_time() {
	build_and_execute(|| {
		assert_noop!(reveal(ALICE, NODE, Compute, 0, &[]), Error::<Test>::RevealClosed);
		let lottery = searching(Compute);
		let tickets = wins(&job(NODE, 0), 12);
		assert_noop!(reveal(ALICE, NODE, Compute, 0, &tickets), Error::<Test>::NotCommitted);
		assert_ok!(commit(ALICE, NODE, Compute, 0, &tickets));
		assert_noop!(reveal(ALICE, NODE, Memory, 0, &tickets), Error::<Test>::RevealClosed);
		run_to(lottery.commit_until + 1);
		assert_noop!(reveal(ALICE, NODE, Compute, 0, &tickets), Error::<Test>::RevealNotOpen);
		next_block();
		assert_ok!(reveal(ALICE, NODE, Compute, 0, &tickets));
		assert_noop!(reveal(ALICE, NODE, Compute, 0, &tickets), Error::<Test>::AlreadyRevealed);
	});
	build_and_execute(|| {
		let lottery = searching(Compute);
		let (mine, others) = (wins(&job(NODE, 0), 12), wins(&job(OTHER, 0), 12));
		assert_ok!(commit(ALICE, NODE, Compute, 0, &mine));
		assert_ok!(commit(BOB, OTHER, Compute, 0, &others));
		run_to(lottery.reveal_until);
		assert_ok!(reveal(ALICE, NODE, Compute, 0, &mine));
		next_block();
		assert_noop!(reveal(BOB, OTHER, Compute, 0, &others), Error::<Test>::RevealClosed);
	});
}

#[test]
fn a_reveal_should_fail_when_the_node_is_unknown_foreign_or_not_active() {
	build_and_execute(|| {
		let tickets = committed(Compute, || wins(&job(NODE, 0), 12));
		assert_noop!(reveal(ALICE, STRANGER, Compute, 0, &tickets), Error::<Test>::UnknownNode);
		assert_noop!(reveal(BOB, NODE, Compute, 0, &tickets), Error::<Test>::NotOwner);
		set_status(NODE, NodeStatus::Inactive);
		assert_noop!(reveal(ALICE, NODE, Compute, 0, &tickets), Error::<Test>::NodeNotActive);
		set_status(NODE, NodeStatus::Active);
		assert_noop!(reveal(ALICE, NODE, Compute, 0, &tickets), Error::<Test>::NotChallenged);
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			let refused = Work::reveal_power(origin, NODE, Compute, 0, Default::default(), SALT);
			assert_eq!(refused.unwrap_err().error, DispatchError::BadOrigin);
		}
	});
}

#[test]
fn a_reveal_should_fail_with_fewer_tickets_than_pass() {
	// Commitments to fewer are refused already: a threshold cannot rise in an open lottery, so this is made by hand.
	build_and_execute(|| {
		let tickets = committed(Compute, || wins(&job(NODE, 0), 12));
		CurrentLottery::<Test>::mutate(|lottery| lottery.as_mut().unwrap().threshold = 13);
		assert_noop!(reveal(ALICE, NODE, Compute, 0, &tickets), Error::<Test>::TooFewTickets);
	});
}

#[test]
fn a_reveal_pays_for_the_tickets_that_were_computed() {
	build_and_execute(|| {
		let tickets = committed(Compute, || wins(&job(NODE, 0), 12));
		let call = crate::Call::<Test>::reveal_power {
			node: NODE,
			kind: Compute,
			device: 0,
			tickets: tickets.clone().try_into().unwrap(),
			salt: SALT,
		};
		let announced = frame_support::dispatch::GetDispatchInfo::get_dispatch_info(&call).call_weight;
		let tickets = tickets.try_into().unwrap();
		let paid = Work::reveal_power(RuntimeOrigin::signed(ALICE), NODE, Compute, 0, tickets, SALT).unwrap();
		let check = <() as WeightInfo>::check_ticket();
		assert_eq!(announced.saturating_sub(paid.actual_weight.unwrap()), check.saturating_mul(4));
	});
}

#[test]
fn a_ticket_is_checked_in_less_than_a_millisecond() {
	let millisecond = Weight::from_parts(1_000_000_000, u64::MAX);
	assert!(<() as WeightInfo>::check_ticket().all_lt(millisecond));
	assert!(<() as WeightInfo>::check_walk().all_lt(millisecond));
}
