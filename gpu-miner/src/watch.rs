//! Watching for false tickets.
//!
//! The chain computes a few of the tickets of each reveal; whoever forges a share of the rest is found by somebody who
//! computes more of them. This follows the reveals of all other nodes, computes their tickets again in an order that
//! nobody can foresee, as many a minute as the owner gives, and names one that does not win
//! (`workVerification.challengePower`). Who is first has a fifth of what the forger loses.
//!
//! ```text
//!  block ─► reveal ─► what the chain keeps of it, by the hash ─► tickets, some at a time, in turn with those of other reveals
//!                                                                    │ one does not win
//!                                                                    ▼
//!                                       the chain's own word on it ─► report, in a transaction
//! ```
//! A right ticket is never reported: what this program takes for false must be false for the node that it asks as well,
//! and is still kept on the chain, before a fee is paid for saying so.

pub mod scan;

use crate::{
	chain::{show, show_tokens, Balance, BlockNumber, ChainError, Hash, NodeId, ProofKind, TOKEN},
	http::Page,
	lotteries,
};
use async_trait::async_trait;
use gpu_miner_engine::keccak256;
use gpu_work::{
	lottery::check_batch,
	matrix::{check_ticket, Ticket, DEPTH},
	table::{check_start, check_walk},
};
use rustix::rand::{getrandom, GetRandomFlags};
use serde::{Deserialize, Serialize};
use std::{
	collections::VecDeque,
	fmt::Write as _,
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::Duration,
};
use tokio::{
	sync::{mpsc, watch},
	time::{sleep, Instant},
};

/// Tickets a minute that are computed again where nobody says otherwise: a tenth of a second of one core.
pub const TICKETS_PER_MINUTE: u32 = 600;

/// Less than this, plancks, and nothing is reported: a fee must not eat what the account is there for.
pub const LEAST_BALANCE: Balance = TOKEN / 100;

/// How often tickets are computed while there are some.
const TICK: Duration = Duration::from_millis(250);
/// Tickets of one reveal before the next one has its turn.
const TURN: usize = 16;
/// Reveals that wait for their turn. Past that the oldest is let go.
const MOST_CASES: usize = 1_024;
/// Blocks that may wait to be looked at.
const BLOCKS: usize = 4;
/// The first and the longest pause after the chain could not be read.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(8));

/// Whose reveal, and of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
	/// The node.
	pub node: NodeId,
	/// The lottery's kind.
	pub kind: ProofKind,
	/// The node's device.
	pub device: u8,
	/// The lottery.
	pub round: u32,
}

/// A reveal as it stands in a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reveal {
	/// Whose, and of what.
	pub subject: Subject,
	/// Everything in the block that can be it: tickets and salt. The commitment tells.
	pub found: Vec<(Vec<u64>, Hash)>,
}

/// What the chain keeps of a commitment: all that it takes to compute its tickets again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
	/// The hash of tickets and salt.
	pub hash: Hash,
	/// The device's seed.
	pub seed: Hash,
	/// Tickets whose number is at or below this win.
	pub target: u64,
	/// Of a table: where walks begin, and its elements.
	pub walks: Option<(Hash, u64)>,
	/// The last block in which a false ticket can be named; `None` before the reveal.
	pub until: Option<BlockNumber>,
}

impl Kept {
	/// Whether a ticket is the device's and wins: the chain's own rules, in native code.
	pub fn wins(&self, ticket: u64) -> bool {
		match self.walks {
			Some((entropy, elements)) => {
				check_start(&self.seed, ticket).is_ok()
					&& check_walk(keccak256, &self.seed, &entropy, ticket, elements, self.target)
			}
			None => Ticket::from_u64(ticket).is_some_and(|ticket| {
				check_batch(&self.seed, ticket.batch).is_ok()
					&& check_ticket(keccak256, &self.seed, ticket, DEPTH, self.target)
			}),
		}
	}
}

/// Blocks that were looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
	/// The best block.
	pub best: BlockNumber,
	/// How many were looked at,
	pub blocks: u32,
	/// and how many could not be: the node does not keep their state any more.
	pub skipped: u32,
	/// What was revealed in them.
	pub reveals: Vec<Reveal>,
}

/// What is said to the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accusation {
	/// Whose reveal.
	pub subject: Subject,
	/// All of it,
	pub tickets: Vec<u64>,
	/// with its salt,
	pub salt: Hash,
	/// and which of the tickets does not win.
	pub index: u32,
}

