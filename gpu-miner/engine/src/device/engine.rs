//! All devices of a driver as one engine, with the processor beneath.

use super::{
	lottery::Record,
	pace::back_off,
	worker::{Assignment, Report, Shared, Worker},
	DeviceInfo, DeviceStatus, Driver, Fault, Phase, Plan, TuneCache,
};
use crate::{
	driver::CHUNK,
	lottery::{TicketSearch, WalkSearch, WonTickets},
	search_threads, CpuEngine, Engine, Find, Job, Outcome, Progress,
};
use core::{
	ops::Range,
	sync::atomic::{AtomicBool, Ordering},
};
use gpu_work::{Nonce, Seed};
use std::{
	sync::{
		mpsc::{channel, RecvTimeoutError, Sender},
		Arc, Mutex, MutexGuard, PoisonError,
	},
	thread::{self, JoinHandle},
	time::{Duration, Instant},
};

/// How often a thread that waits for a device looks whether it is to stop.
const WATCH: Duration = Duration::from_millis(5);
/// A search that is stopped waits so long for the batches that are under way, and then no longer.
const GRACE: Duration = Duration::from_millis(200);
/// At the end threads of devices are waited for so long.
const FAREWELL: Duration = Duration::from_secs(1);
/// Batches that a thread takes at a time: about 200 ms of work.
const BATCHES: u64 = 10;

/// How devices are used.
#[derive(Clone)]
pub struct Options {
	/// The numbers of the devices to use. `None`: all.
	pub only: Option<Vec<usize>>,
	/// Threads of the processor that search as long as no device is ready. Zero: none.
	pub processor_threads: usize,
	/// The share of its time that a device works, percent.
	pub intensity: u8,
	/// °C at which a device pauses. `None`: it never does of itself.
	pub hottest: Option<f64>,
	/// The plans that are tried for a device that was not tuned before.
	pub plans: Vec<Plan>,
	/// Where plans are remembered.
	pub cache: TuneCache,
	/// A device that says nothing for so long hangs,
	pub patience: Duration,
	/// or, while it is opened and kernels are compiled, for so long.
	pub opening_patience: Duration,
	/// The pause after the first fault.
	pub first_pause: Duration,
	/// The longest pause.
	pub longest_pause: Duration,
	/// A device that worked for so long is a good one: pauses begin anew.
	pub steady: Duration,
	/// How often a device is given a range whose finds are known.
	pub canary: Duration,
	/// How often a paused device is asked whether it is cooler.
	pub cooling_step: Duration,
	/// Told what happens, for logs.
	pub notice: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Default for Options {
	fn default() -> Self {
		Self {
			only: None,
			processor_threads: 1,
			intensity: 100,
			hottest: Some(87.0),
			plans: Plan::candidates(),
			cache: TuneCache::default(),
			patience: Duration::from_secs(5),
			opening_patience: Duration::from_secs(120),
			first_pause: Duration::from_secs(1),
			longest_pause: Duration::from_secs(300),
			steady: Duration::from_secs(60),
			canary: Duration::from_secs(30),
			cooling_step: Duration::from_secs(2),
			notice: Arc::new(|_| ()),
		}
	}
}

/// A device and its thread.
struct Slot {
	index: usize,
	shared: Arc<Shared>,
	work: Option<Sender<Assignment>>,
	thread: Option<JoinHandle<()>>,
	/// A thread that was given up and may never end.
	given_up: Option<JoinHandle<()>>,
	failures: u32,
	/// When it may be opened again.
	retry: Option<Instant>,
	/// The phase that was last told of.
	told: Phase,
}

/// An [`Engine`] over the devices of a [`Driver`].
pub struct DeviceEngine {
	name: String,
	driver: Arc<dyn Driver>,
	options: Options,
	slots: Mutex<Vec<Slot>>,
	processor: CpuEngine,
	/// How devices fared in lotteries.
	pub(super) lotteries: Record,
}

impl DeviceEngine {
	/// Opens all devices that the driver has and `options` names, in the background; `None` where there is not one.
	pub fn start(driver: Arc<dyn Driver>, options: Options) -> Option<Self> {
		let devices = driver.devices();
		let wanted = |index: &usize| options.only.as_ref().is_none_or(|only| only.contains(index));
		let slots: Vec<Slot> = devices
			.into_iter()
			.filter(|info| wanted(&info.index))
			.map(|info| Slot {
				index: info.index,
				shared: Arc::new(Shared::new(info)),
				work: None,
				thread: None,
				given_up: None,
				failures: 0,
				retry: None,
				told: Phase::Closed,
			})
			.collect();
		if slots.is_empty() {
			return None;
		}
		let name = driver.name().to_owned();
		let engine = Self {
			name,
			driver,
			options,
			slots: Mutex::new(slots),
			processor: CpuEngine::best(),
			lotteries: Record::default(),
		};
		engine.slots().iter_mut().for_each(|slot| engine.open(slot));
		Some(engine)
	}

