//! Runs any engine on several threads.

use crate::{Engine, Find, Job, Outcome};
use core::{
	ops::Range,
	sync::atomic::{AtomicBool, AtomicU64, Ordering},
};
use gpu_work::Nonce;
use std::{
	sync::{Arc, Mutex, MutexGuard},
	thread,
	time::Duration,
};

/// Nonces that a thread takes at a time: some tens of milliseconds of work, so that threads end together.
pub(crate) const CHUNK: u64 = 1 << 16;

/// Counts hashes while a search runs, thread by thread, for rate displays. Searches that share one add to the same
/// counts.
#[derive(Debug, Default)]
pub struct Progress(Mutex<Vec<Arc<AtomicU64>>>);

impl Progress {
	/// Hashes done since the start by all threads together. Never less than an earlier answer to the same caller.
	pub fn hashes(&self) -> u64 {
		self.per_thread().iter().sum()
	}

	/// Hashes done since the start by each thread: as many numbers as the widest search so far had threads, in a fixed
	/// order.
	pub fn per_thread(&self) -> Vec<u64> {
		self.counters().iter().map(|counter| counter.load(Ordering::Relaxed)).collect()
	}

	/// The counters of the threads of a search, one for each, so that threads that count wait for nobody.
	pub(crate) fn of_threads(&self, threads: usize) -> Vec<Arc<AtomicU64>> {
		let mut counters = self.counters();
		if counters.len() < threads {
			counters.resize_with(threads, Arc::default);
		}
		counters[..threads].to_vec()
	}

	fn counters(&self) -> MutexGuard<'_, Vec<Arc<AtomicU64>>> {
		self.0.lock().expect("no thread panics while it holds the lock")
	}
}

/// Hands out the chunks of a range to threads, one after the other.
pub(crate) struct Chunks {
	next: AtomicU64,
	end: Nonce,
}

impl Chunks {
	pub(crate) fn new(range: Range<Nonce>) -> Self {
		Self { next: AtomicU64::new(range.start), end: range.end }
	}

	/// The next chunk, of `size` nonces if so many are left.
	pub(crate) fn take(&self, size: u64) -> Option<Range<Nonce>> {
		let after = |start: Nonce| start.saturating_add(size.max(1)).min(self.end);
		let taken = self
			.next
			.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |start| (start < self.end).then(|| after(start)));
		taken.ok().map(|start| start..after(start))
	}
}

/// Searches a range on `threads` threads (at least one). The finds come in ascending order of their nonces.
pub fn search_threads(
	engine: &dyn Engine,
	job: &Job,
	range: Range<Nonce>,
	threads: usize,
	cancel: &AtomicBool,
	progress: &Progress,
) -> (Vec<Find>, Outcome) {
	let chunks = Chunks::new(range);
	let results = Mutex::new((Vec::new(), Outcome::default()));
	thread::scope(|scope| {
		let (chunks, results) = (&chunks, &results);
		for counter in progress.of_threads(threads.max(1)) {
			scope.spawn(move || {
				let (mut found, mut hashes, mut cancelled) = (Vec::new(), 0, false);
				while let Some(chunk) = chunks.take(engine.chunk()) {
					let outcome = engine.search(job, chunk, cancel, &mut found);
					counter.fetch_add(outcome.hashes, Ordering::Relaxed);
					hashes += outcome.hashes;
					cancelled |= outcome.cancelled;
					if cancelled {
						break;
					}
				}
				let mut results = results.lock().expect("no thread panics while it holds the lock");
				results.0.append(&mut found);
				results.1.hashes += hashes;
				results.1.cancelled |= cancelled;
			});
		}
	});
	let (mut found, outcome) = results.into_inner().expect("no thread panics while it holds the lock");
	found.sort_unstable_by_key(|find| find.nonce);
	(found, outcome)
}

/// How often [`solve`] looks whether its caller has cancelled.
const WATCH: Duration = Duration::from_millis(10);

/// Searches from `start` on until one nonce is found, or until it is cancelled, on `threads` threads (at least one).
/// Any find wins, not the smallest nonce; the other threads then stop as if they were cancelled.
pub fn solve(
	engine: &dyn Engine,
	job: &Job,
	start: Nonce,
	threads: usize,
	cancel: &AtomicBool,
	progress: &Progress,
) -> Option<Find> {
	let chunks = Chunks::new(start..Nonce::MAX);
	// What the engine looks at: set by the caller's cancellation as well as by a find.
	let stop = AtomicBool::new(cancel.load(Ordering::Relaxed));
	let winner = Mutex::new(None);
	let waiting = thread::current();
	thread::scope(|scope| {
		let search = |counter: Arc<AtomicU64>| {
			let mut found = Vec::new();
			while !stop.load(Ordering::Relaxed) {
				let Some(chunk) = chunks.take(engine.chunk()) else { break };
				counter.fetch_add(engine.search_first(job, chunk, &stop, &mut found).hashes, Ordering::Relaxed);
				if let Some(find) = found.first() {
					winner.lock().expect("no thread panics while it holds the lock").get_or_insert(*find);
					stop.store(true, Ordering::Relaxed);
				}
			}
			waiting.unpark();
		};
		let counters = progress.of_threads(threads.max(1)).into_iter();
		let searches: Vec<_> = counters.map(|counter| scope.spawn(move || search(counter))).collect();
		while !stop.load(Ordering::Relaxed) && searches.iter().any(|search| !search.is_finished()) {
			if cancel.load(Ordering::Relaxed) {
				stop.store(true, Ordering::Relaxed);
			} else {
				thread::park_timeout(WATCH);
			}
		}
	});
	winner.into_inner().expect("no thread panics while it holds the lock")
}

#[cfg(test)]
mod tests {
	use super::*;

	fn all(range: Range<Nonce>) -> Vec<Range<Nonce>> {
		let chunks = Chunks::new(range);
		let taken = core::iter::from_fn(|| chunks.take(CHUNK)).collect();
		assert_eq!((chunks.take(CHUNK), chunks.take(0)), (None, None), "an end is final");
		taken
	}

	#[test]
	fn chunks_cover_a_range_without_gap_or_overlap() {
		assert_eq!(
			all(5..5 + 2 * CHUNK + 7),
			[5..5 + CHUNK, 5 + CHUNK..5 + 2 * CHUNK, 5 + 2 * CHUNK..5 + 2 * CHUNK + 7]
		);
	}

	#[test]
	fn chunks_of_an_empty_or_a_reversed_range_are_none() {
		assert!(all(9..9).is_empty());
		#[allow(clippy::reversed_empty_ranges)]
		let reversed = all(9..3);
		assert!(reversed.is_empty());
	}

	#[test]
	fn the_last_chunk_ends_at_the_largest_nonce_and_does_not_wrap() {
		let start = Nonce::MAX - CHUNK - 3;
		assert_eq!(all(start..Nonce::MAX), [start..Nonce::MAX - 3, Nonce::MAX - 3..Nonce::MAX]);
	}
}
