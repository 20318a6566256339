//! Breaks each invariant once, and sees it found.

use super::*;
use crate::*;
use gpu_chain_primitives::ResourceType;
use sp_runtime::DispatchError;

/// What `do_try_state` says after `break_it` on a chain with a task of each status.
fn said_after(break_it: impl FnOnce(&dyn Fn(TaskStatus) -> u64)) -> &'static str {
	new_test_ext().execute_with(|| {
		let ids = one_of_each();
		check_everything();
		break_it(&|status| ids.iter().find(|(of, _)| *of == status).unwrap().1);
		match Marketplace::do_try_state() {
			Err(DispatchError::Other(said)) => said,
			other => panic!("nothing was found: {other:?}"),
		}
	})
}

fn change(id: u64, change: impl FnOnce(&mut TaskOf<Test>)) {
	Tasks::<Test>::mutate(id, |task| change(task.as_mut().unwrap()));
}

#[test]
fn numbers_prices_and_tickets_should_be_checked() {
	assert_eq!(said_after(|_| NextTaskId::<Test>::put(3)), "1: a task's number was not given yet");
	assert_eq!(said_after(|of| change(of(TaskStatus::Open), |task| task.price = 0)), "1: a task has no price");
	assert_eq!(said_after(|of| Tickets::<Test>::remove(of(TaskStatus::Open))), "1: tickets");
	assert_eq!(
		said_after(|of| Tickets::<Test>::insert(99, Tickets::<Test>::get(of(TaskStatus::Open)).unwrap())),
		"1: tickets"
	);
}

#[test]
fn indexes_should_be_checked_both_ways() {
	let gpu = ResourceType::Gpu;
	assert_eq!(said_after(|of| OpenTasks::<Test>::remove(gpu, of(TaskStatus::Open))), "2: open tasks");
	assert_eq!(said_after(|of| OpenTasks::<Test>::insert(gpu, of(TaskStatus::Verified), ())), "2: open tasks");
	assert_eq!(
		said_after(|of| OpenTasks::<Test>::insert(ResourceType::Cpu, of(TaskStatus::Open), ())),
		"2: open tasks"
	);
	assert_eq!(said_after(|of| TasksByBuyer::<Test>::remove(BUYER, of(TaskStatus::Open))), "3: tasks by buyer");
	assert_eq!(
		said_after(|of| TasksByBuyer::<Test>::insert(OTHER_BUYER, of(TaskStatus::Open), ())),
		"3: tasks by buyer"
	);
	assert_eq!(said_after(|of| TasksByNode::<Test>::remove(NODE, of(TaskStatus::Assigned))), "4: tasks by node");
	assert_eq!(said_after(|of| TasksByNode::<Test>::insert(NODE, of(TaskStatus::Open), ())), "4: tasks by node");
}

#[test]
fn counters_should_be_checked() {
	assert_eq!(said_after(|_| LiveTasks::<Test>::insert(BUYER, 6)), "5: live tasks");
	assert_eq!(said_after(|_| LiveTasks::<Test>::insert(OTHER_BUYER, 0)), "5: live tasks");
	assert_eq!(said_after(|_| NodeWork::<Test>::insert(NODE, 3)), "6: work of nodes");
	assert_eq!(said_after(|_| NodeWork::<Test>::insert(SECOND_NODE, 0)), "6: work of nodes");
	assert_eq!(said_after(|_| Counterparties::<Test>::insert(NODE, BUYER, 5)), "6: counterparties");
	assert_eq!(said_after(|_| Counterparties::<Test>::insert(NODE, OTHER_BUYER, 1)), "6: counterparties");
}

#[test]
fn fields_should_be_checked_against_the_status() {
	use TaskStatus::*;
	assert_eq!(
		said_after(|of| {
			// In step with the index, so that only the field is wrong.
			TasksByNode::<Test>::insert(NODE, of(Open), ());
			change(of(Open), |task| task.node = Some(NODE));
		}),
		"7: a node where there is none, or none where there is one"
	);
	assert_eq!(
		said_after(|of| change(of(Verified), |task| task.provider = None)),
		"7: a provider without a node, or a node without one"
	);
	assert_eq!(
		said_after(|of| change(of(Assigned), |task| task.started_at = Some(1))),
		"7: started too early or never"
	);
	assert_eq!(said_after(|of| change(of(InProgress), |task| task.started_at = None)), "7: started too early or never");
	assert_eq!(said_after(|of| change(of(Completed), |task| task.result = None)), "7: a result too early or never");
	assert_eq!(said_after(|of| change(of(Open), |task| task.deadline = Some(9))), "7: a deadline too many or too few");
	assert_eq!(
		said_after(|of| change(of(Completed), |task| task.deadline = None)),
		"7: a deadline too many or too few"
	);
	assert_eq!(said_after(|of| change(of(Open), |task| task.ended_at = Some(1))), "7: ended too early or never");
	assert_eq!(said_after(|of| change(of(Cancelled), |task| task.ended_at = None)), "7: ended too early or never");
	assert_eq!(
		said_after(|of| change(of(Open), |task| task.agreed_price = Some(1))),
		"7: a price agreed upon with nobody"
	);
	for agreed in [0, PRICE + 1] {
		assert_eq!(
			said_after(|of| change(of(Assigned), |task| task.agreed_price = Some(agreed))),
			"7: a price agreed upon that is zero or above what is held"
		);
	}
	assert_eq!(
		said_after(|of| change(of(Open), |task| task.failed_nodes = vec![NODE, NODE].try_into().unwrap())),
		"7: a node failed the same task twice"
	);
	assert_eq!(
		said_after(|of| change(of(Assigned), |task| task.failed_nodes = vec![NODE].try_into().unwrap())),
		"7: a node that failed has the task again"
	);
}

#[test]
fn queue_should_be_checked_against_the_tasks() {
	use TaskStatus::*;
	let deadline = |id| task(id).deadline.unwrap();
	assert_eq!(
		said_after(|of| Deadlines::<Test>::insert(50, of(Open), ())),
		"8: the queue has a deadline that its task has not"
	);
	assert_eq!(
		said_after(|of| Deadlines::<Test>::insert(50, of(Assigned), ())),
		"8: the queue has a deadline that its task has not"
	);
	assert_eq!(
		said_after(|of| StuckDeadlines::<Test>::insert(of(Assigned), ())),
		"8: a deadline is both queued and stuck"
	);
	assert_eq!(
		said_after(|of| {
			Deadlines::<Test>::remove(deadline(of(Assigned)), of(Assigned));
			StuckDeadlines::<Test>::insert(of(Assigned), ());
		}),
		"8: a deadline is stuck that has not passed"
	);
	assert_eq!(
		said_after(|of| Deadlines::<Test>::remove(deadline(of(Assigned)), of(Assigned))),
		"8: a task's deadline is not queued"
	);
}

#[test]
fn first_block_of_the_queue_should_be_checked() {
	assert_eq!(said_after(|_| FirstDeadlineBlock::<Test>::put(2)), "9: the queue's first block is in the future");
	assert_eq!(
		said_after(|_| {
			System::set_block_number(100);
			FirstDeadlineBlock::<Test>::put(50);
		}),
		"9: a deadline lies before the queue's first block"
	);
}
