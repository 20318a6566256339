//! What the calls do after their origin check.

use crate::{
	types::KingList, Audit, AuditOf, Audits, Config, Error, Event, HoldReason, Kings, Pallet, Queen, QueenOf,
	QueenState, Queens, SponsoredBy, Sponsorship, SponsorshipOf, Sponsorships, Tickets,
};
use frame_support::{
	ensure,
	traits::{fungible::MutateHold, tokens::Precision, ChangeMembers, Consideration, Footprint, Get},
};
use frame_system::pallet_prelude::BlockNumberFor;
use gpu_chain_primitives::{NodeId, NodeStatus, NodeVerification, ProviderInspect, Reason, Uri};
use sp_core::H256;
use sp_runtime::{
	traits::{One, Saturating, Zero},
	DispatchError, DispatchResult,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_add_king(who: T::AccountId) -> DispatchResult {
		ensure!(!Queens::<T>::contains_key(&who), Error::<T>::IsQueen);
		let mut kings = Kings::<T>::get();
		let place = kings.binary_search(&who).err().ok_or(Error::<T>::AlreadyKing)?;
		kings.try_insert(place, who.clone()).map_err(|_| Error::<T>::TooManyKings)?;

		T::OnKingsChanged::change_members_sorted(core::slice::from_ref(&who), &[], &kings);
		Kings::<T>::put(kings);
		Self::deposit_event(Event::KingAdded { who });
		Ok(())
	}

	pub(crate) fn do_remove_king(who: T::AccountId) -> DispatchResult {
		let mut kings = Kings::<T>::get();
		let place = kings.binary_search(&who).map_err(|_| Error::<T>::NotKing)?;

		kings.remove(place);
		T::OnKingsChanged::change_members_sorted(&[], core::slice::from_ref(&who), &kings);
		Kings::<T>::put(kings);
		Self::deposit_event(Event::KingRemoved { who });
		Ok(())
	}

	pub(crate) fn do_apply(who: T::AccountId, bond: T::Balance) -> DispatchResult {
		ensure!(!Self::is_king(&who), Error::<T>::IsKing);
		ensure!(!Queens::<T>::contains_key(&who), Error::<T>::AlreadyQueen);
		ensure!(bond >= Self::minimum_bond(), Error::<T>::BondTooSmall);

		T::Currency::hold(&HoldReason::QueenBond.into(), &who, bond)?;
		Queens::<T>::insert(
			&who,
			Queen {
				bond,
				state: QueenState::Candidate,
				since: Self::now(),
				sponsored: 0,
				blamed: 0,
				approvals: KingList::default(),
			},
		);
		Self::deposit_event(Event::QueenApplied { queen: who, bond });
		Ok(())
	}

	pub(crate) fn do_add_bond(who: T::AccountId, amount: T::Balance) -> DispatchResult {
		let mut queen = Self::queen_of(&who)?;
		ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
		ensure!(!matches!(queen.state, QueenState::Leaving { .. }), Error::<T>::AlreadyLeaving);

		T::Currency::hold(&HoldReason::QueenBond.into(), &who, amount)?;
		queen.bond = queen.bond.saturating_add(amount);
		let bond = queen.bond;
		Queens::<T>::insert(&who, queen);
		Self::deposit_event(Event::BondAdded { queen: who, amount, bond });
		Ok(())
	}

	pub(crate) fn do_confirm_queen(king: T::AccountId, who: T::AccountId) -> DispatchResult {
		let kings = Kings::<T>::get();
		ensure!(kings.binary_search(&king).is_ok(), Error::<T>::NotKing);
		let mut queen = Self::queen_of(&who)?;
		ensure!(queen.is_confirmable(), Error::<T>::NotConfirmable);
		ensure!(queen.bond >= Self::minimum_bond(), Error::<T>::BondTooSmall);
		ensure!(!queen.approvals.contains(&king), Error::<T>::AlreadyApproved);

		// What former Kings approved of counts no more, and makes room.
		queen.approvals.retain(|approving| kings.binary_search(approving).is_ok());
		// There are no more Kings than approvals fit.
		let _ = queen.approvals.try_push(king.clone());
		let confirmed = queen.is_confirmed(&kings, T::QueenQuorum::get());
		if confirmed {
			Self::change_state(&mut queen, QueenState::Active);
		}
		Queens::<T>::insert(&who, queen);
		Self::deposit_event(Event::QueenApproved { queen: who.clone(), king });
		if confirmed {
			Self::deposit_event(Event::QueenConfirmed { queen: who });
		}
		Ok(())
	}

	pub(crate) fn do_suspend_queen(king: T::AccountId, who: T::AccountId, reason: Reason) -> DispatchResult {
		ensure!(Self::is_king(&king), Error::<T>::NotKing);
		let mut queen = Self::queen_of(&who)?;
		ensure!(queen.state == QueenState::Active, Error::<T>::NotActive);

		Self::change_state(&mut queen, QueenState::Suspended);
		Queens::<T>::insert(&who, queen);
		Self::deposit_event(Event::QueenSuspended { queen: who, king, reason });
		Ok(())
	}

	/// Lets a Queen leave, and gives the first block in which her bond can be withdrawn.
	pub(crate) fn do_leave(who: &T::AccountId) -> Result<BlockNumberFor<T>, DispatchError> {
		let mut queen = Self::queen_of(who)?;
		ensure!(!matches!(queen.state, QueenState::Leaving { .. }), Error::<T>::AlreadyLeaving);

		// A candidate has done nothing yet that could come to light later.
		let cooldown = if queen.state == QueenState::Candidate { Zero::zero() } else { T::QueenCooldown::get() };
		let until = Self::now().saturating_add(cooldown);
		Self::change_state(&mut queen, QueenState::Leaving { until });
		Queens::<T>::insert(who, queen);
		Ok(until)
	}

	pub(crate) fn do_withdraw_bond(who: T::AccountId) -> DispatchResult {
		let queen = Self::queen_of(&who)?;
		ensure!(matches!(queen.state, QueenState::Leaving { until } if until <= Self::now()), Error::<T>::BondLocked);
		ensure!(queen.sponsored.is_zero(), Error::<T>::StillSponsoring);
		ensure!(queen.blamed.is_zero(), Error::<T>::StillBlamed);

		T::Currency::release(&HoldReason::QueenBond.into(), &who, queen.bond, Precision::Exact)?;
		Queens::<T>::remove(&who);
		Self::deposit_event(Event::BondWithdrawn { queen: who, amount: queen.bond });
		Ok(())
	}

	pub(crate) fn do_sponsor_node(who: T::AccountId, node: NodeId) -> DispatchResult {
		Self::live_queen(&who)?;
		let summary = T::Providers::node(&node).ok_or(Error::<T>::UnknownNode)?;
		ensure!(!is_closed(summary.status), Error::<T>::NodeOutOfService);
		ensure!(summary.owner != who, Error::<T>::OwnNode);
		if let Some(old) = Sponsorships::<T>::get(node) {
			ensure!(old.is_over(Self::now()), Error::<T>::AlreadySponsored);
			Self::clear_sponsorship(&node, old)?;
		}
		// Only now: the one that was cleared may have been hers.
		let mut queen = Self::queen_of(&who)?;
		ensure!(queen.sponsored < T::MaxSponsored::get(), Error::<T>::TooManySponsored);

		let ticket = T::Consideration::new(&who, Self::footprint())?;
		Tickets::<T>::insert(node, ticket);
		queen.sponsored = queen.sponsored.saturating_add(1);
		Queens::<T>::insert(&who, queen);
		let now = Self::now();
		Sponsorships::<T>::insert(node, Sponsorship { queen: who.clone(), since: now, audited_at: now, ends_at: None });
		SponsoredBy::<T>::insert(&who, node, ());
		Self::deposit_event(Event::NodeSponsored { node, queen: who });
		T::Verification::on_sponsored(&node)
	}

	pub(crate) fn do_end_sponsorship(who: T::AccountId, node: NodeId) -> DispatchResult {
		let mut sponsorship = Sponsorships::<T>::get(node).ok_or(Error::<T>::NotSponsored)?;
		let summary = T::Providers::node(&node);
		let gone = summary.as_ref().is_none_or(|summary| is_closed(summary.status));
		if gone || sponsorship.is_over(Self::now()) {
			return Self::clear_sponsorship(&node, sponsorship);
		}
		let owner = summary.map(|summary| summary.owner);
		ensure!(
			who == sponsorship.queen || Some(&who) == owner.as_ref() || Self::is_king(&who),
			Error::<T>::NotEntitled
		);
		ensure!(sponsorship.ends_at.is_none(), Error::<T>::AlreadyEnding);

		let ends_at = Self::now().saturating_add(T::SponsorNotice::get());
		sponsorship.ends_at = Some(ends_at);
		if sponsorship.is_over(Self::now()) {
			return Self::clear_sponsorship(&node, sponsorship);
		}
		let queen = sponsorship.queen.clone();
		Sponsorships::<T>::insert(node, sponsorship);
		Self::deposit_event(Event::SponsorshipEnding { node, queen, ends_at });
		Ok(())
	}

	pub(crate) fn do_audit_node(
		who: T::AccountId,
		node: NodeId,
		passed: bool,
		report_uri: Uri,
		report_hash: H256,
	) -> DispatchResult {
		let mut sponsorship = Self::sponsorship(&node).ok_or(Error::<T>::NotSponsored)?;
		ensure!(sponsorship.queen == who, Error::<T>::NotSponsor);
		Self::live_queen(&who)?;
		ensure!(!report_uri.is_empty(), Error::<T>::NoReport);

		let now = Self::now();
		if passed {
			sponsorship.audited_at = now;
			Sponsorships::<T>::insert(node, sponsorship);
		}
		Audits::<T>::insert(
			node,
			Audit { queen: who.clone(), at: now, passed, report_uri, report_hash, confirmed_by: None },
		);
		Self::deposit_event(Event::NodeAudited { node, queen: who, passed, report_hash });
		Ok(())
	}

	pub(crate) fn do_confirm_audit(king: T::AccountId, node: NodeId) -> DispatchResult {
		ensure!(Self::is_king(&king), Error::<T>::NotKing);
		let mut audit = Audits::<T>::get(node).ok_or(Error::<T>::NotAudited)?;
		ensure!(audit.confirmed_by.is_none(), Error::<T>::AlreadyConfirmed);
		let summary = T::Providers::node(&node);
		ensure!(summary.as_ref().is_none_or(|summary| summary.owner != king), Error::<T>::OwnNode);

		let (queen, passed) = (audit.queen.clone(), audit.passed);
		audit.confirmed_by = Some(king.clone());
		Audits::<T>::insert(node, audit);
		Self::deposit_event(Event::AuditConfirmed { node, queen, king, passed });
		if passed {
			return Ok(());
		}
		if let Some(sponsorship) = Sponsorships::<T>::get(node) {
			Self::clear_sponsorship(&node, sponsorship)?;
		}
		// A node that is gone has nothing to lose.
		if summary.is_some() {
			T::Verification::unverify(&node)?;
		}
		Ok(())
	}

	/// The one gate through which a Queen's state changes; the caller stores her.
	fn change_state(queen: &mut QueenOf<T>, state: QueenState<BlockNumberFor<T>>) {
		queen.state = state;
		queen.since = Self::now();
		queen.approvals = KingList::default();
	}

	/// Forgets a sponsorship with its audit, and gives its storage deposit back. Needs a transactional caller.
	fn clear_sponsorship(node: &NodeId, sponsorship: SponsorshipOf<T>) -> DispatchResult {
		let who = sponsorship.queen;
		Sponsorships::<T>::remove(node);
		SponsoredBy::<T>::remove(&who, node);
		Audits::<T>::remove(node);
		Queens::<T>::mutate(&who, |queen| {
			if let Some(queen) = queen {
				queen.sponsored = queen.sponsored.saturating_sub(1);
			}
		});
		if let Some(ticket) = Tickets::<T>::take(node) {
			ticket.drop(&who)?;
		}
		Self::deposit_event(Event::SponsorshipEnded { node: *node, queen: who });
		Ok(())
	}

	/// What a Queen pays a storage deposit for: a sponsorship, its place in her list, and its longest audit.
	pub(crate) fn footprint() -> Footprint {
		Footprint::from_mel::<(SponsorshipOf<T>, NodeId, T::AccountId, NodeId, AuditOf<T>, NodeId)>()
	}

	pub(crate) fn queen_of(who: &T::AccountId) -> Result<QueenOf<T>, DispatchError> {
		Queens::<T>::get(who).ok_or_else(|| Error::<T>::NotQueen.into())
	}

	/// The Queen, if she may sponsor and audit.
	fn live_queen(who: &T::AccountId) -> Result<QueenOf<T>, DispatchError> {
		let queen = Self::queen_of(who)?;
		ensure!(queen.is_live(&Self::minimum_bond()), Error::<T>::NotLive);
		Ok(queen)
	}

	/// The least bond of a Queen, never nothing: it is the deposit for her record too.
	pub(crate) fn minimum_bond() -> T::Balance {
		T::QueenBond::get().max(One::one())
	}

	pub(crate) fn now() -> BlockNumberFor<T> {
		frame_system::Pallet::<T>::block_number()
	}
}

/// Whether a node can never work again.
fn is_closed(status: NodeStatus) -> bool {
	matches!(status, NodeStatus::Rejected | NodeStatus::Slashed)
}
