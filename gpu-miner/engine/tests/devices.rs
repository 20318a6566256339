//! Devices that fail in every way there is: what they overlook is searched by others, what they invent is handed in by
//! nobody, and nothing spins.

use gpu_miner_engine::{
	collect_minimum_values,
	device::{
		fake::{Act, FakeDriver},
		Driver, Fault, Options, Phase, Plan, TuneCache,
	},
	keccak256, search_threads, solve, CpuEngine, DeviceEngine, Engine, Find, Job, MinimumValues, Progress,
};
use gpu_work::{target_for_work, verify_minimum_values};
use std::{
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc, Mutex,
	},
	thread,
	time::{Duration, Instant},
};

static NEVER: AtomicBool = AtomicBool::new(false);
/// More batches than the tests at a start take.
const START: u64 = 20;

fn options() -> Options {
	Options {
		plans: vec![Plan::SAFE],
		patience: Duration::from_millis(300),
		opening_patience: Duration::from_secs(20),
		first_pause: Duration::from_millis(50),
		longest_pause: Duration::from_millis(400),
		cooling_step: Duration::from_millis(20),
		..Options::default()
	}
}

fn start(driver: &Arc<FakeDriver>, options: Options) -> DeviceEngine {
	let engine = DeviceEngine::start(driver.clone(), options).expect("there are devices");
	engine.wait_until_ready(Duration::from_secs(30));
	engine
}

fn by_processor(job: &Job, count: u64) -> Vec<Find> {
	let mut found = Vec::new();
	CpuEngine::best().search(job, 0..count, &NEVER, &mut found);
	found
}

/// Searches a range and holds what comes of it against the processor. Gives how long it took.
fn search_whole(engine: &DeviceEngine, count: u64) -> Duration {
	let job = Job { seed: [9; 32], nonce_prefix: [4; 24], target: target_for_work(1_000) };
	let (began, mut found) = (Instant::now(), Vec::new());
	let outcome = engine.search(&job, 0..count, &NEVER, &mut found);
	assert_eq!((outcome.hashes, outcome.cancelled), (count, false));
	assert_eq!(found, by_processor(&job, count), "whole, in order, and nothing else");
	began.elapsed()
}

#[test]
fn devices_should_find_what_the_processor_finds() {
	for capacity in [1, 7, 256] {
		let driver = Arc::new(FakeDriver::new(2, |_, _, _| Act::Work).with_capacity(capacity));
		let engine = start(&driver, options());
		assert_eq!((engine.name(), engine.threads()), ("fake", Some(2)));
		search_whole(&engine, 100_000);
		let job = Job::new([1; 32], target_for_work(300));
		let (found, outcome) = search_threads(&engine, &job, 0..200_000, 2, &NEVER, &Progress::default());
		assert_eq!((found, outcome.hashes), (by_processor(&job, 200_000), 200_000), "room for {capacity}");
		let status = engine.devices();
		assert!(status.iter().all(|status| status.faults == 0 && status.plan == Some(Plan::SAFE)), "{status:?}");
		assert!(status.iter().map(|status| status.hashes).sum::<u64>() > 0);
	}
}

#[test]
fn every_hash_may_be_a_find() {
	let driver = Arc::new(FakeDriver::new(1, |_, _, _| Act::Work));
	let engine = start(&driver, options());
	let (job, mut found) = (Job::new([2; 32], [0xff; 32]), Vec::new());
	engine.search(&job, u64::MAX - 1_000..u64::MAX, &NEVER, &mut found);
	assert_eq!(found.len(), 1_000);
	assert!(found.iter().all(|find| find.digest == keccak256(&job.input(find.nonce))));
	#[allow(clippy::reversed_empty_ranges)]
	let outcome = engine.search(&job, 9..3, &NEVER, &mut found);
	assert_eq!((outcome.hashes, found.len()), (0, 1_000));
}

#[test]
fn rounds_and_challenges_should_be_solved() {
	let driver = Arc::new(FakeDriver::new(1, |_, _, _| Act::Work));
	let engine = start(&driver, options());
	let job = Job::new([7; 32], target_for_work(20_000));
	let find = solve(&engine, &job, 0, 1, &NEVER, &Progress::default()).expect("not cancelled");
	assert_eq!(find.digest, keccak256(&job.input(find.nonce)));

	let (values, cancel) = (Mutex::new(MinimumValues::new(64)), AtomicBool::new(false));
	thread::scope(|scope| {
		scope.spawn(|| collect_minimum_values(&engine, [3; 32], 0, 1, &values, &cancel, &Progress::default()));
		let began = Instant::now();
		while values.lock().unwrap().work() < 50_000 && began.elapsed() < Duration::from_secs(30) {
			thread::sleep(Duration::from_millis(5));
		}
		cancel.store(true, Ordering::Relaxed);
	});
	let nonces = values.lock().unwrap().nonces().expect("there are 64");
	assert!(verify_minimum_values(keccak256, &[3; 32], &nonces, 64).unwrap() >= 50_000);
}

