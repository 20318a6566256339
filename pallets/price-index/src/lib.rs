//! # Price index
//!
//! What currencies are worth in dollars: the newest median that was fed, and its time-weighted average.
//!
//! ## Overview
//! Feeders tell the oracle what a whole unit of a currency is worth; the oracle takes the median of those that are fresh. This
//! pallet notes each median, and says at what price amounts are converted, as [`UsdPrices`](gpu_chain_primitives::UsdPrices):
//! at the newest median, or not at all.
//!
//! ```text
//! feeders ─▶ oracle: median ── note ─▶ Price { median, stamp, average } ── to_usd, from_usd ─▶ limits, bookings
//!                                        │ older than MaxAge: Stale            ▲
//!                                        │ too far from its average: Unsteady  │ refused while stale or unsteady
//!                                        └─────────────────────────────────────┘
//! ```
//!
//! - **Stale.** A median carries the moment as old as which its values are (its *stamp*). It is refused once that is longer ago
//!   than [`Config::MaxAge`], also while other feeders go on: a median needs a number of them, and so does its age.
//! - **The average** weighs each median with the time for which it stood, and forgets those of more than a window ago by
//!   parts: `average += (median − average) · time / window`. It takes one read and one write, however many medians there
//!   were. After a time without a fresh price it begins anew.
//! - **Unsteady.** A median further from the average than [`Config::MaxDeviation`] is refused: whoever gets hold of the
//!   feeders cannot turn a price around at once. What is really worth so much more is believed within about a window.
//!
//! Prices are pico-dollars (10^-12) for one whole unit: 10^18 plancks, or 10^6 of USDC's smallest unit.
//!
//! A test chain may begin with prices, which stand for as long as the feeders have given none. They are set by genesis alone,
//! and a chain of value begins without.
//!
//! ## Invariants
//! 1. Every price is above zero and at most [`MAX_PRICE`](types::MAX_PRICE), and so is its average.
//! 2. No price was noted before it was given.
//! 3. Where the feeders have given a price, the first one is gone.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod impl_prices;
mod try_state;
pub mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::{Price, PriceStatus, Quote};
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use crate::types::{Millis, MAX_PRICE};
	use alloc::vec::Vec;
	use frame_support::{pallet_prelude::*, traits::Time};
	use frame_system::pallet_prelude::*;
	use gpu_chain_primitives::usd::PicoUsd;
	use sp_runtime::{traits::Convert, Permill};

	/// The layout of this pallet's storage.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The currencies.
		type AssetKind: Parameter + Member + MaxEncodedLen + MaybeSerializeDeserialize;

		/// The chain's clock, ms since 1970.
		type Clock: Time<Moment = Millis>;

		/// How many decimals a currency's whole unit has. A currency of which it gives `None` is never converted.
		type Decimals: Convert<Self::AssetKind, Option<u32>>;

		/// How old a price may be, ms. At zero only one that was given in this very block is used.
		type MaxAge: Get<Millis>;

		/// The time over which the average is taken, ms. At zero the average is the median.
		type AverageWindow: Get<Millis>;

		/// How far a price may be from its average, as a share of the average. At zero it must be the average; one: any price
		/// is used.
		type MaxDeviation: Get<Permill>;

		/// What noting and converting cost.
		type WeightInfo: WeightInfo;
	}

	/// The price of each currency that the feeders have given one. Currencies are few and chosen by government, so a weak hash
	/// does.
	#[pallet::storage]
	pub type Prices<T: Config> = StorageMap<_, Twox64Concat, T::AssetKind, Price>;

	/// What a test chain begins with, pico-dollars a whole unit; each stands until the feeders have given a price.
	#[pallet::storage]
	pub type InitialPrices<T: Config> = StorageMap<_, Twox64Concat, T::AssetKind, PicoUsd>;

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// What a test chain begins with: currencies, and pico-dollars a whole unit. Empty on a chain of value.
		pub prices: Vec<(T::AssetKind, PicoUsd)>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			for (asset, price) in &self.prices {
				assert!((1..=MAX_PRICE).contains(price), "the first price of {asset:?} is zero or beyond belief");
				InitialPrices::<T>::insert(asset, price);
			}
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// The feeders' median is another; the average until now. Pico-dollars a whole unit.
		PriceChanged { asset: T::AssetKind, median: PicoUsd, average: PicoUsd },
		/// Nobody knows the price any more: too few feeders are left that gave one.
		PriceLost { asset: T::AssetKind },
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}
}
