//! The invariants of the crate's documentation.

use crate::{types::total, Config, EscrowState, Escrows, HoldReason, Pallet};
use alloc::{collections::BTreeMap, vec::Vec};
use codec::Encode;
use frame_support::{ensure, traits::fungibles::hold::Inspect};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchError,
};

impl<T: Config> Pallet<T> {
	/// Checks the invariants of the crate's documentation. Reads every escrow: for tests and for checks off chain.
	///
	/// # Errors
	/// Names the first invariant that does not hold.
	pub fn do_try_state() -> Result<(), DispatchError> {
		let mut held: BTreeMap<Vec<u8>, (T::AccountId, T::AssetKind, T::Balance)> = BTreeMap::new();
		for (_, record) in Escrows::<T>::iter() {
			ensure!(!record.amount.is_zero(), DispatchError::Other("escrow 1: an escrow of nothing"));
			if let EscrowState::Settled { provider, judge, settlement, owed } = &record.state {
				let shared = match judge {
					None => *settlement == record.share(settlement.provider.saturating_add(settlement.fee)),
					// A judge shares out as the verdict says.
					Some(_) => total(settlement) == record.amount,
				};
				ensure!(
					shared
						&& owed.provider <= settlement.provider
						&& owed.fee <= settlement.fee
						&& owed.refund <= settlement.refund
						&& owed.arbitration <= settlement.arbitration,
					DispatchError::Other("escrow 2: a settlement does not add up")
				);
				ensure!(
					provider.is_some() || settlement.provider.saturating_add(settlement.fee).is_zero(),
					DispatchError::Other("escrow 3: a settlement pays a provider that it does not have")
				);
			}
			let entry = held
				.entry((&record.buyer, &record.asset).encode())
				.or_insert_with(|| (record.buyer.clone(), record.asset.clone(), Zero::zero()));
			entry.2 = entry.2.saturating_add(record.held());
		}
		for (buyer, asset, amount) in held.into_values() {
			ensure!(
				T::Currency::balance_on_hold(asset, &HoldReason::Escrow.into(), &buyer) == amount,
				DispatchError::Other("escrow 4: what is on hold is not what escrows hold")
			);
		}
		Ok(())
	}
}
