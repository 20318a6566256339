//! Graphics cards: which engine searches, and how each device is doing.

use crate::{
	rates::{show_rate, Meter, WINDOWS},
	status::HashRates,
};
use gpu_miner_cuda::{compile::Cache, Cuda, NoCuda};
use gpu_miner_engine::{
	device::{Options, TuneCache},
	CpuEngine, DeviceEngine, DeviceStatus, Engine,
};
use serde::{Deserialize, Serialize};
use std::{
	fmt::Write as _,
	path::{Path, PathBuf},
	str::FromStr,
	sync::{Arc, Mutex, PoisonError},
	time::Instant,
};

/// Which devices search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Choice {
	/// All that there are.
	#[default]
	All,
	/// None: the processor does.
	None,
	/// These, by the driver's numbers.
	Only(Vec<usize>),
}

impl FromStr for Choice {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, String> {
		match text.trim() {
			"all" => Ok(Self::All),
			"none" => Ok(Self::None),
			list => {
				let numbers: Result<Vec<usize>, _> = list.split(',').map(|word| word.trim().parse()).collect();
				numbers.map(Self::Only).map_err(|_| format!("`{text}` is neither all, none nor numbers such as 0,2"))
			}
		}
	}
}

/// How devices are used.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceConfig {
	/// Which.
	pub choice: Choice,
	/// The share of its time that each works, percent: 1 to 100.
	pub intensity: u8,
	/// °C at which one pauses until it is cooler. Zero: never.
	pub pause_at: f64,
	/// Where plans and compiled kernels are kept.
	pub cache_dir: PathBuf,
}

/// Where compiled kernels are kept.
pub fn kernels(cache_dir: &Path) -> Cache {
	Cache::at(cache_dir.join("kernels"))
}

/// Where plans are kept.
pub fn plans(cache_dir: &Path) -> TuneCache {
	TuneCache::at(cache_dir.join("autotune"))
}

/// The engine for this machine, and the threads that suit it: devices where there are some, and the processor beneath them
/// or alone. Says which in a line.
pub fn choose(config: &DeviceConfig, processor_threads: usize) -> (Arc<dyn Engine>, usize) {
	let processor = || -> (Arc<dyn Engine>, usize) { (Arc::new(CpuEngine::best()), processor_threads) };
	let only = match &config.choice {
		Choice::None => return processor(),
		Choice::All => None,
		Choice::Only(only) => Some(only.clone()),
	};
	let cuda = match Cuda::find(kernels(&config.cache_dir)) {
		Ok(cuda) => cuda,
		// Most machines have none; only who asked for certain devices is to be warned.
		Err(why @ NoCuda::NoDriver) if only.is_none() => {
			tracing::info!("{why}");
			return processor();
		}
		Err(why) => {
			tracing::warn!("{why}");
			return processor();
		}
	};
	let options = Options {
		only,
		processor_threads,
		intensity: config.intensity.clamp(1, 100),
		hottest: (config.pause_at > 0.0).then_some(config.pause_at),
		cache: plans(&config.cache_dir),
		notice: Arc::new(|line| tracing::info!("{line}")),
		..Options::default()
	};
	match DeviceEngine::start(Arc::new(cuda), options) {
		Some(engine) => {
			let names: Vec<_> = engine.devices().into_iter().map(|device| device.info.name).collect();
			tracing::info!("searching on {}; until they are tuned the processor does", names.join(", "));
			let threads = engine.threads().unwrap_or(1);
			(Arc::new(engine), threads)
		}
		None => {
			tracing::warn!("none of the devices that were asked for is here: searching with the processor");
			processor()
		}
	}
}

/// How a device is doing, for people and programs. Figures are never missing: what a device does not tell is `null`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceLine {
	/// Its number with the driver.
	pub index: usize,
	/// Its model.
	pub name: String,
	/// What names it everywhere.
	pub uuid: String,
	/// `ready`, `busy`, `opening`, `paused` or `closed`.
	pub phase: String,
	/// Hashes per second over 10 s, 60 s, 15 min.
	pub hash_rate: HashRates,
	/// Hashes since the start.
	pub hashes: u64,
	/// Finds since the start.
	pub finds: u64,
	/// Faults since the start.
	pub faults: u64,
	/// The last of them; empty if there was none.
	pub last_fault: String,
	/// °C.
	pub temperature: Option<f64>,
	/// Watts.
	pub power: Option<f64>,
	/// Percent.
	pub fan: Option<f64>,
	/// MHz.
	pub clock: Option<f64>,
	/// MHz.
	pub memory_clock: Option<f64>,
	/// Hashes per joule over the last ten seconds.
	pub efficiency: Option<f64>,
}

