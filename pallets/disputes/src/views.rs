//! What dApps read, exposed by the runtime.

use crate::{
	Ballot, Ballots, Config, DisputeId, DisputePhase, DisputeRecordOf, Disputes, DisputesByDeal, Evidence,
	EvidenceBySide, OpenDisputes, Pallet, Side,
};
use alloc::vec::Vec;
use frame_system::pallet_prelude::BlockNumberFor;
use gpu_chain_primitives::{EscrowKey, Page};
use sp_runtime::traits::Zero;

impl<T: Config> Pallet<T> {
	/// The dispute, unless there never was one of that number or it is removed.
	pub fn dispute(id: DisputeId) -> Option<DisputeRecordOf<T>> {
		Disputes::<T>::get(id)
	}

	/// The number of the dispute about a deal.
	pub fn dispute_of(key: EscrowKey) -> Option<DisputeId> {
		DisputesByDeal::<T>::get(key)
	}

	/// Where the dispute stands now.
	pub fn phase(id: DisputeId) -> Option<DisputePhase> {
		let votes = Ballots::<T>::decode_len(id).unwrap_or_default() as u32;
		Disputes::<T>::get(id).map(|dispute| dispute.phase(Self::now(), votes))
	}

	/// Disputes that are not closed, in the order of storage. `cursor` is what the previous page named, `None` for the
	/// first.
	pub fn open_disputes(cursor: Option<DisputeId>, limit: u32) -> Page<DisputeId, DisputeId> {
		let ids = match cursor {
			Some(last) => OpenDisputes::<T>::iter_keys_from(OpenDisputes::<T>::hashed_key_for(last)),
			None => OpenDisputes::<T>::iter_keys(),
		};
		Page::collect(ids, limit, |id| *id)
	}

	/// What a side submitted, oldest first.
	pub fn evidence(id: DisputeId, side: Side) -> Vec<Evidence<BlockNumberFor<T>>> {
		EvidenceBySide::<T>::get(id, side).into_inner()
	}

	/// The votes, oldest first.
	pub fn ballots(id: DisputeId) -> Vec<Ballot<T::AccountId>> {
		Ballots::<T>::get(id).into_inner()
	}

	/// What `who` can claim for its vote, in the deal's currency.
	pub fn claimable_fee(id: DisputeId, who: &T::AccountId) -> T::Balance {
		let ballots = Ballots::<T>::get(id);
		let place = ballots.iter().position(|ballot| ballot.arbitrator == *who);
		match (Disputes::<T>::get(id), place) {
			(Some(dispute), Some(place)) => Self::fee_of(&dispute, &ballots, place),
			_ => Zero::zero(),
		}
	}
}
