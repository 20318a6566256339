//! A runtime around the pallet: real balances, a ledger of tokens, a small escrow that moves real money, and nodes as the
//! tests want them.

use crate::{self as pallet_marketplace, Deadlines, FirstDeadlineBlock, TaskOf, TaskStatus, Tasks};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	derive_impl, ensure,
	pallet_prelude::*,
	parameter_types,
	traits::{
		fungible::{HoldConsideration, InspectHold, Mutate},
		tokens::Preservation,
		ConstU128, Hooks, LinearStoragePrice,
	},
	weights::Weight,
};
use gpu_chain_primitives::*;
use sp_core::H256;
use sp_runtime::{BuildStorage, DispatchError, DispatchResult, Permill};
use std::collections::BTreeMap;

type Block = frame_system::mocking::MockBlock<Test>;
pub(crate) type AccountId = u64;
pub(crate) type Balance = u128;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Marketplace: pallet_marketplace,
	}
);

pub(crate) const BUYER: AccountId = 1;
pub(crate) const OTHER_BUYER: AccountId = 2;
pub(crate) const PROVIDER: AccountId = 11;
pub(crate) const OTHER_PROVIDER: AccountId = 12;
pub(crate) const ANYBODY: AccountId = 21;
/// Where the escrow keeps native money.
pub(crate) const POT: AccountId = 90;
pub(crate) const TREASURY: AccountId = 91;
/// Who judges disputes, and is paid for it.
pub(crate) const JUDGE: AccountId = 92;
pub(crate) const ACCOUNTS: [AccountId; 8] =
	[BUYER, OTHER_BUYER, PROVIDER, OTHER_PROVIDER, ANYBODY, POT, TREASURY, JUDGE];

/// What each account has at the start, of native money and of each token.
pub(crate) const FUNDS: Balance = 1_000_000_000;
pub(crate) const DEPOSIT_BASE: Balance = 100;
pub(crate) const FEE_PERCENT: Balance = 8;

#[derive(
	Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Asset {
	Native,
	Token(u32),
}
pub(crate) const TOKEN: Asset = Asset::Token(7);

/// Two nodes of `PROVIDER`, one of `OTHER_PROVIDER`.
pub(crate) const NODE: NodeId = H256::repeat_byte(1);
pub(crate) const SECOND_NODE: NodeId = H256::repeat_byte(2);
pub(crate) const OTHER_NODE: NodeId = H256::repeat_byte(3);
pub(crate) const UNKNOWN_NODE: NodeId = H256::repeat_byte(99);

#[derive(Clone, Debug)]
pub struct MockNode {
	pub(crate) owner: AccountId,
	pub(crate) resource_type: ResourceType,
	pub(crate) status: NodeStatus,
	pub(crate) power: PowerVector,
	pub(crate) trust_level: TrustLevel,
	pub(crate) tier: Tier,
}

impl MockNode {
	pub(crate) fn of(owner: AccountId) -> Self {
		Self {
			owner,
			resource_type: ResourceType::Gpu,
			status: NodeStatus::Active,
			power: PowerVector { hashes_per_second: 1_000, ..PowerVector::default() },
			trust_level: 2,
			tier: Tier::Community,
		}
	}
}

