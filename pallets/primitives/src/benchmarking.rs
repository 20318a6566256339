//! What benchmarks ask of the runtime around the pallet that is measured. Implemented by the runtime (with the real
//! pallets) and by each pallet's mock.

use crate::{NodeId, ResourceType};

/// Makes accounts and nodes ready.
pub trait BenchmarkNodes<AccountId> {
	/// Gives `who` native funds that suffice for any fee, stake or price a benchmark needs.
	fn fund(who: &AccountId);

	/// A node of `owner` that is registered and staked, but not verified.
	fn pending_node(owner: &AccountId, resource_type: ResourceType) -> NodeId;

	/// A node of `owner` that is active, of trust level 2 at least, and may take any work.
	fn active_node(owner: &AccountId, resource_type: ResourceType) -> NodeId;
}

/// Makes currencies ready.
pub trait BenchmarkCurrency<AssetKind, AccountId, Balance> {
	/// The kind of money that is dearest to move, existing from now on, of which `who` now has at least `amount` to
	/// spare. Whoever receives it can receive it.
	fn fund(who: &AccountId, amount: Balance) -> AssetKind;
}

/// Makes heartbeats stay away.
pub trait BenchmarkUptime {
	/// `node`, which is active, has missed every heartbeat of a whole window.
	fn miss_window(node: &NodeId);
}
