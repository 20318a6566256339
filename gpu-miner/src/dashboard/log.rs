//! The log of a program that may have a screen.

use std::{
	collections::VecDeque,
	io::{self, Write},
	sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Lines that are kept for the screen.
const LOG_LINES: usize = 200;
/// Bytes of a line that are kept.
const LONGEST_LINE: usize = 1_000;
/// Lines that are said again when the screen is given back.
const LAST_LINES: usize = 10;

/// The log: lines on the standard error, and on the screen instead while it has the terminal. Clones are the same log.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Lines>>);

#[derive(Debug, Default)]
struct Lines {
	whole: VecDeque<String>,
	/// A line that has not ended yet.
	begun: String,
	/// While a screen shows them: how many lines only the screen has.
	held: Option<usize>,
}

impl Log {
	/// From now on the screen has the lines.
	pub(super) fn hold(&self) {
		self.get().held = Some(0);
	}

	/// From now on the standard error has them again, beginning with the last of those that only the screen had.
	pub(super) fn let_go(&self) {
		let mut lines = self.get();
		let held = lines.held.take().unwrap_or_default().min(LAST_LINES).min(lines.whole.len());
		for line in lines.whole.range(lines.whole.len() - held..) {
			say(line);
		}
	}

	/// The newest lines, the oldest of them first.
	pub(super) fn lines(&self) -> Vec<String> {
		self.get().whole.iter().cloned().collect()
	}

	#[cfg(test)]
	pub(super) fn is_held(&self) -> bool {
		self.get().held.is_some()
	}

	fn get(&self) -> MutexGuard<'_, Lines> {
		self.0.lock().unwrap_or_else(PoisonError::into_inner)
	}
}

/// Whoever closed the standard error wants no lines.
fn say(line: &str) {
	let _ = writeln!(io::stderr(), "{line}");
}

impl Write for Log {
	fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
		let mut lines = self.get();
		for c in String::from_utf8_lossy(bytes).chars() {
			if c == '\n' {
				let line = std::mem::take(&mut lines.begun);
				match &mut lines.held {
					Some(held) => *held += 1,
					None => say(&line),
				}
				lines.whole.push_back(line);
			} else if is_harmless(c) && lines.begun.len() < LONGEST_LINE {
				// What nodes say comes into the log.
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

/// Whether a character stays in its place: it neither moves the cursor, nor has what follows written from the right, nor
/// is invisible.
fn is_harmless(c: char) -> bool {
	let is_format = matches!(
		c,
		'\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
	);
	!c.is_control() && !is_format
}

/// A text of others without what could move the cursor.
pub(super) fn clean(text: &str) -> String {
	text.chars().filter(|c| is_harmless(*c)).take(LONGEST_LINE).collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_log_should_stay_short_and_harmless() {
		let mut log = Log::default();
		log.hold();
		for number in 0..1_000 {
			writeln!(log, "number {number}\u{1b}[2J\r\u{9b}\u{202e}").unwrap();
		}
		let lines = log.lines();
		assert_eq!((lines.len(), lines[199].as_str()), (200, "number 999[2J"));
		write!(log, "{}", "é".repeat(5_000)).unwrap();
		writeln!(log).unwrap();
		assert!(log.lines()[199].len() <= LONGEST_LINE + 1);
	}

	#[test]
	fn a_line_should_be_one_however_it_is_written() {
		let mut log = Log::default();
		log.hold();
		for part in ["one ", "line\ntwo", " lines\n", "begun"] {
			log.write_all(part.as_bytes()).unwrap();
		}
		assert_eq!(log.lines(), ["one line", "two lines"]);
	}

	#[test]
	fn lines_should_be_held_only_while_the_screen_is_there() {
		let mut log = Log::default();
		writeln!(log, "(a line of a test)").unwrap();
		log.hold();
		writeln!(log, "(a line that a screen had)").unwrap();
		assert!(log.is_held());
		log.let_go();
		assert!(!log.is_held());
		// Nothing is lost, and nothing said twice.
		log.let_go();
		assert_eq!(log.lines().len(), 2);
	}

	#[test]
	fn texts_should_lose_what_moves_the_cursor() {
		assert_eq!(clean("a\u{1b}[2Jb\r\nc\u{202e}d – °C"), "a[2Jbcd – °C");
		assert_eq!(clean(&"x".repeat(5_000)).len(), LONGEST_LINE);
	}
}
