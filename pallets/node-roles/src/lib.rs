//! # Node roles
//!
//! Who oversees, who sponsors and who serves: King, Queen and Provider.
//!
//! ## Overview
//!
//! - **Kings** oversee. Government names them, at most [`MAX_KINGS`]; they appoint and suspend Queens, confirm what audits
//!   found and end sponsorships. Their seat is an origin ([`EnsureKing`]) and a list (`SortedMembers`, `Contains`) that
//!   other pallets may use, and `OnKingsChanged` lets a council have the same members.
//! - **Queens** answer for nodes. A Queen applies with a bond, more than `QueenQuorum` of the Kings make her active, and she
//!   sponsors up to `MaxSponsored` nodes and audits them. She shares the fee, and the blame.
//! - **Providers** serve. Whoever has a registered node is one; nothing is stored of it here.
//!
//! The roles exclude each other where one watches the other: a King is no Queen, a Queen sponsors no node of her own, and a
//! King confirms no audit of one.
//!
//! ```text
//!   apply ─▶ Candidate ── confirm_queen, by a quorum ──▶ Active ◀── confirm_queen, by a quorum ── Suspended
//!               │                                         │ └────────── suspend_queen, by one King ──▶ │
//!               └───────────── resign, dismiss_queen ─────┴────────────────────────────────────────────┘
//!                                      ▼
//!                                   Leaving ── withdraw_bond: after QueenCooldown, without nodes and pending blame ─▶ (gone)
//!
//!   sponsor_node ─▶ sponsored ── end_sponsorship ─▶ ending (SponsorNotice: fee and blame go on) ── end_sponsorship ─▶ (gone)
//!                    ▲ │  audit_node (passed) ↻
//!                    │ └─ audit_node (failed), confirm_audit by a King ─▶ (gone), and the node is pending again
//!                    └─ a node whose sponsorship is over can be sponsored anew
//! ```
//!
//! ### The fee
//! Of the platform's fee of each deal, `FeeShare` goes on to the sponsor of the node that did the work, in the currency of
//! the deal, from the treasury, in the settlement itself. It cannot fail the settlement: what she cannot receive stays with
//! the treasury. She has nothing while she is not live, when the node's last passed audit is older than `AuditValidity`,
//! or if she paid for the deal herself. The share is never above [`Config::MaxFeeShare`], so that deals between accounts of one
//! person always cost the greater part of the fee.
//!
//! ### The blame
//! When a slash of a sponsored node is queued, whoever sponsors it then is to blame, however the sponsorship goes on. When the
//! slash is carried out, `BlameShare` of her bond goes too, but no more than the node lost; whoever was harmed and not made
//! whole by the node's stake is paid first, the treasury has the rest. A slash that is cancelled blames nobody. A bond
//! below `QueenBond` keeps a Queen from everything but the blame until she adds to it.
//!
//! ## Invariants
//! 1. Kings are listed once and in order, and none of them is a Queen.
//! 2. Each Queen's bond is what is on hold for [`HoldReason::QueenBond`] on her account.
//! 3. Each sponsorship has a Queen, is listed under her and has a storage deposit; nothing else is listed or has one; her
//!    count is the length of her list. Nobody sponsors a node of their own.
//! 4. Only sponsored nodes have an audit, by their sponsor.
//! 5. Each pending blame is a Queen's, and her count is the number of them.
//! 6. Only candidates and suspended Queens have approvals, each King's once.
//!
//! Money is conserved: this pallet neither mints nor burns.
//!
//! ## Terminology
//! - **Live**: active, with a bond of `QueenBond` at least.
//! - **Sponsor**: the Queen of a sponsorship that is not over.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod dispatchable_impls;
mod impl_traits;
mod origins;
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

pub use origins::EnsureKing;
pub use pallet::*;
pub use types::{Audit, KingList, Queen, QueenState, Sponsorship, MAX_KINGS};
pub use weights::WeightInfo;

use frame_system::pallet_prelude::BlockNumberFor;

const LOG_TARGET: &str = "runtime::node-roles";

/// A Queen as this pallet stores her.
pub type QueenOf<T> = Queen<<T as frame_system::Config>::AccountId, <T as Config>::Balance, BlockNumberFor<T>>;

/// A sponsorship as this pallet stores it.
pub type SponsorshipOf<T> = Sponsorship<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;

