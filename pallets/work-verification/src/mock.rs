//! A runtime with this pallet and a registry, a market and track records that tests write themselves.

use crate::{
	self as pallet_work_verification, lottery::commitment_hash, CurrentLottery, CurrentRound, Job, LotteryOf,
	PowerClaim,
};
use frame_support::{
	assert_ok, derive_impl, ensure, parameter_types, storage_alias,
	traits::{fungible::HoldConsideration, ConstU32, ConstU64, Get, Hooks, LinearStoragePrice, Randomness, UnixTime},
	Blake2_128Concat,
};
use gpu_chain_primitives::{
	Collateral, HardwareInspect, Misconduct, NodeId, NodeStatus, NodeSummary, OnNodeRegistered, OnNodeStatusChanged,
	OnPowerShown, OpenWork, PowerVector, ProofKind, ProviderControl, ProviderInspect, Reputation, ReputationInspect,
	ResourceType, Tier, TrackRecord, WorkOutcome,
};
use gpu_work::hash_input;
use sp_core::H256;
use sp_io::hashing::{blake2_256, keccak_256};
use sp_runtime::{BuildStorage, DispatchResult, Permill};
use std::time::Duration;

type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Work: pallet_work_verification,
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
	type Balance = u64;
	type ExistentialDeposit = ConstU64<1>;
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
	pub storage GpuCount: u16 = 2;
	pub storage LotteryWindow: u64 = 0;
	pub storage MemoryEvery: u32 = 0;
	pub storage TableFill: u64 = 2;
	pub storage CommitGrace: u64 = 2;
	pub storage RevealWindow: u64 = 3;
	pub storage ChallengePeriod: u64 = 60;
	pub storage Wins: u32 = 16;
	pub storage Threshold: u32 = 12;
	pub storage Samples: u32 = 4;
	pub storage HashesPerWalk: u32 = 0;
	pub storage ForgerySlash: Permill = Permill::from_percent(50);
	pub storage ReporterShare: Permill = Permill::from_percent(20);
	/// The node that was told of last to show power, and what it shows then.
	pub storage LastShown: Option<(NodeId, PowerVector)> = None;
	/// Whether nodes have work.
	pub storage Busy: bool = false;
	pub storage SlashFails: bool = false;
	pub const ClaimHold: RuntimeHoldReason = RuntimeHoldReason::Work(crate::HoldReason::ClaimStorage);
	pub const DepositBase: u64 = 100;
	pub const DepositPerByte: u64 = 1;
}

#[storage_alias]
pub type Nodes = StorageMap<Mock, Blake2_128Concat, NodeId, (u64, NodeStatus)>;
#[storage_alias]
pub type Counterparties = StorageMap<Mock, Blake2_128Concat, (NodeId, u64), ()>;
#[storage_alias]
pub type Records = StorageMap<Mock, Blake2_128Concat, NodeId, TrackRecord>;

/// What stakes were cut by, and what reporters were promised.
#[storage_alias]
pub type Slashes = StorageValue<
	Mock,
	Vec<(NodeId, Permill, Misconduct, Option<(u64, u64)>)>,
	frame_support::pallet_prelude::ValueQuery,
>;

/// What each node has at stake.
pub const STAKE: u64 = 1_001;

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
		Busy::get()
	}
	fn is_counterparty(node: &NodeId, who: &u64) -> bool {
		Counterparties::contains_key((node, who))
	}
}

impl HardwareInspect for World {
	fn gpu_count(node: &NodeId) -> u16 {
		if Nodes::contains_key(node) {
			GpuCount::get()
		} else {
			0
		}
	}
}

impl Collateral<u64, u64> for World {
	fn staked(node: &NodeId) -> u64 {
		if Nodes::contains_key(node) {
			STAKE
		} else {
			0
		}
	}
	fn slash(node: &NodeId, share: Permill, misconduct: Misconduct, harmed: Option<(u64, u64)>) -> DispatchResult {
		ensure!(!SlashFails::get(), "no");
		Slashes::append((node, share, misconduct, harmed));
		Ok(())
	}
}

