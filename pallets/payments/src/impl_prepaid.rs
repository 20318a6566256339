//! What markets take of prepaid accounts.

use crate::{Config, Error, Event, Pallet};
use frame_support::{ensure, storage::with_storage_layer, weights::Weight};
use gpu_chain_primitives::PrepaidAccounts;
use sp_runtime::{
	traits::{CheckedSub, Zero},
	DispatchResult,
};

impl<T: Config> PrepaidAccounts<T::AccountId, T::AssetKind, T::Balance> for Pallet<T> {
	fn draw(owner: &T::AccountId, spender: &T::AccountId, asset: &T::AssetKind, amount: T::Balance) -> DispatchResult {
		ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
		// Whoever calls may go on after an error: nothing may have changed then.
		with_storage_layer(|| {
			if spender != owner {
				Self::spend_allowance(owner, spender, asset, amount)?;
			}
			Self::take_out(owner, asset, amount)?;
			Self::deposit_event(Event::PrepaidDrawn {
				owner: owner.clone(),
				spender: spender.clone(),
				asset: asset.clone(),
				amount,
			});
			Ok(())
		})
	}

	fn weight() -> Weight {
		use crate::WeightInfo;
		T::WeightInfo::draw()
	}
}

impl<T: Config> Pallet<T> {
	fn spend_allowance(
		owner: &T::AccountId,
		spender: &T::AccountId,
		asset: &T::AssetKind,
		amount: T::Balance,
	) -> DispatchResult {
		let mut allowance = Self::good_allowance(owner, spender, asset)?;
		allowance.amount = allowance.amount.checked_sub(&amount).ok_or(Error::<T>::AllowanceTooSmall)?;
		Self::write_allowance(owner, spender, asset, allowance)
	}
}
