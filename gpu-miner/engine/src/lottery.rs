//! Answers lotteries with the processor: wins are collected until there are enough or the caller cancels.
//!
//! A device does this thousands of times as fast, so this is what a machine without one proves, and what a device's
//! wins are checked by. Tickets bear the stamps that the chain asks for ([`gpu_work::lottery::batch`],
//! [`gpu_work::table::start`]).

use crate::{
	driver::{Chunks, Progress},
	keccak256,
	matrix::{search_tickets, Arithmetic, Lines},
};
use core::{
	ops::Range,
	sync::atomic::{AtomicBool, Ordering},
	time::Duration,
};
use gpu_work::{
	lottery::batch,
	matrix::{Side, DEPTH, TILES},
	table::{self, element, start, walk},
	Digest, Seed,
};
use std::{collections::BTreeSet, sync::Mutex, thread, time::Instant};

/// Tiles along a side of what a thread multiplies at a time: some 100 ms of work, of which making the rows is a
/// seventh, in 16 MiB.
const BLOCK: u16 = 64;
/// Blocks along a side of a batch.
const BLOCKS: u64 = (TILES / BLOCK) as u64;
/// Elements that a thread fills between two looks at whether it is cancelled: some tens of milliseconds.
const FILL: usize = 4_096;
/// Walks that a thread takes at a time.
const WALKS: u64 = 1_024;

/// How often a filled table asks whether walks begin.
const WAIT: Duration = Duration::from_millis(50);

/// Wins in ascending order, where the caller may look at any time.
pub type WonTickets = Mutex<BTreeSet<u64>>;

/// What is looked for in a lottery of matrix products.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketSearch {
	/// The device's seed.
	pub seed: Seed,
	/// Tickets whose number is at or below this win.
	pub target: u64,
	/// How many wins are enough.
	pub most: usize,
	/// Threads of the processor, where that is what searches.
	pub threads: usize,
}

/// What is looked for in a lottery of tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalkSearch {
	/// The device's seed.
	pub seed: Seed,
	/// The memory, of which the table fills nine tenths.
	pub bytes: u64,
	/// Walks whose number is at or below this win.
	pub target: u64,
	/// How many wins are enough.
	pub most: usize,
	/// Threads of the processor, where that is what searches.
	pub threads: usize,
}

/// Multiplies from the first batch on until it is cancelled or `most` tickets won, on `threads` threads (at least one).
/// `progress` counts tickets. Gives back when all threads have stopped.
pub fn collect_tickets(
	arithmetic: Arithmetic,
	seed: &Seed,
	target: u64,
	most: usize,
	threads: usize,
	wins: &WonTickets,
	cancel: &AtomicBool,
	progress: &Progress,
) {
	let blocks = Chunks::new(0..(1 << 16) * BLOCKS * BLOCKS);
	run(threads, progress, |count| {
		let mut found = Vec::new();
		while let Some(block) = blocks.take(1).filter(|_| !is_over(wins, most, cancel)) {
			let number = (block.start / (BLOCKS * BLOCKS)) as u16;
			let at = |place: u64| -> Range<u16> {
				let first = (place % BLOCKS) as u16 * BLOCK;
				first..first + BLOCK
			};
			let (rows, columns) = (at(block.start / BLOCKS), at(block.start));
			let batch = batch(seed, number);
			let rows = Lines::new(seed, Side::Rows, batch, rows, DEPTH);
			let columns = Lines::new(seed, Side::Columns, batch, columns, DEPTH);
			count(search_tickets(arithmetic, seed, batch, (&rows, &columns), target, cancel, &mut found));
			enter(wins, most, found.drain(..).map(|ticket| ticket.to_u64()));
		}
	});
}

/// A table in main memory.
#[derive(Debug)]
pub struct Table {
	seed: Seed,
	elements: Vec<Digest>,
}

impl Table {
	/// Fills a table of nine tenths of `bytes` under `seed` on `threads` threads. `None` where it was cancelled, or
	/// there is not so much memory.
	pub fn fill(seed: &Seed, bytes: u64, threads: usize, cancel: &AtomicBool) -> Option<Self> {
		let count = usize::try_from(table::elements(bytes)).ok()?;
		let mut elements: Vec<Digest> = Vec::new();
		elements.try_reserve_exact(count).ok()?;
		elements.resize(count, [0; 32]);
		let parts = Mutex::new(elements.chunks_mut(FILL).enumerate());
		thread::scope(|scope| {
			for _ in 0..threads.max(1) {
				scope.spawn(|| loop {
					let part = parts.lock().expect("no thread panics while it holds the lock").next();
					let Some((part, elements)) = part.filter(|_| !cancel.load(Ordering::Relaxed)) else { break };
					for (index, place) in elements.iter_mut().enumerate() {
						*place = element(keccak256, seed, (part * FILL + index) as u64);
					}
				});
			}
		});
		(!cancel.load(Ordering::Relaxed)).then_some(Self { seed: *seed, elements })
	}

