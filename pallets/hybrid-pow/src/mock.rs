//! A runtime with money and this pallet. Validators are the accounts from 100 on, by authority index.

use crate::{self as pallet_hybrid_pow, *};
use codec::{Decode, Encode};
use frame_support::{derive_impl, parameter_types, traits::FindAuthor};
use gpu_chain_primitives::{
	pow::{PowPreDigest, POW_ENGINE_ID, POW_VERSION},
	MinerCredit, NodeId,
};
use sp_consensus_babe::{
	digests::{PreDigest, SecondaryPlainPreDigest},
	BABE_ENGINE_ID,
};
use sp_core::H256;
use sp_runtime::{traits::Hash, BuildStorage, ConsensusEngineId, Digest, DigestItem};

type Block = frame_system::mocking::MockBlock<Test>;
pub type AccountId = u64;
pub type Balance = u128;

pub const MINER: AccountId = 1;
/// A miner that has a node.
pub const PROVIDER: AccountId = 2;
/// Another one.
pub const OTHER_PROVIDER: AccountId = 3;
pub const THIRD_PROVIDER: AccountId = 4;
/// The account of authority index 0.
pub const VALIDATOR: AccountId = 100;
pub const EXISTENTIAL_DEPOSIT: Balance = 10;
/// Blocks of validators between two of miners.
pub const SPACING: u32 = 4;
/// The slot that the chain begins on.
pub const FIRST_SLOT: u64 = 1_000;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		HybridPow: pallet_hybrid_pow,
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
	type ExistentialDeposit = frame_support::traits::ConstU128<EXISTENTIAL_DEPOSIT>;
	type AccountStore = System;
}

parameter_types! {
	pub storage MinerReward: Balance = 1_000;
	pub storage IncluderBonus: Balance = 100;
	pub storage CreditPeriod: u64 = 50;
}

/// Authority index `i` is account `100 + i`; from index 50 on there is nobody.
pub struct ByIndex;
impl FindAuthor<AccountId> for ByIndex {
	fn find_author<'a, I>(digests: I) -> Option<AccountId>
	where
		I: 'a + IntoIterator<Item = (ConsensusEngineId, &'a [u8])>,
	{
		let (_, mut data) = digests.into_iter().find(|(id, _)| *id == BABE_ENGINE_ID)?;
		let index = PreDigest::decode(&mut data).ok()?.authority_index();
		(index < 50).then_some(VALIDATOR + u64::from(index))
	}
}

/// Accounts 2 to 9 have one node each.
pub struct OneNode;
impl MinerCredit<AccountId> for OneNode {
	fn credit(miner: &AccountId) -> Option<NodeId> {
		(2..10).contains(miner).then(|| NodeId::from_low_u64_be(*miner))
	}
}

impl Config for Test {
	type Currency = Balances;
	type FindValidator = ByIndex;
	type Spacing = frame_support::traits::ConstU32<SPACING>;
	type MinerReward = MinerReward;
	type IncluderBonus = IncluderBonus;
	type MinerCredit = OneNode;
	type CreditPeriod = CreditPeriod;
	type MaxCredits = frame_support::traits::ConstU32<2>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Helper;
}

#[cfg(feature = "runtime-benchmarks")]
pub struct Helper;
#[cfg(feature = "runtime-benchmarks")]
impl gpu_chain_primitives::benchmarking::BenchmarkNodes<AccountId> for Helper {
	fn fund(_: &AccountId) {}
	fn pending_node(_: &AccountId, _: gpu_chain_primitives::ResourceType) -> NodeId {
		NodeId::zero()
	}
	fn active_node(_: &AccountId, _: gpu_chain_primitives::ResourceType) -> NodeId {
		NodeId::zero()
	}
}

/// Genesis with the difficulty and its minimum.
pub fn with_genesis(initial: U256, minimum: U256) -> sp_io::TestExternalities {
	RuntimeGenesisConfig {
		hybrid_pow: GenesisConfig {
			initial_difficulty: initial,
			minimum_difficulty: minimum,
			_config: Default::default(),
		},
		balances: pallet_balances::GenesisConfig {
			balances: vec![(VALIDATOR, 1_000), (PROVIDER, 1_000)],
			..Default::default()
		},
		..Default::default()
	}
	.build_storage()
	.unwrap()
	.into()
}

pub fn new_test_ext() -> sp_io::TestExternalities {
	with_genesis(U256::from(1u64 << 30), U256::from(1u64 << 20))
}

/// Runs `test` on a fresh chain, and checks the invariants afterwards.
pub fn build_and_execute(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		HybridPow::do_try_state().unwrap();
	});
}

pub fn babe(slot: u64, authority_index: u32) -> DigestItem {
	let digest = PreDigest::SecondaryPlain(SecondaryPlainPreDigest { authority_index, slot: slot.into() });
	DigestItem::PreRuntime(BABE_ENGINE_ID, digest.encode())
}

pub fn pow(miner: AccountId, difficulty: U256) -> DigestItem {
	let digest = PowPreDigest { miner, difficulty, version: POW_VERSION };
	DigestItem::PreRuntime(POW_ENGINE_ID, digest.encode())
}

/// The hash that the block of that number has in these tests.
pub fn hash_of(number: u64) -> H256 {
	<Test as frame_system::Config>::Hashing::hash_of(&number)
}

/// Runs the next block, with these digests.
pub fn block(logs: Vec<DigestItem>) -> Weight {
	let number = System::block_number() + 1;
	System::reset_events();
	System::initialize(&number, &hash_of(number - 1), &Digest { logs });
	HybridPow::on_initialize(number)
}

/// The newest block's slot.
pub fn slot() -> u64 {
	Lane::<Test>::get().slot.unwrap_or(FIRST_SLOT - 2)
}

/// Runs a block of authority index 0 on the next even slot.
pub fn validator_block() -> Weight {
	block(vec![babe(slot() / 2 * 2 + 2, 0)])
}

pub fn validator_blocks(blocks: u32) {
	for _ in 0..blocks {
		validator_block();
	}
}

/// Runs a block of that miner on the next slot.
pub fn miner_block(miner: AccountId) -> Weight {
	block(vec![pow(miner, Difficulty::<Test>::get()), babe(slot() + 1, 0)])
}

/// As many blocks of validators as it takes, then one of that miner.
pub fn next_miner_block(miner: AccountId) -> Weight {
	while HybridPow::next_work().is_none() {
		validator_block();
	}
	miner_block(miner)
}

/// This pallet's events of the newest block.
pub fn events() -> Vec<Event<Test>> {
	System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::HybridPow(event) => Some(event),
			_ => None,
		})
		.collect()
}

pub use frame_support::weights::Weight;
