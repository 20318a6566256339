//! Trust levels.

use crate::{Config, Pallet, PartnerInspect};
use frame_support::traits::Get;
use gpu_chain_primitives::{
	Collateral, NodeId, NodeStatus, ProviderInspect, ReputationInspect, TrustInspect, TrustLevel,
};

impl<T: Config> TrustInspect for Pallet<T> {
	fn trust_level(node: &NodeId) -> TrustLevel {
		match T::Providers::node(node).map(|summary| summary.status) {
			None | Some(NodeStatus::Rejected | NodeStatus::Slashed) => 0,
			Some(_) => T::Thresholds::get().level(
				Self::staked(node),
				T::MinimumStake::get(),
				&T::Reputation::track_record(node),
				|| T::Partners::is_partner(node),
			),
		}
	}
}
