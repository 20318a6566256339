//! Who is who, and what a provider is worth: nodes, stake, track records, verified power.

use crate::{
	configs::{
		disputes::RootOrCouncil,
		money::{deposit, TreasuryAccount},
		parameters::dynamic_params::{partners, registry, reputation, staking, verification},
	},
	*,
};
use codec::Encode;
use frame_support::{
	parameter_types,
	traits::{fungible::HoldConsideration, ConstU32, Get, LinearStoragePrice, Randomness},
};
use gpu_chain_primitives::{MinerCredit, NodeId, NodeStatus, WorkOutcome};
use pallet_provider_staking::{SlaLimits, TrustThresholds};
use sp_core::H256;

parameter_types! {
	pub const StorageBaseDeposit: Balance = deposit(1, 0);
	pub const StorageByteDeposit: Balance = deposit(0, 1);
	/// A million GPU an hour. A sum of asks stays far below what a balance can hold.
	pub const MaxAsk: Balance = 1_000_000 * UNIT;
	pub const NodeStorageHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::ProviderRegistry(pallet_provider_registry::HoldReason::NodeStorage);
	pub const ClaimStorageHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::WorkVerification(pallet_work_verification::HoldReason::ClaimStorage);
}

/// The price of stored bytes for users, nodes and tasks alike.
pub type StoragePrice = LinearStoragePrice<StorageBaseDeposit, StorageByteDeposit, Balance>;

impl pallet_provider_registry::Config for Runtime {
	type Currency = Balances;
	type Treasury = TreasuryAccount;
	type RegistrationFee = registry::RegistrationFee;
	type RegistrarOrigin = RootOrCouncil;
	type Consideration = HoldConsideration<AccountId, Balances, NodeStorageHoldReason, StoragePrice>;
	type OnNodeRegistered = (ProviderStaking, Reputation, WorkVerification);
	type OnNodeStatusChanged = (WorkVerification, Matching);
	type OpenWork = (Marketplace, Rental);
	type Collateral = ProviderStaking;
	type TrustInspect = ProviderStaking;
	type Sponsorship = NodeRoles;
	type HeartbeatPeriod = registry::HeartbeatPeriod;
	type MaxAsk = MaxAsk;
	type MaxNodesPerOwner = ConstU32<256>;
	type WeightInfo = weights::pallet_provider_registry::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = benchmarks::Helper;
}

/// The conditions of trust levels 2 to 4, from the governed parameters.
pub struct Thresholds;
impl Get<TrustThresholds<Balance>> for Thresholds {
	fn get() -> TrustThresholds<Balance> {
		TrustThresholds {
			verified_stake: staking::VerifiedStake::get(),
			verified_challenges: staking::VerifiedChallenges::get(),
			verified_success: staking::VerifiedSuccess::get(),
			trusted_stake: staking::TrustedStake::get(),
			trusted_tasks: staking::TrustedTasks::get(),
			trusted_success: staking::TrustedSuccess::get(),
			partner_stake: staking::PartnerStake::get(),
			partner_success: partners::PartnerSuccess::get(),
		}
	}
}

/// What partners have to commit to at least, from the governed parameters.
pub struct Limits;
impl Get<SlaLimits<Balance>> for Limits {
	fn get() -> SlaLimits<Balance> {
		SlaLimits {
			uptime: partners::MinimumUptime::get(),
			response_ms: partners::MaximumResponse::get(),
			penalty: partners::MinimumPenalty::get(),
			bond: partners::MinimumInsurance::get(),
		}
	}
}

impl pallet_provider_staking::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Treasury = TreasuryAccount;
	type Providers = ProviderRegistry;
	type ProviderControl = ProviderRegistry;
	type OpenWork = (Marketplace, Rental);
	type Reputation = Reputation;
	type Uptime = ProviderRegistry;
	type OnSlashed = NodeRoles;
	type SlashCancelOrigin = RootOrCouncil;
	type MinimumStake = staking::MinimumStake;
	type Thresholds = Thresholds;
	type CooldownPeriod = staking::CooldownPeriod;
	type SlashDelay = staking::SlashDelay;
	type AppealPeriod = staking::AppealPeriod;
	type AppealBondShare = staking::AppealBondShare;
	type SlaLimits = Limits;
	type InsuranceCooldown = partners::InsuranceCooldown;
	type BreachCompensation = partners::BreachCompensation;
	type SlashesPerBlock = ConstU32<4>;
	type MaxQueueSteps = ConstU32<16>;
	type WeightInfo = weights::pallet_provider_staking::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = benchmarks::Helper;
}

