//! What the screen of `mine` shows.

use super::{
	frame::{Part, Text},
	show_time,
};
use crate::{mine::board::MineStatus, rates::show_rate};

/// The parts of the screen.
pub fn parts(status: &MineStatus) -> Vec<Part> {
	let rate = status.hash_rate;
	let stale = status.stale as f64 / (status.stale + status.accepted).max(1) as f64 * 100.0;
	let work = match status.block {
		0 => "none".into(),
		block => format!("block {block}, difficulty {}", status.difficulty),
	};
	let rates = format!(
		"{} (10 s)   {} (60 s)   {} (15 min)",
		show_rate(rate.ten_seconds),
		show_rate(rate.minute),
		show_rate(rate.quarter)
	);
	let finds = format!(
		"{} accepted, {} stale ({stale:.1} %), {} rejected, {} duplicate, {} failed, {} wrong",
		status.accepted, status.stale, status.rejected, status.duplicate, status.failed, status.wrong
	);
	let no_node = status.endpoint.is_empty();
	let lines = vec![
		Text::new("node", if no_node { "none" } else { &status.endpoint }).warn_if(no_node),
		Text::new("work", work),
		Text::new("rate", rates),
		Text::new("finds", finds).warn_if(status.wrong > 0),
		Text::new("up", show_time(status.uptime_seconds)),
	];
	vec![Part::Lines { title: format!(" gpu-miner {} ", status.version), lines }, Part::Devices(status.devices.clone())]
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::dashboard::frame::tests::{card, draw_in_all_sizes, log, screen};

	#[test]
	fn a_screen_should_show_figures_devices_and_the_end_of_the_log() {
		let devices = vec![card(0, "busy")];
		let status = MineStatus { accepted: 3, stale: 1, block: 42, devices, ..MineStatus::default() };
		let text = screen(&parts(&status), &log(50), (120, 24));
		for part in
			["3 accepted", "1 stale (25.0 %)", "block 42", "NVIDIA H200", "busy", "61", "line 49", "node      none"]
		{
			assert!(text.contains(part), "{part} is missing:\n{text}");
		}
		assert!(!text.contains("line 3 "), "only the end:\n{text}");
	}

	#[test]
	fn a_screen_of_any_size_should_do() {
		draw_in_all_sizes(&parts(&MineStatus::default()), &["a line".into()]);
	}
}
