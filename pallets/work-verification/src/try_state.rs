//! The invariants of the crate's documentation.

use crate::{Challenges, Config, CurrentRound, NodeWorks, Pallet, RoundCount};
use frame_support::{ensure, traits::Get};
use gpu_chain_primitives::{HashRate, NodeStatus, ProviderInspect};
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
		Ok(())
	}
}
