//! Which work a node has taken. Implemented by the markets (`marketplace`, later `rental`), composed as a tuple.

use crate::NodeId;

/// Reads a node's open work.
pub trait OpenWork<AccountId> {
	/// Whether the node has taken work that has not ended: it can then be neither withdrawn nor removed.
	fn has_open_work(node: &NodeId) -> bool;

	/// Whether `who` pays for work that this node has taken and not ended.
	fn is_counterparty(node: &NodeId, who: &AccountId) -> bool;
}

#[impl_trait_for_tuples::impl_for_tuples(5)]
impl<AccountId> OpenWork<AccountId> for Tuple {
	fn has_open_work(node: &NodeId) -> bool {
		for_tuples!( #( if Tuple::has_open_work(node) { return true } )* );
		false
	}
	fn is_counterparty(node: &NodeId, who: &AccountId) -> bool {
		for_tuples!( #( if Tuple::is_counterparty(node, who) { return true } )* );
		false
	}
}
