//! Benchmarks, with the dearest currency.

use crate::{
	types::{footprint, Reference},
	Accounts, AllowanceOf, Allowances, Call, Config, Pallet,
};
use alloc::vec;
use frame_benchmarking::v2::*;
use frame_support::{traits::Consideration, BoundedVec};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use gpu_chain_primitives::{benchmarking::BenchmarkCurrency, PrepaidAccounts};

fn amount<T: Config>() -> T::Balance {
	1_000_000u32.into()
}

/// Somebody who can pay in, and pay the deposit for an allowance.
fn funded<T: Config>() -> (T::AccountId, T::AssetKind) {
	let owner: T::AccountId = account("owner", 0, 0);
	let footprint = footprint::<(T::AccountId, T::AccountId, T::AssetKind), AllowanceOf<T>>();
	T::Consideration::ensure_successful(&owner, footprint);
	let asset = T::BenchmarkHelper::fund(&owner, amount::<T>());
	(owner, asset)
}

/// Somebody who has paid in.
fn prepaid<T: Config>() -> (T::AccountId, T::AssetKind) {
	let (owner, asset) = funded::<T>();
	assert!(Pallet::<T>::do_deposit(owner.clone(), asset.clone(), amount::<T>()).is_ok());
	(owner, asset)
}

/// Somebody who has paid in and lets another spend all of it.
fn allowed<T: Config>(expires_at: Option<BlockNumberFor<T>>) -> (T::AccountId, T::AccountId, T::AssetKind) {
	let (owner, asset) = prepaid::<T>();
	let spender: T::AccountId = account("spender", 0, 0);
	let set = Pallet::<T>::do_set_allowance(owner.clone(), spender.clone(), asset.clone(), amount::<T>(), expires_at);
	assert!(set.is_ok());
	(owner, spender, asset)
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn deposit() {
		let (owner, asset) = funded::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(owner.clone()), asset.clone(), amount::<T>());

		assert_eq!(Accounts::<T>::get(owner, asset), amount::<T>());
	}

	#[benchmark]
	fn withdraw() {
		let (owner, asset) = prepaid::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(owner.clone()), asset.clone(), amount::<T>());

		assert!(!Accounts::<T>::contains_key(owner, asset));
	}

	#[benchmark]
	fn make_payment() {
		let (owner, asset) = prepaid::<T>();
		let to: T::AccountId = account("payee", 0, 0);
		T::BenchmarkHelper::fund(&to, amount::<T>());
		let reference: Reference = BoundedVec::truncate_from(vec![b'r'; 64]);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner.clone()), to, asset.clone(), amount::<T>(), reference);

		assert!(!Accounts::<T>::contains_key(owner, asset));
	}

	#[benchmark]
	fn set_allowance() {
		let (owner, asset) = funded::<T>();
		let spender: T::AccountId = account("spender", 0, 0);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner.clone()), spender.clone(), asset.clone(), amount::<T>(), None);

		assert!(Allowances::<T>::contains_key(owner, (spender, asset)));
	}

	#[benchmark]
	fn raise_allowance() {
		let (owner, spender, asset) = allowed::<T>(None);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner.clone()), spender.clone(), asset.clone(), amount::<T>());

		assert_eq!(
			Allowances::<T>::get(owner, (spender, asset)).map(|allowance| allowance.amount),
			Some(2_000_000u32.into())
		);
	}

	#[benchmark]
	fn lower_allowance() {
		let (owner, spender, asset) = allowed::<T>(None);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner.clone()), spender.clone(), asset.clone(), amount::<T>());

		assert!(!Allowances::<T>::contains_key(owner, (spender, asset)));
	}

	#[benchmark]
	fn revoke_allowance() {
		let (owner, spender, asset) = allowed::<T>(None);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner.clone()), spender.clone(), asset.clone());

		assert!(!Allowances::<T>::contains_key(owner, (spender, asset)));
	}

	#[benchmark]
	fn remove_expired_allowance() {
		let now = frame_system::Pallet::<T>::block_number();
		let (owner, spender, asset) = allowed::<T>(Some(now));
		frame_system::Pallet::<T>::set_block_number(now + 1u32.into());
		let caller: T::AccountId = whitelisted_caller();

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), owner.clone(), spender.clone(), asset.clone());

		assert!(!Allowances::<T>::contains_key(owner, (spender, asset)));
	}

	#[benchmark]
	fn draw() {
		let (owner, spender, asset) = allowed::<T>(None);

		#[block]
		{
			assert!(<Pallet<T> as PrepaidAccounts<_, _, _>>::draw(&owner, &spender, &asset, amount::<T>()).is_ok());
		}

		assert!(!Accounts::<T>::contains_key(&owner, &asset));
		assert!(!Allowances::<T>::contains_key(owner, (spender, asset)));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
