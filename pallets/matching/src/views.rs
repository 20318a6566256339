//! What clients read. The runtime offers these as runtime APIs.

use crate::{AuctionOf, AuctionPhase, Auctions, BidOf, Bids, BidsByBidder, Config, Pallet};
use gpu_chain_primitives::{matching::AuctionId, NodeId, Page, TaskId};

impl<T: Config> Pallet<T> {
	/// The auction, unless there never was one of that number or it is removed.
	pub fn auction(auction_id: AuctionId) -> Option<AuctionOf<T>> {
		Auctions::<T>::get(auction_id)
	}

	/// The newest auction of a task.
	pub fn auction_of_task(task_id: TaskId) -> Option<(AuctionId, AuctionOf<T>)> {
		Self::latest_of(task_id)
	}

	/// What the auction waits for now.
	pub fn auction_phase(auction_id: AuctionId) -> Option<AuctionPhase> {
		Some(Auctions::<T>::get(auction_id)?.phase(Self::now()))
	}

	/// A node's bid in an auction, until it is claimed.
	pub fn bid(auction_id: AuctionId, node: &NodeId) -> Option<BidOf<T>> {
		Bids::<T>::get(auction_id, node)
	}

	/// A page of an auction's bids that are not claimed, in the order of storage.
	pub fn bids(auction_id: AuctionId, cursor: Option<NodeId>, limit: u32) -> Page<(NodeId, BidOf<T>), NodeId> {
		let rest = match cursor {
			None => Bids::<T>::iter_prefix(auction_id),
			Some(node) => Bids::<T>::iter_prefix_from(auction_id, Bids::<T>::hashed_key_for(auction_id, node)),
		};
		Page::collect(rest, limit, |(node, _)| *node)
	}

	/// A page of the bids of `bidder` that are not claimed, in the order of storage: auction and node of each.
	pub fn bids_by_bidder(
		bidder: &T::AccountId,
		cursor: Option<(AuctionId, NodeId)>,
		limit: u32,
	) -> Page<(AuctionId, NodeId), (AuctionId, NodeId)> {
		let rest = match cursor {
			None => BidsByBidder::<T>::iter_key_prefix(bidder),
			Some(key) => {
				BidsByBidder::<T>::iter_key_prefix_from(bidder, BidsByBidder::<T>::hashed_key_for(bidder, key))
			}
		};
		Page::collect(rest, limit, |key| *key)
	}
}
