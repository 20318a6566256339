//! Weights for `pallet_matching`.
//!
//! An estimate: reads and writes counted from the code, times by those of calls that do as much. `scripts/benchmark.sh
//! pallet_matching` measures them.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(missing_docs)]

use frame_support::{traits::Get, weights::Weight};
use core::marker::PhantomData;

/// Weight functions for `pallet_matching`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_matching::WeightInfo for WeightInfo<T> {
	/// Task, newest auction, number, three parameters, deposit; task, auction, ticket, both indexes.
	fn open_auction() -> Weight {
		Weight::from_parts(90_000_000, 24576)
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(8))
	}
	/// Auction, task, node with stake, record, liveness and power, bond in an asset, deposit.
	fn commit_bid() -> Weight {
		Weight::from_parts(170_000_000, 32768)
			.saturating_add(T::DbWeight::get().reads(24))
			.saturating_add(T::DbWeight::get().writes(11))
	}
	/// Auction, bid, task, node with stake, record, liveness and power.
	fn reveal_bid() -> Weight {
		Weight::from_parts(130_000_000, 32768)
			.saturating_add(T::DbWeight::get().reads(21))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	/// The same for each of the four best bids, and one task that is assigned.
	fn settle() -> Weight {
		Weight::from_parts(480_000_000, 131072)
			.saturating_add(T::DbWeight::get().reads(60))
			.saturating_add(T::DbWeight::get().writes(9))
	}
	/// Auction and bid, a bond in an asset to the treasury, deposit.
	fn claim_bond() -> Weight {
		Weight::from_parts(150_000_000, 24576)
			.saturating_add(T::DbWeight::get().reads(12))
			.saturating_add(T::DbWeight::get().writes(14))
	}
	/// Auction, task, deposit.
	fn remove_auction() -> Weight {
		Weight::from_parts(70_000_000, 16384)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	/// All that is known of a node, its place, and a page of the index.
	fn refresh_node() -> Weight {
		Weight::from_parts(110_000_000, 24576)
			.saturating_add(T::DbWeight::get().reads(18))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	/// Auction and all that is known of a node.
	fn is_met() -> Weight {
		Weight::from_parts(90_000_000, 24576)
			.saturating_add(T::DbWeight::get().reads(18))
			.saturating_add(T::DbWeight::get().writes(0))
	}
}