/// The devices of an engine with their rates. Clones are the same board.
#[derive(Clone, Default)]
pub struct Board(Arc<Inner>);

#[derive(Default)]
struct Inner {
	engine: Option<Arc<dyn Engine>>,
	meters: Mutex<Vec<Meter>>,
}

impl std::fmt::Debug for Board {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str("Board")
	}
}

impl Board {
	/// The devices of `engine`; none for one that is the processor's.
	pub fn new(engine: Arc<dyn Engine>) -> Self {
		let meters = engine.devices().iter().map(|_| Meter::default()).collect();
		Self(Arc::new(Inner { engine: Some(engine), meters: Mutex::new(meters) }))
	}

	fn devices(&self) -> Vec<DeviceStatus> {
		self.0.engine.as_ref().map(|engine| engine.devices()).unwrap_or_default()
	}

	/// Measures. To be called about once a second.
	pub fn sample(&self, now: Instant) {
		let meters = self.0.meters.lock().unwrap_or_else(PoisonError::into_inner);
		for (meter, device) in meters.iter().zip(self.devices()) {
			meter.add(device.hashes.saturating_sub(meter.total()));
			meter.sample(now);
		}
	}

	/// A line for each device.
	pub fn lines(&self, now: Instant) -> Vec<DeviceLine> {
		let meters = self.0.meters.lock().unwrap_or_else(PoisonError::into_inner);
		meters.iter().zip(self.devices()).map(|(meter, device)| line(device, meter, now)).collect()
	}
}

fn line(device: DeviceStatus, meter: &Meter, now: Instant) -> DeviceLine {
	let [ten_seconds, minute, quarter] = WINDOWS.map(|window| meter.rate(window, now));
	let telemetry = device.telemetry;
	DeviceLine {
		index: device.info.index,
		name: device.info.name,
		uuid: device.info.uuid,
		phase: device.phase.name().into(),
		hash_rate: HashRates { ten_seconds, minute, quarter },
		hashes: device.hashes,
		finds: device.finds,
		faults: device.faults,
		last_fault: device.last_fault.map(|fault| fault.to_string()).unwrap_or_default(),
		temperature: telemetry.temperature,
		power: telemetry.power,
		fan: telemetry.fan,
		clock: telemetry.clock,
		memory_clock: telemetry.memory_clock,
		efficiency: telemetry.power.filter(|watts| *watts > 0.0).map(|watts| ten_seconds / watts),
	}
}

impl DeviceLine {
	/// One line for people.
	pub fn describe(&self) -> String {
		let show =
			|value: Option<f64>, unit: &str| value.map(|value| format!(", {value:.0} {unit}")).unwrap_or_default();
		let mut text = format!(
			"device {} {} {}: {} (10 s)  {} (60 s)  {} (15 min)",
			self.index,
			self.name,
			self.phase,
			show_rate(self.hash_rate.ten_seconds),
			show_rate(self.hash_rate.minute),
			show_rate(self.hash_rate.quarter),
		);
		text += &show(self.temperature, "°C");
		text += &show(self.power, "W");
		text += &show(self.clock, "MHz");
		text += &show(self.fan, "% fan");
		if self.faults > 0 {
			let _ = write!(text, ", {} faults, the last: {}", self.faults, self.last_fault);
		}
		text
	}
}

/// The devices in Prometheus' text format. A sensor that a device has not got is NaN, not missing.
pub fn metrics(lines: &[DeviceLine]) -> String {
	let mut text = String::new();
	let mut metric = |name: &str, kind: &str, help: &str, values: &dyn Fn(&DeviceLine) -> Vec<(String, f64)>| {
		if lines.is_empty() {
			return;
		}
		// Writing to a string cannot fail.
		let _ = writeln!(text, "# HELP gpu_miner_device_{name} {help}\n# TYPE gpu_miner_device_{name} {kind}");
		for line in lines {
			for (labels, value) in values(line) {
				let _ = writeln!(text, "gpu_miner_device_{name}{{device=\"{}\"{labels}}} {value}", line.index);
			}
		}
	};
	let plain = |value: f64| vec![(String::new(), value)];
	metric("info", "gauge", "What the device is.", &|line| {
		let clean = |text: &str| text.replace(['\\', '"', '\n'], " ");
		vec![(format!(",name=\"{}\",uuid=\"{}\"", clean(&line.name), clean(&line.uuid)), 1.0)]
	});
	metric("up", "gauge", "Whether the device can search.", &|line| {
		plain(f64::from(u8::from(matches!(line.phase.as_str(), "ready" | "busy"))))
	});
	metric("hash_rate", "gauge", "Hashes per second over a window.", &|line| {
		let rate = line.hash_rate;
		[("10s", rate.ten_seconds), ("60s", rate.minute), ("15m", rate.quarter)]
			.map(|(window, rate)| (format!(",window=\"{window}\""), rate))
			.to_vec()
	});
	metric("hashes_total", "counter", "Hashes since the start.", &|line| plain(line.hashes as f64));
	metric("finds_total", "counter", "Finds since the start.", &|line| plain(line.finds as f64));
	metric("faults_total", "counter", "Faults since the start.", &|line| plain(line.faults as f64));
	let or_nan = |value: Option<f64>| plain(value.unwrap_or(f64::NAN));
	metric("temperature_celsius", "gauge", "Temperature.", &|line| or_nan(line.temperature));
	metric("power_watts", "gauge", "Power.", &|line| or_nan(line.power));
	metric("fan_percent", "gauge", "Fan.", &|line| or_nan(line.fan));
	metric("clock_mhz", "gauge", "The multiprocessors' clock.", &|line| or_nan(line.clock));
	metric("memory_clock_mhz", "gauge", "The memory's clock.", &|line| or_nan(line.memory_clock));
	metric("hashes_per_joule", "gauge", "Efficiency over ten seconds.", &|line| or_nan(line.efficiency));
	text
}

