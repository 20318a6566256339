//! What happens when a node is registered.

use crate::{BalanceOf, Config, Error, Pallet, Stakes, WeightInfo};
use frame_support::{ensure, weights::Weight};
use gpu_chain_primitives::{NodeId, OnNodeRegistered, ResourceType};
use sp_runtime::DispatchResult;

/// Bonds the first stake.
impl<T: Config> OnNodeRegistered<T::AccountId, BalanceOf<T>> for Pallet<T> {
	fn on_node_registered(node: &NodeId, owner: &T::AccountId, _: ResourceType, stake: BalanceOf<T>) -> DispatchResult {
		ensure!(!Stakes::<T>::contains_key(node), Error::<T>::AlreadyStaked);
		Self::bond_first(node, owner.clone(), stake)
	}

	fn weight() -> Weight {
		T::WeightInfo::on_node_registered()
	}
}
