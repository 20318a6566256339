//! Which node gets which task: auctions, and what is known of nodes when somebody looks for one.

use crate::{
	configs::{
		money::{AssetKind, NativeAndAssetsHolds, TreasuryAccount},
		parameters::dynamic_params::{matching, registry},
		providers::StoragePrice,
	},
	*,
};
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{
	parameter_types,
	traits::{fungible::HoldConsideration, Get},
	weights::Weight,
};
use gpu_chain_primitives::{
	matching::Candidate, BasisPoints, Candidates, HardwareSpec, NodeDigests, NodeId, NodeStatus, OnNodeStatusChanged,
	OnPowerShown, PowerInspect, Region, ReputationInspect, ResourceType, Tier, TrackRecord, TrustInspect, TrustLevel,
	WorkOutcome,
};
use pallet_provider_registry::LivenessRecord;
use pallet_work_verification::{PowerMoment, PowerRecord};
use scale_info::TypeInfo;

parameter_types! {
	pub const MatchingStorageHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::Matching(pallet_matching::HoldReason::Storage);
}

/// What registry, staking, reputation and work verification know of a node.
pub struct KnownNodes;
impl Candidates<AccountId> for KnownNodes {
	fn candidate(id: &NodeId) -> Option<Candidate<AccountId>> {
		let node = ProviderRegistry::node(id)?;
		Some(Candidate {
			owner: node.owner,
			resource_type: node.resource_type,
			active: node.status == NodeStatus::Active,
			tier: node.tier,
			hardware: node.hardware,
			region: node.region,
			ask_per_hour: node.ask_per_hour,
			trust_level: <ProviderStaking as TrustInspect>::trust_level(id),
			reputation: <Reputation as ReputationInspect>::track_record(id).score,
			uptime: ProviderRegistry::uptime(id),
			power: <WorkVerification as PowerInspect>::power_vector(id),
		})
	}
}

/// What the index keeps of an active node: what its owner says and what others found as it is, heartbeats and proofs as they
/// are recorded.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct NodeDigest {
	/// Who runs it.
	pub tier: Tier,
	/// What its owner says of its hardware.
	pub hardware: HardwareSpec,
	/// Where it is.
	pub region: Region,
	/// What its owner asks, plancks an hour.
	pub ask_per_hour: Balance,
	/// How far it was trusted when the digest was made.
	pub trust_level: TrustLevel,
	/// Its reputation then.
	pub reputation: BasisPoints,
	/// Its heartbeats, of which the uptime is computed.
	pub liveness: LivenessRecord<BlockNumber>,
	/// Its proofs, of which the power is computed: rounds and lotteries.
	pub proofs: PowerRecord<BlockNumber>,
}

/// What uptime and power are computed with.
pub struct Moment {
	heartbeat_period: BlockNumber,
	power: PowerMoment<BlockNumber>,
}

impl NodeDigests for KnownNodes {
	type Digest = NodeDigest;
	type Moment = Moment;

	fn digest(id: &NodeId) -> Option<(ResourceType, NodeDigest)> {
		let node = ProviderRegistry::node(id).filter(|node| node.status == NodeStatus::Active)?;
		let digest = NodeDigest {
			tier: node.tier,
			hardware: node.hardware,
			region: node.region,
			ask_per_hour: node.ask_per_hour,
			trust_level: <ProviderStaking as TrustInspect>::trust_level(id),
			reputation: <Reputation as ReputationInspect>::track_record(id).score,
			liveness: ProviderRegistry::liveness_record(id)?,
			proofs: WorkVerification::power_record(id),
		};
		Some((node.resource_type, digest))
	}

	fn moment() -> Moment {
		Moment { heartbeat_period: registry::HeartbeatPeriod::get(), power: WorkVerification::power_moment() }
	}

	fn expand(digest: NodeDigest, resource_type: ResourceType, moment: &Moment) -> Candidate<()> {
		let NodeDigest { tier, hardware, region, ask_per_hour, trust_level, reputation, liveness, proofs } = digest;
		Candidate {
			owner: (),
			resource_type,
			active: true,
			tier,
			hardware,
			region,
			ask_per_hour,
			trust_level,
			reputation,
			uptime: liveness.uptime_at(moment.power.now, moment.heartbeat_period),
			power: proofs.at(&moment.power),
		}
	}
}

/// Reputation for whoever counts proofs: with each proof, and each that is missing, the index of ranked lists has the node as it
/// is then.
pub struct IndexedReputation;

impl ReputationInspect for IndexedReputation {
	fn track_record(node: &NodeId) -> TrackRecord {
		Reputation::track_record(node)
	}
}

impl gpu_chain_primitives::Reputation for IndexedReputation {
	fn record(node: &NodeId, outcome: WorkOutcome) {
		<Reputation as gpu_chain_primitives::Reputation>::record(node, outcome);
		<Matching as OnNodeStatusChanged>::on_node_changed(node);
	}
}

/// What a lottery shows of a node is in the index of ranked lists at once.
pub struct IndexedPower;

impl OnPowerShown for IndexedPower {
	fn on_power_shown(node: &NodeId) {
		<Matching as OnNodeStatusChanged>::on_node_changed(node);
	}

	fn weight() -> Weight {
		<Matching as OnNodeStatusChanged>::weight()
	}
}

impl pallet_matching::Config for Runtime {
	type AssetKind = AssetKind;
	type Balance = Balance;
	type Currency = NativeAndAssetsHolds;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Treasury = TreasuryAccount;
	type Tasks = Marketplace;
	type Candidates = KnownNodes;
	type Digests = KnownNodes;
	type Consideration = HoldConsideration<AccountId, Balances, MatchingStorageHoldReason, StoragePrice>;
	type CommitWindow = matching::CommitWindow;
	type RevealWindow = matching::RevealWindow;
	type BidBond = matching::BidBond;
	type WeightInfo = weights::pallet_matching::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = benchmarks::Helper;
}
