//! How a block becomes part of the chain.

use crate::support::*;
use futures::{executor::block_on, StreamExt};
use gpu_chain_consensus::{
	digest::{pow_pre_digests, pow_seal},
	import_params, import_queue, ImportQueueParams, Metrics, Refusal,
};
use gpu_chain_primitives::pow::PowSeal;
use sc_client_api::{Backend as _, BlockchainEvents};
use sc_consensus::{
	import_queue::{BlockImportError, BlockImportStatus},
	BlockImportParams, ImportResult, StateAction,
};
use sc_consensus_babe::block_weight;
use sp_api::{ApiExt, Core, ProvideRuntimeApi};
use sp_consensus::{BlockOrigin, Error as ConsensusError};
use sp_consensus_babe::{ConsensusLog, BABE_ENGINE_ID};
use sp_core::{testing::TaskExecutor, U256};
use sp_runtime::{traits::Block as _, DigestItem};

fn weight(chain: &Chain, header: &Header) -> u32 {
	block_weight(&*chain.client, header.hash()).unwrap().expect("every block has a weight")
}

/// What a miner's node makes of its own block.
fn own_block(chain: &Chain, parent: &Header, difficulty: U256) -> Result<BlockImportParams<Block>, Refusal> {
	let header = chain.build(parent, pow_pre_digests(bob(), difficulty, (slot_of(parent) + 1).into()), 0);
	let seal: PowSeal = nonce(&header, difficulty, true);
	let runtime = chain.client.runtime_api();
	runtime.execute_block(parent.hash(), Block::new(header.clone(), Vec::new()).into()).unwrap();
	let state = chain.backend.state_at(parent.hash(), sc_client_api::TrieCacheContext::Untrusted).unwrap();
	let changes = runtime.into_storage_changes(&state, parent.hash()).unwrap();
	import_params(&chain.link, &*chain.client, header, seal, Vec::new(), changes)
}

/// The refusal inside an import's error.
fn refusal(error: ConsensusError) -> Refusal {
	match error {
		ConsensusError::Other(error) => *error.downcast().expect("a refusal"),
		other => panic!("not a refusal: {other}"),
	}
}

#[test]
fn both_lanes_should_make_one_chain() {
	let mut chain = Chain::new();
	let mut parent = chain.start();
	for _ in 0..5 {
		parent = chain.must_take(chain.miners_block(&parent, 0));
		assert_eq!(chain.best(), parent, "the stored header has its seal");
		parent = chain.must_take(chain.validators_block(&parent, slot_of(&parent) + 1, 0));
		assert_eq!(chain.best(), parent);
	}
	assert_eq!(chain.best().number, 11);
	assert_eq!(chain.count("gpu_chain_blocks_imported_total", "validators"), 6);
	assert_eq!(chain.count("gpu_chain_blocks_imported_total", "miners"), 5);
}

#[test]
fn epochs_should_change_around_miners_blocks() {
	let mut chain = Chain::with_epochs_of(6);
	let mut parent = chain.start();
	// Eight epochs of three even slots, the odd ones filled, and two epochs skipped.
	for n in 0..24 {
		parent = chain.must_take(chain.miners_block(&parent, 0));
		let slot = slot_of(&parent) + if n == 11 { 13 } else { 1 };
		parent = chain.must_take(chain.validators_block(&parent, slot, 0));
	}
	assert_eq!(chain.best(), parent);
	let slots = slot_of(&parent) - first_slot_of(&chain);
	assert_eq!(slots, 24 * 2 + 12);
}

fn first_slot_of(chain: &Chain) -> u64 {
	let mut header = chain.best();
	while header.number > 1 {
		header = chain.header(header.parent_hash);
	}
	slot_of(&header)
}

#[test]
fn a_miners_block_should_not_announce_an_epoch() {
	let mut chain = Chain::new();
	let genesis = chain.genesis();
	let first = chain.start();
	let announced =
		chain.validators_logs(&genesis, slot_of(&first)).pop().expect("the first block announces the next epoch");
	assert!(matches!(announced, DigestItem::Consensus(BABE_ENGINE_ID, _)));
	let mut logs = miners_logs(slot_of(&first) + 1);
	logs.push(announced);
	let error = chain.take(&mine(chain.build(&first, logs, 0))).unwrap_err();
	assert!(error.to_string().contains("Unexpected epoch change"), "{error}");
	// Another log of BABE's runtime is no matter.
	let mut logs = miners_logs(slot_of(&first) + 1);
	logs.push(DigestItem::Consensus(BABE_ENGINE_ID, codec::Encode::encode(&ConsensusLog::OnDisabled(3))));
	chain.must_take(mine(chain.build(&first, logs, 0)));
}

