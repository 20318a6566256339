//! Lotteries: what this machine claims, and the search for tickets that win.
//!
//! The processor searches ([`gpu_miner_engine::lottery`]), as device 0 of the node. What was committed to lies on the
//! disk before the commitment is sent, since it can be revealed only as it was.

use crate::{
	chain::{Hash, LotteryView, NodeId, PowerClaim, ProofKind},
	config::LotteryConfig,
};
use gpu_miner_engine::{
	lottery::{collect_tickets, measure_tickets, measure_walks, Table, WonTickets},
	matrix::Arithmetic,
	Progress,
};
use gpu_work::lottery::{commitment_input, WINS};
use rustix::rand::{getrandom, GetRandomFlags};
use serde::{Deserialize, Serialize};
use std::{
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc, Mutex, PoisonError,
	},
	thread,
	time::Duration,
};
use tiny_keccak::{Hasher, Keccak};

/// The device that the processor is.
pub const DEVICE: u8 = 0;

/// The most tickets that are revealed: as many as the chain takes.
pub const MOST: usize = 2 * WINS as usize;

/// How long rates are measured for.
const MEASURE: Duration = Duration::from_secs(2);

/// Walks are measured through a table of at most so many bytes: hashes take the time, not its size.
const MEASURED_TABLE: u64 = 64 << 20;

/// The share of its measured rate that a machine claims, percent: a search begins a block late and ends a block early,
/// and who claims too much shows nothing.
const CLAIMED: u64 = 80;

/// How often a filled table is asked whether walks begin.
const WAIT: Duration = Duration::from_millis(50);

/// Tickets that won, and what goes into their commitment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotteryAnswer {
	/// The device's seed.
	#[serde(with = "crate::state::hex32")]
	pub seed: Hash,
	/// What nobody can guess.
	#[serde(with = "crate::state::hex32")]
	pub salt: Hash,
	/// In ascending order.
	pub tickets: Vec<u64>,
}

impl LotteryAnswer {
	/// The hash that the chain is told before the tickets.
	pub fn commitment(&self, node: &NodeId, lottery: &LotteryView) -> Hash {
		let mut keccak = Keccak::v256();
		let kind = match lottery.kind {
			ProofKind::Compute => 0,
			ProofKind::Memory => 1,
		};
		commitment_input(node, lottery.round, kind, DEVICE, &self.salt, &self.tickets, |part| keccak.update(part));
		let mut hash = [0; 32];
		keccak.finalize(&mut hash);
		hash
	}
}

/// What the owner's configuration comes to on this machine: rates that it does not name are measured.
pub fn claims(config: &LotteryConfig, threads: usize) -> Vec<PowerClaim> {
	let mut claims = Vec::new();
	if config.compute {
		let tickets_per_second = config
			.tickets_per_second
			.unwrap_or_else(|| measure_tickets(Arithmetic::best(), threads, MEASURE) * CLAIMED / 100);
		claims.push(PowerClaim::Compute { tickets_per_second });
	}
	if config.memory_mib > 0 {
		let table_bytes = config.memory_mib << 20;
		let walks_per_second = config
			.walks_per_second
			.unwrap_or_else(|| measure_walks(table_bytes.min(MEASURED_TABLE), threads, MEASURE) * CLAIMED / 100);
		claims.push(PowerClaim::Memory { walks_per_second, table_bytes });
	}
	for claim in &claims {
		tracing::info!("lotteries: this machine claims {claim:?}");
	}
	claims
}

/// The search of one lottery. It may be stopped and taken up again: what was found stays.
pub(crate) struct LotterySearch {
	seed: Hash,
	salt: Hash,
	wins: Arc<WonTickets>,
	/// Where walks begin, once that is known.
	entropy: Arc<Mutex<Option<Hash>>>,
}

impl LotterySearch {
	/// A search for that lottery; `None` where the system has no random numbers.
	pub(crate) fn new(lottery: &LotteryView) -> Option<Self> {
		let mut salt = [0; 32];
		if !matches!(getrandom(&mut salt, GetRandomFlags::empty()), Ok(32)) {
			tracing::error!("the system has too few random numbers for a lottery");
			return None;
		}
		Some(Self { seed: lottery.seed, salt, wins: Arc::default(), entropy: Arc::default() })
	}

