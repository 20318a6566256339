//! A node's stake and the trust that it buys. Implemented by `provider-staking`.

use crate::{Misconduct, NodeId, TrustLevel};
use sp_runtime::{DispatchResult, Permill};

/// The collateral behind a node.
pub trait Collateral<AccountId, Balance> {
	/// Plancks staked for the node, less what pending slashes will take. Zero for an unknown node.
	fn staked(node: &NodeId) -> Balance;

	/// Queues a slash of `share` of the node's stake, which the owner may appeal until its delay is over. When it is
	/// carried out, `harmed` is compensated first, up to the amount named with it (plancks); the rest goes to the treasury.
	/// [`Misconduct::Misuse`] bans the node at once. An unknown or unstaked node is no error: there is nothing to take.
	///
	/// Needs no transactional caller: a failure changes nothing.
	fn slash(
		node: &NodeId,
		share: Permill,
		misconduct: Misconduct,
		harmed: Option<(AccountId, Balance)>,
	) -> DispatchResult;
}

/// How far a node is trusted.
pub trait TrustInspect {
	/// 0 for an unknown or under-staked node, else 1 to 4.
	fn trust_level(node: &NodeId) -> TrustLevel;
}

impl<AccountId, Balance: Default> Collateral<AccountId, Balance> for () {
	fn staked(_: &NodeId) -> Balance {
		Balance::default()
	}
	fn slash(_: &NodeId, _: Permill, _: Misconduct, _: Option<(AccountId, Balance)>) -> DispatchResult {
		Ok(())
	}
}

impl TrustInspect for () {
	fn trust_level(_: &NodeId) -> TrustLevel {
		0
	}
}
