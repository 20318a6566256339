//! A runtime with this pallet, native money, assets, and nodes, deals and a council that tests write themselves.

use crate as pallet_node_roles;
use crate::HoldReason;
use frame_support::{
	assert_ok, derive_impl, parameter_types, storage_alias,
	traits::{
		fungible::{HoldConsideration, InspectHold, NativeFromLeft, NativeOrWithId, UnionOf},
		AsEnsureOriginWithArg, ChangeMembers, ConstU128, LinearStoragePrice,
	},
	Blake2_128Concat,
};
use frame_system::{EnsureRoot, EnsureSigned};
use gpu_chain_primitives::{
	DealInspect, EscrowKey, NodeId, NodeStatus, NodeSummary, NodeVerification, OnFeePaid, OnSlashed, ProviderInspect,
	ResourceType, Tier, Uri,
};
use sp_core::H256;
use sp_runtime::{BuildStorage, DispatchError, DispatchResult, Permill};

pub type AccountId = u64;
pub type Balance = u128;
pub type AssetKind = NativeOrWithId<u32>;
pub type Currencies = UnionOf<Balances, Assets, NativeFromLeft, AssetKind, AccountId>;
type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Assets: pallet_assets,
		Roles: pallet_node_roles,
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
	type ExistentialDeposit = ConstU128<ED>;
	type AccountStore = System;
}

#[derive_impl(pallet_assets::config_preludes::TestDefaultConfig)]
impl pallet_assets::Config for Test {
	type Balance = Balance;
	type AssetId = u32;
	type AssetIdParameter = u32;
	type Currency = Balances;
	type CreateOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
	type ForceOrigin = EnsureRoot<AccountId>;
	type Freezer = ();
	type Holder = ();
}

pub const ED: Balance = 10;
pub const FUNDS: Balance = 1_000_000;
pub const BOND: Balance = 1_000;
/// For a sponsorship, whatever its audit.
pub const DEPOSIT: Balance = 50;
pub const COOLDOWN: u64 = 40;
pub const NOTICE: u64 = 20;
pub const VALIDITY: u64 = 100;
pub const USDC: u32 = 2;
/// What an account of the asset must have at least.
pub const USDC_MIN: Balance = 5;

pub const KINGS: [AccountId; 3] = [11, 12, 13];
/// A Queen from genesis on.
pub const QUEEN: AccountId = 21;
pub const OTHER_QUEEN: AccountId = 22;
pub const OWNER: AccountId = 31;
pub const BUYER: AccountId = 32;
pub const STRANGER: AccountId = 33;
pub const TREASURY: AccountId = 99;

/// Pending nodes of [`OWNER`].
pub const NODE: NodeId = NodeId::repeat_byte(1);
pub const OTHER_NODE: NodeId = NodeId::repeat_byte(2);
/// Nobody's.
pub const NOWHERE: NodeId = NodeId::repeat_byte(9);
/// The task that [`NODE`] did.
pub const DEAL: EscrowKey = EscrowKey::Task(1);

parameter_types! {
	pub const Treasury: AccountId = TREASURY;
	pub const MaxFeeShare: Permill = Permill::from_percent(50);
	pub storage SponsorRequired: bool = true;
	pub storage QueenBond: Balance = BOND;
	pub storage QueenQuorum: Permill = Permill::from_percent(50);
	pub storage QueenCooldown: u64 = COOLDOWN;
	pub storage SponsorNotice: u64 = NOTICE;
	pub storage MaxSponsored: u32 = 3;
	pub storage FeeShare: Permill = Permill::from_percent(10);
	pub storage BlameShare: Permill = Permill::from_percent(10);
	pub storage AuditValidity: u64 = VALIDITY;
	pub const StorageReason: RuntimeHoldReason = RuntimeHoldReason::Roles(HoldReason::SponsorshipStorage);
}

