//! Devices that the processor plays, and that fail when they are told to. For tests, here and in the program.

use super::{
	lottery::SIDE, Batch, Candidates, Device, DeviceInfo, Driver, Fault, MatrixDevice, Plan, TableDevice, Telemetry,
};
use crate::{
	keccak::{scan_batch, top_of},
	keccak256,
	matrix::{search_tickets, Arithmetic, Lines},
};
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use gpu_work::{
	matrix::{Side, Ticket, DEPTH, TILE},
	table, Digest, Seed,
};
use std::{
	collections::VecDeque,
	sync::{Arc, Mutex, PoisonError},
	thread,
	time::Duration,
};

/// What a fake does with a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
	/// What it should.
	Work,
	/// Fails when it is launched.
	FailLaunch(Fault),
	/// Fails when it is read.
	FailRead(Fault),
	/// Never ends, or not before [`FakeDriver::release`].
	Hang,
	/// Reports a nonce that is no candidate beside those that are.
	Invent,
	/// Reports a nonce twice.
	Repeat,
	/// Reports nothing.
	Overlook,
	/// Says that there were more candidates than nonces.
	Overflow,
}

/// Decides about a batch: the device's number, how often it was opened, and how many batches it has had since.
pub type Script = dyn Fn(usize, u64, u64) -> Act + Send + Sync;

/// A driver of fakes.
pub struct FakeDriver {
	infos: Vec<DeviceInfo>,
	script: Arc<Script>,
	/// How opening fails, if it does: by the device's number and how often it was opened before.
	open: Arc<dyn Fn(usize, u64) -> Option<Fault> + Send + Sync>,
	opened: Vec<Arc<AtomicU64>>,
	temperature: Arc<Mutex<Option<f64>>>,
	released: Arc<AtomicBool>,
	capacity: u64,
	/// What is done in lotteries, and how often a device was opened for one.
	lotteries: Option<Arc<Script>>,
	seated: Vec<Arc<AtomicU64>>,
}

/// Blocks of rows that a fake holds: little, since the processor multiplies.
const BLOCKS: u32 = 2;

impl FakeDriver {
	/// `count` devices that follow `script`.
	pub fn new(count: usize, script: impl Fn(usize, u64, u64) -> Act + Send + Sync + 'static) -> Self {
		let info = |index| DeviceInfo {
			index,
			name: "Fake".into(),
			uuid: format!("GPU-fake-{index}"),
			architecture: (9, 0),
			multiprocessors: 1,
			memory: 1 << 30,
			driver: "1.0".into(),
		};
		Self {
			infos: (0..count).map(info).collect(),
			script: Arc::new(script),
			open: Arc::new(|_, _| None),
			opened: (0..count).map(|_| Arc::default()).collect(),
			temperature: Arc::default(),
			released: Arc::default(),
			capacity: 256,
			lotteries: None,
			seated: (0..count).map(|_| Arc::default()).collect(),
		}
	}

	/// The same, with devices that can answer lotteries and follow `script` there: a step of a device is a batch, the first is its
	/// opening, and the second the filling of its memory.
	#[must_use]
	pub fn with_lotteries(mut self, script: impl Fn(usize, u64, u64) -> Act + Send + Sync + 'static) -> Self {
		self.lotteries = Some(Arc::new(script));
		self
	}

	/// How often a device was opened for a lottery, or tried to be.
	pub fn seated(&self, index: usize) -> u64 {
		self.seated[index].load(Ordering::Relaxed)
	}

	fn seat(&self, index: usize) -> Result<Steps, Fault> {
		let Some(script) = self.lotteries.clone() else {
			return Err(Fault::Compile("this driver has no kernels for lotteries".into()));
		};
		let opened = self.seated[index].fetch_add(1, Ordering::Relaxed);
		let mut steps = Steps { index, opened, taken: 0, script, released: self.released.clone() };
		steps.take()?;
		Ok(steps)
	}

	/// The same, with openings that may fail.
	#[must_use]
	pub fn with_open(mut self, open: impl Fn(usize, u64) -> Option<Fault> + Send + Sync + 'static) -> Self {
		self.open = Arc::new(open);
		self
	}

