//! What the pallet stores. Knows no Config.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::cmp::Ordering;
use frame_support::{traits::ConstU32, BoundedVec};
use gpu_chain_primitives::{
	matching::{MatchRequest, Unfit},
	NodeId, TaskId,
};
use scale_info::TypeInfo;
use sp_core::H256;

/// How many of the best revealed bids an auction remembers: if the best node cannot take the task any more when the auction is
/// settled, the next one has it.
pub const MAX_RANKED_BIDS: u32 = 4;

/// How an auction ended, or that it did not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum AuctionStatus<Balance> {
	/// It is not settled.
	Running,
	/// The best bid has the task.
	Awarded {
		/// The node.
		node: NodeId,
		/// What it does the task for.
		price: Balance,
		/// Its score when it revealed its bid.
		score: u32,
	},
	/// Nobody was found.
	Failed,
	/// The task went another way before the auction was settled.
	Voided {
		/// Whether that was settled while bids could still be revealed: then nobody had to.
		excuses_unrevealed: bool,
	},
}

/// What an auction waits for. Follows from the block and is not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum AuctionPhase {
	/// Bids are handed in, sealed.
	Commit,
	/// Bids are revealed.
	Reveal,
	/// Somebody settles it.
	Settle,
	/// Nothing, but for bonds to be claimed.
	Ended,
}

/// A revealed bid that may win.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct RankedBid<Balance> {
	/// The node.
	pub node: NodeId,
	/// What it would do the task for.
	pub price: Balance,
	/// Its score when it was revealed.
	pub score: u32,
}

impl<Balance: Ord + Copy> RankedBid<Balance> {
	/// Better first: higher score, then lower price, then lower id. Never equal for two bids of one auction.
	pub fn order(&self, other: &Self) -> Ordering {
		other.score.cmp(&self.score).then_with(|| self.price.cmp(&other.price)).then_with(|| self.node.cmp(&other.node))
	}
}

/// The best revealed bids, best first.
pub type RankedBids<Balance> = BoundedVec<RankedBid<Balance>, ConstU32<MAX_RANKED_BIDS>>;

/// Puts `bid` in its place and lets the last one drop out if there are too many.
pub fn insert_ranked<Balance: Ord + Copy>(best: &mut RankedBids<Balance>, bid: RankedBid<Balance>) {
	let at = best.partition_point(|other| other.order(&bid) == Ordering::Less);
	// Refused only where the list is full of better bids.
	let _ = best.force_insert_keep_left(at, bid);
}

/// A task that nodes bid for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Auction<AccountId, AssetKind, Balance, BlockNumber> {
	/// The task.
	pub task_id: TaskId,
	/// Whose task it is.
	pub buyer: AccountId,
	/// What the buyer asks of nodes beyond the task's own conditions.
	pub request: MatchRequest,
	/// The currency of the task, of bids and of bonds.
	pub asset: AssetKind,
	/// The most that a bid may ask, in the smallest unit of `asset`: what is held for the task.
	pub budget: Balance,
	/// What is held of each bidder until the bid is claimed.
	pub bond: Balance,
	/// The last block in which bids are handed in.
	pub commit_until: BlockNumber,
	/// The last block in which bids are revealed.
	pub reveal_until: BlockNumber,
	/// Bids that are stored: handed in and not claimed.
	pub bids: u32,
	/// The best revealed bids, best first.
	pub best: RankedBids<Balance>,
	/// How it ended, or that it did not.
	pub status: AuctionStatus<Balance>,
}

impl<AccountId, AssetKind, Balance: PartialEq, BlockNumber: Ord> Auction<AccountId, AssetKind, Balance, BlockNumber> {
	/// Whether it is not settled.
	pub fn is_running(&self) -> bool {
		self.status == AuctionStatus::Running
	}

	/// What it waits for in block `now`.
	pub fn phase(&self, now: BlockNumber) -> AuctionPhase {
		if !self.is_running() {
			AuctionPhase::Ended
		} else if now <= self.commit_until {
			AuctionPhase::Commit
		} else if now <= self.reveal_until {
			AuctionPhase::Reveal
		} else {
			AuctionPhase::Settle
		}
	}
}

/// What a bid was found to be when it was revealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct RevealedBid<Balance> {
	/// What the node would do the task for.
	pub price: Balance,
	/// Its score, or why it cannot win.
	pub outcome: Result<u32, Unfit>,
}

/// How many nodes a page of the index holds: whoever changes one writes all of them, whoever ranks reads a page at a time.
pub const INDEX_PAGE: u32 = 32;

/// Nodes and what is kept of each.
pub type IndexPage<Digest> = BoundedVec<(NodeId, Digest), ConstU32<INDEX_PAGE>>;

/// The page of a place in the index, and the place in that page.
pub fn page_of(place: u32) -> (u32, usize) {
	(place / INDEX_PAGE, (place % INDEX_PAGE) as usize)
}

/// A node's bid.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Bid<AccountId, Balance> {
	/// Who owns the node, and whose bond is held.
	pub bidder: AccountId,
	/// See [`bid_commitment`](gpu_chain_primitives::matching::bid_commitment).
	pub commitment: H256,
	/// What it opened to.
	pub revealed: Option<RevealedBid<Balance>>,
}
