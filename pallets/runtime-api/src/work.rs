//! Rounds, challenges, verified power.

use alloc::vec::Vec;
use codec::Codec;
use gpu_chain_primitives::{HashRate, NodeId, Page, PowerVector, ProofKind};
use pallet_work_verification::{
	Challenge, ClaimEntry, Commitment, DeviceIndex, Lottery, LotteryJob, NodeWork, ProofFault, Round, RoundNumber,
	RoundSummary, TicketFault, VerificationResult,
};
use sp_core::H256;

sp_api::decl_runtime_apis! {
	/// Reads what nodes were proven able to compute.
	pub trait WorkApi<AccountId, Balance, BlockNumber>
	where
		AccountId: Codec,
		Balance: Codec,
		BlockNumber: Codec,
	{
		/// The open round, if any.
		fn current_round() -> Option<Round<BlockNumber>>;
		/// The last closed rounds, oldest first.
		fn round_history() -> Vec<RoundSummary<BlockNumber>>;
		/// The node's seed in the open round, if it is challenged in it.
		fn round_seed(node: NodeId) -> Option<H256>;
		/// The hashes that went into a proof of a round that asks for as many nonces, or what is wrong with it.
		fn check_proof(seed: H256, nonces: Vec<u64>) -> Result<u128, ProofFault>;
		/// The challenge that the node has to solve, if any.
		fn challenge(node: NodeId) -> Option<Challenge<AccountId, BlockNumber>>;
		/// Where the node stands with rounds and challenges.
		fn node_work(node: NodeId) -> NodeWork<BlockNumber>;
		/// The node's last verifications, oldest first.
		fn verification_history(node: NodeId) -> Vec<VerificationResult<BlockNumber>>;
		/// Hashes per second that count for the node now.
		fn verified_power(node: NodeId) -> HashRate;
		/// All that counts for the node now: hashes, operations of matrix products, memory.
		fn power_vector(node: NodeId) -> PowerVector;
		/// What the node asks per hour for a million hashes per second of verified power; `None` without verified
		/// power.
		fn price_per_power(node: NodeId) -> Option<Balance>;
		/// The open lottery, if any.
		fn current_lottery() -> Option<Lottery<BlockNumber>>;
		/// What a device has to find in the open lottery; `None` if it is not asked.
		fn lottery_job(node: NodeId, device: DeviceIndex) -> Option<LotteryJob<BlockNumber>>;
		/// What a node's devices claim.
		fn power_claims(
			node: NodeId,
			cursor: Option<(ProofKind, DeviceIndex)>,
			limit: u32,
		) -> Page<ClaimEntry, (ProofKind, DeviceIndex)>;
		/// What is kept of a device's commitments, by round, oldest first.
		fn power_commitments(
			node: NodeId,
			kind: ProofKind,
			device: DeviceIndex,
		) -> Vec<(RoundNumber, Commitment<BlockNumber>)>;
		/// The index of the first false one of the tickets that a device committed to, and what is wrong with it;
		/// `None` if all are right or nothing of that round is kept. Computes every ticket: some 0.4 ms each.
		fn false_ticket(
			node: NodeId,
			kind: ProofKind,
			device: DeviceIndex,
			round: RoundNumber,
			tickets: Vec<u64>,
		) -> Option<(u32, TicketFault)>;
	}
}
