//! How a node is put together.
//!
//! [`new_partial`] makes what every command needs: the database, the client on it, the pool, and the pipeline that a
//! block passes on its way in. [`new_full`] adds the network and starts what makes a node of it, in this order: network,
//! offchain workers, work for miners, RPC and housekeeping, authoring, authority discovery, finality.
//!
//! A block's way in has three places where consensus is decided, each made by one function: who may have made it
//! ([`build_import_queue`]), how it becomes part of the chain ([`build_block_import`]), and when this node makes one
//! itself ([`spawn_authoring`]).

use crate::{
	authoring::{self, Clock},
	hardware, rpc,
};
use futures::{FutureExt, StreamExt};
use gpu_chain_consensus::{
	import_params,
	worker::{live::Live, metrics::Metrics as MiningMetrics, Keeper, Schedule},
	Equivocations, EvenSlotsOnly, HybridBlockImport, ImportQueueParams, Metrics, RestoreOrigin,
};
use gpu_chain_runtime::{apis::RuntimeApi, opaque::Block, AccountId, BlockNumber, Hash};
use gpu_chain_runtime_api::HybridPowApi;
use sc_client_api::{Backend, BlockchainEvents, UsageProvider};
use sc_consensus::{DefaultImportQueue, LongestChain};
use sc_consensus_babe::{BabeBlockImport, BabeLink, BabeParams, BabeWorkerHandle};
use sc_consensus_grandpa::{
	warp_proof::NetworkProvider as WarpSyncProvider, FinalityProofProvider, GrandpaBlockImport, GrandpaParams,
	GrandpaPruningFilter, LinkHalf, SharedVoterState, VotingRulesBuilder,
};
use sc_consensus_slots::BackoffAuthoringOnFinalizedHeadLagging;
use sc_executor::WasmExecutor;
use sc_network::{
	config::{FullNetworkConfiguration, NetworkBackendType},
	service::traits::NetworkService,
	Event, Litep2pNetworkBackend, Multiaddr, NetworkBackend, NetworkEventStream, NetworkWorker, NotificationService,
	ProtocolName,
};
use sc_network_sync::{SyncingService, WarpSyncConfig};
use sc_network_transactions::TransactionsHandlerController;
use sc_rpc::{system::Request as SystemRequest, SubscriptionTaskExecutor};
use sc_service::{
	BuildNetworkParams, Configuration, Error, KeystoreContainer, Role, SpawnTasksParams, TFullBackend, TFullClient,
	TaskManager,
};
use sc_telemetry::{Telemetry, TelemetryHandle, TelemetryWorker};
use sc_transaction_pool::TransactionPoolHandle;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sc_utils::mpsc::TracingUnboundedSender;
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use sp_core::U256;
use std::{
	path::PathBuf,
	sync::{Arc, Mutex},
	time::Duration,
};
use substrate_prometheus_endpoint::Registry;

/// What the runtime may call in the node.
#[cfg(not(feature = "runtime-benchmarks"))]
type HostFunctions = sp_io::SubstrateHostFunctions;
/// What the runtime may call in the node.
#[cfg(feature = "runtime-benchmarks")]
type HostFunctions = (sp_io::SubstrateHostFunctions, frame_benchmarking::benchmarking::HostFunctions);

/// The chain, its state and its runtime.
pub type FullClient = TFullClient<Block, RuntimeApi, WasmExecutor<HostFunctions>>;
/// The database.
pub type FullBackend = TFullBackend<Block>;
/// Which head is best: the longest chain that holds what is final; BABE decides what counts as longer at import.
pub type SelectChain = LongestChain<FullBackend, Block>;
/// Transactions that wait.
pub type Pool = TransactionPoolHandle<Block, FullClient>;
/// Blocks that wait to be checked and imported.
pub type ImportQueue = DefaultImportQueue<Block>;

/// Takes note of changes of the voters.
type FinalityImport = GrandpaBlockImport<FullBackend, Block, FullClient, SelectChain>;
/// Keeps epochs and weights.
type EpochImport = BabeBlockImport<Block, FullClient, RestoreOrigin<FinalityImport>, Clock, SelectChain>;
/// The way of a block into the chain.
type BlockImport = HybridBlockImport<Block, FullClient, EpochImport, SelectChain>;
/// What the voter needs of the import.
type FinalityLink = LinkHalf<Block, FullClient, SelectChain>;

