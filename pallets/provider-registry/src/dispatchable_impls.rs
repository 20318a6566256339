//! What the calls do after their origin check.

use crate::{
	types::{is_closed, is_sound_hardware, is_sound_region, is_sound_uri},
	AwaitingSponsor, BalanceOf, Config, Error, Event, Liveness, LivenessRecord, NextNode, Node, NodeOf, NodeTickets,
	Nodes, NodesByOwner, Offer, OwnedCounts, Pallet, Regions,
};
use codec::Encode;
use frame_support::{
	ensure,
	traits::{fungible::Mutate, tokens::Preservation, Consideration, Footprint, Get},
};
use frame_system::pallet_prelude::BlockNumberFor;
use gpu_chain_primitives::{
	Collateral, NodeId, NodeStatus, OnNodeRegistered, OnNodeStatusChanged, OpenWork, Reason, Region, ResourceType,
	Tier, TrustInspect,
};
use sp_runtime::{
	traits::{Saturating, Zero},
	ArithmeticError, DispatchError, DispatchResult,
};

/// What a node's id is the hash of, before its owner and its number.
const NODE_ID_DOMAIN: &[u8; 14] = b"gpu-chain/node";

impl<T: Config> Pallet<T> {
	pub(crate) fn do_register_node(
		owner: T::AccountId,
		resource_type: ResourceType,
		offer: Offer<BalanceOf<T>>,
		stake: BalanceOf<T>,
	) -> DispatchResult {
		Self::ensure_sound(resource_type, &offer)?;
		ensure!(Regions::<T>::contains_key(&offer.region), Error::<T>::UnknownRegion);
		ensure!(OwnedCounts::<T>::get(&owner) < T::MaxNodesPerOwner::get(), Error::<T>::TooManyNodes);

		let fee = T::RegistrationFee::get();
		if !fee.is_zero() {
			T::Currency::transfer(&owner, &T::Treasury::get(), fee, Preservation::Preserve)?;
		}
		let (region, ask_per_hour) = (offer.region.clone(), offer.ask_per_hour);
		let node = Self::insert_node(&owner, resource_type, offer)?;
		Self::deposit_event(Event::NodeRegistered { node, owner: owner.clone(), resource_type, region, ask_per_hour });
		T::OnNodeRegistered::on_node_registered(&node, &owner, resource_type, stake)
	}

	pub(crate) fn do_update_node(who: &T::AccountId, id: &NodeId, offer: Offer<BalanceOf<T>>) -> DispatchResult {
		let mut node = Self::node_of(who, id)?;
		ensure!(!is_closed(node.status), Error::<T>::NodeClosed);
		Self::ensure_sound(node.resource_type, &offer)?;
		let (rebuilt, moved) = (offer.hardware != node.hardware, offer.region != node.region);
		// A node may stay in a region that was removed from the list.
		ensure!(!moved || Regions::<T>::contains_key(&offer.region), Error::<T>::UnknownRegion);
		ensure!(!(rebuilt || moved) || !T::OpenWork::has_open_work(id), Error::<T>::HasOpenWork);

		if rebuilt {
			// The challenge that was passed spoke for other hardware.
			AwaitingSponsor::<T>::remove(id);
			if node.status != NodeStatus::Pending {
				Self::change_status(id, &mut node, NodeStatus::Pending)?;
			}
		}
		Self::change_ask(id, &mut node, offer.ask_per_hour);
		node.hardware = offer.hardware;
		node.region = offer.region;
		node.metadata_uri = offer.metadata_uri;
		Nodes::<T>::insert(id, node);
		Self::deposit_event(Event::NodeUpdated { node: *id });
		T::OnNodeStatusChanged::on_node_changed(id);
		Ok(())
	}

	pub(crate) fn do_set_ask(who: &T::AccountId, id: &NodeId, ask_per_hour: BalanceOf<T>) -> DispatchResult {
		let mut node = Self::node_of(who, id)?;
		ensure!(!is_closed(node.status), Error::<T>::NodeClosed);
		Self::ensure_ask(ask_per_hour)?;

		Self::change_ask(id, &mut node, ask_per_hour);
		Nodes::<T>::insert(id, node);
		T::OnNodeStatusChanged::on_node_changed(id);
		Ok(())
	}

