//! A watcher on a real node: of two nodes that reveal in the same lottery one forges a ticket. It is named and slashed;
//! the other one is left alone. Skipped, with a line that says so, where the node is not built.

mod support;

use gpu_miner::{
	chain::{
		live::{runtime, Live},
		Call, Chain, ChainError, ChainView, Included, LotteryView, NodeId, NodeStatus, PowerClaim, ProofKind,
		Registration, ResourceType, TOKEN,
	},
	lotteries::LotteryAnswer,
};
use gpu_miner_engine::{
	keccak256,
	lottery::{TicketSearch, WonTickets},
	solve, CpuEngine, Engine, Job, Progress,
};
use gpu_work::{
	lottery::batch,
	matrix::{check_ticket, Ticket, DEPTH},
};
use runtime::runtime_types::gpu_chain_runtime::configs::parameters::{
	dynamic_params::{roles, verification},
	RuntimeParameters,
};
use std::{
	collections::BTreeSet,
	process::Command,
	str::FromStr,
	sync::atomic::AtomicBool,
	time::{Duration, Instant},
};
use subxt::{OnlineClient, PolkadotConfig};
use subxt_signer::{sr25519::Keypair, SecretUri};
use support::{free_port, node_program, status, wait_for, Node, Process, MINER};

/// Until the chain has come as far as the test waits for.
const PATIENCE: Duration = Duration::from_secs(180);
/// Tickets that are revealed.
const COUNT: usize = 220;
static NEVER: AtomicBool = AtomicBool::new(false);

fn keypair(name: &str) -> Keypair {
	Keypair::from_uri(&SecretUri::from_str(name).unwrap()).unwrap()
}

/// A chain whose rounds and lotteries follow each other quickly, and where nobody has to answer for a node.
async fn hurry(url: &str) {
	use verification::{Parameters as P, *};
	let mut all: Vec<RuntimeParameters> = [
		P::MinGap(MinGap, Some(2)),
		P::MeanGap(MeanGap, Some(1)),
		P::MaxGap(MaxGap, Some(3)),
		P::RoundWindow(RoundWindow, Some(4)),
		P::ChallengeWork(ChallengeWork, Some(16)),
		// Products only. The chain computes none of the tickets itself: that is left to the watcher.
		P::MemoryEvery(MemoryEvery, Some(0)),
		P::Samples(Samples, Some(0)),
		P::LotteryWindow(LotteryWindow, Some(6)),
		P::CommitGrace(CommitGrace, Some(12)),
		P::RevealWindow(RevealWindow, Some(20)),
	]
	.into_iter()
	.map(RuntimeParameters::Verification)
	.collect();
	all.push(RuntimeParameters::Roles(roles::Parameters::SponsorRequired(roles::SponsorRequired, Some(false))));
	let client = OnlineClient::<PolkadotConfig>::from_insecure_url(url).await.unwrap();
	let alice = keypair("//Alice");
	for parameter in all {
		use runtime::runtime_types::{gpu_chain_runtime::RuntimeCall, pallet_parameters::pallet::Call};
		let call = RuntimeCall::Parameters(Call::set_parameter { key_value: parameter });
		let at = client.at_current_block().await.unwrap();
		let sudo = runtime::transactions().sudo().sudo(call);
		let progress = at.tx().sign_and_submit_then_watch_default(&sudo, &alice).await.unwrap();
		progress.wait_for_finalized_success().await.unwrap();
	}
}

/// An account and its node.
struct Provider {
	chain: Live,
	node: NodeId,
}

impl Provider {
	/// Registers a node, has it verified and offers it.
	async fn start(url: &str, name: &str) -> Self {
		let chain = Live::new(vec![url.into()], Some(keypair(name)));
		assert_eq!(chain.info().await.unwrap().interface, Ok(()), "build the node of this workspace first");
		let registration = Registration {
			resource_type: ResourceType::Cpu,
			model: "test".into(),
			cpu_cores: 4,
			ram_mib: 1_024,
			region: "local".into(),
			ask: TOKEN,
			metadata_uri: "about:blank".into(),
			stake: 2 * TOKEN,
			..Registration::default()
		};
		let node = must(&chain, Call::Register(Box::new(registration))).await.registered.unwrap();
		let provider = Self { chain, node };
		must(&provider.chain, Call::IssueChallenge(node)).await;
		let challenge = provider.view().await.challenge.expect("it was issued");
		let job = Job::new(challenge.seed, challenge.target);
		let find = solve(&CpuEngine::best(), &job, 0, 1, &NEVER, &Progress::default()).unwrap();
		must(&provider.chain, Call::SubmitSolution { node, nonce: find.nonce }).await;
		must(&provider.chain, Call::Activate(node)).await;
		// Nearly half of the tries of the window win.
		let claim = PowerClaim::Compute { tickets_per_second: 100 };
		must(&provider.chain, Call::ClaimPower { node, claim }).await;
		assert_eq!(provider.view().await.node.unwrap().status, NodeStatus::Active);
		provider
	}

	async fn view(&self) -> ChainView {
		self.chain.view(&self.node).await.unwrap()
	}

	async fn until<T>(&self, what: &str, look: impl Fn(&ChainView) -> Option<T>) -> T {
		let start = Instant::now();
		loop {
			if let Some(found) = look(&self.view().await) {
				return found;
			}
			assert!(start.elapsed() < PATIENCE, "waited in vain for {what}: {:?}", self.view().await);
			self.chain.next_block().await.unwrap();
		}
	}

