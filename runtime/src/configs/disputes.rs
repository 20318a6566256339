//! Who judges: the council, the arbitrators, and the cases about tasks and rentals.

use crate::{
	configs::{
		money::{AssetKind, NativeAndAssets, NativeAndAssetsHolds, NativeAsset, TreasuryAccount},
		parameters::dynamic_params::{disputes, market},
		providers::StoragePrice,
		system::RuntimeBlockWeights,
	},
	*,
};
use frame_support::{
	parameter_types,
	traits::{fungible::HoldConsideration, ConstU32, EitherOfDiverse},
	weights::Weight,
	PalletId,
};
use frame_system::EnsureRoot;
use gpu_chain_primitives::{Award, Disputable, DisputedDeal, EscrowKey, Settlement};
use pallet_collective::{EnsureProportionMoreThan, PrimeDefaultVote};
use sp_runtime::{traits::AccountIdConversion, DispatchError, Perbill};

/// The council's instance of the collective.
pub type CouncilCollective = pallet_collective::Instance1;
/// The arbitrators' instance of the membership. The first is the oracle's.
pub type ArbitratorMembership = pallet_membership::Instance2;

/// Root, or more than half of the council.
pub type RootOrCouncil =
	EitherOfDiverse<EnsureRoot<AccountId>, EnsureProportionMoreThan<AccountId, CouncilCollective, 1, 2>>;

/// The most members of the council, and the most arbitrators.
pub type MaxMembers = ConstU32<32>;

parameter_types! {
	/// A week.
	pub const MotionDuration: BlockNumber = 7 * 14_400;
	pub MaxProposalWeight: Weight = Perbill::from_percent(50) * RuntimeBlockWeights::get().max_block;
	pub const ArbitrationPalletId: PalletId = PalletId(*b"gpu/arbs");
	/// Where the arbitration's part waits for the voters. Every preset endows it, so that it can receive any amount.
	pub ArbitrationPot: AccountId = ArbitrationPalletId::get().into_account_truncating();
	pub const DisputeStorageHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::Disputes(pallet_disputes::HoldReason::Storage);
}

impl pallet_collective::Config<CouncilCollective> for Runtime {
	type RuntimeOrigin = RuntimeOrigin;
	type Proposal = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type MotionDuration = MotionDuration;
	type MaxProposals = ConstU32<100>;
	type MaxMembers = MaxMembers;
	type DefaultVote = PrimeDefaultVote;
	type WeightInfo = pallet_collective::weights::SubstrateWeight<Runtime>;
	type SetMembersOrigin = EnsureRoot<AccountId>;
	type MaxProposalWeight = MaxProposalWeight;
	type DisapproveOrigin = EnsureRoot<AccountId>;
	type KillOrigin = EnsureRoot<AccountId>;
	type Consideration = ();
}

impl pallet_membership::Config<ArbitratorMembership> for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type AddOrigin = RootOrCouncil;
	type RemoveOrigin = RootOrCouncil;
	type SwapOrigin = RootOrCouncil;
	type ResetOrigin = RootOrCouncil;
	type PrimeOrigin = RootOrCouncil;
	type MembershipInitialized = Disputes;
	type MembershipChanged = Disputes;
	type MaxMembers = MaxMembers;
	type WeightInfo = pallet_membership::weights::SubstrateWeight<Runtime>;
}

/// The markets, by the kind of the deal.
pub struct Deals;
impl Disputable<AccountId, AssetKind, Balance> for Deals {
	fn disputed(key: EscrowKey) -> Option<DisputedDeal<AccountId, AssetKind, Balance>> {
		match key {
			EscrowKey::Task(_) => Marketplace::disputed(key),
			EscrowKey::Rental(_) => Rental::disputed(key),
		}
	}

	fn close_disputed(
		key: EscrowKey,
		award: Award<Balance>,
		judge: &AccountId,
	) -> Result<Settlement<Balance>, DispatchError> {
		match key {
			EscrowKey::Task(_) => Marketplace::close_disputed(key, award, judge),
			EscrowKey::Rental(_) => Rental::close_disputed(key, award, judge),
		}
	}
}

impl pallet_disputes::Config for Runtime {
	type AssetKind = AssetKind;
	type Balance = Balance;
	type Currency = NativeAndAssetsHolds;
	type Transfers = NativeAndAssets;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Deals = Deals;
	type Escrow = Escrow;
	type Providers = ProviderRegistry;
	type Reputation = Reputation;
	type Collateral = ProviderStaking;
	type Prices = PriceIndex;
	type NativeAsset = NativeAsset;
	type CouncilOrigin = RootOrCouncil;
	type Pot = ArbitrationPot;
	type Treasury = TreasuryAccount;
	type Consideration = HoldConsideration<AccountId, Balances, DisputeStorageHoldReason, StoragePrice>;
	type MaxArbitrators = MaxMembers;
	type ArbitrationShare = disputes::ArbitrationShare;
	type BondShare = disputes::BondShare;
	type LostSlash = disputes::LostSlash;
	type MisuseSlash = disputes::MisuseSlash;
	type Quorum = disputes::Quorum;
	type EvidenceWindow = disputes::EvidenceWindow;
	type VotingWindow = disputes::VotingWindow;
	type CouncilWindow = disputes::CouncilWindow;
	type RetentionPeriod = market::RetentionPeriod;
	type WeightInfo = weights::pallet_disputes::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = benchmarks::Helper;
}
