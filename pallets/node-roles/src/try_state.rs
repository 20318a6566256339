//! The check of the crate documentation's invariants.

use crate::{Audits, Blames, Config, HoldReason, Kings, Pallet, QueenOf, Queens, SponsoredBy, Sponsorships, Tickets};
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::{ensure, traits::fungible::hold::Inspect};
use gpu_chain_primitives::ProviderInspect;
use sp_runtime::{traits::Saturating, DispatchError};

impl<T: Config> Pallet<T> {
	/// Checks the numbered invariants of the crate's documentation. Reads everything: for tests and try-runtime.
	///
	/// # Errors
	/// Names the first invariant that does not hold.
	pub fn do_try_state() -> Result<(), DispatchError> {
		let queens: BTreeMap<T::AccountId, QueenOf<T>> = Queens::<T>::iter().collect();
		let kings = Kings::<T>::get();
		ensure!(
			kings.windows(2).all(|pair| pair[0] < pair[1]) && !kings.iter().any(|king| queens.contains_key(king)),
			DispatchError::Other("node-roles 1: Kings are not in order, or one of them is a Queen")
		);

		let mut blamed = BTreeMap::<T::AccountId, u32>::new();
		for who in Blames::<T>::iter_values() {
			blamed.entry(who).or_default().saturating_inc();
		}
		ensure!(
			blamed.keys().all(|who| queens.contains_key(who)),
			DispatchError::Other("node-roles 5: somebody is blamed who is no Queen")
		);
		for (who, queen) in &queens {
			ensure!(
				T::Currency::balance_on_hold(&HoldReason::QueenBond.into(), who) == queen.bond,
				DispatchError::Other("node-roles 2: a bond is not what is on hold")
			);
			ensure!(
				SponsoredBy::<T>::iter_key_prefix(who).count() == queen.sponsored as usize,
				DispatchError::Other("node-roles 3: a Queen's count is not the length of her list")
			);
			ensure!(
				blamed.get(who).copied().unwrap_or_default() == queen.blamed,
				DispatchError::Other("node-roles 5: a Queen's blames are not counted")
			);
			let approving: BTreeSet<_> = queen.approvals.iter().collect();
			ensure!(
				approving.len() == queen.approvals.len() && (approving.is_empty() || queen.is_confirmable()),
				DispatchError::Other("node-roles 6: approvals twice, or of a Queen who needs none")
			);
		}

		let mut sponsored = 0usize;
		for (node, sponsorship) in Sponsorships::<T>::iter() {
			sponsored = sponsored.saturating_add(1);
			ensure!(
				queens.contains_key(&sponsorship.queen)
					&& SponsoredBy::<T>::contains_key(&sponsorship.queen, node)
					&& Tickets::<T>::contains_key(node),
				DispatchError::Other("node-roles 3: a sponsorship without a Queen, a place in her list or a deposit")
			);
			ensure!(
				T::Providers::node(&node).is_none_or(|summary| summary.owner != sponsorship.queen),
				DispatchError::Other("node-roles 3: a Queen sponsors a node of her own")
			);
		}
		ensure!(
			SponsoredBy::<T>::iter_keys().count() == sponsored && Tickets::<T>::iter_keys().count() == sponsored,
			DispatchError::Other("node-roles 3: something is listed or paid for that is not sponsored")
		);
		for (node, audit) in Audits::<T>::iter() {
			ensure!(
				Sponsorships::<T>::get(node).is_some_and(|sponsorship| sponsorship.queen == audit.queen),
				DispatchError::Other("node-roles 4: an audit that is not of the node's sponsor")
			);
		}
		Ok(())
	}
}
