//! A runtime with native money and users.

use crate as pallet_user_registry;
use crate::{types, EvmSignature, Profile};
use frame_support::{
	derive_impl, parameter_types,
	traits::{fungible::HoldConsideration, ConstU64, LinearStoragePrice},
};
use sp_core::{ecdsa, Pair, H160, H256};
use sp_runtime::BuildStorage;

pub const ALICE: u64 = 1;
pub const BOB: u64 = 2;
/// Has no money at all.
pub const POOR: u64 = 9;
pub const ENDOWMENT: u64 = 1_000_000;
/// For a user, and for each byte.
pub const PRICES: (u64, u64) = (1_000, 10);

type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Registry: pallet_user_registry,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<u64>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
}

parameter_types! {
	pub const UserDeposit: RuntimeHoldReason = RuntimeHoldReason::Registry(crate::HoldReason::UserStorage);
}

impl crate::Config for Test {
	type Consideration = HoldConsideration<
		u64,
		Balances,
		UserDeposit,
		LinearStoragePrice<ConstU64<{ PRICES.0 }>, ConstU64<{ PRICES.1 }>, u64>,
	>;
	type WeightInfo = ();
}

/// A world with two users' money and a key store.
pub fn new_test_ext() -> sp_io::TestExternalities {
	let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
	pallet_balances::GenesisConfig::<Test> {
		balances: vec![(ALICE, ENDOWMENT), (BOB, ENDOWMENT)],
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.unwrap();
	let mut ext = sp_io::TestExternalities::new(storage);
	ext.register_extension(sp_keystore::KeystoreExt::new(sp_keystore::testing::MemoryKeystore::new()));
	ext.execute_with(|| System::set_block_number(1));
	ext
}

/// Runs a test and checks the invariants at its end.
pub fn build_and_execute(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		Registry::do_try_state().unwrap();
	});
}

pub fn profile(uri: &[u8]) -> Profile {
	Profile { uri: uri.to_vec().try_into().unwrap(), name_hash: H256::zero(), encryption_key: None }
}

/// The key of a number.
pub fn key(number: u8) -> ecdsa::Pair {
	ecdsa::Pair::from_seed(&[number; 32])
}

/// Signs a text as `personal_sign` does, and says whose the signature is.
pub fn personal_sign(key: &ecdsa::Pair, text: &[u8]) -> (H160, EvmSignature) {
	let digest = types::eip191_digest(text);
	let mut signature: EvmSignature = key.sign_prehashed(&digest).into();
	signature[64] += 27;
	(types::recover(&digest, &signature).unwrap(), signature)
}

/// The key's address, and its signature of what the user must have signed now.
pub fn sign_link(key: &ecdsa::Pair, who: u64) -> (H160, EvmSignature) {
	personal_sign(key, &Registry::link_message(&who).unwrap())
}