#[cfg(test)]
mod tests {
	use super::*;
	use gpu_miner_engine::{
		device::{
			fake::{Act, FakeDriver},
			Plan,
		},
		Job,
	};
	use std::{sync::atomic::AtomicBool, time::Duration};

	#[test]
	fn choices_should_read_as_they_are_written() {
		assert_eq!("all".parse(), Ok(Choice::All));
		assert_eq!("none".parse(), Ok(Choice::None));
		assert_eq!("0, 2".parse(), Ok(Choice::Only(vec![0, 2])));
		assert!("gpu0".parse::<Choice>().unwrap_err().contains("gpu0"));
		assert!("".parse::<Choice>().is_err());
	}

	#[test]
	fn a_machine_without_the_device_should_search_with_its_processor() {
		let config = |choice| DeviceConfig {
			choice,
			intensity: 100,
			pause_at: 87.0,
			cache_dir: std::env::temp_dir().join("gpu-miner-no-cache"),
		};
		let (engine, threads) = choose(&config(Choice::None), 3);
		assert_eq!((threads, engine.devices().len()), (3, 0));
		let (engine, threads) = choose(&config(Choice::Only(vec![4_711])), 2);
		assert_eq!((threads, engine.devices().len()), (2, 0), "there is no such device anywhere");
	}

	#[test]
	fn a_board_should_show_each_device() {
		let options = Options { plans: vec![Plan::SAFE], ..Options::default() };
		let driver = Arc::new(FakeDriver::new(2, |_, _, _| Act::Work));
		driver.set_temperature(Some(55.0));
		let engine = Arc::new(DeviceEngine::start(driver, options).unwrap());
		assert_eq!(engine.wait_until_ready(Duration::from_secs(30)), 2);
		let board = Board::new(engine.clone());
		engine.search(&Job::new([1; 32], [0; 32]), 0..100_000, &AtomicBool::new(false), &mut Vec::new());
		let later = Instant::now() + Duration::from_secs(1);
		board.sample(later);
		let lines = board.lines(later);
		assert_eq!(lines.len(), 2);
		assert!(lines.iter().map(|line| line.hashes).sum::<u64>() >= 100_000);
		assert!(lines.iter().any(|line| line.hash_rate.ten_seconds > 0.0));
		assert_eq!((lines[0].temperature, lines[0].fan), (Some(55.0), None));
		assert!(lines[1].describe().contains("device 1 Fake") && lines[0].describe().contains("55 °C"));
		let json = serde_json::to_string(&lines).unwrap();
		assert_eq!(serde_json::from_str::<Vec<DeviceLine>>(&json).unwrap().len(), 2);

		let text = metrics(&lines);
		for part in [
			"gpu_miner_device_up{device=\"0\"} 1\n",
			"gpu_miner_device_fan_percent{device=\"1\"} NaN\n",
			"gpu_miner_device_hash_rate{device=\"1\",window=\"15m\"} ",
			"gpu_miner_device_info{device=\"0\",name=\"Fake\",uuid=\"GPU-fake-0\"} 1\n",
		] {
			assert!(text.contains(part), "{part} is missing:\n{text}");
		}
		assert_eq!(text.matches("# TYPE gpu_miner_device_power_watts gauge").count(), 1);
		assert!(metrics(&[]).is_empty());
		assert!(Board::default().lines(later).is_empty());
	}
}
