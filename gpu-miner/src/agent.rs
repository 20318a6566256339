//! The agent: looks at the chain block by block, decides, and acts.

pub mod bids;
pub mod decide;

use crate::{
	chain::{
		show, show_amount, show_tokens, AuctionId, AuctionStanding, BidView, BlockNumber, Call, Chain, ChainError,
		ChainView, NodeId, NodeStatus, RentalId, RentalStatus, RentalView, TaskId, TaskView, TOKEN,
	},
	config::BidConfig,
	fetch::Fetcher,
	lotteries::Claims,
	policy::Policy,
	rounds::Searcher,
	sessions::{SessionError, Sessions},
	state::{SavedSearch, StateDir, StateError, StoredResult},
	status::SharedStatus,
	tasks::{Runner, Specification, TaskError},
};
use bids::{consider, NoBid, Plan, StoredBid};
use decide::{decide, Action, Attempts, LocalView, Searching, SessionState, Vetted};
use rustix::rand::{getrandom, GetRandomFlags};
use std::{
	collections::{BTreeMap, BTreeSet},
	mem::{discriminant, Discriminant},
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc,
	},
	thread,
	time::Duration,
};
use tokio::{
	sync::{mpsc, watch},
	time::{sleep, Instant},
};

/// The first pause after the chain could not be read; doubled up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause between two tries to read the chain. Deadlines go on while it lasts.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// The first pause, in blocks, after a call failed on the chain; doubled up to [`LONGEST_HOLD`].
const FIRST_HOLD: BlockNumber = 2;

/// The longest pause, in blocks, after a call failed on the chain.
const LONGEST_HOLD: BlockNumber = 64;

/// The longest pause for what is lost when it comes too late: a bid that is to be revealed.
const URGENT_HOLD: BlockNumber = 4;

/// Blocks until a specification that could not be fetched is asked for again.
const FETCH_PAUSE: BlockNumber = 10;

/// Blocks until a task whose run failed is run again.
const RUN_PAUSE: BlockNumber = 3;

/// Blocks until a session that could not be opened is tried again.
const SESSION_PAUSE: BlockNumber = 5;

/// Blocks for which a bid is kept behind the last in which it could be revealed: another fork may have less of them.
const KEEP_BID: BlockNumber = 256;

/// How often a search's best nonces are saved.
const SAVE_SEARCH: Duration = Duration::from_secs(5);

/// How long running programs get to die when the agent stops.
const FAREWELL: Duration = Duration::from_secs(10);

/// A balance below which the log says that fees will not be paid for long.
const LOW_BALANCE: u128 = TOKEN / 100;

/// Why the agent stopped.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
	/// What must survive a crash could not be written: to go on would be to risk doing work twice.
	#[error(transparent)]
	State(#[from] StateError),
	/// The runtime is another one.
	#[error(transparent)]
	Interface(ChainError),
	/// The account does not own the node.
	#[error("the node {node} belongs to another account than the signing key's; give the owner's key")]
	NotOwner {
		/// The node.
		node: String,
	},
}

/// What the owner wants of the agent.
#[derive(Clone, Debug)]
pub struct Options {
	/// The node that is run.
	pub node: NodeId,
	/// Which tasks are taken.
	pub policy: Policy,
	/// Whether a verified node is offered to the market.
	pub activate: bool,
	/// Whether an inactive one is.
	pub reactivate: bool,
	/// How buyers reach the store, without a slash at the end.
	pub store_url: String,
	/// The longest specification, bytes.
	pub specification_limit: u64,
	/// What this machine claims in lotteries; none, and it takes no part.
	pub claims: Claims,
	/// How to bid in auctions; none, and no bid is made.
	pub bidding: Option<BidConfig>,
}

/// What background work reports.
enum Report {
	Vetted { task: TaskId, outcome: VetOutcome },
	Ran { task: TaskId, outcome: Box<Result<StoredResult, TaskError>> },
	Opened { rental: RentalId, outcome: Result<Vec<u8>, SessionError> },
}

