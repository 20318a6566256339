//! The invariants of the crate's documentation.

use crate::{
	types::{Authority, Content, RouteKind, Subject},
	Across, Authorities, AuthoritySetId, AuthoritySetOf, BalanceOf, Chains, CollectedSignatures, Config, Departing,
	GatewaySets, HeaderRanges, Headers, HoldReason, OpenItems, OutboundNonce, Outbox, Pallet, Recorded, Rotations,
	Routes, TokenOf, Withdrawals,
};
use alloc::{collections::BTreeMap, vec::Vec};
use codec::Encode;
use frame_support::{
	ensure,
	traits::{
		fungibles::{hold::Inspect as _, Inspect},
		Get,
	},
};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchError,
};

fn sound<AccountId>(members: &[Authority<AccountId>]) -> bool {
	!members.is_empty()
		&& members.windows(2).all(|pair| matches!(pair, [a, b] if a.address < b.address))
		&& members.iter().all(|member| member.power > 0 && !member.address.is_zero())
}

impl<T: Config> Pallet<T> {
	/// Checks the invariants of the crate's documentation. Reads everything: for tests and for checks off chain.
	///
	/// # Errors
	/// Names the first invariant that does not hold.
	pub fn do_try_state() -> Result<(), DispatchError> {
		Self::check_headers()?;
		Self::check_sets()?;
		Self::check_outbox()?;
		Self::check_signatures()?;
		Self::check_money()?;
		for (chain_id, token, route) in Routes::<T>::iter() {
			let back = TokenOf::<T>::get(chain_id, &route.asset);
			ensure!(back == Some(token), DispatchError::Other("evm-bridge 7: a route that its asset does not name"));
		}
		for (chain_id, asset, token) in TokenOf::<T>::iter() {
			let back = Routes::<T>::get(chain_id, token).map(|route| route.asset);
			ensure!(back == Some(asset), DispatchError::Other("evm-bridge 7: an asset that its route does not name"));
		}
		Ok(())
	}

	fn check_headers() -> Result<(), DispatchError> {
		let mut listed = 0usize;
		for (chain_id, range) in HeaderRanges::<T>::iter() {
			let mut at = Some(range.oldest);
			let mut last = None;
			let mut count = 0u32;
			while let Some(number) = at {
				let header = Headers::<T>::get(chain_id, number)
					.ok_or(DispatchError::Other("evm-bridge 1: a header is missing"))?;
				ensure!(
					last.is_none_or(|last| last < number)
						&& !header.block_hash.is_zero()
						&& !header.receipts_root.is_zero(),
					DispatchError::Other("evm-bridge 1: headers are out of order or zero")
				);
				count = count.saturating_add(1);
				last = Some(number);
				at = header.next;
			}
			ensure!(
				count == range.count && last == Some(range.newest),
				DispatchError::Other("evm-bridge 1: headers are not as many as are counted")
			);
			listed = listed.saturating_add(count as usize);
		}
		ensure!(listed == Headers::<T>::iter().count(), DispatchError::Other("evm-bridge 1: a header is in no list"));
		Ok(())
	}

	fn check_sets() -> Result<(), DispatchError> {
		let running = AuthoritySetId::<T>::get();
		ensure!(
			running == 0 || Authorities::<T>::contains_key(running),
			DispatchError::Other("evm-bridge 2: there is no running set")
		);
		let ours = Authorities::<T>::iter_values().all(|set: AuthoritySetOf<T>| sound(&set.members));
		let theirs = GatewaySets::<T>::iter_values().all(|set| sound(&set.members));
		ensure!(ours && theirs, DispatchError::Other("evm-bridge 2: a set is not sound"));
		Ok(())
	}

	fn check_outbox() -> Result<(), DispatchError> {
		for chain_id in Chains::<T>::iter_keys() {
			let mut count = 0u32;
			for (nonce, item) in Outbox::<T>::iter_prefix(chain_id) {
				count = count.saturating_add(1);
				let hash = item.payload(nonce).struct_hash(0);
				ensure!(
					nonce <= OutboundNonce::<T>::get(chain_id)
						&& Recorded::<T>::get(chain_id, nonce).is_some_and(|recorded| recorded.0 == hash),
					DispatchError::Other("evm-bridge 3: an item is not recorded")
				);
				ensure!(
					!matches!(&item.content, Content::Batch(withdrawals) if withdrawals.is_empty()),
					DispatchError::Other("evm-bridge 3: a batch of nothing")
				);
			}
			ensure!(
				count == OpenItems::<T>::get(chain_id),
				DispatchError::Other("evm-bridge 3: items are not as many as are counted")
			);
		}
		Ok(())
	}

