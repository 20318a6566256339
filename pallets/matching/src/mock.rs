//! A runtime with the currencies of the real one, and tasks and nodes as the tests want them.

use crate::{self as pallet_matching, AuctionOf, Auctions, BidTickets, Bids};
use codec::{Decode, Encode};
use frame_support::{
	assert_ok, derive_impl, ensure,
	pallet_prelude::*,
	parameter_types,
	traits::{
		fungible::{HoldConsideration, InspectHold, NativeFromLeft, NativeOrWithId, UnionOf},
		fungibles::hold::Inspect as _,
		AsEnsureOriginWithArg, ConstU128, LinearStoragePrice, VariantCountOf,
	},
};
use frame_system::{EnsureRoot, EnsureSigned};
use gpu_chain_primitives::{
	matching::{bid_commitment, AuctionId, BidSalt, Candidate, MatchRequest, RegionLatency},
	score::ScoreWeights,
	*,
};
use sp_core::H256;
use sp_runtime::{BuildStorage, DispatchError, DispatchResult, Permill};
use std::collections::{BTreeMap, BTreeSet};

type Block = frame_system::mocking::MockBlock<Test>;
pub(crate) type AccountId = u64;
pub(crate) type Balance = u128;
pub(crate) type AssetKind = NativeOrWithId<u32>;
pub(crate) type Currencies = UnionOf<Balances, AssetsHolder, NativeFromLeft, AssetKind, AccountId>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Assets: pallet_assets,
		AssetsHolder: pallet_assets_holder,
		Matching: pallet_matching,
	}
);

pub(crate) const BUYER: AccountId = 1;
pub(crate) const OTHER_BUYER: AccountId = 2;
/// Own one node each, of the same number, which differ in nothing else.
pub(crate) const BIDDERS: [AccountId; 6] = [11, 12, 13, 14, 15, 16];
pub(crate) const BIDDER: AccountId = BIDDERS[0];
pub(crate) const OTHER_BIDDER: AccountId = BIDDERS[1];
pub(crate) const ANYBODY: AccountId = 21;
pub(crate) const TREASURY: AccountId = 90;
pub(crate) const USDC: u32 = 2;
pub(crate) const NATIVE: AssetKind = NativeOrWithId::Native;
pub(crate) const DOLLARS: AssetKind = NativeOrWithId::WithId(USDC);
/// What each account has at the start, of either currency.
pub(crate) const FUNDS: Balance = 1_000_000_000;
pub(crate) const BUDGET: Balance = 100_000;
/// 1 % of it.
pub(crate) const BOND: Balance = 1_000;
pub(crate) const SALT: BidSalt = [7; 32];
/// The task and the auction of most tests.
pub(crate) const TASK: TaskId = 5;
pub(crate) const AUCTION: AuctionId = 0;
/// With the task's block 1 as the first.
pub(crate) const COMMIT_UNTIL: u64 = 11;
pub(crate) const REVEAL_UNTIL: u64 = 16;

parameter_types! {
	pub const StorageReason: RuntimeHoldReason = RuntimeHoldReason::Matching(crate::HoldReason::Storage);
	pub const BondReason: RuntimeHoldReason = RuntimeHoldReason::Matching(crate::HoldReason::Bond);
	pub const DepositBase: Balance = 100;
	pub const DepositPerByte: Balance = 1;
	pub const Treasury: AccountId = TREASURY;
	pub static CommitWindow: u64 = 10;
	pub static RevealWindow: u64 = 5;
	pub static BidBond: Permill = Permill::from_percent(1);
	pub static Nodes: BTreeMap<NodeId, Candidate<AccountId>> = BTreeMap::new();
	/// The uptime of all nodes in ranked lists.
	pub static Uptime: u16 = 9_900;
	/// Nodes that take no task, for the market's reasons.
	pub static Busy: BTreeSet<NodeId> = BTreeSet::new();
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<10>;
	type AccountStore = System;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type FreezeIdentifier = RuntimeFreezeReason;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
}

#[derive_impl(pallet_assets::config_preludes::TestDefaultConfig)]
impl pallet_assets::Config for Test {
	type Balance = Balance;
	type AssetId = u32;
	type AssetIdParameter = u32;
	type Currency = Balances;
	type CreateOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
	type ForceOrigin = EnsureRoot<AccountId>;
	type Holder = AssetsHolder;
	type Freezer = ();
}

impl pallet_assets_holder::Config for Test {
	type RuntimeHoldReason = RuntimeHoldReason;
	type RuntimeEvent = RuntimeEvent;
}