/// Builds full blocks for miners.
type Proposers = sc_basic_authorship::ProposerFactory<Pool, FullClient>;
/// What miners' blocks are built from and imported by.
pub type MinersNode =
	Live<Block, FullClient, Proposers, BlockImport, Arc<SyncingService<Block>>, Arc<SyncingService<Block>>>;
/// Keeps work for miners.
pub type MinersKeeper = Arc<Keeper<MinersNode>>;

/// At least every so many blocks one gets a justification that is kept and can be handed out.
const JUSTIFICATION_PERIOD: u32 = 512;
/// How long a vote may need to reach everybody; GRANDPA's rounds are timed by it.
const GOSSIP_DURATION: Duration = Duration::from_millis(333);
/// Telemetry messages that may wait.
const TELEMETRY_BUFFER: usize = 16;

/// What is asked of a node beyond what the SDK's options say.
pub struct Options {
	/// Whether to measure the hardware at start.
	pub measure_hardware: bool,
	/// Whom miners' blocks pay. Without it there is no work for miners.
	pub pow_author: Option<AccountId>,
}

/// What every command works with, and what a running node shares between its tasks.
struct Node {
	/// The chain, its state and its runtime.
	client: Arc<FullClient>,
	/// The database.
	backend: Arc<FullBackend>,
	/// Runs and ends the node's tasks.
	task_manager: TaskManager,
	/// Keys of the node.
	keystore: KeystoreContainer,
	/// Which head is best.
	select_chain: SelectChain,
	/// Transactions that wait.
	pool: Arc<Pool>,
	/// Who makes blocks, and how they are taken.
	consensus: Consensus,
	/// Where the node reports, if anywhere.
	telemetry: Option<Telemetry>,
}

impl Node {
	fn telemetry(&self) -> Option<TelemetryHandle> {
		self.telemetry.as_ref().map(Telemetry::handle)
	}

	fn offchain_pool(&self) -> OffchainTransactionPoolFactory<Block> {
		OffchainTransactionPoolFactory::new(self.pool.clone())
	}
}

/// What authoring and mining share with the import of blocks.
struct Consensus {
	/// The way of a block into the chain, for the node's own blocks.
	block_import: BlockImport,
	/// Epochs, and the configuration of the genesis: what [`gpu_chain_consensus::import_params`] takes for a mined block.
	babe: BabeLink<Block>,
	/// Answers questions about epochs.
	babe_worker: BabeWorkerHandle<Block>,
	/// The clock that blocks are made and checked by.
	clock: Clock,
}

/// A node before it has a network.
pub struct Partial {
	/// What lives on.
	node: Node,
	/// Taken by the network, or by a command that imports blocks.
	import_queue: ImportQueue,
	/// Taken by the voter.
	finality: FinalityLink,
}

impl Partial {
	/// Chain, database and tasks, for a command that reads or takes back.
	pub fn for_reading(self) -> (Arc<FullClient>, Arc<FullBackend>, TaskManager) {
		let backend = self.node.backend.clone();
		let (client, import_queue, mut tasks) = self.for_importing();
		tasks.keep_alive(import_queue);
		(client, backend, tasks)
	}

	/// Chain, queue and tasks, for a command that imports blocks.
	pub fn for_importing(self) -> (Arc<FullClient>, ImportQueue, TaskManager) {
		let Node { client, mut task_manager, consensus, pool, telemetry, .. } = self.node;
		// A task whose other half is gone ends and is reported as failed: keep what the command does not use.
		task_manager.keep_alive((consensus, pool, telemetry, self.finality));
		(client, self.import_queue, task_manager)
	}
}

/// What the node's tasks must know of its configuration, which the RPC server swallows.
struct Settings {
	role: Role,
	name: String,
	force_authoring: bool,
	vote: bool,
	offchain_workers: bool,
	publish_private_addresses: bool,
	public_addresses: Vec<Multiaddr>,
	network_folder: Option<PathBuf>,
	prometheus: Option<Registry>,
}

impl From<&Configuration> for Settings {
	fn from(config: &Configuration) -> Self {
		Self {
			role: config.role,
			name: config.network.node_name.clone(),
			force_authoring: config.force_authoring,
			vote: !config.disable_grandpa,
			offchain_workers: config.offchain_worker.enabled,
			publish_private_addresses: config.network.allow_non_globals_in_dht,
			public_addresses: config.network.public_addresses.clone(),
			network_folder: config.network.net_config_path.clone(),
			prometheus: config.prometheus_registry().cloned(),
		}
	}
}

