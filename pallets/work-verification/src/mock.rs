//! A runtime with this pallet and a registry, a market and track records that tests write themselves.

use crate::{self as pallet_work_verification, CurrentRound};
use frame_support::{
	assert_ok, derive_impl, parameter_types, storage_alias,
	traits::{ConstU32, Get, Hooks, Randomness, UnixTime},
	Blake2_128Concat,
};
use gpu_chain_primitives::{
	NodeId, NodeStatus, NodeSummary, OnNodeRegistered, OnNodeStatusChanged, OpenWork, ProviderControl, ProviderInspect,
	Reputation, ReputationInspect, ResourceType, Tier, TrackRecord, WorkOutcome,
};
use gpu_work::hash_input;
use sp_core::H256;
use sp_io::hashing::{blake2_256, keccak_256};
use sp_runtime::{BuildStorage, DispatchResult};
use std::time::Duration;

type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Work: pallet_work_verification,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
}

/// Milliseconds from one block to the next.
pub const BLOCK_TIME: u64 = 1_000;
/// The seed of the mock's randomness at first: blocks draw from it and their number.
pub const WINDOW: u64 = 5;

parameter_types! {
	pub storage RoundWindow: u64 = WINDOW;
	pub storage MinGap: u64 = 3;
	pub storage MeanGap: u32 = 4;
	pub storage MaxGap: u64 = 12;
	pub storage Values: u32 = 8;
	pub storage MinimumPower: u128 = 20;
	pub storage PowerValidity: u64 = 1_000;
	pub storage ChallengeWork: u128 = 16;
	pub storage ChallengeWindow: u64 = 6;
	pub storage ChallengeCooldown: u64 = 4;
	pub storage LateMs: u64 = 0;
	pub storage InHook: bool = false;
	pub storage PowBlock: Option<H256> = None;
	pub storage RandomnessSeed: u64 = 7;
}

#[storage_alias]
pub type Nodes = StorageMap<Mock, Blake2_128Concat, NodeId, (u64, NodeStatus)>;
#[storage_alias]
pub type Counterparties = StorageMap<Mock, Blake2_128Concat, (NodeId, u64), ()>;
#[storage_alias]
pub type Records = StorageMap<Mock, Blake2_128Concat, NodeId, TrackRecord>;

/// Registry, market and record keeper in one.
pub struct World;

impl ProviderInspect<u64> for World {
	fn node(node: &NodeId) -> Option<NodeSummary<u64>> {
		let (owner, status) = Nodes::get(node)?;
		Some(NodeSummary { owner, status, resource_type: ResourceType::Gpu, tier: Tier::Community })
	}
}

impl ProviderControl for World {
	fn mark_verified(node: &NodeId) -> DispatchResult {
		if matches!(Nodes::get(node), Some((_, NodeStatus::Pending))) {
			set_status(*node, NodeStatus::Verified);
		}
		Ok(())
	}
	fn ban(node: &NodeId) -> DispatchResult {
		set_status(*node, NodeStatus::Slashed);
		Ok(())
	}
}

impl OpenWork<u64> for World {
	fn has_open_work(_: &NodeId) -> bool {
		false
	}
	fn is_counterparty(node: &NodeId, who: &u64) -> bool {
		Counterparties::contains_key((node, who))
	}
}

impl ReputationInspect for World {
	fn track_record(node: &NodeId) -> TrackRecord {
		Records::get(node).unwrap_or_default()
	}
}

impl Reputation for World {
	fn record(node: &NodeId, outcome: WorkOutcome) {
		let mut record = Self::track_record(node);
		match outcome {
			WorkOutcome::ChallengePassed => record.challenges_passed += 1,
			WorkOutcome::ChallengesFailed(count) => record.challenges_failed += count,
			_ => panic!("this pallet knows nothing of tasks"),
		}
		Records::insert(node, record);
	}
}

/// A hash of seed, block and subject.
pub struct TestRandomness;
impl Randomness<H256, u64> for TestRandomness {
	fn random(subject: &[u8]) -> (H256, u64) {
		let block = System::block_number();
		(H256(blake2_256(&codec::Encode::encode(&(RandomnessSeed::get(), block, subject)))), block)
	}
}

/// Blocks of [`BLOCK_TIME`], later by what a test says. As on a real chain, a block's hook still sees its parent's time.
pub struct Clock;
impl UnixTime for Clock {
	fn now() -> Duration {
		let block = System::block_number() - u64::from(InHook::get());
		Duration::from_millis(block * BLOCK_TIME + LateMs::get())
	}
}

impl pallet_work_verification::Config for Test {
	type Providers = World;
	type ProviderControl = World;
	type Reputation = World;
	type OpenWork = World;
	type Randomness = TestRandomness;
	type WorkEntropy = PowBlock;
	type Time = Clock;
	type BlockTime = BlockTime;
	type RoundWindow = RoundWindow;
	type MinGap = MinGap;
	type MeanGap = MeanGap;
	type MaxGap = MaxGap;
	type Values = Values;
	type MaxValues = ConstU32<256>;
	type MinimumPower = MinimumPower;
	type PowerValidity = PowerValidity;
	type ChallengeWork = ChallengeWork;
	type ChallengeWindow = ChallengeWindow;
	type ChallengeCooldown = ChallengeCooldown;
	type HistoryLength = ConstU32<HISTORY>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = World;
}

