//! The node that the keeper really works on.

use super::{Content, Error, Imported, Node, Template};
use crate::digest::pow_pre_digests;
use async_trait::async_trait;
use futures::{channel::oneshot, FutureExt};
use gpu_chain_primitives::pow::is_pow_slot;
use gpu_chain_runtime_api::HybridPowApi;
use sc_block_builder::{BlockBuilderApi, BlockBuilderBuilder};
use sc_consensus::{BlockImport, BlockImportParams, ImportResult, JustificationSyncLink};
use sp_api::{ApiExt, CallApiAt, ProvideRuntimeApi};
use sp_blockchain::{ApplyExtrinsicFailed, HeaderBackend};
use sp_consensus::{Environment, Proposal, ProposeArgs, Proposer, SyncOracle};
use sp_consensus_babe::{Slot, SlotDuration};
use sp_core::{traits::SpawnNamed, H256, U256};
use sp_inherents::{InherentData, InherentDataProvider as _};
use sp_runtime::{
	traits::{Block as BlockT, Header as HeaderT, UniqueSaturatedInto},
	AccountId32, Digest,
};
use std::{
	future::Future,
	sync::{Arc, Mutex, PoisonError},
	time::Duration,
};

/// The group of the tasks in metrics.
const TASK_GROUP: &str = "mining";

/// The changes that a block makes to the state.
pub type Changes<Block> = sp_api::StorageChanges<Block>;

/// Makes the import of a block out of its header without the seal, the nonce, the body and the changes. May block.
pub type Seal<Block> = Arc<
	dyn Fn(
			<Block as BlockT>::Header,
			[u8; 32],
			Vec<<Block as BlockT>::Extrinsic>,
			Changes<Block>,
		) -> Result<BlockImportParams<Block>, Error>
		+ Send
		+ Sync,
>;

/// What miners' blocks are built from and imported by.
pub struct Live<Block: BlockT, Client, Env, Import, Oracle, Link> {
	/// The chain.
	pub client: Arc<Client>,
	/// Builds full blocks. The lock is held only to begin.
	pub proposers: Mutex<Env>,
	/// The way of a block into the chain.
	pub block_import: Import,
	/// Makes its import out of a sealed block.
	pub seal: Seal<Block>,
	/// Whether the node catches up, or has no peers.
	pub sync_oracle: Oracle,
	/// Asked for justifications where an import wants one.
	pub justification_sync_link: Link,
	/// Runs what would block.
	pub spawner: Arc<dyn SpawnNamed>,
	/// How long a slot is.
	pub slot_duration: SlotDuration,
	/// Whether to work without peers: for a chain of one node.
	pub force: bool,
	/// Who is paid.
	pub author: AccountId32,
}

