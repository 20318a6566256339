//! The chain of a real node, over WebSocket. The interface is generated from `metadata.scale`, the metadata of this
//! workspace's runtime; a test of the runtime fails when that file is stale.
//!
//! One connection at a time. When it breaks, the next call connects to the next of the owner's nodes.

mod ledger;

pub use ledger::LiveLedger;

use super::{
	show, AccountId, Asset, AuctionStanding, AuctionView, Balance, BidView, BlockNumber, Call, Chain, ChainError,
	ChainInfo, ChainView, ChallengeView, Hash, HourlyRate, Included, Listing, LotteryView, NodeId, NodeStatus,
	NodeView, PowerClaim, PowerVector, ProofKind, Registration, RentalId, RentalRules, RentalStatus, RentalView,
	RequiredPower, ResourceType, RevealedView, RoundView, TaskId, TaskStatus, TaskView,
};
use crate::auctions::{price, OpenAuction};
use crate::lotteries::DEVICE;
use async_trait::async_trait;
use futures::FutureExt;
use gpu_chain_primitives::{
	matching::{AuctionId, Candidate, MatchRequest, MatchTerms, RegionLatency, Unfit},
	score::ScoreWeights,
	HardwareSpec, Tier,
};
use runtime::runtime_types as types;
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::{
		atomic::{AtomicUsize, Ordering},
		Arc, Mutex as StdMutex, OnceLock, PoisonError,
	},
	time::Duration,
};
use subxt::{
	backend::LegacyBackend,
	client::{Block, Blocks, ClientAtBlock, OnlineClientAtBlockImpl},
	config::{polkadot::PolkadotConfigBuilder, DefaultExtrinsicParamsBuilder, RpcConfigFor},
	rpcs::{client::RpcClient, methods::LegacyRpcMethods},
	tx::{TransactionProgress, TransactionStatus},
	OnlineClient, PolkadotConfig,
};
use subxt_signer::sr25519::Keypair;
use tokio::{
	sync::Mutex,
	time::{timeout, timeout_at, Instant},
};

/// The runtime's calls, events and queries.
#[allow(missing_docs, clippy::all)]
#[subxt::subxt(runtime_metadata_path = "metadata.scale", derive_for_all_types = "Clone, PartialEq")]
pub mod runtime {}

type At = ClientAtBlock<PolkadotConfig, OnlineClientAtBlockImpl<PolkadotConfig>>;

/// How long a node has to accept a connection and say who it is.
const CONNECT: Duration = Duration::from_secs(15);
/// How long a node has to answer what one view asks.
const ANSWER: Duration = Duration::from_secs(30);
/// How long no block may come before the connection is given up: the node may have died without a word.
const SILENCE: Duration = Duration::from_secs(90);
/// How long one stays with another node than the first before the first is tried again.
const RETURN: Duration = Duration::from_secs(300);
/// How long a transaction may take into a best block.
const INCLUSION: Duration = Duration::from_secs(60);
/// Blocks after which a transaction that was in none is void.
const MORTALITY: u64 = 64;
/// Numbers of tasks that are asked for at a time: the longest page there is.
const PAGE: u32 = 256;
/// Open tasks that are looked at. A market with more has work enough among them.
const OPEN_TASKS: usize = 2_048;
/// New auctions that are looked at one by one; when there are more, all open tasks are read again.
const NEW_AUCTIONS: u64 = 64;

struct Connection {
	/// Which of the owner's nodes it is.
	index: usize,
	since: Instant,
	client: OnlineClient<PolkadotConfig>,
	rpc: LegacyRpcMethods<RpcConfigFor<PolkadotConfig>>,
	blocks: Blocks<PolkadotConfig>,
	/// A best block that was announced and is not read yet.
	announced: Option<Block<PolkadotConfig>>,
	/// The newest best block that was read.
	head: Option<At>,
	/// The node that the two fields below are about.
	about: Option<NodeId>,
	/// Its tasks that have ended, and are never read again.
	ended: BTreeSet<TaskId>,
	/// The same of rentals.
	ended_rentals: BTreeSet<RentalId>,
	/// Open tasks.
	open: OpenTasks,
}

/// Open tasks, as they are remembered: they do not change while they are open, unless by auctions.
#[derive(Default)]
struct OpenTasks {
	/// How many auctions there have been: a new one changes its task.
	auctions: AuctionId,
	tasks: BTreeMap<TaskId, OpenTask>,
}

struct OpenTask {
	view: TaskView,
	/// Its auction, if that was not settled when it was read.
	auction: Option<(AuctionId, ChainAuction)>,
}

type ChainAuction = types::pallet_matching::types::Auction<
	subxt::utils::AccountId32,
	types::frame_support::traits::tokens::fungible::union_of::NativeOrWithId<u32>,
	u128,
	u32,
>;

/// A node, and another one if that fails.
pub struct Live {
	urls: Vec<String>,
	/// The node that is tried first.
	next_url: AtomicUsize,
	endpoint: StdMutex<String>,
	/// The chain; set by the first node that answers. A node of another chain is never talked to.
	genesis: OnceLock<Hash>,
	signer: Option<Keypair>,
	connection: Mutex<Option<Connection>>,
}

impl Live {
	/// Signs with `signer` and talks to the first of `urls` that answers. Connects when it is first asked something.
	/// Without a signer it can only read.
	pub fn new(urls: Vec<String>, signer: Option<Keypair>) -> Self {
		Self {
			urls,
			next_url: AtomicUsize::new(0),
			endpoint: StdMutex::new(String::new()),
			genesis: OnceLock::new(),
			signer,
			connection: Mutex::new(None),
		}
	}

