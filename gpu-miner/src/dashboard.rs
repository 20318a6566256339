//! A screen for a terminal, drawn again every second: how things are, and the end of the log beneath. Where there is no
//! terminal there are lines.
//!
//! - [`frame`]: how a screen is laid out.
//! - [`mine`] and [`run`]: what is put in it.
//! - [`log`]: what becomes of the lines meanwhile.

pub mod frame;
pub mod log;
pub mod mine;
pub mod run;

pub use frame::Part;
pub use log::Log;

use ratatui::{
	backend::{Backend, CrosstermBackend},
	crossterm::{
		cursor::Show,
		execute,
		terminal::{EnterAlternateScreen, LeaveAlternateScreen},
	},
	Terminal,
};
use std::{
	io::{self, IsTerminal as _, Write as _},
	mem::ManuallyDrop,
	panic,
	sync::{
		mpsc::{channel, Receiver, RecvTimeoutError, Sender},
		Mutex, MutexGuard, Once, PoisonError,
	},
	thread,
	time::Duration,
};

/// A screen is drawn so often.
const EVERY: Duration = Duration::from_secs(1);

/// After so many times it is drawn from nothing: what is typed meanwhile leaves its marks.
const ANEW: u32 = 60;

/// How long the end waits for a terminal that takes nothing.
const FAREWELL: Duration = Duration::from_secs(2);

/// The log of the screen that has the terminal. There is one terminal: whatever ends the program can give it back.
static OPEN: Mutex<Option<Log>> = Mutex::new(None);

/// The log for a screen, if there is to be one: on a terminal, unless `plain` lines are wanted.
pub fn log_for_screen(plain: bool) -> Option<Log> {
	let can_draw = std::env::var_os("TERM").is_none_or(|kind| kind != "dumb");
	// Who redirects one of them wants lines.
	let on_terminal = io::stdout().is_terminal() && io::stderr().is_terminal();
	(on_terminal && can_draw && !plain).then(Log::default)
}

/// A screen, which is given back when this is dropped; the end of the log is said then.
///
/// A thread of its own draws: a terminal may take nothing for a while (Ctrl-S), and nobody is to wait for it. When the
/// terminal goes away there are lines from then on.
#[derive(Debug)]
pub struct Dashboard {
	stop: Option<Sender<()>>,
	done: Receiver<()>,
}

impl Dashboard {
	/// Takes the terminal's other screen, and draws what `parts` says. Keys stay as they are: Ctrl-C ends the program.
	///
	/// # Errors
	/// When the terminal can do no such thing.
	pub fn open(log: Log, parts: impl FnMut() -> Vec<Part> + Send + 'static) -> io::Result<Self> {
		log_panics();
		execute!(io::stdout(), EnterAlternateScreen)?;
		log.hold();
		*open() = Some(log.clone());
		let screen = Screen;
		// Never dropped: that would write to the terminal, which may be gone, and panic.
		let mut terminal = ManuallyDrop::new(Terminal::new(CrosstermBackend::new(io::stdout()))?);
		let ((stop, stopped), (ended, done)) = (channel(), channel());
		thread::Builder::new().name("dashboard".into()).spawn(move || {
			// Dropped last: whoever waits for the end has the terminal back.
			let _ended: Sender<()> = ended;
			let _screen = screen;
			if let Err(error) = keep_drawing(&mut *terminal, &log, parts, &stopped) {
				give_back();
				tracing::warn!("the terminal is gone ({error}): lines from now on");
			}
		})?;
		Ok(Self { stop: Some(stop), done })
	}
}

impl Drop for Dashboard {
	fn drop(&mut self) {
		drop(self.stop.take());
		// Disconnected, when the thread has ended.
		let _ = self.done.recv_timeout(FAREWELL);
	}
}

/// Gives the terminal back however the thread that draws ends.
struct Screen;

impl Drop for Screen {
	fn drop(&mut self) {
		give_back();
	}
}

/// Gives the terminal back, if a screen has it, and says the end of the log. For whoever ends the program at once.
pub fn give_back() {
	let log = open().take();
	if let Some(log) = log {
		// It may be gone.
		if io::stdout().is_terminal() {
			let _ = execute!(io::stdout(), Show, LeaveAlternateScreen);
		}
		log.let_go();
	}
}

