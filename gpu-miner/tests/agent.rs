//! The agent from registration to payment on a chain in memory, and killed at every step of the way.
//!
//! The chain refuses whatever comes at the wrong time, and counts it: an agent that forgot what it did, or did it twice,
//! would show here. Tasks run in the real sandbox; where bubblewrap is missing only the proofs are tested.

use async_trait::async_trait;
use gpu_chain_primitives::{
	matching::{bid_commitment, Candidate, MatchRequest, MatchTerms},
	score::ScoreWeights,
	HardwareSpec, ResourceType as Kind, Tier,
};
use gpu_miner::{
	agent::{bids::StoredBid, Agent, AgentError, Options},
	chain::*,
	config::BidConfig,
	fetch::Fetcher,
	policy::Policy,
	rates::Meter,
	rounds::Searcher,
	sandbox::{Sandbox, SandboxError},
	sessions::{RunError, Sessions},
	state::StateDir,
	status::SharedStatus,
	store::{content_hash, Store},
	tasks::Runner,
};
use gpu_miner_engine::{keccak256, CpuEngine};
use gpu_work::{hash_input, meets_target, target_for_work, verify_minimum_values};
use std::{
	collections::BTreeMap,
	path::{Path, PathBuf},
	sync::{Arc, Mutex},
	time::{Duration, Instant},
};
use tokio::{sync::watch, task::JoinHandle, time::sleep};

const NODE: NodeId = [1; 32];
const OWNER: AccountId = [2; 32];
const BLOCK_TIME: Duration = Duration::from_millis(60);
const VALUES: u32 = 8;
/// A block takes a second by the chain's clock.
const BLOCK_MS: u64 = 1_000;
const RULES: RentalRules = RentalRules { confirm_window: 20 * BLOCK_MS, proof_interval: 12 * BLOCK_MS };

/// A chain in memory.
struct World {
	block: BlockNumber,
	status: NodeStatus,
	last_heartbeat: BlockNumber,
	challenge: Option<ChallengeView>,
	round: Option<RoundView>,
	rounds_answered: u32,
	task: TaskView,
	result: Option<(Hash, String)>,
	rental: Option<RentalView>,
	access: Option<Vec<u8>>,
	closed: Option<RentalView>,
	auction: Option<AuctionView>,
	bid: Option<BidView>,
	/// Reveals that fail before one is taken.
	failing_reveals: u32,
	/// Calls that succeeded, by name.
	done: BTreeMap<&'static str, u32>,
	/// Calls that came at the wrong time.
	refused: Vec<String>,
	reachable: bool,
}

#[derive(Clone)]
struct MemoryChain(Arc<Mutex<World>>);

impl MemoryChain {
	fn new(specification: &[u8]) -> Self {
		let task = TaskView {
			id: 7,
			buyer: [9; 32],
			status: TaskStatus::Open,
			resource_type: ResourceType::Cpu,
			asset: Asset::Native,
			price: TOKEN,
			specification_hash: content_hash(specification),
			specification_uri: "http://buyer.example/spec.json".into(),
			duration_secs: 60,
			required_power: RequiredPower::hashes(1),
			min_trust_level: 1,
			deadline: None,
			direct: true,
			failed_before: false,
		};
		Self(Arc::new(Mutex::new(World {
			block: 1,
			status: NodeStatus::Pending,
			last_heartbeat: 0,
			challenge: None,
			round: None,
			rounds_answered: 0,
			task,
			result: None,
			rental: None,
			access: None,
			closed: None,
			auction: None,
			bid: None,
			failing_reveals: 0,
			done: BTreeMap::new(),
			refused: Vec::new(),
			reachable: true,
		})))
	}

	fn read<T>(&self, read: impl FnOnce(&World) -> T) -> T {
		read(&self.0.lock().unwrap())
	}

	async fn until(&self, what: &str, reached: impl Fn(&World) -> bool) {
		let start = Instant::now();
		while !self.read(&reached) {
			assert!(start.elapsed() < Duration::from_secs(60), "{what}: {}", self.read(World::describe));
			sleep(Duration::from_millis(5)).await;
		}
	}

	/// Lets blocks pass for as long as it lives.
	fn run(&self) -> JoinHandle<()> {
		let world = self.0.clone();
		tokio::spawn(async move {
			loop {
				sleep(BLOCK_TIME).await;
				world.lock().unwrap().next_block();
			}
		})
	}
}

impl World {
	fn describe(&self) -> String {
		format!(
			"block {}, {:?}, task {:?}, done {:?}, refused {:?}",
			self.block, self.status, self.task.status, self.done, self.refused
		)
	}