	/// The auctions that take bids from nodes of this node's kind, with what the chain says of it at what `per_hour` makes of the
	/// task's asset and the node's ask, and what the chain knows of it. `None` if it is not registered.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn auctions(
		&self,
		node: &NodeId,
		per_hour: impl Fn(Asset, Balance) -> Balance,
	) -> Result<Option<(Candidate<()>, Vec<OpenAuction>)>, ChainError> {
		self.with(ANSWER, async |connection| {
			let at = connection.best().await?;
			connection.look_at(node);
			let Some(candidate) = candidate(&at, node).await? else { return Ok(None) };
			let Some(view) = node_view(&at, node).await? else { return Ok(None) };
			let block = at.block_number() as BlockNumber;
			open_tasks(&at, node, view.resource_type, &mut connection.open).await?;
			let mut auctions = Vec::new();
			for (task, id, auction) in taking_bids(&connection.open, block) {
				let price = price(per_hour(task.asset, candidate.ask_per_hour), task.duration_secs);
				auctions.push(open_auction(&at, node, task, id, auction, price).await?);
			}
			Ok(Some((candidate, auctions)))
		})
		.await
	}

	/// Tries each of the nodes once, beginning with the one after the last that failed.
	async fn connect(&self) -> Result<Connection, ChainError> {
		let mut problems = Vec::new();
		for _ in 0..self.urls.len() {
			let index = self.next_url.load(Ordering::Relaxed) % self.urls.len();
			match self.connect_to(index).await {
				Ok(connection) => return Ok(connection),
				Err(problem) => problems.push(problem),
			}
			self.next_url.fetch_add(1, Ordering::Relaxed);
		}
		Err(ChainError::Unreachable(problems.join("; ")))
	}

	async fn connect_to(&self, index: usize) -> Result<Connection, String> {
		let url = &self.urls[index];
		let connection = match timeout(CONNECT, open(url, index)).await {
			Ok(Ok(connection)) => connection,
			Ok(Err(ChainError::Unreachable(why))) => return Err(format!("{url}: {why}")),
			Ok(Err(error)) => return Err(format!("{url}: {error}")),
			Err(_) => return Err(format!("{url}: no answer within {} s", CONNECT.as_secs())),
		};
		let theirs = connection.client.genesis_hash().0;
		let ours = self.genesis.get_or_init(|| theirs);
		if *ours != theirs {
			return Err(format!(
				"{url} is a node of another chain, with genesis {}, not {}",
				show(&theirs),
				show(ours)
			));
		}
		tracing::info!("connected to {url}");
		self.endpoint.lock().unwrap_or_else(PoisonError::into_inner).clone_from(url);
		Ok(connection)
	}

	/// Goes back to the first node, if another one is connected for a while and the first answers.
	async fn return_to_first(&self, slot: &mut Option<Connection>) {
		let Some(current) = slot.as_mut().filter(|current| current.index != 0 && current.since.elapsed() > RETURN)
		else {
			return;
		};
		// Whatever comes of it, not again at the next block.
		current.since = Instant::now();
		match self.connect_to(0).await {
			Ok(first) => {
				self.next_url.store(0, Ordering::Relaxed);
				*slot = Some(first);
			}
			Err(problem) => tracing::debug!("staying with {}: {problem}", self.urls[current.index]),
		}
	}

	/// Runs `ask` on the connection, which is made first if there is none and given up if it breaks or takes too long.
	async fn with<R>(
		&self,
		patience: Duration,
		ask: impl AsyncFnOnce(&mut Connection) -> Result<R, ChainError>,
	) -> Result<R, ChainError> {
		let mut slot = self.connection.lock().await;
		if slot.is_none() {
			*slot = Some(self.connect().await?);
		}
		let connection = slot.as_mut().ok_or_else(|| unreachable("no connection"))?;
		let answer = timeout(patience, ask(connection)).await.unwrap_or_else(|_| {
			let url = &self.urls[connection.index];
			Err(ChainError::Unreachable(format!("{url} said nothing for {} s", patience.as_secs())))
		});
		if matches!(&answer, Err(error) if error.is_connection()) {
			self.next_url.store(connection.index + 1, Ordering::Relaxed);
			*slot = None;
		}
		answer
	}
}

fn unreachable(error: impl std::fmt::Display) -> ChainError {
	// Each layer of the client says once more that it is one.
	ChainError::Unreachable(error.to_string().replace("RPC error: client error: ", ""))
}

async fn open(url: &str, index: usize) -> Result<Connection, ChainError> {
	// The owner chose the address, wss:// or not; a node of one's own has no certificate.
	let client = RpcClient::from_insecure_url(url).await.map_err(unreachable)?;
	let rpc = LegacyRpcMethods::new(client.clone());
	let backend = Arc::new(LegacyBackend::builder().build(client));
	let config = PolkadotConfigBuilder::new().use_historic_types(false).build();
	let client = OnlineClient::from_backend_with_config(config, backend).await.map_err(unreachable)?;
	let blocks = client.stream_best_blocks().await.map_err(unreachable)?;
	Ok(Connection {
		index,
		since: Instant::now(),
		client,
		rpc,
		blocks,
		announced: None,
		head: None,
		about: None,
		ended: BTreeSet::new(),
		ended_rentals: BTreeSet::new(),
		open: OpenTasks::default(),
	})
}

impl Connection {
	/// The best block: the newest that was announced. Waits for the first.
	async fn best(&mut self) -> Result<At, ChainError> {
		if self.head.is_none() && self.announced.is_none() {
			return self.advance().await;
		}
		self.catch_up()?;
		self.read_announced().await
	}

	/// Waits for a best block that is newer than the one of before, and reads it. May be dropped while it waits:
	/// nothing that was announced is lost.
	async fn advance(&mut self) -> Result<At, ChainError> {
		if self.announced.is_none() {
			let block = self.blocks.next().await.ok_or_else(|| unreachable("the node ended the subscription"))?;
			self.announced = Some(block.map_err(unreachable)?);
		}
		// Blocks that came while a transaction was waited for are history: to decide by them would be to do things
		// twice.
		self.catch_up()?;
		self.read_announced().await
	}

	/// Takes what was announced without waiting for more.
	fn catch_up(&mut self) -> Result<(), ChainError> {
		while let Some(block) = self.blocks.next().now_or_never() {
			let block = block.ok_or_else(|| unreachable("the node ended the subscription"))?;
			self.announced = Some(block.map_err(unreachable)?);
		}
		Ok(())
	}

	async fn read_announced(&mut self) -> Result<At, ChainError> {
		if let Some(block) = &self.announced {
			self.head = Some(block.at().await.map_err(unreachable)?);
			self.announced = None;
		}
		self.head.clone().ok_or_else(|| unreachable("no block was announced"))
	}

	/// Forgets what was remembered of another node's tasks.
	fn look_at(&mut self, node: &NodeId) {
		if self.about != Some(*node) {
			self.about = Some(*node);
			self.ended.clear();
			self.ended_rentals.clear();
			self.open = OpenTasks::default();
		}
	}
}

/// An answer of a runtime API: a connection that broke, or a runtime that does not fit, if it is none.
async fn ask<P: subxt::runtime_apis::Payload>(at: &At, payload: P) -> Result<P::ReturnType, ChainError> {
	use subxt::error::RuntimeApiError as E;
	at.runtime_apis().call(payload).await.map_err(|error| match error {
		E::IncompatibleCodegen | E::TraitNotFound(_) | E::MethodNotFound { .. } => {
			ChainError::Interface(error.to_string())
		}
		error => unreachable(error),
	})
}

#[async_trait]
impl Chain for Live {
	/// Zero, which no key has, for one that can only read.
	fn account(&self) -> AccountId {
		self.signer.as_ref().map_or([0; 32], |signer| signer.public_key().0)
	}

	fn endpoint(&self) -> String {
		self.endpoint.lock().unwrap_or_else(PoisonError::into_inner).clone()
	}

	async fn info(&self) -> Result<ChainInfo, ChainError> {
		self.with(ANSWER, async |connection| {
			let health = connection.rpc.system_health().await.map_err(unreachable)?;
			let name = connection.rpc.system_chain().await.map_err(unreachable)?;
			let finalized = connection.client.at_current_block().await.map_err(unreachable)?;
			let genesis = connection.client.genesis_hash().0;
			let best = connection.best().await?;
			let version = ask(&best, runtime::runtime_apis().core().version()).await?;
			Ok(ChainInfo {
				name,
				genesis,
				spec_name: version.spec_name,
				spec_version: version.spec_version,
				interface: check_interface(&best),
				best: best.block_number() as BlockNumber,
				finalized: finalized.block_number() as BlockNumber,
				timestamp_ms: now(&best).await?,
				syncing: health.is_syncing,
			})
		})
		.await
	}

