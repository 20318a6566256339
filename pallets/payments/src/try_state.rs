//! The invariants of the crate's documentation.

use crate::{Accounts, AllowanceTickets, Allowances, Config, HoldReason, Pallet};
use frame_support::{ensure, traits::fungibles::hold::Inspect};
use sp_runtime::{traits::Zero, DispatchError};

impl<T: Config> Pallet<T> {
	/// Checks the invariants of the crate's documentation. Reads every account: for tests and for checks off chain.
	///
	/// # Errors
	/// Names the first invariant that does not hold.
	pub fn do_try_state() -> Result<(), DispatchError> {
		for (owner, asset, balance) in Accounts::<T>::iter() {
			ensure!(!balance.is_zero(), DispatchError::Other("payments 1: an account with nothing in it"));
			ensure!(
				T::Currency::balance_on_hold(asset, &HoldReason::Prepaid.into(), &owner) == balance,
				DispatchError::Other("payments 2: what is on hold is not what was paid in")
			);
		}
		for (owner, (spender, asset), allowance) in Allowances::<T>::iter() {
			ensure!(!allowance.amount.is_zero(), DispatchError::Other("payments 3: an allowance of nothing"));
			ensure!(owner != spender, DispatchError::Other("payments 3: an allowance to oneself"));
			ensure!(
				AllowanceTickets::<T>::contains_key(&owner, (spender, asset)),
				DispatchError::Other("payments 4: an allowance without a deposit")
			);
		}
		for (owner, key, _) in AllowanceTickets::<T>::iter() {
			ensure!(
				Allowances::<T>::contains_key(owner, key),
				DispatchError::Other("payments 4: a deposit without an allowance")
			);
		}
		Ok(())
	}
}
