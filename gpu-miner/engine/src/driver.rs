//! Runs any engine on several threads.

use crate::{Engine, Find, Job, Outcome};
use core::{
	ops::Range,
	sync::atomic::{AtomicBool, AtomicU64, Ordering},
};
use gpu_work::Nonce;
use std::{sync::Mutex, thread};

/// Nonces that a thread takes at a time: some tens of milliseconds of work, so that threads end together.
pub(crate) const CHUNK: u64 = 1 << 16;

/// Counts hashes while a search runs, for rate displays.
#[derive(Debug, Default)]
pub struct Progress(AtomicU64);

impl Progress {
	/// Hashes done since the start.
	pub fn hashes(&self) -> u64 {
		self.0.load(Ordering::Relaxed)
	}

	pub(crate) fn add(&self, hashes: u64) {
		self.0.fetch_add(hashes, Ordering::Relaxed);
	}
}

/// Hands out the chunks of a range to threads.
pub(crate) struct Chunks {
	next: Mutex<Nonce>,
	end: Nonce,
}

impl Chunks {
	pub(crate) fn new(range: Range<Nonce>) -> Self {
		Self { next: Mutex::new(range.start), end: range.end }
	}

	pub(crate) fn take(&self) -> Option<Range<Nonce>> {
		let mut next = self.next.lock().expect("no thread panics while it holds the lock");
		if *next >= self.end {
			return None;
		}
		let start = *next;
		*next = start.saturating_add(CHUNK).min(self.end);
		Some(start..*next)
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
		for _ in 0..threads.max(1) {
			scope.spawn(|| {
				let (mut found, mut hashes, mut cancelled) = (Vec::new(), 0, false);
				while let Some(chunk) = chunks.take() {
					let outcome = engine.search(job, chunk, cancel, &mut found);
					progress.add(outcome.hashes);
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

/// Searches from `start` on until one nonce is found, or until it is cancelled. Any find wins, not the smallest nonce.
pub fn solve(
	engine: &dyn Engine,
	job: &Job,
	start: Nonce,
	threads: usize,
	cancel: &AtomicBool,
	progress: &Progress,
) -> Option<Find> {
	let chunks = Chunks::new(start..Nonce::MAX);
	let done = AtomicBool::new(false);
	let winner = Mutex::new(None);
	thread::scope(|scope| {
		for _ in 0..threads.max(1) {
			scope.spawn(|| {
				let mut found = Vec::new();
				while !done.load(Ordering::Relaxed) && !cancel.load(Ordering::Relaxed) {
					let Some(chunk) = chunks.take() else { break };
					progress.add(engine.search(job, chunk, cancel, &mut found).hashes);
					if let Some(find) = found.first() {
						winner.lock().expect("no thread panics while it holds the lock").get_or_insert(*find);
						done.store(true, Ordering::Relaxed);
					}
				}
			});
		}
	});
	winner.into_inner().expect("no thread panics while it holds the lock")
}