	fn now(&self) -> u64 {
		u64::from(self.block) * BLOCK_MS
	}

	/// A rental that begins in five blocks, runs for forty, and has ten of grace.
	fn book(&mut self, renter: &crypto_box::SecretKey) {
		let start = self.now() + 5 * BLOCK_MS;
		self.rental = Some(RentalView {
			id: 4,
			renter: [9; 32],
			status: RentalStatus::Booked,
			gpus: vec![0],
			asset: Asset::Native,
			hourly_rate: TOKEN,
			price: TOKEN / 72,
			start,
			end: start + 40 * BLOCK_MS,
			paid_until: start + 50 * BLOCK_MS,
			proven: 0,
			proven_until: start,
			encryption_key: *renter.public_key().as_bytes(),
		});
	}

	/// An auction of the task that takes bids for thirty blocks, and reveals for thirty more. The node is on the market.
	fn open_auction(&mut self) {
		let request = MatchRequest {
			weights: ScoreWeights { price: 10_000, reputation: 0, latency: 0, uptime: 0, power: 0 },
			regions: Default::default(),
			max_latency_ms: 0,
			min_uptime: 0,
			hardware: HardwareSpec::default(),
		};
		let terms = MatchTerms {
			resource_type: Kind::Cpu,
			required_power: RequiredPower::hashes(1),
			min_trust_level: 1,
			budget: TOKEN,
			request,
		};
		let (commit_until, reveal_until) = (self.block + 30, self.block + 60);
		self.auction = Some(AuctionView { id: 3, task: 7, terms, bond: TOKEN / 50, commit_until, reveal_until });
		(self.status, self.rounds_answered, self.task.direct) = (NodeStatus::Active, 1, false);
	}

	fn candidate(&self) -> Candidate<()> {
		Candidate {
			owner: (),
			resource_type: Kind::Cpu,
			active: self.status == NodeStatus::Active,
			tier: Tier::Community,
			hardware: HardwareSpec::default(),
			region: Default::default(),
			ask_per_hour: TOKEN,
			trust_level: 1,
			reputation: 5_000,
			uptime: 10_000,
			power: PowerVector { hashes_per_second: 1_000, ..PowerVector::default() },
		}
	}

	fn next_block(&mut self) {
		self.block += 1;
		if self.round.as_ref().is_some_and(|round| self.block > round.closes) {
			self.round = None;
		} else if self.round.is_none() && self.block.is_multiple_of(5) && self.status == NodeStatus::Active {
			let number = self.block;
			self.round = Some(RoundView {
				number,
				seed: keccak256(&hash_input(&[3; 32], number.into())),
				values: VALUES,
				opened: number,
				closes: number + 12,
				submitted_work: None,
			});
		}
	}

