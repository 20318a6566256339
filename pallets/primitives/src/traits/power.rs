//! What a node was proven able to compute. Implemented by `work-verification`.

use crate::{HashRate, NodeId};

/// Reads verified power.
pub trait PowerInspect {
	/// Hashes per second that the node's last valid round proof shows; zero if it never passed one, missed the newest round
	/// that it had to answer, or its proof has grown too old.
	fn verified_power(node: &NodeId) -> HashRate;
}

impl PowerInspect for () {
	fn verified_power(_: &NodeId) -> HashRate {
		0
	}
}
