//! One test breaks each invariant of the crate's documentation.

use crate::{mock::*, types::MAX_PRICE, InitialPrices, Prices};
use frame_support::assert_ok;
use sp_runtime::DispatchError;

fn broken(by: impl FnOnce(), expected: &'static str) {
	chain_with(vec![(USDC, DOLLAR)]).execute_with(|| {
		give(TOKEN, DOLLAR);
		assert_ok!(PriceIndex::do_try_state());
		by();
		assert_eq!(PriceIndex::do_try_state(), Err(DispatchError::Other(expected)));
	});
}

fn change(with: impl FnOnce(&mut crate::Price)) {
	Prices::<Test>::mutate(TOKEN, |price| with(price.as_mut().unwrap()));
}

#[test]
fn invariant_1_prices_are_believable() {
	let expected = "price-index 1: a price of nothing, or beyond belief";
	broken(|| change(|price| price.median = 0), expected);
	broken(|| change(|price| price.average = MAX_PRICE + 1), expected);
	broken(|| InitialPrices::<Test>::insert(USDC, 0), expected);
}

#[test]
fn invariant_2_no_price_is_noted_before_it_is_given() {
	broken(|| change(|price| price.stamp = START + 1), "price-index 2: a price was noted before it was given");
}

#[test]
fn invariant_3_a_first_price_goes_when_there_is_another() {
	broken(|| InitialPrices::<Test>::insert(TOKEN, DOLLAR), "price-index 3: a first price beside one of the feeders");
}
