//! Work for miners, and blocks made of what they find.
//!
//! ```text
//!  new head ──► empty template at once ──► full template a little later ──► another full one every two slots
//!                         │                          │
//!                         └──────────► book ◄────────┘ ──► miners (`pow_subscribeWork`)
//!                                       ▲
//!              find ── meets target? ───┘ ──► import ──► accepted, announced like a validator's own block
//! ```
//! - [`Keeper`] follows the head and decides what is built and offered when; it takes finds.
//! - [`book`] is which work is out and what became of older work.
//! - [`Node`] is what it asks of the node around it, and [`live`] the real one.
//! - [`metrics`] are its figures.
//!
//! # When there is no work
//! While the node syncs, or has no peers: what it takes for the head is not. On a head that admits no miner's block:
//! another miner's, the genesis, or one too soon after a miner's. In each case open work is given up at once and miners
//! are told to stop; a find for it is stale.
//!
//! # Time
//! A find costs a miner no progress when the head changes, only the time between the new head and the new work. That is
//! why the first template has inherents only, and the transactions come with the second.

pub mod book;
pub mod live;
pub mod metrics;

pub use book::{Template, Work};

use async_trait::async_trait;
use book::{Book, Refusal};
use futures::{
	future::{pending, BoxFuture},
	FutureExt, Stream, StreamExt,
};
use metrics::Metrics;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::{
	sync::{watch, Notify},
	time::{interval, sleep_until, Duration, Instant, MissedTickBehavior},
};

const LOG_TARGET: &str = "pow";

/// How often the keeper looks at the head, at syncing and at peers even if nothing is imported.
const LOOK: Duration = Duration::from_millis(500);
/// How long after a failed build another is tried.
const RETRY: Duration = Duration::from_secs(1);
/// After a new head a full template is built so much later, at the most.
const FULL_DELAY: Duration = Duration::from_millis(300);

/// Why a template could not be built, or a block not be imported.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// What goes into a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
	/// What every block must have.
	Inherents,
	/// Transactions, too.
	Full,
}

impl Content {
	/// Its name in metrics.
	pub fn name(self) -> &'static str {
		match self {
			Self::Inherents => "inherents",
			Self::Full => "full",
		}
	}
}

/// What became of a sealed block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
	/// It is the head.
	Best,
	/// It is in the database, but another block is the head.
	Late,
	/// It was in the database already.
	Known,
}

/// What the keeper asks of the node around it.
#[async_trait]
pub trait Node: Send + Sync + 'static {
	/// A block without its seal, and what its import takes.
	type Build: Send + 'static;

	/// The head of the best chain.
	fn head(&self) -> H256;

	/// Whether that is likely to be everybody's head: the node is not catching up, and has peers where it should.
	fn is_ready(&self) -> bool;

	/// Builds a miner's block on `parent`; `None` where none may stand. Does not block the calling task.
	async fn build(&self, parent: H256, content: Content) -> Result<Option<Template<Self::Build>>, Error>;

	/// Imports a block with its seal, and announces it. Once begun it is done, even if nobody waits for the answer.
	async fn import(&self, build: Self::Build, nonce: [u8; 32]) -> Result<Imported, Error>;
}

/// The answer to a find.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
	/// Its block is the head of the chain.
	Accepted,
	/// It meets its target and comes too late: the head has changed, or the work is unknown here.
	Stale,
	/// It does not meet the target.
	Invalid,
	/// Its work was solved before.
	Duplicate,
}

impl Outcome {
	/// Its name over RPC and in metrics.
	pub fn name(self) -> &'static str {
		match self {
			Self::Accepted => "accepted",
			Self::Stale => "stale",
			Self::Invalid => "invalid",
			Self::Duplicate => "duplicate",
		}
	}
}

/// When what is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
	/// How long a slot is.
	pub slot: Duration,
	/// How long after a new head the first full template is built.
	pub full_delay: Duration,
	/// How long after a full template another one is built, if the head is still the same.
	pub refresh: Duration,
}

