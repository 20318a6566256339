use super::*;
use crate::{OpenTasks, TaskStatus};

#[test]
fn cancel_should_refund_all_of_the_price() {
	build_and_execute(|| {
		let id = create();
		let before = Balances::free_balance(BUYER);
		next_block();
		assert_ok!(Marketplace::cancel_task(origin(BUYER), id));
		assert_eq!(Balances::free_balance(BUYER), before + PRICE);
		assert_eq!(task(id).ended_at, Some(2));
		assert_eq!(OpenTasks::<Test>::iter().count(), 0);
		assert_eq!(last_event(), Event::TaskCancelled { task_id: id, refund: PRICE });
	});
}

#[test]
fn cancel_should_fail_when_task_is_not_open() {
	build_and_execute(|| {
		for (status, id) in one_of_each() {
			if status != TaskStatus::Open {
				assert_noop!(Marketplace::cancel_task(origin(BUYER), id), Error::<Test>::TaskNotOpen);
			}
		}
	});
}

#[test]
fn cancel_should_fail_when_caller_is_not_the_buyer() {
	build_and_execute(|| {
		let id = create();
		assert_noop!(Marketplace::cancel_task(origin(OTHER_BUYER), id), Error::<Test>::NotBuyer);
		assert_noop!(Marketplace::cancel_task(RuntimeOrigin::root(), id), sp_runtime::DispatchError::BadOrigin);
	});
}

#[test]
fn cancel_should_fail_when_task_is_unknown() {
	build_and_execute(|| {
		assert_noop!(Marketplace::cancel_task(origin(BUYER), 7), Error::<Test>::TaskNotFound);
	});
}

#[test]
fn cancel_should_change_nothing_when_the_escrow_fails() {
	build_and_execute(|| {
		let id = create();
		EscrowFails::set(true);
		assert!(frame_support::storage::with_storage_layer(|| Marketplace::cancel_task(origin(BUYER), id)).is_err());
		assert_eq!(status(id), TaskStatus::Open);
	});
}
