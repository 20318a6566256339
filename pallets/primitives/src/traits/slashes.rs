//! What becomes of a node's slash, for whoever shares the blame. `provider-staking` tells, `node-roles` listens.

use crate::NodeId;
use frame_support::weights::Weight;

/// Follows a slash from its queueing to its end. Cannot fail, and must not call back into staking. `slash` is
/// staking's number of it, which never comes twice.
pub trait OnSlashed<AccountId, Balance> {
	/// A slash of `node` waits for its execution.
	fn on_slash_queued(slash: u64, node: &NodeId);

	/// It was cancelled: there is nothing to blame anybody for.
	fn on_slash_cancelled(slash: u64, node: &NodeId);

	/// It was carried out and took `amount` plancks. `uncompensated` is who was harmed, and by how much more than the
	/// stake gave them; `None` where nobody was.
	fn on_slashed(slash: u64, node: &NodeId, amount: Balance, uncompensated: Option<(&AccountId, Balance)>);

	/// The weight of one call of any of them, at most.
	fn weight() -> Weight;
}

/// Nobody shares the blame.
impl<AccountId, Balance> OnSlashed<AccountId, Balance> for () {
	fn on_slash_queued(_: u64, _: &NodeId) {}
	fn on_slash_cancelled(_: u64, _: &NodeId) {}
	fn on_slashed(_: u64, _: &NodeId, _: Balance, _: Option<(&AccountId, Balance)>) {}
	fn weight() -> Weight {
		Weight::zero()
	}
}
