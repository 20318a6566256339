//! The time-weighted average.

use crate::{mock::*, types::MAX_PRICE, Price};
use frame_support::assert_ok;
use proptest::prelude::*;

fn average() -> u128 {
	PriceIndex::quote(&TOKEN).unwrap().average
}

#[test]
fn the_average_should_weigh_each_price_with_its_time() {
	build_and_execute(|| {
		give(TOKEN, 100 * DOLLAR);
		wait(30 * MINUTE);
		assert_eq!(average(), 100 * DOLLAR);
		give(TOKEN, 120 * DOLLAR);
		assert_eq!(average(), 100 * DOLLAR, "it has not stood yet");
		// A quarter of the window at 120, the rest at 100.
		wait(15 * MINUTE);
		assert_eq!(average(), 105 * DOLLAR);
		give(TOKEN, 105 * DOLLAR);
		wait(30 * MINUTE);
		assert_eq!(average(), 105 * DOLLAR);
	});
}

#[test]
fn a_price_that_stands_for_a_window_should_be_the_average() {
	build_and_execute(|| {
		MaxAge::set(u64::MAX);
		give(TOKEN, 100 * DOLLAR);
		give(TOKEN, DOLLAR);
		wait(60 * MINUTE - 1);
		assert!(average() > DOLLAR);
		wait(1);
		assert_eq!(average(), DOLLAR);
		wait(u64::MAX / 2);
		assert_eq!(average(), DOLLAR);
	});
}

#[test]
fn a_moments_price_should_not_move_the_average() {
	build_and_execute(|| {
		give(TOKEN, 100 * DOLLAR);
		wait(10 * MINUTE);
		for _ in 0..100 {
			give(TOKEN, 1_000_000 * DOLLAR);
			give(TOKEN, 100 * DOLLAR);
		}
		assert_eq!(average(), 100 * DOLLAR);
	});
}

#[test]
fn the_average_should_begin_anew_after_a_time_without_a_price() {
	build_and_execute(|| {
		give(TOKEN, 100 * DOLLAR);
		wait(31 * MINUTE);
		give(TOKEN, 200 * DOLLAR);
		assert_eq!(average(), 200 * DOLLAR);
	});
}

#[test]
fn without_a_window_the_average_should_be_the_median() {
	build_and_execute(|| {
		AverageWindow::set(0);
		give(TOKEN, 100 * DOLLAR);
		give(TOKEN, DOLLAR);
		assert_eq!(average(), DOLLAR);
	});
}

fn price() -> impl Strategy<Value = u128> {
	prop_oneof![Just(1), Just(MAX_PRICE), 1..1_000u128, 1..=MAX_PRICE, DOLLAR / 2..4_000 * DOLLAR]
}

fn time() -> impl Strategy<Value = u64> {
	prop_oneof![Just(0), Just(1), 0..120 * MINUTE, Just(u64::MAX)]
}

fn window() -> impl Strategy<Value = u64> {
	prop_oneof![Just(0), Just(1), 0..120 * MINUTE, Just(u64::MAX / 2)]
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(2_000))]

	#[test]
	fn the_average_lies_between_the_prices_and_comes_closer_with_time(
		before in price(), median in price(), since in 0..u64::MAX / 2, time in time(), more in time(), window in window(),
	) {
		let price = Price { median, stamp: since, since, average: before };
		let (sooner, later) = (since.saturating_add(time), since.saturating_add(time).saturating_add(more));
		let (now, then) = (price.average_at(sooner, window), price.average_at(later, window));
		prop_assert!(now >= before.min(median) && now <= before.max(median));
		prop_assert!(then.abs_diff(median) <= now.abs_diff(median));
		prop_assert_eq!(price.average_at(since.saturating_add(window), window), median);
	}

	#[test]
	fn medians_as_they_come_keep_the_invariants(
		given in prop::collection::vec((price(), 0..60 * MINUTE), 1..40), window in window(),
	) {
		new_test_ext().execute_with(|| {
			AverageWindow::set(window);
			MaxAge::set(60 * MINUTE);
			let (mut low, mut high) = (u128::MAX, 0);
			for (median, time) in given {
				give(TOKEN, median);
				low = low.min(median);
				high = high.max(median);
				wait(time);
				assert!((low..=high).contains(&average()));
				assert_ok!(PriceIndex::do_try_state());
			}
		});
	}

	#[test]
	fn the_average_is_that_of_small_steps_as_of_one(
		before in DOLLAR..4_000 * DOLLAR, median in DOLLAR..4_000 * DOLLAR, steps in 1..50u64,
	) {
		// Noted again and again, a price moves its average a little less than at once: each share is of what is left.
		// (1 − 1/n)^n of the way is left instead of none, never more than 1/e and never less than nothing.
		let window = 60 * MINUTE;
		let mut price = Price { median, stamp: 0, since: 0, average: before };
		for step in 1..=steps {
			price = price.followed_by(median, 0, window * step / steps, window);
		}
		let left = price.average.abs_diff(median);
		prop_assert!(left <= before.abs_diff(median) * 368 / 1_000 + u128::from(steps));
	}
}
