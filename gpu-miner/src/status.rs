//! What a running agent tells about itself, as JSON and for Prometheus.

use crate::{
	chain::{show, show_amount, show_tokens, AuctionStanding, BidView, ChainView, NodeId, ProofKind, RentalView},
	devices::{self, Board, DeviceLine},
	rates::{show_rate, Meter, WINDOWS},
	watch::{SharedWatch, WatchFigures},
};
use serde::{Deserialize, Serialize};
use std::{
	collections::BTreeMap,
	fmt::Write as _,
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::{Instant, SystemTime, UNIX_EPOCH},
};

/// Everything `/status` says. Figures are never missing: what there is none of is zero.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
	/// The program's version.
	pub version: String,
	/// Seconds since the agent started.
	pub uptime_seconds: u64,
	/// The node's id.
	pub node: String,
	/// Its status on the chain, or that it is not on this one; empty before it was read.
	pub node_status: String,
	/// The chain's name.
	pub chain: String,
	/// The node that is talked to.
	pub endpoint: String,
	/// Whether the last try to read the chain succeeded.
	pub connected: bool,
	/// The best block.
	pub block: u32,
	/// When it was read, ms since 1970.
	pub block_seen_ms: u64,
	/// Hashes per second over 10 s, 60 s, 15 min.
	pub hash_rate: HashRates,
	/// Hashes since the agent started.
	pub hashes: u64,
	/// The devices that search; none if it is the processor.
	pub devices: Vec<DeviceLine>,
	/// How the watching for other nodes' false tickets goes.
	pub watch: WatchFigures,
	/// What is searched for: `round`, `challenge`, `lottery` or empty.
	pub searching: String,
	/// What the chain asks the node to prove.
	pub asked: Asked,
	/// Proofs sent since the agent started.
	pub proofs: Proofs,
	/// Tasks.
	pub tasks: Tasks,
	/// Bids in auctions.
	pub bids: Bids,
	/// Rentals of this node that have not ended.
	pub rentals: BTreeMap<u64, RentalLine>,
	/// Plancks that the owner can spend.
	pub balance: String,
	/// The same when the agent first read it; empty before.
	pub first_balance: String,
	/// Plancks staked.
	pub staked: String,
	/// Trust level.
	pub trust_level: u8,
	/// Verified power, hashes per second.
	pub verified_power: String,
	/// Operations of matrix products that are proven, thousandths of a TOPS.
	pub milli_tops: u64,
	/// Memory that is proven, bytes.
	pub memory_bytes: u64,
	/// Reputation, basis points.
	pub reputation: u16,
	/// Connections lost since the agent started.
	pub reconnects: u64,
	/// Problems since the agent started.
	pub problems: u64,
	/// The newest problem, and when; empty if there was none.
	pub last_problem: String,
}

/// Hashes per second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HashRates {
	/// Over ten seconds.
	#[serde(rename = "10s")]
	pub ten_seconds: f64,
	/// Over a minute.
	#[serde(rename = "60s")]
	pub minute: f64,
	/// Over a quarter of an hour.
	#[serde(rename = "15m")]
	pub quarter: f64,
}

/// What the chain asks the node to prove, as it was read last. What is not known since the agent started is zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
	/// The newest round that asked the node.
	pub round: u32,
	/// The last block in which an answer to it counts; zero: no round has asked.
	pub round_closes: u32,
	/// Whether the chain has an answer to it.
	pub answered: bool,
	/// The block in which an answer of the node's to a round was seen first, the newest of them.
	pub answered_at: u32,
	/// The last block in which an answer to the challenge counts; zero: there is no challenge.
	pub challenge_until: u32,
	/// The lottery that asks the node: `compute`, `memory` or empty.
	pub lottery: String,
	/// The last block in which it is searched for.
	pub lottery_closes: u32,
}

impl Asked {
	/// Takes over what a view of the chain says. Rounds that are over stay until the next.
	fn absorb(&mut self, view: &ChainView) {
		if let Some(round) = &view.round {
			let is_known = self.round_closes > 0 && self.round == round.number && self.answered;
			let answered = round.submitted_work.is_some();
			if answered && !is_known {
				self.answered_at = view.block;
			}
			(self.round, self.round_closes, self.answered) = (round.number, round.closes, answered);
		}
		self.challenge_until = view.challenge.as_ref().map_or(0, |challenge| challenge.deadline);
		let (kind, closes) = match &view.lottery {
			Some(lottery) if lottery.kind == ProofKind::Compute => ("compute", lottery.closes),
			Some(lottery) => ("memory", lottery.closes),
			None => ("", 0),
		};
		(self.lottery, self.lottery_closes) = (kind.into(), closes);
	}
}