	fn apply(&mut self, call: &Call) -> Result<(), String> {
		let wrong = |what: &str| Err(what.to_owned());
		match call {
			Call::IssueChallenge(NODE) => {
				if self.challenge.as_ref().is_some_and(|challenge| self.block <= challenge.deadline) {
					return wrong("a challenge is open");
				}
				let seed = keccak256(&hash_input(&[4; 32], self.block.into()));
				let target = target_for_work(20_000);
				self.challenge = Some(ChallengeView { seed, target, deadline: self.block + 200 });
			}
			Call::SubmitSolution { node: NODE, nonce } => {
				let Some(challenge) = self.challenge.take() else { return wrong("no challenge") };
				let digest = keccak256(&hash_input(&challenge.seed, *nonce));
				if !meets_target(&digest, &challenge.target) {
					return wrong("no solution");
				}
				if self.status == NodeStatus::Pending {
					self.status = NodeStatus::Verified;
				}
			}
			Call::Activate(NODE) if self.status == NodeStatus::Verified => self.status = NodeStatus::Active,
			Call::Heartbeat(NODE) if self.block >= self.last_heartbeat + 20 => self.last_heartbeat = self.block,
			Call::SubmitProof { node: NODE, round, nonces } => {
				let Some(open) = self.round.as_mut().filter(|open| open.number == *round) else {
					return wrong("no such round");
				};
				let work = verify_minimum_values(keccak256, &open.seed, nonces, VALUES);
				let work = work.map_err(|error| format!("{error:?}"))?;
				if open.submitted_work.is_some_and(|before| before >= work) {
					return wrong("not better");
				}
				open.submitted_work = Some(work);
				self.rounds_answered += 1;
			}
			Call::AcceptTask { task: 7, node: NODE } if self.task.status == TaskStatus::Open => {
				self.task.status = TaskStatus::Assigned;
				self.task.deadline = Some(self.block + 1_000);
			}
			Call::StartTask { task: 7 } if self.task.status == TaskStatus::Assigned => {
				self.task.status = TaskStatus::InProgress;
			}
			Call::SubmitResult { task: 7, hash, uri } if self.task.status == TaskStatus::InProgress => {
				self.task.status = TaskStatus::Completed;
				self.result = Some((*hash, uri.clone()));
			}
			Call::CommitBid { auction: 3, node: NODE, commitment } => {
				let Some(auction) = self.auction.as_ref().filter(|auction| self.block < auction.commit_until) else {
					return wrong("no bids are taken");
				};
				if self.bid.is_some() {
					return wrong("it has bid");
				}
				self.bid = Some(BidView {
					auction: 3,
					task: 7,
					asset: Asset::Native,
					bond: auction.bond,
					commitment: *commitment,
					revealed: None,
					place: None,
					standing: AuctionStanding::Running,
					task_open: true,
					commit_until: auction.commit_until,
					reveal_until: auction.reveal_until,
				});
			}
			Call::RevealBid { auction: 3, node: NODE, price, salt } => {
				if self.failing_reveals > 0 {
					self.failing_reveals -= 1;
					return wrong("it rains");
				}
				let block = self.block;
				let Some(bid) = self.bid.as_mut().filter(|bid| bid.revealed.is_none()) else { return wrong("no bid") };
				if block < bid.commit_until || block >= bid.reveal_until {
					return wrong("bids are not revealed now");
				}
				if bid_commitment(3, &OWNER, &NODE.into(), *price, salt).0 != bid.commitment {
					return wrong("another bid");
				}
				bid.revealed = Some(RevealedView { price: *price, outcome: Ok(1) });
				bid.place = Some(0);
			}
			Call::SettleAuction { auction: 3 } => {
				let block = self.block;
				let over = |bid: &&mut BidView| bid.standing == AuctionStanding::Running && block >= bid.reveal_until;
				let Some(bid) = self.bid.as_mut().filter(over) else { return wrong("not over") };
				bid.standing = AuctionStanding::Failed;
				if bid.revealed.is_some() {
					bid.standing = AuctionStanding::Won;
					bid.task_open = false;
					self.task.status = TaskStatus::Assigned;
					self.task.deadline = Some(block + 1_000);
				}
			}
			Call::ClaimBond { auction: 3, node: NODE } => match &self.bid {
				Some(bid) if bid.standing != AuctionStanding::Running => self.bid = None,
				_ => return wrong("not settled"),
			},
			Call::ConfirmStart { rental: 4, access } => {
				let now = self.now();
				let Some(rental) = self.rental.as_mut().filter(|rental| rental.status == RentalStatus::Booked) else {
					return wrong("not booked");
				};
				rental.status = RentalStatus::Active;
				rental.proven_until = now.max(rental.start);
				self.access = Some(access.clone());
			}
			Call::Prove { rental: 4 } => {
				let (now, powerless) = (self.now(), self.rounds_answered == 0);
				let Some(rental) = self.rental.as_mut().filter(|rental| rental.status == RentalStatus::Active) else {
					return wrong("not active");
				};
				let until = now.min(rental.paid_until);
				if powerless || until <= rental.proven_until {
					return wrong("nothing to prove");
				}
				rental.proven += (until - rental.proven_until).min(RULES.proof_interval);
				rental.proven_until = until;
			}
			Call::CloseRental { rental: 4 } => match &self.rental {
				Some(rental) if self.now() >= rental.paid_until => self.closed = self.rental.take(),
				_ => return wrong("not over"),
			},
			_ => return wrong("at the wrong time"),
		}
		*self.done.entry(call.name()).or_default() += 1;
		Ok(())
	}
}

#[async_trait]
impl Chain for MemoryChain {
	fn account(&self) -> AccountId {
		OWNER
	}

	fn endpoint(&self) -> String {
		"memory".into()
	}

	async fn info(&self) -> Result<ChainInfo, ChainError> {
		Err(ChainError::Unreachable("not asked by the agent".into()))
	}

	async fn next_block(&self) -> Result<(), ChainError> {
		let before = self.read(|world| world.block);
		while self.read(|world| world.reachable && world.block == before) {
			sleep(Duration::from_millis(5)).await;
		}
		if self.read(|world| world.reachable) {
			Ok(())
		} else {
			Err(ChainError::Unreachable("the node is away".into()))
		}
	}

