//! A runtime with this pallet, balances, and a stand-in for staking and the markets that keeps what it is told in storage.

use crate as pallet_provider_registry;
use crate::{HoldReason, NodeOf, Nodes, NodesByOwner, Offer};
use frame_support::{
	assert_ok, derive_impl, parameter_types, storage_alias,
	traits::{
		fungible::{HoldConsideration, InspectHold},
		ConstU32, ConstU64, LinearStoragePrice,
	},
	weights::Weight,
	BoundedVec, Identity,
};
use frame_system::EnsureRoot;
use gpu_chain_primitives::{
	Collateral, HardwareSpec, Misconduct, NodeId, NodeStatus, OnNodeRegistered, OnNodeStatusChanged, OpenWork,
	ProviderControl, Region, ResourceType, Sponsorship, TrustInspect, TrustLevel, Uri,
};
use sp_runtime::{BuildStorage, DispatchError, DispatchResult, Permill};

type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Registry: pallet_provider_registry,
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
	type ExistentialDeposit = ConstU64<{ ED }>;
}

pub const ED: u64 = 10;
pub const FEE: u64 = 100;
pub const DEPOSIT: u64 = 50;
pub const MIN_STAKE: u64 = 500;
pub const MAX_ASK: u64 = 1_000;
pub const MAX_NODES: u32 = 4;
pub const PERIOD: u64 = 10;
pub const TREASURY: u64 = 99;
pub const RICH: u64 = 1_000_000;

pub const ALICE: u64 = 1;
pub const BOB: u64 = 2;
/// Owns enough for the fee, and not for the storage deposit with it.
pub const POOR: u64 = 3;

parameter_types! {
	pub storage RegistrationFee: u64 = FEE;
	pub storage HeartbeatPeriod: u64 = PERIOD;
	/// Whether everybody has somebody who answers for them.
	pub storage Sponsored: bool = true;
	pub const NodeDeposit: RuntimeHoldReason = RuntimeHoldReason::Registry(HoldReason::NodeStorage);
}

impl pallet_provider_registry::Config for Test {
	type Currency = Balances;
	type Consideration =
		HoldConsideration<u64, Balances, NodeDeposit, LinearStoragePrice<ConstU64<DEPOSIT>, ConstU64<0>, u64>>;
	type RegistrarOrigin = EnsureRoot<u64>;
	type Treasury = ConstU64<TREASURY>;
	type RegistrationFee = RegistrationFee;
	type HeartbeatPeriod = HeartbeatPeriod;
	type MaxAsk = ConstU64<MAX_ASK>;
	type MaxNodesPerOwner = ConstU32<MAX_NODES>;
	type OnNodeRegistered = Outside;
	type OnNodeStatusChanged = Outside;
	type OpenWork = Outside;
	type Collateral = Outside;
	type TrustInspect = Outside;
	type Sponsorship = Outside;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Outside;
}

/// What the registry's hook was told: the node, its type, the status before and now.
pub type Told = (NodeId, ResourceType, NodeStatus, NodeStatus);

/// What is staked for a node.
#[storage_alias]
pub type Stakes = StorageMap<Mock, Identity, NodeId, u64, frame_support::pallet_prelude::ValueQuery>;
/// The nodes with open work.
#[storage_alias]
pub type Busy = StorageMap<Mock, Identity, NodeId, (), frame_support::pallet_prelude::OptionQuery>;
/// Every change of status since the test began.
#[storage_alias]
pub type StatusLog = StorageValue<Mock, Vec<Told>, frame_support::pallet_prelude::ValueQuery>;

/// Nodes of which something else changed since the test began, and what they asked then.
#[storage_alias]
pub type ChangeLog = StorageValue<Mock, Vec<(NodeId, u64)>, frame_support::pallet_prelude::ValueQuery>;

/// The pallets around the registry.
pub struct Outside;

