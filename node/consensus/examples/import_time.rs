//! What the lanes add to the import of a block: validators' blocks of a real chain, executed by the real runtime, imported
//! through BABE and GRANDPA alone, and through this crate's pipeline around them.
//!
//! `cargo run --release --workspace --example import_time -- SPEC BLOCKS [RUNS]`, where BLOCKS is what `gpu-chain export-blocks --binary`
//! wrote of a chain of SPEC. `scripts/bench.sh --only pipeline` makes both. Prints µs a block of each pipeline, the least and the
//! median of the runs, and their ratio.

use codec::{Decode, IoReader};
use futures::executor::block_on;
use gpu_chain_consensus::{Equivocations, HybridBlockImport, HybridVerifier, Metrics, RestoreOrigin};
use gpu_chain_runtime::{apis::RuntimeApi, opaque::Block, Hash};
use gpu_chain_runtime_api::HybridPowApi;
use sc_client_api::UsageProvider;
use sc_client_db::{Backend, BlocksPruning, DatabaseSettings, DatabaseSource, PruningMode};
use sc_consensus::{
	import_queue::{import_single_block, BlockImportStatus, IncomingBlock, Verifier},
	BlockImport, LongestChain,
};
use sc_consensus_babe::BuildVerifierParams;
use sc_executor::WasmExecutor;
use sc_service::{
	client::{new_with_backend, Client, LocalCallExecutor},
	ChainSpec, ClientConfig, GenericChainSpec,
};
use sc_transaction_pool_api::{OffchainTransactionPoolFactory, RejectAllTxPool};
use sp_api::ProvideRuntimeApi;
use sp_consensus::{BlockOrigin, Error as ConsensusError};
use sp_consensus_babe::inherents::InherentDataProvider as SlotProvider;
use sp_core::testing::TaskExecutor;
use sp_runtime::{generic::SignedBlock, traits::Block as _};
use std::{error::Error, fs::File, io::BufReader, sync::Arc, time::Instant};

type Database = Backend<Block>;
type Executor = WasmExecutor<sp_io::SubstrateHostFunctions>;
type FullClient = Client<Database, LocalCallExecutor<Block, Database, Executor>, Block, RuntimeApi>;
type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
	let arguments: Vec<String> = std::env::args().skip(1).collect();
	let [spec, blocks, runs @ ..] = &arguments[..] else {
		return Err("usage: import_time SPEC BLOCKS [RUNS]".into());
	};
	let runs: usize = runs.first().map_or(Ok(9), |text| text.parse())?;
	let spec = <GenericChainSpec>::from_json_file(spec.into())?;
	let blocks = read(blocks)?;

	// In turn, and the first of the two changes each time, so that neither has the warmer machine.
	let (mut stock, mut hybrid) = (Vec::new(), Vec::new());
	for run in 0..runs {
		if run % 2 == 0 {
			stock.push(import_by_babe(&spec, &blocks)?);
			hybrid.push(import_by_lanes(&spec, &blocks)?);
		} else {
			hybrid.push(import_by_lanes(&spec, &blocks)?);
			stock.push(import_by_babe(&spec, &blocks)?);
		}
	}
	let (stock, hybrid) = (Times::of(stock), Times::of(hybrid));
	println!("{} blocks, {runs} runs each, µs a block", blocks.len());
	for (name, times) in [("BABE and GRANDPA", &stock), ("the two lanes", &hybrid)] {
		println!("{name:<18} least {:>9.1}   median {:>9.1}", times.least, times.median);
	}
	println!(
		"ratio of the least {:.4}, of the medians {:.4}",
		hybrid.least / stock.least,
		hybrid.median / stock.median
	);
	Ok(())
}

/// µs a block.
struct Times {
	least: f64,
	median: f64,
}

impl Times {
	fn of(mut runs: Vec<f64>) -> Self {
		runs.sort_by(f64::total_cmp);
		Self { least: runs[0], median: runs[runs.len() / 2] }
	}
}

/// The blocks of a file, which begins with their number.
fn read(path: &str) -> Outcome<Vec<SignedBlock<Block>>> {
	let mut file = IoReader(BufReader::new(File::open(path)?));
	let count = u64::decode(&mut file)?;
	let blocks = (0..count).map(|_| SignedBlock::decode(&mut file)).collect::<Result<Vec<_>, _>>()?;
	Ok(blocks.into_iter().filter(|block: &SignedBlock<Block>| block.block.header.number > 0).collect())
}

