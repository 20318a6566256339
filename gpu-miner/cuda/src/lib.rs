//! NVIDIA devices for gpu-miner: the kernels, and the CUDA driver and NVML behind the engine's
//! [`Driver`](gpu_miner_engine::device::Driver).
//!
//! - [`kernels`]: the sources, one file a kernel, and what each is compiled with.
//! - [`compile`]: nvrtc, and a folder of what was compiled before.
//! - [`Cuda`]: the driver. [`Nvml`]: temperatures, clocks, power.
//! - [`bench`] and [`check`]: measuring a device, and holding it against the processor.
//! - [`power`]: the two other proofs of power, matrix products and a resident table, on a device.
//!
//! Nothing of CUDA is needed to build this, nor to run it: where there is no driver [`Cuda::find`] says so in one line, and
//! the processor searches. The kernels are C++ as much as CUDA: `tests/parity.rs` compiles them for the processor, over
//! `kernels/host.hpp`, and holds them against the engines, so that a machine without a device tests them too.

#![warn(missing_docs)]

pub mod bench;
pub mod check;
pub mod compile;
mod driver;
pub mod kernels;
mod nvml;
pub mod power;

pub use driver::{Cuda, NoCuda};
pub use nvml::Nvml;

/// 32-bit operations of one Keccak-256 of 64 bytes, when nothing is computed that need not be: 94 in the first round,
/// behind a midstate, 178 in each of 22 (theta 20 + 10 + 50, rho 48, chi 50), 33 in the last, and 37 for constants.
pub const OPERATIONS: f64 = 4_080.0;

/// Lanes of 32 bits that do logic on a multiprocessor of compute capability 7.0 or later.
pub const LOGIC_LANES: f64 = 64.0;

/// The hashes per second that a device can do at most without its integer multiplier: one logic operation a lane and
/// clock. With rotations on the multiplier more is possible.
pub fn limit(multiprocessors: u32, clock_mhz: f64) -> f64 {
	f64::from(multiprocessors) * LOGIC_LANES * clock_mhz * 1e6 / OPERATIONS
}

#[cfg(test)]
mod tests {
	#[test]
	fn an_h200_should_be_limited_to_four_thousand_million() {
		assert_eq!((super::limit(132, 1_980.0) / 1e7).round(), 410.0);
	}
}
