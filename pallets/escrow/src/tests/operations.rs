use crate::{mock::*, Error, EscrowState, Event, HoldReason};
use frame_support::{
	assert_noop, assert_ok,
	traits::{
		fungibles::{hold::Inspect as _, Inspect as _},
		tokens::{Fortitude, Preservation},
		LockableCurrency, WithdrawReasons,
	},
};
use gpu_chain_primitives::{Award, Escrow as _, EscrowInspect as _, EscrowKey, Settlement};
use sp_runtime::{Permill, TokenError};

fn held(asset: AssetKind, who: AccountId) -> Balance {
	Currencies::balance_on_hold(asset, &HoldReason::Escrow.into(), &who)
}

#[test]
fn deposit_holds_the_amount_on_the_buyers_account() {
	for asset in [NATIVE, DOLLARS] {
		build_and_execute(|| {
			assert_ok!(Escrow::deposit(KEY, &BUYER, asset.clone(), 1_000));

			assert_eq!(held(asset.clone(), BUYER), 1_000);
			assert_eq!(free(&asset, BUYER), ENDOWMENT - 1_000);
			let record = Escrow::escrow(KEY).unwrap();
			assert_eq!((record.buyer, record.amount, record.state), (BUYER, 1_000, EscrowState::Held));
			assert_eq!(events(), [Event::EscrowDeposited { key: KEY, buyer: BUYER, asset, amount: 1_000 }]);
		});
	}
}

#[test]
fn deposit_should_fail_when_the_key_is_in_use() {
	build_and_execute(|| {
		assert_ok!(Escrow::deposit(KEY, &BUYER, NATIVE, 1_000));
		assert_noop!(Escrow::deposit(KEY, &OTHER, DOLLARS, 5), Error::<Test>::KeyInUse);
		assert_ok!(Escrow::refund(KEY));
		assert_noop!(Escrow::deposit(KEY, &BUYER, NATIVE, 1_000), Error::<Test>::KeyInUse);
	});
}

#[test]
fn task_and_rental_of_one_number_have_different_keys() {
	build_and_execute(|| {
		assert_ok!(Escrow::deposit(EscrowKey::Task(1), &BUYER, NATIVE, 1_000));
		assert_ok!(Escrow::deposit(EscrowKey::Rental(1), &BUYER, NATIVE, 500));
		assert_eq!(held(NATIVE, BUYER), 1_500);
	});
}

#[test]
fn deposit_should_fail_when_the_amount_is_zero() {
	build_and_execute(|| {
		assert_noop!(Escrow::deposit(KEY, &BUYER, NATIVE, 0), Error::<Test>::ZeroAmount);
	});
}

#[test]
fn deposit_should_fail_when_the_buyer_has_less() {
	build_and_execute(|| {
		assert_noop!(Escrow::deposit(KEY, &BUYER, NATIVE, ENDOWMENT + 1), TokenError::FundsUnavailable);
		assert_noop!(Escrow::deposit(KEY, &BUYER, NATIVE, Balance::MAX), TokenError::FundsUnavailable);
		assert!(Escrow::deposit(KEY, &BUYER, DOLLARS, ENDOWMENT + 1).is_err());
		assert!(Escrow::deposit(KEY, &NOBODY, DOLLARS, 1).is_err());
		assert_eq!(Escrow::escrow(KEY), None);
	});
}

fn lock(amount: Balance) {
	Balances::set_lock(*b"vesting_", &BUYER, amount, WithdrawReasons::all());
}

#[test]
fn deposit_should_fail_when_the_money_is_frozen() {
	build_and_execute(|| {
		lock(ENDOWMENT - 1_000);
		assert!(Currencies::can_hold(NATIVE, &HoldReason::Escrow.into(), &BUYER, 1_001), "the currency would take it");
		assert_noop!(Escrow::deposit(KEY, &BUYER, NATIVE, 1_001), TokenError::Frozen);
		assert_ok!(Escrow::deposit(KEY, &BUYER, NATIVE, 1_000));
		// A frozen account of an asset has nothing to spend at all.
		assert_ok!(Assets::freeze(RuntimeOrigin::signed(TREASURY), USDC, OTHER));
		assert_noop!(Escrow::deposit(EscrowKey::Task(8), &OTHER, DOLLARS, 1), TokenError::FundsUnavailable);
	});
}

