//! Measuring devices, so that others can measure the same.

use crate::{
	compile, limit,
	power::{Matrices, Table},
	Cuda,
};
use gpu_miner_engine::{
	device::{DeviceInfo, Driver, Fault, Options, Plan, TuneCache},
	DeviceEngine, Engine, Job,
};
use serde::Serialize;
use std::{
	fmt::Write as _,
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc,
	},
	thread,
	time::{Duration, Instant},
};

/// How long a device may take to be tuned.
const TUNING: Duration = Duration::from_secs(300);
/// How often clocks and power are read.
const SAMPLE: Duration = Duration::from_millis(100);

/// What was measured of one device.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DeviceReport {
	/// Its number with the driver.
	pub index: usize,
	/// Its model.
	pub name: String,
	/// What names it everywhere.
	pub uuid: String,
	/// The driver's version.
	pub driver: String,
	/// The compute capability.
	pub architecture: String,
	/// Multiprocessors.
	pub multiprocessors: u32,
	/// Memory, MiB.
	pub memory_mib: u64,
	/// The plan that is fastest.
	pub plan: String,
	/// Why there is less here than there could be; empty if there is nothing to say.
	pub problem: String,
	/// The search for hashes.
	pub keccak: Option<Measured>,
	/// The matrix lottery: tickets.
	pub matrix: Option<Measured>,
	/// The arithmetic of the matrix lottery, 10^12 multiplications and additions a second.
	pub matrix_tera_operations: Option<f64>,
	/// The resident table: walks.
	pub table: Option<Measured>,
	/// The seconds it took to fill the table, and its MiB.
	pub table_fill: Option<(f64, u64)>,
	/// From the moment a search is cancelled until it ended, ms: the longest of several.
	pub cancel_ms: Option<f64>,
}

/// A rate, and how the device was meanwhile. What it does not tell is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Measured {
	/// So many a second.
	pub per_second: f64,
	/// Seconds that were measured.
	pub seconds: f64,
	/// The multiprocessors' clock, MHz: the median of what was read meanwhile.
	pub clock_mhz: Option<f64>,
	/// What is possible at that clock, for hashes: see [`limit`].
	pub limit: Option<f64>,
	/// The rate divided by that.
	pub ratio: Option<f64>,
	/// Watts, the mean.
	pub power_watts: Option<f64>,
	/// So many a joule.
	pub per_joule: Option<f64>,
	/// °C, the highest.
	pub temperature: Option<f64>,
}

/// What to measure.
#[derive(Clone, Debug)]
pub struct BenchOptions {
	/// Seconds for each engine.
	pub seconds: f64,
	/// Whether to measure the two lotteries too.
	pub lotteries: bool,
	/// Devices, by number. `None`: all.
	pub only: Option<Vec<usize>>,
	/// Where plans are remembered.
	pub cache: TuneCache,
}

/// Measures each device by itself.
pub fn run(cuda: &Cuda, options: &BenchOptions) -> Vec<DeviceReport> {
	let wanted = |info: &DeviceInfo| options.only.as_ref().is_none_or(|only| only.contains(&info.index));
	cuda.devices().into_iter().filter(wanted).map(|info| device(cuda, &info, options)).collect()
}

fn device(cuda: &Cuda, info: &DeviceInfo, options: &BenchOptions) -> DeviceReport {
	let mut report = DeviceReport {
		index: info.index,
		name: info.name.clone(),
		uuid: info.uuid.clone(),
		driver: info.driver.clone(),
		architecture: format!("{}.{}", info.architecture.0, info.architecture.1),
		multiprocessors: info.multiprocessors,
		memory_mib: info.memory >> 20,
		..DeviceReport::default()
	};
	let mut problems = Vec::new();
	if let Err(problem) = keccak(cuda, info, options, &mut report) {
		problems.push(format!("hashes: {problem}"));
	}
	if options.lotteries {
		if let Err(fault) = matrix(cuda, info, options, &mut report) {
			problems.push(format!("matrices: {fault}"));
		}
		if let Err(fault) = table(cuda, info, options, &mut report) {
			problems.push(format!("table: {fault}"));
		}
	}
	if !cuda.nvml().is_present() {
		problems.push("no management library, so neither clocks nor power".into());
	}
	if !compile::is_present() {
		problems.push("no libnvrtc, so only kernels that were compiled before".into());
	}
	report.problem = problems.join("; ");
	report
}

