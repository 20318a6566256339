//! What a provider earns for blocks of the proof-of-work lane besides money. Asked for by `hybrid-pow`, wired by the
//! runtime.

use crate::NodeId;

/// Gives credit to a miner who is a provider.
pub trait MinerCredit<AccountId> {
	/// Credits one node of `miner` with having been there and working, and names it; `None`, and nothing has changed, if
	/// the miner has no node that could be credited. Called in a block's first hooks; cannot fail, and looks at no more
	/// than a fixed number of nodes.
	fn credit(miner: &AccountId) -> Option<NodeId>;
}

impl<AccountId> MinerCredit<AccountId> for () {
	fn credit(_: &AccountId) -> Option<NodeId> {
		None
	}
}
