//! What dApps read, exposed by the runtime.

use crate::{
	Challenge, Challenges, Config, CurrentRound, History, NodeWork, NodeWorks, Pallet, ProofFault, Round, RoundHistory,
	RoundSummary, VerificationResult,
};
use alloc::vec::Vec;
use frame_system::pallet_prelude::BlockNumberFor;
use gpu_chain_primitives::{HashRate, NodeId, PowerInspect};
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

	/// The hashes that went into a proof, by the rules of `submit_proof` for a round that asks for as many nonces: what a
	/// miner may check before it pays for a transaction.
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
}
