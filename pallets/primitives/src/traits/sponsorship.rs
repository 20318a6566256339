//! Who answers for nodes towards the market. Between `provider-registry`, which verifies nodes, and `node-roles`, which
//! knows the sponsors.

use crate::NodeId;
use sp_runtime::DispatchResult;

/// Asks whether somebody answers for a node. Implemented by `node-roles`.
pub trait Sponsorship {
	/// Whether a node that passed a challenge may be verified: a live sponsor answers for it, or none is required. O(1).
	fn may_be_verified(node: &NodeId) -> bool;
}

/// What a sponsor's word does to a node. Implemented by `provider-registry`.
pub trait NodeVerification {
	/// The node has a sponsor from now on: if it passed a challenge while it had none, `Pending → Verified`. Any other
	/// node stays as it is, without an error.
	fn on_sponsored(node: &NodeId) -> DispatchResult;

	/// An audit has found the node wanting: `Verified | Active | Inactive → Pending`, so that it needs a sponsor and a
	/// challenge again. Any other status stays as it is, without an error. Work that the node has taken goes on.
	fn unverify(node: &NodeId) -> DispatchResult;
}

/// No node needs a sponsor.
impl Sponsorship for () {
	fn may_be_verified(_: &NodeId) -> bool {
		true
	}
}

/// Nothing happens.
impl NodeVerification for () {
	fn on_sponsored(_: &NodeId) -> DispatchResult {
		Ok(())
	}
	fn unverify(_: &NodeId) -> DispatchResult {
		Ok(())
	}
}