parameter_types! {
	pub const TaskStorage: RuntimeHoldReason = RuntimeHoldReason::Marketplace(crate::HoldReason::TaskStorage);
	pub const DepositBase: Balance = DEPOSIT_BASE;
	pub const DepositPerByte: Balance = 1;
	pub const NativeAsset: Asset = Asset::Native;
	pub static Nodes: BTreeMap<NodeId, MockNode> = BTreeMap::new();
	pub static EscrowFails: bool = false;
	/// Whether nodes meet what the buyer asks beyond the task, as themselves and as the fallback.
	pub static RequestMet: (bool, bool) = (true, true);
	pub static HasBids: bool = false;
	pub static SlashFails: bool = false;
	pub static DisputeHookFails: bool = false;
	/// The largest price a node of trust level 1 may take.
	pub static LevelOneLimit: Balance = 1_000;
	pub static AverageAsk: Option<Balance> = None;
	pub static FallbackRate: Balance = 360;
	pub static BlockTime: u64 = 6_000;
	pub static MinDuration: u32 = 60;
	pub static MaxDuration: u32 = 86_400;
	pub static MaxOpenTasksPerBuyer: u32 = 10;
	pub static MaxOpenTasksPerNode: u32 = 3;
	pub static MaxFailures: u32 = 2;
	pub static StartWindow: u64 = 5;
	pub static ResultGrace: u64 = 3;
	pub static ReviewWindow: u64 = 10;
	pub static RetentionPeriod: u64 = 20;
	pub static TimeoutSlash: Permill = Permill::from_percent(5);
	/// What `on_idle` gets in each block.
	pub static IdleWeight: Weight = Weight::MAX;
}

/// Puts every one of the settings above back, whatever an earlier test on this thread did.
fn reset_settings() {
	Nodes::set(BTreeMap::from([
		(NODE, MockNode::of(PROVIDER)),
		(SECOND_NODE, MockNode::of(PROVIDER)),
		(OTHER_NODE, MockNode::of(OTHER_PROVIDER)),
	]));
	EscrowFails::set(false);
	RequestMet::set((true, true));
	HasBids::set(false);
	SlashFails::set(false);
	DisputeHookFails::set(false);
	LevelOneLimit::set(1_000);
	AverageAsk::set(None);
	FallbackRate::set(360);
	BlockTime::set(6_000);
	MinDuration::set(60);
	MaxDuration::set(86_400);
	MaxOpenTasksPerBuyer::set(10);
	MaxOpenTasksPerNode::set(3);
	MaxFailures::set(2);
	StartWindow::set(5);
	ResultGrace::set(3);
	ReviewWindow::set(10);
	RetentionPeriod::set(20);
	TimeoutSlash::set(Permill::from_percent(5));
	IdleWeight::set(Weight::MAX);
}

pub(crate) fn set_node(id: NodeId, change: impl FnOnce(&mut MockNode)) {
	let mut nodes = Nodes::get();
	change(nodes.entry(id).or_insert_with(|| MockNode::of(PROVIDER)));
	Nodes::set(nodes);
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<1>;
}

impl crate::Config for Test {
	type AssetKind = Asset;
	type Balance = Balance;
	type Escrow = MockEscrow;
	type Providers = MockNodes;
	type Power = MockNodes;
	type Trust = MockNodes;
	type Reputation = MockNodes;
	type Collateral = MockNodes;
	type TaskValueLimit = MockNodes;
	type Requests = MockRequests;
	type Consideration =
		HoldConsideration<AccountId, Balances, TaskStorage, LinearStoragePrice<DepositBase, DepositPerByte, Balance>>;
	type OnDisputed = MockJudge;
	type AskIndex = MockNodes;
	type FallbackRate = FallbackRate;
	type NativeAsset = NativeAsset;
	type BlockTime = BlockTime;
	type MinDuration = MinDuration;
	type MaxDuration = MaxDuration;
	type MaxOpenTasksPerBuyer = MaxOpenTasksPerBuyer;
	type MaxOpenTasksPerNode = MaxOpenTasksPerNode;
	type MaxFailures = MaxFailures;
	type StartWindow = StartWindow;
	type ResultGrace = ResultGrace;
	type ReviewWindow = ReviewWindow;
	type RetentionPeriod = RetentionPeriod;
	type TimeoutSlash = TimeoutSlash;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = MockBenchmarks;
}

// What the mock remembers lies in storage, so that it is rolled back with the rest.

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct EscrowRecord {
	pub(crate) buyer: AccountId,
	pub(crate) asset: Asset,
	pub(crate) amount: Balance,
	pub(crate) open: bool,
}

