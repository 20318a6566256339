//! Searches for proofs in the background: one at a time, on the threads that the owner gave.

use crate::{
	agent::decide::{BestProof, Searching},
	chain::{Hash, LotteryView},
	lotteries::{LotteryAnswer, LotterySearch},
	rates::Meter,
};
use gpu_miner_engine::{collect_minimum_values, keccak256, solve, Engine, Find, Job, MinimumValues, Progress};
use std::{
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc, Mutex, PoisonError,
	},
	thread::{self, JoinHandle},
	time::Duration,
};

/// How often the meter is told of new hashes.
const REPORT: Duration = Duration::from_millis(200);

/// A search that runs.
struct Search {
	about: Searching,
	cancel: Arc<AtomicBool>,
	/// A search that can end by itself leaves its find here.
	find: Option<Arc<Mutex<Option<Find>>>>,
	thread: Option<JoinHandle<()>>,
}

/// The searches of one agent.
pub struct Searcher {
	engine: Arc<dyn Engine>,
	threads: usize,
	meter: Meter,
	current: Option<Search>,
	/// The last answers, kept after their search: they may not be on the chain yet.
	best: Option<(Hash, Arc<Mutex<MinimumValues>>)>,
	solved: Option<(Hash, Arc<Mutex<Option<Find>>>)>,
	lottery: Option<LotterySearch>,
}

impl Searcher {
	/// Searches with `engine` on `threads` threads, and counts hashes with `meter`.
	pub fn new(engine: Arc<dyn Engine>, threads: usize, meter: Meter) -> Self {
		Self { engine, threads: threads.max(1), meter, current: None, best: None, solved: None, lottery: None }
	}

	/// Searches for the smallest hashes under `seed` until something else is asked for. `known` are nonces of an earlier
	/// search under the same seed; their hashes are computed again, and others are searched than that search began with.
	pub fn search_round(&mut self, seed: Hash, values: u32, known: Vec<u64>) {
		self.stop();
		let mut minimum = MinimumValues::new(values as usize);
		let job = Job::new(seed, [0xff; 32]);
		let mut known = known;
		// What this process found itself is newer than what was saved.
		known.extend(self.best_proof().filter(|proof| proof.seed == seed).into_iter().flat_map(|proof| proof.nonces));
		for nonce in &known {
			minimum.offer(Find { nonce: *nonce, digest: keccak256(&job.input(*nonce)) });
		}
		// A restart goes on behind what was searched: nobody can say how far, but nowhere near a whole window's hashes.
		let start = known.iter().max().map_or(0, |largest| largest.saturating_add(1 << 32));
		let minimum = Arc::new(Mutex::new(minimum));
		self.best = Some((seed, minimum.clone()));
		let values = minimum;
		self.spawn(Searching::Round(seed), None, move |engine, threads, cancel, progress| {
			collect_minimum_values(engine, seed, start, threads, &values, cancel, progress);
		});
	}

	/// Searches for one nonce whose hash under `seed` meets `target`.
	pub fn solve_challenge(&mut self, seed: Hash, target: Hash) {
		self.stop();
		let slot = Arc::new(Mutex::new(None));
		self.solved = Some((seed, slot.clone()));
		let solution = slot.clone();
		self.spawn(Searching::Challenge(seed), Some(slot), move |engine, threads, cancel, progress| {
			let find = solve(engine, &Job::new(seed, target), 0, threads, cancel, progress);
			*solution.lock().unwrap_or_else(PoisonError::into_inner) = find;
		});
	}

	/// Searches for tickets of a lottery until something else is asked for; asked again for the same one it learns where walks
	/// begin.
	pub fn search_lottery(&mut self, lottery: &LotteryView) {
		let about = Searching::Lottery(lottery.seed, lottery.walk_entropy);
		let is_same = self.lottery.as_ref().is_some_and(|search| search.is_of(lottery));
		if !is_same {
			self.stop();
			self.lottery = LotterySearch::new(lottery);
		}
		let Some(search) = &self.lottery else { return };
		search.begin_walks(lottery.walk_entropy);
		let runs = |current: &Search| matches!(current.about, Searching::Lottery(seed, _) if seed == lottery.seed);
		if self.current.as_ref().is_some_and(runs) {
			if let Some(current) = &mut self.current {
				current.about = about;
			}
			return;
		}
		let body = search.body(lottery);
		self.stop();
		self.spawn(about, None, move |engine, threads, cancel, _| body(engine, threads, cancel));
	}

	/// What searches.
	pub fn engine(&self) -> &dyn Engine {
		&*self.engine
	}

	/// What the last lottery's search found so far.
	pub fn lottery_answer(&self) -> Option<LotteryAnswer> {
		self.lottery.as_ref().map(LotterySearch::answer)
	}

	/// Stops the search, if one runs. What it found stays.
	pub fn stop(&mut self) {
		if let Some(mut search) = self.current.take() {
			search.cancel.store(true, Ordering::Relaxed);
			if let Some(thread) = search.thread.take() {
				// Engines look at the flag every 50 ms.
				let _ = thread.join();
			}
		}
	}

	/// What is searched for now.
	pub fn searching(&self) -> Option<Searching> {
		let search = self.current.as_ref()?;
		let found = |slot: &Arc<Mutex<Option<Find>>>| slot.lock().unwrap_or_else(PoisonError::into_inner).is_some();
		let is_done = search.find.as_ref().is_some_and(found);
		(!is_done).then_some(search.about)
	}