	async fn commit(&self, lottery: &LotteryView, answer: &LotteryAnswer) {
		let commitment = answer.commitment(&self.node, lottery);
		let count = answer.tickets.len() as u32;
		must(&self.chain, Call::CommitPower { node: self.node, kind: ProofKind::Compute, commitment, count }).await;
	}

	async fn reveal(&self, answer: &LotteryAnswer) {
		self.until("the samples", |view| view.lottery.as_ref().filter(|lottery| lottery.can_reveal).map(drop)).await;
		let (tickets, salt) = (answer.tickets.clone(), answer.salt);
		must(&self.chain, Call::RevealPower { node: self.node, kind: ProofKind::Compute, tickets, salt }).await;
	}
}

/// Sends a call until it is in a block; what is still on its way is waited for.
async fn must(chain: &Live, call: Call) -> Included {
	let start = Instant::now();
	loop {
		match chain.submit(std::slice::from_ref(&call)).await.pop().unwrap() {
			Ok(included) => return included,
			Err(ChainError::Pending { .. }) if start.elapsed() < PATIENCE => chain.next_block().await.unwrap(),
			Err(error) => panic!("{call:?}: {error}"),
		}
	}
}

/// Tickets of a lottery, all of which win but `false_ones`.
fn tickets(lottery: &LotteryView, false_ones: usize) -> LotteryAnswer {
	let (wins, progress) = (WonTickets::default(), Progress::default());
	let search = TicketSearch { seed: lottery.seed, target: lottery.target, most: COUNT - false_ones, threads: 1 };
	CpuEngine::best().collect_tickets(&search, &wins, &NEVER, &progress);
	let mut tickets: BTreeSet<u64> = wins.into_inner().unwrap();
	// With the right stamps, so that only who computes them sees it.
	let losing = (0..4_096u16).map(|column| Ticket { batch: batch(&lottery.seed, 9), row: 7, column });
	let losing = losing.filter(|ticket| !check_ticket(keccak256, &lottery.seed, *ticket, DEPTH, lottery.target));
	tickets.extend(losing.map(Ticket::to_u64).take(false_ones));
	assert_eq!(tickets.len(), COUNT);
	LotteryAnswer { seed: lottery.seed, salt: [9; 32], tickets: tickets.into_iter().collect() }
}

fn watcher(dir: &std::path::Path, url: &str, suri: &str, port: u16) -> Process {
	Process::start(
		Command::new(MINER)
			.args(["--state-dir".as_ref(), dir.as_os_str()])
			.args(["--node", url, "--suri", suri, "--watch-tickets", "6000"])
			.args(["--api-listen", &format!("127.0.0.1:{port}"), "watch", "--report", "5"]),
	)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forger_is_named_by_a_watcher_and_an_honest_node_is_not() {
	let Some(program) = node_program() else { return };
	let node = Node::start(&program);
	let url = node.url();
	hurry(&url).await;
	let (honest, forger) = (Provider::start(&url, "//Bob").await, Provider::start(&url, "//Charlie").await);
	let staked = forger.view().await.node.unwrap().staked;

	let dir = tempfile::tempdir().unwrap();
	let mut poor = watcher(dir.path(), &url, "//Nobody//with//money", free_port());
	wait_for("the poor one to end", Duration::from_secs(60), || poor.has_ended().then_some(()));
	assert!(poor.text().contains("a report costs a fee"), "{}", poor.text());
	let port = free_port();
	let mut watching = watcher(dir.path(), &url, "//Dave", port);
	wait_for("the watcher's status", Duration::from_secs(60), || {
		assert!(!watching.has_ended(), "{}", watching.text());
		status(port).filter(|status| status["blocks"].as_u64() > Some(0))
	});

	// One lottery in which both have time to commit.
	let (lottery, right) = loop {
		let lottery =
			honest.until("a lottery", |view| view.lottery.clone().filter(|lottery| view.block < lottery.closes)).await;
		let theirs = forger.view().await.lottery;
		if theirs.as_ref().is_some_and(|theirs| theirs.round == lottery.round) {
			break (theirs.unwrap(), lottery);
		}
	};
	let (good, bad) = (tickets(&right, 0), tickets(&lottery, 1));
	honest.commit(&right, &good).await;
	forger.commit(&lottery, &bad).await;
	honest.reveal(&good).await;
	forger.reveal(&bad).await;

	let figures = wait_for("the report", PATIENCE, || {
		assert!(!watching.has_ended(), "{}", watching.text());
		status(port)
			.filter(|status| status["reports"].as_u64() == Some(1) && status["reveals_whole"].as_u64() == Some(1))
	});
	assert_eq!(
		(&figures["tickets_false"], &figures["reveals"], &figures["disagreed"]),
		(&1.into(), &2.into(), &0.into())
	);
	let text = watching.text();
	assert!(text.contains("does not win: reported") && text.contains(&hex::encode(forger.node)), "{text}");
	assert!(!text.contains(&hex::encode(honest.node)), "{text}");
	// Half of the stake, and all that it had shown; the honest one keeps both.
	let slashed = forger.view().await.node.unwrap();
	assert_eq!((slashed.staked, slashed.power.milli_tops), (staked / 2, 0));
	assert_eq!(honest.view().await.node.unwrap().staked, staked);
}
