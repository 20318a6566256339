//! A runtime around the pallet: real balances, a ledger of tokens, a small escrow that moves real money, prepaid accounts, a
//! clock, and nodes as the tests want them.

use crate::{
	self as pallet_rental,
	types::{AccessDescriptor, Gpus, Millis},
	EndReason, HourlyRate, RentalId, RentalOf, RentalStatus, Rentals,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	derive_impl, ensure,
	pallet_prelude::*,
	parameter_types,
	traits::{
		fungible::{HoldConsideration, InspectHold},
		tokens::Preservation,
		ConstU128, LinearStoragePrice, Time,
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
		Rental: pallet_rental,
	}
);

pub(crate) const RENTER: AccountId = 1;
pub(crate) const OTHER_RENTER: AccountId = 2;
/// Owns a prepaid account that `RENTER` may spend from.
pub(crate) const SPONSOR: AccountId = 3;
pub(crate) const PROVIDER: AccountId = 11;
pub(crate) const ANYBODY: AccountId = 21;
pub(crate) const JUDGE: AccountId = 31;
/// Where the escrow keeps money.
pub(crate) const POT: AccountId = 90;
pub(crate) const TREASURY: AccountId = 91;
pub(crate) const ACCOUNTS: [AccountId; 8] = [RENTER, OTHER_RENTER, SPONSOR, PROVIDER, ANYBODY, JUDGE, POT, TREASURY];

/// What each account has at the start, of native money and of tokens.
pub(crate) const FUNDS: Balance = 1_000_000_000_000;
pub(crate) const DEPOSIT_BASE: Balance = 100;

#[derive(
	Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Asset {
	Native,
	Token,
}

pub(crate) const NODE: NodeId = H256::repeat_byte(1);
pub(crate) const OTHER_NODE: NodeId = H256::repeat_byte(2);
pub(crate) const UNKNOWN_NODE: NodeId = H256::repeat_byte(99);

pub(crate) const SECOND: Millis = 1_000;
pub(crate) const MINUTE: Millis = 60 * SECOND;
pub(crate) const HOUR: Millis = 60 * MINUTE;
/// When the tests begin.
pub(crate) const BEGIN: Millis = 1_700_000_000_000;
/// What an hour of one accelerator of the tests costs: two a second.
pub(crate) const RATE: Balance = 7_200;

#[derive(Clone, Debug)]
pub struct MockNode {
	pub(crate) owner: AccountId,
	pub(crate) status: NodeStatus,
	pub(crate) gpus: u16,
	pub(crate) power: HashRate,
	pub(crate) trust_level: TrustLevel,
}

impl MockNode {
	fn of(owner: AccountId) -> Self {
		Self { owner, status: NodeStatus::Active, gpus: 4, power: 1_000, trust_level: 2 }
	}
}

parameter_types! {
	pub const Storage: RuntimeHoldReason = RuntimeHoldReason::Rental(crate::HoldReason::Storage);
	pub const DepositBase: Balance = DEPOSIT_BASE;
	pub const DepositPerByte: Balance = 1;
	pub const NativeAsset: Asset = Asset::Native;
	pub static Nodes: BTreeMap<NodeId, MockNode> = BTreeMap::new();
	pub static Now: Millis = BEGIN;
	pub static SlashFails: bool = false;
	pub static DisputeHookFails: bool = false;
	/// What a dollar is, in the smallest unit of any currency.
	pub static DollarPrice: Option<Balance> = Some(100);
	pub static LevelOneLimit: Balance = 1_000;
	pub static MinDuration: Millis = MINUTE;
	pub static MaxDuration: Millis = 48 * HOUR;
	pub static MaxLead: Millis = 30 * 24 * HOUR;
	pub static ConfirmWindow: Millis = 15 * MINUTE;
	pub static Grace: Millis = 10 * MINUTE;
	pub static ProofInterval: Millis = 5 * MINUTE;
	pub static CancelNotice: Millis = HOUR;
	pub static LateCancelShare: Permill = Permill::from_percent(10);
	pub static WellServed: Permill = Permill::from_percent(95);
	pub static NoShowSlash: Permill = Permill::from_percent(5);
	pub static RetentionPeriod: u64 = 20;
}

