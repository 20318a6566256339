use crate::{mock::*, types::MAX_BOOKINGS, Error, Event, HourlyRate, NextRentalId, RentalStatus, Schedules};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{EscrowKey, NodeStatus, OpenWork};
use sp_runtime::DispatchError;

#[test]
fn a_booking_holds_window_and_grace_and_takes_the_schedule() {
	build_and_execute(|| {
		list_all(Asset::Native);
		assert_ok!(try_book(RENTER, &[0, 2], Some(BEGIN + HOUR), HOUR));

		let rental = rental(0);
		// Two accelerators at two a second each, for an hour and ten minutes.
		assert_eq!((rental.hourly_rate, rental.price), (2 * RATE, 2 * 8_400));
		assert_eq!((rental.start, rental.end, rental.grace), (BEGIN + HOUR, BEGIN + 2 * HOUR, 10 * MINUTE));
		assert_eq!((rental.renter, rental.payer, rental.provider), (RENTER, RENTER, PROVIDER));
		assert_eq!(rental.status, RentalStatus::Booked);
		for (gpu, taken) in [(0, 1), (1, 0), (2, 1)] {
			assert_eq!(Schedules::<Test>::get(NODE, gpu).0.len(), taken);
		}
		assert!(Rental::has_open_work(&NODE) && !Rental::has_open_work(&OTHER_NODE));
		assert!(Rental::is_counterparty(&NODE, &RENTER) && !Rental::is_counterparty(&NODE, &ANYBODY));
		System::assert_last_event(
			Event::RentalBooked {
				rental_id: 0,
				renter: RENTER,
				payer: RENTER,
				node: NODE,
				gpus: gpus(&[0, 2]),
				start: BEGIN + HOUR,
				end: BEGIN + 2 * HOUR,
				asset: Asset::Native,
				price: 16_800,
				confirm_by: BEGIN + HOUR + 15 * MINUTE,
			}
			.into(),
		);
	});
}

#[test]
fn a_booking_without_a_start_begins_now() {
	build_and_execute(|| {
		list_all(Asset::Token);
		pass(7);
		assert_ok!(try_book(RENTER, &[1], None, MINUTE));
		assert_eq!(rental(0).start, BEGIN + 7);
		assert_eq!(Tokens::get(RENTER), FUNDS - rental(0).price);
	});
}

#[test]
fn windows_of_one_accelerator_never_overlap_and_may_touch() {
	build_and_execute(|| {
		list_all(Asset::Native);
		let (start, end) = (BEGIN + 2 * HOUR, BEGIN + 3 * HOUR + 10 * MINUTE);
		assert_ok!(try_book(RENTER, &[0], Some(start), HOUR));
		for (first, duration) in [
			(start, HOUR),
			(start + HOUR, HOUR),
			(end - 1, HOUR),
			(start - HOUR, HOUR),
			// Its grace would reach into the other's window.
			(start - HOUR - 10 * MINUTE + 1, HOUR),
			(start - HOUR, 3 * HOUR),
		] {
			assert_noop!(try_book(OTHER_RENTER, &[0], Some(first), duration), Error::<Test>::WindowTaken);
		}
		assert_ok!(try_book(OTHER_RENTER, &[0], Some(end), HOUR));
		assert_ok!(try_book(OTHER_RENTER, &[0], Some(start - HOUR - 10 * MINUTE), HOUR));
		// Another accelerator, and the same index of another node, are free.
		assert_ok!(try_book(OTHER_RENTER, &[1], Some(start), HOUR));
		// One of several that is taken is enough, and takes none of the others.
		assert_noop!(try_book(OTHER_RENTER, &[0, 2], Some(start), HOUR), Error::<Test>::WindowTaken);
		assert_noop!(try_book(OTHER_RENTER, &[2, 0], Some(start), HOUR), Error::<Test>::BadGpus);
	});
}

