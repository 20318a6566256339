//! Which price is used, and when none is.

use crate::{mock::*, types::MAX_PRICE, Event, PriceStatus, Quote};
use frame_support::assert_ok;
use gpu_chain_primitives::UsdPrices;
use sp_runtime::Permill;

fn to_usd(asset: u32, amount: u128) -> Option<u128> {
	<PriceIndex as UsdPrices<_, _>>::to_usd(&asset, amount)
}

fn from_usd(asset: u32, usd: u128) -> Option<u128> {
	<PriceIndex as UsdPrices<_, _>>::from_usd(&asset, usd)
}

fn status(asset: u32) -> PriceStatus {
	PriceIndex::quote(&asset).unwrap().status
}

#[test]
fn amounts_should_be_converted_at_the_newest_median() {
	build_and_execute(|| {
		assert_eq!((to_usd(TOKEN, 1), from_usd(TOKEN, 1), PriceIndex::quote(&TOKEN)), (None, None, None));
		give(TOKEN, 5 * DOLLAR / 2);
		give(USDC, DOLLAR);
		assert_eq!(to_usd(TOKEN, 40 * UNIT), Some(100_000_000));
		assert_eq!(from_usd(TOKEN, 100_000_000), Some(40 * UNIT));
		assert_eq!(from_usd(USDC, 100_000_000), Some(100_000_000));
		wait(MINUTE);
		give(TOKEN, 2 * DOLLAR);
		assert_eq!(from_usd(TOKEN, 100_000_000), Some(50 * UNIT));
	});
}

#[test]
fn a_currency_without_decimals_should_not_be_converted() {
	build_and_execute(|| {
		give(UNKNOWN, DOLLAR);
		assert_eq!((to_usd(UNKNOWN, 1), from_usd(UNKNOWN, 1)), (None, None));
		assert_eq!(PriceIndex::price(&UNKNOWN), Some(DOLLAR));
	});
}

#[test]
fn a_stale_price_should_be_refused() {
	build_and_execute(|| {
		give(TOKEN, DOLLAR);
		wait(30 * MINUTE);
		assert_eq!((status(TOKEN), to_usd(TOKEN, UNIT)), (PriceStatus::Fresh, Some(1_000_000)));
		wait(1);
		assert_eq!((status(TOKEN), to_usd(TOKEN, UNIT)), (PriceStatus::Stale, None));
		assert_eq!(from_usd(TOKEN, 1), None);
		// It is as old as its values, not as its noting.
		PriceIndex::note(&TOKEN, Some((DOLLAR, Now::get() - 31 * MINUTE)));
		assert_eq!(status(TOKEN), PriceStatus::Stale);
		PriceIndex::note(&TOKEN, Some((DOLLAR, Now::get() - 30 * MINUTE)));
		assert_eq!(status(TOKEN), PriceStatus::Fresh);
	});
}

#[test]
fn at_no_age_only_this_blocks_price_should_be_used() {
	build_and_execute(|| {
		MaxAge::set(0);
		give(TOKEN, DOLLAR);
		assert_eq!(status(TOKEN), PriceStatus::Fresh);
		wait(1);
		assert_eq!(status(TOKEN), PriceStatus::Stale);
	});
}

#[test]
fn a_price_far_from_its_average_should_be_refused_until_the_average_follows() {
	build_and_execute(|| {
		give(TOKEN, 100 * DOLLAR);
		wait(MINUTE);
		give(TOKEN, 125 * DOLLAR);
		assert_eq!(status(TOKEN), PriceStatus::Fresh);
		give(TOKEN, 126 * DOLLAR);
		assert_eq!((status(TOKEN), PriceIndex::price(&TOKEN)), (PriceStatus::Unsteady, None));
		give(TOKEN, 74 * DOLLAR);
		assert_eq!((status(TOKEN), to_usd(TOKEN, 1)), (PriceStatus::Unsteady, None));
		// It comes back, or it stands.
		give(TOKEN, 75 * DOLLAR);
		assert_eq!(status(TOKEN), PriceStatus::Fresh);
		give(TOKEN, 200 * DOLLAR);
		let mut minutes = 0;
		while status(TOKEN) != PriceStatus::Fresh {
			wait(MINUTE);
			minutes += 1;
			give(TOKEN, 200 * DOLLAR);
		}
		assert_eq!(minutes, 55, "within a window");
	});
}

