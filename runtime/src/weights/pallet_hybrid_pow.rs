//! Counted estimates until `scripts/benchmark.sh` has measured them.

use core::marker::PhantomData;
use frame_support::weights::Weight;

/// Weights of the pallet.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T> pallet_hybrid_pow::WeightInfo for WeightInfo<T> {
	fn on_initialize_validator() -> Weight {
		<() as pallet_hybrid_pow::WeightInfo>::on_initialize_validator()
	}
	fn on_initialize_includer() -> Weight {
		<() as pallet_hybrid_pow::WeightInfo>::on_initialize_includer()
	}
	fn on_initialize_miner() -> Weight {
		<() as pallet_hybrid_pow::WeightInfo>::on_initialize_miner()
	}
}
