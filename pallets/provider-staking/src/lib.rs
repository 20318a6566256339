//! # Provider staking
//!
//! The collateral behind providers' nodes: stake, cooldown, slashing, trust levels.
//!
//! ## Overview
//!
//! A node's owner stakes native money for it, which stays on the owner's account under [`HoldReason::ProviderStake`] and
//! is entered in one [`StakeLedger`] a node. Registration bonds the first stake; [`Pallet::add_stake`] adds to it. Stake
//! earns nothing: it is what a node can lose, and with the node's track record it decides the [trust
//! level](#trust-levels) that the market asks for.
//!
//! ```text
//!                    request_withdrawal                      withdraw_unbonded
//!   free ──────▶ active ───────────────────▶ unbonding ──────────────────────────▶ free
//!     bond, add_stake  ◀────────────────────  (CooldownPeriod)
//!                       cancel_withdrawal
//!
//!                      slash                     due (SlashDelay), execute_slash or a block's own work
//!   active, unbonding ───────▶ pending slash ──────────────────────────────────────────▶ harmed account, then treasury
//!                                │   ▲ │ │
//!        appeal_slash, with a    │   │ │ └────── cancel_slash (appeal upheld) ─────▶ stake as it was, bond back
//!        bond: due AppealPeriod  └───┘ └──────── reject_appeal ────────────────────▶ due in the next block, bond to the
//!        later                                                                      treasury
//! ```
//!
//! **Withdrawal.** The node must be out of the market (not active) and free of open work; then the stake cools down for
//! `CooldownPeriod` blocks, without a penalty. Either `MinimumStake` or nothing stays behind. Unbonding stake can still be
//! slashed until it is withdrawn, and a withdrawal never takes what pending slashes need.
//!
//! **Slashing.** A market slashes by a share of all that could be taken. The slash waits `SlashDelay` blocks, in which the
//! owner may appeal; an appealed one waits `AppealPeriod` blocks longer, and is carried out then unless
//! `SlashCancelOrigin` has cancelled it. Each block carries out up to `SlashesPerBlock` due slashes when it begins, so that full
//! blocks cannot postpone them for ever, and more in what weight it has left; anyone may carry out a due one. Active stake
//! goes first, then the newest unbonding stake. The harmed account is compensated first, the treasury has the rest; what
//! the harmed account cannot receive goes to the treasury too. A slash that cannot be paid out at all (the treasury does
//! not exist and the amount would not create it) is postponed by another `SlashDelay`. Misuse bans the node at once.
//!
//! **Appeals.** An appeal holds a bond, a share of the slash. It goes back if the appeal is upheld, and to the treasury if it
//! is rejected, which also ends the wait. If nobody decides in time the slash is carried out and the bond goes back: silence
//! neither undoes a penalty nor proves that the appeal had no reason.
//!
//! ## Trust levels
//!
//! Each level needs the conditions of all levels below it. What pending slashes will take does not count as stake.
//!
//! | level | stake | record |
//! | --- | --- | --- |
//! | 0 | less than `MinimumStake`, or the node is unknown, rejected or banned | |
//! | 1 basic | `MinimumStake` | |
//! | 2 verified | `verified_stake` | enough challenges passed, a large enough share of all; of tasks too, once one has ended |
//! | 3 trusted | `trusted_stake` | enough tasks completed, a large enough share of all |
//! | 4 partner | `partner_stake` | a large enough share of tasks completed; a [commitment](#partners) with its bond |
//!
//! A node that is flagged for its failures is held at level 1 until the flag is cleared.
//!
//! ## Partners
//!
//! A node's owner may commit to a service level: an uptime, a time to respond in (recorded, for whoever judges a dispute;
//! nothing on chain measures it) and what a breach costs. An insurance bond stands behind it, apart from the stake and on
//! hold for [`HoldReason::InsuranceBond`]; slashes do not touch it.
//!
//! ```text
//!   commit_sla ─▶ Commitment ── add_insurance ↻ ── end_sla ─▶ ending ── withdraw_insurance (InsuranceCooldown) ─▶ (gone)
//!                   │  report_breach: the penalty ─▶ a harmed renter's part, the rest to the treasury    │
//!                   └──────────────────── a breach takes the last of the bond ─▶ (gone) ◀────────────────┘
//! ```
//!
//! Anybody may report a breach: the registry's uptime is below what was committed, over a full window of heartbeats that
//! began after the commitment, and after the last breach that was reported, so that no period counts twice. While the node
//! has open work the report has to name one of those who pay for it, so that nobody can keep the compensation from them by
//! being quicker. They have `BreachCompensation` of the penalty, and never all of it: an owner who rents from themselves to
//! be the harmed one loses the rest. An ended commitment is no partner's, and can be breached until its bond is withdrawn,
//! for which all work must have ended.
//!
//! ## Invariants
//!
//! 1. For each owner, active and unbonding stake of all its ledgers together is what is on hold for `ProviderStake`.
//! 2. A ledger's `pending_slash` is the sum of its node's pending slashes, and no more than its active and unbonding stake.
//! 3. Each pending slash is queued once, in the block it is due, and listed once under its node; nothing else is queued or
//!    listed.
//! 4. No queued slash is due before the queue's cursor; no pending slash has an id that is still to be given.
//! 5. No ledger is empty, no unbonding chunk and no pending slash is zero, and nobody is compensated from its own stake.
//! 6. For each owner, the bonds of its open appeals together are what is on hold for `AppealBond`.
//! 7. For each owner, the bonds of all its commitments together are what is on hold for `InsuranceBond`; none is zero, and
//!    no penalty is.
//!
//! Money is conserved: this pallet neither mints nor burns.
//!
//! ## Terminology
//!
//! - **Active** stake counts towards the trust level; **unbonding** stake does not any more.
//! - **Stake that counts**: active stake less what pending slashes will take.
//! - **Due**: the first block in which a slash may be carried out.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod dispatchable_impls;
mod impl_collateral;
mod impl_node_events;
mod impl_trust;
mod queue_impls;
mod sla_impls;
mod slash_impls;
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