impl pallet_node_roles::Config for Test {
	type Balance = Balance;
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type AssetKind = AssetKind;
	type Currencies = Currencies;
	type Treasury = Treasury;
	type Consideration = HoldConsideration<
		AccountId,
		Balances,
		StorageReason,
		LinearStoragePrice<ConstU128<DEPOSIT>, ConstU128<0>, Balance>,
	>;
	type AdminOrigin = EnsureRoot<AccountId>;
	type OnKingsChanged = World;
	type Providers = World;
	type Verification = World;
	type Deals = World;
	type MaxFeeShare = MaxFeeShare;
	type SponsorRequired = SponsorRequired;
	type QueenBond = QueenBond;
	type QueenQuorum = QueenQuorum;
	type QueenCooldown = QueenCooldown;
	type SponsorNotice = SponsorNotice;
	type MaxSponsored = MaxSponsored;
	type FeeShare = FeeShare;
	type BlameShare = BlameShare;
	type AuditValidity = AuditValidity;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = World;
}

#[storage_alias]
pub type Nodes = StorageMap<Mock, Blake2_128Concat, NodeId, (AccountId, NodeStatus)>;
#[storage_alias]
pub type Deals = StorageMap<Mock, Blake2_128Concat, EscrowKey, NodeId>;
/// The council, as it was told last.
#[storage_alias]
pub type Council = StorageValue<Mock, Vec<AccountId>, frame_support::pallet_prelude::ValueQuery>;
/// Nodes that were said to be sponsored (`true`) or to need verification anew.
#[storage_alias]
pub type VerificationLog = StorageValue<Mock, Vec<(NodeId, bool)>, frame_support::pallet_prelude::ValueQuery>;
#[storage_alias]
pub type VerificationFails = StorageValue<Mock, ()>;

/// Registry, markets and council in one.
pub struct World;

impl ProviderInspect<AccountId> for World {
	fn node(node: &NodeId) -> Option<NodeSummary<AccountId>> {
		let (owner, status) = Nodes::get(node)?;
		Some(NodeSummary { owner, status, resource_type: ResourceType::Gpu, tier: Tier::Community })
	}
}

impl World {
	/// Fails after its write, so that a test sees the write undone.
	fn told(node: &NodeId, sponsored: bool) -> DispatchResult {
		VerificationLog::append((*node, sponsored));
		match VerificationFails::exists() {
			true => Err(DispatchError::Other("verification failed")),
			false => Ok(()),
		}
	}
}

impl NodeVerification for World {
	fn on_sponsored(node: &NodeId) -> DispatchResult {
		Self::told(node, true)
	}
	fn unverify(node: &NodeId) -> DispatchResult {
		Self::told(node, false)
	}
}

impl DealInspect for World {
	fn node_of(key: EscrowKey) -> Option<NodeId> {
		Deals::get(key)
	}
}