	/// Whether it is the search of that lottery.
	pub(crate) fn is_of(&self, lottery: &LotteryView) -> bool {
		self.seed == lottery.seed
	}

	/// Lets walks begin.
	pub(crate) fn begin_walks(&self, entropy: Option<Hash>) {
		*self.entropy.lock().unwrap_or_else(PoisonError::into_inner) = entropy;
	}

	/// What was found so far.
	pub(crate) fn answer(&self) -> LotteryAnswer {
		let tickets = self.wins.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect();
		LotteryAnswer { seed: self.seed, salt: self.salt, tickets }
	}

	/// What a thread does for it until it is cancelled. Fills the table first, if it is one of memory.
	pub(crate) fn body(&self, lottery: &LotteryView) -> impl FnOnce(usize, &AtomicBool) + Send + 'static {
		let (seed, target, kind, bytes) = (self.seed, lottery.target, lottery.kind, lottery.table_bytes);
		let (wins, slot) = (self.wins.clone(), self.entropy.clone());
		move |threads, cancel| {
			// Tickets and walks are no hashes: they are not counted as such.
			let progress = Progress::default();
			if kind == ProofKind::Compute {
				return collect_tickets(Arithmetic::best(), &seed, target, MOST, threads, &wins, cancel, &progress);
			}
			let Some(table) = Table::fill(&seed, bytes, threads, cancel) else {
				if !cancel.load(Ordering::Relaxed) {
					tracing::error!("no room for a table of {bytes} bytes: claim less memory");
				}
				return;
			};
			let entropy = loop {
				if let Some(entropy) = *slot.lock().unwrap_or_else(PoisonError::into_inner) {
					break entropy;
				}
				if cancel.load(Ordering::Relaxed) {
					return;
				}
				thread::sleep(WAIT);
			};
			table.collect_walks(&entropy, target, MOST, threads, &wins, cancel, &progress);
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use gpu_miner_engine::keccak256;

	fn lottery() -> LotteryView {
		LotteryView {
			round: 0x0102_0304,
			kind: ProofKind::Memory,
			seed: [5; 32],
			target: u64::MAX,
			table_bytes: 1 << 20,
			walk_entropy: None,
			threshold: 3,
			closes: 10,
			commit_until: 13,
			can_reveal: false,
			commitment: None,
			revealed: false,
		}
	}

	#[test]
	fn a_commitment_is_over_all_that_it_is_about() {
		let answer = LotteryAnswer { seed: [5; 32], salt: [6; 32], tickets: vec![7, 8] };
		let commitment = answer.commitment(&[9; 32], &lottery());
		let other = LotteryAnswer { tickets: vec![7], ..answer.clone() }.commitment(&[9; 32], &lottery());
		assert_ne!(commitment, other);
		assert_ne!(commitment, answer.commitment(&[8; 32], &lottery()));
		let other = LotteryView { kind: ProofKind::Compute, ..lottery() };
		assert_ne!(commitment, answer.commitment(&[9; 32], &other));
		assert_ne!(commitment, keccak256(&[0; 64]));
	}

	#[test]
	fn walks_wait_for_where_they_begin() {
		let lottery = lottery();
		let search = LotterySearch::new(&lottery).unwrap();
		let (body, cancel) = (search.body(&lottery), AtomicBool::new(false));
		thread::scope(|scope| {
			scope.spawn(|| body(1, &cancel));
			thread::sleep(Duration::from_millis(200));
			assert!(search.answer().tickets.is_empty());
			search.begin_walks(Some([3; 32]));
			while search.answer().tickets.len() < MOST {
				thread::sleep(Duration::from_millis(5));
			}
			cancel.store(true, Ordering::Relaxed);
		});
		let answer = search.answer();
		assert_eq!(gpu_work::lottery::check_reveal(&answer.tickets, 205), Ok(()));
		assert_eq!(answer.tickets.len(), MOST);
	}

	#[test]
	fn rates_that_are_named_are_not_measured() {
		let config =
			LotteryConfig { compute: true, tickets_per_second: Some(7), memory_mib: 2, walks_per_second: Some(8) };
		let memory = PowerClaim::Memory { walks_per_second: 8, table_bytes: 2 << 20 };
		assert_eq!(claims(&config, 1), [PowerClaim::Compute { tickets_per_second: 7 }, memory]);
		assert_eq!(claims(&LotteryConfig::default(), 1), []);
	}
}