	/// The same, with room for so many candidates.
	#[must_use]
	pub fn with_capacity(mut self, capacity: u64) -> Self {
		self.capacity = capacity;
		self
	}

	/// How often a device was opened, or tried to be.
	pub fn opened(&self, index: usize) -> u64 {
		self.opened[index].load(Ordering::Relaxed)
	}

	/// What all devices say about their temperature from now on.
	pub fn set_temperature(&self, temperature: Option<f64>) {
		*self.temperature.lock().unwrap_or_else(PoisonError::into_inner) = temperature;
	}

	/// Lets everything that hangs go on, with a fault.
	pub fn release(&self) {
		self.released.store(true, Ordering::Relaxed);
	}
}

impl Driver for FakeDriver {
	fn name(&self) -> &str {
		"fake"
	}

	fn devices(&self) -> Vec<DeviceInfo> {
		self.infos.clone()
	}

	fn open(&self, index: usize) -> Result<Box<dyn Device>, Fault> {
		let before = self.opened[index].fetch_add(1, Ordering::Relaxed);
		if let Some(fault) = (self.open)(index, before) {
			return Err(fault);
		}
		Ok(Box::new(FakeDevice {
			info: self.infos[index].clone(),
			script: self.script.clone(),
			opened: before,
			batches: 0,
			under_way: VecDeque::new(),
			temperature: self.temperature.clone(),
			released: self.released.clone(),
			capacity: self.capacity,
			plan: None,
		}))
	}

	fn open_matrices(&self, index: usize) -> Result<Box<dyn MatrixDevice>, Fault> {
		Ok(Box::new(FakeMatrices { steps: self.seat(index)?, batch: None }))
	}

	fn open_table(&self, index: usize, bytes: u64) -> Result<Box<dyn TableDevice>, Fault> {
		let steps = self.seat(index)?;
		Ok(Box::new(FakeTable { steps, elements: table::elements(bytes), filled: None }))
	}
}

/// The steps of a fake in a lottery.
struct Steps {
	index: usize,
	opened: u64,
	taken: u64,
	script: Arc<Script>,
	released: Arc<AtomicBool>,
}

impl Steps {
	/// What the next one is to be, unless it fails.
	fn take(&mut self) -> Result<Act, Fault> {
		let act = (self.script)(self.index, self.opened, self.taken);
		self.taken += 1;
		match act {
			Act::FailLaunch(fault) | Act::FailRead(fault) => Err(fault),
			Act::Hang => {
				while !self.released.load(Ordering::Relaxed) {
					thread::sleep(Duration::from_millis(2));
				}
				Err(Fault::Lost("released".into()))
			}
			act => Ok(act),
		}
	}
}

/// What becomes of the wins of a step. `losing` finds something that does not win.
fn act_on(act: &Act, wins: &mut Vec<u64>, losing: impl FnOnce(&[u64]) -> Option<u64>) {
	match act {
		Act::Overlook => wins.clear(),
		Act::Repeat => wins.extend(wins.first().copied()),
		Act::Invent => {
			let wrong = losing(wins);
			wins.extend(wrong);
		}
		_ => (),
	}
	// In the order of a device: none.
	wins.reverse();
}

struct FakeMatrices {
	steps: Steps,
	batch: Option<(Seed, u32, Vec<Lines>, Lines)>,
}

impl MatrixDevice for FakeMatrices {
	fn blocks(&self) -> u32 {
		BLOCKS
	}

	fn fill(&mut self, seed: &Seed, batch: u32) -> Result<(), Fault> {
		self.steps.take()?;
		let tiles = (SIDE as usize / TILE) as u16;
		let lines = |side, first, end| Lines::new(seed, side, batch, first..end, DEPTH);
		let rows = (0..BLOCKS as u16).map(|block| lines(Side::Rows, block * tiles, (block + 1) * tiles)).collect();
		self.batch = Some((*seed, batch, rows, lines(Side::Columns, 0, BLOCKS as u16 * tiles)));
		Ok(())
	}