	fn check_signatures() -> Result<(), DispatchError> {
		for (chain_id, subject, collected) in CollectedSignatures::<T>::iter() {
			let rotation =
				Rotations::<T>::get(chain_id).ok_or(DispatchError::Other("evm-bridge 4: signatures for no chain"))?;
			let open = match subject {
				Subject::Item(nonce) => Outbox::<T>::contains_key(chain_id, nonce),
				Subject::Set(set_id) => rotation.pending && set_id == rotation.next(),
			};
			ensure!(open, DispatchError::Other("evm-bridge 4: signatures for nothing"));
			let Some(set) = GatewaySets::<T>::get(chain_id, collected.set_id) else { continue };
			let sorted = collected.signed.windows(2).all(|pair| matches!(pair, [a, b] if a.0 < b.0));
			let power = collected
				.signed
				.iter()
				.filter_map(|(index, _)| set.members.get(usize::from(*index)))
				.fold(0u64, |sum, member| sum.saturating_add(member.power));
			ensure!(sorted && power == collected.power, DispatchError::Other("evm-bridge 4: signatures do not add up"));
		}
		Ok(())
	}

	fn check_money() -> Result<(), DispatchError> {
		type Held<T> =
			BTreeMap<Vec<u8>, (<T as frame_system::Config>::AccountId, <T as Config>::AssetKind, BalanceOf<T>)>;
		let mut held: Held<T> = BTreeMap::new();
		// What the pallet's account must have, by asset.
		let mut locked: BTreeMap<Vec<u8>, (T::AssetKind, BalanceOf<T>)> = BTreeMap::new();
		let mut add = |asset: T::AssetKind, amount: BalanceOf<T>, subtract: BalanceOf<T>| {
			let entry = locked.entry(asset.encode()).or_insert_with(|| (asset, Zero::zero()));
			entry.1 = entry.1.saturating_add(amount).saturating_sub(subtract);
		};
		for (chain_id, token, route) in Routes::<T>::iter() {
			if route.kind == RouteKind::Locked {
				add(route.asset, Across::<T>::get(chain_id, token), Zero::zero());
			}
		}
		for (chain_id, _, queued) in Withdrawals::<T>::iter() {
			let one = queued.withdrawal;
			let entry = held
				.entry((&one.who, &one.asset).encode())
				.or_insert_with(|| (one.who.clone(), one.asset.clone(), Zero::zero()));
			entry.2 = entry.2.saturating_add(one.amount);
			add(T::NativeAsset::get(), one.fee, Zero::zero());
			if Routes::<T>::get(chain_id, one.token).is_some_and(|route| route.kind == RouteKind::Locked) {
				add(one.asset, Zero::zero(), one.amount);
			}
		}
		for (_, _, item) in Outbox::<T>::iter() {
			add(T::NativeAsset::get(), item.fee, Zero::zero());
		}
		for (chain_id, token, amount) in Departing::<T>::iter() {
			let waiting = Withdrawals::<T>::iter_prefix_values(chain_id)
				.filter(|queued| queued.withdrawal.token == token)
				.fold(BalanceOf::<T>::zero(), |sum, queued| sum.saturating_add(queued.withdrawal.amount));
			ensure!(waiting == amount, DispatchError::Other("evm-bridge 5: what waits is not what is counted"));
			let is_locked = Routes::<T>::get(chain_id, token).is_some_and(|route| route.kind == RouteKind::Locked);
			ensure!(
				!is_locked || amount <= Across::<T>::get(chain_id, token),
				DispatchError::Other("evm-bridge 6: more waits to leave than is counted as gone")
			);
		}
		for (who, asset, amount) in held.into_values() {
			ensure!(
				T::Holds::balance_on_hold(asset, &HoldReason::Withdrawal.into(), &who) == amount,
				DispatchError::Other("evm-bridge 5: what is on hold is not what waits")
			);
		}
		for (asset, amount) in locked.into_values() {
			ensure!(
				T::Currency::balance(asset, &Self::account_id()) >= amount,
				DispatchError::Other("evm-bridge 6: the account has less than is locked and owed")
			);
		}
		Ok(())
	}
}
