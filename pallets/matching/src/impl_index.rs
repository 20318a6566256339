//! The index of active nodes: kept up to date by hooks, read by whoever ranks.

use crate::{
	types::{page_of, INDEX_PAGE},
	Config, IndexCounts, IndexPages, IndexPlaces, Pallet, WeightInfo,
};
use frame_support::weights::Weight;
use gpu_chain_primitives::{
	matching::{ranked, Candidate, MatchTerms, RankCursor, RankedNode},
	NodeDigests, NodeId, NodeStatus, OnNodeStatusChanged, Page, ResourceType,
};

impl<T: Config> Pallet<T> {
	/// Brings a node's entry in line with what is known of it now; a node that is not active has none. Says whether it has one
	/// then.
	pub fn refresh(node: &NodeId) -> bool {
		let Some((resource_type, digest)) = T::Digests::digest(node) else {
			Self::remove_entry(node);
			return false;
		};
		match IndexPlaces::<T>::get(node) {
			Some((of_type, place)) if of_type == resource_type => {
				Self::write_entry(resource_type, place, *node, digest)
			}
			_ => {
				Self::remove_entry(node);
				let place = IndexCounts::<T>::get(resource_type);
				IndexCounts::<T>::insert(resource_type, place.saturating_add(1));
				IndexPlaces::<T>::insert(node, (resource_type, place));
				Self::write_entry(resource_type, place, *node, digest);
			}
		}
		true
	}

	fn write_entry(resource_type: ResourceType, place: u32, node: NodeId, digest: <T::Digests as NodeDigests>::Digest) {
		let (page, at) = page_of(place);
		IndexPages::<T>::mutate(resource_type, page, |entries| match entries.get_mut(at) {
			Some(entry) => *entry = (node, digest),
			// The place is the end of the last page, which is not full: there the index goes on.
			None => _ = entries.try_push((node, digest)),
		});
	}

	/// Takes a node out of the index, if it is there; the last one takes its place.
	fn remove_entry(node: &NodeId) {
		let Some((resource_type, place)) = IndexPlaces::<T>::take(node) else { return };
		let Some(last) = IndexCounts::<T>::get(resource_type).checked_sub(1) else { return };
		let (last_page, _) = page_of(last);
		let moved = IndexPages::<T>::mutate_exists(resource_type, last_page, |entries| {
			let moved = entries.as_mut().and_then(|entries| entries.pop());
			if entries.as_ref().is_some_and(|entries| entries.is_empty()) {
				*entries = None;
			}
			moved
		});
		if let Some((other, digest)) = moved.filter(|_| place != last) {
			IndexPlaces::<T>::insert(other, (resource_type, place));
			Self::write_entry(resource_type, place, other, digest);
		}
		match last {
			0 => IndexCounts::<T>::remove(resource_type),
			_ => IndexCounts::<T>::insert(resource_type, last),
		}
	}

	/// What the index knows of the active nodes of a type now.
	pub fn indexed(resource_type: ResourceType) -> impl Iterator<Item = (NodeId, Candidate<()>)> {
		let moment = T::Digests::moment();
		let pages = IndexCounts::<T>::get(resource_type).div_ceil(INDEX_PAGE);
		(0..pages)
			.flat_map(move |page| IndexPages::<T>::get(resource_type, page))
			.map(move |(node, digest)| (node, T::Digests::expand(digest, resource_type, &moment)))
	}

	/// A page of the active nodes that fit, at the prices they ask, best first; `None` if the request makes no sense. Reads the
	/// whole index of the type: for clients, never for a block.
	pub fn rank(terms: &MatchTerms, cursor: Option<RankCursor>, limit: u32) -> Option<Page<RankedNode, RankCursor>> {
		ranked(terms, Self::indexed(terms.resource_type), cursor, limit)
	}
}

impl<T: Config> OnNodeStatusChanged for Pallet<T> {
	fn on_node_status_changed(node: &NodeId, _: ResourceType, old: NodeStatus, new: NodeStatus) {
		if old == NodeStatus::Active || new == NodeStatus::Active {
			Self::refresh(node);
		}
	}

	fn on_node_changed(node: &NodeId) {
		if IndexPlaces::<T>::contains_key(node) {
			Self::refresh(node);
		}
	}

	fn weight() -> Weight {
		T::WeightInfo::refresh_node()
	}
}
