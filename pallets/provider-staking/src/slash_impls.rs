//! A slash's life: queued, appealed, cancelled, carried out.

use crate::{
	Appeal, BalanceOf, Config, Error, Event, HoldReason, NextSlashId, Pallet, PendingByNode, PendingSlash,
	PendingSlashOf, PendingSlashes, QueueCursor, SlashId, SlashQueue, Stakes,
};
use frame_support::{
	ensure,
	storage::with_storage_layer,
	traits::{
		fungible::hold::Mutate,
		tokens::{Fortitude, Precision, Restriction},
		Get,
	},
};
use frame_system::pallet_prelude::BlockNumberFor;
use gpu_chain_primitives::{Misconduct, NodeId, OnSlashed, ProviderControl, ProviderInspect, Reason};
use sp_runtime::{
	traits::{One, Saturating, Zero},
	ArithmeticError, DispatchError, DispatchResult, Permill,
};

impl<T: Config> Pallet<T> {
	/// Queues a slash; see [`Collateral::slash`](gpu_chain_primitives::Collateral::slash). Its caller makes it transactional.
	pub(crate) fn do_slash(
		node: &NodeId,
		share: Permill,
		misconduct: Misconduct,
		harmed: Option<(T::AccountId, BalanceOf<T>)>,
	) -> DispatchResult {
		// A node that nobody knows is no error, so it is not even tried.
		let known = Stakes::<T>::contains_key(node) || T::Providers::node(node).is_some();
		if misconduct == Misconduct::Misuse && known {
			T::ProviderControl::ban(node)?;
		}
		let Some(mut ledger) = Stakes::<T>::get(node) else { return Ok(()) };
		let amount = share.mul_floor(ledger.slashable());
		if amount.is_zero() {
			return Ok(());
		}
		let slash = NextSlashId::<T>::get();
		NextSlashId::<T>::put(slash.checked_add(1).ok_or(ArithmeticError::Overflow)?);

		// Somebody who harms itself is not paid from its own collateral.
		let harmed = harmed.filter(|(who, cap)| *who != ledger.owner && !cap.is_zero());
		ledger.pending_slash = ledger.pending_slash.saturating_add(amount);
		Self::store_ledger(node, ledger);
		let due = Self::next_due();
		let empty = PendingSlashes::<T>::count() == 0;
		QueueCursor::<T>::mutate(|cursor| *cursor = if empty { due } else { due.min(*cursor) });
		PendingSlashes::<T>::insert(
			slash,
			PendingSlash { node: *node, amount, misconduct, harmed, due, appeal: Appeal::None },
		);
		PendingByNode::<T>::insert(node, slash, ());
		SlashQueue::<T>::insert(due, slash, ());
		Self::deposit_event(Event::SlashQueued { slash, node: *node, amount, misconduct, due });
		T::OnSlashed::on_slash_queued(slash, node);
		Ok(())
	}

	pub(crate) fn do_appeal_slash(who: T::AccountId, slash: SlashId, reason: Reason) -> DispatchResult {
		let mut pending = PendingSlashes::<T>::get(slash).ok_or(Error::<T>::UnknownSlash)?;
		let ledger = Stakes::<T>::get(pending.node).ok_or(Error::<T>::NotStaked)?;
		ensure!(ledger.owner == who, Error::<T>::NotOwner);
		ensure!(pending.appeal == Appeal::None, Error::<T>::AlreadyAppealed);
		ensure!(frame_system::Pallet::<T>::block_number() < pending.due, Error::<T>::AppealTooLate);

		let bond = T::AppealBondShare::get().mul_ceil(pending.amount);
		T::Currency::hold(&HoldReason::AppealBond.into(), &who, bond)?;

		let node = pending.node;
		let due = pending.due.saturating_add(T::AppealPeriod::get());
		pending.appeal = Appeal::Open { bond };
		Self::reschedule(slash, pending, due);
		Self::deposit_event(Event::SlashAppealed { slash, node, reason, bond, due });
		Ok(())
	}

	pub(crate) fn do_reject_appeal(slash: SlashId) -> DispatchResult {
		let mut pending = PendingSlashes::<T>::get(slash).ok_or(Error::<T>::UnknownSlash)?;
		let Appeal::Open { bond } = pending.appeal else { return Err(Error::<T>::NotAppealed.into()) };
		let ledger = Stakes::<T>::get(pending.node).ok_or(Error::<T>::NotStaked)?;
		Self::pay_from_hold(HoldReason::AppealBond, &ledger.owner, &T::Treasury::get(), bond)?;

		let node = pending.node;
		// There is nothing left to wait for. The block's own work has passed this block by.
		let due = frame_system::Pallet::<T>::block_number().saturating_add(One::one());
		pending.appeal = Appeal::Rejected;
		Self::reschedule(slash, pending, due);
		QueueCursor::<T>::mutate(|cursor| *cursor = due.min(*cursor));
		Self::deposit_event(Event::AppealRejected { slash, node, bond, due });
		Ok(())
	}