fn keccak(cuda: &Cuda, info: &DeviceInfo, options: &BenchOptions, report: &mut DeviceReport) -> Result<(), String> {
	let engine_options = Options {
		only: Some(vec![info.index]),
		processor_threads: 0,
		cache: options.cache.clone(),
		hottest: None,
		..Options::default()
	};
	let engine = DeviceEngine::start(Arc::new(cuda.clone()), engine_options).ok_or("there is no such device")?;
	if engine.wait_until_ready(TUNING) == 0 {
		let fault = engine.devices().into_iter().find_map(|status| status.last_fault);
		return Err(fault.map_or_else(|| "not ready in time".into(), |fault: Fault| fault.to_string()));
	}
	// The target cannot be met, as in the long run of a real search.
	let job = Job::new([7; 32], [0; 32]);
	let hashes = || engine.devices()[0].hashes;
	let search = |time: Duration| -> (u64, f64, f64) {
		let cancel = AtomicBool::new(false);
		thread::scope(|scope| {
			let running = scope.spawn(|| engine.search(&job, 0..u64::MAX, &cancel, &mut Vec::new()));
			// Batches find their size first.
			thread::sleep(Duration::from_millis(500).min(time));
			let (start, before) = (Instant::now(), hashes());
			thread::sleep(time);
			let (done, took) = (hashes() - before, start.elapsed().as_secs_f64());
			let asked = Instant::now();
			cancel.store(true, Ordering::Relaxed);
			let _ = running.join();
			(done, took, asked.elapsed().as_secs_f64() * 1_000.0)
		})
	};
	let mut latest: f64 = 0.0;
	for _ in 0..5 {
		latest = latest.max(search(Duration::from_millis(300)).2);
	}
	let time = Duration::from_secs_f64(options.seconds.clamp(0.3, 600.0));
	let ((done, took, late), samples) = watched(cuda, &info.uuid, || search(time));
	let mut measured = samples.measured(done as f64, took);
	measured.limit = measured.clock_mhz.map(|clock| limit(info.multiprocessors, clock));
	measured.ratio = measured.limit.map(|limit| measured.per_second / limit);
	report.cancel_ms = Some(latest.max(late));
	report.keccak = Some(measured);
	let status = &engine.devices()[0];
	report.plan = status.plan.map(|plan| show_plan(&plan)).unwrap_or_default();
	match &status.last_fault {
		Some(fault) => Err(fault.to_string()),
		None => Ok(()),
	}
}

fn matrix(cuda: &Cuda, info: &DeviceInfo, options: &BenchOptions, report: &mut DeviceReport) -> Result<(), Fault> {
	// A whole batch takes 1 GiB: a small device does a part of one.
	let rows = if info.memory >= 4 << 30 { 65_536 } else { 16_384 };
	let mut matrices = Matrices::open(cuda, info.index, rows)?;
	let seed = [0x70; 32];
	matrices.fill(&seed, 0)?;
	// One win in about a million, so that checking them costs next to nothing.
	let target = u64::MAX >> 20;
	let blocks = matrices.blocks();
	matrices.tickets(0, blocks.min(64), target)?;
	let limit = Duration::from_secs_f64(options.seconds.clamp(0.3, 600.0));
	let (done, samples) = watched(cuda, &info.uuid, || {
		let (start, mut tickets, mut took, mut first) = (Instant::now(), 0, 0.0, 0);
		while start.elapsed() < limit {
			let wins = matrices.tickets(first, 64, target)?;
			tickets += wins.tried;
			took += wins.took.as_secs_f64();
			first = (first + 64) % blocks;
		}
		Ok((tickets, took))
	});
	let (tickets, took): (u64, f64) = done?;
	let measured = samples.measured(tickets as f64, took);
	// 16 × 16 × 4,096 multiplications, and as many additions.
	report.matrix_tera_operations = Some(measured.per_second * 2.0 * 1_048_576.0 / 1e12);
	report.matrix = Some(measured);
	Ok(())
}

fn table(cuda: &Cuda, info: &DeviceInfo, options: &BenchOptions, report: &mut DeviceReport) -> Result<(), Fault> {
	// Far beyond every cache, and filled in some seconds.
	let bytes = (info.memory / 4).min(16 << 30);
	let mut table = Table::open(cuda, info.index, bytes)?;
	let filled = table.fill(&[0x71; 32])?;
	report.table_fill = Some((filled.as_secs_f64(), (table.elements() * 32) >> 20));
	let limit = Duration::from_secs_f64(options.seconds.clamp(0.3, 600.0));
	let (done, samples) = watched(cuda, &info.uuid, || {
		let (start, mut walks, mut took, mut count) = (Instant::now(), 0u64, 0.0, 1u64 << 18);
		while start.elapsed() < limit {
			let wins = table.walk(&[0x72; 32], walks, count, u64::MAX >> 24)?;
			walks += wins.tried;
			took += wins.took.as_secs_f64();
			if wins.took < Duration::from_millis(20) {
				count = (count * 2).min(1 << 30);
			}
		}
		Ok((walks, took))
	});
	let (walks, took): (u64, f64) = done?;
	report.table = Some(samples.measured(walks as f64, took));
	Ok(())
}