/// A chain of its own that has the genesis only, in memory: a disk's moods are nothing that is compared here.
fn chain(spec: &dyn ChainSpec) -> Outcome<(Arc<FullClient>, Arc<Database>)> {
	let database = DatabaseSettings {
		trie_cache_maximum_size: Some(64 << 20),
		state_pruning: Some(PruningMode::ArchiveAll),
		source: DatabaseSource::Custom { db: Arc::new(sp_database::MemDb::new()), require_create_flag: true },
		blocks_pruning: BlocksPruning::KeepAll,
		pruning_filters: Vec::new(),
		metrics_registry: None,
	};
	let backend = Arc::new(Database::new(database, 0)?);
	let executor = Executor::builder().build();
	let genesis =
		sc_chain_spec::GenesisBlockBuilder::new(spec.as_storage_builder(), true, backend.clone(), executor.clone())?;
	let client = new_with_backend::<_, _, Block, _, RuntimeApi>(
		backend.clone(),
		executor,
		genesis,
		Box::new(TaskExecutor::new()),
		None,
		None,
		ClientConfig::default(),
	)?;
	Ok((Arc::new(client), backend))
}

/// Imports the blocks as the SDK alone does.
fn import_by_babe(spec: &dyn ChainSpec, blocks: &[SignedBlock<Block>]) -> Outcome<f64> {
	let (client, backend) = chain(spec)?;
	let heads = LongestChain::new(backend);
	let (finality, _votes) = sc_consensus_grandpa::block_import(client.clone(), 512, &client, heads.clone(), None)?;
	let configuration = sc_consensus_babe::configuration(&*client)?;
	let (import, link) = sc_consensus_babe::block_import(
		configuration.clone(),
		finality,
		client.clone(),
		inherents(configuration.slot_duration()),
		heads,
		OffchainTransactionPoolFactory::new(RejectAllTxPool::default()),
	)?;
	let verifier = babe_verifier(&client, &link);
	import_all(import, &verifier, blocks)
}

/// Imports the blocks as a node of this chain does.
fn import_by_lanes(spec: &dyn ChainSpec, blocks: &[SignedBlock<Block>]) -> Outcome<f64> {
	let (client, backend) = chain(spec)?;
	let heads = LongestChain::new(backend);
	let (finality, _votes) = sc_consensus_grandpa::block_import(client.clone(), 512, &client, heads.clone(), None)?;
	let configuration = sc_consensus_babe::configuration(&*client)?;
	let pool = OffchainTransactionPoolFactory::new(RejectAllTxPool::default());
	let (babe, link) = sc_consensus_babe::block_import(
		configuration.clone(),
		RestoreOrigin::new(finality),
		client.clone(),
		inherents(configuration.slot_duration()),
		heads.clone(),
		pool.clone(),
	)?;
	let floor = client.runtime_api().minimum_difficulty(client.usage_info().chain.genesis_hash)?;
	let metrics = Metrics::new(None);
	let equivocations = Equivocations::new(client.clone(), link.clone(), heads, pool);
	let import = HybridBlockImport::new(babe, client.clone(), floor, equivocations, metrics.clone());
	let verifier = HybridVerifier::new(client.clone(), link.clone(), babe_verifier(&client, &link), floor, metrics);
	import_all(import, &verifier, blocks)
}

fn babe_verifier(
	client: &Arc<FullClient>,
	link: &sc_consensus_babe::BabeLink<Block>,
) -> sc_consensus_babe::BabeVerifier<Block, FullClient> {
	sc_consensus_babe::build_verifier(BuildVerifierParams {
		client: client.clone(),
		slot_duration: link.config().slot_duration(),
		config: link.config().clone(),
		epoch_changes: link.epoch_changes().clone(),
		telemetry: None,
	})
}

/// What a block is checked against: the time of this machine, which is after that of any of the blocks.
fn inherents(
	slot: sp_consensus_babe::SlotDuration,
) -> impl Fn(Hash, ()) -> std::future::Ready<InherentsResult> + Clone + Send + Sync + 'static {
	move |_, ()| {
		let time = sp_timestamp::InherentDataProvider::from_system_time();
		std::future::ready(Ok((SlotProvider::from_timestamp_and_slot_duration(*time, slot), time)))
	}
}

type InherentsResult = Result<(SlotProvider, sp_timestamp::InherentDataProvider), Box<dyn Error + Send + Sync>>;

/// µs a block that the import of all of them takes, executed, as blocks that were just sent round.
fn import_all(
	mut import: impl BlockImport<Block, Error = ConsensusError>,
	verifier: &impl Verifier<Block>,
	blocks: &[SignedBlock<Block>],
) -> Outcome<f64> {
	let incoming = blocks.iter().map(|signed| incoming(signed.block.clone())).collect::<Vec<_>>();
	let start = Instant::now();
	for block in incoming {
		match block_on(import_single_block(&mut import, BlockOrigin::NetworkBroadcast, block, verifier)) {
			Ok(BlockImportStatus::ImportedUnknown(..)) => {}
			other => return Err(format!("a block was not imported: {other:?}").into()),
		}
	}
	Ok(start.elapsed().as_secs_f64() * 1e6 / blocks.len() as f64)
}

fn incoming(block: Block) -> IncomingBlock<Block> {
	let (header, body) = block.deconstruct();
	IncomingBlock {
		hash: header.hash(),
		header: Some(header),
		body: Some(body),
		indexed_body: None,
		justifications: None,
		origin: None,
		allow_missing_state: false,
		skip_execution: false,
		import_existing: false,
		state: None,
	}
}
