//! The calls: every condition, then the writes, then one event.

use crate::{
	types::{insert_ranked, AuctionStatus, RankedBid, RankedBids, RevealedBid},
	Auction, AuctionOf, AuctionTickets, Auctions, Bid, BidOf, BidTickets, Bids, BidsByBidder, Config, Error, Event,
	HoldReason, LatestAuctions, NextAuctionId, Pallet, LOG_TARGET,
};
use codec::MaxEncodedLen;
use frame_support::{
	ensure,
	storage::with_storage_layer,
	traits::{
		fungibles::hold::Mutate as _,
		tokens::{Fortitude, Precision, Restriction},
		Consideration, Footprint, Get,
	},
};
use frame_system::pallet_prelude::BlockNumberFor;
use gpu_chain_primitives::{
	matching::{bid_commitment, AuctionId, BidSalt, Candidate, MatchRequest, MatchTerms, Unfit},
	Assignable, AssignableTask, Assignment, Candidates, NodeId, TaskId, TaskPhase,
};
use sp_core::H256;
use sp_runtime::{
	traits::{One, SaturatedConversion, Saturating, Zero},
	ArithmeticError, DispatchError, DispatchResult,
};

type TaskOf<T> =
	AssignableTask<<T as frame_system::Config>::AccountId, <T as Config>::AssetKind, <T as Config>::Balance>;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_open_auction(
		buyer: T::AccountId,
		task_id: TaskId,
		request: MatchRequest,
		direct: bool,
	) -> DispatchResult {
		let task = T::Tasks::assignable(task_id).ok_or(Error::<T>::TaskNotFound)?;
		ensure!(task.buyer == buyer, Error::<T>::NotBuyer);
		ensure!(task.phase == TaskPhase::Open, Error::<T>::TaskNotOpen);
		ensure!(request.is_sound(), Error::<T>::BadRequest);
		ensure!(!Self::latest_of(task_id).is_some_and(|(_, latest)| latest.is_running()), Error::<T>::AuctionRunning);
		let auction_id = NextAuctionId::<T>::get();
		let next = auction_id.checked_add(1).ok_or(ArithmeticError::Overflow)?;
		let bond = T::BidBond::get().mul_ceil(task.budget);
		let commit_until = Self::now().saturating_add(T::CommitWindow::get().max(One::one()));
		let reveal_until = commit_until.saturating_add(T::RevealWindow::get().max(One::one()));

		AuctionTickets::<T>::insert(auction_id, T::Consideration::new(&buyer, Self::auction_footprint())?);
		T::Tasks::set_assignment(task_id, if direct { Assignment::Both } else { Assignment::Auction })?;
		NextAuctionId::<T>::put(next);
		LatestAuctions::<T>::insert(task_id, auction_id);
		let auction = Auction {
			task_id,
			buyer: buyer.clone(),
			request,
			asset: task.asset,
			budget: task.budget,
			bond,
			commit_until,
			reveal_until,
			bids: 0,
			best: RankedBids::default(),
			status: AuctionStatus::Running,
		};
		Auctions::<T>::insert(auction_id, auction);

		let budget = task.budget;
		Self::deposit_event(Event::AuctionOpened {
			auction_id,
			task_id,
			buyer,
			budget,
			bond,
			direct,
			commit_until,
			reveal_until,
		});
		Ok(())
	}

	pub(crate) fn do_commit_bid(
		bidder: T::AccountId,
		auction_id: AuctionId,
		node: NodeId,
		commitment: H256,
	) -> DispatchResult {
		let mut auction = Self::running(auction_id)?;
		ensure!(Self::now() <= auction.commit_until, Error::<T>::CommitWindowOver);
		let task = T::Tasks::assignable(auction.task_id).ok_or(Error::<T>::TaskNotOpen)?;
		ensure!(task.phase == TaskPhase::Open, Error::<T>::TaskNotOpen);
		let candidate = T::Candidates::candidate(&node).ok_or(Error::<T>::NodeNotFound)?;
		ensure!(candidate.owner == bidder, Error::<T>::NotNodeOwner);
		ensure!(bidder != auction.buyer, Error::<T>::SelfDealing);
		ensure!(candidate.active, Error::<T>::NodeNotActive);
		ensure!(candidate.resource_type == task.resource_type, Error::<T>::WrongResourceType);
		ensure!(!Bids::<T>::contains_key(auction_id, node), Error::<T>::AlreadyBid);
		let bids = auction.bids.checked_add(1).ok_or(ArithmeticError::Overflow)?;

		BidTickets::<T>::insert(auction_id, node, T::Consideration::new(&bidder, Self::bid_footprint())?);
		if !auction.bond.is_zero() {
			T::Currency::hold(auction.asset.clone(), &HoldReason::Bond.into(), &bidder, auction.bond)?;
		}
		Bids::<T>::insert(auction_id, node, Bid { bidder: bidder.clone(), commitment, revealed: None });
		BidsByBidder::<T>::insert(&bidder, (auction_id, node), ());
		auction.bids = bids;
		Auctions::<T>::insert(auction_id, auction);

		Self::deposit_event(Event::BidCommitted { auction_id, node, bidder, commitment });
		Ok(())
	}

	pub(crate) fn do_reveal_bid(
		who: T::AccountId,
		auction_id: AuctionId,
		node: NodeId,
		price: T::Balance,
		salt: BidSalt,
	) -> DispatchResult {
		let mut auction = Self::running(auction_id)?;
		ensure!(Self::now() > auction.commit_until, Error::<T>::RevealWindowNotOpen);
		ensure!(Self::now() <= auction.reveal_until, Error::<T>::RevealWindowOver);
		let mut bid = Bids::<T>::get(auction_id, node).ok_or(Error::<T>::BidNotFound)?;
		ensure!(bid.bidder == who, Error::<T>::NotBidder);
		ensure!(bid.revealed.is_none(), Error::<T>::AlreadyRevealed);
		let opened = bid_commitment(auction_id, &who, &node, price.saturated_into(), &salt);
		ensure!(opened == bid.commitment, Error::<T>::CommitmentMismatch);
		let outcome = Self::judge(&auction, &node, price);

		if let Ok(score) = outcome {
			insert_ranked(&mut auction.best, RankedBid { node, price, score });
			Auctions::<T>::insert(auction_id, auction);
		}
		bid.revealed = Some(RevealedBid { price, outcome });
		Bids::<T>::insert(auction_id, node, bid);

		Self::deposit_event(Event::BidRevealed { auction_id, node, price, outcome });
		Ok(())
	}

	/// Needs a transactional caller.
	pub(crate) fn do_settle(auction_id: AuctionId) -> DispatchResult {
		let mut auction = Self::running(auction_id)?;
		let task_id = auction.task_id;
		let over = Self::now() > auction.reveal_until;
		let Some(task) = T::Tasks::assignable(task_id).filter(|task| task.phase == TaskPhase::Open) else {
			let excuses_unrevealed = !over;
			auction.status = AuctionStatus::Voided { excuses_unrevealed };
			Auctions::<T>::insert(auction_id, auction);
			Self::deposit_event(Event::AuctionVoided { auction_id, task_id, excuses_unrevealed });
			return Ok(());
		};
		ensure!(over, Error::<T>::RevealWindowNotOver);

		let winner = auction.best.iter().copied().find(|bid| Self::award(auction_id, &auction, &task, bid));
		match winner {
			Some(RankedBid { node, price, score }) => {
				auction.status = AuctionStatus::Awarded { node, price, score };
				Self::deposit_event(Event::AuctionAwarded { auction_id, task_id, node, price, score });
			}
			None => {
				let trusted_only = auction.request.asks_for_service_level();
				let assignment = if trusted_only { Assignment::Trusted } else { Assignment::Both };
				T::Tasks::set_assignment(task_id, assignment)?;
				auction.status = AuctionStatus::Failed;
				Self::deposit_event(Event::AuctionFailed { auction_id, task_id, trusted_only });
			}
		}
		Auctions::<T>::insert(auction_id, auction);
		Ok(())
	}

	pub(crate) fn do_claim_bond(auction_id: AuctionId, node: NodeId) -> DispatchResult {
		let mut auction = Self::ended(auction_id)?;
		let bid = Bids::<T>::get(auction_id, node).ok_or(Error::<T>::BidNotFound)?;
		let excused = matches!(auction.status, AuctionStatus::Voided { excuses_unrevealed: true });
		let released = excused || bid.revealed.is_some();

		Self::move_bond(&auction, &bid, released)?;
		if let Some(ticket) = BidTickets::<T>::take(auction_id, node) {
			ticket.drop(&bid.bidder)?;
		}
		Bids::<T>::remove(auction_id, node);
		BidsByBidder::<T>::remove(&bid.bidder, (auction_id, node));
		let amount = auction.bond;
		auction.bids.saturating_dec();
		Auctions::<T>::insert(auction_id, auction);

		let bidder = bid.bidder;
		Self::deposit_event(match released {
			true => Event::BondReleased { auction_id, node, bidder, amount },
			false => Event::BondForfeited { auction_id, node, bidder, amount },
		});
		Ok(())
	}

	pub(crate) fn do_remove_auction(auction_id: AuctionId) -> DispatchResult {
		let auction = Self::ended(auction_id)?;
		ensure!(auction.bids.is_zero(), Error::<T>::BidsNotClaimed);
		let newest = LatestAuctions::<T>::get(auction.task_id) == Some(auction_id);
		if newest {
			let task = T::Tasks::assignable(auction.task_id);
			ensure!(task.is_none_or(|task| task.phase == TaskPhase::Ended), Error::<T>::RequestInUse);
			LatestAuctions::<T>::remove(auction.task_id);
		}

		if let Some(ticket) = AuctionTickets::<T>::take(auction_id) {
			ticket.drop(&auction.buyer)?;
		}
		Auctions::<T>::remove(auction_id);

		Self::deposit_event(Event::AuctionRemoved { auction_id });
		Ok(())
	}

	/// Gives the task to a remembered bid if its node still fits, or changes nothing but to say why not.
	fn award(auction_id: AuctionId, auction: &AuctionOf<T>, task: &TaskOf<T>, bid: &RankedBid<T::Balance>) -> bool {
		let assigned = with_storage_layer(|| {
			let candidate = T::Candidates::candidate(&bid.node).ok_or(Error::<T>::NodeNotFound)?;
			Self::evaluate(auction, task, &candidate, bid.price).map_err(|_| Error::<T>::NoLongerFits)?;
			T::Tasks::assign(auction.task_id, &bid.node, bid.price)
		});
		if let Err(error) = assigned {
			log::debug!(target: LOG_TARGET, "auction {auction_id} passes over node {:?}: {error:?}", bid.node);
			Self::deposit_event(Event::BidPassedOver { auction_id, node: bid.node, error });
		}
		assigned.is_ok()
	}

	/// What a node's bid is worth now.
	fn judge(auction: &AuctionOf<T>, node: &NodeId, price: T::Balance) -> Result<u32, Unfit> {
		let task = T::Tasks::assignable(auction.task_id)
			.filter(|task| task.phase == TaskPhase::Open)
			.ok_or(Unfit::TaskNotOpen)?;
		let candidate = T::Candidates::candidate(node).ok_or(Unfit::Unknown)?;
		Self::evaluate(auction, &task, &candidate, price)
	}

	fn evaluate(
		auction: &AuctionOf<T>,
		task: &TaskOf<T>,
		candidate: &Candidate<T::AccountId>,
		price: T::Balance,
	) -> Result<u32, Unfit> {
		let terms = MatchTerms {
			resource_type: task.resource_type,
			required_power: task.required_power,
			min_trust_level: task.min_trust_level,
			budget: auction.budget.saturated_into(),
			request: auction.request.clone(),
		};
		terms.evaluate(candidate, price.saturated_into())
	}

	fn move_bond(auction: &AuctionOf<T>, bid: &BidOf<T>, released: bool) -> DispatchResult {
		if auction.bond.is_zero() {
			return Ok(());
		}
		let (asset, reason) = (auction.asset.clone(), HoldReason::Bond.into());
		if released {
			T::Currency::release(asset, &reason, &bid.bidder, auction.bond, Precision::Exact)?;
		} else {
			T::Currency::transfer_on_hold(
				asset,
				&reason,
				&bid.bidder,
				&T::Treasury::get(),
				auction.bond,
				Precision::Exact,
				Restriction::Free,
				// It was at stake from the first moment: a freeze of the account does not save it.
				Fortitude::Force,
			)?;
		}
		Ok(())
	}

	fn running(auction_id: AuctionId) -> Result<AuctionOf<T>, DispatchError> {
		let auction = Auctions::<T>::get(auction_id).ok_or(Error::<T>::AuctionNotFound)?;
		ensure!(auction.is_running(), Error::<T>::AuctionEnded);
		Ok(auction)
	}

	fn ended(auction_id: AuctionId) -> Result<AuctionOf<T>, DispatchError> {
		let auction = Auctions::<T>::get(auction_id).ok_or(Error::<T>::AuctionNotFound)?;
		ensure!(!auction.is_running(), Error::<T>::AuctionNotEnded);
		Ok(auction)
	}

	/// The newest auction of a task.
	pub(crate) fn latest_of(task_id: TaskId) -> Option<(AuctionId, AuctionOf<T>)> {
		let auction_id = LatestAuctions::<T>::get(task_id)?;
		Some((auction_id, Auctions::<T>::get(auction_id)?))
	}

	pub(crate) fn now() -> BlockNumberFor<T> {
		frame_system::Pallet::<T>::block_number()
	}

	/// What a buyer pays a storage deposit for: the largest auction.
	pub(crate) fn auction_footprint() -> Footprint {
		Footprint::from_parts(1, AuctionOf::<T>::max_encoded_len())
	}

	/// What a bidder pays one for: the bid, and its place in the list by bidder.
	pub(crate) fn bid_footprint() -> Footprint {
		let list = T::AccountId::max_encoded_len().saturating_add(<(AuctionId, NodeId)>::max_encoded_len());
		Footprint::from_parts(1, BidOf::<T>::max_encoded_len().saturating_add(list))
	}
}