	fn tickets(&mut self, first: u32, blocks: u32, target: u64) -> Result<Vec<u64>, Fault> {
		let act = self.steps.take()?;
		let Some((seed, batch, rows, columns)) = &self.batch else {
			return Err(Fault::Launch("no batch was filled".into()));
		};
		let mut found = Vec::new();
		for rows in rows.iter().skip(first as usize).take(blocks as usize) {
			let never = AtomicBool::new(false);
			search_tickets(Arithmetic::best(), seed, *batch, (rows, columns), target, &never, &mut found);
		}
		let mut wins: Vec<u64> = found.into_iter().map(Ticket::to_u64).collect();
		act_on(&act, &mut wins, |wins| {
			(0..4_096)
				.map(|column| Ticket { batch: *batch, row: 0, column }.to_u64())
				.find(|ticket| !wins.contains(ticket))
		});
		Ok(wins)
	}
}

struct FakeTable {
	steps: Steps,
	elements: u64,
	filled: Option<(Seed, Vec<Digest>)>,
}

impl TableDevice for FakeTable {
	fn fill(&mut self, seed: &Seed) -> Result<(), Fault> {
		self.steps.take()?;
		let elements = (0..self.elements).map(|index| table::element(keccak256, seed, index)).collect();
		self.filled = Some((*seed, elements));
		Ok(())
	}

	fn walk(&mut self, entropy: &Seed, first: u64, count: u64, target: u64) -> Result<Vec<u64>, Fault> {
		let act = self.steps.take()?;
		let Some((_, elements)) = &self.filled else { return Err(Fault::Launch("the table is empty".into())) };
		let read = |index: u64| elements[index as usize];
		let score = |start: u64| table::score(&table::walk(keccak256, entropy, start, self.elements, read));
		let mut wins: Vec<u64> = (first..first + count).filter(|start| score(*start) <= target).collect();
		act_on(&act, &mut wins, |_| (first..).find(|start| score(*start) > target));
		Ok(wins)
	}
}

struct FakeDevice {
	info: DeviceInfo,
	script: Arc<Script>,
	opened: u64,
	batches: u64,
	under_way: VecDeque<(Batch, Act)>,
	temperature: Arc<Mutex<Option<f64>>>,
	released: Arc<AtomicBool>,
	capacity: u64,
	plan: Option<Plan>,
}

impl Device for FakeDevice {
	fn info(&self) -> &DeviceInfo {
		&self.info
	}

	fn compile(&mut self, plan: &Plan) -> Result<(), Fault> {
		self.plan = Some(*plan);
		Ok(())
	}

	fn capacity(&self) -> u64 {
		self.capacity
	}

	fn launch(&mut self, batch: &Batch) -> Result<(), Fault> {
		if self.plan.is_none() {
			return Err(Fault::Launch("nothing is compiled".into()));
		}
		let act = (self.script)(self.info.index, self.opened, self.batches);
		self.batches += 1;
		if let Act::FailLaunch(fault) = act {
			return Err(fault);
		}
		self.under_way.push_back((*batch, act));
		Ok(())
	}

	fn finds(&mut self) -> Result<Candidates, Fault> {
		let Some((batch, act)) = self.under_way.pop_front() else {
			return Err(Fault::Launch("nothing is under way".into()));
		};
		match &act {
			Act::FailRead(fault) => return Err(fault.clone()),
			Act::Hang => {
				while !self.released.load(Ordering::Relaxed) {
					thread::sleep(Duration::from_millis(2));
				}
				return Err(Fault::Lost("released".into()));
			}
			_ => (),
		}
		let mut nonces = Vec::new();
		scan_batch(&batch, &mut |nonce| nonces.push(nonce));
		match act {
			Act::Overlook => nonces.clear(),
			Act::Repeat => nonces.extend(nonces.first().copied()),
			Act::Invent => {
				let wrong = (batch.first..).find(|nonce| top_of(&batch, *nonce) > batch.limit);
				nonces.extend(wrong);
			}
			_ => (),
		}
		let mut total = nonces.len() as u64;
		// In the order of a device: none.
		nonces.reverse();
		nonces.truncate(usize::try_from(self.capacity).unwrap_or(usize::MAX));
		if act == Act::Overflow {
			total = batch.count + 1;
		}
		Ok(Candidates { nonces, total })
	}

	fn telemetry(&mut self) -> Telemetry {
		let temperature = *self.temperature.lock().unwrap_or_else(PoisonError::into_inner);
		Telemetry { temperature, power: Some(100.0), ..Telemetry::default() }
	}
}
