//! Prices of currencies.

use codec::Codec;
use gpu_chain_primitives::MicroUsd;
use pallet_price_index::Quote;

sp_api::decl_runtime_apis! {
	/// Reads prices.
	pub trait PriceApi<AssetKind, Balance>
	where
		AssetKind: Codec,
		Balance: Codec,
	{
		/// The newest price of a currency, its average, and whether it may be used; `None` if there never was one.
		fn price(asset: AssetKind) -> Option<Quote>;
		/// What an amount is worth, in millionths of a dollar, rounded up; `None` without a price that may be used.
		fn to_usd(asset: AssetKind, amount: Balance) -> Option<MicroUsd>;
		/// How much of a currency so many millionths of a dollar are, rounded up; `None` as above.
		fn from_usd(asset: AssetKind, usd: MicroUsd) -> Option<Balance>;
	}
}