/// Puts every setting back, whatever an earlier test on this thread did.
fn reset_settings() {
	Nodes::set(BTreeMap::from([(NODE, MockNode::of(PROVIDER)), (OTHER_NODE, MockNode::of(PROVIDER))]));
	Now::set(BEGIN);
	SlashFails::set(false);
	DisputeHookFails::set(false);
	DollarPrice::set(Some(100));
	LevelOneLimit::set(1_000);
	MinDuration::set(MINUTE);
	MaxDuration::set(48 * HOUR);
	MaxLead::set(30 * 24 * HOUR);
	ConfirmWindow::set(15 * MINUTE);
	Grace::set(10 * MINUTE);
	ProofInterval::set(5 * MINUTE);
	CancelNotice::set(HOUR);
	LateCancelShare::set(Permill::from_percent(10));
	WellServed::set(Permill::from_percent(95));
	NoShowSlash::set(Permill::from_percent(5));
	RetentionPeriod::set(20);
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
	type Clock = MockClock;
	type Escrow = MockEscrow;
	type Prepaid = MockPrepaid;
	type Prices = MockPrices;
	type Providers = MockNodes;
	type Power = MockNodes;
	type Trust = MockNodes;
	type Reputation = MockNodes;
	type Collateral = MockNodes;
	type ValueLimit = MockNodes;
	type Consideration =
		HoldConsideration<AccountId, Balances, Storage, LinearStoragePrice<DepositBase, DepositPerByte, Balance>>;
	type OnDisputed = MockJudge;
	type NativeAsset = NativeAsset;
	type MinDuration = MinDuration;
	type MaxDuration = MaxDuration;
	type MaxLead = MaxLead;
	type ConfirmWindow = ConfirmWindow;
	type Grace = Grace;
	type ProofInterval = ProofInterval;
	type CancelNotice = CancelNotice;
	type LateCancelShare = LateCancelShare;
	type WellServed = WellServed;
	type NoShowSlash = NoShowSlash;
	type RetentionPeriod = RetentionPeriod;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = MockBenchmarks;
}

/// The tests' clock.
pub struct MockClock;

impl Time for MockClock {
	type Moment = Millis;
	fn now() -> Millis {
		Now::get()
	}
}

// What the mock remembers lies in storage, so that it is rolled back with the rest.

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct EscrowRecord {
	pub(crate) buyer: AccountId,
	pub(crate) asset: Asset,
	pub(crate) amount: Balance,
	pub(crate) settlement: Option<Settlement<Balance>>,
}

#[frame_support::storage_alias(verbatim)]
pub(crate) type Escrows = StorageMap<Mock, Twox64Concat, EscrowKey, EscrowRecord>;
#[frame_support::storage_alias(verbatim)]
pub(crate) type Tokens = StorageMap<Mock, Twox64Concat, AccountId, Balance, ValueQuery>;
/// How much `RENTER` may still spend of `SPONSOR`'s money.
#[frame_support::storage_alias(verbatim)]
pub(crate) type Allowance = StorageValue<Mock, Balance, ValueQuery>;
#[frame_support::storage_alias(verbatim)]
pub(crate) type Slashes =
	StorageValue<Mock, Vec<(NodeId, Permill, Misconduct, Option<(AccountId, Balance)>)>, ValueQuery>;
#[frame_support::storage_alias(verbatim)]
pub(crate) type Outcomes = StorageValue<Mock, Vec<(NodeId, WorkOutcome)>, ValueQuery>;
#[frame_support::storage_alias(verbatim)]
pub(crate) type HeardDisputes =
	StorageValue<Mock, Vec<(EscrowKey, DisputedDeal<AccountId, Asset, Balance>)>, ValueQuery>;

