//! What the calls do after their origin check.

use crate::{
	types::is_uri, Arbitrators, Ballot, Ballots, Config, DisputeId, DisputeRecordOf, DisputeStatus, Disputes,
	DisputesByDeal, Error, Event, Evidence, EvidenceBySide, EvidenceTickets, OpenDisputes, Pallet, Ruling, Side,
	Tickets, Verdict, WeightInfo, LOG_TARGET,
};
use alloc::vec::Vec;
use frame_support::{
	ensure,
	traits::{Consideration, Footprint, Get},
	weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use gpu_chain_primitives::{
	Collateral, Disputable, EscrowInspect, Misconduct, NodeId, ProviderInspect, Reason, Reputation, Uri, UsdPrices,
	WorkOutcome,
};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchError, DispatchResult,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_submit_evidence(who: T::AccountId, id: DisputeId, uri: Uri) -> DispatchResult {
		let dispute = Self::dispute_record(id)?;
		let side = dispute.side(&who).ok_or(Error::<T>::NotParty)?;
		ensure!(dispute.status == DisputeStatus::Open && Self::now() <= dispute.evidence_by, Error::<T>::EvidenceOver);
		ensure!(is_uri(&uri), Error::<T>::BadUri);
		let mut list = EvidenceBySide::<T>::get(id, side);
		list.try_push(Evidence { uri: uri.clone(), at: Self::now() }).map_err(|_| Error::<T>::TooMuchEvidence)?;

		let footprint = Footprint::from_encodable(&list);
		let ticket = match EvidenceTickets::<T>::take(id, side) {
			Some(ticket) => ticket.update(&who, footprint)?,
			None => T::Consideration::new(&who, footprint)?,
		};
		EvidenceTickets::<T>::insert(id, side, ticket);
		EvidenceBySide::<T>::insert(id, side, list);
		Self::deposit_event(Event::EvidenceSubmitted { dispute: id, side, uri });
		Ok(())
	}

	pub(crate) fn do_vote(who: T::AccountId, id: DisputeId, verdict: Verdict) -> DispatchResult {
		let since = Arbitrators::<T>::get(&who).ok_or(Error::<T>::NotArbitrator)?;
		let dispute = Self::dispute_record(id)?;
		ensure!(since <= dispute.opened_at, Error::<T>::NotArbitrator);
		let now = Self::now();
		ensure!(dispute.status == DisputeStatus::Open && now <= dispute.vote_by, Error::<T>::VotingOver);
		ensure!(now > dispute.evidence_by, Error::<T>::VotingNotOpen);
		let owns_node = || T::Providers::node(&dispute.deal.node).is_some_and(|node| node.owner == who);
		ensure!(!dispute.is_interested(&who) && !owns_node(), Error::<T>::NotImpartial);
		let mut ballots = Ballots::<T>::get(id);
		ensure!(ballots.iter().all(|ballot| ballot.arbitrator != who), Error::<T>::AlreadyVoted);
		ballots
			.try_push(Ballot { arbitrator: who.clone(), verdict, claimed: false })
			.map_err(|_| Error::<T>::TooManyVotes)?;

		Ballots::<T>::insert(id, ballots);
		Self::deposit_event(Event::VoteCast { dispute: id, arbitrator: who, verdict });
		Ok(())
	}

	pub(crate) fn do_conclude(id: DisputeId) -> DispatchResult {
		let dispute = Self::dispute_record(id)?;
		let now = Self::now();
		match dispute.status {
			DisputeStatus::Closed { .. } => Err(Error::<T>::AlreadyClosed.into()),
			DisputeStatus::Escalated { decide_by } => {
				ensure!(now > decide_by, Error::<T>::CouncilMayDecide);
				Self::close(id, dispute, Ruling::Expired)
			}
			DisputeStatus::Open => {
				ensure!(now > dispute.vote_by, Error::<T>::VotingNotOver);
				let votes = Self::votes(id);
				match Verdict::tally(&votes).filter(|_| votes.len() >= dispute.quorum as usize) {
					Some(verdict) => Self::close(id, dispute, Ruling::ByArbitrators(verdict)),
					None => {
						Self::escalate(id, dispute, votes.len() as u32);
						Ok(())
					}
				}
			}
		}
	}

	fn escalate(id: DisputeId, mut dispute: DisputeRecordOf<T>, votes: u32) {
		let decide_by = Self::now().saturating_add(T::CouncilWindow::get());
		dispute.status = DisputeStatus::Escalated { decide_by };
		Disputes::<T>::insert(id, dispute);
		Self::deposit_event(Event::DisputeEscalated { dispute: id, votes, decide_by });
	}

	pub(crate) fn do_resolve(id: DisputeId, verdict: Verdict) -> DispatchResult {
		let dispute = Self::dispute_record(id)?;
		let now = Self::now();
		match dispute.status {
			DisputeStatus::Closed { .. } => return Err(Error::<T>::AlreadyClosed.into()),
			DisputeStatus::Escalated { decide_by } => ensure!(now <= decide_by, Error::<T>::CouncilTooLate),
			DisputeStatus::Open => {
				ensure!(now > dispute.vote_by, Error::<T>::VotingNotOver);
				let votes = Ballots::<T>::decode_len(id).unwrap_or_default();
				ensure!(votes < dispute.quorum as usize, Error::<T>::QuorumReached);
			}
		}
		Self::close(id, dispute, Ruling::ByCouncil(verdict))
	}

	/// The one way in which a dispute ends: pays price and bond out, then rewards or punishes. Needs a transactional
	/// caller.
	fn close(id: DisputeId, mut dispute: DisputeRecordOf<T>, ruling: Ruling) -> DispatchResult {
		let by_arbitrators = matches!(ruling, Ruling::ByArbitrators(_));
		let judge = if by_arbitrators { T::Pot::get() } else { T::Treasury::get() };
		let settlement = T::Deals::close_disputed(dispute.key, dispute.award(&ruling), &judge)?;
		if by_arbitrators {
			Self::add_unclaimed(&dispute.deal.asset, settlement.arbitration)?;
		}
		let winner = if ruling.verdict() == Some(Verdict::Provider) { Side::Provider } else { Side::Buyer };
		let bond_to = dispute.party(winner).clone();
		let bond_paid = Self::pay_bond(&dispute, &bond_to);
		dispute.bond_owed_to = bond_paid.is_err().then(|| bond_to.clone());
		dispute.status = DisputeStatus::Closed { ruling, settlement, at: Self::now() };
		let (key, bond, deal) = (dispute.key, dispute.bond, dispute.deal.clone());
		Disputes::<T>::insert(id, dispute);
		OpenDisputes::<T>::remove(id);
		Self::deposit_event(Event::DisputeClosed {
			dispute: id,
			key,
			ruling,
			settlement,
			bond,
			bond_to: bond_to.clone(),
		});
		if bond_paid.is_err() {
			Self::deposit_event(Event::BondOwed { dispute: id, to: bond_to, amount: bond });
		}

		match ruling.verdict() {
			Some(Verdict::Buyer { misuse }) => {
				T::Reputation::record(&deal.node, WorkOutcome::DisputeLost);
				let (share, misconduct) = match misuse {
					true => (T::MisuseSlash::get(), Misconduct::Misuse),
					false => (T::LostSlash::get(), Misconduct::DisputeLost),
				};
				let harmed = Self::compensation(&deal);
				if let Err(error) = T::Collateral::slash(&deal.node, share, misconduct, harmed) {
					// That somebody cannot be slashed must not keep the buyer waiting.
					log::warn!(target: LOG_TARGET, "node {:?} could not be slashed for dispute {id}: {error:?}", deal.node);
					Self::deposit_event(Event::SlashFailed { dispute: id, node: deal.node, error });
				}
			}
			Some(Verdict::Provider) => T::Reputation::record(&deal.node, WorkOutcome::DisputeWon),
			Some(Verdict::Split { .. }) | None => (),
		}
		Ok(())
	}

	pub(crate) fn do_claim_bond(id: DisputeId) -> DispatchResult {
		let mut dispute = Self::dispute_record(id)?;
		let to = dispute.bond_owed_to.take().ok_or(Error::<T>::BondNotOwed)?;
		Self::pay_bond(&dispute, &to)?;

		let amount = dispute.bond;
		Disputes::<T>::insert(id, dispute);
		Self::deposit_event(Event::BondClaimed { dispute: id, to, amount });
		Ok(())
	}

	pub(crate) fn do_claim_fee(who: T::AccountId, id: DisputeId) -> DispatchResult {
		let dispute = Self::dispute_record(id)?;
		ensure!(dispute.is_closed(), Error::<T>::NotClosed);
		let mut ballots = Ballots::<T>::get(id);
		let place = ballots.iter().position(|ballot| ballot.arbitrator == who).ok_or(Error::<T>::NotVoter)?;
		let amount = Self::fee_of(&dispute, &ballots, place);
		ensure!(!amount.is_zero(), Error::<T>::NothingToClaim);
		ensure!(T::Escrow::owed_to_judge(dispute.key).is_zero(), Error::<T>::FeesOwed);

		let asset = dispute.deal.asset;
		Self::pay_from_pot(&asset, &who, amount)?;
		if let Some(ballot) = ballots.get_mut(place) {
			ballot.claimed = true;
		}
		Ballots::<T>::insert(id, ballots);
		Self::deposit_event(Event::FeeClaimed { dispute: id, arbitrator: who, asset, amount });
		Ok(())
	}

	pub(crate) fn do_remove_dispute(who: T::AccountId, id: DisputeId) -> DispatchResult {
		let dispute = Self::dispute_record(id)?;
		let DisputeStatus::Closed { at, .. } = dispute.status else { return Err(Error::<T>::NotClosed.into()) };
		ensure!(dispute.bond_owed_to.is_none(), Error::<T>::BondOwed);
		let unclaimed = Self::unclaimed_of(&dispute, &Ballots::<T>::get(id));
		let is_over = Self::now() >= at.saturating_add(T::RetentionPeriod::get());
		ensure!(is_over || (dispute.side(&who).is_some() && unclaimed.is_zero()), Error::<T>::RetentionNotOver);
		if !unclaimed.is_zero() {
			ensure!(T::Escrow::owed_to_judge(dispute.key).is_zero(), Error::<T>::FeesOwed);
			Self::pay_from_pot(&dispute.deal.asset, &T::Treasury::get(), unclaimed)?;
		}

		if let Some(ticket) = Tickets::<T>::take(id) {
			ticket.drop(&dispute.deal.buyer)?;
		}
		for side in Side::BOTH {
			EvidenceBySide::<T>::remove(id, side);
			if let Some(ticket) = EvidenceTickets::<T>::take(id, side) {
				ticket.drop(dispute.party(side))?;
			}
		}
		Ballots::<T>::remove(id);
		DisputesByDeal::<T>::remove(dispute.key);
		Disputes::<T>::remove(id);
		Self::deposit_event(Event::DisputeRemoved { dispute: id, unclaimed });
		Ok(())
	}

	pub(crate) fn do_punish_misuse(
		node: NodeId,
		harmed: Option<(T::AccountId, T::Balance)>,
		reason: Reason,
	) -> DispatchResult {
		ensure!(T::Providers::node(&node).is_some(), Error::<T>::NodeNotFound);

		T::Collateral::slash(&node, T::MisuseSlash::get(), Misconduct::Misuse, harmed)?;
		Self::deposit_event(Event::MisusePunished { node, reason });
		Ok(())
	}

	pub(crate) fn dispute_record(id: DisputeId) -> Result<DisputeRecordOf<T>, DispatchError> {
		Disputes::<T>::get(id).ok_or_else(|| Error::<T>::DisputeNotFound.into())
	}

	fn votes(id: DisputeId) -> Vec<Verdict> {
		Ballots::<T>::get(id).into_iter().map(|ballot| ballot.verdict).collect()
	}

	pub(crate) fn now() -> BlockNumberFor<T> {
		frame_system::Pallet::<T>::block_number()
	}

	/// The most that closing a dispute can cost.
	pub(crate) fn close_weight() -> Weight {
		// What the buyer is compensated for is converted into dollars, and those into the currency of stakes.
		T::WeightInfo::close_for_buyer()
			.max(T::WeightInfo::close_for_provider())
			.saturating_add(T::Prices::weight().saturating_mul(2))
	}
}
