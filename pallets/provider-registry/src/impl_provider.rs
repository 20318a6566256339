//! The traits of `gpu_chain_primitives` that this pallet implements.

use crate::{Config, Error, Nodes, Pallet, WINDOW};
use gpu_chain_primitives::{
	HardwareInspect, MeasuredUptime, NodeId, NodeStatus, NodeSummary, NodeVerification, ProviderControl,
	ProviderInspect, UptimeInspect,
};
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
		let node = Nodes::<T>::get(id).ok_or(Error::<T>::UnknownNode)?;
		if node.status == NodeStatus::Pending {
			Self::verify_or_wait(id, node)?;
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

/// An unknown node is [`Error::UnknownNode`] in both.
impl<T: Config> NodeVerification for Pallet<T> {
	fn on_sponsored(id: &NodeId) -> DispatchResult {
		let node = Nodes::<T>::get(id).ok_or(Error::<T>::UnknownNode)?;
		Self::verify_if_awaited(id, node)
	}

	fn unverify(id: &NodeId) -> DispatchResult {
		let mut node = Nodes::<T>::get(id).ok_or(Error::<T>::UnknownNode)?;
		match node.status {
			NodeStatus::Verified | NodeStatus::Active | NodeStatus::Inactive => {
				Self::change_status(id, &mut node, NodeStatus::Pending)
			}
			NodeStatus::Pending | NodeStatus::Rejected | NodeStatus::Slashed => Ok(()),
		}
	}
}

impl<T: Config> UptimeInspect for Pallet<T> {
	fn measured_uptime(id: &NodeId) -> Option<MeasuredUptime> {
		let liveness = Self::liveness_now(id)?;
		Some(MeasuredUptime { share: liveness.uptime(), periods: liveness.full_periods, window: WINDOW })
	}
}
