//! Lotteries on devices that fail in every way there is: what they claim to have won and did not is handed in by
//! nobody, and the processor goes on where they end.

use gpu_miner_engine::{
	device::{
		fake::{Act, FakeDriver},
		Fault, Options, Phase, Plan,
	},
	keccak256,
	lottery::{TicketSearch, WalkSearch, WonTickets},
	CpuEngine, DeviceEngine, Engine, Progress,
};
use gpu_work::{
	lottery::{check_batch, check_reveal},
	matrix::{check_ticket, Ticket, DEPTH},
	table::{check_start, check_walk, elements},
};
use std::{
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc, Mutex,
	},
	thread,
	time::{Duration, Instant},
};

const SEED: [u8; 32] = [0x42; 32];
const ENTROPY: [u8; 32] = [7; 32];
const BYTES: u64 = 20_000;
/// Wins that end a search.
const MOST: usize = 40;
/// One try in sixteen wins.
const TARGET: u64 = u64::MAX / 16;

fn tickets() -> TicketSearch {
	TicketSearch { seed: SEED, target: TARGET, most: MOST, threads: 1 }
}

fn walks() -> WalkSearch {
	WalkSearch { seed: SEED, bytes: BYTES, target: TARGET, most: MOST, threads: 1 }
}

/// What an engine says, and the engine.
struct Played {
	engine: DeviceEngine,
	driver: Arc<FakeDriver>,
	lines: Arc<Mutex<Vec<String>>>,
}

fn start(driver: FakeDriver) -> Played {
	start_with(driver, Duration::from_millis(200))
}

fn start_with(driver: FakeDriver, first_pause: Duration) -> Played {
	start_as(driver, |options| (options.first_pause, options.longest_pause) = (first_pause, first_pause * 4))
}

fn start_as(driver: FakeDriver, change: impl FnOnce(&mut Options)) -> Played {
	let lines = Arc::new(Mutex::new(Vec::new()));
	let said = lines.clone();
	let mut options = Options {
		plans: vec![Plan::SAFE],
		patience: Duration::from_millis(400),
		opening_patience: Duration::from_millis(800),
		notice: Arc::new(move |line| said.lock().unwrap().push(line.to_owned())),
		..Options::default()
	};
	change(&mut options);
	let driver = Arc::new(driver);
	let engine = DeviceEngine::start(driver.clone(), options).expect("there are devices");
	engine.wait_until_ready(Duration::from_secs(30));
	Played { engine, driver, lines }
}

impl Played {
	/// How many of its lines have that in them.
	fn said(&self, part: &str) -> usize {
		self.lines.lock().unwrap().iter().filter(|line| line.contains(part)).count()
	}

	fn collect_tickets(&self) -> Vec<u64> {
		collect_tickets(&self.engine)
	}

	fn collect_walks(&self) -> Vec<u64> {
		collect_walks(&self.engine, Some(Duration::ZERO))
	}
}

/// Collects until there are enough, and holds each against the rules of the chain.
fn collect_tickets(engine: &dyn Engine) -> Vec<u64> {
	let (wins, progress) = (WonTickets::default(), Progress::default());
	engine.collect_tickets(&tickets(), &wins, &AtomicBool::new(false), &progress);
	let wins: Vec<u64> = wins.into_inner().unwrap().into_iter().collect();
	assert_eq!((check_reveal(&wins, MOST as u32), wins.len()), (Ok(()), MOST));
	for number in &wins {
		let ticket = Ticket::from_u64(*number).unwrap();
		assert_eq!(check_batch(&SEED, ticket.batch), Ok(()));
		assert!(check_ticket(keccak256, &SEED, ticket, DEPTH, TARGET), "{ticket:?} does not win");
	}
	assert!(progress.hashes() >= MOST as u64, "tries are counted");
	wins
}

/// The same with a table; walks begin after a while, or are known from the start.
fn collect_walks(engine: &dyn Engine, after: Option<Duration>) -> Vec<u64> {
	let (wins, progress) = (WonTickets::default(), Progress::default());
	let entropy = Arc::new(Mutex::new(None));
	thread::scope(|scope| {
		scope.spawn(|| {
			thread::sleep(after.unwrap_or_default());
			assert!(wins.lock().unwrap().is_empty(), "nothing can be won before walks begin");
			*entropy.lock().unwrap() = Some(ENTROPY);
		});
		engine.collect_walks(&walks(), &entropy, &wins, &AtomicBool::new(false), &progress);
	});
	let wins: Vec<u64> = wins.into_inner().unwrap().into_iter().collect();
	assert_eq!((check_reveal(&wins, MOST as u32), wins.len()), (Ok(()), MOST));
	for start in &wins {
		assert_eq!(check_start(&SEED, *start), Ok(()));
		assert!(check_walk(keccak256, &SEED, &ENTROPY, *start, elements(BYTES), TARGET), "{start:#x} does not win");
	}
	wins
}

