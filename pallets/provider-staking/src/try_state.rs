//! The check of the crate documentation's invariants.

use crate::{
	Appeal, BalanceOf, Commitments, Config, HoldReason, NextSlashId, Pallet, PendingByNode, PendingSlashes,
	QueueCursor, SlashQueue, Stakes,
};
use alloc::collections::BTreeMap;
use frame_support::{ensure, traits::fungible::hold::Inspect};
use gpu_chain_primitives::NodeId;
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchError,
};

impl<T: Config> Pallet<T> {
	/// Checks the numbered invariants of the crate's documentation. Reads everything: for tests and try-runtime.
	///
	/// # Errors
	/// Names the first invariant that does not hold.
	pub fn do_try_state() -> Result<(), DispatchError> {
		let mut held = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		for ledger in Stakes::<T>::iter_values() {
			let sum = held.entry(ledger.owner.clone()).or_default();
			*sum = sum.saturating_add(ledger.total());
		}
		for (owner, sum) in held {
			ensure!(
				T::Currency::balance_on_hold(&HoldReason::ProviderStake.into(), &owner) == sum,
				DispatchError::Other("provider staking 1: an owner's ledgers are not what is on hold")
			);
		}

		let mut insured = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		for commitment in Commitments::<T>::iter_values() {
			ensure!(
				!commitment.bond.is_zero() && !commitment.terms.penalty.is_zero(),
				DispatchError::Other("provider staking 7: a commitment without a bond or a penalty")
			);
			let sum = insured.entry(commitment.owner).or_default();
			*sum = sum.saturating_add(commitment.bond);
		}
		for (owner, sum) in insured {
			ensure!(
				T::Currency::balance_on_hold(&HoldReason::InsuranceBond.into(), &owner) == sum,
				DispatchError::Other("provider staking 7: an owner's insurance bonds are not what is on hold")
			);
		}

		let mut bonds: BTreeMap<T::AccountId, BalanceOf<T>> =
			Stakes::<T>::iter_values().map(|ledger| (ledger.owner, Zero::zero())).collect();
		let mut pending = BTreeMap::<NodeId, BalanceOf<T>>::new();
		let (mut slashes, mut queued, mut listed) = (0u32, 0u32, 0u32);
		for (id, slash) in PendingSlashes::<T>::iter() {
			slashes.saturating_inc();
			let sum = pending.entry(slash.node).or_default();
			*sum = sum.saturating_add(slash.amount);
			ensure!(
				SlashQueue::<T>::contains_key(slash.due, id) && PendingByNode::<T>::contains_key(slash.node, id),
				DispatchError::Other("provider staking 3: a pending slash is not queued or not listed")
			);
			ensure!(
				id < NextSlashId::<T>::get(),
				DispatchError::Other("provider staking 4: a pending slash has an id still to be given")
			);
			let owner = Stakes::<T>::get(slash.node).map(|ledger| ledger.owner);
			if let (Some(owner), Appeal::Open { bond }) = (&owner, slash.appeal) {
				let sum = bonds.entry(owner.clone()).or_default();
				*sum = sum.saturating_add(bond);
			}
			ensure!(
				!slash.amount.is_zero()
					&& slash.harmed.as_ref().is_none_or(|(harmed, _)| Some(harmed) != owner.as_ref()),
				DispatchError::Other("provider staking 5: a slash is zero or compensates its own node's owner")
			);
		}
		for (owner, sum) in bonds {
			ensure!(
				T::Currency::balance_on_hold(&HoldReason::AppealBond.into(), &owner) == sum,
				DispatchError::Other("provider staking 6: an owner's open appeals are not what is on hold")
			);
		}
		for (node, ledger) in Stakes::<T>::iter() {
			ensure!(
				ledger.pending_slash == pending.remove(&node).unwrap_or_default()
					&& ledger.pending_slash <= ledger.total(),
				DispatchError::Other("provider staking 2: a ledger's pending slash is not the sum, or above the stake")
			);
			ensure!(
				!ledger.is_empty() && ledger.unbonding.iter().all(|chunk| !chunk.amount.is_zero()),
				DispatchError::Other("provider staking 5: a ledger or an unbonding chunk is empty")
			);
		}
		ensure!(
			pending.is_empty(),
			DispatchError::Other("provider staking 2: a slash is pending on a node without stake")
		);

		for (due, _) in SlashQueue::<T>::iter_keys() {
			queued.saturating_inc();
			ensure!(
				due >= QueueCursor::<T>::get(),
				DispatchError::Other("provider staking 4: a slash is due before the cursor")
			);
		}
		PendingByNode::<T>::iter_keys().for_each(|_| listed.saturating_inc());
		ensure!(
			queued == slashes && listed == slashes && PendingSlashes::<T>::count() == slashes,
			DispatchError::Other("provider staking 3: the queue, the list and the slashes do not match")
		);
		Ok(())
	}
}
