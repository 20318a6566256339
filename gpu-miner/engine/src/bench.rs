//! Measures every path of this processor beside the `tiny-keccak` crate, in one run.

use crate::{available_paths, search_threads, CpuEngine, Engine, Job, Progress};
use core::sync::atomic::{AtomicBool, Ordering};
use std::{
	hint::black_box,
	thread,
	time::{Duration, Instant},
};
use tiny_keccak::{Hasher, Keccak};

/// One measured rate.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
	/// The path, or `tiny-keccak`.
	pub name: String,
	/// Threads it ran on.
	pub threads: usize,
	/// Hashes per second, all threads together.
	pub hashes_per_second: f64,
}

/// What the other rates are compared with.
pub const BASELINE: &str = "tiny-keccak";

/// Measures for `each` long: `tiny-keccak` and every available path on one thread, then the best path on `threads`
/// threads.
pub fn run(each: Duration, threads: usize) -> Vec<Rate> {
	let mut rates = vec![Rate { name: BASELINE.into(), threads: 1, hashes_per_second: baseline(each) }];
	let paths = available_paths().into_iter().filter_map(CpuEngine::with_path);
	rates.extend(paths.map(|engine| measure(&engine, each, 1)));
	if threads > 1 {
		rates.push(measure(&CpuEngine::best(), each, threads));
	}
	rates
}

/// How many times as fast as the baseline of the same run a rate is, for each thread.
pub fn ratio(rates: &[Rate], rate: &Rate) -> Option<f64> {
	let baseline = rates.iter().find(|rate| rate.name == BASELINE)?;
	Some(rate.hashes_per_second / rate.threads as f64 / baseline.hashes_per_second)
}

/// Measures one engine. The target cannot be met, as in the long run of a real search.
pub fn measure(engine: &dyn Engine, each: Duration, threads: usize) -> Rate {
	let job = Job::new([7; 32], [0; 32]);
	let (cancel, progress) = (AtomicBool::new(false), Progress::default());
	let start = Instant::now();
	thread::scope(|scope| {
		scope.spawn(|| {
			thread::sleep(each);
			cancel.store(true, Ordering::Relaxed);
		});
		search_threads(engine, &job, 0..u64::MAX, threads, &cancel, &progress);
	});
	Rate {
		name: engine.name().into(),
		threads,
		hashes_per_second: progress.hashes() as f64 / start.elapsed().as_secs_f64(),
	}
}

fn baseline(each: Duration) -> f64 {
	let job = Job::new([7; 32], [0; 32]);
	let (start, mut nonce) = (Instant::now(), 0u64);
	while start.elapsed() < each {
		for _ in 0..1_024 {
			let mut digest = [0u8; 32];
			let mut keccak = Keccak::v256();
			keccak.update(&job.input(nonce));
			keccak.finalize(&mut digest);
			black_box(digest);
			nonce += 1;
		}
	}
	nonce as f64 / start.elapsed().as_secs_f64()
}
