//! A watcher on a chain in memory.

use super::*;
use std::collections::BTreeMap;

const FORGER: NodeId = [7; 32];
const OWN: NodeId = [8; 32];

#[derive(Default)]
struct World {
	blocks: VecDeque<Result<Seen, ChainError>>,
	kept: BTreeMap<u32, Kept>,
	/// Whether the chain finds false what does not win.
	agrees: bool,
	balance: Balance,
	/// What becomes of the next reports; then they succeed.
	outcomes: VecDeque<ChainError>,
	reports: Vec<Accusation>,
	/// Questions about tickets and balance.
	asked: u32,
}

#[derive(Clone, Default)]
struct MemoryLedger(Arc<Mutex<World>>);

impl MemoryLedger {
	fn with<R>(&self, use_it: impl FnOnce(&mut World) -> R) -> R {
		use_it(&mut self.0.lock().unwrap())
	}
}

#[async_trait]
impl Ledger for MemoryLedger {
	async fn next(&self) -> Result<Seen, ChainError> {
		loop {
			if let Some(seen) = self.with(|world| world.blocks.pop_front()) {
				return seen;
			}
			sleep(Duration::from_millis(5)).await;
		}
	}

	async fn kept(&self, subject: &Subject) -> Result<Option<Kept>, ChainError> {
		Ok(self.with(|world| world.kept.get(&subject.round).copied()))
	}

	async fn false_ticket(&self, subject: &Subject, tickets: &[u64]) -> Result<Option<u32>, ChainError> {
		Ok(self.with(|world| {
			world.asked += 1;
			let kept = world.kept.get(&subject.round).filter(|_| world.agrees)?;
			tickets.iter().position(|ticket| !kept.wins(*ticket)).map(|index| index as u32)
		}))
	}

	async fn report(&self, accusation: &Accusation) -> Result<(), ChainError> {
		self.with(|world| {
			world.reports.push(accusation.clone());
			match world.outcomes.pop_front() {
				Some(error) => Err(error),
				None => {
					let kept = world.kept.remove(&accusation.subject.round).expect("reported once");
					assert!(!kept.wins(accusation.tickets[accusation.index as usize]), "a right ticket was reported");
					Ok(())
				}
			}
		})
	}

	async fn free_balance(&self) -> Result<Balance, ChainError> {
		Ok(self.with(|world| {
			world.asked += 1;
			world.balance
		}))
	}
}

/// What is kept of a lottery of which every second try wins.
fn kept(kind: ProofKind, round: u32) -> Kept {
	let walks = (kind == ProofKind::Memory).then_some(([4; 32], 1 << 10));
	Kept { hash: [0; 32], seed: [round as u8; 32], target: u64::MAX / 2, walks, until: Some(1_000) }
}

/// Tickets of a device in ascending order, so many that win and so many that do not.
fn tickets(kept: &Kept, right: usize, wrong: usize) -> Vec<u64> {
	let ticket = |number: u64| match kept.walks {
		Some(_) => gpu_work::table::start(&kept.seed, number),
		None => {
			let batch = gpu_work::lottery::batch(&kept.seed, 0);
			Ticket { batch, row: (number / 64) as u16, column: (number % 64) as u16 }.to_u64()
		}
	};
	let (wins, fails): (Vec<u64>, Vec<u64>) = (0..400).map(ticket).partition(|ticket| kept.wins(*ticket));
	let mut all: Vec<u64> = wins.into_iter().take(right).chain(fails.into_iter().take(wrong)).collect();
	assert_eq!(all.len(), right + wrong);
	all.sort_unstable();
	all
}

struct Play {
	ledger: MemoryLedger,
	figures: SharedWatch,
	stop: watch::Sender<bool>,
	task: tokio::task::JoinHandle<()>,
}

impl Play {
	fn start(tickets_per_minute: u32) -> Self {
		let ledger = MemoryLedger::default();
		ledger.with(|world| (world.agrees, world.balance) = (true, TOKEN));
		let figures = SharedWatch::default();
		let options = Options { tickets_per_minute, own: Some(OWN) };
		let watcher = Watcher::new(Arc::new(ledger.clone()), options, figures.clone()).unwrap();
		let (stop, stopped) = watch::channel(false);
		Self { ledger, figures, task: tokio::spawn(watcher.run(stopped)), stop }
	}

