//! `gpu-miner bench`: how fast this machine hashes, path by path, beside the `tiny-keccak` crate in the same run.

use crate::rates::show_rate;
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

/// Measures each path for `seconds`, the best one also on `threads` threads.
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
