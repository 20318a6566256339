//! How a screen is laid out: parts in frames, the most important first, and the log beneath.

use super::log::clean;
use crate::{devices::DeviceLine, rates::show_rate};
use ratatui::{
	layout::{Constraint, Rect},
	style::{Style, Stylize},
	text::Line,
	widgets::{Block, Paragraph, Row, Table},
	Frame,
};

/// Rows of the least frame: one line, and two of frame.
const LEAST: u16 = 3;
/// Rows that each part has before the first ones have more.
const EACH: u16 = 4;
/// Rows that the log has, if that is no more than a third of them.
const LOG: u16 = 5;

/// A part of a screen. Texts may come from anywhere: what could move the cursor is left out when they are drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
	/// Lines under a title. If there is too little room, the first are shown.
	Lines {
		/// What they are about.
		title: String,
		/// They.
		lines: Vec<Text>,
	},
	/// Devices; nothing at all if there are none.
	Devices(Vec<DeviceLine>),
}

/// A line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Text {
	text: String,
	style: Style,
}

impl Text {
	/// What a figure is called, and what it is.
	pub fn new(name: &str, text: impl AsRef<str>) -> Self {
		Self { text: format!("{name:<9} {}", text.as_ref()), style: Style::new() }
	}

	/// The same, if it is bad: so that it is seen.
	#[must_use]
	pub fn warn_if(mut self, is_bad: bool) -> Self {
		if is_bad {
			self.style = Style::new().yellow();
		}
		self
	}
}

impl Part {
	/// Rows that it would fill.
	fn rows(&self) -> u16 {
		let rows = match self {
			Self::Lines { lines, .. } => lines.len().saturating_add(2),
			Self::Devices(devices) if devices.is_empty() => 0,
			// With a head.
			Self::Devices(devices) => devices.len().saturating_add(3),
		};
		u16::try_from(rows).unwrap_or(u16::MAX)
	}

	fn draw(&self, frame: &mut Frame<'_>, area: Rect) {
		let left_out = match self.rows().saturating_sub(area.height) {
			0 => String::new(),
			rows => format!(" {rows} more "),
		};
		let most = usize::from(area.height);
		let block = |title: String| Block::bordered().title(clean(&title)).title_bottom(left_out);
		match self {
			Self::Lines { title, lines } => {
				let lines: Vec<_> =
					lines.iter().take(most).map(|line| Line::styled(clean(&line.text), line.style)).collect();
				frame.render_widget(Paragraph::new(lines).block(block(title.clone())), area);
			}
			Self::Devices(devices) => {
				let idle = devices.iter().filter(|device| is_idle(device)).count();
				let title = match idle {
					0 => " devices ".into(),
					idle => format!(" devices: {idle} of {} paused or closed ", devices.len()),
				};
				let columns = columns(area.width.saturating_sub(2));
				let rows = devices.iter().take(most).map(|device| {
					let row = Row::new(columns.iter().map(|column| clean(&(column.cell)(device))));
					if is_idle(device) {
						row.style(Style::new().yellow())
					} else {
						row
					}
				});
				let widths = columns.iter().map(|column| Constraint::Length(column.width));
				let head = Row::new(columns.iter().map(|column| column.head)).bold();
				frame.render_widget(Table::new(rows, widths).header(head).block(block(title)), area);
			}
		}
	}
}

fn is_idle(device: &DeviceLine) -> bool {
	matches!(device.phase.as_str(), "closed" | "paused")
}

/// A figure of devices.
struct Column {
	head: &'static str,
	width: u16,
	/// Those with the highest are left out first.
	rank: u8,
	cell: fn(&DeviceLine) -> String,
}

const COLUMNS: [Column; 11] = [
	Column { head: "device", width: 22, rank: 0, cell: |device| format!("{} {}", device.index, device.name) },
	Column { head: "", width: 8, rank: 1, cell: |device| device.phase.clone() },
	Column { head: "10 s", width: 12, rank: 2, cell: |device| show_rate(device.hash_rate.ten_seconds) },
	Column { head: "60 s", width: 12, rank: 6, cell: |device| show_rate(device.hash_rate.minute) },
	Column { head: "15 min", width: 12, rank: 10, cell: |device| show_rate(device.hash_rate.quarter) },
	Column { head: "°C", width: 4, rank: 3, cell: |device| number(device.temperature) },
	Column { head: "W", width: 6, rank: 4, cell: |device| number(device.power) },
	Column { head: "fan %", width: 5, rank: 8, cell: |device| number(device.fan) },
	Column { head: "MHz", width: 6, rank: 9, cell: |device| number(device.clock) },
	Column { head: "MH/J", width: 6, rank: 7, cell: efficiency },
	Column { head: "faults", width: 6, rank: 5, cell: |device| device.faults.to_string() },
];

fn number(value: Option<f64>) -> String {
	value.map_or("–".into(), |value| format!("{value:.0}"))
}