/// Why there is no block.
#[derive(Debug, thiserror::Error)]
enum Problem {
	#[error("the head {0:?} is not in the database")]
	NoHeader(H256),
	#[error("block builder ended without an answer")]
	NoAnswer,
	#[error("the import refused it: {0}")]
	Refused(&'static str),
}

/// Where a miner's block may stand, and what it must say.
struct Place<Header> {
	parent: Header,
	slot: Slot,
	difficulty: U256,
}

/// The time that a miner's block says: the first millisecond of its slot, whatever the clock says.
///
/// A miner's block has its parent's slot plus one, and the runtime refuses a time that is not in the block's slot. The
/// clock need not be: work for slot `n + 1` begins in slot `n`, and may be found long after. The runtime raises a time
/// that is less than half a slot after the parent's to that; as the parent's is in the slot before, what comes out is in
/// the first half of this one. So the time depends on the parent alone, and leaves the next validator all of its slot.
fn time_of(slot: Slot, slot_duration: SlotDuration) -> u64 {
	slot.saturating_mul(slot_duration.as_millis())
}

async fn inherent_data(slot: Slot, slot_duration: SlotDuration) -> Result<InherentData, sp_inherents::Error> {
	let time = sp_timestamp::InherentDataProvider::new(time_of(slot, slot_duration).into());
	let slot = sp_consensus_babe::inherents::InherentDataProvider::new(slot);
	(slot, time).create_inherent_data().await
}

/// Where a miner's block on `parent` may stand.
fn place<Block, Client>(client: &Client, parent: H256) -> Result<Option<Place<Block::Header>>, Error>
where
	Block: BlockT<Hash = H256>,
	Client: ProvideRuntimeApi<Block> + HeaderBackend<Block>,
	Client::Api: HybridPowApi<Block>,
{
	let Some(difficulty) = client.runtime_api().next_work(parent)? else { return Ok(None) };
	let parent = client.header(parent)?.ok_or(Problem::NoHeader(parent))?;
	let slot = sc_consensus_babe::find_pre_digest::<Block>(&parent)?.slot() + 1;
	Ok(is_pow_slot(*slot).then_some(Place { parent, slot, difficulty }))
}

/// Builds a block with inherents only. This blocks.
fn build_small<Block, Client>(
	client: &Client,
	parent: &Block::Header,
	digest: Digest,
	inherents: InherentData,
) -> Result<Proposal<Block>, Error>
where
	Block: BlockT<Hash = H256>,
	Client: ProvideRuntimeApi<Block> + CallApiAt<Block>,
	Client::Api: BlockBuilderApi<Block> + ApiExt<Block>,
{
	let mut builder = BlockBuilderBuilder::new(client)
		.on_parent_block(parent.hash())
		.with_parent_block_number(*parent.number())
		.with_inherent_digests(digest)
		.build()?;
	for inherent in builder.create_inherents(inherents)? {
		match builder.push(inherent) {
			Ok(()) => (),
			// As validators do it: a block can do without an inherent that is not mandatory.
			Err(sp_blockchain::Error::ApplyExtrinsicFailed(ApplyExtrinsicFailed::Validity(error)))
				if !error.was_mandatory() => {}
			Err(error) => return Err(error.into()),
		}
	}
	let (block, storage_changes) = builder.build()?.into_inner();
	Ok(Proposal { block, storage_changes })
}

impl<Block: BlockT, Client, Env, Import, Oracle, Link> Live<Block, Client, Env, Import, Oracle, Link> {
	/// Runs `task` in a thread of its own and waits for it. It goes on if the caller does not wait.
	async fn apart<R: Send + 'static>(
		&self,
		name: &'static str,
		task: impl Future<Output = R> + Send + 'static,
	) -> Result<R, Problem> {
		let (sender, receiver) = oneshot::channel();
		let task = async move { _ = sender.send(task.await) };
		self.spawner.spawn_blocking(name, Some(TASK_GROUP), task.boxed());
		receiver.await.map_err(|_| Problem::NoAnswer)
	}

	/// How long transactions are put into a block: a quarter of a slot, because everybody must still execute it before
	/// the next validator's turn.
	fn building_time(&self) -> Duration {
		self.slot_duration.as_duration() / 4
	}
}