/// The running network.
struct Network {
	/// Peers.
	service: Arc<dyn NetworkService>,
	/// Blocks from peers.
	sync: Arc<SyncingService<Block>>,
	/// Name of the protocol that votes on finality come by.
	finality_protocol: ProtocolName,
	/// Those votes.
	finality_notifications: Box<dyn NotificationService>,
}

/// How housekeeping speaks to the network.
struct NetworkControl {
	/// Questions of the RPC about peers.
	system_requests: TracingUnboundedSender<SystemRequest<Block>>,
	/// Sends transactions round.
	transactions: TransactionsHandlerController<Hash>,
}

/// Starts a node.
///
/// # Errors
/// When the database, the keys, the network or a port cannot be had, or the runtime lacks an API.
pub fn new_full(config: Configuration, options: Options) -> Result<TaskManager, Error> {
	match config.network.network_backend {
		NetworkBackendType::Libp2p => start::<NetworkWorker<Block, Hash>>(config, options),
		NetworkBackendType::Litep2p => start::<Litep2pNetworkBackend>(config, options),
	}
}

fn start<N: NetworkBackend<Block, Hash>>(config: Configuration, options: Options) -> Result<TaskManager, Error> {
	let settings = Settings::from(&config);
	let hardware = options.measure_hardware.then(|| hardware::measure(&config)).transpose()?;

	let Partial { mut node, import_queue, finality } = new_partial(&config)?;
	let (network, control) = build_network::<N>(&config, &node, import_queue, &finality)?;
	spawn_offchain(&settings, &node, &network)?;

	let voter_state = SharedVoterState::empty();
	let miners = options.pow_author.map(|author| spawn_mining(&settings, &node, &network, author)).transpose()?;
	let rpc = build_rpc(&config, &node, &finality, voter_state.clone(), miners);
	spawn_housekeeping(config, &mut node, &network, control, rpc)?;
	if let Some(hardware) = hardware {
		hardware::report(hardware, node.telemetry.as_ref(), &node.task_manager);
	}

	if settings.role.is_authority() {
		spawn_authoring(&settings, &node, &network)?;
		spawn_authority_discovery(&settings, &node, &network);
	}
	if settings.vote {
		spawn_finality(settings, &node, network, finality, voter_state)?;
	}
	Ok(node.task_manager)
}

/// Opens the chain's database, or makes it, and puts together all but the network.
///
/// # Errors
/// When the database cannot be opened, belongs to another chain, or the runtime lacks an API.
pub fn new_partial(config: &Configuration) -> Result<Partial, Error> {
	let telemetry = config
		.telemetry_endpoints
		.clone()
		.filter(|endpoints| !endpoints.is_empty())
		.map(|endpoints| -> Result<_, sc_telemetry::Error> {
			let worker = TelemetryWorker::new(TELEMETRY_BUFFER)?;
			let telemetry = worker.handle().new_telemetry(endpoints);
			Ok((worker, telemetry))
		})
		.transpose()?;

	let (client, backend, keystore, task_manager) = sc_service::new_full_parts::<Block, RuntimeApi, _>(
		config,
		telemetry.as_ref().map(|(_, telemetry)| telemetry.handle()),
		sc_service::new_wasm_executor::<HostFunctions>(&config.executor),
		// A node that prunes blocks must keep those that prove finality: others warp sync from it.
		vec![Arc::new(GrandpaPruningFilter)],
	)?;
	let client = Arc::new(client);
	let telemetry = telemetry.map(|(worker, telemetry)| {
		task_manager.spawn_handle().spawn("telemetry", None, worker.run());
		telemetry
	});

	let select_chain = LongestChain::new(backend.clone());
	let pool = Arc::new(
		sc_transaction_pool::Builder::new(
			task_manager.spawn_essential_handle(),
			client.clone(),
			config.role.is_authority().into(),
		)
		.with_options(config.transaction_pool.clone())
		.with_prometheus(config.prometheus_registry())
		.build(),
	);

	let handle = telemetry.as_ref().map(Telemetry::handle);
	let metrics = Metrics::new(config.prometheus_registry());
	let floor = minimum_difficulty(&client)?;
	let (block_import, justification_import, babe, finality, clock) =
		build_block_import(&client, &select_chain, &pool, floor, metrics.clone(), handle.clone())?;
	let (import_queue, babe_worker) = build_import_queue(
		config,
		&client,
		&task_manager,
		&babe,
		block_import.clone(),
		justification_import,
		floor,
		metrics,
		handle,
	)?;

	let consensus = Consensus { block_import, babe, babe_worker, clock };
	let node = Node { client, backend, task_manager, keystore, select_chain, pool, consensus, telemetry };
	Ok(Partial { node, import_queue, finality })
}

