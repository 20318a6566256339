//! Where a block came from, past BABE's import.
//!
//! BABE's import looks for equivocations by headers without their seals, so that the runtime refuses what it reports, and
//! would take two miners' blocks in one slot for an equivocation of the first validator. It looks for none while a node
//! synchronises; so that is what it is told, and [`RestoreOrigin`] takes it back before GRANDPA and the client, which ask
//! GRANDPA's justifications and block announcements by it. Looking is [`crate::equivocation`]'s task.

use sc_consensus::{BlockCheckParams, BlockImport, BlockImportParams, ImportResult};
use sp_consensus::BlockOrigin;
use sp_runtime::traits::Block as BlockT;

/// Where the true origin travels.
const KEY: &[u8] = b"gpu-chain/origin";

/// The origin that the block came with.
struct TrueOrigin(BlockOrigin);

/// Lets the block pass BABE's import without its look for equivocations. A [`RestoreOrigin`] must come after that.
pub(crate) fn hide_origin<Block: BlockT>(block: &mut BlockImportParams<Block>) {
	block.insert_intermediate(KEY, TrueOrigin(block.origin));
	block.origin = BlockOrigin::NetworkInitialSync;
}

/// Gives a block the origin back that it came with. It stands right behind BABE's import.
#[derive(Clone)]
pub struct RestoreOrigin<Inner> {
	inner: Inner,
}

impl<Inner> RestoreOrigin<Inner> {
	/// Hands blocks on to `inner`.
	pub fn new(inner: Inner) -> Self {
		Self { inner }
	}
}

#[async_trait::async_trait]
impl<Block: BlockT, Inner: BlockImport<Block> + Send + Sync> BlockImport<Block> for RestoreOrigin<Inner> {
	type Error = Inner::Error;

	async fn check_block(&self, block: BlockCheckParams<Block>) -> Result<ImportResult, Self::Error> {
		self.inner.check_block(block).await
	}

	async fn import_block(&self, mut block: BlockImportParams<Block>) -> Result<ImportResult, Self::Error> {
		// Blocks that synchronisation vouches for kept theirs.
		if let Ok(TrueOrigin(origin)) = block.remove_intermediate(KEY) {
			block.origin = origin;
		}
		self.inner.import_block(block).await
	}
}