fn pay(asset: Asset, from: AccountId, to: AccountId, amount: Balance) -> DispatchResult {
	use frame_support::traits::fungible::Mutate;
	match asset {
		Asset::Native => Balances::transfer(&from, &to, amount, Preservation::Preserve).map(|_| ()),
		Asset::Token => {
			let rest = Tokens::get(from).checked_sub(amount).ok_or("too few tokens")?;
			Tokens::insert(from, rest);
			Tokens::mutate(to, |balance| *balance += amount);
			Ok(())
		}
	}
}

/// Keeps the money of all rentals in one account.
pub struct MockEscrow;

impl MockEscrow {
	fn open(key: EscrowKey) -> Result<EscrowRecord, DispatchError> {
		Escrows::get(key).filter(|record| record.settlement.is_none()).ok_or("no open escrow".into())
	}

	fn settle(
		key: EscrowKey,
		provider: AccountId,
		judge: AccountId,
		parts: Settlement<Balance>,
	) -> Result<Settlement<Balance>, DispatchError> {
		let record = Self::open(key)?;
		ensure!(
			parts.provider + parts.fee + parts.refund + parts.arbitration == record.amount,
			"the parts are not what is held"
		);
		for (to, amount) in [
			(provider, parts.provider),
			(TREASURY, parts.fee),
			(record.buyer, parts.refund),
			(judge, parts.arbitration),
		] {
			pay(record.asset, POT, to, amount)?;
		}
		Escrows::insert(key, EscrowRecord { settlement: Some(parts), ..record });
		Ok(parts)
	}
}

impl Escrow<AccountId, Asset, Balance> for MockEscrow {
	fn deposit(key: EscrowKey, buyer: &AccountId, asset: Asset, amount: Balance) -> DispatchResult {
		ensure!(!Escrows::contains_key(key) && amount > 0, "bad deposit");
		pay(asset, *buyer, POT, amount)?;
		Escrows::insert(key, EscrowRecord { buyer: *buyer, asset, amount, settlement: None });
		Ok(())
	}
	fn top_up(key: EscrowKey, amount: Balance) -> DispatchResult {
		let record = Self::open(key)?;
		ensure!(amount > 0, "bad top-up");
		pay(record.asset, record.buyer, POT, amount)?;
		Escrows::insert(key, EscrowRecord { amount: record.amount + amount, ..record });
		Ok(())
	}
	fn release(key: EscrowKey, provider: &AccountId) -> Result<Settlement<Balance>, DispatchError> {
		let amount = Self::open(key)?.amount;
		Self::split(key, provider, amount)
	}
	fn refund(key: EscrowKey) -> Result<Settlement<Balance>, DispatchError> {
		Self::split(key, &POT, 0)
	}
	fn split(key: EscrowKey, provider: &AccountId, amount: Balance) -> Result<Settlement<Balance>, DispatchError> {
		let held = Self::open(key)?.amount;
		let refund = held.checked_sub(amount).ok_or("more than is held")?;
		let fee = amount * 8 / 100;
		Self::settle(key, *provider, POT, Settlement { provider: amount - fee, fee, refund, arbitration: 0 })
	}
	fn award(
		key: EscrowKey,
		provider: &AccountId,
		award: Award<Balance>,
		judge: &AccountId,
	) -> Result<Settlement<Balance>, DispatchError> {
		let Award { provider: payout, fee, refund, arbitration } = award;
		Self::settle(key, *provider, *judge, Settlement { provider: payout, fee, refund, arbitration })
	}
	fn remove(key: EscrowKey) -> DispatchResult {
		ensure!(Escrows::get(key).is_some_and(|record| record.settlement.is_some()), "still open");
		Escrows::remove(key);
		Ok(())
	}
}

/// `SPONSOR`'s account is prepaid, and `RENTER` may spend from it what the allowance says.
pub struct MockPrepaid;