	async fn next_block(&self) -> Result<(), ChainError> {
		self.return_to_first(&mut *self.connection.lock().await).await;
		self.with(SILENCE, async |connection| connection.advance().await.map(|_| ())).await
	}

	async fn view(&self, node: &NodeId) -> Result<ChainView, ChainError> {
		let account = self.account();
		self.with(ANSWER, async |connection| {
			let at = connection.best().await?;
			connection.look_at(node);
			let block = at.block_number() as BlockNumber;
			let free_balance = balance(&at, account).await?;
			let Some(view) = node_view(&at, node).await? else {
				return Ok(ChainView { block, free_balance, ..ChainView::default() });
			};
			let claims = claims(&at, node).await?;
			let open_tasks = open_tasks(&at, node, view.resource_type, &mut connection.open).await?;
			let auctions = taking_bids(&connection.open, block)
				.map(|(task, id, auction)| auction_view(task, id, auction))
				.collect::<Result<Vec<_>, _>>()?;
			Ok(ChainView {
				block,
				candidate: if auctions.is_empty() { None } else { candidate(&at, node).await? },
				auctions,
				bids: bids(&at, &view.owner, node).await?,
				challenge: challenge(&at, node, block).await?,
				round: round(&at, node).await?,
				now_ms: now(&at).await?,
				lottery: lottery(&at, node, &claims).await?,
				claims,
				my_tasks: my_tasks(&at, node, &mut connection.ended).await?,
				rentals: rentals(&at, node, &mut connection.ended_rentals).await?,
				rental_rules: rental_rules(&at).await?,
				open_tasks,
				free_balance,
				node: Some(view),
			})
		})
		.await
	}

	async fn free_balance(&self) -> Result<Balance, ChainError> {
		let account = self.account();
		self.with(ANSWER, async |connection| balance(&connection.best().await?, account).await).await
	}

	async fn nodes_of_account(&self) -> Result<Vec<NodeView>, ChainError> {
		let account = subxt::utils::AccountId32(self.account());
		self.with(ANSWER, async |connection| {
			let at = connection.best().await?;
			let (mut found, mut cursor) = (Vec::new(), None);
			loop {
				let page = ask(&at, runtime::runtime_apis().node_api().nodes_by_owner(account, cursor, PAGE)).await?;
				for id in page.items {
					let registered_at =
						ask(&at, runtime::runtime_apis().node_api().node(id)).await?.map(|node| node.registered_at);
					if let Some(view) = node_view(&at, &id.0).await? {
						found.push((registered_at, view));
					}
				}
				cursor = page.next;
				if cursor.is_none() {
					break;
				}
			}
			found.sort_by_key(|(registered_at, _)| *registered_at);
			Ok(found.into_iter().map(|(_, view)| view).collect())
		})
		.await
	}

	async fn submit(&self, calls: &[Call]) -> Vec<Result<Included, ChainError>> {
		let Some(signer) = &self.signer else { return vec![Err(ChainError::Key("there is none".into()))] };
		let outcome = self
			.with(INCLUSION + ANSWER, async |connection| {
				let at = connection.best().await?;
				let nonce = at.tx().account_nonce(&signer.public_key().to_account_id()).await.map_err(unreachable)?;
				let mut sent = Vec::new();
				for (call, nonce) in calls.iter().zip(nonce..) {
					sent.push(send(&at, signer, call, nonce).await);
					if matches!(sent.last(), Some(Err(_))) {
						break;
					}
				}
				let deadline = Instant::now() + INCLUSION;
				let mut outcomes = Vec::new();
				for (call, progress) in calls.iter().zip(sent) {
					outcomes.push(match progress {
						Ok(progress) => match timeout_at(deadline, included(call, progress)).await {
							Ok(outcome) => outcome,
							Err(_) => Err(ChainError::Late { call: call.name(), seconds: INCLUSION.as_secs() }),
						},
						Err(error) => Err(error),
					});
				}
				Ok(outcomes)
			})
			.await;
		match outcome {
			Ok(outcomes) => {
				if outcomes.iter().any(|outcome| matches!(outcome, Err(error) if error.is_connection())) {
					*self.connection.lock().await = None;
				}
				outcomes
			}
			Err(error) => vec![Err(error)],
		}
	}
}

/// Any terms, to see whether the call's types fit.
const NO_LISTING: Listing =
	Listing { gpu: 0, asset: Asset::Native, rate: HourlyRate::Amount(0), min_duration: 0, max_duration: 0 };

/// Whether every query and call that this program makes has the same types in the node's runtime.
fn check_interface(at: &At) -> Result<(), String> {
	let apis = runtime::runtime_apis();
	let (node, account) = (subxt::utils::H256::zero(), subxt::utils::AccountId32([0; 32]));
	let queries = [
		at.runtime_apis().validate(apis.core().version()),
		at.runtime_apis().validate(apis.node_api().node(node)),
		at.runtime_apis().validate(apis.node_api().liveness(node)),
		at.runtime_apis().validate(apis.node_api().stake(node)),
		at.runtime_apis().validate(apis.node_api().trust_level(node)),
		at.runtime_apis().validate(apis.node_api().track_record(node)),
		at.runtime_apis().validate(apis.role_api().awaits_sponsor(node)),
		at.runtime_apis().validate(apis.node_api().nodes_by_owner(account, None, 1)),
		at.runtime_apis().validate(apis.work_api().current_round()),
		at.runtime_apis().validate(apis.work_api().round_seed(node)),
		at.runtime_apis().validate(apis.work_api().challenge(node)),
		at.runtime_apis().validate(apis.work_api().node_work(node)),
		at.runtime_apis().validate(apis.work_api().power_vector(node)),
		at.runtime_apis().validate(apis.work_api().lottery_job(node, DEVICE)),
		at.runtime_apis().validate(apis.work_api().power_claims(node, None, 1)),
		at.runtime_apis().validate(apis.work_api().power_commitments(node, kind_of(ProofKind::Compute), DEVICE)),
		at.runtime_apis().validate(apis.work_api().false_ticket(node, kind_of(ProofKind::Compute), DEVICE, 0, vec![])),
		at.runtime_apis().validate(apis.task_api().task(0)),
		at.runtime_apis().validate(apis.task_api().open_tasks(class_of(ResourceType::Cpu), None, 1)),
		at.runtime_apis().validate(apis.task_api().tasks_by_node(node, None, 1)),
		at.runtime_apis().validate(apis.matching_api().auction(0)),
		at.runtime_apis().validate(apis.matching_api().auction_of_task(0)),
		at.runtime_apis().validate(apis.matching_api().bid(0, node)),
		at.runtime_apis().validate(apis.matching_api().bids_by_bidder(account, None, 1)),
		at.runtime_apis().validate(apis.rental_api().rental(0)),
		at.runtime_apis().validate(apis.rental_api().rules()),
		at.runtime_apis().validate(apis.rental_api().rentals_by_node(node, None, 1)),
	];
	if let Some(error) = queries.into_iter().find_map(Result::err) {
		return Err(error.to_string());
	}
	let calls = runtime::transactions();
	let nonces = types::bounded_collections::bounded_vec::BoundedVec(vec![]);
	let transactions = [
		at.tx().validate(&register(&Registration::default())),
		at.tx().validate(&calls.provider_registry().activate_node(node)),
		at.tx().validate(&calls.provider_registry().deactivate_node(node)),
		at.tx().validate(&calls.provider_registry().heartbeat(node)),
		at.tx().validate(&calls.work_verification().issue_challenge(node)),
		at.tx().validate(&calls.work_verification().submit_solution(node, 0)),
		at.tx().validate(&calls.work_verification().submit_proof(node, 0, nonces)),
		at.tx().validate(&calls.work_verification().claim_power(
			node,
			DEVICE,
			claim_of(&PowerClaim::Compute { tickets_per_second: 0 }),
		)),
		at.tx().validate(&calls.work_verification().commit_power(node, kind_of(ProofKind::Compute), DEVICE, node, 0)),
		at.tx().validate(&calls.work_verification().reveal_power(
			node,
			kind_of(ProofKind::Compute),
			DEVICE,
			types::bounded_collections::bounded_vec::BoundedVec(vec![]),
			node,
		)),
		at.tx().validate(&calls.work_verification().challenge_power(
			node,
			kind_of(ProofKind::Compute),
			DEVICE,
			0,
			types::bounded_collections::bounded_vec::BoundedVec(vec![]),
			node,
			0,
		)),
		at.tx().validate(&calls.marketplace().accept_task(0, node)),
		at.tx().validate(&calls.marketplace().start_task(0)),
		at.tx().validate(&calls.marketplace().submit_result(0, node, bounded(""))),
		at.tx().validate(&calls.matching().commit_bid(0, node, node)),
		at.tx().validate(&calls.matching().reveal_bid(0, node, 0, [0; 32])),
		at.tx().validate(&calls.matching().settle(0)),
		at.tx().validate(&calls.matching().claim_bond(0, node)),
		at.tx().validate(&list_gpu(&node.0, &NO_LISTING)),
		at.tx().validate(&calls.rental().unlist_gpu(node, 0)),
		at.tx().validate(&calls.rental().confirm_start(0, bounded(""))),
		at.tx().validate(&calls.rental().prove(0)),
		at.tx().validate(&calls.rental().cancel_booking(0)),
		at.tx().validate(&calls.rental().close(0)),
	];
	if let Some(error) = transactions.into_iter().find_map(Result::err) {
		return Err(error.to_string());
	}
	let storage = [
		at.storage().validate(runtime::storage().system().account()),
		at.storage().validate(runtime::storage().timestamp().now()),
		at.storage().validate(runtime::storage().matching().next_auction_id()),
	];
	storage.into_iter().find_map(Result::err).map_or(Ok(()), |error| Err(error.to_string()))
}

