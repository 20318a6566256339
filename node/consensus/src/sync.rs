//! Blocks that synchronisation vouches for.

use sc_consensus::BlockImportParams;
use sp_blockchain::HeaderBackend;
use sp_consensus::BlockOrigin;
use sp_runtime::traits::{Block as BlockT, Header as HeaderT};

/// Whether the block came with a proof of finality or hangs on one that did, so that nobody looks at its seal: blocks of
/// a warp proof, the one whose whole state is imported, and those that fill the gap below it. There is no parent's state to check them by.
///
/// The rule of BABE, which keeps it private; the two must not differ.
pub fn is_vouched_for<Block: BlockT>(client: &impl HeaderBackend<Block>, block: &BlockImportParams<Block>) -> bool {
	let number = *block.header.number();
	block.origin == BlockOrigin::WarpSync
		|| block.with_state()
		|| client.info().block_gap.is_some_and(|gap| gap.start <= number && number <= gap.end)
}
