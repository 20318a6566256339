//! Holding a device against the processor: what can only be tested where there is one.

use crate::{
	power::{Matrices, Table},
	Cuda,
};
use gpu_miner_engine::{
	device::{self_test, Driver, Fault, Options, Plan},
	keccak256, search_threads, CpuEngine, DeviceEngine, Engine, Job, Progress,
};
use gpu_work::{
	matrix::{self, mix64, Ticket, DEPTH},
	table, target_for_work,
};
use serde::Serialize;
use std::{
	sync::{atomic::AtomicBool, Arc},
	time::Duration,
};

/// One check of one device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
	/// The device's number.
	pub device: usize,
	/// What was checked.
	pub name: String,
	/// What is wrong; `None` if all is well.
	pub problem: Option<String>,
}

/// Checks every plan, whole searches, matrix products and tables on each device. Takes about a minute a device.
pub fn run(cuda: &Cuda) -> Vec<Check> {
	let mut checks = Vec::new();
	for info in cuda.devices() {
		let mut note = |name: &str, result: Result<(), String>| {
			checks.push(Check { device: info.index, name: name.into(), problem: result.err() });
		};
		for plan in Plan::candidates() {
			let name = format!(
				"plan: unroll {}, block {}, resident {}, multiplied {}",
				plan.unroll, plan.block, plan.resident, plan.multiplied
			);
			let result = cuda.open(info.index).and_then(|mut device| {
				device.compile(&plan)?;
				self_test(&mut *device)
			});
			note(&name, result.map_err(|fault| fault.to_string()));
		}
		note("searches find what the processor finds", searches(cuda, info.index));
		note("matrix tickets are those of the rules", matrices(cuda, info.index).map_err(show).and_then(|same| same));
		note("walks are those of the rules", walks(cuda, info.index).map_err(show).and_then(|same| same));
	}
	checks
}

fn show(fault: Fault) -> String {
	fault.to_string()
}

fn same<T: PartialEq>(what: &str, got: &[T], expected: &[T]) -> Result<(), String> {
	if got == expected {
		Ok(())
	} else {
		Err(format!("{what}: {} on the device, {} by the rules, not the same", got.len(), expected.len()))
	}
}

fn searches(cuda: &Cuda, index: usize) -> Result<(), String> {
	let options = Options {
		only: Some(vec![index]),
		processor_threads: 0,
		plans: vec![Plan::SAFE],
		hottest: None,
		..Options::default()
	};
	let engine = DeviceEngine::start(Arc::new(cuda.clone()), options).ok_or("there is no such device")?;
	if engine.wait_until_ready(Duration::from_secs(60)) == 0 {
		return Err(engine.devices()[0].last_fault.clone().map_or("not ready in time".into(), show));
	}
	let never = AtomicBool::new(false);
	let threads = std::thread::available_parallelism().map_or(1, usize::from);
	let mut ranges: Vec<(u64, u64)> = (10..64).map(|bit| ((1 << bit) - 777, 2_000)).collect();
	ranges.extend((0..40).map(|number| (mix64(number) >> 1, mix64(number + 99) % 300_000)));
	ranges.extend([(u64::MAX - 5_000, 5_000), (0, 0), (0, 1), (3, 50_000_000)]);
	for (number, (first, count)) in ranges.into_iter().enumerate() {
		let work = if count > 1_000_000 { 100_000 } else { 50 };
		let job = Job { seed: [number as u8; 32], nonce_prefix: [0xee; 24], target: target_for_work(work) };
		let mut found = Vec::new();
		let outcome = engine.search(&job, first..first + count, &never, &mut found);
		let range = first..first + count;
		let (expected, _) = search_threads(&CpuEngine::best(), &job, range, threads, &never, &Progress::default());
		same(&format!("{count} nonces from {first:#x}"), &found, &expected)?;
		if outcome.hashes != count {
			return Err(format!("{} of {count} nonces were searched", outcome.hashes));
		}
	}
	match &engine.devices()[0].last_fault {
		Some(fault) => Err(fault.to_string()),
		None => Ok(()),
	}
}

fn matrices(cuda: &Cuda, index: usize) -> Result<Result<(), String>, Fault> {
	let (rows, seed, batch) = (2_048, [0x51; 32], 7);
	let mut matrices = Matrices::open(cuda, index, rows)?;
	matrices.fill(&seed, batch)?;
	// All tickets of the second block of rows with the first columns, and at the corner: each at its own border.
	let mut scores = Vec::new();
	for (row, column) in (0..24u16).map(|n| (8 + n % 8, n / 8)).chain([(127, 127), (0, 127), (64, 1)]) {
		let ticket = Ticket { batch, row, column };
		scores.push((matrix::score(keccak256, &seed, ticket, DEPTH), ticket));
	}
	for (score, ticket) in &scores {
		// Where so many win that there is no room, the border says nothing more.
		if *score > u64::MAX / 2 {
			continue;
		}
		for (target, wins) in [(*score, true), (score.wrapping_sub(1), false)] {
			let found = matrices.tickets(0, matrices.blocks(), target)?;
			if found.wins.contains(ticket) != wins {
				return Ok(Err(format!("{ticket:?} at a target of {target:#x}")));
			}
		}
	}
	// As many as there should be, to within six standard deviations.
	let found = matrices.tickets(0, matrices.blocks(), u64::MAX >> 4)?;
	let (expected, got) = (found.tried as f64 / 16.0, found.wins.len() as f64);
	if (got - expected).abs() > 6.0 * expected.sqrt() {
		return Ok(Err(format!("{got} of {} tickets won, {expected:.0} should have", found.tried)));
	}
	Ok(Ok(()))
}

fn walks(cuda: &Cuda, index: usize) -> Result<Result<(), String>, Fault> {
	let (seed, entropy, count, target) = ([0x61; 32], [0x62; 32], 20_000, u64::MAX >> 3);
	let mut table = Table::open(cuda, index, 64 << 20)?;
	table.fill(&seed)?;
	let elements = table.elements();
	for first in [0, (1 << 32) - 10_000, u64::MAX - count] {
		let found = table.walk(&entropy, first, count, target)?;
		let wins = |nonce: &u64| table::check_walk(keccak256, &seed, &entropy, *nonce, elements, target);
		let expected: Vec<u64> = (first..first + count).filter(wins).collect();
		if let Err(problem) = same("walks", &found.wins, &expected) {
			return Ok(Err(problem));
		}
	}
	Ok(Ok(()))
}