/// The block's time, ms since 1970.
async fn now(at: &At) -> Result<u64, ChainError> {
	let entry = at.storage().try_fetch(runtime::storage().timestamp().now(), ()).await.map_err(unreachable)?;
	Ok(entry.map(|value| value.decode()).transpose().map_err(unreachable)?.unwrap_or_default())
}

async fn balance(at: &At, account: AccountId) -> Result<Balance, ChainError> {
	let key = (subxt::utils::AccountId32(account),);
	let entry = at.storage().try_fetch(runtime::storage().system().account(), key).await.map_err(unreachable)?;
	Ok(match entry {
		Some(value) => {
			let data = value.decode().map_err(unreachable)?.data;
			data.free.saturating_sub(data.frozen)
		}
		None => 0,
	})
}

async fn node_view(at: &At, id: &NodeId) -> Result<Option<NodeView>, ChainError> {
	let apis = runtime::runtime_apis();
	let hash = subxt::utils::H256(*id);
	let Some(node) = ask(at, apis.node_api().node(hash)).await? else { return Ok(None) };
	let liveness = ask(at, apis.node_api().liveness(hash)).await?;
	let stake = ask(at, apis.node_api().stake(hash)).await?;
	let record = ask(at, apis.node_api().track_record(hash)).await?;
	let next = at.block_number() as BlockNumber + 1;
	Ok(Some(NodeView {
		id: *id,
		owner: node.owner.0,
		resource_type: class(&node.resource_type),
		status: status(&node.status),
		awaits_sponsor: ask(at, apis.role_api().awaits_sponsor(hash)).await?,
		heartbeat_due: liveness.next_heartbeat.is_some_and(|due| due <= next),
		staked: stake.map_or(0, |stake| stake.active.saturating_sub(stake.pending_slash)),
		trust_level: ask(at, apis.node_api().trust_level(hash)).await?,
		power: power(at, hash).await?,
		reputation: record.score,
		tasks_completed: record.tasks_completed,
		tasks_failed: record.tasks_failed,
	}))
}

/// What counts for a node now.
async fn power(at: &At, id: subxt::utils::H256) -> Result<PowerVector, ChainError> {
	let power = ask(at, runtime::runtime_apis().work_api().power_vector(id)).await?;
	Ok(PowerVector {
		hashes_per_second: power.hashes_per_second,
		milli_tops: power.milli_tops,
		memory_bytes: power.memory_bytes,
	})
}

fn required(power: &types::gpu_chain_primitives::types::RequiredPower) -> RequiredPower {
	RequiredPower {
		hashes_per_second: power.hashes_per_second,
		milli_tops: power.milli_tops,
		memory_mib: power.memory_mib,
	}
}

fn required_of(power: &RequiredPower) -> types::gpu_chain_primitives::types::RequiredPower {
	types::gpu_chain_primitives::types::RequiredPower {
		hashes_per_second: power.hashes_per_second,
		milli_tops: power.milli_tops,
		memory_mib: power.memory_mib,
	}
}

async fn challenge(at: &At, id: &NodeId, block: BlockNumber) -> Result<Option<ChallengeView>, ChainError> {
	let challenge = ask(at, runtime::runtime_apis().work_api().challenge(subxt::utils::H256(*id))).await?;
	Ok(challenge.filter(|challenge| block < challenge.deadline).map(|challenge| ChallengeView {
		seed: challenge.seed.0,
		target: challenge.target.0,
		deadline: challenge.deadline,
	}))
}

async fn round(at: &At, id: &NodeId) -> Result<Option<RoundView>, ChainError> {
	let (apis, hash) = (runtime::runtime_apis(), subxt::utils::H256(*id));
	let Some(round) = ask(at, apis.work_api().current_round()).await? else { return Ok(None) };
	let Some(seed) = ask(at, apis.work_api().round_seed(hash)).await? else { return Ok(None) };
	let proven = ask(at, apis.work_api().node_work(hash)).await?.proven;
	// The chain keeps power, which is the proof's work over the window.
	let submitted_work = proven
		.filter(|proven| proven.round == round.number)
		.map(|proven| proven.power.saturating_mul(u128::from(round.window_ms)) / 1_000);
	Ok(Some(RoundView {
		number: round.number,
		seed: seed.0,
		values: round.values,
		opened: round.opened_at,
		closes: round.closes_at,
		submitted_work,
	}))
}

