//! The door for whoever finds nodes for tasks by auction.

use crate::{Config, Error, Pallet, TaskStatus, Tasks};
use frame_support::ensure;
use gpu_chain_primitives::{Assignable, AssignableTask, Assignment, NodeId, ProviderInspect, TaskId};
use sp_runtime::{traits::Zero, DispatchResult};

impl<T: Config> Assignable<T::AccountId, T::AssetKind, T::Balance> for Pallet<T> {
	fn assignable(task_id: TaskId) -> Option<AssignableTask<T::AccountId, T::AssetKind, T::Balance>> {
		Tasks::<T>::get(task_id).map(|task| AssignableTask {
			buyer: task.buyer,
			resource_type: task.resource_type,
			required_power: task.required_power,
			min_trust_level: task.min_trust_level,
			asset: task.asset,
			budget: task.price,
			phase: task.status.phase(),
		})
	}

	fn set_assignment(task_id: TaskId, assignment: Assignment) -> DispatchResult {
		let mut task = Tasks::<T>::get(task_id).ok_or(Error::<T>::TaskNotFound)?;
		ensure!(task.status == TaskStatus::Open, Error::<T>::TaskNotOpen);

		// No index, counter or queue depends on it.
		task.assignment = assignment;
		Tasks::<T>::insert(task_id, task);
		Ok(())
	}

	fn assign(task_id: TaskId, node_id: &NodeId, price: T::Balance) -> DispatchResult {
		let task = Tasks::<T>::get(task_id).ok_or(Error::<T>::TaskNotFound)?;
		ensure!(task.status == TaskStatus::Open, Error::<T>::TaskNotOpen);
		ensure!(matches!(task.assignment, Assignment::Auction | Assignment::Both), Error::<T>::NotForAuction);
		ensure!(!price.is_zero() && price <= task.price, Error::<T>::AgreedPriceOutOfRange);
		let node = T::Providers::node(node_id).ok_or(Error::<T>::NodeNotFound)?;
		Self::assign_to(task_id, task, *node_id, node, Some(price))
	}
}