impl PrepaidAccounts<AccountId, Asset, Balance> for MockPrepaid {
	fn draw(account: &AccountId, spender: &AccountId, _: &Asset, amount: Balance) -> DispatchResult {
		ensure!(*account == SPONSOR && *spender == RENTER, "no such allowance");
		let rest = Allowance::get().checked_sub(amount).ok_or("the allowance is too small")?;
		Allowance::put(rest);
		Ok(())
	}
	fn weight() -> Weight {
		Weight::zero()
	}
}

/// A dollar is `DollarPrice` of anything.
pub struct MockPrices;

impl UsdPrices<Asset, Balance> for MockPrices {
	fn to_usd(_: &Asset, amount: Balance) -> Option<MicroUsd> {
		amount.checked_mul(1_000_000)?.checked_div(DollarPrice::get()?)
	}
	fn from_usd(_: &Asset, usd: MicroUsd) -> Option<Balance> {
		Some(usd.checked_mul(DollarPrice::get()?)?.div_ceil(1_000_000))
	}
}

/// The nodes, and all that is known of them.
pub struct MockNodes;

impl ProviderInspect<AccountId> for MockNodes {
	fn node(node: &NodeId) -> Option<NodeSummary<AccountId>> {
		Nodes::get().get(node).map(|node| NodeSummary {
			owner: node.owner,
			resource_type: ResourceType::Gpu,
			status: node.status,
			tier: Tier::Community,
		})
	}
}

impl HardwareInspect for MockNodes {
	fn gpu_count(node: &NodeId) -> u16 {
		Nodes::get().get(node).map_or(0, |node| node.gpus)
	}
}

