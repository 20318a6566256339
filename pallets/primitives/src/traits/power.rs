//! What a node was proven able to compute. Implemented by `work-verification`.

use crate::{HashRate, NodeId, PowerVector};

/// Reads verified power.
pub trait PowerInspect {
	/// Hashes per second that the node's last valid round proof shows; zero if it never passed one, missed the newest round
	/// that it had to answer, or its proof has grown too old.
	fn verified_power(node: &NodeId) -> HashRate;

	/// All that the node was proven able to do, by the same rule for each kind of proof. O(1). Where only hashes are proven,
	/// the rest is zero.
	fn power_vector(node: &NodeId) -> PowerVector {
		PowerVector { hashes_per_second: Self::verified_power(node), ..PowerVector::default() }
	}
}

impl PowerInspect for () {
	fn verified_power(_: &NodeId) -> HashRate {
		0
	}
}
