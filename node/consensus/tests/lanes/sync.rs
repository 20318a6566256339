//! Blocks that synchronisation vouches for.

use crate::support::*;
use futures::executor::block_on;
use sc_consensus::{import_queue::Verifier, BlockImportParams, ImportedState, StateAction, StorageChanges};
use sp_consensus::BlockOrigin;
use sp_state_machine::KeyValueStates;

/// A header that no rule allows.
fn nonsense(chain: &Chain) -> Header {
	chain.build(&chain.genesis(), Vec::new(), 0)
}

#[test]
fn a_block_of_a_warp_proof_should_pass_unchanged() {
	let chain = Chain::new();
	let header = nonsense(&chain);
	let block = BlockImportParams::new(BlockOrigin::WarpSync, header.clone());
	let block = block_on(chain.verifier.verify(block)).unwrap();
	assert_eq!(block.header, header);
	assert!(block.post_digests.is_empty() && block.intermediates.is_empty());
}

#[test]
fn a_block_with_its_whole_state_should_pass_unchanged() {
	let chain = Chain::new();
	let header = nonsense(&chain);
	let mut block = BlockImportParams::new(BlockOrigin::NetworkInitialSync, header.clone());
	let state = ImportedState { block: header.hash(), state: KeyValueStates(Vec::new()) };
	block.state_action = StateAction::ApplyChanges(StorageChanges::Import(state));
	let block = block_on(chain.verifier.verify(block)).unwrap();
	assert_eq!(block.header, header);
	assert!(block.post_digests.is_empty() && block.intermediates.is_empty());
}

#[test]
fn any_other_origin_should_not_open_the_door() {
	let chain = Chain::new();
	for origin in [
		BlockOrigin::NetworkInitialSync,
		BlockOrigin::NetworkBroadcast,
		BlockOrigin::ConsensusBroadcast,
		BlockOrigin::Own,
		BlockOrigin::File,
		BlockOrigin::GapSync,
	] {
		let block = BlockImportParams::new(origin, nonsense(&chain));
		assert!(block_on(chain.verifier.verify(block)).is_err(), "{origin:?}");
	}
}

/// A node that warp synced to a miner's block: it has the block's state and not what came before, then follows the chain,
/// then fills the gap.
#[test]
fn a_miners_block_should_be_a_target_of_warp_sync_and_the_gap_below_should_fill() {
	let mut source = Chain::new();
	let first = source.start();
	let second = source.must_take(source.validators_block(&first, slot_of(&first) + 2, 0));
	let target = source.must_take(source.miners_block(&second, 0));
	let next = source.must_take(source.validators_block(&target, slot_of(&target) + 1, 0));

	let mut chain = Chain::new();
	chain.import_state(&target, slot_of(&first));
	assert_eq!(chain.best().hash(), target.hash());
	let gap = chain.client_info().block_gap.expect("two blocks are missing");
	assert_eq!((gap.start, gap.end), (1, 2));

	chain.must_take(next.clone());
	assert_eq!(chain.best().hash(), next.hash());
	assert_eq!(chain.last_seen(), (BlockOrigin::NetworkBroadcast, 0));

	// Nobody looks at the seals down there: the blocks hang on one that is final.
	for header in [&first, &second] {
		let mut block = incoming(header);
		block.skip_execution = true;
		chain.take_incoming(BlockOrigin::GapSync, block).unwrap();
		assert_eq!(chain.last_seen(), (BlockOrigin::GapSync, 0));
	}
	assert_eq!(chain.client_info().block_gap, None);
	assert_eq!(chain.best().hash(), next.hash());
}
