//! The calls: every condition, then the writes, then one event.

use crate::{
	types::{blocks_for, is_uri, price_for, FailedNodes, MAX_TRUST_LEVEL},
	Config, Error, Event, LiveTasks, NextTaskId, NodeWork, OpenTasks, Pallet, Task, TaskOf, TaskResult, TaskStatus,
	Tasks, TasksByBuyer, TasksByNode, Tickets,
};
use frame_support::{
	ensure,
	traits::{Consideration, Get},
};
use frame_system::pallet_prelude::BlockNumberFor;
use gpu_chain_primitives::{
	Assignment, DisputedDeal, Escrow, EscrowKey, NodeId, NodeStatus, NodeSummary, OnDisputed, PowerInspect,
	ProviderInspect, Reason, Reputation, RequiredPower, ResourceType, TaskId, TaskRequests, TaskValueLimit,
	TaskValueRefused, Tier, TrustInspect, TrustLevel, Uri, WorkOutcome,
};
use sp_core::H256;
use sp_runtime::{
	traits::{One, SaturatedConversion, Saturating, Zero},
	ArithmeticError, DispatchError, DispatchResult,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_create_task(
		buyer: T::AccountId,
		resource_type: ResourceType,
		required_power: RequiredPower,
		duration_secs: u32,
		asset: T::AssetKind,
		max_price_per_hour: T::Balance,
		min_trust_level: TrustLevel,
		specification_uri: Uri,
		specification_hash: H256,
		assignment: Assignment,
	) -> DispatchResult {
		ensure!(min_trust_level <= MAX_TRUST_LEVEL, Error::<T>::TrustLevelTooHigh);
		Self::ensure_uri(&specification_uri)?;
		ensure!(
			(T::MinDuration::get()..=T::MaxDuration::get()).contains(&duration_secs),
			Error::<T>::DurationOutOfBounds
		);
		let price = price_for(max_price_per_hour, duration_secs).ok_or(Error::<T>::PriceOverflow)?;
		ensure!(!price.is_zero(), Error::<T>::ZeroPrice);
		let live = LiveTasks::<T>::get(&buyer);
		ensure!(live < T::MaxOpenTasksPerBuyer::get(), Error::<T>::TooManyTasks);
		let task_id = NextTaskId::<T>::get();
		let next_task_id = task_id.checked_add(1).ok_or(ArithmeticError::Overflow)?;

		let task = Task {
			buyer: buyer.clone(),
			resource_type,
			required_power,
			duration_secs,
			asset: asset.clone(),
			price,
			min_trust_level,
			specification_uri,
			specification_hash,
			created_at: Self::now(),
			status: TaskStatus::Open,
			deadline: None,
			node: None,
			provider: None,
			started_at: None,
			result: None,
			ended_at: None,
			failed_nodes: FailedNodes::new(),
			assignment,
			agreed_price: None,
		};
		Tickets::<T>::insert(task_id, T::Consideration::new(&buyer, task.footprint())?);
		T::Escrow::deposit(EscrowKey::Task(task_id), &buyer, asset.clone(), price)?;
		NextTaskId::<T>::put(next_task_id);
		LiveTasks::<T>::insert(&buyer, live.saturating_add(1));
		TasksByBuyer::<T>::insert(&buyer, task_id, ());
		OpenTasks::<T>::insert(resource_type, task_id, ());
		Tasks::<T>::insert(task_id, task);

		Self::deposit_event(Event::TaskCreated { task_id, buyer, resource_type, asset, price });
		Ok(())
	}

	pub(crate) fn do_cancel_task(who: T::AccountId, task_id: TaskId) -> DispatchResult {
		let task = Self::task_of_buyer(&who, task_id)?;
		ensure!(task.status == TaskStatus::Open, Error::<T>::TaskNotOpen);
		let bound = task.assignment != Assignment::Direct && T::Requests::has_bids(task_id);
		ensure!(!bound, Error::<T>::AuctionRunning);

		let mut ended = task.clone();
		ended.end(TaskStatus::Cancelled, Self::now());
		Self::replace(task_id, &task, ended);
		let settlement = T::Escrow::refund(EscrowKey::Task(task_id))?;

		Self::deposit_event(Event::TaskCancelled { task_id, refund: settlement.refund });
		Ok(())
	}

	pub(crate) fn do_accept_task(who: T::AccountId, task_id: TaskId, node_id: NodeId) -> DispatchResult {
		let task = Tasks::<T>::get(task_id).ok_or(Error::<T>::TaskNotFound)?;
		ensure!(task.status == TaskStatus::Open, Error::<T>::TaskNotOpen);
		let node = T::Providers::node(&node_id).ok_or(Error::<T>::NodeNotFound)?;
		ensure!(node.owner == who, Error::<T>::NotNodeOwner);
		match task.assignment {
			Assignment::Direct => {}
			Assignment::Auction => return Err(Error::<T>::ForAuctionOnly.into()),
			Assignment::Both => ensure!(T::Requests::is_met(task_id, &node_id, false), Error::<T>::RequestNotMet),
			Assignment::Trusted => {
				ensure!(node.tier != Tier::Community, Error::<T>::ForTrustedNodesOnly);
				ensure!(T::Requests::is_met(task_id, &node_id, true), Error::<T>::RequestNotMet);
			}
		}
		Self::assign_to(task_id, task, node_id, node, None)
	}

	/// Gives an open task to a node, for `agreed_price` if there is one, and lets it have until the end of the window to
	/// start.
	pub(crate) fn assign_to(
		task_id: TaskId,
		task: TaskOf<T>,
		node_id: NodeId,
		node: NodeSummary<T::AccountId>,
		agreed_price: Option<T::Balance>,
	) -> DispatchResult {
		ensure!(task.buyer != node.owner, Error::<T>::SelfDealing);
		ensure!(node.status == NodeStatus::Active, Error::<T>::NodeNotActive);
		ensure!(node.resource_type == task.resource_type, Error::<T>::WrongResourceType);
		ensure!(!task.failed_nodes.contains(&node_id), Error::<T>::NodeFailedBefore);
		ensure!(NodeWork::<T>::get(node_id) < T::MaxOpenTasksPerNode::get(), Error::<T>::NodeBusy);
		ensure!(T::Power::power_vector(&node_id).covers(&task.required_power), Error::<T>::NotEnoughPower);
		let trust_level = T::Trust::trust_level(&node_id);
		ensure!(trust_level >= task.min_trust_level, Error::<T>::TrustTooLow);
		let due = agreed_price.unwrap_or(task.price);
		T::TaskValueLimit::ensure_within(trust_level, &task.asset, due).map_err(|refused| match refused {
			TaskValueRefused::UnderStaked => Error::<T>::NodeUnderStaked,
			TaskValueRefused::ValueUnknown => Error::<T>::CurrencyNotForTrustLevel,
			TaskValueRefused::AboveLimit => Error::<T>::TaskValueAboveLimit,
		})?;

		let start_by = Self::after(T::StartWindow::get());
		let mut assigned = task.clone();
		assigned.status = TaskStatus::Assigned;
		assigned.deadline = Some(start_by);
		assigned.node = Some(node_id);
		assigned.provider = Some(node.owner);
		assigned.agreed_price = agreed_price;
		Self::replace(task_id, &task, assigned);

		Self::deposit_event(Event::TaskAssigned { task_id, node: node_id, start_by });
		Ok(())
	}

	pub(crate) fn do_start_task(who: T::AccountId, task_id: TaskId) -> DispatchResult {
		let task = Tasks::<T>::get(task_id).ok_or(Error::<T>::TaskNotFound)?;
		ensure!(task.status == TaskStatus::Assigned, Error::<T>::TaskNotAssigned);
		let node = Self::ensure_provider_in_time(&who, &task)?;

		let work = blocks_for(task.duration_secs, T::BlockTime::get()).saturated_into::<BlockNumberFor<T>>();
		let result_by = Self::after(work.saturating_add(T::ResultGrace::get()));
		let mut started = task.clone();
		started.status = TaskStatus::InProgress;
		started.deadline = Some(result_by);
		started.started_at = Some(Self::now());
		Self::replace(task_id, &task, started);

		Self::deposit_event(Event::TaskStarted { task_id, node, result_by });
		Ok(())
	}

	pub(crate) fn do_submit_result(who: T::AccountId, task_id: TaskId, hash: H256, uri: Uri) -> DispatchResult {
		let task = Tasks::<T>::get(task_id).ok_or(Error::<T>::TaskNotFound)?;
		ensure!(task.status == TaskStatus::InProgress, Error::<T>::TaskNotInProgress);
		let node = Self::ensure_provider_in_time(&who, &task)?;
		Self::ensure_uri(&uri)?;

		let review_by = Self::after(T::ReviewWindow::get());
		let mut completed = task.clone();
		completed.status = TaskStatus::Completed;
		completed.deadline = Some(review_by);
		completed.result = Some(TaskResult { hash, uri, submitted_at: Self::now() });
		Self::replace(task_id, &task, completed);

		Self::deposit_event(Event::TaskCompleted { task_id, node, result_hash: hash, review_by });
		Ok(())
	}

	pub(crate) fn do_approve_result(who: T::AccountId, task_id: TaskId) -> DispatchResult {
		let task = Self::task_of_buyer(&who, task_id)?;
		ensure!(task.status == TaskStatus::Completed, Error::<T>::TaskNotCompleted);
		Self::approve(task_id, task, false)
	}

	pub(crate) fn do_dispute_task(who: T::AccountId, task_id: TaskId, reason: Reason) -> DispatchResult {
		let task = Self::task_of_buyer(&who, task_id)?;
		ensure!(task.status == TaskStatus::Completed, Error::<T>::TaskNotCompleted);
		Self::ensure_in_time(&task)?;

		let mut disputed = task.clone();
		disputed.status = TaskStatus::Disputed;
		disputed.deadline = None;
		let summary = DisputedDeal::try_from(&disputed)?;
		let node = summary.node;
		Self::replace(task_id, &task, disputed);
		T::OnDisputed::on_disputed(EscrowKey::Task(task_id), &summary)?;

		Self::deposit_event(Event::TaskDisputed { task_id, buyer: who, node, reason });
		Ok(())
	}

	pub(crate) fn do_remove_task(who: T::AccountId, task_id: TaskId) -> DispatchResult {
		let task = Tasks::<T>::get(task_id).ok_or(Error::<T>::TaskNotFound)?;
		ensure!(task.status.has_ended(), Error::<T>::TaskNotEnded);
		let free_from = task.ended_at.unwrap_or_default().saturating_add(T::RetentionPeriod::get());
		ensure!(who == task.buyer || Self::now() >= free_from, Error::<T>::RetentionNotOver);

		T::Escrow::remove(EscrowKey::Task(task_id))?;
		if let Some(ticket) = Tickets::<T>::take(task_id) {
			ticket.drop(&task.buyer)?;
		}
		TasksByBuyer::<T>::remove(&task.buyer, task_id);
		if let Some(node) = task.node {
			TasksByNode::<T>::remove(node, task_id);
		}
		Tasks::<T>::remove(task_id);

		Self::deposit_event(Event::TaskRemoved { task_id });
		Ok(())
	}

	/// Pays for a completed task, whoever approved it.
	pub(crate) fn approve(task_id: TaskId, task: TaskOf<T>, automatic: bool) -> DispatchResult {
		let (node, provider) = task.node.zip(task.provider.clone()).ok_or(DispatchError::Corruption)?;

		let mut ended = task.clone();
		ended.end(TaskStatus::Verified, Self::now());
		Self::replace(task_id, &task, ended);
		let key = EscrowKey::Task(task_id);
		let settlement = match task.agreed_price {
			None => T::Escrow::release(key, &provider)?,
			Some(agreed) => T::Escrow::split(key, &provider, agreed)?,
		};
		T::Reputation::record(&node, WorkOutcome::TaskCompleted);

		Self::deposit_event(Event::TaskVerified {
			task_id,
			node,
			payout: settlement.provider,
			fee: settlement.fee,
			automatic,
		});
		Ok(())
	}

	/// # Errors
	/// [`Error::BadUri`].
	pub(crate) fn ensure_uri(uri: &Uri) -> DispatchResult {
		ensure!(is_uri(uri), Error::<T>::BadUri);
		Ok(())
	}

	pub(crate) fn now() -> BlockNumberFor<T> {
		frame_system::Pallet::<T>::block_number()
	}

	/// The last block of a window that starts now: the next block at the earliest, so that nobody's turn is over before it
	/// came.
	fn after(window: BlockNumberFor<T>) -> BlockNumberFor<T> {
		Self::now().saturating_add(window.max(One::one()))
	}

	fn task_of_buyer(who: &T::AccountId, task_id: TaskId) -> Result<TaskOf<T>, DispatchError> {
		let task = Tasks::<T>::get(task_id).ok_or(Error::<T>::TaskNotFound)?;
		ensure!(task.buyer == *who, Error::<T>::NotBuyer);
		Ok(task)
	}

	fn ensure_in_time(task: &TaskOf<T>) -> DispatchResult {
		ensure!(task.deadline.is_none_or(|deadline| Self::now() <= deadline), Error::<T>::DeadlinePassed);
		Ok(())
	}

	/// The task's node, if `who` may act for it now.
	fn ensure_provider_in_time(who: &T::AccountId, task: &TaskOf<T>) -> Result<NodeId, DispatchError> {
		ensure!(task.provider.as_ref() == Some(who), Error::<T>::NotProvider);
		Self::ensure_in_time(task)?;
		let node = task.node.ok_or(DispatchError::Corruption)?;
		// A node that was withdrawn may finish what it took; one that was banned may not.
		let banned = T::Providers::node(&node).is_some_and(|node| node.status == NodeStatus::Slashed);
		ensure!(!banned, Error::<T>::NodeBanned);
		Ok(node)
	}
}
