//! Bonds, the pot, and who is compensated.

use crate::{
	types::fee_share, Ballot, Config, DisputeRecordOf, DisputeStatus, Error, HoldReason, Pallet, Ruling, UnclaimedFees,
};
use frame_support::{
	ensure,
	storage::with_storage_layer,
	traits::{
		fungibles::{
			hold::{Inspect as _, Mutate as _},
			Inspect as _, Mutate as _,
		},
		tokens::{Fortitude, Precision, Preservation, Restriction},
		Get,
	},
};
use gpu_chain_primitives::{DisputedDeal, UsdPrices};
use sp_runtime::{
	traits::{CheckedAdd, Saturating, Zero},
	ArithmeticError, DispatchResult,
};

/// A deal as this pallet sees it.
type DealOf<T> = DisputedDeal<<T as frame_system::Config>::AccountId, <T as Config>::AssetKind, <T as Config>::Balance>;

impl<T: Config> Pallet<T> {
	/// Holds the bond. Only money that the buyer could give away is taken: a hold by itself would take frozen money
	/// too, and losing would set it free.
	pub(crate) fn hold_bond(deal: &DealOf<T>, bond: T::Balance) -> DispatchResult {
		let (asset, reason) = (deal.asset.clone(), HoldReason::Bond.into());
		let spare =
			T::Currency::reducible_balance(asset.clone(), &deal.buyer, Preservation::Protect, Fortitude::Polite);
		ensure!(
			bond <= spare && T::Currency::can_hold(asset.clone(), &reason, &deal.buyer, bond),
			Error::<T>::CannotSpareBond
		);
		T::Currency::hold(asset, &reason, &deal.buyer, bond)
	}

	/// Pays the bond out of the hold, or changes nothing.
	pub(crate) fn pay_bond(dispute: &DisputeRecordOf<T>, to: &T::AccountId) -> DispatchResult {
		let (deal, reason) = (&dispute.deal, HoldReason::Bond.into());
		// Without a layer of its own, a transfer that fails midway would leave its first half behind.
		with_storage_layer(|| {
			let asset = deal.asset.clone();
			if *to == deal.buyer {
				T::Currency::release(asset, &reason, to, dispute.bond, Precision::Exact)?;
			} else {
				T::Currency::transfer_on_hold(
					asset,
					&reason,
					&deal.buyer,
					to,
					dispute.bond,
					Precision::Exact,
					Restriction::Free,
					// It was free when it was bonded: a later freeze must not keep it from the winner.
					Fortitude::Force,
				)?;
			}
			Ok(())
		})
	}

	pub(crate) fn add_unclaimed(asset: &T::AssetKind, amount: T::Balance) -> DispatchResult {
		if amount.is_zero() {
			return Ok(());
		}
		UnclaimedFees::<T>::try_mutate(asset, |unclaimed| {
			*unclaimed = unclaimed.checked_add(&amount).ok_or(ArithmeticError::Overflow)?;
			Ok(())
		})
	}

	/// Pays `amount` of what voters can claim. The pot is kept alive for the others as long as they can claim anything.
	pub(crate) fn pay_from_pot(asset: &T::AssetKind, to: &T::AccountId, amount: T::Balance) -> DispatchResult {
		let rest = UnclaimedFees::<T>::get(asset).saturating_sub(amount);
		let preservation = if rest.is_zero() { Preservation::Expendable } else { Preservation::Preserve };
		T::Transfers::transfer(asset.clone(), &T::Pot::get(), to, amount, preservation)?;
		if rest.is_zero() {
			UnclaimedFees::<T>::remove(asset);
		} else {
			UnclaimedFees::<T>::insert(asset, rest);
		}
		Ok(())
	}

	/// What the voter of that place can still claim.
	pub(crate) fn fee_of(dispute: &DisputeRecordOf<T>, ballots: &[Ballot<T::AccountId>], place: usize) -> T::Balance {
		let DisputeStatus::Closed { ruling: Ruling::ByArbitrators(_), settlement, .. } = dispute.status else {
			return Zero::zero();
		};
		match ballots.get(place) {
			Some(ballot) if !ballot.claimed => fee_share(settlement.arbitration, ballots.len() as u32, place as u32),
			_ => Zero::zero(),
		}
	}

	/// What all voters together can still claim.
	pub(crate) fn unclaimed_of(dispute: &DisputeRecordOf<T>, ballots: &[Ballot<T::AccountId>]) -> T::Balance {
		(0..ballots.len())
			.map(|place| Self::fee_of(dispute, ballots, place))
			.fold(T::Balance::zero(), |sum, fee| sum.saturating_add(fee))
	}

	/// Who is compensated from a slash, up to how many plancks: the payer, up to the price. Stakes are native money, so
	/// the price must be known in it.
	pub(crate) fn compensation(deal: &DealOf<T>) -> Option<(T::AccountId, T::Balance)> {
		let native = T::NativeAsset::get();
		let amount = if deal.asset == native {
			deal.amount
		} else {
			T::Prices::from_usd(&native, T::Prices::to_usd(&deal.asset, deal.amount)?)?
		};
		Some((deal.payer.clone(), amount))
	}
}
