//! Finding the plan that is fastest on a device, and remembering it.

use super::{worker::self_test, Batch, Device, DeviceInfo, Fault, Plan};
use crate::{device::midstate, Job};
use core::sync::atomic::{AtomicBool, Ordering};
use std::{
	fs,
	path::PathBuf,
	time::{Duration, Instant},
};

/// How long a plan is measured.
const EACH: Duration = Duration::from_millis(60);
/// Nonces of the first, short batch that says how many fit into [`EACH`].
const PROBE: u64 = 1 << 20;
/// A file that is longer than this was not written by us.
const LONGEST_FILE: u64 = 1 << 20;

/// A file with the best plan of each device that was ever tuned here, a line each. Without a path nothing is remembered.
#[derive(Clone, Debug, Default)]
pub struct TuneCache {
	path: Option<PathBuf>,
}

impl TuneCache {
	/// Remembers in that file.
	pub fn at(path: impl Into<PathBuf>) -> Self {
		Self { path: Some(path.into()) }
	}

	/// Another driver or another kernel is tuned for anew.
	fn key(info: &DeviceInfo) -> String {
		let name: String = info.name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
		format!("{name}/{}/{}/{}", info.uuid, info.driver.replace(char::is_whitespace, "-"), env!("CARGO_PKG_VERSION"))
	}

	/// The plan that was best on this device. A file that cannot be read is no file.
	pub fn get(&self, info: &DeviceInfo) -> Option<Plan> {
		let path = self.path.as_ref()?;
		if fs::metadata(path).ok()?.len() > LONGEST_FILE {
			return None;
		}
		let (text, key) = (fs::read_to_string(path).ok()?, Self::key(info));
		let line = text.lines().find_map(|line| line.strip_prefix(&key)?.strip_prefix(' '))?;
		let mut numbers = line.split(' ').map(|word| word.parse().ok());
		let mut next = || numbers.next().flatten();
		let plan = Plan { unroll: next()?, block: next()?, resident: next()?, multiplied: next()? };
		// A plan that was never a candidate might not even compile.
		Plan::candidates().contains(&plan).then_some(plan)
	}

	/// Remembers a plan. That it cannot be written costs the next start some seconds, and is no fault.
	pub fn put(&self, info: &DeviceInfo, plan: &Plan) {
		let Some(path) = &self.path else { return };
		let key = Self::key(info);
		let old = fs::read_to_string(path).unwrap_or_default();
		let mut text: String =
			old.lines().filter(|line| !line.starts_with(&format!("{key} "))).map(|line| format!("{line}\n")).collect();
		text += &format!("{key} {} {} {} {}\n", plan.unroll, plan.block, plan.resident, plan.multiplied);
		if let Some(dir) = path.parent() {
			let _ = fs::create_dir_all(dir);
		}
		// Never half a file, whenever the power goes.
		let beside = path.with_extension(format!("new-{}", std::process::id()));
		if fs::write(&beside, text).is_ok() {
			let _ = fs::rename(&beside, path);
		}
	}
}

/// Hashes per second with the plan that is compiled.
fn measure(device: &mut dyn Device) -> Result<f64, Fault> {
	let job = Job::new([7; 32], [0; 32]);
	let state = midstate(&job);
	let mut run = |count| {
		let start = Instant::now();
		device.launch(&Batch::new(&job, state, 0, count))?;
		device.finds()?;
		Ok(count as f64 / start.elapsed().as_secs_f64().max(1e-9))
	};
	run(PROBE)?;
	let rate = run(PROBE)?;
	run(((rate * EACH.as_secs_f64()) as u64).clamp(PROBE, PROBE << 12))
}

/// Compiles the fastest plan that is right. A plan that fails alone is passed over; a device that fails with all is faulty.
pub(crate) fn tune(
	device: &mut dyn Device,
	cache: &TuneCache,
	plans: &[Plan],
	stop: &AtomicBool,
) -> Result<Plan, Fault> {
	let info = device.info().clone();
	if let Some(plan) = cache.get(&info) {
		if device.compile(&plan).is_ok() {
			return Ok(plan);
		}
	}
	if let [plan] = plans {
		// Nothing to choose from.
		device.compile(plan)?;
		return Ok(*plan);
	}
	let (mut best, mut fault) = (None, Fault::Compile("there is no plan to compile".into()));
	for plan in plans {
		if stop.load(Ordering::Relaxed) {
			break;
		}
		let measured = device.compile(plan).and_then(|()| self_test(device)).and_then(|()| measure(device));
		match measured {
			Ok(rate) if best.is_none_or(|(fastest, _)| rate > fastest) => best = Some((rate, *plan)),
			Ok(_) => (),
			Err(lost @ (Fault::Lost(_) | Fault::Hung)) => return Err(lost),
			Err(why) => fault = why,
		}
	}
	let (_, plan) = best.ok_or(fault)?;
	device.compile(&plan)?;
	// A tuning that was broken off is not remembered.
	if !stop.load(Ordering::Relaxed) {
		cache.put(&info, &plan);
	}
	Ok(plan)
}
