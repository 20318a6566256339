//! Counted estimates until `scripts/benchmark.sh` has measured them.

use core::marker::PhantomData;
use frame_support::weights::Weight;

/// Weights of the pallet.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T> pallet_escrow::WeightInfo for WeightInfo<T> {
	fn claim_owed() -> Weight {
		<() as pallet_escrow::WeightInfo>::claim_owed()
	}
	fn deposit() -> Weight {
		<() as pallet_escrow::WeightInfo>::deposit()
	}
	fn release() -> Weight {
		<() as pallet_escrow::WeightInfo>::release()
	}
	fn refund() -> Weight {
		<() as pallet_escrow::WeightInfo>::refund()
	}
	fn split() -> Weight {
		<() as pallet_escrow::WeightInfo>::split()
	}
	fn remove() -> Weight {
		<() as pallet_escrow::WeightInfo>::remove()
	}
}
