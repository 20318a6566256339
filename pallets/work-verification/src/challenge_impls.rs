//! Challenges on demand.

use crate::{
	Challenge, ChallengeCount, Challenges, Config, Error, Event, History, LotteryPowers, NodeWorks, Pallet,
	Verification, VerificationResult,
};
use codec::Encode;
use frame_support::{ensure, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use gpu_chain_primitives::{NodeId, NodeStatus, OpenWork, ProviderControl, ProviderInspect, Reputation, WorkOutcome};
use gpu_work::Nonce;
use sp_core::H256;
use sp_io::hashing::keccak_256;
use sp_runtime::{
	traits::{One, Saturating},
	DispatchResult,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_issue_challenge(who: T::AccountId, node: NodeId) -> DispatchResult {
		let summary = T::Providers::node(&node).ok_or(Error::<T>::UnknownNode)?;
		ensure!(who == summary.owner || T::OpenWork::is_counterparty(&node, &who), Error::<T>::NotEntitled);
		ensure!(!matches!(summary.status, NodeStatus::Rejected | NodeStatus::Slashed), Error::<T>::NodeOutOfService);
		let now = frame_system::Pallet::<T>::block_number();
		let outstanding = Challenges::<T>::get(node);
		ensure!(!matches!(&outstanding, Some(open) if now <= open.deadline), Error::<T>::ChallengeOutstanding);
		let mut work = NodeWorks::<T>::get(node);
		ensure!(
			!matches!(work.last_challenge, Some(at) if now < at.saturating_add(T::ChallengeCooldown::get())),
			Error::<T>::ChallengeTooSoon
		);

		if let Some(expired) = outstanding {
			Self::fail_challenge(&node, expired);
		}
		Self::settle_missed(&node, &mut work);
		work.last_challenge = Some(now);
		NodeWorks::<T>::insert(node, work);
		let number = ChallengeCount::<T>::mutate(|count| {
			*count = count.saturating_add(1);
			*count
		});
		// The number binds the seed to this challenge, the id to this node.
		let seed = Self::entropy(b"work-verification/challenge", number);
		let seed = H256(keccak_256(&(seed, node).encode()));
		let challenge_work = T::ChallengeWork::get().max(1);
		let challenge = Challenge {
			id: H256(keccak_256(&(seed, number).encode())),
			seed,
			target: H256(gpu_work::target_for_work(challenge_work)),
			work: challenge_work,
			issued_by: who.clone(),
			issued_at: now,
			issued_ms: Self::now_ms(),
			deadline: now.saturating_add(T::ChallengeWindow::get().max(One::one())),
		};
		Self::deposit_event(Event::ChallengeIssued {
			challenge: challenge.id,
			node,
			issued_by: who,
			seed,
			target: challenge.target,
			deadline: challenge.deadline,
		});
		Challenges::<T>::insert(node, challenge);
		Ok(())
	}

	pub(crate) fn do_submit_solution(who: T::AccountId, node: NodeId, nonce: Nonce) -> DispatchResult {
		let summary = Self::owned_node(&who, &node)?;
		let challenge = Challenges::<T>::get(node).ok_or(Error::<T>::NoChallenge)?;
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(now <= challenge.deadline, Error::<T>::ChallengeExpired);
		let digest = keccak_256(&gpu_work::hash_input(&challenge.seed.0, nonce));
		ensure!(gpu_work::meets_target(&digest, &challenge.target.0), Error::<T>::InvalidSolution);

		let solve_ms = Self::now_ms().saturating_sub(challenge.issued_ms);
		// The seed follows from the block before the one that issued it, so the search may have begun a block's length
		// earlier.
		let power = gpu_work::power(challenge.work, solve_ms.saturating_add(T::BlockTime::get()));
		Challenges::<T>::remove(node);
		let mut work = NodeWorks::<T>::get(node);
		Self::settle_missed(&node, &mut work);
		let own = challenge.issued_by == summary.owner;
		// Otherwise an owner could buy any reputation with cheap challenges of its own.
		let counts = !own || !work.onboarded;
		work.onboarded |= own;
		NodeWorks::<T>::insert(node, work);
		Self::remember(
			&node,
			VerificationResult {
				verification: Verification::Challenge(challenge.id),
				at: now,
				passed: true,
				power,
				solve_ms,
			},
		);
		if counts {
			T::Reputation::record(&node, WorkOutcome::ChallengePassed);
		}
		T::ProviderControl::mark_verified(&node)?;
		Self::deposit_event(Event::ChallengeSolved { challenge: challenge.id, node, solve_ms, power });
		Ok(())
	}

	pub(crate) fn do_settle(node: NodeId) -> DispatchResult {
		if T::Providers::node(&node).is_none() {
			return Self::forget(node);
		}
		let now = frame_system::Pallet::<T>::block_number();
		let expired = Challenges::<T>::get(node).filter(|challenge| now > challenge.deadline);
		let mut work = NodeWorks::<T>::get(node);
		ensure!(expired.is_some() || work.missed(Self::closed_rounds()) > 0, Error::<T>::NothingToSettle);

		if let Some(challenge) = expired {
			Self::fail_challenge(&node, challenge);
		}
		Self::settle_missed(&node, &mut work);
		NodeWorks::<T>::insert(node, work);
		Ok(())
	}

	/// Drops all that is kept of a node that left the registry for good. Node ids never come twice.
	fn forget(node: NodeId) -> DispatchResult {
		ensure!(NodeWorks::<T>::contains_key(node), Error::<T>::UnknownNode);

		NodeWorks::<T>::remove(node);
		Challenges::<T>::remove(node);
		History::<T>::remove(node);
		LotteryPowers::<T>::remove(node);
		Self::deposit_event(Event::NodeForgotten { node });
		Ok(())
	}

	/// Counts an expired challenge as failed and forgets it.
	fn fail_challenge(node: &NodeId, challenge: Challenge<T::AccountId, BlockNumberFor<T>>) {
		Challenges::<T>::remove(node);
		Self::remember(
			node,
			VerificationResult {
				verification: Verification::Challenge(challenge.id),
				at: frame_system::Pallet::<T>::block_number(),
				passed: false,
				power: 0,
				solve_ms: 0,
			},
		);
		T::Reputation::record(node, WorkOutcome::ChallengesFailed(1));
		Self::deposit_event(Event::ChallengeFailed { challenge: challenge.id, node: *node });
	}
}
