//! Counted estimates until `scripts/benchmark.sh` has measured them.

use core::marker::PhantomData;
use frame_support::weights::Weight;

/// Weights of the pallet.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T> pallet_reputation::WeightInfo for WeightInfo<T> {
	fn clear_flag() -> Weight {
		<() as pallet_reputation::WeightInfo>::clear_flag()
	}
	fn adjust_score() -> Weight {
		<() as pallet_reputation::WeightInfo>::adjust_score()
	}
	fn record() -> Weight {
		<() as pallet_reputation::WeightInfo>::record()
	}
	fn on_node_registered() -> Weight {
		<() as pallet_reputation::WeightInfo>::on_node_registered()
	}
}
