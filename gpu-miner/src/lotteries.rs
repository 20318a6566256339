//! Lotteries: what this machine claims, and the search for tickets that win.
//!
//! The machine answers as device 0 of the node: its cards do where there are some that can
//! ([`gpu_miner_engine::device::lottery`]), otherwise its processor. What was committed to lies on the disk before the
//! commitment is sent, since it can be revealed only as it was.

use crate::{
	chain::{Hash, LotteryView, NodeId, PowerClaim, ProofKind},
	config::LotteryConfig,
};
use gpu_miner_engine::{
	lottery::{has_room, measure_tickets, measure_walks, TicketSearch, WalkSearch, WonTickets},
	matrix::Arithmetic,
	Engine, Progress,
};
use gpu_work::lottery::{commitment_input, WINS};
use rustix::rand::{getrandom, GetRandomFlags};
use serde::{Deserialize, Serialize};
use std::{
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc, Mutex, PoisonError,
	},
	time::Duration,
};
use tiny_keccak::{Hasher, Keccak};

/// The device that this machine is.
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
		commitment(node, lottery.kind, DEVICE, lottery.round, &self.tickets, &self.salt)
	}
}

/// The hash by which a device commits to tickets.
pub fn commitment(node: &NodeId, kind: ProofKind, device: u8, round: u32, tickets: &[u64], salt: &Hash) -> Hash {
	let mut keccak = Keccak::v256();
	let kind = match kind {
		ProofKind::Compute => 0,
		ProofKind::Memory => 1,
	};
	commitment_input(node, round, kind, device, salt, tickets, |part| keccak.update(part));
	let mut hash = [0; 32];
	keccak.finalize(&mut hash);
	hash
}

/// What this machine claims: as much as whatever would answer the next lottery does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
	/// What the processor does, where it is asked at all.
	pub processor: Vec<PowerClaim>,
	/// What the cards do.
	pub devices: Vec<PowerClaim>,
}

impl Claims {
	/// What the owner's configuration comes to on this machine: rates that it does not name are measured. Takes
	/// seconds.
	pub fn new(config: &LotteryConfig, engine: &dyn Engine, threads: usize) -> Self {
		let mut claims = Self::default();
		if config.compute || config.memory_mib > 0 {
			tracing::info!("lotteries: measuring what this machine does, where the owner does not say");
		}
		if config.compute {
			let by_cards = engine
				.has_device_for_lottery(0)
				.then(|| config.tickets_per_second.or_else(|| engine.measure_lottery(None, MEASURE).map(claimed)))
				.flatten();
			claims.devices.extend(by_cards.map(|tickets_per_second| PowerClaim::Compute { tickets_per_second }));
			// What the owner names is what the best of the machine does.
			let named = config.tickets_per_second.filter(|_| by_cards.is_none());
			let tickets_per_second =
				named.unwrap_or_else(|| claimed(measure_tickets(Arithmetic::best(), threads, MEASURE)));
			claims.processor.push(PowerClaim::Compute { tickets_per_second });
		}
		if config.memory_mib > 0 {
			let table_bytes = config.memory_mib << 20;
			let measured = table_bytes.min(MEASURED_TABLE);
			let by_cards = engine
				.has_device_for_lottery(table_bytes)
				.then(|| {
					config.walks_per_second.or_else(|| engine.measure_lottery(Some(measured), MEASURE).map(claimed))
				})
				.flatten();
			let of = |walks_per_second| PowerClaim::Memory { walks_per_second, table_bytes };
			claims.devices.extend(by_cards.map(of));
			let named = config.walks_per_second.filter(|_| by_cards.is_none());
			// A table that only a card has room for is none of the processor's.
			if by_cards.is_none() || has_room(table_bytes) {
				let walks = named.unwrap_or_else(|| claimed(measure_walks(measured, threads, MEASURE)));
				claims.processor.push(of(walks));
			}
		}
		for (who, claims) in [("cards", &claims.devices), ("processor", &claims.processor)] {
			for claim in claims {
				tracing::info!("lotteries: this machine's {who} can claim {claim:?}");
			}
		}
		claims
	}

	/// What is to be claimed now: of each kind what the cards do if one of them can be counted on, otherwise what the
	/// processor does.
	pub fn now(&self, engine: &dyn Engine) -> Vec<PowerClaim> {
		let usable = |claim: &&PowerClaim| engine.has_device_for_lottery(claim.table_bytes());
		let mut claims: Vec<PowerClaim> = self.devices.iter().filter(usable).copied().collect();
		let kinds: Vec<ProofKind> = claims.iter().map(PowerClaim::kind).collect();
		claims.extend(self.processor.iter().filter(|claim| !kinds.contains(&claim.kind())));
		claims
	}
}