/// The difficulty that no miner's block may be below. It is fixed at the genesis, so it does not matter which block is asked.
fn minimum_difficulty(client: &FullClient) -> Result<U256, Error> {
	let chain = client.usage_info().chain;
	// While a warp sync is under way, the genesis is the only block with a state.
	let at = if chain.finalized_state.is_some() { chain.best_hash } else { chain.genesis_hash };
	client.runtime_api().minimum_difficulty(at).map_err(|error| Error::Application(Box::new(error)))
}

/// How a block becomes part of the chain: the lanes' rules and equivocations first, then BABE sees to epochs and weights,
/// GRANDPA to changes of the voters, and the client to state and database.
fn build_block_import(
	client: &Arc<FullClient>,
	select_chain: &SelectChain,
	pool: &Arc<Pool>,
	floor: U256,
	metrics: Metrics,
	telemetry: Option<TelemetryHandle>,
) -> Result<(BlockImport, FinalityImport, BabeLink<Block>, FinalityLink, Clock), Error> {
	let (finality_import, finality) = sc_consensus_grandpa::block_import(
		client.clone(),
		JUSTIFICATION_PERIOD,
		client,
		select_chain.clone(),
		telemetry,
	)?;

	let configuration = sc_consensus_babe::configuration(&**client)?;
	let clock = Clock::new(configuration.slot_duration());
	let reports = OffchainTransactionPoolFactory::new(pool.clone());
	let (epoch_import, babe) = sc_consensus_babe::block_import(
		configuration,
		RestoreOrigin::new(finality_import.clone()),
		client.clone(),
		clock.clone(),
		select_chain.clone(),
		reports.clone(),
	)?;
	let equivocations = Equivocations::new(client.clone(), babe.clone(), select_chain.clone(), reports);
	let block_import = HybridBlockImport::new(epoch_import, client.clone(), floor, equivocations, metrics);
	Ok((block_import, finality_import, babe, finality, clock))
}

/// Who may have made a block: on even slots whoever BABE's seal and slot allow, on odd ones whoever did the work.
fn build_import_queue(
	config: &Configuration,
	client: &Arc<FullClient>,
	task_manager: &TaskManager,
	babe: &BabeLink<Block>,
	block_import: BlockImport,
	justification_import: FinalityImport,
	floor: U256,
	metrics: Metrics,
	telemetry: Option<TelemetryHandle>,
) -> Result<(ImportQueue, BabeWorkerHandle<Block>), Error> {
	gpu_chain_consensus::import_queue(ImportQueueParams {
		link: babe.clone(),
		block_import,
		justification_import: Some(Box::new(justification_import)),
		client: client.clone(),
		floor,
		spawner: &task_manager.spawn_essential_handle(),
		registry: config.prometheus_registry(),
		metrics,
		telemetry,
	})
	.map_err(Into::into)
}

/// Joins the network: blocks, transactions, votes, and warp sync from GRANDPA's proofs.
fn build_network<N: NetworkBackend<Block, Hash>>(
	config: &Configuration,
	node: &Node,
	import_queue: ImportQueue,
	finality: &FinalityLink,
) -> Result<(Network, NetworkControl), Error> {
	let metrics = N::register_notification_metrics(config.prometheus_registry());
	let mut protocols =
		FullNetworkConfiguration::<Block, Hash, N>::new(&config.network, config.prometheus_registry().cloned());

	let genesis = node.client.info().genesis_hash;
	let finality_protocol = sc_consensus_grandpa::protocol_standard_name(&genesis, &config.chain_spec);
	let (votes, finality_notifications) = sc_consensus_grandpa::grandpa_peers_set_config::<Block, N>(
		finality_protocol.clone(),
		metrics.clone(),
		protocols.peer_store_handle(),
	);
	protocols.add_notification_protocol(votes);

	// The voters never had a hard fork, so there is none to tell those who follow the proofs of.
	let warp_sync = WarpSyncProvider::new(node.backend.clone(), finality.shared_authority_set().clone(), Vec::new());
	let (service, system_requests, transactions, sync, _bitswap) = sc_service::build_network(BuildNetworkParams {
		config,
		net_config: protocols,
		client: node.client.clone(),
		transaction_pool: node.pool.clone(),
		spawn_handle: node.task_manager.spawn_handle(),
		spawn_essential_handle: node.task_manager.spawn_essential_handle(),
		import_queue,
		block_announce_validator_builder: None,
		warp_sync_config: Some(WarpSyncConfig::WithProvider(Arc::new(warp_sync))),
		block_relay: None,
		metrics,
		gap_sync_body_policy: None,
	})?;
	Ok((
		Network { service, sync, finality_protocol, finality_notifications },
		NetworkControl { system_requests, transactions },
	))
}

