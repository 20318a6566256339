//! The door for whoever judges disputes.

use crate::{Config, DisputedTask, Error, Event, Pallet, TaskDisputes, TaskStatus, Tasks};
use frame_support::ensure;
use gpu_chain_primitives::{Escrow, EscrowKey, Settlement, TaskId};
use sp_runtime::{traits::Zero, DispatchError};

impl<T: Config> TaskDisputes<T::AccountId, T::AssetKind, T::Balance> for Pallet<T> {
	fn disputed_task(task_id: TaskId) -> Option<DisputedTask<T::AccountId, T::AssetKind, T::Balance>> {
		let task = Tasks::<T>::get(task_id).filter(|task| task.status == TaskStatus::Disputed)?;
		DisputedTask::try_from(&task).ok()
	}

	fn close_disputed(task_id: TaskId, provider_amount: T::Balance) -> Result<Settlement<T::Balance>, DispatchError> {
		let task = Tasks::<T>::get(task_id).ok_or(Error::<T>::TaskNotFound)?;
		ensure!(task.status == TaskStatus::Disputed, Error::<T>::TaskNotDisputed);
		let DisputedTask { provider, .. } = DisputedTask::try_from(&task)?;

		let status = if provider_amount.is_zero() { TaskStatus::Cancelled } else { TaskStatus::Verified };
		let mut ended = task.clone();
		ended.end(status, Self::now());
		Self::replace(task_id, &task, ended);
		let settlement = T::Escrow::split(EscrowKey::Task(task_id), &provider, provider_amount)?;

		Self::deposit_event(Event::TaskDisputeClosed {
			task_id,
			status,
			payout: settlement.provider,
			fee: settlement.fee,
			refund: settlement.refund,
		});
		Ok(settlement)
	}
}
