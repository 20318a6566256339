//! What the registry and the challenges ask about a node's rentals.

use crate::{Config, Counterparties, NodeRentals, Pallet};
use gpu_chain_primitives::{NodeId, OpenWork};

impl<T: Config> OpenWork<T::AccountId> for Pallet<T> {
	fn has_open_work(node: &NodeId) -> bool {
		NodeRentals::<T>::contains_key(node)
	}

	fn is_counterparty(node: &NodeId, who: &T::AccountId) -> bool {
		Counterparties::<T>::contains_key(node, who)
	}
}
