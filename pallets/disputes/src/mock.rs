//! A runtime around the pallet: the currencies of the real one, a market that keeps the money of its deals in one
//! account, and nodes, arbitrators, penalties as the tests want them.

use crate::{self as pallet_disputes, DisputeId, DisputeRecordOf, DisputeStatus, Ruling, Verdict};
use codec::{Decode, Encode};
use frame_support::{
	assert_ok, derive_impl, ensure, parameter_types,
	storage::with_storage_layer,
	storage_alias,
	traits::{
		fungible::{HoldConsideration, InspectHold as _, NativeFromLeft, NativeOrWithId, UnionOf},
		fungibles::{InspectHold as _, Mutate as _},
		tokens::Preservation,
		AsEnsureOriginWithArg, ConstU128, ConstU32, InitializeMembers, LinearStoragePrice, VariantCountOf,
	},
	Twox64Concat,
};
use frame_system::{EnsureRoot, EnsureSigned};
use gpu_chain_primitives::*;
use sp_core::H256;
use sp_runtime::{BuildStorage, DispatchError, DispatchResult, Permill};

pub(crate) type AccountId = u64;
pub(crate) type Balance = u128;
pub(crate) type AssetKind = NativeOrWithId<u32>;
pub(crate) type Holds = UnionOf<Balances, AssetsHolder, NativeFromLeft, AssetKind, AccountId>;
pub(crate) type Currencies = UnionOf<Balances, Assets, NativeFromLeft, AssetKind, AccountId>;
type Block = frame_system::mocking::MockBlock<Test>;

pub(crate) const BUYER: AccountId = 1;
pub(crate) const PROVIDER: AccountId = 2;
/// Whose prepaid account may have paid.
pub(crate) const SPONSOR: AccountId = 3;
/// Bought the provider's node.
pub(crate) const NODE_OWNER: AccountId = 4;
/// May vote, as every account from here to `ARBITRATOR + 9`, and the parties, whose own cases must be kept from them.
pub(crate) const ARBITRATOR: AccountId = 10;
pub(crate) const ANYBODY: AccountId = 21;
/// Holds no money.
pub(crate) const NOBODY: AccountId = 29;
/// Where the market keeps the money of deals.
pub(crate) const MARKET: AccountId = 90;
pub(crate) const TREASURY: AccountId = 91;
pub(crate) const POT: AccountId = 92;
pub(crate) const ENDOWED: [AccountId; 13] = [
	BUYER,
	PROVIDER,
	SPONSOR,
	NODE_OWNER,
	ARBITRATOR,
	ARBITRATOR + 1,
	ARBITRATOR + 2,
	ARBITRATOR + 3,
	ARBITRATOR + 4,
	ANYBODY,
	MARKET,
	TREASURY,
	POT,
];

/// An asset of 6 decimals, of which the smallest amount makes an account.
pub(crate) const USDC: u32 = 2;
/// An asset of which it takes a hundred.
pub(crate) const COIN: u32 = 3;
pub(crate) const NATIVE: AssetKind = NativeOrWithId::Native;
pub(crate) const DOLLARS: AssetKind = NativeOrWithId::WithId(USDC);
pub(crate) const COINS: AssetKind = NativeOrWithId::WithId(COIN);
pub(crate) const CURRENCIES: [AssetKind; 3] = [NATIVE, DOLLARS, COINS];
pub(crate) const ENDOWMENT: Balance = 1_000_000_000_000;
pub(crate) const EXISTENTIAL_DEPOSIT: Balance = 10;
pub(crate) const COIN_MINIMUM: Balance = 100;
pub(crate) const DEPOSIT_BASE: Balance = 100;

pub(crate) const NODE: NodeId = H256::repeat_byte(1);
pub(crate) const PRICE: Balance = 1_000;

