//! The two lotteries on devices, with the processor beneath.
//!
//! All devices look at batches of one product, each at others; a table lies in the device that has the most memory.
//! What a device calls a win is believed only once the processor has computed it again; one that errs is left alone,
//! and so is one that fails or says nothing. Where none is left the processor goes on by itself, so that a lottery is
//! always answered. A device that failed is tried again in a later lottery, when its pause is over.
//!
//! [`Options::intensity`](super::Options::intensity) and [`Options::hottest`](super::Options::hottest) hold here as in any
//! search: a device rests after each step, and one that is too hot waits, with what it holds in its memory, until it is
//! cooler. Nobody answers in its place meanwhile: the processor could not show what a device claims.

use super::{
	pace::{back_off, is_hot, rest},
	worker::Shared,
	DeviceEngine, DeviceInfo, Driver, Fault,
};
use crate::{
	keccak256,
	lottery::{self, has_room, measure_from_first, TicketSearch, WalkSearch, WonTickets},
	matrix::Arithmetic,
	Progress,
};
use core::{
	sync::atomic::{AtomicBool, AtomicU64, Ordering},
	time::Duration,
};
use gpu_work::{
	lottery::batch,
	matrix::{self, Ticket, DEPTH},
	table, Seed,
};
use std::{
	collections::BTreeMap,
	sync::{
		mpsc::{channel, Receiver, Sender, TryRecvError},
		Arc, Mutex, MutexGuard, PoisonError,
	},
	thread::{self, JoinHandle},
	time::Instant,
};

/// How often a search looks at its devices.
const WATCH: Duration = Duration::from_millis(5);
/// How long one step of a device should take: a search that is cancelled waits for it.
const STEP: Duration = Duration::from_millis(40);
/// How long a search that ends waits for its devices; after that they end by themselves.
const GRACE: Duration = Duration::from_millis(200);
/// How often a device with a full table asks whether walks begin, and one that rests whether it is to stop.
const WAIT: Duration = Duration::from_millis(20);
/// Wins of a step that there should be at the most: a quarter of the room that devices have for them.
const WINS: u64 = 1 << 14;
/// The most walks of a step.
const MOST_WALKS: u64 = 1 << 30;
/// How much larger a step may be than the one before.
const GROWTH: u64 = 4;
/// Entries of a product along a side of what a device multiplies at a time.
pub const SIDE: u32 = 128;
/// Tickets of such a square.
pub const TICKETS_OF_SQUARE: u64 = (SIDE as u64 / matrix::TILE as u64) * (SIDE as u64 / matrix::TILE as u64);

/// Matrix products on one device. Used by one thread.
pub trait MatrixDevice: Send {
	/// Blocks of [`SIDE`] rows that it holds, and as many of columns. At least one.
	fn blocks(&self) -> u32;

	/// Makes the rows and columns of a batch.
	///
	/// # Errors
	/// [`Fault`].
	fn fill(&mut self, seed: &Seed, batch: u32) -> Result<(), Fault>;

	/// Looks at all tickets of `blocks` blocks of rows from `first` on, with all columns: what it takes for wins, in
	/// any order.
	///
	/// # Errors
	/// [`Fault`].
	fn tickets(&mut self, first: u32, blocks: u32, target: u64) -> Result<Vec<u64>, Fault>;
}

/// A table in the memory of one device. Used by one thread.
pub trait TableDevice: Send {
	/// Fills it.
	///
	/// # Errors
	/// [`Fault`].
	fn fill(&mut self, seed: &Seed) -> Result<(), Fault>;

	/// Takes `count` walks from the start `first` on: what it takes for wins, in any order.
	///
	/// # Errors
	/// [`Fault`].
	fn walk(&mut self, entropy: &Seed, first: u64, count: u64, target: u64) -> Result<Vec<u64>, Fault>;
}

/// What a device's thread says.
enum Report {
	/// It lives, and was ready if it had not been.
	Alive,
	/// It lives and does nothing: it rests, or is too hot.
	Resting,
	/// It looked at so many tickets or walks, of which these win.
	Tried(u64, Vec<u64>),
	/// It can go on no more.
	Failed(Fault),
}

/// Where a device's thread reports to, and what spares the device. Gives false when nobody listens any more.
struct Reporter {
	reports: Sender<Report>,
	stop: Arc<AtomicBool>,
	/// It is too hot.
	hot: Arc<AtomicBool>,
	/// The share of its time that it works, percent.
	intensity: u8,
}

impl Reporter {
	fn goes_on(&self) -> bool {
		!self.stop.load(Ordering::Relaxed)
	}

