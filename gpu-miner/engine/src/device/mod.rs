//! Searching on devices that can be slow to start, wrong, hot, hung or gone.
//!
//! - [`Device`] and [`Driver`] are all that a driver must offer: compile, launch, read finds, say how it is. CUDA's are in
//!   `gpu-miner-cuda`; [`fake`] has some that fail on purpose.
//! - [`DeviceEngine`] is an [`Engine`](crate::Engine) over all devices of a driver, with the processor beneath it; [`lottery`] is how
//!   it answers lotteries.
//!
//! # A device's life
//! ```text
//!            open, self-test, tune          a search takes it
//!   Closed ───────────────────────► Ready ◄──────────────────► Busy
//!     ▲                               │ too hot ─► Paused ─► cool │
//!     └──── a fault: wait 1 s, 2 s, … 5 min, then try again ◄─────┘
//! ```
//! One thread and one stream a device. The thread that waits for it is another one, so that a kernel that never ends is
//! seen: a device that says nothing for [`Options::patience`] is given up, its thread left alone, and the range that it had
//! is searched again by others. As long as no device is ready the processor searches, so that a search is always whole.
//!
//! What a device calls a find is believed only once the processor has hashed it again; one that errs is closed, for what it
//! overlooked nobody knows. It must also find what is there: at the start, and then every [`Options::canary`], it is given a
//! small range whose finds are known.

mod engine;
pub mod fake;
pub mod lottery;
mod pace;
mod tune;
mod worker;

pub use engine::{DeviceEngine, Options};
pub use lottery::{MatrixDevice, TableDevice};
pub use tune::TuneCache;
pub use worker::self_test;

use crate::{keccak, Job};

/// A device, as its driver describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceInfo {
	/// Its number with the driver.
	pub index: usize,
	/// Its model.
	pub name: String,
	/// What names it everywhere: `GPU-…`.
	pub uuid: String,
	/// The compute capability: 9 and 0 for Hopper.
	pub architecture: (u32, u32),
	/// Multiprocessors.
	pub multiprocessors: u32,
	/// Its memory, bytes.
	pub memory: u64,
	/// The driver's version.
	pub driver: String,
}

/// How the search kernel is compiled. What is best differs from device to device: see [`TuneCache`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Plan {
	/// Rounds written out one after the other: a divisor of 22.
	pub unroll: u32,
	/// Threads of a block.
	pub block: u32,
	/// Blocks that must fit on a multiprocessor together, which bounds the registers of each.
	pub resident: u32,
	/// How many of the 24 rotations of a round the integer multiplier does.
	pub multiplied: u32,
}

impl Plan {
	/// Runs well on everything since Turing.
	pub const SAFE: Self = Self { unroll: 22, block: 256, resident: 1, multiplied: 0 };

	/// What tuning tries, the likeliest first.
	pub fn candidates() -> Vec<Self> {
		let mut plans = vec![Self::SAFE];
		for multiplied in [0, 8, 12, 16, 18, 20] {
			for unroll in [22, 11, 2] {
				for (block, resident) in [(256, 1), (256, 3), (128, 5)] {
					plans.push(Self { unroll, block, resident, multiplied });
				}
			}
		}
		plans.dedup();
		plans
	}
}

/// One launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
	/// The state after theta, rho and pi of the first round, for a nonce of zero.
	pub midstate: [u64; 25],
	/// The first nonce,
	pub first: u64,
	/// and how many.
	pub count: u64,
	/// The digest's first eight bytes, big-endian, may be this at most.
	pub limit: u64,
}

impl Batch {
	/// A batch of `job`. Compute the midstate once: [`midstate`].
	pub fn new(job: &Job, midstate: [u64; 25], first: u64, count: u64) -> Self {
		Self { midstate, first, count, limit: keccak::top64(&job.target) }
	}
}

/// What of the first round of a job does not depend on the nonce.
pub fn midstate(job: &Job) -> [u64; 25] {
	keccak::vector::midstate(&job.input(0))
}

/// What a batch brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidates {
	/// Nonces, in any order, as many as there was room for.
	pub nonces: Vec<u64>,
	/// How many there were.
	pub total: u64,
}

/// How a device is. What it does not tell is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Telemetry {
	/// °C.
	pub temperature: Option<f64>,
	/// Watts.
	pub power: Option<f64>,
	/// Percent.
	pub fan: Option<f64>,
	/// The multiprocessors' clock, MHz.
	pub clock: Option<f64>,
	/// The memory's clock, MHz.
	pub memory_clock: Option<f64>,
	/// Percent of the time in which something ran.
	pub utilisation: Option<f64>,
}

