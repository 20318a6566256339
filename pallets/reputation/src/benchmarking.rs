//! Benchmarks of the calls, of `record` and of `on_node_registered`, each at its worst.

use super::*;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{EnsureOrigin, Get},
	BoundedVec,
};
use frame_system::pallet_prelude::BlockNumberFor;
use gpu_chain_primitives::{NodeId, OnNodeRegistered, Reputation, ResourceType, TrackRecord, WorkOutcome};

/// A node with a record and a full history.
fn node_with_history<T: Config>(flagged: bool) -> NodeId {
	let node = NodeId::repeat_byte(7);
	let score = 5_000;
	// Just at its minimum of outcomes, so that one failure more may flag it whatever the parameters are.
	let record = TrackRecord { score, challenges_failed: T::MinOutcomesForFlag::get(), flagged, ..Default::default() };
	Records::<T>::insert(node, record);
	let at = frame_system::Pallet::<T>::block_number();
	let entry = ScoreChange { at, cause: ScoreCause::Adjusted(1), score };
	let history: BoundedVec<ScoreChange<BlockNumberFor<T>>, T::HistoryLength> =
		BoundedVec::truncate_from(alloc::vec![entry; T::HistoryLength::get() as usize]);
	History::<T>::insert(node, history);
	node
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn clear_flag() -> Result<(), BenchmarkError> {
		let origin = T::AdminOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let node = node_with_history::<T>(true);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, node);

		assert!(!Pallet::<T>::track_record(&node).flagged);
		Ok(())
	}

	#[benchmark]
	fn adjust_score() -> Result<(), BenchmarkError> {
		let origin = T::AdminOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let node = node_with_history::<T>(false);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, node, -500);

		assert_eq!(Pallet::<T>::track_record(&node).score, 4_500);
		Ok(())
	}

	#[benchmark]
	fn record() {
		let node = node_with_history::<T>(false);
		let before = Pallet::<T>::track_record(&node).challenges_failed;

		#[block]
		{
			<Pallet<T> as Reputation>::record(&node, WorkOutcome::ChallengesFailed(1));
		}

		assert_eq!(Pallet::<T>::track_record(&node).challenges_failed, before + 1);
	}

	#[benchmark]
	fn on_node_registered() -> Result<(), BenchmarkError> {
		let node = NodeId::repeat_byte(7);
		let owner: T::AccountId = whitelisted_caller();

		#[block]
		{
			<Pallet<T> as OnNodeRegistered<T::AccountId, u128>>::on_node_registered(
				&node,
				&owner,
				ResourceType::Gpu,
				0,
			)?;
		}

		assert!(Records::<T>::contains_key(node));
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
