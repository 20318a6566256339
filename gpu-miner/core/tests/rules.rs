//! The rules against published answers, at their edges, and against each other.

use gpu_work::{
	estimate_work, hash_input, meets_target, power, round_seed_input, target_for_work, verify_minimum_values,
	work_for_target, Digest, Nonce, ProofError, MIN_VALUES,
};
use proptest::prelude::*;
use std::cell::Cell;
use tiny_keccak::{Hasher, Keccak};

fn keccak256(input: &[u8; 64]) -> Digest {
	let mut digest = [0; 32];
	let mut keccak = Keccak::v256();
	keccak.update(input);
	keccak.finalize(&mut digest);
	digest
}

/// A stand-in for the hash whose order is that of the nonces.
fn in_order(input: &[u8; 64]) -> Digest {
	let mut digest = [0; 32];
	digest[..8].copy_from_slice(&input[56..]);
	digest
}

/// 2 to the power of `exponent`, as a digest.
fn two_to_the(exponent: usize) -> Digest {
	let mut digest = [0; 32];
	digest[31 - exponent / 8] = 1 << (exponent % 8);
	digest
}

fn hex(digest: &[u8]) -> String {
	digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

const ALL: Digest = [0xff; 32];

/// Numbers of every length in bits.
fn any_length() -> impl Strategy<Value = u128> {
	(any::<u128>(), 0..128u32).prop_map(|(number, shift)| number >> shift)
}

mod inputs {
	use super::*;

	#[test]
	fn hashes_are_those_of_solidity() {
		// keccak256(abi.encodePacked(bytes32(0), uint256(n))): the slots of a mapping's key zero.
		let slot = |nonce| hex(&keccak256(&hash_input(&[0; 32], nonce)));
		assert_eq!(slot(0), "ad3228b676f7d3cd4284a5443f17f1962b36e491b30a40b2405849e597ba5fb5");
		assert_eq!(slot(1), "a6eef7e35abe7026729641147f7915573c7e97b47efa546f5f6e3230263bcb49");
	}

	#[test]
	fn the_nonce_is_a_256_bit_big_endian_number() {
		let input = hash_input(&[0xab; 32], 0x0102_0304_0506_0708);
		assert_eq!(input[..32], [0xab; 32]);
		assert_eq!(input[32..56], [0; 24]);
		assert_eq!(input[56..], [1, 2, 3, 4, 5, 6, 7, 8]);
		assert_eq!(hash_input(&[0; 32], u64::MAX)[55..], [0, 255, 255, 255, 255, 255, 255, 255, 255]);
	}

	#[test]
	fn a_round_seed_is_bound_to_entropy_round_and_node() {
		let input = round_seed_input(&[1; 32], 0x0a0b_0c0d, &[2; 32]);
		assert_eq!(input[..32], [1; 32]);
		assert_eq!(input[32..36], [0x0a, 0x0b, 0x0c, 0x0d]);
		assert_eq!(input[36..], [2; 32]);
	}

	proptest! {
		#[test]
		fn one_changed_byte_of_a_part_changes_the_input(
			entropy: [u8; 32],
			round: u32,
			node: [u8; 32],
			nonce: u64,
			byte in 0..32usize,
			change in 1..=255u8,
		) {
			let changed = |part: &[u8; 32]| {
				let mut part = *part;
				part[byte] ^= change;
				part
			};
			let seed = round_seed_input(&entropy, round, &node);
			prop_assert_ne!(seed, round_seed_input(&changed(&entropy), round, &node));
			prop_assert_ne!(seed, round_seed_input(&entropy, round ^ (u32::from(change) << (byte % 4 * 8)), &node));
			prop_assert_ne!(seed, round_seed_input(&entropy, round, &changed(&node)));
			let input = hash_input(&entropy, nonce);
			prop_assert_ne!(input, hash_input(&changed(&entropy), nonce));
			prop_assert_ne!(input, hash_input(&entropy, nonce ^ (u64::from(change) << (byte % 8 * 8))));
		}
	}
}

mod targets {
	use super::*;

	#[test]
	fn a_hash_at_the_target_meets_it_and_one_above_does_not() {
		let target = two_to_the(200);
		let (mut above, mut below) = (target, [0xff; 32]);
		above[31] = 1;
		below[..7].copy_from_slice(&[0; 7]);
		assert!(meets_target(&target, &target) && meets_target(&below, &target) && !meets_target(&above, &target));
		assert!(
			meets_target(&[0; 32], &[0; 32]) && meets_target(&ALL, &ALL) && !meets_target(&two_to_the(0), &[0; 32])
		);
	}

	#[test]
	fn the_first_byte_weighs_most() {
		assert!(meets_target(&two_to_the(247), &two_to_the(248)));
		assert!(!meets_target(&two_to_the(248), &two_to_the(247)));
	}

	#[test]
	fn known_targets_hold() {
		assert_eq!(target_for_work(0), ALL, "no work counts as one hash");
		assert_eq!(target_for_work(1), ALL);
		let mut half = ALL;
		half[0] = 0x7f;
		assert_eq!(target_for_work(2), half);
		assert_eq!(target_for_work(3), [0x55; 32]);
		// (2^256 − 1) / (2^128 − 1) = 2^128 + 1
		let mut hardest = two_to_the(128);
		hardest[31] = 1;
		assert_eq!(target_for_work(u128::MAX), hardest);
	}

	#[test]
	fn the_work_of_a_target_saturates() {
		assert_eq!(work_for_target(&[0; 32]), u128::MAX, "nothing but zero meets zero");
		assert_eq!(work_for_target(&two_to_the(0)), u128::MAX);
		assert_eq!(work_for_target(&two_to_the(127)), u128::MAX);
		assert_eq!(work_for_target(&two_to_the(128)), u128::MAX, "2^128 − 1 and a rest: exactly the largest");
		assert_eq!(work_for_target(&two_to_the(129)), u128::MAX >> 1);
		assert_eq!(work_for_target(&two_to_the(255)), 1);
		assert_eq!(work_for_target(&ALL), 1);
	}

	proptest! {
		#[test]
		fn work_survives_its_target(work in any_length()) {
			prop_assert_eq!(work_for_target(&target_for_work(work)), work.max(1));
		}

		#[test]
		fn a_target_is_not_made_harder_by_its_work(target: [u8; 32], zeros in 0..16usize) {
			let mut target = target;
			target[..zeros].fill(0);
			prop_assume!(work_for_target(&target) < u128::MAX);
			prop_assert!(target_for_work(work_for_target(&target)) >= target);
		}

		#[test]
		fn more_work_is_a_lower_target(a in any_length(), b in any_length()) {
			prop_assert!(target_for_work(a.min(b)) >= target_for_work(a.max(b)));
		}
	}
}

mod estimator {
	use super::*;

	#[test]
	fn known_estimates_hold() {
		assert_eq!(estimate_work(3, &two_to_the(255)), 4);
		assert_eq!(estimate_work(3, &two_to_the(192)), 2 << 64);
		assert_eq!(estimate_work(257, &two_to_the(216)), 256 << 40);
		assert_eq!(estimate_work(101, &ALL), 100, "the largest hash of all");
		assert_eq!(estimate_work(u32::MAX, &two_to_the(200)), u128::from(u32::MAX - 1) << 56);
	}

	#[test]
	fn fewer_than_two_values_show_no_work() {
		for kth in [[0; 32], two_to_the(0), ALL] {
			assert_eq!((estimate_work(0, &kth), estimate_work(1, &kth)), (0, 0));
		}
	}

	#[test]
	fn estimates_saturate() {
		assert_eq!(estimate_work(2, &two_to_the(129)), 1 << 127);
		assert_eq!(estimate_work(2, &two_to_the(128)), u128::MAX, "2^128 is one too many");
		assert_eq!(estimate_work(2, &two_to_the(0)), u128::MAX);
		assert_eq!(estimate_work(u32::MAX, &[0; 32]), u128::MAX, "a hash of zero counts as one");
	}

	/// Estimates from the `k` smallest of `hashes` real hashes, as parts of `hashes`, one for each of `seeds` seeds.
	fn estimates(k: usize, hashes: Nonce, seeds: u8) -> Vec<f64> {
		let estimate = |seed: u8| {
			let mut digests: Vec<Digest> =
				(0..hashes).map(|nonce| keccak256(&hash_input(&[seed; 32], nonce))).collect();
			digests.sort_unstable();
			estimate_work(k as u32, &digests[k - 1]) as f64 / hashes as f64
		};
		(0..seeds).map(estimate).collect()
	}

	#[test]
	fn the_estimator_is_unbiased_with_the_spread_it_promises() {
		let (k, seeds) = (18usize, 200u8);
		let estimates = estimates(k, 3_000, seeds);
		let mean = estimates.iter().sum::<f64>() / f64::from(seeds);
		let spread = (estimates.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / f64::from(seeds - 1)).sqrt();
		let promised = 1.0 / ((k - 2) as f64).sqrt();
		// Four standard errors of the mean; the factor k/(k − 1) of the naive estimator would be 5.9 %.
		let error = 4.0 * promised / f64::from(seeds).sqrt();
		assert!((mean - 1.0).abs() < error, "mean {mean}");
		assert!((spread / promised - 1.0).abs() < 0.25, "spread {spread}, promised {promised}");
	}

	proptest! {
		#[test]
		fn smaller_hashes_and_more_of_them_show_more_work(a: [u8; 32], b: [u8; 32], zeros in 0..18usize, k: u32, more: u32) {
			let (mut low, mut high) = (a.min(b), a.max(b));
			low[..zeros].fill(0);
			high[..zeros].fill(0);
			let (low, high) = (low.min(high), low.max(high));
			prop_assert!(estimate_work(k, &low) >= estimate_work(k, &high));
			prop_assert!(estimate_work(k.saturating_add(more), &low) >= estimate_work(k, &low));
		}
	}
}

mod proofs {
	use super::*;

	fn verify(nonces: &[Nonce], k: u32) -> Result<u128, ProofError> {
		verify_minimum_values(in_order, &[0; 32], nonces, k)
	}

	#[test]
	fn a_proof_shows_the_work_of_its_largest_hash() {
		assert_eq!(verify(&[1, 2, 4], 3), Ok(estimate_work(3, &two_to_the(194))));
		assert_eq!(verify(&[1, 2, 4], 3), Ok(2 << 62));
		assert_eq!(verify(&[0, 1, 2, 1 << 63], 4), Ok(6));
	}

	#[test]
	fn a_proof_of_real_hashes_verifies_in_their_order_and_in_no_other() {
		let seed = [0x42; 32];
		let mut hashed: Vec<(Digest, Nonce)> = (0..5_000).map(|n| (keccak256(&hash_input(&seed, n)), n)).collect();
		hashed.sort_unstable();
		let mut nonces: Vec<Nonce> = hashed[..50].iter().map(|(_, nonce)| *nonce).collect();
		let work = verify_minimum_values(keccak256, &seed, &nonces, 50);
		assert_eq!(work, Ok(estimate_work(50, &hashed[49].0)));
		assert!(work.is_ok_and(|work| (2_500..10_000).contains(&work)), "about 5,000 were done: {work:?}");
		assert_eq!(
			verify_minimum_values(keccak256, &[0x43; 32], &nonces, 50),
			Err(ProofError::Unsorted),
			"under another seed the same nonces prove nothing"
		);
		nonces.sort_unstable();
		assert_eq!(verify_minimum_values(keccak256, &seed, &nonces, 50), Err(ProofError::Unsorted));
	}

	#[test]
	fn too_few_and_too_many_nonces_are_refused() {
		assert_eq!(verify(&[1, 2, 3], 4), Err(ProofError::WrongCount { expected: 4, got: 3 }));
		assert_eq!(verify(&[1, 2, 3, 4, 5], 4), Err(ProofError::WrongCount { expected: 4, got: 5 }));
		assert_eq!(verify(&[], 4), Err(ProofError::WrongCount { expected: 4, got: 0 }));
	}

	#[test]
	fn a_round_of_too_few_values_has_no_proof() {
		for k in 0..MIN_VALUES {
			let nonces: Vec<Nonce> = (0..u64::from(k)).collect();
			assert_eq!(verify(&nonces, k), Err(ProofError::WrongCount { expected: MIN_VALUES, got: k }));
		}
		let nonces: Vec<Nonce> = (0..u64::from(MIN_VALUES)).collect();
		assert!(verify(&nonces, MIN_VALUES).is_ok());
	}

	#[test]
	fn the_same_nonce_twice_is_refused() {
		assert_eq!(verify(&[1, 1, 2], 3), Err(ProofError::DuplicateNonce));
		assert_eq!(verify(&[1, 2, 2], 3), Err(ProofError::DuplicateNonce));
		assert_eq!(verify(&[0, 0, 0], 3), Err(ProofError::DuplicateNonce));
		assert_eq!(verify(&[1, 2, 1], 3), Err(ProofError::Unsorted), "apart, it cannot be in order");
	}

	#[test]
	fn a_wrong_order_is_refused() {
		assert_eq!(verify(&[2, 1, 3], 3), Err(ProofError::Unsorted));
		assert_eq!(verify(&[1, 3, 2], 3), Err(ProofError::Unsorted));
		assert_eq!(verify(&[3, 2, 1], 3), Err(ProofError::Unsorted));
	}

	#[test]
	fn the_first_fault_is_the_one_reported() {
		assert_eq!(verify(&[2, 2, 1], 4), Err(ProofError::WrongCount { expected: 4, got: 3 }), "the count comes first");
		assert_eq!(verify(&[2, 1, 1, 3], 3), Err(ProofError::WrongCount { expected: 3, got: 4 }));
		assert_eq!(verify(&[2, 2, 1], 3), Err(ProofError::DuplicateNonce));
		assert_eq!(verify(&[2, 1, 1], 3), Err(ProofError::Unsorted));
	}

	#[test]
	fn a_refused_proof_costs_no_more_hashes_than_its_fault_needs() {
		let hashes = |nonces: &[Nonce], k| {
			let count = Cell::new(0);
			let counted = |input: &[u8; 64]| {
				count.set(count.get() + 1);
				in_order(input)
			};
			let _ = verify_minimum_values(counted, &[0; 32], nonces, k);
			count.get()
		};
		assert_eq!(hashes(&[1, 2, 3, 4], 5), 0, "a wrong count costs none");
		assert_eq!(hashes(&[1, 1, 3, 4], 4), 2);
		assert_eq!(hashes(&[1, 2, 1, 4], 4), 3);
		assert_eq!(hashes(&[1, 2, 3, 4], 4), 4);
	}

	proptest! {
		#[test]
		fn exactly_the_strictly_ascending_nonces_are_a_proof(nonces in prop::collection::vec(0..40u64, 3..8)) {
			let ascending = nonces.windows(2).all(|pair| pair[0] < pair[1]);
			prop_assert_eq!(verify(&nonces, nonces.len() as u32).is_ok(), ascending);
		}

		#[test]
		fn sorted_nonces_are_a_proof_and_two_of_them_exchanged_are_not(
			nonces in prop::collection::btree_set(any::<Nonce>(), 3..40),
			pick: (prop::sample::Index, prop::sample::Index),
		) {
			let mut nonces: Vec<Nonce> = nonces.into_iter().collect();
			let k = nonces.len() as u32;
			prop_assert_eq!(verify(&nonces, k), Ok(estimate_work(k, &in_order(&hash_input(&[0; 32], nonces[nonces.len() - 1])))));
			let (a, b) = (pick.0.index(nonces.len()), pick.1.index(nonces.len()));
			prop_assume!(a != b);
			nonces.swap(a, b);
			prop_assert_eq!(verify(&nonces, k), Err(ProofError::Unsorted));
		}
	}
}

mod powers {
	use super::*;

	#[test]
	fn power_is_hashes_per_second() {
		assert_eq!(power(0, 0), 0);
		assert_eq!(power(5_000, 1_000), 5_000);
		assert_eq!(power(5_000, 10_000), 500);
		assert_eq!(power(1, 2), 500, "multiplied before it is divided");
		assert_eq!(power(999, 1_000_000), 0, "rounded down");
	}

	#[test]
	fn a_window_of_nothing_counts_as_a_millisecond() {
		assert_eq!(power(7, 0), power(7, 1));
		assert_eq!(power(7, 0), 7_000);
	}

	#[test]
	fn power_saturates_and_does_not_overflow_on_the_way() {
		assert_eq!(power(u128::MAX, 1_000), u128::MAX);
		assert_eq!(power(u128::MAX, 999), u128::MAX);
		assert_eq!(power(u128::MAX, 2_000), u128::MAX >> 1);
		assert_eq!(power(u128::MAX, u64::MAX), ((1u128 << 64) + 1) * 1_000, "(2^128 − 1) / (2^64 − 1) = 2^64 + 1");
	}
}
