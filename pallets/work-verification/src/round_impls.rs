//! Rounds: opening, closing, answering, and counting what was missed.

use crate::{
	Config, CurrentLottery, CurrentRound, Error, Event, History, LastClosed, NodeWork, NodeWorks, Pallet, ProofFault,
	Proven, Round, RoundCount, RoundHistory, RoundNumber, RoundSummary, Verification, VerificationResult, WeightInfo,
};
use codec::Encode;
use frame_support::{
	ensure,
	traits::{Get, Randomness, UnixTime},
	weights::Weight,
	BoundedVec,
};
use frame_system::pallet_prelude::BlockNumberFor;
use gpu_chain_primitives::{HashRate, NodeId, NodeStatus, NodeSummary, ProviderInspect, Reputation, WorkOutcome};
use gpu_work::Nonce;
use sp_core::H256;
use sp_io::hashing::keccak_256;
use sp_runtime::{
	traits::{One, SaturatedConversion, Saturating},
	DispatchError, DispatchResult,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn tick(now: BlockNumberFor<T>) -> Weight {
		let mut weight = T::WeightInfo::on_initialize_idle().saturating_add(Self::lottery_tick(now));
		if let Some(round) = CurrentRound::<T>::get() {
			if now <= round.closes_at {
				return weight;
			}
			let number = round.number;
			Self::close_round(round);
			weight = weight.saturating_add(T::WeightInfo::on_initialize_close());
			weight = weight.saturating_add(Self::open_lottery(number, now));
		}
		if Self::opens_now(now) {
			Self::open_round(now);
			weight = weight.saturating_add(T::WeightInfo::on_initialize_open());
		}
		weight
	}

	/// Whether this block opens a round. No round is open.
	fn opens_now(now: BlockNumberFor<T>) -> bool {
		// What a device shows in one it cannot show in the other at the same time.
		if CurrentLottery::<T>::get().is_some_and(|lottery| lottery.is_searched(&now)) {
			return false;
		}
		let gap = now.saturating_sub(LastClosed::<T>::get());
		if gap < T::MinGap::get() {
			return false;
		}
		if gap >= T::MaxGap::get() {
			return true;
		}
		// With the block's number each block draws anew, even after a parent that brought no randomness of its own. Not
		// with the parent's hash: its author could choose that at will.
		let (random, _) = T::Randomness::random(&(b"work-verification/open", now).encode());
		let mut draw = [0u8; 8];
		draw.copy_from_slice(&random.as_bytes()[..8]);
		u64::from_be_bytes(draw) % u64::from(T::MeanGap::get().max(1)) == 0
	}

	pub(crate) fn open_round(now: BlockNumberFor<T>) {
		let number = RoundCount::<T>::get().saturating_add(1);
		let blocks = T::RoundWindow::get().max(One::one());
		let values = T::Values::get().clamp(gpu_work::MIN_VALUES, T::MaxValues::get());
		// This block's own time is not known before its timestamp is set: it is a block's length after the parent's.
		// Where slots were skipped it is later; but the seeds follow from the parent, so that time could be used, and
		// counts.
		let opened_ms = Self::now_ms().saturating_add(T::BlockTime::get());
		let round = Round {
			number,
			entropy: Self::entropy(b"work-verification/round", number.into()),
			opened_at: now,
			opened_ms,
			closes_at: now.saturating_add(blocks),
			window_ms: T::BlockTime::get().saturating_mul(blocks.saturated_into()),
			values,
			answers: 0,
			total_power: 0,
		};
		RoundCount::<T>::put(number);
		Self::deposit_event(Event::RoundOpened {
			round: number,
			entropy: round.entropy,
			closes_at: round.closes_at,
			values,
		});
		CurrentRound::<T>::put(round);
	}

	pub(crate) fn close_round(round: Round<BlockNumberFor<T>>) {
		CurrentRound::<T>::kill();
		LastClosed::<T>::put(round.closes_at);
		let (number, answers, total_power) = (round.number, round.answers, round.total_power);
		RoundHistory::<T>::mutate(|history| {
			push(
				history,
				RoundSummary { number, opened_at: round.opened_at, closed_at: round.closes_at, answers, total_power },
			)
		});
		Self::deposit_event(Event::RoundClosed { round: number, answers, total_power });
	}

	/// What nobody knew before the parent block, for one purpose and number.
	pub(crate) fn entropy(subject: &[u8], number: u64) -> H256 {
		let (random, _) = T::Randomness::random(subject);
		let parent = frame_system::Pallet::<T>::parent_hash();
		H256(keccak_256(&(subject, random, T::WorkEntropy::get(), parent, number).encode()))
	}

	/// The number of the newest closed round.
	pub fn closed_rounds() -> RoundNumber {
		RoundCount::<T>::get().saturating_sub(u32::from(CurrentRound::<T>::exists()))
	}

	pub(crate) fn now_ms() -> u64 {
		T::Time::now().as_millis().saturated_into()
	}

	/// A node's seed in a round.
	pub(crate) fn seed(round: &Round<BlockNumberFor<T>>, node: &NodeId) -> H256 {
		H256(keccak_256(&gpu_work::round_seed_input(&round.entropy.0, round.number, &node.0)))
	}

	pub(crate) fn owned_node(who: &T::AccountId, node: &NodeId) -> Result<NodeSummary<T::AccountId>, DispatchError> {
		let summary = T::Providers::node(node).ok_or(Error::<T>::UnknownNode)?;
		ensure!(summary.owner == *who, Error::<T>::NotOwner);
		Ok(summary)
	}

	pub(crate) fn do_submit_proof(
		who: T::AccountId,
		node: NodeId,
		number: RoundNumber,
		nonces: &[Nonce],
	) -> DispatchResult {
		let summary = Self::owned_node(&who, &node)?;
		ensure!(summary.status == NodeStatus::Active, Error::<T>::NodeNotActive);
		ensure!(number > 0 && number <= RoundCount::<T>::get(), Error::<T>::UnknownRound);
		let now = frame_system::Pallet::<T>::block_number();
		let mut round = CurrentRound::<T>::get()
			.filter(|round| round.number == number && now <= round.closes_at)
			.ok_or(Error::<T>::ProofTooLate)?;
		let mut work = NodeWorks::<T>::get(node);
		ensure!(matches!(work.challenged_from, Some(from) if from <= number), Error::<T>::NotChallenged);

		let power = Self::proven_power(&round, &node, nonces)?;
		ensure!(power >= T::MinimumPower::get(), Error::<T>::PowerBelowMinimum);
		let before = work.proven.filter(|proven| proven.round == number);
		if let Some(before) = &before {
			ensure!(power > before.power, Error::<T>::NotBetter);
		}

		Self::settle_missed(&node, &mut work);
		let replaced = before.map_or(0, |before| before.power);
		round.answers = round.answers.saturating_add(u32::from(before.is_none()));
		round.total_power = round.total_power.saturating_sub(replaced).saturating_add(power);
		CurrentRound::<T>::put(round);
		work.proven = Some(Proven { round: number, power, at: now });
		NodeWorks::<T>::insert(node, work);
		Self::remember(
			&node,
			VerificationResult { verification: Verification::Round(number), at: now, passed: true, power, solve_ms: 0 },
		);
		if before.is_none() {
			T::Reputation::record(&node, WorkOutcome::ChallengePassed);
			Self::deposit_event(Event::ProofAccepted { node, round: number, power });
		} else {
			Self::deposit_event(Event::ProofImproved { node, round: number, power });
		}
		Ok(())
	}

	/// The hashes that a proof of `values` nonces shows for a seed.
	pub(crate) fn proven_work(seed: &H256, nonces: &[Nonce], values: u32) -> Result<u128, ProofFault> {
		gpu_work::verify_minimum_values(|input| keccak_256(input), &seed.0, nonces, values).map_err(Into::into)
	}

	/// The power that a proof shows, over the window or, where blocks were late, over the time it really lasted.
	fn proven_power(
		round: &Round<BlockNumberFor<T>>,
		node: &NodeId,
		nonces: &[Nonce],
	) -> Result<HashRate, DispatchError> {
		let seed = Self::seed(round, node);
		let work = Self::proven_work(&seed, nonces, round.values).map_err(|fault| match fault {
			ProofFault::WrongNonceCount => Error::<T>::WrongNonceCount,
			ProofFault::DuplicateNonce => Error::<T>::DuplicateNonce,
			ProofFault::NoncesUnsorted => Error::<T>::NoncesUnsorted,
		})?;
		let elapsed = Self::now_ms().saturating_sub(round.opened_ms);
		Ok(gpu_work::power(work, elapsed.max(round.window_ms)))
	}

	/// Counts the closed rounds that the node had to answer and did not. The caller stores `work`.
	pub(crate) fn settle_missed(node: &NodeId, work: &mut NodeWork<BlockNumberFor<T>>) -> u32 {
		let closed = Self::closed_rounds();
		let count = work.missed(closed);
		work.settled_through = work.settled_through.max(closed);
		if count > 0 {
			Self::remember(
				node,
				VerificationResult {
					verification: Verification::MissedRounds(count),
					at: frame_system::Pallet::<T>::block_number(),
					passed: false,
					power: 0,
					solve_ms: 0,
				},
			);
			T::Reputation::record(node, WorkOutcome::ChallengesFailed(count));
			Self::deposit_event(Event::RoundsMissed { node: *node, count });
		}
		count
	}

	/// Adds to a node's history; a better proof, or one of more devices, takes the place of the one for the same round.
	pub(crate) fn remember(node: &NodeId, result: VerificationResult<BlockNumberFor<T>>) {
		History::<T>::mutate(node, |history| {
			let same_round = |entry: &&mut VerificationResult<BlockNumberFor<T>>| {
				let is_round =
					!matches!(entry.verification, Verification::MissedRounds(_) | Verification::Challenge(_));
				is_round && entry.verification == result.verification
			};
			match history.iter_mut().rev().find(same_round) {
				Some(entry) => *entry = result,
				None => push(history, result),
			}
		});
	}
}

/// Adds to a ring: the oldest entry makes room.
fn push<Entry, Length: Get<u32>>(ring: &mut BoundedVec<Entry, Length>, entry: Entry) {
	if ring.is_full() {
		ring.remove(0);
	}
	// There is room: `integrity_test` refuses a ring of length zero.
	let _ = ring.try_push(entry);
}
