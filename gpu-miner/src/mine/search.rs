//! Searches for one work at a time in the background.

use super::work::Work;
use gpu_miner_engine::{keccak256, solve, Engine, Job, Progress};
use gpu_work::{block_input, meets_target};
use std::{
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc, Condvar, Mutex, MutexGuard, PoisonError,
	},
	thread::{self, JoinHandle},
	time::Duration,
};
use tokio::sync::mpsc;

/// How long the search pauses after a find that was none: an engine that errs, errs often.
const PENANCE: Duration = Duration::from_secs(1);

/// The first 24 bytes of the nonces of one process. The other 8 are counted through.
pub type Prefix = [u8; 24];

/// What came of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
	/// A nonce that meets the target: checked again by the engine's scalar twin.
	Nonce {
		/// What it seals.
		work: Work,
		/// The whole nonce.
		nonce: [u8; 32],
	},
	/// The engine took a nonce for a find that is none.
	Wrong {
		/// What it would have sealed.
		work: Work,
		/// The whole nonce.
		nonce: [u8; 32],
	},
}

/// The background search. Ends when it is dropped.
pub struct Searcher {
	desk: Arc<Desk>,
	thread: Option<JoinHandle<()>>,
}

/// Where the next work is put.
#[derive(Default)]
struct Desk {
	state: Mutex<State>,
	changed: Condvar,
}

#[derive(Default)]
struct State {
	/// Work that is not begun.
	next: Option<Work>,
	/// Ends the search that runs.
	cancel: Arc<AtomicBool>,
	closed: bool,
}

impl Desk {
	fn state(&self) -> MutexGuard<'_, State> {
		self.state.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Ends the search that runs, and says what is next.
	fn put(&self, next: Option<Work>, closed: bool) {
		let mut state = self.state();
		state.cancel.store(true, Ordering::Relaxed);
		state.next = next;
		state.closed |= closed;
		self.changed.notify_all();
	}

	/// Waits for work, and gives the flag that ends the search for it. `None` at the end.
	fn take(&self) -> Option<(Work, Arc<AtomicBool>)> {
		let mut state = self.state();
		loop {
			if state.closed {
				return None;
			}
			if let Some(work) = state.next.take() {
				state.cancel = Arc::default();
				return Some((work, state.cancel.clone()));
			}
			state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
		}
	}

	/// Waits, but not if the search is cancelled.
	fn pause(&self, time: Duration, cancel: &AtomicBool) {
		let state = self.state();
		let goes_on = |_: &mut State| !cancel.load(Ordering::Relaxed);
		drop(self.changed.wait_timeout_while(state, time, goes_on));
	}
}

impl Searcher {
	/// Searches with `engine` on `threads` threads, under nonces that begin with `prefix`, and sends what it finds. Does
	/// nothing until there is work.
	///
	/// # Errors
	/// When the system has no thread for it.
	pub fn start(
		engine: Arc<dyn Engine>,
		threads: usize,
		prefix: Prefix,
		progress: Arc<Progress>,
		finds: mpsc::UnboundedSender<Found>,
	) -> std::io::Result<Self> {
		let desk = Arc::new(Desk::default());
		let at_desk = desk.clone();
		let body = move || {
			while let Some((work, cancel)) = at_desk.take() {
				let job = Job { seed: work.pre_hash, nonce_prefix: prefix, target: work.target };
				let mut start = 0;
				while let Some(find) = solve(&*engine, &job, start, threads, &cancel, &progress) {
					let nonce = whole(&prefix, find.nonce);
					if is_right(&work, &nonce) {
						let _ = finds.send(Found::Nonce { work, nonce });
						break;
					}
					let _ = finds.send(Found::Wrong { work: work.clone(), nonce });
					at_desk.pause(PENANCE, &cancel);
					start = find.nonce.saturating_add(1);
				}
			}
		};
		let thread = thread::Builder::new().name("mine".into()).spawn(body)?;
		Ok(Self { desk, thread: Some(thread) })
	}

	/// Searches for `work` from now on, and for nothing else; for nothing at all, if there is none. The search for the
	/// work before ends at once.
	pub fn set(&self, work: Option<Work>) {
		self.desk.put(work, false);
	}
}

impl Drop for Searcher {
	fn drop(&mut self) {
		self.desk.put(None, true);
		if let Some(thread) = self.thread.take() {
			// It ends within some tens of milliseconds. That it panicked, if it did, is on the screen already.
			let _ = thread.join();
		}
	}
}

fn whole(prefix: &Prefix, low: u64) -> [u8; 32] {
	let mut nonce = [0; 32];
	nonce[..24].copy_from_slice(prefix);
	nonce[24..].copy_from_slice(&low.to_be_bytes());
	nonce
}

fn is_right(work: &Work, nonce: &[u8; 32]) -> bool {
	meets_target(&keccak256(&block_input(&work.pre_hash, nonce)), &work.target)
}