	pub(crate) fn do_cancel_slash(slash: SlashId) -> DispatchResult {
		let pending = PendingSlashes::<T>::get(slash).ok_or(Error::<T>::UnknownSlash)?;
		let mut ledger = Stakes::<T>::get(pending.node).ok_or(Error::<T>::NotStaked)?;
		Self::return_bond(slash, &ledger.owner, &pending)?;

		ledger.pending_slash = ledger.pending_slash.saturating_sub(pending.amount);
		Self::forget_slash(slash, &pending);
		Self::store_ledger(&pending.node, ledger);
		Self::deposit_event(Event::SlashCancelled { slash, node: pending.node, amount: pending.amount });
		T::OnSlashed::on_slash_cancelled(slash, &pending.node);
		Ok(())
	}

	pub(crate) fn do_execute_slash(slash: SlashId) -> DispatchResult {
		let pending = PendingSlashes::<T>::get(slash).ok_or(Error::<T>::UnknownSlash)?;
		ensure!(pending.due <= frame_system::Pallet::<T>::block_number(), Error::<T>::NotDue);
		let mut ledger = Stakes::<T>::get(pending.node).ok_or(Error::<T>::NotStaked)?;

		let amount = ledger.take_slash(pending.amount);
		ledger.pending_slash = ledger.pending_slash.saturating_sub(pending.amount);
		let owner = ledger.owner.clone();
		// Nobody found the appeal to be without reason.
		Self::return_bond(slash, &owner, &pending)?;
		Self::forget_slash(slash, &pending);
		Self::store_ledger(&pending.node, ledger);
		let compensated = match &pending.harmed {
			// Whoever cannot receive it leaves it to the treasury.
			Some((harmed, cap)) => {
				Self::pay_from_hold(HoldReason::ProviderStake, &owner, harmed, amount.min(*cap)).unwrap_or_default()
			}
			None => Zero::zero(),
		};
		let rest = amount.saturating_sub(compensated);
		Self::pay_from_hold(HoldReason::ProviderStake, &owner, &T::Treasury::get(), rest)?;
		Self::deposit_event(Event::StakeSlashed { slash, node: pending.node, owner, amount, compensated });
		let uncompensated = pending.harmed.as_ref().map(|(harmed, cap)| (harmed, cap.saturating_sub(compensated)));
		T::OnSlashed::on_slashed(slash, &pending.node, amount, uncompensated);
		Ok(())
	}

	/// Puts a due slash that cannot be paid out back into the queue.
	pub(crate) fn postpone_slash(slash: SlashId, error: DispatchError) {
		let Some(pending) = PendingSlashes::<T>::get(slash) else { return };
		let (node, due) = (pending.node, Self::next_due());
		Self::reschedule(slash, pending, due);
		Self::deposit_event(Event::SlashPostponed { slash, node, due, error });
	}

	/// When a slash that is queued now is due: never in this block, whose beginning has passed the queue by.
	fn next_due() -> BlockNumberFor<T> {
		frame_system::Pallet::<T>::block_number().saturating_add(T::SlashDelay::get().max(One::one()))
	}

	/// Moves a pending slash to another block. Where that is a later one the queue's cursor needs no look: it is not behind
	/// the earlier one.
	fn reschedule(slash: SlashId, mut pending: PendingSlashOf<T>, due: BlockNumberFor<T>) {
		SlashQueue::<T>::remove(pending.due, slash);
		SlashQueue::<T>::insert(due, slash, ());
		pending.due = due;
		PendingSlashes::<T>::insert(slash, pending);
	}

	fn forget_slash(slash: SlashId, pending: &PendingSlashOf<T>) {
		SlashQueue::<T>::remove(pending.due, slash);
		PendingByNode::<T>::remove(pending.node, slash);
		PendingSlashes::<T>::remove(slash);
	}

	/// Frees the bond of an appeal that was not rejected.
	fn return_bond(slash: SlashId, owner: &T::AccountId, pending: &PendingSlashOf<T>) -> DispatchResult {
		let Appeal::Open { bond } = pending.appeal else { return Ok(()) };
		T::Currency::release(&HoldReason::AppealBond.into(), owner, bond, Precision::Exact)?;
		Self::deposit_event(Event::AppealBondReturned { slash, owner: owner.clone(), bond });
		Ok(())
	}

	/// Moves `amount` of what is held for `reason` into `dest`'s free balance and returns it. An error moves nothing.
	pub(crate) fn pay_from_hold(
		reason: HoldReason,
		owner: &T::AccountId,
		dest: &T::AccountId,
		amount: BalanceOf<T>,
	) -> Result<BalanceOf<T>, DispatchError> {
		if amount.is_zero() {
			return Ok(amount);
		}
		with_storage_layer(|| {
			T::Currency::transfer_on_hold(
				&reason.into(),
				owner,
				dest,
				amount,
				Precision::Exact,
				Restriction::Free,
				Fortitude::Force,
			)
		})
	}
}