use frame_support::traits::fungible;
use frame_system::pallet_prelude::BlockNumberFor;

pub use pallet::*;
pub use types::{
	Appeal, Commitment, PendingSlash, SlaLimits, SlaTerms, SlashId, StakeLedger, TrustThresholds, UnbondingChunk,
	MAX_UNBONDING,
};
pub use weights::WeightInfo;

/// Plancks of [`Config::Currency`].
pub type BalanceOf<T> = <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// A node's ledger in the runtime's types.
pub type StakeLedgerOf<T> = StakeLedger<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// A pending slash in the runtime's types.
pub type PendingSlashOf<T> = PendingSlash<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// A commitment in the runtime's types.
pub type CommitmentOf<T> = Commitment<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// See the crate's documentation.
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::{pallet_prelude::*, weights::WeightMeter};
	use frame_system::pallet_prelude::*;
	use gpu_chain_primitives::{
		BasisPoints, Misconduct, NodeId, OnSlashed, OpenWork, ProviderControl, ProviderInspect, Reason,
		ReputationInspect, UptimeInspect,
	};
	use sp_runtime::Permill;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// Why this pallet holds money.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Collateral for a provider's node.
		ProviderStake,
		/// The bond for an appeal that is not decided.
		AppealBond,
		/// What a partner's breaches of its service level are paid from.
		InsuranceBond,
	}

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The money that is staked.
		type Currency: fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;

		/// Where slashes go. The account should exist: slashes too small to create it are postponed otherwise.
		type Treasury: Get<Self::AccountId>;

		/// Reads nodes. With `()` no node is known: nobody can add stake, every node counts as out of the market, and every
		/// trust level is 0.
		type Providers: ProviderInspect<Self::AccountId>;

		/// Bans nodes. With `()` misuse costs stake only.
		type ProviderControl: ProviderControl;

		/// Says whether a node has work that has not ended. With `()` none ever has.
		type OpenWork: OpenWork<Self::AccountId>;

		/// Reads track records. With `()` they are all empty, so that no node is above level 1 unless the thresholds are
		/// zero.
		type Reputation: ReputationInspect;

		/// Measures nodes' uptime. With `()` no commitment can be breached.
		type Uptime: UptimeInspect;

		/// Who shares the blame of a slash. With `()` nobody does.
		type OnSlashed: OnSlashed<Self::AccountId, BalanceOf<Self>>;

		/// Who decides appeals: may cancel a pending slash, or reject an appeal against it. With `EnsureNever` every slash is
		/// carried out.
		type SlashCancelOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// The least stake of a node, plancks. When it rises, nodes below it fall to trust level 0 until they add stake.
		/// Zero: any stake above zero will do.
		type MinimumStake: Get<BalanceOf<Self>>;

		/// What trust levels 2 to 4 take. A threshold of zero is always met.
		type Thresholds: Get<TrustThresholds<BalanceOf<Self>>>;

		/// Blocks that stake cools down before it can be withdrawn. Zero: at once.
		type CooldownPeriod: Get<BlockNumberFor<Self>>;

		/// Blocks between a slash and its execution, in which it may be appealed. Zero counts as one.
		type SlashDelay: Get<BlockNumberFor<Self>>;

		/// Blocks that an appealed slash waits longer for a decision. Zero: an appeal gains no time.
		type AppealPeriod: Get<BlockNumberFor<Self>>;

		/// The share of a slash that its owner has to bond to appeal it, rounded up. Zero: appeals are free.
		type AppealBondShare: Get<Permill>;
		/// What a partner has to commit to at least. Limits of zero take any commitment with a bond and a penalty.
		type SlaLimits: Get<SlaLimits<BalanceOf<Self>>>;

		/// Blocks that an insurance bond stays after its commitment was ended. Zero: none.
		type InsuranceCooldown: Get<BlockNumberFor<Self>>;

		/// The part of a breach's penalty that a harmed renter has. At one an owner could be the harmed one for nothing.
		type BreachCompensation: Get<Permill>;

		/// Due slashes that each block carries out when it begins, full or not. Must not be zero.
		#[pallet::constant]
		type SlashesPerBlock: Get<u32>;

		/// Blocks without a due slash that the queue's cursor passes in one go, at most. Must be two at least, or the cursor
		/// could never catch up.
		#[pallet::constant]
		type MaxQueueSteps: Get<u32>;

		/// Weights of calls and hooks. `()`: estimates from reads and writes, for tests.
		type WeightInfo: WeightInfo;

		/// Makes accounts and nodes ready for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: gpu_chain_primitives::benchmarking::BenchmarkNodes<Self::AccountId>
			+ gpu_chain_primitives::benchmarking::BenchmarkUptime;
	}

	/// Each node's stake. Node ids are hashes already, so they need no further hashing here or below.
	#[pallet::storage]
	pub type Stakes<T: Config> = StorageMap<_, Identity, NodeId, StakeLedgerOf<T>, OptionQuery>;

	/// The service levels that nodes' owners have committed to, with the bonds behind them.
	#[pallet::storage]
	pub type Commitments<T: Config> = StorageMap<_, Identity, NodeId, CommitmentOf<T>, OptionQuery>;

	/// The id of the next slash.
	#[pallet::storage]
	pub type NextSlashId<T: Config> = StorageValue<_, SlashId, ValueQuery>;

	/// Slashes that are neither carried out nor cancelled. The chain counts the ids, so nobody can choose them.
	#[pallet::storage]
	pub type PendingSlashes<T: Config> = CountedStorageMap<_, Twox64Concat, SlashId, PendingSlashOf<T>, OptionQuery>;

	/// The same by node, for listing.
	#[pallet::storage]
	pub type PendingByNode<T: Config> = StorageDoubleMap<_, Identity, NodeId, Twox64Concat, SlashId, (), OptionQuery>;

	/// The same by the block they are due in, for working off.
	#[pallet::storage]
	pub type SlashQueue<T: Config> =
		StorageDoubleMap<_, Twox64Concat, BlockNumberFor<T>, Twox64Concat, SlashId, (), OptionQuery>;

	/// No slash in the queue is due before this block. Means nothing while the queue is empty.
	#[pallet::storage]
	pub type QueueCursor<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Money was staked for a node.
		StakeAdded {
			/// The node.
			node: NodeId,
			/// Who staked.
			owner: T::AccountId,
			/// How much was added, plancks.
			amount: BalanceOf<T>,
			/// The node's active stake now, plancks.
			active: BalanceOf<T>,
		},
		/// Stake began to cool down.
		WithdrawalRequested {
			/// The node.
			node: NodeId,
			/// How much, plancks.
			amount: BalanceOf<T>,
			/// The first block in which it can be withdrawn.
			unlock_at: BlockNumberFor<T>,
		},
		/// All unbonding stake is active again.
		WithdrawalCancelled {
			/// The node.
			node: NodeId,
			/// How much, plancks.
			amount: BalanceOf<T>,
		},
		/// Stake went back to its owner.
		StakeWithdrawn {
			/// The node.
			node: NodeId,
			/// Who has it.
			owner: T::AccountId,
			/// How much, plancks.
			amount: BalanceOf<T>,
		},
		/// A slash waits for its execution; the owner may appeal it before.
		SlashQueued {
			/// The slash.
			slash: SlashId,
			/// The node.
			node: NodeId,
			/// How much it will take, plancks.
			amount: BalanceOf<T>,
			/// What for.
			misconduct: Misconduct,
			/// The first block in which it may be carried out.
			due: BlockNumberFor<T>,
		},
		/// The owner appealed a slash: somebody should decide before it is due.
		SlashAppealed {
			/// The slash.
			slash: SlashId,
			/// The node.
			node: NodeId,
			/// The owner's reason.
			reason: Reason,
			/// What the owner loses if the appeal is rejected, plancks.
			bond: BalanceOf<T>,
			/// When it is carried out unless it is cancelled.
			due: BlockNumberFor<T>,
		},
		/// An appeal was rejected, and its bond went to the treasury.
		AppealRejected {
			/// The slash.
			slash: SlashId,
			/// The node.
			node: NodeId,
			/// The bond, plancks.
			bond: BalanceOf<T>,
			/// When the slash is carried out.
			due: BlockNumberFor<T>,
		},
		/// An appeal was upheld, or nobody decided it in time: its bond is free again.
		AppealBondReturned {
			/// The slash.
			slash: SlashId,
			/// Who has the bond back.
			owner: T::AccountId,
			/// The bond, plancks.
			bond: BalanceOf<T>,
		},
		/// A pending slash was cancelled.
		SlashCancelled {
			/// The slash.
			slash: SlashId,
			/// The node.
			node: NodeId,
			/// How much it would have taken, plancks.
			amount: BalanceOf<T>,
		},
		/// A slash was carried out. `amount - compensated` went to the treasury.
		StakeSlashed {
			/// The slash.
			slash: SlashId,
			/// The node.
			node: NodeId,
			/// Who lost the stake.
			owner: T::AccountId,
			/// How much, plancks.
			amount: BalanceOf<T>,
			/// How much of it the harmed account received, plancks.
			compensated: BalanceOf<T>,
		},
		/// A due slash could not be paid out and is tried again.
		SlashPostponed {
			/// The slash.
			slash: SlashId,
			/// The node.
			node: NodeId,
			/// When it is tried again.
			due: BlockNumberFor<T>,
			/// Why it failed.
			error: DispatchError,
		},
		/// A node's owner committed to a service level.
		SlaCommitted {
			/// The node.
			node: NodeId,
			/// To what.
			terms: SlaTerms<BalanceOf<T>>,
			/// What stands behind it, plancks.
			bond: BalanceOf<T>,
		},
		/// More stands behind a commitment.
		InsuranceAdded {
			/// The node.
			node: NodeId,
			/// How much was added, plancks.
			amount: BalanceOf<T>,
			/// The bond now, plancks.
			bond: BalanceOf<T>,
		},
		/// A node's uptime was below what its owner had committed to.
		SlaBreached {
			/// The node.
			node: NodeId,
			/// What was measured, basis points.
			uptime: BasisPoints,
			/// What had been committed to, basis points.
			committed: BasisPoints,
			/// What it cost, plancks.
			penalty: BalanceOf<T>,
			/// Who was harmed, as the report said.
			harmed: Option<T::AccountId>,
			/// What they received, plancks. The rest went to the treasury.
			compensated: BalanceOf<T>,
			/// What is left of the bond, plancks. With nothing the commitment is void.
			bond: BalanceOf<T>,
		},
		/// A commitment was ended: the node is no partner's any more.
		SlaEnded {
			/// The node.
			node: NodeId,
			/// The first block in which the bond can be withdrawn.
			unlock_at: BlockNumberFor<T>,
		},
		/// An ended commitment's bond went back.
		InsuranceWithdrawn {
			/// The node.
			node: NodeId,
			/// Who has it.
			owner: T::AccountId,
			/// How much, plancks.
			amount: BalanceOf<T>,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The amount is zero: name how much.
		ZeroAmount,
		/// No such node is registered: check the id.
		UnknownNode,
		/// Only the node's owner may do this: sign with the account that registered it.
		NotOwner,
		/// The node was rejected or banned and can never work again: stake for it would buy nothing.
		NodeOutOfService,
		/// Less than the minimum stake would stand behind the node: stake more, or withdraw all that counts.
		BelowMinimumStake,
		/// The node has a stake already: add to it instead.
		AlreadyStaked,
		/// The node has no stake.
		NotStaked,
		/// The node has less active stake than that, after what pending slashes will take.
		InsufficientStake,
		/// The node is active: deactivate it first.
		NodeActive,
		/// The node has work that has not ended: finish it first.
		OpenWork,
		/// Too many withdrawals are cooling down: withdraw those that are unlocked, or wait.
		TooManyUnbonding,
		/// No stake is unbonding, so there is no withdrawal to cancel.
		NothingUnbonding,
		/// No stake has cooled down yet: wait for the block named when it was requested.
		NothingUnlocked,
		/// Pending slashes need all the stake that is left: wait until they are carried out or cancelled.
		HeldForSlashes,
		/// No such slash is pending: it was carried out or cancelled, or never was.
		UnknownSlash,
		/// The slash was appealed already: one appeal is heard.
		AlreadyAppealed,
		/// There is no appeal to reject: none was made, or it is rejected already.
		NotAppealed,
		/// The slash is due: the time to appeal it is over.
		AppealTooLate,
		/// The slash is not due yet: wait for the block it is due in.
		NotDue,
		/// The node's owner has committed to a service level already: end that commitment first.
		AlreadyCommitted,
		/// There is no commitment to a service level for this node.
		NotCommitted,
		/// The uptime is above 100 % or below the least that partners commit to.
		UptimeOutOfRange,
		/// The time to respond in is zero or above the longest that partners commit to.
		ResponseOutOfRange,
		/// A breach must cost something, no less than the least penalty of partners, and no more than the bond.
		PenaltyOutOfRange,
		/// The insurance bond is smaller than the least of partners: bond more.
		InsuranceTooSmall,
		/// The commitment was ended: withdraw its bond once it is unlocked, and commit anew.
		SlaEnding,
		/// The bond cannot be withdrawn yet: end the commitment, and wait for the block named then.
		InsuranceLocked,
		/// No full window of heartbeats lies between now and the commitment, or the last breach: wait for one.
		WindowNotOver,
		/// The node was there as much as its owner had committed to.
		NoBreach,
		/// The account that should be compensated does not pay for open work of this node, or owns it.
		NotHarmed,
		/// The node has open work: name one of those who pay for it, whom the breach has harmed.
		HarmedNotNamed,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		/// Carries out up to `SlashesPerBlock` due slashes. What is left behind waits for `on_idle` or the next block.
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			let mut meter = WeightMeter::new();
			Self::service_queue(now, T::SlashesPerBlock::get(), &mut meter);
			meter.consumed()
		}

		/// Carries out due slashes within the weight that is left. What is left behind waits for the next block.
		fn on_idle(now: BlockNumberFor<T>, remaining: Weight) -> Weight {
			let mut meter = WeightMeter::with_limit(remaining);
			Self::service_queue(now, u32::MAX, &mut meter);
			meter.consumed()
		}

		fn integrity_test() {
			assert!(
				T::SlashesPerBlock::get() > 0,
				"SlashesPerBlock must not be zero: full blocks would postpone slashes"
			);
			assert!(
				T::MaxQueueSteps::get() > 1,
				"MaxQueueSteps must be two at least: the cursor must be able to catch up"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Stakes `amount` plancks more for a node of the caller's. A node whose stake was withdrawn as a whole starts again
		/// with the minimum stake at least.
		///
		/// # Errors
		/// [`Error::ZeroAmount`], [`Error::UnknownNode`], [`Error::NotOwner`], [`Error::NodeOutOfService`],
		/// [`Error::BelowMinimumStake`]; the currency's own where the caller cannot spare the amount.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::add_stake())]
		pub fn add_stake(
			origin: OriginFor<T>,
			node: NodeId,
			#[pallet::compact] amount: BalanceOf<T>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_add_stake(who, &node, amount)
		}

		/// Lets `amount` plancks of a node's active stake cool down for withdrawal: all that counts, or so much that the
		/// minimum stake stays. The node must be out of the market and free of open work.
		///
		/// # Errors
		/// [`Error::ZeroAmount`], [`Error::NotStaked`], [`Error::NotOwner`], [`Error::InsufficientStake`],
		/// [`Error::BelowMinimumStake`], [`Error::NodeActive`], [`Error::OpenWork`], [`Error::TooManyUnbonding`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::request_withdrawal())]
		pub fn request_withdrawal(
			origin: OriginFor<T>,
			node: NodeId,
			#[pallet::compact] amount: BalanceOf<T>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_request_withdrawal(who, &node, amount)
		}

		/// Pays out all of a node's unbonding stake that has cooled down, but for what pending slashes need.
		///
		/// # Errors
		/// [`Error::NotStaked`], [`Error::NotOwner`], [`Error::NothingUnlocked`], [`Error::HeldForSlashes`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::withdraw_unbonded())]
		pub fn withdraw_unbonded(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_withdraw_unbonded(who, &node)
		}

		/// Makes all of a node's unbonding stake active again.
		///
		/// # Errors
		/// [`Error::NotStaked`], [`Error::NotOwner`], [`Error::NothingUnbonding`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::cancel_withdrawal())]
		pub fn cancel_withdrawal(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_cancel_withdrawal(who, &node)
		}

		/// Appeals a slash of a node of the caller's, once and before it is due. It then waits `AppealPeriod` blocks longer, and
		/// [`Config::AppealBondShare`] of it is held from the caller until it is decided: back if the appeal is upheld or nobody
		/// decides it in time, to the treasury if it is rejected.
		///
		/// # Errors
		/// [`Error::UnknownSlash`], [`Error::NotOwner`], [`Error::AlreadyAppealed`], [`Error::AppealTooLate`]; the currency's own
		/// where the caller cannot spare the bond.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::appeal_slash())]
		pub fn appeal_slash(
			origin: OriginFor<T>,
			#[pallet::compact] slash_id: SlashId,
			reason: Reason,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_appeal_slash(who, slash_id, reason)
		}

		/// Cancels a pending slash: an appeal was upheld, or the slash was a mistake. A bond goes back; a ban stays.
		///
		/// # Errors
		/// [`Error::UnknownSlash`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::cancel_slash())]
		pub fn cancel_slash(origin: OriginFor<T>, #[pallet::compact] slash_id: SlashId) -> DispatchResult {
			T::SlashCancelOrigin::ensure_origin(origin)?;
			Self::do_cancel_slash(slash_id)
		}

		/// Carries out a slash that is due. Anyone may do it; it is free when it succeeds.
		///
		/// # Errors
		/// [`Error::UnknownSlash`], [`Error::NotDue`]; the currency's own where the treasury cannot receive it.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::execute_slash())]
		pub fn execute_slash(origin: OriginFor<T>, #[pallet::compact] slash_id: SlashId) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::do_execute_slash(slash_id)?;
			Ok(Pays::No.into())
		}

		/// Rejects an appeal: its bond goes to the treasury, and the slash is carried out from the next block on.
		///
		/// # Errors
		/// [`Error::UnknownSlash`], [`Error::NotAppealed`]; the currency's own where the treasury cannot receive the bond.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::reject_appeal())]
		pub fn reject_appeal(origin: OriginFor<T>, #[pallet::compact] slash_id: SlashId) -> DispatchResult {
			T::SlashCancelOrigin::ensure_origin(origin)?;
			Self::do_reject_appeal(slash_id)
		}

		/// Commits a node of the caller's to a service level, and has `bond` plancks held behind it: one of the conditions of
		/// trust level 4.
		///
		/// # Errors
		/// [`Error::UnknownNode`], [`Error::NotOwner`], [`Error::NodeOutOfService`], [`Error::AlreadyCommitted`],
		/// [`Error::UptimeOutOfRange`], [`Error::ResponseOutOfRange`], [`Error::InsuranceTooSmall`],
		/// [`Error::PenaltyOutOfRange`]; the currency's own where the caller cannot spare the bond.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::commit_sla())]
		pub fn commit_sla(
			origin: OriginFor<T>,
			node: NodeId,
			terms: SlaTerms<BalanceOf<T>>,
			#[pallet::compact] bond: BalanceOf<T>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_commit_sla(who, &node, terms, bond)
		}

		/// Adds `amount` plancks to the bond behind a commitment of the caller's: after a breach it may be too small for a
		/// partner.
		///
		/// # Errors
		/// [`Error::ZeroAmount`], [`Error::NotCommitted`], [`Error::NotOwner`], [`Error::SlaEnding`]; the currency's own
		/// where the caller cannot spare the amount.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::add_insurance())]
		pub fn add_insurance(
			origin: OriginFor<T>,
			node: NodeId,
			#[pallet::compact] amount: BalanceOf<T>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_add_insurance(who, &node, amount)
		}

		/// Ends a commitment of the caller's, for a node without open work. The bond stays for `InsuranceCooldown` blocks.
		///
		/// # Errors
		/// [`Error::NotCommitted`], [`Error::NotOwner`], [`Error::SlaEnding`], [`Error::OpenWork`].
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::end_sla())]
		pub fn end_sla(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_end_sla(who, &node)
		}

		/// Pays back the bond of an ended commitment of the caller's, once it is unlocked and the node has no open work.
		///
		/// # Errors
		/// [`Error::NotCommitted`], [`Error::NotOwner`], [`Error::InsuranceLocked`], [`Error::OpenWork`].
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::withdraw_insurance())]
		pub fn withdraw_insurance(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_withdraw_insurance(who, &node)
		}

		/// Reports that a node was there less than its owner had committed to. `harmed`, who pays for open work of the node,
		/// has a part of the penalty, the treasury the rest. Anyone may report; it is free when it succeeds.
		///
		/// # Errors
		/// [`Error::NotCommitted`], [`Error::WindowNotOver`], [`Error::NoBreach`], [`Error::NotHarmed`],
		/// [`Error::HarmedNotNamed`]; the currency's own where the treasury cannot receive its part.
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::report_breach())]
		pub fn report_breach(
			origin: OriginFor<T>,
			node: NodeId,
			harmed: Option<T::AccountId>,
		) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::do_report_breach(&node, harmed)?;
			Ok(Pays::No.into())
		}
	}
}