	/// A node reveals so many right and wrong tickets.
	fn reveal(&self, node: NodeId, kind: ProofKind, round: u32, right: usize, wrong: usize) {
		let mut kept = kept(kind, round);
		let (tickets, salt) = (tickets(&kept, right, wrong), [5; 32]);
		let subject = Subject { node, kind, device: 1, round };
		kept.hash = lotteries::commitment(&node, kind, 1, round, &tickets, &salt);
		// Somebody puts what only looks like it into the same block.
		let found = vec![(vec![1, 2, 3], salt), (tickets, salt)];
		self.ledger.with(|world| {
			world.kept.insert(round, kept);
			world.blocks.push_back(Ok(Seen {
				best: round,
				blocks: 1,
				skipped: 0,
				reveals: vec![Reveal { subject, found }],
			}));
		});
	}

	async fn until(&self, what: &str, reached: impl Fn(&WatchFigures) -> bool) {
		let start = Instant::now();
		while !reached(&self.figures.get()) {
			assert!(start.elapsed() < Duration::from_secs(60), "{what}: {:?}", self.figures.get());
			sleep(Duration::from_millis(5)).await;
		}
	}

	async fn end(self) -> (WatchFigures, Vec<Accusation>) {
		self.stop.send(true).unwrap();
		self.task.await.unwrap();
		(self.figures.get(), self.ledger.with(|world| world.reports.clone()))
	}
}

/// As many as a test needs.
const MANY: u32 = 60_000;

#[tokio::test]
async fn right_tickets_are_never_reported() {
	let play = Play::start(MANY);
	for round in 1..=6 {
		let kind = if round % 2 == 0 { ProofKind::Compute } else { ProofKind::Memory };
		play.reveal(FORGER, kind, round, 40, 0);
	}
	play.until("all of them", |figures| figures.reveals_whole == 6).await;
	let asked = play.ledger.with(|world| world.asked);
	let (figures, reports) = play.end().await;
	assert_eq!((figures.reveals, figures.tickets, figures.tickets_false, asked), (6, 240, 0, 0));
	assert_eq!(reports, []);
}

#[tokio::test]
async fn a_false_ticket_is_reported_once() {
	for kind in [ProofKind::Compute, ProofKind::Memory] {
		let play = Play::start(MANY);
		play.reveal(FORGER, kind, 3, 60, 1);
		play.until("the report", |figures| figures.reports == 1).await;
		// The same reveal again, in the block that replaced its block.
		let again = play.ledger.with(|world| world.reports[0].clone());
		let reveal = Reveal { subject: again.subject, found: vec![(again.tickets.clone(), again.salt)] };
		let seen = Seen { best: 4, blocks: 1, skipped: 0, reveals: vec![reveal] };
		play.ledger.with(|world| world.blocks.push_back(Ok(seen)));
		play.until("the block", |figures| figures.block == 4).await;
		sleep(2 * TICK).await;
		let (figures, reports) = play.end().await;
		assert_eq!((figures.tickets_false, figures.reports, figures.reports_refused, reports.len()), (1, 1, 0, 1));
		let Accusation { subject, tickets, index, .. } = &reports[0];
		assert_eq!((subject.node, subject.round, tickets.len()), (FORGER, 3, 61));
		assert!(!kept(kind, 3).wins(tickets[*index as usize]));
	}
}

#[tokio::test]
async fn where_the_chain_disagrees_nothing_is_reported() {
	let play = Play::start(MANY);
	play.ledger.with(|world| world.agrees = false);
	play.reveal(FORGER, ProofKind::Memory, 3, 20, 1);
	play.until("the doubt", |figures| figures.disagreed == 1).await;
	sleep(2 * TICK).await;
	assert_eq!(play.end().await.1, []);
}

#[tokio::test]
async fn what_somebody_else_named_is_not_reported_again() {
	let play = Play::start(MANY);
	play.reveal(FORGER, ProofKind::Memory, 3, 20, 1);
	// It is read and then gone, before its tickets are computed.
	play.until("the block", |figures| figures.reveals == 1).await;
	play.ledger.with(|world| world.kept.clear());
	sleep(3 * TICK).await;
	let (figures, reports) = play.end().await;
	assert_eq!((figures.reports, reports.len()), (0, 0));
}

#[tokio::test]
async fn without_money_nothing_is_reported_until_there_is_some() {
	let play = Play::start(MANY);
	play.ledger.with(|world| world.balance = LEAST_BALANCE - 1);
	play.reveal(FORGER, ProofKind::Memory, 3, 20, 1);
	play.until("the lack", |figures| figures.unfunded).await;
	assert!(!play.figures.is_healthy());
	sleep(2 * TICK).await;
	assert_eq!(play.ledger.with(|world| world.reports.len()), 0);
	play.ledger.with(|world| world.balance = LEAST_BALANCE);
	play.until("the report", |figures| figures.reports == 1 && !figures.unfunded).await;
	assert_eq!(play.end().await.1.len(), 1);
}

