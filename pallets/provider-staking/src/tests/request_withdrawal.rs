use super::{chunks, ledger};
use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{Collateral, NodeStatus};
use sp_runtime::DispatchError;

fn request(amount: u64) -> sp_runtime::DispatchResult {
	Staking::request_withdrawal(RuntimeOrigin::signed(ALICE), NODE, amount)
}

#[test]
fn request_withdrawal_lets_a_part_cool_down() {
	build_and_execute(|| {
		assert_ok!(request(1_500));
		assert_eq!(ledger().active, 500);
		assert_eq!(chunks(), [(1_500, 21)]);
		assert_eq!(held(ALICE), 2_000, "unbonding stake stays on hold");
		assert_eq!(<Staking as Collateral<u64, u64>>::staked(&NODE), 500);
		System::assert_last_event(Event::WithdrawalRequested { node: NODE, amount: 1_500, unlock_at: 21 }.into());
	});
}

#[test]
fn request_withdrawal_lets_all_cool_down_whatever_the_idle_status() {
	for status in
		[NodeStatus::Pending, NodeStatus::Verified, NodeStatus::Inactive, NodeStatus::Rejected, NodeStatus::Slashed]
	{
		build_and_execute(|| {
			Nodes::insert(NODE, (ALICE, status));
			assert_ok!(request(2_000));
			assert_eq!(ledger().active, 0);
			assert_eq!(Staking::trust_level(&NODE), 0);
		});
	}
}

#[test]
fn request_withdrawal_works_for_a_node_the_registry_has_forgotten() {
	build_and_execute(|| {
		Nodes::remove(NODE);
		assert_ok!(request(2_000));
	});
}

#[test]
fn requests_of_one_block_share_a_chunk() {
	build_and_execute(|| {
		assert_ok!(request(100));
		assert_ok!(request(200));
		System::set_block_number(2);
		assert_ok!(request(300));
		assert_eq!(chunks(), [(300, 21), (300, 22)]);
	});
}

#[test]
fn what_pending_slashes_take_does_not_count_as_withdrawable() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 50, None));
		assert_noop!(request(1_001), Error::<Test>::InsufficientStake);
		assert_noop!(request(501), Error::<Test>::BelowMinimumStake);
		assert_ok!(request(1_000));
		assert_eq!((ledger().active, ledger().pending_slash), (1_000, 1_000));
	});
}

#[test]
fn request_withdrawal_should_fail_when_the_caller_is_not_the_owner() {
	build_and_execute(|| {
		assert_noop!(Staking::request_withdrawal(RuntimeOrigin::signed(BOB), NODE, 100), Error::<Test>::NotOwner);
		assert_noop!(Staking::request_withdrawal(RuntimeOrigin::none(), NODE, 100), DispatchError::BadOrigin);
	});
}

#[test]
fn request_withdrawal_should_fail_when_the_node_has_no_stake() {
	build_and_execute(|| {
		assert_noop!(
			Staking::request_withdrawal(RuntimeOrigin::signed(ALICE), STRANGER, 100),
			Error::<Test>::NotStaked
		);
	});
}

#[test]
fn request_withdrawal_should_fail_when_the_amount_is_zero() {
	build_and_execute(|| {
		assert_noop!(request(0), Error::<Test>::ZeroAmount);
	});
}

#[test]
fn request_withdrawal_should_fail_when_there_is_less_stake() {
	build_and_execute(|| {
		assert_noop!(request(2_001), Error::<Test>::InsufficientStake);
		assert_noop!(request(u64::MAX), Error::<Test>::InsufficientStake);
	});
}

#[test]
fn request_withdrawal_should_fail_when_less_than_the_minimum_would_stay() {
	build_and_execute(|| {
		assert_noop!(request(1_501), Error::<Test>::BelowMinimumStake);
		assert_noop!(request(1_999), Error::<Test>::BelowMinimumStake);
	});
}

#[test]
fn request_withdrawal_should_fail_when_the_node_is_active() {
	build_and_execute(|| {
		Nodes::insert(NODE, (ALICE, NodeStatus::Active));
		for amount in [100, 2_000] {
			assert_noop!(request(amount), Error::<Test>::NodeActive);
		}
	});
}

#[test]
fn request_withdrawal_should_fail_when_the_node_has_open_work() {
	build_and_execute(|| {
		Busy::insert(NODE, ());
		for amount in [100, 2_000] {
			assert_noop!(request(amount), Error::<Test>::OpenWork);
		}
	});
}

#[test]
fn request_withdrawal_should_fail_when_too_many_are_cooling_down() {
	build_and_execute(|| {
		for block in 1..=u64::from(MAX_UNBONDING) {
			System::set_block_number(block);
			assert_ok!(request(10));
		}
		assert_ok!(request(10));
		System::set_block_number(u64::from(MAX_UNBONDING) + 1);
		assert_noop!(request(10), Error::<Test>::TooManyUnbonding);
	});
}
