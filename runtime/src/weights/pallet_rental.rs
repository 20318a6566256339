//! Estimates for `pallet_rental`, counted from the code, until `scripts/benchmark.sh` has measured them.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weight functions for `pallet_rental`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_rental::WeightInfo for WeightInfo<T> {
	fn list_gpu() -> Weight {
		Weight::from_parts(120_000_000, 40_000).saturating_add(T::DbWeight::get().reads_writes(5, 4))
	}
	fn unlist_gpu() -> Weight {
		Weight::from_parts(120_000_000, 40_000).saturating_add(T::DbWeight::get().reads_writes(3, 4))
	}
	fn book(n: u32) -> Weight {
		Weight::from_parts(120_000_000, 40_000)
			.saturating_add(T::DbWeight::get().reads_writes(18, 16))
			.saturating_add(Weight::from_parts(10_000_000, 6_000).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads_writes(2, 1).saturating_mul(n.into()))
	}
	fn cancel_booking(n: u32) -> Weight {
		Weight::from_parts(120_000_000, 40_000)
			.saturating_add(T::DbWeight::get().reads_writes(20, 18))
			.saturating_add(Weight::from_parts(10_000_000, 6_000).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads_writes(2, 1).saturating_mul(n.into()))
	}
	fn confirm_start() -> Weight {
		Weight::from_parts(120_000_000, 40_000).saturating_add(T::DbWeight::get().reads_writes(4, 1))
	}
	fn prove() -> Weight {
		Weight::from_parts(120_000_000, 40_000).saturating_add(T::DbWeight::get().reads_writes(6, 1))
	}
	fn extend(n: u32) -> Weight {
		Weight::from_parts(120_000_000, 40_000)
			.saturating_add(T::DbWeight::get().reads_writes(12, 6))
			.saturating_add(Weight::from_parts(10_000_000, 6_000).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads_writes(2, 1).saturating_mul(n.into()))
	}
	fn end_rental(n: u32) -> Weight {
		Weight::from_parts(120_000_000, 40_000)
			.saturating_add(T::DbWeight::get().reads_writes(24, 20))
			.saturating_add(Weight::from_parts(10_000_000, 6_000).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads_writes(2, 1).saturating_mul(n.into()))
	}
	fn close(n: u32) -> Weight {
		Weight::from_parts(120_000_000, 40_000)
			.saturating_add(T::DbWeight::get().reads_writes(24, 20))
			.saturating_add(Weight::from_parts(10_000_000, 6_000).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads_writes(2, 1).saturating_mul(n.into()))
	}
	fn dispute_rental(n: u32) -> Weight {
		Weight::from_parts(120_000_000, 40_000)
			.saturating_add(T::DbWeight::get().reads_writes(3, 2))
			.saturating_add(Weight::from_parts(10_000_000, 6_000).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads_writes(2, 1).saturating_mul(n.into()))
	}
	fn remove_rental() -> Weight {
		Weight::from_parts(120_000_000, 40_000).saturating_add(T::DbWeight::get().reads_writes(5, 7))
	}
}
