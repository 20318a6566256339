//! # Matching
//!
//! The best node for a task, by sealed bids and one score that everybody can compute.
//!
//! ## Overview
//! A buyer puts an open task up for auction and says what counts how much in the score, where nodes may be, what hardware they
//! need and, for a service level, what uptime. Nodes bid under seal, reveal their bids, and the one with the best
//! score has the task at its price. The score is [`MatchTerms::evaluate`](gpu_chain_primitives::matching::MatchTerms::evaluate),
//! the same function that ranks nodes for clients.
//!
//! ```text
//! blocks:        opened ── commit_until ──────── reveal_until ──────────────────────▶
//!                  │ commit_bid ↻  │ reveal_bid ↻       │ settle (anybody)
//!                  ▼               ▼                    ▼
//! open_auction ▶ Running ───────────────────────────────┬──▶ Awarded   the task is the best bid's
//!                  │                                    └──▶ Failed    nobody fits: fallback
//!                  │ the task was taken or taken back
//!                  └── settle ─────────────────────────────▶ Voided
//!                                                             │ claim_bond ↻ ── remove_auction ─▶ (gone)
//! ```
//!
//! ### Sealed bids
//! Who commits shows a hash of auction, bidder, node, price and a salt, so nobody else can open it or use it as their own. Every
//! bid holds a bond, a share of the budget in the task's currency. Whoever does not reveal in time loses it
//! to the treasury: looking at the others' prices first and then keeping quiet is not free. Who reveals has it back, winner or not.
//! A node bids once in an auction.
//!
//! Prices are judged when they are revealed, with what the chain knows of the node in that block. The auction remembers the best
//! four, so that its state does not grow with the number of bids. When it is settled each is looked at again, best
//! first: a node that cannot take the task any more (it is offline, full, has lost its trust) is passed over.
//!
//! ### Nobody fits
//! If the request asks for a service level, the task is open to trusted nodes (tier 1 and 2) that meet the rest of it;
//! if not, to whoever meets it. Its buyer may take the task back or hold another auction.
//!
//! ### Ranked lists
//! Who looks for a node asks for the list that the same score makes of all active nodes at the prices they ask. Each of those
//! is known from five pallets, so reading ten thousand would take a third of a second. A digest of each is kept in an
//! index ([`IndexPages`]), thirty-two to a page. It holds records, not results: uptime and power are computed at the
//! moment of the question. A digest is written anew when the node's status, offer or ask changes, with its heartbeats and its proofs, and
//! by `refresh_node`. Auctions never use it: they read what is known of a node at first hand.
//!
//! ### Direct accept
//! Where the buyer allows it (`direct`), a node that meets the request can take the task at its whole price while bids
//! are collected. The auction is then void, and all who could still reveal have their bonds back.
//!
//! ### Self-dealing
//! A buyer's own nodes cannot bid. One that bids by another account pays the platform's fee on the price, and
//! has a bond at stake with each bid. A buyer cannot take the task back after somebody has bid.
//!
//! ## Invariants
//! 1. Every auction's number is below [`NextAuctionId`], and every auction has a storage deposit in [`AuctionTickets`].
//! 2. [`LatestAuctions`] names existing auctions of those tasks, the newest of each; only that one may be running.
//! 3. Every bid belongs to an auction, which counts it, and has a storage deposit in [`BidTickets`].
//! 4. [`BidsByBidder`] lists exactly all bids.
//! 5. For each bidder and currency, the bonds of their bids are exactly what is on hold for [`HoldReason::Bond`].
//! 6. The best bids of a running auction are in order, are its bids, and were revealed to be so.
//! 7. [`IndexPlaces`] and [`IndexPages`] list the same nodes at the same places, without gaps, as many as
//!    [`IndexCounts`] says.
//!
//! ## Terminology
//! - *request*: what a buyer asks of nodes beyond the task's own conditions.
//! - *fits*: meets request, conditions and budget. *Fallback*: a trusted node that need not have shown its uptime.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod dispatchable_impls;
mod impl_index;
mod impl_requests;
mod try_state;
pub mod types;
mod views;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::{Auction, AuctionPhase, AuctionStatus, Bid, RankedBid, RevealedBid};
pub use weights::WeightInfo;

use frame_system::pallet_prelude::BlockNumberFor;

const LOG_TARGET: &str = "runtime::matching";

/// An auction as this pallet stores it.
pub type AuctionOf<T> = Auction<
	<T as frame_system::Config>::AccountId,
	<T as Config>::AssetKind,
	<T as Config>::Balance,
	BlockNumberFor<T>,
>;

