//! Mining blocks: `gpu-miner mine`.
//!
//! ```text
//!  node ── work, or "stop" ──► miner ── current work ──► search on all threads
//!    ▲                           ▲                              │
//!    └── finds for the head ─────┴──── finds, checked again ◄───┘
//! ```
//! - [`work`]: what a node gives out, and how much of that is believed.
//! - [`link`]: the connection to one node.
//! - [`search`]: the background search.
//! - [`figures`] and [`board`]: how it is going.
//!
//! Who is paid is in the header that a node gives out, and its hash alone tells nobody who that is: mine for nodes that
//! you run, or whose owner you trust.
//!
//! One node at a time. When it fails the next is asked, and after a while the first again. Work is never carried from one
//! node to another: a node knows its own templates only. What is being searched for ends at once when the node says
//! "stop", changes the work, or is lost.

pub mod board;
pub mod figures;
pub mod link;
pub mod search;
pub mod work;

use figures::SharedFigures;
use futures::{
	future::{pending, BoxFuture},
	stream::FuturesUnordered,
	FutureExt, StreamExt,
};
use gpu_miner_engine::{Engine, Progress};
use link::{Link, Problem};
use rustix::rand::{getrandom, GetRandomFlags};
use search::{Found, Prefix, Searcher};
use std::{sync::Arc, time::Duration};
use tokio::{
	sync::{mpsc, watch},
	task::JoinHandle,
	time::{sleep, sleep_until, timeout, Instant},
};
use work::{Outcome, Work};

use crate::rates::WINDOWS;

/// So many right finds in a row that a node calls wrong are enough of it.
const MAX_DENIED: u32 = 3;

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
	/// A node has so long to accept a connection,
	pub connect: Duration,
	/// and so long to answer.
	pub answer: Duration,
	/// When a node has pushed nothing for so long it is asked.
	pub silence: Duration,
	/// A node that pushes nothing is asked so often.
	pub poll: Duration,
	/// When no node is of use, all are tried again after this, then after twice that,
	pub first_pause: Duration,
	/// and so on up to this.
	pub longest_pause: Duration,
	/// A connection that lasted so long was a good one: pauses begin anew.
	pub steady: Duration,
	/// A node that has had no work for so long is left for the next.
	pub idle: Duration,
	/// With another than the first node, the first is tried again so often.
	pub back: Duration,
	/// A line about the figures is written so often.
	pub report: Duration,
	/// At the end, answers to finds are awaited for so long.
	pub farewell: Duration,
}

impl Default for Timing {
	fn default() -> Self {
		Self {
			connect: Duration::from_secs(10),
			answer: Duration::from_secs(10),
			silence: Duration::from_secs(15),
			poll: Duration::from_secs(1),
			first_pause: Duration::from_secs(1),
			longest_pause: Duration::from_secs(30),
			steady: Duration::from_secs(60),
			idle: Duration::from_secs(120),
			back: Duration::from_secs(300),
			report: Duration::from_secs(10),
			farewell: Duration::from_millis(500),
		}
	}
}

/// What to mine with, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
	/// Nodes, in the order in which they are tried. At least one.
	pub nodes: Vec<String>,
	/// Threads that search.
	pub threads: usize,
	/// How long things may take.
	pub timing: Timing,
}

/// Mines until `stop` is true.
///
/// # Errors
/// When the system has no thread or no random numbers.
pub async fn run(
	engine: Arc<dyn Engine>,
	options: Options,
	figures: SharedFigures,
	stop: watch::Receiver<bool>,
) -> std::io::Result<()> {
	let progress = Arc::new(Progress::default());
	let (sender, finds) = mpsc::unbounded_channel();
	let searcher = Searcher::start(engine, options.threads, random_prefix()?, progress.clone(), sender)?;
	let reporter = tokio::spawn(report(progress, figures.clone(), options.timing.report));
	Miner { options, searcher, finds, figures, stop, reporter, first: None }.run().await;
	Ok(())
}