#[frame_support::storage_alias(verbatim)]
pub(crate) type Escrows = StorageMap<Mock, Twox64Concat, EscrowKey, EscrowRecord>;
#[frame_support::storage_alias(verbatim)]
pub(crate) type TokenBalances = StorageDoubleMap<Mock, Twox64Concat, u32, Twox64Concat, AccountId, Balance, ValueQuery>;
#[frame_support::storage_alias(verbatim)]
pub(crate) type Slashes =
	StorageValue<Mock, Vec<(NodeId, Permill, Misconduct, Option<(AccountId, Balance)>)>, ValueQuery>;
#[frame_support::storage_alias(verbatim)]
pub(crate) type Outcomes = StorageValue<Mock, Vec<(NodeId, WorkOutcome)>, ValueQuery>;
#[frame_support::storage_alias(verbatim)]
pub(crate) type HeardDisputes =
	StorageValue<Mock, Vec<(EscrowKey, DisputedDeal<AccountId, Asset, Balance>)>, ValueQuery>;

fn pay(asset: Asset, from: AccountId, to: AccountId, amount: Balance) -> DispatchResult {
	match asset {
		Asset::Native => Balances::transfer(&from, &to, amount, Preservation::Preserve).map(|_| ()),
		Asset::Token(id) => {
			let rest = TokenBalances::get(id, from).checked_sub(amount).ok_or("too few tokens")?;
			TokenBalances::insert(id, from, rest);
			TokenBalances::mutate(id, to, |balance| *balance += amount);
			Ok(())
		}
	}
}

/// Keeps the money of all tasks in one account.
pub struct MockEscrow;

impl MockEscrow {
	fn settle(key: EscrowKey, provider: AccountId, gross: Balance) -> Result<Settlement<Balance>, DispatchError> {
		ensure!(!EscrowFails::get(), DispatchError::Unavailable);
		let record = Escrows::get(key).filter(|record| record.open).ok_or("no open escrow")?;
		let refund = record.amount.checked_sub(gross).ok_or("more than is held")?;
		let fee = gross * FEE_PERCENT / 100;
		// Nobody judged, so nothing goes to this account.
		let award = Award { provider: gross - fee, fee, refund, arbitration: 0 };
		Self::share(key, provider, award, POT)
	}

	fn share(
		key: EscrowKey,
		provider: AccountId,
		award: Award<Balance>,
		judge: AccountId,
	) -> Result<Settlement<Balance>, DispatchError> {
		ensure!(!EscrowFails::get(), DispatchError::Unavailable);
		let record = Escrows::get(key).filter(|record| record.open).ok_or("no open escrow")?;
		let Award { provider: payout, fee, refund, arbitration } = award;
		let parts = [(provider, payout), (TREASURY, fee), (record.buyer, refund), (judge, arbitration)];
		let sum = parts.iter().try_fold(0u128, |sum, (_, part)| sum.checked_add(*part));
		ensure!(sum == Some(record.amount), "the parts are not the amount");
		for (to, part) in parts {
			pay(record.asset, POT, to, part)?;
		}
		Escrows::insert(key, EscrowRecord { open: false, ..record });
		Ok(Settlement { provider: payout, fee, refund, arbitration })
	}
}

