//! Every path against the scalar twin, `tiny-keccak` and published answers.

use gpu_miner_engine::{
	available_paths, bench, collect_minimum_values, keccak256, search_threads, solve, CpuEngine, Engine, Find, Job,
	MinimumValues, Outcome, Path, Progress,
};
use gpu_work::{hash_input, target_for_work, verify_minimum_values};
use proptest::prelude::*;
use std::{
	ops::Range,
	sync::{
		atomic::{AtomicBool, AtomicUsize, Ordering},
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

fn tiny_64(input: &[u8; 64]) -> [u8; 32] {
	tiny(input)
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

fn finds(engine: &CpuEngine, job: &Job, range: Range<u64>) -> Vec<Find> {
	let mut found = Vec::new();
	let length = range.end.saturating_sub(range.start);
	let outcome = engine.search(job, range, &NEVER, &mut found);
	assert_eq!((outcome.hashes, outcome.cancelled), (length, false));
	found
}

/// What is hashed for a nonce, put together without the help of the crate.
fn input(job: &Job, nonce: u64) -> [u8; 64] {
	let mut input = [0; 64];
	input[..32].copy_from_slice(&job.seed);
	input[32..56].copy_from_slice(&job.nonce_prefix);
	input[56..].copy_from_slice(&nonce.to_be_bytes());
	input
}

fn by_brute_force(job: &Job, range: Range<u64>) -> Vec<Find> {
	range
		.map(|nonce| Find { nonce, digest: tiny(&input(job, nonce)) })
		.filter(|find| find.digest <= job.target)
		.collect()
}

/// Cancels when it goes out of scope, so that a test that fails ends.
struct Cancels<'a>(&'a AtomicBool);

impl Drop for Cancels<'_> {
	fn drop(&mut self) {
		self.0.store(true, Ordering::Relaxed);
	}
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
fn every_nonce_is_a_find_where_every_hash_meets_the_target() {
	let job = Job::new([0x5a; 32], ALL);
	for engine in engines() {
		let found = finds(&engine, &job, 0..1_000);
		assert_eq!(found.len(), 1_000);
		assert_eq!(found, by_brute_force(&job, 0..1_000), "{}", engine.name());
	}
}

#[test]
fn ranges_may_cross_any_carry() {
	let boundaries = [1 << 8, 1 << 16, 1 << 24, 1 << 32, 1 << 40, 1 << 48, 1 << 56, 1 << 63];
	let mut ranges: Vec<Range<u64>> = boundaries.into_iter().map(|boundary| boundary - 101..boundary + 101).collect();
	ranges.push(u64::MAX - 201..u64::MAX);
	// At the easiest target every nonce is a find; at the other the paths must tell them apart by their hashes.
	for target in [ALL, target_for_work(10)] {
		let job = Job::new([3; 32], target);
		for range in &ranges {
			let expected = by_brute_force(&job, range.clone());
			assert!(!expected.is_empty());
			for engine in engines() {
				assert_eq!(finds(&engine, &job, range.clone()), expected, "{} in {range:?}", engine.name());
			}
		}
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
	let mut job = Job::new([1; 32], ALL);
	let digest = tiny(&input(&job, 7));
	assert!(digest[31] > 0 && digest[8] > 0 && digest[0] > 0, "this test needs bytes to take one from");
	for engine in engines() {
		job.target = digest;
		assert_eq!(finds(&engine, &job, 7..8).len(), 1, "a hash equal to the target meets it");
		for byte in [31, 8, 0] {
			job.target = digest;
			job.target[byte] -= 1;
			assert!(finds(&engine, &job, 7..8).is_empty(), "a hash above the target does not, from byte {byte} on");
		}
	}
}

#[test]
fn an_empty_and_a_reversed_range_are_searched_at_once() {
	for engine in engines() {
		for nonce in [0, 5, u64::MAX] {
			assert!(finds(&engine, &Job::new([9; 32], ALL), nonce..nonce).is_empty());
		}
		assert!(finds(&engine, &Job::new([9; 32], ALL), Range { start: 9, end: 3 }).is_empty());
	}
}

#[test]
fn the_paths_are_those_of_this_processor() {
	let paths = available_paths();
	assert!(paths.contains(&Path::Scalar) && paths.contains(&Path::Portable));
	assert_eq!(CpuEngine::best().path(), *paths.last().unwrap());
	for path in Path::ALL {
		let engine = CpuEngine::with_path(path);
		assert_eq!(engine.is_some(), paths.contains(&path));
		assert_eq!(engine.is_some(), path.is_available());
		assert!(engine.is_none_or(|engine| engine.name() == path.name()));
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

/// How long a search goes on after it was cancelled.
fn time_to_stop(engine: &CpuEngine) -> Duration {
	let (cancel, progress) = (AtomicBool::new(false), Progress::default());
	let job = Job::new([0; 32], [0; 32]);
	thread::scope(|scope| {
		let search = scope.spawn(|| (search_threads(engine, &job, 0..u64::MAX, 2, &cancel, &progress), Instant::now()));
		while progress.hashes() == 0 {
			thread::sleep(Duration::from_millis(1));
		}
		cancel.store(true, Ordering::Relaxed);
		let asked = Instant::now();
		let ((found, outcome), stopped) = search.join().unwrap();
		assert!(outcome.cancelled && outcome.hashes > 0 && found.is_empty());
		assert_eq!(progress.hashes(), outcome.hashes);
		stopped.saturating_duration_since(asked)
	})
}

#[test]
fn cancelling_stops_within_50_ms() {
	for engine in engines() {
		// Others may hold the processor in one try, hardly in all.
		let fastest = (0..20).map(|_| time_to_stop(&engine)).find(|time| *time < Duration::from_millis(50));
		assert!(fastest.is_some(), "{}", engine.name());
	}
}

#[test]
fn a_search_that_is_cancelled_before_it_begins_hashes_nothing() {
	let cancelled = AtomicBool::new(true);
	for engine in engines() {
		let mut found = Vec::new();
		let outcome = engine.search(&Job::new([0; 32], ALL), 0..1_000, &cancelled, &mut found);
		assert_eq!((outcome, found), (Outcome { hashes: 0, cancelled: true }, Vec::new()));
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

/// Searches nothing before as many threads as it was told search with it.
struct Together {
	threads: usize,
	begun: AtomicUsize,
}

impl Engine for Together {
	fn name(&self) -> &str {
		"together"
	}

	fn search(&self, job: &Job, range: Range<u64>, cancel: &AtomicBool, found: &mut Vec<Find>) -> Outcome {
		self.begun.fetch_add(1, Ordering::SeqCst);
		let begun = Instant::now();
		while self.begun.load(Ordering::SeqCst) < self.threads && !cancel.load(Ordering::Relaxed) {
			assert!(begun.elapsed() < Stubborn::PATIENCE, "the other threads never began");
			thread::sleep(Duration::from_millis(1));
		}
		CpuEngine::best().search(job, range, cancel, found)
	}
}

#[test]
fn the_hashes_of_each_thread_are_counted_and_those_of_several_searches_add_up() {
	let together = |threads| Together { threads, begun: AtomicUsize::new(0) };
	let job = Job::new([2; 32], [0; 32]);
	let progress = Progress::default();
	assert_eq!((progress.hashes(), progress.per_thread()), (0, Vec::new()));

	search_threads(&together(3), &job, 0..400_000, 3, &NEVER, &progress);
	let first = progress.per_thread();
	assert_eq!((first.len(), first.iter().sum::<u64>()), (3, 400_000));
	assert!(first.iter().all(|hashes| *hashes > 0), "every thread had a part: {first:?}");

	let start = u64::MAX - 300_000;
	assert_eq!(solve(&together(2), &job, start, 2, &NEVER, &progress), None);
	let second = progress.per_thread();
	assert_eq!((second.len(), progress.hashes()), (3, 700_000));
	assert!(second[0] > first[0] && second[1] > first[1] && second[2] == first[2], "{first:?}, then {second:?}");

	let values = Mutex::new(MinimumValues::new(3));
	collect_minimum_values(&together(4), job.seed, start, 4, &values, &NEVER, &progress);
	let third = progress.per_thread();
	assert_eq!((third.len(), progress.hashes()), (4, 1_000_000));
	assert!(
		third[..3].iter().zip(&second).all(|(after, before)| after > before) && third[3] > 0,
		"{second:?}, {third:?}"
	);
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

/// Finds nothing but the first nonce of the range that begins at `at`, and elsewhere searches until it is cancelled.
struct Stubborn {
	at: Option<u64>,
	others: AtomicUsize,
}

impl Stubborn {
	const PATIENCE: Duration = Duration::from_secs(30);
}

impl Engine for Stubborn {
	fn name(&self) -> &str {
		"stubborn"
	}

	fn search(&self, job: &Job, range: Range<u64>, cancel: &AtomicBool, found: &mut Vec<Find>) -> Outcome {
		let begun = Instant::now();
		if self.at == Some(range.start) {
			// Only when the others search too.
			while self.others.load(Ordering::SeqCst) < 2 {
				assert!(begun.elapsed() < Self::PATIENCE, "the other threads never began");
				thread::sleep(Duration::from_millis(1));
			}
			found.push(Find { nonce: range.start, digest: tiny(&input(job, range.start)) });
			return Outcome { hashes: 1, cancelled: false };
		}
		self.others.fetch_add(1, Ordering::SeqCst);
		while !cancel.load(Ordering::Relaxed) {
			assert!(begun.elapsed() < Self::PATIENCE, "nobody stopped this thread");
			thread::sleep(Duration::from_millis(1));
		}
		Outcome { hashes: 0, cancelled: true }
	}
}

#[test]
fn the_first_find_stops_the_other_threads_in_the_middle_of_their_chunks() {
	let engine = Stubborn { at: Some(70), others: AtomicUsize::new(0) };
	let progress = Progress::default();
	let find = solve(&engine, &Job::new([1; 32], ALL), 70, 3, &NEVER, &progress).unwrap();
	assert_eq!((find.nonce, progress.hashes()), (70, 1));
}

#[test]
fn a_caller_can_cancel_solve_in_the_middle_of_a_chunk() {
	let engine = Stubborn { at: None, others: AtomicUsize::new(0) };
	let cancel = AtomicBool::new(false);
	thread::scope(|scope| {
		let solving = scope.spawn(|| solve(&engine, &Job::new([1; 32], ALL), 0, 2, &cancel, &Progress::default()));
		while engine.others.load(Ordering::SeqCst) < 2 {
			thread::sleep(Duration::from_millis(1));
		}
		cancel.store(true, Ordering::Relaxed);
		assert_eq!(solving.join().unwrap(), None);
	});
}

#[test]
fn solve_ends_with_the_nonces() {
	let progress = Progress::default();
	let found = solve(&CpuEngine::best(), &Job::new([4; 32], [0; 32]), u64::MAX - 100, 2, &NEVER, &progress);
	assert_eq!((found, progress.hashes()), (None, 100));
}

/// Writes down what the best engine has searched.
#[derive(Default)]
struct Recorder(Mutex<Vec<Range<u64>>>);

impl Engine for Recorder {
	fn name(&self) -> &str {
		"recorder"
	}

	fn search(&self, job: &Job, range: Range<u64>, cancel: &AtomicBool, found: &mut Vec<Find>) -> Outcome {
		let start = range.start;
		let outcome = CpuEngine::best().search(job, range, cancel, found);
		self.0.lock().unwrap().push(start..start + outcome.hashes);
		outcome
	}
}

#[test]
fn the_collected_minimum_values_are_those_of_brute_force_and_verify() {
	let seed = [0x77; 32];
	for (k, threads, start) in [(3, 1, 0), (16, 2, 1_000_003), (300, 3, 1 << 32)] {
		let engine = Recorder::default();
		let values = Mutex::new(MinimumValues::new(k));
		let (cancel, progress) = (AtomicBool::new(false), Progress::default());
		thread::scope(|scope| {
			let _cancels = Cancels(&cancel);
			scope.spawn(|| collect_minimum_values(&engine, seed, start, threads, &values, &cancel, &progress));
			let mut before = ALL;
			while progress.hashes() < 200_000 {
				// A snapshot may be taken at any time; it only gets better, and is a proof once there are k.
				let snapshot = values.lock().unwrap().clone();
				assert!(snapshot.target() <= before);
				before = snapshot.target();
				if let Some(nonces) = snapshot.nonces() {
					assert_eq!(verify_minimum_values(tiny_64, &seed, &nonces, k as u32), Ok(snapshot.work()));
				}
				thread::sleep(Duration::from_millis(1));
			}
		});
		let values = values.into_inner().unwrap();

		let mut searched = engine.0.into_inner().unwrap();
		searched.sort_by_key(|range| range.start);
		assert!(searched.windows(2).all(|pair| pair[0].end <= pair[1].start), "a nonce was searched twice");
		assert_eq!(searched[0].start, start);
		let hashes: u64 = searched.iter().map(|range| range.end - range.start).sum();
		assert_eq!(hashes, progress.hashes());

		let job = Job::new(seed, ALL);
		let mut all: Vec<_> = searched.into_iter().flatten().map(|nonce| (tiny(&input(&job, nonce)), nonce)).collect();
		all.sort_unstable();
		let expected: Vec<u64> = all[..k].iter().map(|(_, nonce)| *nonce).collect();
		assert_eq!(values.nonces(), Some(expected));
		assert_eq!(values.target(), all[k - 1].0);
	}
}

#[test]
fn collecting_ends_with_the_nonces_and_goes_on_from_what_was_known() {
	let seed = [0x21; 32];
	let job = Job::new(seed, ALL);
	let all = by_brute_force(&job, u64::MAX - 200..u64::MAX);
	let values = Mutex::new(MinimumValues::new(150));
	let progress = Progress::default();
	let collect = |start| collect_minimum_values(&CpuEngine::best(), seed, start, 2, &values, &NEVER, &progress);
	collect(u64::MAX - 100);
	assert_eq!((values.lock().unwrap().nonces(), progress.hashes()), (None, 100));
	all[..100].iter().for_each(|find| values.lock().unwrap().offer(*find));
	collect(u64::MAX - 50);
	let mut smallest: Vec<_> = all.iter().map(|find| (find.digest, find.nonce)).collect();
	smallest.sort_unstable();
	let expected: Vec<u64> = smallest[..150].iter().map(|(_, nonce)| *nonce).collect();
	assert_eq!(values.lock().unwrap().nonces(), Some(expected));
	assert_eq!(progress.hashes(), 150);
}

#[test]
fn the_work_of_minimum_values_is_about_the_hashes_that_were_done() {
	let (k, hashes) = (400, 500_000);
	for seed in 0..8u8 {
		let job = Job::new([seed; 32], target_for_work(500));
		let mut values = MinimumValues::new(k);
		finds(&CpuEngine::best(), &job, 0..hashes).into_iter().for_each(|find| values.offer(find));
		let error = values.work() as f64 / hashes as f64 - 1.0;
		assert!(error.abs() < 4.0 / ((k - 2) as f64).sqrt(), "seed {seed}: off by {error}");
	}
}

#[test]
fn bench_measures_every_path_and_the_baseline() {
	let rates = bench::run(Duration::from_millis(20), 2);
	let mut expected = vec![(bench::BASELINE, 1)];
	expected.extend(available_paths().into_iter().map(|path| (path.name(), 1)));
	expected.push((Path::best().name(), 2));
	assert_eq!(rates.iter().map(|rate| (rate.name.as_str(), rate.threads)).collect::<Vec<_>>(), expected);
	assert!(rates.iter().all(|rate| rate.hashes_per_second > 0.0));
	assert_eq!(bench::ratio(&rates, &rates[0]), Some(1.0));
	let two = bench::Rate { hashes_per_second: rates[0].hashes_per_second * 6.0, ..rates.last().unwrap().clone() };
	assert!((bench::ratio(&rates, &two).unwrap() - 3.0).abs() < 1e-9, "a ratio is for each thread");
	assert_eq!(bench::ratio(&rates[1..], &rates[1]), None);
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
	fn minimum_values_are_the_first_of_the_sorted_offers(nonces in prop::collection::vec(0..200u64, 0..400), k in 1..60usize) {
		let job = Job::new([0x11; 32], ALL);
		let mut values = MinimumValues::new(k);
		let mut offered = std::collections::BTreeSet::new();
		for nonce in nonces {
			let find = Find { nonce, digest: keccak256(&input(&job, nonce)) };
			values.offer(find);
			offered.insert((find.digest, nonce));
			prop_assert_eq!(values.is_complete(), offered.len() >= k);
			prop_assert_eq!(values.target(), offered.iter().nth(k - 1).map_or(ALL, |(digest, _)| *digest));
		}
		let expected: Vec<u64> = offered.iter().take(k).map(|(_, nonce)| *nonce).collect();
		prop_assert_eq!(values.nonces(), (expected.len() == k).then_some(expected));
	}

	#[test]
	fn the_scalar_twin_is_tiny_keccak(seed: [u8; 32], rest: [u8; 32]) {
		let mut input = [0; 64];
		input[..32].copy_from_slice(&seed);
		input[32..].copy_from_slice(&rest);
		prop_assert_eq!(keccak256(&input), tiny(&input));
	}

	#[test]
	fn all_paths_agree_on_random_jobs(
		seed: [u8; 32],
		nonce_prefix: [u8; 24],
		start in 0..u64::MAX - 300,
		length in 0..300u64,
		work in 1..40u128,
	) {
		let job = Job { seed, nonce_prefix, target: target_for_work(work) };
		let expected = by_brute_force(&job, start..start + length);
		for engine in engines() {
			prop_assert_eq!(finds(&engine, &job, start..start + length), expected.clone());
		}
	}
}