#[test]
fn frozen_money_does_not_get_free_by_going_through_several_escrows() {
	build_and_execute(|| {
		let frozen = ENDOWMENT - 1_000;
		lock(frozen);
		assert_ok!(Escrow::deposit(EscrowKey::Task(1), &BUYER, NATIVE, 600));
		// The currency lets the 600 on hold cover 600 of what is frozen, and calls as many more free.
		assert_eq!(Currencies::reducible_balance(NATIVE, &BUYER, Preservation::Protect, Fortitude::Polite), 1_000);
		assert_noop!(Escrow::deposit(EscrowKey::Task(2), &BUYER, NATIVE, 401), TokenError::Frozen);
		assert_ok!(Escrow::deposit(EscrowKey::Task(2), &BUYER, NATIVE, 400));
		assert_noop!(Escrow::deposit(EscrowKey::Task(3), &BUYER, NATIVE, 1), TokenError::Frozen);
		assert_eq!(held(NATIVE, BUYER), 1_000);

		assert_ok!(Escrow::release(EscrowKey::Task(1), &PROVIDER));
		assert_ok!(Escrow::release(EscrowKey::Task(2), &PROVIDER));
		assert_eq!(free(&NATIVE, BUYER), frozen);
	});
}

#[test]
fn a_freeze_after_the_deposit_does_not_keep_the_provider_from_its_pay() {
	for asset in [NATIVE, DOLLARS] {
		build_and_execute(|| {
			assert_ok!(Escrow::deposit(KEY, &BUYER, asset.clone(), 1_000));
			lock(ENDOWMENT);
			assert_ok!(Assets::freeze(RuntimeOrigin::signed(TREASURY), USDC, BUYER));
			assert_ok!(Escrow::split(KEY, &PROVIDER, 500));

			assert_eq!(owed(KEY), Settlement::default());
			assert_eq!(free(&asset, PROVIDER), ENDOWMENT + 460);
			assert_eq!(free(&asset, BUYER), ENDOWMENT - 500);
		});
	}
}

#[test]
fn release_pays_92_percent_to_the_provider_and_8_to_the_platform() {
	for asset in [NATIVE, DOLLARS] {
		build_and_execute(|| {
			assert_ok!(Escrow::deposit(KEY, &BUYER, asset.clone(), 1_000));
			let paid = Escrow::release(KEY, &PROVIDER).unwrap();

			assert_eq!(paid, Settlement { provider: 920, fee: 80, refund: 0, arbitration: 0 });
			assert_eq!(free(&asset, PROVIDER), ENDOWMENT + 920);
			assert_eq!(free(&asset, TREASURY), ENDOWMENT + 80);
			assert_eq!(free(&asset, BUYER), ENDOWMENT - 1_000);
			assert_eq!(held(asset.clone(), BUYER), 0);
			assert_eq!(
				events()[1..],
				[Event::EscrowReleased { key: KEY, provider: PROVIDER, asset, provider_payout: 920, platform_fee: 80 }]
			);
		});
	}
}

#[test]
fn the_last_unit_is_the_providers() {
	build_and_execute(|| {
		for (number, amount, fee) in [(1, 1, 0), (2, 12, 0), (3, 13, 1), (4, 99, 7)] {
			assert_ok!(Escrow::deposit(EscrowKey::Task(number), &BUYER, DOLLARS, amount));
			let paid = Escrow::release(EscrowKey::Task(number), &PROVIDER).unwrap();
			assert_eq!(paid, Settlement { provider: amount - fee, fee, refund: 0, arbitration: 0 });
		}
	});
}

#[test]
fn the_fee_is_the_one_of_the_day_of_the_deposit() {
	build_and_execute(|| {
		assert_ok!(Escrow::deposit(KEY, &BUYER, NATIVE, 1_000));
		Fee::set(Permill::from_percent(50));
		assert_eq!(Escrow::release(KEY, &PROVIDER).unwrap().fee, 80);
	});
}

