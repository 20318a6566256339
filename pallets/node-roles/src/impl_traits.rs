//! The traits of `gpu_chain_primitives` that this pallet implements: who may be verified, and fee and blame.

use crate::{Blames, Config, Event, HoldReason, Pallet, Queens, Sponsorships, WeightInfo, LOG_TARGET};
use frame_support::{
	storage::with_storage_layer,
	traits::{
		fungible::MutateHold,
		fungibles::Mutate,
		tokens::{Fortitude, Precision, Preservation, Restriction},
		Get,
	},
	weights::Weight,
};
use gpu_chain_primitives::{DealInspect, EscrowKey, NodeId, OnFeePaid, OnSlashed, Sponsorship as SponsorshipInspect};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchError,
};

/// A sponsor who has told the end of it answers for what the node was, and for no new verification.
impl<T: Config> SponsorshipInspect for Pallet<T> {
	fn may_be_verified(node: &NodeId) -> bool {
		!T::SponsorRequired::get()
			|| Sponsorships::<T>::get(node)
				.is_some_and(|sponsorship| sponsorship.ends_at.is_none() && Self::is_live_queen(&sponsorship.queen))
	}
}

impl<T: Config> OnFeePaid<T::AccountId, T::AssetKind, T::Balance> for Pallet<T> {
	fn on_fee_paid(key: EscrowKey, payer: &T::AccountId, asset: &T::AssetKind, fee: T::Balance) {
		if let Some(node) = T::Deals::node_of(key) {
			Self::share_fee(node, payer, asset, fee);
		}
	}

	fn weight() -> Weight {
		T::WeightInfo::on_fee_paid()
	}
}

impl<T: Config> Pallet<T> {
	/// Pays the sponsor of `node` her part of `fee`, which the treasury has just received.
	pub(crate) fn share_fee(node: NodeId, payer: &T::AccountId, asset: &T::AssetKind, fee: T::Balance) {
		let Some(sponsorship) = Self::sponsorship(&node) else { return };
		let queen = sponsorship.queen;
		let audited = Self::now() <= sponsorship.audited_at.saturating_add(T::AuditValidity::get());
		if !audited || queen == *payer || !Self::is_live_queen(&queen) {
			return;
		}
		let amount = T::FeeShare::get().min(T::MaxFeeShare::get()).mul_floor(fee);
		if amount.is_zero() {
			return;
		}
		let treasury = T::Treasury::get();
		// In a layer of its own, so that a transfer that fails midway leaves nothing behind in a settlement that goes on.
		let paid = with_storage_layer(|| {
			T::Currencies::transfer(asset.clone(), &treasury, &queen, amount, Preservation::Preserve)
		});
		Self::deposit_event(match paid {
			Ok(_) => Event::FeeShared { node, queen, asset: asset.clone(), amount },
			Err(_) => Event::FeeNotShared { node, queen, asset: asset.clone(), amount },
		});
	}
}

impl<T: Config> OnSlashed<T::AccountId, T::Balance> for Pallet<T> {
	fn on_slash_queued(slash: u64, node: &NodeId) {
		let Some(sponsorship) = Self::sponsorship(node) else { return };
		let who = sponsorship.queen;
		let Some(mut queen) = Queens::<T>::get(&who) else { return };
		queen.blamed = queen.blamed.saturating_add(1);
		Queens::<T>::insert(&who, queen);
		Blames::<T>::insert(slash, &who);
		Self::deposit_event(Event::QueenBlamed { slash, node: *node, queen: who });
	}

	fn on_slash_cancelled(slash: u64, _: &NodeId) {
		let Some(who) = Blames::<T>::take(slash) else { return };
		Queens::<T>::mutate(&who, |queen| {
			if let Some(queen) = queen {
				queen.blamed = queen.blamed.saturating_sub(1);
			}
		});
	}

	fn on_slashed(slash: u64, node: &NodeId, lost: T::Balance, uncompensated: Option<(&T::AccountId, T::Balance)>) {
		let Some(who) = Blames::<T>::take(slash) else { return };
		let Some(mut queen) = Queens::<T>::get(&who) else { return };
		queen.blamed = queen.blamed.saturating_sub(1);
		let due = T::BlameShare::get().mul_floor(queen.bond).min(lost);
		// Somebody who is harmed by a node they answer for is not paid from their own bond.
		let harmed = uncompensated.filter(|(harmed, _)| **harmed != who);
		let compensated = harmed.map_or(Zero::zero(), |(harmed, owed)| {
			Self::pay_from_bond(&who, harmed, due.min(owed)).unwrap_or_default()
		});
		let rest = due.saturating_sub(compensated);
		let to_treasury = Self::pay_from_bond(&who, &T::Treasury::get(), rest).unwrap_or_else(|error| {
			log::warn!(target: LOG_TARGET, "slash {slash}: the treasury cannot receive a Queen's part: {error:?}");
			Zero::zero()
		});
		let amount = compensated.saturating_add(to_treasury);
		queen.bond = queen.bond.saturating_sub(amount);
		Queens::<T>::insert(&who, queen);
		if !amount.is_zero() {
			Self::deposit_event(Event::QueenSlashed { slash, node: *node, queen: who, amount, compensated });
		}
	}

	fn weight() -> Weight {
		T::WeightInfo::on_slashed()
	}
}

impl<T: Config> Pallet<T> {
	/// Moves `amount` of a Queen's bond into `dest`'s free balance and returns it. An error moves nothing.
	fn pay_from_bond(
		queen: &T::AccountId,
		dest: &T::AccountId,
		amount: T::Balance,
	) -> Result<T::Balance, DispatchError> {
		if amount.is_zero() {
			return Ok(amount);
		}
		with_storage_layer(|| {
			T::Currency::transfer_on_hold(
				&HoldReason::QueenBond.into(),
				queen,
				dest,
				amount,
				Precision::Exact,
				Restriction::Free,
				Fortitude::Force,
			)
		})
	}
}
