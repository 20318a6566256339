//! What clients read. The runtime offers these as runtime APIs.

use crate::{types::Grant, Accounts, AllowanceOf, Allowances, Config, GrantOf, Pallet};
use gpu_chain_primitives::Page;

impl<T: Config> Pallet<T> {
	/// What lies in a prepaid account of that currency, in its smallest unit.
	pub fn balance(owner: &T::AccountId, asset: &T::AssetKind) -> T::Balance {
		Accounts::<T>::get(owner, asset)
	}

	/// A page of the currencies that an owner has paid in, with what lies there.
	pub fn balances(
		owner: &T::AccountId,
		cursor: Option<T::AssetKind>,
		limit: u32,
	) -> Page<(T::AssetKind, T::Balance), T::AssetKind> {
		let rest = match cursor {
			None => Accounts::<T>::iter_prefix(owner),
			Some(asset) => Accounts::<T>::iter_prefix_from(owner, Accounts::<T>::hashed_key_for(owner, asset)),
		};
		Page::collect(rest, limit, |(asset, _)| asset.clone())
	}

	/// What `spender` may spend of `owner`'s account, whether or not as much lies there. `None` also of one that expired.
	pub fn allowance(owner: &T::AccountId, spender: &T::AccountId, asset: &T::AssetKind) -> Option<AllowanceOf<T>> {
		let allowance = Allowances::<T>::get(owner, (spender, asset))?;
		(!allowance.has_expired(&Self::now())).then_some(allowance)
	}

	/// A page of the allowances that an owner gave, expired ones included, in the order of storage.
	pub fn allowances(
		owner: &T::AccountId,
		cursor: Option<(T::AccountId, T::AssetKind)>,
		limit: u32,
	) -> Page<GrantOf<T>, (T::AccountId, T::AssetKind)> {
		let rest = match cursor {
			None => Allowances::<T>::iter_prefix(owner),
			Some(key) => Allowances::<T>::iter_prefix_from(owner, Allowances::<T>::hashed_key_for(owner, key)),
		};
		let grants = rest.map(|((spender, asset), allowance)| Grant {
			spender,
			asset,
			amount: allowance.amount,
			expires_at: allowance.expires_at,
		});
		Page::collect(grants, limit, |grant| (grant.spender.clone(), grant.asset.clone()))
	}
}
