//! What `provider-registry` tells the layers above it.

use crate::{NodeId, NodeStatus, ResourceType};
use frame_support::weights::Weight;
use sp_runtime::DispatchResult;

/// A node was registered. Called inside the call that registers it, after the node is stored; an error undoes all of it.
/// Must not call back into the registry.
pub trait OnNodeRegistered<AccountId, Balance> {
	/// `stake`, in plancks, is what the owner offers as collateral.
	fn on_node_registered(
		node: &NodeId,
		owner: &AccountId,
		resource_type: ResourceType,
		stake: Balance,
	) -> DispatchResult;

	/// The weight of one call, at most.
	fn weight() -> Weight;
}

/// A node's status changed. Cannot fail and must not call back into the registry.
pub trait OnNodeStatusChanged {
	/// `old` and `new` differ.
	fn on_node_status_changed(node: &NodeId, resource_type: ResourceType, old: NodeStatus, new: NodeStatus);

	/// Something else that is known of the node changed and is stored: its ask, its offer, its tier, a heartbeat. Does nothing unless
	/// overridden.
	fn on_node_changed(_node: &NodeId) {}

	/// The weight of one call, at most.
	fn weight() -> Weight;
}

#[impl_trait_for_tuples::impl_for_tuples(5)]
impl<AccountId, Balance: Copy> OnNodeRegistered<AccountId, Balance> for Tuple {
	fn on_node_registered(
		node: &NodeId,
		owner: &AccountId,
		resource_type: ResourceType,
		stake: Balance,
	) -> DispatchResult {
		for_tuples!( #( Tuple::on_node_registered(node, owner, resource_type, stake)?; )* );
		Ok(())
	}
	fn weight() -> Weight {
		let mut weight = Weight::zero();
		for_tuples!( #( weight = weight.saturating_add(Tuple::weight()); )* );
		weight
	}
}

#[impl_trait_for_tuples::impl_for_tuples(5)]
impl OnNodeStatusChanged for Tuple {
	fn on_node_status_changed(node: &NodeId, resource_type: ResourceType, old: NodeStatus, new: NodeStatus) {
		for_tuples!( #( Tuple::on_node_status_changed(node, resource_type, old, new); )* );
	}
	fn on_node_changed(node: &NodeId) {
		for_tuples!( #( Tuple::on_node_changed(node); )* );
	}
	fn weight() -> Weight {
		let mut weight = Weight::zero();
		for_tuples!( #( weight = weight.saturating_add(Tuple::weight()); )* );
		weight
	}
}