impl crate::Config for Test {
	type AssetKind = AssetKind;
	type Balance = Balance;
	type Currency = Currencies;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Treasury = Treasury;
	type Tasks = MockTasks;
	type Candidates = MockNodes;
	type Digests = MockNodes;
	type Consideration =
		HoldConsideration<AccountId, Balances, StorageReason, LinearStoragePrice<DepositBase, DepositPerByte, Balance>>;
	type CommitWindow = CommitWindow;
	type RevealWindow = RevealWindow;
	type BidBond = BidBond;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = MockBenchmarks;
}

/// A task of the mock. Lies in storage, so that it is rolled back with the rest.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct MockTask {
	pub(crate) buyer: AccountId,
	pub(crate) asset: AssetKind,
	pub(crate) budget: Balance,
	pub(crate) assignment: Assignment,
	/// The node that has it, and for what.
	pub(crate) given: Option<(NodeId, Balance)>,
	pub(crate) ended: bool,
}

#[frame_support::storage_alias(verbatim)]
pub(crate) type Tasks = StorageMap<Mock, Twox64Concat, TaskId, MockTask>;

pub(crate) fn set_task(id: TaskId, change: impl FnOnce(&mut MockTask)) {
	let mut task = Tasks::get(id).unwrap_or(MockTask {
		buyer: BUYER,
		asset: NATIVE,
		budget: BUDGET,
		assignment: Assignment::Direct,
		given: None,
		ended: false,
	});
	change(&mut task);
	Tasks::insert(id, task);
}

pub struct MockTasks;
impl Assignable<AccountId, AssetKind, Balance> for MockTasks {
	fn assignable(task: TaskId) -> Option<AssignableTask<AccountId, AssetKind, Balance>> {
		Tasks::get(task).map(|task| AssignableTask {
			buyer: task.buyer,
			resource_type: ResourceType::Gpu,
			required_power: RequiredPower::hashes(1_000),
			min_trust_level: 1,
			asset: task.asset,
			budget: task.budget,
			phase: match (task.ended, task.given) {
				(true, _) => TaskPhase::Ended,
				(false, Some(_)) => TaskPhase::Taken,
				(false, None) => TaskPhase::Open,
			},
		})
	}
	fn set_assignment(id: TaskId, assignment: Assignment) -> DispatchResult {
		let task = Tasks::get(id).filter(|task| task.given.is_none() && !task.ended).ok_or("not open")?;
		Tasks::insert(id, MockTask { assignment, ..task });
		Ok(())
	}
	fn assign(id: TaskId, node: &NodeId, price: Balance) -> DispatchResult {
		let task = Tasks::get(id).filter(|task| task.given.is_none() && !task.ended).ok_or("not open")?;
		let may = matches!(task.assignment, Assignment::Auction | Assignment::Both);
		ensure!(may && price > 0 && price <= task.budget, "not for auction, or not at this price");
		// So late that something is left to be rolled back.
		Tasks::insert(id, MockTask { given: Some((*node, price)), ..task });
		ensure!(!Busy::get().contains(node), "busy");
		Ok(())
	}
}

pub struct MockNodes;
impl Candidates<AccountId> for MockNodes {
	fn candidate(node: &NodeId) -> Option<Candidate<AccountId>> {
		Nodes::get().get(node).cloned()
	}
}

/// Uptime is not a record in the mock: it is taken at the moment itself, so that the difference can be seen.
impl NodeDigests for MockNodes {
	type Digest = Candidate<()>;
	type Moment = u16;
	fn digest(id: &NodeId) -> Option<(ResourceType, Candidate<()>)> {
		let node = Self::candidate(id).filter(|node| node.active)?;
		let Candidate { resource_type, active, tier, hardware, region, ask_per_hour, trust_level, .. } = node;
		let (reputation, power) = (node.reputation, node.power);
		Some((
			resource_type,
			Candidate {
				owner: (),
				resource_type,
				active,
				tier,
				hardware,
				region,
				ask_per_hour,
				trust_level,
				reputation,
				uptime: 0,
				power,
			},
		))
	}
	fn moment() -> u16 {
		Uptime::get()
	}
	fn expand(digest: Candidate<()>, resource_type: ResourceType, moment: &u16) -> Candidate<()> {
		Candidate { resource_type, uptime: *moment, ..digest }
	}
}

pub(crate) fn node_of(owner: AccountId) -> NodeId {
	NodeId::from_low_u64_be(owner)
}