impl pallet_reputation::Config for Runtime {
	// The review of nodes that failed too often: the council clears the flag or bans the node.
	type AdminOrigin = RootOrCouncil;
	type InitialScore = reputation::InitialScore;
	type ChallengePassedReward = reputation::ChallengePassedReward;
	type ChallengeFailedPenalty = reputation::ChallengeFailedPenalty;
	type TaskCompletedReward = reputation::TaskCompletedReward;
	type TaskFailedPenalty = reputation::TaskFailedPenalty;
	type DisputeWonReward = reputation::DisputeWonReward;
	type DisputeLostPenalty = reputation::DisputeLostPenalty;
	type FlagThreshold = reputation::FlagThreshold;
	type MinOutcomesForFlag = reputation::MinOutcomesForFlag;
	type HistoryLength = ConstU32<32>;
	type WeightInfo = weights::pallet_reputation::WeightInfo<Runtime>;
}

/// Randomness that nobody knew before the parent block: its author's VRF output, over BABE's epoch randomness and the
/// newest work. A miner's block brings no VRF output, but its own hash instead.
///
/// The author alone can choose between this value and none, by not publishing its block at the price of its reward; a
/// miner between as many as it does the work of whole blocks for.
pub struct BlockRandomness;
impl Randomness<H256, BlockNumber> for BlockRandomness {
	fn random(subject: &[u8]) -> (H256, BlockNumber) {
		let (epoch, _) = pallet_babe::RandomnessFromOneEpochAgo::<Runtime>::random(subject);
		let (parent, block) = pallet_babe::ParentBlockRandomness::<Runtime>::random(subject);
		let work = pallet_hybrid_pow::LatestWork::<Runtime>::get();
		(H256(sp_io::hashing::blake2_256(&(epoch, parent, work).encode())), block)
	}
}

/// Credits a provider who mined a block: one of its active nodes has passed a challenge, as a block is the same kind of
/// proof over far more work. Which node's hardware found it cannot be told, so it is one of them, and rarely.
pub struct NodeCredit;
impl NodeCredit {
	/// So many of an account's nodes are looked at, in the order of their ids.
	const CANDIDATES: u32 = 4;
}
impl MinerCredit<AccountId> for NodeCredit {
	fn credit(miner: &AccountId) -> Option<NodeId> {
		let candidates = ProviderRegistry::nodes_by_owner(miner, None, Self::CANDIDATES).items;
		let is_active = |id: &NodeId| ProviderRegistry::node(id).is_some_and(|node| node.status == NodeStatus::Active);
		let node = candidates.into_iter().find(is_active)?;
		<Reputation as gpu_chain_primitives::Reputation>::record(&node, WorkOutcome::ChallengePassed);
		Some(node)
	}
}

impl pallet_work_verification::Config for Runtime {
	type Providers = ProviderRegistry;
	type ProviderControl = ProviderRegistry;
	type Reputation = configs::matching::IndexedReputation;
	type OpenWork = (Marketplace, Rental);
	type Randomness = BlockRandomness;
	type WorkEntropy = pallet_hybrid_pow::WorkEntropy<Runtime>;
	type Time = Timestamp;
	type BlockTime = pallet_slot_clock::BlockTime<Runtime>;
	type RoundWindow = verification::RoundWindow;
	type MinGap = verification::MinGap;
	type MeanGap = verification::MeanGap;
	type MaxGap = verification::MaxGap;
	type Values = verification::Values;
	type MaxValues = ConstU32<256>;
	type MinimumPower = verification::MinimumPower;
	type PowerValidity = verification::PowerValidity;
	type ChallengeWork = verification::ChallengeWork;
	type ChallengeWindow = verification::ChallengeWindow;
	type ChallengeCooldown = verification::ChallengeCooldown;
	type HistoryLength = ConstU32<32>;
	type Hardware = ProviderRegistry;
	type Balance = Balance;
	type Collateral = ProviderStaking;
	type OnPowerShown = configs::matching::IndexedPower;
	type Consideration = HoldConsideration<AccountId, Balances, ClaimStorageHoldReason, StoragePrice>;
	type LotteryWindow = verification::LotteryWindow;
	type MemoryEvery = verification::MemoryEvery;
	type TableFill = verification::TableFill;
	type CommitGrace = verification::CommitGrace;
	type RevealWindow = verification::RevealWindow;
	type ChallengePeriod = verification::ChallengePeriod;
	type Wins = verification::Wins;
	type Threshold = verification::Threshold;
	type Samples = verification::Samples;
	type HashesPerWalk = verification::HashesPerWalk;
	type ForgerySlash = verification::ForgerySlash;
	type ReporterShare = verification::ReporterShare;
	type MaxTickets = ConstU32<512>;
	type MaxSamples = ConstU32<16>;
	type MaxOpenReveals = ConstU32<32>;
	type WeightInfo = weights::pallet_work_verification::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = benchmarks::Helper;
}
