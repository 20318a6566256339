//! # Payments
//!
//! Accounts that are paid in beforehand, and what others may spend of them.
//!
//! ## Overview
//! Whoever rents often pays in once, in any currency, and books many times from that. The money never leaves its owner's
//! account before it is spent: it is on hold there under [`HoldReason::Prepaid`]. The owner takes it back at any time, pays
//! others from it with a reference that stays readable in the event, and lets others spend of it for deals.
//!
//! ```text
//!            deposit ─▶ ┌─────────┐ ── withdraw ───────▶ the owner's free balance
//!  free balance         │ prepaid │ ── make_payment ───▶ whoever is paid, with a reference
//!                       └─────────┘ ── draw, by a market ▶ the owner's free balance ─▶ held for a deal of the owner
//!                                        ▲ the owner, or a spender within their allowance
//!
//!  set_allowance ─▶ Allowance ── raise, lower ↻, set_allowance ↻, draw ↻
//!                       └── revoke, lowered or drawn to nothing, removed once it expired ─▶ (gone, deposit back)
//! ```
//!
//! Markets draw by the trait [`PrepaidAccounts`](gpu_chain_primitives::PrepaidAccounts): a renter books with somebody's
//! prepaid account, the price is freed here and held by the escrow in the same call, **on the owner's account**. What the
//! deal does not use is the owner's again, as free money; the allowance is not restored.
//!
//! ## What a spender can and cannot take
//! A spender has no call of this pallet: they cannot withdraw, pay themselves or pass an allowance on. All that an allowance
//! gives is booking deals whose provider is paid, and the markets refuse deals with a node of the spender's own or the
//! owner's. A spender who books with an accomplice drains no more than the allowance, of which the platform has its fee, and
//! whose node has to be registered, staked and proven; giving up a deal gives the money to the owner, not to them. So the
//! allowance is the most that a dishonest spender costs: an owner gives what is needed, with a block in which it ends.
//! Whoever changes one should raise or lower it: setting it anew may meet a draw of the old one on its way.
//!
//! ## Invariants
//! 1. No account is stored with nothing in it.
//! 2. What lies in an account is exactly what is on hold for [`HoldReason::Prepaid`] of its owner, in its currency.
//! 3. No allowance is of nothing or to oneself.
//! 4. Every allowance has a storage deposit, and no deposit is without one.
//!
//! ## Terminology
//! - *owner*: whose money it is. *Spender*: who may have it drawn. *Grant*: an allowance as clients are shown it.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod dispatchable_impls;
mod impl_prepaid;
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
pub use types::{Allowance, Grant, Reference};
pub use weights::WeightInfo;

use frame_system::pallet_prelude::BlockNumberFor;

/// An allowance as this pallet stores it.
pub type AllowanceOf<T> = Allowance<<T as Config>::Balance, BlockNumberFor<T>>;

