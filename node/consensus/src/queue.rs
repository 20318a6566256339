//! The queue that blocks wait in, and BABE's worker, which answers questions about epochs.

use crate::{metrics::Metrics, verifier::HybridVerifier};
use futures::future::BoxFuture;
use sc_client_api::AuxStore;
use sc_consensus::{import_queue::BoxJustificationImport, BasicQueue, BlockImport, DefaultImportQueue};
use sc_consensus_babe::{BabeLink, BabeWorkerHandle, BuildVerifierParams};
use sc_telemetry::TelemetryHandle;
use sp_api::{ApiExt, ProvideRuntimeApi};
use sp_block_builder::BlockBuilder;
use sp_blockchain::{Error as ClientError, HeaderBackend, HeaderMetadata, Result as ClientResult};
use sp_consensus::Error as ConsensusError;
use sp_consensus_babe::BabeApi;
use sp_core::{traits::SpawnEssentialNamed, H256, U256};
use sp_runtime::traits::Block as BlockT;
use std::sync::Arc;
use substrate_prometheus_endpoint::Registry;

/// What [`import_queue`] needs.
pub struct ImportQueueParams<'a, Block: BlockT, Import, Client, Spawn> {
	/// Epochs, and the configuration of the genesis.
	pub link: BabeLink<Block>,
	/// The way into the chain: a [`HybridBlockImport`](crate::HybridBlockImport).
	pub block_import: Import,
	/// Takes proofs of finality.
	pub justification_import: Option<BoxJustificationImport<Block>>,
	/// The chain.
	pub client: Arc<Client>,
	/// The difficulty that the chain never goes below.
	pub floor: U256,
	/// Runs the queue and the worker.
	pub spawner: &'a Spawn,
	/// Where the queue counts.
	pub registry: Option<&'a Registry>,
	/// Where the lanes count.
	pub metrics: Metrics,
	/// Where BABE's verifier reports, if anywhere.
	pub telemetry: Option<TelemetryHandle>,
}

/// Starts the queue for blocks of both lanes, and BABE's worker.
///
/// # Errors
/// When BABE's worker cannot be made.
pub fn import_queue<Block, Import, Client, Spawn>(
	params: ImportQueueParams<'_, Block, Import, Client, Spawn>,
) -> ClientResult<(DefaultImportQueue<Block>, BabeWorkerHandle<Block>)>
where
	Block: BlockT<Hash = H256>,
	Import: BlockImport<Block, Error = ConsensusError> + Clone + Send + Sync + 'static,
	Client: ProvideRuntimeApi<Block>
		+ HeaderBackend<Block>
		+ HeaderMetadata<Block, Error = ClientError>
		+ AuxStore
		+ Send
		+ Sync
		+ 'static,
	Client::Api: BlockBuilder<Block> + BabeApi<Block> + ApiExt<Block>,
	Spawn: SpawnEssentialNamed,
{
	let ImportQueueParams {
		link,
		block_import,
		justification_import,
		client,
		floor,
		spawner,
		registry,
		metrics,
		telemetry,
	} = params;
	let worker = babe_worker(link.clone(), block_import.clone(), client.clone(), spawner)?;
	let babe = sc_consensus_babe::build_verifier(BuildVerifierParams {
		client: client.clone(),
		slot_duration: link.config().slot_duration(),
		config: link.config().clone(),
		epoch_changes: link.epoch_changes().clone(),
		telemetry,
	});
	let verifier = HybridVerifier::new(client, link, babe, floor, metrics);
	Ok((BasicQueue::new(verifier, Box::new(block_import), justification_import, spawner, registry), worker))
}

/// BABE's worker. Only BABE's own queue makes one; the queue itself, whose verifier knows no miners, is never started.
fn babe_worker<Block, Import, Client, Spawn>(
	link: BabeLink<Block>,
	block_import: Import,
	client: Arc<Client>,
	spawner: &Spawn,
) -> ClientResult<BabeWorkerHandle<Block>>
where
	Block: BlockT,
	Import: BlockImport<Block, Error = ConsensusError> + Send + Sync + 'static,
	Client: ProvideRuntimeApi<Block>
		+ HeaderBackend<Block>
		+ HeaderMetadata<Block, Error = ClientError>
		+ AuxStore
		+ Send
		+ Sync
		+ 'static,
	Client::Api: BlockBuilder<Block> + BabeApi<Block> + ApiExt<Block>,
	Spawn: SpawnEssentialNamed,
{
	let (_queue, worker) = sc_consensus_babe::import_queue(sc_consensus_babe::ImportQueueParams {
		slot_duration: link.config().slot_duration(),
		link,
		block_import,
		justification_import: None,
		client,
		spawner: &WorkerOnly(spawner),
		registry: None,
		telemetry: None,
	})?;
	Ok(worker)
}

/// Starts BABE's worker, and drops the queue's task, which is the blocking one.
struct WorkerOnly<'a, Spawn>(&'a Spawn);

impl<Spawn> Clone for WorkerOnly<'_, Spawn> {
	fn clone(&self) -> Self {
		Self(self.0)
	}
}

impl<Spawn: SpawnEssentialNamed> SpawnEssentialNamed for WorkerOnly<'_, Spawn> {
	fn spawn_essential_blocking(&self, _: &'static str, _: Option<&'static str>, _: BoxFuture<'static, ()>) {}

	fn spawn_essential(&self, name: &'static str, group: Option<&'static str>, future: BoxFuture<'static, ()>) {
		self.0.spawn_essential(name, group, future);
	}
}