impl Escrow<AccountId, Asset, Balance> for MockEscrow {
	fn deposit(key: EscrowKey, buyer: &AccountId, asset: Asset, amount: Balance) -> DispatchResult {
		ensure!(!EscrowFails::get(), DispatchError::Unavailable);
		ensure!(!Escrows::contains_key(key) && amount > 0, "bad deposit");
		pay(asset, *buyer, POT, amount)?;
		Escrows::insert(key, EscrowRecord { buyer: *buyer, asset, amount, open: true });
		Ok(())
	}
	fn top_up(_: EscrowKey, _: Balance) -> DispatchResult {
		Err(DispatchError::Unavailable)
	}
	fn release(key: EscrowKey, provider: &AccountId) -> Result<Settlement<Balance>, DispatchError> {
		let amount = Escrows::get(key).map_or(0, |record| record.amount);
		Self::settle(key, *provider, amount)
	}
	fn refund(key: EscrowKey) -> Result<Settlement<Balance>, DispatchError> {
		Self::settle(key, POT, 0)
	}
	fn split(key: EscrowKey, provider: &AccountId, amount: Balance) -> Result<Settlement<Balance>, DispatchError> {
		Self::settle(key, *provider, amount)
	}
	fn award(
		key: EscrowKey,
		provider: &AccountId,
		award: Award<Balance>,
		judge: &AccountId,
	) -> Result<Settlement<Balance>, DispatchError> {
		Self::share(key, *provider, award, *judge)
	}
	fn remove(key: EscrowKey) -> DispatchResult {
		ensure!(!EscrowFails::get(), DispatchError::Unavailable);
		ensure!(Escrows::get(key).is_some_and(|record| !record.open), "still open");
		Escrows::remove(key);
		Ok(())
	}
}

/// The nodes, and all that is known of them.
pub struct MockNodes;

impl ProviderInspect<AccountId> for MockNodes {
	fn node(node: &NodeId) -> Option<NodeSummary<AccountId>> {
		Nodes::get().get(node).map(|node| NodeSummary {
			owner: node.owner,
			resource_type: node.resource_type,
			status: node.status,
			tier: node.tier,
		})
	}
}

impl PowerInspect for MockNodes {
	fn verified_power(node: &NodeId) -> HashRate {
		Self::power_vector(node).hashes_per_second
	}
	fn power_vector(node: &NodeId) -> PowerVector {
		Nodes::get().get(node).map_or_else(PowerVector::default, |node| node.power)
	}
}

impl TrustInspect for MockNodes {
	fn trust_level(node: &NodeId) -> TrustLevel {
		Nodes::get().get(node).map_or(0, |node| node.trust_level)
	}
}

impl ReputationInspect for MockNodes {
	fn track_record(_: &NodeId) -> TrackRecord {
		TrackRecord::default()
	}
}

impl Reputation for MockNodes {
	fn record(node: &NodeId, outcome: WorkOutcome) {
		Outcomes::append((*node, outcome));
	}
}

impl Collateral<AccountId, Balance> for MockNodes {
	fn staked(_: &NodeId) -> Balance {
		0
	}
	fn slash(
		node: &NodeId,
		share: Permill,
		misconduct: Misconduct,
		harmed: Option<(AccountId, Balance)>,
	) -> DispatchResult {
		ensure!(!SlashFails::get(), DispatchError::Unavailable);
		Slashes::append((*node, share, misconduct, harmed));
		Ok(())
	}
}

impl TaskValueLimit<Asset, Balance> for MockNodes {
	fn ensure_within(level: TrustLevel, asset: &Asset, amount: Balance) -> Result<(), TaskValueRefused> {
		match level {
			0 => Err(TaskValueRefused::UnderStaked),
			1 if *asset != Asset::Native => Err(TaskValueRefused::ValueUnknown),
			1 if amount > LevelOneLimit::get() => Err(TaskValueRefused::AboveLimit),
			_ => Ok(()),
		}
	}
}

impl AskIndex<Balance> for MockNodes {
	fn average_ask_per_hour(_: ResourceType, _: HashRate) -> Option<Balance> {
		AverageAsk::get()
	}
}

/// What buyers ask beyond the task.
pub struct MockRequests;

impl TaskRequests for MockRequests {
	fn is_met(_: TaskId, _: &NodeId, as_fallback: bool) -> bool {
		let (met, met_as_fallback) = RequestMet::get();
		if as_fallback {
			met_as_fallback
		} else {
			met
		}
	}
	fn has_bids(_: TaskId) -> bool {
		HasBids::get()
	}
	fn weight() -> Weight {
		Weight::zero()
	}
}

/// Hears of disputes.
pub struct MockJudge;

