//! Who has a part of the platform's fee. `escrow` tells, the runtime wires it to `node-roles`.

use crate::{EscrowKey, NodeId};
use frame_support::weights::Weight;

/// The platform's fee of a deal was paid. Cannot fail, and must leave escrows alone.
pub trait OnFeePaid<AccountId, AssetKind, Balance> {
	/// The treasury has received `fee`, not zero, of `asset` for the deal under `key`, which `payer` paid for. Called
	/// inside the settlement, after the money has moved and before the escrow is stored as settled. O(1).
	fn on_fee_paid(key: EscrowKey, payer: &AccountId, asset: &AssetKind, fee: Balance);

	/// The weight of one call, at most.
	fn weight() -> Weight;
}

/// Says which node a deal is with. Implemented by the runtime over the markets.
pub trait DealInspect {
	/// The node that did, or does, the work under `key`; `None` if nobody took it, or it is forgotten. O(1).
	fn node_of(key: EscrowKey) -> Option<NodeId>;
}

/// The fee is the treasury's.
impl<AccountId, AssetKind, Balance> OnFeePaid<AccountId, AssetKind, Balance> for () {
	fn on_fee_paid(_: EscrowKey, _: &AccountId, _: &AssetKind, _: Balance) {}
	fn weight() -> Weight {
		Weight::zero()
	}
}

/// No deal is known.
impl DealInspect for () {
	fn node_of(_: EscrowKey) -> Option<NodeId> {
		None
	}
}
