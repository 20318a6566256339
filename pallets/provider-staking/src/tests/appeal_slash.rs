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
		assert_eq!((pending.due, pending.appeal), (13, Appeal::Open { bond: 20 }));
		System::assert_last_event(
			Event::SlashAppealed { slash: 0, node: NODE, reason: reason(), bond: 20, due: 13 }.into(),
		);
		run_to(12);
		assert_eq!((held(ALICE), bonded(ALICE)), (2_000, 20));
		// The bond goes back: nobody said that there was no reason to appeal.
		run_to(13);
		assert_eq!((held(ALICE), bonded(ALICE), free(TREASURY)), (1_800, 0, FUNDS + 200));
		System::assert_has_event(Event::AppealBondReturned { slash: 0, owner: ALICE, bond: 20 }.into());
	});
}

#[test]
fn appeal_slash_takes_a_bond_rounded_up_or_none() {
	build_and_execute(|| {
		let bond = |id| PendingSlashes::<Test>::get(id).unwrap().appeal;
		assert_ok!(slash(NODE, 10, None));
		assert_ok!(<Staking as gpu_chain_primitives::Collateral<u64, u64>>::slash(
			&NODE,
			sp_runtime::Permill::from_parts(1_000),
			gpu_chain_primitives::Misconduct::TaskTimeout,
			None
		));
		assert_eq!(PendingSlashes::<Test>::get(1).unwrap().amount, 1);
		assert_ok!(Staking::appeal_slash(RuntimeOrigin::signed(ALICE), 1, reason()));
		assert_eq!(bond(1), Appeal::Open { bond: 1 });
		AppealBondShare::set(&sp_runtime::Permill::zero());
		assert_ok!(appeal(ALICE));
		assert_eq!((bond(0), bonded(ALICE)), (Appeal::Open { bond: 0 }, 1));
		run_to(20);
		assert_eq!(bonded(ALICE), 0);
	});
}

#[test]
fn appeal_slash_should_fail_when_the_owner_cannot_spare_the_bond() {
	build_and_execute(|| {
		use frame_support::traits::{fungible::Mutate, tokens::Preservation};
		assert_ok!(slash(NODE, 10, None));
		let rest = EXISTENTIAL_DEPOSIT + 19;
		assert_ok!(<Balances as Mutate<u64>>::transfer(&ALICE, &BOB, free(ALICE) - rest, Preservation::Preserve));
		assert_noop!(appeal(ALICE), sp_runtime::TokenError::FundsUnavailable);
		assert_ok!(<Balances as Mutate<u64>>::transfer(&BOB, &ALICE, 1, Preservation::Preserve));
		assert_ok!(appeal(ALICE));
	});
}

#[test]
fn reject_appeal_gives_the_bond_to_the_treasury_and_carries_the_slash_out_next() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 10, Some((BUYER, 150))));
		assert_ok!(appeal(ALICE));
		run_to(3);
		assert_ok!(Staking::reject_appeal(RuntimeOrigin::root(), 0));
		System::assert_last_event(Event::AppealRejected { slash: 0, node: NODE, bond: 20, due: 4 }.into());
		assert_eq!((bonded(ALICE), held(ALICE), free(TREASURY)), (0, 2_000, FUNDS + 20));
		assert_ok!(Staking::do_try_state());
		run_to(4);
		assert_eq!((held(ALICE), free(BUYER), free(TREASURY)), (1_800, FUNDS + 150, FUNDS + 20 + 50));
	});
}

#[test]
fn reject_appeal_brings_the_queue_back() {
	build_and_execute(|| {
		SlashDelay::set(&1_000);
		assert_ok!(slash(NODE, 10, None));
		assert_ok!(appeal(ALICE));
		assert_eq!(QueueCursor::<Test>::get(), 1_001);
		assert_ok!(Staking::reject_appeal(RuntimeOrigin::root(), 0));
		assert_ok!(Staking::do_try_state());
		run_to(2);
		assert_eq!(held(ALICE), 1_800);
	});
}

#[test]
fn reject_appeal_should_fail_when_there_is_no_open_appeal() {
	build_and_execute(|| {
		let reject = || Staking::reject_appeal(RuntimeOrigin::root(), 0);
		assert_noop!(reject(), Error::<Test>::UnknownSlash);
		assert_ok!(slash(NODE, 10, None));
		assert_noop!(reject(), Error::<Test>::NotAppealed);
		assert_ok!(appeal(ALICE));
		for origin in [RuntimeOrigin::signed(ALICE), RuntimeOrigin::none()] {
			assert_noop!(Staking::reject_appeal(origin, 0), DispatchError::BadOrigin);
		}
		assert_ok!(reject());
		assert_noop!(reject(), Error::<Test>::NotAppealed);
		assert_noop!(appeal(ALICE), Error::<Test>::AlreadyAppealed);
	});
}

#[test]
fn appeal_slash_that_is_upheld_gives_the_stake_back() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 10, None));
		assert_ok!(appeal(ALICE));
		assert_eq!(bonded(ALICE), 20);
		assert_ok!(Staking::cancel_slash(RuntimeOrigin::root(), 0));
		assert_eq!(bonded(ALICE), 0);
		System::assert_has_event(Event::AppealBondReturned { slash: 0, owner: ALICE, bond: 20 }.into());
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
		PendingSlashes::<Test>::mutate(0, |slash| slash.as_mut().unwrap().appeal = Appeal::Open { bond: 1 });
		assert_noop!(Staking::reject_appeal(RuntimeOrigin::root(), 0), Error::<Test>::NotStaked);
		System::set_block_number(6);
		assert_noop!(Staking::execute_slash(RuntimeOrigin::signed(BOB), 0), Error::<Test>::NotStaked);
	});
}