/// What was read of a device while something ran.
#[derive(Default)]
struct Samples {
	clocks: Vec<f64>,
	powers: Vec<f64>,
	temperatures: Vec<f64>,
}

impl Samples {
	fn measured(mut self, done: f64, seconds: f64) -> Measured {
		self.clocks.sort_unstable_by(f64::total_cmp);
		let per_second = done / seconds.max(1e-9);
		let power_watts = (!self.powers.is_empty()).then(|| self.powers.iter().sum::<f64>() / self.powers.len() as f64);
		Measured {
			per_second,
			seconds,
			clock_mhz: self.clocks.get(self.clocks.len() / 2).copied(),
			power_watts,
			per_joule: power_watts.filter(|watts| *watts > 0.0).map(|watts| per_second / watts),
			temperature: self.temperatures.into_iter().reduce(f64::max),
			..Measured::default()
		}
	}
}

/// Does something, and reads a device's clock and power meanwhile.
fn watched<R: Send>(cuda: &Cuda, uuid: &str, what: impl FnOnce() -> R + Send) -> (R, Samples) {
	let over = AtomicBool::new(false);
	thread::scope(|scope| {
		let watcher = scope.spawn(|| {
			let mut samples = Samples::default();
			while !over.load(Ordering::Relaxed) {
				// The first ones are of a device that wakes up.
				thread::sleep(SAMPLE);
				let telemetry = cuda.nvml().telemetry(uuid);
				samples.clocks.extend(telemetry.clock);
				samples.powers.extend(telemetry.power);
				samples.temperatures.extend(telemetry.temperature);
			}
			samples
		});
		let result = what();
		over.store(true, Ordering::Relaxed);
		(result, watcher.join().unwrap_or_default())
	})
}

/// A plan in words.
pub fn show_plan(plan: &Plan) -> String {
	format!(
		"{} rounds unrolled, {} threads a block, at least {} blocks resident, {} rotations multiplied",
		plan.unroll, plan.block, plan.resident, plan.multiplied
	)
}

/// The report for people.
pub fn describe(reports: &[DeviceReport]) -> String {
	let mut text = String::new();
	let show = |value: Option<f64>, unit: &str| value.map_or("?".into(), |value| format!("{value:.0} {unit}"));
	for report in reports {
		let _ = writeln!(
			text,
			"device {}: {} ({}, {} multiprocessors, {} MiB, driver {})",
			report.index, report.name, report.architecture, report.multiprocessors, report.memory_mib, report.driver
		);
		let lines = [
			("hashes", report.keccak, 1e9, "GH/s", "MH/J"),
			("matrix tickets", report.matrix, 1e6, "M/s", "M/J"),
			("table walks", report.table, 1e6, "M/s", "M/J"),
		];
		for (name, measured, scale, unit, per_joule) in lines {
			let Some(measured) = measured else { continue };
			let _ = write!(
				text,
				"  {name:<15} {:>10.3} {unit}  clock {}, power {}, {} °C",
				measured.per_second / scale,
				show(measured.clock_mhz, "MHz"),
				show(measured.power_watts, "W"),
				measured.temperature.map_or("?".into(), |degrees| format!("{degrees:.0}")),
			);
			if let Some(efficiency) = measured.per_joule {
				let _ = write!(text, ", {:.3} {per_joule}", efficiency / 1e6);
			}
			if let Some(ratio) = measured.ratio {
				let _ = write!(text, ", {ratio:.3} of the limit");
			}
			text.push('\n');
		}
		if let Some(tera) = report.matrix_tera_operations {
			let _ = writeln!(text, "  matrix arithmetic {tera:.1} T operations/s, exact");
		}
		if let Some((seconds, mib)) = report.table_fill {
			let _ = writeln!(text, "  table of {mib} MiB filled in {seconds:.2} s");
		}
		if let Some(ms) = report.cancel_ms {
			let _ = writeln!(text, "  a cancelled search ends within {ms:.0} ms");
		}
		if !report.plan.is_empty() {
			let _ = writeln!(text, "  {}", report.plan);
		}
		if !report.problem.is_empty() {
			let _ = writeln!(text, "  {}", report.problem);
		}
	}
	text
}