enum VetOutcome {
	Good,
	Refused(String),
	Later(String),
}

/// The loop and what it remembers. Everything in here can be lost: see the crate's documentation.
pub struct Agent<C> {
	chain: Arc<C>,
	options: Options,
	state: StateDir,
	/// `None` where there is no sandbox.
	runner: Option<Runner>,
	fetcher: Fetcher,
	searcher: Searcher,
	sessions: Sessions,
	status: SharedStatus,
	/// Sessions, and the rentals as they were when they were seen last.
	rented: BTreeMap<RentalId, (SessionState, RentalView)>,
	vetted: BTreeMap<TaskId, Vetted>,
	running: BTreeMap<TaskId, Arc<AtomicBool>>,
	attempts: BTreeMap<TaskId, Attempts>,
	/// Bids on the chain, as they were seen last.
	bids: BTreeMap<AuctionId, BidView>,
	/// Which reasons there were against bids, as they were said last. Their figures change with every block.
	no_bids: BTreeMap<AuctionId, Discriminant<NoBid>>,
	/// Calls that failed: how often in a row, and the block from which they may be sent again.
	held: BTreeMap<String, (u32, BlockNumber)>,
	last_saved: Option<Instant>,
	last_status: Option<NodeStatus>,
	noted_missing: bool,
	noted_waiting: bool,
	warned_balance: bool,
	reports: (mpsc::UnboundedSender<Report>, mpsc::UnboundedReceiver<Report>),
}

