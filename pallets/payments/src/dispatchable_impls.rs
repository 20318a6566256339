//! The calls: every condition, then the writes, then one event.

use crate::{
	types::{footprint, Allowance, Reference},
	Accounts, AllowanceOf, AllowanceTickets, Allowances, Config, Error, Event, HoldReason, Pallet,
};
use frame_support::{
	ensure,
	traits::{
		fungibles::{hold::Mutate as _, Mutate as _},
		tokens::{Precision, Preservation},
		Consideration,
	},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
	traits::{CheckedAdd, CheckedSub, Saturating, Zero},
	ArithmeticError, DispatchError, DispatchResult,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_deposit(who: T::AccountId, asset: T::AssetKind, amount: T::Balance) -> DispatchResult {
		ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
		let balance = Accounts::<T>::get(&who, &asset).checked_add(&amount).ok_or(ArithmeticError::Overflow)?;

		T::Currency::hold(asset.clone(), &HoldReason::Prepaid.into(), &who, amount)?;
		Accounts::<T>::insert(&who, &asset, balance);

		Self::deposit_event(Event::PrepaidDeposited { owner: who, asset, amount, balance });
		Ok(())
	}

	pub(crate) fn do_withdraw(who: T::AccountId, asset: T::AssetKind, amount: T::Balance) -> DispatchResult {
		ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
		let balance = Self::take_out(&who, &asset, amount)?;

		Self::deposit_event(Event::PrepaidWithdrawn { owner: who, asset, amount, balance });
		Ok(())
	}

	pub(crate) fn do_make_payment(
		from: T::AccountId,
		to: T::AccountId,
		asset: T::AssetKind,
		amount: T::Balance,
		reference: Reference,
	) -> DispatchResult {
		ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
		ensure!(from != to, Error::<T>::SelfPayment);
		Self::take_out(&from, &asset, amount)?;
		// An ordinary transfer, so that money which a lock, a freeze or an asset's admin keeps stays where it is.
		T::Transfers::transfer(asset.clone(), &from, &to, amount, Preservation::Preserve)?;

		Self::deposit_event(Event::PaymentMade { from, to, asset, amount, reference });
		Ok(())
	}

	pub(crate) fn do_set_allowance(
		owner: T::AccountId,
		spender: T::AccountId,
		asset: T::AssetKind,
		amount: T::Balance,
		expires_at: Option<BlockNumberFor<T>>,
	) -> DispatchResult {
		ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
		ensure!(owner != spender, Error::<T>::SelfAllowance);
		let allowance = Allowance { amount, expires_at };
		ensure!(!allowance.has_expired(&Self::now()), Error::<T>::ExpiresInPast);

		Self::write_allowance(&owner, &spender, &asset, allowance)?;

		Self::deposit_event(Event::AllowanceSet { owner, spender, asset, amount, expires_at });
		Ok(())
	}

	pub(crate) fn do_raise_allowance(
		owner: T::AccountId,
		spender: T::AccountId,
		asset: T::AssetKind,
		by: T::Balance,
	) -> DispatchResult {
		ensure!(!by.is_zero(), Error::<T>::ZeroAmount);
		let mut allowance = Self::good_allowance(&owner, &spender, &asset)?;
		let amount = allowance.amount.checked_add(&by).ok_or(ArithmeticError::Overflow)?;
		let expires_at = allowance.expires_at;

		allowance.amount = amount;
		Self::write_allowance(&owner, &spender, &asset, allowance)?;

		Self::deposit_event(Event::AllowanceSet { owner, spender, asset, amount, expires_at });
		Ok(())
	}

	pub(crate) fn do_lower_allowance(
		owner: T::AccountId,
		spender: T::AccountId,
		asset: T::AssetKind,
		by: T::Balance,
	) -> DispatchResult {
		ensure!(!by.is_zero(), Error::<T>::ZeroAmount);
		let mut allowance = Allowances::<T>::get(&owner, (&spender, &asset)).ok_or(Error::<T>::AllowanceNotFound)?;
		let amount = allowance.amount.saturating_sub(by);
		let expires_at = allowance.expires_at;

		allowance.amount = amount;
		Self::write_allowance(&owner, &spender, &asset, allowance)?;

		if !amount.is_zero() {
			Self::deposit_event(Event::AllowanceSet { owner, spender, asset, amount, expires_at });
		}
		Ok(())
	}

	pub(crate) fn do_revoke_allowance(
		owner: T::AccountId,
		spender: T::AccountId,
		asset: T::AssetKind,
	) -> DispatchResult {
		ensure!(Allowances::<T>::contains_key(&owner, (&spender, &asset)), Error::<T>::AllowanceNotFound);
		Self::end_allowance(&owner, &spender, &asset)
	}

	pub(crate) fn do_remove_expired_allowance(
		owner: T::AccountId,
		spender: T::AccountId,
		asset: T::AssetKind,
	) -> DispatchResult {
		let allowance = Allowances::<T>::get(&owner, (&spender, &asset)).ok_or(Error::<T>::AllowanceNotFound)?;
		ensure!(allowance.has_expired(&Self::now()), Error::<T>::AllowanceNotExpired);
		Self::end_allowance(&owner, &spender, &asset)
	}

	pub(crate) fn now() -> BlockNumberFor<T> {
		frame_system::Pallet::<T>::block_number()
	}

	/// Frees prepaid money for its owner; gives what is left in the account.
	pub(crate) fn take_out(
		owner: &T::AccountId,
		asset: &T::AssetKind,
		amount: T::Balance,
	) -> Result<T::Balance, DispatchError> {
		let balance = Accounts::<T>::get(owner, asset).checked_sub(&amount).ok_or(Error::<T>::InsufficientPrepaid)?;
		T::Currency::release(asset.clone(), &HoldReason::Prepaid.into(), owner, amount, Precision::Exact)?;
		if balance.is_zero() {
			Accounts::<T>::remove(owner, asset);
		} else {
			Accounts::<T>::insert(owner, asset, balance);
		}
		Ok(balance)
	}

	/// The allowance, if there is one that can still be used.
	pub(crate) fn good_allowance(
		owner: &T::AccountId,
		spender: &T::AccountId,
		asset: &T::AssetKind,
	) -> Result<AllowanceOf<T>, DispatchError> {
		let allowance = Allowances::<T>::get(owner, (spender, asset)).ok_or(Error::<T>::AllowanceNotFound)?;
		ensure!(!allowance.has_expired(&Self::now()), Error::<T>::AllowanceExpired);
		Ok(allowance)
	}

	/// Stores an allowance, against a deposit if it is new; forgets one of which nothing is left.
	pub(crate) fn write_allowance(
		owner: &T::AccountId,
		spender: &T::AccountId,
		asset: &T::AssetKind,
		allowance: AllowanceOf<T>,
	) -> DispatchResult {
		if allowance.amount.is_zero() {
			return Self::end_allowance(owner, spender, asset);
		}
		if !AllowanceTickets::<T>::contains_key(owner, (spender, asset)) {
			let footprint = footprint::<(T::AccountId, T::AccountId, T::AssetKind), AllowanceOf<T>>();
			AllowanceTickets::<T>::insert(owner, (spender, asset), T::Consideration::new(owner, footprint)?);
		}
		Allowances::<T>::insert(owner, (spender, asset), allowance);
		Ok(())
	}

	fn end_allowance(owner: &T::AccountId, spender: &T::AccountId, asset: &T::AssetKind) -> DispatchResult {
		if let Some(ticket) = AllowanceTickets::<T>::take(owner, (spender, asset)) {
			ticket.drop(owner)?;
		}
		Allowances::<T>::remove(owner, (spender, asset));
		Self::deposit_event(Event::AllowanceEnded {
			owner: owner.clone(),
			spender: spender.clone(),
			asset: asset.clone(),
		});
		Ok(())
	}
}
