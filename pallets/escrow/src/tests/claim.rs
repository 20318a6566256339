use crate::{mock::*, Error, Event, Payee};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{Escrow as _, Settlement};
use sp_runtime::DispatchError;

fn claim() -> sp_runtime::DispatchResult {
	Escrow::claim_owed(RuntimeOrigin::signed(OTHER), KEY)
}

#[test]
fn a_part_too_small_for_a_new_account_stays_owed_until_the_account_exists() {
	build_and_execute(|| {
		assert_ok!(Escrow::deposit(KEY, &BUYER, NATIVE, 9));
		assert_ok!(Escrow::release(KEY, &NOBODY));
		assert_eq!(owed(KEY), Settlement { provider: 9, fee: 0, refund: 0 });
		assert!(events().contains(&Event::PaymentOwed { key: KEY, payee: Payee::Provider, asset: NATIVE, amount: 9 }));
		assert_noop!(Escrow::remove(KEY), Error::<Test>::StillOwed);
		assert_noop!(claim(), Error::<Test>::PayeeCannotReceive);

		assert_ok!(Balances::transfer_keep_alive(RuntimeOrigin::signed(OTHER), NOBODY, EXISTENTIAL_DEPOSIT));
		assert_ok!(claim());

		assert_eq!(free(&NATIVE, NOBODY), EXISTENTIAL_DEPOSIT + 9);
		assert_eq!(
			events().last(),
			Some(&Event::PaymentClaimed { key: KEY, payee: Payee::Provider, asset: NATIVE, amount: 9 })
		);
		assert_noop!(claim(), Error::<Test>::NothingOwed);
		assert_ok!(Escrow::remove(KEY));
	});
}

#[test]
fn a_blocked_provider_does_not_keep_the_platform_from_its_fee() {
	build_and_execute(|| {
		assert_ok!(Escrow::deposit(KEY, &BUYER, DOLLARS, 1_000));
		assert_ok!(Assets::block(RuntimeOrigin::signed(TREASURY), USDC, PROVIDER));
		assert_ok!(Escrow::release(KEY, &PROVIDER));

		assert_eq!(owed(KEY), Settlement { provider: 920, fee: 0, refund: 0 });
		assert_eq!(free(&DOLLARS, TREASURY), ENDOWMENT + 80);
		assert_ok!(Escrow::do_try_state());
		assert_noop!(claim(), Error::<Test>::PayeeCannotReceive);

		assert_ok!(Assets::thaw(RuntimeOrigin::signed(TREASURY), USDC, PROVIDER));
		assert_ok!(claim());
		assert_eq!(free(&DOLLARS, PROVIDER), ENDOWMENT + 920);
	});
}

#[test]
fn money_that_is_owed_stays_the_payees_whatever_the_buyer_does() {
	build_and_execute(|| {
		assert_ok!(Escrow::deposit(KEY, &BUYER, NATIVE, 9));
		assert_ok!(Escrow::release(KEY, &NOBODY));
		let spendable = ENDOWMENT - 9;
		assert!(Balances::transfer_allow_death(RuntimeOrigin::signed(BUYER), OTHER, spendable + 1).is_err());
		assert_eq!(owed(KEY).provider, 9);
	});
}

#[test]
fn claim_should_fail_when_nothing_is_owed() {
	build_and_execute(|| {
		assert_noop!(claim(), Error::<Test>::NotFound);
		assert_ok!(Escrow::deposit(KEY, &BUYER, NATIVE, 1_000));
		assert_noop!(claim(), Error::<Test>::NothingOwed);
		assert_ok!(Escrow::release(KEY, &PROVIDER));
		assert_noop!(claim(), Error::<Test>::NothingOwed);
	});
}

#[test]
fn claim_should_fail_when_the_origin_is_not_signed() {
	build_and_execute(|| {
		assert_noop!(Escrow::claim_owed(RuntimeOrigin::none(), KEY), DispatchError::BadOrigin);
		assert_noop!(Escrow::claim_owed(RuntimeOrigin::root(), KEY), DispatchError::BadOrigin);
	});
}