	/// Waits until every device is ready or has failed, at most for `patience`, and says how many are ready.
	pub fn wait_until_ready(&self, patience: Duration) -> usize {
		let start = Instant::now();
		loop {
			let phases: Vec<Phase> = {
				let mut slots = self.slots();
				slots.iter_mut().for_each(|slot| self.tend(slot));
				slots.iter().map(|slot| slot.shared.phase()).collect()
			};
			let opening = phases.contains(&Phase::Opening);
			if !opening || start.elapsed() >= patience {
				return phases.iter().filter(|phase| matches!(phase, Phase::Ready | Phase::Busy)).count();
			}
			thread::sleep(WATCH);
		}
	}

	pub(super) fn driver(&self) -> Arc<dyn Driver> {
		self.driver.clone()
	}

	pub(super) fn options(&self) -> &Options {
		&self.options
	}

	/// What the devices are, whatever they do.
	pub(super) fn infos(&self) -> Vec<DeviceInfo> {
		self.slots().iter().map(|slot| slot.shared.status().info).collect()
	}

	/// What is known of a device.
	pub(super) fn shared(&self, index: usize) -> Option<Arc<Shared>> {
		self.slots().iter().find(|slot| slot.index == index).map(|slot| slot.shared.clone())
	}

	fn slots(&self) -> MutexGuard<'_, Vec<Slot>> {
		self.slots.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Starts the thread of a device.
	fn open(&self, slot: &mut Slot) {
		let (sender, work) = channel();
		let worker = Worker::new(slot.shared.clone(), slot.shared.begin(), self.options.clone());
		let (driver, index) = (self.driver.clone(), slot.index);
		let body = move || worker.run(&*driver, index, &work);
		slot.retry = None;
		match thread::Builder::new().name(format!("device-{index}")).spawn(body) {
			Ok(thread) => (slot.work, slot.thread) = (Some(sender), Some(thread)),
			Err(error) => slot.shared.fail(None, Fault::Lost(format!("no thread for it: {error}"))),
		}
		slot.told = Phase::Opening;
	}

