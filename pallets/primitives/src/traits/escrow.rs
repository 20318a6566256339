//! Money between a buyer and a provider while the work is done. Implemented by `escrow`.

use crate::{Award, EscrowKey, Settlement};
use sp_runtime::{DispatchError, DispatchResult, Permill};

/// Holds a buyer's money under a key, and shares it out once.
///
/// A settlement never fails because somebody cannot be paid (a frozen account, one below its existential deposit): that
/// part stays held, is recorded as owed, and anyone may have it paid later.
pub trait Escrow<AccountId, AssetKind, Balance> {
	/// Holds `amount` of `asset` from `buyer` under `key`.
	///
	/// # Errors
	/// The key is in use, the amount is zero, or the buyer cannot spare it.
	fn deposit(key: EscrowKey, buyer: &AccountId, asset: AssetKind, amount: Balance) -> DispatchResult;

	/// Holds `amount` more under `key`, from the same buyer and in the same currency.
	///
	/// # Errors
	/// There is no open escrow under `key`, the amount is zero, or the buyer cannot spare it.
	fn top_up(key: EscrowKey, amount: Balance) -> DispatchResult;

	/// All of it for the work: the platform fee to the treasury, the rest to `provider`. The fee is rounded down, so the
	/// provider has the last unit.
	///
	/// # Errors
	/// There is no open escrow under `key`.
	fn release(key: EscrowKey, provider: &AccountId) -> Result<Settlement<Balance>, DispatchError>;

	/// All of it back to the buyer, without a fee.
	///
	/// # Errors
	/// There is no open escrow under `key`.
	fn refund(key: EscrowKey) -> Result<Settlement<Balance>, DispatchError>;

	/// `provider_amount` for the work, of which the platform fee is taken; what is left back to the buyer.
	///
	/// # Errors
	/// There is no open escrow under `key`, or it holds less than `provider_amount`.
	fn split(
		key: EscrowKey,
		provider: &AccountId,
		provider_amount: Balance,
	) -> Result<Settlement<Balance>, DispatchError>;

	/// What a judge awards: the parts as they are, without any further fee. The arbitration's part goes to `judge`.
	///
	/// # Errors
	/// There is no open escrow under `key`, or the parts do not add up to what it holds.
	fn award(
		key: EscrowKey,
		provider: &AccountId,
		award: Award<Balance>,
		judge: &AccountId,
	) -> Result<Settlement<Balance>, DispatchError>;

	/// Forgets a settled escrow whose record nobody needs any more.
	///
	/// # Errors
	/// It is still open, or somebody is still owed.
	fn remove(key: EscrowKey) -> DispatchResult;
}

/// Reads what a judge has to know about an escrow.
pub trait EscrowInspect<Balance> {
	/// The platform's share of what a provider earns, as it was when the money was deposited; `None` where nothing was. O(1).
	fn platform_fee(key: EscrowKey) -> Option<Permill>;

	/// What of an award's arbitration has not reached its judge yet; zero where nothing is owed to one. O(1).
	fn owed_to_judge(key: EscrowKey) -> Balance;
}

/// No fee, and nothing is owed.
impl<Balance: Default> EscrowInspect<Balance> for () {
	fn platform_fee(_: EscrowKey) -> Option<Permill> {
		None
	}
	fn owed_to_judge(_: EscrowKey) -> Balance {
		Balance::default()
	}
}
