//! The invariants of the crate's documentation.

use crate::{Config, NextNonce, Pallet, Tickets, Users, Wallets};
use frame_support::ensure;
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	/// Checks the invariants of the crate's documentation. Reads every user: for tests and for checks off chain.
	///
	/// # Errors
	/// Names the first invariant that does not hold.
	pub fn do_try_state() -> Result<(), DispatchError> {
		let mut linked = 0usize;
		for (who, user) in Users::<T>::iter() {
			ensure!(
				Tickets::<T>::contains_key(&who),
				DispatchError::Other("user-registry 1: a user without a deposit")
			);
			ensure!(user.nonce < NextNonce::<T>::get(), DispatchError::Other("user-registry 2: a nonce not given yet"));
			for wallet in &user.wallets {
				ensure!(
					Wallets::<T>::get(wallet).as_ref() == Some(&who),
					DispatchError::Other("user-registry 3: a wallet does not lead back to its user")
				);
			}
			linked = linked.saturating_add(user.wallets.len());
		}
		ensure!(
			Wallets::<T>::iter_keys().count() == linked,
			DispatchError::Other("user-registry 3: a wallet that its user does not have")
		);
		ensure!(
			Tickets::<T>::iter_keys().count() == Users::<T>::iter_keys().count(),
			DispatchError::Other("user-registry 1: a deposit without a user")
		);
		Ok(())
	}
}
