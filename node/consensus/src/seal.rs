//! A mined block on its way into the chain.

use crate::{digest, epochs::epoch_of_child, error::Refusal, work};
use gpu_chain_primitives::pow::PowSeal;
use sc_consensus::{BlockImportParams, StateAction, StorageChanges};
use sc_consensus_babe::{BabeLink, INTERMEDIATE_KEY};
use sp_blockchain::{Error as ClientError, HeaderBackend, HeaderMetadata};
use sp_consensus::BlockOrigin;
use sp_runtime::traits::{Block as BlockT, Header as HeaderT};

/// What [`HybridBlockImport`](crate::HybridBlockImport) takes for a block that this node built and a miner sealed.
///
/// `header` is the built one, without its seal, whose first logs are those of [`digest::pow_pre_digests`]. Whether the
/// seal is work enough is checked at import; so is the difficulty. Which head is best stays BABE's decision.
///
/// # Errors
/// [`Refusal::Digest`] for a header that was not built for the miners' lane, those of the parent's rules (it is gone, or
/// not a validator's block one slot before), [`Refusal::Epochs`] and [`Refusal::Client`] when the chain cannot be read.
pub fn import_params<Block: BlockT, Client>(
	link: &BabeLink<Block>,
	client: &Client,
	header: Block::Header,
	seal: PowSeal,
	body: Vec<Block::Extrinsic>,
	storage_changes: sp_api::StorageChanges<Block>,
) -> Result<BlockImportParams<Block>, Refusal>
where
	Client: HeaderBackend<Block> + HeaderMetadata<Block, Error = ClientError>,
{
	let claim = digest::read_claim(header.digest().logs())?;
	let parent = work::check_parent(client, &header, &claim)?;
	let epoch = epoch_of_child(link, client, &parent, claim.slot)?;

	let mut block = BlockImportParams::<Block>::new(BlockOrigin::Own, header);
	block.post_digests.push(digest::pow_seal(&seal));
	block.post_hash = Some(block.post_header().hash());
	block.body = Some(body);
	block.state_action = StateAction::ApplyChanges(StorageChanges::Changes(storage_changes));
	block.insert_intermediate(INTERMEDIATE_KEY, epoch);
	Ok(block)
}