impl OnNodeRegistered<u64, u64> for Outside {
	fn on_node_registered(node: &NodeId, owner: &u64, resource_type: ResourceType, stake: u64) -> DispatchResult {
		let stored = Nodes::<Test>::get(node).ok_or(DispatchError::Other("told before the node is stored"))?;
		if (stored.owner, stored.resource_type) != (*owner, resource_type) {
			return Err(DispatchError::Other("told of another node"));
		}
		// Written before it is refused: whatever a hook has done must be undone.
		Stakes::insert(node, stake);
		if stake < MIN_STAKE {
			return Err(DispatchError::Other("stake too small"));
		}
		Ok(())
	}
	fn weight() -> Weight {
		Weight::zero()
	}
}

impl OnNodeStatusChanged for Outside {
	fn on_node_status_changed(node: &NodeId, resource_type: ResourceType, old: NodeStatus, new: NodeStatus) {
		StatusLog::append((*node, resource_type, old, new));
	}
	fn on_node_changed(node: &NodeId) {
		ChangeLog::append((*node, get(*node).ask_per_hour));
	}
	fn weight() -> Weight {
		Weight::zero()
	}
}

impl OpenWork<u64> for Outside {
	fn has_open_work(node: &NodeId) -> bool {
		Busy::contains_key(node)
	}
	fn is_counterparty(_: &NodeId, _: &u64) -> bool {
		false
	}
}

impl Collateral<u64, u64> for Outside {
	fn staked(node: &NodeId) -> u64 {
		Stakes::get(node)
	}
	fn slash(_: &NodeId, _: Permill, _: Misconduct, _: Option<(u64, u64)>) -> DispatchResult {
		Ok(())
	}
}

impl TrustInspect for Outside {
	fn trust_level(node: &NodeId) -> TrustLevel {
		(Stakes::get(node) >= MIN_STAKE).into()
	}
}

