//! The operations of the markets, and the paying out that they share.

use crate::{
	types::{part, total},
	Config, Error, EscrowRecord, EscrowRecordOf, EscrowState, Escrows, Event, HoldReason, Pallet, Payee,
};
use frame_support::{
	ensure,
	storage::{with_storage_layer, with_transaction},
	traits::{
		fungibles::{
			hold::{Inspect as InspectHold, Mutate, Unbalanced as UnbalancedHold},
			Inspect,
		},
		tokens::{Fortitude, Precision, Preservation, Restriction},
		Get,
	},
};
use gpu_chain_primitives::{Award, Escrow, EscrowInspect, EscrowKey, OnFeePaid, Settlement};
use sp_runtime::{
	traits::{CheckedAdd, Zero},
	ArithmeticError, DispatchError, DispatchResult, Permill, TokenError, TransactionOutcome,
};

impl<T: Config> Escrow<T::AccountId, T::AssetKind, T::Balance> for Pallet<T> {
	fn deposit(key: EscrowKey, buyer: &T::AccountId, asset: T::AssetKind, amount: T::Balance) -> DispatchResult {
		ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
		ensure!(!Escrows::<T>::contains_key(key), Error::<T>::KeyInUse);

		Self::hold(&asset, buyer, amount)?;
		Escrows::<T>::insert(
			key,
			EscrowRecord {
				buyer: buyer.clone(),
				asset: asset.clone(),
				amount,
				fee: T::PlatformFee::get(),
				deposited_at: frame_system::Pallet::<T>::block_number(),
				state: EscrowState::Held,
			},
		);
		Self::deposit_event(Event::EscrowDeposited { key, buyer: buyer.clone(), asset, amount });
		Ok(())
	}

	fn top_up(key: EscrowKey, amount: T::Balance) -> DispatchResult {
		ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
		let mut record = Self::held_record(key)?;
		let total = record.amount.checked_add(&amount).ok_or(ArithmeticError::Overflow)?;

		Self::hold(&record.asset, &record.buyer, amount)?;
		record.amount = total;
		Escrows::<T>::insert(key, record);
		Self::deposit_event(Event::EscrowToppedUp { key, amount, total });
		Ok(())
	}

	fn release(key: EscrowKey, provider: &T::AccountId) -> Result<Settlement<T::Balance>, DispatchError> {
		let record = Self::held_record(key)?;
		let (asset, amount) = (record.asset.clone(), record.amount);
		let settlement = record.share(amount);
		Self::settle(key, record, Some(provider.clone()), None, settlement);
		Self::deposit_event(Event::EscrowReleased {
			key,
			provider: provider.clone(),
			asset,
			provider_payout: settlement.provider,
			platform_fee: settlement.fee,
		});
		Ok(settlement)
	}

	fn refund(key: EscrowKey) -> Result<Settlement<T::Balance>, DispatchError> {
		let record = Self::held_record(key)?;
		let (buyer, asset) = (record.buyer.clone(), record.asset.clone());
		let settlement = record.share(Zero::zero());
		Self::settle(key, record, None, None, settlement);
		Self::deposit_event(Event::EscrowRefunded { key, buyer, asset, amount: settlement.refund });
		Ok(settlement)
	}

	fn split(
		key: EscrowKey,
		provider: &T::AccountId,
		provider_amount: T::Balance,
	) -> Result<Settlement<T::Balance>, DispatchError> {
		let record = Self::held_record(key)?;
		ensure!(provider_amount <= record.amount, Error::<T>::AmountAboveEscrow);
		let asset = record.asset.clone();
		let settlement = record.share(provider_amount);
		Self::settle(key, record, Some(provider.clone()), None, settlement);
		Self::deposit_event(Event::EscrowSplit {
			key,
			provider: provider.clone(),
			asset,
			provider_payout: settlement.provider,
			platform_fee: settlement.fee,
			refund: settlement.refund,
		});
		Ok(settlement)
	}

	fn award(
		key: EscrowKey,
		provider: &T::AccountId,
		award: Award<T::Balance>,
		judge: &T::AccountId,
	) -> Result<Settlement<T::Balance>, DispatchError> {
		let record = Self::held_record(key)?;
		let Award { provider: provider_payout, fee, refund, arbitration } = award;
		let parts = [provider_payout, fee, refund, arbitration];
		let sum = parts.iter().try_fold(T::Balance::zero(), |sum, part| sum.checked_add(part));
		ensure!(sum == Some(record.amount), Error::<T>::PartsNotAmount);
		let asset = record.asset.clone();
		let settlement = Settlement { provider: provider_payout, fee, refund, arbitration };
		Self::settle(key, record, Some(provider.clone()), Some(judge.clone()), settlement);
		Self::deposit_event(Event::EscrowAwarded {
			key,
			provider: provider.clone(),
			judge: judge.clone(),
			asset,
			provider_payout,
			platform_fee: fee,
			refund,
			arbitration,
		});
		Ok(settlement)
	}

	fn remove(key: EscrowKey) -> DispatchResult {
		let record = Escrows::<T>::get(key).ok_or(Error::<T>::NotFound)?;
		match &record.state {
			EscrowState::Held => return Err(Error::<T>::StillHeld.into()),
			EscrowState::Settled { owed, .. } => ensure!(total(owed).is_zero(), Error::<T>::StillOwed),
		}
		Escrows::<T>::remove(key);
		Self::deposit_event(Event::EscrowRemoved { key });
		Ok(())
	}
}

impl<T: Config> EscrowInspect<T::Balance> for Pallet<T> {
	fn platform_fee(key: EscrowKey) -> Option<Permill> {
		Escrows::<T>::get(key).map(|record| record.fee)
	}