/// An allowance as clients are shown it.
pub type GrantOf<T> =
	Grant<<T as frame_system::Config>::AccountId, <T as Config>::AssetKind, <T as Config>::Balance, BlockNumberFor<T>>;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungibles::{self, hold},
			tokens::Balance,
			Consideration, Footprint,
		},
	};
	use frame_system::pallet_prelude::*;

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

		/// Holds it.
		type Currency: hold::Mutate<
			Self::AccountId,
			AssetId = Self::AssetKind,
			Balance = Self::Balance,
			Reason = Self::RuntimeHoldReason,
		>;

		/// Moves free money of the same currencies, for payments.
		type Transfers: fungibles::Mutate<Self::AccountId, AssetId = Self::AssetKind, Balance = Self::Balance>;

		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;

		/// The storage deposit for an allowance, of its owner, wired with [`HoldReason::AllowanceStorage`]. `()`: none.
		type Consideration: Consideration<Self::AccountId, Footprint>;

		/// What the calls cost, and drawing, which markets add to their own calls.
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
		/// Money that was paid in beforehand.
		Prepaid,
		/// The storage deposit for an allowance.
		AllowanceStorage,
	}

	/// What was paid in, by owner and currency. Currencies are few and chosen by government, so a weak hash does for them.
	#[pallet::storage]
	pub type Accounts<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, T::AssetKind, T::Balance, ValueQuery>;

	/// What others may spend, by owner, and by spender and currency.
	#[pallet::storage]
	pub type Allowances<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		Blake2_128Concat,
		(T::AccountId, T::AssetKind),
		AllowanceOf<T>,
	>;

	/// The storage deposit of each allowance, which its owner paid.
	#[pallet::storage]
	pub type AllowanceTickets<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		Blake2_128Concat,
		(T::AccountId, T::AssetKind),
		T::Consideration,
	>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An owner paid in; so much lies in the account now.
		PrepaidDeposited { owner: T::AccountId, asset: T::AssetKind, amount: T::Balance, balance: T::Balance },
		/// An owner took money back; so much is left.
		PrepaidWithdrawn { owner: T::AccountId, asset: T::AssetKind, amount: T::Balance, balance: T::Balance },
		/// An owner paid somebody from the account.
		PaymentMade {
			from: T::AccountId,
			to: T::AccountId,
			asset: T::AssetKind,
			amount: T::Balance,
			reference: Reference,
		},
		/// Money was drawn for a deal of the owner that the spender made. It is still the owner's.
		PrepaidDrawn { owner: T::AccountId, spender: T::AccountId, asset: T::AssetKind, amount: T::Balance },
		/// A spender may spend so much from now on.
		AllowanceSet {
			owner: T::AccountId,
			spender: T::AccountId,
			asset: T::AssetKind,
			amount: T::Balance,
			expires_at: Option<BlockNumberFor<T>>,
		},
		/// A spender may spend nothing any more: it was revoked, used up, or is removed after it expired.
		AllowanceEnded { owner: T::AccountId, spender: T::AccountId, asset: T::AssetKind },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The amount is zero. To end an allowance, revoke it.
		ZeroAmount,
		/// Less than that lies in the prepaid account: deposit more first.
		InsufficientPrepaid,
		/// Nobody pays themselves: use `withdraw`.
		SelfPayment,
		/// The owner may spend without an allowance.
		SelfAllowance,
		/// The owner gave this spender no allowance in this currency.
		AllowanceNotFound,
		/// The allowance has expired: its owner may set it anew.
		AllowanceExpired,
		/// The allowance is smaller than that: its owner may raise it.
		AllowanceTooSmall,
		/// The allowance is still good: only its owner may end it.
		AllowanceNotExpired,
		/// The allowance would have expired already.
		ExpiresInPast,
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
		/// Pays `amount` of `asset`, in its smallest unit, into the caller's prepaid account.
		///
		/// # Errors
		/// [`Error::ZeroAmount`], or the caller cannot spare it.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::deposit())]
		pub fn deposit(origin: OriginFor<T>, asset: T::AssetKind, amount: T::Balance) -> DispatchResult {
			Self::do_deposit(ensure_signed(origin)?, asset, amount)
		}

		/// Takes `amount` back out of the caller's prepaid account.
		///
		/// # Errors
		/// [`Error::ZeroAmount`], [`Error::InsufficientPrepaid`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::withdraw())]
		pub fn withdraw(origin: OriginFor<T>, asset: T::AssetKind, amount: T::Balance) -> DispatchResult {
			Self::do_withdraw(ensure_signed(origin)?, asset, amount)
		}

		/// Pays somebody from the caller's prepaid account. `reference` says what for; it stands in the event.
		///
		/// # Errors
		/// [`Error::ZeroAmount`], [`Error::SelfPayment`], [`Error::InsufficientPrepaid`], or the money is frozen or `to` cannot
		/// receive it.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::make_payment())]
		pub fn make_payment(
			origin: OriginFor<T>,
			to: T::AccountId,
			asset: T::AssetKind,
			amount: T::Balance,
			reference: Reference,
		) -> DispatchResult {
			Self::do_make_payment(ensure_signed(origin)?, to, asset, amount, reference)
		}

		/// Lets `spender` have `amount` of the caller's prepaid account drawn for deals, until the block `expires_at`, in which
		/// it is still good. Replaces an allowance that there is. A storage deposit is held while it lasts.
		///
		/// # Errors
		/// [`Error::ZeroAmount`], [`Error::SelfAllowance`], [`Error::ExpiresInPast`], or the caller cannot spare the deposit.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::set_allowance())]
		pub fn set_allowance(
			origin: OriginFor<T>,
			spender: T::AccountId,
			asset: T::AssetKind,
			amount: T::Balance,
			expires_at: Option<BlockNumberFor<T>>,
		) -> DispatchResult {
			Self::do_set_allowance(ensure_signed(origin)?, spender, asset, amount, expires_at)
		}

		/// Raises an allowance of the caller's by so much, whatever was drawn meanwhile.
		///
		/// # Errors
		/// [`Error::ZeroAmount`], [`Error::AllowanceNotFound`], [`Error::AllowanceExpired`], or no amount is as large.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::raise_allowance())]
		pub fn raise_allowance(
			origin: OriginFor<T>,
			spender: T::AccountId,
			asset: T::AssetKind,
			by: T::Balance,
		) -> DispatchResult {
			Self::do_raise_allowance(ensure_signed(origin)?, spender, asset, by)
		}

		/// Lowers an allowance of the caller's by so much, or ends it where less is left.
		///
		/// # Errors
		/// [`Error::ZeroAmount`], [`Error::AllowanceNotFound`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::lower_allowance())]
		pub fn lower_allowance(
			origin: OriginFor<T>,
			spender: T::AccountId,
			asset: T::AssetKind,
			by: T::Balance,
		) -> DispatchResult {
			Self::do_lower_allowance(ensure_signed(origin)?, spender, asset, by)
		}

		/// Ends an allowance of the caller's, and returns the storage deposit.
		///
		/// # Errors
		/// [`Error::AllowanceNotFound`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::revoke_allowance())]
		pub fn revoke_allowance(origin: OriginFor<T>, spender: T::AccountId, asset: T::AssetKind) -> DispatchResult {
			Self::do_revoke_allowance(ensure_signed(origin)?, spender, asset)
		}

		/// Forgets an allowance that expired, and returns the storage deposit to its owner. Anybody may.
		///
		/// # Errors
		/// [`Error::AllowanceNotFound`], [`Error::AllowanceNotExpired`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::remove_expired_allowance())]
		pub fn remove_expired_allowance(
			origin: OriginFor<T>,
			owner: T::AccountId,
			spender: T::AccountId,
			asset: T::AssetKind,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_remove_expired_allowance(owner, spender, asset)
		}
	}
}
