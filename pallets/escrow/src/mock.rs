//! A runtime with the currencies of the real one: native money, and assets with holds, behind one interface.

use crate as pallet_escrow;
use frame_support::{
	assert_ok, derive_impl, parameter_types,
	traits::{
		fungible::{NativeFromLeft, NativeOrWithId, UnionOf},
		AsEnsureOriginWithArg, ConstU128, VariantCountOf,
	},
};
use frame_system::{EnsureRoot, EnsureSigned};
use gpu_chain_primitives::{EscrowKey, OnFeePaid, Settlement};
use sp_runtime::{BuildStorage, Permill};

pub type AccountId = u64;
pub type Balance = u128;
pub type AssetKind = NativeOrWithId<u32>;
pub type Currencies = UnionOf<Balances, AssetsHolder, NativeFromLeft, AssetKind, AccountId>;
type Block = frame_system::mocking::MockBlock<Test>;

pub const BUYER: AccountId = 1;
pub const PROVIDER: AccountId = 2;
pub const OTHER: AccountId = 3;
/// Holds no native money and no assets.
pub const NOBODY: AccountId = 9;
pub const TREASURY: AccountId = 100;
/// An asset of 6 decimals.
pub const USDC: u32 = 2;
pub const NATIVE: AssetKind = NativeOrWithId::Native;
pub const DOLLARS: AssetKind = NativeOrWithId::WithId(USDC);
pub const ENDOWMENT: Balance = 1_000_000_000_000;
pub const EXISTENTIAL_DEPOSIT: Balance = 10;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Assets: pallet_assets,
		AssetsHolder: pallet_assets_holder,
		Escrow: pallet_escrow,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
	type AccountStore = System;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type FreezeIdentifier = RuntimeFreezeReason;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
}

#[derive_impl(pallet_assets::config_preludes::TestDefaultConfig)]
impl pallet_assets::Config for Test {
	type Balance = Balance;
	type AssetId = u32;
	type AssetIdParameter = u32;
	type Currency = Balances;
	type CreateOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
	type ForceOrigin = EnsureRoot<AccountId>;
	type Holder = AssetsHolder;
	type Freezer = ();
}

impl pallet_assets_holder::Config for Test {
	type RuntimeHoldReason = RuntimeHoldReason;
	type RuntimeEvent = RuntimeEvent;
}

parameter_types! {
	pub static Fee: Permill = Permill::from_percent(8);
	pub const Treasury: AccountId = TREASURY;
}

impl pallet_escrow::Config for Test {
	type AssetKind = AssetKind;
	type Balance = Balance;
	type Currency = Currencies;
	type RuntimeHoldReason = RuntimeHoldReason;
	type PlatformFee = Fee;
	type Treasury = Treasury;
	type OnFeePaid = FeesPaid;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Helper;
}

/// What the hook was told: the deal, who paid for it, the currency and the fee.
pub type FeePaid = (EscrowKey, AccountId, AssetKind, Balance);

#[frame_support::storage_alias]
pub type FeeLog = StorageValue<Mock, Vec<FeePaid>, frame_support::pallet_prelude::ValueQuery>;

/// Keeps what it is told.
pub struct FeesPaid;
impl OnFeePaid<AccountId, AssetKind, Balance> for FeesPaid {
	fn on_fee_paid(key: EscrowKey, payer: &AccountId, asset: &AssetKind, fee: Balance) {
		FeeLog::append((key, *payer, asset.clone(), fee));
	}
	fn weight() -> frame_support::weights::Weight {
		frame_support::weights::Weight::zero()
	}
}

#[cfg(feature = "runtime-benchmarks")]
pub struct Helper;
#[cfg(feature = "runtime-benchmarks")]
impl gpu_chain_primitives::benchmarking::BenchmarkCurrency<AssetKind, AccountId, Balance> for Helper {
	fn fund(who: &AccountId, amount: Balance) -> AssetKind {
		use frame_support::traits::fungibles::Mutate;
		assert_ok!(<Assets as Mutate<AccountId>>::mint_into(USDC, who, amount + 1));
		DOLLARS
	}
}

pub fn new_test_ext() -> sp_io::TestExternalities {
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: [BUYER, PROVIDER, OTHER, TREASURY].map(|who| (who, ENDOWMENT)).to_vec(),
			..Default::default()
		},
		assets: pallet_assets::GenesisConfig {
			assets: vec![(USDC, TREASURY, true, 1)],
			accounts: [BUYER, PROVIDER, OTHER, TREASURY].map(|who| (USDC, who, ENDOWMENT)).to_vec(),
			..Default::default()
		},
		..Default::default()
	};
	let mut ext: sp_io::TestExternalities = genesis.build_storage().unwrap().into();
	ext.execute_with(|| {
		System::set_block_number(1);
		// It lives in the thread, which tests may share.
		Fee::set(Permill::from_percent(8));
	});
	ext
}

/// Runs a test, then checks the invariants and that no unit of any currency came or went.
pub fn build_and_execute(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		let before = issuance();
		test();
		assert_ok!(Escrow::do_try_state());
		assert_eq!(issuance(), before, "money must neither come nor go");
	});
}

pub fn issuance() -> (Balance, Balance) {
	(pallet_balances::TotalIssuance::<Test>::get(), Assets::total_supply(USDC))
}

pub const KEY: EscrowKey = EscrowKey::Task(7);

/// What an account could spend of a currency, holds not counted.
pub fn free(asset: &AssetKind, who: AccountId) -> Balance {
	match asset {
		NativeOrWithId::Native => Balances::free_balance(who),
		NativeOrWithId::WithId(id) => Assets::balance(*id, who),
	}
}

pub fn events() -> Vec<pallet_escrow::Event<Test>> {
	System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Escrow(event) => Some(event),
			_ => None,
		})
		.collect()
}

pub fn owed(key: EscrowKey) -> Settlement<Balance> {
	match Escrow::escrow(key).map(|record| record.state) {
		Some(crate::EscrowState::Settled { owed, .. }) => owed,
		other => panic!("not settled: {other:?}"),
	}
}
