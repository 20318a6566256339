//! Benchmarks of what others have this pallet do.

use crate::{Config, Pallet, Prices};
use frame_benchmarking::v2::*;
use frame_support::traits::Time;
use gpu_chain_primitives::{usd::PicoUsd, UsdPrices};

const DOLLAR: PicoUsd = 1_000_000_000_000;

#[benchmarks(where T::AssetKind: Default)]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn note() {
		// The default kind of asset is the native one, which every chain has.
		let asset = T::AssetKind::default();
		let now = T::Clock::now();
		Pallet::<T>::note(&asset, Some((DOLLAR, now)));

		#[block]
		{
			Pallet::<T>::note(&asset, Some((2 * DOLLAR, now)));
		}

		assert_eq!(Prices::<T>::get(asset).map(|price| price.median), Some(2 * DOLLAR));
	}

	#[benchmark]
	fn convert() {
		let asset = T::AssetKind::default();
		Pallet::<T>::note(&asset, Some((DOLLAR, T::Clock::now())));
		let worth;

		#[block]
		{
			worth = <Pallet<T> as UsdPrices<_, u128>>::to_usd(&asset, 1_000_000_000_000_000_000);
		}

		assert!(worth.is_some());
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