/// What the processor claims in lotteries.
async fn claims(at: &At, id: &NodeId) -> Result<Vec<PowerClaim>, ChainError> {
	use types::pallet_work_verification::lottery::PowerClaim as Claim;
	let hash = subxt::utils::H256(*id);
	// Two kinds of the first device are all that is looked for; a node with more devices has them on later pages, but
	// none of it is this program's.
	let page = ask(at, runtime::runtime_apis().work_api().power_claims(hash, None, PAGE)).await?;
	let claims = page.items.into_iter().filter(|entry| entry.device == DEVICE).map(|entry| match entry.claim.claim {
		Claim::Compute { tickets_per_second } => PowerClaim::Compute { tickets_per_second },
		Claim::Memory { walks_per_second, table_bytes } => PowerClaim::Memory { walks_per_second, table_bytes },
	});
	Ok(claims.collect())
}

async fn lottery(at: &At, id: &NodeId, claims: &[PowerClaim]) -> Result<Option<LotteryView>, ChainError> {
	let payload = runtime::runtime_apis().work_api().lottery_job(subxt::utils::H256(*id), DEVICE);
	let Some(open) = ask(at, payload).await? else { return Ok(None) };
	let kind = match open.lottery.kind {
		types::gpu_chain_primitives::types::ProofKind::Compute => ProofKind::Compute,
		types::gpu_chain_primitives::types::ProofKind::Memory => ProofKind::Memory,
	};
	Ok(Some(LotteryView {
		round: open.lottery.round,
		kind,
		seed: open.job.seed.0,
		target: open.job.target,
		table_bytes: claims.iter().find(|claim| claim.kind() == kind).map_or(0, PowerClaim::table_bytes),
		walk_entropy: open.lottery.walk_entropy.map(|entropy| entropy.0),
		threshold: open.lottery.threshold,
		closes: open.lottery.closes_at,
		commit_until: open.lottery.commit_until,
		can_reveal: open.lottery.sample_entropy.is_some(),
		commitment: open.commitment.as_ref().map(|commitment| commitment.hash.0),
		revealed: open.commitment.is_some_and(|commitment| commitment.challenge_until.is_some()),
	}))
}

fn kind_of(kind: ProofKind) -> types::gpu_chain_primitives::types::ProofKind {
	use types::gpu_chain_primitives::types::ProofKind as K;
	match kind {
		ProofKind::Compute => K::Compute,
		ProofKind::Memory => K::Memory,
	}
}

fn claim_of(claim: &PowerClaim) -> types::pallet_work_verification::lottery::PowerClaim {
	use types::pallet_work_verification::lottery::PowerClaim as Claim;
	match *claim {
		PowerClaim::Compute { tickets_per_second } => Claim::Compute { tickets_per_second },
		PowerClaim::Memory { walks_per_second, table_bytes } => Claim::Memory { walks_per_second, table_bytes },
	}
}

/// The node's tasks that have not ended. Those that have are remembered in `ended`, so that a long history costs
/// nothing.
async fn my_tasks(at: &At, id: &NodeId, ended: &mut BTreeSet<TaskId>) -> Result<Vec<TaskView>, ChainError> {
	let (mut tasks, mut listed, mut cursor) = (Vec::new(), BTreeSet::new(), None);
	loop {
		let payload = runtime::runtime_apis().task_api().tasks_by_node(subxt::utils::H256(*id), cursor, PAGE);
		let page = ask(at, payload).await?;
		for number in page.items {
			listed.insert(number);
			if ended.contains(&number) {
				continue;
			}
			let Some(task) = task(at, number, id).await? else { continue };
			if matches!(task.status, TaskStatus::Verified | TaskStatus::Cancelled) {
				ended.insert(number);
			} else {
				tasks.push(task);
			}
		}
		cursor = page.next;
		if cursor.is_none() {
			ended.retain(|number| listed.contains(number));
			return Ok(tasks);
		}
	}
}

/// What the chain knows of a node when somebody looks for one.
async fn candidate(at: &At, id: &NodeId) -> Result<Option<Candidate<()>>, ChainError> {
	use types::gpu_chain_primitives::types::Tier as T;
	let (apis, hash) = (runtime::runtime_apis(), subxt::utils::H256(*id));
	let Some(node) = ask(at, apis.node_api().node(hash)).await? else { return Ok(None) };
	Ok(Some(Candidate {
		owner: (),
		resource_type: kind(class(&node.resource_type)),
		active: status(&node.status) == NodeStatus::Active,
		tier: match node.tier {
			T::Owned => Tier::Owned,
			T::CloudPartner => Tier::CloudPartner,
			T::Community => Tier::Community,
		},
		hardware: hardware(&node.hardware)?,
		region: shortened(&node.region.0)?,
		ask_per_hour: node.ask_per_hour,
		trust_level: ask(at, apis.node_api().trust_level(hash)).await?,
		reputation: ask(at, apis.node_api().track_record(hash)).await?.score,
		uptime: ask(at, apis.node_api().liveness(hash)).await?.uptime,
		power: power(at, hash).await?,
	}))
}

/// Those of the open tasks whose auction takes a bid that is in the next block.
fn taking_bids(open: &OpenTasks, block: BlockNumber) -> impl Iterator<Item = (&TaskView, AuctionId, &ChainAuction)> {
	open.tasks.values().filter_map(move |task| {
		let (id, auction) = task.auction.as_ref()?;
		(block < auction.commit_until).then_some((&task.view, *id, auction))
	})
}

fn auction_view(task: &TaskView, id: AuctionId, auction: &ChainAuction) -> Result<AuctionView, ChainError> {
	Ok(AuctionView {
		id,
		task: task.id,
		terms: terms(task, auction)?,
		bond: auction.bond,
		commit_until: auction.commit_until,
		reveal_until: auction.reveal_until,
	})
}

/// What an auction's buyer asks for.
fn terms(task: &TaskView, auction: &ChainAuction) -> Result<MatchTerms, ChainError> {
	let mut regions = Vec::new();
	for entry in &auction.request.regions.0 {
		regions.push(RegionLatency { region: shortened(&entry.region.0)?, latency_ms: entry.latency_ms });
	}
	let weights = &auction.request.weights;
	Ok(MatchTerms {
		resource_type: kind(task.resource_type),
		required_power: task.required_power,
		min_trust_level: task.min_trust_level,
		budget: auction.budget,
		request: MatchRequest {
			weights: ScoreWeights {
				price: weights.price,
				reputation: weights.reputation,
				latency: weights.latency,
				uptime: weights.uptime,
				power: weights.power,
			},
			regions: regions.try_into().map_err(|_| ChainError::Interface("too many regions".into()))?,
			max_latency_ms: auction.request.max_latency_ms,
			min_uptime: auction.request.min_uptime,
			hardware: hardware(&auction.request.hardware)?,
		},
	})
}

/// An auction, and what the chain says of a node at a price.
async fn open_auction(
	at: &At,
	node: &NodeId,
	task: &TaskView,
	id: AuctionId,
	auction: &ChainAuction,
	price: Balance,
) -> Result<OpenAuction, ChainError> {
	let asked = types::gpu_chain_primitives::matching::MatchTerms {
		resource_type: class_of(task.resource_type),
		required_power: required_of(&task.required_power),
		min_trust_level: task.min_trust_level,
		budget: auction.budget,
		request: auction.request.clone(),
	};
	let payload = runtime::runtime_apis().matching_api().evaluate(asked, subxt::utils::H256(*node), price);
	let by_chain = ask(at, payload).await?.map_err(|unfit| unfit_of(&unfit));
	let (task, terms) = (task.clone(), terms(task, auction)?);
	Ok(OpenAuction { id, task, terms, commit_until: auction.commit_until, by_chain, price })
}