pub struct BlockTime;
impl Get<u64> for BlockTime {
	fn get() -> u64 {
		BLOCK_TIME
	}
}

/// What the mock remembers of each node.
pub const HISTORY: u32 = 4;

#[cfg(feature = "runtime-benchmarks")]
impl gpu_chain_primitives::benchmarking::BenchmarkNodes<u64> for World {
	fn fund(_: &u64) {}
	fn pending_node(owner: &u64, _: ResourceType) -> NodeId {
		let node = NodeId::from_low_u64_be(1_000 + Nodes::iter_keys().count() as u64);
		add_node(node, *owner, NodeStatus::Pending);
		node
	}
	fn active_node(owner: &u64, resource_type: ResourceType) -> NodeId {
		let node = Self::pending_node(owner, resource_type);
		set_status(node, NodeStatus::Active);
		node
	}
}

pub const ALICE: u64 = 1;
pub const BOB: u64 = 2;
pub const BUYER: u64 = 3;
/// [`ALICE`]'s, active from the start.
pub const NODE: NodeId = NodeId::repeat_byte(1);
/// [`BOB`]'s, active from the start.
pub const OTHER: NodeId = NodeId::repeat_byte(2);
/// Nobody's.
pub const STRANGER: NodeId = NodeId::repeat_byte(9);

pub fn add_node(node: NodeId, owner: u64, status: NodeStatus) {
	Nodes::insert(node, (owner, NodeStatus::Pending));
	assert_ok!(<Work as OnNodeRegistered<u64, u64>>::on_node_registered(&node, &owner, ResourceType::Gpu, 0));
	if status != NodeStatus::Pending {
		set_status(node, status);
	}
}

/// Moves a node as the registry does: stored first, then told.
pub fn set_status(node: NodeId, new: NodeStatus) {
	let (owner, old) = Nodes::get(node).unwrap();
	if old != new {
		Nodes::insert(node, (owner, new));
		<Work as OnNodeStatusChanged>::on_node_status_changed(&node, ResourceType::Gpu, old, new);
	}
}

pub fn new_test_ext() -> sp_io::TestExternalities {
	let mut ext: sp_io::TestExternalities = RuntimeGenesisConfig::default().build_storage().unwrap().into();
	ext.execute_with(|| {
		System::set_block_number(1);
		add_node(NODE, ALICE, NodeStatus::Active);
		add_node(OTHER, BOB, NodeStatus::Active);
	});
	ext
}

/// Runs a test, then checks the invariants.
pub fn build_and_execute(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		assert_ok!(Work::do_try_state());
	});
}

pub fn next_block() {
	let now = System::block_number() + 1;
	System::set_block_number(now);
	InHook::set(&true);
	Work::on_initialize(now);
	InHook::set(&false);
	assert_ok!(Work::do_try_state());
}

pub fn run_to(block: u64) {
	while System::block_number() < block {
		next_block();
	}
}

/// Goes on until a round is open that opened just now.
pub fn open_round() {
	let before = crate::RoundCount::<Test>::get();
	while crate::RoundCount::<Test>::get() == before {
		next_block();
	}
}

/// Goes on until no round is open.
pub fn close_round() {
	while CurrentRound::<Test>::exists() {
		next_block();
	}
}

/// The `k` smallest hashes of the first `hashes` nonces under a seed, in the order of their hashes.
pub fn smallest(seed: &[u8; 32], hashes: u64, k: usize) -> Vec<u64> {
	let mut all: Vec<([u8; 32], u64)> =
		(0..hashes).map(|nonce| (keccak_256(&hash_input(seed, nonce)), nonce)).collect();
	all.sort_unstable();
	all.into_iter().take(k).map(|(_, nonce)| nonce).collect()
}

/// A proof of the node for the open round, out of so many hashes.
pub fn proof(node: NodeId, hashes: u64) -> Vec<u64> {
	let k = CurrentRound::<Test>::get().unwrap().values as usize;
	smallest(&Work::round_seed(&node).unwrap().0, hashes, k)
}

pub fn submit(who: u64, node: NodeId, round: u32, nonces: Vec<u64>) -> DispatchResult {
	Work::submit_proof(RuntimeOrigin::signed(who), node, round, nonces.try_into().unwrap())
}

pub fn round_number() -> u32 {
	crate::RoundCount::<Test>::get()
}

pub fn record(node: NodeId) -> (u32, u32) {
	let record = World::track_record(&node);
	(record.challenges_passed, record.challenges_failed)
}

/// A nonce that solves, or does not solve, the node's challenge.
pub fn solution(node: NodeId, good: bool) -> u64 {
	let challenge = Work::challenge(&node).unwrap();
	let meets =
		|nonce: &u64| gpu_work::meets_target(&keccak_256(&hash_input(&challenge.seed.0, *nonce)), &challenge.target.0);
	(0..).find(|nonce| meets(nonce) == good).unwrap()
}