/// The first 24 bytes of this process' nonces, so that no two miners do the same work.
fn random_prefix() -> std::io::Result<Prefix> {
	let mut prefix = [0; 24];
	let filled = getrandom(&mut prefix, GetRandomFlags::empty())?;
	if filled == prefix.len() {
		Ok(prefix)
	} else {
		Err(std::io::Error::other("the system has too few random numbers"))
	}
}

/// Measures the rate, and writes a line every so often.
async fn report(progress: Arc<Progress>, figures: SharedFigures, every: Duration) {
	let (meter, mut counted) = (figures.meter().clone(), 0);
	let mut due = Instant::now() + every;
	loop {
		sleep(Duration::from_secs(1).min(every)).await;
		let hashes = progress.hashes();
		meter.add(hashes - counted);
		counted = hashes;
		let now = std::time::Instant::now();
		meter.sample(now);
		if Instant::now() >= due {
			due = Instant::now() + every;
			tracing::info!("{}", figures.get().describe(meter.rate(WINDOWS[0], now)));
		}
	}
}

struct Miner {
	options: Options,
	searcher: Searcher,
	finds: mpsc::UnboundedReceiver<Found>,
	figures: SharedFigures,
	stop: watch::Receiver<bool>,
	reporter: JoinHandle<()>,
	/// A connection to the first node that was made while another one was in use.
	first: Option<Link>,
}

impl Drop for Miner {
	fn drop(&mut self) {
		self.reporter.abort();
	}
}

impl Miner {
	async fn run(mut self) {
		let timing = self.options.timing;
		let nodes = self.options.nodes.clone();
		let (mut index, mut failures, mut pause) = (0, 0, timing.first_pause);
		loop {
			let url = &nodes[index % nodes.len()];
			let began = Instant::now();
			let problem = match self.mine_for(url, index % nodes.len() == 0).await {
				Ok(()) => break,
				Err(problem) => problem,
			};
			self.turn_to(None);
			self.figures.update(|figures| figures.endpoint = None);
			if matches!(problem, Problem::Worse) {
				tracing::info!("{url}: {problem}");
				index = 0;
				continue;
			}
			tracing::warn!("{url}: {problem}");
			self.figures.update(|figures| figures.problem = Some(format!("{url}: {problem}")));
			if began.elapsed() >= timing.steady {
				(failures, pause) = (0, timing.first_pause);
			}
			index = (index + 1) % nodes.len();
			failures += 1;
			if failures % nodes.len() == 0 {
				if self.stopped_within(pause).await {
					break;
				}
				pause = (pause * 2).min(timing.longest_pause);
			}
		}
		self.searcher.set(None);
	}

	async fn stopped_within(&mut self, time: Duration) -> bool {
		timeout(time, stopped(&mut self.stop)).await.is_ok()
	}

	/// Mines for one node until it is told to stop.
	async fn mine_for(&mut self, url: &str, is_first: bool) -> Result<(), Problem> {
		let timing = self.options.timing;
		let mut link = match self.first.take().filter(|_| is_first) {
			Some(link) => link,
			None => tokio::select! {
				() = stopped(&mut self.stop) => return Ok(()),
				link = Link::open(url, timing) => link?,
			},
		};
		tracing::info!("connected to {url}");
		self.figures.update(|figures| figures.endpoint = Some(url.into()));

		let mut submissions = FuturesUnordered::new();
		let mut denied = 0;
		let mut had_work = Instant::now();
		let mut returning = (!is_first).then(|| self.return_to_first());
		loop {
			let has_work = self.figures.update(|figures| figures.work.is_some());
			let may_leave = self.options.nodes.len() > 1 && !has_work;
			tokio::select! {
				() = stopped(&mut self.stop) => {
					self.searcher.set(None);
					let answers = async {
						while let Some((work, answer)) = submissions.next().await {
							let _ = self.take_answer(&work, answer, &mut denied);
						}
					};
					let _ = timeout(timing.farewell, answers).await;
					return Ok(());
				}
				work = link.next() => {
					let work = work?;
					if work.is_some() || has_work {
						had_work = Instant::now();
					}
					self.turn_to(work);
				}
				Some(found) = self.finds.recv() => {
					if let Some((work, nonce)) = self.take_find(found) {
						submissions.push(link.submit(&work, &nonce).map(|answer| (work, answer)));
					}
				}
				Some((work, answer)) = submissions.next() => self.take_answer(&work, answer, &mut denied)?,
				() = sleep_until(had_work + timing.idle), if may_leave => {
					return Err(Problem::Idle(timing.idle.as_secs()));
				}
				first = next_of(&mut returning) => match first {
					Ok(first) => {
						self.first = Some(first);
						return Err(Problem::Worse);
					}
					Err(problem) => {
						tracing::debug!("staying with {url}: {}: {problem}", self.options.nodes[0]);
						returning = Some(self.return_to_first());
					}
				},
			}
		}
	}

