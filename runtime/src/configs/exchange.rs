//! Pools in which currencies are exchanged for native money, and fees that are paid through them.

// The macro below asks for it.
use crate::{
	configs::money::{
		AssetAccountDeposit, AssetDeposit, AssetKind, MetadataDepositBase, MetadataDepositPerByte, NativeAndAssets,
		NativeAsset, ShareFees, TreasuryAccount,
	},
	*,
};
#[cfg(not(feature = "std"))]
use alloc::vec;
use frame_support::{
	ord_parameter_types, parameter_types,
	traits::{fungibles, tokens::imbalance::ResolveAssetTo, AsEnsureOriginWithArg, ConstU128, ConstU32, OnUnbalanced},
	PalletId,
};
use frame_system::{EnsureRoot, EnsureSignedBy};
use pallet_asset_conversion::{AccountIdConverter, WithFirstAsset};
use pallet_asset_conversion_tx_payment::SwapAssetAdapter;
use pallet_assets::Instance2;
use sp_runtime::{traits::AccountIdConversion, Permill};

parameter_types! {
	pub const ExchangePalletId: PalletId = PalletId(*b"gpu/swap");
	/// What opening a pool costs, to the treasury.
	pub const PoolSetupFee: Balance = 10 * UNIT;
	/// What a swap costs, to whoever provides the liquidity; government sets another for a pool with `set_pool_fee`.
	pub const LiquidityFee: Permill = Permill::from_parts(3_000);
	pub const MaxLiquidityFee: Permill = Permill::from_percent(10);
	pub const LiquidityWithdrawalFee: Permill = Permill::zero();
}

ord_parameter_types! {
	pub const ExchangeAccount: AccountId =
		AccountIdConversion::<AccountId>::into_account_truncating(&ExchangePalletId::get());
}

/// Shares of pools. Only the exchange creates them.
impl pallet_assets::Config<Instance2> for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type Balance = Balance;
	type RemoveItemsLimit = ConstU32<1_000>;
	type AssetId = u32;
	type AssetIdParameter = u32;
	type ReserveData = ();
	type Currency = Balances;
	type CreateOrigin = AsEnsureOriginWithArg<EnsureSignedBy<ExchangeAccount, AccountId>>;
	type ForceOrigin = EnsureRoot<AccountId>;
	type AssetDeposit = AssetDeposit;
	type AssetAccountDeposit = AssetAccountDeposit;
	type MetadataDepositBase = MetadataDepositBase;
	type MetadataDepositPerByte = MetadataDepositPerByte;
	type ApprovalDeposit = configs::money::ApprovalDeposit;
	type StringLimit = ConstU32<50>;
	type Freezer = ();
	type Holder = ();
	type Extra = ();
	type CallbackHandle = ();
	type AssetIdAllocator = ();
	type WeightInfo = pallet_assets::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = ();
}

/// The account of a pool.
type PoolAccount = AccountIdConverter<ExchangePalletId, (AssetKind, AssetKind)>;

impl pallet_asset_conversion::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type Balance = Balance;
	type HigherPrecisionBalance = sp_core::U256;
	type AssetKind = AssetKind;
	type Assets = NativeAndAssets;
	type PoolId = (AssetKind, AssetKind);
	// Every pool has the native token on one side: two currencies are exchanged through it.
	type PoolLocator = WithFirstAsset<NativeAsset, AccountId, AssetKind, PoolAccount>;
	type PoolAssetId = u32;
	type PoolAssets = PoolAssets;
	type PoolSetupFee = PoolSetupFee;
	type PoolSetupFeeAsset = NativeAsset;
	type PoolSetupFeeTarget = ResolveAssetTo<TreasuryAccount, NativeAndAssets>;
	type PalletId = ExchangePalletId;
	type LPFee = LiquidityFee;
	type AdminOrigin = EnsureRoot<AccountId>;
	type MaxSwapFee = MaxLiquidityFee;
	type LiquidityWithdrawalFee = LiquidityWithdrawalFee;
	type MaxSwapPathLength = ConstU32<3>;
	type MintMinLiquidity = ConstU128<100>;
	type WeightInfo = pallet_asset_conversion::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = pallet_asset_conversion::NativeOrWithIdFactory<u32>;
}

/// Fees that were paid in another currency arrive as native money, and go where all fees go.
impl OnUnbalanced<fungibles::Credit<AccountId, NativeAndAssets>> for ShareFees {
	fn on_unbalanceds(mut fees_then_tips: impl Iterator<Item = fungibles::Credit<AccountId, NativeAndAssets>>) {
		if let Some(fees) = fees_then_tips.next() {
			ResolveAssetTo::<TreasuryAccount, NativeAndAssets>::on_unbalanced(fees);
		}
		if let Some(tip) = fees_then_tips.next().filter(|tip| tip.peek() > 0) {
			match Authorship::author() {
				Some(author) => {
					// An author that cannot be credited leaves the tip to be burnt, as for tips in native money.
					let _ = <NativeAndAssets as fungibles::Balanced<AccountId>>::resolve(&author, tip);
				}
				None => ResolveAssetTo::<TreasuryAccount, NativeAndAssets>::on_unbalanced(tip),
			}
		}
	}
}

impl pallet_asset_conversion_tx_payment::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type AssetId = AssetKind;
	type OnChargeAssetTransaction = SwapAssetAdapter<NativeAsset, NativeAndAssets, AssetConversion, ShareFees>;
	type WeightInfo = pallet_asset_conversion_tx_payment::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = benchmarks::Helper;
}
