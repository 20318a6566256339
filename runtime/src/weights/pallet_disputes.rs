//! Weights of `pallet_disputes`: an estimate by hand, from reads and writes, until `scripts/benchmark.sh` measures them.

#![allow(missing_docs)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weight functions for `pallet_disputes`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_disputes::WeightInfo for WeightInfo<T> {
	/// Being told of a dispute.
	fn on_disputed() -> Weight {
		Weight::from_parts(130_000_000, 30800)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(8))
	}
	/// A side's last link.
	fn submit_evidence() -> Weight {
		Weight::from_parts(60_000_000, 11200)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	/// The last vote.
	fn vote() -> Weight {
		Weight::from_parts(35_000_000, 8400)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	/// No quorum.
	fn escalate() -> Weight {
		Weight::from_parts(30_000_000, 8400)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	/// For the buyer, with a ban.
	fn close_for_buyer() -> Weight {
		Weight::from_parts(330_000_000, 84000)
			.saturating_add(T::DbWeight::get().reads(40))
			.saturating_add(T::DbWeight::get().writes(30))
	}
	/// For the provider.
	fn close_for_provider() -> Weight {
		Weight::from_parts(330_000_000, 84000)
			.saturating_add(T::DbWeight::get().reads(36))
			.saturating_add(T::DbWeight::get().writes(28))
	}
	/// A voter's part.
	fn claim_fee() -> Weight {
		Weight::from_parts(90_000_000, 25200)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(6))
	}
	/// A bond that was owed.
	fn claim_bond() -> Weight {
		Weight::from_parts(100_000_000, 25200)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(7))
	}
	/// With all evidence, nothing claimed.
	fn remove_dispute() -> Weight {
		Weight::from_parts(180_000_000, 44800)
			.saturating_add(T::DbWeight::get().reads(16))
			.saturating_add(T::DbWeight::get().writes(18))
	}
	/// A ban and a slash.
	fn punish_misuse() -> Weight {
		Weight::from_parts(90_000_000, 39200)
			.saturating_add(T::DbWeight::get().reads(14))
			.saturating_add(T::DbWeight::get().writes(13))
	}
}
