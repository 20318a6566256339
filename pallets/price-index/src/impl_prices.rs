//! Dollars of amounts, and amounts of dollars.

use crate::{
	types::{Price, PriceStatus, Quote, MAX_PRICE},
	Config, Event, InitialPrices, Pallet, Prices, WeightInfo,
};
use frame_support::{
	traits::{Get, Time},
	weights::Weight,
};
use gpu_chain_primitives::{
	usd::{self, PicoUsd},
	MicroUsd, UsdPrices,
};
use sp_runtime::traits::Convert;

impl<T: Config> UsdPrices<T::AssetKind, u128> for Pallet<T> {
	fn to_usd(asset: &T::AssetKind, amount: u128) -> Option<MicroUsd> {
		usd::to_usd(amount, T::Decimals::convert(asset.clone())?, Self::price(asset)?)
	}

	fn from_usd(asset: &T::AssetKind, usd: MicroUsd) -> Option<u128> {
		usd::from_usd(usd, T::Decimals::convert(asset.clone())?, Self::price(asset)?)
	}

	fn weight() -> Weight {
		T::WeightInfo::convert()
	}
}

impl<T: Config> Pallet<T> {
	/// Notes what the feeders' prices of a currency combine to now, and the moment as old as which those are: after each
	/// feeding, and when feeders are removed. `None`: too few are left, so nobody knows a price any more. A median of zero or
	/// above [`MAX_PRICE`] is none either.
	pub fn note(asset: &T::AssetKind, combined: Option<(PicoUsd, u64)>) {
		let (now, window) = (T::Clock::now(), T::AverageWindow::get());
		let before = Prices::<T>::get(asset);
		let Some((median, stamp)) = combined.filter(|(median, _)| (1..=MAX_PRICE).contains(median)) else {
			if before.is_some() {
				Prices::<T>::remove(asset);
				Self::deposit_event(Event::PriceLost { asset: asset.clone() });
			}
			return;
		};
		let stamp = stamp.min(now);
		let price = match &before {
			// Over a time without a price there is nothing to take the average of.
			Some(price) if price.is_fresh(now, T::MaxAge::get()) => price.followed_by(median, stamp, now, window),
			_ => Price::first(median, stamp, now),
		};
		let (average, changed) = (price.average, before.is_none_or(|before| before.median != median));
		Prices::<T>::insert(asset, price);
		InitialPrices::<T>::remove(asset);
		if changed {
			Self::deposit_event(Event::PriceChanged { asset: asset.clone(), median, average });
		}
	}

	/// What one whole unit of a currency is worth, pico-dollars. `None` if that is not known, or not to be relied on.
	pub fn price(asset: &T::AssetKind) -> Option<PicoUsd> {
		let quote = Self::quote(asset)?;
		matches!(quote.status, PriceStatus::Fresh | PriceStatus::Initial).then_some(quote.median)
	}

	/// The newest price of a currency, and whether it may be used. `None` if there never was one.
	pub fn quote(asset: &T::AssetKind) -> Option<Quote> {
		let Some(price) = Prices::<T>::get(asset) else {
			let first = InitialPrices::<T>::get(asset)?;
			return Some(Quote { median: first, average: first, stamp: 0, status: PriceStatus::Initial });
		};
		let now = T::Clock::now();
		let average = price.average_at(now, T::AverageWindow::get());
		let status = if !price.is_fresh(now, T::MaxAge::get()) {
			PriceStatus::Stale
		} else if !price.is_steady(average, T::MaxDeviation::get()) {
			PriceStatus::Unsteady
		} else {
			PriceStatus::Fresh
		};
		Some(Quote { median: price.median, average, stamp: price.stamp, status })
	}
}
