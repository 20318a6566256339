//! The invariants of the crate's documentation.

use crate::{types::MAX_PRICE, Config, InitialPrices, Pallet, Prices};
use frame_support::ensure;
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	/// Checks the invariants of the crate's documentation. Reads every price: for tests and for checks off chain.
	///
	/// # Errors
	/// Names the first invariant that does not hold.
	pub fn do_try_state() -> Result<(), DispatchError> {
		let sound = |price| price > 0 && price <= MAX_PRICE;
		for (asset, price) in Prices::<T>::iter() {
			ensure!(
				sound(price.median) && sound(price.average),
				DispatchError::Other("price-index 1: a price of nothing, or beyond belief")
			);
			ensure!(
				price.stamp <= price.since,
				DispatchError::Other("price-index 2: a price was noted before it was given")
			);
			ensure!(
				!InitialPrices::<T>::contains_key(asset),
				DispatchError::Other("price-index 3: a first price beside one of the feeders")
			);
		}
		for (_, price) in InitialPrices::<T>::iter() {
			ensure!(sound(price), DispatchError::Other("price-index 1: a price of nothing, or beyond belief"));
		}
		Ok(())
	}
}
