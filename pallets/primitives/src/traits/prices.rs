//! What currencies are worth. Wired by the runtime over the oracle.

use crate::MicroUsd;
use frame_support::weights::Weight;

/// Converts between currencies and dollars at the newest price that is not stale.
pub trait UsdPrices<AssetKind, Balance> {
	/// What `amount`, in the smallest unit of `asset`, is worth, rounded up. `None` if there is no fresh price, or it overflows.
	fn to_usd(asset: &AssetKind, amount: Balance) -> Option<MicroUsd>;

	/// How much of `asset`, in its smallest unit, that many dollars are, rounded up. `None` as above.
	fn from_usd(asset: &AssetKind, usd: MicroUsd) -> Option<Balance>;

	/// The weight of one conversion, at most. Nothing unless an implementation says otherwise.
	fn weight() -> Weight {
		Weight::zero()
	}
}

/// No prices are known.
impl<AssetKind, Balance> UsdPrices<AssetKind, Balance> for () {
	fn to_usd(_: &AssetKind, _: Balance) -> Option<MicroUsd> {
		None
	}
	fn from_usd(_: &AssetKind, _: MicroUsd) -> Option<Balance> {
		None
	}
}
