use crate::{mock::*, types::AccessDescriptor, EndReason, Error, Event, RentalStatus, Rentals, Schedules};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{Misconduct, NodeStatus, OpenWork, WorkOutcome};
use sp_runtime::{DispatchError, Permill};

fn confirm(id: u64) -> sp_runtime::DispatchResult {
	Rental::confirm_start(origin(PROVIDER), id, access())
}

#[test]
fn the_start_is_confirmed_from_a_window_before_to_a_window_after_it() {
	for (lead, ok) in [(16 * MINUTE, Err(Error::<Test>::TooEarly.into())), (15 * MINUTE, Ok(())), (0, Ok(()))] {
		build_and_execute(|| {
			let id = booked_in(lead, Asset::Native);
			assert_eq!(confirm(id), ok);
		});
	}
	for (late, ok) in [(15 * MINUTE, Ok(())), (15 * MINUTE + 1, Err(Error::<Test>::TooLate.into()))] {
		build_and_execute(|| {
			let id = booked_in(0, Asset::Native);
			pass(late);
			assert_eq!(confirm(id), ok);
			// Only from then on is there anything to earn.
			assert!(ok.is_err() || rental(id).proven_until == BEGIN + late);
		});
	}
}

#[test]
fn confirming_should_fail_for_others_twice_and_without_access() {
	build_and_execute(|| {
		let id = booked_in(0, Asset::Native);
		assert_noop!(confirm(id + 1), Error::<Test>::RentalNotFound);
		assert_noop!(Rental::confirm_start(origin(RENTER), id, access()), Error::<Test>::NotProvider);
		for short in [0, 48] {
			let short: AccessDescriptor = vec![1; short].try_into().unwrap();
			assert_noop!(Rental::confirm_start(origin(PROVIDER), id, short), Error::<Test>::BadAccess);
		}
		set_node(NODE, |node| node.status = NodeStatus::Slashed);
		assert_noop!(confirm(id), Error::<Test>::NodeBanned);
		// A node that was withdrawn still does what it promised.
		set_node(NODE, |node| node.status = NodeStatus::Inactive);
		assert_ok!(confirm(id));
		System::assert_last_event(Event::RentalConfirmed { rental_id: id, from: BEGIN }.into());
		assert_eq!(rental(id).access, Some(access()));
		assert_noop!(confirm(id), Error::<Test>::NotBooked);
	});
}

#[test]
fn a_proof_earns_the_time_since_the_last_and_no_more_than_an_interval() {
	build_and_execute(|| {
		let id = active();
		pass(2 * MINUTE);
		assert_ok!(Rental::prove(origin(PROVIDER), id));
		System::assert_last_event(Event::TimeProven { rental_id: id, covered: 2 * MINUTE, proven: 2 * MINUTE }.into());
		assert_noop!(Rental::prove(origin(PROVIDER), id), Error::<Test>::NothingToProve);
		// Gone for twenty minutes: five of them count, the rest is lost for good.
		pass(20 * MINUTE);
		assert_ok!(Rental::prove(origin(PROVIDER), id));
		assert_eq!((rental(id).proven, rental(id).proven_until), (7 * MINUTE, BEGIN + 22 * MINUTE));
	});
}

#[test]
fn proofs_before_the_start_and_after_the_grace_earn_nothing() {
	build_and_execute(|| {
		let id = booked_in(10 * MINUTE, Asset::Native);
		assert_ok!(confirm(id));
		pass(9 * MINUTE);
		assert_noop!(Rental::prove(origin(PROVIDER), id), Error::<Test>::NothingToProve);
		ProofInterval::set(10 * HOUR);
		pass(3 * HOUR);
		assert_ok!(Rental::prove(origin(PROVIDER), id));
		assert_eq!(rental(id).proven, HOUR + 10 * MINUTE);
		pass(HOUR);
		assert_noop!(Rental::prove(origin(PROVIDER), id), Error::<Test>::NothingToProve);
	});
}

