//! Benchmarks of the hook, for each kind of block at its worst.

use super::*;
use alloc::{vec, vec::Vec};
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::traits::fungible::Mutate;
use frame_system::pallet_prelude::BlockNumberFor;
use gpu_chain_primitives::{
	benchmarking::BenchmarkNodes,
	pow::{PowPreDigest, POW_ENGINE_ID, POW_VERSION},
	ResourceType,
};
use sp_consensus_babe::{
	digests::{PreDigest, SecondaryPlainPreDigest},
	BABE_ENGINE_ID,
};
use sp_runtime::{
	traits::{One, Zero},
	Digest, DigestItem,
};

/// Nodes of the miner that are no use for credit.
const PENDING_NODES: u32 = 3;

fn babe(slot: u64) -> DigestItem {
	let digest = PreDigest::SecondaryPlain(SecondaryPlainPreDigest { authority_index: 0, slot: slot.into() });
	DigestItem::PreRuntime(BABE_ENGINE_ID, digest.encode())
}

/// The next block with these digests, up to its first hook.
fn initialize<T: Config>(logs: Vec<DigestItem>) -> BlockNumberFor<T> {
	let number = frame_system::Pallet::<T>::block_number() + One::one();
	frame_system::Pallet::<T>::initialize(&number, &Default::default(), &Digest { logs });
	number
}

/// A chain whose newest block is on that slot, with an open lane if that is a validator's.
fn chain_up_to<T: Config>(slot: u64) {
	let since = if slot % 2 == 0 { T::Spacing::get().max(1) } else { 0 };
	Lane::<T>::put(LaneState {
		slot: Some(slot),
		validator_blocks_since: since,
		validator_blocks: 1_000 + u64::from(since),
		miner_blocks: 1,
	});
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn on_initialize_validator() {
		chain_up_to::<T>(1_000);
		let number = initialize::<T>(vec![babe(1_002)]);

		#[block]
		{
			Pallet::<T>::on_initialize(number);
		}

		assert_eq!(Lane::<T>::get().slot, Some(1_002));
	}

	#[benchmark]
	fn on_initialize_includer() {
		chain_up_to::<T>(1_001);
		let number = initialize::<T>(vec![babe(1_002)]);

		#[block]
		{
			Pallet::<T>::on_initialize(number);
		}

		assert!(LatestWork::<T>::exists());
		assert!(!TotalMinted::<T>::get().is_zero(), "without an author the bonus costs nothing");
	}

	#[benchmark]
	fn on_initialize_miner() {
		let miner: T::AccountId = account("miner", 0, 0);
		T::BenchmarkHelper::fund(&miner);
		let _ = T::Currency::mint_into(&miner, T::Currency::minimum_balance());
		for _ in 0..PENDING_NODES {
			T::BenchmarkHelper::pending_node(&miner, ResourceType::Gpu);
		}
		T::BenchmarkHelper::active_node(&miner, ResourceType::Gpu);
		chain_up_to::<T>(1_000);
		let now = frame_system::Pallet::<T>::block_number();
		for i in 1..T::MaxCredits::get() {
			let _ = Credits::<T>::try_append((account::<T::AccountId>("credited", i, 0), now));
		}
		let claim = PowPreDigest { miner, difficulty: Difficulty::<T>::get(), version: POW_VERSION };
		let number = initialize::<T>(vec![DigestItem::PreRuntime(POW_ENGINE_ID, claim.encode()), babe(1_001)]);

		#[block]
		{
			Pallet::<T>::on_initialize(number);
		}

		assert_eq!(Lane::<T>::get().miner_blocks, 2);
		assert!(!TotalMinted::<T>::get().is_zero());
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