#[async_trait]
impl<Block, Client, Env, Import, Oracle, Link> Node for Live<Block, Client, Env, Import, Oracle, Link>
where
	Block: BlockT<Hash = H256>,
	Client: ProvideRuntimeApi<Block> + CallApiAt<Block> + HeaderBackend<Block> + Send + Sync + 'static,
	Client::Api: HybridPowApi<Block> + BlockBuilderApi<Block> + ApiExt<Block>,
	Env: Environment<Block> + Send + 'static,
	Env::Error: std::error::Error + Send + Sync + 'static,
	Import: BlockImport<Block> + Clone + Send + Sync + 'static,
	Import::Error: std::error::Error + Send + Sync + 'static,
	Oracle: SyncOracle + Send + Sync + 'static,
	Link: JustificationSyncLink<Block> + Clone + 'static,
{
	type Build = Proposal<Block>;

	fn head(&self) -> H256 {
		self.client.info().best_hash
	}

	fn is_ready(&self) -> bool {
		!self.sync_oracle.is_major_syncing() && (self.force || !self.sync_oracle.is_offline())
	}

	async fn build(&self, parent: H256, content: Content) -> Result<Option<Template<Self::Build>>, Error> {
		let (client, author, slot_duration) = (self.client.clone(), self.author.clone(), self.slot_duration);
		// All that the small template takes is done in one go: this is the time in which miners have no work.
		let begin = async move {
			let Some(place) = place::<Block, _>(&*client, parent)? else { return Ok(None) };
			let inherents = inherent_data(place.slot, slot_duration).await?;
			let digest = Digest { logs: pow_pre_digests(author, place.difficulty, place.slot) };
			let small = match content {
				Content::Inherents => {
					Some(build_small::<Block, _>(&*client, &place.parent, digest.clone(), inherents.clone())?)
				}
				Content::Full => None,
			};
			Ok::<_, Error>(Some((place, digest, inherents, small)))
		};
		let Some((place, inherent_digests, inherent_data, small)) = self.apart("pow-template", begin).await?? else {
			return Ok(None);
		};
		let build = match small {
			Some(small) => small,
			None => {
				let proposer = self.proposers.lock().unwrap_or_else(PoisonError::into_inner).init(&place.parent);
				let max_duration = self.building_time();
				let args = ProposeArgs { inherent_data, inherent_digests, max_duration, ..Default::default() };
				// The proposer sees to a thread of its own.
				proposer.await?.propose(args).await?
			}
		};
		let header = build.block.header();
		Ok(Some(Template {
			pre_hash: header.hash(),
			parent_hash: parent,
			number: (*header.number()).unique_saturated_into(),
			slot: *place.slot,
			difficulty: place.difficulty,
			build,
		}))
	}

	async fn import(&self, build: Self::Build, nonce: [u8; 32]) -> Result<Imported, Error> {
		let (header, body) = build.block.deconstruct();
		let (seal, block_import, link) =
			(self.seal.clone(), self.block_import.clone(), self.justification_sync_link.clone());
		let import = async move {
			let params = seal(header, nonce, body, build.storage_changes)?;
			let (hash, number) = (params.post_hash(), *params.header.number());
			let result = block_import.import_block(params).await?;
			// As BABE does it with a block of its own. The network announces whatever the client says was imported.
			result.handle_justification(&hash, number, &link);
			Ok::<_, Error>(result)
		};
		match self.apart("pow-import", import).await?? {
			ImportResult::Imported(aux) if aux.is_new_best => Ok(Imported::Best),
			ImportResult::Imported(_) => Ok(Imported::Late),
			ImportResult::AlreadyInChain => Ok(Imported::Known),
			ImportResult::KnownBad => Err(Problem::Refused("it is known to be bad").into()),
			ImportResult::UnknownParent => Err(Problem::Refused("its parent is unknown").into()),
			ImportResult::MissingState => Err(Problem::Refused("its parent's state is missing").into()),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_inherents::InherentData;

	const SLOT: SlotDuration = SlotDuration::from_millis(3_000);

	fn time_in(data: &InherentData) -> u64 {
		data.get_data::<sp_timestamp::InherentType>(&sp_timestamp::INHERENT_IDENTIFIER).unwrap().unwrap().as_millis()
	}

	#[test]
	fn the_time_should_lie_in_the_slot_wherever_the_parents_lay_in_its_own() {
		let (parent, slot, length) = (1_000u64, 1_001u64, SLOT.as_millis());
		let data = futures::executor::block_on(inherent_data(slot.into(), SLOT)).unwrap();
		assert_eq!(
			data.get_data::<Slot>(&sp_consensus_babe::inherents::INHERENT_IDENTIFIER).unwrap(),
			Some(slot.into())
		);
		for parents_time in [parent * length, parent * length + 1_500, parent * length + length - 1] {
			// What pallet-timestamp makes of it.
			let time = time_in(&data).max(parents_time + length / 2);
			assert_eq!(time / length, slot, "{parents_time}");
			assert!(time + length / 2 <= (slot + 1) * length + length / 2, "the next validator's slot is not passed");
		}
	}
}