#[test]
fn a_schedule_that_is_full_takes_no_more() {
	build_and_execute(|| {
		list_all(Asset::Native);
		for n in 0..u64::from(MAX_BOOKINGS) {
			assert_ok!(try_book(RENTER, &[0], Some(BEGIN + n * 2 * HOUR), HOUR));
		}
		let free = Some(BEGIN + HOUR + 20 * MINUTE);
		assert_noop!(try_book(RENTER, &[0], free, 2 * MINUTE), Error::<Test>::ScheduleFull);
		// What is over makes room when somebody closes it.
		pass(HOUR);
		assert_ok!(Rental::close(origin(ANYBODY), 0));
		assert_ok!(try_book(RENTER, &[0], free, 2 * MINUTE));
	});
}

#[test]
fn booking_should_fail_for_a_bad_choice_of_accelerators() {
	build_and_execute(|| {
		list_all(Asset::Native);
		for bad in [&[][..], &[1, 1], &[2, 1]] {
			assert_noop!(try_book(RENTER, bad, None, HOUR), Error::<Test>::BadGpus);
		}
		assert_noop!(try_book(RENTER, &[9], None, HOUR), Error::<Test>::NotListed);
		let other = HourlyRate::Amount(RATE);
		assert_ok!(Rental::list_gpu(origin(PROVIDER), NODE, 1, Asset::Token, other, MINUTE, HOUR));
		assert_noop!(try_book(RENTER, &[0, 1], None, HOUR), Error::<Test>::MixedCurrencies);
	});
}

#[test]
fn booking_should_fail_for_a_bad_time() {
	build_and_execute(|| {
		list_all(Asset::Native);
		assert_noop!(try_book(RENTER, &[0], Some(BEGIN - 1), HOUR), Error::<Test>::StartsInPast);
		let latest = BEGIN + MaxLead::get();
		assert_noop!(try_book(RENTER, &[0], Some(latest + 1), HOUR), Error::<Test>::StartsTooLate);
		assert_noop!(try_book(RENTER, &[0], Some(u64::MAX), HOUR), Error::<Test>::StartsTooLate);
		for bad in [0, MINUTE - 1, 24 * HOUR + 1, MaxDuration::get() + 1, u64::MAX] {
			assert_noop!(try_book(RENTER, &[0], None, bad), Error::<Test>::DurationOutOfBounds);
		}
		assert_ok!(try_book(RENTER, &[0], Some(latest), 24 * HOUR));
	});
}

#[test]
fn booking_should_fail_for_nodes_that_may_not_take_it() {
	build_and_execute(|| {
		list_all(Asset::Native);
		let book = |node| Rental::book(origin(RENTER), node, gpus(&[0]), None, HOUR, KEY, None);
		assert_noop!(book(UNKNOWN_NODE), Error::<Test>::NodeNotFound);
		set_node(NODE, |node| node.status = NodeStatus::Inactive);
		assert_noop!(book(NODE), Error::<Test>::NodeNotActive);
		set_node(NODE, |node| (node.status, node.trust_level) = (NodeStatus::Active, 0));
		assert_noop!(book(NODE), Error::<Test>::NodeUnderStaked);
		set_node(NODE, |node| node.trust_level = 1);
		assert_noop!(book(NODE), Error::<Test>::ValueAboveLimit);
		list_all(Asset::Token);
		assert_noop!(book(NODE), Error::<Test>::CurrencyNotForTrustLevel);
	});
}

#[test]
fn nobody_should_rent_from_themselves_nor_with_the_providers_money() {
	build_and_execute(|| {
		list_all(Asset::Native);
		assert_noop!(try_book(PROVIDER, &[0], None, HOUR), Error::<Test>::SelfDealing);
		assert_noop!(
			Rental::book(origin(RENTER), NODE, gpus(&[0]), None, HOUR, KEY, Some(PROVIDER)),
			Error::<Test>::SelfDealing
		);
	});
}

