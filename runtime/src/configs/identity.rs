//! Who is who beside the nodes: users with their wallets, and the roles of Kings and Queens.

use crate::{
	configs::{
		disputes::CouncilCollective,
		money::{AssetKind, NativeAndAssets, TreasuryAccount},
		parameters::dynamic_params::roles,
		providers::StoragePrice,
	},
	*,
};
use alloc::vec::Vec;
use frame_support::{
	parameter_types,
	traits::{fungible::HoldConsideration, ChangeMembers},
};
use frame_system::EnsureRoot;
use gpu_chain_primitives::{DealInspect, EscrowKey, NodeId};
use sp_runtime::Permill;

parameter_types! {
	pub const UserStorageHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::UserRegistry(pallet_user_registry::HoldReason::UserStorage);
	pub const SponsorshipStorageHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::NodeRoles(pallet_node_roles::HoldReason::SponsorshipStorage);
	pub const MaxFeeShare: Permill = Permill::from_percent(50);
}

impl pallet_user_registry::Config for Runtime {
	type Consideration = HoldConsideration<AccountId, Balances, UserStorageHoldReason, StoragePrice>;
	type WeightInfo = weights::pallet_user_registry::WeightInfo<Runtime>;
}

/// The node of a task or a rental, as its market has it.
pub struct DealNodes;
impl DealInspect for DealNodes {
	fn node_of(key: EscrowKey) -> Option<NodeId> {
		match key {
			EscrowKey::Task(task) => Marketplace::task(task)?.node,
			EscrowKey::Rental(rental) => Rental::rental(rental).map(|rental| rental.node),
		}
	}
}

/// Every King has a seat in the council, beside those whom root named; who is no King any more loses it.
pub struct CouncilSeats;
impl ChangeMembers<AccountId> for CouncilSeats {
	fn change_members_sorted(incoming: &[AccountId], outgoing: &[AccountId], _: &[AccountId]) {
		let before = pallet_collective::Members::<Runtime, CouncilCollective>::get();
		let mut members: Vec<_> = before.iter().filter(|member| !outgoing.contains(member)).cloned().collect();
		members.extend(incoming.iter().filter(|king| !before.contains(king)).cloned());
		members.sort();
		<Council as ChangeMembers<AccountId>>::set_members_sorted(&members, &before);
	}
}

impl pallet_node_roles::Config for Runtime {
	type Balance = Balance;
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type AssetKind = AssetKind;
	type Currencies = NativeAndAssets;
	type Treasury = TreasuryAccount;
	type Consideration = HoldConsideration<AccountId, Balances, SponsorshipStorageHoldReason, StoragePrice>;
	type AdminOrigin = EnsureRoot<AccountId>;
	type OnKingsChanged = CouncilSeats;
	type Providers = ProviderRegistry;
	type Verification = ProviderRegistry;
	type Deals = DealNodes;
	type MaxFeeShare = MaxFeeShare;
	type SponsorRequired = roles::SponsorRequired;
	type QueenBond = roles::QueenBond;
	type QueenQuorum = roles::QueenQuorum;
	type QueenCooldown = roles::QueenCooldown;
	type SponsorNotice = roles::SponsorNotice;
	type MaxSponsored = roles::MaxSponsored;
	type FeeShare = roles::FeeShare;
	type BlameShare = roles::BlameShare;
	type AuditValidity = roles::AuditValidity;
	type WeightInfo = weights::pallet_node_roles::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = benchmarks::Helper;
}
