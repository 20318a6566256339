//! How much work of what value a trust level may take. Wired by the runtime, which knows currencies and, later, the oracle.

use crate::TrustLevel;
use sp_runtime::DispatchResult;

/// Limits the value of one task by trust level.
pub trait TaskValueLimit<AssetKind, Balance> {
	/// Whether a node of trust level `level` may take work worth `amount` of `asset`.
	///
	/// # Errors
	/// The value is above the level's limit, or cannot be told although the level has one.
	fn ensure_within(level: TrustLevel, asset: &AssetKind, amount: Balance) -> DispatchResult;
}

/// No limit.
impl<AssetKind, Balance> TaskValueLimit<AssetKind, Balance> for () {
	fn ensure_within(_: TrustLevel, _: &AssetKind, _: Balance) -> DispatchResult {
		Ok(())
	}
}
