//! Lotteries: what devices claim, commit to and reveal, and who names a false ticket.

use crate::{
	lottery::{commitment_hash, keccak, ClaimFault, DeviceClaim, DeviceIndex, PowerClaim, Shown, TicketFault},
	ClaimTickets, Claims, Commitment, CommitmentOf, Commitments, Config, CurrentLottery, Error, Event, LotteryOf,
	LotteryPowers, NodeWorks, OpenCommitments, Pallet, RoundNumber, Verification, VerificationResult, WeightInfo,
};
use alloc::vec::Vec;
use codec::MaxEncodedLen;
use frame_support::{
	dispatch::DispatchResultWithPostInfo,
	ensure,
	traits::{Consideration, Footprint, Get},
	weights::Weight,
	BoundedVec,
};
use gpu_chain_primitives::{
	Collateral, HardwareInspect, Misconduct, NodeId, NodeStatus, OnPowerShown, ProofKind, ProviderInspect, Reputation,
	WorkOutcome,
};
use gpu_work::{lottery, matrix};
use sp_core::H256;
use sp_runtime::{traits::Saturating, DispatchError, DispatchResult};

/// Commitments that nobody can challenge any more, of which a new one drops at most so many.
const PRUNED: usize = 4;

impl<T: Config> From<ClaimFault> for Error<T> {
	fn from(fault: ClaimFault) -> Self {
		match fault {
			ClaimFault::TooSmall => Self::ClaimTooSmall,
			ClaimFault::TooLarge => Self::ClaimTooLarge,
		}
	}
}

impl<T: Config> From<TicketFault> for Error<T> {
	fn from(fault: TicketFault) -> Self {
		match fault {
			TicketFault::TooFew => Self::TooFewTickets,
			TicketFault::Unordered => Self::TicketsUnordered,
			TicketFault::Reused => Self::TicketReused,
			TicketFault::OfAnotherNode => Self::TicketOfAnotherNode,
			TicketFault::OfAnotherBatch => Self::TicketOfAnotherBatch,
			TicketFault::NoSuchTicket => Self::NoSuchTicket,
			TicketFault::DoesNotWin => Self::TicketDoesNotWin,
		}
	}
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_claim_power(
		who: T::AccountId,
		node: NodeId,
		device: DeviceIndex,
		claim: PowerClaim,
	) -> DispatchResult {
		let summary = Self::owned_node(&who, &node)?;
		ensure!(!matches!(summary.status, NodeStatus::Rejected | NodeStatus::Slashed), Error::<T>::NodeOutOfService);
		Self::ensure_device(&node, device)?;
		claim.target(Self::wins(), Self::search_window_ms()).map_err(Error::<T>::from)?;

		let key = (claim.kind(), device);
		if !ClaimTickets::<T>::contains_key(node, key) {
			let ticket = T::Consideration::new(&who, Self::claim_footprint())?;
			ClaimTickets::<T>::insert(node, key, (who, ticket));
		}
		// The seed of an open lottery is known already: a claim could be made to fit what was found.
		let from = Self::newest_lottery().saturating_add(1);
		Claims::<T>::insert(node, key, DeviceClaim { claim, from });
		Self::deposit_event(Event::PowerClaimed { node, device, claim, from });
		Ok(())
	}

	pub(crate) fn do_withdraw_claim(
		who: T::AccountId,
		node: NodeId,
		kind: ProofKind,
		device: DeviceIndex,
	) -> DispatchResult {
		let key = (kind, device);
		ensure!(Claims::<T>::contains_key(node, key), Error::<T>::NoClaim);
		// Of a node that is not registered any more anybody may clear away what is left.
		if let Some(summary) = T::Providers::node(&node) {
			ensure!(summary.owner == who, Error::<T>::NotOwner);
		}
		let now = frame_system::Pallet::<T>::block_number();
		let rounds = OpenCommitments::<T>::get(node, key);
		let is_challengeable = |round: &RoundNumber| {
			Commitments::<T>::get(node, (kind, device, *round)).is_some_and(|kept| kept.is_challengeable(&now))
		};
		ensure!(!rounds.iter().any(is_challengeable), Error::<T>::StillChallengeable);

		for round in rounds {
			Commitments::<T>::remove(node, (kind, device, round));
		}
		OpenCommitments::<T>::remove(node, key);
		Claims::<T>::remove(node, key);
		if let Some((depositor, ticket)) = ClaimTickets::<T>::take(node, key) {
			ticket.drop(&depositor)?;
		}
		Self::deposit_event(Event::ClaimWithdrawn { node, kind, device });
		Ok(())
	}