/// The bids of an account for that node whose bonds are not claimed.
async fn bids(at: &At, account: &AccountId, node: &NodeId) -> Result<Vec<BidView>, ChainError> {
	let (apis, owner) = (runtime::runtime_apis(), subxt::utils::AccountId32(*account));
	let (mut bids, mut cursor) = (Vec::new(), None);
	loop {
		let page = ask(at, apis.matching_api().bids_by_bidder(owner, cursor, PAGE)).await?;
		for (id, _) in page.items.into_iter().filter(|(_, bidding)| bidding.0 == *node) {
			let Some(auction) = ask(at, apis.matching_api().auction(id)).await? else { continue };
			let Some(bid) = ask(at, apis.matching_api().bid(id, subxt::utils::H256(*node))).await? else { continue };
			let task = task(at, auction.task_id, node).await?;
			bids.push(bid_view(id, node, auction, bid, task.is_some_and(|task| task.status == TaskStatus::Open)));
		}
		cursor = page.next;
		if cursor.is_none() {
			return Ok(bids);
		}
	}
}

fn bid_view(
	id: AuctionId,
	node: &NodeId,
	auction: ChainAuction,
	bid: types::pallet_matching::types::Bid<subxt::utils::AccountId32, u128>,
	task_open: bool,
) -> BidView {
	use types::pallet_matching::types::AuctionStatus as S;
	let place = auction.best.0.iter().position(|best| best.node.0 == *node);
	BidView {
		auction: id,
		task: auction.task_id,
		asset: asset(&auction.asset),
		bond: auction.bond,
		commitment: bid.commitment.0,
		revealed: bid.revealed.map(|revealed| RevealedView {
			price: revealed.price,
			outcome: revealed.outcome.map_err(|unfit| format!("{:?}", unfit_of(&unfit))),
		}),
		// There are at most four.
		place: place.and_then(|place| u8::try_from(place).ok()),
		standing: match auction.status {
			S::Running => AuctionStanding::Running,
			S::Awarded { node: winner, .. } if winner.0 == *node => AuctionStanding::Won,
			S::Awarded { .. } => AuctionStanding::Lost,
			S::Failed => AuctionStanding::Failed,
			S::Voided { excuses_unrevealed } => AuctionStanding::Voided(excuses_unrevealed),
		},
		task_open,
		commit_until: auction.commit_until,
		reveal_until: auction.reveal_until,
	}
}

fn kind(class: ResourceType) -> gpu_chain_primitives::ResourceType {
	use gpu_chain_primitives::ResourceType as T;
	match class {
		ResourceType::Gpu => T::Gpu,
		ResourceType::Cpu => T::Cpu,
		ResourceType::Network => T::Network,
		ResourceType::Mobile => T::Mobile,
		ResourceType::Iot => T::IoT,
	}
}

fn hardware(hardware: &types::gpu_chain_primitives::types::HardwareSpec) -> Result<HardwareSpec, ChainError> {
	Ok(HardwareSpec {
		model: shortened(&hardware.model.0)?,
		gpu_memory_mib: hardware.gpu_memory_mib,
		gpu_count: hardware.gpu_count,
		cpu_cores: hardware.cpu_cores,
		ram_mib: hardware.ram_mib,
		storage_gib: hardware.storage_gib,
		bandwidth_mbps: hardware.bandwidth_mbps,
	})
}

/// Bytes in their bound, which the chain has kept.
fn shortened<Bound: TryFrom<Vec<u8>>>(bytes: &[u8]) -> Result<Bound, ChainError> {
	Bound::try_from(bytes.to_vec()).map_err(|_| ChainError::Interface("a text is too long".into()))
}

fn unfit_of(unfit: &types::gpu_chain_primitives::matching::Unfit) -> Unfit {
	use types::gpu_chain_primitives::matching::Unfit as U;
	match unfit {
		U::Unknown => Unfit::Unknown,
		U::TaskNotOpen => Unfit::TaskNotOpen,
		U::NotActive => Unfit::NotActive,
		U::WrongResourceType => Unfit::WrongResourceType,
		U::NotEnoughPower => Unfit::NotEnoughPower,
		U::TrustTooLow => Unfit::TrustTooLow,
		U::OtherModel => Unfit::OtherModel,
		U::HardwareTooSmall => Unfit::HardwareTooSmall,
		U::RegionNotListed => Unfit::RegionNotListed,
		U::TooFarAway => Unfit::TooFarAway,
		U::UptimeTooLow => Unfit::UptimeTooLow,
		U::NotTrusted => Unfit::NotTrusted,
		U::ZeroPrice => Unfit::ZeroPrice,
		U::AboveBudget => Unfit::AboveBudget,
		U::BadWeights => Unfit::BadWeights,
	}
}

/// The node's rentals that have not ended; `ended` as above.
async fn rentals(at: &At, id: &NodeId, ended: &mut BTreeSet<RentalId>) -> Result<Vec<RentalView>, ChainError> {
	let (mut rentals, mut listed, mut cursor) = (Vec::new(), BTreeSet::new(), None);
	loop {
		let payload = runtime::runtime_apis().rental_api().rentals_by_node(subxt::utils::H256(*id), cursor, PAGE);
		let page = ask(at, payload).await?;
		for number in page.items {
			listed.insert(number);
			if ended.contains(&number) {
				continue;
			}
			let Some(rental) = ask(at, runtime::runtime_apis().rental_api().rental(number)).await? else { continue };
			match rental_view(number, rental) {
				Some(rental) => rentals.push(rental),
				None => _ = ended.insert(number),
			}
		}
		cursor = page.next;
		if cursor.is_none() {
			ended.retain(|number| listed.contains(number));
			return Ok(rentals);
		}
	}
}

type ChainRental = types::pallet_rental::types::Rental<
	subxt::utils::AccountId32,
	types::frame_support::traits::tokens::fungible::union_of::NativeOrWithId<u32>,
	u128,
	u32,
>;

/// `None` if it has ended.
fn rental_view(id: RentalId, rental: ChainRental) -> Option<RentalView> {
	use types::pallet_rental::types::RentalStatus as S;
	let status = match rental.status {
		S::Booked => RentalStatus::Booked,
		S::Active => RentalStatus::Active,
		S::Disputed => RentalStatus::Disputed,
		S::Ended(_) => return None,
	};
	Some(RentalView {
		id,
		renter: rental.renter.0,
		status,
		gpus: rental.gpus.0,
		asset: asset(&rental.asset),
		hourly_rate: rental.hourly_rate,
		price: rental.price,
		start: rental.start,
		end: rental.end,
		paid_until: rental.end.saturating_add(rental.grace),
		proven: rental.proven,
		proven_until: rental.proven_until,
		encryption_key: rental.encryption_key,
	})
}

async fn rental_rules(at: &At) -> Result<RentalRules, ChainError> {
	let rules = ask(at, runtime::runtime_apis().rental_api().rules()).await?;
	Ok(RentalRules { confirm_window: rules.confirm_window, proof_interval: rules.proof_interval })
}