#[test]
fn devices_should_answer_both_lotteries_by_themselves() {
	let played = start(FakeDriver::new(2, |_, _, _| Act::Work).with_lotteries(|_, _, _| Act::Work));
	assert!(played.engine.has_device_for_lottery(0) && played.engine.has_device_for_lottery(BYTES));
	assert!(!played.engine.has_device_for_lottery(1 << 40), "no device has so much memory");
	played.collect_tickets();
	collect_walks(&played.engine, Some(Duration::from_millis(100)));
	assert_eq!([played.driver.seated(0), played.driver.seated(1)].iter().sum::<u64>(), 3, "two, and one for the table");
	assert_eq!((played.said("processor"), played.said("without it")), (0, 0), "{:?}", played.lines.lock().unwrap());
	// And again: a device that worked to the end is not left alone.
	played.collect_tickets();
	assert_eq!(played.said("without it"), 0);
}

#[test]
fn devices_should_find_what_the_processor_finds() {
	let played = start(FakeDriver::new(1, |_, _, _| Act::Work).with_lotteries(|_, _, _| Act::Work));
	// A table is walked from the first start on by both, so the first wins are the same.
	assert_eq!(played.collect_walks(), collect_walks(&CpuEngine::best(), None));
	collect_tickets(&CpuEngine::best());
}

/// Looks until `look` says so. A device is asked how it is once a second.
fn until(what: &str, look: impl Fn() -> bool) {
	let began = Instant::now();
	while !look() {
		assert!(began.elapsed() < Duration::from_secs(20), "waited in vain until {what}");
		thread::sleep(Duration::from_millis(5));
	}
}

/// Both lotteries without an end, while `meanwhile` looks on.
fn search_for_nothing(played: &Played, meanwhile: impl Fn(&str, &Progress)) {
	for kind in ["tickets", "walks"] {
		let (wins, progress, cancel) = (WonTickets::default(), Progress::default(), AtomicBool::new(false));
		let entropy = Arc::new(Mutex::new(Some(ENTROPY)));
		let mut asked = Instant::now();
		thread::scope(|scope| {
			scope.spawn(|| match kind {
				"tickets" => {
					let search = TicketSearch { target: 0, ..tickets() };
					played.engine.collect_tickets(&search, &wins, &cancel, &progress);
				}
				_ => {
					let search = WalkSearch { target: 0, ..walks() };
					played.engine.collect_walks(&search, &entropy, &wins, &cancel, &progress);
				}
			});
			meanwhile(kind, &progress);
			asked = Instant::now();
			cancel.store(true, Ordering::Relaxed);
		});
		assert!(asked.elapsed() < Duration::from_secs(2), "{kind}: {:?}", asked.elapsed());
	}
}

#[test]
fn a_device_that_is_too_hot_should_rest_in_a_lottery_and_say_so_once() {
	let driver = FakeDriver::new(1, |_, _, _| Act::Work).with_lotteries(|_, _, _| Act::Work);
	let played = start_as(driver, |options| options.hottest = Some(80.0));
	let phase = || played.engine.devices()[0].phase;
	search_for_nothing(&played, |kind, progress| {
		let (hot, cool) = (played.said("too hot"), played.said("cool again"));
		until("it works", || progress.hashes() > 0);
		assert_eq!(phase(), Phase::Ready);
		played.driver.set_temperature(Some(80.0));
		until("it rests", || phase() == Phase::Paused);
		// A step that was under way when it became too hot is counted.
		let mut tries = 0;
		while tries != progress.hashes() {
			tries = progress.hashes();
			thread::sleep(Duration::from_millis(300));
		}
		// Far longer than a device may be silent, and a little cooler is not cool.
		played.driver.set_temperature(Some(75.0));
		thread::sleep(Duration::from_millis(1_500));
		assert_eq!((progress.hashes(), phase()), (tries, Phase::Paused), "{kind}");
		played.driver.set_temperature(Some(60.0));
		until("it goes on", || progress.hashes() > tries);
		assert_eq!(phase(), Phase::Ready);
		assert_eq!((played.said("too hot") - hot, played.said("cool again") - cool), (1, 1), "{kind}");
	});
	assert_eq!((played.said("the processor answers"), played.said("without it")), (0, 0));
	assert_eq!(played.driver.seated(0), 2, "what it held in its memory was not made anew");
}