/// Proofs, rounds and challenges alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proofs {
	/// Accepted by the chain.
	pub accepted: u64,
	/// Refused by the chain.
	pub rejected: u64,
	/// Came too late, or for a round that was over.
	pub stale: u64,
}

/// A rental.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RentalLine {
	/// Where it stands.
	pub stands: String,
	/// When it begins and when its time is over, ms since 1970.
	pub start: u64,
	/// The end.
	pub end: u64,
	/// Time that is earned, ms.
	pub proven: u64,
}

/// A bid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BidLine {
	/// For which task.
	pub task: u64,
	/// Where it stands.
	pub stands: String,
	/// What the node would do the task for; empty while nobody but the bidder knows.
	pub price: String,
	/// What it holds.
	pub bond: String,
}

impl BidLine {
	/// What the chain says of a bid.
	fn new(bid: &BidView) -> Self {
		let stands = match (bid.standing, &bid.revealed) {
			(AuctionStanding::Won, _) => "won".into(),
			(AuctionStanding::Lost, _) => "another node has the task".into(),
			(AuctionStanding::Failed, _) => "nobody has the task".into(),
			(AuctionStanding::Voided(_), _) => "the task went another way".into(),
			(AuctionStanding::Running, None) => format!("sealed, to be revealed behind block {}", bid.commit_until),
			(AuctionStanding::Running, Some(revealed)) => match (&revealed.outcome, bid.place) {
				(Err(unfit), _) => format!("revealed, does not fit: {unfit}"),
				(Ok(score), Some(place)) => format!("revealed, place {} with {score}", place.saturating_add(1)),
				(Ok(score), None) => format!("revealed, not among the best with {score}"),
			},
		};
		let amount = |amount| show_amount(bid.asset, amount);
		let price = bid.revealed.as_ref().map(|revealed| amount(revealed.price)).unwrap_or_default();
		Self { task: bid.task, stands, price, bond: amount(bid.bond) }
	}
}

/// Bids in auctions. What is counted is so since the agent started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bids {
	/// Bids whose bonds are held, by auction.
	pub open: BTreeMap<u64, BidLine>,
	/// Auctions in which this node does not bid, and why.
	pub refused: BTreeMap<u64, String>,
	/// Bids that were made.
	pub committed: u64,
	/// Bids that were revealed.
	pub revealed: u64,
	/// Auctions that were won.
	pub won: u64,
	/// Auctions that ended otherwise.
	pub lost: u64,
	/// Bonds that were lost, because the bid was not revealed.
	pub forfeited: u64,
}

/// Tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tasks {
	/// Completed and paid, by the chain.
	pub done: u32,
	/// Taken and not done in time, by the chain.
	pub failed: u32,
	/// Runs that failed since the agent started.
	pub failed_runs: u64,
	/// Tasks of this node that have not ended, and where they stand.
	pub open: BTreeMap<u64, String>,
	/// The last block in which the side whose turn it is may act, for those of them that have one.
	pub deadlines: BTreeMap<u64, u32>,
	/// Tasks whose program runs.
	pub running: Vec<u64>,
	/// Open tasks on the market that were not taken, and why.
	pub refused: BTreeMap<u64, String>,
}

