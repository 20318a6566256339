//! One test breaks each invariant of the crate's documentation.

use crate::{mock::*, types::Allowance, Accounts, AllowanceTickets, Allowances, HoldReason};
use frame_support::{assert_ok, traits::fungibles::hold::Mutate};
use sp_runtime::DispatchError;

fn broken(by: impl FnOnce(), expected: &'static str) {
	new_test_ext().execute_with(|| {
		assert_ok!(Payments::deposit(origin(OWNER), NATIVE, 1_000));
		assert_ok!(Payments::set_allowance(origin(OWNER), SPENDER, NATIVE, 500, None));
		assert_ok!(Payments::do_try_state());
		by();
		assert_eq!(Payments::do_try_state(), Err(DispatchError::Other(expected)));
	});
}

#[test]
fn invariant_1_no_empty_account() {
	broken(|| Accounts::<Test>::insert(OTHER, DOLLARS, 0), "payments 1: an account with nothing in it");
}

#[test]
fn invariant_2_what_is_on_hold_was_paid_in() {
	let expected = "payments 2: what is on hold is not what was paid in";
	broken(
		|| {
			assert_ok!(Holds::hold(NATIVE, &HoldReason::Prepaid.into(), &OWNER, 1));
		},
		expected,
	);
	broken(|| Accounts::<Test>::insert(OWNER, NATIVE, 1_001), expected);
}

#[test]
fn invariant_3_an_allowance_is_of_something_and_for_somebody_else() {
	let put = |spender, amount| {
		Allowances::<Test>::insert(OWNER, (spender, NATIVE), Allowance { amount, expires_at: None });
	};
	broken(|| put(SPENDER, 0), "payments 3: an allowance of nothing");
	broken(|| put(OWNER, 1), "payments 3: an allowance to oneself");
}

#[test]
fn invariant_4_allowances_and_deposits_go_together() {
	broken(|| AllowanceTickets::<Test>::remove(OWNER, (SPENDER, NATIVE)), "payments 4: an allowance without a deposit");
	broken(|| Allowances::<Test>::remove(OWNER, (SPENDER, NATIVE)), "payments 4: a deposit without an allowance");
}
