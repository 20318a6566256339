//! What the estimator says of work that is known, over a thousand rounds of real hashes.

use crate::mock::smallest;
use gpu_work::verify_minimum_values;
use sp_io::hashing::{blake2_256, keccak_256};

const ROUNDS: u32 = 1_000;
const HASHES: u64 = 4_000;

fn estimates(k: u32) -> (f64, f64) {
	let values: Vec<f64> = (0..ROUNDS)
		.map(|round| {
			let seed = blake2_256(&(round, k).0.to_be_bytes());
			let nonces = smallest(&seed, HASHES, k as usize);
			verify_minimum_values(|input| keccak_256(input), &seed, &nonces, k).expect("a valid proof") as f64
		})
		.collect();
	let mean = values.iter().sum::<f64>() / values.len() as f64;
	let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64;
	(mean, variance.sqrt())
}

#[test]
fn the_mean_is_within_2_percent_of_the_work_and_the_spread_is_what_the_formula_says() {
	for k in [64, 128] {
		let (mean, deviation) = estimates(k);
		let off = (mean / HASHES as f64 - 1.0).abs();
		assert!(off < 0.02, "k = {k}: the mean is {mean:.0} of {HASHES} hashes");
		// 1/√(k − 2), for hashes without end; of n hashes the k-th is a little surer, by √(1 − k/n).
		let formula = HASHES as f64 / f64::from(k - 2).sqrt() * (1.0 - f64::from(k) / HASHES as f64).sqrt();
		let ratio = deviation / formula;
		assert!(
			(0.9..1.1).contains(&ratio),
			"k = {k}: a spread of {deviation:.0}, {ratio:.3} times the formula's {formula:.0}"
		);
		println!("k = {k}: mean {mean:.0} of {HASHES}, spread {deviation:.0}, formula {formula:.0}");
	}
}

#[test]
fn half_the_power_shows_as_half() {
	let seed = blake2_256(b"half");
	let work = |hashes| {
		let nonces = smallest(&seed, hashes, 256);
		verify_minimum_values(|input| keccak_256(input), &seed, &nonces, 256).expect("a valid proof") as f64
	};
	let ratio = work(20_000) / work(10_000);
	assert!((1.6..2.5).contains(&ratio), "{ratio}");
}