#[test]
fn a_first_find_should_be_told_before_the_range_ends() {
	let driver = Arc::new(FakeDriver::new(1, |_, _, _| Act::Work));
	let engine = start(&driver, options());
	let (job, mut found) = (Job::new([7; 32], target_for_work(1_000)), Vec::new());
	let outcome = engine.search_first(&job, 0..50_000_000, &NEVER, &mut found);
	assert!(outcome.cancelled && outcome.hashes < 20_000_000, "{outcome:?}");
	assert!(!found.is_empty());
	assert_eq!(found, by_processor(&job, outcome.hashes)[..found.len()]);
	// A list that is not empty at the start is no reason to end.
	let nothing = Job::new([7; 32], [0; 32]);
	assert_eq!(engine.search_first(&nothing, 0..50_000, &NEVER, &mut found).hashes, 50_000);
}

#[test]
fn each_fault_should_leave_the_search_whole_and_the_device_closed_for_a_while() {
	let faults = [
		Act::FailLaunch(Fault::Lost("the driver is gone".into())),
		Act::FailLaunch(Fault::OutOfMemory),
		Act::FailRead(Fault::Launch("an illegal address".into())),
		Act::FailRead(Fault::Lost("fell off the bus".into())),
		Act::Hang,
		Act::Invent,
		Act::Repeat,
		Act::Overflow,
	];
	for act in faults {
		let said = Arc::new(Mutex::new(Vec::new()));
		let log = said.clone();
		let act_now = act.clone();
		let driver =
			Arc::new(FakeDriver::new(
				1,
				move |_, opened, batch| {
					if opened == 0 && batch > START {
						act_now.clone()
					} else {
						Act::Work
					}
				},
			));
		let notice = Arc::new(move |line: &str| log.lock().unwrap().push(line.to_owned()));
		let engine = start(&driver, Options { notice, ..options() });
		// Small batches at first, so that the fault comes in the middle.
		let took = search_whole(&engine, 3_000_000);
		assert!(took < Duration::from_secs(60), "{act:?} took {took:?}");
		let status = &engine.devices()[0];
		if status.faults == 0 {
			// A fast machine was done before the fault: go on until it comes.
			while engine.devices()[0].faults == 0 {
				search_whole(&engine, 3_000_000);
			}
		}
		let status = &engine.devices()[0];
		assert_eq!(status.faults, 1, "{act:?}: {status:?}");
		let fault = status.last_fault.clone().expect("noted");
		match act {
			Act::FailLaunch(why) | Act::FailRead(why) => assert_eq!(fault, why),
			Act::Hang => assert_eq!(fault, Fault::Hung),
			_ => assert!(matches!(fault, Fault::Wrong(_)), "{fault:?}"),
		}
		let lines = said.lock().unwrap().join("\n");
		assert!(lines.contains("device 0 (Fake): ready"), "{lines}");
		driver.release();
		// It comes back after its pause, is tested, and works.
		let again = Instant::now();
		while engine.wait_until_ready(Duration::from_secs(1)) == 0 {
			assert!(again.elapsed() < Duration::from_secs(30), "never came back");
			thread::sleep(Duration::from_millis(5));
		}
		let lines = said.lock().unwrap().join("\n");
		assert!(lines.contains("trying again in"), "{lines}");
		assert!(driver.opened(0) >= 2);
		let before = engine.devices()[0].hashes;
		search_whole(&engine, 50_000);
		assert!(engine.devices()[0].hashes > before, "the device does it again");
	}
}

#[test]
fn a_device_that_overlooks_finds_should_be_found_out() {
	// Right while it is tested at the start, blind afterwards.
	let driver = Arc::new(FakeDriver::new(1, |_, _, batch| if batch > START { Act::Overlook } else { Act::Work }));
	let engine = start(&driver, Options { canary: Duration::ZERO, ..options() });
	let job = Job::new([1; 32], [0; 32]);
	for _ in 0..200 {
		engine.search(&job, 0..1_000, &NEVER, &mut Vec::new());
		if engine.devices()[0].faults > 0 {
			break;
		}
	}
	assert!(matches!(engine.devices()[0].last_fault, Some(Fault::Wrong(_))));
}