#[test]
fn a_device_that_is_too_hot_should_not_begin_a_lottery() {
	let driver = FakeDriver::new(1, |_, _, _| Act::Work).with_lotteries(|_, _, _| Act::Work);
	let played = start_as(driver, |options| options.hottest = Some(80.0));
	played.driver.set_temperature(Some(95.0));
	until("it is known to be hot", || played.engine.devices()[0].telemetry.temperature == Some(95.0));
	search_for_nothing(&played, |kind, progress| {
		thread::sleep(Duration::from_millis(1_000));
		assert_eq!((progress.hashes(), played.driver.seated(0)), (0, 0), "{kind}");
		assert_eq!(played.engine.devices()[0].phase, Phase::Paused);
	});
	assert_eq!(played.said("too hot, its lottery waits"), 2, "once for each");
	assert!(played.engine.has_device_for_lottery(BYTES), "it will be cool again");
	played.driver.set_temperature(Some(50.0));
	until("it is known to be cool", || played.engine.devices()[0].telemetry.temperature == Some(50.0));
	played.collect_tickets();
	played.collect_walks();
	assert_eq!((played.said("the processor answers"), played.said("without it")), (0, 0));
	assert_eq!(played.engine.devices()[0].phase, Phase::Ready);
	// Whoever never wants a pause has none.
	let driver = FakeDriver::new(1, |_, _, _| Act::Work).with_lotteries(|_, _, _| Act::Work);
	let played = start_as(driver, |options| options.hottest = None);
	played.driver.set_temperature(Some(95.0));
	thread::sleep(Duration::from_millis(1_200));
	played.collect_tickets();
	assert_eq!(played.said("too hot"), 0);
}

#[test]
fn intensity_should_leave_time_to_others_in_lotteries() {
	let rates = |intensity| {
		let driver = FakeDriver::new(1, |_, _, _| Act::Work).with_lotteries(|_, _, _| Act::Work);
		let played = start_as(driver, |options| options.intensity = intensity);
		let time = Duration::from_millis(800);
		// What is measured is what is claimed: a device that rests claims less.
		[None, Some(BYTES)].map(|table| played.engine.measure_lottery(table, time).unwrap())
	};
	let (whole, quarter) = (rates(100), rates(25));
	println!("{whole:?} at 100 %, {quarter:?} at 25 %");
	for (whole, quarter) in whole.into_iter().zip(quarter) {
		assert!(quarter < whole / 2 && quarter > whole / 16, "{quarter} against {whole}");
	}
}

/// Every way in which a device can fail in a lottery, at its opening, its filling and its first and third steps.
#[test]
fn where_a_device_fails_the_processor_should_answer_and_nothing_false_be_won() {
	let faults = [
		Act::FailLaunch(Fault::OutOfMemory),
		Act::FailLaunch(Fault::Lost("fell off the bus".into())),
		Act::FailRead(Fault::Launch("an illegal address".into())),
		Act::FailRead(Fault::Lost("the driver is gone".into())),
		Act::Invent,
	];
	for fault in faults {
		for step in [0, 1, 2, 4] {
			if fault == Act::Invent && step < 2 {
				continue;
			}
			let act = fault.clone();
			// What it does before that is found, and stays.
			let script = move |_: usize, _: u64, at: u64| if at >= step { act.clone() } else { Act::Work };
			let played = start(FakeDriver::new(1, |_, _, _| Act::Work).with_lotteries(script));
			played.collect_tickets();
			if step < 4 {
				assert_eq!(played.said("lotteries are answered without it"), 1, "{fault:?} at step {step}");
				assert_eq!(played.said("the processor answers"), 1, "one calm line, not a flood");
			}
			played.collect_walks();
		}
	}
}

#[test]
fn a_device_that_failed_should_rest_and_then_be_tried_again() {
	let fails_once = |_: usize, opened: u64, _: u64| match opened {
		0 => Act::FailLaunch(Fault::OutOfMemory),
		_ => Act::Work,
	};
	for (pause, again) in [(60_000, false), (50, true)] {
		let driver = FakeDriver::new(1, |_, _, _| Act::Work).with_lotteries(fails_once);
		let played = start_with(driver, Duration::from_millis(pause));
		played.collect_tickets();
		thread::sleep(Duration::from_millis(100));
		assert!(!played.engine.has_device_for_lottery(0), "nobody counts on it");
		played.collect_tickets();
		assert_eq!(played.driver.seated(0), 1 + u64::from(again));
		assert_eq!(played.engine.has_device_for_lottery(0), again, "before it has worked");
		assert_eq!(played.said("the processor answers"), 2 - usize::from(again));
	}
}

