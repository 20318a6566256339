//! The invariants of the crate's documentation.

use crate::{
	types::total, Ballots, Config, DisputeStatus, Disputes, DisputesByDeal, EvidenceBySide, EvidenceTickets,
	HoldReason, NextDisputeId, OpenDisputes, Pallet, Tickets, UnclaimedFees,
};
use alloc::{
	collections::{BTreeMap, BTreeSet},
	vec::Vec,
};
use codec::Encode;
use frame_support::{
	ensure,
	traits::{
		fungibles::{hold::Inspect as _, Inspect as _},
		Get,
	},
};
use gpu_chain_primitives::{Disputable, EscrowInspect};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchError,
};

impl<T: Config> Pallet<T> {
	/// Checks the invariants of the crate's documentation. Reads everything: for tests and for checks off chain.
	///
	/// # Errors
	/// Names the first invariant that does not hold.
	pub fn do_try_state() -> Result<(), DispatchError> {
		let mut bonds: BTreeMap<Vec<u8>, (T::AccountId, T::AssetKind, T::Balance)> = BTreeMap::new();
		let mut fees: BTreeMap<Vec<u8>, (T::AssetKind, T::Balance, T::Balance)> = BTreeMap::new();
		let (mut disputes, mut open) = (0u32, 0u32);
		for (id, dispute) in Disputes::<T>::iter() {
			disputes.saturating_inc();
			ensure!(
				id < NextDisputeId::<T>::get()
					&& DisputesByDeal::<T>::get(dispute.key) == Some(id)
					&& Tickets::<T>::contains_key(id),
				DispatchError::Other("disputes 1: a dispute is not numbered, listed or paid for")
			);
			let is_open = !dispute.is_closed();
			ensure!(
				OpenDisputes::<T>::contains_key(id) == is_open,
				DispatchError::Other("disputes 2: the open disputes are not those that are open")
			);
			if is_open {
				open.saturating_inc();
				ensure!(
					T::Deals::disputed(dispute.key).as_ref() == Some(&dispute.deal),
					DispatchError::Other("disputes 2: the deal of an open dispute is not disputed")
				);
			}

			let deal = &dispute.deal;
			let entry = bonds
				.entry((&deal.buyer, &deal.asset).encode())
				.or_insert_with(|| (deal.buyer.clone(), deal.asset.clone(), Zero::zero()));
			if is_open || dispute.bond_owed_to.is_some() {
				entry.2 = entry.2.saturating_add(dispute.bond);
			}

			let ballots = Ballots::<T>::get(id);
			let voters: BTreeSet<_> = ballots.iter().map(|ballot| ballot.arbitrator.clone()).collect();
			ensure!(
				voters.len() == ballots.len() && !voters.iter().any(|who| dispute.is_interested(who)),
				DispatchError::Other("disputes 4: somebody voted twice, or on their own case")
			);
			if let DisputeStatus::Closed { settlement, .. } = &dispute.status {
				ensure!(
					total(settlement) == Some(deal.amount),
					DispatchError::Other("disputes 5: a settlement does not add up")
				);
			}
			let entry =
				fees.entry(deal.asset.encode()).or_insert_with(|| (deal.asset.clone(), Zero::zero(), Zero::zero()));
			entry.1 = entry.1.saturating_add(Self::unclaimed_of(&dispute, &ballots));
			entry.2 = entry.2.saturating_add(T::Escrow::owed_to_judge(dispute.key));
		}
		ensure!(
			DisputesByDeal::<T>::iter_keys().count() as u32 == disputes
				&& Tickets::<T>::iter_keys().count() as u32 == disputes,
			DispatchError::Other("disputes 1: something is listed or paid for that is not there")
		);
		ensure!(
			OpenDisputes::<T>::iter_keys().count() as u32 == open,
			DispatchError::Other("disputes 2: the open disputes are not those that are open")
		);
		for (buyer, asset, amount) in bonds.into_values() {
			ensure!(
				T::Currency::balance_on_hold(asset, &HoldReason::Bond.into(), &buyer) == amount,
				DispatchError::Other("disputes 3: what is on hold is not the bonds")
			);
		}
		for id in Ballots::<T>::iter_keys() {
			ensure!(
				Disputes::<T>::contains_key(id),
				DispatchError::Other("disputes 4: votes on a dispute that is not there")
			);
		}
		for (id, side, list) in EvidenceBySide::<T>::iter() {
			ensure!(
				Disputes::<T>::contains_key(id) && !list.is_empty() && EvidenceTickets::<T>::contains_key(id, side),
				DispatchError::Other("disputes 4: evidence of no dispute, or that is not paid for")
			);
		}
		ensure!(
			EvidenceTickets::<T>::iter_keys().count() == EvidenceBySide::<T>::iter_keys().count(),
			DispatchError::Other("disputes 4: evidence of no dispute, or that is not paid for")
		);
		for (asset, unclaimed) in UnclaimedFees::<T>::iter() {
			ensure!(
				!unclaimed.is_zero() && fees.get(&asset.encode()).is_some_and(|entry| entry.1 == unclaimed),
				DispatchError::Other("disputes 6: what is unclaimed is not what voters can claim")
			);
		}
		for (asset, unclaimed, owed) in fees.into_values() {
			let pot = T::Transfers::balance(asset.clone(), &T::Pot::get());
			ensure!(
				UnclaimedFees::<T>::get(&asset) == unclaimed && pot.saturating_add(owed) >= unclaimed,
				DispatchError::Other("disputes 6: what is unclaimed is not what voters can claim")
			);
		}
		Ok(())
	}
}