fn candidate(owner: AccountId) -> Candidate<AccountId> {
	Candidate {
		owner,
		resource_type: ResourceType::Gpu,
		active: true,
		tier: Tier::Community,
		hardware: HardwareSpec { gpu_count: 1, gpu_memory_mib: 24_576, ..Default::default() },
		region: region("eu-west"),
		ask_per_hour: 1,
		trust_level: 2,
		reputation: 5_000,
		uptime: 9_900,
		power: PowerVector { hashes_per_second: 1_500, ..PowerVector::default() },
	}
}

pub(crate) fn set_node(id: NodeId, change: impl FnOnce(&mut Candidate<AccountId>)) {
	let mut nodes = Nodes::get();
	change(nodes.entry(id).or_insert_with(|| candidate(ANYBODY)));
	Nodes::set(nodes);
}

pub(crate) fn region(code: &str) -> Region {
	Region::truncate_from(code.as_bytes().to_vec())
}

/// A request that all nodes of the mock meet.
pub(crate) fn request() -> MatchRequest {
	MatchRequest {
		weights: ScoreWeights { price: 4_000, reputation: 2_000, latency: 1_000, uptime: 1_000, power: 2_000 },
		regions: BoundedVec::truncate_from(vec![RegionLatency { region: region("eu-west"), latency_ms: 20 }]),
		max_latency_ms: 40,
		min_uptime: 9_000,
		hardware: HardwareSpec { gpu_count: 1, ..Default::default() },
	}
}

#[cfg(feature = "runtime-benchmarks")]
pub struct MockBenchmarks;

#[cfg(feature = "runtime-benchmarks")]
impl benchmarking::BenchmarkNodes<AccountId> for MockBenchmarks {
	fn fund(who: &AccountId) {
		use frame_support::traits::fungible::Mutate;
		assert_ok!(Balances::mint_into(who, FUNDS));
	}
	fn pending_node(owner: &AccountId, resource_type: ResourceType) -> NodeId {
		let id = NodeId::from_low_u64_be(1_000 + Nodes::get().len() as u64);
		set_node(id, |node| {
			*node = Candidate { resource_type, active: false, ..candidate(*owner) };
		});
		id
	}
	fn active_node(owner: &AccountId, resource_type: ResourceType) -> NodeId {
		let id = Self::pending_node(owner, resource_type);
		set_node(id, |node| node.active = true);
		id
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl benchmarking::BenchmarkCurrency<AssetKind, AccountId, Balance> for MockBenchmarks {
	fn fund(who: &AccountId, amount: Balance) -> AssetKind {
		use frame_support::traits::fungibles::Mutate;
		assert_ok!(<Assets as Mutate<AccountId>>::mint_into(USDC, who, amount + 1));
		DOLLARS
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl crate::benchmarking::BenchmarkTasks<AccountId, AssetKind, Balance> for MockBenchmarks {
	fn open_task(buyer: &AccountId, asset: AssetKind, budget: Balance) -> TaskId {
		let id = 1_000 + Tasks::iter().count() as u64;
		set_task(id, |task| *task = MockTask { buyer: *buyer, asset, budget, ..task.clone() });
		id
	}
	fn end_task(_: &AccountId, task: TaskId) {
		set_task(task, |task| task.ended = true);
	}
	fn region() -> Region {
		region("eu-west")
	}
}

pub(crate) fn new_test_ext() -> sp_io::TestExternalities {
	CommitWindow::set(10);
	RevealWindow::set(5);
	BidBond::set(Permill::from_percent(1));
	Nodes::set(BIDDERS.iter().map(|who| (node_of(*who), candidate(*who))).collect());
	Busy::set(BTreeSet::new());
	Uptime::set(9_900);
	let accounts: Vec<_> = BIDDERS.into_iter().chain([BUYER, OTHER_BUYER, ANYBODY, TREASURY]).collect();
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: accounts.iter().map(|who| (*who, FUNDS)).collect(),
			..Default::default()
		},
		assets: pallet_assets::GenesisConfig {
			assets: vec![(USDC, TREASURY, true, 1)],
			accounts: accounts.iter().map(|who| (USDC, *who, FUNDS)).collect(),
			..Default::default()
		},
		..Default::default()
	};
	let mut ext: sp_io::TestExternalities = genesis.build_storage().unwrap().into();
	ext.execute_with(|| {
		System::set_block_number(1);
		set_task(TASK, |_| ());
	});
	ext
}

/// Runs a test in a fresh chain, and ends it in the invariants.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		let before = issuance();
		test();
		check_everything();
		assert_eq!(issuance(), before, "money must neither come nor go");
	});
}