/// A page of the index as this pallet stores it.
pub type IndexPage<T> = types::IndexPage<<<T as Config>::Digests as gpu_chain_primitives::NodeDigests>::Digest>;

/// A bid as this pallet stores it.
pub type BidOf<T> = Bid<<T as frame_system::Config>::AccountId, <T as Config>::Balance>;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::{
		pallet_prelude::*,
		traits::{fungibles::hold, tokens::Balance, Consideration, Footprint},
	};
	use frame_system::pallet_prelude::*;
	use gpu_chain_primitives::{
		matching::{AuctionId, BidSalt, MatchRequest, Unfit},
		Assignable, Candidates, NodeDigests, NodeId, ResourceType, TaskId,
	};
	use sp_core::H256;
	use sp_runtime::Permill;

	/// The layout of this pallet's storage.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The currencies that tasks are paid in.
		type AssetKind: Parameter + Member + MaxEncodedLen;

		/// Amounts of any of them.
		type Balance: Balance;

		/// Holds and moves bonds.
		type Currency: hold::Mutate<
			Self::AccountId,
			AssetId = Self::AssetKind,
			Balance = Self::Balance,
			Reason = Self::RuntimeHoldReason,
		>;

		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;

		/// Who receives the bonds of bids that were not revealed. The account should exist: a bond too small to create it
		/// cannot be claimed otherwise.
		type Treasury: Get<Self::AccountId>;

		/// Knows the tasks and gives them to nodes. With `()` there is nothing to auction.
		type Tasks: Assignable<Self::AccountId, Self::AssetKind, Self::Balance>;

		/// Knows the nodes. With `()` nobody can bid.
		type Candidates: Candidates<Self::AccountId>;

		/// What the index keeps of nodes. With `()` it is empty, and so are ranked lists.
		type Digests: NodeDigests;

		/// The storage deposit for an auction or a bid, wired with [`HoldReason::Storage`]. With `()` storage is free.
		type Consideration: Consideration<Self::AccountId, Footprint>;

		/// Blocks in which bids are handed in, from the next on. Zero counts as 1.
		type CommitWindow: Get<BlockNumberFor<Self>>;

		/// Blocks after those in which bids are revealed. Zero counts as 1.
		type RevealWindow: Get<BlockNumberFor<Self>>;

		/// The share of the budget that each bid holds as its bond, rounded up. With zero not revealing costs nothing.
		type BidBond: Get<Permill>;

		/// What the calls cost.
		type WeightInfo: WeightInfo;

		/// Makes nodes, currencies and tasks ready for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: gpu_chain_primitives::benchmarking::BenchmarkNodes<Self::AccountId>
			+ gpu_chain_primitives::benchmarking::BenchmarkCurrency<Self::AssetKind, Self::AccountId, Self::Balance>
			+ crate::benchmarking::BenchmarkTasks<Self::AccountId, Self::AssetKind, Self::Balance>;
	}

	/// Why this pallet has money held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The storage deposit for an auction or a bid.
		Storage,
		/// What a bidder loses by not revealing a bid.
		Bond,
	}

	/// The next auction's number.
	#[pallet::storage]
	pub type NextAuctionId<T> = StorageValue<_, AuctionId, ValueQuery>;

	/// All auctions that were not removed. The numbers are given by the chain, so a weak hash does.
	#[pallet::storage]
	pub type Auctions<T: Config> = StorageMap<_, Twox64Concat, AuctionId, AuctionOf<T>>;

	/// The storage deposit of each auction, which its buyer paid.
	#[pallet::storage]
	pub type AuctionTickets<T: Config> = StorageMap<_, Twox64Concat, AuctionId, T::Consideration>;

	/// The newest auction of each task that was up for auction.
	#[pallet::storage]
	pub type LatestAuctions<T> = StorageMap<_, Twox64Concat, TaskId, AuctionId>;

	/// The bids of each auction until they are claimed. A node's number is a hash that its owner can choose among, hence the
	/// strong hash.
	#[pallet::storage]
	pub type Bids<T: Config> = StorageDoubleMap<_, Twox64Concat, AuctionId, Blake2_128Concat, NodeId, BidOf<T>>;

	/// The storage deposit of each bid, which its bidder paid.
	#[pallet::storage]
	pub type BidTickets<T: Config> =
		StorageDoubleMap<_, Twox64Concat, AuctionId, Blake2_128Concat, NodeId, T::Consideration>;

	/// Bids by bidder.
	#[pallet::storage]
	pub type BidsByBidder<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Blake2_128Concat, (AuctionId, NodeId), ()>;

	/// The digests of active nodes by their type, in pages that are full but for the last. Neither key can be chosen freely.
	#[pallet::storage]
	pub type IndexPages<T: Config> =
		StorageDoubleMap<_, Identity, ResourceType, Twox64Concat, u32, IndexPage<T>, ValueQuery>;

	/// How many nodes of a type are in the index.
	#[pallet::storage]
	pub type IndexCounts<T> = StorageMap<_, Identity, ResourceType, u32, ValueQuery>;

	/// Where in the index a node is: its type, and its place from zero. Node ids are hashes already.
	#[pallet::storage]
	pub type IndexPlaces<T> = StorageMap<_, Identity, NodeId, (ResourceType, u32)>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A task is up for auction: bids are handed in and then revealed until the blocks named.
		AuctionOpened {
			auction_id: AuctionId,
			task_id: TaskId,
			buyer: T::AccountId,
			budget: T::Balance,
			bond: T::Balance,
			direct: bool,
			commit_until: BlockNumberFor<T>,
			reveal_until: BlockNumberFor<T>,
		},
		/// A node has bid, under seal.
		BidCommitted { auction_id: AuctionId, node: NodeId, bidder: T::AccountId, commitment: H256 },
		/// A bid was revealed: its score, or why it cannot win.
		BidRevealed { auction_id: AuctionId, node: NodeId, price: T::Balance, outcome: Result<u32, Unfit> },
		/// A better bid than the winner's cannot have the task any more.
		BidPassedOver { auction_id: AuctionId, node: NodeId, error: DispatchError },
		/// The best bid has the task.
		AuctionAwarded { auction_id: AuctionId, task_id: TaskId, node: NodeId, price: T::Balance, score: u32 },
		/// Nobody was found. Nodes that meet the request may take the task directly; if it asks for a service level, `trusted_only`.
		AuctionFailed { auction_id: AuctionId, task_id: TaskId, trusted_only: bool },
		/// The task went another way.
		AuctionVoided { auction_id: AuctionId, task_id: TaskId, excuses_unrevealed: bool },
		/// A bidder has its bond back.
		BondReleased { auction_id: AuctionId, node: NodeId, bidder: T::AccountId, amount: T::Balance },
		/// A bidder did not reveal and lost its bond to the treasury.
		BondForfeited { auction_id: AuctionId, node: NodeId, bidder: T::AccountId, amount: T::Balance },
		/// An ended auction was forgotten.
		AuctionRemoved { auction_id: AuctionId },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// There is no such task; it may have been removed.
		TaskNotFound,
		/// The task is not open: it is taken, or has ended.
		TaskNotOpen,
		/// Only the task's buyer may do this.
		NotBuyer,
		/// The request makes no sense: weights must add up to 10,000, regions be named once, a limit of latency comes with
		/// regions, and the uptime is at most 10,000.
		BadRequest,
		/// The task is up for auction already: let that one be settled first.
		AuctionRunning,
		/// There is no such auction; it may have been removed.
		AuctionNotFound,
		/// The auction is settled; nothing more can be done in it, but for bonds to be claimed.
		AuctionEnded,
		/// The auction is not settled: settle it first.
		AuctionNotEnded,
		/// Bids are not handed in any more; look for the next auction.
		CommitWindowOver,
		/// Bids are still being handed in: reveal when that is over.
		RevealWindowNotOpen,
		/// Bids are not revealed any more.
		RevealWindowOver,
		/// Bids can still be revealed: settle when that is over.
		RevealWindowNotOver,
		/// There is no such node.
		NodeNotFound,
		/// Only the node's owner may bid for it.
		NotNodeOwner,
		/// A buyer cannot bid for its own task.
		SelfDealing,
		/// The node is not active; activate it first.
		NodeNotActive,
		/// The task needs another kind of node.
		WrongResourceType,
		/// The node has bid in this auction already.
		AlreadyBid,
		/// The node has no bid in this auction; it may have been claimed.
		BidNotFound,
		/// Only who handed the bid in may reveal it.
		NotBidder,
		/// The bid is revealed already.
		AlreadyRevealed,
		/// Price and salt are not those that were committed to.
		CommitmentMismatch,
		/// The node does not fit the request any more.
		NoLongerFits,
		/// The node is not active, so it is not ranked.
		NotRanked,
		/// Bonds of this auction are not claimed: claim them first.
		BidsNotClaimed,
		/// The auction's task is not over, and this is its newest auction, by whose request nodes are judged.
		RequestInUse,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Puts an open task of the caller's up for auction. With `direct`, nodes that meet the request may take it at its whole
		/// price meanwhile. A storage deposit is held until the auction is removed.
		///
		/// # Errors
		/// [`Error::TaskNotFound`], [`Error::NotBuyer`], [`Error::TaskNotOpen`], [`Error::BadRequest`],
		/// [`Error::AuctionRunning`], or the caller cannot spare the deposit.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::open_auction())]
		pub fn open_auction(
			origin: OriginFor<T>,
			task_id: TaskId,
			request: MatchRequest,
			direct: bool,
		) -> DispatchResult {
			Self::do_open_auction(ensure_signed(origin)?, task_id, request, direct)
		}

		/// Bids for a node of the caller's, under seal: `commitment` is `blake2_256` of the SCALE encoding of auction, bidder,
		/// node, price (`u128`, for all of the task) and a salt of 32 bytes, see
		/// [`bid_commitment`](gpu_chain_primitives::matching::bid_commitment). The auction's bond and a storage deposit are
		/// held.
		///
		/// # Errors
		/// [`Error::AuctionNotFound`], [`Error::AuctionEnded`], [`Error::CommitWindowOver`], [`Error::TaskNotOpen`],
		/// [`Error::NodeNotFound`], [`Error::NotNodeOwner`], [`Error::SelfDealing`], [`Error::NodeNotActive`],
		/// [`Error::WrongResourceType`], [`Error::AlreadyBid`], or the caller cannot spare bond and deposit.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::commit_bid())]
		pub fn commit_bid(
			origin: OriginFor<T>,
			auction_id: AuctionId,
			node_id: NodeId,
			commitment: H256,
		) -> DispatchResult {
			Self::do_commit_bid(ensure_signed(origin)?, auction_id, node_id, commitment)
		}

		/// Reveals a bid of the caller's. Who does has the bond back when the auction is settled, whatever the bid is worth.
		///
		/// # Errors
		/// [`Error::AuctionNotFound`], [`Error::AuctionEnded`], [`Error::RevealWindowNotOpen`],
		/// [`Error::RevealWindowOver`], [`Error::BidNotFound`], [`Error::NotBidder`], [`Error::AlreadyRevealed`],
		/// [`Error::CommitmentMismatch`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::reveal_bid())]
		pub fn reveal_bid(
			origin: OriginFor<T>,
			auction_id: AuctionId,
			node_id: NodeId,
			price: T::Balance,
			salt: BidSalt,
		) -> DispatchResult {
			Self::do_reveal_bid(ensure_signed(origin)?, auction_id, node_id, price, salt)
		}

		/// Gives the task to the best of the revealed bids, or says that there is none. Anybody may, and it is free for whoever
		/// does.
		///
		/// # Errors
		/// [`Error::AuctionNotFound`], [`Error::AuctionEnded`], [`Error::RevealWindowNotOver`] while the task is open.
		#[pallet::call_index(3)]
		// Bids can be passed over a little later than in the benchmark.
		#[pallet::weight(T::WeightInfo::settle()
			.saturating_add(T::WeightInfo::is_met().saturating_mul(types::MAX_RANKED_BIDS.into())))]
		pub fn settle(origin: OriginFor<T>, auction_id: AuctionId) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::do_settle(auction_id)?;
			Ok(Pays::No.into())
		}

		/// Closes a bid of a settled auction: its bond goes back to the bidder, or to the treasury if it was not revealed, and its
		/// storage deposit to the bidder. Anybody may.
		///
		/// # Errors
		/// [`Error::AuctionNotFound`], [`Error::AuctionNotEnded`], [`Error::BidNotFound`], or the treasury cannot receive
		/// the bond.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::claim_bond())]
		pub fn claim_bond(origin: OriginFor<T>, auction_id: AuctionId, node_id: NodeId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_claim_bond(auction_id, node_id)
		}

		/// Forgets a settled auction whose bids are all claimed, and returns its storage deposit to the buyer. The newest auction of
		/// a task stays until the task has ended. Anybody may.
		///
		/// # Errors
		/// [`Error::AuctionNotFound`], [`Error::AuctionNotEnded`], [`Error::BidsNotClaimed`], [`Error::RequestInUse`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::remove_auction())]
		pub fn remove_auction(origin: OriginFor<T>, auction_id: AuctionId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_remove_auction(auction_id)
		}

		/// Writes what is known of an active node into the index of ranked lists, where it may have grown old since its last heartbeat
		/// or proof. Anybody may.
		///
		/// # Errors
		/// [`Error::NotRanked`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::refresh_node())]
		pub fn refresh_node(origin: OriginFor<T>, node_id: NodeId) -> DispatchResult {
			ensure_signed(origin)?;
			ensure!(Self::refresh(&node_id), Error::<T>::NotRanked);
			Ok(())
		}
	}
}
