//! The invariants of the crate's documentation, checked over all of the storage.

use crate::{
	Config, Counterparties, Deadlines, FirstDeadlineBlock, LiveTasks, NextTaskId, NodeWork, OpenTasks, Pallet,
	StuckDeadlines, TaskOf, TaskStatus, Tasks, TasksByBuyer, TasksByNode, Tickets,
};
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::ensure;
use sp_runtime::{traits::Zero, DispatchError};

impl<T: Config> Pallet<T> {
	/// Checks every numbered invariant. Reads all of the storage: for tests and try-runtime.
	///
	/// # Errors
	/// [`DispatchError::Other`] with the number and the words of the one that is broken.
	pub fn do_try_state() -> Result<(), DispatchError> {
		let tasks: BTreeMap<_, TaskOf<T>> = Tasks::<T>::iter().collect();

		let next = NextTaskId::<T>::get();
		ensure!(tasks.keys().all(|id| *id < next), "1: a task's number was not given yet");
		ensure!(tasks.values().all(|task| !task.price.is_zero()), "1: a task has no price");
		ensure!(Tickets::<T>::iter_keys().collect::<BTreeSet<_>>() == tasks.keys().copied().collect(), "1: tickets");

		let open: BTreeSet<_> = tasks
			.iter()
			.filter(|(_, task)| task.status == TaskStatus::Open)
			.map(|(id, task)| (task.resource_type, *id))
			.collect();
		ensure!(OpenTasks::<T>::iter_keys().collect::<BTreeSet<_>>() == open, "2: open tasks");

		let by_buyer: BTreeSet<_> = tasks.iter().map(|(id, task)| (task.buyer.clone(), *id)).collect();
		ensure!(TasksByBuyer::<T>::iter_keys().collect::<BTreeSet<_>>() == by_buyer, "3: tasks by buyer");

		let by_node: BTreeSet<_> = tasks.iter().filter_map(|(id, task)| Some((task.node?, *id))).collect();
		ensure!(TasksByNode::<T>::iter_keys().collect::<BTreeSet<_>>() == by_node, "4: tasks by node");

		let mut live = BTreeMap::new();
		let mut work = BTreeMap::new();
		let mut counterparties = BTreeMap::new();
		for task in tasks.values() {
			if !task.status.has_ended() {
				*live.entry(task.buyer.clone()).or_insert(0u32) += 1;
			}
			if let Some(node) = task.worker() {
				*work.entry(node).or_insert(0u32) += 1;
				*counterparties.entry((node, task.buyer.clone())).or_insert(0u32) += 1;
			}
		}
		ensure!(LiveTasks::<T>::iter().collect::<BTreeMap<_, _>>() == live, "5: live tasks");
		ensure!(NodeWork::<T>::iter().collect::<BTreeMap<_, _>>() == work, "6: work of nodes");
		ensure!(
			Counterparties::<T>::iter().map(|(node, buyer, count)| ((node, buyer), count)).collect::<BTreeMap<_, _>>()
				== counterparties,
			"6: counterparties"
		);

		tasks.values().try_for_each(Self::try_task)?;
		Self::try_deadlines(&tasks)
	}

	/// Invariant 7.
	fn try_task(task: &TaskOf<T>) -> Result<(), DispatchError> {
		let status = task.status;
		// A task is cancelled either by a verdict, and then has all that a disputed one has, or before there was a result,
		// and then has none of it.
		let reviewed = matches!(status, TaskStatus::Completed | TaskStatus::Disputed | TaskStatus::Verified)
			|| (status == TaskStatus::Cancelled && task.node.is_some());
		let started = reviewed || status == TaskStatus::InProgress;
		let taken = started || status == TaskStatus::Assigned;
		ensure!(task.node.is_some() == taken, "7: a node where there is none, or none where there is one");
		ensure!(task.provider.is_some() == taken, "7: a provider without a node, or a node without one");
		ensure!(task.started_at.is_some() == started, "7: started too early or never");
		ensure!(task.result.is_some() == reviewed, "7: a result too early or never");
		ensure!(task.deadline.is_some() == status.has_deadline(), "7: a deadline too many or too few");
		ensure!(task.ended_at.is_some() == status.has_ended(), "7: ended too early or never");
		ensure!(task.agreed_price.is_none() || taken, "7: a price agreed upon with nobody");
		ensure!(
			task.agreed_price.is_none_or(|agreed| !agreed.is_zero() && agreed <= task.price),
			"7: a price agreed upon that is zero or above what is held"
		);
		let failed: BTreeSet<_> = task.failed_nodes.iter().collect();
		ensure!(failed.len() == task.failed_nodes.len(), "7: a node failed the same task twice");
		ensure!(!task.node.is_some_and(|node| failed.contains(&node)), "7: a node that failed has the task again");
		Ok(())
	}

	/// Invariants 8 and 9.
	fn try_deadlines(tasks: &BTreeMap<u64, TaskOf<T>>) -> Result<(), DispatchError> {
		let now = Self::now();
		let queued: BTreeSet<_> = Deadlines::<T>::iter_keys().collect();
		let stuck: BTreeSet<_> = StuckDeadlines::<T>::iter_keys().collect();
		for (block, id) in &queued {
			ensure!(
				tasks.get(id).is_some_and(|task| task.deadline == Some(*block)),
				"8: the queue has a deadline that its task has not"
			);
			ensure!(!stuck.contains(id), "8: a deadline is both queued and stuck");
		}
		for id in &stuck {
			ensure!(
				tasks.get(id).is_some_and(|task| task.deadline.is_some_and(|deadline| deadline < now)),
				"8: a deadline is stuck that has not passed"
			);
		}
		for (id, task) in tasks {
			if let Some(deadline) = task.deadline {
				ensure!(queued.contains(&(deadline, *id)) || stuck.contains(id), "8: a task's deadline is not queued");
			}
		}
		if let Some(first) = FirstDeadlineBlock::<T>::get() {
			ensure!(first <= now, "9: the queue's first block is in the future");
			ensure!(
				queued.iter().all(|(block, _)| *block >= first),
				"9: a deadline lies before the queue's first block"
			);
		}
		Ok(())
	}
}
