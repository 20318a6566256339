//! # Marketplace
//!
//! Tasks: a buyer describes work and locks its price, a node takes it, hands in a result, and is paid when the buyer
//! approves it.
//!
//! ## Overview
//! The money lies in escrow from the first moment; the marketplace decides only when it is released or refunded. Who must
//! act has a deadline. After it the chain acts in their place: a provider that does not start or finish in time loses a
//! share of its stake and the task, which is open again for others; a buyer that does not review in time has approved.
//!
//! ```text
//!                          start or result deadline passed
//!               ┌──────────────────────┬────────────────────────┐
//!               ▼                      │                        │
//! create ──▶ Open ──accept──▶ Assigned ┴──start──▶ InProgress ──┘
//!               │                      │                │
//!               │ cancel               │ too many       │ submit
//!               ▼                      ▼ nodes failed   ▼
//!           Cancelled ◀────────────────┘            Completed ──dispute──▶ Disputed
//!               ▲                                       │                     │
//!               │                 approve, or the       │                     │
//!               │                 review deadline passed▼                     │
//!               │                                   Verified ◀──the verdict───┤
//!               └──────────────────────the verdict gives the provider nothing─┘
//! ```
//! A task finds its node in one of four ways ([`Assignment`](gpu_chain_primitives::Assignment)): whoever fits may take it;
//! an auction decides ([`Assignable`](gpu_chain_primitives::Assignable) is its door); both; or, where an auction found nobody
//! for a service level, trusted nodes alone may take it. A node that has the task by auction does it for the price that
//! it bid. All of the buyer's price stays held, since the task is open again at that price if the node fails; the rest goes
//! back with whatever ends the task.
//!
//! Too many failed nodes cancel a task from `InProgress` as well. `Verified` and `Cancelled` tasks stay readable until
//! their buyer, or anybody after a while, removes them; the storage deposit then goes back to the buyer.
//!
//! ## Deadlines
//! A deadline is the last block in which an act is accepted. [`Deadlines`] orders the tasks by it, and
//! [`FirstDeadlineBlock`] is the first block that is not worked off yet. Each block, [`GUARANTEED_DEADLINES`] of them are
//! worked off in `on_initialize`, however full the block is, and in `on_idle` as many as fit into what is left. Who does
//! not want to wait calls `process_deadline`. Acts after a deadline are refused whether the hook was there already or not;
//! only an approval is never too late.
//!
//! A deadline that cannot be worked off (the escrow refuses) changes nothing, is reported by an event, and leaves the queue
//! for [`StuckDeadlines`], so that it blocks nobody and costs nothing more. `process_deadline` works it off once the cause
//! is mended, and so does the buyer's approval where a result is there.
//!
//! ## Invariants
//! 1. Every task's number is below [`NextTaskId`], and every task has a price and a storage deposit in [`Tickets`].
//! 2. [`OpenTasks`] lists exactly the open tasks.
//! 3. [`TasksByBuyer`] lists exactly all tasks.
//! 4. [`TasksByNode`] lists exactly the tasks with a node.
//! 5. [`LiveTasks`] counts each buyer's live tasks.
//! 6. [`NodeWork`] and [`Counterparties`] count each node's work, and the work by buyer.
//! 7. A task has node, provider, agreed price, start, result, deadline and end only where its status says so; an agreed price is
//!    not above the price; no node that failed a task has it again or failed it twice.
//! 8. A task with a deadline is in [`Deadlines`] at that block or, when the block has passed, in [`StuckDeadlines`], and
//!    not in both; nothing else is in either.
//! 9. No deadline in the queue lies before [`FirstDeadlineBlock`], which is not in the future.
//!
//! That each live task's price lies in escrow is the escrow's promise; integration tests compare the two.
//!
//! ## Terminology
//! - *open*: of status `Open`. *Live*: not ended. *Ended*: `Verified` or `Cancelled`.
//! - *a node's work*: the live tasks that it has taken.
//! - *provider*: who owned the node when it took the task.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod dispatchable_impls;
mod impl_assignable;
mod impl_disputable;
mod impl_open_work;
mod tick_impls;
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
pub use types::{Task, TaskResult, TaskStatus};
pub use weights::WeightInfo;

