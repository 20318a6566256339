//! Providers' nodes: registration, liveness, stake, trust, reputation.

use codec::{Codec, Decode, Encode};
use gpu_chain_primitives::{
	matching::Candidate, BasisPoints, NodeId, Page, Region, ResourceType, TrackRecord, TrustLevel,
};
use pallet_provider_registry::Node;
use pallet_provider_staking::{Commitment, PendingSlash, SlashId, StakeLedger};
use pallet_reputation::ScoreChange;
use scale_info::TypeInfo;

/// Whether a node is there.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct NodeLiveness<BlockNumber> {
	/// Heartbeats sent of those that were due in the sliding window, basis points.
	pub uptime: BasisPoints,
	/// The block of the last heartbeat.
	pub last_seen: Option<BlockNumber>,
	/// The first block in which the next heartbeat is accepted; `None` unless the node is active.
	pub next_heartbeat: Option<BlockNumber>,
	/// Whether the node has taken work that has not ended: it is *earning*.
	pub earning: bool,
}

sp_api::decl_runtime_apis! {
	/// Reads providers' nodes.
	pub trait NodeApi<AccountId, Balance, BlockNumber>
	where
		AccountId: Codec,
		Balance: Codec,
		BlockNumber: Codec,
	{
		/// The node, unless there is none of that id.
		fn node(node: NodeId) -> Option<Node<AccountId, Balance, BlockNumber>>;
		/// All that the choice among nodes looks at, the node's proven power of each kind included.
		fn candidate(node: NodeId) -> Option<Candidate<AccountId>>;
		/// An account's nodes.
		fn nodes_by_owner(owner: AccountId, cursor: Option<NodeId>, limit: u32) -> Page<NodeId, NodeId>;
		/// Active nodes of a type.
		fn active_nodes(resource_type: ResourceType, cursor: Option<NodeId>, limit: u32) -> Page<NodeId, NodeId>;
		/// The regions in which nodes can be registered.
		fn regions(cursor: Option<Region>, limit: u32) -> Page<Region, Region>;
		/// Uptime and heartbeats.
		fn liveness(node: NodeId) -> NodeLiveness<BlockNumber>;
		/// How far the node is trusted, 0 to 4.
		fn trust_level(node: NodeId) -> TrustLevel;
		/// The stake behind the node.
		fn stake(node: NodeId) -> Option<StakeLedger<AccountId, Balance, BlockNumber>>;
		/// The service level that the node's owner has committed to, with the bond behind it.
		fn commitment(node: NodeId) -> Option<Commitment<AccountId, Balance, BlockNumber>>;
		/// Slashes that wait for their delay.
		#[allow(clippy::type_complexity)]
		fn pending_slashes(
			node: NodeId,
			cursor: Option<SlashId>,
			limit: u32,
		) -> Page<(SlashId, PendingSlash<AccountId, Balance, BlockNumber>), SlashId>;
		/// Reputation: score and counters.
		fn track_record(node: NodeId) -> TrackRecord;
		/// The last changes of the score, oldest first.
		fn reputation_history(node: NodeId) -> alloc::vec::Vec<ScoreChange<BlockNumber>>;
	}
}
