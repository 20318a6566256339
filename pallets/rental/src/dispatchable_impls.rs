//! The calls: every condition, then the writes, then one event.

use crate::{
	types::{cost_up, AccessDescriptor, Booking, GpuIndex, Gpus, Millis, ScheduleError, SEALED_BOX_OVERHEAD},
	Config, EndReason, Error, Event, HourlyRate, ListingOf, ListingTickets, Listings, NextRentalId, Pallet, Phase,
	Rental, RentalId, RentalOf, RentalStatus, Rentals, RentalsByNode, RentalsByRenter, Schedules, Tickets,
};
use codec::MaxEncodedLen;
use frame_support::{
	ensure,
	traits::{Consideration, Footprint, Get, Time},
};
use frame_system::pallet_prelude::BlockNumberFor;
use gpu_chain_primitives::{
	x25519::{is_weak_key, EncryptionKey},
	DisputedDeal, Escrow, EscrowKey, HardwareInspect, NodeId, NodeStatus, OnDisputed, PowerInspect, PrepaidAccounts,
	ProviderInspect, Reason, TaskValueLimit, TaskValueRefused, TrustInspect, UsdPrices,
};
use sp_runtime::{
	traits::{CheckedAdd, CheckedSub, Saturating, Zero},
	ArithmeticError, DispatchError, DispatchResult,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_list_gpu(who: T::AccountId, node: NodeId, gpu: GpuIndex, listing: ListingOf<T>) -> DispatchResult {
		let summary = T::Providers::node(&node).ok_or(Error::<T>::NodeNotFound)?;
		ensure!(summary.owner == who, Error::<T>::NotNodeOwner);
		ensure!(summary.status == NodeStatus::Active, Error::<T>::NodeNotActive);
		ensure!(gpu < T::Providers::gpu_count(&node), Error::<T>::NoSuchGpu);
		let free = match listing.rate {
			HourlyRate::Amount(amount) => amount.is_zero(),
			HourlyRate::Usd(usd) => usd == 0,
		};
		ensure!(!free, Error::<T>::ZeroRate);
		ensure!(listing.max_duration > 0 && listing.min_duration <= listing.max_duration, Error::<T>::BadDurations);

		if !ListingTickets::<T>::contains_key(node, gpu) {
			let footprint = Footprint::from_parts(1, ListingOf::<T>::max_encoded_len());
			let ticket = T::Consideration::new(&who, footprint)?;
			ListingTickets::<T>::insert(node, gpu, (who, ticket));
		}
		let (asset, rate) = (listing.asset.clone(), listing.rate);
		Listings::<T>::insert(node, gpu, listing);

		Self::deposit_event(Event::GpuListed { node, gpu, asset, rate });
		Ok(())
	}

	pub(crate) fn do_unlist_gpu(who: T::AccountId, node: NodeId, gpu: GpuIndex) -> DispatchResult {
		let (owner, ticket) = ListingTickets::<T>::get(node, gpu).ok_or(Error::<T>::NotListed)?;
		ensure!(owner == who, Error::<T>::NotNodeOwner);

		ticket.drop(&owner)?;
		ListingTickets::<T>::remove(node, gpu);
		Listings::<T>::remove(node, gpu);

		Self::deposit_event(Event::GpuUnlisted { node, gpu });
		Ok(())
	}

	pub(crate) fn do_book(
		renter: T::AccountId,
		node: NodeId,
		gpus: Gpus,
		start: Option<Millis>,
		duration: Millis,
		encryption_key: EncryptionKey,
		prepaid_account: Option<T::AccountId>,
	) -> DispatchResult {
		let now = T::Clock::now();
		let start = start.unwrap_or(now);
		let summary = T::Providers::node(&node).ok_or(Error::<T>::NodeNotFound)?;
		ensure!(summary.status == NodeStatus::Active, Error::<T>::NodeNotActive);
		let payer = prepaid_account.clone().unwrap_or_else(|| renter.clone());
		ensure!(summary.owner != renter && summary.owner != payer, Error::<T>::SelfDealing);
		ensure!(!is_weak_key(&encryption_key), Error::<T>::WeakEncryptionKey);
		ensure!(start >= now, Error::<T>::StartsInPast);
		ensure!(start - now <= T::MaxLead::get(), Error::<T>::StartsTooLate);
		let (asset, hourly_rate) = Self::terms(&node, &gpus, duration)?;
		let end = start.checked_add(duration).ok_or(Error::<T>::DurationOutOfBounds)?;
		let grace = T::Grace::get();
		let price = Self::price(hourly_rate, duration)?;
		Self::ensure_may_take(&node, &asset, price)?;
		let rental_id = NextRentalId::<T>::get();
		let next_rental_id = rental_id.checked_add(1).ok_or(ArithmeticError::Overflow)?;

		let booking = Booking { start, end: end.saturating_add(grace), rental_id };
		for gpu in &gpus {
			Schedules::<T>::try_mutate(node, gpu, |schedule| schedule.book(booking)).map_err(Self::schedule_error)?;
		}
		if let Some(account) = &prepaid_account {
			T::Prepaid::draw(account, &renter, &asset, price)?;
		}
		T::Escrow::deposit(EscrowKey::Rental(rental_id), &payer, asset.clone(), price)?;
		Tickets::<T>::insert(rental_id, T::Consideration::new(&renter, RentalOf::<T>::footprint())?);
		let rental = Rental {
			renter: renter.clone(),
			payer: payer.clone(),
			prepaid: prepaid_account.is_some(),
			node,
			provider: summary.owner,
			gpus: gpus.clone(),
			asset: asset.clone(),
			hourly_rate,
			price,
			start,
			end,
			grace,
			encryption_key,
			status: RentalStatus::Booked,
			access: None,
			proven: 0,
			proven_until: start,
			booked_at: Self::block(),
			ended_at: None,
		};
		Self::count_in(&rental);
		RentalsByRenter::<T>::insert(&renter, rental_id, ());
		RentalsByNode::<T>::insert(node, rental_id, ());
		let confirm_by = rental.confirm_by(T::ConfirmWindow::get());
		Rentals::<T>::insert(rental_id, rental);
		NextRentalId::<T>::put(next_rental_id);

		Self::deposit_event(Event::RentalBooked {
			rental_id,
			renter,
			payer,
			node,
			gpus,
			start,
			end,
			asset,
			price,
			confirm_by,
		});
		Ok(())
	}

	pub(crate) fn do_cancel_booking(who: T::AccountId, rental_id: RentalId) -> DispatchResult {
		let rental = Self::rental_of_party(&who, rental_id)?;
		let now = T::Clock::now();
		let begun = match rental.status {
			RentalStatus::Booked => false,
			RentalStatus::Active => now >= rental.start,
			_ => true,
		};
		ensure!(!begun, Error::<T>::NotBooked);

		if rental.provider == who {
			return Self::settle(rental_id, rental, EndReason::CancelledByProvider, Zero::zero());
		}
		// Who was let down, and nothing else, cancels for nothing after the start.
		let late = now < rental.start && now.saturating_add(T::CancelNotice::get()) > rental.start;
		let lost = if late { Self::late_cancel_price(&rental) } else { Zero::zero() };
		Self::settle(rental_id, rental, EndReason::CancelledByRenter, lost)
	}

	pub(crate) fn do_confirm_start(who: T::AccountId, rental_id: RentalId, access: AccessDescriptor) -> DispatchResult {
		let mut rental = Self::rental_of_provider(&who, rental_id)?;
		ensure!(rental.status == RentalStatus::Booked, Error::<T>::NotBooked);
		let (now, window) = (T::Clock::now(), T::ConfirmWindow::get());
		ensure!(now.saturating_add(window) >= rental.start, Error::<T>::TooEarly);
		ensure!(now <= rental.confirm_by(window), Error::<T>::TooLate);
		Self::ensure_not_banned(&rental.node)?;
		ensure!(access.len() > SEALED_BOX_OVERHEAD, Error::<T>::BadAccess);

		let from = now.max(rental.start);
		rental.status = RentalStatus::Active;
		rental.access = Some(access);
		rental.proven_until = from;
		Rentals::<T>::insert(rental_id, rental);

		Self::deposit_event(Event::RentalConfirmed { rental_id, from });
		Ok(())
	}

	pub(crate) fn do_prove(who: T::AccountId, rental_id: RentalId) -> DispatchResult {
		let mut rental = Self::rental_of_provider(&who, rental_id)?;
		ensure!(rental.status == RentalStatus::Active, Error::<T>::NotActive);
		Self::ensure_not_banned(&rental.node)?;
		ensure!(T::Power::verified_power(&rental.node) > 0, Error::<T>::NotProven);

		let covered = Self::cover(&mut rental);
		ensure!(covered > 0, Error::<T>::NothingToProve);
		let proven = rental.proven;
		Rentals::<T>::insert(rental_id, rental);

		Self::deposit_event(Event::TimeProven { rental_id, covered, proven });
		Ok(())
	}

	pub(crate) fn do_extend(who: T::AccountId, rental_id: RentalId, more: Millis) -> DispatchResult {
		let mut rental = Self::rental_of_renter(&who, rental_id)?;
		ensure!(rental.status == RentalStatus::Active, Error::<T>::NotActive);
		ensure!(T::Clock::now() < rental.paid_until(), Error::<T>::RanOut);
		let end = rental.end.checked_add(more).ok_or(Error::<T>::DurationOutOfBounds)?;
		let duration = end.saturating_sub(rental.start);
		ensure!(more > 0 && duration <= T::MaxDuration::get(), Error::<T>::DurationOutOfBounds);
		let time = duration.checked_add(rental.grace).ok_or(Error::<T>::PriceOverflow)?;
		let price = cost_up(rental.hourly_rate, time).ok_or(Error::<T>::PriceOverflow)?;
		let added_price = price.checked_sub(&rental.price).ok_or(DispatchError::Corruption)?;
		Self::ensure_may_take(&rental.node, &rental.asset, price)?;

		for gpu in &rental.gpus {
			Schedules::<T>::try_mutate(rental.node, gpu, |schedule| {
				schedule.extend(rental_id, end.saturating_add(rental.grace))
			})
			.map_err(Self::schedule_error)?;
		}
		// A stretch so short that rounding swallows its price is free.
		if !added_price.is_zero() {
			if rental.prepaid {
				T::Prepaid::draw(&rental.payer, &who, &rental.asset, added_price)?;
			}
			T::Escrow::top_up(EscrowKey::Rental(rental_id), added_price)?;
		}
		rental.end = end;
		rental.price = price;
		Rentals::<T>::insert(rental_id, rental);

		Self::deposit_event(Event::RentalExtended { rental_id, end, added_price });
		Ok(())
	}

	pub(crate) fn do_end_rental(who: T::AccountId, rental_id: RentalId) -> DispatchResult {
		let mut rental = Self::rental_of_party(&who, rental_id)?;
		ensure!(rental.status == RentalStatus::Active, Error::<T>::NotActive);
		ensure!(T::Clock::now() >= rental.start, Error::<T>::TooEarly);

		// The time since the last proof is earned if a proof could have been made now: who ends must not be able to take it.
		let banned = Self::ensure_not_banned(&rental.node).is_err();
		if !banned && T::Power::verified_power(&rental.node) > 0 {
			Self::cover(&mut rental);
		}
		let earned = rental.earned();
		let reason = if rental.renter == who { EndReason::EndedByRenter } else { EndReason::EndedByProvider };
		Self::settle(rental_id, rental, reason, earned)
	}

	pub(crate) fn do_close(rental_id: RentalId) -> DispatchResult {
		let rental = Rentals::<T>::get(rental_id).ok_or(Error::<T>::RentalNotFound)?;
		match rental.phase(T::Clock::now(), T::ConfirmWindow::get()) {
			Phase::Missed => {
				Self::slash_no_show(rental_id, &rental);
				Self::settle(rental_id, rental, EndReason::NoShow, Zero::zero())
			}
			Phase::RanOut => {
				let earned = rental.earned();
				Self::settle(rental_id, rental, EndReason::RanOut, earned)
			}
			_ => Err(Error::<T>::NothingToClose.into()),
		}
	}

	pub(crate) fn do_dispute_rental(who: T::AccountId, rental_id: RentalId, reason: Reason) -> DispatchResult {
		let mut rental = Self::rental_of_renter(&who, rental_id)?;
		ensure!(rental.status == RentalStatus::Active, Error::<T>::NotActive);

		Self::free_schedules(rental_id, &rental);
		rental.status = RentalStatus::Disputed;
		let (node, deal) = (rental.node, DisputedDeal::from(&rental));
		Rentals::<T>::insert(rental_id, rental);
		T::OnDisputed::on_disputed(EscrowKey::Rental(rental_id), &deal)?;

		Self::deposit_event(Event::RentalDisputed { rental_id, renter: who, node, reason });
		Ok(())
	}

	pub(crate) fn do_remove_rental(who: T::AccountId, rental_id: RentalId) -> DispatchResult {
		let rental = Rentals::<T>::get(rental_id).ok_or(Error::<T>::RentalNotFound)?;
		let (_, ended_in) = rental.ended_at.ok_or(Error::<T>::NotEnded)?;
		let free_from = ended_in.saturating_add(T::RetentionPeriod::get());
		ensure!(who == rental.renter || Self::block() >= free_from, Error::<T>::RetentionNotOver);

		T::Escrow::remove(EscrowKey::Rental(rental_id))?;
		if let Some(ticket) = Tickets::<T>::take(rental_id) {
			ticket.drop(&rental.renter)?;
		}
		RentalsByRenter::<T>::remove(&rental.renter, rental_id);
		RentalsByNode::<T>::remove(rental.node, rental_id);
		Rentals::<T>::remove(rental_id);

		Self::deposit_event(Event::RentalRemoved { rental_id });
		Ok(())
	}

	/// Currency and price of an hour of these accelerators, for a booking of `duration`.
	///
	/// # Errors
	/// [`Error::BadGpus`], [`Error::NotListed`], [`Error::MixedCurrencies`], [`Error::DurationOutOfBounds`],
	/// [`Error::PriceUnknown`], [`Error::PriceOverflow`].
	pub(crate) fn terms(
		node: &NodeId,
		gpus: &Gpus,
		duration: Millis,
	) -> Result<(T::AssetKind, T::Balance), DispatchError> {
		let sorted = gpus.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
		ensure!(!gpus.is_empty() && sorted, Error::<T>::BadGpus);
		let within = |least: Millis, most: Millis| (least.max(1)..=most).contains(&duration);
		ensure!(within(T::MinDuration::get(), T::MaxDuration::get()), Error::<T>::DurationOutOfBounds);

		let mut terms: Option<(T::AssetKind, T::Balance)> = None;
		for gpu in gpus {
			let listing = Listings::<T>::get(node, gpu).ok_or(Error::<T>::NotListed)?;
			ensure!(within(listing.min_duration, listing.max_duration), Error::<T>::DurationOutOfBounds);
			let rate = match listing.rate {
				HourlyRate::Amount(amount) => amount,
				HourlyRate::Usd(usd) => T::Prices::from_usd(&listing.asset, usd).ok_or(Error::<T>::PriceUnknown)?,
			};
			let (asset, sum) = terms.unwrap_or_else(|| (listing.asset.clone(), Zero::zero()));
			ensure!(asset == listing.asset, Error::<T>::MixedCurrencies);
			let sum = sum.checked_add(&rate).ok_or(Error::<T>::PriceOverflow)?;
			terms = Some((asset, sum));
		}
		terms.ok_or_else(|| Error::<T>::BadGpus.into())
	}

	/// What a window of that length costs, the grace included.
	///
	/// # Errors
	/// [`Error::PriceOverflow`].
	pub(crate) fn price(hourly_rate: T::Balance, duration: Millis) -> Result<T::Balance, DispatchError> {
		let time = duration.checked_add(T::Grace::get()).ok_or(Error::<T>::PriceOverflow)?;
		cost_up(hourly_rate, time).ok_or_else(|| Error::<T>::PriceOverflow.into())
	}

	pub(crate) fn block() -> BlockNumberFor<T> {
		frame_system::Pallet::<T>::block_number()
	}

	/// Takes the time since the last proof into account; says how much of it is earned.
	fn cover(rental: &mut RentalOf<T>) -> Millis {
		let (covered, until) = rental.provable(T::Clock::now(), T::ProofInterval::get());
		rental.proven = rental.proven.saturating_add(covered);
		rental.proven_until = until;
		covered
	}

	fn rental_of_renter(who: &T::AccountId, rental_id: RentalId) -> Result<RentalOf<T>, DispatchError> {
		let rental = Rentals::<T>::get(rental_id).ok_or(Error::<T>::RentalNotFound)?;
		ensure!(rental.renter == *who, Error::<T>::NotRenter);
		Ok(rental)
	}

	fn rental_of_provider(who: &T::AccountId, rental_id: RentalId) -> Result<RentalOf<T>, DispatchError> {
		let rental = Rentals::<T>::get(rental_id).ok_or(Error::<T>::RentalNotFound)?;
		ensure!(rental.provider == *who, Error::<T>::NotProvider);
		Ok(rental)
	}

	fn rental_of_party(who: &T::AccountId, rental_id: RentalId) -> Result<RentalOf<T>, DispatchError> {
		let rental = Rentals::<T>::get(rental_id).ok_or(Error::<T>::RentalNotFound)?;
		ensure!(rental.renter == *who || rental.provider == *who, Error::<T>::NotParty);
		Ok(rental)
	}

	fn ensure_not_banned(node: &NodeId) -> DispatchResult {
		let banned = T::Providers::node(node).is_some_and(|node| node.status == NodeStatus::Slashed);
		ensure!(!banned, Error::<T>::NodeBanned);
		Ok(())
	}

	fn ensure_may_take(node: &NodeId, asset: &T::AssetKind, price: T::Balance) -> DispatchResult {
		T::ValueLimit::ensure_within(T::Trust::trust_level(node), asset, price).map_err(|refused| {
			match refused {
				TaskValueRefused::UnderStaked => Error::<T>::NodeUnderStaked,
				TaskValueRefused::ValueUnknown => Error::<T>::CurrencyNotForTrustLevel,
				TaskValueRefused::AboveLimit => Error::<T>::ValueAboveLimit,
			}
			.into()
		})
	}

	fn schedule_error(error: ScheduleError) -> DispatchError {
		match error {
			ScheduleError::Taken => Error::<T>::WindowTaken.into(),
			ScheduleError::Full => Error::<T>::ScheduleFull.into(),
			ScheduleError::NotBooked => DispatchError::Corruption,
		}
	}
}
