//! Accounts that are paid in beforehand.

use crate::{
	configs::{
		money::{AssetKind, NativeAndAssets, NativeAndAssetsHolds},
		providers::StoragePrice,
	},
	*,
};
use frame_support::{parameter_types, traits::fungible::HoldConsideration};

parameter_types! {
	pub const AllowanceStorageHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::Payments(pallet_payments::HoldReason::AllowanceStorage);
}

impl pallet_payments::Config for Runtime {
	type AssetKind = AssetKind;
	type Balance = Balance;
	type Currency = NativeAndAssetsHolds;
	type Transfers = NativeAndAssets;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Consideration = HoldConsideration<AccountId, Balances, AllowanceStorageHoldReason, StoragePrice>;
	type WeightInfo = weights::pallet_payments::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = benchmarks::Helper;
}