/// Why a device cannot be used at the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
	/// The driver does not answer any more, or knows no such device.
	Lost(String),
	/// Its memory is taken.
	OutOfMemory,
	/// The kernel cannot be compiled for it.
	Compile(String),
	/// A launch failed.
	Launch(String),
	/// It said nothing for too long.
	Hung,
	/// It called a nonce a find that is none, or did not call one that is.
	Wrong(u64),
}

impl std::fmt::Display for Fault {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		match self {
			Self::Lost(why) => write!(f, "the device is gone ({why})"),
			Self::OutOfMemory => f.write_str("its memory is taken by another program"),
			Self::Compile(why) => write!(f, "the kernel cannot be compiled for it: {why}"),
			Self::Launch(why) => write!(f, "a launch failed: {why}"),
			Self::Hung => f.write_str("it does not answer"),
			Self::Wrong(nonce) => write!(
				f,
				"it computes wrongly (nonce {nonce:#x}), and nothing was handed in; lower its clocks if they were raised"
			),
		}
	}
}

impl std::error::Error for Fault {}

/// One device. Used by one thread.
pub trait Device: Send {
	/// What it is.
	fn info(&self) -> &DeviceInfo;

	/// Makes ready to search with `plan`. May take seconds.
	///
	/// # Errors
	/// [`Fault`].
	fn compile(&mut self, plan: &Plan) -> Result<(), Fault>;

	/// Candidates that a batch can bring without any being lost. At least one.
	fn capacity(&self) -> u64;

	/// Starts a batch behind those that were started before: at least two can be under way.
	///
	/// # Errors
	/// [`Fault`].
	fn launch(&mut self, batch: &Batch) -> Result<(), Fault>;

	/// Waits for the oldest batch that is under way, without using the processor meanwhile.
	///
	/// # Errors
	/// [`Fault`].
	fn finds(&mut self) -> Result<Candidates, Fault>;

	/// How it is.
	fn telemetry(&mut self) -> Telemetry;
}

/// Where devices come from.
pub trait Driver: Send + Sync {
	/// What it is called: `CUDA`.
	fn name(&self) -> &str;

	/// The devices that there are. Empty where there is no driver.
	fn devices(&self) -> Vec<DeviceInfo>;

	/// Opens one. Called on the thread that will use it.
	///
	/// # Errors
	/// [`Fault`].
	fn open(&self, index: usize) -> Result<Box<dyn Device>, Fault>;

	/// Takes a device's memory for matrix products, as much of a batch as fits. Called on the thread that will use it.
	///
	/// # Errors
	/// [`Fault`]; of a driver that has no kernels for it, always.
	fn open_matrices(&self, _index: usize) -> Result<Box<dyn MatrixDevice>, Fault> {
		Err(Fault::Compile("this driver has no kernels for lotteries".into()))
	}

	/// Takes a device's memory for a table of nine tenths of `bytes`. Called on the thread that will use it.
	///
	/// # Errors
	/// As above; out of memory, first of all.
	fn open_table(&self, _index: usize, _bytes: u64) -> Result<Box<dyn TableDevice>, Fault> {
		Err(Fault::Compile("this driver has no kernels for lotteries".into()))
	}
}

/// What a device is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
	/// Not in use: it failed, or was not opened yet.
	#[default]
	Closed,
	/// Is opened, tested and tuned.
	Opening,
	/// Waits for a search.
	Ready,
	/// Searches.
	Busy,
	/// Waits until it is cooler.
	Paused,
}

impl Phase {
	/// In one word.
	pub fn name(self) -> &'static str {
		match self {
			Self::Closed => "closed",
			Self::Opening => "opening",
			Self::Ready => "ready",
			Self::Busy => "busy",
			Self::Paused => "paused",
		}
	}
}

/// How a device of a [`DeviceEngine`] is doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeviceStatus {
	/// What it is.
	pub info: DeviceInfo,
	/// What it is doing.
	pub phase: Phase,
	/// Hashes since the start.
	pub hashes: u64,
	/// Finds since the start, each checked.
	pub finds: u64,
	/// How often it failed since the start.
	pub faults: u64,
	/// How it failed last.
	pub last_fault: Option<Fault>,
	/// How it searches, once it is tuned.
	pub plan: Option<Plan>,
	/// How it is.
	pub telemetry: Telemetry,
}
