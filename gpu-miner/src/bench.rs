//! `gpu-miner bench`: how fast this machine hashes: its processor, path by path, beside the `tiny-keccak` crate in the same
//! run, and its graphics cards, each by itself.

use crate::{
	devices::{kernels, plans, Choice, DeviceConfig},
	rates::show_rate,
};
use gpu_miner_cuda::{
	bench::{self, BenchOptions, DeviceReport},
	check::{self, Check},
	Cuda,
};
use gpu_miner_engine::bench::{ratio, run, Rate, BASELINE};
use serde::Serialize;
use std::{fmt::Write as _, time::Duration};

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
	/// The path, or `tiny-keccak`.
	pub name: String,
	/// Threads it ran on.
	pub threads: usize,
	/// Hashes per second, all threads together.
	pub hashes_per_second: f64,
	/// How many times as fast as `tiny-keccak` in the same run, for each thread.
	pub times_tiny_keccak: f64,
}

/// All of it.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
	/// The processor.
	pub processor: Vec<Line>,
	/// Graphics cards; none where there are none.
	pub devices: Vec<DeviceReport>,
	/// What was checked of each card, if that was asked for.
	pub checks: Vec<Check>,
	/// Why there are no cards; empty otherwise.
	pub note: String,
}

impl Report {
	/// For people.
	pub fn describe(&self) -> String {
		let mut text = describe(&self.processor) + &bench::describe(&self.devices);
		text += &self.show_checks();
		if !self.note.is_empty() {
			let _ = writeln!(text, "{}", self.note);
		}
		text
	}

	/// The cards, in Markdown.
	pub fn markdown(&self) -> String {
		bench::markdown(&self.devices) + &self.show_checks()
	}

	/// Whether nothing that was checked is wrong.
	pub fn is_right(&self) -> bool {
		self.checks.iter().all(|check| check.problem.is_none())
	}

	fn show_checks(&self) -> String {
		let wrong: Vec<_> =
			self.checks.iter().filter_map(|check| check.problem.as_ref().map(|problem| (check, problem))).collect();
		if self.checks.is_empty() {
			return String::new();
		}
		let mut text = format!("{} checks, {} failed.\n", self.checks.len(), wrong.len());
		for (check, problem) in wrong {
			let _ = writeln!(text, "device {}: {}: {problem}", check.device, check.name);
		}
		text
	}
}

/// Measures the processor, then each card that `config` chooses, for `seconds` each; `checked` holds the cards against the
/// processor before that.
pub fn measure_all(seconds: f64, threads: usize, config: &DeviceConfig, checked: bool) -> Report {
	let processor = measure(seconds, threads);
	let none = |processor, note: String| Report { processor, devices: Vec::new(), checks: Vec::new(), note };
	let only = match &config.choice {
		Choice::None => return none(processor, "cards were not asked for".into()),
		Choice::All => None,
		Choice::Only(only) => Some(only.clone()),
	};
	let options = BenchOptions { seconds, lotteries: true, only, cache: plans(&config.cache_dir) };
	match Cuda::find(kernels(&config.cache_dir)) {
		Ok(cuda) => {
			let checks = if checked { check::run(&cuda) } else { Vec::new() };
			Report { processor, devices: bench::run(&cuda, &options), checks, note: String::new() }
		}
		Err(why) => none(processor, why.to_string()),
	}
}

/// Measures each path of the processor for `seconds`, the best one also on `threads` threads.
pub fn measure(seconds: f64, threads: usize) -> Vec<Line> {
	lines(&run(Duration::from_secs_f64(seconds.clamp(0.05, 600.0)), threads))
}

fn lines(rates: &[Rate]) -> Vec<Line> {
	rates
		.iter()
		.map(|rate| Line {
			name: rate.name.clone(),
			threads: rate.threads,
			hashes_per_second: rate.hashes_per_second,
			times_tiny_keccak: ratio(rates, rate).unwrap_or_default(),
		})
		.collect()
}

/// The report for people.
pub fn describe(lines: &[Line]) -> String {
	let mut text =
		format!("{:<12} {:>7} {:>14} {:>22}\n", "path", "threads", "rate", format!("per thread, × {BASELINE}"));
	for line in lines {
		let rate = show_rate(line.hashes_per_second);
		// Writing to a string cannot fail.
		let _ = writeln!(text, "{:<12} {:>7} {:>14} {:>22.2}", line.name, line.threads, rate, line.times_tiny_keccak);
	}
	text
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_report_should_have_devices_or_say_why_not() {
		let config = DeviceConfig {
			choice: Choice::Only(vec![4_711]),
			intensity: 100,
			pause_at: 0.0,
			cache_dir: std::env::temp_dir().join("gpu-miner-no-cache"),
		};
		let report = measure_all(0.05, 1, &config, true);
		assert!(report.devices.is_empty() && !report.processor.is_empty());
		assert!(report.describe().contains(&report.note) && report.markdown().len() < report.describe().len());
		let json = serde_json::to_value(&report).unwrap();
		assert!(json["processor"].is_array() && json["devices"].is_array() && json["note"].is_string());
	}

	#[test]
	fn each_path_is_compared_with_tiny_keccak_of_the_same_run() {
		let lines = measure(0.05, 2);
		assert_eq!((lines[0].name.as_str(), lines[0].times_tiny_keccak), ("tiny-keccak", 1.0));
		assert!(lines.iter().any(|line| line.name == "scalar") && lines.iter().any(|line| line.name == "portable"));
		assert!(lines.last().is_some_and(|line| line.threads == 2));
		assert!(lines.iter().all(|line| line.hashes_per_second > 0.0 && line.times_tiny_keccak > 0.0));
		let text = describe(&lines);
		assert!(lines.iter().all(|line| text.contains(&line.name)), "{text}");
	}
}
