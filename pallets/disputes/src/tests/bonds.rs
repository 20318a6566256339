use crate::{mock::*, Error, Event};
use frame_support::{
	assert_noop, assert_ok,
	traits::{fungibles::Mutate, tokens::Preservation},
};
use sp_runtime::DispatchError;

fn claim(id: u64) -> sp_runtime::DispatchResult {
	frame_support::storage::with_storage_layer(|| Disputes::claim_bond(origin(ANYBODY), id))
}

#[test]
fn a_winner_that_cannot_receive_the_bond_is_owed_it() {
	build_and_execute(|| {
		// The provider has no account in this currency, and price and bond are both too small to make one.
		let id = dispute_deal(Deal { provider: NOBODY, ..deal(COINS, 98) });
		concluded(id, &[FOR_PROVIDER; 3]);
		assert_eq!((record(id).bond_owed_to, bonded(&COINS, BUYER)), (Some(NOBODY), 1));
		System::assert_has_event(Event::BondOwed { dispute: id, to: NOBODY, amount: 1 }.into());
		assert_ok!(Disputes::do_try_state());
		assert_noop!(claim(id), sp_runtime::TokenError::CannotCreate);
		assert_noop!(Disputes::remove_dispute(origin(BUYER), id), Error::<Test>::BondOwed);

		assert_ok!(Currencies::transfer(COINS, &ANYBODY, &NOBODY, COIN_MINIMUM, Preservation::Preserve));
		assert_ok!(claim(id));
		System::assert_last_event(Event::BondClaimed { dispute: id, to: NOBODY, amount: 1 }.into());
		assert_eq!((record(id).bond_owed_to, bonded(&COINS, BUYER), free(&COINS, NOBODY)), (None, 0, COIN_MINIMUM + 1));
		assert_noop!(claim(id), Error::<Test>::BondNotOwed);
	});
}

#[test]
fn claiming_should_fail_when_nothing_is_owed() {
	build_and_execute(|| {
		let id = opened(NATIVE);
		assert_noop!(claim(id), Error::<Test>::BondNotOwed);
		concluded(id, &[FOR_PROVIDER; 3]);
		assert_noop!(claim(id), Error::<Test>::BondNotOwed);
		assert_noop!(claim(id + 1), Error::<Test>::DisputeNotFound);
		assert_noop!(Disputes::claim_bond(RuntimeOrigin::none(), id), DispatchError::BadOrigin);
	});
}

#[test]
fn a_later_freeze_does_not_keep_the_bond_from_the_winner() {
	use frame_support::traits::{LockableCurrency, WithdrawReasons};
	build_and_execute(|| {
		let id = opened(NATIVE);
		Balances::set_lock(*b"voting  ", &BUYER, ENDOWMENT, WithdrawReasons::all());
		let before = free(&NATIVE, PROVIDER);
		concluded(id, &[FOR_PROVIDER; 3]);
		assert_eq!(free(&NATIVE, PROVIDER) - before, 900 + 20);
	});
}
