//! The collateral that markets rely on.

use crate::{BalanceOf, Config, Pallet, Stakes};
use frame_support::storage::with_storage_layer;
use gpu_chain_primitives::{Collateral, Misconduct, NodeId};
use sp_runtime::{DispatchResult, Permill};

impl<T: Config> Collateral<T::AccountId, BalanceOf<T>> for Pallet<T> {
	fn staked(node: &NodeId) -> BalanceOf<T> {
		Stakes::<T>::get(node).map(|ledger| ledger.counting()).unwrap_or_default()
	}

	fn slash(
		node: &NodeId,
		share: Permill,
		misconduct: Misconduct,
		harmed: Option<(T::AccountId, BalanceOf<T>)>,
	) -> DispatchResult {
		with_storage_layer(|| Self::do_slash(node, share, misconduct, harmed))
	}
}