#[test]
fn a_device_that_hangs_should_be_given_up_and_not_be_touched_before_it_ends() {
	for step in [0, 1, 2] {
		let script =
			move |_: usize, opened: u64, at: u64| if opened == 0 && at == step { Act::Hang } else { Act::Work };
		let played = start(FakeDriver::new(1, |_, _, _| Act::Work).with_lotteries(script));
		let began = Instant::now();
		played.collect_tickets();
		assert!(began.elapsed() < Duration::from_secs(20));
		assert_eq!(played.said("does not answer"), 1, "{:?}", played.lines.lock().unwrap());
		thread::sleep(Duration::from_millis(900));
		played.collect_walks();
		assert_eq!(played.driver.seated(0), 1, "the processor did that alone: the thread may hold anything");
		played.driver.release();
		thread::sleep(Duration::from_millis(100));
		played.collect_tickets();
		assert_eq!(played.driver.seated(0), 2);
		assert!(played.engine.has_device_for_lottery(0));
	}
}

#[test]
fn one_device_that_fails_should_leave_the_lottery_to_the_others() {
	let script = |device: usize, _: u64, at: u64| match (device, at) {
		(1, 3..) => Act::FailRead(Fault::Lost("fell off the bus".into())),
		_ => Act::Work,
	};
	let played = start(FakeDriver::new(3, |_, _, _| Act::Work).with_lotteries(script));
	for _ in 0..3 {
		played.collect_tickets();
	}
	assert_eq!(played.said("the processor answers"), 0);
	assert!(played.engine.has_device_for_lottery(0));
}

#[test]
fn a_driver_without_kernels_should_leave_lotteries_to_the_processor() {
	let played = start(FakeDriver::new(1, |_, _, _| Act::Work));
	played.collect_tickets();
	assert_eq!(played.said("the processor answers"), 1);
	assert_eq!(played.engine.measure_lottery(None, Duration::from_millis(50)), None);
}

#[test]
fn a_cancelled_lottery_should_end_at_once_whatever_the_device_does() {
	for script in [Act::Work, Act::Hang, Act::Overlook] {
		let act = script.clone();
		let played = start(FakeDriver::new(1, |_, _, _| Act::Work).with_lotteries(move |_, _, _| act.clone()));
		let (wins, progress, cancel) = (WonTickets::default(), Progress::default(), AtomicBool::new(false));
		let hopeless = TicketSearch { target: 0, ..tickets() };
		let mut asked = Instant::now();
		thread::scope(|scope| {
			scope.spawn(|| played.engine.collect_tickets(&hopeless, &wins, &cancel, &progress));
			thread::sleep(Duration::from_millis(300));
			asked = Instant::now();
			cancel.store(true, Ordering::Relaxed);
		});
		assert!(asked.elapsed() < Duration::from_secs(2), "{script:?}: {:?}", asked.elapsed());
		assert!(wins.into_inner().unwrap().is_empty());
		played.driver.release();
	}
}

#[test]
fn a_table_that_fits_nowhere_should_be_left_out_in_one_line() {
	let played = start(FakeDriver::new(1, |_, _, _| Act::Work).with_lotteries(|_, _, _| Act::Work));
	let (wins, progress) = (WonTickets::default(), Progress::default());
	let search = WalkSearch { bytes: 1 << 50, ..walks() };
	let entropy = Arc::new(Mutex::new(Some(ENTROPY)));
	played.engine.collect_walks(&search, &entropy, &wins, &AtomicBool::new(false), &progress);
	assert!(wins.into_inner().unwrap().is_empty());
	assert_eq!((played.said("left out"), played.driver.seated(0)), (1, 0));
}

#[test]
fn what_devices_do_should_be_measured() {
	let played = start(FakeDriver::new(1, |_, _, _| Act::Work).with_lotteries(|_, _, _| Act::Work));
	let time = Duration::from_millis(300);
	let (tickets, walks) =
		(played.engine.measure_lottery(None, time), played.engine.measure_lottery(Some(BYTES), time));
	println!("{tickets:?} tickets/s, {walks:?} walks/s");
	assert!(tickets.is_some_and(|rate| rate > 100) && walks.is_some_and(|rate| rate > 1_000));
	let fails = FakeDriver::new(1, |_, _, _| Act::Work).with_lotteries(|_, _, _| Act::FailLaunch(Fault::OutOfMemory));
	assert_eq!(start(fails).engine.measure_lottery(None, time), None);
	assert_eq!(CpuEngine::best().measure_lottery(None, time), None, "the processor is measured otherwise");
}
