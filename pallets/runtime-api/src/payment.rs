//! Prepaid accounts.

use codec::Codec;
use gpu_chain_primitives::Page;
use pallet_payments::{Allowance, Grant};

sp_api::decl_runtime_apis! {
	/// Reads prepaid accounts and allowances.
	pub trait PaymentApi<AccountId, AssetKind, Balance, BlockNumber>
	where
		AccountId: Codec,
		AssetKind: Codec,
		Balance: Codec,
		BlockNumber: Codec,
	{
		/// What lies in an owner's prepaid account of that currency.
		fn prepaid_balance(owner: AccountId, asset: AssetKind) -> Balance;
		/// The currencies that an owner has paid in, with what lies there.
		fn prepaid_balances(
			owner: AccountId,
			cursor: Option<AssetKind>,
			limit: u32,
		) -> Page<(AssetKind, Balance), AssetKind>;
		/// What a spender may spend of an owner's account; `None` if nothing, or it has expired.
		fn allowance(
			owner: AccountId,
			spender: AccountId,
			asset: AssetKind,
		) -> Option<Allowance<Balance, BlockNumber>>;
		/// The allowances that an owner gave, expired ones included.
		fn allowances(
			owner: AccountId,
			cursor: Option<(AccountId, AssetKind)>,
			limit: u32,
		) -> Page<Grant<AccountId, AssetKind, Balance, BlockNumber>, (AccountId, AssetKind)>;
	}
}
