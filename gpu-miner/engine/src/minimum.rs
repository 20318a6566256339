//! The k smallest hashes of a window: the proof of a round.

use crate::{
	driver::{Chunks, Progress},
	Engine, Find, Job,
};
use core::sync::atomic::{AtomicBool, Ordering};
use gpu_work::{Digest, Nonce, Seed};
use std::{collections::BTreeMap, sync::Mutex, thread};

/// Keeps the k smallest hashes that it is offered.
#[derive(Clone, Debug)]
pub struct MinimumValues {
	k: usize,
	smallest: BTreeMap<Digest, Nonce>,
}

impl MinimumValues {
	/// Keeps `k` hashes, at least one.
	pub fn new(k: usize) -> Self {
		Self { k: k.max(1), smallest: BTreeMap::new() }
	}

	/// Takes a find, if it is among the k smallest so far.
	pub fn offer(&mut self, find: Find) {
		self.smallest.insert(find.digest, find.nonce);
		if self.smallest.len() > self.k {
			self.smallest.pop_last();
		}
	}

	/// Hashes above this are of no use any more: the k-th smallest so far, or the largest there is.
	pub fn target(&self) -> Digest {
		match self.smallest.last_key_value() {
			Some((largest, _)) if self.smallest.len() == self.k => *largest,
			_ => [0xff; 32],
		}
	}

	/// Whether there are k.
	pub fn is_complete(&self) -> bool {
		self.smallest.len() == self.k
	}

	/// The nonces in ascending order of their hashes, as `submit_proof` takes them; `None` before there are k.
	pub fn nonces(&self) -> Option<Vec<Nonce>> {
		self.is_complete().then(|| self.smallest.values().copied().collect())
	}

	/// Hashes that these values show were done; zero before there are k.
	pub fn work(&self) -> u128 {
		if self.is_complete() {
			gpu_work::estimate_work(self.k as u32, &self.target())
		} else {
			0
		}
	}
}

/// Searches from `start` on until it is cancelled, on `threads` threads (at least one), and keeps the k smallest hashes
/// in `values`, where the caller may look at any time. The k-th smallest so far is the target, so that finds become
/// rare. Returns when all threads have stopped.
pub fn collect_minimum_values(
	engine: &dyn Engine,
	seed: Seed,
	start: Nonce,
	threads: usize,
	values: &Mutex<MinimumValues>,
	cancel: &AtomicBool,
	progress: &Progress,
) {
	let chunks = Chunks::new(start..Nonce::MAX);
	thread::scope(|scope| {
		let chunks = &chunks;
		for counter in progress.of_threads(threads.max(1)) {
			scope.spawn(move || {
				let mut found = Vec::new();
				while !cancel.load(Ordering::Relaxed) {
					let Some(chunk) = chunks.take(engine.chunk()) else { break };
					// Small steps at first: until there are k values every hash is a find, and then many are. Behind n hashes
					// a step of about 4 n brings about 4 k finds.
					let mut next = chunk.start;
					while next < chunk.end && !cancel.load(Ordering::Relaxed) {
						let (target, few) = {
							let values = values.lock().expect("no thread panics while it holds the lock");
							(values.target(), 4 * values.k as u128)
						};
						let step = gpu_work::work_for_target(&target).saturating_mul(few).max(256);
						let step = u64::try_from(step).unwrap_or(u64::MAX).min(chunk.end - next);
						let outcome = engine.search(&Job::new(seed, target), next..next + step, cancel, &mut found);
						counter.fetch_add(outcome.hashes, Ordering::Relaxed);
						if !found.is_empty() {
							let mut values = values.lock().expect("no thread panics while it holds the lock");
							found.drain(..).for_each(|find| values.offer(find));
						}
						next += step;
					}
				}
			});
		}
	});
}
