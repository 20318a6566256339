//! Validators that made two blocks in one slot, and telling the runtime.
//!
//! The proof needs the headers with their seals. BABE's own import (0.60) passes them without: its verifier, which used
//! to look for equivocations, left that to the import, where the seal has already been taken off. The runtime refuses such
//! a proof, because it finds no signature in it.

use sc_client_api::AuxStore;
use sc_consensus::BlockImportParams;
use sc_consensus_babe::{BabeIntermediate, BabeLink, Epoch, INTERMEDIATE_KEY};
use sc_consensus_slots::check_equivocation;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_api::{ApiError, ApiExt, ProvideRuntimeApi};
use sp_blockchain::{Error as ClientError, HeaderBackend};
use sp_consensus::{BlockOrigin, Error as ConsensusError, SelectChain};
use sp_consensus_babe::{digests::PreDigest, AuthorityId, BabeApi, EquivocationProof, Slot};
use sp_runtime::traits::{Block as BlockT, Header as HeaderT};
use sp_timestamp::Timestamp;
use std::sync::Arc;

const LOG_TARGET: &str = "equivocation";

/// Why an equivocation could not be looked for or reported. The block is imported all the same.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
	/// The block carries no slot, or no author.
	#[error("the author of the block is not known: {0}")]
	NoAuthor(String),
	/// The headers of the slot cannot be read or written.
	#[error(transparent)]
	Client(#[from] ClientError),
	/// There is no best block to report on.
	#[error(transparent)]
	NoBest(#[from] ConsensusError),
	/// The runtime took no report.
	#[error(transparent)]
	Runtime(#[from] ApiError),
}

/// Remembers who made a block in which slot, and reports who made two.
pub struct Equivocations<Block: BlockT, Client, Heads> {
	client: Arc<Client>,
	link: BabeLink<Block>,
	heads: Heads,
	pool: OffchainTransactionPoolFactory<Block>,
}

// Not derived, because the client need not be `Clone`.
impl<Block: BlockT, Client, Heads: Clone> Clone for Equivocations<Block, Client, Heads> {
	fn clone(&self) -> Self {
		Self {
			client: self.client.clone(),
			link: self.link.clone(),
			heads: self.heads.clone(),
			pool: self.pool.clone(),
		}
	}
}

impl<Block, Client, Heads> Equivocations<Block, Client, Heads>
where
	Block: BlockT,
	Client: HeaderBackend<Block> + AuxStore + ProvideRuntimeApi<Block>,
	Client::Api: BabeApi<Block> + ApiExt<Block>,
	Heads: SelectChain<Block>,
{
	/// Reports on the best of `heads`, by way of `pool`.
	pub fn new(
		client: Arc<Client>,
		link: BabeLink<Block>,
		heads: Heads,
		pool: OffchainTransactionPoolFactory<Block>,
	) -> Self {
		Self { client, link, heads, pool }
	}

	/// Remembers a validator's block whose seal has been checked, and returns the proof if its author made another in the
	/// same slot. A block that came by synchronisation is too old to report.
	///
	/// # Errors
	/// [`ReportError::NoAuthor`] and [`ReportError::Client`].
	pub fn look(
		&self,
		block: &BlockImportParams<Block>,
	) -> Result<Option<EquivocationProof<Block::Header>>, ReportError> {
		if block.origin == BlockOrigin::NetworkInitialSync {
			return Ok(None);
		}
		let digest = sc_consensus_babe::find_pre_digest::<Block>(&block.header)
			.map_err(|error| ReportError::NoAuthor(error.to_string()))?;
		let author = self.author(block, &digest)?;
		let now = Slot::from_timestamp(Timestamp::current(), self.link.config().slot_duration());
		Ok(check_equivocation(&*self.client, now, digest.slot(), &block.post_header(), &author)?)
	}

	/// Reports an equivocation, unless the runtime does not know the offender any more.
	///
	/// # Errors
	/// [`ReportError::NoBest`] and [`ReportError::Runtime`].
	pub async fn report(
		&self,
		parent: Block::Hash,
		proof: EquivocationProof<Block::Header>,
	) -> Result<(), ReportError> {
		let EquivocationProof { slot, offender, first_header, second_header } = &proof;
		log::info!(
			target: LOG_TARGET,
			"{offender} made two blocks in slot {slot}: {} and {}",
			first_header.hash(),
			second_header.hash(),
		);
		let best = self.heads.best_chain().await?.hash();
		// The offender's key is proved by the session of the block. The first block of a session has the one before as its
		// parent, so the best block is asked too. One instance of the API answers for one block only.
		let ownership = |at| self.client.runtime_api().generate_key_ownership_proof(at, *slot, offender.clone());
		let ownership = match ownership(parent)? {
			Some(proof) => Some(proof),
			None => ownership(best)?,
		};
		let Some(ownership) = ownership else {
			log::debug!(target: LOG_TARGET, "{offender} is no validator any more");
			return Ok(());
		};
		let mut runtime = self.client.runtime_api();
		runtime.register_extension(self.pool.offchain_transaction_pool(best));
		runtime.submit_report_equivocation_unsigned_extrinsic(best, proof, ownership)?;
		Ok(())
	}

	fn author(&self, block: &BlockImportParams<Block>, digest: &PreDigest) -> Result<AuthorityId, ReportError> {
		let descriptor = &block
			.get_intermediate::<BabeIntermediate<Block>>(INTERMEDIATE_KEY)
			.map_err(|error| ReportError::NoAuthor(error.to_string()))?
			.epoch_descriptor;
		let epochs = self.link.epoch_changes().shared_data();
		let epoch = epochs.viable_epoch(descriptor, |slot| Epoch::genesis(self.link.config(), slot));
		epoch
			.as_ref()
			.and_then(|epoch| epoch.as_ref().authorities.get(digest.authority_index() as usize))
			.map(|(author, _)| author.clone())
			.ok_or_else(|| ReportError::NoAuthor("the epoch does not have that many".into()))
	}
}
