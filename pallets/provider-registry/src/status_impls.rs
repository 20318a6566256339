//! The one gate through which a node's status changes, and what depends on it.

use crate::{
	types::may_follow, ActiveNodes, ActiveTotals, AwaitingSponsor, BalanceOf, Config, Error, Event, Liveness, NodeOf,
	Nodes, Pallet,
};
use frame_support::{ensure, traits::Get};
use gpu_chain_primitives::{NodeId, NodeStatus, OnNodeStatusChanged, Sponsorship, Tier};
use sp_runtime::{traits::Saturating, DispatchResult};

impl<T: Config> Pallet<T> {
	/// Gives `node`, which is stored as `id`, the status `new`: checks that the edge is allowed, keeps the index and the
	/// totals of active nodes, lets the node's clock run or stand still, stores the node, and tells.
	///
	/// # Errors
	/// The edge is not in the crate documentation's diagram: [`Error::NotActivatable`], [`Error::NotActive`],
	/// [`Error::NotRejectable`], [`Error::AlreadyBanned`] or, for a node that shall be pending or verified,
	/// [`Error::NodeClosed`]. Nothing has changed then.
	pub(crate) fn change_status(id: &NodeId, node: &mut NodeOf<T>, new: NodeStatus) -> DispatchResult {
		let old = node.status;
		ensure!(may_follow(old, new), Self::refusal(new));

		if old == NodeStatus::Pending {
			AwaitingSponsor::<T>::remove(id);
		}
		if old == NodeStatus::Active {
			Self::leave_market(id, node);
		}
		if new == NodeStatus::Active {
			Self::enter_market(id, node);
		}
		node.status = new;
		Nodes::<T>::insert(id, &*node);
		Self::deposit_event(Event::NodeStatusChanged { node: *id, old, new });
		T::OnNodeStatusChanged::on_node_status_changed(id, node.resource_type, old, new);
		Ok(())
	}

	/// Verifies a pending node that has passed a challenge, or has it wait for somebody who answers for it.
	pub(crate) fn verify_or_wait(id: &NodeId, mut node: NodeOf<T>) -> DispatchResult {
		if node.tier != Tier::Community || T::Sponsorship::may_be_verified(id) {
			return Self::change_status(id, &mut node, NodeStatus::Verified);
		}
		if !AwaitingSponsor::<T>::contains_key(id) {
			AwaitingSponsor::<T>::insert(id, ());
			Self::deposit_event(Event::SponsorAwaited { node: *id });
		}
		Ok(())
	}

	/// Verifies a node that was waiting for a sponsor, if it has one now or needs none any more.
	pub(crate) fn verify_if_awaited(id: &NodeId, node: NodeOf<T>) -> DispatchResult {
		if AwaitingSponsor::<T>::contains_key(id) {
			Self::verify_or_wait(id, node)?;
		}
		Ok(())
	}

	/// Gives `node` another ask, in the totals too; the caller stores it. Setting the same ask again does nothing.
	pub(crate) fn change_ask(id: &NodeId, node: &mut NodeOf<T>, new: BalanceOf<T>) {
		let old = node.ask_per_hour;
		if old == new {
			return;
		}
		if node.status == NodeStatus::Active {
			ActiveTotals::<T>::mutate(node.resource_type, |totals| {
				totals.total_ask = totals.total_ask.saturating_sub(old).saturating_add(new);
			});
		}
		node.ask_per_hour = new;
		Self::deposit_event(Event::AskChanged { node: *id, old, new });
	}

	fn enter_market(id: &NodeId, node: &NodeOf<T>) {
		ActiveNodes::<T>::insert(node.resource_type, id, ());
		// `integrity_test` has the sum of all asks fit.
		ActiveTotals::<T>::mutate(node.resource_type, |totals| {
			totals.count.saturating_inc();
			totals.total_ask.saturating_accrue(node.ask_per_hour);
		});
		let now = frame_system::Pallet::<T>::block_number();
		Liveness::<T>::mutate(id, |liveness| liveness.get_or_insert_default().start(now));
	}

	fn leave_market(id: &NodeId, node: &NodeOf<T>) {
		ActiveNodes::<T>::remove(node.resource_type, id);
		ActiveTotals::<T>::mutate(node.resource_type, |totals| {
			totals.count.saturating_dec();
			totals.total_ask.saturating_reduce(node.ask_per_hour);
		});
		let now = frame_system::Pallet::<T>::block_number();
		Liveness::<T>::mutate(id, |liveness| {
			if let Some(liveness) = liveness {
				liveness.stop(now, T::HeartbeatPeriod::get());
			}
		});
	}

	/// Why a node may not have the status `new`.
	fn refusal(new: NodeStatus) -> Error<T> {
		match new {
			NodeStatus::Active => Error::NotActivatable,
			NodeStatus::Inactive => Error::NotActive,
			NodeStatus::Rejected => Error::NotRejectable,
			NodeStatus::Slashed => Error::AlreadyBanned,
			NodeStatus::Pending | NodeStatus::Verified => Error::NodeClosed,
		}
	}
}
