//! # Reputation
//!
//! Nodes' track records: scores and counters, moved by what happens to their work.
//!
//! ## Overview
//!
//! Each registered node has one record: a score from 0 to 10,000 basis points, four counters (challenges passed and
//! failed, tasks completed and failed, a dispute being one or the other) and a flag. The pallets above it report outcomes through
//! [`Reputation::record`](gpu_chain_primitives::Reputation::record), which cannot fail; everybody reads records through
//! [`ReputationInspect`](gpu_chain_primitives::ReputationInspect). How far an outcome moves the score is a governed
//! parameter. Scores and counters saturate.
//!
//! A node of which too large a share of outcomes were failures is flagged for review. An admin who has looked clears the
//! flag, and from then on only newer outcomes count towards the next one; a flag also clears by itself once the share has
//! fallen back to the threshold.
//!
//! ```text
//!   on_node_registered        record: failures > FlagThreshold of at least MinOutcomesForFlag
//!  ───────────────────▶ unflagged ───────────────────────────────────────────▶ flagged
//!                           ▲                                                     │
//!                           └──── record: share at the threshold or below ────────┤
//!                           └──── clear_flag: counting starts afresh ─────────────┘
//! ```
//!
//! ## Invariants
//!
//! 1. A score is at most [`FULL_SCORE`](gpu_chain_primitives::FULL_SCORE).
//! 2. A history and a review belong to a node that has a record.
//! 3. A history is not empty, its blocks never decrease and are not in the future, and its newest score is the record's.
//! 4. A review counts no more outcomes and no more failures than the record does, and no more failures than outcomes.
//!
//! ## Terminology
//!
//! - **Outcome**: one thing that happened to a node's work; see [`WorkOutcome`](gpu_chain_primitives::WorkOutcome).
//! - **Score**: what buyers weigh, in basis points.
//! - **Flag**: somebody should look at this node.
//! - **Review**: what the counters were when an admin last cleared the flag.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod dispatchable_impls;
mod impl_reputation;
mod try_state;
mod types;
mod views;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::{Review, ScoreCause, ScoreChange};
pub use weights::WeightInfo;

/// See the crate's documentation.
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;
	use gpu_chain_primitives::{BasisPoints, NodeId, TrackRecord};
	use sp_runtime::Permill;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// Who may clear flags and adjust scores. With `EnsureNever` nobody may, and flags only clear by themselves.
		type AdminOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// A new node's score, basis points. What is above 10,000 counts as 10,000; zero starts every node at the bottom.
		type InitialScore: Get<BasisPoints>;

		/// What a passed challenge adds, basis points. Zero: passing is only counted.
		type ChallengePassedReward: Get<BasisPoints>;

		/// What each failed or missed challenge takes, basis points. Zero: failing is only counted.
		type ChallengeFailedPenalty: Get<BasisPoints>;

		/// What a completed task adds, basis points. Zero: completing is only counted.
		type TaskCompletedReward: Get<BasisPoints>;

		/// What a failed task takes, basis points. Zero: failing is only counted.
		type TaskFailedPenalty: Get<BasisPoints>;

		/// What a dispute that was decided for the provider adds, basis points. Zero: winning is only counted.
		type DisputeWonReward: Get<BasisPoints>;

		/// What a dispute that was decided for the buyer takes, basis points. Zero: losing is only counted.
		type DisputeLostPenalty: Get<BasisPoints>;

		/// A node is flagged when failures are more than this share of its outcomes. Zero: any failure is too much; one:
		/// nobody is ever flagged.
		type FlagThreshold: Get<Permill>;

		/// A node with fewer outcomes than this is not flagged, so that one early failure does not do it. Zero: the first
		/// outcome may flag.
		type MinOutcomesForFlag: Get<u32>;

		/// Score changes remembered for each node; older ones are dropped. Must not be zero.
		#[pallet::constant]
		type HistoryLength: Get<u32>;

		/// Weights of the calls and of `on_node_registered`. `()`: estimates from reads and writes, for tests.
		type WeightInfo: WeightInfo;
	}

	/// Each node's record. Node ids are hashes already, so they need no further hashing here or below.
	#[pallet::storage]
	pub type Records<T: Config> = StorageMap<_, Identity, NodeId, TrackRecord, OptionQuery>;

	/// Each node's last score changes, oldest first.
	#[pallet::storage]
	pub type History<T: Config> =
		StorageMap<_, Identity, NodeId, BoundedVec<ScoreChange<BlockNumberFor<T>>, T::HistoryLength>, ValueQuery>;

	/// What a node's counters were when its flag was last cleared by an admin; absent before.
	#[pallet::storage]
	pub type Reviews<T: Config> = StorageMap<_, Identity, NodeId, Review, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A node was registered and has a record.
		RecordCreated {
			/// The node.
			node: NodeId,
			/// Its score, basis points.
			score: BasisPoints,
		},
		/// An outcome was counted, or the score adjusted. `old` and `new` are alike where the score had no room to move.
		ReputationChanged {
			/// The node.
			node: NodeId,
			/// The score before, basis points.
			old: BasisPoints,
			/// The score after, basis points.
			new: BasisPoints,
			/// What moved it.
			cause: ScoreCause,
		},
		/// Too large a share of a node's outcomes were failures: somebody should look.
		NodeFlagged {
			/// The node.
			node: NodeId,
		},
		/// A node's flag was cleared, by an admin or because its share of failures fell.
		NodeUnflagged {
			/// The node.
			node: NodeId,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// No node with this id has a record: check the id.
		UnknownNode,
		/// The node has a record already: a node is registered once.
		RecordExists,
		/// The node is not flagged, so there is no flag to clear.
		NotFlagged,
		/// The adjustment is zero: name by how many basis points the score shall move.
		ZeroDelta,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(
				T::HistoryLength::get() > 0,
				"HistoryLength must not be zero: the newest score change is always kept"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Clears a node's flag after a review. Outcomes counted until now count no longer towards the next flag.
		///
		/// # Errors
		/// [`Error::UnknownNode`], [`Error::NotFlagged`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::clear_flag())]
		pub fn clear_flag(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::do_clear_flag(&node)
		}

		/// Moves a node's score by `delta` basis points, up or down; it stays within 0 and 10,000.
		///
		/// # Errors
		/// [`Error::UnknownNode`], [`Error::ZeroDelta`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::adjust_score())]
		pub fn adjust_score(origin: OriginFor<T>, node: NodeId, delta: i16) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::adjust(&node, delta)
		}
	}
}