/// The chain as a watcher needs it.
#[async_trait]
pub trait Ledger: Send + Sync + 'static {
	/// Waits for new blocks and reads what was revealed in them. Each reveal is given at least once, whatever blocks
	/// are replaced by others.
	async fn next(&self) -> Result<Seen, ChainError>;

	/// What is kept of a commitment now; `None` if nothing is: it is too long ago, or somebody named a false ticket.
	async fn kept(&self, subject: &Subject) -> Result<Option<Kept>, ChainError>;

	/// The chain's own word: the index of the first of these tickets that is false.
	async fn false_ticket(&self, subject: &Subject, tickets: &[u64]) -> Result<Option<u32>, ChainError>;

	/// Names a false ticket, in a transaction.
	async fn report(&self, accusation: &Accusation) -> Result<(), ChainError>;

	/// Plancks that whoever reports can spend.
	async fn free_balance(&self) -> Result<Balance, ChainError>;
}

/// How it is going, since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WatchFigures {
	/// Tickets a minute that may be computed; zero where nobody watches.
	pub tickets_per_minute: u32,
	/// The best block.
	pub block: BlockNumber,
	/// Blocks that were looked at.
	pub blocks: u64,
	/// Blocks whose state the node did not keep.
	pub blocks_skipped: u64,
	/// Reveals of others.
	pub reveals: u64,
	/// Of which the tickets were not in the block: nothing could be computed.
	pub reveals_unread: u64,
	/// Of which every ticket was computed.
	pub reveals_whole: u64,
	/// Reveals that wait for their turn, or are computed now.
	pub reveals_open: u64,
	/// Tickets that were computed.
	pub tickets: u64,
	/// Tickets that this program takes for false.
	pub tickets_false: u64,
	/// Of which the chain says that they are right. Not reported.
	pub disagreed: u64,
	/// Reports that are in a block.
	pub reports: u64,
	/// Reports that the chain refused: somebody was faster.
	pub reports_refused: u64,
	/// Whether the account has too little for fees, so that nothing is reported.
	pub unfunded: bool,
	/// What last went wrong; empty if nothing did.
	pub last_problem: String,
}

impl WatchFigures {
	/// The figures in Prometheus' text format.
	pub fn metrics(&self) -> String {
		let mut text = String::new();
		let mut metric = |name: &str, kind: &str, help: &str, value: u64| {
			// Writing to a string cannot fail.
			let _ = writeln!(
				text,
				"# HELP gpu_miner_watch_{name} {help}\n# TYPE gpu_miner_watch_{name} {kind}\ngpu_miner_watch_{name} {value}"
			);
		};
		metric("tickets_per_minute", "gauge", "Tickets a minute that may be computed.", self.tickets_per_minute.into());
		metric("block", "gauge", "The best block.", self.block.into());
		metric("blocks_total", "counter", "Blocks that were looked at.", self.blocks);
		metric("blocks_skipped_total", "counter", "Blocks whose state the node did not keep.", self.blocks_skipped);
		metric("reveals_total", "counter", "Reveals of other nodes.", self.reveals);
		metric("reveals_unread_total", "counter", "Reveals whose tickets were not found.", self.reveals_unread);
		metric("reveals_whole_total", "counter", "Reveals all of whose tickets were computed.", self.reveals_whole);
		metric("reveals_open", "gauge", "Reveals that wait or are computed.", self.reveals_open);
		metric("tickets_total", "counter", "Tickets that were computed.", self.tickets);
		metric("tickets_false_total", "counter", "Tickets that do not win.", self.tickets_false);
		metric("disagreed_total", "counter", "Tickets that the chain takes for right.", self.disagreed);
		metric("reports_total", "counter", "Reports in a block.", self.reports);
		metric("reports_refused_total", "counter", "Reports that the chain refused.", self.reports_refused);
		metric("unfunded", "gauge", "Whether the account has too little for fees.", self.unfunded.into());
		text
	}

	/// One line for people.
	pub fn describe(&self) -> String {
		format!(
			"block {}: {} reveals of others, {} open, {} whole; {} tickets computed, {} false, {} reported",
			self.block,
			self.reveals,
			self.reveals_open,
			self.reveals_whole,
			self.tickets,
			self.tickets_false,
			self.reports
		)
	}
}

