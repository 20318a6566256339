//! How a block becomes part of the chain: lane, work, equivocations; then BABE's import, which keeps epochs and weights.

use crate::{
	digest::{self, DigestError, Lane},
	equivocation::{Equivocations, ReportError},
	error::Refusal,
	metrics::Metrics,
	origin::hide_origin,
	sync::is_vouched_for,
	work,
};
use gpu_chain_runtime_api::HybridPowApi;
use sc_client_api::AuxStore;
use sc_consensus::{BlockCheckParams, BlockImport, BlockImportParams, ImportResult};
use sp_api::{ApiExt, ProvideRuntimeApi};
use sp_blockchain::{Error as ClientError, HeaderBackend, HeaderMetadata};
use sp_consensus::{BlockOrigin, Error as ConsensusError, SelectChain};
use sp_consensus_babe::{BabeApi, EquivocationProof};
use sp_core::{H256, U256};
use sp_runtime::traits::{Block as BlockT, Header as HeaderT};
use std::sync::Arc;

const LOG_TARGET: &str = "lanes";

/// What the look for an equivocation gave.
type Looked<Block> = Result<Option<EquivocationProof<<Block as BlockT>::Header>>, ReportError>;

/// The way into the chain, for blocks from the network and for those of this node, of both lanes.
///
/// `inner` is BABE's import over a [`RestoreOrigin`](crate::RestoreOrigin).
pub struct HybridBlockImport<Block: BlockT, Client, Inner, Heads> {
	inner: Inner,
	client: Arc<Client>,
	/// The difficulty that the chain never goes below.
	floor: U256,
	equivocations: Equivocations<Block, Client, Heads>,
	metrics: Metrics,
}

// Not derived, because the client need not be `Clone`.
impl<Block: BlockT, Client, Inner: Clone, Heads: Clone> Clone for HybridBlockImport<Block, Client, Inner, Heads> {
	fn clone(&self) -> Self {
		Self {
			inner: self.inner.clone(),
			client: self.client.clone(),
			floor: self.floor,
			equivocations: self.equivocations.clone(),
			metrics: self.metrics.clone(),
		}
	}
}

impl<Block: BlockT, Client, Inner, Heads> HybridBlockImport<Block, Client, Inner, Heads> {
	/// Hands on to `inner` what the lanes' rules allow.
	pub fn new(
		inner: Inner,
		client: Arc<Client>,
		floor: U256,
		equivocations: Equivocations<Block, Client, Heads>,
		metrics: Metrics,
	) -> Self {
		Self { inner, client, floor, equivocations, metrics }
	}
}

impl<Block, Client, Inner, Heads> HybridBlockImport<Block, Client, Inner, Heads>
where
	Block: BlockT<Hash = H256>,
	Client: HeaderBackend<Block>
		+ HeaderMetadata<Block, Error = ClientError>
		+ AuxStore
		+ ProvideRuntimeApi<Block>
		+ Send
		+ Sync,
	Client::Api: BabeApi<Block> + HybridPowApi<Block> + ApiExt<Block>,
	Heads: SelectChain<Block>,
{
	/// The lane of a block that keeps to its rules. The verifier checked most of it, but the node's own blocks do not pass
	/// the verifier, and it does not ask the runtime.
	fn check(&self, block: &BlockImportParams<Block>) -> Result<Lane, Refusal> {
		let [seal] = &block.post_digests[..] else {
			return Err(
				if block.post_digests.is_empty() { DigestError::Unsealed } else { DigestError::ExtraSeal }.into()
			);
		};
		let lane = digest::lane(Some(seal))?;
		match lane {
			Lane::Validators => work::check_validators_header(&block.header)?,
			Lane::Miners => {
				let claim = work::check_header(&block.header, seal, self.floor)?;
				if !block.state_action.skip_execution_checks() {
					self.check_difficulty(*block.header.parent_hash(), claim.difficulty)?;
				}
			}
		}
		Ok(lane)
	}

	fn check_difficulty(&self, parent: Block::Hash, claimed: U256) -> Result<(), Refusal> {
		match self.client.runtime_api().next_work(parent)? {
			None => Err(Refusal::TooSoon),
			Some(due) if due != claimed => Err(Refusal::WrongDifficulty { claimed, due }),
			Some(_) => Ok(()),
		}
	}

	/// Who sent a block that is itself at fault is not asked again: an error would only make the node start its
	/// synchronisation over, and a header below the difficulty that is due costs its sender next to nothing.
	fn refuse(&self, block: &BlockImportParams<Block>, refusal: Refusal) -> Result<ImportResult, ConsensusError> {
		self.metrics.refused(&refusal);
		if block.origin == BlockOrigin::Own || !refusal.is_blocks_fault() {
			return Err(refusal.into());
		}
		log::warn!(target: LOG_TARGET, "Block {} is refused: {refusal}", block.post_hash());
		Ok(ImportResult::KnownBad)
	}

	async fn report(&self, parent: Block::Hash, proof: Looked<Block>) -> Result<(), ReportError> {
		match proof? {
			Some(proof) => self.equivocations.report(parent, proof).await,
			None => Ok(()),
		}
	}
}

#[async_trait::async_trait]
impl<Block, Client, Inner, Heads> BlockImport<Block> for HybridBlockImport<Block, Client, Inner, Heads>
where
	Block: BlockT<Hash = H256>,
	Client: HeaderBackend<Block>
		+ HeaderMetadata<Block, Error = ClientError>
		+ AuxStore
		+ ProvideRuntimeApi<Block>
		+ Send
		+ Sync,
	Client::Api: BabeApi<Block> + HybridPowApi<Block> + ApiExt<Block>,
	Heads: SelectChain<Block>,
	Inner: BlockImport<Block, Error = ConsensusError> + Send + Sync,
{
	type Error = ConsensusError;

	async fn check_block(&self, block: BlockCheckParams<Block>) -> Result<ImportResult, Self::Error> {
		self.inner.check_block(block).await
	}

	async fn import_block(&self, mut block: BlockImportParams<Block>) -> Result<ImportResult, Self::Error> {
		if is_vouched_for(&*self.client, &block) {
			return self.inner.import_block(block).await;
		}
		let lane = match self.check(&block) {
			Ok(lane) => lane,
			Err(refusal) => return self.refuse(&block, refusal),
		};
		if lane == Lane::Validators {
			let parent = *block.header.parent_hash();
			if let Err(error) = self.report(parent, self.equivocations.look(&block)).await {
				// The block is as good as the other one.
				log::warn!(target: LOG_TARGET, "Looking for or reporting an equivocation failed: {error}");
			}
		}
		hide_origin(&mut block);
		let result = self.inner.import_block(block).await;
		if let Ok(ImportResult::Imported(_)) = result {
			self.metrics.imported(lane);
		}
		result
	}
}