/// Runs the runtime's offchain workers after each block, unless they are turned off.
fn spawn_offchain(settings: &Settings, node: &Node, network: &Network) -> Result<(), Error> {
	if !settings.offchain_workers {
		return Ok(());
	}
	let workers = sc_offchain::OffchainWorkers::new(sc_offchain::OffchainWorkerOptions {
		runtime_api_provider: node.client.clone(),
		keystore: Some(node.keystore.keystore()),
		offchain_db: node.backend.offchain_storage(),
		transaction_pool: Some(node.offchain_pool()),
		network_provider: Arc::new(network.service.clone()),
		is_validator: settings.role.is_authority(),
		enable_http_requests: true,
		custom_extensions: |_| Vec::new(),
	})?;
	node.task_manager.spawn_handle().spawn(
		"offchain-workers-runner",
		"offchain-worker",
		workers.run(node.client.clone(), node.task_manager.spawn_handle()).boxed(),
	);
	Ok(())
}

/// Makes the node's RPC methods, each time they are asked for.
type RpcBuilder = Box<dyn Fn(SubscriptionTaskExecutor) -> Result<jsonrpsee::RpcModule<()>, Error>>;

/// Prepares the node's RPC methods.
fn build_rpc(
	config: &Configuration,
	node: &Node,
	finality: &FinalityLink,
	voter_state: SharedVoterState,
	miners: Option<MinersKeeper>,
) -> RpcBuilder {
	let authority_set = finality.shared_authority_set().clone();
	let deps = rpc::Deps {
		client: node.client.clone(),
		pool: node.pool.clone(),
		select_chain: node.select_chain.clone(),
		chain_spec: config.chain_spec.cloned_box(),
		keystore: node.keystore.keystore(),
		babe: node.consensus.babe_worker.clone(),
		grandpa: rpc::GrandpaDeps {
			voter_state,
			authority_set: authority_set.clone(),
			justifications: finality.justification_stream(),
			proofs: FinalityProofProvider::new_for_service(node.backend.clone(), Some(authority_set)),
		},
		miners,
	};
	Box::new(move |subscriptions| {
		rpc::create(&deps, subscriptions).map_err(|error| Error::Application(Box::new(error)))
	})
}

/// Starts the RPC server, metrics, telemetry and the log's status line, and keeps the pool up with the chain.
fn spawn_housekeeping(
	config: Configuration,
	node: &mut Node,
	network: &Network,
	control: NetworkControl,
	rpc_builder: RpcBuilder,
) -> Result<(), Error> {
	sc_service::spawn_tasks(SpawnTasksParams {
		config,
		client: node.client.clone(),
		backend: node.backend.clone(),
		task_manager: &mut node.task_manager,
		keystore: node.keystore.keystore(),
		transaction_pool: node.pool.clone(),
		rpc_builder,
		network: network.service.clone(),
		system_rpc_tx: control.system_requests,
		tx_handler_controller: control.transactions,
		sync_service: network.sync.clone(),
		telemetry: node.telemetry.as_mut(),
		tracing_execute_block: None,
	})?;
	Ok(())
}

/// Keeps work for miners, whose blocks pay `author`, and takes what they find.
fn spawn_mining(settings: &Settings, node: &Node, network: &Network, author: AccountId) -> Result<MinersKeeper, Error> {
	let (client, babe) = (node.client.clone(), node.consensus.babe.clone());
	let slot_duration = babe.config().slot_duration();
	// Without metrics and telemetry: those of this kind are about the blocks that a validator proposes.
	let (spawner, pool) = (node.task_manager.spawn_handle(), node.pool.clone());
	let proposers = Proposers::new(spawner, client.clone(), pool, None, None);
	let miners_node = Live {
		client: client.clone(),
		proposers: Mutex::new(proposers),
		block_import: node.consensus.block_import.clone(),
		seal: Arc::new(move |header, nonce, body, changes| {
			import_params(&babe, &*client, header, nonce, body, changes).map_err(Into::into)
		}),
		sync_oracle: network.sync.clone(),
		justification_sync_link: network.sync.clone(),
		spawner: Arc::new(node.task_manager.spawn_handle()),
		slot_duration,
		force: settings.force_authoring,
		author,
	};
	let metrics = MiningMetrics::register(settings.prometheus.as_ref())?;
	let keeper = Keeper::new(miners_node, Schedule::for_slots(slot_duration.as_duration()), metrics);
	let imports = node.client.import_notification_stream().map(|_| ());
	node.task_manager.spawn_handle().spawn("pow-keeper", Some("mining"), keeper.clone().run(imports));
	Ok(keeper)
}

