//! The thread that owns a device.

use super::{
	midstate,
	pace::{is_hot, rest, Pace},
	tune::tune,
	Batch, Candidates, Device, DeviceInfo, DeviceStatus, Driver, Fault, Options, Phase, Plan, Telemetry,
};
use crate::{
	keccak::{keccak256, scan, top64, Path},
	Find, Job,
};
use core::{
	ops::Range,
	sync::atomic::{AtomicBool, AtomicU64, Ordering},
};
use gpu_work::{meets_target, Nonce};
use std::{
	collections::VecDeque,
	sync::{
		mpsc::{Receiver, Sender},
		Arc, Mutex, MutexGuard, PoisonError,
	},
	thread,
	time::{Duration, Instant},
};

/// Batches under way at a time: while one is read the next one runs.
const DEPTH: usize = 2;
/// How often a device is asked how it is.
const LOOK: Duration = Duration::from_secs(1);
/// It rests no longer at a time: it is to notice new work.
const LONGEST_REST: Duration = Duration::from_secs(1);

/// What the engine and the thread of a device both see. A thread that was given up is ignored: it has an old generation.
pub(crate) struct Shared {
	state: Mutex<State>,
	hashes: AtomicU64,
	finds: AtomicU64,
	/// The device's thread ends as soon as it can.
	pub(crate) closing: AtomicBool,
}

struct State {
	generation: u64,
	phase: Phase,
	info: DeviceInfo,
	plan: Option<Plan>,
	telemetry: Telemetry,
	faults: u64,
	last_fault: Option<Fault>,
	/// When the thread last showed that it lives.
	sign: Instant,
	/// When the device was last ready after it had been closed.
	ready_since: Option<Instant>,
	/// Nonces of a batch at present.
	batch: u64,
}

impl Shared {
	pub(crate) fn new(info: DeviceInfo) -> Self {
		Self {
			state: Mutex::new(State {
				generation: 0,
				phase: Phase::Closed,
				info,
				plan: None,
				telemetry: Telemetry::default(),
				faults: 0,
				last_fault: None,
				sign: Instant::now(),
				ready_since: None,
				batch: 0,
			}),
			hashes: AtomicU64::new(0),
			finds: AtomicU64::new(0),
			closing: AtomicBool::new(false),
		}
	}

	fn state(&self) -> MutexGuard<'_, State> {
		self.state.lock().unwrap_or_else(PoisonError::into_inner)
	}

	pub(crate) fn phase(&self) -> Phase {
		self.state().phase
	}

	pub(crate) fn batch(&self) -> u64 {
		self.state().batch
	}

	/// °C, when the device was last asked.
	pub(crate) fn temperature(&self) -> Option<f64> {
		self.state().telemetry.temperature
	}

	/// How long the device has been silent.
	pub(crate) fn silence(&self) -> Duration {
		self.state().sign.elapsed()
	}

	/// How long it has worked without a fault.
	pub(crate) fn good_for(&self) -> Duration {
		self.state().ready_since.map_or(Duration::ZERO, |since| since.elapsed())
	}

	pub(crate) fn status(&self) -> DeviceStatus {
		let state = self.state();
		DeviceStatus {
			info: state.info.clone(),
			phase: state.phase,
			hashes: self.hashes.load(Ordering::Relaxed),
			finds: self.finds.load(Ordering::Relaxed),
			faults: state.faults,
			last_fault: state.last_fault.clone(),
			plan: state.plan,
			telemetry: state.telemetry,
		}
	}

	/// A new thread begins; whatever an old one says from now on is not heard.
	pub(crate) fn begin(&self) -> u64 {
		let mut state = self.state();
		state.generation += 1;
		state.phase = Phase::Opening;
		state.sign = Instant::now();
		state.ready_since = None;
		state.generation
	}

	/// The engine gives the device work.
	pub(crate) fn claim(&self) -> bool {
		let mut state = self.state();
		let ready = state.phase == Phase::Ready;
		if ready {
			state.phase = Phase::Busy;
			state.sign = Instant::now();
		}
		ready
	}

	/// The device failed. Its thread, should it live, is not heard any more.
	pub(crate) fn fail(&self, generation: Option<u64>, fault: Fault) {
		let mut state = self.state();
		if generation.is_some_and(|generation| generation != state.generation) {
			return;
		}
		state.generation += 1;
		state.phase = Phase::Closed;
		state.faults += 1;
		state.last_fault = Some(fault);
		state.telemetry = Telemetry::default();
	}

	/// Does something if the thread of that generation is still heard.
	fn note(&self, generation: u64, change: impl FnOnce(&mut State)) -> bool {
		let mut state = self.state();
		let heard = state.generation == generation;
		if heard {
			state.sign = Instant::now();
			change(&mut state);
		}
		heard
	}
}

