//! The one gate through which a task changes, and what happens when a deadline passes.

use crate::{
	types::MAX_FAILED_NODES, Config, Counterparties, Deadlines, Error, Event, FirstDeadlineBlock, LiveTasks, NodeWork,
	OpenTasks, Pallet, StuckDeadlines, TaskOf, TaskStatus, Tasks, TasksByNode, WeightInfo, GUARANTEED_DEADLINES,
	GUARANTEED_SCANS, LOG_TARGET,
};
use frame_support::{
	ensure,
	storage::with_storage_layer,
	traits::Get,
	weights::{Weight, WeightMeter},
};
use frame_system::pallet_prelude::BlockNumberFor;
use gpu_chain_primitives::{
	Assignment, Collateral, Escrow, EscrowKey, Misconduct, NodeId, Reputation, TaskId, WorkOutcome,
};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchError, DispatchResult,
};

/// What the chain did after a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeadlineOutcome {
	/// Took the task from a late node.
	Reopened,
	/// The same, and gave up.
	Cancelled,
	/// Approved a result.
	Approved,
}

impl<T: Config> Pallet<T> {
	/// Stores `new` in place of `old`, and brings indexes, counters and the queue in line. Every change of a task from its
	/// creation to its removal goes through here.
	pub(crate) fn replace(task_id: TaskId, old: &TaskOf<T>, new: TaskOf<T>) {
		match (old.status == TaskStatus::Open, new.status == TaskStatus::Open) {
			(true, false) => OpenTasks::<T>::remove(old.resource_type, task_id),
			(false, true) => OpenTasks::<T>::insert(new.resource_type, task_id, ()),
			_ => {}
		}
		if old.node != new.node {
			if let Some(node) = old.node {
				TasksByNode::<T>::remove(node, task_id);
			}
			if let Some(node) = new.node {
				TasksByNode::<T>::insert(node, task_id, ());
			}
		}
		let (before, after) = (old.worker(), new.worker());
		if before != after {
			if let Some(node) = before {
				Self::release_node(&node, &old.buyer);
			}
			if let Some(node) = after {
				NodeWork::<T>::mutate(node, |count| count.saturating_inc());
				Counterparties::<T>::mutate(node, &new.buyer, |count| count.saturating_inc());
			}
		}
		if !old.status.has_ended() && new.status.has_ended() {
			LiveTasks::<T>::mutate_exists(&old.buyer, decrement);
		}
		if old.deadline != new.deadline {
			if let Some(deadline) = old.deadline {
				if Deadlines::<T>::take(deadline, task_id).is_none() {
					StuckDeadlines::<T>::remove(task_id);
				}
			}
			if let Some(deadline) = new.deadline {
				Deadlines::<T>::insert(deadline, task_id, ());
			}
		}
		Tasks::<T>::insert(task_id, new);
	}

	fn release_node(node: &NodeId, buyer: &T::AccountId) {
		NodeWork::<T>::mutate_exists(node, decrement);
		Counterparties::<T>::mutate_exists(node, buyer, decrement);
	}

	/// Works off deadlines before `now`, oldest first: at most `max_deadlines` of them with at most `max_scans` searches,
	/// and within what `meter` allows. What does not fit waits for the next run; blocks without deadlines are passed for
	/// one search each.
	pub(crate) fn work_off_deadlines(
		now: BlockNumberFor<T>,
		meter: &mut WeightMeter,
		max_deadlines: u32,
		max_scans: u32,
	) {
		if meter.try_consume(T::WeightInfo::deadlines_base()).is_err() {
			return;
		}
		let stored = FirstDeadlineBlock::<T>::get();
		// Before the first run there is nothing in the queue that could lie before `now`.
		let mut block = stored.unwrap_or(now);
		let mut deadlines: u32 = 0;
		let mut scans: u32 = 0;
		while block < now && scans < max_scans && meter.try_consume(T::WeightInfo::deadlines_scan()).is_ok() {
			scans.saturating_inc();
			match Self::next_deadline(block) {
				None => block.saturating_inc(),
				Some(task_id) => {
					if deadlines == max_deadlines || !meter.can_consume(Self::heaviest_deadline()) {
						break;
					}
					deadlines.saturating_inc();
					meter.consume(Self::work_off_deadline(block, task_id));
				}
			}
		}
		if stored != Some(block) {
			FirstDeadlineBlock::<T>::put(block);
		}
	}

	/// A task of the queue whose deadline is `block`.
	pub(crate) fn next_deadline(block: BlockNumberFor<T>) -> Option<TaskId> {
		Deadlines::<T>::iter_key_prefix(block).next()
	}

