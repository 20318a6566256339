//! Money paid in beforehand, from which markets take what a booking costs. Implemented by `payments`.

use frame_support::weights::Weight;
use sp_runtime::DispatchResult;

/// Spends from prepaid accounts.
pub trait PrepaidAccounts<AccountId, AssetKind, Balance> {
	/// Frees `amount` of what `account` has paid in, so that the caller can have it held for a deal **of `account`** in the same
	/// call: what is not spent then belongs to `account` again, never to `spender`. A spender who is not the owner
	/// has their allowance lowered by `amount`.
	///
	/// # Errors
	/// The account holds less, or the spender's allowance is smaller; nothing has changed then.
	fn draw(account: &AccountId, spender: &AccountId, asset: &AssetKind, amount: Balance) -> DispatchResult;

	/// The weight of one drawing, at most.
	fn weight() -> Weight;
}

/// Nobody has paid anything in: whoever books pays from their own balance, and for nobody else.
impl<AccountId: PartialEq, AssetKind, Balance> PrepaidAccounts<AccountId, AssetKind, Balance> for () {
	fn draw(_: &AccountId, _: &AccountId, _: &AssetKind, _: Balance) -> DispatchResult {
		Err(sp_runtime::DispatchError::Unavailable)
	}
	fn weight() -> Weight {
		Weight::zero()
	}
}