#[test]
fn a_band_of_one_should_use_any_price_and_of_zero_only_the_average() {
	build_and_execute(|| {
		give(TOKEN, DOLLAR);
		give(TOKEN, 1_000 * DOLLAR);
		MaxDeviation::set(Permill::one());
		assert_eq!(status(TOKEN), PriceStatus::Fresh);
		MaxDeviation::set(Permill::zero());
		assert_eq!(status(TOKEN), PriceStatus::Unsteady);
		give(TOKEN, DOLLAR);
		assert_eq!(status(TOKEN), PriceStatus::Fresh);
	});
}

#[test]
fn no_median_should_be_no_price() {
	build_and_execute(|| {
		PriceIndex::note(&TOKEN, None);
		assert_eq!(events(), []);
		for lost in [None, Some((0, START)), Some((MAX_PRICE + 1, START)), Some((u128::MAX, START))] {
			give(TOKEN, DOLLAR);
			PriceIndex::note(&TOKEN, lost);
			assert_eq!((PriceIndex::quote(&TOKEN), to_usd(TOKEN, 1)), (None, None));
			assert_eq!(events().last(), Some(&Event::PriceLost { asset: TOKEN }));
		}
		give(TOKEN, MAX_PRICE);
		assert_eq!(PriceIndex::price(&TOKEN), Some(MAX_PRICE));
		give(TOKEN, 1);
		assert_ok!(PriceIndex::do_try_state());
	});
}

#[test]
fn a_stamp_of_the_future_should_count_as_now() {
	build_and_execute(|| {
		PriceIndex::note(&TOKEN, Some((DOLLAR, u64::MAX)));
		assert_eq!(PriceIndex::quote(&TOKEN).unwrap().stamp, START);
	});
}

#[test]
fn events_should_tell_of_changes_only() {
	build_and_execute(|| {
		give(TOKEN, DOLLAR);
		wait(MINUTE);
		give(TOKEN, DOLLAR);
		wait(30 * MINUTE);
		give(TOKEN, 2 * DOLLAR);
		assert_eq!(
			events(),
			[
				Event::PriceChanged { asset: TOKEN, median: DOLLAR, average: DOLLAR },
				Event::PriceChanged { asset: TOKEN, median: 2 * DOLLAR, average: DOLLAR },
			]
		);
	});
}

#[test]
fn a_first_price_should_stand_until_the_feeders_give_one() {
	chain_with(vec![(TOKEN, 3 * DOLLAR)]).execute_with(|| {
		wait(1_000 * 24 * 60 * MINUTE);
		let quote = Quote { median: 3 * DOLLAR, average: 3 * DOLLAR, stamp: 0, status: PriceStatus::Initial };
		assert_eq!(PriceIndex::quote(&TOKEN), Some(quote));
		assert_eq!(to_usd(TOKEN, UNIT), Some(3_000_000));
		// Too few feeders are no price, and take none away.
		PriceIndex::note(&TOKEN, None);
		assert_eq!(to_usd(TOKEN, UNIT), Some(3_000_000));

		give(TOKEN, DOLLAR);
		assert_eq!(to_usd(TOKEN, UNIT), Some(1_000_000));
		wait(31 * MINUTE);
		assert_eq!(to_usd(TOKEN, UNIT), None, "it does not come back");
		PriceIndex::note(&TOKEN, None);
		assert_eq!(to_usd(TOKEN, UNIT), None);
		assert_ok!(PriceIndex::do_try_state());
	});
}

#[test]
#[should_panic = "beyond belief"]
fn a_first_price_of_nothing_should_be_refused() {
	chain_with(vec![(TOKEN, 0)]);
}

#[test]
fn a_conversion_should_weigh_what_is_measured() {
	use crate::WeightInfo;
	assert_eq!(<PriceIndex as UsdPrices<u32, u128>>::weight(), <() as WeightInfo>::convert());
}
