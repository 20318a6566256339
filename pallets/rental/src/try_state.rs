//! The invariants of the crate's documentation, checked over all of the storage.

use crate::{
	types::Booking, Config, Counterparties, ListingTickets, Listings, NextRentalId, NodeRentals, Pallet, RentalOf,
	RentalStatus, Rentals, RentalsByNode, RentalsByRenter, Schedules, Tickets,
};
use alloc::{
	collections::{BTreeMap, BTreeSet},
	vec::Vec,
};
use frame_support::ensure;
use sp_runtime::{traits::Zero, DispatchError};

impl<T: Config> Pallet<T> {
	/// Checks every numbered invariant. Reads all of the storage: for tests and try-runtime.
	///
	/// # Errors
	/// [`DispatchError::Other`] with the number and the words of the one that is broken.
	pub fn do_try_state() -> Result<(), DispatchError> {
		let rentals: BTreeMap<_, RentalOf<T>> = Rentals::<T>::iter().collect();

		let next = NextRentalId::<T>::get();
		ensure!(rentals.keys().all(|id| *id < next), "1: a rental's number was not given yet");
		ensure!(
			Tickets::<T>::iter_keys().collect::<BTreeSet<_>>() == rentals.keys().copied().collect(),
			"1: deposits of rentals"
		);
		rentals.values().try_for_each(Self::try_rental)?;

		let mut windows = BTreeMap::new();
		let mut of_nodes = BTreeMap::new();
		let mut of_parties = BTreeMap::new();
		for (id, rental) in rentals.iter().filter(|(_, rental)| !rental.status.has_ended()) {
			*of_nodes.entry(rental.node).or_insert(0u32) += 1;
			for party in Self::parties(rental) {
				*of_parties.entry((rental.node, party)).or_insert(0u32) += 1;
			}
			if rental.status == RentalStatus::Disputed {
				continue;
			}
			let booking = Booking { start: rental.start, end: rental.paid_until(), rental_id: *id };
			for gpu in &rental.gpus {
				windows.entry((rental.node, *gpu)).or_insert_with(Vec::new).push(booking);
			}
		}
		for ((node, gpu), mut expected) in windows.clone() {
			expected.sort_by_key(|booking| booking.start);
			let schedule = Schedules::<T>::get(node, gpu).0.into_inner();
			ensure!(schedule == expected, "2: a schedule is not what its rentals are");
			let apart = schedule.windows(2).all(|pair| matches!(pair, [a, b] if a.end <= b.start));
			ensure!(apart, "2: bookings overlap");
		}
		ensure!(Schedules::<T>::iter_keys().all(|place| windows.contains_key(&place)), "2: a schedule without rentals");

		let by_renter: BTreeSet<_> = rentals.iter().map(|(id, rental)| (rental.renter.clone(), *id)).collect();
		ensure!(RentalsByRenter::<T>::iter_keys().collect::<BTreeSet<_>>() == by_renter, "3: rentals by renter");
		let by_node: BTreeSet<_> = rentals.iter().map(|(id, rental)| (rental.node, *id)).collect();
		ensure!(RentalsByNode::<T>::iter_keys().collect::<BTreeSet<_>>() == by_node, "3: rentals by node");

		ensure!(NodeRentals::<T>::iter().collect::<BTreeMap<_, _>>() == of_nodes, "4: rentals of nodes");
		let counted: BTreeMap<_, _> =
			Counterparties::<T>::iter().map(|(node, party, count)| ((node, party), count)).collect();
		ensure!(counted == of_parties, "4: counterparties");

		ensure!(
			Listings::<T>::iter_keys().collect::<BTreeSet<_>>()
				== ListingTickets::<T>::iter_keys().collect::<BTreeSet<_>>(),
			"6: deposits of listings"
		);
		Ok(())
	}

	/// Invariants 1 and 5.
	fn try_rental(rental: &RentalOf<T>) -> Result<(), DispatchError> {
		ensure!(!rental.price.is_zero(), "1: a rental has no price");
		ensure!(rental.start < rental.end, "1: a rental's time runs backwards");
		let sorted = rental.gpus.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
		ensure!(!rental.gpus.is_empty() && sorted, "1: a rental's accelerators");
		ensure!(rental.ended_at.is_some() == rental.status.has_ended(), "1: ended too early or never");

		match rental.status {
			RentalStatus::Booked => ensure!(rental.access.is_none(), "5: access before it was confirmed"),
			RentalStatus::Active | RentalStatus::Disputed => {
				ensure!(rental.access.is_some(), "5: confirmed without access")
			}
			RentalStatus::Ended(_) => {}
		}
		ensure!(rental.access.is_some() || rental.proven == 0, "5: proven before it was confirmed");
		let window = rental.paid_until().saturating_sub(rental.start);
		ensure!(rental.proven <= window, "5: more is proven than was paid for");
		ensure!(rental.earned() <= rental.price, "5: more is earned than was paid");
		Ok(())
	}
}