	pub(crate) fn do_commit_power(
		who: T::AccountId,
		node: NodeId,
		kind: ProofKind,
		device: DeviceIndex,
		hash: H256,
		count: u32,
	) -> DispatchResult {
		let lottery = Self::answerable(&who, &node, kind)?.ok_or(Error::<T>::NoLottery)?;
		let claim = Claims::<T>::get(node, (kind, device)).ok_or(Error::<T>::NoClaim)?;
		ensure!(claim.from <= lottery.round, Error::<T>::ClaimTooNew);
		Self::ensure_device(&node, device)?;
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(lottery.has_begun(&now), Error::<T>::CommitTooEarly);
		ensure!(now <= lottery.commit_until, Error::<T>::CommitClosed);
		ensure!(count >= lottery.threshold, Error::<T>::TooFewTickets);
		ensure!(count <= T::MaxTickets::get(), Error::<T>::TooManyTickets);
		let job = lottery.job(&node, device, &claim.claim).map_err(Error::<T>::from)?;

		let mut rounds = OpenCommitments::<T>::get(node, (kind, device));
		let is_over = |round: &&RoundNumber| {
			let kept = Commitments::<T>::get(node, (kind, device, **round));
			match kept.map(|kept| kept.challenge_until) {
				Some(Some(until)) => until < now,
				Some(None) => **round != lottery.round,
				None => true,
			}
		};
		let over: Vec<RoundNumber> = rounds.iter().take(PRUNED).take_while(is_over).copied().collect();
		rounds.retain(|round| !over.contains(round));
		if rounds.last() != Some(&lottery.round) {
			rounds.try_push(lottery.round).map_err(|_| Error::<T>::TooManyOpenReveals)?;
		}

		for round in over {
			Commitments::<T>::remove(node, (kind, device, round));
		}
		OpenCommitments::<T>::insert(node, (kind, device), rounds);
		// Who commits late had more time: it counts, so that nobody shows more than was computed in the time.
		let searched_ms = Self::now_ms().saturating_sub(lottery.search_ms).max(lottery.window_ms);
		let table_bytes = claim.claim.table_bytes();
		Commitments::<T>::insert(
			node,
			(kind, device, lottery.round),
			Commitment { hash, count, job, table_bytes, searched_ms, challenge_until: None },
		);
		Self::deposit_event(Event::PowerCommitted {
			node,
			kind,
			device,
			round: lottery.round,
			commitment: hash,
			count,
		});
		Ok(())
	}

	pub(crate) fn do_reveal_power(
		who: T::AccountId,
		node: NodeId,
		kind: ProofKind,
		device: DeviceIndex,
		tickets: &[u64],
		salt: H256,
	) -> DispatchResultWithPostInfo {
		let mut lottery = Self::answerable(&who, &node, kind)?.ok_or(Error::<T>::RevealClosed)?;
		let round = lottery.round;
		let key = (kind, device, round);
		let mut commitment = Commitments::<T>::get(node, key).ok_or(Error::<T>::NotCommitted)?;
		ensure!(commitment.challenge_until.is_none(), Error::<T>::AlreadyRevealed);
		let entropy = lottery.sample_entropy.ok_or(Error::<T>::RevealNotOpen)?;
		let matches_hash = commitment_hash(&node, kind, device, round, tickets, &salt) == commitment.hash;
		ensure!(matches_hash && tickets.len() as u32 == commitment.count, Error::<T>::CommitmentMismatch);
		commitment.job.check_tickets(tickets, lottery.threshold).map_err(Error::<T>::from)?;
		for number in 0..lottery.samples {
			let index = lottery::sample(keccak, &entropy.0, number, commitment.count);
			let wins = tickets.get(index as usize).is_some_and(|ticket| commitment.job.wins(*ticket));
			ensure!(wins, Error::<T>::TicketDoesNotWin);
		}

		let now = frame_system::Pallet::<T>::block_number();
		let challenge_until = now.saturating_add(T::ChallengePeriod::get());
		commitment.challenge_until = Some(challenge_until);
		Commitments::<T>::insert(node, key, commitment);
		let samples = lottery.samples;
		lottery.answers = lottery.answers.saturating_add(1);
		CurrentLottery::<T>::put(lottery);

		let tries_per_second = commitment.tries_per_second();
		let standing = LotteryPowers::<T>::mutate(node, |power| {
			let standing = power.of(kind);
			standing.add(Shown { round, tries_per_second, bytes: commitment.table_bytes, at: now });
			*standing
		});
		if let Some(shown) = standing.newest {
			let (verification, power) = match kind {
				ProofKind::Compute => {
					(Verification::Compute(round), u128::from(matrix::milli_tops(shown.tries_per_second)))
				}
				ProofKind::Memory => (Verification::Memory(round), u128::from(shown.bytes)),
			};
			Self::remember(&node, VerificationResult { verification, at: now, passed: true, power, solve_ms: 0 });
		}
		Self::deposit_event(Event::PowerProven { node, kind, device, round, tries_per_second, challenge_until });
		T::OnPowerShown::on_power_shown(&node);
		Ok(Some(Self::reveal_weight(kind, tickets.len() as u32, samples)).into())
	}