/// The figures that the watcher writes and others read. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct SharedWatch(Arc<Mutex<WatchFigures>>);

impl SharedWatch {
	/// How it is going.
	pub fn get(&self) -> WatchFigures {
		self.lock().clone()
	}

	fn update(&self, change: impl FnOnce(&mut WatchFigures)) {
		change(&mut self.lock());
	}

	fn lock(&self) -> MutexGuard<'_, WatchFigures> {
		self.0.lock().unwrap_or_else(PoisonError::into_inner)
	}
}

impl Page for SharedWatch {
	fn json(&self) -> serde_json::Result<Vec<u8>> {
		serde_json::to_vec_pretty(&self.get())
	}

	fn metrics(&self) -> String {
		self.get().metrics()
	}

	fn is_healthy(&self) -> bool {
		let figures = self.get();
		figures.blocks > 0 && !figures.unfunded
	}
}

/// A reveal whose tickets are computed.
struct Case {
	subject: Subject,
	tickets: Vec<u64>,
	salt: Hash,
	kept: Kept,
	/// The last block in which a false ticket can be named.
	until: BlockNumber,
	/// Indices of tickets that were not computed, in an order that nobody can foresee.
	unchecked: Vec<u32>,
	/// One that does not win, which is to be reported.
	guilty: Option<u32>,
}

/// Tickets that may be computed: as many a minute as the owner gives, and never more than a minute's at once.
struct Purse {
	per_minute: u32,
	/// In milliseconds of a ticket: 60,000 are one ticket at one a minute.
	saved: u64,
	filled: Instant,
}

impl Purse {
	fn new(per_minute: u32) -> Self {
		Self { per_minute, saved: 0, filled: Instant::now() }
	}

	/// Takes as many as there are, `most` at most.
	fn take(&mut self, now: Instant, most: usize) -> usize {
		let passed = u64::try_from(now.duration_since(self.filled).as_millis()).unwrap_or(u64::MAX).min(60_000);
		self.filled = now;
		let minute = u64::from(self.per_minute) * 60_000;
		self.saved = (self.saved + passed * u64::from(self.per_minute)).min(minute);
		let taken = usize::try_from(self.saved / 60_000).unwrap_or(usize::MAX).min(most);
		self.saved -= taken as u64 * 60_000;
		taken
	}

	/// Gives back what was taken and not needed.
	fn give_back(&mut self, tickets: usize) {
		self.saved += tickets as u64 * 60_000;
	}
}

/// Numbers that nobody can foresee: SplitMix64, begun with the system's randomness.
struct Random(u64);

impl Random {
	fn new() -> Option<Self> {
		let mut seed = [0; 8];
		matches!(getrandom(&mut seed, GetRandomFlags::empty()), Ok(8)).then_some(Self(u64::from_le_bytes(seed)))
	}

	fn below(&mut self, end: usize) -> usize {
		self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
		let mut z = self.0;
		z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
		z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
		((u128::from(z ^ (z >> 31)) * end as u128) >> 64) as usize
	}

	fn order(&mut self, count: usize) -> Vec<u32> {
		let mut order: Vec<u32> = (0..count as u32).collect();
		for last in (1..order.len()).rev() {
			order.swap(last, self.below(last + 1));
		}
		order
	}
}

/// What the owner wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
	/// Tickets a minute that may be computed.
	pub tickets_per_minute: u32,
	/// A node whose reveals are not looked at: one's own.
	pub own: Option<NodeId>,
}

/// Follows a chain and computes tickets.
pub struct Watcher<L> {
	ledger: Arc<L>,
	options: Options,
	figures: SharedWatch,
	purse: Purse,
	random: Random,
	block: BlockNumber,
	/// Reveals of which it is not known yet what the chain keeps.
	unread: VecDeque<Reveal>,
	cases: VecDeque<Case>,
}

impl<L: Ledger> Watcher<L> {
	/// A watcher that has done nothing; `None` where the system has no random numbers, without which forgers could
	/// foresee what is computed.
	pub fn new(ledger: Arc<L>, options: Options, figures: SharedWatch) -> Option<Self> {
		figures.update(|figures| figures.tickets_per_minute = options.tickets_per_minute);
		Some(Self {
			ledger,
			options,
			figures,
			purse: Purse::new(options.tickets_per_minute),
			random: Random::new()?,
			block: 0,
			unread: VecDeque::new(),
			cases: VecDeque::new(),
		})
	}