impl OnDisputed<AccountId, Asset, Balance> for MockJudge {
	fn on_disputed(key: EscrowKey, deal: &DisputedDeal<AccountId, Asset, Balance>) -> DispatchResult {
		ensure!(!DisputeHookFails::get(), "the judge refuses");
		HeardDisputes::append((key, deal.clone()));
		Ok(())
	}
	fn weight() -> Weight {
		Weight::zero()
	}
}

#[cfg(feature = "runtime-benchmarks")]
pub struct MockBenchmarks;

#[cfg(feature = "runtime-benchmarks")]
impl benchmarking::BenchmarkNodes<AccountId> for MockBenchmarks {
	fn fund(who: &AccountId) {
		assert!(Balances::mint_into(who, Balance::MAX / 1_000_000).is_ok());
	}
	fn pending_node(owner: &AccountId, resource_type: ResourceType) -> NodeId {
		let id = NodeId::from_low_u64_be(1_000_000 + Nodes::get().len() as u64);
		set_node(id, |node| {
			*node = MockNode { resource_type, status: NodeStatus::Pending, ..MockNode::of(*owner) };
		});
		id
	}
	fn active_node(owner: &AccountId, resource_type: ResourceType) -> NodeId {
		let id = Self::pending_node(owner, resource_type);
		set_node(id, |node| node.status = NodeStatus::Active);
		id
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl benchmarking::BenchmarkCurrency<Asset, AccountId, Balance> for MockBenchmarks {
	fn fund(who: &AccountId, amount: Balance) -> Asset {
		let Asset::Token(id) = TOKEN else { return TOKEN };
		TokenBalances::mutate(id, who, |balance| *balance += amount);
		TOKEN
	}
}

pub(crate) fn new_test_ext() -> sp_io::TestExternalities {
	reset_settings();
	let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
	pallet_balances::GenesisConfig::<Test> {
		balances: ACCOUNTS.iter().map(|who| (*who, FUNDS)).collect(),
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.unwrap();
	let mut ext = sp_io::TestExternalities::from(storage);
	ext.execute_with(|| {
		System::set_block_number(1);
		Marketplace::on_initialize(1);
		let Asset::Token(id) = TOKEN else { return };
		for who in ACCOUNTS {
			TokenBalances::insert(id, who, FUNDS);
		}
	});
	ext
}

/// Runs a test in a fresh chain, and ends it in the invariants.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		check_everything();
	});
}

/// The pallet's invariants, and that no money came or went.
pub(crate) fn check_everything() {
	assert_eq!(Marketplace::do_try_state(), Ok(()));
	assert_eq!(Balances::total_issuance(), FUNDS * ACCOUNTS.len() as u128);
	let mut held = BTreeMap::<Asset, Balance>::new();
	let mut deposits = BTreeMap::<AccountId, Balance>::new();
	for (id, task) in Tasks::<Test>::iter() {
		let escrow = Escrows::get(EscrowKey::Task(id)).expect("a task has an escrow as long as it exists");
		assert_eq!(escrow.open, !task.status.has_ended(), "task {id} is {:?}", task.status);
		assert_eq!((escrow.buyer, escrow.asset, escrow.amount), (task.buyer, task.asset, task.price));
		if escrow.open {
			*held.entry(task.asset).or_default() += task.price;
		}
		*deposits.entry(task.buyer).or_default() += deposit(&task);
	}
	assert_eq!(Escrows::iter().count(), Tasks::<Test>::iter().count());
	assert_eq!(Balances::free_balance(POT), FUNDS + held.get(&Asset::Native).copied().unwrap_or_default());
	assert_eq!(tokens(POT), FUNDS + held.get(&TOKEN).copied().unwrap_or_default());
	assert_eq!(ACCOUNTS.iter().map(|who| tokens(*who)).sum::<Balance>(), FUNDS * ACCOUNTS.len() as u128);
	for who in ACCOUNTS {
		assert_eq!(
			Balances::balance_on_hold(&TaskStorage::get(), &who),
			deposits.get(&who).copied().unwrap_or_default()
		);
	}
}

