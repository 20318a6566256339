//! What buyers ask of nodes, for the market of tasks.

use crate::{Config, Pallet, WeightInfo};
use frame_support::weights::Weight;
use gpu_chain_primitives::{Candidates, NodeId, TaskId, TaskRequests};
use sp_runtime::traits::Zero;

impl<T: Config> TaskRequests for Pallet<T> {
	fn is_met(task: TaskId, node: &NodeId, as_fallback: bool) -> bool {
		let Some((_, auction)) = Self::latest_of(task) else { return true };
		let Some(candidate) = T::Candidates::candidate(node) else { return false };
		auction.request.check(&candidate, as_fallback).is_ok()
	}

	fn has_bids(task: TaskId) -> bool {
		Self::latest_of(task).is_some_and(|(_, auction)| auction.is_running() && !auction.bids.is_zero())
	}

	fn weight() -> Weight {
		T::WeightInfo::is_met()
	}
}