fn asset(asset: &types::frame_support::traits::tokens::fungible::union_of::NativeOrWithId<u32>) -> Asset {
	use types::frame_support::traits::tokens::fungible::union_of::NativeOrWithId;
	match asset {
		NativeOrWithId::Native => Asset::Native,
		NativeOrWithId::WithId(id) => Asset::Id(*id),
	}
}

/// The open tasks for nodes of the class `wanted`. Those that are in `known` are not read again, unless an auction may have
/// changed them.
async fn open_tasks(
	at: &At,
	id: &NodeId,
	wanted: ResourceType,
	known: &mut OpenTasks,
) -> Result<Vec<TaskView>, ChainError> {
	let (mut numbers, mut cursor) = (Vec::new(), None);
	loop {
		let page = ask(at, runtime::runtime_apis().task_api().open_tasks(class_of(wanted), cursor, PAGE)).await?;
		numbers.extend(page.items);
		cursor = page.next;
		if cursor.is_none() || numbers.len() >= OPEN_TASKS {
			break;
		}
	}
	forget_changed(at, known).await?;
	let block = at.block_number() as BlockNumber;
	let mut open = BTreeMap::new();
	for number in numbers {
		// From the block behind its last on anybody may settle an auction, which changes its task.
		let is_over = |task: &OpenTask| task.auction.as_ref().is_some_and(|(_, auction)| block > auction.reveal_until);
		let task = match known.tasks.remove(&number).filter(|task| !is_over(task)) {
			Some(task) => task,
			None => match open_task(at, number, id).await? {
				Some(task) => task,
				None => continue,
			},
		};
		open.insert(number, task);
	}
	known.tasks = open;
	Ok(known.tasks.values().map(|task| task.view.clone()).collect())
}

/// Forgets the tasks of auctions that were opened since the tasks were read.
async fn forget_changed(at: &At, known: &mut OpenTasks) -> Result<(), ChainError> {
	let entry = at.storage().try_fetch(runtime::storage().matching().next_auction_id(), ()).await;
	let entry = entry.map_err(unreachable)?;
	let count = entry.map(|value| value.decode()).transpose().map_err(unreachable)?.unwrap_or_default();
	let before = std::mem::replace(&mut known.auctions, count);
	// Fewer than before: another fork.
	if count < before || count - before > NEW_AUCTIONS {
		known.tasks.clear();
	}
	if known.tasks.is_empty() {
		return Ok(());
	}
	for id in before..count {
		if let Some(auction) = ask(at, runtime::runtime_apis().matching_api().auction(id)).await? {
			known.tasks.remove(&auction.task_id);
		}
	}
	Ok(())
}

/// An open task with its auction, if there is one that is not settled.
async fn open_task(at: &At, number: TaskId, node: &NodeId) -> Result<Option<OpenTask>, ChainError> {
	use types::pallet_matching::types::AuctionStatus;
	let Some(view) = task(at, number, node).await? else { return Ok(None) };
	let auction = ask(at, runtime::runtime_apis().matching_api().auction_of_task(number)).await?;
	let auction = auction.filter(|(_, auction)| matches!(auction.status, AuctionStatus::Running));
	Ok(Some(OpenTask { view, auction }))
}

async fn task(at: &At, number: TaskId, node: &NodeId) -> Result<Option<TaskView>, ChainError> {
	use types::{gpu_chain_primitives::types::Assignment, pallet_marketplace::types::TaskStatus as S};
	let Some(task) = ask(at, runtime::runtime_apis().task_api().task(number)).await? else { return Ok(None) };
	Ok(Some(TaskView {
		id: number,
		buyer: task.buyer.0,
		status: match task.status {
			S::Open => TaskStatus::Open,
			S::Assigned => TaskStatus::Assigned,
			S::InProgress => TaskStatus::InProgress,
			S::Completed => TaskStatus::Completed,
			S::Verified => TaskStatus::Verified,
			S::Disputed => TaskStatus::Disputed,
			S::Cancelled => TaskStatus::Cancelled,
		},
		resource_type: class(&task.resource_type),
		asset: asset(&task.asset),
		price: task.price,
		specification_hash: task.specification_hash.0,
		specification_uri: String::from_utf8_lossy(&task.specification_uri.0).into_owned(),
		duration_secs: task.duration_secs,
		required_power: required(&task.required_power),
		min_trust_level: task.min_trust_level,
		deadline: task.deadline,
		direct: matches!(task.assignment, Assignment::Direct | Assignment::Both),
		failed_before: task.failed_nodes.0.iter().any(|failed| failed.0 == *node),
	}))
}

fn class(class: &types::gpu_chain_primitives::types::ResourceType) -> ResourceType {
	use types::gpu_chain_primitives::types::ResourceType as T;
	match class {
		T::Gpu => ResourceType::Gpu,
		T::Cpu => ResourceType::Cpu,
		T::Network => ResourceType::Network,
		T::Mobile => ResourceType::Mobile,
		T::IoT => ResourceType::Iot,
	}
}

fn class_of(class: ResourceType) -> types::gpu_chain_primitives::types::ResourceType {
	use types::gpu_chain_primitives::types::ResourceType as T;
	match class {
		ResourceType::Gpu => T::Gpu,
		ResourceType::Cpu => T::Cpu,
		ResourceType::Network => T::Network,
		ResourceType::Mobile => T::Mobile,
		ResourceType::Iot => T::IoT,
	}
}

fn status(status: &types::gpu_chain_primitives::types::NodeStatus) -> NodeStatus {
	use types::gpu_chain_primitives::types::NodeStatus as S;
	match status {
		S::Pending => NodeStatus::Pending,
		S::Verified => NodeStatus::Verified,
		S::Active => NodeStatus::Active,
		S::Inactive => NodeStatus::Inactive,
		S::Rejected => NodeStatus::Rejected,
		S::Slashed => NodeStatus::Slashed,
	}
}

fn bounded(text: &str) -> types::bounded_collections::bounded_vec::BoundedVec<u8> {
	types::bounded_collections::bounded_vec::BoundedVec(text.as_bytes().to_vec())
}

type Progress = TransactionProgress<PolkadotConfig, OnlineClientAtBlockImpl<PolkadotConfig>>;