/// Now, ms since 1970.
pub fn now_ms() -> u64 {
	SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

/// The status that the agent writes, and the HTTP server and the screen read.
#[derive(Clone, Debug)]
pub struct SharedStatus {
	status: Arc<Mutex<Status>>,
	meter: Meter,
	devices: Board,
	watch: SharedWatch,
	started: Instant,
}

impl SharedStatus {
	/// A status for `node`, with the rates of `meter`.
	pub fn new(node: &NodeId, meter: Meter) -> Self {
		let status = Status { version: env!("CARGO_PKG_VERSION").into(), node: show(node), ..Status::default() };
		let (status, devices) = (Arc::new(Mutex::new(status)), Board::default());
		Self { status, meter, devices, watch: SharedWatch::default(), started: Instant::now() }
	}

	/// The same, with the devices of a board.
	#[must_use]
	pub fn with_devices(mut self, devices: Board) -> Self {
		self.devices = devices;
		self
	}

	/// The same, with the figures of a watcher.
	#[must_use]
	pub fn with_watch(mut self, watch: SharedWatch) -> Self {
		self.watch = watch;
		self
	}

	/// Changes it.
	pub fn update(&self, change: impl FnOnce(&mut Status)) {
		change(&mut self.lock());
	}

	/// Notes a problem with the time.
	pub fn problem(&self, problem: &str) {
		let mut status = self.lock();
		status.problems += 1;
		status.last_problem = format!("at {}: {problem}", now_ms() / 1_000);
	}

	/// Takes over what a view of the chain says.
	pub fn absorb(&self, view: &ChainView) {
		let mut status = self.lock();
		status.connected = true;
		status.block = view.block;
		status.block_seen_ms = now_ms();
		status.balance = view.free_balance.to_string();
		if status.first_balance.is_empty() {
			status.first_balance = status.balance.clone();
		}
		status.asked.absorb(view);
		status.tasks.open = view.my_tasks.iter().map(|task| (task.id, format!("{:?}", task.status))).collect();
		status.tasks.deadlines = view.my_tasks.iter().filter_map(|task| Some((task.id, task.deadline?))).collect();
		status.bids.open = view.bids.iter().map(|bid| (bid.auction, BidLine::new(bid))).collect();
		let line = |rental: &RentalView| RentalLine {
			stands: format!("{:?}", rental.status),
			start: rental.start,
			end: rental.end,
			proven: rental.proven,
		};
		status.rentals = view.rentals.iter().map(|rental| (rental.id, line(rental))).collect();
		if let Some(node) = &view.node {
			let waits = if node.awaits_sponsor { ", waits for a sponsor" } else { "" };
			status.node_status = format!("{:?}{waits}", node.status);
			status.staked = node.staked.to_string();
			status.trust_level = node.trust_level;
			status.verified_power = node.power.hashes_per_second.to_string();
			(status.milli_tops, status.memory_bytes) = (node.power.milli_tops, node.power.memory_bytes);
			status.reputation = node.reputation;
			status.tasks.done = node.tasks_completed;
			status.tasks.failed = node.tasks_failed;
		} else {
			status.node_status = "not on this chain".into();
		}
	}

	/// The status now.
	pub fn get(&self) -> Status {
		let now = Instant::now();
		let mut status = self.lock().clone();
		status.uptime_seconds = now.duration_since(self.started).as_secs();
		let [ten_seconds, minute, quarter] = WINDOWS.map(|window| self.meter.rate(window, now));
		status.hash_rate = HashRates { ten_seconds, minute, quarter };
		status.hashes = self.meter.total();
		status.devices = self.devices.lines(now);
		status.watch = self.watch.get();
		status
	}

	fn lock(&self) -> MutexGuard<'_, Status> {
		self.status.lock().unwrap_or_else(PoisonError::into_inner)
	}
}