/// Makes blocks in the even slots that this validator's key wins.
fn spawn_authoring(settings: &Settings, node: &Node, network: &Network) -> Result<(), Error> {
	let proposer = sc_basic_authorship::ProposerFactory::new(
		node.task_manager.spawn_handle(),
		node.client.clone(),
		node.pool.clone(),
		settings.prometheus.as_ref(),
		node.telemetry(),
	);
	let author = sc_consensus_babe::start_babe(BabeParams {
		keystore: node.keystore.keystore(),
		client: node.client.clone(),
		select_chain: node.select_chain.clone(),
		env: proposer,
		block_import: node.consensus.block_import.clone(),
		sync_oracle: network.sync.clone(),
		justification_sync_link: network.sync.clone(),
		create_inherent_data_providers: node.consensus.clock.clone(),
		force_authoring: settings.force_authoring,
		backoff_authoring_blocks: Some(EvenSlotsOnly::new(
			BackoffAuthoringOnFinalizedHeadLagging::<BlockNumber>::default(),
		)),
		babe_link: node.consensus.babe.clone(),
		block_proposal_slot_portion: authoring::proposal_portion(),
		max_block_proposal_slot_portion: authoring::max_proposal_portion(),
		telemetry: node.telemetry(),
	})?;
	// A validator that cannot author any more had better stop and be noticed.
	node.task_manager.spawn_essential_handle().spawn_blocking("babe-author", Some("block-authoring"), author);
	Ok(())
}

/// Publishes this validator's addresses under its key, and finds those of the others.
fn spawn_authority_discovery(settings: &Settings, node: &Node, network: &Network) {
	let events = network.service.event_stream("authority-discovery").filter_map(|event| async move {
		match event {
			Event::Dht(event) => Some(event),
			_ => None,
		}
	});
	let (worker, _service) = sc_authority_discovery::new_worker_and_service_with_config(
		sc_authority_discovery::WorkerConfig {
			publish_non_global_ips: settings.publish_private_addresses,
			public_addresses: settings.public_addresses.clone(),
			persisted_cache_directory: settings.network_folder.clone(),
			// No node of this chain is so old that its records are unsigned.
			strict_record_validation: true,
			..Default::default()
		},
		node.client.clone(),
		Arc::new(network.service.clone()),
		Box::pin(events),
		sc_authority_discovery::Role::PublishAndDiscover(node.keystore.keystore()),
		settings.prometheus.clone(),
		node.task_manager.spawn_handle(),
	);
	node.task_manager.spawn_handle().spawn("authority-discovery-worker", Some("networking"), worker.run());
}

/// Follows the votes on finality, and votes if this node is a validator.
fn spawn_finality(
	settings: Settings,
	node: &Node,
	network: Network,
	finality: FinalityLink,
	voter_state: SharedVoterState,
) -> Result<(), Error> {
	let voter = sc_consensus_grandpa::run_grandpa_voter(GrandpaParams {
		config: sc_consensus_grandpa::Config {
			gossip_duration: GOSSIP_DURATION,
			justification_generation_period: JUSTIFICATION_PERIOD,
			observer_enabled: false,
			local_role: settings.role,
			name: Some(settings.name),
			keystore: settings.role.is_authority().then(|| node.keystore.keystore()),
			telemetry: node.telemetry(),
			protocol_name: network.finality_protocol,
		},
		link: finality,
		network: network.service,
		sync: Arc::new(network.sync),
		notification_service: network.finality_notifications,
		voting_rule: VotingRulesBuilder::default().build(),
		prometheus_registry: settings.prometheus,
		shared_voter_state: voter_state,
		telemetry: node.telemetry(),
		offchain_tx_pool_factory: node.offchain_pool(),
	})?;
	// The same: a voter that stopped would weigh on everybody's finality unseen.
	node.task_manager.spawn_essential_handle().spawn_blocking("grandpa-voter", Some("finality"), voter);
	Ok(())
}
