//! How mining is going, on a terminal: a screen that is drawn again every second. Where there is no terminal there are lines.

use crate::{
	mine::board::{MineBoard, MineStatus},
	rates::show_rate,
};
use ratatui::{
	backend::{Backend, CrosstermBackend},
	crossterm::{
		execute,
		terminal::{EnterAlternateScreen, LeaveAlternateScreen},
	},
	layout::{Constraint, Layout},
	style::{Style, Stylize},
	text::Line,
	widgets::{Block, Paragraph, Row, Table},
	Frame, Terminal,
};
use std::{
	collections::VecDeque,
	io::{self, Stdout, Write},
	sync::{Arc, Mutex, PoisonError},
};

/// Lines of the log that are kept for the screen.
const LOG_LINES: usize = 200;
/// Bytes of a line that are kept.
const LONGEST_LINE: usize = 1_000;

/// The log, while the screen has the terminal.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Lines>>);

#[derive(Debug, Default)]
struct Lines {
	whole: VecDeque<String>,
	/// A line that has not ended yet.
	begun: String,
}

impl Log {
	fn lines(&self) -> Vec<String> {
		self.0.lock().unwrap_or_else(PoisonError::into_inner).whole.iter().cloned().collect()
	}
}

impl Write for Log {
	fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
		let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
		for c in String::from_utf8_lossy(bytes).chars() {
			if c == '\n' {
				let line = std::mem::take(&mut lines.begun);
				lines.whole.push_back(line);
			} else if !c.is_control() && lines.begun.len() < LONGEST_LINE {
				// What nodes say comes into the log: nothing in it may move the cursor.
				lines.begun.push(c);
			}
		}
		while lines.whole.len() > LOG_LINES {
			lines.whole.pop_front();
		}
		Ok(bytes.len())
	}

	fn flush(&mut self) -> io::Result<()> {
		Ok(())
	}
}

/// A screen, which is given back when this is dropped, and then shows the end of the log.
pub struct Dashboard {
	terminal: Terminal<CrosstermBackend<Stdout>>,
	log: Log,
}

impl Dashboard {
	/// Takes the terminal's other screen. Keys stay as they are: Ctrl-C ends the program.
	///
	/// # Errors
	/// When the terminal can do no such thing.
	pub fn open(log: Log) -> io::Result<Self> {
		execute!(io::stdout(), EnterAlternateScreen)?;
		let terminal = Terminal::new(CrosstermBackend::new(io::stdout())).inspect_err(|_| {
			let _ = execute!(io::stdout(), LeaveAlternateScreen);
		})?;
		Ok(Self { terminal, log })
	}

	/// Draws.
	///
	/// # Errors
	/// When the terminal is gone.
	pub fn draw(&mut self, board: &MineBoard) -> io::Result<()> {
		draw(&mut self.terminal, &board.get(), &self.log.lines())
	}
}

impl Drop for Dashboard {
	fn drop(&mut self) {
		let _ = self.terminal.show_cursor();
		let _ = execute!(io::stdout(), LeaveAlternateScreen);
		for line in self.log.lines().iter().rev().take(10).rev() {
			eprintln!("{line}");
		}
	}
}

fn draw<B: Backend>(terminal: &mut Terminal<B>, status: &MineStatus, log: &[String]) -> io::Result<()> {
	terminal.draw(|frame| show(frame, status, log))?;
	Ok(())
}

