//! # Disputes
//!
//! Cases about tasks and rentals, judged by arbitrators, and by the council where they do not.
//!
//! ## Overview
//! A buyer that does not accept how a task or a rental went disputes it in its market, which tells this pallet. The
//! price stays in escrow; a bond of the buyer's is held beside it. Both sides bring evidence, then arbitrators vote.
//! What a quorum of them decides is paid out to the last unit; without a quorum the council decides, and where it is
//! silent too, everything goes back to whoever paid it.
//!
//! ```text
//!            evidence_by          vote_by
//! dispute ─▶ Evidence ─▶ Voting ─────┬── a quorum: conclude ─────────────────────────────▶ Closed(ByArbitrators)
//! (bond)     submit_       vote      │                                                       ▲ claim_fee, by each voter
//!            evidence                ├── no quorum: conclude ─▶ Escalated ── resolve ──────▶ Closed(ByCouncil)
//!                                    │                              │ decide_by
//!                                    └── no quorum: resolve ──┐     └── conclude ──────────▶ Closed(Expired)
//!                                                             └───▶ Closed(ByCouncil)            │
//!                                                                             remove_dispute ◀───┘
//! ```
//! Nothing happens by itself, and no block does any work for disputes: whoever has an interest in the next step takes
//! it.
//!
//! ## Money
//! With `E` the price, `a` the arbitration's part `⌊2 % · E⌋`, `b` the bond `max(1, ⌊2 % · E⌋)`, in the currency of the
//! deal:
//!
//! | case | buyer | provider | platform | judges | besides |
//! | --- | --- | --- | --- | --- | --- |
//! | A, the buyer wins | `E − a`, and `b` | | | `a` | reputation −500; 5 % of the stake, or 50 % and a ban for misuse |
//! | B, the provider wins | | `E − a − f`, and `b` | `f = ⌊8 % · E⌋` | `a` | reputation +100 |
//! | C, split `x` | `⌊x · (E − a)⌋`, and `b` | the rest less the fee | `⌊8 % · the rest⌋` | `a` | |
//! | nobody decided | `E`, and `b` | | | | |
//!
//! What goes back of the price goes to the payer, the bond to the buyer; they are the same unless a prepaid account
//! paid. The shares are those of the day on which the dispute was opened; the fee is that of the deposit. The judges'
//! part is in equal parts the voters', whoever won, and what is left over is the first voter's; the council's is the
//! treasury's. A slash is delayed and can be appealed; the payer is compensated from it first, up to the price.
//!
//! ## Votes
//! One arbitrator, one vote, and no second thoughts. More than half of the votes for one side decide for it; otherwise
//! it is a split at the median of all votes, where a vote for a side counts as all or nothing: see [`Verdict::tally`].
//! Only who was an arbitrator already when the dispute was opened may vote: nobody packs the court, or votes again with
//! a new key. Whoever has a stake in the outcome (buyer, payer, provider, the node's owner) may not. A buyer that is
//! the provider by another account pays for it: the arbitration's part in every case, and the platform's unless it
//! wins.
//!
//! ## Invariants
//! 1. Every dispute's number is below [`NextDisputeId`], it is listed under its deal, and it has a storage deposit.
//! 2. [`OpenDisputes`] lists exactly the disputes that are not closed, and their deals are disputed in their markets.
//! 3. For each buyer and currency, the bonds of disputes that are not closed, or that are owed, are exactly what is on
//!    hold for [`HoldReason::Bond`].
//! 4. Ballots and evidence belong to disputes; nobody voted twice; no party voted. Evidence has a storage deposit.
//! 5. The settlement of a closed dispute adds up to the amount of the deal.
//! 6. [`UnclaimedFees`] are what voters of closed disputes have not claimed, and the pot has them, but for what escrows
//!    owe it.
//!
//! ## Terminology
//! - *deal*: the task or rental. *Buyer*: who ordered it. *Payer*: whose money it is.
//! - *arbitration*: the judges' part of the price. *Bond*: what the buyer puts at stake on being right.
//! - *pot*: the account in which the arbitration's part waits until the voters claim it.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod dispatchable_impls;
mod impl_members;
mod impl_on_disputed;
mod money_impls;
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
pub use types::{
	Ballot, Dispute, DisputeId, DisputePhase, DisputeStatus, Evidence, EvidenceList, Ruling, Side, Verdict,
	MAX_EVIDENCE,
};
pub use weights::WeightInfo;