	/// What it was filled under.
	pub fn seed(&self) -> &Seed {
		&self.seed
	}

	/// Walks from the first start on until it is cancelled or `most` walks won, on `threads` threads (at least one).
	/// `progress` counts walks.
	pub fn collect_walks(
		&self,
		entropy: &Seed,
		target: u64,
		most: usize,
		threads: usize,
		wins: &WonTickets,
		cancel: &AtomicBool,
		progress: &Progress,
	) {
		let all = Chunks::new(0..1 << 56);
		let count_of = self.elements.len() as u64;
		if count_of == 0 {
			return;
		}
		run(threads, progress, |count| {
			while let Some(part) = all.take(WALKS).filter(|_| !is_over(wins, most, cancel)) {
				let walked = part.end - part.start;
				let won = part.map(|number| start(&self.seed, number)).filter(|start| {
					let read = |index: u64| self.elements[index as usize];
					table::score(&walk(keccak256, entropy, *start, count_of, read)) <= target
				});
				enter(wins, most, won);
				count(walked);
			}
		});
	}
}

/// Fills a table in main memory, waits until walks begin, and collects them. Where there is no room nothing is collected.
pub fn answer_walks(
	search: &WalkSearch,
	entropy: &Mutex<Option<Seed>>,
	wins: &WonTickets,
	cancel: &AtomicBool,
	progress: &Progress,
) {
	let WalkSearch { seed, bytes, target, most, threads } = search;
	let Some(table) = Table::fill(seed, *bytes, *threads, cancel) else { return };
	let entropy = loop {
		if let Some(entropy) = *entropy.lock().expect("no thread panics while it holds the lock") {
			break entropy;
		}
		if cancel.load(Ordering::Relaxed) {
			return;
		}
		thread::sleep(WAIT);
	};
	table.collect_walks(&entropy, *target, *most, *threads, wins, cancel, progress);
}

