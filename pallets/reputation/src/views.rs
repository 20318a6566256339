//! What dApps read, exposed by the runtime.

use crate::{Config, History, Pallet, ScoreChange};
use alloc::vec::Vec;
use frame_system::pallet_prelude::BlockNumberFor;
use gpu_chain_primitives::{NodeId, ReputationInspect, TrackRecord};

impl<T: Config> Pallet<T> {
	/// The node's record; for a node without one, the default (everything zero).
	pub fn track_record(node: &NodeId) -> TrackRecord {
		<Self as ReputationInspect>::track_record(node)
	}

	/// The node's last score changes, oldest first; at most `HistoryLength` of them.
	pub fn history(node: &NodeId) -> Vec<ScoreChange<BlockNumberFor<T>>> {
		History::<T>::get(node).into_inner()
	}
}
