//! The door for whoever judges disputes.

use crate::{Config, Error, Event, Pallet, TaskStatus, Tasks};
use frame_support::ensure;
use gpu_chain_primitives::{Award, Disputable, DisputedDeal, Escrow, EscrowKey, Settlement};
use sp_runtime::{
	traits::{CheckedAdd, CheckedSub, Zero},
	ArithmeticError, DispatchError,
};

/// The judge shares out what the work was to be done for; what the buyer had held beyond that goes back with the verdict.
/// A verdict that leaves nothing to provider and platform makes the task `Cancelled`, any other `Verified`.
impl<T: Config> Disputable<T::AccountId, T::AssetKind, T::Balance> for Pallet<T> {
	fn disputed(key: EscrowKey) -> Option<DisputedDeal<T::AccountId, T::AssetKind, T::Balance>> {
		let EscrowKey::Task(task_id) = key else { return None };
		let task = Tasks::<T>::get(task_id).filter(|task| task.status == TaskStatus::Disputed)?;
		DisputedDeal::try_from(&task).ok()
	}

	fn close_disputed(
		key: EscrowKey,
		award: Award<T::Balance>,
		judge: &T::AccountId,
	) -> Result<Settlement<T::Balance>, DispatchError> {
		let EscrowKey::Task(task_id) = key else { return Err(Error::<T>::TaskNotFound.into()) };
		let task = Tasks::<T>::get(task_id).ok_or(Error::<T>::TaskNotFound)?;
		ensure!(task.status == TaskStatus::Disputed, Error::<T>::TaskNotDisputed);
		let DisputedDeal { provider, .. } = DisputedDeal::try_from(&task)?;

		let unpaid = award.provider.is_zero() && award.fee.is_zero();
		let status = if unpaid { TaskStatus::Cancelled } else { TaskStatus::Verified };
		let mut ended = task.clone();
		ended.end(status, Self::now());
		Self::replace(task_id, &task, ended);
		let beyond = task.price.checked_sub(&task.due()).ok_or(DispatchError::Corruption)?;
		let refund = award.refund.checked_add(&beyond).ok_or(ArithmeticError::Overflow)?;
		let settlement = T::Escrow::award(key, &provider, Award { refund, ..award }, judge)?;

		Self::deposit_event(Event::TaskDisputeClosed {
			task_id,
			status,
			payout: settlement.provider,
			fee: settlement.fee,
			refund: settlement.refund,
		});
		// The judge is told of what it judged; what lay beyond was never in dispute.
		let refund = settlement.refund.checked_sub(&beyond).ok_or(DispatchError::Corruption)?;
		Ok(Settlement { refund, ..settlement })
	}
}