/// The pallet's invariants, and that nothing else is on hold than deposits and bonds of what is stored.
pub(crate) fn check_everything() {
	assert_eq!(Matching::do_try_state(), Ok(()));
	let price = |footprint: frame_support::traits::Footprint| 100 + Balance::from(footprint.size);
	let mut deposits = BTreeMap::<AccountId, Balance>::new();
	for auction in Auctions::<Test>::iter_values() {
		*deposits.entry(auction.buyer).or_default() += price(Matching::auction_footprint());
	}
	let mut bonds = BTreeMap::<(AccountId, bool), Balance>::new();
	for (id, node, bid) in Bids::<Test>::iter() {
		assert!(BidTickets::<Test>::contains_key(id, node));
		*deposits.entry(bid.bidder).or_default() += price(Matching::bid_footprint());
		let auction = auction(id);
		*bonds.entry((bid.bidder, auction.asset == NATIVE)).or_default() += auction.bond;
	}
	for who in BIDDERS.into_iter().chain([BUYER, OTHER_BUYER, ANYBODY, TREASURY]) {
		let deposit = deposits.get(&who).copied().unwrap_or_default();
		assert_eq!(Balances::balance_on_hold(&StorageReason::get(), &who), deposit, "deposits of {who}");
		for (asset, native) in [(NATIVE, true), (DOLLARS, false)] {
			let bond = bonds.get(&(who, native)).copied().unwrap_or_default();
			assert_eq!(Currencies::balance_on_hold(asset, &BondReason::get(), &who), bond, "bonds of {who}");
		}
	}
}

pub(crate) fn issuance() -> (Balance, Balance) {
	(pallet_balances::TotalIssuance::<Test>::get(), Assets::total_supply(USDC))
}

/// What an account could spend of a currency, holds not counted.
pub(crate) fn free(asset: &AssetKind, who: AccountId) -> Balance {
	match asset {
		NativeOrWithId::Native => Balances::free_balance(who),
		NativeOrWithId::WithId(id) => Assets::balance(*id, who),
	}
}

pub(crate) fn origin(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

pub(crate) fn auction(id: AuctionId) -> AuctionOf<Test> {
	Auctions::<Test>::get(id).expect("the test opened it")
}

/// An auction of the task.
pub(crate) fn open() -> AuctionId {
	open_with(request(), false)
}

pub(crate) fn open_with(request: MatchRequest, direct: bool) -> AuctionId {
	let id = crate::NextAuctionId::<Test>::get();
	assert_ok!(Matching::open_auction(origin(BUYER), TASK, request, direct));
	id
}

pub(crate) fn commitment(id: AuctionId, bidder: AccountId, price: Balance) -> H256 {
	bid_commitment(id, &bidder, &node_of(bidder), price, &SALT)
}

/// A bid of that bidder's node.
pub(crate) fn commit(id: AuctionId, bidder: AccountId, price: Balance) {
	assert_ok!(Matching::commit_bid(origin(bidder), id, node_of(bidder), commitment(id, bidder, price)));
}

pub(crate) fn try_reveal(id: AuctionId, bidder: AccountId, price: Balance) -> DispatchResult {
	Matching::reveal_bid(origin(bidder), id, node_of(bidder), price, SALT)
}

pub(crate) fn reveal(id: AuctionId, bidder: AccountId, price: Balance) {
	assert_ok!(try_reveal(id, bidder, price));
}

/// An auction in which these bids were handed in and revealed, and can be settled.
pub(crate) fn revealed(bids: &[(AccountId, Balance)]) -> AuctionId {
	let id = open();
	for (bidder, price) in bids {
		commit(id, *bidder, *price);
	}
	System::set_block_number(auction(id).commit_until + 1);
	for (bidder, price) in bids {
		reveal(id, *bidder, *price);
	}
	System::set_block_number(auction(id).reveal_until + 1);
	id
}

pub(crate) fn settle(id: AuctionId) -> DispatchResult {
	frame_support::storage::with_storage_layer(|| {
		Matching::settle(origin(ANYBODY), id).map(|_| ()).map_err(|error| error.error)
	})
}

pub(crate) fn claim(id: AuctionId, bidder: AccountId) -> DispatchResult {
	Matching::claim_bond(origin(ANYBODY), id, node_of(bidder))
}

pub(crate) fn events() -> Vec<crate::Event<Test>> {
	System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Matching(event) => Some(event),
			_ => None,
		})
		.collect()
}

pub(crate) fn last_event() -> crate::Event<Test> {
	events().pop().expect("there is one")
}

/// Why a call failed, of this pallet's reasons.
pub(crate) fn why(error: crate::Error<Test>) -> DispatchError {
	error.into()
}
