//! Who may have made a block.

use crate::{
	digest::{self, Lane},
	epochs::epoch_of_child,
	error::Refusal,
	metrics::Metrics,
	sync::is_vouched_for,
	work,
};
use sc_consensus::{import_queue::Verifier, BlockImportParams};
use sc_consensus_babe::{BabeLink, INTERMEDIATE_KEY};
use sp_blockchain::{Error as ClientError, HeaderBackend, HeaderMetadata};
use sp_consensus_babe::Slot;
use sp_core::{H256, U256};
use sp_runtime::traits::{Block as BlockT, Header as HeaderT};
use sp_timestamp::Timestamp;
use std::sync::Arc;

/// A block may be this many slots ahead of the clock, as BABE has it: clocks differ.
const DRIFT: u64 = 1;

/// Sends a block to its lane's rules: a validator's to BABE's verifier, a miner's to the rules of work.
pub struct HybridVerifier<Block: BlockT, Client, Babe> {
	client: Arc<Client>,
	link: BabeLink<Block>,
	/// BABE's own verifier.
	babe: Babe,
	/// The difficulty that the chain never goes below.
	floor: U256,
	metrics: Metrics,
}

impl<Block: BlockT, Client, Babe> HybridVerifier<Block, Client, Babe> {
	/// A verifier that leaves validators' blocks to `babe`, and takes no miner's block easier than `floor`.
	pub fn new(client: Arc<Client>, link: BabeLink<Block>, babe: Babe, floor: U256, metrics: Metrics) -> Self {
		Self { client, link, babe, floor, metrics }
	}
}

impl<Block, Client, Babe> HybridVerifier<Block, Client, Babe>
where
	Block: BlockT<Hash = H256>,
	Client: HeaderBackend<Block> + HeaderMetadata<Block, Error = ClientError>,
	Babe: Verifier<Block>,
{
	async fn verify_validators(&self, block: BlockImportParams<Block>) -> Result<BlockImportParams<Block>, Refusal> {
		work::check_validators_header(&block.header)?;
		self.babe.verify(block).await.map_err(Refusal::Babe)
	}

	/// The cheap checks come first: what has no work behind it reaches neither database nor runtime.
	fn verify_miners(&self, mut block: BlockImportParams<Block>) -> Result<BlockImportParams<Block>, Refusal> {
		let hash = block.header.hash();
		let seal = block.header.digest_mut().pop().ok_or(digest::DigestError::Unsealed)?;
		let claim = work::check_header(&block.header, &seal, self.floor)?;
		let now = Slot::from_timestamp(Timestamp::current(), self.link.config().slot_duration());
		if claim.slot > now + DRIFT {
			return Err(Refusal::Future { slot: claim.slot, now });
		}
		let parent = work::check_parent(&*self.client, &block.header, &claim)?;
		let epoch = epoch_of_child(&self.link, &*self.client, &parent, claim.slot)?;

		block.post_digests.push(seal);
		block.post_hash = Some(hash);
		block.insert_intermediate(INTERMEDIATE_KEY, epoch);
		Ok(block)
	}
}

#[async_trait::async_trait]
impl<Block, Client, Babe> Verifier<Block> for HybridVerifier<Block, Client, Babe>
where
	Block: BlockT<Hash = H256>,
	Client: HeaderBackend<Block> + HeaderMetadata<Block, Error = ClientError> + Send + Sync,
	Babe: Verifier<Block>,
{
	async fn verify(&self, block: BlockImportParams<Block>) -> Result<BlockImportParams<Block>, String> {
		if is_vouched_for(&*self.client, &block) {
			return Ok(block);
		}
		let verdict = match digest::lane(block.header.digest().logs().last()) {
			Ok(Lane::Validators) => self.verify_validators(block).await,
			Ok(Lane::Miners) => self.verify_miners(block),
			Err(error) => Err(error.into()),
		};
		verdict.map_err(|refusal| {
			self.metrics.refused(&refusal);
			refusal.into()
		})
	}
}