	/// The best answer so far to the round that was searched last; `None` before there are as many values as it asks for.
	pub fn best_proof(&self) -> Option<BestProof> {
		let (seed, values) = self.best.as_ref()?;
		let values = values.lock().unwrap_or_else(PoisonError::into_inner);
		Some(BestProof { seed: *seed, nonces: values.nonces()?, work: values.work() })
	}

	/// The seed of the challenge that was solved last, and its solution.
	pub fn solution(&self) -> Option<(Hash, u64)> {
		let (seed, slot) = self.solved.as_ref()?;
		let find = (*slot.lock().unwrap_or_else(PoisonError::into_inner))?;
		Some((*seed, find.nonce))
	}

	fn spawn(
		&mut self,
		about: Searching,
		find: Option<Arc<Mutex<Option<Find>>>>,
		search: impl FnOnce(&dyn Engine, usize, &AtomicBool, &Progress) + Send + 'static,
	) {
		let cancel = Arc::new(AtomicBool::new(false));
		let (engine, threads, meter, flag) = (self.engine.clone(), self.threads, self.meter.clone(), cancel.clone());
		let body = move || {
			let (progress, done) = (Progress::default(), AtomicBool::new(false));
			thread::scope(|scope| {
				scope.spawn(|| {
					let mut told = 0;
					loop {
						let over = done.load(Ordering::Relaxed);
						let hashes = progress.hashes();
						meter.add(hashes - told);
						told = hashes;
						if over {
							break;
						}
						thread::sleep(REPORT);
					}
				});
				search(&*engine, threads, &flag, &progress);
				done.store(true, Ordering::Relaxed);
			});
		};
		match thread::Builder::new().name("search".into()).spawn(body) {
			Ok(thread) => self.current = Some(Search { about, cancel, find, thread: Some(thread) }),
			Err(error) => tracing::error!("no thread for a search: {error}"),
		}
	}
}

impl Drop for Searcher {
	fn drop(&mut self) {
		self.stop();
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use gpu_miner_engine::CpuEngine;
	use gpu_work::{target_for_work, verify_minimum_values};
	use std::time::Instant;

	fn searcher(meter: &Meter) -> Searcher {
		Searcher::new(Arc::new(CpuEngine::best()), 1, meter.clone())
	}

	fn until<T>(mut probe: impl FnMut() -> Option<T>) -> T {
		let start = Instant::now();
		loop {
			if let Some(value) = probe() {
				return value;
			}
			assert!(start.elapsed() < Duration::from_secs(30), "not within 30 s");
			thread::sleep(Duration::from_millis(5));
		}
	}

	#[test]
	fn a_rounds_best_nonces_are_a_proof_and_grow_better() {
		let meter = Meter::default();
		let mut searcher = searcher(&meter);
		searcher.search_round([3; 32], 16, vec![]);
		assert_eq!(searcher.searching(), Some(Searching::Round([3; 32])));
		let first = until(|| searcher.best_proof());
		let later = until(|| searcher.best_proof().filter(|proof| proof.work > first.work));
		for proof in [&first, &later] {
			let work = verify_minimum_values(keccak256, &proof.seed, &proof.nonces, 16);
			assert_eq!(work, Ok(proof.work));
		}
		searcher.stop();
		assert_eq!(searcher.searching(), None);
		assert!(searcher.best_proof().is_some_and(|proof| proof.work >= later.work), "what was found stays");
		assert!(meter.total() > 0);
	}

	#[test]
	fn what_an_earlier_search_found_is_not_lost() {
		let meter = Meter::default();
		let mut first = searcher(&meter);
		first.search_round([5; 32], 8, vec![]);
		let saved = until(|| first.best_proof().filter(|proof| proof.work > 100_000));
		drop(first);

		let mut second = searcher(&meter);
		second.search_round([5; 32], 8, saved.nonces.clone());
		assert!(until(|| second.best_proof()).work >= saved.work);
		second.solve_challenge([9; 32], [0; 32]);
		second.search_round([5; 32], 8, vec![]);
		assert!(until(|| second.best_proof()).work >= saved.work, "nor by a challenge in between");
		second.search_round([6; 32], 8, vec![]);
		assert_eq!(until(|| second.best_proof()).seed, [6; 32], "another seed starts afresh");
	}

	#[test]
	fn a_challenge_is_solved() {
		let meter = Meter::default();
		let mut searcher = searcher(&meter);
		let target = target_for_work(50_000);
		searcher.solve_challenge([7; 32], target);
		let (seed, nonce) = until(|| searcher.solution());
		assert_eq!(seed, [7; 32]);
		assert!(keccak256(&Job::new(seed, target).input(nonce)) <= target);
		assert_eq!(searcher.searching(), None, "nothing is left to search for");
	}

	#[test]
	fn stopping_is_quick_even_when_nothing_can_be_found() {
		let meter = Meter::default();
		let mut searcher = searcher(&meter);
		searcher.solve_challenge([8; 32], [0; 32]);
		thread::sleep(Duration::from_millis(50));
		let asked = Instant::now();
		searcher.stop();
		assert!(asked.elapsed() < Duration::from_secs(1));
		assert_eq!(searcher.solution(), None);
	}
}
