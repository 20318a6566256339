use crate::{mock::*, Error, EscrowState, Event, HoldReason};
use frame_support::{assert_noop, assert_ok, traits::fungibles::hold::Inspect};
use gpu_chain_primitives::{Escrow as _, EscrowKey, Settlement};
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

#[test]
fn release_pays_92_percent_to_the_provider_and_8_to_the_platform() {
	for asset in [NATIVE, DOLLARS] {
		build_and_execute(|| {
			assert_ok!(Escrow::deposit(KEY, &BUYER, asset.clone(), 1_000));
			let paid = Escrow::release(KEY, &PROVIDER).unwrap();

			assert_eq!(paid, Settlement { provider: 920, fee: 80, refund: 0 });
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
			assert_eq!(paid, Settlement { provider: amount - fee, fee, refund: 0 });
		}
	});
}

#[test]
fn the_fee_is_the_one_of_the_day_of_the_deposit() {
	build_and_execute(|| {
		assert_ok!(Escrow::deposit(KEY, &BUYER, NATIVE, 1_000));
		Fee::set(Permill::from_percent(50));
		assert_eq!(Escrow::release(KEY, &PROVIDER).unwrap().fee, 80);
		Fee::set(Permill::from_percent(8));
	});
}

#[test]
fn refund_gives_all_of_it_back_without_a_fee() {
	for asset in [NATIVE, DOLLARS] {
		build_and_execute(|| {
			assert_ok!(Escrow::deposit(KEY, &BUYER, asset.clone(), 1_000));
			assert_eq!(Escrow::refund(KEY).unwrap(), Settlement { provider: 0, fee: 0, refund: 1_000 });
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

			assert_eq!(paid, Settlement { provider: 230, fee: 20, refund: 750 });
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
			Settlement { provider: 920, fee: 80, refund: 0 }
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
fn a_provider_that_is_the_buyer_pays_the_fee_all_the_same() {
	build_and_execute(|| {
		assert_ok!(Escrow::deposit(KEY, &BUYER, NATIVE, 1_000));
		assert_eq!(Escrow::release(KEY, &BUYER).unwrap().fee, 80);
		assert_eq!(free(&NATIVE, BUYER), ENDOWMENT - 80);
	});
}