fn efficiency(device: &DeviceLine) -> String {
	device.efficiency.map_or("–".into(), |hashes| format!("{:.2}", hashes / 1e6))
}

/// The most important columns, as many as there is room for.
fn columns(width: u16) -> Vec<Column> {
	let mut columns = Vec::from(COLUMNS);
	let needed = |columns: &[Column]| columns.iter().map(|column| column.width + 1).sum::<u16>().saturating_sub(1);
	while columns.len() > 1 && needed(&columns) > width {
		let last = columns.iter().map(|column| column.rank).max();
		columns.retain(|column| Some(column.rank) != last);
	}
	columns
}

/// Rows for each part; the log has the rest.
fn heights(wanted: &[u16], height: u16) -> Vec<u16> {
	let log = LOG.min(height / 3);
	let mut left = if log < LEAST { height } else { height - log };
	let mut heights = vec![0u16; wanted.len()];
	for limit in [EACH, u16::MAX] {
		for (height, wanted) in heights.iter_mut().zip(wanted) {
			let more = wanted.min(&limit).saturating_sub(*height).min(left);
			// A frame without a line in it says nothing.
			if *height + more >= LEAST {
				*height += more;
				left -= more;
			}
		}
	}
	heights
}

/// Draws parts, and the end of the log beneath.
pub(super) fn show(frame: &mut Frame<'_>, parts: &[Part], log: &[String]) {
	let mut area = frame.area();
	let wanted: Vec<u16> = parts.iter().map(Part::rows).collect();
	for (part, height) in parts.iter().zip(heights(&wanted, area.height)) {
		if height > 0 {
			part.draw(frame, Rect { height, ..area });
			(area.y, area.height) = (area.y + height, area.height - height);
		}
	}
	if area.height >= LEAST {
		let room = (usize::from(area.width.saturating_sub(2)), usize::from(area.height - 2));
		let last: Vec<_> = newest(log, room).into_iter().map(Line::from).collect();
		frame.render_widget(Paragraph::new(last).block(Block::bordered().title(" log – Ctrl-C ends ")), area);
	}
}

/// The newest lines of the log that a room so wide and so high has: the long ones in two rows.
fn newest(log: &[String], (width, height): (usize, usize)) -> Vec<String> {
	let mut rows = Vec::new();
	for line in log.iter().rev() {
		if rows.len() >= height {
			break;
		}
		let text: Vec<char> = without_date(line).chars().collect();
		let parts: Vec<String> = text.chunks(width.max(1)).take(height.min(2)).map(String::from_iter).collect();
		rows.extend(parts.into_iter().rev());
	}
	rows.truncate(height);
	rows.reverse();
	rows
}

/// `2026-11-21T16:57:50.668029Z  INFO text` without its date and fractions, which take half of a narrow terminal.
fn without_date(line: &str) -> String {
	let parts = line.split_once('T').and_then(|(date, rest)| {
		let is_date = date.len() == 10 && date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
		let (time, text) = rest.split_once('Z').filter(|_| is_date)?;
		Some((time.get(..8)?, text.trim_start()))
	});
	match parts {
		Some((time, text)) => format!("{time} {text}"),
		None => line.into(),
	}
}

#[cfg(test)]
pub(super) mod tests {
	use super::*;
	use crate::status::HashRates;
	use ratatui::{backend::TestBackend, Terminal};

	/// What a terminal of that size shows.
	pub(crate) fn screen(parts: &[Part], log: &[String], size: (u16, u16)) -> String {
		let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
		terminal.draw(|frame| show(frame, parts, log)).unwrap();
		let buffer = terminal.backend().buffer().clone();
		let cells: Vec<&str> = buffer.content().iter().map(|cell| cell.symbol()).collect();
		cells.chunks(usize::from(size.0.max(1))).map(|row| row.concat() + "\n").collect()
	}

	/// Every size up to that of a usual terminal, and some beyond.
	pub(crate) fn draw_in_all_sizes(parts: &[Part], log: &[String]) {
		for height in 0..=26 {
			for width in [0, 1, 2, 3, 5, 10, 20, 40, 60, 79, 80, 81, 112, 300] {
				screen(parts, log, (width, height));
			}
		}
		screen(parts, log, (500, 120));
	}

	pub(crate) fn log(lines: usize) -> Vec<String> {
		(0..lines).map(|number| format!("line {number}")).collect()
	}

	pub(crate) fn card(index: usize, phase: &str) -> DeviceLine {
		DeviceLine {
			index,
			name: "NVIDIA H200".into(),
			phase: phase.into(),
			hash_rate: HashRates { ten_seconds: 4.1e9, minute: 4e9, quarter: 3.9e9 },
			temperature: Some(61.0),
			power: Some(700.0),
			faults: 2,
			..DeviceLine::default()
		}
	}

	fn lines(count: usize) -> Part {
		Part::Lines {
			title: " title ".into(),
			lines: (0..count).map(|line| Text::new("text", line.to_string())).collect(),
		}
	}

