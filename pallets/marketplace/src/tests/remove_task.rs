use super::*;
use crate::{TaskStatus, Tasks, TasksByBuyer, TasksByNode, Tickets};
use frame_support::traits::fungible::InspectHold;
use gpu_chain_primitives::EscrowKey;
use sp_runtime::DispatchError;

#[test]
fn remove_should_return_the_deposit_and_leave_nothing() {
	build_and_execute(|| {
		for id in [verified(), cancelled()] {
			assert_ok!(Marketplace::remove_task(origin(BUYER), id));
			assert_eq!(last_event(), Event::TaskRemoved { task_id: id });
			assert_eq!(Escrows::get(EscrowKey::Task(id)), None);
		}
		assert_eq!(Balances::balance_on_hold(&TaskStorage::get(), &BUYER), 0);
		assert_eq!(Balances::free_balance(BUYER), FUNDS - PRICE);
		assert_eq!(Tasks::<Test>::iter().count(), 0);
		assert_eq!(Tickets::<Test>::iter().count(), 0);
		assert_eq!(TasksByBuyer::<Test>::iter().count(), 0);
		assert_eq!(TasksByNode::<Test>::iter().count(), 0);
	});
}

#[test]
fn remove_should_fail_when_task_has_not_ended() {
	build_and_execute(|| {
		for (status, id) in one_of_each() {
			if !matches!(status, TaskStatus::Verified | TaskStatus::Cancelled) {
				assert_noop!(Marketplace::remove_task(origin(BUYER), id), Error::<Test>::TaskNotEnded);
			}
		}
		assert_noop!(Marketplace::remove_task(origin(BUYER), 77), Error::<Test>::TaskNotFound);
		assert_noop!(Marketplace::remove_task(RuntimeOrigin::root(), 77), DispatchError::BadOrigin);
	});
}

#[test]
fn remove_should_be_for_anybody_after_the_retention_period_only() {
	build_and_execute(|| {
		let id = cancelled();
		run_to(20);
		assert_noop!(Marketplace::remove_task(origin(ANYBODY), id), Error::<Test>::RetentionNotOver);
		run_to(21);
		assert_ok!(Marketplace::remove_task(origin(ANYBODY), id));
		// The deposit is the buyer's all the same.
		assert_eq!(Balances::free_balance(BUYER), FUNDS);
		assert_eq!(Balances::free_balance(ANYBODY), FUNDS);
		assert_noop!(Marketplace::remove_task(origin(ANYBODY), id), Error::<Test>::TaskNotFound);
	});
}

#[test]
fn remove_should_change_nothing_when_the_escrow_owes_somebody() {
	build_and_execute(|| {
		let id = verified();
		EscrowFails::set(true);
		assert_noop!(Marketplace::remove_task(origin(BUYER), id), DispatchError::Unavailable);
	});
}