#[test]
fn refund_gives_all_of_it_back_without_a_fee() {
	for asset in [NATIVE, DOLLARS] {
		build_and_execute(|| {
			assert_ok!(Escrow::deposit(KEY, &BUYER, asset.clone(), 1_000));
			assert_eq!(Escrow::refund(KEY).unwrap(), Settlement { provider: 0, fee: 0, refund: 1_000, arbitration: 0 });
			assert_eq!(free(&asset, BUYER), ENDOWMENT);
			assert_eq!(events()[1..], [Event::EscrowRefunded { key: KEY, buyer: BUYER, asset, amount: 1_000 }]);
		});
	}
}

#[test]
fn split_takes_the_fee_of_the_providers_part_only() {
	for asset in [NATIVE, DOLLARS] {
		build_and_execute(|| {
			assert_ok!(Escrow::deposit(KEY, &BUYER, asset.clone(), 1_000));
			let paid = Escrow::split(KEY, &PROVIDER, 250).unwrap();

			assert_eq!(paid, Settlement { provider: 230, fee: 20, refund: 750, arbitration: 0 });
			assert_eq!(free(&asset, PROVIDER), ENDOWMENT + 230);
			assert_eq!(free(&asset, BUYER), ENDOWMENT - 250);
			assert_eq!(free(&asset, TREASURY), ENDOWMENT + 20);
			assert!(matches!(events()[1], Event::EscrowSplit { refund: 750, .. }));
		});
	}
}

#[test]
fn split_of_nothing_is_a_refund_and_of_all_a_release() {
	build_and_execute(|| {
		assert_ok!(Escrow::deposit(EscrowKey::Task(1), &BUYER, NATIVE, 1_000));
		assert_ok!(Escrow::deposit(EscrowKey::Task(2), &BUYER, NATIVE, 1_000));
		assert_eq!(Escrow::split(EscrowKey::Task(1), &PROVIDER, 0).unwrap().refund, 1_000);
		assert_eq!(
			Escrow::split(EscrowKey::Task(2), &PROVIDER, 1_000).unwrap(),
			Settlement { provider: 920, fee: 80, refund: 0, arbitration: 0 }
		);
	});
}

#[test]
fn split_should_fail_when_the_provider_would_have_more_than_is_held() {
	build_and_execute(|| {
		assert_ok!(Escrow::deposit(KEY, &BUYER, NATIVE, 1_000));
		assert_noop!(Escrow::split(KEY, &PROVIDER, 1_001), Error::<Test>::AmountAboveEscrow);
	});
}

#[test]
fn settling_should_fail_without_an_escrow() {
	build_and_execute(|| {
		assert_noop!(Escrow::release(KEY, &PROVIDER), Error::<Test>::NotFound);
		assert_noop!(Escrow::refund(KEY), Error::<Test>::NotFound);
		assert_noop!(Escrow::split(KEY, &PROVIDER, 1), Error::<Test>::NotFound);
		assert_noop!(Escrow::remove(KEY), Error::<Test>::NotFound);
	});
}

#[test]
fn settling_should_fail_a_second_time() {
	build_and_execute(|| {
		assert_ok!(Escrow::deposit(KEY, &BUYER, NATIVE, 1_000));
		assert_ok!(Escrow::release(KEY, &PROVIDER));
		assert_noop!(Escrow::release(KEY, &PROVIDER), Error::<Test>::AlreadySettled);
		assert_noop!(Escrow::refund(KEY), Error::<Test>::AlreadySettled);
		assert_noop!(Escrow::split(KEY, &PROVIDER, 1), Error::<Test>::AlreadySettled);
	});
}

#[test]
fn remove_forgets_a_settled_escrow_only() {
	build_and_execute(|| {
		assert_ok!(Escrow::deposit(KEY, &BUYER, NATIVE, 1_000));
		assert_noop!(Escrow::remove(KEY), Error::<Test>::StillHeld);
		assert_ok!(Escrow::release(KEY, &PROVIDER));
		assert_ok!(Escrow::remove(KEY));
		assert_eq!(Escrow::escrow(KEY), None);
		assert_eq!(events().last(), Some(&Event::EscrowRemoved { key: KEY }));
	});
}

