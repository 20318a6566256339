use super::ledger;
use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{Collateral, OnNodeRegistered};
use sp_runtime::TokenError;

#[test]
fn registration_bonds_the_first_stake() {
	build_and_execute(|| {
		assert_eq!(ledger(), StakeLedgerOf::<Test> { active: 2_000, ..StakeLedger::new(ALICE) });
		assert_eq!((held(ALICE), free(ALICE)), (2_000, FUNDS - 2_000));
		assert_eq!(<Staking as Collateral<u64, u64>>::staked(&NODE), 2_000);
		System::assert_last_event(Event::StakeAdded { node: NODE, owner: ALICE, amount: 2_000, active: 2_000 }.into());
	});
}

#[test]
fn registration_takes_exactly_the_minimum_stake() {
	build_and_execute(|| {
		assert_ok!(bond(STRANGER, BOB, 500));
		assert_eq!(held(BOB), 500);
	});
}

#[test]
fn registration_should_fail_when_the_stake_is_below_the_minimum() {
	build_and_execute(|| {
		assert_noop!(bond(STRANGER, BOB, 499), Error::<Test>::BelowMinimumStake);
	});
}

#[test]
fn registration_should_fail_when_the_stake_is_zero_although_there_is_no_minimum() {
	build_and_execute(|| {
		MinimumStake::set(&0);
		assert_noop!(bond(STRANGER, BOB, 0), Error::<Test>::ZeroAmount);
	});
}

#[test]
fn registration_should_fail_when_the_node_is_staked() {
	build_and_execute(|| {
		assert_noop!(bond(NODE, ALICE, 500), Error::<Test>::AlreadyStaked);
	});
}

#[test]
fn registration_should_fail_when_the_owner_cannot_spare_the_stake() {
	build_and_execute(|| {
		assert_noop!(bond(STRANGER, BOB, FUNDS - EXISTENTIAL_DEPOSIT + 1), TokenError::FundsUnavailable);
		assert_ok!(bond(STRANGER, BOB, FUNDS - EXISTENTIAL_DEPOSIT));
	});
}

#[test]
fn registration_says_its_weight() {
	assert_eq!(<Staking as OnNodeRegistered<u64, u64>>::weight(), <() as WeightInfo>::on_node_registered());
}
