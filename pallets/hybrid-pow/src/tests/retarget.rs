//! How the difficulty moves.

use crate::{
	mock::*,
	retarget::{after_miner, after_validator, CAP, LOWEST},
	*,
};

fn pow2(exponent: u32) -> U256 {
	U256::one() << exponent
}

/// `|a − b|` in millionths of `b`.
fn ppm(a: U256, b: U256) -> u64 {
	let difference = a.max(b) - a.min(b);
	(difference.full_mul(U256::from(1_000_000)) / sp_core::U512::from(b)).low_u64()
}

fn times(n: u32, difficulty: U256, step: fn(U256, U256) -> U256) -> U256 {
	(0..n).fold(difficulty, |difficulty, _| step(difficulty, LOWEST))
}

#[test]
fn the_bounds_are_what_their_names_say() {
	assert_eq!((LOWEST, CAP), (pow2(16), pow2(200)));
}

#[test]
fn three_hundred_and_sixty_validators_halve_it() {
	for exponent in [40, 100, 199, 200] {
		let halved = times(360, pow2(exponent), after_validator);
		assert_eq!(ppm(halved, pow2(exponent - 1)), 0, "2^{exponent}");
	}
	// The factor itself is good to 2^−127, so 360 of them to 2^−118.
	let (halved, half) = (times(360, pow2(200), after_validator), pow2(199));
	assert!(halved.max(half) - halved.min(half) < pow2(199 - 118));
}

#[test]
fn nineteen_validators_and_a_miner_cancel_out() {
	for exponent in [40, 100, 199] {
		let start = pow2(exponent) + 12_345;
		let back = after_miner(times(19, start, after_validator), LOWEST);
		// Ten hashes of rounding, or 2^−122 of the factors.
		let allowed = U256::from(11).max(pow2(exponent.saturating_sub(122)));
		assert!(back.max(start) - back.min(start) <= allowed, "2^{exponent}: {start} {back}");
		let back = times(19, after_miner(start, LOWEST), after_validator);
		assert!(back.max(start) - back.min(start) <= allowed, "2^{exponent}: {start} {back}");
	}
	let start = LOWEST * 2;
	assert!(
		ppm(after_miner(times(19, start, after_validator), LOWEST), start) < 100,
		"even at the lowest difficulties"
	);
}

#[test]
fn eighteen_miners_in_ninety_blocks_multiply_it_by_two_to_the_three_quarters() {
	// (18 · 19 − 72) / 360 = 3/4, in the fastest run that the spacing allows.
	let mut difficulty = pow2(100);
	for _ in 0..18 {
		difficulty = after_miner(times(4, difficulty, after_validator), LOWEST);
	}
	// (2^100.75)^4 = 2^403: compared through the fourth root, in millionths.
	assert_eq!(ppm(difficulty, pow2(100) * 1_681_792_831u64 / 1_000_000_000u64), 0);
}

#[test]
fn it_stops_at_the_minimum() {
	let minimum = U256::from(1_000_000);
	assert_eq!(after_validator(minimum, minimum), minimum);
	assert_eq!(after_validator(minimum + 1, minimum), minimum);
	assert!(after_miner(minimum, minimum) > minimum);
	with_genesis(minimum, minimum).execute_with(|| {
		validator_blocks(10);
		assert_eq!(Difficulty::<Test>::get(), minimum);
		miner_block(MINER);
		assert!(Difficulty::<Test>::get() > minimum);
		HybridPow::do_try_state().unwrap();
	});
}

#[test]
fn it_stops_at_the_cap() {
	assert_eq!(after_miner(CAP, LOWEST), CAP);
	assert_eq!(after_miner(CAP - 1, LOWEST), CAP);
	assert!(after_validator(CAP, LOWEST) < CAP);
	// What no chain can hold does not overflow either.
	assert_eq!(after_miner(U256::MAX, LOWEST), CAP);
	assert_eq!(after_validator(U256::MAX, U256::MAX), CAP);
	with_genesis(CAP, CAP).execute_with(|| {
		next_miner_block(MINER);
		assert_eq!(Difficulty::<Test>::get(), CAP);
		HybridPow::do_try_state().unwrap();
	});
}

#[test]
fn it_moves_with_each_block() {
	build_and_execute(|| {
		let (start, minimum) = (Difficulty::<Test>::get(), MinimumDifficulty::<Test>::get());
		validator_blocks(SPACING);
		let eased = times(SPACING, start, after_validator);
		assert_eq!(Difficulty::<Test>::get(), eased);
		assert!(eased < start && eased > minimum);
		miner_block(MINER);
		assert_eq!(Difficulty::<Test>::get(), after_miner(eased, minimum));
	});
}

#[test]
#[should_panic(expected = "difficulties must be")]
fn genesis_should_fail_when_the_minimum_is_too_low() {
	with_genesis(pow2(30), LOWEST - 1);
}

#[test]
#[should_panic(expected = "difficulties must be")]
fn genesis_should_fail_when_the_difficulty_is_below_its_minimum() {
	with_genesis(pow2(30) - 1, pow2(30));
}

#[test]
#[should_panic(expected = "difficulties must be")]
fn genesis_should_fail_when_the_difficulty_is_above_the_cap() {
	with_genesis(CAP + 1, LOWEST);
}

#[test]
fn the_default_genesis_can_start_a_chain() {
	use sp_runtime::BuildStorage;
	let default = RuntimeGenesisConfig::default().build_storage().unwrap();
	sp_io::TestExternalities::from(default).execute_with(|| {
		assert_eq!(Difficulty::<Test>::get(), DefaultDifficulty::get());
		assert_eq!(MinimumDifficulty::<Test>::get(), DefaultMinimum::get());
	});
	// And so can a chain that was upgraded to this pallet, without a genesis.
	sp_io::TestExternalities::default().execute_with(|| HybridPow::do_try_state().unwrap());
}