	/// Connects to the first node, after a while.
	fn return_to_first(&self) -> BoxFuture<'static, Result<Link, Problem>> {
		let (url, timing) = (self.options.nodes[0].clone(), self.options.timing);
		async move {
			sleep(timing.back).await;
			Link::open(&url, timing).await
		}
		.boxed()
	}

	fn turn_to(&mut self, work: Option<Work>) {
		match &work {
			Some(work) => {
				tracing::debug!("block {} on 0x{}", work.number, hex::encode(&work.parent_hash[..4]));
			}
			None => tracing::debug!("no work"),
		}
		self.searcher.set(work.clone());
		self.figures.update(|figures| figures.work = work);
	}

	/// The find, if it is still worth handing in.
	fn take_find(&mut self, found: Found) -> Option<(Work, [u8; 32])> {
		let (work, nonce) = match found {
			Found::Nonce { work, nonce } => (work, nonce),
			Found::Wrong { work, nonce } => {
				let what = format!(
					"the engine took nonce 0x{} for block {} for a find, and it is none: it was not handed in",
					hex::encode(nonce),
					work.number
				);
				tracing::error!("{what}");
				self.figures.update(|figures| {
					figures.wrong += 1;
					figures.problem = Some(what);
				});
				return None;
			}
		};
		let now = self.figures.get().work;
		// A newer template on the same parent does no harm: the node keeps the older ones.
		if now.is_some_and(|now| now.parent_hash == work.parent_hash) {
			return Some((work, nonce));
		}
		tracing::info!("block {} was found too late", work.number);
		self.figures.update(|figures| figures.count(Outcome::Stale));
		None
	}

	fn take_answer(&self, work: &Work, answer: Result<Outcome, Problem>, denied: &mut u32) -> Result<(), Problem> {
		let outcome = match answer {
			Ok(outcome) => outcome,
			Err(problem) => {
				self.figures.update(|figures| figures.failed += 1);
				if !matches!(problem, Problem::Refused(_)) {
					return Err(problem);
				}
				// The node offers the work again.
				tracing::warn!("block {}: {problem}", work.number);
				self.figures.update(|figures| figures.problem = Some(problem.to_string()));
				return Ok(());
			}
		};
		self.figures.update(|figures| figures.count(outcome));
		*denied = if outcome == Outcome::Invalid { *denied + 1 } else { 0 };
		match outcome {
			Outcome::Accepted => tracing::info!("block {}: accepted", work.number),
			Outcome::Stale => tracing::info!("block {}: stale, the chain went on before it was there", work.number),
			Outcome::Duplicate => tracing::info!("block {}: another miner of the node's was faster", work.number),
			Outcome::Invalid => tracing::warn!("block {}: the node takes a right find for a wrong one", work.number),
		}
		if *denied >= MAX_DENIED {
			return Err(Problem::Denies);
		}
		Ok(())
	}
}

/// Waits for the end. Nobody who could say so means the same.
async fn stopped(stop: &mut watch::Receiver<bool>) {
	let _ = stop.wait_for(|stop| *stop).await;
}

async fn next_of<R>(future: &mut Option<BoxFuture<'static, R>>) -> R {
	match future {
		Some(future) => future.await,
		None => pending().await,
	}
}