impl Status {
	/// The status in Prometheus' text format.
	pub fn metrics(&self) -> String {
		let mut text = String::new();
		let mut metric = |name: &str, kind: &str, help: &str, values: &[(&str, f64)]| {
			// Writing to a string cannot fail.
			let _ = writeln!(text, "# HELP gpu_miner_{name} {help}\n# TYPE gpu_miner_{name} {kind}");
			for (labels, value) in values {
				let _ = writeln!(text, "gpu_miner_{name}{labels} {value}");
			}
		};
		let amount = |text: &str| text.parse::<u128>().unwrap_or_default() as f64;
		let rate = self.hash_rate;
		metric("up", "gauge", "Whether the chain can be read.", &[("", f64::from(u8::from(self.connected)))]);
		metric("uptime_seconds", "gauge", "Seconds since the start.", &[("", self.uptime_seconds as f64)]);
		metric("block", "gauge", "The best block.", &[("", self.block.into())]);
		metric(
			"hash_rate",
			"gauge",
			"Hashes per second over a window.",
			&[
				("{window=\"10s\"}", rate.ten_seconds),
				("{window=\"60s\"}", rate.minute),
				("{window=\"15m\"}", rate.quarter),
			],
		);
		metric("hashes_total", "counter", "Hashes since the start.", &[("", self.hashes as f64)]);
		metric(
			"proofs_total",
			"counter",
			"Proofs sent since the start.",
			&[
				("{outcome=\"accepted\"}", self.proofs.accepted as f64),
				("{outcome=\"rejected\"}", self.proofs.rejected as f64),
				("{outcome=\"stale\"}", self.proofs.stale as f64),
			],
		);
		metric("tasks_done", "gauge", "Tasks completed and paid.", &[("", self.tasks.done.into())]);
		metric("tasks_failed", "gauge", "Tasks taken and not done in time.", &[("", self.tasks.failed.into())]);
		metric("task_runs_failed_total", "counter", "Runs that failed.", &[("", self.tasks.failed_runs as f64)]);
		metric("tasks_running", "gauge", "Tasks whose program runs.", &[("", self.tasks.running.len() as f64)]);
		metric("bids", "gauge", "Bids whose bonds are held.", &[("", self.bids.open.len() as f64)]);
		metric(
			"bids_total",
			"counter",
			"Bids since the start, by what became of them.",
			&[
				("{outcome=\"committed\"}", self.bids.committed as f64),
				("{outcome=\"revealed\"}", self.bids.revealed as f64),
				("{outcome=\"won\"}", self.bids.won as f64),
				("{outcome=\"lost\"}", self.bids.lost as f64),
				("{outcome=\"forfeited\"}", self.bids.forfeited as f64),
			],
		);
		metric("rentals", "gauge", "Rentals that have not ended.", &[("", self.rentals.len() as f64)]);
		metric("balance_plancks", "gauge", "What the owner can spend.", &[("", amount(&self.balance))]);
		metric("staked_plancks", "gauge", "What is staked.", &[("", amount(&self.staked))]);
		metric("trust_level", "gauge", "Trust level, 0 to 4.", &[("", self.trust_level.into())]);
		metric("reputation", "gauge", "Reputation, basis points.", &[("", self.reputation.into())]);
		let power = amount(&self.verified_power);
		metric("verified_power", "gauge", "Verified hashes per second.", &[("", power)]);
		metric(
			"verified_milli_tops",
			"gauge",
			"Verified operations, thousandths of a TOPS.",
			&[("", self.milli_tops as f64)],
		);
		metric("verified_memory_bytes", "gauge", "Verified memory.", &[("", self.memory_bytes as f64)]);
		metric("reconnects_total", "counter", "Connections lost.", &[("", self.reconnects as f64)]);
		metric("problems_total", "counter", "Problems since the start.", &[("", self.problems as f64)]);
		text + &devices::metrics(&self.devices) + &self.watch.metrics()
	}

	/// The status for people.
	pub fn describe(&self) -> String {
		let amount = |text: &str| show_tokens(text.parse().unwrap_or_default());
		let list = |numbers: &[u64]| numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
		let mut text = format!(
			"agent      version {}, up {} s, {}\n\
			 node       {} ({})\n\
			 chain      {} at block {}, by {}, {} reconnects\n\
			 hash rate  {} (10 s)   {} (60 s)   {} (15 min)   {}\n\
			 proofs     {} accepted, {} rejected, {} stale\n\
			 tasks      {} done, {} failed, {} failed runs; running: {}\n\
			 bids       {} open; {} made, {} revealed, {} won, {} lost, {} bonds lost\n\
			 money      {} free, {} staked\n\
			 standing   trust level {}, reputation {} of 10000, verified {}\n",
			self.version,
			self.uptime_seconds,
			if self.connected { "connected" } else { "NOT connected" },
			self.node,
			if self.node_status.is_empty() { "not read yet" } else { &self.node_status },
			self.chain,
			self.block,
			self.endpoint,
			self.reconnects,
			show_rate(self.hash_rate.ten_seconds),
			show_rate(self.hash_rate.minute),
			show_rate(self.hash_rate.quarter),
			if self.searching.is_empty() { "idle".into() } else { format!("searching: {}", self.searching) },
			self.proofs.accepted,
			self.proofs.rejected,
			self.proofs.stale,
			self.tasks.done,
			self.tasks.failed,
			self.tasks.failed_runs,
			if self.tasks.running.is_empty() { "none".into() } else { list(&self.tasks.running) },
			self.bids.open.len(),
			self.bids.committed,
			self.bids.revealed,
			self.bids.won,
			self.bids.lost,
			self.bids.forfeited,
			amount(&self.balance),
			amount(&self.staked),
			self.trust_level,
			self.reputation,
			show_rate(self.verified_power.parse::<u128>().unwrap_or_default() as f64),
		);
		for device in &self.devices {
			text += &format!("{}\n", device.describe());
		}
		for (task, stands) in &self.tasks.open {
			text += &format!("task {task}: {stands}\n");
		}
		for (auction, line) in &self.bids.open {
			let price = if line.price.is_empty() { String::new() } else { format!(" {}", line.price) };
			text +=
				&format!("auction {auction}: bid{price} for task {}, {}; bond {}\n", line.task, line.stands, line.bond);
		}
		for (rental, line) in &self.rentals {
			let minutes = |ms: u64| ms as f64 / 60_000.0;
			let window = minutes(line.end.saturating_sub(line.start));
			text +=
				&format!("rental {rental}: {}, {:.1} of {window:.1} min proven\n", line.stands, minutes(line.proven));
		}
		for (task, reason) in &self.tasks.refused {
			text += &format!("task {task} not taken: {reason}\n");
		}
		for (auction, reason) in &self.bids.refused {
			text += &format!("auction {auction} no bid: {reason}\n");
		}
		if !self.last_problem.is_empty() {
			text += &format!("last problem {}\n", self.last_problem);
		}
		text
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		chain::{Asset, ChallengeView, LotteryView, RevealedView, RoundView, TaskView, TOKEN},
		policy::tests::{node, rental, task},
	};

