//! A runtime with this pallet, balances, and a registry, a market, track records and uptimes that tests write themselves.

use crate::{self as pallet_provider_staking, SlaLimits, SlaTerms, SlashId, TrustThresholds};
use frame_support::{
	derive_impl, parameter_types, storage_alias,
	traits::{fungible::InspectHold, ConstU32, Hooks},
	weights::Weight,
	Blake2_128Concat,
};
use frame_system::EnsureRoot;
use gpu_chain_primitives::{
	Collateral, MeasuredUptime, Misconduct, NodeId, NodeStatus, NodeSummary, OnNodeRegistered, OnSlashed, OpenWork,
	ProviderControl, ProviderInspect, ReputationInspect, ResourceType, Tier, TrackRecord, UptimeInspect,
};
use sp_runtime::{BuildStorage, DispatchError, DispatchResult, Permill};

type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Staking: pallet_provider_staking,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<u64>;
}

pub const EXISTENTIAL_DEPOSIT: u64 = 10;

parameter_types! {
	pub const ExistentialDeposit: u64 = EXISTENTIAL_DEPOSIT;
	pub const Treasury: u64 = TREASURY;
	pub storage MinimumStake: u64 = 500;
	pub storage CooldownPeriod: u64 = 20;
	pub storage SlashDelay: u64 = 5;
	pub storage AppealPeriod: u64 = 7;
	pub storage AppealBondShare: Permill = Permill::from_percent(10);
	pub Thresholds: TrustThresholds<u64> = TrustThresholds {
		verified_stake: 1_000,
		verified_challenges: 10,
		verified_success: Permill::from_percent(50),
		trusted_stake: 3_000,
		trusted_tasks: 100,
		trusted_success: Permill::from_percent(95),
		partner_stake: 5_000,
		partner_success: Permill::from_percent(95),
	};
	pub storage InsuranceCooldown: u64 = 30;
	pub storage BreachCompensation: Permill = Permill::from_percent(50);
	pub storage Limits: SlaLimits<u64> = SlaLimits { uptime: 9_500, response_ms: 10_000, penalty: 100, bond: 1_000 };
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type ExistentialDeposit = ExistentialDeposit;
	type MaxFreezes = ConstU32<1>;
}

#[storage_alias]
pub type Nodes = StorageMap<Mock, Blake2_128Concat, NodeId, (u64, NodeStatus)>;
#[storage_alias]
pub type Busy = StorageMap<Mock, Blake2_128Concat, NodeId, ()>;
/// Who pays for open work of a node.
#[storage_alias]
pub type Counterparties = StorageMap<Mock, Blake2_128Concat, (NodeId, u64), ()>;
#[storage_alias]
pub type Uptimes = StorageMap<Mock, Blake2_128Concat, NodeId, MeasuredUptime>;
#[storage_alias]
pub type SlashLog = StorageValue<Mock, Vec<SlashTold>, frame_support::pallet_prelude::ValueQuery>;
#[storage_alias]
pub type TrackRecords = StorageMap<Mock, Blake2_128Concat, NodeId, TrackRecord>;
#[storage_alias]
pub type BanFails = StorageValue<Mock, ()>;

/// What whoever shares the blame was told.
#[derive(Clone, Debug, PartialEq, Eq, codec::Encode, codec::Decode)]
pub enum SlashTold {
	Queued(SlashId, NodeId),
	Cancelled(SlashId, NodeId),
	Slashed(SlashId, NodeId, u64, Option<(u64, u64)>),
}

/// Registry, market, record keeper and whoever shares the blame in one.
pub struct World;

impl ProviderInspect<u64> for World {
	fn node(node: &NodeId) -> Option<NodeSummary<u64>> {
		let (owner, status) = Nodes::get(node)?;
		Some(NodeSummary { owner, status, resource_type: ResourceType::Gpu, tier: Tier::Community })
	}
}