use frame_system::pallet_prelude::BlockNumberFor;

const LOG_TARGET: &str = "runtime::marketplace";

/// Deadlines that every block works off if they are due, even if it has no room left for anything else.
pub const GUARANTEED_DEADLINES: u32 = 4;

/// Searches of the queue that every block pays for. More than [`GUARANTEED_DEADLINES`] and the one by which the chain
/// grows, so that a queue that fell behind catches up over blocks without deadlines.
pub const GUARANTEED_SCANS: u32 = 12;

/// A task as this pallet stores it.
pub type TaskOf<T> =
	Task<<T as frame_system::Config>::AccountId, <T as Config>::AssetKind, <T as Config>::Balance, BlockNumberFor<T>>;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::{
		pallet_prelude::*,
		traits::{tokens::Balance, Consideration, Footprint},
		weights::WeightMeter,
	};
	use frame_system::pallet_prelude::*;
	#[cfg(feature = "runtime-benchmarks")]
	use gpu_chain_primitives::benchmarking::{BenchmarkCurrency, BenchmarkNodes};
	use gpu_chain_primitives::{
		AskIndex, Assignment, Collateral, Escrow, NodeId, OnDisputed, PowerInspect, ProviderInspect, Reason,
		Reputation, RequiredPower, ResourceType, TaskId, TaskRequests, TaskValueLimit, TrustInspect, TrustLevel, Uri,
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

		/// Amounts of any of them, and of native money.
		type Balance: Balance;

		/// Holds the price and shares it out. There is none that does nothing: without money there is no task.
		type Escrow: Escrow<Self::AccountId, Self::AssetKind, Self::Balance>;

		/// Knows the nodes. With `()` no node can take a task.
		type Providers: ProviderInspect<Self::AccountId>;

		/// Knows what nodes were proven able to compute. With `()` only tasks without required power can be taken.
		type Power: PowerInspect;

		/// Knows how far nodes are trusted. With `()` only tasks without a least trust level can be taken.
		type Trust: TrustInspect;

		/// Is told of finished and failed tasks. With `()` nobody is.
		type Reputation: Reputation;

		/// Slashes the stake of nodes that miss a deadline. With `()` missing one costs nothing.
		type Collateral: Collateral<Self::AccountId, Self::Balance>;

		/// The most that a node of some trust level may take. With `()` there is no limit.
		type TaskValueLimit: TaskValueLimit<Self::AssetKind, Self::Balance>;

		/// What buyers ask of nodes beyond the task's own conditions, for tasks that are or were up for auction. With `()` nothing.
		type Requests: TaskRequests;

		/// The buyer's storage deposit for a task, wired with [`HoldReason::TaskStorage`]. With `()` storage is free.
		type Consideration: Consideration<Self::AccountId, Footprint>;

		/// Is told of disputes. With `()` they wait until whoever may use
		/// [`Disputable`](gpu_chain_primitives::Disputable) closes them.
		type OnDisputed: OnDisputed<Self::AccountId, Self::AssetKind, Self::Balance>;

		/// What nodes ask on average, for estimates. With `()` estimates use `FallbackRate`.
		type AskIndex: AskIndex<Self::Balance>;

		/// Plancks per hour that an estimate assumes where `AskIndex` knows nothing. Zero makes such estimates zero.
		type FallbackRate: Get<Self::Balance>;

		/// The currency of stakes: only of a task paid in it the buyer is compensated from a slash.
		type NativeAsset: Get<Self::AssetKind>;

		/// How long a block takes, milliseconds. Zero counts as 1.
		type BlockTime: Get<u64>;

		/// The shortest duration of a task, seconds. Zero is no bound.
		type MinDuration: Get<u32>;

		/// The longest duration of a task, seconds. Zero stops new tasks.
		type MaxDuration: Get<u32>;

		/// Live tasks that a buyer may have. Zero stops new tasks.
		type MaxOpenTasksPerBuyer: Get<u32>;

		/// Live tasks that a node may have. Zero stops accepting.
		type MaxOpenTasksPerNode: Get<u32>;

		/// Nodes that may fail a task before it is cancelled: 1 to [`types::MAX_FAILED_NODES`]; values outside count as the
		/// nearer bound.
		type MaxFailures: Get<u32>;

		/// Blocks that a node has to start a task that it took. Zero counts as 1.
		type StartWindow: Get<BlockNumberFor<Self>>;

		/// Blocks that a node has to hand in after the task's duration is over. Zero gives none.
		type ResultGrace: Get<BlockNumberFor<Self>>;

		/// Blocks that a buyer has to review a result. Zero counts as 1.
		type ReviewWindow: Get<BlockNumberFor<Self>>;

		/// Blocks after a task's end from which anybody may remove it. At zero anybody may at once.
		type RetentionPeriod: Get<BlockNumberFor<Self>>;

		/// The share of its stake that a node loses by missing a deadline. Zero slashes nothing.
		type TimeoutSlash: Get<Permill>;

		/// What the calls and hooks cost.
		type WeightInfo: WeightInfo;

		/// Makes nodes and currencies ready for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkNodes<Self::AccountId>
			+ BenchmarkCurrency<Self::AssetKind, Self::AccountId, Self::Balance>;
	}

	/// Why this pallet has money held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The storage deposit for a task.
		TaskStorage,
	}

	/// The next task's number.
	#[pallet::storage]
	pub type NextTaskId<T> = StorageValue<_, TaskId, ValueQuery>;

	/// All tasks that were not removed. The numbers are given by the chain, so a weak hash does.
	#[pallet::storage]
	pub type Tasks<T: Config> = StorageMap<_, Twox64Concat, TaskId, TaskOf<T>>;

	/// The storage deposit of each task.
	#[pallet::storage]
	pub type Tickets<T: Config> = StorageMap<_, Twox64Concat, TaskId, T::Consideration>;

	/// Open tasks by the kind of node they need.
	#[pallet::storage]
	pub type OpenTasks<T> = StorageDoubleMap<_, Twox64Concat, ResourceType, Twox64Concat, TaskId, ()>;

	/// Tasks by buyer.
	#[pallet::storage]
	pub type TasksByBuyer<T: Config> = StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, TaskId, ()>;

	/// Tasks by the node that has, or had last, each. A node's number is a hash that its owner can choose among, hence the
	/// strong hash.
	#[pallet::storage]
	pub type TasksByNode<T> = StorageDoubleMap<_, Blake2_128Concat, NodeId, Twox64Concat, TaskId, ()>;

	/// Live tasks of each buyer.
	#[pallet::storage]
	pub type LiveTasks<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, u32, ValueQuery>;

	/// Live tasks of each node.
	#[pallet::storage]
	pub type NodeWork<T> = StorageMap<_, Blake2_128Concat, NodeId, u32, ValueQuery>;

	/// Live tasks of each node by buyer.
	#[pallet::storage]
	pub type Counterparties<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, NodeId, Blake2_128Concat, T::AccountId, u32, ValueQuery>;

	/// Tasks by their deadline, each until the task moves on or the deadline is worked off.
	#[pallet::storage]
	pub type Deadlines<T> = StorageDoubleMap<_, Twox64Concat, BlockNumberFor<T>, Twox64Concat, TaskId, ()>;

	/// The first block whose deadlines are not all worked off. None before the pallet's first block.
	#[pallet::storage]
	pub type FirstDeadlineBlock<T> = StorageValue<_, BlockNumberFor<T>>;

	/// Tasks whose deadline passed but could not be worked off; `process_deadline` tries again.
	#[pallet::storage]
	pub type StuckDeadlines<T> = StorageMap<_, Twox64Concat, TaskId, ()>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A buyer locked `price` of `asset` for work.
		TaskCreated {
			task_id: TaskId,
			buyer: T::AccountId,
			resource_type: ResourceType,
			asset: T::AssetKind,
			price: T::Balance,
		},
		/// A node took the task and has to start it by the block named.
		TaskAssigned { task_id: TaskId, node: NodeId, start_by: BlockNumberFor<T> },
		/// The node started and has to hand in by the block named.
		TaskStarted { task_id: TaskId, node: NodeId, result_by: BlockNumberFor<T> },
		/// The node handed in a result, which the buyer may dispute until the block named.
		TaskCompleted { task_id: TaskId, node: NodeId, result_hash: H256, review_by: BlockNumberFor<T> },
		/// The result was approved, by the buyer or, if `automatic`, because the buyer let the deadline pass.
		TaskVerified { task_id: TaskId, node: NodeId, payout: T::Balance, fee: T::Balance, automatic: bool },
		/// The buyer refused the result. The price stays held.
		TaskDisputed { task_id: TaskId, buyer: T::AccountId, node: NodeId, reason: Reason },
		/// A verdict ended the task.
		TaskDisputeClosed {
			task_id: TaskId,
			status: TaskStatus,
			payout: T::Balance,
			fee: T::Balance,
			refund: T::Balance,
		},
		/// The task ended without work, with the price back at the buyer.
		TaskCancelled { task_id: TaskId, refund: T::Balance },
		/// The node missed a deadline and lost the task; `reopened` unless too many nodes did.
		TaskTimedOut { task_id: TaskId, node: NodeId, reopened: bool },
		/// An ended task was forgotten.
		TaskRemoved { task_id: TaskId },
		/// The node missed a deadline but could not be slashed; the task moved on all the same.
		SlashFailed { task_id: TaskId, node: NodeId, error: DispatchError },
		/// The task's deadline passed but could not be worked off. The task stays as it is until `process_deadline` works.
		DeadlineFailed { task_id: TaskId, error: DispatchError },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// There is no such task; it may have been removed.
		TaskNotFound,
		/// Only the task's buyer may do this.
		NotBuyer,
		/// Only who owned the node when it took the task may do this.
		NotProvider,
		/// The task is not open: it is taken, or has ended.
		TaskNotOpen,
		/// The task is not waiting for its node to start.
		TaskNotAssigned,
		/// The task was not started, or its result is handed in already.
		TaskNotInProgress,
		/// There is no result to review, or it was reviewed already.
		TaskNotCompleted,
		/// The task is not disputed, or its dispute is over.
		TaskNotDisputed,
		/// The task has not ended; cancel it or wait.
		TaskNotEnded,
		/// The duration is shorter or longer than the market allows.
		DurationOutOfBounds,
		/// There is no trust level above 4.
		TrustLevelTooHigh,
		/// The URI must be `scheme:rest`, in printable ASCII without blanks.
		BadUri,
		/// The price for the duration is zero; offer more per hour.
		ZeroPrice,
		/// The price for the duration is larger than any amount can be.
		PriceOverflow,
		/// The buyer has as many live tasks as it may; let some end first.
		TooManyTasks,
		/// There is no such node.
		NodeNotFound,
		/// Only the node's owner may take tasks for it.
		NotNodeOwner,
		/// The node is not active; activate it first.
		NodeNotActive,
		/// The node was banned; the task will be given to another one.
		NodeBanned,
		/// The task needs another kind of node.
		WrongResourceType,
		/// The node's verified power, of one kind or another, is below what the task needs.
		NotEnoughPower,
		/// The node's trust level is below what the task needs.
		TrustTooLow,
		/// The node has less at stake than any work takes; add stake first.
		NodeUnderStaked,
		/// Nodes of the lowest trust level take no task in this currency while there is no fresh price for it: try later, or
		/// with a node of a higher level.
		CurrencyNotForTrustLevel,
		/// The task is worth more than a node of the lowest trust level may take.
		TaskValueAboveLimit,
		/// A buyer cannot take its own task.
		SelfDealing,
		/// The node has as many live tasks as it may; finish some first.
		NodeBusy,
		/// The node missed a deadline of this very task and cannot take it again.
		NodeFailedBefore,
		/// The deadline has passed; the act comes too late.
		DeadlinePassed,
		/// The task has no deadline, or may still be acted on in time.
		DeadlineNotPassed,
		/// An auction decides who gets this task: bid in it.
		ForAuctionOnly,
		/// Nobody gave the service level that the buyer asks for: only trusted nodes (tier 1 and 2) may take this task.
		ForTrustedNodesOnly,
		/// The node is not where, or has not what, the buyer asks for: see the request of the task's auction.
		RequestNotMet,
		/// The task is not up for auction.
		NotForAuction,
		/// The price is zero or above what is held for the task.
		AgreedPriceOutOfRange,
		/// Nodes have bid for this task: let the auction be settled first.
		AuctionRunning,
		/// The task ended too recently for anybody but its buyer to remove it.
		RetentionNotOver,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			let mut meter = WeightMeter::new();
			Self::work_off_deadlines(now, &mut meter, GUARANTEED_DEADLINES, GUARANTEED_SCANS);
			meter.consumed()
		}

		fn on_idle(now: BlockNumberFor<T>, remaining: Weight) -> Weight {
			let mut meter = WeightMeter::with_limit(remaining);
			Self::work_off_deadlines(now, &mut meter, u32::MAX, u32::MAX);
			meter.consumed()
		}

		fn integrity_test() {
			let block = T::BlockWeights::get().max_block;
			assert!(
				Self::guaranteed_weight().all_lte(block.saturating_div(4)),
				"the deadlines that every block must work off have to fit into a quarter of a block",
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Offers work, and locks its price: `max_price_per_hour` for `duration_secs`, rounded up.
		///
		/// `required_power` is in hashes per second, thousandths of a TOPS and MiB, each zero for none; the amount in the smallest unit of `asset` per hour. A storage deposit
		/// is held until the task is removed.
		///
		/// # Errors
		/// [`Error::TrustLevelTooHigh`], [`Error::BadUri`], [`Error::DurationOutOfBounds`], [`Error::PriceOverflow`],
		/// [`Error::ZeroPrice`], [`Error::TooManyTasks`], or the buyer cannot spare price and deposit.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::create_task())]
		pub fn create_task(
			origin: OriginFor<T>,
			resource_type: ResourceType,
			required_power: RequiredPower,
			duration_secs: u32,
			asset: T::AssetKind,
			max_price_per_hour: T::Balance,
			min_trust_level: TrustLevel,
			specification_uri: Uri,
			specification_hash: H256,
		) -> DispatchResult {
			let buyer = ensure_signed(origin)?;
			Self::do_create_task(
				buyer,
				resource_type,
				required_power,
				duration_secs,
				asset,
				max_price_per_hour,
				min_trust_level,
				specification_uri,
				specification_hash,
				Assignment::Direct,
			)
		}

		/// Takes back an open task; the buyer has all of the price back. Not while nodes bid for it.
		///
		/// # Errors
		/// [`Error::TaskNotFound`], [`Error::NotBuyer`], [`Error::TaskNotOpen`], [`Error::AuctionRunning`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::cancel_task().saturating_add(T::Requests::weight()))]
		pub fn cancel_task(origin: OriginFor<T>, task_id: TaskId) -> DispatchResult {
			Self::do_cancel_task(ensure_signed(origin)?, task_id)
		}

		/// Takes an open task for a node of the caller's, who then has to start it in time or is slashed.
		///
		/// # Errors
		/// [`Error::TaskNotFound`], [`Error::TaskNotOpen`], [`Error::NodeNotFound`], [`Error::NotNodeOwner`],
		/// [`Error::ForAuctionOnly`], [`Error::ForTrustedNodesOnly`], [`Error::RequestNotMet`], [`Error::SelfDealing`],
		/// [`Error::NodeNotActive`], [`Error::WrongResourceType`], [`Error::NodeFailedBefore`], [`Error::NodeBusy`],
		/// [`Error::NotEnoughPower`], [`Error::TrustTooLow`], or the price is above what the node's trust level may take.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::accept_task()
			.saturating_add(T::Requests::weight())
			.saturating_add(T::TaskValueLimit::weight()))]
		pub fn accept_task(origin: OriginFor<T>, task_id: TaskId, node_id: NodeId) -> DispatchResult {
			Self::do_accept_task(ensure_signed(origin)?, task_id, node_id)
		}

		/// Starts the work. The result is due when the task's duration and a grace period are over.
		///
		/// # Errors
		/// [`Error::TaskNotFound`], [`Error::TaskNotAssigned`], [`Error::NotProvider`], [`Error::DeadlinePassed`],
		/// [`Error::NodeBanned`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::start_task())]
		pub fn start_task(origin: OriginFor<T>, task_id: TaskId) -> DispatchResult {
			Self::do_start_task(ensure_signed(origin)?, task_id)
		}

		/// Hands in the result: where it lies, and the hash of its bytes.
		///
		/// # Errors
		/// [`Error::TaskNotFound`], [`Error::TaskNotInProgress`], [`Error::NotProvider`], [`Error::DeadlinePassed`],
		/// [`Error::BadUri`], [`Error::NodeBanned`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::submit_result())]
		pub fn submit_result(
			origin: OriginFor<T>,
			task_id: TaskId,
			result_hash: H256,
			result_uri: Uri,
		) -> DispatchResult {
			Self::do_submit_result(ensure_signed(origin)?, task_id, result_hash, result_uri)
		}

		/// Approves the result: the provider is paid, less the platform fee. Never too late while the task is `Completed`.
		///
		/// # Errors
		/// [`Error::TaskNotFound`], [`Error::NotBuyer`], [`Error::TaskNotCompleted`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::approve_result())]
		pub fn approve_result(origin: OriginFor<T>, task_id: TaskId) -> DispatchResult {
			Self::do_approve_result(ensure_signed(origin)?, task_id)
		}

		/// Refuses the result. The price stays held until the dispute is judged.
		///
		/// # Errors
		/// [`Error::TaskNotFound`], [`Error::NotBuyer`], [`Error::TaskNotCompleted`], [`Error::DeadlinePassed`], or whoever
		/// judges disputes refuses this one.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::dispute_task().saturating_add(T::OnDisputed::weight()))]
		pub fn dispute_task(origin: OriginFor<T>, task_id: TaskId, reason: Reason) -> DispatchResult {
			Self::do_dispute_task(ensure_signed(origin)?, task_id, reason)
		}

		/// Forgets an ended task and returns the storage deposit to its buyer, who may do so at once; anybody may after the
		/// retention period.
		///
		/// # Errors
		/// [`Error::TaskNotFound`], [`Error::TaskNotEnded`], [`Error::RetentionNotOver`], or the escrow still owes somebody.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::remove_task())]
		pub fn remove_task(origin: OriginFor<T>, task_id: TaskId) -> DispatchResult {
			Self::do_remove_task(ensure_signed(origin)?, task_id)
		}

		/// Works off the passed deadline of a task now. Free for whoever does.
		///
		/// # Errors
		/// [`Error::TaskNotFound`], [`Error::DeadlineNotPassed`], or what keeps the escrow from paying.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::process_deadline().max(Pallet::<T>::heaviest_deadline()))]
		pub fn process_deadline(origin: OriginFor<T>, task_id: TaskId) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::do_process_deadline(task_id)?;
			Ok(Pays::No.into())
		}

		/// Like `create_task`, for a task that shall be auctioned: nobody can take it directly, unless the auction that its
		/// buyer then opens says so.
		///
		/// # Errors
		/// Those of `create_task`.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::create_task())]
		pub fn create_auction_task(
			origin: OriginFor<T>,
			resource_type: ResourceType,
			required_power: RequiredPower,
			duration_secs: u32,
			asset: T::AssetKind,
			max_price_per_hour: T::Balance,
			min_trust_level: TrustLevel,
			specification_uri: Uri,
			specification_hash: H256,
		) -> DispatchResult {
			let buyer = ensure_signed(origin)?;
			Self::do_create_task(
				buyer,
				resource_type,
				required_power,
				duration_secs,
				asset,
				max_price_per_hour,
				min_trust_level,
				specification_uri,
				specification_hash,
				Assignment::Auction,
			)
		}
	}
}