#[test]
fn access_should_never_be_sealed_to_a_key_that_everybody_can_open() {
	build_and_execute(|| {
		list_all(Asset::Native);
		let book = |key| Rental::book(origin(RENTER), NODE, gpus(&[0]), None, HOUR, key, None);
		let mut one = [0; 32];
		one[0] = 1;
		for weak in [[0; 32], one] {
			assert_noop!(book(weak), Error::<Test>::WeakEncryptionKey);
		}
		assert_ok!(book(KEY));
	});
}

#[test]
fn a_price_in_dollars_is_converted_when_it_is_booked() {
	build_and_execute(|| {
		let rate = HourlyRate::Usd(36_000_000);
		assert_ok!(Rental::list_gpu(origin(PROVIDER), NODE, 0, Asset::Native, rate, MINUTE, 24 * HOUR));
		DollarPrice::set(None);
		assert_noop!(try_book(RENTER, &[0], None, HOUR), Error::<Test>::PriceUnknown);
		DollarPrice::set(Some(100));
		assert_ok!(try_book(RENTER, &[0], None, HOUR));
		assert_eq!(rental(0).hourly_rate, 3_600);
		// What was agreed stays, whatever a dollar is later.
		DollarPrice::set(Some(1_000_000));
		assert_eq!(rental(0).price, 4_200);
	});
}

#[test]
fn booking_should_fail_when_the_price_is_no_amount_or_nobody_has_it() {
	build_and_execute(|| {
		let list = |gpu, rate| {
			let rate = HourlyRate::Amount(rate);
			assert_ok!(Rental::list_gpu(origin(PROVIDER), NODE, gpu, Asset::Native, rate, MINUTE, 24 * HOUR));
		};
		list(0, Balance::MAX);
		list(1, Balance::MAX);
		list(2, FUNDS);
		assert_noop!(try_book(RENTER, &[0], None, 2 * HOUR), Error::<Test>::PriceOverflow);
		assert_noop!(try_book(RENTER, &[0, 1], None, MINUTE), Error::<Test>::PriceOverflow);
		assert!(try_book(RENTER, &[2], None, 2 * HOUR).is_err());
		assert_eq!(NextRentalId::<Test>::get(), 0);
		assert_eq!(Schedules::<Test>::iter().count(), 0);
	});
}

#[test]
fn a_prepaid_account_pays_and_has_back_what_is_left() {
	build_and_execute(|| {
		list_all(Asset::Token);
		let book = |who| Rental::book(origin(who), NODE, gpus(&[0]), None, HOUR, KEY, Some(SPONSOR));
		assert_noop!(book(RENTER), DispatchError::Other("the allowance is too small"));
		Allowance::put(10_000);
		assert_noop!(book(OTHER_RENTER), DispatchError::Other("no such allowance"));
		assert_ok!(book(RENTER));
		assert_eq!((rental(0).payer, Allowance::get()), (SPONSOR, 1_600));
		assert_eq!((Tokens::get(SPONSOR), Tokens::get(RENTER)), (FUNDS - 8_400, FUNDS));
		assert!(Rental::is_counterparty(&NODE, &SPONSOR));

		// The spender cannot make it theirs by cancelling.
		assert_ok!(Rental::cancel_booking(origin(RENTER), 0));
		assert_eq!((Tokens::get(SPONSOR), Tokens::get(RENTER)), (FUNDS, FUNDS));
		assert_eq!(Allowance::get(), 1_600);
		assert!(!Rental::is_counterparty(&NODE, &SPONSOR));
	});
}

#[test]
fn numbers_are_never_given_twice() {
	build_and_execute(|| {
		let id = booked();
		assert_ok!(Rental::cancel_booking(origin(RENTER), id));
		assert_ok!(Rental::remove_rental(origin(RENTER), id));
		assert_ok!(try_book(RENTER, &[0], None, HOUR));
		assert_eq!(Escrows::iter_keys().collect::<Vec<_>>(), [EscrowKey::Rental(id + 1)]);
		NextRentalId::<Test>::put(u64::MAX);
		assert_noop!(try_book(RENTER, &[1], None, HOUR), sp_runtime::ArithmeticError::Overflow);
	});
}