impl OnPowerShown for World {
	fn on_power_shown(node: &NodeId) {
		LastShown::set(&Some((*node, Work::power_vector(node))));
	}
	fn weight() -> frame_support::weights::Weight {
		frame_support::weights::Weight::zero()
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

/// Blocks of [`BLOCK_TIME`], later by what a test says. As on a real chain, a block's hook still sees its parent's
/// time.
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
	type Hardware = World;
	type Balance = u64;
	type Collateral = World;
	type OnPowerShown = World;
	type Consideration =
		HoldConsideration<u64, Balances, ClaimHold, LinearStoragePrice<DepositBase, DepositPerByte, u64>>;
	type LotteryWindow = LotteryWindow;
	type MemoryEvery = MemoryEvery;
	type TableFill = TableFill;
	type CommitGrace = CommitGrace;
	type RevealWindow = RevealWindow;
	type ChallengePeriod = ChallengePeriod;
	type Wins = Wins;
	type Threshold = Threshold;
	type Samples = Samples;
	type HashesPerWalk = HashesPerWalk;
	type ForgerySlash = ForgerySlash;
	type ReporterShare = ReporterShare;
	type MaxTickets = ConstU32<MAX_TICKETS>;
	type MaxSamples = ConstU32<8>;
	type MaxOpenReveals = ConstU32<KEPT>;
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
/// The most tickets of a reveal.
pub const MAX_TICKETS: u32 = 512;
/// Commitments that are kept of a device.
pub const KEPT: u32 = 3;
/// What everybody has.
pub const FUNDS: u64 = 1_000_000;

#[cfg(feature = "runtime-benchmarks")]
impl gpu_chain_primitives::benchmarking::BenchmarkNodes<u64> for World {
	fn fund(who: &u64) {
		use frame_support::traits::fungible::Mutate;
		// Benchmarks need lotteries, which tests turn on themselves.
		LotteryWindow::set(&4);
		assert_ok!(Balances::mint_into(who, FUNDS));
	}
	fn pending_node(owner: &u64, _: ResourceType) -> NodeId {
		Self::fund(owner);
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
	let balances = [ALICE, BOB, BUYER].map(|who| (who, FUNDS)).to_vec();
	let genesis =
		RuntimeGenesisConfig { balances: BalancesConfig { balances, ..Default::default() }, ..Default::default() };
	let mut ext: sp_io::TestExternalities = genesis.build_storage().unwrap().into();
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

/// A salt that nobody guesses.
pub const SALT: H256 = H256::repeat_byte(0x5a);

/// A device that looks at 32 tickets in a window of four seconds, of which half win.
pub const CLAIM: PowerClaim = PowerClaim::Compute { tickets_per_second: 8 };
/// The same, walking through a table of 1,000 bytes.
pub const TABLE: PowerClaim = PowerClaim::Memory { walks_per_second: 8, table_bytes: 1_000 };

/// Rounds have lotteries behind them, of four blocks; all of one kind. The next round does not close before a lottery
/// is over, so that there is a time between two.
pub fn lotteries_of(kind: ProofKind) {
	MinGap::set(&10);
	MaxGap::set(&14);
	LotteryWindow::set(&4);
	MemoryEvery::set(&u32::from(kind == ProofKind::Memory));
}

pub fn claim(who: u64, node: NodeId, device: u8, claim: PowerClaim) -> DispatchResult {
	Work::claim_power(RuntimeOrigin::signed(who), node, device, claim)
}

/// Goes on until a lottery is open that opened just now.
pub fn open_lottery() -> LotteryOf<Test> {
	let before = crate::LotteryCount::<Test>::get();
	while crate::LotteryCount::<Test>::get() == before {
		next_block();
	}
	CurrentLottery::<Test>::get().unwrap()
}

/// The lottery of a kind whose search has just begun, in which [`ALICE`]'s first device and [`BOB`]'s claim what the
/// kind's claim is.
pub fn searching(kind: ProofKind) -> LotteryOf<Test> {
	lotteries_of(kind);
	let what = if kind == ProofKind::Compute { CLAIM } else { TABLE };
	assert_ok!(claim(ALICE, NODE, 0, what));
	assert_ok!(claim(BOB, OTHER, 0, what));
	let lottery = loop {
		let lottery = open_lottery();
		// A node that came back while a round was open is not asked by the lottery behind that one.
		if Work::lottery_job(&NODE, 0).is_some() {
			break lottery;
		}
	};
	run_to(lottery.search_from);
	CurrentLottery::<Test>::get().unwrap()
}

/// Goes on until tickets can be revealed.
pub fn draw_samples() {
	while CurrentLottery::<Test>::get().unwrap().sample_entropy.is_none() {
		next_block();
	}
}

/// Goes on until no lottery is open.
pub fn close_lottery() {
	while CurrentLottery::<Test>::exists() {
		next_block();
	}
}

pub fn job(node: NodeId, device: u8) -> Job {
	Work::lottery_job(&node, device).unwrap().job
}

/// A device's tickets in the order of their numbers, whether they win or not.
pub fn tries(job: &Job) -> impl Iterator<Item = u64> + '_ {
	(0..512u64).map(|number| match job.walks {
		Some(_) => gpu_work::table::start(&job.seed.0, number),
		None => {
			let batch = gpu_work::lottery::batch(&job.seed.0, (number / 64) as u16);
			let (row, column) = ((number / 8 % 8) as u16, (number % 8) as u16);
			gpu_work::matrix::Ticket { batch, row, column }.to_u64()
		}
	})
}

/// So many of a device's winning tickets, in ascending order.
pub fn wins(job: &Job, count: usize) -> Vec<u64> {
	let mut wins: Vec<u64> = tries(job).filter(|ticket| job.wins(*ticket)).take(count).collect();
	assert_eq!(wins.len(), count);
	wins.sort_unstable();
	wins
}

/// A device's first ticket that does not win.
pub fn loss(job: &Job) -> u64 {
	tries(job).find(|ticket| !job.wins(*ticket)).unwrap()
}

pub fn commit(who: u64, node: NodeId, kind: ProofKind, device: u8, tickets: &[u64]) -> DispatchResult {
	let round = CurrentLottery::<Test>::get().map_or(0, |lottery| lottery.round);
	let hash = commitment_hash(&node, kind, device, round, tickets, &SALT);
	Work::commit_power(RuntimeOrigin::signed(who), node, kind, device, hash, tickets.len() as u32)
}

pub fn reveal(who: u64, node: NodeId, kind: ProofKind, device: u8, tickets: &[u64]) -> DispatchResult {
	let tickets = tickets.to_vec().try_into().unwrap();
	Work::reveal_power(RuntimeOrigin::signed(who), node, kind, device, tickets, SALT)
		.map(|_| ())
		.map_err(|error| error.error)
}

pub fn name_false(who: u64, node: NodeId, kind: ProofKind, round: u32, tickets: &[u64], index: u32) -> DispatchResult {
	let tickets = tickets.to_vec().try_into().unwrap();
	Work::challenge_power(RuntimeOrigin::signed(who), node, kind, 0, round, tickets, SALT, index)
}

/// Answers the open lottery for a device with so many wins, from the commitment to the reveal.
pub fn answer(who: u64, node: NodeId, kind: ProofKind, device: u8, count: usize) -> Vec<u64> {
	let tickets = wins(&job(node, device), count);
	assert_ok!(commit(who, node, kind, device, &tickets));
	draw_samples();
	assert_ok!(reveal(who, node, kind, device, &tickets));
	tickets
}