#[test]
fn a_miners_block_should_weigh_nothing_and_its_child_what_it_won() {
	let mut chain = Chain::new();
	let first = chain.start();
	let mined = chain.must_take(chain.miners_block(&first, 0));
	assert_eq!(weight(&chain, &mined), weight(&chain, &first));
	let secondary = chain.must_take(chain.validators_block(&mined, chain.slot_after(&mined, false), 0));
	assert_eq!(weight(&chain, &secondary), weight(&chain, &mined));
	let primary = chain.must_take(chain.validators_block(&mined, chain.slot_after(&mined, true), 0));
	assert_eq!(weight(&chain, &primary), weight(&chain, &mined) + 1);
	assert_eq!(chain.best(), primary, "the heavier one of two as long");
}

#[test]
fn a_late_miners_block_should_lose_to_a_primary_and_beat_nothing_as_long() {
	let mut chain = Chain::new();
	let first = chain.start();
	let late = chain.miners_block(&first, 0);
	let primary = chain.must_take(chain.validators_block(&first, chain.slot_after(&first, true), 0));
	chain.must_take(late.clone());
	assert_eq!(chain.best(), primary);
	// A validator's block on it that won nothing is longer, and still lighter.
	let child = chain.must_take(chain.validators_block(&late, chain.slot_after(&late, false), 0));
	assert_eq!(child.number, primary.number + 1);
	assert_eq!(chain.best(), primary);
}

#[test]
fn another_difficulty_than_the_one_due_should_be_refused() {
	let mut chain = Chain::new();
	let first = chain.start();
	let due = U256::from(2 * FLOOR);
	*chain.answers.due.lock().unwrap() = Some(due);
	for claimed in [FLOOR, 2 * FLOOR - 1, 2 * FLOOR + 1, 1 << 10].map(U256::from) {
		let logs = pow_pre_digests(bob(), claimed, (slot_of(&first) + 1).into());
		let header = mine_at(chain.build(&first, logs, 0), claimed);
		// The peer is told off; an error would only make the node synchronise anew.
		assert!(matches!(chain.take(&header), Err(BlockImportError::BadBlock(_))));
		assert_eq!(chain.best(), first);
		let refused = refusal(chain.import(own_block(&chain, &first, claimed).unwrap()).unwrap_err());
		assert!(
			matches!(refused, Refusal::WrongDifficulty { claimed: said, due: asked } if said == claimed && asked == due),
			"{refused}"
		);
	}
	assert_eq!(chain.count("gpu_chain_blocks_refused_total", "difficulty"), 8);
	let logs = pow_pre_digests(bob(), due, (slot_of(&first) + 1).into());
	chain.must_take(mine_at(chain.build(&first, logs, 0), due));
}

#[test]
fn a_miners_block_should_be_refused_where_none_may_stand_yet() {
	let mut chain = Chain::new();
	let first = chain.start();
	*chain.answers.due.lock().unwrap() = None;
	assert!(matches!(chain.take(&chain.miners_block(&first, 0)), Err(BlockImportError::BadBlock(_))));
	let refused = refusal(chain.import(own_block(&chain, &first, FLOOR.into()).unwrap()).unwrap_err());
	assert!(matches!(refused, Refusal::TooSoon), "{refused}");
	assert_eq!(chain.count("gpu_chain_blocks_refused_total", "spacing"), 2);
}

#[test]
fn the_runtime_should_not_be_asked_when_execution_is_skipped() {
	let mut chain = Chain::new();
	let first = chain.start();
	*chain.answers.due.lock().unwrap() = None;
	let asked = chain.answers.calls_of("HybridPowApi_next_work");
	let mut block = chain.verify(&chain.miners_block(&first, 0)).unwrap();
	block.state_action = StateAction::Skip;
	assert!(matches!(chain.import(block), Ok(ImportResult::Imported(_))));
	assert_eq!(chain.answers.calls_of("HybridPowApi_next_work"), asked);
}

#[test]
fn a_block_should_be_checked_again_at_import() {
	let mut chain = Chain::new();
	let first = chain.start();
	let good = |chain: &Chain| own_block(chain, &first, FLOOR.into()).unwrap();

	let mut block = good(&chain);
	block.post_digests.clear();
	assert_eq!(refusal(chain.import(block).unwrap_err()).reason(), "digest");
	let mut block = good(&chain);
	block.post_digests.push(pow_seal(&[0; 32]));
	assert_eq!(refusal(chain.import(block).unwrap_err()).reason(), "digest");
	let mut block = good(&chain);
	block.post_digests = vec![pow_seal(&nonce(&block.header, FLOOR.into(), false))];
	assert_eq!(refusal(chain.import(block).unwrap_err()).reason(), "work");

	let slot = slot_of(&first) + 3;
	let mut signed = chain.validators_block(&first, slot, 0);
	let seal = signed.digest.pop().unwrap();
	let mut block = BlockImportParams::new(BlockOrigin::Own, signed);
	block.post_digests.push(seal);
	assert_eq!(refusal(chain.import(block).unwrap_err()).reason(), "lane");
	assert_eq!(chain.best(), first);
}

