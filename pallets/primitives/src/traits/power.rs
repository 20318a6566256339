//! What a node was proven able to compute. Implemented by `work-verification`.

use crate::{HashRate, NodeId, PowerVector};
use frame_support::weights::Weight;

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

/// What a node was proven able to do changed by a lottery, and is stored. Cannot fail and must not call back into work
/// verification but to read. What rounds and challenges show is heard of through reputation.
pub trait OnPowerShown {
	/// The node revealed what it won.
	fn on_power_shown(node: &NodeId);

	/// The weight of one call, at most.
	fn weight() -> Weight;
}

/// Nobody keeps what nodes show.
impl OnPowerShown for () {
	fn on_power_shown(_: &NodeId) {}
	fn weight() -> Weight {
		Weight::zero()
	}
}

impl PowerInspect for () {
	fn verified_power(_: &NodeId) -> HashRate {
		0
	}
}
