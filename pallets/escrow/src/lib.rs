//! # Escrow
//!
//! Money held between a buyer and a provider until the work is done, in any currency, shared out once.
//!
//! ## Overview
//! The money never leaves the buyer's account before it is paid: it is on hold there under
//! [`HoldReason::Escrow`]. The markets above this pallet decide when an escrow is opened and how it is settled, through the
//! trait [`Escrow`](gpu_chain_primitives::Escrow); nobody else can move the money.
//!
//! ```text
//!            ┌── release: fee to the platform, the rest to the provider ──┐
//! deposit ─▶ Held ── split: a part as above, the rest back to the buyer ──┼─▶ Settled ── remove ─▶ (gone)
//!    top_up ↻ ├── award: as a judge says ─────────────────────────────────┤      │
//!            └── refund: all of it back to the buyer ─────────────────────┘      │
//!                                                      claim_owed: what could not be paid before
//! ```
//!
//! A settlement never fails because somebody cannot be paid: an account that is frozen, or that the amount would leave below
//! its existential deposit. That part stays held, is recorded as owed with the event `PaymentOwed`, and anyone may have it
//! paid later by `claim_owed`. The platform's share is fixed when the money is deposited, so that no change of the parameter
//! touches a running deal. It is rounded down: the provider has the last unit.
//!
//! Only money that the buyer could give away on the day of the deposit is taken: nothing that a lock or a freeze covers.
//! From then on it is spent, so a later freeze of the buyer's account does not keep it from whoever earned it.
//!
//! ## Invariants
//! 1. No escrow has an amount of zero.
//! 2. The parts of a settlement add up to the amount; unless a judge made them, its fee is the record's share of what was
//!    earned, rounded down; and what is owed of each part is no more than the part.
//! 3. Only a settlement with a provider pays or owes a provider or a fee.
//! 4. For each buyer and currency, what their escrows hold is exactly what is on hold for [`HoldReason::Escrow`].
//!
//! ## Terminology
//! - *key*: what the escrow pays for, a task or a rental.
//! - *settled*: shared out. *Owed*: shared out, but not paid yet.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod impl_escrow;
mod try_state;
pub mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::{EscrowRecord, EscrowState, Payee};
pub use weights::WeightInfo;

use frame_system::pallet_prelude::BlockNumberFor;

/// An escrow as this pallet stores it.
pub type EscrowRecordOf<T> = EscrowRecord<
	<T as frame_system::Config>::AccountId,
	<T as Config>::AssetKind,
	<T as Config>::Balance,
	BlockNumberFor<T>,
>;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::{
		pallet_prelude::*,
		traits::{fungibles::hold, tokens::Balance},
	};
	use frame_system::pallet_prelude::*;
	use gpu_chain_primitives::{EscrowKey, OnFeePaid};
	use sp_runtime::Permill;

	/// The layout of this pallet's storage.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// What money is paid in.
		type AssetKind: Parameter + Member + MaxEncodedLen;

		/// Amounts of any of them.
		type Balance: Balance;

		/// Holds and moves it.
		type Currency: hold::Mutate<
			Self::AccountId,
			AssetId = Self::AssetKind,
			Balance = Self::Balance,
			Reason = Self::RuntimeHoldReason,
		>;

		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;

		/// The platform's share of what a provider earns. Zero: nothing; one: everything.
		type PlatformFee: Get<Permill>;

		/// Who receives the platform's share. The account should exist: shares too small to create it stay owed otherwise.
		type Treasury: Get<Self::AccountId>;

		/// Who is told that the platform's share was paid, and may have a part of it from the treasury. `()`: nobody.
		type OnFeePaid: OnFeePaid<Self::AccountId, Self::AssetKind, Self::Balance>;

		/// What the call costs, and the operations of the trait, which the markets measure as a part of their own calls.
		type WeightInfo: WeightInfo;

		/// Makes currencies ready for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: gpu_chain_primitives::benchmarking::BenchmarkCurrency<
			Self::AssetKind,
			Self::AccountId,
			Self::Balance,
		>;
	}

	/// Why this pallet has money held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The price of work that is not done, or not paid, yet.
		Escrow,
	}

	/// All escrows that were not removed. Keys are numbered by the markets, so a weak hash does.
	#[pallet::storage]
	pub type Escrows<T: Config> = StorageMap<_, Twox64Concat, EscrowKey, EscrowRecordOf<T>>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A buyer's money is held.
		EscrowDeposited { key: EscrowKey, buyer: T::AccountId, asset: T::AssetKind, amount: T::Balance },
		/// More of the buyer's money is held; so much in all.
		EscrowToppedUp { key: EscrowKey, amount: T::Balance, total: T::Balance },
		/// All of it went to the provider and the platform.
		EscrowReleased {
			key: EscrowKey,
			provider: T::AccountId,
			asset: T::AssetKind,
			provider_payout: T::Balance,
			platform_fee: T::Balance,
		},
		/// All of it went back to the buyer.
		EscrowRefunded { key: EscrowKey, buyer: T::AccountId, asset: T::AssetKind, amount: T::Balance },
		/// A part went to the provider and the platform, the rest back to the buyer.
		EscrowSplit {
			key: EscrowKey,
			provider: T::AccountId,
			asset: T::AssetKind,
			provider_payout: T::Balance,
			platform_fee: T::Balance,
			refund: T::Balance,
		},
		/// A judge shared it out.
		EscrowAwarded {
			key: EscrowKey,
			provider: T::AccountId,
			judge: T::AccountId,
			asset: T::AssetKind,
			provider_payout: T::Balance,
			platform_fee: T::Balance,
			refund: T::Balance,
			arbitration: T::Balance,
		},
		/// A part could not be paid and stays held; `claim_owed` tries again.
		PaymentOwed { key: EscrowKey, payee: Payee, asset: T::AssetKind, amount: T::Balance },
		/// A part that was owed is paid.
		PaymentClaimed { key: EscrowKey, payee: Payee, asset: T::AssetKind, amount: T::Balance },
		/// A settled escrow is forgotten.
		EscrowRemoved { key: EscrowKey },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// There is an escrow for this already.
		KeyInUse,
		/// There is no escrow for this; it was never opened, or is removed.
		NotFound,
		/// The escrow is settled: its money was shared out before.
		AlreadySettled,
		/// The escrow is still open: settle it first.
		StillHeld,
		/// The amount is zero: name the price of the work.
		ZeroAmount,
		/// The provider would be paid more than the escrow holds.
		AmountAboveEscrow,
		/// What is awarded is not what the escrow holds: the parts must add up to it.
		PartsNotAmount,
		/// Nothing of this escrow is owed to anybody.
		NothingOwed,
		/// Whoever is owed still cannot be paid: their account must be able to receive the money first.
		PayeeCannotReceive,
		/// Somebody is still owed a part: have it paid with `claim_owed` first.
		StillOwed,
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
		/// Pays what a settled escrow still owes, as far as the payees can receive it now. Anybody may ask for it.
		///
		/// # Errors
		/// [`Error::NotFound`], [`Error::NothingOwed`], [`Error::PayeeCannotReceive`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::claim_owed().saturating_add(T::OnFeePaid::weight()))]
		pub fn claim_owed(origin: OriginFor<T>, key: EscrowKey) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_claim_owed(key)
		}
	}

	impl<T: Config> Pallet<T> {
		/// The escrow, unless none was ever opened or it is removed.
		pub fn escrow(key: EscrowKey) -> Option<EscrowRecordOf<T>> {
			Escrows::<T>::get(key)
		}
	}
}
