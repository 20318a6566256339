use super::*;
use crate::TaskStatus;
use gpu_chain_primitives::WorkOutcome;
use sp_runtime::DispatchError;

#[test]
fn approve_should_pay_the_provider_and_the_fee() {
	build_and_execute(|| {
		let id = completed();
		let before = Balances::free_balance(PROVIDER);
		assert_ok!(Marketplace::approve_result(origin(BUYER), id));
		assert_eq!(Balances::free_balance(PROVIDER), before + PAYOUT);
		assert_eq!(Balances::free_balance(TREASURY), FUNDS + FEE);
		assert_eq!(Outcomes::get(), vec![(NODE, WorkOutcome::TaskCompleted)]);
		assert_eq!((status(id), task(id).ended_at, queued()), (TaskStatus::Verified, Some(1), 0));
		assert_eq!(
			last_event(),
			Event::TaskVerified { task_id: id, node: NODE, payout: PAYOUT, fee: FEE, automatic: false }
		);
		// Not twice.
		assert_noop!(Marketplace::approve_result(origin(BUYER), id), Error::<Test>::TaskNotCompleted);
	});
}

#[test]
fn approve_should_pay_whoever_owned_the_node_when_it_took_the_task() {
	build_and_execute(|| {
		let id = completed();
		set_node(NODE, |node| node.owner = OTHER_PROVIDER);
		let before = Balances::free_balance(PROVIDER);
		assert_ok!(Marketplace::approve_result(origin(BUYER), id));
		assert_eq!(Balances::free_balance(PROVIDER), before + PAYOUT);
	});
}

#[test]
fn approve_should_never_be_too_late() {
	build_and_execute(|| {
		let id = completed();
		jump_to(1_000);
		assert_ok!(Marketplace::approve_result(origin(BUYER), id));
	});
}

#[test]
fn approve_should_fail_when_task_is_not_completed() {
	build_and_execute(|| {
		for (status, id) in one_of_each() {
			if status != TaskStatus::Completed {
				assert_noop!(Marketplace::approve_result(origin(BUYER), id), Error::<Test>::TaskNotCompleted);
			}
		}
		assert_noop!(Marketplace::approve_result(origin(BUYER), 77), Error::<Test>::TaskNotFound);
	});
}

#[test]
fn approve_should_fail_when_caller_is_not_the_buyer() {
	build_and_execute(|| {
		let id = completed();
		for who in [PROVIDER, OTHER_BUYER] {
			assert_noop!(Marketplace::approve_result(origin(who), id), Error::<Test>::NotBuyer);
		}
		assert_noop!(Marketplace::approve_result(RuntimeOrigin::root(), id), DispatchError::BadOrigin);
	});
}
