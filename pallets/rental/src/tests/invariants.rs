//! Each invariant, broken once.

use crate::{
	mock::*, Counterparties, ListingTickets, NextRentalId, NodeRentals, RentalOf, Rentals, RentalsByNode,
	RentalsByRenter, Schedules, Tickets,
};
use sp_runtime::DispatchError;

/// The pallet must find fault with what `break_it` did to a running rental, by that number.
fn breaks(number: char, break_it: impl FnOnce(u64)) {
	new_test_ext().execute_with(|| {
		let id = active();
		serve(id, 5 * MINUTE);
		check_everything();
		break_it(id);
		match Rental::do_try_state() {
			Err(DispatchError::Other(words)) => assert!(words.starts_with(number), "{words}"),
			other => panic!("{number} should be broken, and the pallet says {other:?}"),
		}
	});
}

fn change(id: u64, act: impl FnOnce(&mut RentalOf<Test>)) {
	Rentals::<Test>::mutate(id, |rental| act(rental.as_mut().unwrap()));
}

#[test]
fn one() {
	breaks('1', NextRentalId::<Test>::put);
	breaks('1', Tickets::<Test>::remove);
	breaks('1', |id| change(id, |rental| rental.price = 0));
	breaks('1', |id| change(id, |rental| rental.gpus = gpus(&[])));
	breaks('1', |id| change(id, |rental| rental.gpus = gpus(&[1, 0])));
	breaks('1', |id| change(id, |rental| rental.end = rental.start));
	breaks('1', |id| change(id, |rental| rental.ended_at = Some((1, 1))));
}

#[test]
fn two() {
	breaks('2', |_| Schedules::<Test>::remove(NODE, 0));
	breaks('2', |_| Schedules::<Test>::insert(NODE, 3, Schedules::<Test>::get(NODE, 0)));
	breaks('2', |_| Schedules::<Test>::mutate(NODE, 0, |schedule| schedule.0[0].end += 1));
}

#[test]
fn three() {
	breaks('3', |id| RentalsByRenter::<Test>::insert(ANYBODY, id, ()));
	breaks('3', |id| RentalsByNode::<Test>::remove(NODE, id));
}

#[test]
fn four() {
	breaks('4', |_| NodeRentals::<Test>::insert(NODE, 2));
	breaks('4', |_| Counterparties::<Test>::remove(NODE, RENTER));
}

#[test]
fn five() {
	breaks('5', |id| change(id, |rental| rental.access = None));
	breaks('5', |id| change(id, |rental| rental.proven = 2 * HOUR));
}

#[test]
fn six() {
	breaks('6', |_| ListingTickets::<Test>::remove(NODE, 2));
}