pub(crate) const EVIDENCE_WINDOW: u64 = 10;
pub(crate) const VOTING_WINDOW: u64 = 20;
pub(crate) const COUNCIL_WINDOW: u64 = 30;
pub(crate) const RETENTION: u64 = 50;
pub(crate) const MAX_ARBITRATORS: u32 = 5;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Assets: pallet_assets,
		AssetsHolder: pallet_assets_holder,
		Disputes: pallet_disputes,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
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

parameter_types! {
	pub const Storage: RuntimeHoldReason = RuntimeHoldReason::Disputes(crate::HoldReason::Storage);
	pub const DepositBase: Balance = DEPOSIT_BASE;
	pub const DepositPerByte: Balance = 1;
	pub const NativeAsset: AssetKind = NATIVE;
	pub const Pot: AccountId = POT;
	pub const Treasury: AccountId = TREASURY;
	pub storage ArbitrationShare: Permill = Permill::from_percent(2);
	pub storage BondShare: Permill = Permill::from_percent(2);
	pub storage LostSlash: Permill = Permill::from_percent(5);
	pub storage MisuseSlash: Permill = Permill::from_percent(50);
	pub storage Quorum: u32 = 3;
	pub storage EvidenceWindow: u64 = EVIDENCE_WINDOW;
	pub storage VotingWindow: u64 = VOTING_WINDOW;
	pub storage CouncilWindow: u64 = COUNCIL_WINDOW;
	pub storage RetentionPeriod: u64 = RETENTION;
	/// The platform's share of new deals.
	pub storage Fee: Permill = Permill::from_percent(8);
	/// What a dollar is in native money; nobody knows at zero.
	pub storage DollarPrice: Balance = 0;
	pub storage SlashFails: bool = false;
}

impl crate::Config for Test {
	type AssetKind = AssetKind;
	type Balance = Balance;
	type Currency = Holds;
	type Transfers = Currencies;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Deals = Market;
	type Escrow = Market;
	type Providers = World;
	type Reputation = World;
	type Collateral = World;
	type Prices = World;
	type NativeAsset = NativeAsset;
	type CouncilOrigin = EnsureRoot<AccountId>;
	type Pot = Pot;
	type Treasury = Treasury;
	type Consideration =
		HoldConsideration<AccountId, Balances, Storage, LinearStoragePrice<DepositBase, DepositPerByte, Balance>>;
	type MaxArbitrators = ConstU32<MAX_ARBITRATORS>;
	type ArbitrationShare = ArbitrationShare;
	type BondShare = BondShare;
	type LostSlash = LostSlash;
	type MisuseSlash = MisuseSlash;
	type Quorum = Quorum;
	type EvidenceWindow = EvidenceWindow;
	type VotingWindow = VotingWindow;
	type CouncilWindow = CouncilWindow;
	type RetentionPeriod = RetentionPeriod;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = World;
}

pub(crate) type Deal = DisputedDeal<AccountId, AssetKind, Balance>;

/// A deal, how it was settled, what of that the judge has not got, and the platform's share.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct MarketDeal {
	pub(crate) deal: Deal,
	pub(crate) settlement: Option<Settlement<Balance>>,
	pub(crate) owed_to_judge: Balance,
	pub(crate) fee: Permill,
}

// What the mock remembers lies in storage, so that it is rolled back with the rest.
#[storage_alias(verbatim)]
pub(crate) type MarketDeals = StorageMap<Mock, Twox64Concat, EscrowKey, MarketDeal>;
#[storage_alias(verbatim)]
pub(crate) type Slashes = StorageValue<
	Mock,
	Vec<(NodeId, Permill, Misconduct, Option<(AccountId, Balance)>)>,
	frame_support::pallet_prelude::ValueQuery,
>;
#[storage_alias(verbatim)]
pub(crate) type Outcomes = StorageValue<Mock, Vec<(NodeId, WorkOutcome)>, frame_support::pallet_prelude::ValueQuery>;
/// What the market could not pay, by currency.
#[storage_alias(verbatim)]
pub(crate) type OwedToProviders =
	StorageMap<Mock, Twox64Concat, Vec<u8>, Balance, frame_support::pallet_prelude::ValueQuery>;
