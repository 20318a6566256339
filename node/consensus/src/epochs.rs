//! Under which epoch a block stands: what BABE's verifier leaves for BABE's import.

use crate::error::Refusal;
use sc_consensus_babe::{BabeIntermediate, BabeLink};
use sc_consensus_epochs::descendent_query;
use sp_blockchain::{Error as ClientError, HeaderBackend, HeaderMetadata};
use sp_consensus_babe::Slot;
use sp_runtime::traits::{Block as BlockT, Header as HeaderT};

/// The epoch of the child of `parent` in that slot.
///
/// # Errors
/// [`Refusal::Epochs`] when the tree of epochs cannot be read or has none for the parent.
pub fn epoch_of_child<Block: BlockT, Client>(
	link: &BabeLink<Block>,
	client: &Client,
	parent: &Block::Header,
	slot: Slot,
) -> Result<BabeIntermediate<Block>, Refusal>
where
	Client: HeaderBackend<Block> + HeaderMetadata<Block, Error = ClientError>,
{
	let hash = parent.hash();
	let epoch_descriptor = link
		.epoch_changes()
		.shared_data()
		.epoch_descriptor_for_child_of(descendent_query(client), &hash, *parent.number(), slot)
		.map_err(|error| Refusal::Epochs(error.to_string()))?
		.ok_or_else(|| Refusal::Epochs(format!("no epoch is known for a child of {hash:?}")))?;
	Ok(BabeIntermediate { epoch_descriptor })
}
