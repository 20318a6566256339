//! What clients read. The runtime offers these as runtime APIs.

use crate::{
	types::{Booking, GpuIndex, Gpus, Millis, Rules},
	Config, ListingOf, Listings, Pallet, Phase, RentalId, RentalOf, Rentals, RentalsByNode, RentalsByRenter, Schedules,
};
use alloc::vec::Vec;
use frame_support::traits::{Get, Time};
use gpu_chain_primitives::{NodeId, Page};

impl<T: Config> Pallet<T> {
	/// The rental, unless it was never booked or is removed.
	pub fn rental(rental_id: RentalId) -> Option<RentalOf<T>> {
		Rentals::<T>::get(rental_id)
	}

	/// Where the rental stands now.
	pub fn phase(rental_id: RentalId) -> Option<Phase> {
		Some(Rentals::<T>::get(rental_id)?.phase(T::Clock::now(), T::ConfirmWindow::get()))
	}

	/// The times that apply to whatever is booked or done now.
	pub fn rules() -> Rules {
		Rules {
			min_duration: T::MinDuration::get(),
			max_duration: T::MaxDuration::get(),
			max_lead: T::MaxLead::get(),
			confirm_window: T::ConfirmWindow::get(),
			grace: T::Grace::get(),
			proof_interval: T::ProofInterval::get(),
			cancel_notice: T::CancelNotice::get(),
		}
	}

	/// What an accelerator is offered for.
	pub fn listing(node: &NodeId, gpu: GpuIndex) -> Option<ListingOf<T>> {
		Listings::<T>::get(node, gpu)
	}

	/// A page of what a node offers, in the order of storage. `cursor` is the `next` of the page before.
	pub fn listings(node: &NodeId, cursor: Option<GpuIndex>, limit: u32) -> Page<(GpuIndex, ListingOf<T>), GpuIndex> {
		let rest = match cursor {
			None => Listings::<T>::iter_prefix(node),
			Some(gpu) => Listings::<T>::iter_prefix_from(node, Listings::<T>::hashed_key_for(node, gpu)),
		};
		Page::collect(rest, limit, |(gpu, _)| *gpu)
	}

	/// The windows of an accelerator that are taken, grace included, in the order of time.
	pub fn schedule(node: &NodeId, gpu: GpuIndex) -> Vec<Booking> {
		Schedules::<T>::get(node, gpu).0.into_inner()
	}

	/// A page of the rentals of `renter`, ended ones included, in the order of storage.
	pub fn rentals_by_renter(renter: &T::AccountId, cursor: Option<RentalId>, limit: u32) -> Page<RentalId, RentalId> {
		let rest = match cursor {
			None => RentalsByRenter::<T>::iter_key_prefix(renter),
			Some(id) => {
				RentalsByRenter::<T>::iter_key_prefix_from(renter, RentalsByRenter::<T>::hashed_key_for(renter, id))
			}
		};
		Page::collect(rest, limit, |id| *id)
	}

	/// A page of the rentals of `node`, ended ones included, in the order of storage.
	pub fn rentals_by_node(node: &NodeId, cursor: Option<RentalId>, limit: u32) -> Page<RentalId, RentalId> {
		let rest = match cursor {
			None => RentalsByNode::<T>::iter_key_prefix(node),
			Some(id) => RentalsByNode::<T>::iter_key_prefix_from(node, RentalsByNode::<T>::hashed_key_for(node, id)),
		};
		Page::collect(rest, limit, |id| *id)
	}

	/// What a booking of these accelerators for `duration` ms would cost now, in the smallest unit of the currency, grace
	/// included. `None` where it could not be booked on these terms.
	pub fn quote(node: &NodeId, gpus: &Gpus, duration: Millis) -> Option<(T::AssetKind, T::Balance)> {
		let (asset, hourly_rate) = Self::terms(node, gpus, duration).ok()?;
		Some((asset, Self::price(hourly_rate, duration).ok()?))
	}
}
