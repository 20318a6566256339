//! Counted estimates until `scripts/benchmark.sh` has measured them.

use core::marker::PhantomData;
use frame_support::weights::Weight;

/// Weights of the pallet.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T> pallet_provider_registry::WeightInfo for WeightInfo<T> {
	fn register_node() -> Weight {
		<() as pallet_provider_registry::WeightInfo>::register_node()
	}
	fn update_node() -> Weight {
		<() as pallet_provider_registry::WeightInfo>::update_node()
	}
	fn set_ask() -> Weight {
		<() as pallet_provider_registry::WeightInfo>::set_ask()
	}
	fn activate_node() -> Weight {
		<() as pallet_provider_registry::WeightInfo>::activate_node()
	}
	fn deactivate_node() -> Weight {
		<() as pallet_provider_registry::WeightInfo>::deactivate_node()
	}
	fn reject_node() -> Weight {
		<() as pallet_provider_registry::WeightInfo>::reject_node()
	}
	fn ban_node() -> Weight {
		<() as pallet_provider_registry::WeightInfo>::ban_node()
	}
	fn remove_node() -> Weight {
		<() as pallet_provider_registry::WeightInfo>::remove_node()
	}
	fn add_trusted_node() -> Weight {
		<() as pallet_provider_registry::WeightInfo>::add_trusted_node()
	}
	fn remove_trusted_node() -> Weight {
		<() as pallet_provider_registry::WeightInfo>::remove_trusted_node()
	}
	fn heartbeat() -> Weight {
		<() as pallet_provider_registry::WeightInfo>::heartbeat()
	}
	fn add_region() -> Weight {
		<() as pallet_provider_registry::WeightInfo>::add_region()
	}
	fn remove_region() -> Weight {
		<() as pallet_provider_registry::WeightInfo>::remove_region()
	}
}
