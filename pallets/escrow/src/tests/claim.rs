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
		assert_eq!(owed(KEY), Settlement { provider: 9, fee: 0, refund: 0, arbitration: 0 });
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

		assert_eq!(owed(KEY), Settlement { provider: 920, fee: 0, refund: 0, arbitration: 0 });
		assert_eq!(free(&DOLLARS, TREASURY), ENDOWMENT + 80);
		assert_ok!(Escrow::do_try_state());
		assert_noop!(claim(), Error::<Test>::PayeeCannotReceive);

		assert_ok!(Assets::thaw(RuntimeOrigin::signed(TREASURY), USDC, PROVIDER));
		assert_ok!(claim());
		assert_eq!(free(&DOLLARS, PROVIDER), ENDOWMENT + 920);
	});
}

fn block(who: AccountId) {
	assert_ok!(Assets::block(RuntimeOrigin::signed(TREASURY), USDC, who));
}

fn thaw(who: AccountId) {
	assert_ok!(Assets::thaw(RuntimeOrigin::signed(TREASURY), USDC, who));
}

#[test]
fn a_treasury_that_cannot_receive_does_not_keep_the_provider_from_its_pay() {
	build_and_execute(|| {
		assert_ok!(Escrow::deposit(KEY, &BUYER, DOLLARS, 1_000));
		block(TREASURY);
		assert_ok!(Escrow::release(KEY, &PROVIDER));
		assert_eq!(owed(KEY), Settlement { provider: 0, fee: 80, refund: 0, arbitration: 0 });
		assert_eq!(free(&DOLLARS, PROVIDER), ENDOWMENT + 920);

		thaw(TREASURY);
		// Nobody is told of a fee before it is paid.
		assert_eq!(FeeLog::get(), vec![]);
		assert_ok!(claim());
		assert_eq!(free(&DOLLARS, TREASURY), ENDOWMENT + 80);
		assert_eq!(FeeLog::get(), vec![(KEY, BUYER, DOLLARS, 80)]);
	});
}

#[test]
fn a_refund_to_a_blocked_buyer_stays_held_for_the_buyer() {
	build_and_execute(|| {
		assert_ok!(Escrow::deposit(KEY, &BUYER, DOLLARS, 1_000));
		block(BUYER);
		assert_ok!(Escrow::refund(KEY));
		assert_eq!(owed(KEY), Settlement { provider: 0, fee: 0, refund: 1_000, arbitration: 0 });
		assert!(events().contains(&Event::PaymentOwed {
			key: KEY,
			payee: Payee::Buyer,
			asset: DOLLARS,
			amount: 1_000
		}));
		assert_noop!(claim(), Error::<Test>::PayeeCannotReceive);

		thaw(BUYER);
		assert_ok!(claim());
		assert_eq!(free(&DOLLARS, BUYER), ENDOWMENT);
	});
}

#[test]
fn claim_pays_whom_it_can_and_leaves_the_others_owed() {
	build_and_execute(|| {
		assert_ok!(Escrow::deposit(KEY, &BUYER, DOLLARS, 1_000));
		[BUYER, PROVIDER, TREASURY].into_iter().for_each(block);
		assert_ok!(Escrow::split(KEY, &PROVIDER, 500));
		assert_eq!(owed(KEY), Settlement { provider: 460, fee: 40, refund: 500, arbitration: 0 });
		assert_ok!(Escrow::do_try_state());

		thaw(TREASURY);
		assert_ok!(claim());
		assert_eq!(owed(KEY), Settlement { provider: 460, fee: 0, refund: 500, arbitration: 0 });
		assert_eq!(free(&DOLLARS, TREASURY), ENDOWMENT + 40);
		assert_ok!(Escrow::do_try_state());
		// Nobody is paid twice.
		assert_noop!(claim(), Error::<Test>::PayeeCannotReceive);
		assert_noop!(Escrow::remove(KEY), Error::<Test>::StillOwed);

		[BUYER, PROVIDER].into_iter().for_each(thaw);
		assert_ok!(claim());
		assert_eq!(owed(KEY), Settlement::default());
		assert_eq!(free(&DOLLARS, TREASURY), ENDOWMENT + 40);
		assert_eq!(free(&DOLLARS, PROVIDER), ENDOWMENT + 460);
		assert_eq!(free(&DOLLARS, BUYER), ENDOWMENT - 500);
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
