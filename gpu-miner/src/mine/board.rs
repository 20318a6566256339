//! What `mine` tells about itself, as JSON and for Prometheus.

use super::figures::SharedFigures;
use crate::{
	devices::{self, Board, DeviceLine},
	http::Page,
	rates::WINDOWS,
	status::HashRates,
};
use serde::{Deserialize, Serialize};
use std::{fmt::Write as _, time::Instant};

/// Everything `/status` of `mine` says. Figures are never missing: what there is none of is zero.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MineStatus {
	/// The program's version.
	pub version: String,
	/// Seconds since the start.
	pub uptime_seconds: u64,
	/// The node that gives work; empty when there is none.
	pub endpoint: String,
	/// The number of the block that is searched for; zero when there is no work.
	pub block: u64,
	/// Its difficulty.
	pub difficulty: String,
	/// Hashes per second over 10 s, 60 s, 15 min.
	pub hash_rate: HashRates,
	/// Hashes since the start.
	pub hashes: u64,
	/// Finds that became the head of the chain.
	pub accepted: u64,
	/// Finds that came too late.
	pub stale: u64,
	/// Finds that the node took for wrong ones.
	pub rejected: u64,
	/// Finds for work that somebody else had solved.
	pub duplicate: u64,
	/// Finds that could not be handed in.
	pub failed: u64,
	/// Nonces that the engine took for finds wrongly; never handed in.
	pub wrong: u64,
	/// What last went wrong; empty if nothing did.
	pub last_problem: String,
	/// The devices that search; none if it is the processor.
	pub devices: Vec<DeviceLine>,
}

/// Reads figures and devices whenever it is asked.
#[derive(Clone, Debug)]
pub struct MineBoard {
	figures: SharedFigures,
	devices: Board,
	started: Instant,
}

impl MineBoard {
	/// Over these figures and devices.
	pub fn new(figures: SharedFigures, devices: Board) -> Self {
		Self { figures, devices, started: Instant::now() }
	}

	/// How it is now.
	pub fn get(&self) -> MineStatus {
		let (now, figures, meter) = (Instant::now(), self.figures.get(), self.figures.meter());
		let [ten_seconds, minute, quarter] = WINDOWS.map(|window| meter.rate(window, now));
		MineStatus {
			version: env!("CARGO_PKG_VERSION").into(),
			uptime_seconds: now.duration_since(self.started).as_secs(),
			endpoint: figures.endpoint.unwrap_or_default(),
			block: figures.work.as_ref().map_or(0, |work| work.number),
			difficulty: figures.work.map(|work| work.difficulty.to_string()).unwrap_or_default(),
			hash_rate: HashRates { ten_seconds, minute, quarter },
			hashes: meter.total(),
			accepted: figures.accepted,
			stale: figures.stale,
			rejected: figures.invalid,
			duplicate: figures.duplicate,
			failed: figures.failed,
			wrong: figures.wrong,
			last_problem: figures.problem.unwrap_or_default(),
			devices: self.devices.lines(now),
		}
	}
}

impl MineStatus {
	/// In Prometheus' text format.
	pub fn metrics(&self) -> String {
		let mut text = String::new();
		let mut metric = |name: &str, kind: &str, help: &str, values: &[(&str, f64)]| {
			// Writing to a string cannot fail.
			let _ = writeln!(text, "# HELP gpu_miner_{name} {help}\n# TYPE gpu_miner_{name} {kind}");
			for (labels, value) in values {
				let _ = writeln!(text, "gpu_miner_{name}{labels} {value}");
			}
		};
		let rate = self.hash_rate;
		metric("up", "gauge", "Whether a node gives work.", &[("", f64::from(u8::from(!self.endpoint.is_empty())))]);
		metric("uptime_seconds", "gauge", "Seconds since the start.", &[("", self.uptime_seconds as f64)]);
		metric("block", "gauge", "The block that is searched for.", &[("", self.block as f64)]);
		let rates = [
			("{window=\"10s\"}", rate.ten_seconds),
			("{window=\"60s\"}", rate.minute),
			("{window=\"15m\"}", rate.quarter),
		];
		metric("hash_rate", "gauge", "Hashes per second over a window.", &rates);
		metric("hashes_total", "counter", "Hashes since the start.", &[("", self.hashes as f64)]);
		let finds = [
			("{outcome=\"accepted\"}", self.accepted as f64),
			("{outcome=\"stale\"}", self.stale as f64),
			("{outcome=\"rejected\"}", self.rejected as f64),
			("{outcome=\"duplicate\"}", self.duplicate as f64),
			("{outcome=\"failed\"}", self.failed as f64),
			("{outcome=\"wrong\"}", self.wrong as f64),
		];
		metric("finds_total", "counter", "Finds since the start.", &finds);
		text + &devices::metrics(&self.devices)
	}
}

impl Page for MineBoard {
	fn json(&self) -> serde_json::Result<Vec<u8>> {
		serde_json::to_vec_pretty(&self.get())
	}
	fn metrics(&self) -> String {
		self.get().metrics()
	}
	fn is_healthy(&self) -> bool {
		self.figures.get().endpoint.is_some()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_miner_that_has_just_started_should_show_zeros_and_nothing_missing() {
		let board = MineBoard::new(SharedFigures::default(), Board::default());
		let status = board.get();
		assert_eq!((status.block, status.accepted, status.hash_rate.minute), (0, 0, 0.0));
		assert!(!board.is_healthy());
		let text = board.metrics();
		assert!(text.contains("gpu_miner_finds_total{outcome=\"stale\"} 0\n") && text.contains("gpu_miner_up 0\n"));
		let json: MineStatus = serde_json::from_slice(&board.json().unwrap()).unwrap();
		assert_eq!(json.version, env!("CARGO_PKG_VERSION"));
	}
}
