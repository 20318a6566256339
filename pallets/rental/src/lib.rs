//! # Rental
//!
//! GPUs booked for windows of time, and paid for the time that was proven.
//!
//! ## Overview
//! A provider lists accelerators of a node, each by its index, with the price of an hour. A renter books a window of some of
//! them; the price goes into escrow at once. The provider confirms the start and hands over access, sealed to the renter's
//! key; from then on proofs of the node's power earn the time since the proof before, and the time that nobody proved goes
//! back. Nothing is worked off by hooks: whoever touches a rental settles it, at a cost that does not depend on how many
//! others there are.
//!
//! ```text
//!          confirm_start                                  extend ↻ (also while paused)
//! book ─▶ Booked ──────▶ Active ──────────── end ─────────── end + grace
//!           │              │   runs            │   paused        │
//!           │              │                   │                 ▼
//!           │ cancel       ├── end_rental, by either ───▶ Ended ◀── close, by anybody
//!           │ (either) ───▶│                     ▲
//!           │              └── dispute ─▶ Disputed ── the verdict
//!           └── close, by anybody, once the time to confirm is over ─▶ Ended(NoShow)
//! ```
//! **The grace** is paid in advance with the window: when the time is over the machine is kept, paused, for a while in which
//! the renter can still extend, and the provider earns that time by its proofs too. Who ends a rental in time has it back.
//!
//! **A proof** is [`Call::prove`]. It asks for the node's verified power, which only the newest round of challenges gives, and
//! covers no more than [`Config::ProofInterval`]: who was gone longer loses the rest for good.
//!
//! ## Money
//! `price = ⌈hourly rate × (window + grace)⌉` is held; `⌊hourly rate × proven time⌋` is earned, of which the platform has its
//! fee; the rest, and with it the last unit, goes back to the payer. Of a booking that is cancelled late the provider earns
//! [`Config::LateCancelShare`] of the window's price.
//!
//! ## Invariants
//! 1. Every rental's number is below [`NextRentalId`]; it has a price, between one and [`MAX_GPUS`](types::MAX_GPUS)
//!    accelerators, sorted and none twice, a start before its end, and a storage deposit in [`Tickets`].
//! 2. The schedules hold exactly the windows, grace included, of rentals that have not ended; in each they are sorted and do
//!    not overlap.
//! 3. [`RentalsByRenter`] and [`RentalsByNode`] list exactly all rentals.
//! 4. [`NodeRentals`] and [`Counterparties`] count each node's rentals that have not ended, and those by renter.
//! 5. A rental has access exactly if it was confirmed; what is proven lies within its window, and costs no more than its price.
//! 6. Every listing has a storage deposit in [`ListingTickets`].
//!
//! That the price of every rental that has not ended lies in escrow is the escrow's promise; integration tests compare the two.
//!
//! ## Terminology
//! - *renter*: who booked. *Payer*: whose money it is; the renter, unless it is a prepaid account's.
//! - *provider*: who owned the node when it was booked.
//! - *window*: from start to end. *Paid until*: the end plus the grace.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod dispatchable_impls;
mod impl_disputable;
mod impl_open_work;
mod settle_impls;
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
pub use types::{EndReason, HourlyRate, Listing, Phase, Rental, RentalId, RentalStatus, Schedule};
pub use weights::WeightInfo;

use frame_system::pallet_prelude::BlockNumberFor;

const LOG_TARGET: &str = "runtime::rental";

/// A rental as this pallet stores it.
pub type RentalOf<T> =
	Rental<<T as frame_system::Config>::AccountId, <T as Config>::AssetKind, <T as Config>::Balance, BlockNumberFor<T>>;

