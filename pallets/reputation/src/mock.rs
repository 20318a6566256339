//! A runtime with this pallet alone.

use crate as pallet_reputation;
use frame_support::{derive_impl, parameter_types, traits::ConstU32};
use frame_system::EnsureRoot;
use gpu_chain_primitives::{BasisPoints, NodeId, OnNodeRegistered, ResourceType};
use sp_runtime::{BuildStorage, Permill};

type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		ReputationPallet: pallet_reputation,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
}

parameter_types! {
	pub storage InitialScore: BasisPoints = 5_000;
	pub storage ChallengePassedReward: BasisPoints = 50;
	pub storage ChallengeFailedPenalty: BasisPoints = 200;
	pub storage TaskCompletedReward: BasisPoints = 100;
	pub storage TaskFailedPenalty: BasisPoints = 200;
	pub storage DisputeWonReward: BasisPoints = 100;
	pub storage DisputeLostPenalty: BasisPoints = 500;
	pub storage FlagThreshold: Permill = Permill::from_percent(20);
	pub storage MinOutcomesForFlag: u32 = 10;
}

/// How many changes the mock remembers.
pub const HISTORY: u32 = 4;

impl pallet_reputation::Config for Test {
	type AdminOrigin = EnsureRoot<u64>;
	type InitialScore = InitialScore;
	type ChallengePassedReward = ChallengePassedReward;
	type ChallengeFailedPenalty = ChallengeFailedPenalty;
	type TaskCompletedReward = TaskCompletedReward;
	type TaskFailedPenalty = TaskFailedPenalty;
	type DisputeWonReward = DisputeWonReward;
	type DisputeLostPenalty = DisputeLostPenalty;
	type FlagThreshold = FlagThreshold;
	type MinOutcomesForFlag = MinOutcomesForFlag;
	type HistoryLength = ConstU32<HISTORY>;
	type WeightInfo = ();
}

pub const NODE: NodeId = NodeId::repeat_byte(1);
pub const STRANGER: NodeId = NodeId::repeat_byte(9);

pub fn register(node: NodeId) -> sp_runtime::DispatchResult {
	<ReputationPallet as OnNodeRegistered<u64, u64>>::on_node_registered(&node, &1, ResourceType::Gpu, 500)
}

/// Block 1 of an empty chain.
pub fn new_test_ext() -> sp_io::TestExternalities {
	let mut ext: sp_io::TestExternalities =
		frame_system::GenesisConfig::<Test>::default().build_storage().unwrap().into();
	ext.execute_with(|| System::set_block_number(1));
	ext
}

/// Runs `test` with [`NODE`] registered, and checks the invariants afterwards.
pub fn build_and_execute(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		register(NODE).unwrap();
		test();
		ReputationPallet::do_try_state().unwrap();
	});
}