/// What is claimed of a measured rate.
fn claimed(rate: u64) -> u64 {
	rate / 100 * CLAIMED + rate % 100 * CLAIMED / 100
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

	/// What a thread does for it with an engine until it is cancelled. Fills the table first, if it is one of memory.
	pub(crate) fn body(&self, lottery: &LotteryView) -> impl FnOnce(&dyn Engine, usize, &AtomicBool) + Send + 'static {
		let (seed, target, kind, bytes) = (self.seed, lottery.target, lottery.kind, lottery.table_bytes);
		let (wins, slot) = (self.wins.clone(), self.entropy.clone());
		move |engine, threads, cancel| {
			// Tickets and walks are no hashes: they are not counted as such.
			let progress = Progress::default();
			match kind {
				ProofKind::Compute => {
					let search = TicketSearch { seed, target, most: MOST, threads };
					engine.collect_tickets(&search, &wins, cancel, &progress);
				}
				ProofKind::Memory => {
					let search = WalkSearch { seed, bytes, target, most: MOST, threads };
					engine.collect_walks(&search, &slot, &wins, cancel, &progress);
				}
			}
			let found = wins.lock().unwrap_or_else(PoisonError::into_inner).len();
			if found < MOST && !cancel.load(Ordering::Relaxed) {
				tracing::error!("no room for a table of {bytes} bytes: claim less memory");
			}
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use gpu_miner_engine::{
		device::{
			fake::{Act, FakeDriver},
			Fault, Options, Plan,
		},
		keccak256, CpuEngine, DeviceEngine,
	};
	use std::thread;

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
			scope.spawn(|| body(&CpuEngine::best(), 1, &cancel));
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

	const NAMED: LotteryConfig =
		LotteryConfig { compute: true, tickets_per_second: Some(7), memory_mib: 2, walks_per_second: Some(8) };
	const TICKETS: PowerClaim = PowerClaim::Compute { tickets_per_second: 7 };
	const TABLE: PowerClaim = PowerClaim::Memory { walks_per_second: 8, table_bytes: 2 << 20 };

	#[test]
	fn rates_that_are_named_are_not_measured() {
		let processor = CpuEngine::best();
		let claims = Claims::new(&NAMED, &processor, 1);
		assert_eq!(claims, Claims { processor: vec![TICKETS, TABLE], devices: vec![] });
		assert_eq!(claims.now(&processor), [TICKETS, TABLE]);
		assert_eq!(Claims::new(&LotteryConfig::default(), &processor, 1), Claims::default());
		assert_eq!([0, 99, 100, 250, u64::MAX].map(claimed), [0, 79, 80, 200, u64::MAX / 5 * 4]);
	}

	/// A machine whose card fails claims what its processor does until the card is back.
	#[test]
	fn claims_follow_whoever_would_answer() {
		let script = |_: usize, opened: u64, _: u64| match opened {
			0 => Act::FailLaunch(Fault::OutOfMemory),
			_ => Act::Work,
		};
		let driver = Arc::new(FakeDriver::new(1, |_, _, _| Act::Work).with_lotteries(script));
		let first_pause = Duration::from_millis(100);
		let options = Options { plans: vec![Plan::SAFE], first_pause, ..Options::default() };
		let engine = DeviceEngine::start(driver, options).unwrap();
		engine.wait_until_ready(Duration::from_secs(30));
		let claims = Claims::new(&NAMED, &engine, 1);
		assert_eq!(claims.devices, [TICKETS, TABLE], "what is named is what the card does");
		assert!(matches!(claims.processor[0], PowerClaim::Compute { tickets_per_second } if tickets_per_second > 7));
		assert_eq!(claims.now(&engine), claims.devices);
		let answer = || {
			let lottery = lottery();
			let search = LotterySearch::new(&lottery).unwrap();
			search.begin_walks(Some([3; 32]));
			search.body(&lottery)(&engine, 1, &AtomicBool::new(false));
			assert_eq!(search.answer().tickets.len(), MOST);
		};
		// The table finds no room: the processor answers this one, and is what is claimed from now on.
		answer();
		assert_eq!(claims.now(&engine), claims.processor);
		thread::sleep(2 * first_pause);
		assert_eq!(claims.now(&engine), claims.processor, "until the card has shown that it works again");
		answer();
		assert_eq!(claims.now(&engine), claims.devices);
	}
}
