//! What NVIDIA's management library tells of a device. Everything may be missing.

use gpu_miner_engine::device::Telemetry;
use nvml_wrapper::enum_wrappers::device::{Clock, TemperatureSensor};
use std::sync::Arc;

/// The management library, or nothing where there is none.
#[derive(Clone, Default)]
pub struct Nvml(Option<Arc<nvml_wrapper::Nvml>>);

impl Nvml {
	/// Looks for the library.
	pub fn find() -> Self {
		Self(nvml_wrapper::Nvml::init().ok().map(Arc::new))
	}

	/// Whether there is one.
	pub fn is_present(&self) -> bool {
		self.0.is_some()
	}

	/// The driver's version.
	pub fn driver_version(&self) -> Option<String> {
		self.0.as_ref()?.sys_driver_version().ok()
	}

	/// How the device with that UUID is. CUDA and this library number devices differently.
	pub fn telemetry(&self, uuid: &str) -> Telemetry {
		let Some(device) = self.0.as_ref().and_then(|nvml| nvml.device_by_uuid(uuid).ok()) else {
			return Telemetry::default();
		};
		let number = |value: Option<u32>| value.map(f64::from);
		Telemetry {
			temperature: number(device.temperature(TemperatureSensor::Gpu).ok()),
			power: number(device.power_usage().ok()).map(|milliwatts| milliwatts / 1_000.0),
			fan: number(device.fan_speed(0).ok()),
			clock: number(device.clock_info(Clock::SM).ok()),
			memory_clock: number(device.clock_info(Clock::Memory).ok()),
			utilisation: number(device.utilization_rates().ok().map(|rates| rates.gpu)),
		}
	}

	/// The highest clock of the multiprocessors, MHz.
	pub fn highest_clock(&self, uuid: &str) -> Option<f64> {
		let device = self.0.as_ref()?.device_by_uuid(uuid).ok()?;
		device.max_clock_info(Clock::SM).ok().map(f64::from)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_missing_library_should_mean_missing_figures_and_no_panic() {
		let none = Nvml::default();
		assert_eq!(none.telemetry("GPU-none"), Telemetry::default());
		assert_eq!((none.driver_version(), none.highest_clock("GPU-none")), (None, None));
		// Whatever this machine has: a device that it has not got tells nothing.
		assert_eq!(Nvml::find().telemetry("GPU-none"), Telemetry::default());
	}
}
