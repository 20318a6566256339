//! The one way in which a rental ends, and the counts that go with it.

use crate::{
	types::{cost_down, MAX_GPUS},
	Config, Counterparties, EndReason, Event, NodeRentals, Pallet, RentalId, RentalOf, RentalStatus, Rentals,
	Schedules, LOG_TARGET,
};
use frame_support::traits::{Get, Time};
use gpu_chain_primitives::{Collateral, Escrow, EscrowKey, Misconduct, Reputation, Settlement, WorkOutcome};
use sp_runtime::{traits::Zero, DispatchResult};

impl<T: Config> Pallet<T> {
	/// Ends a rental and pays `earned` of its price for the work; the rest goes back. Needs a transactional caller.
	pub(crate) fn settle(
		rental_id: RentalId,
		rental: RentalOf<T>,
		reason: EndReason,
		earned: T::Balance,
	) -> DispatchResult {
		let provider = rental.provider.clone();
		Self::end(rental_id, rental, reason);
		let key = EscrowKey::Rental(rental_id);
		let settlement =
			if earned.is_zero() { T::Escrow::refund(key)? } else { T::Escrow::split(key, &provider, earned)? };
		Self::tell_end(rental_id, reason, settlement);
		Ok(())
	}

	/// Everything about a rental's end but the money.
	pub(crate) fn end(rental_id: RentalId, mut rental: RentalOf<T>, reason: EndReason) {
		let now = T::Clock::now();
		if rental.status != RentalStatus::Disputed {
			Self::free_schedules(rental_id, &rental);
		}
		if let Some(outcome) = Self::outcome(&rental, reason, now) {
			T::Reputation::record(&rental.node, outcome);
		}
		Self::count_out(&rental);
		rental.status = RentalStatus::Ended(reason);
		rental.ended_at = Some((now, Self::block()));
		Rentals::<T>::insert(rental_id, rental);
	}

	pub(crate) fn tell_end(rental_id: RentalId, reason: EndReason, settlement: Settlement<T::Balance>) {
		let proven = Rentals::<T>::get(rental_id).map_or(0, |rental| rental.proven);
		let Settlement { provider: payout, fee, refund, .. } = settlement;
		Self::deposit_event(Event::RentalEnded { rental_id, reason, proven, payout, fee, refund });
	}

	/// What the end of a rental says about the node. A verdict speaks for itself.
	fn outcome(rental: &RentalOf<T>, reason: EndReason, now: u64) -> Option<WorkOutcome> {
		let due = match reason {
			EndReason::RanOut => rental.end.saturating_sub(rental.start),
			EndReason::EndedByRenter => now.min(rental.end).saturating_sub(rental.start),
			EndReason::EndedByProvider | EndReason::CancelledByProvider | EndReason::NoShow => {
				return Some(WorkOutcome::TaskFailed)
			}
			EndReason::CancelledByRenter | EndReason::Judged => return None,
		};
		if due == 0 {
			return None;
		}
		let well = rental.proven >= T::WellServed::get().mul_ceil(due);
		Some(if well { WorkOutcome::TaskCompleted } else { WorkOutcome::TaskFailed })
	}

	/// What the renter loses by cancelling late.
	pub(crate) fn late_cancel_price(rental: &RentalOf<T>) -> T::Balance {
		let window = rental.end.saturating_sub(rental.start);
		let price = cost_down(rental.hourly_rate, window).unwrap_or(rental.price).min(rental.price);
		T::LateCancelShare::get().mul_floor(price)
	}

	/// Slashes a node that did not show up. That it cannot be slashed must not keep the renter waiting.
	pub(crate) fn slash_no_show(rental_id: RentalId, rental: &RentalOf<T>) {
		let share = T::NoShowSlash::get();
		if share.is_zero() {
			return;
		}
		// Stakes are native money: only against a native price can they be weighed.
		let harmed = (rental.asset == T::NativeAsset::get()).then(|| (rental.payer.clone(), rental.price));
		if let Err(error) = T::Collateral::slash(&rental.node, share, Misconduct::NoShow, harmed) {
			log::warn!(target: LOG_TARGET, "node {:?} could not be slashed for rental {rental_id}: {error:?}", rental.node);
			Self::deposit_event(Event::SlashFailed { rental_id, node: rental.node, error });
		}
	}

	pub(crate) fn free_schedules(rental_id: RentalId, rental: &RentalOf<T>) {
		debug_assert!(rental.gpus.len() <= MAX_GPUS as usize);
		for gpu in &rental.gpus {
			Schedules::<T>::mutate_exists(rental.node, gpu, |schedule| {
				if let Some(bookings) = schedule {
					bookings.release(rental_id);
				}
				// An empty one takes no room.
				*schedule = schedule.take().filter(|bookings| !bookings.0.is_empty());
			});
		}
	}

	/// Counts a new rental.
	pub(crate) fn count_in(rental: &RentalOf<T>) {
		NodeRentals::<T>::mutate(rental.node, |count| *count = count.saturating_add(1));
		for party in Self::parties(rental) {
			Counterparties::<T>::mutate(rental.node, party, |count| *count = count.saturating_add(1));
		}
	}

	/// Counts a rental no more.
	fn count_out(rental: &RentalOf<T>) {
		NodeRentals::<T>::mutate_exists(rental.node, decrement);
		for party in Self::parties(rental) {
			Counterparties::<T>::mutate_exists(rental.node, party, decrement);
		}
	}

	/// Who pays for a rental: the renter, and whose money it is if that is somebody else's.
	pub(crate) fn parties(rental: &RentalOf<T>) -> impl Iterator<Item = T::AccountId> {
		let payer = (rental.payer != rental.renter).then(|| rental.payer.clone());
		core::iter::once(rental.renter.clone()).chain(payer)
	}
}

/// One less; nothing is stored for zero.
fn decrement(count: &mut Option<u32>) {
	*count = count.and_then(|count| count.checked_sub(1)).filter(|count| !count.is_zero());
}