#[test]
fn a_device_that_cannot_be_opened_should_be_tried_ever_more_rarely_while_the_processor_searches() {
	let driver = Arc::new(FakeDriver::new(1, |_, _, _| Act::Work).with_open(|_, _| Some(Fault::OutOfMemory)));
	let engine = start(&driver, options());
	let began = Instant::now();
	while began.elapsed() < Duration::from_millis(1_500) {
		search_whole(&engine, 20_000);
	}
	// After 50, 100, 200, 400, 400, 400 ms.
	let opened = driver.opened(0);
	assert!((4..=7).contains(&opened), "{opened}");
	let status = &engine.devices()[0];
	assert_eq!((status.last_fault.clone(), status.hashes), (Some(Fault::OutOfMemory), 0));
	assert!(status.faults <= opened);
}

#[test]
fn a_thread_that_still_hangs_should_not_be_joined_by_a_second_one() {
	let driver = Arc::new(FakeDriver::new(1, |_, _, batch| if batch > START { Act::Hang } else { Act::Work }));
	let engine = start(&driver, options());
	let began = Instant::now();
	while began.elapsed() < Duration::from_secs(2) || engine.devices()[0].faults == 0 {
		search_whole(&engine, 100_000);
	}
	assert_eq!(driver.opened(0), 1, "not again while its thread hangs");
	assert_eq!(engine.devices()[0].last_fault, Some(Fault::Hung));
	driver.release();
	let again = Instant::now();
	while driver.opened(0) < 2 {
		engine.wait_until_ready(Duration::ZERO);
		assert!(again.elapsed() < Duration::from_secs(10));
		thread::sleep(Duration::from_millis(5));
	}
}

#[test]
fn cancelling_should_be_quick_even_when_a_device_hangs_or_there_is_no_processor_beneath() {
	let hanging = Arc::new(FakeDriver::new(1, |_, _, batch| if batch > START { Act::Hang } else { Act::Work }));
	let closed = Arc::new(FakeDriver::new(1, |_, _, _| Act::Work).with_open(|_, _| Some(Fault::Lost("gone".into()))));
	for driver in [hanging, closed] {
		let patient = Options { processor_threads: 0, patience: Duration::from_secs(60), ..options() };
		let engine = start(&driver, patient);
		let cancel = AtomicBool::new(false);
		thread::scope(|scope| {
			let search = scope.spawn(|| {
				let job = Job::new([1; 32], [0; 32]);
				let outcome = engine.search(&job, 0..u64::MAX, &cancel, &mut Vec::new());
				(outcome, Instant::now())
			});
			thread::sleep(Duration::from_millis(300));
			let asked = Instant::now();
			cancel.store(true, Ordering::Relaxed);
			let (outcome, ended) = search.join().unwrap();
			assert!(outcome.cancelled);
			assert!(ended - asked < Duration::from_secs(1), "{:?}", ended - asked);
		});
		let dropped = Instant::now();
		drop(engine);
		assert!(dropped.elapsed() < Duration::from_secs(3));
		driver.release();
	}
}

#[test]
fn waiting_should_cost_no_processor_time() {
	let driver = Arc::new(FakeDriver::new(1, |_, _, _| Act::Work).with_open(|_, _| Some(Fault::OutOfMemory)));
	let engine = start(&driver, Options { processor_threads: 0, ..options() });
	let cancel = AtomicBool::new(false);
	thread::scope(|scope| {
		scope.spawn(|| {
			let used = || {
				std::fs::read_to_string("/proc/thread-self/schedstat").ok().and_then(|text| {
					text.split_whitespace().next().and_then(|nanoseconds| nanoseconds.parse::<u64>().ok())
				})
			};
			let before = used();
			engine.search(&Job::new([1; 32], [0; 32]), 0..u64::MAX, &cancel, &mut Vec::new());
			if let (Some(before), Some(after)) = (before, used()) {
				assert!(after - before < 300_000_000, "{} ms of a second", (after - before) / 1_000_000);
			}
		});
		thread::sleep(Duration::from_secs(1));
		cancel.store(true, Ordering::Relaxed);
	});
}