/// Who owns [`NODE`] now.
#[storage_alias(verbatim)]
pub(crate) type NodeOwner = StorageValue<Mock, AccountId>;

/// All deals are disputed from the start.
pub struct Market;

impl Market {
	/// Tries to pay the judge what it is owed, as the escrow's `claim_owed` does.
	pub(crate) fn claim_owed(key: EscrowKey) {
		let mut record = MarketDeals::get(key).expect("the deal is there");
		assert_ok!(pay(&record.deal.asset, MARKET, POT, record.owed_to_judge));
		record.owed_to_judge = 0;
		MarketDeals::insert(key, record);
	}
}

fn pay(asset: &AssetKind, from: AccountId, to: AccountId, amount: Balance) -> DispatchResult {
	if amount == 0 {
		return Ok(());
	}
	with_storage_layer(|| Currencies::transfer(asset.clone(), &from, &to, amount, Preservation::Preserve).map(|_| ()))
}

impl Disputable<AccountId, AssetKind, Balance> for Market {
	fn disputed(key: EscrowKey) -> Option<Deal> {
		MarketDeals::get(key).filter(|record| record.settlement.is_none()).map(|record| record.deal)
	}

	fn close_disputed(
		key: EscrowKey,
		award: Award<Balance>,
		judge: &AccountId,
	) -> Result<Settlement<Balance>, DispatchError> {
		let deal = Self::disputed(key).ok_or("not disputed")?;
		let Award { provider, fee, refund, arbitration } = award;
		let sum = provider.checked_add(fee).and_then(|sum| sum.checked_add(refund)?.checked_add(arbitration));
		ensure!(sum == Some(deal.amount), "the parts are not what is held");
		// Who cannot be paid is owed, as in the escrow; the tests look at what the judge is owed.
		if pay(&deal.asset, MARKET, deal.provider, provider).is_err() {
			OwedToProviders::mutate(deal.asset.encode(), |owed| *owed += provider);
		}
		pay(&deal.asset, MARKET, TREASURY, fee)?;
		pay(&deal.asset, MARKET, deal.payer, refund)?;
		let owed_to_judge = if pay(&deal.asset, MARKET, *judge, arbitration).is_ok() { 0 } else { arbitration };
		let settlement = Settlement { provider, fee, refund, arbitration };
		MarketDeals::mutate(key, |record| {
			if let Some(record) = record {
				(record.settlement, record.owed_to_judge) = (Some(settlement), owed_to_judge);
			}
		});
		Ok(settlement)
	}
}

impl EscrowInspect<Balance> for Market {
	fn platform_fee(key: EscrowKey) -> Option<Permill> {
		MarketDeals::get(key).map(|record| record.fee)
	}
	fn owed_to_judge(key: EscrowKey) -> Balance {
		MarketDeals::get(key).map_or(0, |record| record.owed_to_judge)
	}
}

/// Nodes, what they are worth and lose, and prices.
pub struct World;

impl ProviderInspect<AccountId> for World {
	fn node(node: &NodeId) -> Option<NodeSummary<AccountId>> {
		(*node == NODE).then(|| NodeSummary {
			owner: NodeOwner::get().unwrap_or(PROVIDER),
			resource_type: ResourceType::Gpu,
			status: NodeStatus::Active,
			tier: Tier::Community,
		})
	}
}

impl ReputationInspect for World {
	fn track_record(_: &NodeId) -> TrackRecord {
		TrackRecord::default()
	}
}

impl Reputation for World {
	fn record(node: &NodeId, outcome: WorkOutcome) {
		Outcomes::append((*node, outcome));
	}
}