	fn say(&self, report: Report) -> bool {
		self.reports.send(report).is_ok() && self.goes_on()
	}

	/// Waits as long as the device is too hot.
	fn cool(&self) -> bool {
		while self.hot.load(Ordering::Relaxed) {
			if !self.say(Report::Resting) {
				return false;
			}
			thread::sleep(WAIT);
		}
		self.goes_on()
	}

	/// Rests after work that took so long.
	fn rest(&self, took: Duration) -> bool {
		let end = Instant::now() + rest(took, self.intensity);
		loop {
			let left = end.saturating_duration_since(Instant::now());
			if left.is_zero() {
				return self.cool();
			}
			if !self.say(Report::Resting) {
				return false;
			}
			thread::sleep(left.min(WAIT));
		}
	}
}

/// A device that takes part in a lottery.
struct Seat {
	info: DeviceInfo,
	/// What its own thread knows of it: how hot it is.
	shared: Arc<Shared>,
	reports: Receiver<Report>,
	stop: Arc<AtomicBool>,
	hot: Arc<AtomicBool>,
	thread: JoinHandle<()>,
	/// When it last showed that it lives, and whether it ever did.
	sign: Instant,
	ready: bool,
}

/// How devices fared in lotteries.
#[derive(Default)]
pub(super) struct Record(Mutex<BTreeMap<usize, Standing>>);

#[derive(Default)]
struct Standing {
	failures: u32,
	/// When it may be tried again.
	retry: Option<Instant>,
	/// A thread that had not ended when its search did: the device is not touched before it has.
	thread: Option<JoinHandle<()>>,
	/// It waits in a lottery until it is cooler.
	hot: bool,
}

impl Record {
	fn lock(&self) -> MutexGuard<'_, BTreeMap<usize, Standing>> {
		self.0.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Whether a device did not fail when it was tried last.
	fn is_good(&self, index: usize) -> bool {
		self.lock().get(&index).is_none_or(|standing| standing.failures == 0)
	}

	/// Whether a device waits in a lottery until it is cooler.
	pub(super) fn is_hot(&self, index: usize) -> bool {
		self.lock().get(&index).is_some_and(|standing| standing.hot)
	}

	/// Whether a device can be tried now.
	fn is_usable(&self, index: usize) -> bool {
		let mut record = self.lock();
		let Some(standing) = record.get_mut(&index) else { return true };
		standing.thread = standing.thread.take().filter(|thread| !thread.is_finished());
		standing.thread.is_none() && standing.retry.is_none_or(|retry| Instant::now() >= retry)
	}
}

/// How large the next step of a device is, in units of any kind.
struct Pace {
	next: u64,
	most: u64,
}

impl Pace {
	/// Steps of at most so many, fewer where so many of 2^64 tries win that there would be no room for the wins.
	fn new(most: u64, tries_of_unit: u64, target: u64) -> Self {
		let fits = (u128::from(WINS) << 64) / (u128::from(target) + 1) / u128::from(tries_of_unit.max(1));
		Self { next: 1, most: u64::try_from(fits).unwrap_or(u64::MAX).min(most).max(1) }
	}

	fn step(&self) -> u64 {
		self.next
	}

	fn observe(&mut self, took: Duration) {
		let ideal = u128::from(self.next) * STEP.as_nanos() / took.as_nanos().max(1);
		let ideal = u64::try_from(ideal).unwrap_or(u64::MAX);
		self.next = ideal.min(self.next.saturating_mul(GROWTH)).clamp(1, self.most);
	}
}

/// Looks at batch after batch, of which `next` gives out the numbers, until it is stopped.
fn look_at_tickets(
	device: &mut dyn MatrixDevice,
	seed: &Seed,
	target: u64,
	next: &AtomicU64,
	reporter: &Reporter,
) -> Result<(), Fault> {
	let all = u64::from(device.blocks().max(1));
	let of_block = all * TICKETS_OF_SQUARE;
	let mut pace = Pace::new(all, of_block, target);
	while let Ok(number) = u16::try_from(next.fetch_add(1, Ordering::Relaxed)) {
		if !reporter.say(Report::Alive) {
			return Ok(());
		}
		let began = Instant::now();
		device.fill(seed, batch(seed, number))?;
		if !reporter.rest(began.elapsed()) {
			return Ok(());
		}
		let mut first = 0;
		while first < all {
			let (blocks, began) = (pace.step().min(all - first), Instant::now());
			// Both are at most `all`, which was 32 bits.
			let wins = device.tickets(first as u32, blocks as u32, target)?;
			let took = began.elapsed();
			if blocks == pace.step() {
				pace.observe(took);
			}
			if !reporter.say(Report::Tried(blocks * of_block, wins)) || !reporter.rest(took) {
				return Ok(());
			}
			first += blocks;
		}
	}
	// Every batch of the lottery was looked at.
	Ok(())
}

