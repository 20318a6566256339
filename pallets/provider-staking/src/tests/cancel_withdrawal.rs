use super::ledger;
use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

#[test]
fn cancel_withdrawal_makes_all_of_it_active_again() {
	build_and_execute(|| {
		assert_ok!(Staking::request_withdrawal(RuntimeOrigin::signed(ALICE), NODE, 500));
		run_to(22);
		assert_ok!(Staking::request_withdrawal(RuntimeOrigin::signed(ALICE), NODE, 700));
		assert_ok!(Staking::cancel_withdrawal(RuntimeOrigin::signed(ALICE), NODE));
		assert_eq!(ledger(), StakeLedgerOf::<Test> { active: 2_000, ..StakeLedger::new(ALICE) });
		System::assert_last_event(Event::WithdrawalCancelled { node: NODE, amount: 1_200 }.into());
	});
}

#[test]
fn cancel_withdrawal_keeps_pending_slashes() {
	build_and_execute(|| {
		assert_ok!(Staking::request_withdrawal(RuntimeOrigin::signed(ALICE), NODE, 2_000));
		assert_ok!(slash(NODE, 10, None));
		assert_ok!(Staking::cancel_withdrawal(RuntimeOrigin::signed(ALICE), NODE));
		assert_eq!((ledger().active, ledger().pending_slash), (2_000, 200));
	});
}

#[test]
fn cancel_withdrawal_should_fail_when_nothing_is_unbonding() {
	build_and_execute(|| {
		assert_noop!(Staking::cancel_withdrawal(RuntimeOrigin::signed(ALICE), NODE), Error::<Test>::NothingUnbonding);
	});
}

#[test]
fn cancel_withdrawal_should_fail_when_the_node_has_no_stake() {
	build_and_execute(|| {
		assert_noop!(Staking::cancel_withdrawal(RuntimeOrigin::signed(ALICE), STRANGER), Error::<Test>::NotStaked);
	});
}

#[test]
fn cancel_withdrawal_should_fail_when_the_caller_is_not_the_owner() {
	build_and_execute(|| {
		assert_ok!(Staking::request_withdrawal(RuntimeOrigin::signed(ALICE), NODE, 500));
		assert_noop!(Staking::cancel_withdrawal(RuntimeOrigin::signed(BOB), NODE), Error::<Test>::NotOwner);
		assert_noop!(Staking::cancel_withdrawal(RuntimeOrigin::none(), NODE), DispatchError::BadOrigin);
	});
}
