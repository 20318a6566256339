//! Benchmarks, with the longest profile and the most wallets.

use crate::{types, Call, Config, Pallet, Profile, Users, Wallets};
use alloc::vec;
use codec::MaxEncodedLen;
use frame_benchmarking::v2::*;
use frame_support::traits::{Consideration, Footprint};
use frame_system::RawOrigin;
use sp_core::{ecdsa, testing::ECDSA, H160, H256};
use sp_io::crypto::{ecdsa_generate, ecdsa_sign_prehashed};

fn longest() -> Profile {
	Profile {
		uri: vec![b'u'; types::MAX_URI as usize].try_into().unwrap_or_default(),
		name_hash: H256::repeat_byte(1),
		encryption_key: Some([1; 32]),
	}
}

/// Somebody who can pay any deposit.
fn funded<T: Config>() -> T::AccountId {
	let who: T::AccountId = whitelisted_caller();
	let size = crate::UserOf::<T>::max_encoded_len() as u64 + 1_000;
	T::Consideration::ensure_successful(&who, Footprint { count: 1, size });
	who
}

/// A user of the longest profile.
fn registered<T: Config>() -> T::AccountId {
	let who = funded::<T>();
	assert!(Pallet::<T>::register(RawOrigin::Signed(who.clone()).into(), longest()).is_ok());
	who
}

fn signed<T: Config>(key: &ecdsa::Public, who: &T::AccountId) -> (H160, types::EvmSignature) {
	let digest = types::eip191_digest(&Pallet::<T>::link_message(who).unwrap_or_default());
	let Some(signature) = ecdsa_sign_prehashed(ECDSA, key, &digest) else { panic!("the key was made just now") };
	let signature: types::EvmSignature = signature.into();
	let Ok(address) = types::recover(&digest, &signature) else { panic!("the signature was made just now") };
	(address, signature)
}

fn link<T: Config>(who: &T::AccountId) -> H160 {
	let (address, signature) = signed::<T>(&ecdsa_generate(ECDSA, None), who);
	assert!(Pallet::<T>::link_wallet(RawOrigin::Signed(who.clone()).into(), address, signature).is_ok());
	address
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register() {
		let who = funded::<T>();
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), longest());
		assert!(Users::<T>::contains_key(&who));
	}

	#[benchmark]
	fn update() {
		let who = registered::<T>();
		let profile = Profile { name_hash: H256::repeat_byte(2), ..longest() };
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), profile.clone());
		assert_eq!(Users::<T>::get(&who).map(|user| user.profile), Some(profile));
	}

	#[benchmark]
	fn remove() {
		let who = registered::<T>();
		for _ in 0..types::MAX_WALLETS {
			link::<T>(&who);
		}
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));
		assert!(!Users::<T>::contains_key(&who));
	}

	#[benchmark]
	fn link_wallet() {
		let who = registered::<T>();
		for _ in 1..types::MAX_WALLETS {
			link::<T>(&who);
		}
		let (address, signature) = signed::<T>(&ecdsa_generate(ECDSA, None), &who);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), address, signature);
		assert!(Wallets::<T>::contains_key(address));
	}

	#[benchmark]
	fn unlink_wallet() {
		let who = registered::<T>();
		let address = link::<T>(&who);
		for _ in 1..types::MAX_WALLETS {
			link::<T>(&who);
		}
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), address);
		assert!(!Wallets::<T>::contains_key(address));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
