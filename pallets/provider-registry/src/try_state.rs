//! The check of the crate documentation's invariants.

use crate::{
	types::is_sound_region, ActiveNodes, ActiveTotal, ActiveTotals, AwaitingSponsor, BalanceOf, Config, Liveness,
	NextNode, NodeTickets, Nodes, NodesByOwner, Offer, OwnedCounts, Pallet, Regions, WINDOW,
};
use alloc::collections::BTreeMap;
use frame_support::{ensure, traits::Get};
use gpu_chain_primitives::{NodeStatus, ResourceType, Tier};
use sp_runtime::{traits::Saturating, DispatchError};

type Checked = Result<(), DispatchError>;

impl<T: Config> Pallet<T> {
	/// Checks the numbered invariants of the crate's documentation. Reads everything: for tests and try-runtime.
	///
	/// # Errors
	/// Names the first invariant that does not hold.
	pub fn do_try_state() -> Result<(), DispatchError> {
		Self::check_owners()?;
		Self::check_active()?;
		Self::check_liveness()?;
		Self::check_tickets()?;
		Self::check_contents()
	}

	fn check_owners() -> Checked {
		for (id, node) in Nodes::<T>::iter() {
			ensure!(
				NodesByOwner::<T>::contains_key(&node.owner, id),
				DispatchError::Other("registry 1: a node is not listed under its owner")
			);
		}
		let mut counts = BTreeMap::<T::AccountId, u32>::new();
		for (owner, id) in NodesByOwner::<T>::iter_keys() {
			ensure!(
				Nodes::<T>::get(id).is_some_and(|node| node.owner == owner),
				DispatchError::Other("registry 1: an owner's list names what is not the owner's node")
			);
			counts.entry(owner).or_default().saturating_inc();
		}
		ensure!(
			counts == OwnedCounts::<T>::iter().collect(),
			DispatchError::Other("registry 1: an owner's count is not the length of the list")
		);
		ensure!(
			counts.values().all(|count| *count <= T::MaxNodesPerOwner::get()),
			DispatchError::Other("registry 1: an owner has too many nodes")
		);
		Ok(())
	}

	fn check_active() -> Checked {
		let mut totals = BTreeMap::<ResourceType, ActiveTotal<BalanceOf<T>>>::new();
		for (id, node) in Nodes::<T>::iter() {
			if node.status == NodeStatus::Active {
				ensure!(
					ActiveNodes::<T>::contains_key(node.resource_type, id),
					DispatchError::Other("registry 2: an active node is not listed as active")
				);
				let total = totals.entry(node.resource_type).or_default();
				total.count.saturating_inc();
				total.total_ask.saturating_accrue(node.ask_per_hour);
			}
		}
		for (resource_type, id) in ActiveNodes::<T>::iter_keys() {
			ensure!(
				Nodes::<T>::get(id)
					.is_some_and(|node| node.status == NodeStatus::Active && node.resource_type == resource_type),
				DispatchError::Other("registry 2: what is listed as active is no active node of the type")
			);
		}
		for resource_type in ResourceType::ALL {
			ensure!(
				ActiveTotals::<T>::get(resource_type) == totals.get(&resource_type).copied().unwrap_or_default(),
				DispatchError::Other("registry 3: totals are not those of the active nodes")
			);
		}
		Ok(())
	}

	fn check_liveness() -> Checked {
		for (id, node) in Nodes::<T>::iter() {
			let liveness = Liveness::<T>::get(id);
			let clock_runs = liveness.as_ref().is_some_and(|liveness| liveness.counted_to.is_some());
			ensure!(
				clock_runs == (node.status == NodeStatus::Active),
				DispatchError::Other("registry 4: a clock runs without an active node, or stands with one")
			);
			ensure!(
				node.status != NodeStatus::Inactive || liveness.is_some(),
				DispatchError::Other("registry 4: an inactive node has no liveness record")
			);
		}

		let now = frame_system::Pallet::<T>::block_number();
		for (id, liveness) in Liveness::<T>::iter() {
			ensure!(
				Nodes::<T>::contains_key(id),
				DispatchError::Other("registry 4: a liveness record belongs to no node")
			);
			ensure!(
				liveness.full_periods >= WINDOW || liveness.window >> liveness.full_periods == 0,
				DispatchError::Other("registry 5: a heartbeat before the first period")
			);
			ensure!(
				liveness.counted_to.is_none_or(|block| block <= now)
					&& liveness.last_seen.is_none_or(|block| block <= now),
				DispatchError::Other("registry 5: a clock or a heartbeat is in the future")
			);
			ensure!(
				liveness.last_seen.is_some() || (liveness.window == 0 && !liveness.seen_in_current),
				DispatchError::Other("registry 5: the time of the last heartbeat is not known")
			);
		}
		Ok(())
	}

	fn check_tickets() -> Checked {
		for id in Nodes::<T>::iter_keys() {
			ensure!(
				NodeTickets::<T>::contains_key(id),
				DispatchError::Other("registry 6: a node has no storage deposit")
			);
		}
		for id in NodeTickets::<T>::iter_keys() {
			ensure!(
				Nodes::<T>::contains_key(id),
				DispatchError::Other("registry 6: a storage deposit belongs to no node")
			);
		}
		Ok(())
	}

	fn check_contents() -> Checked {
		let mut nodes = 0u64;
		for node in Nodes::<T>::iter_values() {
			nodes.saturating_inc();
			let offer = Offer {
				hardware: node.hardware,
				region: node.region,
				ask_per_hour: node.ask_per_hour,
				metadata_uri: node.metadata_uri,
			};
			ensure!(
				Self::ensure_sound(node.resource_type, &offer).is_ok() && is_sound_region(&offer.region),
				DispatchError::Other("registry 7: a node is not such as could be registered")
			);
		}
		for region in Regions::<T>::iter_keys() {
			ensure!(is_sound_region(&region), DispatchError::Other("registry 8: a region is no well-formed code"));
		}
		for id in AwaitingSponsor::<T>::iter_keys() {
			ensure!(
				Nodes::<T>::get(id)
					.is_some_and(|node| node.status == NodeStatus::Pending && node.tier == Tier::Community),
				DispatchError::Other("registry 10: what waits for a sponsor is no pending node of the community")
			);
		}
		ensure!(
			nodes <= NextNode::<T>::get(),
			DispatchError::Other("registry 9: there are more nodes than numbers given out")
		);
		Ok(())
	}
}