	fn owed_to_judge(key: EscrowKey) -> T::Balance {
		match Escrows::<T>::get(key).map(|record| record.state) {
			Some(EscrowState::Settled { owed, .. }) => owed.arbitration,
			// Nothing is judged yet, or the record is removed, which takes that nobody is owed.
			_ => Zero::zero(),
		}
	}
}

impl<T: Config> Pallet<T> {
	fn held_record(key: EscrowKey) -> Result<EscrowRecordOf<T>, DispatchError> {
		let record = Escrows::<T>::get(key).ok_or(Error::<T>::NotFound)?;
		ensure!(record.state == EscrowState::Held, Error::<T>::AlreadySettled);
		Ok(record)
	}

	/// What `buyer` could give away today. A hold by itself would take frozen money too, and paying it out would set it
	/// free: whoever has vesting or voting money could hire themselves and be rid of the freeze. Money that is in escrow
	/// already covers no freeze either, since it is going to leave: its hold is lifted while the currency is asked.
	fn spendable(asset: &T::AssetKind, buyer: &T::AccountId) -> Result<T::Balance, DispatchError> {
		let reason = HoldReason::Escrow.into();
		let reducible =
			|| T::Currency::reducible_balance(asset.clone(), buyer, Preservation::Protect, Fortitude::Polite);
		if T::Currency::balance_on_hold(asset.clone(), &reason, buyer).is_zero() {
			return Ok(reducible());
		}
		with_transaction(|| {
			let lifted = T::Currency::set_balance_on_hold(asset.clone(), &reason, buyer, Zero::zero());
			TransactionOutcome::Rollback(lifted.map(|()| reducible()))
		})
	}

	/// Holds a buyer's money that nothing covers.
	fn hold(asset: &T::AssetKind, buyer: &T::AccountId, amount: T::Balance) -> DispatchResult {
		let reason = HoldReason::Escrow.into();
		T::Currency::ensure_can_hold(asset.clone(), &reason, buyer, amount)?;
		ensure!(amount <= Self::spendable(asset, buyer)?, TokenError::Frozen);
		T::Currency::hold(asset.clone(), &reason, buyer, amount)
	}

	/// Shares a held escrow out, pays who can be paid, and remembers who is owed.
	fn settle(
		key: EscrowKey,
		mut record: EscrowRecordOf<T>,
		provider: Option<T::AccountId>,
		judge: Option<T::AccountId>,
		settlement: Settlement<T::Balance>,
	) {
		let mut owed = settlement;
		for payee in Payee::ALL {
			let due = part(&mut owed, payee);
			if due.is_zero() {
				continue;
			}
			if Self::pay(key, &record, payee, provider.as_ref(), judge.as_ref(), *due).is_ok() {
				*due = Zero::zero();
			} else {
				Self::deposit_event(Event::PaymentOwed { key, payee, asset: record.asset.clone(), amount: *due });
			}
		}
		record.state = EscrowState::Settled { provider, judge, settlement, owed };
		Escrows::<T>::insert(key, record);
	}

	pub(crate) fn do_claim_owed(key: EscrowKey) -> DispatchResult {
		let mut record = Escrows::<T>::get(key).ok_or(Error::<T>::NotFound)?;
		let EscrowState::Settled { provider, judge, settlement, mut owed } = record.state.clone() else {
			return Err(Error::<T>::NothingOwed.into());
		};
		ensure!(!total(&owed).is_zero(), Error::<T>::NothingOwed);

		let mut paid = false;
		for payee in Payee::ALL {
			let due = part(&mut owed, payee);
			let amount = *due;
			if amount.is_zero() || Self::pay(key, &record, payee, provider.as_ref(), judge.as_ref(), amount).is_err() {
				continue;
			}
			*due = Zero::zero();
			paid = true;
			Self::deposit_event(Event::PaymentClaimed { key, payee, asset: record.asset.clone(), amount });
		}
		ensure!(paid, Error::<T>::PayeeCannotReceive);
		record.state = EscrowState::Settled { provider, judge, settlement, owed };
		Escrows::<T>::insert(key, record);
		Ok(())
	}

	/// Pays one part out of the hold, or changes nothing. Whoever has a part of the platform's share is told of it.
	fn pay(
		key: EscrowKey,
		record: &EscrowRecordOf<T>,
		payee: Payee,
		provider: Option<&T::AccountId>,
		judge: Option<&T::AccountId>,
		amount: T::Balance,
	) -> DispatchResult {
		let reason = HoldReason::Escrow.into();
		let treasury = T::Treasury::get();
		let to = match payee {
			Payee::Provider => provider.ok_or(Error::<T>::PayeeCannotReceive)?,
			Payee::Platform => &treasury,
			Payee::Buyer => &record.buyer,
			Payee::Judge => judge.ok_or(Error::<T>::PayeeCannotReceive)?,
		};
		// Without a layer of its own, a transfer that fails midway would leave its first half behind.
		with_storage_layer(|| {
			let asset = record.asset.clone();
			let moved = if *to == record.buyer {
				T::Currency::release(asset, &reason, to, amount, Precision::Exact)?
			} else {
				T::Currency::transfer_on_hold(
					asset,
					&reason,
					&record.buyer,
					to,
					amount,
					Precision::Exact,
					Restriction::Free,
					// It was free to be spent when it was deposited: a later freeze of the buyer's balance must not keep it
					// from the provider.
					Fortitude::Force,
				)?
			};
			ensure!(moved == amount, Error::<T>::PayeeCannotReceive);
			Ok::<_, DispatchError>(())
		})?;
		if payee == Payee::Platform {
			T::OnFeePaid::on_fee_paid(key, &record.buyer, &record.asset, amount);
		}
		Ok(())
	}
}