	async fn view(&self, node: &NodeId) -> Result<ChainView, ChainError> {
		let world = self.0.lock().unwrap();
		let mine = !matches!(world.task.status, TaskStatus::Open | TaskStatus::Verified);
		Ok(ChainView {
			block: world.block,
			node: Some(NodeView {
				id: *node,
				owner: OWNER,
				resource_type: ResourceType::Cpu,
				status: world.status,
				awaits_sponsor: false,
				heartbeat_due: world.block >= world.last_heartbeat + 20,
				staked: TOKEN,
				trust_level: 1,
				power: PowerVector { hashes_per_second: world.rounds_answered.into(), ..PowerVector::default() },
				reputation: 0,
				tasks_completed: 0,
				tasks_failed: 0,
			}),
			challenge: world.challenge.clone(),
			round: world.round.clone(),
			my_tasks: if mine { vec![world.task.clone()] } else { vec![] },
			open_tasks: if mine { vec![] } else { vec![world.task.clone()] },
			now_ms: world.now(),
			rentals: world.rental.clone().into_iter().collect(),
			rental_rules: RULES,
			candidate: Some(world.candidate()),
			auctions: world.auction.clone().into_iter().filter(|auction| world.block < auction.commit_until).collect(),
			bids: world.bid.clone().into_iter().collect(),
			free_balance: TOKEN,
			..ChainView::default()
		})
	}

	async fn free_balance(&self) -> Result<Balance, ChainError> {
		Ok(TOKEN)
	}

	async fn nodes_of_account(&self) -> Result<Vec<NodeView>, ChainError> {
		Ok(vec![])
	}

	async fn submit(&self, calls: &[Call]) -> Vec<Result<Included, ChainError>> {
		// A transaction is in the next block; whoever is killed while it waits does not hear of it, but it is there.
		let world = self.0.clone();
		let calls = calls.to_vec();
		let applied = tokio::spawn(async move {
			sleep(BLOCK_TIME / 2).await;
			let mut world = world.lock().unwrap();
			calls
				.iter()
				.map(|call| {
					world.apply(call).map_err(|error| {
						let late = matches!(call, Call::SubmitProof { .. }) && error == "no such round";
						if !late {
							let at = world.block;
							world.refused.push(format!("{call:?} in block {at}: {error}"));
						}
						ChainError::Failed { call: call.name(), error }
					})
				})
				.collect::<Vec<_>>()
		});
		let applied = applied.await.unwrap();
		// The answer comes with the block.
		self.next_block().await.ok();
		applied.into_iter().map(|outcome| outcome.map(|()| Included { block: [0; 32], registered: None })).collect()
	}
}

/// What a machine has: the disk survives an agent.
struct Machine {
	dir: tempfile::TempDir,
	sandbox: Option<Sandbox>,
}

const POLICY: &str = "allow_commands = true\n[rentals]\n[[payment]]\nasset = \"native\"\nmin_price = \"0.5\"";

impl Machine {
	fn new() -> Self {
		let sandbox = match Sandbox::find(env!("CARGO_BIN_EXE_gpu-miner")) {
			Ok(sandbox) => Some(sandbox),
			Err(error @ SandboxError::Missing) => {
				eprintln!("without tasks: {error}");
				None
			}
			Err(error) => panic!("{error}"),
		};
		Self { dir: tempfile::tempdir().unwrap(), sandbox }
	}

	fn path(&self, name: &str) -> PathBuf {
		self.dir.path().join(name)
	}

	fn store(&self) -> Store {
		Store::open(self.path("state/store")).unwrap()
	}

	/// Starts an agent on this machine, in a runtime of its own that can be thrown away with all that runs in it.
	fn start(&self, chain: &MemoryChain) -> Running {
		let policy = Policy::parse(POLICY, Path::new("policy.toml")).unwrap();
		let state = StateDir::open(self.path("state")).unwrap();
		let store = self.store();
		let runner = self.sandbox.clone().map(|sandbox| Runner {
			sandbox,
			policy: policy.clone(),
			store: store.clone(),
			work_dir: state.work_dir(),
		});
		let meter = Meter::default();
		let options = Options {
			node: NODE,
			policy: policy.clone(),
			activate: true,
			reactivate: false,
			store_url: "http://127.0.0.1:8090".into(),
			specification_limit: 10_000,
			claims: Default::default(),
			bidding: Some(BidConfig { enabled: true, ..BidConfig::default() }),
		};
		let status = SharedStatus::new(&NODE, meter.clone());
		let fetcher = Fetcher::new(store, false, 10_000).unwrap();
		let searcher = Searcher::new(Arc::new(CpuEngine::best()), 1, meter);
		let in_sessions = runner.clone().map(|runner| Runner { work_dir: self.path("state/sessions"), ..runner });
		let rentals = policy.rentals.unwrap_or_default();
		let sessions = Sessions::new(&rentals, in_sessions, options.store_url.clone(), [7; 32]);
		let agent = Agent::new(
			Arc::new(chain.clone()),
			options,
			state,
			runner,
			fetcher,
			searcher,
			sessions.clone(),
			status.clone(),
		);
		let (stop, receiver) = watch::channel(false);
		Running { agent: tokio::spawn(agent.run(receiver)), stop, status, sessions }
	}
}