	/// Works off one deadline on a storage layer of its own, takes it out of the queue whatever happens, and says what that
	/// cost.
	pub(crate) fn work_off_deadline(block: BlockNumberFor<T>, task_id: TaskId) -> Weight {
		match with_storage_layer(|| Self::do_process_deadline(task_id)) {
			Ok(DeadlineOutcome::Reopened) => T::WeightInfo::deadline_reopen(),
			Ok(DeadlineOutcome::Cancelled) => T::WeightInfo::deadline_cancel(),
			Ok(DeadlineOutcome::Approved) => T::WeightInfo::deadline_approve(),
			Err(error) => {
				log::error!(target: LOG_TARGET, "the deadline of task {task_id} could not be worked off: {error:?}");
				Deadlines::<T>::remove(block, task_id);
				if Tasks::<T>::contains_key(task_id) {
					StuckDeadlines::<T>::insert(task_id, ());
				}
				Self::deposit_event(Event::DeadlineFailed { task_id, error });
				Self::heaviest_deadline()
			}
		}
	}

	/// Needs a transactional caller.
	pub(crate) fn do_process_deadline(task_id: TaskId) -> Result<DeadlineOutcome, DispatchError> {
		let task = Tasks::<T>::get(task_id).ok_or(Error::<T>::TaskNotFound)?;
		ensure!(task.deadline.is_some_and(|deadline| deadline < Self::now()), Error::<T>::DeadlineNotPassed);
		if task.status == TaskStatus::Completed {
			Self::approve(task_id, task, true)?;
			return Ok(DeadlineOutcome::Approved);
		}
		Self::time_out(task_id, task)
	}

	/// Takes a task from a node that did not start or finish it in time.
	fn time_out(task_id: TaskId, task: TaskOf<T>) -> Result<DeadlineOutcome, DispatchError> {
		let node = task.node.ok_or(DispatchError::Corruption)?;

		let mut left = task.clone();
		left.failed_nodes.try_push(node).map_err(|_| DispatchError::Corruption)?;
		left.node = None;
		left.provider = None;
		left.started_at = None;
		left.agreed_price = None;
		if left.assignment == Assignment::Auction {
			// The auction is over. Until the buyer holds another, whoever meets its request may come.
			left.assignment = Assignment::Both;
		}
		let reopened = left.failed_nodes.len() < Self::max_failures();
		if reopened {
			left.status = TaskStatus::Open;
			left.deadline = None;
		} else {
			left.end(TaskStatus::Cancelled, Self::now());
		}
		Self::replace(task_id, &task, left);
		if let Err(error) = Self::slash_late_node(&node, &task) {
			// That somebody cannot be slashed must not keep the buyer waiting.
			log::warn!(target: LOG_TARGET, "node {node:?} could not be slashed for task {task_id}: {error:?}");
			Self::deposit_event(Event::SlashFailed { task_id, node, error });
		}
		T::Reputation::record(&node, WorkOutcome::TaskFailed);
		Self::deposit_event(Event::TaskTimedOut { task_id, node, reopened });
		if reopened {
			return Ok(DeadlineOutcome::Reopened);
		}
		let settlement = T::Escrow::refund(EscrowKey::Task(task_id))?;
		Self::deposit_event(Event::TaskCancelled { task_id, refund: settlement.refund });
		Ok(DeadlineOutcome::Cancelled)
	}

	fn slash_late_node(node: &NodeId, task: &TaskOf<T>) -> DispatchResult {
		let share = T::TimeoutSlash::get();
		if share.is_zero() {
			return Ok(());
		}
		// Stakes are native money: only against a native price can they be weighed.
		let harmed = (task.asset == T::NativeAsset::get()).then(|| (task.buyer.clone(), task.due()));
		T::Collateral::slash(node, share, Misconduct::TaskTimeout, harmed)
	}

	/// Failures after which a task is given up.
	pub(crate) fn max_failures() -> usize {
		T::MaxFailures::get().clamp(1, MAX_FAILED_NODES) as usize
	}

	/// The most that one deadline can cost.
	pub(crate) fn heaviest_deadline() -> Weight {
		T::WeightInfo::deadline_reopen().max(T::WeightInfo::deadline_cancel()).max(T::WeightInfo::deadline_approve())
	}

	/// The most that `on_initialize` can cost.
	pub(crate) fn guaranteed_weight() -> Weight {
		T::WeightInfo::deadlines_base()
			.saturating_add(T::WeightInfo::deadlines_scan().saturating_mul(GUARANTEED_SCANS.into()))
			.saturating_add(Self::heaviest_deadline().saturating_mul(GUARANTEED_DEADLINES.into()))
	}
}

/// One less; nothing is stored for zero.
fn decrement(count: &mut Option<u32>) {
	*count = count.and_then(|count| count.checked_sub(1)).filter(|count| !count.is_zero());
}
