//! Paying in and taking back.

use crate::{mock::*, Error, Event, HoldReason};
use frame_support::{
	assert_noop, assert_ok,
	storage::with_storage_layer,
	traits::{fungibles::hold::Inspect, LockableCurrency, WithdrawReasons},
};
use sp_runtime::{DispatchError, TokenError};

fn held(asset: &AssetKind, who: AccountId) -> Balance {
	Holds::balance_on_hold(asset.clone(), &HoldReason::Prepaid.into(), &who)
}

#[test]
fn deposit_should_hold_the_money_on_its_owners_account() {
	for asset in [NATIVE, DOLLARS] {
		build_and_execute(|| {
			assert_ok!(Payments::deposit(origin(OWNER), asset.clone(), 1_000));
			assert_ok!(Payments::deposit(origin(OWNER), asset.clone(), 1));

			assert_eq!(Payments::balance(&OWNER, &asset), 1_001);
			assert_eq!((held(&asset, OWNER), free(&asset, OWNER)), (1_001, ENDOWMENT - 1_001));
			assert_eq!(
				events(),
				[
					Event::PrepaidDeposited { owner: OWNER, asset: asset.clone(), amount: 1_000, balance: 1_000 },
					Event::PrepaidDeposited { owner: OWNER, asset, amount: 1, balance: 1_001 },
				]
			);
		});
	}
}

#[test]
fn deposit_should_fail_of_nothing_and_of_more_than_there_is() {
	build_and_execute(|| {
		assert_noop!(Payments::deposit(origin(OWNER), NATIVE, 0), Error::<Test>::ZeroAmount);
		assert_noop!(Payments::deposit(RuntimeOrigin::root(), NATIVE, 1), DispatchError::BadOrigin);
		assert_noop!(Payments::deposit(RuntimeOrigin::none(), NATIVE, 1), DispatchError::BadOrigin);
		for amount in [ENDOWMENT + 1, Balance::MAX] {
			assert_noop!(Payments::deposit(origin(OWNER), NATIVE, amount), TokenError::FundsUnavailable);
			assert!(Payments::deposit(origin(OWNER), DOLLARS, amount).is_err());
		}
		assert!(Payments::deposit(origin(NOBODY), DOLLARS, 1).is_err());
		assert!(Payments::deposit(origin(OWNER), AssetKind::WithId(77), 1).is_err(), "there is no such currency");
		assert_eq!(Payments::balance(&OWNER, &NATIVE), 0);
	});
}

#[test]
fn withdraw_should_free_the_money() {
	for asset in [NATIVE, DOLLARS] {
		build_and_execute(|| {
			assert_ok!(Payments::deposit(origin(OWNER), asset.clone(), 1_000));
			assert_ok!(Payments::withdraw(origin(OWNER), asset.clone(), 400));
			assert_eq!((held(&asset, OWNER), free(&asset, OWNER)), (600, ENDOWMENT - 600));
			assert_ok!(Payments::withdraw(origin(OWNER), asset.clone(), 600));
			assert_eq!((held(&asset, OWNER), free(&asset, OWNER)), (0, ENDOWMENT));
			assert_eq!(
				events()[1..],
				[
					Event::PrepaidWithdrawn { owner: OWNER, asset: asset.clone(), amount: 400, balance: 600 },
					Event::PrepaidWithdrawn { owner: OWNER, asset, amount: 600, balance: 0 },
				]
			);
		});
	}
}

#[test]
fn withdraw_should_fail_of_more_than_was_paid_in() {
	build_and_execute(|| {
		assert_ok!(Payments::deposit(origin(OWNER), NATIVE, 1_000));
		assert_noop!(Payments::withdraw(origin(OWNER), NATIVE, 0), Error::<Test>::ZeroAmount);
		assert_noop!(Payments::withdraw(origin(OWNER), NATIVE, 1_001), Error::<Test>::InsufficientPrepaid);
		assert_noop!(Payments::withdraw(origin(OWNER), DOLLARS, 1), Error::<Test>::InsufficientPrepaid);
		assert_noop!(Payments::withdraw(origin(SPENDER), NATIVE, 1), Error::<Test>::InsufficientPrepaid);
		assert_noop!(Payments::withdraw(RuntimeOrigin::root(), NATIVE, 1), DispatchError::BadOrigin);
	});
}

#[test]
fn what_a_lock_covers_can_be_paid_in_and_taken_back_but_not_paid_out() {
	build_and_execute(|| {
		Balances::set_lock(*b"vesting_", &OWNER, ENDOWMENT - 100, WithdrawReasons::all());
		assert_ok!(Payments::deposit(origin(OWNER), NATIVE, 1_000));
		// As in a block: what fails changes nothing.
		let pay = |amount| {
			with_storage_layer(|| Payments::make_payment(origin(OWNER), OTHER, NATIVE, amount, Default::default()))
		};
		assert!(pay(101).is_err());
		assert_ok!(pay(100));
		assert!(pay(1).is_err());
		assert_ok!(Payments::withdraw(origin(OWNER), NATIVE, 900));
		assert_eq!(free(&NATIVE, OWNER), ENDOWMENT - 100);
	});
}