use frame_system::pallet_prelude::BlockNumberFor;

const LOG_TARGET: &str = "runtime::disputes";

/// A dispute as this pallet stores it.
pub type DisputeRecordOf<T> = Dispute<
	<T as frame_system::Config>::AccountId,
	<T as Config>::AssetKind,
	<T as Config>::Balance,
	BlockNumberFor<T>,
>;

/// The votes of one dispute.
pub type BallotsOf<T> =
	frame_support::BoundedVec<Ballot<<T as frame_system::Config>::AccountId>, <T as Config>::MaxArbitrators>;

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
	use gpu_chain_primitives::{
		Collateral, Disputable, EscrowInspect, EscrowKey, NodeId, ProviderInspect, Reason, Reputation, Settlement, Uri,
		UsdPrices,
	};
	use sp_runtime::Permill;

	/// The layout of this pallet's storage.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The currencies of deals.
		type AssetKind: Parameter + Member + MaxEncodedLen;

		/// Amounts of any of them, and of native money.
		type Balance: Balance;

		/// Holds bonds.
		type Currency: hold::Mutate<
			Self::AccountId,
			AssetId = Self::AssetKind,
			Balance = Self::Balance,
			Reason = Self::RuntimeHoldReason,
		>;

		/// Pays arbitrators from the pot. The same currencies.
		type Transfers: fungibles::Mutate<Self::AccountId, AssetId = Self::AssetKind, Balance = Self::Balance>;

		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;

		/// The markets, routed by the kind of the key.
		type Deals: Disputable<Self::AccountId, Self::AssetKind, Self::Balance>;

		/// Knows the platform's share of a deal, and what of an award is still owed. With `()` there is no fee.
		type Escrow: EscrowInspect<Self::Balance>;

		/// Knows the nodes. With `()` only a deal's parties are kept from voting, and nobody can be punished by the
		/// council.
		type Providers: ProviderInspect<Self::AccountId>;

		/// Is told of disputes won and lost. With `()` nobody is.
		type Reputation: Reputation;

		/// Slashes and bans. With `()` losing costs no stake.
		type Collateral: Collateral<Self::AccountId, Self::Balance>;

		/// What currencies are worth. With `()` only payers of deals in native money are compensated from slashes.
		type Prices: UsdPrices<Self::AssetKind, Self::Balance>;

		/// The currency of stakes.
		type NativeAsset: Get<Self::AssetKind>;

		/// Who decides where arbitrators do not, and punishes misuse. With `EnsureNever` every dispute without a quorum
		/// ends in a refund.
		type CouncilOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// The account in which the arbitration's part waits for the voters. It should exist in every currency: parts
		/// too small to create it stay owed by the escrow.
		type Pot: Get<Self::AccountId>;

		/// Has the arbitration's part where the council decided, and what voters never claimed. The account should
		/// exist.
		type Treasury: Get<Self::AccountId>;

		/// The storage deposit for a dispute and for evidence, wired with [`HoldReason::Storage`]. With `()` storage is
		/// free.
		type Consideration: Consideration<Self::AccountId, Footprint>;

		/// Votes that one dispute can take. Must not be zero.
		#[pallet::constant]
		type MaxArbitrators: Get<u32>;

		/// The judges' share of the price. Zero: they work for nothing.
		type ArbitrationShare: Get<Permill>;

		/// The bond, as a share of the price. At zero it is one unit.
		type BondShare: Get<Permill>;

		/// The share of its stake that a node loses with a dispute. Zero slashes nothing.
		type LostSlash: Get<Permill>;

		/// The share of its stake that a node loses by misuse or a breach of data, besides being banned.
		type MisuseSlash: Get<Permill>;

		/// Votes that decide a dispute. Zero counts as one; with more than [`Config::MaxArbitrators`] the council
		/// decides everything.
		type Quorum: Get<u32>;

		/// Blocks in which the parties may bring evidence. At zero only in the block of the dispute.
		type EvidenceWindow: Get<BlockNumberFor<Self>>;

		/// Blocks in which arbitrators may vote. Zero counts as one.
		type VotingWindow: Get<BlockNumberFor<Self>>;

		/// Blocks in which the council may decide after an escalation. At zero only in the block of the escalation.
		type CouncilWindow: Get<BlockNumberFor<Self>>;

		/// Blocks after the end from which anybody may remove a dispute, claimed or not.
		type RetentionPeriod: Get<BlockNumberFor<Self>>;

		/// What the calls cost, and being told of a dispute.
		type WeightInfo: WeightInfo;

		/// Makes disputes, nodes and currencies ready for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::benchmarking::BenchmarkDeals<Self::AccountId>
			+ gpu_chain_primitives::benchmarking::BenchmarkNodes<Self::AccountId>
			+ gpu_chain_primitives::benchmarking::BenchmarkCurrency<Self::AssetKind, Self::AccountId, Self::Balance>;
	}

	/// Why this pallet has money held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// A buyer's bond for a dispute.
		Bond,
		/// The storage deposit for a dispute or for evidence.
		Storage,
	}

	/// The next dispute's number.
	#[pallet::storage]
	pub type NextDisputeId<T> = StorageValue<_, DisputeId, ValueQuery>;

	/// All disputes that were not removed. The numbers are given by the chain, so a weak hash does here and below.
	#[pallet::storage]
	pub type Disputes<T: Config> = StorageMap<_, Twox64Concat, DisputeId, DisputeRecordOf<T>>;

	/// The same by deal. A deal is disputed once.
	#[pallet::storage]
	pub type DisputesByDeal<T> = StorageMap<_, Twox64Concat, EscrowKey, DisputeId>;

	/// Disputes that are not closed.
	#[pallet::storage]
	pub type OpenDisputes<T> = StorageMap<_, Twox64Concat, DisputeId, ()>;

	/// The votes, in the order in which they were cast.
	#[pallet::storage]
	pub type Ballots<T: Config> = StorageMap<_, Twox64Concat, DisputeId, BallotsOf<T>, ValueQuery>;

	/// Who may vote, and the block from which on: a membership keeps it, through `ChangeMembers`. Accounts can be
	/// chosen, hence the strong hash.
	#[pallet::storage]
	pub type Arbitrators<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, BlockNumberFor<T>>;

	/// What each side submitted.
	#[pallet::storage]
	pub type EvidenceBySide<T: Config> =
		StorageDoubleMap<_, Twox64Concat, DisputeId, Twox64Concat, Side, EvidenceList<BlockNumberFor<T>>, ValueQuery>;

	/// The buyer's storage deposit for each dispute.
	#[pallet::storage]
	pub type Tickets<T: Config> = StorageMap<_, Twox64Concat, DisputeId, T::Consideration>;

	/// Each side's storage deposit for its evidence.
	#[pallet::storage]
	pub type EvidenceTickets<T: Config> =
		StorageDoubleMap<_, Twox64Concat, DisputeId, Twox64Concat, Side, T::Consideration>;

	/// What voters can still claim, by currency: as much of the pot is spoken for. Currencies are the chain's own, but
	/// their ids may be anybody's, hence the strong hash.
	#[pallet::storage]
	pub type UnclaimedFees<T: Config> = StorageMap<_, Blake2_128Concat, T::AssetKind, T::Balance, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A deal is disputed. Evidence is taken and votes are cast until the blocks named.
		DisputeOpened {
			dispute: DisputeId,
			key: EscrowKey,
			buyer: T::AccountId,
			provider: T::AccountId,
			node: NodeId,
			asset: T::AssetKind,
			amount: T::Balance,
			bond: T::Balance,
			evidence_by: BlockNumberFor<T>,
			vote_by: BlockNumberFor<T>,
		},
		/// A party brought evidence.
		EvidenceSubmitted { dispute: DisputeId, side: Side, uri: Uri },
		/// An arbitrator voted.
		VoteCast { dispute: DisputeId, arbitrator: T::AccountId, verdict: Verdict },
		/// There was no quorum: the council has until the block named.
		DisputeEscalated { dispute: DisputeId, votes: u32, decide_by: BlockNumberFor<T> },
		/// A dispute is decided, and the price shared out. The bond went, or is owed, to `bond_to`.
		DisputeClosed {
			dispute: DisputeId,
			key: EscrowKey,
			ruling: Ruling,
			settlement: Settlement<T::Balance>,
			bond: T::Balance,
			bond_to: T::AccountId,
		},
		/// The bond could not be paid and stays held; `claim_bond` tries again.
		BondOwed { dispute: DisputeId, to: T::AccountId, amount: T::Balance },
		/// A bond that was owed is paid.
		BondClaimed { dispute: DisputeId, to: T::AccountId, amount: T::Balance },
		/// An arbitrator was paid for a vote.
		FeeClaimed { dispute: DisputeId, arbitrator: T::AccountId, asset: T::AssetKind, amount: T::Balance },
		/// A closed dispute was forgotten; what voters had not claimed went to the treasury.
		DisputeRemoved { dispute: DisputeId, unclaimed: T::Balance },
		/// The council found misuse or a breach of data: the node is banned, and a slash is queued.
		MisusePunished { node: NodeId, reason: Reason },
		/// The node lost but could not be slashed; the dispute is closed all the same.
		SlashFailed { dispute: DisputeId, node: NodeId, error: DispatchError },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The deal was disputed already.
		AlreadyDisputed,
		/// Buyer and provider are one: there is nobody to dispute with.
		SelfDealing,
		/// The buyer cannot spare the bond in the deal's currency: have that much free, and a storage deposit.
		CannotSpareBond,
		/// There is no such dispute; it may have been removed.
		DisputeNotFound,
		/// Only the buyer and the provider of the deal may do this.
		NotParty,
		/// Evidence is taken no longer.
		EvidenceOver,
		/// This side has submitted as much as it may: put the rest behind one of the links.
		TooMuchEvidence,
		/// The URI must be `scheme:rest`, in printable ASCII without blanks.
		BadUri,
		/// Only who was an arbitrator when the dispute was opened, and is one still, may vote.
		NotArbitrator,
		/// Who has a stake in the outcome cannot vote on it.
		NotImpartial,
		/// Votes are taken when the time for evidence is over.
		VotingNotOpen,
		/// Votes are taken no longer.
		VotingOver,
		/// The arbitrator has voted; a vote is final.
		AlreadyVoted,
		/// As many have voted as can be counted.
		TooManyVotes,
		/// Arbitrators can still vote.
		VotingNotOver,
		/// The arbitrators have decided: conclude it.
		QuorumReached,
		/// The council can still decide.
		CouncilMayDecide,
		/// The council's time is over: conclude it.
		CouncilTooLate,
		/// The dispute is closed.
		AlreadyClosed,
		/// The dispute is not closed.
		NotClosed,
		/// The caller has not voted on it.
		NotVoter,
		/// There is nothing to be had: the part is too small, paid already, or the voters did not decide.
		NothingToClaim,
		/// The arbitration's part has not reached the pot: have the escrow pay it with `claim_owed` first.
		FeesOwed,
		/// The bond is not owed to anybody.
		BondNotOwed,
		/// The bond is owed: have it paid with `claim_bond` first.
		BondOwed,
		/// Voters can still claim: wait until they have, or until the retention period is over.
		RetentionNotOver,
		/// There is no such node.
		NodeNotFound,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MaxArbitrators::get() > 0, "MaxArbitrators must not be zero: nobody could vote");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Brings evidence for the caller's side, by a link. A storage deposit is held until the dispute is removed.
		///
		/// # Errors
		/// [`Error::DisputeNotFound`], [`Error::NotParty`], [`Error::EvidenceOver`], [`Error::BadUri`],
		/// [`Error::TooMuchEvidence`], or the caller cannot spare the deposit.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::submit_evidence())]
		pub fn submit_evidence(
			origin: OriginFor<T>,
			#[pallet::compact] dispute: DisputeId,
			uri: Uri,
		) -> DispatchResult {
			Self::do_submit_evidence(ensure_signed(origin)?, dispute, uri)
		}

		/// Votes on a dispute, once.
		///
		/// # Errors
		/// [`Error::NotArbitrator`], [`Error::DisputeNotFound`], [`Error::VotingNotOpen`], [`Error::VotingOver`],
		/// [`Error::NotImpartial`], [`Error::AlreadyVoted`], [`Error::TooManyVotes`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::vote())]
		pub fn vote(origin: OriginFor<T>, #[pallet::compact] dispute: DisputeId, verdict: Verdict) -> DispatchResult {
			Self::do_vote(ensure_signed(origin)?, dispute, verdict)
		}

		/// Takes the next step once a time is over: pays out what the arbitrators decided, escalates to the council
		/// where they did not, or gives everything back where the council did not either. Anybody may; it is free.
		///
		/// # Errors
		/// [`Error::DisputeNotFound`], [`Error::AlreadyClosed`], [`Error::VotingNotOver`], [`Error::CouncilMayDecide`].
		#[pallet::call_index(2)]
		#[pallet::weight(Pallet::<T>::close_weight().max(T::WeightInfo::escalate()))]
		pub fn conclude(origin: OriginFor<T>, #[pallet::compact] dispute: DisputeId) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::do_conclude(dispute)?;
			Ok(Pays::No.into())
		}

		/// Decides a dispute in the council's name that no quorum of arbitrators has decided in time.
		///
		/// # Errors
		/// [`Error::DisputeNotFound`], [`Error::AlreadyClosed`], [`Error::VotingNotOver`], [`Error::QuorumReached`],
		/// [`Error::CouncilTooLate`].
		#[pallet::call_index(3)]
		#[pallet::weight(Pallet::<T>::close_weight())]
		pub fn resolve(
			origin: OriginFor<T>,
			#[pallet::compact] dispute: DisputeId,
			verdict: Verdict,
		) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::do_resolve(dispute, verdict)
		}

		/// Pays the caller its part of the arbitration of a dispute on which it voted.
		///
		/// # Errors
		/// [`Error::DisputeNotFound`], [`Error::NotClosed`], [`Error::NotVoter`], [`Error::NothingToClaim`],
		/// [`Error::FeesOwed`]; the currency's own where the caller cannot receive it.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::claim_fee())]
		pub fn claim_fee(origin: OriginFor<T>, #[pallet::compact] dispute: DisputeId) -> DispatchResult {
			Self::do_claim_fee(ensure_signed(origin)?, dispute)
		}

		/// Pays a bond that could not be paid when its dispute was closed. Anybody may ask for it.
		///
		/// # Errors
		/// [`Error::DisputeNotFound`], [`Error::BondNotOwed`]; the currency's own where it still cannot be received.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::claim_bond())]
		pub fn claim_bond(origin: OriginFor<T>, #[pallet::compact] dispute: DisputeId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_claim_bond(dispute)
		}

		/// Forgets a closed dispute and returns all storage deposits for it. Its parties may once all voters have
		/// claimed, anybody after the retention period; what voters have not claimed by then goes to the treasury.
		///
		/// # Errors
		/// [`Error::DisputeNotFound`], [`Error::NotClosed`], [`Error::BondOwed`], [`Error::RetentionNotOver`],
		/// [`Error::FeesOwed`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::remove_dispute())]
		pub fn remove_dispute(origin: OriginFor<T>, #[pallet::compact] dispute: DisputeId) -> DispatchResult {
			Self::do_remove_dispute(ensure_signed(origin)?, dispute)
		}

		/// Punishes misuse or a breach of data outside of a dispute, in the council's name: the node is banned at once,
		/// and [`Config::MisuseSlash`] of its stake is slashed after a delay in which its owner may appeal. `harmed` is
		/// compensated first, up to so many plancks.
		///
		/// # Errors
		/// [`Error::NodeNotFound`], or what keeps the node from being slashed.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::punish_misuse())]
		pub fn punish_misuse(
			origin: OriginFor<T>,
			node: NodeId,
			harmed: Option<(T::AccountId, T::Balance)>,
			reason: Reason,
		) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::do_punish_misuse(node, harmed, reason)
		}
	}
}
