//! Which node gets which task.

use codec::Codec;
use gpu_chain_primitives::{
	matching::{AuctionId, MatchTerms, RankCursor, RankedNode, Unfit},
	NodeId, Page, TaskId,
};
use pallet_matching::{Auction, AuctionPhase, Bid};

sp_api::decl_runtime_apis! {
	/// Ranks nodes and reads auctions.
	pub trait MatchingApi<AccountId, AssetKind, Balance, BlockNumber>
	where
		AccountId: Codec,
		AssetKind: Codec,
		Balance: Codec,
		BlockNumber: Codec,
	{
		/// The active nodes that fit, at the prices they ask (plancks an hour; so is the budget then), best first. Of a request
		/// for a service level that nobody gives: the trusted nodes that fit but for their uptime. `None` if the request makes
		/// no sense.
		fn rank(
			terms: MatchTerms,
			cursor: Option<RankCursor>,
			limit: u32,
		) -> Option<Page<RankedNode, RankCursor>>;
		/// The score of a node at a price, or why it does not fit.
		fn evaluate(terms: MatchTerms, node: NodeId, price: u128) -> Result<u32, Unfit>;
		/// The auction, unless it was never opened or is removed.
		fn auction(auction: AuctionId) -> Option<Auction<AccountId, AssetKind, Balance, BlockNumber>>;
		/// The newest auction of a task.
		fn auction_of_task(
			task: TaskId,
		) -> Option<(AuctionId, Auction<AccountId, AssetKind, Balance, BlockNumber>)>;
		/// What the auction waits for now.
		fn auction_phase(auction: AuctionId) -> Option<AuctionPhase>;
		/// A node's bid, until it is claimed.
		fn bid(auction: AuctionId, node: NodeId) -> Option<Bid<AccountId, Balance>>;
		/// An auction's bids that are not claimed.
		fn bids(
			auction: AuctionId,
			cursor: Option<NodeId>,
			limit: u32,
		) -> Page<(NodeId, Bid<AccountId, Balance>), NodeId>;
		/// A bidder's bids that are not claimed.
		fn bids_by_bidder(
			bidder: AccountId,
			cursor: Option<(AuctionId, NodeId)>,
			limit: u32,
		) -> Page<(AuctionId, NodeId), (AuctionId, NodeId)>;
	}
}
