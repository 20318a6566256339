//! Users and their wallets.

use alloc::vec::Vec;
use codec::Codec;
use pallet_user_registry::User;
use sp_core::H160;

sp_api::decl_runtime_apis! {
	/// Reads users and the EVM wallets that they proved to be theirs.
	pub trait UserApi<AccountId, BlockNumber>
	where
		AccountId: Codec,
		BlockNumber: Codec,
	{
		/// The user of an account, with their wallets; `None` for who is not registered.
		fn user(who: AccountId) -> Option<User<BlockNumber>>;
		/// The account of a wallet.
		fn account_of(address: H160) -> Option<AccountId>;
		/// The text that a wallet must sign by `personal_sign` to be linked to the user next.
		fn link_message(who: AccountId) -> Option<Vec<u8>>;
	}
}
