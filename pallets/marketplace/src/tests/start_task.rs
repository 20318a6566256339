use super::*;
use crate::TaskStatus;
use gpu_chain_primitives::NodeStatus;
use sp_runtime::DispatchError;

#[test]
fn start_should_set_the_result_deadline_by_the_block_time() {
	build_and_execute(|| {
		let id = assigned();
		next_block();
		// An hour of 7-second blocks is 514.3 blocks: rounded up, and the grace on top.
		BlockTime::set(7_000);
		assert_ok!(Marketplace::start_task(origin(PROVIDER), id));
		let due = 2 + 515 + 3;
		assert_eq!(task(id).deadline, Some(due));
		assert_eq!(task(id).started_at, Some(2));
		assert_eq!(last_event(), Event::TaskStarted { task_id: id, node: NODE, result_by: due });
		assert_eq!(queued(), 1);
	});
}

#[test]
fn start_should_not_divide_by_a_block_time_of_zero() {
	build_and_execute(|| {
		BlockTime::set(0);
		let id = in_progress();
		assert_eq!(task(id).deadline, Some(1 + 3_600_000 + 3));
	});
}

#[test]
fn start_should_work_in_the_deadlines_block_and_fail_after_it() {
	build_and_execute(|| {
		let (first, second) = (assigned(), assigned());
		jump_to(6);
		assert_ok!(Marketplace::start_task(origin(PROVIDER), first));
		jump_to(7);
		assert_eq!(status(second), TaskStatus::Assigned);
		assert_noop!(Marketplace::start_task(origin(PROVIDER), second), Error::<Test>::DeadlinePassed);
	});
}

#[test]
fn start_should_fail_when_task_is_not_assigned() {
	build_and_execute(|| {
		for (status, id) in one_of_each() {
			if status != TaskStatus::Assigned {
				assert_noop!(Marketplace::start_task(origin(PROVIDER), id), Error::<Test>::TaskNotAssigned);
			}
		}
		assert_noop!(Marketplace::start_task(origin(PROVIDER), 77), Error::<Test>::TaskNotFound);
	});
}

#[test]
fn start_should_fail_when_caller_is_not_the_provider() {
	build_and_execute(|| {
		let id = assigned();
		for who in [BUYER, OTHER_PROVIDER] {
			assert_noop!(Marketplace::start_task(origin(who), id), Error::<Test>::NotProvider);
		}
		assert_noop!(Marketplace::start_task(RuntimeOrigin::root(), id), DispatchError::BadOrigin);
	});
}

#[test]
fn start_should_fail_when_node_was_banned_but_not_when_it_was_withdrawn() {
	build_and_execute(|| {
		let id = assigned();
		set_node(NODE, |node| node.status = NodeStatus::Slashed);
		assert_noop!(Marketplace::start_task(origin(PROVIDER), id), Error::<Test>::NodeBanned);
		set_node(NODE, |node| node.status = NodeStatus::Inactive);
		assert_ok!(Marketplace::start_task(origin(PROVIDER), id));
	});
}
