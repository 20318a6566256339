//! The arithmetic of prices: exact integers, rounded up, no state.
//!
//! A price is what one whole unit of a currency costs, in pico-dollars (10^-12 USD), so that a token worth a thousandth
//! of a cent still has eight digits. Amounts are in the currency's smallest unit; a whole one has 10^`decimals`.

use crate::MicroUsd;

/// What one whole unit costs, in pico-dollars.
pub type PicoUsd = u128;

/// Pico-dollars in a micro-dollar.
pub const PICO_PER_MICRO: u128 = 1_000_000;

/// `a · b / c`, rounded up. `None` if `c` is zero or a result on the way is above `u128`. Splitting `a` by `c` first
/// keeps that far away: only what is left of `a`, less than `c`, is multiplied before the division.
fn mul_div_up(a: u128, b: u128, c: u128) -> Option<u128> {
	let whole = a.checked_div(c)?.checked_mul(b)?;
	let rest = (a % c).checked_mul(b)?.div_ceil(c);
	whole.checked_add(rest)
}

/// What `amount` is worth, rounded up to a micro-dollar. `None` if the price is zero (no price), or on overflow.
pub fn to_usd(amount: u128, decimals: u32, price: PicoUsd) -> Option<MicroUsd> {
	if price == 0 {
		return None;
	}
	// Rounding up twice in a row by whole divisors is rounding up once by their product.
	let pico = mul_div_up(amount, price, 10u128.checked_pow(decimals)?)?;
	Some(pico.div_ceil(PICO_PER_MICRO))
}

/// How much of a currency `usd` are, rounded up to its smallest unit. `None` if the price is zero, or on overflow.
pub fn from_usd(usd: MicroUsd, decimals: u32, price: PicoUsd) -> Option<u128> {
	mul_div_up(usd.checked_mul(PICO_PER_MICRO)?, 10u128.checked_pow(decimals)?, price)
}

/// The median of the feeders' prices, the lower of the two in the middle if their number is even. `None` of fewer than
/// `minimum` prices, or of none. With a majority of honest feeders it lies between two honest prices. Sorts `prices`.
pub fn median(prices: &mut [PicoUsd], minimum: u32) -> Option<PicoUsd> {
	if prices.is_empty() || prices.len() < minimum as usize {
		return None;
	}
	prices.sort_unstable();
	prices.get((prices.len() - 1) / 2).copied()
}

#[cfg(test)]
mod tests {
	use super::*;

	const DOLLAR: PicoUsd = 1_000_000_000_000;
	const UNIT: u128 = 1_000_000_000_000_000_000;

	#[test]
	fn to_usd_should_be_exact_and_round_up() {
		assert_eq!(to_usd(UNIT, 18, 3_000 * DOLLAR), Some(3_000_000_000));
		assert_eq!(to_usd(1, 18, 3_000 * DOLLAR), Some(1));
		assert_eq!(to_usd(0, 18, DOLLAR), Some(0));
		assert_eq!(to_usd(1_000_000, 6, 999_800_000_000), Some(999_800));
		// One planck above a micro-dollar is two.
		assert_eq!(to_usd(UNIT / 1_000_000 + 1, 18, DOLLAR), Some(2));
	}

	#[test]
	fn from_usd_should_be_exact_and_round_up() {
		// 100 USD at 2.50: 40 tokens. At 3: 33.3…, rounded up.
		assert_eq!(from_usd(100_000_000, 18, 5 * DOLLAR / 2), Some(40 * UNIT));
		assert_eq!(from_usd(100_000_000, 18, 3 * DOLLAR), Some(33_333_333_333_333_333_334));
		assert_eq!(from_usd(100_000_000, 6, DOLLAR), Some(100_000_000));
		assert_eq!(from_usd(0, 18, DOLLAR), Some(0));
	}

	#[test]
	fn conversion_should_refuse_no_price_and_overflow() {
		assert_eq!(to_usd(UNIT, 18, 0), None);
		assert_eq!(from_usd(1, 18, 0), None);
		assert_eq!(to_usd(u128::MAX, 6, DOLLAR), None);
		assert_eq!(from_usd(u128::MAX, 18, DOLLAR), None);
		assert_eq!(to_usd(1, 39, DOLLAR), None);
	}

	#[test]
	fn what_from_usd_names_should_be_worth_no_less() {
		for price in [1, 7, 999_999, DOLLAR / 3, DOLLAR, 3_141 * DOLLAR + 59] {
			for usd in [1, 2, 99, 1_000_003, 100_000_000] {
				for decimals in [6, 18] {
					let amount = from_usd(usd, decimals, price).unwrap();
					assert!(to_usd(amount, decimals, price).unwrap() >= usd);
					// One unit less falls short: its exact worth is below.
					assert!(to_usd(amount - 1, decimals, price).unwrap() <= usd);
				}
			}
		}
	}

	#[test]
	fn one_liar_of_three_should_not_leave_the_honest_ones() {
		for lie in [0, 1, 99, 100, 105, 110, 111, u128::MAX] {
			for mut prices in [[lie, 100, 110], [110, lie, 100], [100, 110, lie]] {
				let median = median(&mut prices, 3).unwrap();
				assert!((100..=110).contains(&median));
			}
		}
	}

	#[test]
	fn median_should_need_its_minimum() {
		assert_eq!(median(&mut [], 0), None);
		assert_eq!(median(&mut [1, 2], 3), None);
		assert_eq!(median(&mut [4, 1, 3, 2], 3), Some(2));
	}
}
