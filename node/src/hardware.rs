//! How fast this machine is.
//!
//! Measured and shown, not judged: what a validator needs follows from the runtime's measured weights.

use sc_service::{Configuration, TaskManager};
use sc_sysinfo::{HwBench, Metric, Requirement, Requirements, Throughput};
use sc_telemetry::Telemetry;
use std::{fs, io, thread};

/// Measures CPU, memory and the disk that holds the database. Takes about a second.
///
/// # Errors
/// When the database's folder cannot be made.
pub fn measure(config: &Configuration) -> io::Result<HwBench> {
	let folder = config.database.path();
	if let Some(folder) = folder {
		fs::create_dir_all(folder)?;
	}
	Ok(sc_sysinfo::gather_hwbench(folder, &all_cores()))
}

/// Logs the measurement and, where telemetry is on, sends it each time that telemetry connects.
pub fn report(hardware: HwBench, telemetry: Option<&Telemetry>, task_manager: &TaskManager) {
	sc_sysinfo::print_hwbench(&hardware);
	if let Some(telemetry) = telemetry {
		task_manager.spawn_handle().spawn(
			"telemetry-hardware",
			None,
			sc_sysinfo::initialize_hwbench_telemetry(telemetry.handle(), hardware),
		);
	}
}

/// Asks for the speed of all cores together, which is left out otherwise. The minimum is not looked at.
fn all_cores() -> Requirements {
	let num_cores = thread::available_parallelism().map_or(1, |cores| cores.get());
	Requirements(vec![Requirement {
		metric: Metric::Blake2256Parallel { num_cores },
		minimum: Throughput::from_mibs(0.0),
		validator_only: false,
	}])
}