#[test]
fn the_nodes_own_mined_block_should_be_imported_without_running_it_again() {
	let mut chain = Chain::new();
	let first = chain.start();
	let block = own_block(&chain, &first, FLOOR.into()).unwrap();
	assert_eq!((block.origin, block.fork_choice), (BlockOrigin::Own, None));
	let sealed = block.post_header();
	let executed = chain.answers.calls_of("Core_execute_block");
	assert!(matches!(chain.import(block), Ok(ImportResult::Imported(aux)) if aux.is_new_best));
	assert_eq!(chain.best(), sealed);
	assert_eq!(chain.last_seen(), (BlockOrigin::Own, 0));
	assert_eq!(chain.answers.calls_of("Core_execute_block"), executed);

	// The same block from the network is the same block, and others take it.
	let mut other = Chain::new();
	other.must_take(first);
	assert!(matches!(chain.take(&sealed), Ok(BlockImportStatus::ImportedKnown(..))));
	other.must_take(sealed);
}

#[test]
fn a_mined_block_on_the_wrong_parent_should_not_even_be_tried() {
	let mut chain = Chain::new();
	let first = chain.start();
	let mined = chain.must_take(chain.miners_block(&first, 0));
	assert!(matches!(own_block(&chain, &mined, FLOOR.into()), Err(Refusal::ParentNotValidators)));
	let gone = chain.build(&first, miners_logs(slot_of(&first) + 1), 0);
	let mut orphan = gone.clone();
	orphan.parent_hash = gone.hash();
	let result = import_params(&chain.link, &*chain.client, orphan, [0; 32], Vec::new(), Default::default());
	assert!(matches!(result, Err(Refusal::UnknownParent)));
	let plain = chain.build(&first, Vec::new(), 0);
	let result = import_params(&chain.link, &*chain.client, plain, [0; 32], Vec::new(), Default::default());
	assert!(matches!(result, Err(Refusal::Digest(_))));
}

#[test]
fn every_origin_should_come_back_and_no_intermediate_be_left_over() {
	for origin in [
		BlockOrigin::NetworkInitialSync,
		BlockOrigin::NetworkBroadcast,
		BlockOrigin::ConsensusBroadcast,
		BlockOrigin::Own,
		BlockOrigin::File,
		BlockOrigin::GapSync,
	] {
		let mut chain = Chain::new();
		let first = chain.start();
		let mut imported = chain.client.import_notification_stream();
		let mut parent = first;
		for _ in 0..2 {
			let mined = chain.miners_block(&parent, 0);
			chain.take_from(origin, &mined).unwrap();
			assert_eq!(chain.last_seen(), (origin, 0));
			parent = chain.validators_block(&mined, slot_of(&mined) + 1, 0);
			chain.take_from(origin, &parent).unwrap();
			assert_eq!(chain.last_seen(), (origin, 0));
		}
		let announced =
			matches!(origin, BlockOrigin::NetworkBroadcast | BlockOrigin::ConsensusBroadcast | BlockOrigin::Own);
		if announced {
			let notices: Vec<_> = block_on(imported.by_ref().take(4).collect());
			assert!(notices.iter().all(|notice| notice.origin == origin));
		}
	}
}

#[test]
fn a_block_that_is_in_the_chain_already_should_leave_nothing_behind() {
	let mut chain = Chain::new();
	let first = chain.start();
	for header in [chain.miners_block(&first, 0), chain.validators_block(&first, slot_of(&first) + 2, 0)] {
		chain.must_take(header.clone());
		let block = chain.verify(&header).unwrap();
		assert_eq!(chain.import(block).unwrap(), ImportResult::AlreadyInChain);
		assert_eq!(chain.last_seen(), (BlockOrigin::NetworkBroadcast, 0));
	}
}

#[test]
fn the_queue_should_come_with_babes_worker() {
	let mut chain = Chain::new();
	let first = chain.start();
	let spawner = TaskExecutor::new();
	let (queue, worker) = import_queue(ImportQueueParams {
		link: chain.link.clone(),
		block_import: chain.import.clone(),
		justification_import: None,
		client: chain.client.clone(),
		floor: FLOOR.into(),
		spawner: &spawner,
		registry: None,
		metrics: Metrics::default(),
		telemetry: None,
	})
	.unwrap();
	let epoch =
		block_on(worker.epoch_data_for_child_of(first.hash(), first.number, (slot_of(&first) + 2).into())).unwrap();
	assert_eq!(*epoch.start_slot, slot_of(&first));
	drop(queue);
	assert!(block_on(worker.epoch_data()).is_ok(), "the worker does not hang on the queue");
}
