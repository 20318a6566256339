//! What this machine is, for the claims of a registration. Read from `/proc` and `/sys`; nothing here is proof.

use std::{fs, path::Path};

/// The machine as it describes itself. What cannot be found out is zero or empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Machine {
	/// The processor's model name.
	pub cpu_model: String,
	/// Processor cores that this program may use.
	pub cpu_cores: u16,
	/// Main memory, MiB.
	pub ram_mib: u32,
	/// Free space where the state lies, GiB.
	pub storage_gib: u32,
	/// Accelerators that the NVIDIA driver knows, by model.
	pub gpus: Vec<String>,
}

impl Machine {
	/// Looks at this machine; `state_dir` (or the nearest directory above it that exists) is where the disk is measured.
	pub fn detect(state_dir: &Path) -> Self {
		let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
		let meminfo = fs::read_to_string("/proc/meminfo").unwrap_or_default();
		Self {
			cpu_model: model_of(&cpuinfo).unwrap_or_else(|| std::env::consts::ARCH.into()),
			cpu_cores: std::thread::available_parallelism()
				.map_or(1, |cores| u16::try_from(cores.get()).unwrap_or(u16::MAX)),
			ram_mib: saturate(memory_kib(&meminfo) / 1024),
			storage_gib: saturate(free_bytes(state_dir) >> 30),
			gpus: nvidia_models(Path::new("/proc/driver/nvidia/gpus")),
		}
	}
}

/// Bytes that may still be written below `dir`.
pub fn free_bytes(dir: &Path) -> u64 {
	dir.ancestors()
		.find_map(|dir| rustix::fs::statvfs(dir).ok())
		.map_or(0, |disk| disk.f_bavail.saturating_mul(disk.f_frsize))
}

fn model_of(cpuinfo: &str) -> Option<String> {
	let field = |name: &str| {
		cpuinfo
			.lines()
			.find_map(|line| line.split_once(':').filter(|(key, _)| key.trim() == name).map(|(_, value)| value.trim()))
	};
	field("model name").or_else(|| field("Model")).filter(|model| !model.is_empty()).map(Into::into)
}

fn memory_kib(meminfo: &str) -> u64 {
	let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"));
	line.and_then(|rest| rest.split_whitespace().next()).and_then(|number| number.parse().ok()).unwrap_or_default()
}

fn nvidia_models(dir: &Path) -> Vec<String> {
	let mut cards: Vec<_> = fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
	cards.sort();
	cards
		.iter()
		.filter_map(|card| fs::read_to_string(card.join("information")).ok())
		.filter_map(|text| {
			text.lines().find_map(|line| line.strip_prefix("Model:").map(|model| model.trim().to_owned()))
		})
		.collect()
}

fn saturate(value: u64) -> u32 {
	u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn this_machine_has_something() {
		let machine = Machine::detect(Path::new("/nonexistent/below/the/root"));
		assert!(machine.cpu_cores > 0 && machine.ram_mib > 0 && !machine.cpu_model.is_empty(), "{machine:?}");
		assert!(free_bytes(Path::new("/")) > 0);
	}

	#[test]
	fn proc_is_read_as_it_is_written() {
		assert_eq!(model_of("processor\t: 0\nmodel name\t: Xeon X\n"), Some("Xeon X".into()));
		assert_eq!(model_of("Hardware : y\nModel\t\t: Raspberry Pi\n"), Some("Raspberry Pi".into()));
		assert_eq!(model_of(""), None);
		assert_eq!(memory_kib("MemTotal:       24000000 kB\nMemFree: 1 kB"), 24_000_000);
		assert_eq!(memory_kib("nonsense"), 0);
	}

	#[test]
	fn graphics_cards_are_found_in_their_order() {
		let dir = tempfile::tempdir().unwrap();
		for (bus, model) in [("0000:41:00.0", "NVIDIA H200"), ("0000:01:00.0", "NVIDIA L4")] {
			fs::create_dir(dir.path().join(bus)).unwrap();
			fs::write(dir.path().join(bus).join("information"), format!("Model: \t\t {model}\nIRQ: 5\n")).unwrap();
		}
		assert_eq!(nvidia_models(dir.path()), ["NVIDIA L4", "NVIDIA H200"]);
		assert!(nvidia_models(Path::new("/nonexistent")).is_empty());
	}
}