	/// Watches until `stop` is true. A chain that cannot be reached is no reason to stop.
	pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
		let (sender, mut blocks) = mpsc::channel(BLOCKS);
		let (ledger, figures) = (self.ledger.clone(), self.figures.clone());
		let follow = tokio::spawn(follow(ledger, figures, sender));
		loop {
			let has_work = !self.cases.is_empty() || !self.unread.is_empty();
			let seen = tokio::select! {
				biased;
				_ = stop.wait_for(|stop| *stop) => break,
				seen = blocks.recv() => match seen {
					Some(seen) => Some(seen),
					None => break,
				},
				() = sleep(TICK), if has_work => None,
			};
			match seen {
				Some(seen) => self.take(seen),
				None => self.work().await,
			}
		}
		follow.abort();
	}

	/// Takes what was revealed.
	fn take(&mut self, seen: Seen) {
		self.block = self.block.max(seen.best);
		let own = self.options.own;
		let reveals = seen.reveals.into_iter().filter(|reveal| Some(reveal.subject.node) != own);
		let (before, known) = (self.unread.len(), |cases: &VecDeque<Case>, subject: &Subject| {
			cases.iter().any(|case| case.subject == *subject)
		});
		for reveal in reveals {
			// Given again, because its block was replaced by another one.
			if !known(&self.cases, &reveal.subject) && !self.unread.contains(&reveal) {
				self.unread.push_back(reveal);
			}
		}
		let new = self.unread.len().saturating_sub(before) as u64;
		while self.unread.len() > MOST_CASES {
			self.unread.pop_front();
		}
		self.figures.update(|figures| {
			figures.block = self.block;
			figures.blocks += u64::from(seen.blocks);
			figures.blocks_skipped += u64::from(seen.skipped);
			figures.reveals += new;
		});
	}

	/// One tick: reads what the chain keeps of new reveals, computes as many tickets as may be, and reports.
	async fn work(&mut self) {
		while let Some(reveal) = self.unread.pop_front() {
			match self.ledger.kept(&reveal.subject).await {
				Ok(Some(kept)) => self.open(reveal, kept),
				Ok(None) => (),
				Err(error) => {
					self.unread.push_front(reveal);
					self.problem(&error);
					break;
				}
			}
		}
		let now = self.block;
		self.cases.retain(|case| case.until >= now);
		let mut left = self.purse.take(Instant::now(), self.cases.len().saturating_mul(TURN));
		for _ in 0..self.cases.len() {
			let Some(mut case) = self.cases.pop_front() else { break };
			if case.guilty.is_none() {
				let turn = TURN.min(left).min(case.unchecked.len());
				if turn == 0 {
					self.cases.push_back(case);
					continue;
				}
				left -= turn;
				let indices = case.unchecked.split_off(case.unchecked.len() - turn);
				case = self.compute(case, indices).await;
			}
			match case.guilty {
				Some(index) => {
					if let Some(case) = self.accuse(case, index).await {
						self.cases.push_back(case);
					}
				}
				None if case.unchecked.is_empty() => self.figures.update(|figures| figures.reveals_whole += 1),
				None => self.cases.push_back(case),
			}
		}
		self.purse.give_back(left);
		let open = (self.cases.len() + self.unread.len()) as u64;
		self.figures.update(|figures| figures.reveals_open = open);
	}

	/// A reveal of which the chain keeps the commitment.
	fn open(&mut self, reveal: Reveal, kept: Kept) {
		let subject = reveal.subject;
		// Without its block the reveal is not there: the block was replaced, and it comes again with another.
		let Some(until) = kept.until else { return };
		let found = reveal.found.into_iter().find(|(tickets, salt)| {
			lotteries::commitment(&subject.node, subject.kind, subject.device, subject.round, tickets, salt)
				== kept.hash
		});
		let Some((tickets, salt)) = found else {
			tracing::info!(
				"the tickets of {} for the lottery of round {} are not in the block of their reveal: they are left to others",
				show(&subject.node),
				subject.round
			);
			self.figures.update(|figures| figures.reveals_unread += 1);
			return;
		};
		let unchecked = self.random.order(tickets.len());
		self.cases.push_back(Case { subject, tickets, salt, kept, until, unchecked, guilty: None });
		if self.cases.len() > MOST_CASES {
			self.cases.pop_front();
		}
	}

	/// Computes some tickets of a reveal, beside the loop.
	async fn compute(&mut self, mut case: Case, indices: Vec<u32>) -> Case {
		let computed = indices.len() as u64;
		let (kept, tickets) =
			(case.kept, indices.iter().filter_map(|index| Some((*index, *case.tickets.get(*index as usize)?))));
		let tickets: Vec<(u32, u64)> = tickets.collect();
		let guilty = tokio::task::spawn_blocking(move || {
			tickets.into_iter().find(|(_, ticket)| !kept.wins(*ticket)).map(|(index, _)| index)
		});
		match guilty.await {
			Ok(guilty) => {
				case.guilty = guilty;
				self.figures.update(|figures| {
					figures.tickets += computed;
					figures.tickets_false += u64::from(guilty.is_some());
				});
			}
			// The runtime ends.
			Err(_) => case.unchecked.extend(indices),
		}
		case
	}

	/// Reports a ticket, if the chain itself takes it for false. Gives the case back where that has to wait.
	async fn accuse(&mut self, case: Case, index: u32) -> Option<Case> {
		let Subject { node, kind, round, .. } = case.subject;
		let about = format!("ticket {index} of {} in the lottery of round {round} ({kind:?})", show(&node));
		// Somebody may have been faster, and a fee is paid for what is refused.
		match self.ledger.kept(&case.subject).await {
			Ok(Some(kept)) if kept == case.kept => (),
			Ok(_) => {
				tracing::info!("{about} does not win; somebody else said so");
				return None;
			}
			Err(error) => return self.later(case, &error),
		}
		let index = match self.ledger.false_ticket(&case.subject, &case.tickets).await {
			Ok(Some(index)) => index,
			Ok(None) => {
				tracing::error!(
					"{about} does not win, says this program; the node says that it does. It is not reported; use the gpu-miner of the \
					 node's release"
				);
				self.figures.update(|figures| figures.disagreed += 1);
				return None;
			}
			Err(error) => return self.later(case, &error),
		};
		match self.ledger.free_balance().await {
			Ok(free) => {
				let unfunded = free < LEAST_BALANCE;
				let was = self.figures.get().unfunded;
				self.figures.update(|figures| figures.unfunded = unfunded);
				if unfunded {
					if !was {
						let (free, least) = (show_tokens(free), show_tokens(LEAST_BALANCE));
						tracing::warn!(
							"{about} does not win, but the account has only {free} for the fee; {least} are needed"
						);
					}
					return Some(case);
				}
			}
			Err(error) => return self.later(case, &error),
		}
		let accusation = Accusation { subject: case.subject, tickets: case.tickets.clone(), salt: case.salt, index };
		match self.ledger.report(&accusation).await {
			Ok(()) => {
				tracing::warn!("{about} does not win: reported, and the chain agrees; its node is slashed");
				self.figures.update(|figures| figures.reports += 1);
				None
			}
			Err(ChainError::Failed { error, .. }) => {
				tracing::info!("{about} does not win; the report failed: {error}");
				self.figures.update(|figures| figures.reports_refused += 1);
				None
			}
			// The next try begins with what the chain keeps: then it shows whether this one is in a block after all.
			Err(error) => self.later(case, &error),
		}
	}

	fn later(&self, case: Case, error: &ChainError) -> Option<Case> {
		self.problem(error);
		Some(case)
	}

	fn problem(&self, error: &ChainError) {
		tracing::debug!("{error}");
		self.figures.update(|figures| figures.last_problem = error.to_string());
	}
}

/// Reads blocks until nobody wants them any more.
async fn follow<L: Ledger>(ledger: Arc<L>, figures: SharedWatch, blocks: mpsc::Sender<Seen>) {
	let (first, longest) = PAUSES;
	let mut pause = first;
	loop {
		match ledger.next().await {
			Ok(seen) => {
				pause = first;
				if seen.skipped > 0 {
					tracing::info!(
						"watching: the node does not keep the state of {} older blocks; what was revealed there is left to others",
						seen.skipped
					);
				}
				if blocks.send(seen).await.is_err() {
					return;
				}
			}
			Err(error) => {
				tracing::warn!("watching: {error}; trying again in {} s", pause.as_secs());
				figures.update(|figures| figures.last_problem = error.to_string());
				sleep(pause).await;
				pause = (pause * 2).min(longest);
			}
		}
	}
}

#[cfg(test)]
mod tests;
