//! What the pallet stores. Knows no Config.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	traits::{ConstU32, Footprint},
	BoundedVec,
};
use scale_info::TypeInfo;

/// What a payer writes on a payment: an invoice's number, a hash, a memo. Not interpreted; at most 64 bytes.
pub type Reference = BoundedVec<u8, ConstU32<64>>;

/// What somebody may spend of another's prepaid account.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Allowance<Balance, BlockNumber> {
	/// What is left of it, in the smallest unit of its currency. Not zero.
	pub amount: Balance,
	/// The last block in which it is good; `None`: until it is revoked.
	pub expires_at: Option<BlockNumber>,
}

impl<Balance, BlockNumber: PartialOrd> Allowance<Balance, BlockNumber> {
	/// Whether it is no good any more at block `now`.
	pub fn has_expired(&self, now: &BlockNumber) -> bool {
		self.expires_at.as_ref().is_some_and(|last| now > last)
	}
}

/// What the storage deposit for an allowance is taken for: one item, its key and itself.
pub fn footprint<Key: MaxEncodedLen, Value: MaxEncodedLen>() -> Footprint {
	Footprint::from_parts(1, Key::max_encoded_len().saturating_add(Value::max_encoded_len()))
}

/// An allowance as clients are shown it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Grant<AccountId, AssetKind, Balance, BlockNumber> {
	/// Who may spend.
	pub spender: AccountId,
	/// The currency.
	pub asset: AssetKind,
	/// What is left, in the smallest unit of `asset`.
	pub amount: Balance,
	/// The last block in which it is good; `None`: until it is revoked.
	pub expires_at: Option<BlockNumber>,
}