	fn bid() -> BidView {
		BidView {
			auction: 3,
			task: 8,
			asset: Asset::Native,
			bond: TOKEN / 50,
			commitment: [4; 32],
			revealed: None,
			place: None,
			standing: AuctionStanding::Running,
			task_open: true,
			commit_until: 90,
			reveal_until: 99,
		}
	}

	fn status() -> Status {
		let meter = Meter::default();
		meter.add(1_000);
		let shared = SharedStatus::new(&[1; 32], meter);
		shared.absorb(&ChainView {
			block: 42,
			node: Some(node()),
			my_tasks: vec![TaskView { deadline: Some(120), ..task(7) }],
			rentals: vec![rental(5)],
			bids: vec![bid()],
			free_balance: TOKEN / 2,
			..ChainView::default()
		});
		shared.problem("it rained");
		shared.update(|status| {
			status.bids.won = 2;
			status.bids.refused.insert(4, "too near".into());
		});
		shared.get()
	}

	#[test]
	fn what_is_asked_and_answered_is_remembered_until_the_next_round() {
		let shared = SharedStatus::new(&[1; 32], Meter::default());
		let round = |number, submitted_work| RoundView {
			number,
			seed: [3; 32],
			values: 64,
			opened: 40,
			closes: 50,
			submitted_work,
		};
		let see = |block, round, challenge, lottery| {
			shared.absorb(&ChainView { block, node: Some(node()), round, challenge, lottery, ..ChainView::default() });
			shared.get().asked
		};
		assert_eq!(see(40, None, None, None), Asked::default());
		let asked = see(41, Some(round(0, None)), None, None);
		assert_eq!((asked.round_closes, asked.answered, asked.answered_at), (50, false, 0));
		let answered = Asked { round_closes: 50, answered: true, answered_at: 43, ..Asked::default() };
		assert_eq!(see(43, Some(round(0, Some(9))), None, None), answered);
		assert_eq!(see(45, Some(round(0, Some(10))), None, None), answered, "a better answer is not the first");
		assert_eq!(see(60, None, None, None), answered, "until the next");
		let asked = see(61, Some(round(1, None)), None, None);
		assert_eq!((asked.round, asked.answered, asked.answered_at), (1, false, 43));
		assert_eq!(see(63, Some(round(1, Some(9))), None, None).answered_at, 63);

		let challenge = ChallengeView { seed: [3; 32], target: [4; 32], deadline: 99 };
		let lottery = LotteryView {
			round: 1,
			kind: ProofKind::Memory,
			seed: [3; 32],
			target: 1,
			table_bytes: 1,
			walk_entropy: None,
			threshold: 1,
			closes: 80,
			commit_until: 85,
			can_reveal: false,
			commitment: None,
			revealed: false,
		};
		let asked = see(70, None, Some(challenge), Some(lottery));
		assert_eq!((asked.challenge_until, asked.lottery.as_str(), asked.lottery_closes), (99, "memory", 80));
		let asked = see(71, None, None, None);
		assert_eq!((asked.challenge_until, asked.lottery.as_str(), asked.lottery_closes), (0, "", 0));
	}