/// What a device is to search.
pub(crate) struct Assignment {
	pub(crate) job: Job,
	pub(crate) range: Range<Nonce>,
	/// Ends it early.
	pub(crate) stop: Arc<AtomicBool>,
	pub(crate) reports: Sender<Report>,
}

/// What the thread of a device says of an assignment.
pub(crate) enum Report {
	/// Everything below this nonce is searched, and these are the finds there since the last report.
	Searched(Nonce, Vec<Find>),
	/// That is all: the assignment is done, was stopped, or is given back.
	Over,
}

/// Holds what a device finds against the processor, over every kind of carry.
///
/// # Errors
/// [`Fault::Wrong`], or what a launch fails with.
pub fn self_test(device: &mut dyn Device) -> Result<(), Fault> {
	const COUNT: u64 = 2_048;
	let job = Job { seed: [0xa7; 32], nonce_prefix: [0x35; 24], target: [0x0f; 32] };
	let state = midstate(&job);
	for first in [0, (1 << 32) - COUNT / 2, (1 << 56) - COUNT / 3, u64::MAX - COUNT] {
		let batch = Batch::new(&job, state, first, COUNT);
		let mut expected = Vec::new();
		scan(Path::best(), &job, first, COUNT / Path::best().lanes(), batch.limit, &mut |nonce| expected.push(nonce));
		let mut got = whole(device, &batch)?;
		got.sort_unstable();
		if let Some(wrong) = expected.iter().find(|nonce| !got.contains(nonce)) {
			return Err(Fault::Wrong(*wrong));
		}
		if let Some(wrong) = got.iter().find(|nonce| !expected.contains(nonce)) {
			return Err(Fault::Wrong(*wrong));
		}
	}
	Ok(())
}

/// All candidates of a batch, with nothing else under way.
fn whole(device: &mut dyn Device, batch: &Batch) -> Result<Vec<Nonce>, Fault> {
	device.launch(batch)?;
	let candidates = device.finds()?;
	settle(device, batch, candidates)
}

/// All candidates of a batch that was read. Where there was no room for them, halves are searched again.
fn settle(device: &mut dyn Device, batch: &Batch, candidates: Candidates) -> Result<Vec<Nonce>, Fault> {
	if candidates.total == candidates.nonces.len() as u64 {
		return Ok(candidates.nonces);
	}
	if batch.count <= device.capacity() || candidates.total > batch.count {
		return Err(Fault::Wrong(batch.first));
	}
	let low = Batch { count: batch.count / 2, ..*batch };
	let high = Batch { first: batch.first + low.count, count: batch.count - low.count, ..*batch };
	let mut nonces = whole(device, &low)?;
	nonces.append(&mut whole(device, &high)?);
	Ok(nonces)
}

/// Those candidates that are finds. One that is not even a candidate, or stands there twice, is a fault.
fn check(job: &Job, batch: &Batch, mut nonces: Vec<Nonce>) -> Result<Vec<Find>, Fault> {
	nonces.sort_unstable();
	if let Some(pair) = nonces.windows(2).find(|pair| pair[0] == pair[1]) {
		return Err(Fault::Wrong(pair[0]));
	}
	let mut finds = Vec::new();
	for nonce in nonces {
		let digest = keccak256(&job.input(nonce));
		if nonce < batch.first || nonce - batch.first >= batch.count || top64(&digest) > batch.limit {
			return Err(Fault::Wrong(nonce));
		}
		if meets_target(&digest, &job.target) {
			finds.push(Find { nonce, digest });
		}
	}
	Ok(finds)
}

pub(crate) struct Worker {
	shared: Arc<Shared>,
	generation: u64,
	options: Options,
	pace: Pace,
	looked: Option<Instant>,
	tested: Instant,
	hot: bool,
}

impl Worker {
	pub(crate) fn new(shared: Arc<Shared>, generation: u64, options: Options) -> Self {
		Self { shared, generation, options, pace: Pace::default(), looked: None, tested: Instant::now(), hot: false }
	}

	/// The whole life of the thread.
	pub(crate) fn run(mut self, driver: &dyn Driver, index: usize, work: &Receiver<Assignment>) {
		if let Err(fault) = self.live(driver, index, work) {
			self.shared.fail(Some(self.generation), fault);
		}
	}