impl Collateral<AccountId, Balance> for World {
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

impl UsdPrices<AssetKind, Balance> for World {
	fn to_usd(asset: &AssetKind, amount: Balance) -> Option<MicroUsd> {
		(DollarPrice::get() > 0 && *asset == DOLLARS).then_some(amount)
	}
	fn from_usd(asset: &AssetKind, usd: MicroUsd) -> Option<Balance> {
		(DollarPrice::get() > 0 && *asset == NATIVE).then(|| usd * DollarPrice::get() / 1_000_000)
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl benchmarking::BenchmarkNodes<AccountId> for World {
	fn fund(who: &AccountId) {
		assert_ok!(Currencies::mint_into(NATIVE, who, ENDOWMENT));
	}
	fn pending_node(_: &AccountId, _: ResourceType) -> NodeId {
		NODE
	}
	fn active_node(owner: &AccountId, _: ResourceType) -> NodeId {
		NodeOwner::put(owner);
		NODE
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl benchmarking::BenchmarkCurrency<AssetKind, AccountId, Balance> for World {
	fn fund(who: &AccountId, amount: Balance) -> AssetKind {
		<Self as benchmarking::BenchmarkNodes<AccountId>>::fund(who);
		assert_ok!(Currencies::mint_into(DOLLARS, who, amount + 1));
		DOLLARS
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl crate::benchmarking::BenchmarkDeals<AccountId> for World {
	fn disputed_deal(buyer: &AccountId, provider: &AccountId) -> EscrowKey {
		let asset = <Self as benchmarking::BenchmarkCurrency<AssetKind, AccountId, Balance>>::fund(buyer, ENDOWMENT);
		let deal =
			DisputedDeal { buyer: *buyer, payer: *buyer, provider: *provider, node: NODE, asset, amount: 1_000_000 };
		let key = EscrowKey::Task(MarketDeals::iter_keys().count() as u64);
		make_deal(key, deal.clone());
		assert_ok!(<Disputes as OnDisputed<AccountId, AssetKind, Balance>>::on_disputed(key, &deal));
		key
	}
}

pub(crate) fn new_test_ext() -> sp_io::TestExternalities {
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: ENDOWED.map(|who| (who, ENDOWMENT)).to_vec(),
			..Default::default()
		},
		assets: pallet_assets::GenesisConfig {
			assets: vec![(USDC, TREASURY, true, 1), (COIN, TREASURY, true, COIN_MINIMUM)],
			accounts: ENDOWED.iter().flat_map(|who| [(USDC, *who, ENDOWMENT), (COIN, *who, ENDOWMENT)]).collect(),
			..Default::default()
		},
		..Default::default()
	};
	let mut ext: sp_io::TestExternalities = genesis.build_storage().unwrap().into();
	ext.execute_with(|| {
		let parties = [BUYER, PROVIDER, SPONSOR, NODE_OWNER];
		Disputes::initialize_members(&parties.into_iter().chain(ARBITRATOR..ARBITRATOR + 10).collect::<Vec<_>>());
		System::set_block_number(1);
	});
	ext
}

/// Runs a test in a fresh chain, then checks the invariants and that no unit of any currency came or went.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		let before = issuance();
		test();
		assert_ok!(Disputes::do_try_state());
		assert_eq!(issuance(), before, "money must neither come nor go");
	});
}

pub(crate) fn issuance() -> [Balance; 3] {
	CURRENCIES.map(<Currencies as frame_support::traits::fungibles::Inspect<AccountId>>::total_issuance)
}

pub(crate) fn origin(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// What an account has of a currency, holds not counted.
pub(crate) fn free(asset: &AssetKind, who: AccountId) -> Balance {
	match asset {
		NativeOrWithId::Native => Balances::free_balance(who),
		NativeOrWithId::WithId(id) => Assets::balance(*id, who),
	}
}

/// What is held of an account for bonds.
pub(crate) fn bonded(asset: &AssetKind, who: AccountId) -> Balance {
	Holds::balance_on_hold(asset.clone(), &crate::HoldReason::Bond.into(), &who)
}

/// What is held of an account for storage.
pub(crate) fn deposited(who: AccountId) -> Balance {
	Balances::balance_on_hold(&Storage::get(), &who)
}

pub(crate) fn deal(asset: AssetKind, amount: Balance) -> Deal {
	DisputedDeal { buyer: BUYER, payer: BUYER, provider: PROVIDER, node: NODE, asset, amount }
}

/// Takes the price of a deal from its payer.
pub(crate) fn make_deal(key: EscrowKey, deal: Deal) {
	assert_ok!(pay(&deal.asset, deal.payer, MARKET, deal.amount));
	MarketDeals::insert(key, MarketDeal { deal, settlement: None, owed_to_judge: 0, fee: Fee::get() });
}

/// As the runtime's calls do: an error changes nothing.
pub(crate) fn tell(key: EscrowKey, deal: &Deal) -> DispatchResult {
	with_storage_layer(|| <Disputes as OnDisputed<AccountId, AssetKind, Balance>>::on_disputed(key, deal))
}

/// Makes a deal and disputes it.
pub(crate) fn dispute_deal(deal: Deal) -> DisputeId {
	let key = EscrowKey::Task(MarketDeals::iter_keys().count() as u64);
	make_deal(key, deal.clone());
	let id = crate::NextDisputeId::<Test>::get();
	assert_ok!(tell(key, &deal));
	id
}

/// A dispute about `PRICE`.
pub(crate) fn opened(asset: AssetKind) -> DisputeId {
	dispute_deal(deal(asset, PRICE))
}

pub(crate) fn record(id: DisputeId) -> DisputeRecordOf<Test> {
	Disputes::dispute(id).expect("the test made it")
}

pub(crate) fn pass(blocks: u64) {
	System::set_block_number(System::block_number() + blocks);
}

/// Goes to the first block in which arbitrators may vote.
pub(crate) fn to_voting(id: DisputeId) {
	System::set_block_number(record(id).evidence_by + 1);
}

/// Goes to the first block in which they may not any more.
pub(crate) fn to_end_of_voting(id: DisputeId) {
	System::set_block_number(record(id).vote_by + 1);
}

/// The first arbitrators vote like this, and the time to vote is over.
pub(crate) fn voted(id: DisputeId, votes: &[Verdict]) {
	to_voting(id);
	for (index, verdict) in votes.iter().enumerate() {
		assert_ok!(Disputes::vote(origin(ARBITRATOR + index as u64), id, *verdict));
	}
	to_end_of_voting(id);
}

/// The first arbitrators vote like this, and it is paid out.
pub(crate) fn concluded(id: DisputeId, votes: &[Verdict]) -> Ruling {
	voted(id, votes);
	conclude(id).unwrap();
	ruling(id)
}

pub(crate) fn conclude(id: DisputeId) -> DispatchResult {
	Disputes::conclude(origin(ANYBODY), id).map(|_| ()).map_err(|failed| failed.error)
}

pub(crate) fn ruling(id: DisputeId) -> Ruling {
	closed(id).0
}

pub(crate) fn settlement(id: DisputeId) -> Settlement<Balance> {
	closed(id).1
}

fn closed(id: DisputeId) -> (Ruling, Settlement<Balance>) {
	match record(id).status {
		DisputeStatus::Closed { ruling, settlement, .. } => (ruling, settlement),
		other => panic!("not closed: {other:?}"),
	}
}

pub(crate) const FOR_BUYER: Verdict = Verdict::Buyer { misuse: false };
pub(crate) const MISUSE: Verdict = Verdict::Buyer { misuse: true };
pub(crate) const FOR_PROVIDER: Verdict = Verdict::Provider;

pub(crate) fn split(percent: u32) -> Verdict {
	Verdict::Split { buyer_share: Permill::from_percent(percent) }
}

pub(crate) fn uri(text: &str) -> Uri {
	text.as_bytes().to_vec().try_into().unwrap()
}
