use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::Reason;
use sp_runtime::DispatchError;

fn reason() -> Reason {
	b"the buyer's input was not there".to_vec().try_into().unwrap()
}

fn appeal(who: u64) -> sp_runtime::DispatchResult {
	Staking::appeal_slash(RuntimeOrigin::signed(who), 0, reason())
}

#[test]
fn appeal_slash_puts_it_off_and_it_is_carried_out_without_a_decision() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 10, None));
		run_to(5);
		assert_ok!(appeal(ALICE));
		let pending = PendingSlashes::<Test>::get(0).unwrap();
		assert_eq!((pending.due, pending.appealed), (13, true));
		System::assert_last_event(Event::SlashAppealed { slash: 0, node: NODE, reason: reason(), due: 13 }.into());
		run_to(12);
		assert_eq!(held(ALICE), 2_000);
		run_to(13);
		assert_eq!(held(ALICE), 1_800);
	});
}

#[test]
fn appeal_slash_that_is_upheld_gives_the_stake_back() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 10, None));
		assert_ok!(appeal(ALICE));
		assert_ok!(Staking::cancel_slash(RuntimeOrigin::root(), 0));
		run_to(20);
		assert_eq!((held(ALICE), free(TREASURY)), (2_000, FUNDS));
	});
}

#[test]
fn appeal_slash_gains_no_time_when_there_is_no_appeal_period() {
	build_and_execute(|| {
		AppealPeriod::set(&0);
		assert_ok!(slash(NODE, 10, None));
		assert_ok!(appeal(ALICE));
		run_to(6);
		assert_eq!(held(ALICE), 1_800);
	});
}

#[test]
fn appeal_slash_should_fail_when_there_is_no_such_slash() {
	build_and_execute(|| {
		assert_noop!(appeal(ALICE), Error::<Test>::UnknownSlash);
	});
}

#[test]
fn appeal_slash_should_fail_when_the_caller_is_not_the_owner() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 10, None));
		assert_noop!(appeal(BOB), Error::<Test>::NotOwner);
		assert_noop!(Staking::appeal_slash(RuntimeOrigin::none(), 0, reason()), DispatchError::BadOrigin);
	});
}

#[test]
fn appeal_slash_should_fail_when_it_was_appealed() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 10, None));
		assert_ok!(appeal(ALICE));
		assert_noop!(appeal(ALICE), Error::<Test>::AlreadyAppealed);
	});
}

#[test]
fn appeal_slash_should_fail_when_it_is_due() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 10, None));
		// The block's own work has not come to it.
		System::set_block_number(6);
		assert_noop!(appeal(ALICE), Error::<Test>::AppealTooLate);
		System::set_block_number(5);
		assert_ok!(appeal(ALICE));
	});
}

#[test]
fn appeal_slash_should_fail_when_the_ledger_is_gone() {
	new_test_ext().execute_with(|| {
		add_node(NODE, ALICE, gpu_chain_primitives::NodeStatus::Inactive, 2_000);
		assert_ok!(slash(NODE, 10, None));
		// Only a broken state has a slash without a ledger; even then nothing is written.
		Stakes::<Test>::remove(NODE);
		assert_noop!(appeal(ALICE), Error::<Test>::NotStaked);
		assert_noop!(Staking::cancel_slash(RuntimeOrigin::root(), 0), Error::<Test>::NotStaked);
		System::set_block_number(6);
		assert_noop!(Staking::execute_slash(RuntimeOrigin::signed(BOB), 0), Error::<Test>::NotStaked);
	});
}