	fn live(&mut self, driver: &dyn Driver, index: usize, work: &Receiver<Assignment>) -> Result<(), Fault> {
		let mut device = driver.open(index)?;
		let info = device.info().clone();
		self.note(|state| state.info = info);
		let plan =
			tune(&mut Watched(self, &mut *device), &self.options.cache, &self.options.plans, &self.shared.closing)?;
		self_test(&mut *device)?;
		self.look(&mut *device);
		self.cool(&mut *device);
		self.note(|state| {
			state.plan = Some(plan);
			state.phase = Phase::Ready;
			state.ready_since = Some(Instant::now());
		});
		loop {
			let assignment = match work.recv_timeout(LOOK) {
				Ok(assignment) => assignment,
				Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
					self.look(&mut *device);
					continue;
				}
				Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return Ok(()),
			};
			if self.tested.elapsed() >= self.options.canary {
				self_test(&mut *device)?;
				self.tested = Instant::now();
			}
			self.search(&mut *device, &assignment)?;
			if self.hot {
				self.note(|state| state.phase = Phase::Paused);
				let _ = assignment.reports.send(Report::Over);
				self.cool(&mut *device);
				self.note(|state| state.phase = Phase::Ready);
			} else {
				// Ready first: whoever hears that it is over may come back with the next at once.
				self.note(|state| state.phase = Phase::Ready);
				let _ = assignment.reports.send(Report::Over);
			}
		}
	}

	fn note(&self, change: impl FnOnce(&mut State)) -> bool {
		self.shared.note(self.generation, change)
	}

	/// Asks how the device is, now and then.
	fn look(&mut self, device: &mut dyn Device) {
		if self.looked.is_some_and(|looked| looked.elapsed() < LOOK) {
			return;
		}
		self.looked = Some(Instant::now());
		let telemetry = device.telemetry();
		self.note(|state| state.telemetry = telemetry);
		if let (Some(limit), Some(temperature)) = (self.options.hottest, telemetry.temperature) {
			self.hot = is_hot(self.hot, temperature, limit);
		}
	}

	/// Waits until the device is no longer too hot.
	fn cool(&mut self, device: &mut dyn Device) {
		while self.hot && !self.shared.closing.load(Ordering::Relaxed) {
			if !self.note(|_| ()) {
				return;
			}
			thread::sleep(self.options.cooling_step);
			self.looked = None;
			self.look(device);
		}
	}

	fn search(&mut self, device: &mut dyn Device, assignment: &Assignment) -> Result<(), Fault> {
		let Assignment { job, range, stop, reports } = assignment;
		let state = midstate(job);
		let limit = top64(&job.target);
		// A device that is to rest now and then must have nothing to do meanwhile.
		let depth = if self.options.intensity < 100 { 1 } else { DEPTH };
		let (mut next, mut under_way) = (range.start, VecDeque::new());
		let mut last_end = Instant::now();
		loop {
			while under_way.len() < depth
				&& next < range.end
				&& !self.hot && !stop.load(Ordering::Relaxed)
				&& !self.shared.closing.load(Ordering::Relaxed)
			{
				let count = self.pace.batch(limit, device.capacity()).min(range.end - next);
				let batch = Batch::new(job, state, next, count);
				device.launch(&batch)?;
				under_way.push_back((batch, Instant::now()));
				next += count;
			}
			let Some((batch, began)) = under_way.pop_front() else { return Ok(()) };
			let candidates = device.finds()?;
			// It began when it was launched, or when the one before it ended.
			let took = began.max(last_end).elapsed();
			last_end = Instant::now();
			self.pace.observe(batch.count, took);
			let mut read = vec![(batch, candidates)];
			if read[0].1.total != read[0].1.nonces.len() as u64 {
				// What is searched again must not come out behind what is under way.
				for (batch, _) in under_way.drain(..) {
					read.push((batch, device.finds()?));
				}
			}
			for (batch, candidates) in read {
				let nonces = settle(device, &batch, candidates)?;
				let finds = check(job, &batch, nonces)?;
				self.shared.hashes.fetch_add(batch.count, Ordering::Relaxed);
				self.shared.finds.fetch_add(finds.len() as u64, Ordering::Relaxed);
				let size = self.pace.batch(0, 1);
				if !self.note(|state| state.batch = size) {
					// Given up meanwhile: nobody listens.
					return Err(Fault::Hung);
				}
				if reports.send(Report::Searched(batch.first + batch.count, finds)).is_err() {
					stop.store(true, Ordering::Relaxed);
				}
			}
			self.look(device);
			thread::sleep(rest(took, self.options.intensity).min(LONGEST_REST));
		}
	}
}

/// A device each of whose steps is a sign of life: tuning takes longer than any one of them may.
struct Watched<'a>(&'a Worker, &'a mut dyn Device);

impl Device for Watched<'_> {
	fn info(&self) -> &DeviceInfo {
		self.1.info()
	}
	fn compile(&mut self, plan: &Plan) -> Result<(), Fault> {
		self.0.note(|_| ());
		self.1.compile(plan)
	}
	fn capacity(&self) -> u64 {
		self.1.capacity()
	}
	fn launch(&mut self, batch: &Batch) -> Result<(), Fault> {
		self.0.note(|_| ());
		self.1.launch(batch)
	}
	fn finds(&mut self) -> Result<Candidates, Fault> {
		self.1.finds()
	}
	fn telemetry(&mut self) -> Telemetry {
		self.1.telemetry()
	}
}
