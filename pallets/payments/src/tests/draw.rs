//! What markets take for deals.

use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::PrepaidAccounts;
use sp_runtime::DispatchResult;

fn draw(spender: AccountId, asset: &AssetKind, amount: Balance) -> DispatchResult {
	<Payments as PrepaidAccounts<_, _, _>>::draw(&OWNER, &spender, asset, amount)
}

fn left(asset: &AssetKind) -> Option<Balance> {
	Payments::allowance(&OWNER, &SPENDER, asset).map(|allowance| allowance.amount)
}

#[test]
fn the_owner_should_draw_without_an_allowance() {
	for asset in [NATIVE, DOLLARS] {
		build_and_execute(|| {
			assert_ok!(Payments::deposit(origin(OWNER), asset.clone(), 1_000));
			assert_ok!(draw(OWNER, &asset, 1_000));
			assert_eq!(free(&asset, OWNER), ENDOWMENT);
			let drawn = Event::PrepaidDrawn { owner: OWNER, spender: OWNER, asset: asset.clone(), amount: 1_000 };
			assert_eq!(events().last(), Some(&drawn));
			assert_noop!(draw(OWNER, &asset, 1), Error::<Test>::InsufficientPrepaid);
		});
	}
}

#[test]
fn a_spender_should_free_money_of_the_owner_and_have_nothing_of_it() {
	for asset in [NATIVE, DOLLARS] {
		build_and_execute(|| {
			assert_ok!(Payments::deposit(origin(OWNER), asset.clone(), 1_000));
			assert_ok!(Payments::set_allowance(origin(OWNER), SPENDER, asset.clone(), 700, None));
			let before = free(&asset, OWNER);
			assert_ok!(draw(SPENDER, &asset, 300));
			assert_eq!((free(&asset, OWNER) - before, free(&asset, SPENDER)), (300, ENDOWMENT));
			assert_eq!((left(&asset), Payments::balance(&OWNER, &asset)), (Some(400), 700));

			// All that is left of it ends it.
			assert_ok!(draw(SPENDER, &asset, 400));
			assert_eq!((left(&asset), deposits(OWNER)), (None, 0));
			assert_eq!(
				events()[events().len() - 2..],
				[
					Event::AllowanceEnded { owner: OWNER, spender: SPENDER, asset: asset.clone() },
					Event::PrepaidDrawn { owner: OWNER, spender: SPENDER, asset: asset.clone(), amount: 400 },
				]
			);
			assert_noop!(draw(SPENDER, &asset, 1), Error::<Test>::AllowanceNotFound);
		});
	}
}

#[test]
fn a_spender_should_not_drain_more_than_the_allowance() {
	build_and_execute(|| {
		assert_ok!(Payments::deposit(origin(OWNER), NATIVE, 10_000));
		assert_ok!(Payments::deposit(origin(OWNER), DOLLARS, 10_000));
		assert_noop!(draw(SPENDER, &NATIVE, 1), Error::<Test>::AllowanceNotFound);
		assert_ok!(Payments::set_allowance(origin(OWNER), SPENDER, NATIVE, 100, Some(3)));
		// Neither at once, nor bit by bit, nor in another currency, nor through somebody else, nor later.
		assert_noop!(draw(SPENDER, &NATIVE, 101), Error::<Test>::AllowanceTooSmall);
		assert_noop!(draw(SPENDER, &NATIVE, Balance::MAX), Error::<Test>::AllowanceTooSmall);
		let drawn = (0..1_000).filter(|_| draw(SPENDER, &NATIVE, 3).is_ok()).count();
		assert_eq!((drawn, left(&NATIVE)), (33, Some(1)));
		assert_noop!(draw(SPENDER, &DOLLARS, 1), Error::<Test>::AllowanceNotFound);
		assert_noop!(draw(OTHER, &NATIVE, 1), Error::<Test>::AllowanceNotFound);
		System::set_block_number(4);
		assert_noop!(draw(SPENDER, &NATIVE, 1), Error::<Test>::AllowanceExpired);
		assert_eq!(Payments::balance(&OWNER, &NATIVE), 10_000 - 99);
	});
}

#[test]
fn draw_should_fail_of_nothing_and_of_more_than_lies_there_and_change_nothing() {
	build_and_execute(|| {
		assert_ok!(Payments::deposit(origin(OWNER), NATIVE, 100));
		assert_ok!(Payments::set_allowance(origin(OWNER), SPENDER, NATIVE, 1_000, None));
		assert_noop!(draw(SPENDER, &NATIVE, 0), Error::<Test>::ZeroAmount);
		// The allowance alone would do: it is not lowered.
		assert_noop!(draw(SPENDER, &NATIVE, 101), Error::<Test>::InsufficientPrepaid);
		assert_noop!(draw(SPENDER, &NATIVE, 1_000), Error::<Test>::InsufficientPrepaid);
		assert_eq!(left(&NATIVE), Some(1_000));
	});
}

#[test]
fn draw_should_weigh_what_is_measured() {
	use crate::WeightInfo;
	assert_eq!(<Payments as PrepaidAccounts<AccountId, AssetKind, Balance>>::weight(), <() as WeightInfo>::draw());
}
