use super::ledger;
use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::NodeStatus;
use sp_runtime::{DispatchError, TokenError};

fn add(who: u64, amount: u64) -> sp_runtime::DispatchResult {
	Staking::add_stake(RuntimeOrigin::signed(who), NODE, amount)
}

#[test]
fn add_stake_holds_more() {
	build_and_execute(|| {
		assert_ok!(add(ALICE, 300));
		assert_eq!((ledger().active, held(ALICE)), (2_300, 2_300));
		System::assert_last_event(Event::StakeAdded { node: NODE, owner: ALICE, amount: 300, active: 2_300 }.into());
	});
}

#[test]
fn add_stake_tops_a_slashed_node_up() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 90, None));
		run_to(6);
		assert_eq!(ledger().active, 200);
		assert_eq!(Staking::trust_level(&NODE), 0);
		assert_ok!(add(ALICE, 100));
		assert_ok!(add(ALICE, 200));
		assert_eq!(Staking::trust_level(&NODE), 1);
	});
}

#[test]
fn add_stake_starts_again_after_a_whole_withdrawal() {
	build_and_execute(|| {
		assert_ok!(Staking::request_withdrawal(RuntimeOrigin::signed(ALICE), NODE, 2_000));
		run_to(21);
		assert_ok!(Staking::withdraw_unbonded(RuntimeOrigin::signed(ALICE), NODE));
		assert_eq!(Staking::stake(&NODE), None);
		assert_noop!(add(ALICE, 499), Error::<Test>::BelowMinimumStake);
		assert_ok!(add(ALICE, 500));
		assert_eq!(held(ALICE), 500);
	});
}

#[test]
fn add_stake_should_fail_when_unsigned() {
	build_and_execute(|| {
		assert_noop!(Staking::add_stake(RuntimeOrigin::none(), NODE, 1), DispatchError::BadOrigin);
		assert_noop!(Staking::add_stake(RuntimeOrigin::root(), NODE, 1), DispatchError::BadOrigin);
	});
}

#[test]
fn add_stake_should_fail_when_the_amount_is_zero() {
	build_and_execute(|| {
		assert_noop!(add(ALICE, 0), Error::<Test>::ZeroAmount);
	});
}

#[test]
fn add_stake_should_fail_when_the_node_is_unknown() {
	build_and_execute(|| {
		assert_noop!(Staking::add_stake(RuntimeOrigin::signed(ALICE), STRANGER, 500), Error::<Test>::UnknownNode);
	});
}

#[test]
fn add_stake_should_fail_when_the_caller_is_not_the_owner() {
	build_and_execute(|| {
		assert_noop!(add(BOB, 500), Error::<Test>::NotOwner);
		// The registry alone is not enough: the stake there is Alice's.
		Nodes::insert(NODE, (BOB, NodeStatus::Inactive));
		assert_noop!(add(BOB, 500), Error::<Test>::NotOwner);
	});
}

#[test]
fn add_stake_should_fail_when_the_node_is_rejected_or_banned() {
	build_and_execute(|| {
		for status in [NodeStatus::Rejected, NodeStatus::Slashed] {
			Nodes::insert(NODE, (ALICE, status));
			assert_noop!(add(ALICE, 500), Error::<Test>::NodeOutOfService);
		}
	});
}

#[test]
fn add_stake_should_fail_when_the_owner_cannot_spare_it() {
	build_and_execute(|| {
		assert_noop!(add(ALICE, FUNDS), TokenError::FundsUnavailable);
		assert_noop!(add(ALICE, u64::MAX), TokenError::FundsUnavailable);
	});
}