impl ChangeMembers<AccountId> for World {
	fn change_members_sorted(incoming: &[AccountId], outgoing: &[AccountId], new: &[AccountId]) {
		let mut council = Council::get();
		council.retain(|who| !outgoing.contains(who));
		council.extend(incoming);
		council.sort();
		assert_eq!(council, new, "told of other changes than there were");
		Council::put(council);
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl gpu_chain_primitives::benchmarking::BenchmarkNodes<AccountId> for World {
	fn fund(who: &AccountId) {
		use frame_support::traits::fungible::Mutate;
		assert_ok!(Balances::mint_into(who, 1_000_000_000));
	}
	fn pending_node(owner: &AccountId, _: ResourceType) -> NodeId {
		let node = NodeId::from_low_u64_be(1_000 + Nodes::iter_keys().count() as u64);
		Nodes::insert(node, (*owner, NodeStatus::Pending));
		node
	}
	fn active_node(owner: &AccountId, resource_type: ResourceType) -> NodeId {
		let node = Self::pending_node(owner, resource_type);
		Nodes::insert(node, (*owner, NodeStatus::Active));
		node
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl gpu_chain_primitives::benchmarking::BenchmarkCurrency<AssetKind, AccountId, Balance> for World {
	fn fund(who: &AccountId, amount: Balance) -> AssetKind {
		use frame_support::traits::fungibles::Mutate;
		assert_ok!(<Assets as Mutate<AccountId>>::mint_into(USDC, who, amount + USDC_MIN));
		NativeOrWithId::WithId(USDC)
	}
}

pub fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

pub fn root() -> RuntimeOrigin {
	RuntimeOrigin::root()
}

pub fn free(who: AccountId) -> Balance {
	Balances::free_balance(who)
}

/// What is held of a Queen's bond.
pub fn bonded(who: AccountId) -> Balance {
	Balances::balance_on_hold(&HoldReason::QueenBond.into(), &who)
}

/// What is held for her sponsorships.
pub fn deposits(who: AccountId) -> Balance {
	Balances::balance_on_hold(&StorageReason::get(), &who)
}

pub fn advance(blocks: u64) {
	System::set_block_number(System::block_number() + blocks);
}

pub fn sponsor(who: AccountId, node: NodeId) -> DispatchResult {
	Roles::sponsor_node(signed(who), node)
}

pub fn report() -> Uri {
	b"ipfs://report".to_vec().try_into().unwrap()
}

pub fn audit(who: AccountId, node: NodeId, passed: bool) -> DispatchResult {
	Roles::audit_node(signed(who), node, passed, report(), H256::repeat_byte(7))
}

/// `who` applies with the least bond, and enough Kings approve.
pub fn crown(who: AccountId) {
	assert_ok!(Roles::apply(signed(who), BOND));
	for king in &KINGS[..2] {
		assert_ok!(Roles::confirm_queen(signed(*king), who));
	}
	assert!(Roles::is_live_queen(&who));
}

/// The treasury has received a fee of [`DEAL`].
pub fn fee_paid(asset: AssetKind, fee: Balance) {
	<Roles as OnFeePaid<_, _, _>>::on_fee_paid(DEAL, &BUYER, &asset, fee);
}

pub fn slash_queued(slash: u64, node: NodeId) {
	<Roles as OnSlashed<AccountId, Balance>>::on_slash_queued(slash, &node);
}

pub fn slash_cancelled(slash: u64, node: NodeId) {
	<Roles as OnSlashed<AccountId, Balance>>::on_slash_cancelled(slash, &node);
}

pub fn slashed(slash: u64, node: NodeId, lost: Balance, uncompensated: Option<(AccountId, Balance)>) {
	let uncompensated = uncompensated.as_ref().map(|(who, owed)| (who, *owed));
	<Roles as OnSlashed<AccountId, Balance>>::on_slashed(slash, &node, lost, uncompensated);
}

/// Whether `event` was deposited since events were last reset.
pub fn happened(event: crate::Event<Test>) -> bool {
	System::events().iter().any(|record| record.event == RuntimeEvent::Roles(event.clone()))
}

/// Block 1 with three Kings, a Queen with ten times the least bond, and two pending nodes.
pub fn new_test_ext() -> sp_io::TestExternalities {
	let people: Vec<AccountId> =
		KINGS.into_iter().chain([QUEEN, OTHER_QUEEN, OWNER, BUYER, STRANGER, TREASURY]).collect();
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: people.into_iter().map(|who| (who, FUNDS)).collect(),
			..Default::default()
		},
		assets: pallet_assets::GenesisConfig {
			assets: vec![(USDC, TREASURY, true, USDC_MIN)],
			accounts: vec![(USDC, TREASURY, FUNDS), (USDC, OTHER_QUEEN, FUNDS)],
			..Default::default()
		},
		roles: pallet_node_roles::GenesisConfig { kings: KINGS.to_vec(), queens: vec![(QUEEN, 10 * BOND)] },
		..Default::default()
	};
	let mut ext: sp_io::TestExternalities = genesis.build_storage().unwrap().into();
	ext.execute_with(|| {
		System::set_block_number(1);
		for node in [NODE, OTHER_NODE] {
			Nodes::insert(node, (OWNER, NodeStatus::Pending));
		}
		Deals::insert(DEAL, NODE);
	});
	ext
}

/// Runs a test, then checks the invariants and that no money came or went.
pub fn build_and_execute(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		let issuance = || (pallet_balances::TotalIssuance::<Test>::get(), Assets::total_supply(USDC));
		let before = issuance();
		test();
		assert_ok!(Roles::do_try_state());
		assert_eq!(issuance(), before, "money must neither come nor go");
	});
}
