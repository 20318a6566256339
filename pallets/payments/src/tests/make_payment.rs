use crate::{mock::*, Error, Event, Reference};
use frame_support::{assert_noop, assert_ok, assert_storage_noop};
use sp_runtime::DispatchError;

fn reference(text: &[u8]) -> Reference {
	text.to_vec().try_into().unwrap()
}

fn pay(to: AccountId, asset: &AssetKind, amount: Balance) -> sp_runtime::DispatchResult {
	// As in a block: what fails changes nothing.
	frame_support::storage::with_storage_layer(|| {
		Payments::make_payment(origin(OWNER), to, asset.clone(), amount, reference(b"invoice 7"))
	})
}

#[test]
fn make_payment_should_pay_and_say_what_for() {
	for asset in [NATIVE, DOLLARS] {
		build_and_execute(|| {
			assert_ok!(Payments::deposit(origin(OWNER), asset.clone(), 1_000));
			assert_ok!(pay(OTHER, &asset, 600));

			assert_eq!(Payments::balance(&OWNER, &asset), 400);
			assert_eq!((free(&asset, OWNER), free(&asset, OTHER)), (ENDOWMENT - 1_000, ENDOWMENT + 600));
			let paid =
				Event::PaymentMade { from: OWNER, to: OTHER, asset, amount: 600, reference: reference(b"invoice 7") };
			assert_eq!(events().last(), Some(&paid));
		});
	}
}

#[test]
fn make_payment_should_open_an_account_that_can_exist() {
	build_and_execute(|| {
		assert_ok!(Payments::deposit(origin(OWNER), NATIVE, 1_000));
		assert!(pay(NOBODY, &NATIVE, EXISTENTIAL_DEPOSIT - 1).is_err());
		assert_ok!(pay(NOBODY, &NATIVE, EXISTENTIAL_DEPOSIT));
		assert_eq!(free(&NATIVE, NOBODY), EXISTENTIAL_DEPOSIT);
	});
}

#[test]
fn make_payment_should_fail_of_nothing_to_oneself_and_of_more_than_was_paid_in() {
	build_and_execute(|| {
		assert_ok!(Payments::deposit(origin(OWNER), NATIVE, 1_000));
		assert_noop!(pay(OTHER, &NATIVE, 0), Error::<Test>::ZeroAmount);
		assert_noop!(pay(OWNER, &NATIVE, 1), Error::<Test>::SelfPayment);
		assert_noop!(pay(OTHER, &NATIVE, 1_001), Error::<Test>::InsufficientPrepaid);
		assert_noop!(pay(OTHER, &DOLLARS, 1), Error::<Test>::InsufficientPrepaid);
		assert_noop!(
			Payments::make_payment(RuntimeOrigin::root(), OTHER, NATIVE, 1, reference(b"")),
			DispatchError::BadOrigin
		);
		assert_ok!(pay(OTHER, &NATIVE, 1_000));
	});
}

#[test]
fn make_payment_should_not_pass_an_account_that_the_assets_admin_froze() {
	build_and_execute(|| {
		assert_ok!(Payments::deposit(origin(OWNER), DOLLARS, 1_000));
		assert_ok!(Assets::freeze(origin(TREASURY), USDC, OWNER));
		assert_storage_noop!(assert!(pay(OTHER, &DOLLARS, 1).is_err()));
		assert_ok!(Assets::thaw(origin(TREASURY), USDC, OWNER));
		assert_ok!(Assets::block(origin(TREASURY), USDC, OTHER));
		assert_storage_noop!(assert!(pay(OTHER, &DOLLARS, 1).is_err()));
		assert_eq!(Payments::balance(&OWNER, &DOLLARS), 1_000);
	});
}

#[test]
fn a_spender_should_not_pay_from_an_account_that_is_not_theirs() {
	build_and_execute(|| {
		assert_ok!(Payments::deposit(origin(OWNER), NATIVE, 1_000));
		assert_ok!(Payments::set_allowance(origin(OWNER), SPENDER, NATIVE, 1_000, None));
		assert_noop!(
			Payments::make_payment(origin(SPENDER), OTHER, NATIVE, 1, reference(b"")),
			Error::<Test>::InsufficientPrepaid
		);
		assert_noop!(Payments::withdraw(origin(SPENDER), NATIVE, 1), Error::<Test>::InsufficientPrepaid);
	});
}
