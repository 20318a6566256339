//! What clients and other pallets read.

use crate::{mock::*, *};
use gpu_chain_primitives::pow::PowStats;
use sp_runtime::Digest;

fn entropy() -> Option<sp_core::H256> {
	WorkEntropy::<Test>::get()
}

#[test]
fn there_is_no_work_on_genesis_nor_too_soon_nor_on_a_miner() {
	build_and_execute(|| {
		assert_eq!(HybridPow::next_work(), None);
		for _ in 1..SPACING {
			validator_block();
			assert_eq!(HybridPow::next_work(), None);
		}
		validator_block();
		assert_eq!(HybridPow::next_work(), Some(Difficulty::<Test>::get()));
		validator_block();
		assert_eq!(HybridPow::next_work(), Some(Difficulty::<Test>::get()), "and it goes on until somebody finds it");
		miner_block(MINER);
		assert_eq!(HybridPow::next_work(), None);
		validator_block();
		assert_eq!(HybridPow::next_work(), None);
	});
}

#[test]
fn an_open_lane_without_spacing_still_needs_a_validators_block() {
	assert!(!LaneState::default().is_open(0));
	assert!(LaneState::default().after_validator(2).is_open(0));
	assert!(!LaneState::default().after_validator(2).after_miner(3).is_open(0));
}

#[test]
fn stats_count_blocks() {
	build_and_execute(|| {
		validator_blocks(SPACING + 2);
		miner_block(MINER);
		validator_blocks(3);
		assert_eq!(
			HybridPow::stats(),
			PowStats {
				difficulty: Difficulty::<Test>::get(),
				validator_blocks_since: 3,
				spacing: SPACING,
				miner_blocks: 1,
				validator_blocks: u64::from(SPACING) + 5,
			}
		);
	});
}

#[test]
fn the_miner_is_read_from_the_digest() {
	build_and_execute(|| {
		validator_blocks(SPACING);
		assert_eq!(HybridPow::miner(), None);
		let number = System::block_number() + 1;
		let logs = vec![pow(MINER, Difficulty::<Test>::get()), babe(slot() + 1, 0)];
		System::initialize(&number, &hash_of(number - 1), &Digest { logs });
		assert_eq!(HybridPow::miner(), Some(MINER), "before any hook");
	});
}

#[test]
fn entropy_is_the_hash_of_the_newest_miners_block_below() {
	build_and_execute(|| {
		validator_blocks(SPACING);
		assert_eq!(entropy(), None);
		miner_block(MINER);
		let mined = System::block_number();
		assert_eq!(entropy(), None, "a block does not know its own hash");
		validator_block();
		assert_eq!(entropy(), Some(hash_of(mined)));
		validator_blocks(SPACING);
		assert_eq!(entropy(), Some(hash_of(mined)), "it stays until the next");
		miner_block(MINER);
		validator_block();
		assert_eq!(entropy(), Some(hash_of(mined + u64::from(SPACING) + 2)));
	});
}

#[test]
fn the_hook_states_what_it_weighs() {
	build_and_execute(|| {
		assert_eq!(validator_block(), <() as WeightInfo>::on_initialize_validator());
		assert_eq!(next_miner_block(MINER), <() as WeightInfo>::on_initialize_miner());
		assert_eq!(validator_block(), <() as WeightInfo>::on_initialize_includer());
	});
}
