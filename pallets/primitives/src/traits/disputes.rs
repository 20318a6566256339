//! Between the markets, whose deals can be disputed, and the pallet that judges them.

use crate::{DisputedDeal, EscrowKey, Settlement};
use frame_support::weights::Weight;
use sp_runtime::{DispatchError, DispatchResult};

/// How the money of a disputed deal is shared out. The judge makes the parts; they add up to what is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Award<Balance> {
	/// To the provider, without any further fee.
	pub provider: Balance,
	/// To the platform.
	pub fee: Balance,
	/// Back to the buyer.
	pub refund: Balance,
	/// To whoever judged, through the judge's own account.
	pub arbitration: Balance,
}

/// The door for whoever judges disputes. Implemented by the markets, routed by the kind of the key.
pub trait Disputable<AccountId, AssetKind, Balance> {
	/// The deal, if it is disputed now. O(1).
	fn disputed(key: EscrowKey) -> Option<DisputedDeal<AccountId, AssetKind, Balance>>;

	/// Ends a disputed deal and pays `award` out; the arbitration's part goes to `judge`. Gives what was paid of the deal's
	/// amount, to the last unit of it; what the buyer had held beyond that goes back besides. Reputation and collateral are
	/// left to the judge. Needs a transactional caller.
	///
	/// # Errors
	/// The deal is unknown or not disputed, or the parts are not what is held for it.
	fn close_disputed(
		key: EscrowKey,
		award: Award<Balance>,
		judge: &AccountId,
	) -> Result<Settlement<Balance>, DispatchError>;
}

/// A party refused to accept how a deal went. Called inside the call that does so, after the deal is stored as disputed; an
/// error undoes all of it. Must not close the dispute at once.
pub trait OnDisputed<AccountId, AssetKind, Balance> {
	/// `deal` is what [`Disputable::disputed`] gives from now on.
	fn on_disputed(key: EscrowKey, deal: &DisputedDeal<AccountId, AssetKind, Balance>) -> DispatchResult;

	/// The weight of one call, at most.
	fn weight() -> Weight;
}

/// Disputes stay open: nobody judges.
impl<AccountId, AssetKind, Balance> OnDisputed<AccountId, AssetKind, Balance> for () {
	fn on_disputed(_: EscrowKey, _: &DisputedDeal<AccountId, AssetKind, Balance>) -> DispatchResult {
		Ok(())
	}
	fn weight() -> Weight {
		Weight::zero()
	}
}
