//! Who may change what, and the utilities that accounts share: multisig, proxies, batches, schedules, preimages.

use crate::{configs::money::deposit, *};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	parameter_types,
	traits::{fungible::HoldConsideration, ConstU32, EqualPrivilegeOnly, InstanceFilter, LinearStoragePrice},
	weights::Weight,
};
use frame_system::EnsureRoot;
use scale_info::TypeInfo;
use sp_runtime::Perbill;

parameter_types! {
	pub const MultisigDepositBase: Balance = deposit(1, 88);
	pub const MultisigDepositFactor: Balance = deposit(0, 32);
	pub const ProxyDepositBase: Balance = deposit(1, 8);
	pub const ProxyDepositFactor: Balance = deposit(0, 33);
	pub const AnnouncementDepositBase: Balance = deposit(1, 8);
	pub const AnnouncementDepositFactor: Balance = deposit(0, 66);
	pub const PreimageBaseDeposit: Balance = deposit(2, 64);
	pub const PreimageByteDeposit: Balance = deposit(0, 1);
	pub const PreimageHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::Preimage(pallet_preimage::HoldReason::Preimage);
	pub MaximumSchedulerWeight: Weight =
		Perbill::from_percent(80) * configs::system::RuntimeBlockWeights::get().max_block;
}

impl pallet_utility::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type PalletsOrigin = OriginCaller;
	type WeightInfo = pallet_utility::weights::SubstrateWeight<Runtime>;
}

impl pallet_multisig::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type Currency = Balances;
	type DepositBase = MultisigDepositBase;
	type DepositFactor = MultisigDepositFactor;
	type MaxSignatories = ConstU32<100>;
	type WeightInfo = pallet_multisig::weights::SubstrateWeight<Runtime>;
	type BlockNumberProvider = System;
}

/// What a proxy may do for the account that named it.
#[derive(
	Copy,
	Clone,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Default,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum ProxyType {
	/// Everything.
	#[default]
	Any,
	/// Everything but moving value away.
	NonTransfer,
	/// Staking and session keys.
	Staking,
	/// A provider's daily work: heartbeats, proofs, bids, tasks and evidence, but neither its stake nor its node's registration. Lets a
	/// machine run without the key that owns the money.
	Operator,
	/// A Queen's daily work: sponsoring nodes, auditing them, ending sponsorships; neither her role nor her bond.
	Auditor,
}

impl InstanceFilter<RuntimeCall> for ProxyType {
	fn filter(&self, call: &RuntimeCall) -> bool {
		use pallet_disputes::Call as Dispute;
		use pallet_evm_bridge::Call as Bridge;
		use pallet_marketplace::Call as Market;
		use pallet_matching::Call as Match;
		use pallet_node_roles::Call as Roles;
		use pallet_provider_registry::Call as Registry;
		use pallet_rental::Call as Rent;
		use pallet_work_verification::Call as Work;
		match self {
			Self::Any => true,
			Self::NonTransfer => !matches!(
				call,
				RuntimeCall::Balances(..)
					| RuntimeCall::Assets(..)
					| RuntimeCall::AssetConversion(..)
					| RuntimeCall::PoolAssets(..)
					| RuntimeCall::Payments(..)
					| RuntimeCall::ProviderStaking(..)
					| RuntimeCall::NodeRoles(Roles::apply { .. } | Roles::add_bond { .. })
					// A dispute that is lost costs its bond.
					| RuntimeCall::Marketplace(
						Market::create_task { .. } | Market::create_auction_task { .. } | Market::dispute_task { .. },
					)
					| RuntimeCall::Rental(Rent::book { .. } | Rent::extend { .. } | Rent::dispute_rental { .. })
					| RuntimeCall::ProviderRegistry(Registry::register_node { .. })
					| RuntimeCall::EvmBridge(
						Bridge::withdraw { .. } | Bridge::send_message { .. } | Bridge::send_report { .. },
					)
			),
			Self::Staking => {
				matches!(call, RuntimeCall::Staking(..) | RuntimeCall::Session(..) | RuntimeCall::VoterList(..))
			}
			// Not what devices claim: it takes the owner's money, and only who claims can be slashed for a forgery.
			Self::Operator => matches!(
				call,
				RuntimeCall::WorkVerification(
					Work::submit_proof { .. }
						| Work::issue_challenge { .. }
						| Work::submit_solution { .. }
						| Work::settle { .. }
						| Work::commit_power { .. }
						| Work::reveal_power { .. }
						| Work::challenge_power { .. }
				) | RuntimeCall::ProviderRegistry(
					Registry::heartbeat { .. } | Registry::activate_node { .. } | Registry::deactivate_node { .. }
				) | RuntimeCall::Marketplace(
					Market::accept_task { .. } | Market::start_task { .. } | Market::submit_result { .. }
				) | RuntimeCall::Matching(
					Match::commit_bid { .. } | Match::reveal_bid { .. } | Match::claim_bond { .. }
				) | RuntimeCall::Rental(Rent::confirm_start { .. } | Rent::prove { .. })
					| RuntimeCall::Disputes(Dispute::submit_evidence { .. })
			),
			Self::Auditor => matches!(
				call,
				RuntimeCall::NodeRoles(
					Roles::sponsor_node { .. } | Roles::end_sponsorship { .. } | Roles::audit_node { .. }
				)
			),
		}
	}
	fn is_superset(&self, other: &Self) -> bool {
		match (self, other) {
			(a, b) if a == b => true,
			(Self::Any, _) => true,
			(_, Self::Any) => false,
			(Self::NonTransfer, Self::Staking | Self::Operator | Self::Auditor) => true,
			_ => false,
		}
	}
}

impl pallet_proxy::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type Currency = Balances;
	type ProxyType = ProxyType;
	type ProxyDepositBase = ProxyDepositBase;
	type ProxyDepositFactor = ProxyDepositFactor;
	type MaxProxies = ConstU32<32>;
	type WeightInfo = pallet_proxy::weights::SubstrateWeight<Runtime>;
	type MaxPending = ConstU32<32>;
	type CallHasher = BlakeTwo256;
	type AnnouncementDepositBase = AnnouncementDepositBase;
	type AnnouncementDepositFactor = AnnouncementDepositFactor;
	type BlockNumberProvider = System;
}

impl pallet_preimage::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_preimage::weights::SubstrateWeight<Runtime>;
	type Currency = Balances;
	type ManagerOrigin = EnsureRoot<AccountId>;
	type Consideration = HoldConsideration<
		AccountId,
		Balances,
		PreimageHoldReason,
		LinearStoragePrice<PreimageBaseDeposit, PreimageByteDeposit, Balance>,
	>;
}

impl pallet_scheduler::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeOrigin = RuntimeOrigin;
	type PalletsOrigin = OriginCaller;
	type RuntimeCall = RuntimeCall;
	type MaximumWeight = MaximumSchedulerWeight;
	type ScheduleOrigin = EnsureRoot<AccountId>;
	type OriginPrivilegeCmp = EqualPrivilegeOnly;
	type MaxScheduledPerBlock = ConstU32<50>;
	type WeightInfo = pallet_scheduler::weights::SubstrateWeight<Runtime>;
	type Preimages = Preimage;
	type BlockNumberProvider = System;
}

// The key is set by the dev and local presets alone; where it is not set every call of sudo fails.
impl pallet_sudo::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type WeightInfo = pallet_sudo::weights::SubstrateWeight<Runtime>;
}
