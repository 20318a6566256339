//! Counted estimates until `scripts/benchmark.sh` has measured them.

use core::marker::PhantomData;
use frame_support::weights::Weight;

/// Weights of the pallet.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T> pallet_provider_staking::WeightInfo for WeightInfo<T> {
	fn add_stake() -> Weight {
		<() as pallet_provider_staking::WeightInfo>::add_stake()
	}
	fn request_withdrawal() -> Weight {
		<() as pallet_provider_staking::WeightInfo>::request_withdrawal()
	}
	fn withdraw_unbonded() -> Weight {
		<() as pallet_provider_staking::WeightInfo>::withdraw_unbonded()
	}
	fn cancel_withdrawal() -> Weight {
		<() as pallet_provider_staking::WeightInfo>::cancel_withdrawal()
	}
	fn appeal_slash() -> Weight {
		<() as pallet_provider_staking::WeightInfo>::appeal_slash()
	}
	fn cancel_slash() -> Weight {
		<() as pallet_provider_staking::WeightInfo>::cancel_slash()
	}
	fn execute_slash() -> Weight {
		<() as pallet_provider_staking::WeightInfo>::execute_slash()
	}
	fn slash() -> Weight {
		<() as pallet_provider_staking::WeightInfo>::slash()
	}
	fn on_node_registered() -> Weight {
		<() as pallet_provider_staking::WeightInfo>::on_node_registered()
	}
	fn service_queue_base() -> Weight {
		<() as pallet_provider_staking::WeightInfo>::service_queue_base()
	}
	fn queue_step() -> Weight {
		<() as pallet_provider_staking::WeightInfo>::queue_step()
	}
	fn process_slash() -> Weight {
		<() as pallet_provider_staking::WeightInfo>::process_slash()
	}
}