	pub(crate) fn do_activate_node(who: &T::AccountId, id: &NodeId) -> DispatchResult {
		let mut node = Self::node_of(who, id)?;
		ensure!(T::TrustInspect::trust_level(id) > 0, Error::<T>::UnderStaked);
		Self::change_status(id, &mut node, NodeStatus::Active)
	}

	pub(crate) fn do_deactivate_node(who: &T::AccountId, id: &NodeId) -> DispatchResult {
		let mut node = Self::node_of(who, id)?;
		ensure!(!T::OpenWork::has_open_work(id), Error::<T>::HasOpenWork);
		Self::change_status(id, &mut node, NodeStatus::Inactive)
	}

	pub(crate) fn do_reject_node(id: &NodeId, reason: Reason) -> DispatchResult {
		let mut node = Nodes::<T>::get(id).ok_or(Error::<T>::UnknownNode)?;
		Self::change_status(id, &mut node, NodeStatus::Rejected)?;
		Self::deposit_event(Event::NodeRejected { node: *id, reason });
		Ok(())
	}

	pub(crate) fn do_ban_node(id: &NodeId, reason: Reason) -> DispatchResult {
		let mut node = Nodes::<T>::get(id).ok_or(Error::<T>::UnknownNode)?;
		Self::change_status(id, &mut node, NodeStatus::Slashed)?;
		Self::deposit_event(Event::NodeBanned { node: *id, reason });
		Ok(())
	}

	pub(crate) fn do_remove_node(who: &T::AccountId, id: &NodeId) -> DispatchResult {
		let node = Self::node_of(who, id)?;
		ensure!(node.status != NodeStatus::Active, Error::<T>::StillActive);
		// A banned node may still owe work that its markets have not wound up.
		ensure!(!T::OpenWork::has_open_work(id), Error::<T>::HasOpenWork);
		ensure!(T::Collateral::staked(id).is_zero(), Error::<T>::StillStaked);

		Nodes::<T>::remove(id);
		NodesByOwner::<T>::remove(&node.owner, id);
		OwnedCounts::<T>::mutate_exists(&node.owner, |count| {
			*count = count.and_then(|count| count.checked_sub(1)).filter(|count| *count > 0);
		});
		Liveness::<T>::remove(id);
		AwaitingSponsor::<T>::remove(id);
		if let Some(ticket) = NodeTickets::<T>::take(id) {
			ticket.drop(&node.owner)?;
		}
		Self::deposit_event(Event::NodeRemoved { node: *id, owner: node.owner });
		Ok(())
	}

	pub(crate) fn do_add_trusted_node(id: &NodeId, tier: Tier) -> DispatchResult {
		ensure!(tier != Tier::Community, Error::<T>::NotATrustedTier);
		let mut node = Nodes::<T>::get(id).ok_or(Error::<T>::UnknownNode)?;
		ensure!(!is_closed(node.status), Error::<T>::NodeClosed);
		ensure!(node.tier != tier, Error::<T>::AlreadyInTier);

		node.tier = tier;
		Nodes::<T>::insert(id, &node);
		Self::deposit_event(Event::TrustedNodeAdded { node: *id, tier });
		T::OnNodeStatusChanged::on_node_changed(id);
		Self::verify_if_awaited(id, node)
	}

	pub(crate) fn do_remove_trusted_node(id: &NodeId) -> DispatchResult {
		let mut node = Nodes::<T>::get(id).ok_or(Error::<T>::UnknownNode)?;
		ensure!(node.tier != Tier::Community, Error::<T>::NotTrusted);

		node.tier = Tier::Community;
		Nodes::<T>::insert(id, node);
		Self::deposit_event(Event::TrustedNodeRemoved { node: *id });
		T::OnNodeStatusChanged::on_node_changed(id);
		Ok(())
	}

