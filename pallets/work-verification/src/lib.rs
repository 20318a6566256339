//! # Work verification
//!
//! Proves what providers' nodes can compute: challenge rounds for all of them at once, and single challenges on demand.
//!
//! ## Rounds
//! One round at a time, for the whole chain: every active node, whatever its class, is challenged in the same window of
//! blocks. Coinciding windows are what keeps one card from answering for two nodes; one window for all classes is stricter
//! than one for each. Nobody knows before its parent block when a round opens: after [`Config::MinGap`] blocks each block opens one with probability
//! 1 in [`Config::MeanGap`], drawn from that block's own randomness, and at [`Config::MaxGap`] it opens in any case.
//!
//! A node's seed is `keccak256(entropy ‖ round ‖ node id)`. Its proof is the k nonces with the smallest
//! `keccak256(seed ‖ nonce)` that it found in the window, in the order of the hashes. The chain computes k hashes and
//! estimates the work as `(k − 1) · 2^256 / h_k`; power is that work over the window (crate `gpu-work`, which miners use too).
//! A node may answer early and improve: a proof of more power replaces the one before.
//!
//! A proof made for another node or round consists of nonces whose hashes under this node's seed are random: it is refused
//! as unsorted, except for one in k! cases, in which it shows the power of about k hashes and is refused as too weak.
//!
//! ```text
//!   gap: MinGap … MaxGap blocks        window: RoundWindow blocks
//! ──────────────────────────────┬────────────────────────────────────┬────────────
//!                          RoundOpened   submit_proof, improve …   RoundClosed
//! ```
//!
//! Seeds follow from the parent of the block that opens the round, so a miner that watches for it may begin a block's length
//! early, and show more power by one part in as many as the window has blocks; everybody may.
//!
//! Nothing here visits all nodes. Missed rounds are counted by arithmetic when a node is next touched: by a proof, a change of
//! its status, a challenge, or by anybody who calls `settle`. A round that is still open when a node leaves the market need
//! not be answered; but a node that leaves loses its verified power until it answers a round again, so that nodes which share
//! a card cannot take turns.
//!
//! ## Challenges on demand
//! One nonce whose hash meets a target before a deadline. A node's owner asks for one to bring a `Pending` node to
//! `Verified`; whoever pays for work that the node has taken may ask for one as a check. An owner earns reputation by
//! challenging its own node once only. The power that a single solution shows is a rough figure for the history; it never
//! counts as verified power.
//!
//! ## Invariants
//! 1. The open round is the newest one, its window is not empty, and k is from 3 to [`Config::MaxValues`].
//! 2. No node has settled or proven rounds that are not there.
//! 3. The answers to the open round are no fewer than the nodes whose last proof is for it, and their power no less.
//! 4. Exactly the active nodes are challenged.
//! 5. No challenge ends before it begins.
//!
//! ## Terminology
//! - *closed rounds*: all but the open one. *Settled*: counted as answered or missed.
//! - *power*: hashes per second.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod challenge_impls;
mod impl_traits;
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

pub use pallet::*;
pub use types::{
	Challenge, NodeWork, ProofFault, Proven, Round, RoundNumber, RoundSummary, Verification, VerificationResult,
};
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::{
		pallet_prelude::*,
		traits::{Randomness, UnixTime},
	};
	use frame_system::pallet_prelude::*;
	use gpu_chain_primitives::{HashRate, NodeId, OpenWork, ProviderControl, ProviderInspect, Reputation};
	use gpu_work::Nonce;
	use sp_core::H256;

	/// The layout of this pallet's storage.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

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
		/// A node is no longer registered, and all that was kept of it here is gone.
		NodeForgotten { node: NodeId },
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
		/// The nonces are not in ascending order of their hashes under this node's seed for this round. A proof of another
		/// node or round ends here, too.
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
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		/// Closes the round whose window is over, and opens the next one when its block has come. Costs the same however many
		/// nodes there are.
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			Self::tick(now)
		}

		fn integrity_test() {
			assert!(T::MaxValues::get() >= gpu_work::MIN_VALUES, "MaxValues must be 3 at least");
			assert!(T::HistoryLength::get() > 0, "HistoryLength must not be zero");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Answers the open round: `nonces` are the k nonces with the smallest hashes that the node found, in the order of the
		/// hashes. By the node's owner; again with a better proof, if there is one.
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
		/// [`Error::UnknownNode`], [`Error::NotEntitled`], [`Error::NodeOutOfService`], [`Error::ChallengeOutstanding`],
		/// [`Error::ChallengeTooSoon`].
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

		/// Counts a node's missed rounds and its expired challenge. By anybody. Of a node that was removed from the registry it
		/// drops all that is kept here.
		///
		/// # Errors
		/// [`Error::UnknownNode`], [`Error::NothingToSettle`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::settle())]
		pub fn settle(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_settle(node)
		}
	}
}
