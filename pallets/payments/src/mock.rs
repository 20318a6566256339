//! A runtime with the currencies of the real one: native money, and assets with holds, behind one interface.

use crate as pallet_payments;
use frame_support::{
	assert_ok, derive_impl, parameter_types,
	traits::{
		fungible::{HoldConsideration, InspectHold, NativeFromLeft, NativeOrWithId, UnionOf},
		AsEnsureOriginWithArg, ConstU128, LinearStoragePrice, VariantCountOf,
	},
};
use frame_system::{EnsureRoot, EnsureSigned};
use sp_runtime::BuildStorage;

pub type AccountId = u64;
pub type Balance = u128;
pub type AssetKind = NativeOrWithId<u32>;
/// Holds of every currency.
pub type Holds = UnionOf<Balances, AssetsHolder, NativeFromLeft, AssetKind, AccountId>;
/// Free money of every currency.
pub type Coins = UnionOf<Balances, Assets, NativeFromLeft, AssetKind, AccountId>;
type Block = frame_system::mocking::MockBlock<Test>;

pub const OWNER: AccountId = 1;
pub const SPENDER: AccountId = 2;
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
		Payments: pallet_payments,
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
	pub const AllowanceDeposit: RuntimeHoldReason = RuntimeHoldReason::Payments(crate::HoldReason::AllowanceStorage);
}

/// The storage deposit of an allowance: of no length.
pub const DEPOSIT: Balance = 500;

impl pallet_payments::Config for Test {
	type AssetKind = AssetKind;
	type Balance = Balance;
	type Currency = Holds;
	type Transfers = Coins;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Consideration = HoldConsideration<
		AccountId,
		Balances,
		AllowanceDeposit,
		LinearStoragePrice<ConstU128<DEPOSIT>, ConstU128<0>, Balance>,
	>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Helper;
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
			balances: [OWNER, SPENDER, OTHER, TREASURY].map(|who| (who, ENDOWMENT)).to_vec(),
			..Default::default()
		},
		assets: pallet_assets::GenesisConfig {
			assets: vec![(USDC, TREASURY, true, 1)],
			accounts: [OWNER, SPENDER, OTHER, TREASURY].map(|who| (USDC, who, ENDOWMENT)).to_vec(),
			..Default::default()
		},
		..Default::default()
	};
	let mut ext: sp_io::TestExternalities = genesis.build_storage().unwrap().into();
	ext.execute_with(|| System::set_block_number(1));
	ext
}

/// Runs a test, then checks the invariants and that no unit of any currency came or went.
pub fn build_and_execute(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		let before = issuance();
		test();
		assert_ok!(Payments::do_try_state());
		assert_eq!(issuance(), before, "money must neither come nor go");
	});
}

pub fn issuance() -> (Balance, Balance) {
	(pallet_balances::TotalIssuance::<Test>::get(), Assets::total_supply(USDC))
}

/// What an account could spend of a currency, holds not counted.
pub fn free(asset: &AssetKind, who: AccountId) -> Balance {
	match asset {
		NativeOrWithId::Native => Balances::free_balance(who),
		NativeOrWithId::WithId(id) => Assets::balance(*id, who),
	}
}

/// What is on hold for the storage of an account's allowances.
pub fn deposits(who: AccountId) -> Balance {
	Balances::balance_on_hold(&AllowanceDeposit::get(), &who)
}

pub fn origin(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

pub fn events() -> Vec<pallet_payments::Event<Test>> {
	System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Payments(event) => Some(event),
			_ => None,
		})
		.collect()
}
