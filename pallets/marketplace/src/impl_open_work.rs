//! Tells lower layers which nodes have work.

use crate::{Config, Counterparties, NodeWork, Pallet};
use gpu_chain_primitives::{NodeId, OpenWork};

impl<T: Config> OpenWork<T::AccountId> for Pallet<T> {
	fn has_open_work(node: &NodeId) -> bool {
		NodeWork::<T>::contains_key(node)
	}

	fn is_counterparty(node: &NodeId, who: &T::AccountId) -> bool {
		Counterparties::<T>::contains_key(node, who)
	}
}