/// Whether nine tenths of so many bytes of main memory can be taken without pushing others out. Where the system does not say how
/// much is free, whoever asks has to find out.
pub fn has_room(bytes: u64) -> bool {
	let Ok(text) = std::fs::read_to_string("/proc/meminfo") else { return true };
	let free = text
		.lines()
		.find_map(|line| line.strip_prefix("MemAvailable:")?.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
	free.is_none_or(|kib| u128::from(bytes) * 9 / 10 < u128::from(kib) * 1_024 * 9 / 10)
}

/// Tickets a second that this processor looks at on so many threads, measured for about so long.
pub fn measure_tickets(arithmetic: Arithmetic, threads: usize, time: Duration) -> u64 {
	measure(time, |cancel, progress| {
		collect_tickets(arithmetic, &[1; 32], 0, 1, threads, &WonTickets::default(), cancel, progress);
	})
}

/// Walks a second through a table of so many bytes, measured for about so long once it is filled. Zero where there is
/// no room.
pub fn measure_walks(bytes: u64, threads: usize, time: Duration) -> u64 {
	let Some(table) = Table::fill(&[1; 32], bytes, threads, &AtomicBool::new(false)) else { return 0 };
	measure(time, |cancel, progress| {
		table.collect_walks(&[2; 32], 0, 1, threads, &WonTickets::default(), cancel, progress);
	})
}

fn measure(time: Duration, search: impl FnOnce(&AtomicBool, &Progress) + Send) -> u64 {
	let (cancel, progress, began) = (AtomicBool::new(false), Progress::default(), Instant::now());
	thread::scope(|scope| {
		scope.spawn(|| search(&cancel, &progress));
		thread::sleep(time);
		cancel.store(true, Ordering::Relaxed);
	});
	(progress.hashes() as f64 / began.elapsed().as_secs_f64()) as u64
}

/// The same for what is to be made ready first: time is measured from the first count on, for which `patience` is enough. Zero
/// where there was none.
pub(crate) fn measure_from_first(
	patience: Duration,
	time: Duration,
	search: impl FnOnce(&AtomicBool, &Progress) + Send,
) -> u64 {
	let (cancel, progress, began) = (AtomicBool::new(false), Progress::default(), Instant::now());
	thread::scope(|scope| {
		let running = scope.spawn(|| search(&cancel, &progress));
		while progress.hashes() == 0 && !running.is_finished() && began.elapsed() < patience {
			thread::sleep(Duration::from_millis(1));
		}
		let (first, began) = (progress.hashes(), Instant::now());
		if first > 0 {
			thread::sleep(time);
		}
		let (rate, failed) =
			((progress.hashes() - first) as f64 / began.elapsed().as_secs_f64(), running.is_finished());
		cancel.store(true, Ordering::Relaxed);
		// A search that ended before it was told to is no measure.
		if first == 0 || failed {
			0
		} else {
			rate as u64
		}
	})
}

/// Runs one search on several threads, each of which counts what it tried.
fn run(threads: usize, progress: &Progress, search: impl Fn(&dyn Fn(u64)) + Sync) {
	thread::scope(|scope| {
		let search = &search;
		for counter in progress.of_threads(threads.max(1)) {
			scope.spawn(move || search(&|tried| _ = counter.fetch_add(tried, Ordering::Relaxed)));
		}
	});
}

fn is_over(wins: &WonTickets, most: usize, cancel: &AtomicBool) -> bool {
	cancel.load(Ordering::Relaxed) || wins.lock().expect("no thread panics while it holds the lock").len() >= most
}

fn enter(wins: &WonTickets, most: usize, won: impl Iterator<Item = u64>) {
	// Computed before the lock is taken: walks are looked at here.
	let won: Vec<u64> = won.collect();
	let mut wins = wins.lock().expect("no thread panics while it holds the lock");
	let room = most.saturating_sub(wins.len());
	wins.extend(won.into_iter().take(room));
}

#[cfg(test)]
mod tests {
	use super::*;
	use gpu_work::{
		lottery::{check_batch, check_reveal},
		matrix::{check_ticket, Ticket},
		table::{check_start, check_walk, elements},
	};

	static NEVER: AtomicBool = AtomicBool::new(false);
	const SEED: Seed = [0x42; 32];

	#[test]
	fn collected_tickets_should_be_what_the_chain_takes() {
		let (wins, progress) = (WonTickets::default(), Progress::default());
		// One ticket in 64 wins.
		let target = u64::MAX / 64;
		collect_tickets(Arithmetic::best(), &SEED, target, 70, 2, &wins, &NEVER, &progress);
		let wins: Vec<u64> = wins.into_inner().unwrap().into_iter().collect();
		assert_eq!(check_reveal(&wins, 70), Ok(()));
		for ticket in wins.iter().step_by(10) {
			assert_eq!(check_batch(&SEED, (ticket >> 32) as u32), Ok(()));
			let ticket = Ticket::from_u64(*ticket).unwrap();
			assert!(check_ticket(keccak256, &SEED, ticket, DEPTH, target));
		}
		assert!(progress.hashes() >= 1_000);
	}

	#[test]
	fn collected_walks_should_be_what_the_chain_takes() {
		let bytes = 10_000;
		let table = Table::fill(&SEED, bytes, 2, &NEVER).unwrap();
		let (wins, progress) = (WonTickets::default(), Progress::default());
		let target = u64::MAX / 64;
		table.collect_walks(&[7; 32], target, 100, 2, &wins, &NEVER, &progress);
		let wins: Vec<u64> = wins.into_inner().unwrap().into_iter().collect();
		assert_eq!(check_reveal(&wins, 100), Ok(()));
		for start in wins {
			assert_eq!(check_start(&SEED, start), Ok(()));
			assert!(check_walk(keccak256, &SEED, &[7; 32], start, elements(bytes), target));
		}
	}

	#[test]
	fn a_table_should_have_all_its_elements() {
		// More than one part, and one that is not full.
		let bytes = (FILL as u64 * 2 + 100) * 32 * 10 / 9;
		let table = Table::fill(&SEED, bytes, 3, &NEVER).unwrap();
		assert_eq!(table.elements.len() as u64, elements(bytes));
		for index in [0, 1, FILL - 1, FILL, table.elements.len() - 1] {
			assert_eq!(table.elements[index], element(keccak256, &SEED, index as u64));
		}
		assert!(Table::fill(&SEED, u64::MAX, 1, &NEVER).is_none(), "no machine has so much");
		assert!(Table::fill(&SEED, 1 << 20, 1, &AtomicBool::new(true)).is_none());
	}

	#[test]
	fn cancelled_searches_should_end() {
		let cancelled = AtomicBool::new(true);
		let (wins, progress) = (WonTickets::default(), Progress::default());
		collect_tickets(Arithmetic::best(), &SEED, u64::MAX, 9, 2, &wins, &cancelled, &progress);
		Table::fill(&SEED, 1_000, 1, &NEVER).unwrap().collect_walks(
			&SEED,
			u64::MAX,
			9,
			2,
			&wins,
			&cancelled,
			&progress,
		);
		assert!(wins.into_inner().unwrap().is_empty() && progress.hashes() == 0);
		let nothing = Table::fill(&SEED, 0, 1, &NEVER).unwrap();
		nothing.collect_walks(&SEED, u64::MAX, 9, 1, &WonTickets::default(), &NEVER, &progress);
	}

	#[test]
	fn rates_should_be_measured() {
		let time = Duration::from_millis(300);
		let tickets = measure_tickets(Arithmetic::best(), 1, time);
		let walks = measure_walks(1 << 16, 1, time);
		println!("{tickets} tickets/s, {walks} walks/s");
		assert!(tickets > 100 && walks > 1_000, "{tickets} {walks}");
	}
}