impl<C: Chain + 'static> Agent<C> {
	/// Puts an agent together. Nothing happens before [`Agent::run`].
	pub fn new(
		chain: Arc<C>,
		options: Options,
		state: StateDir,
		runner: Option<Runner>,
		fetcher: Fetcher,
		searcher: Searcher,
		sessions: Sessions,
		status: SharedStatus,
	) -> Self {
		Self {
			chain,
			options,
			state,
			runner,
			fetcher,
			searcher,
			sessions,
			status,
			rented: BTreeMap::new(),
			vetted: BTreeMap::new(),
			running: BTreeMap::new(),
			attempts: BTreeMap::new(),
			bids: BTreeMap::new(),
			no_bids: BTreeMap::new(),
			held: BTreeMap::new(),
			last_saved: None,
			last_status: None,
			noted_missing: false,
			noted_waiting: false,
			warned_balance: false,
			reports: mpsc::unbounded_channel(),
		}
	}

	/// Runs until `stop` is true.
	///
	/// # Errors
	/// [`AgentError`], when going on makes no sense. A chain that cannot be reached is no reason to stop.
	pub async fn run(mut self, mut stop: watch::Receiver<bool>) -> Result<(), AgentError> {
		let mut pause = FIRST_PAUSE;
		let outcome = loop {
			let step = tokio::select! {
				biased;
				_ = stop.wait_for(|stop| *stop) => break Ok(()),
				step = self.step() => step,
			};
			match step {
				Ok(()) => pause = FIRST_PAUSE,
				Err(Trouble::Stop(error)) => break Err(error),
				Err(Trouble::Chain(error @ ChainError::Interface(_))) => break Err(AgentError::Interface(error)),
				Err(Trouble::Chain(error)) => {
					tracing::warn!("{error}; trying again in {} s", pause.as_secs());
					self.status.problem(&error.to_string());
					self.status.update(|status| {
						status.reconnects += u64::from(status.connected);
						status.connected = false;
					});
					tokio::select! {
						_ = stop.wait_for(|stop| *stop) => break Ok(()),
						() = sleep(pause) => (),
					}
					pause = (pause * 2).min(LONGEST_PAUSE);
				}
			}
		};
		self.farewell().await;
		outcome
	}

	/// Waits for a block or a report, and acts on it.
	async fn step(&mut self) -> Result<(), Trouble> {
		let report = tokio::select! {
			biased;
			report = self.reports.1.recv() => report,
			block = self.chain.next_block() => {
				block?;
				None
			},
		};
		match report {
			Some(report) => self.take_report(report)?,
			None => self.act().await?,
		}
		Ok(())
	}

	/// One block: view, decide, act.
	async fn act(&mut self) -> Result<(), Trouble> {
		let view = self.chain.view(&self.options.node).await?;
		self.notice(&view)?;
		let local = self.local_view();
		let mut calls = Vec::new();
		for action in decide(&view, &local) {
			match action {
				Action::Send(call) => {
					if self.may_send(&call, view.block) {
						calls.push(call);
					}
				}
				Action::SearchRound(round) => {
					tracing::info!("round {}: searching, closes at block {}", round.number, round.closes);
					let known = self.state.saved_search(&round.seed);
					self.searcher.search_round(round.seed, round.values, known);
				}
				Action::SolveChallenge(challenge) => {
					tracing::info!("challenge: searching, answer due by block {}", challenge.deadline);
					self.searcher.solve_challenge(challenge.seed, challenge.target);
				}
				Action::SearchLottery(lottery) => {
					tracing::info!(
						"lottery of round {} ({:?}): searching, closes at block {}",
						lottery.round,
						lottery.kind,
						lottery.closes
					);
					self.searcher.search_lottery(&lottery);
				}
				Action::Commit(answer, call) => {
					if self.may_send(&call, view.block) {
						// On the disk first: only what was committed to can be revealed.
						self.state.save_lottery(&answer)?;
						calls.push(call);
					}
				}
				Action::Bid(plan) => calls.extend(self.bid(&plan, &view)?),
				Action::StopSearch => self.searcher.stop(),
				Action::Vet(task) => self.vet(task, view.block),
				Action::Run(task) => self.start_run(&task),
				Action::CancelRun(task) => {
					tracing::warn!("task {task} is the node's no longer: stopping its program");
					if let Some(cancel) = self.running.get(&task) {
						cancel.store(true, Ordering::Relaxed);
					}
				}
				Action::OpenSession(rental) => self.open_session(rental, view.now_ms),
				Action::CloseSession(rental) => self.close_session(rental),
			}
		}
		self.save_search()?;
		self.send(&calls, &view).await
	}

	/// Tells log and status what is new, and forgets what is over.
	fn notice(&mut self, view: &ChainView) -> Result<(), Trouble> {
		self.status.absorb(view);
		let endpoint = self.chain.endpoint();
		self.status.update(|status| status.endpoint = endpoint);
		// Rounds pass: what was held back for one of long ago is of no use.
		self.held.retain(|_, (_, from)| from.saturating_add(LONGEST_HOLD) >= view.block);
		match &view.node {
			Some(node) if node.owner != self.chain.account() => {
				return Err(Trouble::Stop(AgentError::NotOwner { node: show(&node.id) }));
			}
			Some(node) if node.awaits_sponsor && !self.noted_waiting => {
				tracing::warn!(
					"the challenge is passed; the node waits for a sponsor: ask a Queen to call nodeRoles.sponsorNode({})",
					show(&node.id)
				);
				self.noted_waiting = true;
			}
			Some(node) if self.last_status != Some(node.status) => {
				match node.status {
					NodeStatus::Rejected | NodeStatus::Slashed => {
						tracing::error!("the node is {:?}: it can neither prove nor take tasks any more", node.status);
					}
					status => tracing::info!("the node is {status:?}"),
				}
				self.last_status = Some(node.status);
			}
			Some(_) => (),
			None => {
				if !self.noted_missing {
					tracing::error!(
						"{} is not on this chain; register it, or use its own chain",
						show(&self.options.node)
					);
				}
				self.last_status = None;
			}
		}
		self.noted_missing = view.node.is_none();
		let is_low = view.free_balance < LOW_BALANCE;
		if is_low && !self.warned_balance {
			let free = show_tokens(view.free_balance);
			tracing::warn!(
				"the account has only {free} left for fees; when they run out the node misses rounds and tasks"
			);
		}
		self.warned_balance = is_low;

		for rental in &view.rentals {
			self.sessions.refresh(rental, view.now_ms);
			if let Some((_, seen)) = self.rented.get_mut(&rental.id) {
				if seen.status != rental.status && rental.status == RentalStatus::Disputed {
					tracing::warn!("rental {}: its renter disputes it", rental.id);
				}
				seen.clone_from(rental);
			}
		}

		self.notice_bids(view)?;
		let known: BTreeSet<TaskId> = view.my_tasks.iter().chain(&view.open_tasks).map(|task| task.id).collect();
		self.vetted.retain(|task, _| known.contains(task));
		self.attempts.retain(|task, _| known.contains(task));
		let mine: BTreeSet<TaskId> = view.my_tasks.iter().map(|task| task.id).collect();
		let over: Vec<TaskId> =
			self.state.state().results.keys().filter(|task| !mine.contains(task)).copied().collect();
		if !over.is_empty() {
			tracing::debug!("tasks {over:?} are over");
			// The files stay in the store: buyers may still want them.
			self.state.update(|state| state.results.retain(|task, _| mine.contains(task)))?;
		}
		let refused = view
			.open_tasks
			.iter()
			.filter_map(|task| {
				let by_chain = view.node.as_ref().and_then(|node| self.options.policy.check_task(task, node).err());
				let reason = match (by_chain, self.vetted.get(&task.id)) {
					(Some(refusal), _) => refusal.to_string(),
					(None, Some(Vetted::Refused(reason))) => reason.clone(),
					_ => return None,
				};
				Some((task.id, reason))
			})
			.take(100)
			.collect();
		let running = self.running.keys().copied().collect();
		let searching = match self.searcher.searching() {
			Some(Searching::Round(_)) => "round",
			Some(Searching::Challenge(_)) => "challenge",
			Some(Searching::Lottery(..)) => "lottery",
			None => "",
		};
		self.status.update(|status| {
			status.tasks.refused = refused;
			status.tasks.running = running;
			status.searching = searching.into();
		});
		Ok(())
	}

	/// The same of bids and auctions.
	fn notice_bids(&mut self, view: &ChainView) -> Result<(), Trouble> {
		let Some(node) = &view.node else { return Ok(()) };
		let local = self.local_view();
		for bid in &view.bids {
			let (auction, task) = (bid.auction, bid.task);
			let known = bids::known(bid, node, &local);
			let before = self.bids.get(&auction);
			if before.is_none() && known.is_none() && bid.revealed.is_none() {
				let what = format!("auction {auction}: this state directory does not know what the node bid");
				tracing::error!("{what}; only the one that it was made with can reveal it, and else the bond is lost");
				self.status.problem(&what);
			}
			if before.map_or(AuctionStanding::Running, |before| before.standing) == bid.standing {
				continue;
			}
			let kept = bid.revealed.is_some() || bid.standing == AuctionStanding::Voided(true);
			match bid.standing {
				AuctionStanding::Running => tracing::info!("auction {auction}: it runs again, on another fork"),
				AuctionStanding::Won => {
					let price = bid.revealed.as_ref().map_or(0, |revealed| revealed.price);
					tracing::info!("auction {auction}: won, task {task} for {}", show_amount(bid.asset, price));
				}
				AuctionStanding::Lost => tracing::info!("auction {auction}: another node has task {task}"),
				AuctionStanding::Failed => tracing::info!("auction {auction}: nobody has task {task} by it"),
				AuctionStanding::Voided(_) => tracing::info!("auction {auction}: task {task} went another way"),
			}
			if !kept && bid.standing != AuctionStanding::Running {
				let bond = show_amount(bid.asset, bid.bond);
				let what = format!("auction {auction}: the bid was not revealed, its bond of {bond} is lost");
				tracing::error!("{what}");
				self.status.problem(&what);
			}
			self.status.update(|status| match bid.standing {
				AuctionStanding::Running => (),
				AuctionStanding::Won => status.bids.won += 1,
				_ => {
					status.bids.lost += 1;
					status.bids.forfeited += u64::from(!kept);
				}
			});
		}
		self.bids = view.bids.iter().map(|bid| (bid.auction, bid.clone())).collect();

		let (mut refused, mut reasons) = (BTreeMap::new(), BTreeMap::new());
		for (auction, plan) in consider(view, node, &local, 0).into_iter().take(100) {
			let Some(reason) = plan.err().filter(|reason| *reason != NoBid::Unread) else { continue };
			let kind = discriminant(&reason);
			if self.no_bids.get(&auction) != Some(&kind) {
				tracing::info!("auction {auction}: no bid: {reason}");
			}
			reasons.insert(auction, kind);
			refused.insert(auction, reason.to_string());
		}
		self.no_bids = reasons;
		self.status.update(|status| {
			status.bids.refused = refused;
			for bid in &view.bids {
				let line = status.bids.open.get_mut(&bid.auction);
				if let Some((line, known)) = line.zip(bids::known(bid, node, &local)) {
					line.price = show_amount(bid.asset, known.price);
				}
			}
		});

		let is_over = |bid: &StoredBid| {
			let is_held = view.bids.iter().any(|held| held.auction == bid.auction);
			!is_held && view.block > bid.reveal_until.saturating_add(KEEP_BID)
		};
		if self.state.state().bids.iter().any(is_over) {
			self.state.update(|state| state.bids.retain(|bid| !is_over(bid)))?;
		}
		Ok(())
	}

	/// Draws a salt and saves the bid: only what is on the disk is told to the chain, for only that can be revealed.
	fn bid(&mut self, plan: &Plan, view: &ChainView) -> Result<Option<Call>, Trouble> {
		let Some(node) = &view.node else { return Ok(None) };
		let mut salt = [0; 32];
		if !matches!(getrandom(&mut salt, GetRandomFlags::empty()), Ok(32)) {
			tracing::error!("the system has too few random numbers for a bid");
			return Ok(None);
		}
		let Plan { auction, task, asset, price, .. } = *plan;
		let (commit_until, reveal_until) = (plan.commit_until, plan.reveal_until);
		let bid = StoredBid { auction, task, price, salt, commit_until, reveal_until };
		let call = Call::CommitBid { auction, node: node.id, commitment: bid.commitment(&node.owner, &node.id) };
		if !self.may_send(&call, view.block) {
			return Ok(None);
		}
		self.state.update(|state| state.bids.push(bid))?;
		tracing::info!(
			"auction {auction}: bidding {} of {} for task {task}, which scores {}; a bond of {} is held, and the bid revealed \
			 behind block {commit_until}",
			show_amount(asset, price),
			show_amount(asset, plan.budget),
			plan.score,
			show_amount(asset, plan.bond),
		);
		Ok(Some(call))
	}

	fn local_view(&self) -> LocalView {
		LocalView {
			policy: self.options.policy.clone(),
			activate: self.options.activate,
			reactivate: self.options.reactivate,
			can_run: self.runner.is_some(),
			searching: self.searcher.searching(),
			best_proof: self.searcher.best_proof(),
			solution: self.searcher.solution(),
			claims: self.options.claims.now(self.searcher.engine()),
			lottery: self.searcher.lottery_answer(),
			committed: self.state.saved_lottery(),
			bidding: self.options.bidding.clone(),
			bids: self.state.state().bids.clone(),
			vetted: self.vetted.clone(),
			running: self.running.keys().copied().collect(),
			attempts: self.attempts.clone(),
			results: self.state.state().results.clone(),
			store_url: self.options.store_url.clone(),
			sessions: self.rented.iter().map(|(id, (session, _))| (*id, session.clone())).collect(),
		}
	}

	fn may_send(&self, call: &Call, block: BlockNumber) -> bool {
		self.held.get(&subject(call)).is_none_or(|(_, from)| block >= *from)
	}

	async fn send(&mut self, calls: &[Call], view: &ChainView) -> Result<(), Trouble> {
		if calls.is_empty() {
			return Ok(());
		}
		let outcomes = self.chain.submit(calls).await;
		let mut lost = None;
		for (call, outcome) in calls.iter().zip(outcomes) {
			let is_proof = matches!(call, Call::SubmitProof { .. } | Call::SubmitSolution { .. });
			match outcome {
				Ok(_) => {
					self.held.remove(&subject(call));
					self.status.update(|status| {
						status.proofs.accepted += u64::from(is_proof);
						status.bids.committed += u64::from(matches!(call, Call::CommitBid { .. }));
						status.bids.revealed += u64::from(matches!(call, Call::RevealBid { .. }));
					});
					tracing::info!("{}: in a block", describe(call));
				}
				Err(ChainError::Pending { .. }) => tracing::debug!("{}: still on its way", describe(call)),
				Err(error @ (ChainError::Unreachable(_) | ChainError::Interface(_))) => lost = Some(error),
				Err(error @ ChainError::Late { .. }) => {
					tracing::warn!("{error}");
					self.status.problem(&error.to_string());
				}
				Err(error) => {
					// The round or challenge may just have ended: that is late, not wrong.
					let ends = match call {
						Call::SubmitProof { .. } => view.round.as_ref().map(|round| round.closes),
						Call::SubmitSolution { .. } => view.challenge.as_ref().map(|challenge| challenge.deadline),
						_ => None,
					};
					let is_stale = ends.is_some_and(|ends| view.block.saturating_add(2) >= ends);
					self.status.update(|status| {
						status.proofs.stale += u64::from(is_proof && is_stale);
						status.proofs.rejected += u64::from(is_proof && !is_stale);
					});
					self.status.problem(&error.to_string());
					let (failures, from) = self.held.entry(subject(call)).or_default();
					*failures += 1;
					let longest = if matches!(call, Call::RevealBid { .. }) { URGENT_HOLD } else { LONGEST_HOLD };
					let pause = FIRST_HOLD.saturating_mul(1 << (*failures - 1).min(16)).min(longest);
					*from = view.block.saturating_add(pause);
					tracing::warn!("{error}; not again for {pause} blocks");
				}
			}
		}
		lost.map_or(Ok(()), |error| Err(error.into()))
	}

	/// Fetches a specification in the background.
	fn vet(&mut self, task: TaskView, block: BlockNumber) {
		self.vetted.insert(task.id, Vetted::Fetching);
		let (fetcher, policy, reports) = (self.fetcher.clone(), self.options.policy.clone(), self.reports.0.clone());
		tracing::debug!("task {}: fetching {} at block {block}", task.id, task.specification_uri);
		tokio::spawn(async move {
			let outcome = match fetcher.get(&task.specification_uri, &task.specification_hash).await {
				Ok(bytes) => match Specification::parse(&bytes) {
					Ok(specification) => match specification.check(&policy) {
						Ok(()) => VetOutcome::Good,
						Err(refusal) => VetOutcome::Refused(format!("its specification {refusal}")),
					},
					Err(error) => VetOutcome::Refused(format!("its specification {error}")),
				},
				Err(error) if error.is_temporary() => VetOutcome::Later(error.to_string()),
				Err(error) => VetOutcome::Refused(error.to_string()),
			};
			let _ = reports.send(Report::Vetted { task: task.id, outcome });
		});
	}

	/// Runs a task in a thread of its own, which lives as long as the sandbox: see [`crate::sandbox`].
	fn start_run(&mut self, task: &TaskView) {
		let Some(runner) = self.runner.clone() else { return };
		let specification = match runner.store.get(&task.specification_hash, self.options.specification_limit) {
			Ok(Some(bytes)) => bytes,
			Ok(None) => {
				// Somebody emptied the store.
				self.vetted.remove(&task.id);
				return;
			}
			Err(error) => {
				tracing::warn!("task {}: {error}", task.id);
				self.vetted.remove(&task.id);
				return;
			}
		};
		let cancel = Arc::new(AtomicBool::new(false));
		let (id, flag, reports) = (task.id, cancel.clone(), self.reports.0.clone());
		let time = Duration::from_secs(task.duration_secs.into());
		let body = move || {
			let outcome = Box::new(runner.run(id, &specification, time, &flag));
			let _ = reports.send(Report::Ran { task: id, outcome });
		};
		match thread::Builder::new().name(format!("task-{id}")).spawn(body) {
			Ok(_) => {
				tracing::info!("task {id}: running");
				self.running.insert(id, cancel);
			}
			Err(error) => tracing::warn!("task {id}: no thread for it: {error}"),
		}
	}

	/// Opens a rental's session in the background: a program of the owner may take its time.
	fn open_session(&mut self, rental: RentalView, now: u64) {
		tracing::info!("rental {}: opening its session", rental.id);
		self.rented.insert(rental.id, (SessionState::Opening, rental.clone()));
		let (sessions, reports) = (self.sessions.clone(), self.reports.0.clone());
		tokio::spawn(async move {
			let outcome = sessions.open(&rental, now).await;
			let _ = reports.send(Report::Opened { rental: rental.id, outcome });
		});
	}

	fn close_session(&mut self, rental: RentalId) {
		let Some((_, rental)) = self.rented.remove(&rental) else { return };
		tracing::info!("rental {}: closing its session", rental.id);
		let sessions = self.sessions.clone();
		tokio::spawn(async move {
			if let Err(error) = sessions.close(&rental).await {
				tracing::warn!("rental {}: {error}", rental.id);
			}
		});
	}

	fn take_report(&mut self, report: Report) -> Result<(), Trouble> {
		match report {
			Report::Opened { rental, outcome } => {
				let state = match outcome {
					Ok(access) => SessionState::Open(access),
					Err(error) => {
						tracing::warn!("rental {rental}: {error}; trying again in {SESSION_PAUSE} blocks");
						self.status.problem(&format!("rental {rental}: {error}"));
						SessionState::RetryFrom(self.status.get().block.saturating_add(SESSION_PAUSE))
					}
				};
				if let Some((session, _)) = self.rented.get_mut(&rental) {
					*session = state;
				}
			}
			Report::Vetted { task, outcome } => {
				let vetted = match outcome {
					VetOutcome::Good => Vetted::Good,
					VetOutcome::Refused(reason) => {
						tracing::info!("task {task} is not for this node: {reason}");
						Vetted::Refused(reason)
					}
					VetOutcome::Later(reason) => {
						tracing::info!("task {task}: {reason}; asking again in {FETCH_PAUSE} blocks");
						Vetted::RetryFrom(self.status.get().block.saturating_add(FETCH_PAUSE))
					}
				};
				self.vetted.insert(task, vetted);
			}
			Report::Ran { task, outcome } => {
				self.running.remove(&task);
				match *outcome {
					Ok(stored) => {
						tracing::info!("task {task}: done, {} bytes, {}", stored.bytes, show(&stored.hash));
						self.attempts.remove(&task);
						self.state.update(|state| _ = state.results.insert(task, stored))?;
					}
					Err(TaskError::Cancelled) => tracing::info!("task {task}: stopped"),
					Err(error) => {
						let block = self.status.get().block;
						let attempts = self.attempts.entry(task).or_default();
						attempts.failures += 1;
						attempts.retry_from = block.saturating_add(RUN_PAUSE);
						let left = decide::MAX_ATTEMPTS.saturating_sub(attempts.failures);
						tracing::warn!("task {task}: {error}; {left} more tries");
						self.status.update(|status| status.tasks.failed_runs += 1);
						self.status.problem(&format!("task {task}: {error}"));
					}
				}
			}
		}
		Ok(())
	}

	fn save_search(&mut self) -> Result<(), Trouble> {
		if self.last_saved.is_some_and(|when| when.elapsed() < SAVE_SEARCH) {
			return Ok(());
		}
		if let Some(proof) = self.searcher.best_proof() {
			self.state.save_search(&SavedSearch { seed: proof.seed, nonces: proof.nonces })?;
			self.last_saved = Some(Instant::now());
		}
		Ok(())
	}

	/// Stops everything that runs.
	async fn farewell(&mut self) {
		self.last_saved = None;
		if let Err(Trouble::Stop(error)) = self.save_search() {
			tracing::warn!("{error}");
		}
		self.searcher.stop();
		self.sessions.interrupt();
		for cancel in self.running.values() {
			cancel.store(true, Ordering::Relaxed);
		}
		let deadline = Instant::now() + FAREWELL;
		while !self.running.is_empty() {
			match tokio::time::timeout_at(deadline, self.reports.1.recv()).await {
				// A result that is done after all is kept.
				Ok(Some(report)) => {
					if let Err(Trouble::Stop(error)) = self.take_report(report) {
						tracing::warn!("{error}");
					}
				}
				_ => break,
			}
		}
		tracing::info!("stopped");
	}
}

