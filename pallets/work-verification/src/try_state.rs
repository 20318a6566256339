//! The invariants of the crate's documentation.

use crate::{
	Challenges, ClaimTickets, Claims, Commitments, Config, CurrentLottery, CurrentRound, LastLotteries, LotteryPowers,
	NodeWorks, OpenCommitments, Pallet, RoundCount,
};
use alloc::collections::BTreeSet;
use frame_support::{ensure, traits::Get};
use gpu_chain_primitives::{HashRate, NodeStatus, ProofKind, ProviderInspect};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	/// Checks the invariants of the crate's documentation. Reads every node: for tests and for checks off chain.
	///
	/// # Errors
	/// Names the first invariant that does not hold.
	pub fn do_try_state() -> Result<(), DispatchError> {
		let count = RoundCount::<T>::get();
		let closed = Self::closed_rounds();
		let round = CurrentRound::<T>::get();
		if let Some(round) = &round {
			ensure!(
				round.number == count
					&& round.opened_at < round.closes_at
					&& (gpu_work::MIN_VALUES..=T::MaxValues::get()).contains(&round.values),
				DispatchError::Other("work verification 1: the open round is not a proper one")
			);
		}
		let (mut answers, mut total_power): (u32, HashRate) = (0, 0);
		for (node, work) in NodeWorks::<T>::iter() {
			ensure!(
				work.settled_through <= closed && work.proven.map_or(0, |proven| proven.round) <= count,
				DispatchError::Other("work verification 2: a node settled or proved a round that is not there")
			);
			if let (Some(round), Some(proven)) = (&round, &work.proven) {
				if proven.round == round.number {
					answers = answers.saturating_add(1);
					total_power = total_power.saturating_add(proven.power);
				}
			}
			let active = matches!(T::Providers::node(&node), Some(summary) if summary.status == NodeStatus::Active);
			ensure!(
				active == work.challenged_from.is_some(),
				DispatchError::Other("work verification 4: not exactly the active nodes are challenged")
			);
		}
		if let Some(round) = &round {
			ensure!(
				round.answers >= answers && round.total_power >= total_power,
				DispatchError::Other("work verification 3: the open round has fewer answers than nodes gave")
			);
		}
		ensure!(
			Challenges::<T>::iter_values().all(|challenge| challenge.issued_at < challenge.deadline),
			DispatchError::Other("work verification 5: a challenge ends before it begins")
		);
		Self::try_lottery()?;
		Self::try_commitments()?;
		Self::try_lottery_powers()
	}

	fn try_lottery() -> Result<(), DispatchError> {
		const NAME: &str = "work verification 6: the open lottery is not a proper one";
		let now = frame_system::Pallet::<T>::block_number();
		let closed = LastLotteries::<T>::get().newest();
		ensure!(closed <= Self::closed_rounds(), DispatchError::Other(NAME));
		let Some(lottery) = CurrentLottery::<T>::get() else { return Ok(()) };
		let most = T::MaxTickets::get();
		let in_order = lottery.opened_at <= lottery.search_from
			&& lottery.search_from < lottery.closes_at
			&& lottery.closes_at <= lottery.commit_until
			&& lottery.commit_until < lottery.reveal_until;
		let in_bounds = (1..=most).contains(&lottery.wins)
			&& (1..=most).contains(&lottery.threshold)
			&& lottery.samples <= T::MaxSamples::get()
			&& closed < lottery.round
			&& lottery.round <= Self::closed_rounds();
		let walks_in_time =
			lottery.walk_entropy.is_none() || lottery.kind == ProofKind::Memory && now >= lottery.search_from;
		let samples_in_time = lottery.sample_entropy.is_none() || now > lottery.commit_until;
		ensure!(in_order && in_bounds && walks_in_time && samples_in_time, DispatchError::Other(NAME));
		Ok(())
	}

	fn try_commitments() -> Result<(), DispatchError> {
		let claims: BTreeSet<_> = Claims::<T>::iter_keys().collect();
		ensure!(
			claims == ClaimTickets::<T>::iter_keys().collect::<BTreeSet<_>>(),
			DispatchError::Other("work verification 7: not exactly the claims have deposits")
		);
		const NAME: &str = "work verification 8: not exactly the commitments of claims are listed";
		let newest = Self::newest_lottery();
		let mut listed = BTreeSet::new();
		for (node, (kind, device), rounds) in OpenCommitments::<T>::iter() {
			let ascending = rounds.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
			let known = rounds.last().is_none_or(|last| *last <= newest);
			ensure!(ascending && known && claims.contains(&(node, (kind, device))), DispatchError::Other(NAME));
			listed.extend(rounds.into_iter().map(|round| (node, (kind, device, round))));
		}
		let mut kept = BTreeSet::new();
		for (node, key, commitment) in Commitments::<T>::iter() {
			let is_table = key.0 == ProofKind::Memory;
			ensure!(
				(1..=T::MaxTickets::get()).contains(&commitment.count) && commitment.job.walks.is_some() == is_table,
				DispatchError::Other(
					"work verification 9: a commitment is to no tickets, to too many or to those of another kind"
				)
			);
			kept.insert((node, key));
		}
		ensure!(kept == listed, DispatchError::Other(NAME));
		Ok(())
	}

	fn try_lottery_powers() -> Result<(), DispatchError> {
		let newest_lottery = Self::newest_lottery();
		for (node, power) in LotteryPowers::<T>::iter() {
			for standing in [power.compute, power.memory] {
				let (newest, previous) = (standing.newest.map(|s| s.round), standing.previous.map(|s| s.round));
				ensure!(
					newest.is_none_or(|round| round <= newest_lottery)
						&& previous.is_none_or(|p| newest.is_some_and(|n| p < n)),
					DispatchError::Other("work verification 10: a node showed power in a lottery that is not there")
				);
			}
			let active = matches!(T::Providers::node(&node), Some(summary) if summary.status == NodeStatus::Active);
			ensure!(active, DispatchError::Other("work verification 10: a node that is not active has power"));
		}
		Ok(())
	}
}
