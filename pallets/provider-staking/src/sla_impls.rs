//! A partner's commitment to a service level: made, insured, breached, ended.

use crate::{BalanceOf, Commitment, CommitmentOf, Commitments, Config, Error, Event, HoldReason, Pallet, SlaTerms};
use frame_support::{
	ensure,
	traits::{fungible::hold::Mutate, tokens::Precision, Get},
};
use gpu_chain_primitives::{MeasuredUptime, NodeId, NodeStatus, OpenWork, ProviderInspect, UptimeInspect, FULL_SCORE};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchError, DispatchResult,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_commit_sla(
		who: T::AccountId,
		node: &NodeId,
		terms: SlaTerms<BalanceOf<T>>,
		bond: BalanceOf<T>,
	) -> DispatchResult {
		let summary = T::Providers::node(node).ok_or(Error::<T>::UnknownNode)?;
		ensure!(summary.owner == who, Error::<T>::NotOwner);
		ensure!(!matches!(summary.status, NodeStatus::Rejected | NodeStatus::Slashed), Error::<T>::NodeOutOfService);
		ensure!(!Commitments::<T>::contains_key(node), Error::<T>::AlreadyCommitted);
		let limits = T::SlaLimits::get();
		ensure!((limits.uptime..=FULL_SCORE).contains(&terms.uptime), Error::<T>::UptimeOutOfRange);
		ensure!(terms.response_ms > 0 && terms.response_ms <= limits.response_ms, Error::<T>::ResponseOutOfRange);
		ensure!(!bond.is_zero() && bond >= limits.bond, Error::<T>::InsuranceTooSmall);
		ensure!(
			!terms.penalty.is_zero() && terms.penalty >= limits.penalty && terms.penalty <= bond,
			Error::<T>::PenaltyOutOfRange
		);

		T::Currency::hold(&HoldReason::InsuranceBond.into(), &who, bond)?;
		let commitment = Commitment {
			owner: who,
			terms,
			bond,
			since: frame_system::Pallet::<T>::block_number(),
			counted_from: T::Uptime::measured_uptime(node).map_or(0, |measured| measured.periods),
			breaches: 0,
			unlock_at: None,
		};
		Commitments::<T>::insert(node, commitment);
		Self::deposit_event(Event::SlaCommitted { node: *node, terms, bond });
		Ok(())
	}

	pub(crate) fn do_add_insurance(who: T::AccountId, node: &NodeId, amount: BalanceOf<T>) -> DispatchResult {
		let mut commitment = Self::commitment_of(&who, node)?;
		ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
		ensure!(commitment.unlock_at.is_none(), Error::<T>::SlaEnding);

		T::Currency::hold(&HoldReason::InsuranceBond.into(), &who, amount)?;
		commitment.bond = commitment.bond.saturating_add(amount);
		let bond = commitment.bond;
		Commitments::<T>::insert(node, commitment);
		Self::deposit_event(Event::InsuranceAdded { node: *node, amount, bond });
		Ok(())
	}

	pub(crate) fn do_end_sla(who: T::AccountId, node: &NodeId) -> DispatchResult {
		let mut commitment = Self::commitment_of(&who, node)?;
		ensure!(commitment.unlock_at.is_none(), Error::<T>::SlaEnding);
		ensure!(!T::OpenWork::has_open_work(node), Error::<T>::OpenWork);

		let unlock_at = frame_system::Pallet::<T>::block_number().saturating_add(T::InsuranceCooldown::get());
		commitment.unlock_at = Some(unlock_at);
		Commitments::<T>::insert(node, commitment);
		Self::deposit_event(Event::SlaEnded { node: *node, unlock_at });
		Ok(())
	}

	pub(crate) fn do_withdraw_insurance(who: T::AccountId, node: &NodeId) -> DispatchResult {
		let commitment = Self::commitment_of(&who, node)?;
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(commitment.unlock_at.is_some_and(|unlock_at| unlock_at <= now), Error::<T>::InsuranceLocked);
		ensure!(!T::OpenWork::has_open_work(node), Error::<T>::OpenWork);

		let amount = commitment.bond;
		T::Currency::release(&HoldReason::InsuranceBond.into(), &who, amount, Precision::Exact)?;
		Commitments::<T>::remove(node);
		Self::deposit_event(Event::InsuranceWithdrawn { node: *node, owner: who, amount });
		Ok(())
	}

	/// Needs a transactional caller, as every call is.
	pub(crate) fn do_report_breach(node: &NodeId, harmed: Option<T::AccountId>) -> DispatchResult {
		let (commitment, measured) = Self::find_breach(node)?;
		match &harmed {
			Some(who) => {
				ensure!(*who != commitment.owner && T::OpenWork::is_counterparty(node, who), Error::<T>::NotHarmed)
			}
			None => ensure!(!T::OpenWork::has_open_work(node), Error::<T>::HarmedNotNamed),
		}
		Self::settle_breach(node, commitment, measured, harmed)
	}

	/// The commitment that the node's uptime falls short of, and what was measured.
	pub(crate) fn find_breach(node: &NodeId) -> Result<(CommitmentOf<T>, MeasuredUptime), DispatchError> {
		let commitment = Commitments::<T>::get(node).ok_or(Error::<T>::NotCommitted)?;
		let measured = T::Uptime::measured_uptime(node).ok_or(Error::<T>::WindowNotOver)?;
		ensure!(
			measured.periods.saturating_sub(commitment.counted_from) >= measured.window.max(1),
			Error::<T>::WindowNotOver
		);
		ensure!(measured.share < commitment.terms.uptime, Error::<T>::NoBreach);
		Ok((commitment, measured))
	}

	/// Takes the penalty from the bond: the harmed one's part first, the rest to the treasury.
	pub(crate) fn settle_breach(
		node: &NodeId,
		mut commitment: CommitmentOf<T>,
		measured: MeasuredUptime,
		harmed: Option<T::AccountId>,
	) -> DispatchResult {
		let penalty = commitment.terms.penalty.min(commitment.bond);
		let compensated = match &harmed {
			// Whoever cannot receive it leaves it to the treasury.
			Some(who) => {
				let part = T::BreachCompensation::get().mul_floor(penalty);
				Self::pay_from_hold(HoldReason::InsuranceBond, &commitment.owner, who, part).unwrap_or_default()
			}
			None => Zero::zero(),
		};
		let rest = penalty.saturating_sub(compensated);
		Self::pay_from_hold(HoldReason::InsuranceBond, &commitment.owner, &T::Treasury::get(), rest)?;

		commitment.bond = commitment.bond.saturating_sub(penalty);
		commitment.counted_from = measured.periods;
		commitment.breaches = commitment.breaches.saturating_add(1);
		let (bond, committed) = (commitment.bond, commitment.terms.uptime);
		if bond.is_zero() {
			Commitments::<T>::remove(node);
		} else {
			Commitments::<T>::insert(node, commitment);
		}
		Self::deposit_event(Event::SlaBreached {
			node: *node,
			uptime: measured.share,
			committed,
			penalty,
			harmed,
			compensated,
			bond,
		});
		Ok(())
	}

	fn commitment_of(who: &T::AccountId, node: &NodeId) -> Result<CommitmentOf<T>, DispatchError> {
		let commitment = Commitments::<T>::get(node).ok_or(Error::<T>::NotCommitted)?;
		ensure!(commitment.owner == *who, Error::<T>::NotOwner);
		Ok(commitment)
	}
}
