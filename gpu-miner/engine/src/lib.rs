//! The search engines of gpu-miner: one trait, a vectorised CPU engine, and one for devices.
//!
//! - [`Engine`] searches a range of nonces for hashes at or below a target ([`Job`]). It knows nothing of threads,
//!   proofs or the chain.
//! - [`DeviceEngine`] is the one for graphics cards and their like, behind two small traits ([`device`]); drivers are
//!   crates of their own.
//! - [`CpuEngine`] is the one for processors, with four [`Path`]s chosen at run time; [`keccak256`] is the scalar twin
//!   by which every find is checked again.
//! - [`search_threads`], [`solve`] and [`collect_minimum_values`] run any engine on several threads: a whole range, the
//!   first find (a challenge), or the k smallest hashes of a window (a round).
//! - [`matrix`] searches the matrix lottery with the processor; [`lottery`] answers both lotteries with it, and
//!   [`device::lottery`] with devices.
//! - [`mod@bench`] measures.
//!
//! # What is hashed
//! Keccak-256 of 64 bytes: the seed, then the nonce as a 256-bit big-endian number. They and the padding fit into one
//! block of 136 bytes, so a hash is one permutation of these 25 lanes of 64 bits (little-endian, as Keccak reads
//! bytes):
//!
//! ```text
//! lane    0 … 3      4 … 6              7                 8        9 … 15    16         17 … 24
//!         seed       nonce_prefix       nonce             0x01     0         1 << 63    0
//!         32 bytes   24 bytes           8, big-endian     padding            padding    capacity
//! ```
//! A search iterates over the low 64 bits of the nonce, which are lane 7; all else is fixed by the [`Job`]. Lane 0 of
//! the permuted state is the first eight bytes of the digest, read the other way round: it alone decides nearly every
//! comparison with a target, and the few hashes that it lets through are computed again, whole, by [`keccak256`].
//!
//! ```
//! use gpu_miner_engine::{keccak256, solve, CpuEngine, Job, Progress};
//! use gpu_work::{meets_target, target_for_work};
//! use std::sync::atomic::AtomicBool;
//!
//! let job = Job::new([7; 32], target_for_work(1_000));
//! let progress = Progress::default();
//! let find = solve(&CpuEngine::best(), &job, 0, 2, &AtomicBool::new(false), &progress).expect("not cancelled");
//! assert_eq!(find.digest, keccak256(&job.input(find.nonce)));
//! assert!(meets_target(&find.digest, &job.target));
//! assert_eq!(progress.per_thread().len(), 2);
//! ```

#![warn(missing_docs)]

pub mod bench;
mod cpu;
pub mod device;
mod driver;
mod keccak;
pub mod lottery;
pub mod matrix;
mod minimum;

pub use cpu::CpuEngine;
pub use device::{DeviceEngine, DeviceStatus};
pub use driver::{search_threads, solve, Progress};
pub use keccak::{available_paths, keccak256, Path};
pub use minimum::{collect_minimum_values, MinimumValues};

use crate::{
	lottery::{TicketSearch, WalkSearch, WonTickets},
	matrix::Arithmetic,
};
use core::{ops::Range, sync::atomic::AtomicBool, time::Duration};
use gpu_work::{Digest, Nonce, Seed};
use std::sync::{Arc, Mutex};

/// What is searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
	/// The first 32 bytes that are hashed.
	pub seed: Seed,
	/// The first 24 bytes of the 32-byte big-endian nonce. Zero for proofs; miners of blocks put their own number here.
	pub nonce_prefix: [u8; 24],
	/// Hashes at or below this are finds.
	pub target: Digest,
}

impl Job {
	/// A job of a proof, whose nonces are 64-bit numbers.
	pub fn new(seed: Seed, target: Digest) -> Self {
		Self { seed, nonce_prefix: [0; 24], target }
	}

	/// The 64 bytes that are hashed for a nonce.
	pub fn input(&self, nonce: Nonce) -> [u8; 64] {
		let mut input = gpu_work::hash_input(&self.seed, nonce);
		input[32..56].copy_from_slice(&self.nonce_prefix);
		input
	}
}

/// A nonce whose hash meets the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Find {
	/// The low 64 bits of the nonce.
	pub nonce: Nonce,
	/// Its hash.
	pub digest: Digest,
}

/// How a search ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
	/// Nonces of the range that were hashed: from its start, where one thread searched.
	pub hashes: u64,
	/// Whether it was cancelled before the end of the range.
	pub cancelled: bool,
}

/// Searches nonces. Implementations check each find again with [`keccak256`] before they report it.
pub trait Engine: Send + Sync {
	/// What logs and `bench` call it.
	fn name(&self) -> &str;

	/// Adds every nonce of `range` (none, if it is empty or reversed) whose hash meets the job's target to `found`, in
	/// ascending order. Looks at `cancel` at least every 50 ms; what was found before it was set stays in `found`.
	fn search(&self, job: &Job, range: Range<Nonce>, cancel: &AtomicBool, found: &mut Vec<Find>) -> Outcome;

	/// The same for who wants one find only: may end at once when there is one, as if it were cancelled.
	fn search_first(&self, job: &Job, range: Range<Nonce>, cancel: &AtomicBool, found: &mut Vec<Find>) -> Outcome {
		self.search(job, range, cancel, found)
	}

	/// Nonces that a thread should take at a time at present: some tens to hundreds of milliseconds of work.
	fn chunk(&self) -> u64 {
		driver::CHUNK
	}

	/// The threads that suit the engine, where that does not depend on the processor: one for each device.
	fn threads(&self) -> Option<usize> {
		None
	}

	/// The devices that it searches on, and how they are. Empty for the processor.
	fn devices(&self) -> Vec<DeviceStatus> {
		Vec::new()
	}

	/// Collects tickets of the matrix lottery until it is cancelled or there are enough. `progress` counts tickets. The
	/// processor does that where nothing else does. All that is entered was computed by the processor.
	fn collect_tickets(&self, search: &TicketSearch, wins: &WonTickets, cancel: &AtomicBool, progress: &Progress) {
		let TicketSearch { seed, target, most, threads } = search;
		lottery::collect_tickets(Arithmetic::best(), seed, *target, *most, *threads, wins, cancel, progress);
	}

	/// Fills a table, waits until `entropy` says where walks begin, and collects walks likewise. Ends at once where
	/// there is no room.
	fn collect_walks(
		&self,
		search: &WalkSearch,
		entropy: &Arc<Mutex<Option<Seed>>>,
		wins: &WonTickets,
		cancel: &AtomicBool,
		progress: &Progress,
	) {
		lottery::answer_walks(search, entropy, wins, cancel, progress);
	}

	/// Whether a device, and not the processor, can be counted on in the next lottery: of products if `table_bytes` is
	/// zero, or with such a table. One that failed is tried again, but not counted on before it has worked.
	fn has_device_for_lottery(&self, _table_bytes: u64) -> bool {
		false
	}

	/// Tickets, or walks through a table of so many bytes, that the devices look at a second, measured for about so
	/// long; `None` where only the processor is left.
	fn measure_lottery(&self, _table_bytes: Option<u64>, _time: Duration) -> Option<u64> {
		None
	}
}
