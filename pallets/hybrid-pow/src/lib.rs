//! # Hybrid proof of work
//!
//! The proof-of-work lane: which blocks miners may make, how hard they are, and what they earn.
//!
//! ## Overview
//!
//! Validators author on even slots, by BABE. An odd slot is free for one block of a miner, who needs no stake and is
//! chosen by nobody: its header names who is paid and how many hashes it took on average, and carries a nonce that proves
//! it. The aim is one block in twenty.
//!
//! ```text
//! slot       8      9     10     11     12     13     14     15     16     17     18     19     20
//! block      V ──── M ──── V ─────────── V ─────────── V ─────────── V ──── M ──── V ─────────── V
//!                   │      └ earns the includer's bonus              │      └ the first that may be a miner's again
//!                   └ earns the miner's reward                       └ the fourth since: the lane is open
//! ```
//!
//! The runtime does not see a block's seal, so it cannot check the work itself: the node does, before it runs the block.
//! Here it is decided whether a miner's block may stand where it stands and whether it claimed the difficulty that the
//! chain demands. A block that breaks a rule makes [`on_initialize`](Hooks::on_initialize) panic, and so is invalid.
//!
//! ### Rules of every block
//! - It has exactly one BABE pre-digest, and its slot is after its parent's.
//! - It has a miner's digest, `PreRuntime(pow_, PowPreDigest)`, if and only if its slot is odd.
//!
//! ### Rules of a miner's block
//! - The miner's digest stands there once, without trailing bytes, in the known version.
//! - Its BABE pre-digest is `SecondaryPlain` with authority index 0: it brings no randomness, and no weight in the choice
//!   of forks.
//! - Its parent is a validator's block, on the slot right before it.
//! - There are at least [`Config::Spacing`] blocks of validators since the last miner's block.
//! - It claims the difficulty that [`Pallet::next_work`] names on its parent.
//!
//! A miner's block is never the first of an epoch, without a rule of its own: epochs begin on even slots, so where an odd
//! slot lies in an epoch the even one before it does too, and that one has the parent.
//!
//! ### Difficulty
//! No clock is asked, so none can be lied to: each validator's block makes mining easier by the factor `2^(1/360)`, each
//! miner's block harder by `2^(19/360)`. Nineteen to one cancel out. How many blocks miners make is so tied to the logarithm
//! of the difficulty: hash power that comes and goes gains no more blocks than hash power that stays. See [`retarget`].
//!
//! ### Rewards
//! The miner and the validator that builds right on the miner's block are paid newly minted money; without the second, a
//! validator would do better to build beside the block and take its transactions. Money that cannot be paid, to an account
//! that does not exist and would stay below the existential deposit, is not minted, and an event says so: a reward must
//! not be able to make a block invalid. A miner who is a registered provider also earns credit for one node, once in a
//! [`Config::CreditPeriod`].
//!
//! ## Invariants
//!
//! 1. The minimum of the difficulty is between [`retarget::LOWEST`] and [`retarget::CAP`], and the difficulty between the
//!    minimum and the cap.
//! 2. There is a newest slot if and only if there are blocks; it is odd if and only if there are no blocks of validators
//!    since the last miner's.
//! 3. Before each miner's block lie as many validators' as the spacing demands, so miners never make more than one block in
//!    `Spacing + 1`. (A runtime that raises the spacing has to count anew.)
//! 4. Nothing was minted and no work was found without a miner's block.
//! 5. Credits are in the order of their blocks, none is in the future, and no miner has two.
//!
//! ## Terminology
//!
//! - **Lane**: the odd slots. It is *open* on a block that a miner's block may stand right on.
//! - **Difficulty**: the hashes that a block takes on average; its hash must be at or below `(2^256 − 1) / difficulty`.
//! - **Includer**: the validator that makes the block right on a miner's block.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod rules;
mod tick_impls;
mod try_state;
mod types;
mod views;

pub mod retarget;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

use frame_support::traits::{fungible::Inspect, Get, Hooks};
pub use pallet::*;
pub use rules::{judge, miner, Judged, Violation};
use sp_core::U256;
pub use types::LaneState;
pub use views::WorkEntropy;
pub use weights::WeightInfo;

/// The native token's amounts, plancks.
pub type BalanceOf<T> = <<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// The difficulty that a chain starts with if its genesis names none: 2^32 hashes.
pub struct DefaultDifficulty;
impl Get<U256> for DefaultDifficulty {
	fn get() -> U256 {
		U256::one() << 32
	}
}

/// The minimum difficulty of a chain whose genesis names none: 2^20 hashes.
pub struct DefaultMinimum;
impl Get<U256> for DefaultMinimum {
	fn get() -> U256 {
		U256::one() << 20
	}
}