impl PowerInspect for MockNodes {
	fn verified_power(node: &NodeId) -> HashRate {
		Nodes::get().get(node).map_or(0, |node| node.power)
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
		use frame_support::traits::fungible::Mutate;
		assert!(Balances::mint_into(who, FUNDS).is_ok());
	}
	fn pending_node(owner: &AccountId, _: ResourceType) -> NodeId {
		let id = NodeId::from_low_u64_be(1_000_000 + Nodes::get().len() as u64);
		set_node(id, |node| *node = MockNode { status: NodeStatus::Pending, gpus: u16::MAX, ..MockNode::of(*owner) });
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
		Tokens::mutate(who, |balance| *balance += amount);
		Tokens::mutate(POT, |balance| *balance += 1);
		Asset::Token
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl crate::benchmarking::BenchmarkClock for MockBenchmarks {
	fn set_now(now: Millis) {
		Now::set(now);
	}
	fn prove_power(node: &NodeId) {
		set_node(*node, |node| node.power = 1);
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
		for who in ACCOUNTS {
			Tokens::insert(who, FUNDS);
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

/// The pallet's invariants, that no money came or went, and that each rental's price is in escrow until it has ended.
pub(crate) fn check_everything() {
	assert_eq!(Rental::do_try_state(), Ok(()));
	assert_eq!(Balances::total_issuance(), FUNDS * ACCOUNTS.len() as u128);
	assert_eq!(ACCOUNTS.iter().map(Tokens::get).sum::<Balance>(), FUNDS * ACCOUNTS.len() as u128);
	let mut held = BTreeMap::<Asset, Balance>::new();
	let mut deposits = BTreeMap::<AccountId, Balance>::new();
	for (id, rental) in Rentals::<Test>::iter() {
		let escrow = Escrows::get(EscrowKey::Rental(id)).expect("a rental has an escrow as long as it exists");
		assert_eq!(escrow.settlement.is_some(), rental.status.has_ended(), "rental {id} is {:?}", rental.status);
		assert_eq!((escrow.buyer, escrow.asset, escrow.amount), (rental.payer, rental.asset, rental.price));
		if escrow.settlement.is_none() {
			*held.entry(rental.asset).or_default() += rental.price;
		}
		*deposits.entry(rental.renter).or_default() += DEPOSIT_BASE + Balance::from(RentalOf::<Test>::footprint().size);
	}
	for (_, _, (who, _)) in crate::ListingTickets::<Test>::iter() {
		*deposits.entry(who).or_default() += DEPOSIT_BASE + crate::ListingOf::<Test>::max_encoded_len() as Balance;
	}
	assert_eq!(Escrows::iter().count(), Rentals::<Test>::iter().count());
	assert_eq!(Balances::free_balance(POT), FUNDS + held.get(&Asset::Native).copied().unwrap_or_default());
	assert_eq!(Tokens::get(POT), FUNDS + held.get(&Asset::Token).copied().unwrap_or_default());
	for who in ACCOUNTS {
		let expected = deposits.get(&who).copied().unwrap_or_default();
		assert_eq!(Balances::balance_on_hold(&Storage::get(), &who), expected, "deposits of {who}");
	}
}

pub(crate) fn origin(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// Lets time pass, and a block with it.
pub(crate) fn pass(time: Millis) {
	Now::mutate(|now| *now += time);
	System::set_block_number(System::block_number() + 1);
}

pub(crate) fn gpus(indices: &[u16]) -> Gpus {
	indices.to_vec().try_into().unwrap()
}

/// A sealed box with something in it.
pub(crate) fn access() -> AccessDescriptor {
	vec![7; 80].try_into().unwrap()
}

pub(crate) const KEY: [u8; 32] = [5; 32];

/// Lists accelerators 0 to 3 of `NODE` for `RATE`.
pub(crate) fn list_all(asset: Asset) {
	for gpu in 0..4 {
		let listed = Rental::list_gpu(origin(PROVIDER), NODE, gpu, asset, HourlyRate::Amount(RATE), MINUTE, 24 * HOUR);
		assert_eq!(listed, Ok(()));
	}
}

pub(crate) fn try_book(who: AccountId, indices: &[u16], start: Option<Millis>, duration: Millis) -> DispatchResult {
	Rental::book(origin(who), NODE, gpus(indices), start, duration, KEY, None)
}

/// An hour of accelerator 0 from `BEGIN + lead` on.
pub(crate) fn booked_in(lead: Millis, asset: Asset) -> RentalId {
	list_all(asset);
	let id = crate::NextRentalId::<Test>::get();
	assert_eq!(try_book(RENTER, &[0], Some(BEGIN + lead), HOUR), Ok(()));
	id
}

/// An hour of accelerator 0 that begins in two hours.
pub(crate) fn booked() -> RentalId {
	booked_in(2 * HOUR, Asset::Native)
}

/// An hour of accelerator 0 that has just begun.
pub(crate) fn active() -> RentalId {
	active_in(Asset::Native)
}

pub(crate) fn active_in(asset: Asset) -> RentalId {
	let id = booked_in(0, asset);
	assert_eq!(Rental::confirm_start(origin(PROVIDER), id, access()), Ok(()));
	id
}

/// Lets time pass, with a proof at the end of each interval.
pub(crate) fn serve(id: RentalId, mut time: Millis) {
	while time > 0 {
		let step = time.min(ProofInterval::get());
		pass(step);
		time -= step;
		assert_eq!(Rental::prove(origin(PROVIDER), id), Ok(()));
	}
}

pub(crate) fn rental(id: RentalId) -> RentalOf<Test> {
	Rentals::<Test>::get(id).expect("the test made it")
}

pub(crate) fn ended(id: RentalId) -> Option<EndReason> {
	match rental(id).status {
		RentalStatus::Ended(reason) => Some(reason),
		_ => None,
	}
}

/// How the rental was shared out.
pub(crate) fn settlement(id: RentalId) -> Settlement<Balance> {
	Escrows::get(EscrowKey::Rental(id)).and_then(|record| record.settlement).expect("it is settled")
}