/// What ends a step.
enum Trouble {
	Chain(ChainError),
	Stop(AgentError),
}

impl From<ChainError> for Trouble {
	fn from(error: ChainError) -> Self {
		Self::Chain(error)
	}
}

impl From<StateError> for Trouble {
	fn from(error: StateError) -> Self {
		Self::Stop(error.into())
	}
}

/// What a call is about: two calls of one subject are tries at the same thing.
fn subject(call: &Call) -> String {
	match call {
		Call::SubmitProof { round, .. } => format!("{} {round}", call.name()),
		Call::CommitPower { commitment, .. } => format!("{} {}", call.name(), show(commitment)),
		Call::RevealPower { salt, .. } => format!("{} {}", call.name(), show(salt)),
		Call::AcceptTask { task, .. } | Call::StartTask { task } | Call::SubmitResult { task, .. } => {
			format!("{} {task}", call.name())
		}
		Call::CommitBid { auction, .. }
		| Call::RevealBid { auction, .. }
		| Call::SettleAuction { auction }
		| Call::ClaimBond { auction, .. } => format!("{} {auction}", call.name()),
		Call::ConfirmStart { rental, .. }
		| Call::Prove { rental }
		| Call::CancelBooking { rental }
		| Call::CloseRental { rental } => format!("{} {rental}", call.name()),
		_ => call.name().into(),
	}
}

/// A call in the log.
fn describe(call: &Call) -> String {
	match call {
		Call::SubmitProof { round, .. } => format!("submit_proof for round {round}"),
		Call::AcceptTask { task, .. } | Call::StartTask { task } | Call::SubmitResult { task, .. } => {
			format!("{} for task {task}", call.name())
		}
		Call::CommitBid { auction, .. }
		| Call::RevealBid { auction, .. }
		| Call::SettleAuction { auction }
		| Call::ClaimBond { auction, .. } => format!("{} for auction {auction}", call.name()),
		Call::ConfirmStart { rental, .. }
		| Call::Prove { rental }
		| Call::CancelBooking { rental }
		| Call::CloseRental { rental } => format!("{} for rental {rental}", call.name()),
		_ => call.name().into(),
	}
}
