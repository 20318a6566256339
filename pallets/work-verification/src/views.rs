//! What dApps read, exposed by the runtime.

use crate::{
	lottery::{ClaimEntry, DeviceIndex, LotteryJob, TicketFault},
	Challenge, Challenges, Claims, CommitmentOf, Commitments, Config, CurrentLottery, CurrentRound, History, LotteryOf,
	NodeWork, NodeWorks, OpenCommitments, Pallet, ProofFault, Round, RoundHistory, RoundNumber, RoundSummary,
	VerificationResult,
};
use alloc::vec::Vec;
use frame_system::pallet_prelude::BlockNumberFor;
use gpu_chain_primitives::{HashRate, NodeId, Page, PowerInspect, PowerVector, ProofKind};
use gpu_work::Nonce;
use sp_core::H256;

impl<T: Config> Pallet<T> {
	/// The open round, if any.
	pub fn current_round() -> Option<Round<BlockNumberFor<T>>> {
		CurrentRound::<T>::get()
	}

	/// The last closed rounds, oldest first; at most `HistoryLength`.
	pub fn round_history() -> Vec<RoundSummary<BlockNumberFor<T>>> {
		RoundHistory::<T>::get().into_inner()
	}

	/// The node's seed in the open round, if it is challenged in it.
	pub fn round_seed(node: &NodeId) -> Option<H256> {
		let round = CurrentRound::<T>::get()?;
		let from = NodeWorks::<T>::get(node).challenged_from?;
		(from <= round.number).then(|| Self::seed(&round, node))
	}

	/// The hashes that went into a proof, by the rules of `submit_proof` for a round that asks for as many nonces: what
	/// a miner may check before it pays for a transaction.
	///
	/// # Errors
	/// What is wrong with the nonces.
	pub fn check_proof(seed: &H256, nonces: &[Nonce]) -> Result<u128, ProofFault> {
		Self::proven_work(seed, nonces, nonces.len() as u32)
	}

	/// The challenge that the node has to solve, expired or not, if any.
	pub fn challenge(node: &NodeId) -> Option<Challenge<T::AccountId, BlockNumberFor<T>>> {
		Challenges::<T>::get(node)
	}

	/// Where the node stands with rounds and challenges. What it missed is not counted before it is settled.
	pub fn node_work(node: &NodeId) -> NodeWork<BlockNumberFor<T>> {
		NodeWorks::<T>::get(node)
	}

	/// The node's last verifications, oldest first; at most `HistoryLength`.
	pub fn verification_history(node: &NodeId) -> Vec<VerificationResult<BlockNumberFor<T>>> {
		History::<T>::get(node).into_inner()
	}

	/// Hashes per second that count for the node now.
	pub fn verified_power(node: &NodeId) -> HashRate {
		<Self as PowerInspect>::verified_power(node)
	}

	/// All that counts for the node now.
	pub fn power_vector(node: &NodeId) -> PowerVector {
		<Self as PowerInspect>::power_vector(node)
	}

	/// The open lottery, if any.
	pub fn current_lottery() -> Option<LotteryOf<T>> {
		CurrentLottery::<T>::get()
	}

	/// What a device has to find in the open lottery; `None` without one of a kind that it claims, or if its node or
	/// its claim is newer than that.
	pub fn lottery_job(node: &NodeId, device: DeviceIndex) -> Option<LotteryJob<BlockNumberFor<T>>> {
		let lottery = CurrentLottery::<T>::get()?;
		let claim = Claims::<T>::get(node, (lottery.kind, device)).filter(|claim| claim.from <= lottery.round)?;
		NodeWorks::<T>::get(node).challenged_from.filter(|from| *from <= lottery.round)?;
		let job = lottery.job(node, device, &claim.claim).ok()?;
		let commitment = Commitments::<T>::get(node, (lottery.kind, device, lottery.round));
		Some(LotteryJob { lottery, job, commitment })
	}

	/// What a node's devices claim.
	pub fn power_claims(
		node: &NodeId,
		cursor: Option<(ProofKind, DeviceIndex)>,
		limit: u32,
	) -> Page<ClaimEntry, (ProofKind, DeviceIndex)> {
		let claims = match cursor {
			Some(key) => Claims::<T>::iter_prefix_from(node, Claims::<T>::hashed_key_for(node, key)),
			None => Claims::<T>::iter_prefix(node),
		};
		let entries = claims.map(|((kind, device), claim)| ClaimEntry { kind, device, claim });
		Page::collect(entries, limit, |entry| (entry.kind, entry.device))
	}

	/// What is kept of a device's commitments, oldest first; at most `MaxOpenReveals`.
	pub fn power_commitments(
		node: &NodeId,
		kind: ProofKind,
		device: DeviceIndex,
	) -> Vec<(RoundNumber, CommitmentOf<T>)> {
		let rounds = OpenCommitments::<T>::get(node, (kind, device));
		rounds
			.into_iter()
			.filter_map(|round| Some((round, Commitments::<T>::get(node, (kind, device, round))?)))
			.collect()
	}

	/// The first false ticket of what a device revealed, or is about to: its index, and what is wrong with it. `None`
	/// if all are right, or nothing of that round is kept. Computes every ticket.
	pub fn false_ticket(
		node: &NodeId,
		kind: ProofKind,
		device: DeviceIndex,
		round: RoundNumber,
		tickets: &[u64],
	) -> Option<(u32, TicketFault)> {
		Commitments::<T>::get(node, (kind, device, round))?.job.first_fault(tickets)
	}
}