/// The report as a table in Markdown.
pub fn markdown(reports: &[DeviceReport]) -> String {
	let show = |value: Option<f64>, digits: usize| value.map_or("–".into(), |value| format!("{value:.digits$}"));
	let mut text = String::new();
	for report in reports {
		let _ = writeln!(
			text,
			"## Device {}: {}\n\nDriver {}, compute capability {}, {} multiprocessors, {} MiB. {}.\n\n\
			 | what | rate | clock, MHz | limit | ratio | power, W | efficiency | °C |\n\
			 | --- | --- | --- | --- | --- | --- | --- | --- |",
			report.index,
			report.name,
			report.driver,
			report.architecture,
			report.multiprocessors,
			report.memory_mib,
			if report.plan.is_empty() { "Not tuned" } else { &report.plan },
		);
		let lines = [
			("Keccak-256", report.keccak, 1e9, "GH/s", "MH/J"),
			("matrix tickets", report.matrix, 1e6, "M/s", "M/J"),
			("table walks", report.table, 1e6, "M/s", "M/J"),
		];
		for (name, measured, scale, unit, per_joule) in lines {
			let Some(measured) = measured else { continue };
			let _ = writeln!(
				text,
				"| {name} | {:.3} {unit} | {} | {} | {} | {} | {} {per_joule} | {} |",
				measured.per_second / scale,
				show(measured.clock_mhz, 0),
				show(measured.limit.map(|limit| limit / 1e9), 3),
				show(measured.ratio, 3),
				show(measured.power_watts, 0),
				show(measured.per_joule.map(|each| each / 1e6), 3),
				show(measured.temperature, 0),
			);
		}
		text.push('\n');
		if let Some(tera) = report.matrix_tera_operations {
			let _ = writeln!(text, "Matrix arithmetic: {tera:.1} T operations a second, every sum exact.");
		}
		if let Some((seconds, mib)) = report.table_fill {
			let _ = writeln!(text, "The table: {mib} MiB filled in {seconds:.2} s.");
		}
		if let Some(ms) = report.cancel_ms {
			let _ = writeln!(text, "A cancelled search ended within {ms:.0} ms.");
		}
		if !report.problem.is_empty() {
			let _ = writeln!(text, "Not so good: {}.", report.problem);
		}
	}
	text
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn figures_that_a_device_does_not_tell_should_be_missing_and_not_zero() {
		let nothing = Samples::default().measured(100.0, 2.0);
		assert_eq!(nothing, Measured { per_second: 50.0, seconds: 2.0, ..Measured::default() });
		let samples = Samples {
			clocks: vec![1_980.0, 345.0, 1_970.0],
			powers: vec![600.0, 400.0],
			temperatures: vec![40.0, 60.0],
		};
		let measured = samples.measured(1_000.0, 1.0);
		assert_eq!((measured.clock_mhz, measured.power_watts), (Some(1_970.0), Some(500.0)));
		assert_eq!((measured.per_joule, measured.temperature), (Some(2.0), Some(60.0)));
		assert_eq!(Samples::default().measured(1.0, 0.0).clock_mhz, None);
	}

	#[test]
	fn reports_should_read_well_with_and_without_figures() {
		let measured = Measured {
			per_second: 4.0e9,
			clock_mhz: Some(1_980.0),
			ratio: Some(0.976),
			power_watts: Some(500.0),
			per_joule: Some(8e6),
			..Measured::default()
		};
		let full = DeviceReport { name: "NVIDIA X".into(), keccak: Some(measured), ..DeviceReport::default() };
		let table = markdown(core::slice::from_ref(&full));
		assert!(table.contains("| Keccak-256 | 4.000 GH/s | 1980 | – | 0.976 | 500 | 8.000 MH/J | – |"), "{table}");
		let text = describe(&[full, DeviceReport { problem: "out of luck".into(), ..DeviceReport::default() }]);
		for part in ["4.000 GH/s", "1980 MHz", "0.976 of the limit", "8.000 MH/J", "? °C", "out of luck"] {
			assert!(text.contains(part), "{part} is missing:\n{text}");
		}
		assert!(serde_json::to_string(&DeviceReport::default()).unwrap().contains("\"keccak\":null"));
		assert!(show_plan(&Plan::SAFE).contains("22 rounds"));
	}
}
