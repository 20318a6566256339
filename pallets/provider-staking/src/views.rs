//! What dApps read, exposed by the runtime.

use crate::{
	CommitmentOf, Commitments, Config, Pallet, PendingByNode, PendingSlashOf, PendingSlashes, SlashId, StakeLedgerOf,
	Stakes,
};
use gpu_chain_primitives::{NodeId, Page, TrustInspect, TrustLevel};

impl<T: Config> Pallet<T> {
	/// The stake behind a node; `None` where there is none.
	pub fn stake(node: &NodeId) -> Option<StakeLedgerOf<T>> {
		Stakes::<T>::get(node)
	}

	/// The service level that the node's owner has committed to; `None` for no commitment.
	pub fn commitment(node: &NodeId) -> Option<CommitmentOf<T>> {
		Commitments::<T>::get(node)
	}

	/// How far a node is trusted: 0 for an unknown or under-staked node, else 1 to 4.
	pub fn trust_level(node: &NodeId) -> TrustLevel {
		<Self as TrustInspect>::trust_level(node)
	}

	/// A node's pending slashes, in no particular order. `cursor` is what the previous page named, `None` for the first.
	pub fn pending_slashes(
		node: &NodeId,
		cursor: Option<SlashId>,
		limit: u32,
	) -> Page<(SlashId, PendingSlashOf<T>), SlashId> {
		let ids = match cursor {
			Some(last) => {
				PendingByNode::<T>::iter_key_prefix_from(node, PendingByNode::<T>::hashed_key_for(node, last))
			}
			None => PendingByNode::<T>::iter_key_prefix(node),
		};
		let slashes = ids.filter_map(|slash| Some((slash, PendingSlashes::<T>::get(slash)?)));
		Page::collect(slashes, limit, |(slash, _)| *slash)
	}
}
