//! What the calls on stake do after their origin check. Those on slashes are in `slash_impls`.

use crate::{BalanceOf, Config, Error, Event, HoldReason, Pallet, StakeLedger, StakeLedgerOf, Stakes};
use frame_support::{
	ensure,
	traits::{fungible::hold::Mutate, tokens::Precision, Get},
};
use gpu_chain_primitives::{NodeId, NodeStatus, OpenWork, ProviderInspect};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchError, DispatchResult,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_add_stake(who: T::AccountId, node: &NodeId, amount: BalanceOf<T>) -> DispatchResult {
		let summary = T::Providers::node(node).ok_or(Error::<T>::UnknownNode)?;
		ensure!(summary.owner == who, Error::<T>::NotOwner);
		ensure!(!matches!(summary.status, NodeStatus::Rejected | NodeStatus::Slashed), Error::<T>::NodeOutOfService);
		match Stakes::<T>::get(node) {
			Some(ledger) => {
				// The registry's word and ours must agree on whose stake it is.
				ensure!(ledger.owner == who, Error::<T>::NotOwner);
				Self::add_to(node, ledger, amount)
			}
			None => Self::bond_first(node, who, amount),
		}
	}

	/// The first stake of a node, or the first after all of it was withdrawn.
	pub(crate) fn bond_first(node: &NodeId, owner: T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
		ensure!(amount >= T::MinimumStake::get(), Error::<T>::BelowMinimumStake);
		Self::add_to(node, StakeLedger::new(owner), amount)
	}

	fn add_to(node: &NodeId, mut ledger: StakeLedgerOf<T>, amount: BalanceOf<T>) -> DispatchResult {
		ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);

		T::Currency::hold(&HoldReason::ProviderStake.into(), &ledger.owner, amount)?;
		ledger.active = ledger.active.saturating_add(amount);
		let (owner, active) = (ledger.owner.clone(), ledger.active);
		Self::store_ledger(node, ledger);
		Self::deposit_event(Event::StakeAdded { node: *node, owner, amount, active });
		Ok(())
	}

	pub(crate) fn do_request_withdrawal(who: T::AccountId, node: &NodeId, amount: BalanceOf<T>) -> DispatchResult {
		let mut ledger = Self::ledger_of(&who, node)?;
		ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
		let counting = ledger.counting();
		ensure!(amount <= counting, Error::<T>::InsufficientStake);
		let rest = counting.saturating_sub(amount);
		ensure!(rest.is_zero() || rest >= T::MinimumStake::get(), Error::<T>::BelowMinimumStake);
		let active = T::Providers::node(node).is_some_and(|summary| summary.status == NodeStatus::Active);
		ensure!(!active, Error::<T>::NodeActive);
		ensure!(!T::OpenWork::has_open_work(node), Error::<T>::OpenWork);
		let unlock_at = frame_system::Pallet::<T>::block_number().saturating_add(T::CooldownPeriod::get());
		ensure!(ledger.unbond(amount, unlock_at), Error::<T>::TooManyUnbonding);

		Self::store_ledger(node, ledger);
		Self::deposit_event(Event::WithdrawalRequested { node: *node, amount, unlock_at });
		Ok(())
	}

	pub(crate) fn do_withdraw_unbonded(who: T::AccountId, node: &NodeId) -> DispatchResult {
		let mut ledger = Self::ledger_of(&who, node)?;
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(!ledger.unlocked(now).is_zero(), Error::<T>::NothingUnlocked);
		let spare = ledger.slashable();
		ensure!(!spare.is_zero(), Error::<T>::HeldForSlashes);

		let amount = ledger.take_unlocked(now, spare);
		T::Currency::release(&HoldReason::ProviderStake.into(), &who, amount, Precision::Exact)?;
		Self::store_ledger(node, ledger);
		Self::deposit_event(Event::StakeWithdrawn { node: *node, owner: who, amount });
		Ok(())
	}

	pub(crate) fn do_cancel_withdrawal(who: T::AccountId, node: &NodeId) -> DispatchResult {
		let mut ledger = Self::ledger_of(&who, node)?;
		ensure!(!ledger.unbonding.is_empty(), Error::<T>::NothingUnbonding);

		let amount = ledger.rebond();
		Self::store_ledger(node, ledger);
		Self::deposit_event(Event::WithdrawalCancelled { node: *node, amount });
		Ok(())
	}

	/// The ledger of a node of `who`.
	fn ledger_of(who: &T::AccountId, node: &NodeId) -> Result<StakeLedgerOf<T>, DispatchError> {
		let ledger = Stakes::<T>::get(node).ok_or(Error::<T>::NotStaked)?;
		ensure!(ledger.owner == *who, Error::<T>::NotOwner);
		Ok(ledger)
	}

	/// The one gate through which ledgers change: an empty one is removed.
	pub(crate) fn store_ledger(node: &NodeId, ledger: StakeLedgerOf<T>) {
		if ledger.is_empty() {
			Stakes::<T>::remove(node);
		} else {
			Stakes::<T>::insert(node, ledger);
		}
	}
}
