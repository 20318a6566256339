//! Every path against the scalar twin, `tiny-keccak` and published answers.

use gpu_miner_engine::{
	collect_minimum_values, keccak256, search_threads, solve, CpuEngine, Engine, Find, Job, MinimumValues, Path,
	Progress,
};
use gpu_work::{hash_input, target_for_work, verify_minimum_values};
use proptest::prelude::*;
use std::{
	sync::{
		atomic::{AtomicBool, Ordering},
		Mutex,
	},
	thread,
	time::{Duration, Instant},
};
use tiny_keccak::{Hasher, Keccak};

static NEVER: AtomicBool = AtomicBool::new(false);
const ALL: [u8; 32] = [0xff; 32];

fn tiny(input: &[u8]) -> [u8; 32] {
	let mut digest = [0; 32];
	let mut keccak = Keccak::v256();
	keccak.update(input);
	keccak.finalize(&mut digest);
	digest
}

/// The paths of this processor. Those it has not got are named, so that a run says what it did not test.
fn engines() -> Vec<CpuEngine> {
	Path::ALL
		.into_iter()
		.filter_map(|path| {
			let engine = CpuEngine::with_path(path);
			if engine.is_none() {
				println!("skipped: this processor has no {}", path.name());
			}
			engine
		})
		.collect()
}

fn finds(engine: &CpuEngine, job: &Job, range: std::ops::Range<u64>) -> Vec<Find> {
	let mut found = Vec::new();
	let length = range.end.saturating_sub(range.start);
	let outcome = engine.search(job, range, &NEVER, &mut found);
	assert_eq!((outcome.hashes, outcome.cancelled), (length, false));
	found
}

fn by_brute_force(job: &Job, range: std::ops::Range<u64>) -> Vec<Find> {
	range
		.map(|nonce| Find { nonce, digest: tiny(&job.input(nonce)) })
		.filter(|find| find.digest <= job.target)
		.collect()
}

