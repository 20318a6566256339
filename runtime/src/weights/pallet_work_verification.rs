//! Counted estimates until `scripts/benchmark.sh` has measured them.

use core::marker::PhantomData;
use frame_support::weights::Weight;

/// Weights of the pallet.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T> pallet_work_verification::WeightInfo for WeightInfo<T> {
	fn submit_proof(k: u32) -> Weight {
		<() as pallet_work_verification::WeightInfo>::submit_proof(k)
	}
	fn issue_challenge() -> Weight {
		<() as pallet_work_verification::WeightInfo>::issue_challenge()
	}
	fn submit_solution() -> Weight {
		<() as pallet_work_verification::WeightInfo>::submit_solution()
	}
	fn settle() -> Weight {
		<() as pallet_work_verification::WeightInfo>::settle()
	}
	fn on_initialize_idle() -> Weight {
		<() as pallet_work_verification::WeightInfo>::on_initialize_idle()
	}
	fn on_initialize_open() -> Weight {
		<() as pallet_work_verification::WeightInfo>::on_initialize_open()
	}
	fn on_initialize_close() -> Weight {
		<() as pallet_work_verification::WeightInfo>::on_initialize_close()
	}
	fn on_node_registered() -> Weight {
		<() as pallet_work_verification::WeightInfo>::on_node_registered()
	}
	fn on_node_status_changed() -> Weight {
		<() as pallet_work_verification::WeightInfo>::on_node_status_changed()
	}
}
