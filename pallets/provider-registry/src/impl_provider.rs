//! The traits of `gpu_chain_primitives` that this pallet implements.

use crate::{Config, Error, Nodes, Pallet};
use gpu_chain_primitives::{HardwareInspect, NodeId, NodeStatus, NodeSummary, ProviderControl, ProviderInspect};
use sp_runtime::DispatchResult;

impl<T: Config> ProviderInspect<T::AccountId> for Pallet<T> {
	fn node(node: &NodeId) -> Option<NodeSummary<T::AccountId>> {
		Nodes::<T>::get(node).map(|node| NodeSummary {
			owner: node.owner,
			resource_type: node.resource_type,
			status: node.status,
			tier: node.tier,
		})
	}
}

impl<T: Config> HardwareInspect for Pallet<T> {
	fn gpu_count(node: &NodeId) -> u16 {
		Nodes::<T>::get(node).map_or(0, |node| node.hardware.gpu_count)
	}
}

/// An unknown node is [`Error::UnknownNode`] in both.
impl<T: Config> ProviderControl for Pallet<T> {
	fn mark_verified(id: &NodeId) -> DispatchResult {
		let mut node = Nodes::<T>::get(id).ok_or(Error::<T>::UnknownNode)?;
		if node.status == NodeStatus::Pending {
			Self::change_status(id, &mut node, NodeStatus::Verified)?;
		}
		Ok(())
	}

	fn ban(id: &NodeId) -> DispatchResult {
		let mut node = Nodes::<T>::get(id).ok_or(Error::<T>::UnknownNode)?;
		if node.status != NodeStatus::Slashed {
			Self::change_status(id, &mut node, NodeStatus::Slashed)?;
		}
		Ok(())
	}
}