#[test]
fn a_buyer_may_put_all_but_the_existential_deposit_into_escrow() {
	build_and_execute(|| {
		assert_ok!(Escrow::deposit(KEY, &BUYER, NATIVE, ENDOWMENT - EXISTENTIAL_DEPOSIT));
		assert_ok!(Escrow::release(KEY, &PROVIDER));
		assert_eq!(free(&NATIVE, BUYER), EXISTENTIAL_DEPOSIT);
	});
}

#[test]
fn a_buyer_may_put_all_but_the_minimum_of_an_asset_into_escrow() {
	build_and_execute(|| {
		assert_noop!(Escrow::deposit(KEY, &BUYER, DOLLARS, ENDOWMENT), TokenError::FundsUnavailable);
		assert_ok!(Escrow::deposit(KEY, &BUYER, DOLLARS, ENDOWMENT - 1));
		// The account outlives its escrow, so that a refund finds it.
		assert!(Assets::transfer(RuntimeOrigin::signed(BUYER), USDC, OTHER, 1).is_err());
		assert_ok!(Escrow::release(KEY, &PROVIDER));
		assert_eq!(free(&DOLLARS, BUYER), 1);
	});
}

#[test]
fn a_whole_native_balance_can_go_where_something_else_keeps_the_account_alive() {
	build_and_execute(|| {
		System::inc_providers(&BUYER);
		assert_ok!(Escrow::deposit(KEY, &BUYER, NATIVE, ENDOWMENT));
		assert_eq!(free(&NATIVE, BUYER), 0);
		assert_ok!(Escrow::release(KEY, &PROVIDER));
		assert_eq!((free(&NATIVE, BUYER), held(NATIVE, BUYER)), (0, 0));
		assert_eq!(free(&NATIVE, PROVIDER) + free(&NATIVE, TREASURY), 3 * ENDOWMENT);
	});
}

#[test]
fn a_provider_that_is_the_buyer_pays_the_fee_all_the_same() {
	build_and_execute(|| {
		assert_ok!(Escrow::deposit(KEY, &BUYER, NATIVE, 1_000));
		assert_eq!(Escrow::release(KEY, &BUYER).unwrap().fee, 80);
		assert_eq!(free(&NATIVE, BUYER), ENDOWMENT - 80);
	});
}

#[test]
fn top_up_holds_more_under_the_same_key_and_is_shared_out_with_the_rest() {
	for asset in [NATIVE, DOLLARS] {
		build_and_execute(|| {
			assert_ok!(Escrow::deposit(KEY, &BUYER, asset.clone(), 1_000));
			assert_ok!(Escrow::top_up(KEY, 500));

			assert_eq!(held(asset.clone(), BUYER), 1_500);
			assert_eq!(Escrow::escrow(KEY).unwrap().amount, 1_500);
			assert_eq!(events()[1..], [Event::EscrowToppedUp { key: KEY, amount: 500, total: 1_500 }]);
			assert_eq!(
				Escrow::release(KEY, &PROVIDER).unwrap(),
				Settlement { provider: 1_380, fee: 120, refund: 0, arbitration: 0 }
			);
		});
	}
}

#[test]
fn top_up_should_fail_when_there_is_nothing_to_add_or_nothing_to_add_to() {
	build_and_execute(|| {
		assert_noop!(Escrow::top_up(KEY, 1), Error::<Test>::NotFound);
		assert_ok!(Escrow::deposit(KEY, &BUYER, NATIVE, 1_000));
		assert_noop!(Escrow::top_up(KEY, 0), Error::<Test>::ZeroAmount);
		assert_noop!(Escrow::top_up(KEY, Balance::MAX), sp_runtime::ArithmeticError::Overflow);
		assert_noop!(Escrow::top_up(KEY, ENDOWMENT), TokenError::FundsUnavailable);
		assert_ok!(Escrow::refund(KEY));
		assert_noop!(Escrow::top_up(KEY, 1), Error::<Test>::AlreadySettled);
	});
}