/// Fills a table, waits until walks begin, and walks until it is stopped.
fn look_at_walks(
	device: &mut dyn TableDevice,
	search: &WalkSearch,
	entropy: &Mutex<Option<Seed>>,
	reporter: &Reporter,
) -> Result<(), Fault> {
	let began = Instant::now();
	device.fill(&search.seed)?;
	if !reporter.rest(began.elapsed()) {
		return Ok(());
	}
	let entropy = loop {
		if !reporter.say(Report::Alive) {
			return Ok(());
		}
		if let Some(entropy) = *entropy.lock().unwrap_or_else(PoisonError::into_inner) {
			break entropy;
		}
		thread::sleep(WAIT);
	};
	let mut pace = Pace::new(MOST_WALKS, 1, search.target);
	pace.next = pace.most.min(1 << 10);
	let mut number = 0u64;
	while number < 1 << 56 {
		let (count, began) = (pace.step().min((1 << 56) - number), Instant::now());
		let wins = device.walk(&entropy, table::start(&search.seed, number), count, search.target)?;
		let took = began.elapsed();
		if count == pace.step() {
			pace.observe(took);
		}
		if !reporter.say(Report::Tried(count, wins)) || !reporter.rest(took) {
			return Ok(());
		}
		number += count;
	}
	Ok(())
}

impl DeviceEngine {
	/// Devices that can be tried in a lottery now.
	fn for_lotteries(&self) -> Vec<DeviceInfo> {
		let infos = self.infos();
		infos.into_iter().filter(|info| self.lotteries.is_usable(info.index)).collect()
	}

	/// Lets a device take part: `work` is its thread.
	fn seat(
		&self,
		info: DeviceInfo,
		work: impl FnOnce(&dyn Driver, &Reporter) -> Result<(), Fault> + Send + 'static,
	) -> Option<Seat> {
		let shared = self.shared(info.index)?;
		let (sender, reports) = channel();
		let (stop, hot) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
		// Before its memory is taken: it may be too hot already.
		self.heed_heat(&info, &shared, &hot);
		let intensity = self.options().intensity;
		let reporter = Reporter { reports: sender, stop: stop.clone(), hot: hot.clone(), intensity };
		let driver = self.driver();
		let body = move || {
			if !reporter.cool() {
				return;
			}
			if let Err(fault) = work(&*driver, &reporter) {
				let _ = reporter.reports.send(Report::Failed(fault));
			}
		};
		match thread::Builder::new().name(format!("lottery-{}", info.index)).spawn(body) {
			Ok(thread) => Some(Seat { info, shared, reports, stop, hot, thread, sign: Instant::now(), ready: false }),
			Err(error) => {
				self.stand_down(&info, &Fault::Lost(format!("no thread for it: {error}")), None);
				None
			}
		}
	}

	/// Lets a device wait while it is too hot, and says so in one line each time.
	fn heed_heat(&self, info: &DeviceInfo, shared: &Shared, hot: &AtomicBool) {
		let options = self.options();
		let (Some(limit), Some(temperature)) = (options.hottest, shared.temperature()) else { return };
		let was = hot.load(Ordering::Relaxed);
		let is = is_hot(was, temperature, limit);
		if is == was {
			return;
		}
		hot.store(is, Ordering::Relaxed);
		self.lotteries.lock().entry(info.index).or_default().hot = is;
		let (index, name) = (info.index, &info.name);
		let what = if is { "too hot, its lottery waits until it is cooler" } else { "cool again, its lottery goes on" };
		(options.notice)(&format!("device {index} ({name}): {what}"));
	}

	/// Notes that a device failed in a lottery, and says so in one line.
	fn stand_down(&self, info: &DeviceInfo, fault: &Fault, thread: Option<JoinHandle<()>>) {
		let options = self.options();
		let mut record = self.lotteries.lock();
		let standing = record.entry(info.index).or_default();
		standing.failures += 1;
		let pause = back_off(options.first_pause, options.longest_pause, standing.failures);
		standing.retry = Some(Instant::now() + pause);
		standing.thread = thread;
		standing.hot = false;
		(options.notice)(&format!(
			"device {} ({}): {fault}; lotteries are answered without it for {} s at least",
			info.index,
			info.name,
			pause.as_secs_f64()
		));
	}