fn open() -> MutexGuard<'static, Option<Log>> {
	OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// While a screen has the terminal, panics go into its log: it says them again when it is gone. Else nobody would see them.
fn log_panics() {
	static ONCE: Once = Once::new();
	ONCE.call_once(|| {
		let before = panic::take_hook();
		panic::set_hook(Box::new(move |what| {
			// Whoever panics may have it.
			let log = OPEN.try_lock().ok().and_then(|log| log.clone());
			match log {
				Some(mut log) => _ = log.write_all(format!("{what}\n").as_bytes()),
				None => before(what),
			}
		}));
	});
}

/// Draws until there is nobody who could stop it.
fn keep_drawing<B: Backend>(
	terminal: &mut Terminal<B>,
	log: &Log,
	mut parts: impl FnMut() -> Vec<Part>,
	stopped: &Receiver<()>,
) -> io::Result<()> {
	for turn in (0..ANEW).cycle() {
		if turn == 0 {
			terminal.clear()?;
		}
		let (parts, lines) = (parts(), log.lines());
		terminal.draw(|frame| frame::show(frame, &parts, &lines))?;
		if stopped.recv_timeout(EVERY) != Err(RecvTimeoutError::Timeout) {
			break;
		}
	}
	Ok(())
}

/// A time for people, in two units at most.
fn show_time(seconds: u64) -> String {
	let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
	match (days, hours, minutes) {
		(0, 0, 0) => format!("{seconds} s"),
		(0, 0, _) => format!("{minutes} min {} s", seconds % 60),
		(0, ..) => format!("{hours} h {} min", minutes % 60),
		_ => format!("{days} d {} h", hours % 24),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use ratatui::{backend::TestBackend, layout::Rect, TerminalOptions, Viewport};

	/// A terminal that is gone after a while.
	struct Gone {
		left: usize,
	}

	impl io::Write for Gone {
		fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
			self.left = self.left.checked_sub(bytes.len()).ok_or(io::ErrorKind::BrokenPipe)?;
			Ok(bytes.len())
		}
		fn flush(&mut self) -> io::Result<()> {
			Ok(())
		}
	}

	#[test]
	fn a_terminal_that_goes_away_should_end_the_drawing_and_nothing_else() {
		for left in [0, 10, 400] {
			let viewport = Viewport::Fixed(Rect::new(0, 0, 80, 24));
			let backend = CrosstermBackend::new(Gone { left });
			let terminal = Terminal::with_options(backend, TerminalOptions { viewport }).unwrap();
			let (_stop, stopped) = channel();
			let drawn = keep_drawing(&mut *ManuallyDrop::new(terminal), &Log::default(), Vec::new, &stopped);
			assert_eq!(drawn.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
		}
	}

	#[test]
	fn drawing_should_end_at_once_when_it_is_told_so() {
		let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
		let (stop, stopped) = channel();
		drop(stop);
		let mut drawn = 0;
		let parts = || {
			drawn += 1;
			vec![]
		};
		keep_drawing(&mut terminal, &Log::default(), parts, &stopped).unwrap();
		assert_eq!(drawn, 1);
	}

	#[test]
	fn giving_back_should_have_the_lines_said_again_once() {
		let mut log = Log::default();
		log.hold();
		*open() = Some(log.clone());
		log_panics();
		let _ = thread::spawn(|| panic!("(a panic of a test)")).join();
		assert!(log.lines().iter().any(|line| line.contains("a panic of a test")), "{:?}", log.lines());
		writeln!(log, "(the last line of a screen)").unwrap();
		// What the program does when it is asked a second time to end, and what dropping the screen does.
		give_back();
		drop(Screen);
		assert!(!log.is_held() && open().is_none());
	}

	#[test]
	fn times_should_have_two_units_at_most() {
		let shown = [0, 59, 60, 3_599, 3_600, 86_399, 90_000].map(show_time);
		assert_eq!(shown, ["0 s", "59 s", "1 min 0 s", "59 min 59 s", "1 h 0 min", "23 h 59 min", "1 d 1 h"]);
	}
}