	pub(crate) fn do_heartbeat(who: &T::AccountId, id: &NodeId) -> DispatchResult {
		let node = Self::node_of(who, id)?;
		ensure!(node.status == NodeStatus::Active, Error::<T>::NotActive);
		let now = frame_system::Pallet::<T>::block_number();
		let mut liveness = Self::liveness_now(id).ok_or(Error::<T>::NotActive)?;
		ensure!(!liveness.seen_in_current, Error::<T>::HeartbeatTooSoon);

		liveness.seen_in_current = true;
		liveness.last_seen = Some(now);
		Liveness::<T>::insert(id, liveness);
		Self::deposit_event(Event::HeartbeatReceived { node: *id });
		T::OnNodeStatusChanged::on_node_changed(id);
		Ok(())
	}

	pub(crate) fn do_add_region(region: Region) -> DispatchResult {
		ensure!(is_sound_region(&region), Error::<T>::InvalidRegion);
		ensure!(!Regions::<T>::contains_key(&region), Error::<T>::RegionExists);

		Regions::<T>::insert(&region, ());
		Self::deposit_event(Event::RegionAdded { region });
		Ok(())
	}

	pub(crate) fn do_remove_region(region: Region) -> DispatchResult {
		ensure!(Regions::<T>::contains_key(&region), Error::<T>::UnknownRegion);

		Regions::<T>::remove(&region);
		Self::deposit_event(Event::RegionRemoved { region });
		Ok(())
	}

	/// Takes the storage deposit and a number, and stores a pending node with its indexes. Tells nobody. Needs a transactional
	/// caller.
	pub(crate) fn insert_node(
		owner: &T::AccountId,
		resource_type: ResourceType,
		offer: Offer<BalanceOf<T>>,
	) -> Result<NodeId, DispatchError> {
		let number = NextNode::<T>::get();
		// A number that came twice would make an id twice.
		NextNode::<T>::put(number.checked_add(1).ok_or(ArithmeticError::Overflow)?);
		let id = NodeId::from(sp_io::hashing::blake2_256(&(NODE_ID_DOMAIN, owner, number).encode()));

		let ticket = T::Consideration::new(owner, Self::footprint())?;
		NodeTickets::<T>::insert(id, ticket);
		NodesByOwner::<T>::insert(owner, id, ());
		OwnedCounts::<T>::mutate(owner, Saturating::saturating_inc);
		Nodes::<T>::insert(
			id,
			Node {
				owner: owner.clone(),
				resource_type,
				status: NodeStatus::Pending,
				tier: Tier::Community,
				hardware: offer.hardware,
				region: offer.region,
				ask_per_hour: offer.ask_per_hour,
				metadata_uri: offer.metadata_uri,
				registered_at: frame_system::Pallet::<T>::block_number(),
			},
		);
		Ok(id)
	}

	/// What a node's owner pays a storage deposit for: the largest node, its heartbeats, and its places in the lists. One size for
	/// all, so that an update never moves money.
	pub(crate) fn footprint() -> Footprint {
		Footprint::from_mel::<(NodeOf<T>, LivenessRecord<BlockNumberFor<T>>, T::AccountId, NodeId, NodeId, NodeId)>()
	}

	fn node_of(who: &T::AccountId, id: &NodeId) -> Result<NodeOf<T>, Error<T>> {
		let node = Nodes::<T>::get(id).ok_or(Error::<T>::UnknownNode)?;
		ensure!(node.owner == *who, Error::<T>::NotOwner);
		Ok(node)
	}

	fn ensure_ask(ask_per_hour: BalanceOf<T>) -> Result<(), Error<T>> {
		// Nobody could book at zero: an escrow of nothing is refused.
		ensure!(!ask_per_hour.is_zero() && ask_per_hour <= T::MaxAsk::get(), Error::<T>::AskOutOfRange);
		Ok(())
	}

	/// Whether the offer is such as a node of `resource_type` may have, its region apart.
	pub(crate) fn ensure_sound(resource_type: ResourceType, offer: &Offer<BalanceOf<T>>) -> Result<(), Error<T>> {
		ensure!(is_sound_hardware(resource_type, &offer.hardware), Error::<T>::InvalidHardware);
		ensure!(is_sound_uri(&offer.metadata_uri), Error::<T>::InvalidUri);
		Self::ensure_ask(offer.ask_per_hour)
	}
}