#[test]
fn proving_should_fail_without_power_for_others_and_out_of_turn() {
	build_and_execute(|| {
		let id = booked_in(0, Asset::Native);
		assert_noop!(Rental::prove(origin(PROVIDER), id), Error::<Test>::NotActive);
		assert_noop!(Rental::prove(origin(PROVIDER), id + 1), Error::<Test>::RentalNotFound);
		assert_ok!(confirm(id));
		pass(MINUTE);
		assert_noop!(Rental::prove(origin(RENTER), id), Error::<Test>::NotProvider);
		set_node(NODE, |node| node.power = 0);
		assert_noop!(Rental::prove(origin(PROVIDER), id), Error::<Test>::NotProven);
		set_node(NODE, |node| (node.power, node.status) = (1, NodeStatus::Slashed));
		assert_noop!(Rental::prove(origin(PROVIDER), id), Error::<Test>::NodeBanned);
	});
}

#[test]
fn a_rental_is_extended_while_it_runs_and_while_it_is_paused() {
	build_and_execute(|| {
		let id = active();
		serve(id, HOUR + 5 * MINUTE);
		assert_eq!(Rental::phase(id), Some(crate::Phase::Paused));
		assert_ok!(Rental::extend(origin(RENTER), id, HOUR));
		System::assert_last_event(
			Event::RentalExtended { rental_id: id, end: BEGIN + 2 * HOUR, added_price: RATE }.into(),
		);
		assert_eq!(Rental::phase(id), Some(crate::Phase::Running));
		assert_eq!(Schedules::<Test>::get(NODE, 0).0[0].end, BEGIN + 2 * HOUR + 10 * MINUTE);
		serve(id, HOUR + 5 * MINUTE);
		// The grace was paid for once, and is used only now.
		assert_eq!(rental(id).proven, 2 * HOUR + 10 * MINUTE);
		assert_eq!(rental(id).price, 2 * RATE + 1_200);
	});
}

#[test]
fn extending_should_fail_when_it_is_too_much_too_late_or_taken() {
	build_and_execute(|| {
		let id = active();
		assert_noop!(Rental::extend(origin(RENTER), id + 1, HOUR), Error::<Test>::RentalNotFound);
		assert_noop!(Rental::extend(origin(OTHER_RENTER), id, HOUR), Error::<Test>::NotRenter);
		for bad in [0, 47 * HOUR + 1, u64::MAX] {
			assert_noop!(Rental::extend(origin(RENTER), id, bad), Error::<Test>::DurationOutOfBounds);
		}
		assert_ok!(try_book(OTHER_RENTER, &[0], Some(BEGIN + 3 * HOUR), HOUR));
		assert_noop!(Rental::extend(origin(RENTER), id, 2 * HOUR - 10 * MINUTE + 1), Error::<Test>::WindowTaken);
		set_node(NODE, |node| node.trust_level = 1);
		assert_noop!(Rental::extend(origin(RENTER), id, HOUR), Error::<Test>::ValueAboveLimit);
		set_node(NODE, |node| node.trust_level = 2);
		assert_ok!(Rental::extend(origin(RENTER), id, 2 * HOUR - 10 * MINUTE));
		pass(3 * HOUR);
		assert_noop!(Rental::extend(origin(RENTER), id, MINUTE), Error::<Test>::RanOut);
		assert_ok!(Rental::close(origin(ANYBODY), id));
		assert_noop!(Rental::extend(origin(RENTER), id, MINUTE), Error::<Test>::NotActive);
	});
}

#[test]
fn a_price_that_no_amount_holds_cannot_be_extended_to() {
	build_and_execute(|| {
		let id = active();
		Rentals::<Test>::mutate(id, |rental| rental.as_mut().unwrap().hourly_rate = Balance::MAX / 2);
		assert_noop!(Rental::extend(origin(RENTER), id, 10 * HOUR), Error::<Test>::PriceOverflow);
		Rentals::<Test>::mutate(id, |rental| rental.as_mut().unwrap().hourly_rate = RATE);
	});
}

#[test]
fn an_extension_of_a_prepaid_rental_is_drawn_from_the_same_account() {
	build_and_execute(|| {
		list_all(Asset::Native);
		Allowance::put(8_400 + 100);
		assert_ok!(Rental::book(origin(RENTER), NODE, gpus(&[0]), None, HOUR, KEY, Some(SPONSOR)));
		assert_ok!(confirm(0));
		assert_noop!(Rental::extend(origin(RENTER), 0, MINUTE), DispatchError::Other("the allowance is too small"));
		assert_ok!(Rental::extend(origin(RENTER), 0, 50 * SECOND));
		assert_eq!((Allowance::get(), rental(0).price), (0, 8_500));
	});
}

