//! # Work verification
//!
//! Proves what providers' nodes can compute: challenge rounds for all of them at once, and single challenges on demand.
//!
//! ## Rounds
//! One round at a time, for the whole chain: every active node, whatever its class, is challenged in the same window of
//! blocks. Coinciding windows are what keeps one card from answering for two nodes; one window for all classes is
//! stricter than one for each. Nobody knows before its parent block when a round opens: after [`Config::MinGap`] blocks
//! each block opens one with probability 1 in [`Config::MeanGap`], drawn from that block's own randomness, and at
//! [`Config::MaxGap`] it opens in any case.
//!
//! A node's seed is `keccak256(entropy ‖ round ‖ node id)`. Its proof is the k nonces with the smallest `keccak256(seed
//! ‖ nonce)` that it found in the window, in the order of the hashes. The chain computes k hashes and estimates the
//! work as `(k − 1) · 2^256 / h_k`; power is that work over the window (crate `gpu-work`, which miners use too). A node
//! may answer early and improve: a proof of more power replaces the one before.
//!
//! A proof made for another node or round consists of nonces whose hashes under this node's seed are random: it is
//! refused as unsorted, except for one in k! cases, in which it shows the power of about k hashes and is refused as too
//! weak.
//!
//! ```text
//!   gap: MinGap … MaxGap blocks        window: RoundWindow blocks
//! ──────────────────────────────┬────────────────────────────────────┬────────────
//!                          RoundOpened   submit_proof, improve …   RoundClosed
//! ```
//!
//! Seeds follow from the parent of the block that opens the round, so a miner that watches for it may begin a block's
//! length early, and show more power by one part in as many as the window has blocks; everybody may.
//!
//! Nothing here visits all nodes. Missed rounds are counted by arithmetic when a node is next touched: by a proof, a
//! change of its status, a challenge, or by anybody who calls `settle`. A round that is still open when a node leaves
//! the market need not be answered; but a node that leaves loses its verified power until it answers a round again, so
//! that nodes which share a card cannot take turns.
//!
//! ## Challenges on demand
//! One nonce whose hash meets a target before a deadline. A node's owner asks for one to bring a `Pending` node to
//! `Verified`; whoever pays for work that the node has taken may ask for one as a check. An owner earns reputation by
//! challenging its own node once only. The power that a single solution shows is a rough figure for the history; it
//! never counts as verified power.
//!
//! ## Lotteries
//! Hashes misrank devices for other work, so two more proofs stand behind rounds ([`gpu_work::matrix`],
//! [`gpu_work::table`]): when a round closes, a *lottery* opens for all devices of all nodes that claim power of its
//! kind, in the same window of blocks. Every [`Config::MemoryEvery`]-th is of memory, the others are of products of
//! matrices. The next round waits until devices are through with it.
//!
//! An owner says once what each device does a second ([`Call::claim_power`]). Its target is such that a true claim wins
//! [`Config::Wins`] times on average; with [`Config::Threshold`] wins it passes, and the wins are the measure of its
//! power.
//!
//! ```text
//!  block s   (+ TableFill)       + LotteryWindow  + CommitGrace                  + RevealWindow   + ChallengePeriod
//! ───┬────────────┬────────────────────┬────────────────┬──────────────────────────────┬────────────────┬──────
//!  LotteryOpened  WalksBegun     search ends      commit_power ends   SamplesDrawn,  LotteryClosed    final
//!  seeds known    (tables only)                                      reveal_power    challenge_power
//! ```
//!
//! What was found is committed to by its hash, before anybody knows which of it the chain will compute again; then it
//! is revealed, all of it, so that anybody can compute the rest and name a ticket that does not win. Who revealed one
//! is slashed, and loses all power of the kind.
//!
//! A device that does not pass shows nothing, and counts for nothing once the lottery is over; reputation does not
//! change. So a card cannot answer for two nodes by turns. Memory need not be shown while the node has open work: then
//! it is in use.
//!
//! ## Invariants
//! 1. The open round is the newest one, its window is not empty, and k is from 3 to [`Config::MaxValues`].
//! 2. No node has settled or proven rounds that are not there.
//! 3. The answers to the open round are no fewer than the nodes whose last proof is for it, and their power no less.
//! 4. Exactly the active nodes are challenged.
//! 5. No challenge ends before it begins.
//! 6. The open lottery is the newest one, behind a closed round; its blocks are in order, nothing is drawn before its
//!    time, and its numbers are within the bounds of the Config.
//! 7. Exactly the claims have deposits.
//! 8. Exactly the commitments of claims are listed, in ascending order, and none of a lottery that was not.
//! 9. A commitment is to between one and [`Config::MaxTickets`] tickets of its own kind.
//! 10. Power was shown in lotteries that were, by nodes that are active.
//!
//! ## Terminology
//! - *closed rounds*: all but the open one. *Settled*: counted as answered or missed.
//! - *power*: hashes per second; of lotteries see [`PowerVector`](gpu_chain_primitives::PowerVector).
//! - *ticket*: what can win in a lottery, a tile of a product or a walk through a table, in eight bytes. A *try* is
//!   looking at one.
//! - *device*: an accelerator of a node by its index; a node without any is device 0 itself.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod challenge_impls;
mod impl_traits;
pub mod lottery;
mod lottery_impls;
mod lottery_tick_impls;
pub mod power;
mod round_impls;
mod try_state;
pub mod types;
mod views;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use lottery::{
	ClaimEntry, ClosedLotteries, Commitment, DeviceClaim, DeviceIndex, Job, Lottery, LotteryJob, LotteryPower,
	PowerClaim, TicketFault,
};
pub use pallet::*;
pub use power::{PowerMoment, PowerRecord};
pub use types::{
	Challenge, NodeWork, ProofFault, Proven, Round, RoundNumber, RoundSummary, Verification, VerificationResult,
};
pub use weights::WeightInfo;