async fn send(at: &At, signer: &Keypair, call: &Call, nonce: u64) -> Result<Progress, ChainError> {
	let node_id = |node: &NodeId| subxt::utils::H256(*node);
	let calls = runtime::transactions();
	macro_rules! sign {
		($payload:expr) => {{
			let params = DefaultExtrinsicParamsBuilder::<PolkadotConfig>::new().nonce(nonce).mortal(MORTALITY).build();
			at.tx().create_signed(&$payload, signer, params).await
		}};
	}
	let signed = match call {
		Call::Register(registration) => sign!(register(registration)),
		Call::Activate(node) => sign!(calls.provider_registry().activate_node(node_id(node))),
		Call::Deactivate(node) => sign!(calls.provider_registry().deactivate_node(node_id(node))),
		Call::Heartbeat(node) => sign!(calls.provider_registry().heartbeat(node_id(node))),
		Call::IssueChallenge(node) => sign!(calls.work_verification().issue_challenge(node_id(node))),
		Call::SubmitSolution { node, nonce } => sign!(calls.work_verification().submit_solution(node_id(node), *nonce)),
		Call::SubmitProof { node, round, nonces } => {
			let nonces = types::bounded_collections::bounded_vec::BoundedVec(nonces.clone());
			sign!(calls.work_verification().submit_proof(node_id(node), *round, nonces))
		}
		Call::ClaimPower { node, claim } => {
			sign!(calls.work_verification().claim_power(node_id(node), DEVICE, claim_of(claim)))
		}
		Call::CommitPower { node, kind, commitment, count } => {
			let commitment = subxt::utils::H256(*commitment);
			sign!(calls.work_verification().commit_power(node_id(node), kind_of(*kind), DEVICE, commitment, *count))
		}
		Call::RevealPower { node, kind, tickets, salt } => {
			let tickets = types::bounded_collections::bounded_vec::BoundedVec(tickets.clone());
			let salt = subxt::utils::H256(*salt);
			sign!(calls.work_verification().reveal_power(node_id(node), kind_of(*kind), DEVICE, tickets, salt))
		}
		Call::ChallengePower { node, kind, device, round, tickets, salt, index } => {
			let (tickets, salt) =
				(types::bounded_collections::bounded_vec::BoundedVec(tickets.clone()), subxt::utils::H256(*salt));
			let (node, kind) = (node_id(node), kind_of(*kind));
			sign!(calls.work_verification().challenge_power(node, kind, *device, *round, tickets, salt, *index))
		}
		Call::AcceptTask { task, node } => sign!(calls.marketplace().accept_task(*task, node_id(node))),
		Call::StartTask { task } => sign!(calls.marketplace().start_task(*task)),
		Call::SubmitResult { task, hash, uri } => {
			sign!(calls.marketplace().submit_result(*task, subxt::utils::H256(*hash), bounded(uri)))
		}
		Call::CommitBid { auction, node, commitment } => {
			sign!(calls.matching().commit_bid(*auction, node_id(node), subxt::utils::H256(*commitment)))
		}
		Call::RevealBid { auction, node, price, salt } => {
			sign!(calls.matching().reveal_bid(*auction, node_id(node), *price, *salt))
		}
		Call::SettleAuction { auction } => sign!(calls.matching().settle(*auction)),
		Call::ClaimBond { auction, node } => sign!(calls.matching().claim_bond(*auction, node_id(node))),
		Call::ListGpu { node, listing } => sign!(list_gpu(node, listing)),
		Call::UnlistGpu { node, gpu } => sign!(calls.rental().unlist_gpu(node_id(node), *gpu)),
		Call::ConfirmStart { rental, access } => {
			let access = types::bounded_collections::bounded_vec::BoundedVec(access.clone());
			sign!(calls.rental().confirm_start(*rental, access))
		}
		Call::Prove { rental } => sign!(calls.rental().prove(*rental)),
		Call::CancelBooking { rental } => sign!(calls.rental().cancel_booking(*rental)),
		Call::CloseRental { rental } => sign!(calls.rental().close(*rental)),
	};
	let signed = signed.map_err(|error| extrinsic_error(call, error))?;
	signed.submit_and_watch().await.map_err(|error| extrinsic_error(call, error))
}

fn register(registration: &Registration) -> impl subxt::tx::Payload {
	runtime::transactions().provider_registry().register_node(
		class_of(registration.resource_type),
		types::gpu_chain_primitives::types::HardwareSpec {
			model: bounded(&registration.model),
			gpu_memory_mib: registration.gpu_memory_mib,
			gpu_count: registration.gpu_count,
			cpu_cores: registration.cpu_cores,
			ram_mib: registration.ram_mib,
			storage_gib: registration.storage_gib,
			bandwidth_mbps: registration.bandwidth_mbps,
		},
		bounded(&registration.region),
		registration.ask,
		bounded(&registration.metadata_uri),
		registration.stake,
	)
}

fn list_gpu(node: &NodeId, listing: &Listing) -> impl subxt::tx::Payload {
	use types::{
		frame_support::traits::tokens::fungible::union_of::NativeOrWithId, pallet_rental::types::HourlyRate as Rate,
	};
	runtime::transactions().rental().list_gpu(
		subxt::utils::H256(*node),
		listing.gpu,
		match listing.asset {
			Asset::Native => NativeOrWithId::Native,
			Asset::Id(id) => NativeOrWithId::WithId(id),
		},
		match listing.rate {
			HourlyRate::Amount(amount) => Rate::Amount(amount),
			HourlyRate::Usd(usd) => Rate::Usd(usd),
		},
		listing.min_duration,
		listing.max_duration,
	)
}

fn extrinsic_error(call: &Call, error: subxt::error::ExtrinsicError) -> ChainError {
	use subxt::{
		error::{BackendError, ExtrinsicError as E, RpcError},
		rpcs::Error as Rpc,
	};
	match error {
		E::IncompatibleCodegen | E::PalletNameNotFound(_) | E::CallNameNotFound { .. } => {
			ChainError::Interface(error.to_string())
		}
		E::ErrorSubmittingTransaction(BackendError::Rpc(RpcError::ClientError(Rpc::User(refused)))) => {
			let details = refused.data.as_ref().map(|data| data.get().trim_matches('"')).unwrap_or_default();
			refusal(call, refused.code, &refused.message, details)
		}
		error => unreachable(error),
	}
}

/// What a refusal of the transaction pool means. The codes are those of `sc-rpc-api`'s author errors.
fn refusal(call: &Call, code: i32, message: &str, details: &str) -> ChainError {
	const INVALID: i32 = 1010;
	const BANNED: i32 = 1012;
	const ALREADY_IMPORTED: i32 = 1013;
	const PRIORITY_TOO_LOW: i32 = 1014;
	let call = call.name();
	match code {
		// The same transaction waits there, or was there a moment ago, or another one has its place.
		BANNED | ALREADY_IMPORTED | PRIORITY_TOO_LOW => ChainError::Pending { call },
		// Its nonce is used: a transaction of before is in a block that the view did not know yet.
		INVALID if details.contains("outdated") => ChainError::Pending { call },
		_ => ChainError::Refused { call, reason: format!("{message} {details} ({code})") },
	}
}

/// Waits until the call is in a best block and looks whether it succeeded there.
async fn included(call: &Call, mut progress: Progress) -> Result<Included, ChainError> {
	while let Some(status) = progress.next().await {
		let block = match status.map_err(unreachable)? {
			TransactionStatus::InBestBlock(block) | TransactionStatus::InFinalizedBlock(block) => block,
			TransactionStatus::Error { message }
			| TransactionStatus::Invalid { message }
			| TransactionStatus::Dropped { message } => {
				return Err(ChainError::Refused { call: call.name(), reason: message });
			}
			_ => continue,
		};
		let events = match block.wait_for_success().await {
			Ok(events) => events,
			Err(subxt::error::TransactionEventsError::ExtrinsicFailed(error)) => {
				return Err(ChainError::Failed { call: call.name(), error: error.to_string() });
			}
			Err(error) => return Err(unreachable(error)),
		};
		let registered = events
			.find_first::<runtime::provider_registry::events::NodeRegistered>()
			.and_then(Result::ok)
			.map(|event| event.node.0);
		return Ok(Included { block: block.block_hash().0, registered });
	}
	Err(unreachable("the node ended the subscription"))
}

#[cfg(test)]
mod tests;