#[test]
fn ending_earns_the_time_since_the_last_proof_only_if_the_node_could_prove_it() {
	for (power, status, proven) in
		[(1, NodeStatus::Active, 8 * MINUTE), (0, NodeStatus::Active, 5 * MINUTE), (1, NodeStatus::Slashed, 5 * MINUTE)]
	{
		for who in [RENTER, PROVIDER] {
			build_and_execute(|| {
				let id = active();
				serve(id, 5 * MINUTE);
				pass(3 * MINUTE);
				set_node(NODE, |node| (node.power, node.status) = (power, status));
				assert_ok!(Rental::end_rental(origin(who), id));
				assert_eq!(rental(id).proven, proven);
			});
		}
	}
}

#[test]
fn ending_frees_the_accelerators_and_the_node() {
	build_and_execute(|| {
		let id = active();
		serve(id, 5 * MINUTE);
		assert_ok!(Rental::end_rental(origin(RENTER), id));
		assert_eq!(Schedules::<Test>::iter().count(), 0);
		assert!(!Rental::has_open_work(&NODE) && !Rental::is_counterparty(&NODE, &RENTER));
		assert_ok!(try_book(OTHER_RENTER, &[0], None, HOUR));
	});
}

#[test]
fn ending_should_fail_for_others_before_the_start_and_twice() {
	build_and_execute(|| {
		let id = booked_in(10 * MINUTE, Asset::Native);
		assert_noop!(Rental::end_rental(origin(RENTER), id), Error::<Test>::NotActive);
		assert_ok!(confirm(id));
		assert_noop!(Rental::end_rental(origin(RENTER), id), Error::<Test>::TooEarly);
		pass(10 * MINUTE);
		assert_noop!(Rental::end_rental(origin(ANYBODY), id), Error::<Test>::NotParty);
		assert_noop!(Rental::end_rental(origin(RENTER), id + 1), Error::<Test>::RentalNotFound);
		assert_ok!(Rental::end_rental(origin(RENTER), id));
		assert_noop!(Rental::end_rental(origin(RENTER), id), Error::<Test>::NotActive);
	});
}

#[test]
fn cancelling_should_fail_for_others_and_once_it_has_begun() {
	build_and_execute(|| {
		let id = booked_in(0, Asset::Native);
		assert_noop!(Rental::cancel_booking(origin(ANYBODY), id), Error::<Test>::NotParty);
		assert_noop!(Rental::cancel_booking(origin(RENTER), id + 1), Error::<Test>::RentalNotFound);
		assert_ok!(confirm(id));
		assert_noop!(Rental::cancel_booking(origin(RENTER), id), Error::<Test>::NotBooked);
		assert_ok!(Rental::end_rental(origin(RENTER), id));
		assert_noop!(Rental::cancel_booking(origin(RENTER), id), Error::<Test>::NotBooked);
	});
}

#[test]
fn closing_should_fail_while_somebody_may_still_act() {
	build_and_execute(|| {
		let id = booked_in(0, Asset::Native);
		assert_noop!(Rental::close(origin(ANYBODY), id + 1), Error::<Test>::RentalNotFound);
		pass(15 * MINUTE);
		assert_noop!(Rental::close(origin(ANYBODY), id), Error::<Test>::NothingToClose);
		assert_ok!(confirm(id));
		pass(45 * MINUTE + 10 * MINUTE - 1);
		assert_noop!(Rental::close(origin(ANYBODY), id), Error::<Test>::NothingToClose);
		pass(1);
		let post = Rental::close(origin(ANYBODY), id).unwrap();
		assert_eq!(post.pays_fee, frame_support::dispatch::Pays::No);
		assert_eq!(ended(id), Some(EndReason::RanOut));
		assert_noop!(Rental::close(origin(ANYBODY), id), Error::<Test>::NothingToClose);
	});
}

