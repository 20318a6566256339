use super::*;
use crate::{TaskResult, TaskStatus};
use gpu_chain_primitives::NodeStatus;
use sp_core::H256;
use sp_runtime::DispatchError;

#[test]
fn submit_should_store_the_result_and_open_the_review() {
	build_and_execute(|| {
		let id = in_progress();
		next_block();
		assert_ok!(submit(PROVIDER, id));
		let task = task(id);
		assert_eq!(task.status, TaskStatus::Completed);
		assert_eq!(task.deadline, Some(12));
		assert_eq!(
			task.result,
			Some(TaskResult { hash: H256::repeat_byte(0x7e), uri: uri("https://example.org/result"), submitted_at: 2 })
		);
		assert_eq!(
			last_event(),
			Event::TaskCompleted { task_id: id, node: NODE, result_hash: H256::repeat_byte(0x7e), review_by: 12 }
		);
		assert_eq!(queued(), 1);
		// Not twice.
		assert_noop!(submit(PROVIDER, id), Error::<Test>::TaskNotInProgress);
	});
}

#[test]
fn submit_should_work_in_the_deadlines_block_and_fail_after_it() {
	build_and_execute(|| {
		let (first, second) = (in_progress(), in_progress());
		jump_to(1 + HOUR + 3);
		assert_ok!(submit(PROVIDER, first));
		// The hook has not been there yet: the result is late all the same.
		jump_to(1 + HOUR + 4);
		assert_eq!(status(second), TaskStatus::InProgress);
		assert_noop!(submit(PROVIDER, second), Error::<Test>::DeadlinePassed);
	});
}

#[test]
fn submit_should_fail_when_task_is_not_in_progress() {
	build_and_execute(|| {
		for (status, id) in one_of_each() {
			if status != TaskStatus::InProgress {
				assert_noop!(submit(PROVIDER, id), Error::<Test>::TaskNotInProgress);
			}
		}
		assert_noop!(submit(PROVIDER, 77), Error::<Test>::TaskNotFound);
	});
}

#[test]
fn submit_should_fail_when_caller_is_not_the_provider() {
	build_and_execute(|| {
		let id = in_progress();
		for who in [BUYER, OTHER_PROVIDER] {
			assert_noop!(submit(who, id), Error::<Test>::NotProvider);
		}
		assert_noop!(
			Marketplace::submit_result(RuntimeOrigin::none(), id, H256::zero(), uri("ipfs://x")),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn submit_should_fail_when_uri_is_none() {
	build_and_execute(|| {
		let id = in_progress();
		for bad in ["", "result.png", "https:"] {
			assert_noop!(
				Marketplace::submit_result(origin(PROVIDER), id, H256::zero(), uri(bad)),
				Error::<Test>::BadUri
			);
		}
	});
}

#[test]
fn submit_should_fail_when_node_was_banned() {
	build_and_execute(|| {
		let id = in_progress();
		set_node(NODE, |node| node.status = NodeStatus::Slashed);
		assert_noop!(submit(PROVIDER, id), Error::<Test>::NodeBanned);
	});
}
