//! How much work of what value a trust level may take. Wired by the runtime, which knows currencies and prices.

use crate::TrustLevel;
use frame_support::weights::Weight;

/// Why a node may not take work of some value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskValueRefused {
	/// The node has less at stake than the lowest trust level asks for.
	UnderStaked,
	/// There is no fresh price of the currency, and the trust level has a limit.
	ValueUnknown,
	/// The value is above the trust level's limit.
	AboveLimit,
}

/// Limits the value of one task by trust level.
pub trait TaskValueLimit<AssetKind, Balance> {
	/// Whether a node of trust level `level` may take work worth `amount` of `asset`.
	///
	/// # Errors
	/// See [`TaskValueRefused`].
	fn ensure_within(level: TrustLevel, asset: &AssetKind, amount: Balance) -> Result<(), TaskValueRefused>;

	/// The weight of asking, at most. Nothing unless an implementation says otherwise.
	fn weight() -> Weight {
		Weight::zero()
	}
}

/// No limit.
impl<AssetKind, Balance> TaskValueLimit<AssetKind, Balance> for () {
	fn ensure_within(_: TrustLevel, _: &AssetKind, _: Balance) -> Result<(), TaskValueRefused> {
		Ok(())
	}
}
