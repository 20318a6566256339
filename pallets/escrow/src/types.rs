//! What the pallet stores, and how money is shared out. Knows no Config.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use gpu_chain_primitives::Settlement;
use scale_info::TypeInfo;
use sp_runtime::{traits::AtLeast32BitUnsigned, Permill};

/// Who is paid a part of an escrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Payee {
	/// Whoever did the work.
	Provider,
	/// The treasury, which takes the platform fee.
	Platform,
	/// Whoever deposited.
	Buyer,
	/// Whoever judged a dispute.
	Judge,
}

impl Payee {
	/// All of them, in the order in which they are paid.
	pub const ALL: [Self; 4] = [Self::Provider, Self::Platform, Self::Buyer, Self::Judge];
}

/// Where an escrow stands.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum EscrowState<AccountId, Balance> {
	/// All of the amount is held.
	Held,
	/// It was shared out.
	Settled {
		/// Who did the work; `None` after a refund.
		provider: Option<AccountId>,
		/// Who judged; `None` where there was no dispute.
		judge: Option<AccountId>,
		/// Who gets how much.
		settlement: Settlement<Balance>,
		/// What of it could not be paid and is still held; all zero normally.
		owed: Settlement<Balance>,
	},
}

/// Money of a buyer that is held, or was.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct EscrowRecord<AccountId, AssetKind, Balance, BlockNumber> {
	/// Who deposited it. It is held on this account until it is paid out.
	pub buyer: AccountId,
	/// The currency.
	pub asset: AssetKind,
	/// What was deposited, in the smallest unit of `asset`. Not zero.
	pub amount: Balance,
	/// The platform's share of what the provider earns, as it was when the money was deposited.
	pub fee: Permill,
	/// The block of the deposit.
	pub deposited_at: BlockNumber,
	/// Where it stands.
	pub state: EscrowState<AccountId, Balance>,
}

impl<AccountId, AssetKind, Balance: AtLeast32BitUnsigned + Copy, BlockNumber>
	EscrowRecord<AccountId, AssetKind, Balance, BlockNumber>
{
	/// What is still held of it on the buyer's account.
	pub fn held(&self) -> Balance {
		match &self.state {
			EscrowState::Held => self.amount,
			EscrowState::Settled { owed, .. } => total(owed),
		}
	}

	/// How `provider_amount`, at most the whole amount, is shared: the fee is rounded down, so the provider has the last
	/// unit; what is left goes back.
	pub fn share(&self, provider_amount: Balance) -> Settlement<Balance> {
		let earned = provider_amount.min(self.amount);
		let fee = self.fee.mul_floor(earned);
		Settlement { provider: earned - fee, fee, refund: self.amount - earned, arbitration: Balance::zero() }
	}
}

/// The parts of a settlement together, saturating.
pub fn total<Balance: AtLeast32BitUnsigned + Copy>(settlement: &Settlement<Balance>) -> Balance {
	settlement
		.provider
		.saturating_add(settlement.fee)
		.saturating_add(settlement.refund)
		.saturating_add(settlement.arbitration)
}

/// One payee's part of a settlement.
pub fn part<Balance>(settlement: &mut Settlement<Balance>, payee: Payee) -> &mut Balance {
	match payee {
		Payee::Provider => &mut settlement.provider,
		Payee::Platform => &mut settlement.fee,
		Payee::Buyer => &mut settlement.refund,
		Payee::Judge => &mut settlement.arbitration,
	}
}