	/// Takes what devices find until there are enough wins, it is cancelled, or no device is left. Gives whether the
	/// search is over.
	fn collect(
		&self,
		mut seats: Vec<Seat>,
		is_win: &dyn Fn(u64) -> bool,
		most: usize,
		wins: &WonTickets,
		cancel: &AtomicBool,
		progress: &Progress,
	) -> bool {
		let counter = progress.of_threads(1).remove(0);
		let options = self.options();
		let is_over =
			|| cancel.load(Ordering::Relaxed) || wins.lock().unwrap_or_else(PoisonError::into_inner).len() >= most;
		while !seats.is_empty() && !is_over() {
			let mut heard = false;
			for mut seat in core::mem::take(&mut seats) {
				self.heed_heat(&seat.info, &seat.shared, &seat.hot);
				let fault = loop {
					match seat.reports.try_recv() {
						Ok(report) => {
							(heard, seat.sign) = (true, Instant::now());
							// Who rests may not have opened its device yet.
							seat.ready |= !matches!(report, Report::Resting);
							match report {
								Report::Alive | Report::Resting => (),
								Report::Failed(fault) => break Some(fault),
								Report::Tried(tried, claimed) => {
									if let Err(fault) = believe(claimed, is_win, most, wins) {
										break Some(fault);
									}
									counter.fetch_add(tried, Ordering::Relaxed);
								}
							}
						}
						Err(TryRecvError::Empty) => {
							let patience = if seat.ready { options.patience } else { options.opening_patience };
							break (seat.sign.elapsed() > patience).then_some(Fault::Hung);
						}
						// Without a word of a fault: it panicked, or has looked at all that there is.
						Err(TryRecvError::Disconnected) => break Some(Fault::Lost("its thread ended".into())),
					}
				};
				match fault {
					None => seats.push(seat),
					Some(fault) => {
						seat.stop.store(true, Ordering::Relaxed);
						self.stand_down(&seat.info, &fault, Some(seat.thread));
					}
				}
			}
			if !heard {
				thread::sleep(WATCH);
			}
		}
		let over = is_over();
		self.dismiss(seats);
		over
	}

	/// Ends what devices still do. Who worked to the end is a good device.
	fn dismiss(&self, seats: Vec<Seat>) {
		seats.iter().for_each(|seat| seat.stop.store(true, Ordering::Relaxed));
		let began = Instant::now();
		while began.elapsed() < GRACE && seats.iter().any(|seat| !seat.thread.is_finished()) {
			thread::sleep(WATCH);
		}
		let mut record = self.lotteries.lock();
		for seat in seats {
			let standing = record.entry(seat.info.index).or_default();
			if seat.ready {
				(standing.failures, standing.retry) = (0, None);
			}
			standing.thread = Some(seat.thread);
			standing.hot = false;
		}
	}

	pub(super) fn tickets_by_devices(
		&self,
		search: &TicketSearch,
		wins: &WonTickets,
		cancel: &AtomicBool,
		progress: &Progress,
	) -> bool {
		let next = Arc::new(AtomicU64::new(0));
		let seats = self.for_lotteries().into_iter().filter_map(|info| {
			let (next, search, index) = (next.clone(), *search, info.index);
			self.seat(info, move |driver, reporter| {
				let mut device = driver.open_matrices(index)?;
				look_at_tickets(&mut *device, &search.seed, search.target, &next, reporter)
			})
		});
		let is_win = |number: u64| {
			Ticket::from_u64(number).is_some_and(|ticket| {
				gpu_work::lottery::check_batch(&search.seed, ticket.batch).is_ok()
					&& matrix::check_ticket(keccak256, &search.seed, ticket, DEPTH, search.target)
			})
		};
		self.collect(seats.collect(), &is_win, search.most, wins, cancel, progress)
	}

	pub(super) fn walks_by_device(
		&self,
		search: &WalkSearch,
		entropy: &Arc<Mutex<Option<Seed>>>,
		wins: &WonTickets,
		cancel: &AtomicBool,
		progress: &Progress,
	) -> bool {
		// Those that have room, the largest first: when one fails the next is tried.
		let mut infos = self.for_lotteries();
		infos.retain(|info| info.memory >= search.bytes / 10 * 9);
		infos.sort_by_key(|info| core::cmp::Reverse((info.memory, core::cmp::Reverse(info.index))));
		let elements = table::elements(search.bytes);
		let is_win = |start: u64| {
			let Some(entropy) = *entropy.lock().unwrap_or_else(PoisonError::into_inner) else { return false };
			table::check_start(&search.seed, start).is_ok()
				&& table::check_walk(keccak256, &search.seed, &entropy, start, elements, search.target)
		};
		for info in infos {
			let (entropy, search, index) = (entropy.clone(), *search, info.index);
			let seat = self.seat(info, move |driver, reporter| {
				let mut device = driver.open_table(index, search.bytes)?;
				look_at_walks(&mut *device, &search, &entropy, reporter)
			});
			if self.collect(seat.into_iter().collect(), &is_win, search.most, wins, cancel, progress) {
				return true;
			}
		}
		cancel.load(Ordering::Relaxed)
	}