	pub(crate) fn do_challenge_power(
		who: T::AccountId,
		node: NodeId,
		kind: ProofKind,
		device: DeviceIndex,
		round: RoundNumber,
		tickets: &[u64],
		salt: H256,
		index: u32,
	) -> DispatchResult {
		let key = (kind, device, round);
		let commitment = Commitments::<T>::get(node, key).ok_or(Error::<T>::NotCommitted)?;
		let until = commitment.challenge_until.ok_or(Error::<T>::NothingRevealed)?;
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(now <= until, Error::<T>::ChallengeClosed);
		let matches_hash = commitment_hash(&node, kind, device, round, tickets, &salt) == commitment.hash;
		ensure!(matches_hash, Error::<T>::CommitmentMismatch);
		let ticket = *tickets.get(index as usize).ok_or(Error::<T>::IndexOutOfRange)?;
		ensure!(!commitment.job.wins(ticket), Error::<T>::TicketWins);

		// Named once: the same reveal cannot be slashed for again.
		Commitments::<T>::remove(node, key);
		OpenCommitments::<T>::mutate_exists(node, (kind, device), |rounds| {
			if let Some(open) = rounds {
				open.retain(|open| *open != round);
				if open.is_empty() {
					*rounds = None;
				}
			}
		});
		// Of somebody who forged one proof no other is believed either: all of the kind is to be shown anew.
		LotteryPowers::<T>::mutate_exists(node, |power| {
			if let Some(power) = power {
				*power.of(kind) = Default::default();
			}
		});
		let verification = match kind {
			ProofKind::Compute => Verification::Compute(round),
			ProofKind::Memory => Verification::Memory(round),
		};
		let is_known = T::Providers::node(&node).is_some();
		if is_known {
			let result = VerificationResult { verification, at: now, passed: false, power: 0, solve_ms: 0 };
			Self::remember(&node, result);
			T::Reputation::record(&node, WorkOutcome::ChallengesFailed(1));
		}
		let share = T::ForgerySlash::get();
		let reward = T::ReporterShare::get().mul_floor(share.mul_floor(T::Collateral::staked(&node)));
		let harmed = Some((who.clone(), reward));
		if let Err(error) = T::Collateral::slash(&node, share, Misconduct::FalseProof, harmed) {
			// The forgery stands all the same; whoever governs can slash by other means.
			log::error!(target: "runtime::work-verification", "the forger {node:?} could not be slashed: {error:?}");
			Self::deposit_event(Event::SlashFailed { node, error });
		}
		Self::deposit_event(Event::PowerForged { node, kind, device, round, ticket, reporter: who });
		Ok(())
	}

	/// The open lottery of a kind, if there is one and the node has to answer it. By its owner.
	fn answerable(who: &T::AccountId, node: &NodeId, kind: ProofKind) -> Result<Option<LotteryOf<T>>, DispatchError> {
		let summary = Self::owned_node(who, node)?;
		ensure!(summary.status == NodeStatus::Active, Error::<T>::NodeNotActive);
		let Some(lottery) = CurrentLottery::<T>::get().filter(|lottery| lottery.kind == kind) else { return Ok(None) };
		let from = NodeWorks::<T>::get(node).challenged_from;
		ensure!(matches!(from, Some(from) if from <= lottery.round), Error::<T>::NotChallenged);
		Ok(Some(lottery))
	}

	/// A node without accelerators is a device itself.
	fn ensure_device(node: &NodeId, device: DeviceIndex) -> DispatchResult {
		ensure!(u16::from(device) < T::Hardware::gpu_count(node).max(1), Error::<T>::NoSuchDevice);
		Ok(())
	}

	/// What is kept of a device while it claims a kind of power, at most.
	pub(crate) fn claim_footprint() -> Footprint {
		let kept = (T::MaxOpenReveals::get() as usize).saturating_mul(CommitmentOf::<T>::max_encoded_len());
		let rounds = BoundedVec::<RoundNumber, T::MaxOpenReveals>::max_encoded_len();
		Footprint::from_parts(1, DeviceClaim::max_encoded_len().saturating_add(rounds).saturating_add(kept))
	}

	/// What a reveal costs of which so many tickets are computed.
	pub(crate) fn reveal_weight(kind: ProofKind, tickets: u32, samples: u32) -> Weight {
		let check = match kind {
			ProofKind::Compute => T::WeightInfo::check_ticket(),
			ProofKind::Memory => T::WeightInfo::check_walk(),
		};
		T::WeightInfo::reveal_power(tickets).saturating_add(check.saturating_mul(u64::from(samples)))
	}
}
