use super::{chunks, ledger};
use crate::{mock::*, *};
use frame_support::{
	assert_noop, assert_ok,
	dispatch::Pays,
	traits::fungible::{Mutate, MutateFreeze},
};
use gpu_chain_primitives::NodeStatus;
use sp_runtime::{DispatchError, TokenError};

/// Carries slash 0 out at block `now`, in a block whose own work has not come to it.
fn execute_at(now: u64) -> frame_support::dispatch::DispatchResultWithPostInfo {
	System::set_block_number(now);
	Staking::execute_slash(RuntimeOrigin::signed(BOB), 0)
}

#[test]
fn execute_slash_compensates_first_and_the_treasury_has_the_rest() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 50, Some((BUYER, 300))));
		assert_eq!(execute_at(6).unwrap().pays_fee, Pays::No);
		assert_eq!((free(BUYER), free(TREASURY)), (FUNDS + 300, FUNDS + 700));
		assert_eq!((held(ALICE), ledger().active, ledger().pending_slash), (1_000, 1_000, 0));
		System::assert_last_event(
			Event::StakeSlashed { slash: 0, node: NODE, owner: ALICE, amount: 1_000, compensated: 300 }.into(),
		);
	});
}

#[test]
fn execute_slash_compensates_no_more_than_it_takes() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 50, Some((BUYER, 5_000))));
		assert_ok!(execute_at(6));
		assert_eq!((free(BUYER), free(TREASURY)), (FUNDS + 1_000, FUNDS));
	});
}

#[test]
fn execute_slash_gives_the_treasury_what_the_harmed_account_cannot_receive() {
	build_and_execute(|| {
		let nobody = 77;
		assert_ok!(slash(NODE, 50, Some((nobody, EXISTENTIAL_DEPOSIT - 1))));
		assert_ok!(execute_at(6));
		assert_eq!((free(nobody), free(TREASURY)), (0, FUNDS + 1_000));
		System::assert_last_event(
			Event::StakeSlashed { slash: 0, node: NODE, owner: ALICE, amount: 1_000, compensated: 0 }.into(),
		);
	});
}

#[test]
fn execute_slash_takes_active_stake_then_the_newest_unbonding() {
	build_and_execute(|| {
		assert_ok!(Staking::request_withdrawal(RuntimeOrigin::signed(ALICE), NODE, 800));
		System::set_block_number(2);
		assert_ok!(Staking::request_withdrawal(RuntimeOrigin::signed(ALICE), NODE, 700));
		assert_ok!(slash(NODE, 75, None));
		assert_ok!(execute_at(7));
		assert_eq!(ledger().active, 0);
		assert_eq!(chunks(), [(500, 21)]);
		assert_eq!(held(ALICE), 500);
	});
}

#[test]
fn execute_slash_of_all_removes_the_ledger() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 100, None));
		assert_ok!(execute_at(6));
		assert_eq!(Staking::stake(&NODE), None);
		assert_eq!((held(ALICE), free(TREASURY)), (0, FUNDS + 2_000));
	});
}

#[test]
fn execute_slash_leaves_the_owners_other_nodes_alone() {
	build_and_execute(|| {
		add_node(STRANGER, ALICE, NodeStatus::Active, 700);
		assert_ok!(slash(NODE, 100, None));
		assert_ok!(execute_at(6));
		assert_eq!(Staking::stake(&STRANGER).unwrap().active, 700);
		assert_eq!(held(ALICE), 700);
	});
}

#[test]
fn execute_slash_works_while_the_owner_is_otherwise_penniless() {
	build_and_execute(|| {
		assert_ok!(<Balances as Mutate<u64>>::transfer(
			&ALICE,
			&BOB,
			FUNDS - 2_000 - EXISTENTIAL_DEPOSIT,
			frame_support::traits::tokens::Preservation::Preserve
		));
		assert_ok!(slash(NODE, 100, Some((BUYER, 300))));
		assert_ok!(execute_at(6));
		assert_eq!((free(ALICE), held(ALICE)), (EXISTENTIAL_DEPOSIT, 0));
	});
}

#[test]
fn execute_slash_works_when_the_treasury_owns_the_node() {
	build_and_execute(|| {
		add_node(STRANGER, TREASURY, NodeStatus::Inactive, 1_000);
		assert_ok!(slash(STRANGER, 50, Some((BUYER, 100))));
		assert_ok!(execute_at(6));
		assert_eq!((free(TREASURY), held(TREASURY), free(BUYER)), (FUNDS - 600, 500, FUNDS + 100));
	});
}

#[test]
fn execute_slash_should_fail_when_it_is_not_due() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 50, None));
		assert_eq!(execute_at(5).unwrap_err().error, Error::<Test>::NotDue.into());
		System::set_block_number(5);
		assert_noop!(Staking::execute_slash(RuntimeOrigin::signed(BOB), 0), Error::<Test>::NotDue);
	});
}

#[test]
fn execute_slash_should_fail_when_there_is_no_such_slash() {
	build_and_execute(|| {
		assert_noop!(Staking::execute_slash(RuntimeOrigin::signed(BOB), 0), Error::<Test>::UnknownSlash);
		assert_ok!(slash(NODE, 50, None));
		assert_ok!(execute_at(6));
		assert_noop!(Staking::execute_slash(RuntimeOrigin::signed(BOB), 0), Error::<Test>::UnknownSlash);
		assert_eq!(free(TREASURY), FUNDS + 1_000, "paid once");
	});
}

#[test]
fn execute_slash_should_fail_when_unsigned() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 50, None));
		System::set_block_number(6);
		assert_noop!(Staking::execute_slash(RuntimeOrigin::none(), 0), DispatchError::BadOrigin);
	});
}

#[test]
fn execute_slash_should_fail_when_the_treasury_cannot_receive_it() {
	build_and_execute(|| {
		assert_ok!(<Balances as Mutate<u64>>::transfer(
			&TREASURY,
			&BOB,
			FUNDS,
			frame_support::traits::tokens::Preservation::Expendable
		));
		MinimumStake::set(&20);
		add_node(STRANGER, BOB, NodeStatus::Inactive, 90);
		assert_ok!(slash(STRANGER, 10, None));
		System::set_block_number(6);
		assert_noop!(Staking::execute_slash(RuntimeOrigin::signed(BOB), 0), TokenError::CannotCreate);
	});
}

#[test]
fn execute_slash_ignores_freezes() {
	build_and_execute(|| {
		assert_ok!(<Balances as MutateFreeze<u64>>::set_freeze(&(), &ALICE, FUNDS));
		assert_ok!(slash(NODE, 100, None));
		assert_ok!(execute_at(6));
		assert_eq!(held(ALICE), 0);
	});
}
