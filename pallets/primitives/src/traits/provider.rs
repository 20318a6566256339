//! What higher layers ask of, and may do to, a registered node. Implemented by `provider-registry`.

use crate::{NodeId, NodeSummary};
use sp_runtime::DispatchResult;

/// Reads a node.
pub trait ProviderInspect<AccountId> {
	/// The node, or `None` if there is no such node. O(1), one read.
	fn node(node: &NodeId) -> Option<NodeSummary<AccountId>>;
}

/// Reads what a node's owner says of its hardware.
pub trait HardwareInspect {
	/// How many accelerators the node has, by its owner's word; zero for an unknown node. O(1), one read.
	fn gpu_count(node: &NodeId) -> u16;
}

/// Moves a node through its life from outside the registry.
pub trait ProviderControl {
	/// A challenge was passed: `Pending → Verified`. Any other status stays as it is, without an error.
	fn mark_verified(node: &NodeId) -> DispatchResult;

	/// Misuse was found: any status → `Slashed`, for ever. Does nothing for a node that is banned already.
	fn ban(node: &NodeId) -> DispatchResult;
}

impl<AccountId> ProviderInspect<AccountId> for () {
	fn node(_: &NodeId) -> Option<NodeSummary<AccountId>> {
		None
	}
}

impl HardwareInspect for () {
	fn gpu_count(_: &NodeId) -> u16 {
		0
	}
}

impl ProviderControl for () {
	fn mark_verified(_: &NodeId) -> DispatchResult {
		Ok(())
	}
	fn ban(_: &NodeId) -> DispatchResult {
		Ok(())
	}
}