use frame_system::pallet_prelude::BlockNumberFor;

/// A lottery as this pallet stores it.
pub type LotteryOf<T> = Lottery<BlockNumberFor<T>>;

/// A commitment as this pallet stores it.
pub type CommitmentOf<T> = Commitment<BlockNumberFor<T>>;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::{
		pallet_prelude::*,
		traits::{tokens::Balance, Consideration, Footprint, Randomness, UnixTime},
	};
	use frame_system::pallet_prelude::*;
	use gpu_chain_primitives::{
		Collateral, HardwareInspect, HashRate, NodeId, OnPowerShown, OpenWork, ProofKind, ProviderControl,
		ProviderInspect, Reputation,
	};
	use gpu_work::Nonce;
	use sp_core::H256;
	use sp_runtime::Permill;

	/// The layout of this pallet's storage.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// Why this pallet has money held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The storage deposit for what a device claims and commits to.
		ClaimStorage,
	}

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// Reads nodes. With `()` no node is known and every call fails.
		type Providers: ProviderInspect<Self::AccountId>;

		/// Told when a challenge is solved. With `()` pending nodes stay pending.
		type ProviderControl: ProviderControl;

		/// Counts passed and failed challenges. With `()` nobody does.
		type Reputation: Reputation;

		/// Says who pays for a node's work. With `()` only owners may issue challenges.
		type OpenWork: OpenWork<Self::AccountId>;

		/// Randomness that nobody knew before the parent block.
		type Randomness: Randomness<H256, BlockNumberFor<Self>>;

		/// The newest block of the proof-of-work lane, mixed into the randomness. `None` where there is none.
		type WorkEntropy: Get<Option<H256>>;

		/// The time of the current block.
		type Time: UnixTime;

		/// The time between two blocks, milliseconds. Zero makes windows last as long as the blocks in them took.
		type BlockTime: Get<u64>;

		/// Blocks of a round's window. Zero counts as one.
		type RoundWindow: Get<BlockNumberFor<Self>>;

		/// The fewest blocks between two rounds. Zero: the next may open at once.
		type MinGap: Get<BlockNumberFor<Self>>;

		/// One block in so many opens a round once the fewest have passed. Zero counts as one: it opens at once.
		type MeanGap: Get<u32>;

		/// The most blocks between two rounds.
		type MaxGap: Get<BlockNumberFor<Self>>;

		/// How many nonces a proof has (k). Values below 3 count as 3, values above `MaxValues` as `MaxValues`.
		type Values: Get<u32>;

		/// The most nonces that a proof can have.
		#[pallet::constant]
		type MaxValues: Get<u32>;

		/// The least power of a valid proof, hashes per second. Zero: any.
		type MinimumPower: Get<HashRate>;

		/// Blocks that a proof counts. Zero: for its own block only.
		type PowerValidity: Get<BlockNumberFor<Self>>;

		/// Hashes that a challenge on demand takes on average. Zero counts as one.
		type ChallengeWork: Get<u128>;

		/// Blocks to solve a challenge in. Zero counts as one.
		type ChallengeWindow: Get<BlockNumberFor<Self>>;

		/// Blocks between two challenges of one node. Zero: none.
		type ChallengeCooldown: Get<BlockNumberFor<Self>>;

		/// Entries remembered of each node and of rounds; older ones are dropped. Must not be zero.
		#[pallet::constant]
		type HistoryLength: Get<u32>;

		/// Says how many accelerators a node has. With `()` each node is one device.
		type Hardware: HardwareInspect;

		/// Amounts of stake.
		type Balance: Balance;

		/// Slashes the stake of nodes that reveal false tickets. With `()` that costs them their power only.
		type Collateral: Collateral<Self::AccountId, Self::Balance>;

		/// Told when a node has revealed what it won. With `()` nobody is.
		type OnPowerShown: OnPowerShown;

		/// The storage deposit for a device's claim, wired with [`HoldReason::ClaimStorage`]. With `()` storage is
		/// free.
		type Consideration: Consideration<Self::AccountId, Footprint>;

		/// Blocks in which a lottery is searched. Zero: no lotteries.
		type LotteryWindow: Get<BlockNumberFor<Self>>;

		/// One lottery in so many is of memory, the others are of products. Zero: none is.
		type MemoryEvery: Get<u32>;

		/// Blocks to fill tables in before walks begin. Zero counts as one.
		type TableFill: Get<BlockNumberFor<Self>>;

		/// Blocks after the search in which commitments are accepted.
		type CommitGrace: Get<BlockNumberFor<Self>>;

		/// Blocks in which reveals are accepted, from the drawing of samples on. Zero counts as one.
		type RevealWindow: Get<BlockNumberFor<Self>>;

		/// Blocks after a reveal in which a false ticket can be named. Zero: in the reveal's own block only.
		type ChallengePeriod: Get<BlockNumberFor<Self>>;

		/// Wins that a true claim has on average. From 1 to `MaxTickets`.
		type Wins: Get<u32>;

		/// Wins that pass. From 1 to `MaxTickets`.
		type Threshold: Get<u32>;

		/// Tickets of a reveal that the chain computes itself, at most `MaxSamples`. Zero leaves it to watchers.
		type Samples: Get<u32>;

		/// Keccak hashes in the time of a walk, at most, for a table to count as memory: 17 with a table, 273 without.
		/// Zero: any.
		type HashesPerWalk: Get<u32>;

		/// The share of its stake that a node loses by revealing a false ticket.
		type ForgerySlash: Get<Permill>;

		/// The share of that slash which goes to whoever named the ticket.
		type ReporterShare: Get<Permill>;

		/// The most tickets of a reveal: twice the wins of a true claim, so that who does more claims more.
		#[pallet::constant]
		type MaxTickets: Get<u32>;

		/// The most tickets of a reveal that the chain computes.
		#[pallet::constant]
		type MaxSamples: Get<u32>;

		/// Commitments kept of a device and kind: as many as lotteries of a kind can open in `ChallengePeriod`. A
		/// device that has more cannot commit until the oldest can be challenged no more.
		#[pallet::constant]
		type MaxOpenReveals: Get<u32>;

		/// Weights of calls and hooks. `()`: estimates from reads and writes, for tests.
		type WeightInfo: WeightInfo;

		/// Makes nodes ready for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: gpu_chain_primitives::benchmarking::BenchmarkNodes<Self::AccountId>;
	}

	/// The round that is open, if any.
	#[pallet::storage]
	pub type CurrentRound<T: Config> = StorageValue<_, Round<BlockNumberFor<T>>>;

	/// How many rounds were opened: the number of the newest.
	#[pallet::storage]
	pub type RoundCount<T> = StorageValue<_, RoundNumber, ValueQuery>;

	/// The last block of the last closed round's window.
	#[pallet::storage]
	pub type LastClosed<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

	/// The last closed rounds, oldest first.
	#[pallet::storage]
	pub type RoundHistory<T: Config> =
		StorageValue<_, BoundedVec<RoundSummary<BlockNumberFor<T>>, T::HistoryLength>, ValueQuery>;

	/// Where each node stands. Node ids are hashes already, so they need no further hashing.
	#[pallet::storage]
	pub type NodeWorks<T: Config> = StorageMap<_, Identity, NodeId, NodeWork<BlockNumberFor<T>>, ValueQuery>;

	/// The challenge that each node has to solve.
	#[pallet::storage]
	pub type Challenges<T: Config> = StorageMap<_, Identity, NodeId, Challenge<T::AccountId, BlockNumberFor<T>>>;

	/// How many challenges were issued.
	#[pallet::storage]
	pub type ChallengeCount<T> = StorageValue<_, u64, ValueQuery>;

	/// What is remembered of each node's verifications, oldest first.
	#[pallet::storage]
	pub type History<T: Config> = StorageMap<
		_,
		Identity,
		NodeId,
		BoundedVec<VerificationResult<BlockNumberFor<T>>, T::HistoryLength>,
		ValueQuery,
	>;

	/// The lottery that is open, if any: from its seeds to its last reveal.
	#[pallet::storage]
	pub type CurrentLottery<T: Config> = StorageValue<_, LotteryOf<T>>;

	/// How many lotteries were opened.
	#[pallet::storage]
	pub type LotteryCount<T> = StorageValue<_, u32, ValueQuery>;

	/// The newest lotteries that are over.
	#[pallet::storage]
	pub type LastLotteries<T> = StorageValue<_, ClosedLotteries, ValueQuery>;

	/// What devices claim, by node. The number of devices is small, so a weak hash does.
	#[pallet::storage]
	pub type Claims<T> = StorageDoubleMap<_, Identity, NodeId, Twox64Concat, (ProofKind, DeviceIndex), DeviceClaim>;

	/// The storage deposit of each claim, and who paid it.
	#[pallet::storage]
	pub type ClaimTickets<T: Config> =
		StorageDoubleMap<_, Identity, NodeId, Twox64Concat, (ProofKind, DeviceIndex), (T::AccountId, T::Consideration)>;

	/// What devices committed to, while it can be revealed or challenged.
	#[pallet::storage]
	pub type Commitments<T: Config> =
		StorageDoubleMap<_, Identity, NodeId, Twox64Concat, (ProofKind, DeviceIndex, RoundNumber), CommitmentOf<T>>;

	/// The rounds of each device's commitments, oldest first.
	#[pallet::storage]
	pub type OpenCommitments<T: Config> = StorageDoubleMap<
		_,
		Identity,
		NodeId,
		Twox64Concat,
		(ProofKind, DeviceIndex),
		BoundedVec<RoundNumber, T::MaxOpenReveals>,
		ValueQuery,
	>;

	/// What nodes showed in lotteries.
	#[pallet::storage]
	pub type LotteryPowers<T: Config> = StorageMap<_, Identity, NodeId, LotteryPower<BlockNumberFor<T>>, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// All active nodes are challenged until `closes_at`, included.
		RoundOpened { round: RoundNumber, entropy: H256, closes_at: BlockNumberFor<T>, values: u32 },
		/// A round is over.
		RoundClosed { round: RoundNumber, answers: u32, total_power: HashRate },
		/// A node's proof was accepted.
		ProofAccepted { node: NodeId, round: RoundNumber, power: HashRate },
		/// A node's proof was replaced by one of more power.
		ProofImproved { node: NodeId, round: RoundNumber, power: HashRate },
		/// A node was found not to have answered so many rounds.
		RoundsMissed { node: NodeId, count: u32 },
		/// A node has a challenge to solve.
		ChallengeIssued {
			challenge: H256,
			node: NodeId,
			issued_by: T::AccountId,
			seed: H256,
			target: H256,
			deadline: BlockNumberFor<T>,
		},
		/// A challenge was solved, `solve_ms` milliseconds after it was issued.
		ChallengeSolved { challenge: H256, node: NodeId, solve_ms: u64, power: HashRate },
		/// A challenge was not solved in time.
		ChallengeFailed { challenge: H256, node: NodeId },
		/// A node is no longer registered, and all that was kept of it here is gone, but for what its devices claim.
		NodeForgotten { node: NodeId },
		/// A lottery is open to all devices that claim power of its kind. The search begins in `search_from`; each
		/// block named is the last one.
		LotteryOpened {
			round: RoundNumber,
			kind: ProofKind,
			entropy: H256,
			search_from: BlockNumberFor<T>,
			closes_at: BlockNumberFor<T>,
			commit_until: BlockNumberFor<T>,
			reveal_until: BlockNumberFor<T>,
		},
		/// Tables must be filled: walks through them begin with this.
		WalksBegun { round: RoundNumber, entropy: H256 },
		/// Nobody can commit any more: this picks the tickets that the chain computes.
		SamplesDrawn { round: RoundNumber, entropy: H256 },
		/// A lottery is over.
		LotteryClosed { round: RoundNumber, kind: ProofKind, answers: u32 },
		/// A device is said to do so much, and answers lotteries from that of round `from` on.
		PowerClaimed { node: NodeId, device: DeviceIndex, claim: PowerClaim, from: RoundNumber },
		/// A device answers lotteries of a kind no more.
		ClaimWithdrawn { node: NodeId, kind: ProofKind, device: DeviceIndex },
		/// A device committed to `count` tickets.
		PowerCommitted {
			node: NodeId,
			kind: ProofKind,
			device: DeviceIndex,
			round: RoundNumber,
			commitment: H256,
			count: u32,
		},
		/// A device showed so many tickets or walks a second. Until the block named anybody may name a false one.
		PowerProven {
			node: NodeId,
			kind: ProofKind,
			device: DeviceIndex,
			round: RoundNumber,
			tries_per_second: u64,
			challenge_until: BlockNumberFor<T>,
		},
		/// A ticket that a device had revealed does not win: its node is slashed and has lost its power of the kind.
		PowerForged {
			node: NodeId,
			kind: ProofKind,
			device: DeviceIndex,
			round: RoundNumber,
			ticket: u64,
			reporter: T::AccountId,
		},
		/// A forger could not be slashed; it lost its power all the same.
		SlashFailed { node: NodeId, error: DispatchError },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// There is no such node: register it first.
		UnknownNode,
		/// The node is another account's: sign with its owner's key.
		NotOwner,
		/// The node is not active: only active nodes answer rounds.
		NodeNotActive,
		/// No round of that number was opened yet.
		UnknownRound,
		/// The round is closed: a proof counts until the last block of its window.
		ProofTooLate,
		/// The node became active after the round had opened: it is challenged from the next one on.
		NotChallenged,
		/// The proof has more or fewer nonces than the round asks for.
		WrongNonceCount,
		/// The proof has the same nonce twice.
		DuplicateNonce,
		/// The nonces are not in ascending order of their hashes under this node's seed for this round. A proof of
		/// another node or round ends here, too.
		NoncesUnsorted,
		/// The proof shows less power than a node must have.
		PowerBelowMinimum,
		/// The node's accepted proof shows as much power or more.
		NotBetter,
		/// Only the node's owner, or who pays for work that it has taken, may issue a challenge.
		NotEntitled,
		/// The node was rejected or banned: it cannot be challenged.
		NodeOutOfService,
		/// The node has a challenge to solve already.
		ChallengeOutstanding,
		/// The node was challenged just now: wait for the cooldown.
		ChallengeTooSoon,
		/// The node has no challenge to solve.
		NoChallenge,
		/// The hash of that nonce is above the target.
		InvalidSolution,
		/// The challenge's deadline has passed.
		ChallengeExpired,
		/// The node has no missed round and no failed challenge that is not counted yet.
		NothingToSettle,
		/// The node has no device of that index.
		NoSuchDevice,
		/// The device claims no power of that kind: claim it first.
		NoClaim,
		/// The device would win by every try in a window, or its table has no room for an element: claim more.
		ClaimTooSmall,
		/// A lottery has fewer tries than that.
		ClaimTooLarge,
		/// The claim is newer than the lottery: it is tested from the next one on.
		ClaimTooNew,
		/// A reveal of the device can be challenged still: wait until that is over.
		StillChallengeable,
		/// No lottery of that kind is open.
		NoLottery,
		/// The search has not begun: tables are being filled.
		CommitTooEarly,
		/// The time to commit is over.
		CommitClosed,
		/// There are fewer tickets than pass.
		TooFewTickets,
		/// There are more tickets than a reveal can have: commit to some of them, and claim more power.
		TooManyTickets,
		/// As many reveals of the device can be challenged still as are kept: wait until the oldest cannot.
		TooManyOpenReveals,
		/// The device committed to nothing in that lottery, or it is not kept any more.
		NotCommitted,
		/// The device has revealed its tickets already.
		AlreadyRevealed,
		/// Samples are not drawn yet: who revealed now would show its tickets to whoever can still commit.
		RevealNotOpen,
		/// No lottery of that kind can be revealed to any more.
		RevealClosed,
		/// Tickets and salt are not those that this device of this node committed to in this lottery.
		CommitmentMismatch,
		/// The tickets are not in ascending order.
		TicketsUnordered,
		/// A ticket stands there twice.
		TicketReused,
		/// A ticket is of another node, device or round: it bears another seed's stamp.
		TicketOfAnotherNode,
		/// A ticket is of another batch than the one that it names.
		TicketOfAnotherBatch,
		/// A ticket names a tile beyond the edge of its batch.
		NoSuchTicket,
		/// A ticket that was computed does not win.
		TicketDoesNotWin,
		/// The device has not revealed its tickets.
		NothingRevealed,
		/// The time to name a false ticket is over.
		ChallengeClosed,
		/// There is no ticket of that index.
		IndexOutOfRange,
		/// The ticket wins: there is nothing false about it.
		TicketWins,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		/// Closes the round whose window is over, and opens the next one when its block has come. Costs the same
		/// however many nodes there are.
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			Self::tick(now)
		}

		fn integrity_test() {
			assert!(T::MaxValues::get() >= gpu_work::MIN_VALUES, "MaxValues must be 3 at least");
			assert!(T::HistoryLength::get() > 0, "HistoryLength must not be zero");
			assert!(T::MaxTickets::get() > 0, "MaxTickets must not be zero");
			assert!(T::MaxOpenReveals::get() > 0, "MaxOpenReveals must not be zero");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Answers the open round: `nonces` are the k nonces with the smallest hashes that the node found, in the order
		/// of the hashes. By the node's owner; again with a better proof, if there is one.
		///
		/// # Errors
		/// [`Error::UnknownNode`], [`Error::NotOwner`], [`Error::NodeNotActive`], [`Error::UnknownRound`],
		/// [`Error::ProofTooLate`], [`Error::NotChallenged`], [`Error::WrongNonceCount`], [`Error::DuplicateNonce`],
		/// [`Error::NoncesUnsorted`], [`Error::PowerBelowMinimum`], [`Error::NotBetter`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::submit_proof(nonces.len() as u32))]
		pub fn submit_proof(
			origin: OriginFor<T>,
			node: NodeId,
			round: RoundNumber,
			nonces: BoundedVec<Nonce, T::MaxValues>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_submit_proof(who, node, round, &nonces)
		}

		/// Challenges a node to find one nonce. By its owner, or by who pays for work that it has taken.
		///
		/// # Errors
		/// [`Error::UnknownNode`], [`Error::NotEntitled`], [`Error::NodeOutOfService`],
		/// [`Error::ChallengeOutstanding`], [`Error::ChallengeTooSoon`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::issue_challenge())]
		pub fn issue_challenge(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_issue_challenge(who, node)
		}

		/// Solves a node's challenge with a nonce whose hash meets the target. By the node's owner.
		///
		/// # Errors
		/// [`Error::UnknownNode`], [`Error::NotOwner`], [`Error::NoChallenge`], [`Error::ChallengeExpired`],
		/// [`Error::InvalidSolution`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::submit_solution())]
		pub fn submit_solution(origin: OriginFor<T>, node: NodeId, nonce: Nonce) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_submit_solution(who, node, nonce)
		}

		/// Counts a node's missed rounds and its expired challenge. By anybody. Of a node that was removed from the
		/// registry it drops all that is kept here.
		///
		/// # Errors
		/// [`Error::UnknownNode`], [`Error::NothingToSettle`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::settle())]
		pub fn settle(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_settle(node)
		}

		/// Says what a device does, or something else than before; it is tested from the next lottery on. By the node's
		/// owner, who pays a storage deposit for the first claim of a device and kind. Changed while a lottery is open
		/// the device cannot answer that one.
		///
		/// # Errors
		/// [`Error::UnknownNode`], [`Error::NotOwner`], [`Error::NodeOutOfService`], [`Error::NoSuchDevice`],
		/// [`Error::ClaimTooSmall`] (always while there are no lotteries), [`Error::ClaimTooLarge`], or the deposit
		/// cannot be paid.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::claim_power())]
		pub fn claim_power(
			origin: OriginFor<T>,
			node: NodeId,
			device: DeviceIndex,
			claim: PowerClaim,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_claim_power(who, node, device, claim)
		}

		/// Takes a claim back, with what is kept of its commitments, and returns the deposit to whoever paid it. By the
		/// node's owner; by anybody once the node is not registered any more.
		///
		/// # Errors
		/// [`Error::NoClaim`], [`Error::NotOwner`], [`Error::StillChallengeable`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::withdraw_claim())]
		pub fn withdraw_claim(
			origin: OriginFor<T>,
			node: NodeId,
			kind: ProofKind,
			device: DeviceIndex,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_withdraw_claim(who, node, kind, device)
		}

		/// Commits a device to the `count` tickets that it found in the open lottery, by their
		/// [`commitment_hash`](lottery::commitment_hash). By the node's owner; again for other tickets as long as
		/// commitments are accepted.
		///
		/// # Errors
		/// [`Error::UnknownNode`], [`Error::NotOwner`], [`Error::NodeNotActive`], [`Error::NoLottery`],
		/// [`Error::NotChallenged`], [`Error::NoClaim`], [`Error::ClaimTooNew`], [`Error::NoSuchDevice`],
		/// [`Error::CommitTooEarly`], [`Error::CommitClosed`], [`Error::TooFewTickets`], [`Error::TooManyTickets`],
		/// [`Error::ClaimTooSmall`] and [`Error::ClaimTooLarge`] after a change of parameters,
		/// [`Error::TooManyOpenReveals`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::commit_power())]
		pub fn commit_power(
			origin: OriginFor<T>,
			node: NodeId,
			kind: ProofKind,
			device: DeviceIndex,
			commitment: H256,
			count: u32,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_commit_power(who, node, kind, device, commitment, count)
		}

		/// Shows the tickets that a device committed to. The chain computes some of them again, which nobody knew when
		/// it committed. By the node's owner.
		///
		/// # Errors
		/// [`Error::UnknownNode`], [`Error::NotOwner`], [`Error::NodeNotActive`], [`Error::RevealClosed`],
		/// [`Error::NotChallenged`], [`Error::NotCommitted`], [`Error::AlreadyRevealed`], [`Error::RevealNotOpen`],
		/// [`Error::CommitmentMismatch`], [`Error::TooFewTickets`], [`Error::TicketReused`],
		/// [`Error::TicketsUnordered`], [`Error::TicketOfAnotherNode`], [`Error::TicketOfAnotherBatch`],
		/// [`Error::NoSuchTicket`], [`Error::TicketDoesNotWin`].
		#[pallet::call_index(7)]
		#[pallet::weight(Pallet::<T>::reveal_weight(*kind, tickets.len() as u32, T::MaxSamples::get()))]
		pub fn reveal_power(
			origin: OriginFor<T>,
			node: NodeId,
			kind: ProofKind,
			device: DeviceIndex,
			tickets: BoundedVec<u64, T::MaxTickets>,
			salt: H256,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			Self::do_reveal_power(who, node, kind, device, &tickets, salt)
		}

		/// Names a ticket of a reveal that does not win: the node is slashed, loses its power of the kind, and whoever
		/// named it has a share of the slash. By anybody; tickets and salt stand in the reveal.
		///
		/// # Errors
		/// [`Error::NotCommitted`], [`Error::NothingRevealed`], [`Error::ChallengeClosed`],
		/// [`Error::CommitmentMismatch`], [`Error::IndexOutOfRange`], [`Error::TicketWins`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::challenge_power(tickets.len() as u32))]
		pub fn challenge_power(
			origin: OriginFor<T>,
			node: NodeId,
			kind: ProofKind,
			device: DeviceIndex,
			round: RoundNumber,
			tickets: BoundedVec<u64, T::MaxTickets>,
			salt: H256,
			index: u32,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_challenge_power(who, node, kind, device, round, &tickets, salt, index)
		}
	}
}