impl Schedule {
	/// The schedule for slots of that length: full templates after 300 ms, or a tenth of a slot if that is shorter, and
	/// again every two slots.
	pub fn for_slots(slot: Duration) -> Self {
		Self { slot, full_delay: FULL_DELAY.min(slot / 10), refresh: slot * 2 }
	}
}

/// Keeps work for miners and takes what they find.
pub struct Keeper<N: Node> {
	node: N,
	schedule: Schedule,
	metrics: Metrics,
	book: Mutex<Book<N::Build>>,
	/// What the miners see: the book's current work.
	work: watch::Sender<Option<Work>>,
	/// Rung when the head's work was used up in vain.
	again: Notify,
}

/// What is done about one head.
struct Course<Build> {
	head: H256,
	seen: Instant,
	stage: Stage<Build>,
}

enum Stage<Build> {
	Waiting { until: Instant, content: Content },
	Building { since: Instant, content: Content, build: BoxFuture<'static, Result<Option<Template<Build>>, Error>> },
	Done,
}

/// A build that has ended.
struct Built<Build> {
	content: Content,
	took: Duration,
	result: Result<Option<Template<Build>>, Error>,
}

impl<N: Node> Keeper<N> {
	/// Keeps no work until it runs.
	pub fn new(node: N, schedule: Schedule, metrics: Metrics) -> Arc<Self> {
		Arc::new(Self {
			node,
			schedule,
			metrics,
			book: Mutex::default(),
			work: watch::Sender::new(None),
			again: Notify::new(),
		})
	}

	/// The node around it.
	pub fn node(&self) -> &N {
		&self.node
	}

	/// What to work on, if anything.
	pub fn work(&self) -> Option<Work> {
		self.work.borrow().clone()
	}

	/// What to work on as it changes. A reader that is slow misses what is over, never what is newest.
	pub fn watch(&self) -> watch::Receiver<Option<Work>> {
		self.work.subscribe()
	}

	/// Follows the chain and keeps work for its head, until `imports` ends. That stream only says that something was
	/// imported; the head is then asked for, so that a message that is missed or comes late does no harm.
	pub async fn run(self: Arc<Self>, imports: impl Stream<Item = ()>) {
		let mut imports = std::pin::pin!(imports);
		let mut look = interval(LOOK);
		look.set_missed_tick_behavior(MissedTickBehavior::Delay);
		let mut course = None;
		loop {
			let built = tokio::select! {
				import = imports.next() => match import {
					Some(()) => None,
					None => break,
				},
				_ = look.tick() => None,
				() = self.again.notified() => {
					course = None;
					None
				},
				built = self.follow(&mut course) => Some(built),
			};
			if !self.node.is_ready() {
				self.give_up();
				course = None;
				continue;
			}
			let head = self.node.head();
			match (course.as_mut().filter(|course| course.head == head), built) {
				(Some(course), Some(built)) => self.take_built(course, built),
				(Some(_), None) => (),
				(None, _) => {
					self.give_up();
					let now = Instant::now();
					let stage = Stage::Waiting { until: now, content: Content::Inherents };
					course = Some(Course { head, seen: now, stage });
				}
			}
		}
		self.give_up();
	}

	/// Does what is next about a head. May be dropped and called again at any time: how far it has come is in `course`.
	async fn follow(self: &Arc<Self>, course: &mut Option<Course<N::Build>>) -> Built<N::Build> {
		let Some(Course { head, stage, .. }) = course else { return pending().await };
		if let Stage::Waiting { until, content } = *stage {
			sleep_until(until).await;
			let (keeper, head) = (self.clone(), *head);
			let build = async move { keeper.node.build(head, content).await }.boxed();
			*stage = Stage::Building { since: Instant::now(), content, build };
		}
		let Stage::Building { since, content, build } = stage else { return pending().await };
		let result = build.await;
		let built = Built { content: *content, took: since.elapsed(), result };
		*stage = Stage::Done;
		built
	}

