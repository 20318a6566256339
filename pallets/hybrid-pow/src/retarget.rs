//! How difficulty follows the blocks, without looking at any clock. Pure arithmetic; knows no Config.
//!
//! A validator's block divides the difficulty by `2^(1/360)`, a miner's multiplies it by `2^(19/360)`: nineteen and one
//! cancel out, so the difficulty stands still where one block in twenty is a miner's, and it halves in 360 blocks of
//! validators without one of a miner.
//!
//! Each factor is a fraction over 2^127, so that both fit into 128 bits:
//! `SHRINK = round(2^127 · 2^(−1/360))`, `GROW = round(2^127 · 2^(19/360))`, for example with
//! `python3 -c "from decimal import *; getcontext().prec = 60; print(round(Decimal(2) ** (127 - Decimal(1) / 360)))"` and
//! the same with `+ Decimal(19)`. Their relative error is below 2^−127. A product is rounded to the nearest hash, an error
//! of half a hash a block, which [`LOWEST`] keeps small against the step that a block makes: at the lowest difficulty a
//! step is 126 hashes, so the rounding is below 0.4 % of it and, having no preferred direction, cancels out.

use sp_core::U256;

/// Fraction bits of the factors.
const FRACTION: u32 = 127;
/// `2^(−1/360)` over `2^127`.
const SHRINK: u128 = 169_813_907_293_973_716_779_169_899_497_088_268_861;
/// `2^(19/360)` over `2^127`.
const GROW: u128 = 176_480_669_863_778_331_490_564_302_142_385_134_165;

/// The lowest difficulty that any chain may name as its minimum: 2^16 hashes. Below, half a hash of rounding would matter.
pub const LOWEST: U256 = U256([1 << 16, 0, 0, 0]);

/// No difficulty is above 2^200 hashes: far above what can ever be worked off, far below where a product could overflow.
pub const CAP: U256 = U256([0, 0, 0, 1 << 8]);

/// The difficulty after a validator's block.
pub fn after_validator(difficulty: U256, minimum: U256) -> U256 {
	scaled(difficulty, SHRINK).clamp(minimum.min(CAP), CAP)
}

/// The difficulty after a miner's block.
pub fn after_miner(difficulty: U256, minimum: U256) -> U256 {
	scaled(difficulty, GROW).clamp(minimum.min(CAP), CAP)
}

/// `difficulty · factor / 2^127`, rounded to the nearest. What is above [`CAP`] counts as that.
fn scaled(difficulty: U256, factor: u128) -> U256 {
	// 201 bits by 128 bits: 512 hold the product and the half.
	let product = difficulty.min(CAP).full_mul(U256::from(factor));
	let half = U256::one() << (FRACTION - 1);
	U256::try_from((product + half) >> FRACTION).unwrap_or(CAP)
}
