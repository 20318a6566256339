//! # EVM bridge
//!
//! Money and messages to and from EVM chains: headers by the validators' word, everything else by proof.
//!
//! ## Overview
//! Validators attest **headers** of an EVM chain, never claims. Whatever the gateway contract there says is then proven by a
//! receipt under such a header: deposits, messages, and what became of withdrawals. What leaves is recorded here, signed by
//! the validators (EIP-712) with keys of their own, and carried to the gateway by whoever wants the fee.
//!
//! ```text
//!           validators' workers ask several nodes; all must agree
//!                         │ vote_header, feeless
//!                         ▼
//!   more than two thirds of one set ──▶ accepted header ──┬─ prove_header ───▶ accepted header, further down
//!                                                         ├─ claim_deposit ──▶ credited, or suspended ─ retry_credit ↻
//!                                                         ├─ receive_message ▶ told to whoever listens
//!                                                         ├─ confirm_item ───▶ done, or cancelled: refunded
//!                                                         └─ confirm_set ────▶ the gateway has the next set
//!   withdraw ──▶ waiting ──(delayed ─ release_withdrawal)──▶ queue ──on_idle──▶ batch ─┐
//!      │ cancel_withdrawal                                                             ├─▶ sign, feeless ──▶ the gateway
//!      ▼                           send_message, send_report ──▶ message ──────────────┤
//!   given back                      on_idle: the set changed, or gets old ──▶ next set ┘
//! ```
//! **Sets.** [`Authorities`] follows the sessions; votes count in it alone. A gateway knows sets by numbers of its own, each
//! one more than the last: [`Rotations`] says which it has and whether the next one is being signed. The old set signs the new
//! one, and signs everything else until the gateway is proven to have changed; then what is open is signed again. A set that is
//! being signed does not change any more; the one after it makes up for what happened meanwhile.
//!
//! **Nonces.** Batches and messages share one count for each chain, and the gateway takes each only behind the one before.
//! What comes in has a count of its own, in any order, each once.
//!
//! **Messages.** Anybody says what they like in their own name. What this chain itself recorded of a task or a node it says in
//! the name of the pallet's account, which has no key, so that contracts can rely on it ([`Call::send_report`]).
//!
//! **Pausing.** Any guardian or government pauses a chain; only government resumes it, after a delay. A chain is paused when
//! it is registered, and by itself when its gateway is proven to have done what was never recorded here. While it is paused,
//! nobody votes, claims, withdraws or signs, but for the set that takes over, which moves no money; who waits may leave.
//!
//! ## Money
//! An asset at home over there is minted here when it comes, and burnt when it leaves; one at home here is locked in the
//! pallet's account. Until a withdrawal is in a batch, it is held on its owner's account. What comes back from a cancelled
//! batch is credited again, and waits for [`Call::retry_credit`] if it cannot be. Fees for relayers lie in the pallet's account.
//!
//! ## Invariants
//! 1. Headers of a chain form one list in ascending order, from the oldest to the newest, as many as are counted; none has a
//!    hash or a root of zero.
//! 2. Members of every set are sorted by their addresses, none zero, none twice, each with power; the running set exists.
//! 3. The outbox has as many items as are counted, each below the chain's nonce and recorded with its content.
//! 4. Signatures are collected for open items and pending sets alone, each member once, and their power adds up.
//! 5. What waits is on hold: for each owner and asset exactly what their withdrawals sum up to; and it is counted by token.
//! 6. The pallet's account has what is locked and in no queue, and the fees of everything that is open.
//! 7. Routes and their assets name each other.
//!
//! ## Terminology
//! - *gateway*: the contract on the EVM chain. *Item*: a batch or a message. *Route*: how one asset crosses one bridge.
//! - *anchor*: the accepted header that a proof begins at.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod headers;
mod inbound;
mod offences;
mod outbound;
mod registry;
mod sets;
mod try_state;
pub mod types;
mod views;
pub mod weights;
mod worker;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;
pub use worker::endpoints_key;

/// Keys of the bridge. Apart from those of consensus: what they sign moves money on other chains.
pub mod crypto {
	use sp_application_crypto::{app_crypto, ecdsa, KeyTypeId};

	/// The key type in key stores and session keys.
	pub const KEY_TYPE: KeyTypeId = KeyTypeId(*b"gbrg");

	mod app {
		use super::*;
		app_crypto!(ecdsa, KEY_TYPE);
	}

	/// A validator's key for the bridge.
	pub type AuthorityId = app::Public;
	/// What it signs.
	pub type AuthoritySignature = app::Signature;
	#[cfg(feature = "std")]
	/// With its secret.
	pub type AuthorityPair = app::Pair;
}

const LOG_TARGET: &str = "runtime::evm-bridge";

type AccountOf<T> = <T as frame_system::Config>::AccountId;
type AssetOf<T> = <T as Config>::AssetKind;
type BalanceOf<T> = <T as Config>::Balance;