#[test]
fn who_does_not_show_up_is_slashed_for_the_payer() {
	for (asset, harmed) in [(Asset::Native, Some((RENTER, 8_400))), (Asset::Token, None)] {
		build_and_execute(|| {
			let id = booked_in(0, asset);
			pass(15 * MINUTE + 1);
			assert_eq!(Rental::phase(id), Some(crate::Phase::Missed));
			assert_ok!(Rental::close(origin(ANYBODY), id));
			assert_eq!(ended(id), Some(EndReason::NoShow));
			assert_eq!(Slashes::get(), [(NODE, Permill::from_percent(5), Misconduct::NoShow, harmed)]);
			assert_eq!(Outcomes::get(), [(NODE, WorkOutcome::TaskFailed)]);
		});
	}
}

#[test]
fn that_nobody_can_be_slashed_keeps_nobody_waiting() {
	build_and_execute(|| {
		let id = booked_in(0, Asset::Native);
		SlashFails::set(true);
		pass(15 * MINUTE + 1);
		assert_ok!(Rental::close(origin(ANYBODY), id));
		System::assert_has_event(
			Event::SlashFailed { rental_id: id, node: NODE, error: DispatchError::Unavailable }.into(),
		);
		NoShowSlash::set(Permill::zero());
		SlashFails::set(false);
		assert_ok!(try_book(RENTER, &[0], None, HOUR));
		pass(15 * MINUTE + 1);
		assert_ok!(Rental::close(origin(ANYBODY), id + 1));
		assert!(Slashes::get().is_empty());
	});
}

#[test]
fn the_share_that_was_proven_decides_what_a_rental_says_of_its_node() {
	for (served, outcome) in [(57 * MINUTE, WorkOutcome::TaskCompleted), (57 * MINUTE - 1, WorkOutcome::TaskFailed)] {
		build_and_execute(|| {
			let id = active();
			serve(id, served);
			set_node(NODE, |node| node.power = 0);
			pass(HOUR + 10 * MINUTE - served);
			assert_ok!(Rental::close(origin(ANYBODY), id));
			assert_eq!(Outcomes::get(), [(NODE, outcome)]);
		});
	}
	build_and_execute(|| {
		// Ended early, only the time until then was due.
		let id = active();
		serve(id, 30 * MINUTE);
		assert_ok!(Rental::end_rental(origin(RENTER), id));
		// And where nothing was due, nothing is said.
		assert_ok!(try_book(RENTER, &[0], None, HOUR));
		assert_ok!(confirm(id + 1));
		assert_ok!(Rental::end_rental(origin(RENTER), id + 1));
		assert_eq!(Outcomes::get(), [(NODE, WorkOutcome::TaskCompleted)]);
	});
}

#[test]
fn providers_who_give_up_are_remembered_for_it() {
	build_and_execute(|| {
		let id = active();
		assert_ok!(Rental::end_rental(origin(PROVIDER), id));
		assert_ok!(try_book(RENTER, &[0], Some(BEGIN + HOUR), HOUR));
		assert_ok!(Rental::cancel_booking(origin(PROVIDER), id + 1));
		assert_eq!(Outcomes::get(), [(NODE, WorkOutcome::TaskFailed), (NODE, WorkOutcome::TaskFailed)]);
	});
}

#[test]
fn the_record_stays_readable_until_it_is_removed() {
	build_and_execute(|| {
		let id = active();
		assert_noop!(Rental::remove_rental(origin(RENTER), id), Error::<Test>::NotEnded);
		assert_noop!(Rental::remove_rental(origin(RENTER), id + 1), Error::<Test>::RentalNotFound);
		serve(id, 30 * MINUTE);
		assert_ok!(Rental::end_rental(origin(RENTER), id));
		let record = rental(id);
		assert_eq!(record.status, RentalStatus::Ended(EndReason::EndedByRenter));
		assert_eq!(record.ended_at, Some((BEGIN + 30 * MINUTE, System::block_number())));

		System::set_block_number(System::block_number() + 19);
		assert_noop!(Rental::remove_rental(origin(ANYBODY), id), Error::<Test>::RetentionNotOver);
		System::set_block_number(System::block_number() + 1);
		assert_ok!(Rental::remove_rental(origin(ANYBODY), id));
		assert_eq!(Rental::rental(id), None);
		System::assert_last_event(Event::RentalRemoved { rental_id: id }.into());
	});
}