/// See the crate's documentation.
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use core::marker::PhantomData;
	use frame_support::{
		pallet_prelude::*,
		traits::{fungible::Mutate, FindAuthor},
	};
	use frame_system::pallet_prelude::*;
	use gpu_chain_primitives::{MinerCredit, NodeId};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The native token, in which rewards are minted.
		type Currency: Mutate<Self::AccountId>;

		/// Who made a validator's block, from its digests. `None` leaves the includer's bonus unminted.
		type FindValidator: FindAuthor<Self::AccountId>;

		/// How many blocks of validators must lie between two of miners. Zero: miners may take every odd slot.
		#[pallet::constant]
		type Spacing: Get<u32>;

		/// What a miner is paid for a block, plancks. Zero: nothing.
		type MinerReward: Get<BalanceOf<Self>>;

		/// What the validator is paid that builds right on a miner's block, plancks. Zero: nothing.
		type IncluderBonus: Get<BalanceOf<Self>>;

		/// Who gives credit to miners who are providers. `()`: nobody.
		type MinerCredit: MinerCredit<Self::AccountId>;

		/// A miner is credited once in so many blocks. Zero: for each block.
		type CreditPeriod: Get<BlockNumberFor<Self>>;

		/// How many miners can be credited in one credit period, first come, first served. Zero: none.
		#[pallet::constant]
		type MaxCredits: Get<u32>;

		/// Weights of the hook. The benchmarks run with `MinerCredit` as the runtime wires it, so its weight is in these
		/// numbers. `()`: estimates from reads and writes, for tests.
		type WeightInfo: WeightInfo;

		/// Makes a provider ready for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: gpu_chain_primitives::benchmarking::BenchmarkNodes<Self::AccountId>;
	}

	/// Hashes that the next miner's block takes on average.
	#[pallet::storage]
	pub type Difficulty<T> = StorageValue<_, U256, ValueQuery, DefaultDifficulty>;

	/// The difficulty never falls below. Fixed at genesis: it is what nodes demand of a miner's block before they look at
	/// anything else.
	#[pallet::storage]
	pub type MinimumDifficulty<T> = StorageValue<_, U256, ValueQuery, DefaultMinimum>;

	/// The newest block, and how many there were of each kind.
	#[pallet::storage]
	pub type Lane<T> = StorageValue<_, LaneState, ValueQuery>;

	/// The hash of the newest miner's block that another block stands on. See [`WorkEntropy`].
	#[pallet::storage]
	pub type LatestWork<T: Config> = StorageValue<_, T::Hash, OptionQuery>;

	/// All that this pallet ever minted, plancks.
	#[pallet::storage]
	pub type TotalMinted<T: Config> = StorageValue<_, BalanceOf<T>, ValueQuery>;

	/// The miners that were credited in the running credit period, and when, oldest first.
	#[pallet::storage]
	pub type Credits<T: Config> =
		StorageValue<_, BoundedVec<(T::AccountId, BlockNumberFor<T>), T::MaxCredits>, ValueQuery>;

	#[pallet::genesis_config]
	pub struct GenesisConfig<T: Config> {
		/// Hashes that the first miner's block takes on average, about. At least the minimum, at most 2^200.
		pub initial_difficulty: U256,
		/// The difficulty never falls below, hashes. At least 2^16.
		pub minimum_difficulty: U256,
		#[serde(skip)]
		#[doc(hidden)]
		pub _config: PhantomData<T>,
	}

	impl<T: Config> Default for GenesisConfig<T> {
		fn default() -> Self {
			Self {
				initial_difficulty: DefaultDifficulty::get(),
				minimum_difficulty: DefaultMinimum::get(),
				_config: PhantomData,
			}
		}
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			Difficulty::<T>::put(self.initial_difficulty);
			MinimumDifficulty::<T>::put(self.minimum_difficulty);
			// A genesis that breaks an invariant must not start a chain.
			assert!(
				Pallet::<T>::do_try_state().is_ok(),
				"difficulties must be 2^16 <= minimum_difficulty <= initial_difficulty <= 2^200"
			);
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A miner made this block.
		BlockMined {
			/// Who is paid for it.
			miner: T::AccountId,
			/// Its slot.
			slot: u64,
			/// Hashes that it took on average.
			difficulty: U256,
		},
		/// A miner was paid for a block.
		MinerRewarded {
			/// Who.
			miner: T::AccountId,
			/// How much, plancks, newly minted.
			amount: BalanceOf<T>,
		},
		/// A validator was paid for building right on a miner's block.
		IncluderRewarded {
			/// Who.
			author: T::AccountId,
			/// How much, plancks, newly minted.
			amount: BalanceOf<T>,
		},
		/// A reward could not be paid and was not minted: most likely the account would stay below the existential deposit.
		RewardWithheld {
			/// Who would have been paid.
			payee: T::AccountId,
			/// How much, plancks.
			amount: BalanceOf<T>,
			/// Why it could not be.
			error: DispatchError,
		},
		/// A miner's node was credited with having been there.
		ProviderCredited {
			/// The miner.
			miner: T::AccountId,
			/// The node.
			node: NodeId,
		},
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			Self::tick()
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}
}