	fn take_built(&self, course: &mut Course<N::Build>, built: Built<N::Build>) {
		let Built { content, took, result } = built;
		let next = match result {
			Ok(Some(template)) => {
				self.metrics.built(content, took, course.seen.elapsed());
				self.metrics.difficulty(template.difficulty, self.schedule.slot);
				self.offer(template);
				match content {
					Content::Inherents => course.seen + self.schedule.full_delay,
					Content::Full => Instant::now() + self.schedule.refresh,
				}
			}
			Ok(None) => return,
			Err(error) => {
				log::warn!(target: LOG_TARGET, "No {} template for miners on {:?}: {error}", content.name(), course.head);
				self.metrics.build_failed();
				course.stage = Stage::Waiting { until: Instant::now() + RETRY, content };
				return;
			}
		};
		course.stage = Stage::Waiting { until: next, content: Content::Full };
	}

	fn offer(&self, template: Template<N::Build>) {
		let mut book = self.book();
		if let Some(work) = book.offer(template) {
			log::debug!(
				target: LOG_TARGET,
				"Work {} for miners: block {} in slot {}, difficulty {}, {:?}",
				work.seq, work.number, work.slot, work.difficulty, work.pre_hash,
			);
			self.work.send_replace(Some(work));
		}
	}

	fn give_up(&self) {
		let mut book = self.book();
		book.clear();
		self.stop_miners(&book);
	}

	/// Tells the miners to stop, unless they were told before. Takes the book as a proof that nobody changes it meanwhile.
	fn stop_miners(&self, _: &MutexGuard<Book<N::Build>>) {
		self.work.send_if_modified(|work| work.take().is_some());
	}

	/// Takes a find. Unless it meets its target this costs one hash at the most, and nothing is imported.
	///
	/// # Errors
	/// When the block that it makes cannot be imported.
	pub async fn submit(&self, pre_hash: H256, nonce: [u8; 32]) -> Result<Outcome, Error> {
		let taken = {
			let mut book = self.book();
			let taken = book.take(&pre_hash, &nonce);
			if taken.is_ok() {
				self.stop_miners(&book);
			}
			taken
		};
		let (work, build) = match taken {
			Ok(taken) => taken,
			Err(refusal) => {
				let (outcome, name) = match refusal {
					Refusal::Invalid => (Outcome::Invalid, Outcome::Invalid.name()),
					Refusal::Stale => (Outcome::Stale, Outcome::Stale.name()),
					Refusal::Duplicate => (Outcome::Duplicate, Outcome::Duplicate.name()),
					// Nobody knows whether it meets its target: it must not count among those that do.
					Refusal::Unknown => (Outcome::Stale, "unknown"),
				};
				self.metrics.submitted(name);
				log::debug!(target: LOG_TARGET, "A find for {pre_hash:?} is {name}");
				return Ok(outcome);
			}
		};
		let outcome = match self.node.import(build, nonce).await {
			Ok(Imported::Best) => Outcome::Accepted,
			Ok(Imported::Late) => Outcome::Stale,
			Ok(Imported::Known) => Outcome::Duplicate,
			Err(error) => {
				self.metrics.submitted("failed");
				log::warn!(target: LOG_TARGET, "A miner's block {} could not be imported: {error}", work.number);
				self.book().unseal(&work);
				self.again.notify_one();
				return Err(error);
			}
		};
		self.metrics.submitted(outcome.name());
		log::info!(target: LOG_TARGET, "A miner's block {} in slot {}: {}", work.number, work.slot, outcome.name());
		Ok(outcome)
	}

	fn book(&self) -> MutexGuard<'_, Book<N::Build>> {
		// The book is whole whenever its lock is free: each of its methods ends what it begins.
		self.book.lock().unwrap_or_else(PoisonError::into_inner)
	}
}
