//! Who owes whom what: escrow, tasks and rentals.

use crate::{
	configs::{
		money::{AssetKind, NativeAndAssetsHolds, NativeAsset, TreasuryAccount},
		parameters::dynamic_params::{market, rental, staking},
		providers::StoragePrice,
	},
	*,
};
use frame_support::{
	ensure, parameter_types,
	traits::{fungible::HoldConsideration, Get},
	weights::Weight,
};
use gpu_chain_primitives::{AskIndex, HashRate, ResourceType, TaskValueLimit, TaskValueRefused, TrustLevel, UsdPrices};

parameter_types! {
	pub const TaskStorageHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::Marketplace(pallet_marketplace::HoldReason::TaskStorage);
	pub const RentalStorageHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::Rental(pallet_rental::HoldReason::Storage);
}

impl pallet_escrow::Config for Runtime {
	type AssetKind = AssetKind;
	type Balance = Balance;
	type Currency = NativeAndAssetsHolds;
	type RuntimeHoldReason = RuntimeHoldReason;
	type PlatformFee = market::PlatformFee;
	type Treasury = TreasuryAccount;
	type OnFeePaid = NodeRoles;
	type WeightInfo = weights::pallet_escrow::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = benchmarks::Helper;
}

/// Level 1 takes only small tasks, level 0 none. The limit is in dollars, at the newest price that is fresh: without one a
/// node of level 1 takes nothing in that currency.
pub struct LevelOneLimit;
impl TaskValueLimit<AssetKind, Balance> for LevelOneLimit {
	fn ensure_within(level: TrustLevel, asset: &AssetKind, amount: Balance) -> Result<(), TaskValueRefused> {
		ensure!(level > 0, TaskValueRefused::UnderStaked);
		if level > 1 {
			return Ok(());
		}
		let worth = PriceIndex::to_usd(asset, amount).ok_or(TaskValueRefused::ValueUnknown)?;
		ensure!(worth <= market::LevelOneUsdLimit::get(), TaskValueRefused::AboveLimit);
		Ok(())
	}

	fn weight() -> Weight {
		let limit = <Runtime as frame_system::Config>::DbWeight::get().reads(1);
		<PriceIndex as UsdPrices<AssetKind, Balance>>::weight().saturating_add(limit)
	}
}

/// The registry's running average of asks.
pub struct RegistryAsks;
impl AskIndex<Balance> for RegistryAsks {
	fn average_ask_per_hour(resource_type: ResourceType, _power: HashRate) -> Option<Balance> {
		ProviderRegistry::average_ask_per_hour(resource_type)
	}
}

impl pallet_marketplace::Config for Runtime {
	type AssetKind = AssetKind;
	type Balance = Balance;
	type Escrow = Escrow;
	type Providers = ProviderRegistry;
	type Power = WorkVerification;
	type Trust = ProviderStaking;
	type Reputation = Reputation;
	type Collateral = ProviderStaking;
	type TaskValueLimit = LevelOneLimit;
	type Requests = Matching;
	type Consideration = HoldConsideration<AccountId, Balances, TaskStorageHoldReason, StoragePrice>;
	type OnDisputed = Disputes;
	type AskIndex = RegistryAsks;
	type FallbackRate = market::FallbackRate;
	type NativeAsset = NativeAsset;
	type BlockTime = pallet_slot_clock::BlockTime<Runtime>;
	type MinDuration = market::MinDuration;
	type MaxDuration = market::MaxDuration;
	type MaxOpenTasksPerBuyer = market::MaxOpenTasksPerBuyer;
	type MaxOpenTasksPerNode = market::MaxOpenTasksPerNode;
	type MaxFailures = market::MaxFailures;
	type StartWindow = market::StartWindow;
	type ResultGrace = market::ResultGrace;
	type ReviewWindow = market::ReviewWindow;
	type RetentionPeriod = market::RetentionPeriod;
	type TimeoutSlash = staking::TimeoutSlash;
	type WeightInfo = weights::pallet_marketplace::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = benchmarks::Helper;
}

impl pallet_rental::Config for Runtime {
	type AssetKind = AssetKind;
	type Balance = Balance;
	type Clock = Timestamp;
	type Escrow = Escrow;
	type Prepaid = Payments;
	type Prices = PriceIndex;
	type Providers = ProviderRegistry;
	type Power = WorkVerification;
	type Trust = ProviderStaking;
	type Reputation = Reputation;
	type Collateral = ProviderStaking;
	type ValueLimit = LevelOneLimit;
	type Consideration = HoldConsideration<AccountId, Balances, RentalStorageHoldReason, StoragePrice>;
	type OnDisputed = Disputes;
	type NativeAsset = NativeAsset;
	type MinDuration = rental::MinDuration;
	type MaxDuration = rental::MaxDuration;
	type MaxLead = rental::MaxLead;
	type ConfirmWindow = rental::ConfirmWindow;
	type Grace = rental::Grace;
	type ProofInterval = rental::ProofInterval;
	type CancelNotice = rental::CancelNotice;
	type LateCancelShare = rental::LateCancelShare;
	type WellServed = rental::WellServed;
	type NoShowSlash = rental::NoShowSlash;
	type RetentionPeriod = market::RetentionPeriod;
	type WeightInfo = weights::pallet_rental::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = benchmarks::Helper;
}