/// The storage deposit of a task.
pub(crate) fn deposit(task: &TaskOf<Test>) -> Balance {
	DEPOSIT_BASE + Balance::from(task.footprint().size)
}

pub(crate) fn tokens(who: AccountId) -> Balance {
	let Asset::Token(id) = TOKEN else { return 0 };
	TokenBalances::get(id, who)
}

/// Ends this block and begins the next one.
pub(crate) fn next_block() {
	let now = System::block_number();
	let used = Marketplace::on_idle(now, IdleWeight::get());
	assert!(used.all_lte(IdleWeight::get()), "on_idle must stay within its weight");
	System::set_block_number(now + 1);
	let used = Marketplace::on_initialize(now + 1);
	assert!(used.all_lte(Marketplace::guaranteed_weight()));
}

pub(crate) fn run_to(block: u64) {
	while System::block_number() < block {
		next_block();
	}
}

/// As if the hooks had not run yet in this block, nor in those before it.
pub(crate) fn jump_to(block: u64) {
	System::set_block_number(block);
}

pub(crate) fn uri(text: &str) -> Uri {
	text.as_bytes().to_vec().try_into().unwrap()
}

pub(crate) fn origin(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// What the tests' task costs: an hour at 1,000.
pub(crate) const PRICE: Balance = 1_000;
/// Of what the provider has this much.
pub(crate) const PAYOUT: Balance = 920;
pub(crate) const FEE: Balance = 80;
/// Blocks of an hour.
pub(crate) const HOUR: u64 = 600;

/// A GPU task of an hour for `asset`, and its number.
pub(crate) fn create_for(buyer: AccountId, asset: Asset) -> TaskId {
	let id = crate::NextTaskId::<Test>::get();
	let created = Marketplace::create_task(
		origin(buyer),
		ResourceType::Gpu,
		RequiredPower::hashes(1_000),
		3_600,
		asset,
		PRICE,
		1,
		uri("ipfs://specification"),
		H256::repeat_byte(0x5e),
	);
	assert_eq!(created, Ok(()));
	id
}

pub(crate) fn create() -> TaskId {
	create_for(BUYER, Asset::Native)
}

pub(crate) fn assigned() -> TaskId {
	let id = create();
	assert_eq!(Marketplace::accept_task(origin(PROVIDER), id, NODE), Ok(()));
	id
}

pub(crate) fn in_progress() -> TaskId {
	let id = assigned();
	assert_eq!(Marketplace::start_task(origin(PROVIDER), id), Ok(()));
	id
}

pub(crate) fn submit(who: AccountId, id: TaskId) -> DispatchResult {
	Marketplace::submit_result(origin(who), id, H256::repeat_byte(0x7e), uri("https://example.org/result"))
}

pub(crate) fn completed() -> TaskId {
	let id = in_progress();
	assert_eq!(submit(PROVIDER, id), Ok(()));
	id
}

pub(crate) fn disputed() -> TaskId {
	let id = completed();
	assert_eq!(Marketplace::dispute_task(origin(BUYER), id, Default::default()), Ok(()));
	id
}

pub(crate) fn verified() -> TaskId {
	let id = completed();
	assert_eq!(Marketplace::approve_result(origin(BUYER), id), Ok(()));
	id
}

pub(crate) fn cancelled() -> TaskId {
	let id = create();
	assert_eq!(Marketplace::cancel_task(origin(BUYER), id), Ok(()));
	id
}

pub(crate) fn task(id: TaskId) -> TaskOf<Test> {
	Tasks::<Test>::get(id).expect("the test made it")
}

pub(crate) fn status(id: TaskId) -> TaskStatus {
	task(id).status
}

/// How many deadlines wait in the queue.
pub(crate) fn queued() -> usize {
	Deadlines::<Test>::iter_keys().count()
}

pub(crate) fn first_deadline_block() -> Option<u64> {
	FirstDeadlineBlock::<Test>::get()
}
