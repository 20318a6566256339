//! Giving, changing and ending allowances.

use crate::{mock::*, types::Allowance, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{ArithmeticError, DispatchError, TokenError};

fn set(amount: Balance, expires_at: Option<u64>) -> sp_runtime::DispatchResult {
	Payments::set_allowance(origin(OWNER), SPENDER, NATIVE, amount, expires_at)
}

fn left() -> Option<Balance> {
	Payments::allowance(&OWNER, &SPENDER, &NATIVE).map(|allowance| allowance.amount)
}

#[test]
fn set_allowance_should_hold_one_deposit_and_replace() {
	build_and_execute(|| {
		assert_ok!(set(1_000, None));
		assert_eq!(deposits(OWNER), DEPOSIT);
		assert_ok!(set(300, Some(9)));
		assert_eq!(deposits(OWNER), DEPOSIT);
		assert_eq!(
			Payments::allowance(&OWNER, &SPENDER, &NATIVE),
			Some(Allowance { amount: 300, expires_at: Some(9) })
		);
		let set = |amount, expires_at| Event::AllowanceSet {
			owner: OWNER,
			spender: SPENDER,
			asset: NATIVE,
			amount,
			expires_at,
		};
		assert_eq!(events(), [set(1_000, None), set(300, Some(9))]);
		// Another spender's, and the same one's in another currency, are others.
		assert_ok!(Payments::set_allowance(origin(OWNER), OTHER, NATIVE, 1, None));
		assert_ok!(Payments::set_allowance(origin(OWNER), SPENDER, DOLLARS, 1, None));
		assert_eq!(deposits(OWNER), 3 * DEPOSIT);
		assert_eq!(left(), Some(300));
	});
}

#[test]
fn set_allowance_should_fail_of_nothing_to_oneself_in_the_past_and_without_the_deposit() {
	build_and_execute(|| {
		System::set_block_number(5);
		assert_noop!(set(0, None), Error::<Test>::ZeroAmount);
		assert_noop!(Payments::set_allowance(origin(OWNER), OWNER, NATIVE, 1, None), Error::<Test>::SelfAllowance);
		assert_noop!(set(1, Some(4)), Error::<Test>::ExpiresInPast);
		assert_ok!(set(1, Some(5)));
		assert_noop!(Payments::set_allowance(origin(NOBODY), SPENDER, NATIVE, 1, None), TokenError::FundsUnavailable);
		assert_noop!(
			Payments::set_allowance(RuntimeOrigin::root(), SPENDER, NATIVE, 1, None),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn raise_allowance_should_add_to_what_is_left() {
	build_and_execute(|| {
		let raise = |by| Payments::raise_allowance(origin(OWNER), SPENDER, NATIVE, by);
		assert_noop!(raise(1), Error::<Test>::AllowanceNotFound);
		assert_ok!(set(1_000, Some(7)));
		assert_ok!(raise(1));
		assert_eq!(left(), Some(1_001));
		assert_eq!(
			events().last(),
			Some(&Event::AllowanceSet {
				owner: OWNER,
				spender: SPENDER,
				asset: NATIVE,
				amount: 1_001,
				expires_at: Some(7)
			})
		);
		assert_noop!(raise(0), Error::<Test>::ZeroAmount);
		assert_noop!(raise(Balance::MAX), ArithmeticError::Overflow);
		assert_ok!(raise(Balance::MAX - 1_001));
		System::set_block_number(8);
		assert_noop!(raise(1), Error::<Test>::AllowanceExpired);
		assert_noop!(Payments::raise_allowance(RuntimeOrigin::root(), SPENDER, NATIVE, 1), DispatchError::BadOrigin);
	});
}

#[test]
fn lower_allowance_should_take_what_there_is_and_end_it_at_nothing() {
	build_and_execute(|| {
		let lower = |by| Payments::lower_allowance(origin(OWNER), SPENDER, NATIVE, by);
		assert_noop!(lower(1), Error::<Test>::AllowanceNotFound);
		assert_ok!(set(1_000, None));
		assert_noop!(lower(0), Error::<Test>::ZeroAmount);
		assert_ok!(lower(999));
		assert_eq!(left(), Some(1));
		// More than is left: a spender may have been faster.
		assert_ok!(lower(1_000));
		assert_eq!((left(), deposits(OWNER)), (None, 0));
		assert_eq!(events().last(), Some(&Event::AllowanceEnded { owner: OWNER, spender: SPENDER, asset: NATIVE }));
		assert_noop!(Payments::lower_allowance(RuntimeOrigin::root(), SPENDER, NATIVE, 1), DispatchError::BadOrigin);
	});
}

#[test]
fn revoke_allowance_should_end_it_and_return_the_deposit() {
	build_and_execute(|| {
		let revoke = |who| Payments::revoke_allowance(origin(who), SPENDER, NATIVE);
		assert_ok!(set(1_000, None));
		assert_noop!(revoke(OTHER), Error::<Test>::AllowanceNotFound);
		assert_ok!(revoke(OWNER));
		assert_eq!((left(), deposits(OWNER)), (None, 0));
		assert_eq!(events().last(), Some(&Event::AllowanceEnded { owner: OWNER, spender: SPENDER, asset: NATIVE }));
		assert_noop!(revoke(OWNER), Error::<Test>::AllowanceNotFound);
		assert_noop!(Payments::revoke_allowance(RuntimeOrigin::root(), SPENDER, NATIVE), DispatchError::BadOrigin);
	});
}

#[test]
fn remove_expired_allowance_should_wait_for_its_last_block_and_pay_the_owner() {
	build_and_execute(|| {
		let remove = || Payments::remove_expired_allowance(origin(OTHER), OWNER, SPENDER, NATIVE);
		assert_noop!(remove(), Error::<Test>::AllowanceNotFound);
		assert_ok!(set(1_000, None));
		assert_noop!(remove(), Error::<Test>::AllowanceNotExpired);
		assert_ok!(set(1_000, Some(9)));
		System::set_block_number(9);
		assert_noop!(remove(), Error::<Test>::AllowanceNotExpired);
		assert_eq!(left(), Some(1_000));
		System::set_block_number(10);
		assert_eq!((left(), deposits(OWNER)), (None, DEPOSIT));
		assert_ok!(remove());
		assert_eq!((deposits(OWNER), free(&NATIVE, OTHER)), (0, ENDOWMENT));
		assert_eq!(events().last(), Some(&Event::AllowanceEnded { owner: OWNER, spender: SPENDER, asset: NATIVE }));
		assert_noop!(
			Payments::remove_expired_allowance(RuntimeOrigin::none(), OWNER, SPENDER, NATIVE),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn an_allowance_that_expired_can_be_set_anew() {
	build_and_execute(|| {
		assert_ok!(set(1_000, Some(2)));
		System::set_block_number(3);
		assert_ok!(set(5, Some(4)));
		assert_eq!((left(), deposits(OWNER)), (Some(5), DEPOSIT));
	});
}