	pub(super) fn answer_tickets(
		&self,
		search: &TicketSearch,
		wins: &WonTickets,
		cancel: &AtomicBool,
		progress: &Progress,
	) {
		if !self.tickets_by_devices(search, wins, cancel, progress) {
			(self.options().notice)("lotteries: the processor answers this one");
			let threads = self.options().processor_threads.max(1);
			let TicketSearch { seed, target, most, .. } = search;
			lottery::collect_tickets(Arithmetic::best(), seed, *target, *most, threads, wins, cancel, progress);
		}
	}

	pub(super) fn answer_walks(
		&self,
		search: &WalkSearch,
		entropy: &Arc<Mutex<Option<Seed>>>,
		wins: &WonTickets,
		cancel: &AtomicBool,
		progress: &Progress,
	) {
		if self.walks_by_device(search, entropy, wins, cancel, progress) {
			return;
		}
		if !has_room(search.bytes) {
			(self.options().notice)(&format!(
				"lotteries: no device has room for a table of {} bytes now, nor has the main memory: this one is left out",
				search.bytes
			));
			return;
		}
		(self.options().notice)("lotteries: the processor answers this one, with a table in main memory");
		let search = WalkSearch { threads: self.options().processor_threads.max(1), ..*search };
		lottery::answer_walks(&search, entropy, wins, cancel, progress);
	}

	/// Whether a device that did not fail last time has room for a table of so many bytes.
	pub(super) fn is_counted_on(&self, table_bytes: u64) -> bool {
		let infos = self.infos();
		infos.iter().any(|info| info.memory >= table_bytes / 10 * 9 && self.lotteries.is_good(info.index))
	}

	pub(super) fn measure_by_devices(&self, table_bytes: Option<u64>, time: Duration) -> Option<u64> {
		// Not beside tuning: neither would measure what it is about.
		self.wait_until_ready(self.options().opening_patience);
		let wins = WonTickets::default();
		let rate = match table_bytes {
			None => {
				let search = TicketSearch { seed: [1; 32], target: 0, most: 1, threads: 1 };
				measure_from_first(self.options().opening_patience, time, |cancel, progress| {
					self.tickets_by_devices(&search, &wins, cancel, progress);
				})
			}
			Some(bytes) => {
				let search = WalkSearch { seed: [1; 32], bytes, target: 0, most: 1, threads: 1 };
				let entropy = Arc::new(Mutex::new(Some([2; 32])));
				measure_from_first(self.options().opening_patience, time, |cancel, progress| {
					self.walks_by_device(&search, &entropy, &wins, cancel, progress);
				})
			}
		};
		(rate > 0).then_some(rate)
	}
}

/// Enters what is won and refuses what is not: nothing of a report with a false win is believed.
fn believe(mut claimed: Vec<u64>, is_win: &dyn Fn(u64) -> bool, most: usize, wins: &WonTickets) -> Result<(), Fault> {
	let known = wins.lock().unwrap_or_else(PoisonError::into_inner).len();
	claimed.sort_unstable();
	// More than are needed cost time to compute again.
	claimed.truncate(most.saturating_sub(known));
	if let Some(wrong) = claimed.iter().find(|number| !is_win(**number)) {
		return Err(Fault::Wrong(*wrong));
	}
	wins.lock().unwrap_or_else(PoisonError::into_inner).extend(claimed);
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn steps_should_come_to_take_their_time_and_leave_room_for_wins() {
		let mut pace = Pace::new(512, 32_768, u64::MAX >> 20);
		let mut taken = Vec::new();
		for _ in 0..8 {
			taken.push(pace.step());
			pace.observe(Duration::from_micros(500 * pace.step()));
		}
		assert_eq!(taken, [1, 4, 16, 64, 80, 80, 80, 80]);
		pace.observe(Duration::from_secs(9));
		assert_eq!(pace.step(), 1, "a step is never nothing");
		pace.observe(Duration::ZERO);
		assert_eq!(pace.step(), 4);
		// Every second ticket wins: one block's wins are all that there is room for.
		assert_eq!(Pace::new(512, 32_768, u64::MAX / 2).most, 1);
		assert_eq!(Pace::new(512, 32_768, u64::MAX).most, 1);
		assert_eq!(Pace::new(512, 1, 0).most, 512);
	}
}
