//! Counted estimates until `scripts/benchmark.sh` has measured them.

use core::marker::PhantomData;
use frame_support::weights::Weight;

/// Weights of the pallet.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T> pallet_marketplace::WeightInfo for WeightInfo<T> {
	fn create_task() -> Weight {
		<() as pallet_marketplace::WeightInfo>::create_task()
	}
	fn cancel_task() -> Weight {
		<() as pallet_marketplace::WeightInfo>::cancel_task()
	}
	fn accept_task() -> Weight {
		<() as pallet_marketplace::WeightInfo>::accept_task()
	}
	fn start_task() -> Weight {
		<() as pallet_marketplace::WeightInfo>::start_task()
	}
	fn submit_result() -> Weight {
		<() as pallet_marketplace::WeightInfo>::submit_result()
	}
	fn approve_result() -> Weight {
		<() as pallet_marketplace::WeightInfo>::approve_result()
	}
	fn dispute_task() -> Weight {
		<() as pallet_marketplace::WeightInfo>::dispute_task()
	}
	fn remove_task() -> Weight {
		<() as pallet_marketplace::WeightInfo>::remove_task()
	}
	fn process_deadline() -> Weight {
		<() as pallet_marketplace::WeightInfo>::process_deadline()
	}
	fn deadlines_base() -> Weight {
		<() as pallet_marketplace::WeightInfo>::deadlines_base()
	}
	fn deadlines_scan() -> Weight {
		<() as pallet_marketplace::WeightInfo>::deadlines_scan()
	}
	fn deadline_reopen() -> Weight {
		<() as pallet_marketplace::WeightInfo>::deadline_reopen()
	}
	fn deadline_cancel() -> Weight {
		<() as pallet_marketplace::WeightInfo>::deadline_cancel()
	}
	fn deadline_approve() -> Weight {
		<() as pallet_marketplace::WeightInfo>::deadline_approve()
	}
}