	#[test]
	fn the_log_should_have_what_parts_leave_and_parts_what_there_is() {
		// Everything has room.
		assert_eq!(heights(&[7, 4], 24), [7, 4]);
		// The first has what the others do not need.
		assert_eq!(heights(&[11, 8, 11], 24), [11, 4, 4]);
		assert_eq!(heights(&[11, 0, 3], 24), [11, 0, 3]);
		assert_eq!(heights(&[11, 9, 4], 26), [11, 6, 4]);
		// Too little for all: none has a frame without a line.
		assert_eq!(heights(&[11, 8, 4], 9), [6, 0, 0]);
		assert_eq!(heights(&[11, 8], 5), [5, 0]);
		assert_eq!(heights(&[11], 2), [0]);
		assert_eq!(heights(&[], 0), [0u16; 0]);
		assert_eq!(heights(&[u16::MAX, u16::MAX], u16::MAX), [u16::MAX - 5 - 4, 4]);
		for height in 0..200 {
			let heights = heights(&[11, 8, 40, 0, 3], height);
			assert!(heights.iter().sum::<u16>() <= height && heights.iter().all(|rows| *rows == 0 || *rows >= LEAST));
		}
	}

	#[test]
	fn a_part_should_say_what_it_leaves_out() {
		let devices = Part::Devices((0..8).map(|index| card(index, "busy")).collect());
		let text = screen(&[lines(9), devices], &log(9), (80, 24));
		for part in ["text      8", "0 NVIDIA H200", " devices ", "4 NVIDIA H200", "3 more", "line 8"] {
			assert!(text.contains(part), "{part} is missing:\n{text}");
		}
		assert_eq!(text.matches(" more ").count(), 1, "the first part is whole:\n{text}");
	}

	#[test]
	fn devices_should_show_the_most_important_where_there_is_little_room() {
		let parts = [Part::Devices(vec![card(0, "busy"), card(1, "paused"), card(2, "closed")])];
		let wide = screen(&parts, &[], (120, 12));
		for part in ["15 min", "MHz", "4.10 GH/s", "3.90 GH/s", "2 of 3 paused or closed"] {
			assert!(wide.contains(part), "{part} is missing:\n{wide}");
		}
		let narrow = screen(&parts, &[], (80, 12));
		for part in ["1 NVIDIA H200", "paused", "closed", "4.10 GH/s", "4.00 GH/s", "°C", "61", "700", "faults"] {
			assert!(narrow.contains(part), "{part} is missing:\n{narrow}");
		}
		assert!(!narrow.contains("15 min") && !narrow.contains("MHz"), "{narrow}");
		assert_eq!(columns(0).len(), 1);
		assert_eq!(columns(u16::MAX).len(), COLUMNS.len());
		assert!(!screen(&[Part::Devices(vec![])], &[], (80, 12)).contains("devices"));
	}

	#[test]
	fn the_log_should_end_with_its_newest_line_in_two_rows_at_most() {
		let log = ["2026-11-21T16:57:50.668029Z  INFO first", "2026-11-21T16:57:51.6Z ERROR 23456789abcdefghij"];
		let log = log.map(str::to_owned);
		let shown = |width, height| newest(&log, (width, height));
		assert_eq!(shown(40, 9), ["16:57:50 INFO first", "16:57:51 ERROR 23456789abcdefghij"]);
		assert_eq!(shown(15, 3), ["irst", "16:57:51 ERROR ", "23456789abcdefg"]);
		assert_eq!(shown(15, 1), ["16:57:51 ERROR "]);
		assert!(shown(15, 0).is_empty());
		assert_eq!(shown(0, 2), ["1", "6"]);
		for line in ["", "T", "Today Z", "2026-11-21T", "2026-11-21T16Z x", "2026-11-21T16:57:5éZ x", "no date"] {
			assert_eq!(without_date(line), line);
		}
	}

	#[test]
	fn nothing_that_others_say_should_reach_the_terminal_as_it_is() {
		let parts = [
			Part::Lines { title: "t\u{1b}[2Ji".into(), lines: vec![Text::new("name", "a\u{1b}[2Jb\r\nc\u{7}")] },
			Part::Devices(vec![DeviceLine { name: "c\u{1b}ard\u{9b}".into(), ..card(0, "busy") }]),
		];
		let text = screen(&parts, &[], (80, 24));
		assert!(text.contains("t[2Ji") && text.contains("a[2Jbc") && text.contains("0 card"), "{text}");
		assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
	}

	#[test]
	fn a_screen_of_any_size_should_do() {
		draw_in_all_sizes(&[], &[]);
		draw_in_all_sizes(&[lines(0)], &log(1));
		draw_in_all_sizes(&[lines(30), Part::Devices(vec![card(0, "busy"); 9]), lines(1)], &log(200));
		assert!(screen(&[Part::Devices(vec![card(0, "busy"); 70_000])], &[], (80, 24)).contains("0 NVIDIA H200"));
	}
}