	#[test]
	fn a_node_that_the_chain_does_not_know_should_be_told_from_one_that_was_not_read() {
		let shared = SharedStatus::new(&[1; 32], Meter::default());
		assert!(shared.get().describe().contains("not read yet"));
		shared.absorb(&ChainView { block: 1, free_balance: 5, ..ChainView::default() });
		assert_eq!(shared.get().node_status, "not on this chain");
		shared.absorb(&ChainView { block: 2, free_balance: 8, node: Some(node()), ..ChainView::default() });
		let status = shared.get();
		assert_eq!((status.node_status.as_str(), status.first_balance.as_str()), ("Active", "5"));
		shared.problem("one");
		shared.problem("two");
		assert_eq!(shared.get().problems, 2);
	}

	#[test]
	fn json_goes_there_and_back() {
		let mut status = status();
		// Measured rates are any numbers at all, of which the reader of JSON may lose the last bit.
		status.hash_rate = HashRates { ten_seconds: 1_000.5, minute: 2_000.25, quarter: 0.0 };
		let text = serde_json::to_string(&status).unwrap();
		assert_eq!(serde_json::from_str::<Status>(&text).unwrap(), status);
		assert!(text.contains("\"10s\"") && text.contains(&"01".repeat(32)));
		// An older agent's status lacks fields.
		assert_eq!(serde_json::from_str::<Status>("{}").unwrap(), Status::default());
	}

	#[test]
	fn metrics_are_complete_and_well_formed() {
		let text = status().metrics();
		assert!(text.contains("gpu_miner_hash_rate{window=\"15m\"} "));
		assert!(text.contains("gpu_miner_up 1\n") && text.contains("gpu_miner_block 42\n"));
		assert!(text.contains("gpu_miner_rentals 1\n") && text.contains("gpu_miner_bids 1\n"));
		assert!(text.contains("gpu_miner_bids_total{outcome=\"won\"} 2\n"));
		assert!(text.contains("gpu_miner_hashes_total 1000\n"));
		assert!(text.contains("gpu_miner_proofs_total{outcome=\"accepted\"} 0\n"), "zero, not missing");
		for line in text.lines().filter(|line| !line.starts_with('#')) {
			let (name, value) = line.rsplit_once(' ').unwrap();
			assert!(value.parse::<f64>().is_ok(), "{line}");
			let family = name.split('{').next().unwrap();
			assert!(text.contains(&format!("# TYPE {family} ")), "{line}");
		}
	}

	#[test]
	fn people_can_read_it() {
		let text = status().describe();
		for part in [
			"bids       1 open; 0 made, 0 revealed, 2 won, 0 lost, 0 bonds lost\n",
			"auction 3: bid for task 8, sealed, to be revealed behind block 90; bond 0.02\n",
			"auction 4 no bid: too near\n",
		] {
			assert!(text.contains(part), "{part} is missing:\n{text}");
		}
		for part in ["0.5 free", "block 42", "task 7: Open", "rental 5: Booked", "it rained", "(10 s)", "Active"] {
			assert!(text.contains(part), "{part} is missing:\n{text}");
		}
	}

	#[test]
	fn a_bid_is_told_as_it_stands() {
		let stands = |revealed: Option<Result<u32, String>>, place, standing| {
			let revealed = revealed.map(|outcome| RevealedView { price: TOKEN / 4, outcome });
			let line = BidLine::new(&BidView { revealed, place, standing, ..bid() });
			(line.stands, line.price)
		};
		use AuctionStanding as S;
		assert_eq!(stands(None, None, S::Running).1, "", "nobody else is to know");
		let best = stands(Some(Ok(5)), Some(0), S::Running);
		assert_eq!(best, ("revealed, place 1 with 5".into(), "0.25".into()));
		assert!(stands(Some(Ok(5)), None, S::Running).0.contains("not among the best"));
		assert!(stands(Some(Err("TooFarAway".into())), None, S::Running).0.contains("TooFarAway"));
		assert_eq!(stands(Some(Ok(5)), Some(0), S::Won).0, "won");
		for (standing, part) in [(S::Lost, "another node"), (S::Failed, "nobody"), (S::Voided(true), "another way")] {
			assert!(stands(None, None, standing).0.contains(part));
		}
	}
}