/// A listing as this pallet stores it.
pub type ListingOf<T> = Listing<<T as Config>::AssetKind, <T as Config>::Balance>;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use crate::types::{AccessDescriptor, GpuIndex, Gpus, Millis, MAX_GPUS};
	use frame_support::{
		pallet_prelude::*,
		traits::{tokens::Balance, Consideration, Footprint, Time},
	};
	use frame_system::pallet_prelude::*;
	#[cfg(feature = "runtime-benchmarks")]
	use gpu_chain_primitives::benchmarking::{BenchmarkCurrency, BenchmarkNodes};
	use gpu_chain_primitives::{
		x25519::EncryptionKey, Collateral, Escrow, HardwareInspect, NodeId, OnDisputed, PowerInspect, PrepaidAccounts,
		ProviderInspect, Reason, Reputation, TaskValueLimit, TrustInspect, UsdPrices,
	};
	use sp_runtime::Permill;

	/// The layout of this pallet's storage.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The currencies that rentals are paid in.
		type AssetKind: Parameter + Member + MaxEncodedLen;

		/// Amounts of any of them, and of native money.
		type Balance: Balance;

		/// The chain's clock, ms since 1970.
		type Clock: Time<Moment = Millis>;

		/// Holds the price and shares it out. There is none that does nothing: without money there is no rental.
		type Escrow: Escrow<Self::AccountId, Self::AssetKind, Self::Balance>;

		/// Prepaid accounts. With `()` everybody pays from their own balance, and for nobody else.
		type Prepaid: PrepaidAccounts<Self::AccountId, Self::AssetKind, Self::Balance>;

		/// What dollars are. With `()` only listings priced in their currency can be booked.
		type Prices: UsdPrices<Self::AssetKind, Self::Balance>;

		/// Knows the nodes. With `()` nothing can be listed.
		type Providers: ProviderInspect<Self::AccountId> + HardwareInspect;

		/// Knows what nodes were proven able to compute. With `()` no time is ever proven.
		type Power: PowerInspect;

		/// Knows how far nodes are trusted.
		type Trust: TrustInspect;

		/// Is told of rentals that went well or badly. With `()` nobody is.
		type Reputation: Reputation;

		/// Slashes the stake of nodes that do not show up. With `()` that costs nothing.
		type Collateral: Collateral<Self::AccountId, Self::Balance>;

		/// The most that a node of some trust level may take. With `()` there is no limit.
		type ValueLimit: TaskValueLimit<Self::AssetKind, Self::Balance>;

		/// The storage deposit for a listing or a rental, wired with [`HoldReason::Storage`]. With `()` storage is free.
		type Consideration: Consideration<Self::AccountId, Footprint>;

		/// Is told of disputes. With `()` they wait until whoever may use
		/// [`Disputable`](gpu_chain_primitives::Disputable) closes them.
		type OnDisputed: OnDisputed<Self::AccountId, Self::AssetKind, Self::Balance>;

		/// The currency of stakes: only of a rental paid in it the renter is compensated from a slash.
		type NativeAsset: Get<Self::AssetKind>;

		/// The shortest window, ms. Zero counts as 1.
		type MinDuration: Get<Millis>;

		/// The longest window, extensions included, ms. Zero stops new rentals.
		type MaxDuration: Get<Millis>;

		/// How far ahead a window may begin, ms. At zero only at once.
		type MaxLead: Get<Millis>;

		/// How long the provider may take to confirm, from the start on, ms; and how long before the start it may.
		type ConfirmWindow: Get<Millis>;

		/// How long accelerators are kept after the end, ms, at the renter's expense. At zero there is no grace.
		type Grace: Get<Millis>;

		/// The most that one proof covers, ms. At zero nothing can be earned.
		type ProofInterval: Get<Millis>;

		/// Until how long before the start a renter may cancel for nothing, ms.
		type CancelNotice: Get<Millis>;

		/// The share of the window's price that the provider earns when the renter cancels later than that.
		type LateCancelShare: Get<Permill>;

		/// The share of a rental's time that must be proven for it to count as done well.
		type WellServed: Get<Permill>;

		/// The share of its stake that a node loses by not showing up. Zero slashes nothing.
		type NoShowSlash: Get<Permill>;

		/// Blocks after a rental's end from which anybody may remove it.
		type RetentionPeriod: Get<BlockNumberFor<Self>>;

		/// What the calls cost.
		type WeightInfo: WeightInfo;

		/// Makes nodes and currencies ready for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkNodes<Self::AccountId>
			+ BenchmarkCurrency<Self::AssetKind, Self::AccountId, Self::Balance>
			+ crate::benchmarking::BenchmarkClock;
	}

	/// Why this pallet has money held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The storage deposit for a listing or a rental.
		Storage,
	}

	/// The next rental's number.
	#[pallet::storage]
	pub type NextRentalId<T> = StorageValue<_, RentalId, ValueQuery>;

	/// What is offered. A node's number is a hash that its owner can choose among, hence the strong hash; the index is small.
	#[pallet::storage]
	pub type Listings<T: Config> = StorageDoubleMap<_, Blake2_128Concat, NodeId, Twox64Concat, GpuIndex, ListingOf<T>>;

	/// The storage deposit of each listing, and who paid it.
	#[pallet::storage]
	pub type ListingTickets<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, NodeId, Twox64Concat, GpuIndex, (T::AccountId, T::Consideration)>;

	/// The bookings of each accelerator that has any.
	#[pallet::storage]
	pub type Schedules<T> = StorageDoubleMap<_, Blake2_128Concat, NodeId, Twox64Concat, GpuIndex, Schedule, ValueQuery>;

	/// All rentals that were not removed. The numbers are given by the chain, so a weak hash does.
	#[pallet::storage]
	pub type Rentals<T: Config> = StorageMap<_, Twox64Concat, RentalId, RentalOf<T>>;

	/// The storage deposit of each rental, which its renter paid.
	#[pallet::storage]
	pub type Tickets<T: Config> = StorageMap<_, Twox64Concat, RentalId, T::Consideration>;

	/// Rentals by renter.
	#[pallet::storage]
	pub type RentalsByRenter<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, RentalId, ()>;

	/// Rentals by node.
	#[pallet::storage]
	pub type RentalsByNode<T> = StorageDoubleMap<_, Blake2_128Concat, NodeId, Twox64Concat, RentalId, ()>;

	/// Rentals of each node that have not ended.
	#[pallet::storage]
	pub type NodeRentals<T> = StorageMap<_, Blake2_128Concat, NodeId, u32, ValueQuery>;

	/// The same by renter.
	#[pallet::storage]
	pub type Counterparties<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, NodeId, Blake2_128Concat, T::AccountId, u32, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An accelerator can be booked, or on other terms than before.
		GpuListed { node: NodeId, gpu: GpuIndex, asset: T::AssetKind, rate: HourlyRate<T::Balance> },
		/// An accelerator cannot be booked any more. Bookings that there are stay.
		GpuUnlisted { node: NodeId, gpu: GpuIndex },
		/// A window was booked, and its price is held. The provider has to confirm by the moment named.
		RentalBooked {
			rental_id: RentalId,
			renter: T::AccountId,
			payer: T::AccountId,
			node: NodeId,
			gpus: Gpus,
			start: Millis,
			end: Millis,
			asset: T::AssetKind,
			price: T::Balance,
			confirm_by: Millis,
		},
		/// The provider handed over access; time can be earned from `from` on.
		RentalConfirmed { rental_id: RentalId, from: Millis },
		/// So much more time is earned, and so much in all.
		TimeProven { rental_id: RentalId, covered: Millis, proven: Millis },
		/// The renter paid for more time.
		RentalExtended { rental_id: RentalId, end: Millis, added_price: T::Balance },
		/// The rental is settled.
		RentalEnded {
			rental_id: RentalId,
			reason: EndReason,
			proven: Millis,
			payout: T::Balance,
			fee: T::Balance,
			refund: T::Balance,
		},
		/// The renter disputes it. The price stays held.
		RentalDisputed { rental_id: RentalId, renter: T::AccountId, node: NodeId, reason: Reason },
		/// An ended rental was forgotten.
		RentalRemoved { rental_id: RentalId },
		/// The node did not show up but could not be slashed; the rental ended all the same.
		SlashFailed { rental_id: RentalId, node: NodeId, error: DispatchError },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// There is no such node.
		NodeNotFound,
		/// Only the node's owner may do this.
		NotNodeOwner,
		/// The node is not active; activate it first.
		NodeNotActive,
		/// The node has no accelerator of that index.
		NoSuchGpu,
		/// The price of an hour is zero.
		ZeroRate,
		/// The shortest booking must not be longer than the longest, and that must not be zero.
		BadDurations,
		/// The accelerator is not offered.
		NotListed,
		/// Name at least one accelerator, in ascending order, none twice.
		BadGpus,
		/// Accelerators that are paid in different currencies cannot be booked together.
		MixedCurrencies,
		/// Everybody could open what is sealed to that key; make one of random bytes.
		WeakEncryptionKey,
		/// The window begins in the past.
		StartsInPast,
		/// The window begins later than bookings may be made.
		StartsTooLate,
		/// The window is shorter or longer than the chain or the provider allows.
		DurationOutOfBounds,
		/// Another booking has a part of the window.
		WindowTaken,
		/// There are too many bookings for the accelerator; close those that are over, or try later.
		ScheduleFull,
		/// It is priced in dollars, and nobody knows what they are worth at the moment; try later.
		PriceUnknown,
		/// The price is larger than any amount can be.
		PriceOverflow,
		/// The provider cannot rent its own node, nor may a provider's money pay for it.
		SelfDealing,
		/// The node has less at stake than any work takes.
		NodeUnderStaked,
		/// Nodes of the lowest trust level take no work in this currency while there is no fresh price for it: try later, or a
		/// node of a higher level.
		CurrencyNotForTrustLevel,
		/// It is worth more than a node of the lowest trust level may take.
		ValueAboveLimit,
		/// There is no such rental; it may have been removed.
		RentalNotFound,
		/// Only the renter may do this.
		NotRenter,
		/// Only who owned the node when it was booked may do this.
		NotProvider,
		/// Only renter or provider may do this.
		NotParty,
		/// The rental does not wait for a confirmation.
		NotBooked,
		/// The rental is not active.
		NotActive,
		/// It is too early to confirm.
		TooEarly,
		/// The time to confirm is over.
		TooLate,
		/// The access descriptor is empty, or too short to be sealed.
		BadAccess,
		/// The node was banned.
		NodeBanned,
		/// The node has no verified power at the moment: it must pass a round of challenges first.
		NotProven,
		/// There is no time that a proof could earn now.
		NothingToProve,
		/// What was paid for is over; book anew.
		RanOut,
		/// There is nothing to close yet.
		NothingToClose,
		/// The rental is not disputed, or its dispute is over.
		NotDisputed,
		/// The rental has not ended.
		NotEnded,
		/// The rental ended too recently for anybody but its renter to remove it.
		RetentionNotOver,
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
		/// Offers an accelerator of the caller's node, or changes the terms for bookings to come. A storage deposit is held
		/// while it is offered.
		///
		/// `rate` is for an hour; durations are in ms.
		///
		/// # Errors
		/// [`Error::NodeNotFound`], [`Error::NotNodeOwner`], [`Error::NodeNotActive`], [`Error::NoSuchGpu`], [`Error::ZeroRate`],
		/// [`Error::BadDurations`], or the caller cannot spare the deposit.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::list_gpu())]
		pub fn list_gpu(
			origin: OriginFor<T>,
			node: NodeId,
			gpu: GpuIndex,
			asset: T::AssetKind,
			rate: HourlyRate<T::Balance>,
			min_duration: Millis,
			max_duration: Millis,
		) -> DispatchResult {
			let listing = Listing { asset, rate, min_duration, max_duration };
			Self::do_list_gpu(ensure_signed(origin)?, node, gpu, listing)
		}

		/// Offers an accelerator no more. Bookings that there are stay. Returns the deposit.
		///
		/// # Errors
		/// [`Error::NotListed`] and [`Error::NotNodeOwner`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::unlist_gpu())]
		pub fn unlist_gpu(origin: OriginFor<T>, node: NodeId, gpu: GpuIndex) -> DispatchResult {
			Self::do_unlist_gpu(ensure_signed(origin)?, node, gpu)
		}

		/// Books accelerators of one node from `start`, or from now on, for `duration` ms. The price of the window and of the
		/// grace after it is held at once, from the caller or from the prepaid account named.
		///
		/// # Errors
		/// [`Error::BadGpus`], [`Error::NodeNotFound`], [`Error::NodeNotActive`], [`Error::SelfDealing`],
		/// [`Error::WeakEncryptionKey`], [`Error::StartsInPast`], [`Error::StartsTooLate`], [`Error::NotListed`],
		/// [`Error::MixedCurrencies`], [`Error::DurationOutOfBounds`], [`Error::PriceUnknown`], [`Error::PriceOverflow`],
		/// [`Error::WindowTaken`], [`Error::ScheduleFull`], the value is above what the node may take, or the money is not there.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::book(gpus.len() as u32)
			.saturating_add(T::Prices::weight().saturating_mul(gpus.len() as u64))
			.saturating_add(T::ValueLimit::weight())
			.saturating_add(if prepaid_account.is_some() { T::Prepaid::weight() } else { Weight::zero() }))]
		pub fn book(
			origin: OriginFor<T>,
			node: NodeId,
			gpus: Gpus,
			start: Option<Millis>,
			duration: Millis,
			encryption_key: EncryptionKey,
			prepaid_account: Option<T::AccountId>,
		) -> DispatchResult {
			let renter = ensure_signed(origin)?;
			Self::do_book(renter, node, gpus, start, duration, encryption_key, prepaid_account)
		}

		/// Takes back a booking that is not confirmed. All of the price goes back, unless the renter cancels later than
		/// [`Config::CancelNotice`] allows.
		///
		/// # Errors
		/// [`Error::RentalNotFound`], [`Error::NotParty`], [`Error::NotBooked`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::cancel_booking(MAX_GPUS))]
		pub fn cancel_booking(origin: OriginFor<T>, rental_id: RentalId) -> DispatchResult {
			Self::do_cancel_booking(ensure_signed(origin)?, rental_id)
		}

		/// Confirms the start and hands over access, sealed to the renter's key.
		///
		/// # Errors
		/// [`Error::RentalNotFound`], [`Error::NotProvider`], [`Error::NotBooked`], [`Error::TooEarly`], [`Error::TooLate`],
		/// [`Error::NodeBanned`], [`Error::BadAccess`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::confirm_start())]
		pub fn confirm_start(origin: OriginFor<T>, rental_id: RentalId, access: AccessDescriptor) -> DispatchResult {
			Self::do_confirm_start(ensure_signed(origin)?, rental_id, access)
		}

		/// Shows that the node is there, with the power that the newest round has proven: earns the time since the last proof,
		/// at most [`Config::ProofInterval`] of it.
		///
		/// # Errors
		/// [`Error::RentalNotFound`], [`Error::NotProvider`], [`Error::NotActive`], [`Error::NodeBanned`], [`Error::NotProven`],
		/// [`Error::NothingToProve`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::prove())]
		pub fn prove(origin: OriginFor<T>, rental_id: RentalId) -> DispatchResult {
			Self::do_prove(ensure_signed(origin)?, rental_id)
		}

		/// Pays for `more` ms, from where the first window's money came from; also while the rental is paused.
		///
		/// # Errors
		/// [`Error::RentalNotFound`], [`Error::NotRenter`], [`Error::NotActive`], [`Error::RanOut`],
		/// [`Error::DurationOutOfBounds`], [`Error::WindowTaken`], [`Error::PriceOverflow`], [`Error::ValueAboveLimit`] and its
		/// like, or the money is not there.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::extend(MAX_GPUS)
			.saturating_add(T::ValueLimit::weight())
			.saturating_add(T::Prepaid::weight()))]
		pub fn extend(origin: OriginFor<T>, rental_id: RentalId, more: Millis) -> DispatchResult {
			Self::do_extend(ensure_signed(origin)?, rental_id, more)
		}

		/// Ends an active rental now, by either side. What is proven is paid, the rest goes back.
		///
		/// # Errors
		/// [`Error::RentalNotFound`], [`Error::NotParty`], [`Error::NotActive`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::end_rental(MAX_GPUS))]
		pub fn end_rental(origin: OriginFor<T>, rental_id: RentalId) -> DispatchResult {
			Self::do_end_rental(ensure_signed(origin)?, rental_id)
		}

		/// Settles a rental that has run out, or whose provider did not show up. Free for whoever does.
		///
		/// # Errors
		/// [`Error::RentalNotFound`], [`Error::NothingToClose`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::close(MAX_GPUS))]
		pub fn close(origin: OriginFor<T>, rental_id: RentalId) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::do_close(rental_id)?;
			Ok(Pays::No.into())
		}

		/// Disputes an active rental. Its accelerators are free again; the price stays held until the dispute is judged.
		///
		/// # Errors
		/// [`Error::RentalNotFound`], [`Error::NotRenter`], [`Error::NotActive`], or whoever judges disputes refuses this one.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::dispute_rental(MAX_GPUS).saturating_add(T::OnDisputed::weight()))]
		pub fn dispute_rental(origin: OriginFor<T>, rental_id: RentalId, reason: Reason) -> DispatchResult {
			Self::do_dispute_rental(ensure_signed(origin)?, rental_id, reason)
		}

		/// Forgets an ended rental and returns the storage deposit to its renter, who may do so at once; anybody may after
		/// the retention period.
		///
		/// # Errors
		/// [`Error::RentalNotFound`], [`Error::NotEnded`], [`Error::RetentionNotOver`], or the escrow still owes somebody.
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::remove_rental())]
		pub fn remove_rental(origin: OriginFor<T>, rental_id: RentalId) -> DispatchResult {
			Self::do_remove_rental(ensure_signed(origin)?, rental_id)
		}
	}
}
