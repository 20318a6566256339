//! Trust levels.

use crate::{Commitments, Config, Pallet};
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
				|| Self::is_partner(node),
			),
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Whether the node's owner has committed to a partner's service level, and the bond behind it is large enough.
	pub fn is_partner(node: &NodeId) -> bool {
		Commitments::<T>::get(node).is_some_and(|commitment| commitment.is_partners(&T::SlaLimits::get()))
	}
}