#[test]
fn award_pays_everybody_as_the_judge_says_and_no_fee_on_top() {
	for asset in [NATIVE, DOLLARS] {
		build_and_execute(|| {
			assert_eq!(Escrow::platform_fee(KEY), None);
			assert_ok!(Escrow::deposit(KEY, &BUYER, asset.clone(), 1_000));
			Fee::set(Permill::from_percent(9));
			assert_eq!(Escrow::platform_fee(KEY), Some(Permill::from_percent(8)));
			let award = Award { provider: 400, fee: 80, refund: 500, arbitration: 20 };
			let paid = Escrow::award(KEY, &PROVIDER, award, &OTHER).unwrap();

			assert_eq!(paid, Settlement { provider: 400, fee: 80, refund: 500, arbitration: 20 });
			assert_eq!(free(&asset, PROVIDER), ENDOWMENT + 400);
			assert_eq!(free(&asset, TREASURY), ENDOWMENT + 80);
			assert_eq!(free(&asset, BUYER), ENDOWMENT - 500);
			assert_eq!(free(&asset, OTHER), ENDOWMENT + 20);
			assert_eq!((held(asset, BUYER), Escrow::owed_to_judge(KEY)), (0, 0));
		});
	}
}

#[test]
fn award_should_fail_when_its_parts_are_not_what_is_held() {
	build_and_execute(|| {
		let award = |provider, arbitration| Award { provider, fee: 80, refund: 500, arbitration };
		assert_noop!(Escrow::award(KEY, &PROVIDER, award(400, 20), &OTHER), Error::<Test>::NotFound);
		assert_ok!(Escrow::deposit(KEY, &BUYER, NATIVE, 1_000));
		for wrong in [award(400, 19), award(400, 21), award(Balance::MAX, 20), Award::default()] {
			assert_noop!(Escrow::award(KEY, &PROVIDER, wrong, &OTHER), Error::<Test>::PartsNotAmount);
		}
		assert_ok!(Escrow::award(KEY, &PROVIDER, award(400, 20), &OTHER));
		assert_noop!(Escrow::award(KEY, &PROVIDER, award(400, 20), &OTHER), Error::<Test>::AlreadySettled);
	});
}

#[test]
fn a_judge_who_cannot_be_paid_is_owed_and_keeps_nobody_else_waiting() {
	build_and_execute(|| {
		assert_ok!(Escrow::deposit(KEY, &BUYER, NATIVE, 1_000));
		// Less than an account needs to exist.
		let award = Award { provider: 995, fee: 0, refund: 0, arbitration: 5 };
		assert_eq!(Escrow::owed_to_judge(KEY), 0);
		assert_ok!(Escrow::award(KEY, &PROVIDER, award, &NOBODY));
		assert_eq!(owed(KEY), Settlement { provider: 0, fee: 0, refund: 0, arbitration: 5 });
		assert_eq!(Escrow::owed_to_judge(KEY), 5);
		assert_noop!(Escrow::remove(KEY), Error::<Test>::StillOwed);
	});
}

#[test]
fn a_paid_fee_is_told_once_and_nothing_else_is() {
	build_and_execute(|| {
		assert_ok!(Escrow::deposit(KEY, &BUYER, NATIVE, 1_000));
		assert_ok!(Escrow::release(KEY, &PROVIDER));
		assert_eq!(FeeLog::take(), vec![(KEY, BUYER, NATIVE, 80)]);
		let refunded = EscrowKey::Rental(1);
		assert_ok!(Escrow::deposit(refunded, &BUYER, NATIVE, 1_000));
		assert_ok!(Escrow::refund(refunded));
		// Eight percent of twelve are nothing.
		let small = EscrowKey::Rental(2);
		assert_ok!(Escrow::deposit(small, &BUYER, NATIVE, 12));
		assert_ok!(Escrow::release(small, &PROVIDER));
		assert_eq!(FeeLog::take(), vec![]);
		let judged = EscrowKey::Rental(3);
		assert_ok!(Escrow::deposit(judged, &BUYER, NATIVE, 1_000));
		let award = Award { provider: 900, fee: 80, refund: 0, arbitration: 20 };
		assert_ok!(Escrow::award(judged, &PROVIDER, award, &OTHER));
		assert_eq!(FeeLog::take(), vec![(judged, BUYER, NATIVE, 80)]);
	});
}