/// An audit as this pallet stores it.
pub type AuditOf<T> = Audit<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;

/// See the crate's documentation.
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{hold, MutateHold},
			fungibles,
			tokens::Balance,
			ChangeMembers, Consideration, Footprint,
		},
	};
	use frame_system::pallet_prelude::*;
	use gpu_chain_primitives::{DealInspect, NodeId, NodeVerification, ProviderInspect, Reason, Uri};
	use sp_core::H256;
	use sp_runtime::{traits::Zero, Permill};

	/// The layout of this pallet's storage.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// Amounts of native money, and of any currency of deals.
		type Balance: Balance;

		/// Native money, which Queens bond.
		type Currency: hold::Mutate<Self::AccountId, Balance = Self::Balance, Reason = Self::RuntimeHoldReason>;

		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;

		/// What deals are paid in.
		type AssetKind: Parameter + Member + MaxEncodedLen;

		/// All of it, to pay Queens their part of fees.
		type Currencies: fungibles::Mutate<Self::AccountId, AssetId = Self::AssetKind, Balance = Self::Balance>;

		/// Where fees come in, and where bonds that are cut go.
		type Treasury: Get<Self::AccountId>;

		/// The storage deposit of a sponsorship with its audit, wired with [`HoldReason::SponsorshipStorage`]. With `()`
		/// storage is free.
		type Consideration: Consideration<Self::AccountId, Footprint>;

		/// Who names Kings and dismisses Queens. With `EnsureNever` those of genesis stay.
		type AdminOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Is told of the Kings, new ones and former ones: a council, say. With `()` nobody is.
		type OnKingsChanged: ChangeMembers<Self::AccountId>;

		/// Knows the nodes. With `()` nothing can be sponsored.
		type Providers: ProviderInspect<Self::AccountId>;

		/// Verifies nodes that were waiting for a sponsor, and sends back those that fail an audit. With `()` neither.
		type Verification: NodeVerification;

		/// Knows which node a deal is with. With `()` no fee is shared.
		type Deals: DealInspect;

		/// The most that `FeeShare` is taken for. Must be less than one: a Queen who had the whole fee could trade with herself
		/// for nothing.
		#[pallet::constant]
		type MaxFeeShare: Get<Permill>;

		/// Whether a node of the community needs a sponsor to be verified.
		type SponsorRequired: Get<bool>;

		/// The least bond of a Queen, plancks. Zero counts as one planck.
		type QueenBond: Get<Self::Balance>;

		/// More than this share of the Kings makes a Queen. At one all of them have to.
		type QueenQuorum: Get<Permill>;

		/// Blocks from a Queen's resignation until she can have her bond back. Zero: none.
		type QueenCooldown: Get<BlockNumberFor<Self>>;

		/// Blocks from telling a sponsorship's end to its end. Zero: at once.
		type SponsorNotice: Get<BlockNumberFor<Self>>;

		/// The most nodes of one Queen. Zero stops new sponsorships.
		type MaxSponsored: Get<u32>;

		/// The sponsor's part of the platform's fee. Zero: nothing.
		type FeeShare: Get<Permill>;

		/// The part of her bond that a Queen loses with a slash of one of her nodes, at most. Zero: nothing.
		type BlameShare: Get<Permill>;

		/// Blocks after a passed audit in which the sponsor has her part of the node's fees.
		type AuditValidity: Get<BlockNumberFor<Self>>;

		/// What calls and hooks cost.
		type WeightInfo: WeightInfo;

		/// Makes nodes and currencies ready for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: gpu_chain_primitives::benchmarking::BenchmarkNodes<Self::AccountId>
			+ gpu_chain_primitives::benchmarking::BenchmarkCurrency<Self::AssetKind, Self::AccountId, Self::Balance>;
	}

	/// Why this pallet has money held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// A Queen's bond.
		QueenBond,
		/// The storage deposit of a sponsorship.
		SponsorshipStorage,
	}

	/// The Kings, in order.
	#[pallet::storage]
	pub type Kings<T: Config> = StorageValue<_, KingList<T::AccountId>, ValueQuery>;

	/// Queens, candidates included. The bond is the deposit for this.
	#[pallet::storage]
	pub type Queens<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, QueenOf<T>, OptionQuery>;

	/// Who answers for which node. Node ids are hashes already, so they need no further hashing here or below.
	#[pallet::storage]
	pub type Sponsorships<T: Config> = StorageMap<_, Identity, NodeId, SponsorshipOf<T>, OptionQuery>;

	/// The same by Queen.
	#[pallet::storage]
	pub type SponsoredBy<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, NodeId, (), OptionQuery>;

	/// The storage deposits of sponsorships.
	#[pallet::storage]
	pub type Tickets<T: Config> = StorageMap<_, Identity, NodeId, T::Consideration, OptionQuery>;

	/// What the last audit of a sponsored node found.
	#[pallet::storage]
	pub type Audits<T: Config> = StorageMap<_, Identity, NodeId, AuditOf<T>, OptionQuery>;

	/// Who shares the blame of a pending slash. Staking counts the ids, so nobody can choose them.
	#[pallet::storage]
	pub type Blames<T: Config> = StorageMap<_, Twox64Concat, u64, T::AccountId, OptionQuery>;

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// The first Kings, none twice.
		pub kings: Vec<T::AccountId>,
		/// The first Queens and their bonds, plancks; active from the start.
		pub queens: Vec<(T::AccountId, T::Balance)>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			// A genesis that breaks an invariant must not start a chain.
			for king in &self.kings {
				assert!(Pallet::<T>::do_add_king(king.clone()).is_ok(), "genesis: a King twice, or too many");
			}
			for (who, bond) in &self.queens {
				let bonded = !bond.is_zero()
					&& !Kings::<T>::get().contains(who)
					&& T::Currency::hold(&HoldReason::QueenBond.into(), who, *bond).is_ok();
				assert!(bonded, "genesis: a Queen without a bond that she can pay, or one who is a King");
				Queens::<T>::insert(
					who,
					Queen {
						bond: *bond,
						state: QueenState::Active,
						since: frame_system::Pallet::<T>::block_number(),
						sponsored: 0,
						blamed: 0,
						approvals: Default::default(),
					},
				);
			}
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Somebody is a King.
		KingAdded { who: T::AccountId },
		/// Somebody is no King any more.
		KingRemoved { who: T::AccountId },
		/// Somebody wants to be a Queen, with so many plancks bonded.
		QueenApplied { queen: T::AccountId, bond: T::Balance },
		/// A Queen's bond grew, to so many plancks.
		BondAdded { queen: T::AccountId, amount: T::Balance, bond: T::Balance },
		/// A King approves of a Queen.
		QueenApproved { queen: T::AccountId, king: T::AccountId },
		/// Enough Kings approve: she may sponsor and audit.
		QueenConfirmed { queen: T::AccountId },
		/// A King stopped a Queen.
		QueenSuspended { queen: T::AccountId, king: T::AccountId, reason: Reason },
		/// A Queen resigned, and may withdraw her bond from that block on.
		QueenResigned { queen: T::AccountId, until: BlockNumberFor<T> },
		/// A Queen was dismissed, and may withdraw her bond from that block on.
		QueenDismissed { queen: T::AccountId, until: BlockNumberFor<T> },
		/// A Queen has her bond back, and is none any more.
		BondWithdrawn { queen: T::AccountId, amount: T::Balance },
		/// A Queen answers for a node.
		NodeSponsored { node: NodeId, queen: T::AccountId },
		/// A sponsorship is going to end in that block.
		SponsorshipEnding { node: NodeId, queen: T::AccountId, ends_at: BlockNumberFor<T> },
		/// A sponsorship is over.
		SponsorshipEnded { node: NodeId, queen: T::AccountId },
		/// A node was audited.
		NodeAudited { node: NodeId, queen: T::AccountId, passed: bool, report_hash: H256 },
		/// A King confirmed an audit. A node that has failed is pending again, and without a sponsor.
		AuditConfirmed { node: NodeId, queen: T::AccountId, king: T::AccountId, passed: bool },
		/// A sponsor had her part of a fee.
		FeeShared { node: NodeId, queen: T::AccountId, asset: T::AssetKind, amount: T::Balance },
		/// A sponsor could not receive her part of a fee, which stays with the treasury.
		FeeNotShared { node: NodeId, queen: T::AccountId, asset: T::AssetKind, amount: T::Balance },
		/// A Queen shares the blame of a slash that waits for its execution.
		QueenBlamed { slash: u64, node: NodeId, queen: T::AccountId },
		/// A Queen's bond was cut with a node's stake. `amount - compensated` went to the treasury.
		QueenSlashed { slash: u64, node: NodeId, queen: T::AccountId, amount: T::Balance, compensated: T::Balance },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The account is a King already.
		AlreadyKing,
		/// There are as many Kings as there may be: remove one first.
		TooManyKings,
		/// The account is no King.
		NotKing,
		/// A King watches the Queens and cannot be one: use another account, or give up the seat.
		IsKing,
		/// A Queen is watched by the Kings and cannot be one: let her resign and withdraw her bond first.
		IsQueen,
		/// The account is a Queen already, or was one and has her bond to withdraw first.
		AlreadyQueen,
		/// The account is no Queen: `apply` first.
		NotQueen,
		/// The amount is zero: name how much.
		ZeroAmount,
		/// The bond would be below the least that Queens have: bond more.
		BondTooSmall,
		/// Only a candidate or a suspended Queen can be confirmed.
		NotConfirmable,
		/// This King approves of her already.
		AlreadyApproved,
		/// Only an active Queen can be suspended.
		NotActive,
		/// The Queen is on her way out already.
		AlreadyLeaving,
		/// The bond cannot be withdrawn before the Queen has resigned and the block named then has come.
		BondLocked,
		/// The Queen still has sponsorships: end them first.
		StillSponsoring,
		/// The Queen shares the blame of slashes that are pending: wait until they are carried out or cancelled.
		StillBlamed,
		/// The Queen is not active, or her bond is below the least: she may not sponsor or audit.
		NotLive,
		/// No such node is registered: check the id.
		UnknownNode,
		/// The node was rejected or banned and can never work again.
		NodeOutOfService,
		/// The node is the caller's own: somebody else has to answer for it.
		OwnNode,
		/// A Queen answers for the node already: her sponsorship has to end first.
		AlreadySponsored,
		/// The Queen answers for as many nodes as she may: end a sponsorship first.
		TooManySponsored,
		/// Nobody sponsors the node.
		NotSponsored,
		/// Only the sponsor, the node's owner or a King may end a sponsorship before it is over.
		NotEntitled,
		/// The sponsorship's end was told already: wait for its block.
		AlreadyEnding,
		/// Only the node's sponsor may audit it.
		NotSponsor,
		/// An audit has a report: say where it lies.
		NoReport,
		/// The node was not audited.
		NotAudited,
		/// A King has confirmed the audit already.
		AlreadyConfirmed,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(
				T::MaxFeeShare::get() < Permill::one(),
				"MaxFeeShare must be less than one: trading with oneself would cost nothing"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Names a King. For `AdminOrigin`.
		///
		/// # Errors
		/// [`Error::IsQueen`], [`Error::AlreadyKing`], [`Error::TooManyKings`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::add_king())]
		pub fn add_king(origin: OriginFor<T>, who: T::AccountId) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::do_add_king(who)
		}

		/// Takes a King's seat away. For `AdminOrigin`. What the King has approved of counts no more.
		///
		/// # Errors
		/// [`Error::NotKing`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::remove_king())]
		pub fn remove_king(origin: OriginFor<T>, who: T::AccountId) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::do_remove_king(who)
		}

		/// Applies for being a Queen, with `bond` plancks held.
		///
		/// # Errors
		/// [`Error::IsKing`], [`Error::AlreadyQueen`], [`Error::BondTooSmall`]; the currency's own if the caller cannot spare
		/// the bond.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::apply())]
		pub fn apply(origin: OriginFor<T>, #[pallet::compact] bond: T::Balance) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_apply(who, bond)
		}

		/// Adds `amount` plancks to the caller's bond.
		///
		/// # Errors
		/// [`Error::NotQueen`], [`Error::ZeroAmount`], [`Error::AlreadyLeaving`]; the currency's own if the caller cannot spare
		/// the amount.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::add_bond())]
		pub fn add_bond(origin: OriginFor<T>, #[pallet::compact] amount: T::Balance) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_add_bond(who, amount)
		}

		/// Approves of a candidate or a suspended Queen. More than `QueenQuorum` of the Kings make her active. For a King.
		///
		/// # Errors
		/// [`Error::NotKing`], [`Error::NotQueen`], [`Error::NotConfirmable`], [`Error::BondTooSmall`],
		/// [`Error::AlreadyApproved`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::confirm_queen())]
		pub fn confirm_queen(origin: OriginFor<T>, queen: T::AccountId) -> DispatchResult {
			let king = ensure_signed(origin)?;
			Self::do_confirm_queen(king, queen)
		}

		/// Stops an active Queen at once: no sponsoring, no auditing, no fee, until a quorum confirms her again. For a King.
		///
		/// # Errors
		/// [`Error::NotKing`], [`Error::NotQueen`], [`Error::NotActive`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::suspend_queen())]
		pub fn suspend_queen(origin: OriginFor<T>, queen: T::AccountId, reason: Reason) -> DispatchResult {
			let king = ensure_signed(origin)?;
			Self::do_suspend_queen(king, queen, reason)
		}

		/// Gives the caller's role up. Sponsorships go on, with their blame, until they are ended.
		///
		/// # Errors
		/// [`Error::NotQueen`], [`Error::AlreadyLeaving`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::resign())]
		pub fn resign(origin: OriginFor<T>) -> DispatchResult {
			let queen = ensure_signed(origin)?;
			let until = Self::do_leave(&queen)?;
			Self::deposit_event(Event::QueenResigned { queen, until });
			Ok(())
		}

		/// Takes a Queen's role away, as if she had resigned. For `AdminOrigin`.
		///
		/// # Errors
		/// [`Error::NotQueen`], [`Error::AlreadyLeaving`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::dismiss_queen())]
		pub fn dismiss_queen(origin: OriginFor<T>, queen: T::AccountId) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			let until = Self::do_leave(&queen)?;
			Self::deposit_event(Event::QueenDismissed { queen, until });
			Ok(())
		}

		/// Pays the caller's bond back, who is then no Queen any more.
		///
		/// # Errors
		/// [`Error::NotQueen`], [`Error::BondLocked`], [`Error::StillSponsoring`], [`Error::StillBlamed`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::withdraw_bond())]
		pub fn withdraw_bond(origin: OriginFor<T>) -> DispatchResult {
			let queen = ensure_signed(origin)?;
			Self::do_withdraw_bond(queen)
		}

		/// Answers for a node, which is verified if it has passed a challenge before. For a live Queen who does not own it.
		///
		/// # Errors
		/// [`Error::NotQueen`], [`Error::NotLive`], [`Error::UnknownNode`], [`Error::NodeOutOfService`], [`Error::OwnNode`],
		/// [`Error::AlreadySponsored`], [`Error::TooManySponsored`]; the currency's own if she cannot spare the storage deposit.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::sponsor_node())]
		pub fn sponsor_node(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			let queen = ensure_signed(origin)?;
			Self::do_sponsor_node(queen, node)
		}

		/// Tells the end of a sponsorship, `SponsorNotice` blocks from now. For the sponsor, the node's owner and Kings.
		/// Anybody may clear away one that is over, or whose node is gone for good.
		///
		/// # Errors
		/// [`Error::NotSponsored`], [`Error::NotEntitled`], [`Error::AlreadyEnding`].
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::end_sponsorship())]
		pub fn end_sponsorship(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_end_sponsorship(who, node)
		}

		/// Records what an audit of a node found, in the place of the last one. For the node's sponsor. A node that passes has
		/// its sponsor earn for another `AuditValidity`; one that fails stays as it is until a King confirms it.
		///
		/// # Errors
		/// [`Error::NotSponsored`], [`Error::NotSponsor`], [`Error::NotQueen`], [`Error::NotLive`], [`Error::NoReport`].
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::audit_node())]
		pub fn audit_node(
			origin: OriginFor<T>,
			node: NodeId,
			passed: bool,
			report_uri: Uri,
			report_hash: H256,
		) -> DispatchResult {
			let queen = ensure_signed(origin)?;
			Self::do_audit_node(queen, node, passed, report_uri, report_hash)
		}

		/// Confirms an audit. A node that has failed loses its sponsor and its verification. For a King who does not own it.
		///
		/// # Errors
		/// [`Error::NotKing`], [`Error::NotAudited`], [`Error::AlreadyConfirmed`], [`Error::OwnNode`].
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::confirm_audit())]
		pub fn confirm_audit(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			let king = ensure_signed(origin)?;
			Self::do_confirm_audit(king, node)
		}
	}
}
