use super::{chunks, ledger};
use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

fn request(amount: u64) {
	assert_ok!(Staking::request_withdrawal(RuntimeOrigin::signed(ALICE), NODE, amount));
}

fn withdraw() -> sp_runtime::DispatchResult {
	Staking::withdraw_unbonded(RuntimeOrigin::signed(ALICE), NODE)
}

#[test]
fn withdraw_unbonded_pays_all_of_it_and_removes_the_ledger() {
	build_and_execute(|| {
		request(2_000);
		run_to(21);
		assert_ok!(withdraw());
		assert_eq!((free(ALICE), held(ALICE)), (FUNDS, 0));
		assert_eq!(Staking::stake(&NODE), None);
		System::assert_last_event(Event::StakeWithdrawn { node: NODE, owner: ALICE, amount: 2_000 }.into());
		assert_noop!(withdraw(), Error::<Test>::NotStaked);
	});
}

#[test]
fn withdraw_unbonded_pays_only_what_has_cooled_down() {
	build_and_execute(|| {
		request(300);
		System::set_block_number(2);
		request(400);
		// Governance shortens the cooldown: a later request unlocks earlier.
		CooldownPeriod::set(&5);
		System::set_block_number(3);
		request(50);
		run_to(8);
		assert_ok!(withdraw());
		assert_eq!(chunks(), [(300, 21), (400, 22)]);
		run_to(21);
		assert_ok!(withdraw());
		assert_eq!(chunks(), [(400, 22)]);
		assert_eq!((free(ALICE), held(ALICE)), (FUNDS - 1_650, 1_650));
	});
}

#[test]
fn withdraw_unbonded_leaves_what_pending_slashes_need() {
	build_and_execute(|| {
		request(2_000);
		run_to(18);
		assert_ok!(slash(NODE, 30, None));
		run_to(21);
		assert_ok!(withdraw());
		assert_eq!(chunks(), [(600, 21)]);
		assert_eq!(held(ALICE), 600);
		assert_noop!(withdraw(), Error::<Test>::HeldForSlashes);
		run_to(23);
		assert_eq!(Staking::stake(&NODE), None, "the slash took the rest");
		assert_eq!(free(TREASURY), FUNDS + 600);
	});
}

#[test]
fn withdraw_unbonded_pays_what_a_cancelled_slash_leaves() {
	build_and_execute(|| {
		request(2_000);
		run_to(18);
		assert_ok!(slash(NODE, 100, None));
		run_to(21);
		assert_noop!(withdraw(), Error::<Test>::HeldForSlashes);
		assert_ok!(Staking::cancel_slash(RuntimeOrigin::root(), 0));
		assert_ok!(withdraw());
		assert_eq!(free(ALICE), FUNDS);
	});
}

#[test]
fn withdraw_unbonded_should_fail_when_nothing_has_cooled_down() {
	build_and_execute(|| {
		assert_noop!(withdraw(), Error::<Test>::NothingUnlocked);
		request(100);
		run_to(20);
		assert_noop!(withdraw(), Error::<Test>::NothingUnlocked);
		run_to(21);
		assert_ok!(withdraw());
		assert_eq!(ledger().active, 1_900);
	});
}

#[test]
fn withdraw_unbonded_should_fail_when_the_node_has_no_stake() {
	build_and_execute(|| {
		assert_noop!(Staking::withdraw_unbonded(RuntimeOrigin::signed(ALICE), STRANGER), Error::<Test>::NotStaked);
	});
}

#[test]
fn withdraw_unbonded_should_fail_when_the_caller_is_not_the_owner() {
	build_and_execute(|| {
		request(100);
		run_to(21);
		assert_noop!(Staking::withdraw_unbonded(RuntimeOrigin::signed(BOB), NODE), Error::<Test>::NotOwner);
		assert_noop!(Staking::withdraw_unbonded(RuntimeOrigin::none(), NODE), DispatchError::BadOrigin);
	});
}