	/// Looks after a device: gives it up when it hangs, counts its faults, and opens it again when its pause is over.
	fn tend(&self, slot: &mut Slot) {
		let patience = match slot.shared.phase() {
			Phase::Busy => Some(self.options.patience),
			Phase::Opening => Some(self.options.opening_patience),
			Phase::Closed | Phase::Ready | Phase::Paused => None,
		};
		if patience.is_some_and(|patience| slot.shared.silence() > patience) {
			slot.shared.fail(None, Fault::Hung);
			slot.given_up = slot.thread.take();
		}
		let (phase, status) = (slot.shared.phase(), slot.shared.status());
		let (index, name) = (slot.index, &status.info.name);
		let say = |what: &str| (self.options.notice)(&format!("device {index} ({name}): {what}"));
		if phase == Phase::Closed && slot.retry.is_none() {
			slot.work = None;
			slot.thread = None;
			slot.failures = if slot.shared.good_for() >= self.options.steady { 1 } else { slot.failures + 1 };
			let pause = back_off(self.options.first_pause, self.options.longest_pause, slot.failures);
			slot.retry = Some(Instant::now() + pause);
			let fault = status.last_fault.as_ref().map(ToString::to_string).unwrap_or_default();
			say(&format!("{fault}; trying again in {} s", pause.as_secs_f64()));
		}
		if slot.retry.is_some_and(|retry| Instant::now() >= retry) {
			slot.given_up = slot.given_up.take().filter(|thread| !thread.is_finished());
			if slot.given_up.is_some() {
				slot.failures += 1;
				let pause = back_off(self.options.first_pause, self.options.longest_pause, slot.failures);
				slot.retry = Some(Instant::now() + pause);
				say("it still hangs; restart this program, or the machine if that does not help");
			} else {
				self.open(slot);
			}
		}
		if phase != slot.told {
			match (slot.told, phase) {
				(Phase::Opening, Phase::Ready) => say("ready"),
				(_, Phase::Paused) => say("too hot, waiting until it is cooler"),
				(Phase::Paused, Phase::Ready) => say("cool again"),
				_ => (),
			}
			if slot.shared.phase() != Phase::Opening {
				slot.told = phase;
			}
		}
	}

	/// A device that is ready, from now on this thread's.
	fn claim(&self) -> Option<(Arc<Shared>, Sender<Assignment>)> {
		let mut slots = self.slots();
		slots.iter_mut().for_each(|slot| self.tend(slot));
		slots.iter().find_map(|slot| {
			let work = slot.work.as_ref()?;
			slot.shared.claim().then(|| (slot.shared.clone(), work.clone()))
		})
	}

	/// Searches on one device until the range ends, it is cancelled, the device gives back what is left, or, if `first`,
	/// there is a find. Gives where it came to.
	fn search_on(
		&self,
		(shared, work): (Arc<Shared>, Sender<Assignment>),
		job: &Job,
		range: Range<Nonce>,
		first: bool,
		cancel: &AtomicBool,
		found: &mut Vec<Find>,
	) -> Nonce {
		let (reports, heard) = channel();
		let stop = Arc::new(AtomicBool::new(false));
		let (mut reached, before) = (range.start, found.len());
		if work.send(Assignment { job: *job, range, stop: stop.clone(), reports }).is_err() {
			return reached;
		}
		let mut stopped: Option<Instant> = None;
		loop {
			match heard.recv_timeout(WATCH) {
				Ok(Report::Searched(next, finds)) => {
					reached = next;
					found.extend(finds);
					if first && found.len() > before {
						// What is under way ends by itself.
						stop.store(true, Ordering::Relaxed);
						return reached;
					}
				}
				// The thread ended: what is the matter is noted.
				Ok(Report::Over) | Err(RecvTimeoutError::Disconnected) => return reached,
				Err(RecvTimeoutError::Timeout) => (),
			}
			if cancel.load(Ordering::Relaxed) && stopped.is_none() {
				stop.store(true, Ordering::Relaxed);
				stopped = Some(Instant::now());
			}
			if stopped.is_some_and(|stopped| stopped.elapsed() > GRACE) || shared.silence() > self.options.patience {
				// Whoever tends the device next finds out about it.
				stop.store(true, Ordering::Relaxed);
				return reached;
			}
		}
	}

