//! What clients read. The runtime offers these as runtime APIs.

use crate::{types::price_for, Config, OpenTasks, Pallet, TaskOf, Tasks, TasksByBuyer, TasksByNode};
use frame_support::traits::Get;
use gpu_chain_primitives::{AskIndex, HashRate, NodeId, Page, ResourceType, TaskId};
use sp_runtime::traits::Bounded;

impl<T: Config> Pallet<T> {
	/// The task, unless it was never created or is removed.
	pub fn task(task_id: TaskId) -> Option<TaskOf<T>> {
		Tasks::<T>::get(task_id)
	}

	/// A page of the open tasks that need a node of `resource_type`, in the order of storage. `cursor` is the `next` of the
	/// page before; the task that it names may have gone since.
	pub fn open_tasks(resource_type: ResourceType, cursor: Option<TaskId>, limit: u32) -> Page<TaskId, TaskId> {
		let rest = match cursor {
			None => OpenTasks::<T>::iter_key_prefix(resource_type),
			Some(id) => {
				OpenTasks::<T>::iter_key_prefix_from(resource_type, OpenTasks::<T>::hashed_key_for(resource_type, id))
			}
		};
		Page::collect(rest, limit, |id| *id)
	}

	/// A page of the tasks of `buyer`, ended ones included, in the order of storage.
	pub fn tasks_by_buyer(buyer: &T::AccountId, cursor: Option<TaskId>, limit: u32) -> Page<TaskId, TaskId> {
		let rest = match cursor {
			None => TasksByBuyer::<T>::iter_key_prefix(buyer),
			Some(id) => TasksByBuyer::<T>::iter_key_prefix_from(buyer, TasksByBuyer::<T>::hashed_key_for(buyer, id)),
		};
		Page::collect(rest, limit, |id| *id)
	}

	/// A page of the tasks that `node` has or did, in the order of storage. Those that it failed are not among them.
	pub fn tasks_by_node(node: &NodeId, cursor: Option<TaskId>, limit: u32) -> Page<TaskId, TaskId> {
		let rest = match cursor {
			None => TasksByNode::<T>::iter_key_prefix(node),
			Some(id) => TasksByNode::<T>::iter_key_prefix_from(node, TasksByNode::<T>::hashed_key_for(node, id)),
		};
		Page::collect(rest, limit, |id| *id)
	}

	/// What `duration_secs` of a node of `resource_type` with `power` hashes per second would cost, in plancks: what nodes
	/// ask on average or, where that is not known, the fallback rate. Stops at the largest amount.
	pub fn estimate_cost(resource_type: ResourceType, power: HashRate, duration_secs: u32) -> T::Balance {
		let per_hour = T::AskIndex::average_ask_per_hour(resource_type, power).unwrap_or_else(T::FallbackRate::get);
		price_for(per_hour, duration_secs).unwrap_or_else(T::Balance::max_value)
	}
}