fn show(frame: &mut Frame<'_>, status: &MineStatus, log: &[String]) {
	let devices = u16::try_from(status.devices.len()).unwrap_or(u16::MAX).saturating_add(3);
	let areas = Layout::vertical([
		Constraint::Length(7),
		Constraint::Length(if status.devices.is_empty() { 0 } else { devices }),
		Constraint::Min(3),
	])
	.split(frame.area());

	let rate = status.hash_rate;
	let or = |text: &str, otherwise: &str| if text.is_empty() { otherwise.to_owned() } else { text.to_owned() };
	let stale = status.stale as f64 / (status.stale + status.accepted).max(1) as f64 * 100.0;
	let work = if status.block == 0 {
		"none".into()
	} else {
		format!("block {}, difficulty {}", status.block, status.difficulty)
	};
	let lines = vec![
		Line::from(format!("node      {}", or(&status.endpoint, "none"))),
		Line::from(format!("work      {work}")),
		Line::from(format!(
			"rate      {} (10 s)   {} (60 s)   {} (15 min)",
			show_rate(rate.ten_seconds),
			show_rate(rate.minute),
			show_rate(rate.quarter)
		)),
		Line::from(format!(
			"finds     {} accepted, {} stale ({stale:.1} %), {} rejected, {} duplicate, {} failed, {} wrong",
			status.accepted, status.stale, status.rejected, status.duplicate, status.failed, status.wrong
		)),
		Line::from(format!("up        {} s", status.uptime_seconds)),
	];
	let title = format!(" gpu-miner {} ", status.version);
	frame.render_widget(Paragraph::new(lines).block(Block::bordered().title(title)), areas[0]);

	if !status.devices.is_empty() {
		let number = |value: Option<f64>| value.map_or("–".into(), |value| format!("{value:.0}"));
		let rows = status.devices.iter().map(|device| {
			let row = Row::new(vec![
				format!("{} {}", device.index, device.name),
				device.phase.clone(),
				show_rate(device.hash_rate.ten_seconds),
				show_rate(device.hash_rate.minute),
				show_rate(device.hash_rate.quarter),
				number(device.temperature),
				number(device.power),
				number(device.fan),
				number(device.clock),
				device.efficiency.map_or("–".into(), |hashes| format!("{:.2}", hashes / 1e6)),
				device.faults.to_string(),
			]);
			if matches!(device.phase.as_str(), "closed" | "paused") {
				row.style(Style::new().yellow())
			} else {
				row
			}
		});
		let widths = [22, 8, 12, 12, 12, 4, 6, 5, 6, 6, 6].map(Constraint::Length);
		let head = ["device", "", "10 s", "60 s", "15 min", "°C", "W", "fan %", "MHz", "MH/J", "faults"];
		let table = Table::new(rows, widths).header(Row::new(head).bold()).block(Block::bordered().title(" devices "));
		frame.render_widget(table, areas[1]);
	}

	let room = usize::from(areas[2].height.saturating_sub(2));
	let last: Vec<Line<'_>> =
		log[log.len().saturating_sub(room)..].iter().map(|line| Line::from(line.as_str())).collect();
	frame.render_widget(Paragraph::new(last).block(Block::bordered().title(" log – Ctrl-C ends ")), areas[2]);
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::devices::DeviceLine;
	use ratatui::backend::TestBackend;

	fn screen(status: &MineStatus, log: &[String], size: (u16, u16)) -> String {
		let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
		draw(&mut terminal, status, log).unwrap();
		let buffer = terminal.backend().buffer().clone();
		let width = usize::from(size.0.max(1));
		let cells: Vec<&str> = buffer.content().iter().map(|cell| cell.symbol()).collect();
		cells.chunks(width).map(|row| row.concat() + "\n").collect()
	}

	#[test]
	fn a_screen_should_show_figures_devices_and_the_end_of_the_log() {
		let device = DeviceLine {
			name: "NVIDIA H200".into(),
			phase: "busy".into(),
			temperature: Some(61.0),
			..DeviceLine::default()
		};
		let status = MineStatus { accepted: 3, stale: 1, block: 42, devices: vec![device], ..MineStatus::default() };
		let log: Vec<String> = (0..50).map(|number| format!("line {number}")).collect();
		let text = screen(&status, &log, (120, 24));
		for part in
			["3 accepted", "1 stale (25.0 %)", "block 42", "NVIDIA H200", "busy", "61", "line 49", "node      none"]
		{
			assert!(text.contains(part), "{part} is missing:\n{text}");
		}
		assert!(!text.contains("line 3 "), "only the end:\n{text}");
	}

	#[test]
	fn a_screen_of_any_size_should_do() {
		for size in [(1, 1), (20, 5), (300, 80)] {
			screen(&MineStatus::default(), &["a line".into()], size);
		}
	}

	#[test]
	fn the_log_should_stay_short_and_harmless() {
		let mut log = Log::default();
		for number in 0..1_000 {
			writeln!(log, "number {number}\u{1b}[2J").unwrap();
		}
		let lines = log.lines();
		assert_eq!((lines.len(), lines[199].as_str()), (200, "number 999[2J"));
	}
}