impl Sponsorship for Outside {
	fn may_be_verified(_: &NodeId) -> bool {
		Sponsored::get()
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl gpu_chain_primitives::benchmarking::BenchmarkNodes<u64> for Outside {
	fn fund(who: &u64) {
		use frame_support::traits::fungible::Mutate;
		Balances::set_balance(who, RICH);
	}
	fn pending_node(owner: &u64, resource_type: ResourceType) -> NodeId {
		register_as(*owner, resource_type, 7)
	}
	fn active_node(owner: &u64, resource_type: ResourceType) -> NodeId {
		let node = register_as(*owner, resource_type, 7);
		verify(node);
		activate(node);
		node
	}
}

pub fn signed(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

pub fn root() -> RuntimeOrigin {
	RuntimeOrigin::root()
}

/// A text of a bounded type.
pub fn text<const MAX: u32>(text: &str) -> BoundedVec<u8, ConstU32<MAX>> {
	text.as_bytes().to_vec().try_into().unwrap()
}

pub fn here() -> Region {
	text("eu-west")
}

pub fn there() -> Region {
	text("us-east-2")
}

pub fn link() -> Uri {
	text("ipfs://bafy/1")
}

/// Hardware that is sound for every resource type.
pub fn hardware(gpu_count: u16) -> HardwareSpec {
	HardwareSpec {
		model: text("RTX 4090"),
		gpu_memory_mib: 24_564,
		gpu_count,
		cpu_cores: 16,
		ram_mib: 65_536,
		storage_gib: 2_000,
		bandwidth_mbps: 1_000,
	}
}

pub fn offer(ask_per_hour: u64) -> Offer<u64> {
	Offer { hardware: hardware(1), region: here(), ask_per_hour, metadata_uri: link() }
}

/// Registers `offer` with `stake`.
pub fn try_register(
	owner: u64,
	resource_type: ResourceType,
	offer: Offer<u64>,
	stake: u64,
) -> frame_support::pallet_prelude::DispatchResult {
	let Offer { hardware, region, ask_per_hour, metadata_uri } = offer;
	Registry::register_node(signed(owner), resource_type, hardware, region, ask_per_hour, metadata_uri, stake)
}

/// Updates `node` to `offer`.
pub fn try_update(owner: u64, node: NodeId, offer: Offer<u64>) -> DispatchResult {
	let Offer { hardware, region, ask_per_hour, metadata_uri } = offer;
	Registry::update_node(signed(owner), node, hardware, region, ask_per_hour, metadata_uri)
}

/// A pending node with the smallest stake.
pub fn register_as(owner: u64, resource_type: ResourceType, ask_per_hour: u64) -> NodeId {
	let before: Vec<NodeId> = NodesByOwner::<Test>::iter_key_prefix(owner).collect();
	assert_ok!(try_register(owner, resource_type, offer(ask_per_hour), MIN_STAKE));
	NodesByOwner::<Test>::iter_key_prefix(owner).find(|node| !before.contains(node)).unwrap()
}

/// A pending GPU node of Alice, asking 7.
pub fn register() -> NodeId {
	register_as(ALICE, ResourceType::Gpu, 7)
}

pub fn verify(node: NodeId) {
	assert_ok!(<Registry as ProviderControl>::mark_verified(&node));
}

pub fn activate(node: NodeId) {
	assert_ok!(Registry::activate_node(signed(get(node).owner), node));
}

/// An active GPU node of Alice, asking 7.
pub fn active() -> NodeId {
	let node = register();
	verify(node);
	activate(node);
	node
}

/// A GPU node of Alice in `status`.
pub fn in_status(status: NodeStatus) -> NodeId {
	let node = register();
	match status {
		NodeStatus::Pending => (),
		NodeStatus::Verified => verify(node),
		NodeStatus::Active => {
			verify(node);
			activate(node);
		}
		NodeStatus::Inactive => {
			verify(node);
			activate(node);
			assert_ok!(Registry::deactivate_node(signed(ALICE), node));
		}
		NodeStatus::Rejected => {
			assert_ok!(Registry::reject_node(root(), node, text("no")));
		}
		NodeStatus::Slashed => {
			assert_ok!(Registry::ban_node(root(), node, text("no")));
		}
	}
	assert_eq!(get(node).status, status);
	node
}

pub const ALL_STATUSES: [NodeStatus; 6] = [
	NodeStatus::Pending,
	NodeStatus::Verified,
	NodeStatus::Active,
	NodeStatus::Inactive,
	NodeStatus::Rejected,
	NodeStatus::Slashed,
];

pub fn get(node: NodeId) -> NodeOf<Test> {
	Nodes::<Test>::get(node).unwrap()
}

pub fn held(who: u64) -> u64 {
	Balances::balance_on_hold(&NodeDeposit::get(), &who)
}

pub fn advance(blocks: u64) {
	System::set_block_number(System::block_number() + blocks);
}

/// Whether `event` was deposited since events were last reset.
pub fn happened(event: crate::Event<Test>) -> bool {
	System::events().iter().any(|record| record.event == RuntimeEvent::Registry(event.clone()))
}

/// Block 1 of a chain with two regions, two rich accounts, a poor one, and a treasury.
pub fn new_test_ext() -> sp_io::TestExternalities {
	let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
	pallet_balances::GenesisConfig::<Test> {
		balances: vec![(ALICE, RICH), (BOB, RICH), (POOR, FEE + DEPOSIT), (TREASURY, ED)],
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.unwrap();
	pallet_provider_registry::GenesisConfig::<Test> {
		regions: vec!["eu-west".into(), "us-east-2".into()],
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.unwrap();
	let mut ext: sp_io::TestExternalities = storage.into();
	ext.execute_with(|| System::set_block_number(1));
	ext
}

/// Runs `test` and checks the invariants afterwards.
pub fn build_and_execute(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		Registry::do_try_state().unwrap();
	});
}