fn hex(digest: &[u8]) -> String {
	digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn known_answers_hold() {
	// Keccak-256 of 64 zero bytes: the storage root of many an Ethereum test.
	assert_eq!(hex(&keccak256(&[0; 64])), "ad3228b676f7d3cd4284a5443f17f1962b36e491b30a40b2405849e597ba5fb5");
	// The first two storage slots of a Solidity mapping: keccak256(key ‖ slot).
	let mut input = [0u8; 64];
	input[63] = 1;
	assert_eq!(hex(&keccak256(&input)), "a6eef7e35abe7026729641147f7915573c7e97b47efa546f5f6e3230263bcb49");
}

#[test]
fn every_hash_of_every_path_is_the_scalar_one() {
	let job = Job::new([0x5a; 32], ALL);
	for engine in engines() {
		assert_eq!(finds(&engine, &job, 0..1_000), by_brute_force(&job, 0..1_000), "{}", engine.name());
	}
}

#[test]
fn ranges_may_cross_any_carry() {
	let job = Job::new([3; 32], ALL);
	for engine in engines() {
		for boundary in [1 << 8, 1 << 16, 1 << 24, 1 << 32, 1 << 40, 1 << 48, 1 << 56, 1 << 63] {
			let range = boundary - 13..boundary + 13;
			assert_eq!(finds(&engine, &job, range.clone()), by_brute_force(&job, range), "{}", engine.name());
		}
		let last = u64::MAX - 21..u64::MAX;
		assert_eq!(finds(&engine, &job, last.clone()), by_brute_force(&job, last), "{}", engine.name());
	}
}

#[test]
fn the_first_and_the_last_index_of_a_range_are_searched_and_no_other() {
	for engine in engines() {
		for length in 0..40u64 {
			let found = finds(&engine, &Job::new([9; 32], ALL), 1_000..1_000 + length);
			let nonces: Vec<u64> = found.iter().map(|find| find.nonce).collect();
			assert_eq!(nonces, (1_000..1_000 + length).collect::<Vec<_>>(), "{}", engine.name());
		}
	}
}

#[test]
fn all_paths_find_the_same_whatever_the_target() {
	for work in [1, 2, 50, 1_000, 6_000] {
		let job = Job::new([0xc3; 32], target_for_work(work));
		let expected = by_brute_force(&job, 5..60_005);
		assert!(!expected.is_empty());
		for engine in engines() {
			assert_eq!(finds(&engine, &job, 5..60_005), expected, "{} at work {work}", engine.name());
		}
	}
}

#[test]
fn a_target_that_differs_only_after_64_bits_decides_rightly() {
	for engine in engines() {
		let mut job = Job::new([1; 32], ALL);
		let digest = finds(&engine, &job, 7..8)[0].digest;
		job.target = digest;
		assert_eq!(finds(&engine, &job, 7..8).len(), 1, "a hash equal to the target meets it");
		job.target[31] = job.target[31].wrapping_sub(1);
		if job.target < digest {
			assert!(finds(&engine, &job, 7..8).is_empty(), "a hash above the target by one does not");
		}
	}
}

#[test]
fn the_nonces_prefix_is_hashed() {
	let mut job = Job::new([8; 32], target_for_work(100));
	job.nonce_prefix = core::array::from_fn(|i| i as u8 + 1);
	for engine in engines() {
		assert_eq!(finds(&engine, &job, 0..5_000), by_brute_force(&job, 0..5_000), "{}", engine.name());
	}
}

#[test]
fn cancelling_stops_within_50_ms() {
	for engine in engines() {
		let (cancel, progress) = (AtomicBool::new(false), Progress::default());
		thread::scope(|scope| {
			let search = scope
				.spawn(|| search_threads(&engine, &Job::new([0; 32], [0; 32]), 0..u64::MAX, 2, &cancel, &progress));
			thread::sleep(Duration::from_millis(50));
			cancel.store(true, Ordering::Relaxed);
			let asked = Instant::now();
			let (found, outcome) = search.join().unwrap();
			// Twice the promise: other tests share these cores.
			assert!(asked.elapsed() < Duration::from_millis(100), "{}: {:?}", engine.name(), asked.elapsed());
			assert!(outcome.cancelled && outcome.hashes > 0 && found.is_empty());
			assert_eq!(progress.hashes(), outcome.hashes);
		});
	}
}

#[test]
fn threads_share_a_range_without_gap_or_overlap() {
	let job = Job::new([2; 32], target_for_work(500));
	let range = 11..400_123;
	let expected = by_brute_force(&job, range.clone());
	for threads in [0, 1, 2, 5] {
		let progress = Progress::default();
		let (found, outcome) = search_threads(&CpuEngine::best(), &job, range.clone(), threads, &NEVER, &progress);
		assert_eq!(found, expected);
		assert_eq!((outcome.hashes, progress.hashes()), (range.end - range.start, range.end - range.start));
	}
}

#[test]
fn solve_gives_a_nonce_that_meets_the_target() {
	let job = Job::new([4; 32], target_for_work(100_000));
	let find = solve(&CpuEngine::best(), &job, 0, 2, &NEVER, &Progress::default()).unwrap();
	assert_eq!(find.digest, tiny(&hash_input(&job.seed, find.nonce)));
	assert!(find.digest <= job.target);
}

#[test]
fn solve_gives_nothing_once_cancelled() {
	let cancelled = AtomicBool::new(true);
	assert_eq!(solve(&CpuEngine::best(), &Job::new([4; 32], ALL), 0, 2, &cancelled, &Progress::default()), None);
}

#[test]
fn the_collected_minimum_values_are_those_of_brute_force_and_verify() {
	let (seed, k) = ([0x77; 32], 16);
	let (values, cancel, progress) = (Mutex::new(MinimumValues::new(k)), AtomicBool::new(false), Progress::default());
	thread::scope(|scope| {
		scope.spawn(|| collect_minimum_values(&CpuEngine::best(), seed, 0, 2, &values, &cancel, &progress));
		while progress.hashes() < 300_000 {
			thread::sleep(Duration::from_millis(1));
		}
		cancel.store(true, Ordering::Relaxed);
	});
	let values = values.into_inner().unwrap();
	let nonces = values.nonces().unwrap();
	let work = verify_minimum_values(keccak256, &seed, &nonces, k as u32).expect("sorted, distinct, k of them");
	assert_eq!(work, values.work());

	// Nothing smaller was passed over up to the largest nonce that everybody must have searched.
	let largest = values.target();
	let job = Job::new(seed, largest);
	let mut brute: Vec<Find> = by_brute_force(&job, 0..100_000);
	brute.sort_by_key(|find| find.digest);
	for find in brute {
		assert!(nonces.contains(&find.nonce), "nonce {} was passed over", find.nonce);
	}
}

#[test]
fn minimum_values_are_kept_sorted_and_k_of_them() {
	let job = Job::new([6; 32], ALL);
	let mut values = MinimumValues::new(5);
	assert_eq!((values.nonces(), values.target(), values.work()), (None, ALL, 0));
	let mut all = by_brute_force(&job, 0..1_000);
	all.iter().for_each(|find| values.offer(*find));
	values.offer(all[0]);
	all.sort_by_key(|find| find.digest);
	let expected: Vec<u64> = all[..5].iter().map(|find| find.nonce).collect();
	assert_eq!(values.nonces(), Some(expected));
	assert_eq!(values.target(), all[4].digest);
}

proptest! {
	#[test]
	fn the_scalar_twin_is_tiny_keccak(seed: [u8; 32], rest: [u8; 32]) {
		let mut input = [0; 64];
		input[..32].copy_from_slice(&seed);
		input[32..].copy_from_slice(&rest);
		prop_assert_eq!(keccak256(&input), tiny(&input));
	}

	#[test]
	fn all_paths_agree_on_random_jobs(seed: [u8; 32], nonce_prefix: [u8; 24], start in 0..u64::MAX - 300, length in 0..300u64) {
		let job = Job { seed, nonce_prefix, target: ALL };
		let expected = by_brute_force(&job, start..start + length);
		for engine in engines() {
			prop_assert_eq!(finds(&engine, &job, start..start + length), expected.clone());
		}
	}
}