	/// Searches a little with the processor, or waits a little where that is not wanted.
	fn search_beneath(&self, job: &Job, range: Range<Nonce>, cancel: &AtomicBool, found: &mut Vec<Find>) -> Nonce {
		let threads = self.options.processor_threads.div_ceil(self.slots().len().max(1));
		if self.options.processor_threads == 0 {
			thread::sleep(2 * WATCH);
			return range.start;
		}
		let end = range.end.min(range.start.saturating_add(CHUNK * threads as u64));
		let (finds, outcome) =
			search_threads(&self.processor, job, range.start..end, threads, cancel, &Progress::default());
		if outcome.cancelled {
			// Some threads stopped short: which nonces were searched is not known, so none counts. Finds are finds.
			found.extend(finds);
			return range.start;
		}
		found.extend(finds);
		end
	}

	fn search_until(
		&self,
		job: &Job,
		range: Range<Nonce>,
		first: bool,
		cancel: &AtomicBool,
		found: &mut Vec<Find>,
	) -> Outcome {
		let (mut next, before) = (range.start, found.len());
		while next < range.end {
			if cancel.load(Ordering::Relaxed) || (first && found.len() > before) {
				return Outcome { hashes: next - range.start, cancelled: true };
			}
			next = match self.claim() {
				Some(device) => self.search_on(device, job, next..range.end, first, cancel, found),
				None => self.search_beneath(job, next..range.end, cancel, found),
			};
		}
		Outcome { hashes: range.end.saturating_sub(range.start), cancelled: false }
	}
}

impl Engine for DeviceEngine {
	fn name(&self) -> &str {
		&self.name
	}

	fn search(&self, job: &Job, range: Range<Nonce>, cancel: &AtomicBool, found: &mut Vec<Find>) -> Outcome {
		self.search_until(job, range, false, cancel, found)
	}

	fn search_first(&self, job: &Job, range: Range<Nonce>, cancel: &AtomicBool, found: &mut Vec<Find>) -> Outcome {
		self.search_until(job, range, true, cancel, found)
	}

	fn chunk(&self) -> u64 {
		let usable = |slot: &&Slot| matches!(slot.shared.phase(), Phase::Ready | Phase::Busy);
		self.slots().iter().filter(usable).map(|slot| slot.shared.batch() * BATCHES).max().unwrap_or(0).max(CHUNK)
	}

	fn threads(&self) -> Option<usize> {
		Some(self.slots().len())
	}

	fn devices(&self) -> Vec<DeviceStatus> {
		let status = |slot: &Slot| {
			let mut status = slot.shared.status();
			// Its own thread has nothing to do while it answers a lottery.
			if status.phase == Phase::Ready && self.lotteries.is_hot(slot.index) {
				status.phase = Phase::Paused;
			}
			status
		};
		self.slots().iter().map(status).collect()
	}

	fn collect_tickets(&self, search: &TicketSearch, wins: &WonTickets, cancel: &AtomicBool, progress: &Progress) {
		self.answer_tickets(search, wins, cancel, progress);
	}

	fn collect_walks(
		&self,
		search: &WalkSearch,
		entropy: &Arc<Mutex<Option<Seed>>>,
		wins: &WonTickets,
		cancel: &AtomicBool,
		progress: &Progress,
	) {
		self.answer_walks(search, entropy, wins, cancel, progress);
	}

	fn has_device_for_lottery(&self, table_bytes: u64) -> bool {
		self.is_counted_on(table_bytes)
	}

	fn measure_lottery(&self, table_bytes: Option<u64>, time: Duration) -> Option<u64> {
		self.measure_by_devices(table_bytes, time)
	}
}

impl Drop for DeviceEngine {
	fn drop(&mut self) {
		let mut slots = self.slots();
		for slot in slots.iter_mut() {
			slot.shared.closing.store(true, Ordering::Relaxed);
			slot.work = None;
		}
		// Not for ever: a thread that hangs is left to the end of the process.
		let start = Instant::now();
		let threads: Vec<_> = slots.iter_mut().filter_map(|slot| slot.thread.take()).collect();
		while start.elapsed() < FAREWELL && threads.iter().any(|thread| !thread.is_finished()) {
			thread::sleep(WATCH);
		}
	}
}