#[tokio::test]
async fn a_report_that_is_lost_on_its_way_is_sent_again_and_one_that_is_refused_is_not() {
	let play = Play::start(MANY);
	let lost = [
		ChainError::Unreachable("cut".into()),
		ChainError::Late { call: "challenge_power", seconds: 60 },
		ChainError::Pending { call: "challenge_power" },
	];
	play.ledger.with(|world| world.outcomes.extend(lost));
	play.reveal(FORGER, ProofKind::Memory, 3, 20, 1);
	play.until("the report", |figures| figures.reports == 1).await;
	assert_eq!(play.ledger.with(|world| world.reports.len()), 4);

	let failed = ChainError::Failed { call: "challenge_power", error: "WorkVerification::NotCommitted".into() };
	play.ledger.with(|world| world.outcomes.push_back(failed));
	play.reveal(FORGER, ProofKind::Memory, 5, 20, 1);
	play.until("the refusal", |figures| figures.reports_refused == 1).await;
	sleep(2 * TICK).await;
	assert_eq!(play.end().await.1.len(), 5);
}

#[tokio::test]
async fn no_more_is_computed_than_the_owner_gives() {
	// Ten a second.
	let (start, play) = (Instant::now(), Play::start(600));
	for round in 1..=20 {
		play.reveal(FORGER, ProofKind::Memory, round, 100, 0);
	}
	play.until("some time", |figures| figures.tickets >= 5 && start.elapsed() > Duration::from_millis(1_500)).await;
	let most = start.elapsed().as_millis() as u64 / 100 + 2;
	let (figures, _) = play.end().await;
	assert!(figures.tickets <= most, "{figures:?}, at most {most}");
	assert_eq!((figures.reveals, figures.reveals_open), (20, 20));
}

#[test]
fn a_purse_never_holds_more_than_a_minute() {
	let mut purse = Purse::new(90);
	let start = purse.filled;
	assert_eq!(purse.take(start + Duration::from_millis(666), 100), 0);
	assert_eq!(purse.take(start + Duration::from_millis(667), 100), 1, "three in two seconds");
	assert_eq!(purse.take(start + Duration::from_secs(3_600), 1_000), 90);
	purse.give_back(5);
	assert_eq!(purse.take(start + Duration::from_secs(3_600), 3), 3);
	assert_eq!(purse.take(start + Duration::from_secs(3_600), 3), 2);
	assert_eq!(Purse::new(u32::MAX).take(start + Duration::from_secs(1 << 40), usize::MAX), u32::MAX as usize);
}

#[test]
fn the_order_is_another_every_time_and_leaves_nothing_out() {
	let (mut one, mut other) = (Random::new().unwrap(), Random::new().unwrap());
	let (a, b) = (one.order(256), other.order(256));
	assert_ne!(a, b);
	let mut sorted = a;
	sorted.sort_unstable();
	assert_eq!(sorted, (0..256).collect::<Vec<_>>());
	assert_eq!((one.order(0), one.order(1)), (vec![], vec![0]));
}

#[tokio::test]
async fn reveals_of_ones_own_and_those_that_cannot_be_read_are_left_out() {
	let play = Play::start(MANY);
	play.reveal(OWN, ProofKind::Memory, 3, 20, 1);
	let subject = Subject { node: FORGER, kind: ProofKind::Memory, device: 1, round: 9 };
	let unread = Reveal { subject, found: vec![(vec![1, 2], [5; 32])] };
	let seen = Seen { best: 9, blocks: 1, skipped: 2, reveals: vec![unread] };
	play.ledger.with(|world| {
		world.kept.insert(9, kept(ProofKind::Memory, 9));
		world.blocks.push_back(Ok(seen));
	});
	play.until("both", |figures| figures.reveals_unread == 1).await;
	sleep(2 * TICK).await;
	let (figures, reports) = play.end().await;
	assert_eq!((figures.blocks, figures.blocks_skipped, figures.reveals, figures.tickets), (2, 2, 1, 0));
	assert_eq!(reports, []);
	let text = figures.metrics();
	assert!(text.contains("gpu_miner_watch_reveals_total 1\n") && text.contains("# TYPE gpu_miner_watch_block gauge"));
	assert!(figures.describe().contains("1 reveals of others"));
}

#[tokio::test]
async fn a_chain_that_is_gone_for_a_while_is_followed_again() {
	let play = Play::start(MANY);
	play.ledger.with(|world| {
		world.blocks.push_back(Err(ChainError::Unreachable("cut".into())));
	});
	play.reveal(FORGER, ProofKind::Memory, 3, 20, 1);
	play.until("the report", |figures| figures.reports == 1).await;
	assert!(play.figures.get().last_problem.contains("cut"));
	play.end().await;
}