struct Running {
	agent: JoinHandle<Result<(), AgentError>>,
	stop: watch::Sender<bool>,
	status: SharedStatus,
	sessions: Sessions,
}

impl Running {
	/// Ends it between two instructions, as `kill -9` does. Its lock goes with it.
	async fn kill(self) {
		self.agent.abort();
		assert!(self.agent.await.unwrap_err().is_cancelled());
	}

	async fn stop(self) {
		self.stop.send_replace(true);
		self.agent.await.unwrap().unwrap();
	}
}

/// Takes a while, so that it can be interrupted.
fn specification() -> Vec<u8> {
	br#"{"version": 1, "command": ["/bin/sh", "-c", "sleep 0.5; cat /in/input.json > /out/result"], "input": 42}"#
		.to_vec()
}

fn once(world: &World, names: &[&str]) {
	for name in names {
		assert_eq!(world.done.get(name), Some(&1), "{name}: {}", world.describe());
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_comes_to_market_answers_rounds_and_does_a_task() {
	let (machine, chain) = (Machine::new(), MemoryChain::new(&specification()));
	machine.store().put(&specification()).unwrap();
	let _blocks = chain.run();
	let agent = machine.start(&chain);
	chain.until("active", |world| world.status == NodeStatus::Active).await;
	chain.until("two rounds", |world| world.done.get("submit_proof").is_some_and(|proofs| *proofs >= 2)).await;
	chain.until("heartbeats", |world| world.done.get("heartbeat").is_some_and(|beats| *beats >= 2)).await;
	if machine.sandbox.is_some() {
		chain.until("a result", |world| world.task.status == TaskStatus::Completed).await;
		let (hash, uri) = chain.read(|world| world.result.clone().unwrap());
		assert_eq!(machine.store().get(&hash, 10).unwrap().unwrap(), b"42");
		assert_eq!(uri, format!("http://127.0.0.1:8090/store/{}", hex::encode(hash)));
		chain.read(|world| once(world, &["accept_task", "start_task", "submit_result"]));
	}
	let status = agent.status.get();
	assert!(status.connected && status.proofs.accepted > 0 && status.proofs.rejected == 0, "{status:?}");
	assert!(status.hashes > 0 && status.endpoint == "memory");
	agent.stop().await;
	chain.read(|world| {
		once(world, &["issue_challenge", "submit_solution", "activate_node"]);
		assert_eq!(world.refused, Vec::<String>::new());
	});
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_step_it_goes_on_and_does_nothing_twice() {
	type Moment = (&'static str, fn(&World) -> bool);
	let moments: [Moment; 7] = [
		("challenged", |world| world.challenge.is_some()),
		("verified", |world| world.status == NodeStatus::Verified),
		("active", |world| world.status == NodeStatus::Active),
		("in a round", |world| world.rounds_answered > 0),
		("assigned", |world| world.task.status == TaskStatus::Assigned),
		("in progress", |world| world.task.status == TaskStatus::InProgress),
		("completed", |world| world.task.status == TaskStatus::Completed),
	];
	let (machine, chain) = (Machine::new(), MemoryChain::new(&specification()));
	machine.store().put(&specification()).unwrap();
	let _blocks = chain.run();
	let mut agent = machine.start(&chain);
	for (name, reached) in moments {
		if machine.sandbox.is_none() && name == "assigned" {
			break;
		}
		chain.until(name, reached).await;
		agent.kill().await;
		agent = machine.start(&chain);
	}
	sleep(BLOCK_TIME * 5).await;
	agent.stop().await;
	chain.read(|world| {
		// What was on its way when it was killed may come a second time and be refused; it is never done twice.
		once(world, &["submit_solution", "activate_node"]);
		if machine.sandbox.is_some() {
			once(world, &["accept_task", "start_task", "submit_result"]);
			assert_eq!(world.result.as_ref().map(|(hash, _)| *hash), Some(content_hash(b"42")));
		}
	});
}

/// The way in that a renter finds on the chain.
fn way_in(chain: &MemoryChain, renter: &crypto_box::SecretKey) -> serde_json::Value {
	let sealed = chain.read(|world| world.access.clone()).unwrap();
	serde_json::from_slice(&renter.unseal(&sealed).unwrap()).unwrap()
}

/// Runs a specification, as soon as the agent has seen that the rental runs.
async fn run(sessions: &Sessions, token: &str, specification: &[u8]) -> Vec<u8> {
	let start = Instant::now();
	loop {
		match sessions.run(4, token, specification.to_vec()).await {
			Ok(result) => return result,
			Err(RunError::NotRunning | RunError::NotAllowed) if start.elapsed() < Duration::from_secs(10) => {
				sleep(BLOCK_TIME / 2).await;
			}
			Err(error) => panic!("{error}"),
		}
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rental_is_served_proven_to_its_end_and_settled_although_the_provider_was_gone() {
	let (machine, chain) = (Machine::new(), MemoryChain::new(b"none"));
	if machine.sandbox.is_none() {
		return;
	}
	let renter = crypto_box::SecretKey::from([5; 32]);
	chain.0.lock().unwrap().status = NodeStatus::Active;
	let _blocks = chain.run();
	let agent = machine.start(&chain);
	chain.until("a round", |world| world.rounds_answered > 0).await;
	chain.0.lock().unwrap().book(&renter);
	chain.until("confirmed", |world| world.access.is_some()).await;
	let way_in = way_in(&chain, &renter);
	let token = way_in["token"].as_str().unwrap().to_owned();
	assert_eq!(way_in["url"], "http://127.0.0.1:8090/session/4");

	let command = br#"{"version": 1, "command": ["/bin/sh", "-c", "cat /in/input.json > /out/result"], "input": 43}"#;
	let begun = |world: &World| world.rental.as_ref().is_some_and(|rental| world.now() > rental.start + 2 * BLOCK_MS);
	chain.until("begun", begun).await;
	assert_eq!(run(&agent.sessions, &token, command).await, b"43");
	let stranger = agent.sessions.run(4, "another", command.to_vec()).await.unwrap_err();
	assert!(stranger.to_string().contains("token"), "{stranger}");
	let nonsense = agent.sessions.run(4, &token, b"{}".to_vec()).await.unwrap_err();
	assert!(nonsense.to_string().contains("specification"), "{nonsense}");

	chain.until("a proof", |world| world.rental.as_ref().is_some_and(|rental| rental.proven > 0)).await;
	agent.kill().await;
	sleep(BLOCK_TIME * 15).await;
	let agent = machine.start(&chain);
	let proven = chain.read(|world| world.rental.as_ref().unwrap().proven);
	chain.until("another proof", |world| world.rental.as_ref().is_none_or(|rental| rental.proven > proven)).await;
	assert_eq!(run(&agent.sessions, &token, command).await, b"43", "the token is the same as before");
	chain.until("settled", |world| world.closed.is_some()).await;
	sleep(BLOCK_TIME * 3).await;
	let over = agent.sessions.run(4, &token, command.to_vec()).await.unwrap_err();
	assert!(over.to_string().contains("session"), "{over}");
	agent.stop().await;
	chain.read(|world| {
		let rental = world.closed.as_ref().unwrap();
		assert_eq!(rental.proven_until, rental.paid_until, "all of it was asked for");
		// Of fifteen blocks in which nobody was there a proof covers twelve at the most.
		assert!(rental.proven < 50 * BLOCK_MS && rental.proven >= 30 * BLOCK_MS, "{rental:?}");
		assert_eq!(world.done.get("confirm_start"), Some(&1), "{}", world.describe());
		assert_eq!(world.refused, Vec::<String>::new());
	});
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_computed_result_is_not_computed_again() {
	let (machine, chain) = (Machine::new(), MemoryChain::new(&specification()));
	if machine.sandbox.is_none() {
		return;
	}
	{
		// As a killed agent leaves it: the task in progress, its result on the disk and not on the chain.
		let mut state = StateDir::open(machine.path("state")).unwrap();
		let store = machine.store();
		store.put(&specification()).unwrap();
		let hash = store.put(b"computed before").unwrap();
		let result = gpu_miner::state::StoredResult { specification: content_hash(&specification()), hash, bytes: 15 };
		state.update(|state| _ = state.results.insert(7, result)).unwrap();
		let mut world = chain.0.lock().unwrap();
		world.status = NodeStatus::Active;
		world.task.status = TaskStatus::InProgress;
		world.task.deadline = Some(1_000);
	}
	let _blocks = chain.run();
	let agent = machine.start(&chain);
	chain.until("a result", |world| world.task.status == TaskStatus::Completed).await;
	agent.stop().await;
	let hash = chain.read(|world| world.result.as_ref().map(|(hash, _)| *hash));
	assert_eq!(hash, Some(content_hash(b"computed before")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bid_is_won_and_done_although_the_agent_is_killed_at_every_step() {
	let (machine, chain) = (Machine::new(), MemoryChain::new(&specification()));
	if machine.sandbox.is_none() {
		return;
	}
	machine.store().put(&specification()).unwrap();
	chain.0.lock().unwrap().open_auction();
	let _blocks = chain.run();
	let saved = || gpu_miner::state::read(&machine.path("state")).unwrap().bids;
	let mut agent = machine.start(&chain);
	// The moment between disk and chain, or shortly after it.
	let start = Instant::now();
	while saved().is_empty() {
		assert!(start.elapsed() < Duration::from_secs(30), "{:?}", agent.status.get());
		sleep(Duration::from_millis(1)).await;
	}
	agent.kill().await;
	agent = machine.start(&chain);
	type Moment = (&'static str, fn(&World) -> bool);
	let moments: [Moment; 5] = [
		("bid", |world| world.bid.is_some()),
		("revealed", |world| world.bid.as_ref().is_some_and(|bid| bid.revealed.is_some())),
		("won", |world| world.task.status == TaskStatus::Assigned),
		("in progress", |world| world.task.status == TaskStatus::InProgress),
		("completed", |world| world.task.status == TaskStatus::Completed),
	];
	for (name, reached) in moments {
		chain.until(name, reached).await;
		agent.kill().await;
		agent = machine.start(&chain);
	}
	chain.until("claimed", |world| world.bid.is_none()).await;
	agent.stop().await;
	assert_eq!(saved().len(), 1, "one salt, whatever happened");
	chain.read(|world| {
		once(world, &["commit_bid", "reveal_bid", "settle", "claim_bond", "start_task", "submit_result"]);
		assert_eq!(world.done.get("accept_task"), None);
		assert_eq!(world.result.as_ref().map(|(hash, _)| *hash), Some(content_hash(b"42")));
	});
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bid_that_was_saved_is_the_one_that_is_made_and_an_unknown_one_is_told_of() {
	let (machine, chain) = (Machine::new(), MemoryChain::new(&specification()));
	if machine.sandbox.is_none() {
		return;
	}
	machine.store().put(&specification()).unwrap();
	chain.0.lock().unwrap().open_auction();
	// As an agent leaves it that is killed before it sends: nobody knows whether it did.
	let (price, salt) = (TOKEN * 3 / 4, [5; 32]);
	let (commit_until, reveal_until) = chain.read(|world| {
		let auction = world.auction.as_ref().unwrap();
		(auction.commit_until, auction.reveal_until)
	});
	let bid = StoredBid { auction: 3, task: 7, price, salt, commit_until, reveal_until };
	StateDir::open(machine.path("state")).unwrap().update(|state| state.bids.push(bid.clone())).unwrap();
	// With pauses as long as those of other calls the window would be over.
	chain.0.lock().unwrap().failing_reveals = 4;
	let _blocks = chain.run();
	let agent = machine.start(&chain);
	chain.until("bid", |world| world.bid.is_some()).await;
	chain.read(|world| assert_eq!(world.bid.as_ref().unwrap().commitment, bid.commitment(&OWNER, &NODE)));
	chain.until("revealed", |world| world.bid.as_ref().is_some_and(|bid| bid.revealed.is_some())).await;
	chain.read(|world| assert_eq!(world.bid.as_ref().unwrap().revealed.as_ref().unwrap().price, price));
	chain.until("won", |world| world.task.status != TaskStatus::Open).await;
	let start = Instant::now();
	while agent.status.get().bids.won == 0 {
		assert!(start.elapsed() < Duration::from_secs(10), "{:?}", agent.status.get());
		sleep(Duration::from_millis(5)).await;
	}
	let bids = agent.status.get().bids;
	assert_eq!((bids.committed, bids.revealed, bids.won, bids.lost, bids.forfeited), (1, 1, 1, 0, 0));
	agent.stop().await;

	// The same on a machine whose disk was lost: nothing is revealed, the bond is, and both are said.
	let (machine, chain) = (Machine::new(), MemoryChain::new(&specification()));
	{
		let mut world = chain.0.lock().unwrap();
		world.open_auction();
		world.apply(&Call::CommitBid { auction: 3, node: NODE, commitment: bid.commitment(&OWNER, &NODE) }).unwrap();
	}
	let _blocks = chain.run();
	let agent = machine.start(&chain);
	let start = Instant::now();
	while !agent.status.get().last_problem.contains("does not know what the node bid") {
		assert!(start.elapsed() < Duration::from_secs(10), "{:?}", agent.status.get());
		sleep(Duration::from_millis(5)).await;
	}
	chain.until("claimed", |world| world.bid.is_none()).await;
	let bids = agent.status.get().bids;
	assert_eq!((bids.committed, bids.revealed, bids.won, bids.lost, bids.forfeited), (0, 0, 0, 1, 1));
	agent.stop().await;
	chain.read(|world| {
		once(world, &["settle", "claim_bond"]);
		assert_eq!(world.refused, Vec::<String>::new());
	});
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_goes_away_is_waited_for() {
	let (machine, chain) = (Machine::new(), MemoryChain::new(b"none"));
	let _blocks = chain.run();
	let agent = machine.start(&chain);
	chain.until("verified", |world| world.status != NodeStatus::Pending).await;
	chain.0.lock().unwrap().reachable = false;
	let start = Instant::now();
	while agent.status.get().connected {
		assert!(start.elapsed() < Duration::from_secs(10), "it did not notice");
		sleep(Duration::from_millis(10)).await;
	}
	assert!(agent.status.get().last_problem.contains("away"));
	chain.0.lock().unwrap().reachable = true;
	chain.until("a round", |world| world.rounds_answered > 0).await;
	let status = agent.status.get();
	assert!(status.connected && status.reconnects >= 1, "{status:?}");
	agent.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_task_is_given_up_and_does_not_stop_the_node() {
	let specification = br#"{"version": 1, "command": ["/bin/false"]}"#;
	let (machine, chain) = (Machine::new(), MemoryChain::new(specification));
	if machine.sandbox.is_none() {
		return;
	}
	machine.store().put(specification).unwrap();
	chain.0.lock().unwrap().status = NodeStatus::Active;
	chain.0.lock().unwrap().rounds_answered = 1;
	let _blocks = chain.run();
	let agent = machine.start(&chain);
	let tries = u64::from(gpu_miner::agent::decide::MAX_ATTEMPTS);
	let start = Instant::now();
	while agent.status.get().tasks.failed_runs < tries {
		assert!(start.elapsed() < Duration::from_secs(30), "{:?}", agent.status.get());
		sleep(Duration::from_millis(20)).await;
	}
	let answered = chain.read(|world| world.done.get("submit_proof").copied().unwrap_or_default());
	chain.until("another round", |world| world.done.get("submit_proof").copied().unwrap_or_default() > answered).await;
	assert_eq!(agent.status.get().tasks.failed_runs, tries, "given up");
	agent.stop().await;
	chain.read(|world| assert_eq!(world.task.status, TaskStatus::InProgress));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_accounts_node_is_not_run() {
	struct Stranger(MemoryChain);
	#[async_trait]
	impl Chain for Stranger {
		fn account(&self) -> AccountId {
			[8; 32]
		}
		fn endpoint(&self) -> String {
			self.0.endpoint()
		}
		async fn info(&self) -> Result<ChainInfo, ChainError> {
			self.0.info().await
		}
		async fn next_block(&self) -> Result<(), ChainError> {
			self.0.next_block().await
		}
		async fn view(&self, node: &NodeId) -> Result<ChainView, ChainError> {
			self.0.view(node).await
		}
		async fn free_balance(&self) -> Result<Balance, ChainError> {
			self.0.free_balance().await
		}
		async fn nodes_of_account(&self) -> Result<Vec<NodeView>, ChainError> {
			self.0.nodes_of_account().await
		}
		async fn submit(&self, calls: &[Call]) -> Vec<Result<Included, ChainError>> {
			self.0.submit(calls).await
		}
	}
	let (machine, chain) = (Machine::new(), MemoryChain::new(b"none"));
	let _blocks = chain.run();
	let meter = Meter::default();
	let options = Options {
		node: NODE,
		policy: Policy::default(),
		activate: true,
		reactivate: false,
		store_url: String::new(),
		specification_limit: 1,
		claims: Default::default(),
		bidding: None,
	};
	let agent = Agent::new(
		Arc::new(Stranger(chain.clone())),
		options,
		StateDir::open(machine.path("state")).unwrap(),
		None,
		Fetcher::new(machine.store(), false, 1).unwrap(),
		Searcher::new(Arc::new(CpuEngine::best()), 1, meter.clone()),
		Sessions::new(&Default::default(), None, String::new(), [7; 32]),
		SharedStatus::new(&NODE, meter),
	);
	let (_stop, receiver) = watch::channel(false);
	assert!(matches!(agent.run(receiver).await, Err(AgentError::NotOwner { .. })));
	chain.read(|world| assert!(world.done.is_empty() && world.refused.is_empty()));
}