impl ProviderControl for World {
	fn mark_verified(_: &NodeId) -> DispatchResult {
		Ok(())
	}
	fn ban(node: &NodeId) -> DispatchResult {
		let (owner, _) = Nodes::get(node).ok_or(DispatchError::Other("no such node"))?;
		Nodes::insert(node, (owner, NodeStatus::Slashed));
		// Fails after its write, so that a test sees the write undone.
		if BanFails::exists() {
			Err(DispatchError::Other("ban failed"))
		} else {
			Ok(())
		}
	}
}

impl OpenWork<u64> for World {
	fn has_open_work(node: &NodeId) -> bool {
		Busy::contains_key(node)
	}
	fn is_counterparty(node: &NodeId, who: &u64) -> bool {
		Counterparties::contains_key((node, who))
	}
}

impl ReputationInspect for World {
	fn track_record(node: &NodeId) -> TrackRecord {
		TrackRecords::get(node).unwrap_or_default()
	}
}

impl UptimeInspect for World {
	fn measured_uptime(node: &NodeId) -> Option<MeasuredUptime> {
		Uptimes::get(node)
	}
}

impl OnSlashed<u64, u64> for World {
	fn on_slash_queued(slash: SlashId, node: &NodeId) {
		SlashLog::append(SlashTold::Queued(slash, *node));
	}
	fn on_slash_cancelled(slash: SlashId, node: &NodeId) {
		SlashLog::append(SlashTold::Cancelled(slash, *node));
	}
	fn on_slashed(slash: SlashId, node: &NodeId, amount: u64, uncompensated: Option<(&u64, u64)>) {
		let uncompensated = uncompensated.map(|(who, rest)| (*who, rest));
		SlashLog::append(SlashTold::Slashed(slash, *node, amount, uncompensated));
	}
	fn weight() -> Weight {
		Weight::zero()
	}
}

/// What the mock's blocks carry out when they begin.
pub const SLASHES_PER_BLOCK: u32 = 2;
/// What the mock's cursor passes at once.
pub const MAX_QUEUE_STEPS: u32 = 3;

impl pallet_provider_staking::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Treasury = Treasury;
	type Providers = World;
	type ProviderControl = World;
	type OpenWork = World;
	type Reputation = World;
	type Uptime = World;
	type OnSlashed = World;
	type SlashCancelOrigin = EnsureRoot<u64>;
	type MinimumStake = MinimumStake;
	type Thresholds = Thresholds;
	type CooldownPeriod = CooldownPeriod;
	type SlashDelay = SlashDelay;
	type AppealPeriod = AppealPeriod;
	type AppealBondShare = AppealBondShare;
	type SlaLimits = Limits;
	type InsuranceCooldown = InsuranceCooldown;
	type BreachCompensation = BreachCompensation;
	type SlashesPerBlock = ConstU32<SLASHES_PER_BLOCK>;
	type MaxQueueSteps = ConstU32<MAX_QUEUE_STEPS>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = World;
}