#[test]
fn a_device_that_is_too_hot_should_pause_and_come_back() {
	let driver = Arc::new(FakeDriver::new(1, |_, _, _| Act::Work));
	let engine = start(&driver, Options { hottest: Some(80.0), ..options() });
	driver.set_temperature(Some(81.0));
	let began = Instant::now();
	while engine.devices()[0].phase != Phase::Paused {
		search_whole(&engine, 50_000);
		assert!(began.elapsed() < Duration::from_secs(20), "never paused");
	}
	let hashes = engine.devices()[0].hashes;
	search_whole(&engine, 50_000);
	assert_eq!(engine.devices()[0].hashes, hashes, "the processor did it");
	// A little cooler is not cool.
	driver.set_temperature(Some(75.0));
	thread::sleep(Duration::from_millis(100));
	assert_eq!(engine.devices()[0].phase, Phase::Paused);
	driver.set_temperature(Some(60.0));
	let began = Instant::now();
	while engine.devices()[0].phase != Phase::Ready {
		assert!(began.elapsed() < Duration::from_secs(10), "never came back");
		thread::sleep(Duration::from_millis(5));
	}
	assert_eq!(engine.devices()[0].faults, 0);
	search_whole(&engine, 50_000);
}

#[test]
fn one_device_may_fail_while_the_other_goes_on() {
	let driver = Arc::new(FakeDriver::new(2, |index, _, batch| {
		if index == 0 && batch > START {
			Act::FailRead(Fault::Lost("gone".into()))
		} else {
			Act::Work
		}
	}));
	let engine = start(&driver, Options { first_pause: Duration::from_secs(60), processor_threads: 0, ..options() });
	let job = Job::new([5; 32], target_for_work(1_000));
	let (found, outcome) = search_threads(&engine, &job, 0..6_000_000, 2, &NEVER, &Progress::default());
	assert_eq!((outcome.hashes, outcome.cancelled), (6_000_000, false));
	assert_eq!(found, by_processor(&job, 6_000_000));
	assert_eq!(engine.devices()[1].faults, 0);
}

#[test]
fn only_the_devices_that_were_chosen_should_be_opened() {
	let driver = Arc::new(FakeDriver::new(3, |_, _, _| Act::Work));
	let engine = start(&driver, Options { only: Some(vec![1]), ..options() });
	assert_eq!(engine.devices().iter().map(|status| status.info.index).collect::<Vec<_>>(), [1]);
	assert_eq!([0, 1, 2].map(|index| driver.opened(index)), [0, 1, 0]);
	assert!(DeviceEngine::start(driver.clone(), Options { only: Some(vec![7]), ..options() }).is_none());
	assert!(DeviceEngine::start(Arc::new(FakeDriver::new(0, |_, _, _| Act::Work)), options()).is_none());
}

#[test]
fn intensity_should_leave_time_to_others() {
	let driver = Arc::new(FakeDriver::new(1, |_, _, _| Act::Work));
	let whole = search_whole(&start(&driver, options()), 1_000_000);
	let half = search_whole(&start(&driver, Options { intensity: 25, ..options() }), 1_000_000);
	assert!(half > whole * 3 / 2, "{half:?} against {whole:?}");
}

#[test]
fn a_tuned_plan_should_be_remembered() {
	let path = std::env::temp_dir().join(format!("gpu-miner-tune-{}", std::process::id()));
	let _ = std::fs::remove_file(&path);
	let cache = TuneCache::at(&path);
	let driver = Arc::new(FakeDriver::new(1, |_, _, _| Act::Work));
	let plans = Plan::candidates()[..2].to_vec();
	let engine = start(&driver, Options { plans: plans.clone(), cache: cache.clone(), ..options() });
	let chosen = engine.devices()[0].plan.expect("tuned");
	assert!(plans.contains(&chosen));
	let info = &driver.devices()[0];
	assert_eq!(cache.get(info), Some(chosen));
	// What is not ours is not believed.
	let text = std::fs::read_to_string(&path).unwrap();
	for text in [text.replace(" 22 ", " 23 "), text.replace(" 22 256 ", " "), "\n\u{0}".into(), String::new()] {
		std::fs::write(&path, text).unwrap();
		assert_eq!(cache.get(info), None);
	}
	cache.put(info, &plans[1]);
	assert_eq!(cache.get(info), Some(plans[1]));
	let newer = gpu_miner_engine::device::DeviceInfo { driver: "2.0".into(), ..info.clone() };
	assert_eq!(cache.get(&newer), None);
	std::fs::remove_file(&path).unwrap();
}