/// A route as this pallet stores it.
pub type RouteOf<T> = Route<AssetOf<T>, BalanceOf<T>>;
/// A withdrawal that waits, as this pallet stores it.
pub type QueuedOf<T> = Queued<AccountOf<T>, AssetOf<T>, BalanceOf<T>>;
/// Something that leaves, as this pallet stores it.
pub type OutboundItemOf<T> = OutboundItem<AccountOf<T>, AssetOf<T>, BalanceOf<T>>;
/// A set of this chain, as this pallet stores it.
pub type AuthoritySetOf<T> = AuthoritySet<AccountOf<T>>;
/// A set of a gateway, as this pallet stores it.
pub type GatewaySetOf<T> = GatewaySet<AccountOf<T>>;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::{
		dispatch::{DispatchResultWithPostInfo, Pays},
		pallet_prelude::*,
		traits::{
			fungibles::{hold, Mutate},
			tokens::Balance,
			Time,
		},
		weights::WeightMeter,
		PalletId,
	};
	use frame_system::{ensure_authorized, offchain::CreateAuthorizedTransaction, pallet_prelude::*};
	use gpu_chain_primitives::{OnBridgeMessage, ReportSubject, WorkReports};
	use sp_core::{H160, H256};
	use sp_runtime::transaction_validity::TransactionValidityWithRefund;

	/// The layout of this pallet's storage.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The most sets of one number that are recorded for a gateway: one, and others when it expires before it was taken over.
	pub type MaxRecordedSets = ConstU32<8>;

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		CreateAuthorizedTransaction<Call<Self>> + frame_system::Config<RuntimeEvent: From<Event<Self>>>
	{
		/// The currencies.
		type AssetKind: Parameter + Member + MaxEncodedLen;

		/// Amounts of any of them.
		type Balance: Balance + From<u128> + Into<u128>;

		/// Mints, burns and moves them.
		type Currency: Mutate<Self::AccountId, AssetId = Self::AssetKind, Balance = Self::Balance>;

		/// Holds them.
		type Holds: hold::Mutate<
			Self::AccountId,
			AssetId = Self::AssetKind,
			Balance = Self::Balance,
			Reason = Self::RuntimeHoldReason,
		>;

		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;

		/// The currency of fees.
		type NativeAsset: Get<Self::AssetKind>;

		/// The chain's clock, ms since 1970.
		type Clock: Time<Moment = u64>;

		/// Registers chains and routes, appoints guardians, resumes.
		type GovernanceOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Takes messages. With `()` they are told by events alone.
		type OnMessage: OnBridgeMessage;

		/// Knows what contracts can be told of work.
		type Reports: WorkReports;

		/// Is told of offences. With `()` nobody is punished.
		type Offences: BridgeOffences<Self::AccountId>;

		/// Names the account that holds what is locked, and fees. It should hold the existential deposit besides.
		#[pallet::constant]
		type PalletId: Get<PalletId>;

		/// Pays for rotations, as far as it can.
		type Treasury: Get<Self::AccountId>;

		/// The most chains.
		#[pallet::constant]
		type MaxChains: Get<u32>;

		/// The most guardians.
		#[pallet::constant]
		type MaxGuardians: Get<u32>;

		/// The fewest nodes that a validator has to ask. Zero counts as 1.
		type MinEndpoints: Get<u32>;

		/// Blocks between two runs of the worker. Zero counts as 1.
		type WorkerPeriod: Get<u32>;

		/// Blocks after which validators sign what leaves: this chain should be final by then, since what a fork records is
		/// not what the other records.
		type SigningDelay: Get<u32>;

		/// Headers that are kept for each chain. Zero counts as 1.
		type HeaderRetention: Get<u32>;

		/// Past sets that are kept, so that their offences can be reported.
		type SetHistory: Get<u64>;

		/// Past items whose content is kept, so that forged ones can be told.
		type RecordHistory: Get<u64>;

		/// Seconds for which a set's signatures count at a gateway. Shorter than stake stays bonded.
		type SetLifetime: Get<u64>;

		/// Seconds in which an item is to be carried out.
		type ItemLifetime: Get<u64>;

		/// Blocks that a withdrawal waits for others to share its batch with.
		type BatchInterval: Get<u32>;

		/// The most items of a chain that are open at once. At zero nothing leaves.
		type MaxOpenItems: Get<u32>;

		/// Blocks between pausing and resuming, at the least.
		type ResumeDelay: Get<u32>;

		/// Headers that must have been accepted in a session before somebody who did nothing in it is reported.
		type MinHeadersForReport: Get<u32>;

		/// What the calls cost.
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
		/// It is on its way to an EVM chain, and in no batch yet.
		Withdrawal,
	}

	/// The chains. Their numbers are given by government, so a weak hash does for all that is stored by them.
	#[pallet::storage]
	pub type Chains<T> = CountedStorageMap<_, Twox64Concat, ChainId, Chain>;

	/// Chains that are paused, since which block.
	#[pallet::storage]
	pub type Paused<T> = StorageMap<_, Twox64Concat, ChainId, u32>;

	/// Who may pause.
	#[pallet::storage]
	pub type Guardians<T: Config> = StorageValue<_, BoundedVec<T::AccountId, T::MaxGuardians>, ValueQuery>;

	/// What relayers are paid, by chain.
	#[pallet::storage]
	pub type Fees<T: Config> = StorageMap<_, Twox64Concat, ChainId, RelayerFees<T::Balance>, ValueQuery>;

	/// The number of the running set of this chain; sets begin at 1.
	#[pallet::storage]
	pub type AuthoritySetId<T> = StorageValue<_, u64, ValueQuery>;

	/// The sets of this chain: the running one, and past ones as long as they can be reported.
	#[pallet::storage]
	pub type Authorities<T: Config> = StorageMap<_, Twox64Concat, u64, AuthoritySetOf<T>>;

	/// What its members did in this session.
	#[pallet::storage]
	pub type SessionActivity<T> = StorageValue<_, Activity, ValueQuery>;

	/// The newest vote of each member, by chain.
	#[pallet::storage]
	pub type Ballots<T> = StorageMap<_, Twox64Concat, ChainId, Ballot, ValueQuery>;

	/// Accepted headers, by chain and height.
	#[pallet::storage]
	pub type Headers<T> = StorageDoubleMap<_, Twox64Concat, ChainId, Twox64Concat, u64, AcceptedHeader>;

	/// The oldest and the newest of them.
	#[pallet::storage]
	pub type HeaderRanges<T> = StorageMap<_, Twox64Concat, ChainId, HeaderRange>;

	/// What came in already, by chain: bit `nonce % 256` under `nonce / 256`.
	#[pallet::storage]
	pub type UsedNonces<T> = StorageDoubleMap<_, Twox64Concat, ChainId, Twox64Concat, u64, [u8; 32], ValueQuery>;

	/// Money that could not be credited yet.
	#[pallet::storage]
	pub type SuspendedCredits<T: Config> =
		StorageDoubleMap<_, Twox64Concat, ChainId, Twox64Concat, CreditKey, Suspended<T::AccountId>>;

	/// How assets cross, by chain and token. Zero is the chain's own money.
	#[pallet::storage]
	pub type Routes<T: Config> = StorageDoubleMap<_, Twox64Concat, ChainId, Twox64Concat, H160, RouteOf<T>>;

	/// The token of an asset, by chain.
	#[pallet::storage]
	pub type TokenOf<T: Config> = StorageDoubleMap<_, Twox64Concat, ChainId, Blake2_128Concat, T::AssetKind, H160>;

	/// How much of a token is across: minted here, or locked here. What waits to leave counts as gone.
	#[pallet::storage]
	pub type Across<T: Config> = StorageDoubleMap<_, Twox64Concat, ChainId, Twox64Concat, H160, T::Balance, ValueQuery>;

	/// How much of a token waits to leave: counted as gone, and on hold still.
	#[pallet::storage]
	pub type Departing<T: Config> =
		StorageDoubleMap<_, Twox64Concat, ChainId, Twox64Concat, H160, T::Balance, ValueQuery>;

	/// What may cross at once, by chain, token and direction.
	#[pallet::storage]
	pub type Buckets<T: Config> =
		StorageDoubleMap<_, Twox64Concat, ChainId, Twox64Concat, (H160, Direction), Bucket<T::Balance>>;

	/// The next withdrawal's number, by chain.
	#[pallet::storage]
	pub type NextWithdrawalId<T> = StorageMap<_, Twox64Concat, ChainId, WithdrawalId, ValueQuery>;

	/// Withdrawals that are in no batch yet.
	#[pallet::storage]
	pub type Withdrawals<T: Config> =
		StorageDoubleMap<_, Twox64Concat, ChainId, Twox64Concat, WithdrawalId, QueuedOf<T>>;

	/// The order in which they leave. A number whose withdrawal is gone is a hole.
	#[pallet::storage]
	pub type Queue<T> = StorageDoubleMap<_, Twox64Concat, ChainId, Twox64Concat, u64, WithdrawalId>;

	/// Its ends.
	#[pallet::storage]
	pub type QueueRanges<T> = StorageMap<_, Twox64Concat, ChainId, QueueBounds, ValueQuery>;

	/// The nonce of the last item, by chain.
	#[pallet::storage]
	pub type OutboundNonce<T> = StorageMap<_, Twox64Concat, ChainId, Nonce, ValueQuery>;

	/// Items that the gateway is not proven to be done with.
	#[pallet::storage]
	pub type Outbox<T: Config> = StorageDoubleMap<_, Twox64Concat, ChainId, Twox64Concat, Nonce, OutboundItemOf<T>>;

	/// How many they are.
	#[pallet::storage]
	pub type OpenItems<T> = StorageMap<_, Twox64Concat, ChainId, u32, ValueQuery>;

	/// What items said, as the hash that is signed but for the set: who signed anything else can be told by it.
	#[pallet::storage]
	pub type Recorded<T> = StorageDoubleMap<_, Twox64Concat, ChainId, Twox64Concat, Nonce, H256>;

	/// The sets that gateways know, and those that take over.
	#[pallet::storage]
	pub type GatewaySets<T: Config> = StorageDoubleMap<_, Twox64Concat, ChainId, Twox64Concat, u64, GatewaySetOf<T>>;

	/// Which set a gateway has.
	#[pallet::storage]
	pub type Rotations<T> = StorageMap<_, Twox64Concat, ChainId, Rotation>;

	/// The hashes of the sets that were recorded, by chain and number.
	#[pallet::storage]
	pub type RecordedSets<T> =
		StorageDoubleMap<_, Twox64Concat, ChainId, Twox64Concat, u64, BoundedVec<H256, MaxRecordedSets>, ValueQuery>;

	/// Signatures for what leaves.
	#[pallet::storage]
	pub type CollectedSignatures<T> =
		StorageDoubleMap<_, Twox64Concat, ChainId, Twox64Concat, Subject, Signatures, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A chain can be bridged to, once it is resumed.
		ChainRegistered { chain_id: ChainId, gateway: H160 },
		/// Nothing crosses any more.
		ChainPaused { chain_id: ChainId, cause: PauseCause },
		/// It does again.
		ChainResumed { chain_id: ChainId },
		/// Others may pause from now on.
		GuardiansSet { guardians: Vec<T::AccountId> },
		/// An asset crosses, on these terms.
		RouteSet { chain_id: ChainId, token: H160, asset: T::AssetKind },
		/// An asset crosses no more.
		RouteRemoved { chain_id: ChainId, token: H160, asset: T::AssetKind },
		/// Relayers are paid otherwise.
		FeesSet { chain_id: ChainId, fees: RelayerFees<T::Balance> },
		/// Another set of validators attests headers.
		AuthoritySetChanged { set_id: u64, members: u32 },
		/// A validator attested a header.
		HeaderVoted { chain_id: ChainId, number: u64, block_hash: H256, validator: T::AccountId },
		/// More than two thirds attested it.
		HeaderAccepted { chain_id: ChainId, number: u64, block_hash: H256 },
		/// It was accepted because it lies below one that was.
		HeaderProven { chain_id: ChainId, number: u64, block_hash: H256 },
		/// A deposit arrived.
		DepositCredited { chain_id: ChainId, nonce: Nonce, to: T::AccountId, asset: T::AssetKind, amount: T::Balance },
		/// A deposit is proven and waits; `retry_credit` tries again.
		DepositSuspended { chain_id: ChainId, nonce: Nonce, to: T::AccountId, token: H160, reason: Waiting },
		/// Money that waited arrived.
		CreditRetried { chain_id: ChainId, key: CreditKey, to: T::AccountId, asset: T::AssetKind, amount: T::Balance },
		/// Somebody on the chain said something.
		MessageReceived {
			chain_id: ChainId,
			nonce: Nonce,
			sender: H160,
			target: H256,
			payload: Vec<u8>,
			result: DispatchResult,
		},
		/// Money is on its way out; held until it is in a batch.
		WithdrawalRequested {
			chain_id: ChainId,
			id: WithdrawalId,
			who: T::AccountId,
			asset: T::AssetKind,
			amount: T::Balance,
			to: H160,
			fee: T::Balance,
			ready_at: u32,
		},
		/// Its owner took it back.
		WithdrawalCancelled { chain_id: ChainId, id: WithdrawalId },
		/// Its delay is over: it is in the queue.
		WithdrawalReleased { chain_id: ChainId, id: WithdrawalId },
		/// It could not be taken from its owner, who has it back.
		WithdrawalFailed { chain_id: ChainId, id: WithdrawalId, error: DispatchError },
		/// Withdrawals leave together.
		BatchCreated { chain_id: ChainId, nonce: Nonce, withdrawals: Vec<WithdrawalId>, deadline: u64 },
		/// A message leaves.
		MessageSent { chain_id: ChainId, nonce: Nonce, sender: T::AccountId, target: H160, deadline: u64 },
		/// The next set is to be signed by the one that the gateway has.
		RotationStarted { chain_id: ChainId, set_id: u64, members_hash: H256, active_until: u64 },
		/// A validator signed.
		Signed { chain_id: ChainId, subject: Subject, set_id: u64, validator: T::AccountId },
		/// Enough have signed for the gateway.
		QuorumReached { chain_id: ChainId, subject: Subject, set_id: u64 },
		/// The gateway carried a batch out. Bit i of `unpaid` is set where it holds or owes transfer i instead.
		BatchExecuted { chain_id: ChainId, nonce: Nonce, unpaid: H256 },
		/// The gateway took a message.
		MessageDelivered { chain_id: ChainId, nonce: Nonce, delivered: bool },
		/// The gateway will never carry it out; what was in it is given back.
		ItemCancelled { chain_id: ChainId, nonce: Nonce },
		/// What was in a cancelled batch is given back.
		WithdrawalRefunded { chain_id: ChainId, nonce: Nonce, index: u32, who: T::AccountId, amount: T::Balance },
		/// It is to be given back and waits; `retry_credit` tries again.
		RefundSuspended { chain_id: ChainId, nonce: Nonce, index: u32, who: T::AccountId },
		/// The gateway has the next set.
		SetConfirmed { chain_id: ChainId, set_id: u64 },
		/// The gateway has that set, as government says.
		SetForced { chain_id: ChainId, set_id: u64 },
		/// Who relayed is paid.
		RelayerPaid { chain_id: ChainId, relayer: T::AccountId, amount: T::Balance },
		/// Who relayed could not be paid; the fee stays.
		RelayerNotPaid { chain_id: ChainId, relayer: T::AccountId, amount: T::Balance },
		/// A validator did wrong.
		OffenceReported { offence: Offence, validator: T::AccountId },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// There is no such chain.
		ChainNotFound,
		/// The chain is registered already.
		ChainExists,
		/// There are as many chains as can be.
		TooManyChains,
		/// A number, genesis or gateway of zero, or an alignment of zero or beyond what a proof reaches: name the real ones.
		BadChain,
		/// The chain is paused; try again when it is resumed.
		ChainPaused,
		/// The chain is not paused.
		NotPaused,
		/// It was paused too recently to be resumed.
		ResumeTooEarly,
		/// Only a guardian or government may pause.
		NotGuardian,
		/// There is no set of that number; it was pruned or never was.
		SetNotFound,
		/// The limits contradict each other: 0 < min ≤ max ≤ capacity.
		BadLimits,
		/// The asset crosses this bridge as another token, or the token as another asset or kind.
		RouteTaken,
		/// Some of it is still across, or on its way; it must come back first.
		StillAcross,
		/// The asset does not cross this bridge.
		NoRoute,
		/// The vote is for another set than the running one.
		WrongSet,
		/// The set has no member of that index.
		NoSuchMember,
		/// The validator voted on that height or a higher one already.
		AlreadyVoted,
		/// The height is not aligned, or not above the last that was accepted; or not between the two that it is to go between.
		BadHeight,
		/// The hash or the root is zero.
		ZeroHash,
		/// The signature is not the member's, or not of the form that contracts take.
		BadSignature,
		/// No header of that height was accepted, or it was pruned.
		HeaderNotFound,
		/// The proof is longer than 16 KiB.
		ProofTooLarge,
		/// The ancestors do not lead from one to the next down from the accepted header.
		BadAncestors,
		/// The receipt is not at that place under the header.
		BadReceipt,
		/// The transaction failed: it has no logs.
		NoLogs,
		/// The receipt has no log of that index.
		NoSuchLog,
		/// The log is not the gateway's, or of another event.
		WrongEvent,
		/// It came in already.
		AlreadyClaimed,
		/// The recipient is no account of this chain.
		BadRecipient,
		/// There is no such credit; it was never suspended, or is paid.
		CreditNotFound,
		/// The amount is below or above what one transfer may be.
		AmountOutOfBounds,
		/// More than can cross at the moment; try later, or less.
		LimitReached,
		/// More would be across than may be, or than there is.
		CapReached,
		/// There is no such withdrawal; it is in a batch, or was cancelled.
		WithdrawalNotFound,
		/// Only its owner may do this.
		NotOwner,
		/// Its delay is not over.
		StillDelayed,
		/// It is in the queue already.
		NotDelayed,
		/// Too much is open already; try later.
		OutboxFull,
		/// The gas limit is zero, or more than is relayed.
		GasLimitOutOfBounds,
		/// There is no such batch or message; it is done.
		ItemNotFound,
		/// This chain knows no such task or node; name one that exists.
		NothingToReport,
		/// There is nothing like that to sign.
		NothingToSign,
		/// The member signed it already.
		AlreadySigned,
		/// The gateway has that set already.
		AlreadyConfirmed,
		/// The votes do not contradict each other.
		NoConflict,
		/// What was signed was recorded here.
		WasRecorded,
		/// It is too old to tell whether it was recorded.
		TooOld,
		/// The offence is known.
		AlreadyReported,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		/// Makes batches of what waits, and begins rotations: one of each for each chain, as far as the weight suffices. What
		/// it does not do this time it does in a later block.
		fn on_idle(_: BlockNumberFor<T>, weight: Weight) -> Weight {
			let mut meter = WeightMeter::with_limit(weight);
			Self::work_off(&mut meter);
			meter.consumed()
		}

		fn offchain_worker(_: BlockNumberFor<T>) {
			Self::run_worker();
		}

		fn integrity_test() {
			assert!(T::MaxChains::get() > 0, "a bridge to no chain is none");
			assert!(T::SetLifetime::get() > 1, "signatures that never count let nothing out");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Attests a header. Feeless, by a validator's worker; the signature was checked when the transaction was.
		///
		/// # Errors
		/// [`Error::ChainNotFound`], [`Error::ChainPaused`], [`Error::WrongSet`], [`Error::NoSuchMember`],
		/// [`Error::BadHeight`], [`Error::ZeroHash`], [`Error::AlreadyVoted`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::vote_header())]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_vote_header())]
		#[pallet::authorize(Self::authorize_vote_header)]
		pub fn vote_header(
			origin: OriginFor<T>,
			vote: HeaderVote,
			index: MemberIndex,
			_signature: Signature,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			Self::do_vote_header(vote, index)
		}

		/// Adds a validator's signature to a batch, a message or the next set. Feeless, by its worker; the signature was
		/// checked when the transaction was.
		///
		/// # Errors
		/// [`Error::ChainNotFound`], [`Error::ChainPaused`], [`Error::WrongSet`], [`Error::NothingToSign`],
		/// [`Error::NoSuchMember`], [`Error::AlreadySigned`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::sign())]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_sign())]
		#[pallet::authorize(Self::authorize_sign)]
		pub fn sign(
			origin: OriginFor<T>,
			chain_id: ChainId,
			subject: Subject,
			set_id: u64,
			index: MemberIndex,
			signature: Signature,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			Self::do_sign(chain_id, subject, set_id, index, signature)
		}

		/// Credits a deposit that is proven. Anybody may ask for it; the fee is given back.
		///
		/// What cannot be credited waits, as the event says, and is tried again by [`Call::retry_credit`].
		///
		/// # Errors
		/// [`Error::ChainNotFound`], [`Error::ChainPaused`], [`Error::HeaderNotFound`], [`Error::ProofTooLarge`],
		/// [`Error::BadAncestors`], [`Error::BadReceipt`], [`Error::NoLogs`], [`Error::NoSuchLog`], [`Error::WrongEvent`],
		/// [`Error::AlreadyClaimed`], [`Error::BadRecipient`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::claim_deposit())]
		pub fn claim_deposit(
			origin: OriginFor<T>,
			chain_id: ChainId,
			proof: alloc::boxed::Box<EventProof>,
		) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::do_claim_deposit(chain_id, &proof)?;
			Ok(Pays::No.into())
		}

		/// Passes on a message that is proven. Anybody may ask for it; the fee is given back.
		///
		/// # Errors
		/// As [`Call::claim_deposit`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::receive_message())]
		pub fn receive_message(
			origin: OriginFor<T>,
			chain_id: ChainId,
			proof: alloc::boxed::Box<EventProof>,
		) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::do_receive_message(chain_id, &proof)?;
			Ok(Pays::No.into())
		}

		/// Closes a batch or message of which it is proven that the gateway carried it out or cancelled it, and pays whoever
		/// relayed it: the account that the event names, or the caller where it names none. The fee is given back.
		///
		/// What the gateway never was given here pauses the chain.
		///
		/// # Errors
		/// As [`Call::claim_deposit`]; [`Error::ItemNotFound`], [`Error::TooOld`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::confirm_item(MAX_TRANSFERS))]
		pub fn confirm_item(
			origin: OriginFor<T>,
			chain_id: ChainId,
			proof: alloc::boxed::Box<EventProof>,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			Self::do_confirm_item(who, chain_id, &proof)?;
			Ok(Pays::No.into())
		}

		/// Notes that the gateway is proven to have the next set, and pays whoever relayed it. The fee is given back.
		///
		/// A set that was never recorded here pauses the chain.
		///
		/// # Errors
		/// As [`Call::claim_deposit`]; [`Error::AlreadyConfirmed`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::confirm_set())]
		pub fn confirm_set(
			origin: OriginFor<T>,
			chain_id: ChainId,
			proof: alloc::boxed::Box<EventProof>,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			Self::do_confirm_set(who, chain_id, &proof)?;
			Ok(Pays::No.into())
		}

		/// Tries again to credit money that waits. Anybody may ask for it.
		///
		/// # Errors
		/// [`Error::ChainNotFound`], [`Error::ChainPaused`], [`Error::CreditNotFound`], and why it still waits:
		/// [`Error::NoRoute`], [`Error::AmountOutOfBounds`], [`Error::StillDelayed`], [`Error::LimitReached`],
		/// [`Error::CapReached`], [`Error::BadRecipient`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::retry_credit())]
		pub fn retry_credit(origin: OriginFor<T>, chain_id: ChainId, key: CreditKey) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_retry_credit(chain_id, key)
		}

		/// Sends money to an EVM chain. It is held until it is in a batch, and the relayer's fee is taken in native money.
		///
		/// # Errors
		/// [`Error::ChainNotFound`], [`Error::ChainPaused`], [`Error::NoRoute`], [`Error::BadRecipient`],
		/// [`Error::AmountOutOfBounds`], [`Error::LimitReached`], [`Error::CapReached`]; whatever keeps the money from being
		/// held or the fee from being paid.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::withdraw())]
		pub fn withdraw(
			origin: OriginFor<T>,
			chain_id: ChainId,
			asset: T::AssetKind,
			to: H160,
			amount: T::Balance,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_withdraw(who, chain_id, asset, to, amount)
		}

		/// Takes back money that is in no batch yet, and the relayer's fee. Also while the chain is paused.
		///
		/// # Errors
		/// [`Error::WithdrawalNotFound`], [`Error::NotOwner`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::cancel_withdrawal())]
		pub fn cancel_withdrawal(origin: OriginFor<T>, chain_id: ChainId, id: WithdrawalId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_cancel_withdrawal(who, chain_id, id)
		}

		/// Puts a withdrawal whose delay is over into the queue. Anybody may ask for it.
		///
		/// # Errors
		/// [`Error::ChainNotFound`], [`Error::ChainPaused`], [`Error::WithdrawalNotFound`], [`Error::NotDelayed`],
		/// [`Error::StillDelayed`].
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::release_withdrawal())]
		pub fn release_withdrawal(origin: OriginFor<T>, chain_id: ChainId, id: WithdrawalId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_release_withdrawal(chain_id, id)
		}

		/// Says something to a contract on an EVM chain, which may use `gas_limit` gas for it. The relayer's fee is taken.
		///
		/// # Errors
		/// [`Error::ChainNotFound`], [`Error::ChainPaused`], [`Error::BadRecipient`], [`Error::GasLimitOutOfBounds`],
		/// [`Error::OutboxFull`]; whatever keeps the fee from being paid.
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::send_message())]
		pub fn send_message(
			origin: OriginFor<T>,
			chain_id: ChainId,
			target: H160,
			gas_limit: u64,
			payload: BoundedVec<u8, ConstU32<MAX_PAYLOAD_BYTES>>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_send_message(who.clone(), who, chain_id, target, gas_limit, payload)
		}

		/// Shows that a validator attested two headers at one height, whatever sets it voted in. The fee is given back.
		///
		/// # Errors
		/// [`Error::ChainNotFound`], [`Error::NoConflict`], [`Error::SetNotFound`], [`Error::NoSuchMember`],
		/// [`Error::BadSignature`], [`Error::AlreadyReported`].
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::report_conflicting_votes())]
		pub fn report_conflicting_votes(
			origin: OriginFor<T>,
			first: (HeaderVote, MemberIndex, Signature),
			second: (HeaderVote, MemberIndex, Signature),
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			Self::do_report_conflicting_votes(who, first, second)?;
			Ok(Pays::No.into())
		}

		/// Shows that a member of a gateway's set signed for the gateway what was never recorded here. The fee is given back.
		///
		/// # Errors
		/// [`Error::ChainNotFound`], [`Error::SetNotFound`], [`Error::NoSuchMember`], [`Error::BadSignature`],
		/// [`Error::WasRecorded`], [`Error::TooOld`], [`Error::AlreadyReported`].
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::report_unknown_signature())]
		pub fn report_unknown_signature(
			origin: OriginFor<T>,
			chain_id: ChainId,
			set_id: u64,
			index: MemberIndex,
			payload: alloc::boxed::Box<Payload>,
			signature: Signature,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			Self::do_report_unknown_signature(who, chain_id, set_id, index, &payload, &signature)?;
			Ok(Pays::No.into())
		}

		/// Stops everything that crosses. By any guardian, or government.
		///
		/// # Errors
		/// [`Error::NotGuardian`], [`Error::ChainNotFound`], [`Error::ChainPaused`].
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::pause())]
		pub fn pause(origin: OriginFor<T>, chain_id: ChainId) -> DispatchResult {
			if T::GovernanceOrigin::ensure_origin(origin.clone()).is_err() {
				let who = ensure_signed(origin)?;
				ensure!(Guardians::<T>::get().contains(&who), Error::<T>::NotGuardian);
			}
			Self::do_pause(chain_id, PauseCause::Asked)
		}

		/// Lets things cross again, a while after it was paused. By government.
		///
		/// # Errors
		/// [`Error::NotPaused`], [`Error::ResumeTooEarly`].
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::resume())]
		pub fn resume(origin: OriginFor<T>, chain_id: ChainId) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Self::do_resume(chain_id)
		}

		/// Names who may pause. By government.
		#[pallet::call_index(15)]
		#[pallet::weight(T::WeightInfo::set_guardians())]
		pub fn set_guardians(
			origin: OriginFor<T>,
			guardians: BoundedVec<T::AccountId, T::MaxGuardians>,
		) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Self::do_set_guardians(guardians)
		}

		/// Adds a chain, paused, whose gateway was made with this chain's set `authority_set` as its set number
		/// `gateway_set`, active until `active_until` (seconds since 1970). By government.
		///
		/// # Errors
		/// [`Error::ChainExists`], [`Error::TooManyChains`], [`Error::BadChain`], [`Error::SetNotFound`].
		#[pallet::call_index(16)]
		#[pallet::weight(T::WeightInfo::register_chain())]
		pub fn register_chain(
			origin: OriginFor<T>,
			chain_id: ChainId,
			chain: Chain,
			authority_set: u64,
			gateway_set: u64,
			active_until: u64,
		) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Self::do_register_chain(chain_id, chain, authority_set, gateway_set, active_until)
		}

		/// Says how a token crosses, or with `None` that it does no more. By government.
		///
		/// # Errors
		/// [`Error::ChainNotFound`], [`Error::BadLimits`], [`Error::RouteTaken`], [`Error::NoRoute`],
		/// [`Error::StillAcross`].
		#[pallet::call_index(17)]
		#[pallet::weight(T::WeightInfo::set_route())]
		pub fn set_route(
			origin: OriginFor<T>,
			chain_id: ChainId,
			token: H160,
			route: Option<RouteOf<T>>,
		) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Self::do_set_route(chain_id, token, route)
		}

		/// Says what relayers are paid. What is open already keeps its fee. By government.
		///
		/// # Errors
		/// [`Error::ChainNotFound`].
		#[pallet::call_index(18)]
		#[pallet::weight(T::WeightInfo::set_fees())]
		pub fn set_fees(origin: OriginFor<T>, chain_id: ChainId, fees: RelayerFees<T::Balance>) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Self::do_set_fees(chain_id, fees)
		}

		/// Says that a paused chain's gateway has this chain's set `authority_set` as its set number `set_id`, active until
		/// `active_until` (seconds since 1970). By government: the way back when a set expired before it was taken over, and
		/// an upgrade of the contract installed another.
		///
		/// # Errors
		/// [`Error::ChainNotFound`], [`Error::NotPaused`], [`Error::AlreadyConfirmed`], [`Error::SetNotFound`],
		/// [`Error::LimitReached`].
		#[pallet::call_index(19)]
		#[pallet::weight(T::WeightInfo::force_set())]
		pub fn force_set(
			origin: OriginFor<T>,
			chain_id: ChainId,
			authority_set: u64,
			set_id: u64,
			active_until: u64,
		) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Self::do_force_set(chain_id, authority_set, set_id, active_until)
		}

		/// Accepts an aligned header that `ancestors` lead down to from the accepted `anchor`, so that proofs can begin at it:
		/// for blocks that lie too deep below what validators voted on, as after a pause. `previous` is the accepted header
		/// that comes before the anchor, `None` if there is none. Anybody may ask for it; the fee is given back if there is one.
		///
		/// # Errors
		/// [`Error::ChainNotFound`], [`Error::ChainPaused`], [`Error::HeaderNotFound`], [`Error::BadAncestors`],
		/// [`Error::BadHeight`], [`Error::ZeroHash`].
		#[pallet::call_index(20)]
		#[pallet::weight(T::WeightInfo::prove_header())]
		pub fn prove_header(
			origin: OriginFor<T>,
			chain_id: ChainId,
			anchor: u64,
			previous: Option<u64>,
			ancestors: alloc::boxed::Box<Ancestors>,
		) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::do_prove_header(chain_id, anchor, previous, &ancestors)?;
			// Gaps are few; the past is long.
			Ok(if previous.is_some() { Pays::No } else { Pays::Yes }.into())
		}

		/// Lets this chain tell a contract on an EVM chain what it has recorded of a task or a node: a message whose sender is the
		/// bridge's own account, which nobody has the key of, so that the contract can take it as the chain's word. The contract may use
		/// `gas_limit` gas. Anybody may ask for it; the relayer's fee is taken from who does. The payload is
		/// [`gpu_chain_primitives::WorkReport::abi`].
		///
		/// # Errors
		/// [`Error::NothingToReport`]; those of [`Self::send_message`].
		#[pallet::call_index(21)]
		#[pallet::weight(T::WeightInfo::send_report())]
		pub fn send_report(
			origin: OriginFor<T>,
			chain_id: ChainId,
			target: H160,
			gas_limit: u64,
			subject: ReportSubject,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_send_report(who, chain_id, target, gas_limit, subject)
		}
	}

	impl<T: Config> Pallet<T> {
		fn authorize_vote_header(
			_: TransactionSource,
			vote: &HeaderVote,
			index: &MemberIndex,
			signature: &Signature,
		) -> TransactionValidityWithRefund {
			Self::check_signed_vote(vote, *index, signature)
		}

		fn authorize_sign(
			_: TransactionSource,
			chain_id: &ChainId,
			subject: &Subject,
			set_id: &u64,
			index: &MemberIndex,
			signature: &Signature,
		) -> TransactionValidityWithRefund {
			Self::check_signature(*chain_id, *subject, *set_id, *index, signature)
		}
	}
}