#[cfg(feature = "runtime-benchmarks")]
impl gpu_chain_primitives::benchmarking::BenchmarkNodes<u64> for World {
	fn fund(who: &u64) {
		use frame_support::traits::fungible::Mutate;
		Balances::mint_into(who, 1_000_000_000).unwrap();
	}
	fn pending_node(owner: &u64, _: ResourceType) -> NodeId {
		Self::fund(owner);
		let node = NodeId::from_low_u64_be(1_000 + Nodes::iter_keys().count() as u64);
		Nodes::insert(node, (*owner, NodeStatus::Pending));
		bond(node, *owner, 500).unwrap();
		node
	}
	fn active_node(owner: &u64, resource_type: ResourceType) -> NodeId {
		let node = Self::pending_node(owner, resource_type);
		Nodes::insert(node, (*owner, NodeStatus::Active));
		node
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl gpu_chain_primitives::benchmarking::BenchmarkUptime for World {
	fn miss_window(node: &NodeId) {
		measure(*node, 0, WINDOW);
	}
}

pub const ALICE: u64 = 1;
pub const BOB: u64 = 2;
pub const BUYER: u64 = 3;
pub const TREASURY: u64 = 99;
/// What [`ALICE`], [`BOB`], [`BUYER`] and [`TREASURY`] have at first.
pub const FUNDS: u64 = 1_000_000;

/// [`ALICE`]'s, inactive, with a stake of 2,000.
pub const NODE: NodeId = NodeId::repeat_byte(1);
/// Nobody's.
pub const STRANGER: NodeId = NodeId::repeat_byte(9);

/// Puts a node into the registry and bonds its first stake.
pub fn bond(node: NodeId, owner: u64, stake: u64) -> DispatchResult {
	<Staking as OnNodeRegistered<u64, u64>>::on_node_registered(&node, &owner, ResourceType::Gpu, stake)
}

pub fn add_node(node: NodeId, owner: u64, status: NodeStatus, stake: u64) {
	Nodes::insert(node, (owner, status));
	bond(node, owner, stake).unwrap();
}

/// Heartbeat periods in a window.
pub const WINDOW: u32 = 128;

/// Says what was measured of a node in its `periods` full periods.
pub fn measure(node: NodeId, share: u16, periods: u32) {
	Uptimes::insert(node, MeasuredUptime { share, periods, window: WINDOW });
}

/// 99 % of the time, five seconds, and 400 for a breach.
pub const TERMS: SlaTerms<u64> = SlaTerms { uptime: 9_900, response_ms: 5_000, penalty: 400 };

pub fn insured(who: u64) -> u64 {
	Balances::balance_on_hold(&pallet_provider_staking::HoldReason::InsuranceBond.into(), &who)
}

/// Slashes as a market does, outside any call.
pub fn slash(node: NodeId, percent: u32, harmed: Option<(u64, u64)>) -> DispatchResult {
	<Staking as Collateral<u64, u64>>::slash(&node, Permill::from_percent(percent), Misconduct::TaskTimeout, harmed)
}

pub fn held(who: u64) -> u64 {
	Balances::balance_on_hold(&pallet_provider_staking::HoldReason::ProviderStake.into(), &who)
}

/// What is held of `who` for appeals.
pub fn bonded(who: u64) -> u64 {
	Balances::balance_on_hold(&pallet_provider_staking::HoldReason::AppealBond.into(), &who)
}

pub fn free(who: u64) -> u64 {
	Balances::free_balance(who)
}

/// Goes to block `target` through full blocks: nothing is left for `on_idle`.
pub fn run_to(target: u64) {
	while System::block_number() < target {
		begin_block(System::block_number() + 1);
	}
}

/// Begins block `number` as the executive does.
pub fn begin_block(number: u64) {
	System::set_block_number(number);
	Staking::on_initialize(number);
}

/// Gives the block's idle time to the pallet.
pub fn idle(weight: Weight) -> Weight {
	Staking::on_idle(System::block_number(), weight)
}

/// Block 1, with funds and no node.
pub fn new_test_ext() -> sp_io::TestExternalities {
	let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
	pallet_balances::GenesisConfig::<Test> {
		balances: [ALICE, BOB, BUYER, TREASURY].map(|who| (who, FUNDS)).to_vec(),
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.unwrap();
	let mut ext: sp_io::TestExternalities = storage.into();
	ext.execute_with(|| System::set_block_number(1));
	ext
}

/// Runs `test` with [`NODE`] there. Afterwards the invariants must hold and no money be made or lost.
pub fn build_and_execute(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		add_node(NODE, ALICE, NodeStatus::Inactive, 2_000);
		let issuance = Balances::total_issuance();
		test();
		Staking::do_try_state().unwrap();
		assert_eq!(Balances::total_issuance(), issuance);
	});
}
