use crate::types::{blocks_for, is_uri, price_for};
use proptest::prelude::*;
use sp_core::U256;

#[test]
fn price_should_be_exact_at_the_edges() {
	assert_eq!(price_for(3_600u128, 1), Some(1));
	assert_eq!(price_for(3_601u128, 1), Some(2));
	assert_eq!(price_for(1u128, 3_600), Some(1));
	assert_eq!(price_for(1u128, 3_601), Some(2));
	assert_eq!(price_for(0u128, u32::MAX), Some(0));
	assert_eq!(price_for(u128::MAX, 3_600), Some(u128::MAX));
	assert_eq!(price_for(u128::MAX, 3_601), None);
	assert_eq!(price_for(u64::MAX, 3_600), Some(u64::MAX));
}

#[test]
fn blocks_should_be_rounded_up() {
	assert_eq!(blocks_for(0, 6_000), 0);
	assert_eq!(blocks_for(6, 6_000), 1);
	assert_eq!(blocks_for(7, 6_000), 2);
	assert_eq!(blocks_for(u32::MAX, 0), u64::from(u32::MAX) * 1_000);
}

#[test]
fn uris_should_have_a_scheme_and_a_rest() {
	for good in ["ipfs://Qm", "https://example.org/a?b=c#d", "a:b", "x-y+z.1:/"] {
		assert!(is_uri(good.as_bytes()), "{good}");
	}
	for bad in ["", ":", "a:", ":b", "ab", "1a:b", "a b:c", "a:b c", "a:b\n", "a_b:c", "a:\u{e9}", "a:\u{7f}"] {
		assert!(!is_uri(bad.as_bytes()), "{bad:?}");
	}
}

proptest! {
	#[test]
	fn price_should_be_the_product_over_an_hour_rounded_up(per_hour: u128, secs: u32) {
		let exact = (U256::from(per_hour) * U256::from(secs) + U256::from(3_599)) / U256::from(3_600);
		let wanted = u128::try_from(exact).ok();
		prop_assert_eq!(price_for(per_hour, secs), wanted);
	}

	#[test]
	fn small_prices_should_be_the_product_over_an_hour_rounded_up(per_hour in 0u64..1_000_000_000, secs in 0u32..10_000_000) {
		prop_assert_eq!(price_for(per_hour, secs), Some((per_hour * u64::from(secs)).div_ceil(3_600)));
	}

	#[test]
	fn blocks_should_cover_the_duration_and_no_more(secs: u32, block_time in 1u64..100_000) {
		let blocks = blocks_for(secs, block_time);
		let millis = u64::from(secs) * 1_000;
		prop_assert!(blocks * block_time >= millis);
		prop_assert!(blocks == 0 || (blocks - 1) * block_time < millis);
	}
}
