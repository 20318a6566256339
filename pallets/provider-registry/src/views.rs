//! What dApps and the market read, exposed by the runtime. A page costs as many reads as it has items.

use crate::{
	ActiveNodes, ActiveTotals, AwaitingSponsor, BalanceOf, Config, Liveness, LivenessRecord, NodeOf, Nodes,
	NodesByOwner, Pallet, Regions,
};
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use gpu_chain_primitives::{BasisPoints, NodeId, Page, Region, ResourceType};
use sp_runtime::traits::CheckedDiv;

impl<T: Config> Pallet<T> {
	/// The node, or `None` if there is no such node.
	pub fn node(id: &NodeId) -> Option<NodeOf<T>> {
		Nodes::<T>::get(id)
	}

	/// Whether the node has passed a challenge and stays pending until somebody answers for it.
	pub fn awaits_sponsor(id: &NodeId) -> bool {
		AwaitingSponsor::<T>::contains_key(id)
	}

	/// The nodes of `owner` behind `cursor`, in the order of their ids; from the first one if it is `None`.
	pub fn nodes_by_owner(owner: &T::AccountId, cursor: Option<NodeId>, limit: u32) -> Page<NodeId, NodeId> {
		match cursor {
			Some(last) => {
				let from = NodesByOwner::<T>::hashed_key_for(owner, last);
				Page::collect(NodesByOwner::<T>::iter_key_prefix_from(owner, from), limit, |node| *node)
			}
			None => Page::collect(NodesByOwner::<T>::iter_key_prefix(owner), limit, |node| *node),
		}
	}

	/// The active nodes of `resource_type` behind `cursor`, in the order of their ids; from the first one if it is `None`.
	pub fn active_nodes(resource_type: ResourceType, cursor: Option<NodeId>, limit: u32) -> Page<NodeId, NodeId> {
		match cursor {
			Some(last) => {
				let from = ActiveNodes::<T>::hashed_key_for(resource_type, last);
				Page::collect(ActiveNodes::<T>::iter_key_prefix_from(resource_type, from), limit, |node| *node)
			}
			None => Page::collect(ActiveNodes::<T>::iter_key_prefix(resource_type), limit, |node| *node),
		}
	}

	/// The regions that nodes may name, behind `cursor`, in no order of meaning; from the first one if it is `None`.
	pub fn regions(cursor: Option<Region>, limit: u32) -> Page<Region, Region> {
		match cursor {
			Some(last) => {
				let from = Regions::<T>::hashed_key_for(last);
				Page::collect(Regions::<T>::iter_keys_from(from), limit, Clone::clone)
			}
			None => Page::collect(Regions::<T>::iter_keys(), limit, Clone::clone),
		}
	}

	/// The share of the node's last 128 full heartbeat periods, or as many as there were, with a heartbeat. Zero before the first
	/// full period and for an unknown node.
	pub fn uptime(id: &NodeId) -> BasisPoints {
		Self::liveness_now(id).map_or(0, |liveness| liveness.uptime())
	}

	/// The block of the node's last heartbeat; `None` if there was none.
	pub fn last_seen(id: &NodeId) -> Option<BlockNumberFor<T>> {
		Liveness::<T>::get(id)?.last_seen
	}

	/// The first block, this one or later, in which the node's next heartbeat is taken; `None` for a node that is not active.
	pub fn next_heartbeat(id: &NodeId) -> Option<BlockNumberFor<T>> {
		let now = frame_system::Pallet::<T>::block_number();
		Self::liveness_now(id)?.next_heartbeat(now, T::HeartbeatPeriod::get())
	}

	/// What the owners of active nodes ask on average, plancks an hour, rounded down; `None` if there are none.
	pub fn average_ask_per_hour(resource_type: ResourceType) -> Option<BalanceOf<T>> {
		let totals = ActiveTotals::<T>::get(resource_type);
		totals.total_ask.checked_div(&totals.count.into())
	}

	/// The node's heartbeats as they are recorded, for whoever keeps them to compute the uptime of many nodes later.
	pub fn liveness_record(id: &NodeId) -> Option<LivenessRecord<BlockNumberFor<T>>> {
		Liveness::<T>::get(id)
	}

	/// The node's heartbeats with its clock read now; `None` if it never was active.
	pub(crate) fn liveness_now(id: &NodeId) -> Option<LivenessRecord<BlockNumberFor<T>>> {
		let mut liveness = Liveness::<T>::get(id)?;
		liveness.advance(frame_system::Pallet::<T>::block_number(), T::HeartbeatPeriod::get());
		Some(liveness)
	}
}
