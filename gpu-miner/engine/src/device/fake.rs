//! Devices that the processor plays, and that fail when they are told to. For tests, here and in the program.

use super::{Batch, Candidates, Device, DeviceInfo, Driver, Fault, Plan, Telemetry};
use crate::keccak::{scan_batch, top_of};
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
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
}

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
		}
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
