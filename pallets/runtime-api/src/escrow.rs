//! Money between a buyer and a provider.

use codec::Codec;
use gpu_chain_primitives::EscrowKey;
use pallet_escrow::EscrowRecord;

sp_api::decl_runtime_apis! {
	/// Reads escrows.
	pub trait EscrowApi<AccountId, AssetKind, Balance, BlockNumber>
	where
		AccountId: Codec,
		AssetKind: Codec,
		Balance: Codec,
		BlockNumber: Codec,
	{
		/// What is or was held for a task or a rental; `None` if nothing ever was, or the record is removed.
		fn escrow(key: EscrowKey) -> Option<EscrowRecord<AccountId, AssetKind, Balance, BlockNumber>>;
	}
}
