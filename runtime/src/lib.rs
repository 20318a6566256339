//! The runtime of gpu-chain: a market for computing power on a proof-of-stake chain that leaves room for a proof-of-work
//! lane.
//!
//! This file holds the version, the types and the list of pallets. [`configs`] wires each pallet, one file a concern;
//! [`apis`] is what clients may ask; [`genesis_config_presets`] are the chains that can be started.
#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "256"]
// FRAME's macros and the wasm builder generate undocumented public items all over this crate.
#![allow(missing_docs)]

extern crate alloc;

pub mod apis;
#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarks;
pub mod configs;
pub mod genesis_config_presets;
pub mod weights;

use alloc::vec::Vec;
use sp_runtime::{
	generic, impl_opaque_keys,
	traits::{BlakeTwo256, IdentifyAccount, Verify},
	MultiAddress, MultiSignature,
};
use sp_version::{runtime_version, RuntimeVersion};

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

/// A signature of any of the schemes that wallets use.
pub type Signature = MultiSignature;
/// Who signs, holds and is paid.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// Plancks: 10^18 are one GPU.
pub type Balance = u128;
/// Height of a block.
pub type BlockNumber = u32;
/// Count of an account's transactions.
pub type Nonce = u32;
/// Hash of a block or of a transaction.
pub type Hash = sp_core::H256;
/// How a transaction names an account.
pub type Address = MultiAddress<AccountId, ()>;
/// A block's header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// A block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
/// A transaction as it stands in a block.
pub type UncheckedExtrinsic = generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// What is signed.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;

/// What a transaction carries beside its call, checked before it is run.
pub type TxExtension = (
	frame_system::AuthorizeCall<Runtime>,
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	frame_system::CheckEra<Runtime>,
	frame_system::CheckNonce<Runtime>,
	frame_system::CheckWeight<Runtime>,
	pallet_asset_conversion_tx_payment::ChargeAssetTxPayment<Runtime>,
	frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
	frame_system::WeightReclaim<Runtime>,
);

/// Runs blocks.
pub type Executive =
	frame_executive::Executive<Runtime, Block, frame_system::ChainContext<Runtime>, Runtime, AllPalletsWithSystem>;

/// The types that a client needs without knowing the runtime.
pub mod opaque {
	use super::*;
	pub use sp_runtime::OpaqueExtrinsic as UncheckedExtrinsic;

	/// A header whose digest nobody has to understand.
	pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
	/// A block of opaque transactions.
	pub type Block = generic::Block<Header, UncheckedExtrinsic>;
	/// Names a block.
	pub type BlockId = generic::BlockId<Block>;
}

impl_opaque_keys! {
	/// What a validator signs with.
	pub struct SessionKeys {
		/// Finality.
		pub grandpa: Grandpa,
		/// Block authoring.
		pub babe: Babe,
		/// Heartbeats of validators.
		pub im_online: ImOnline,
		/// Addresses of validators.
		pub authority_discovery: AuthorityDiscovery,
		/// What goes to and comes from EVM chains.
		pub evm_bridge: EvmBridge,
	}
}

/// This runtime's version.
#[runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
	spec_name: alloc::borrow::Cow::Borrowed("gpu-chain"),
	impl_name: alloc::borrow::Cow::Borrowed("gpu-chain"),
	authoring_version: 1,
	spec_version: 100,
	impl_version: 1,
	apis: apis::RUNTIME_API_VERSIONS,
	transaction_version: 2,
	system_version: 1,
};

/// One GPU in plancks.
pub const UNIT: Balance = 1_000_000_000_000_000_000;
/// A thousandth of a GPU in plancks.
pub const MILLI_UNIT: Balance = UNIT / 1_000;
/// A millionth of a GPU in plancks.
pub const MICRO_UNIT: Balance = UNIT / 1_000_000;
/// The least that an account must hold to exist.
pub const EXISTENTIAL_DEPOSIT: Balance = MILLI_UNIT;

/// The pallets. Indices are grouped by layer and never change.
#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Runtime;

	#[runtime::pallet_index(0)]
	pub type System = frame_system::Pallet<Runtime>;
	#[runtime::pallet_index(1)]
	pub type SlotClock = pallet_slot_clock::Pallet<Runtime>;
	#[runtime::pallet_index(2)]
	pub type Timestamp = pallet_timestamp::Pallet<Runtime>;

	// Money. Genesis is built in the order of the indices: before staking, which bonds it.
	#[runtime::pallet_index(10)]
	pub type Balances = pallet_balances::Pallet<Runtime>;
	#[runtime::pallet_index(11)]
	pub type TransactionPayment = pallet_transaction_payment::Pallet<Runtime>;
	#[runtime::pallet_index(12)]
	pub type Assets = pallet_assets::Pallet<Runtime>;
	#[runtime::pallet_index(13)]
	pub type AssetsHolder = pallet_assets_holder::Pallet<Runtime>;
	#[runtime::pallet_index(14)]
	pub type Treasury = pallet_treasury::Pallet<Runtime>;
	#[runtime::pallet_index(15)]
	pub type Oracle = pallet_oracle::Pallet<Runtime>;
	#[runtime::pallet_index(16)]
	pub type OracleMembership = pallet_membership::Pallet<Runtime, Instance1>;
	#[runtime::pallet_index(17)]
	pub type AssetConversion = pallet_asset_conversion::Pallet<Runtime>;
	#[runtime::pallet_index(18)]
	pub type AssetConversionTxPayment = pallet_asset_conversion_tx_payment::Pallet<Runtime>;
	#[runtime::pallet_index(19)]
	pub type PoolAssets = pallet_assets::Pallet<Runtime, Instance2>;
	#[runtime::pallet_index(20)]
	pub type Payments = pallet_payments::Pallet<Runtime>;
	#[runtime::pallet_index(21)]
	pub type PriceIndex = pallet_price_index::Pallet<Runtime>;

	// Consensus
	#[runtime::pallet_index(30)]
	pub type Babe = pallet_babe::Pallet<Runtime>;
	#[runtime::pallet_index(31)]
	pub type Authorship = pallet_authorship::Pallet<Runtime>;
	// Before sessions: the first of them is elected from the stake, which is what can be slashed in the first era.
	#[runtime::pallet_index(32)]
	pub type Staking = pallet_staking::Pallet<Runtime>;
	#[runtime::pallet_index(33)]
	pub type VoterList = pallet_bags_list::Pallet<Runtime, Instance1>;
	#[runtime::pallet_index(34)]
	pub type Offences = pallet_offences::Pallet<Runtime>;
	#[runtime::pallet_index(35)]
	pub type Historical = pallet_session::historical::Pallet<Runtime>;
	#[runtime::pallet_index(36)]
	pub type Session = pallet_session::Pallet<Runtime>;
	#[runtime::pallet_index(37)]
	pub type Grandpa = pallet_grandpa::Pallet<Runtime>;
	#[runtime::pallet_index(38)]
	pub type ImOnline = pallet_im_online::Pallet<Runtime>;
	#[runtime::pallet_index(39)]
	pub type AuthorityDiscovery = pallet_authority_discovery::Pallet<Runtime>;
	// Behind sessions, which rotate in their first hook: the validators are this block's by then. Before work verification,
	// which mixes the newest work into its rounds.
	#[runtime::pallet_index(40)]
	pub type HybridPow = pallet_hybrid_pow::Pallet<Runtime>;

	// Government and utilities
	#[runtime::pallet_index(50)]
	pub type Parameters = pallet_parameters::Pallet<Runtime>;
	#[runtime::pallet_index(51)]
	pub type Utility = pallet_utility::Pallet<Runtime>;
	#[runtime::pallet_index(52)]
	pub type Multisig = pallet_multisig::Pallet<Runtime>;
	#[runtime::pallet_index(53)]
	pub type Proxy = pallet_proxy::Pallet<Runtime>;
	#[runtime::pallet_index(54)]
	pub type Preimage = pallet_preimage::Pallet<Runtime>;
	#[runtime::pallet_index(55)]
	pub type Scheduler = pallet_scheduler::Pallet<Runtime>;
	#[runtime::pallet_index(56)]
	pub type Sudo = pallet_sudo::Pallet<Runtime>;
	#[runtime::pallet_index(57)]
	pub type Council = pallet_collective::Pallet<Runtime, Instance1>;
	#[runtime::pallet_index(58)]
	pub type Arbitrators = pallet_membership::Pallet<Runtime, Instance2>;

	// Identity and trust
	#[runtime::pallet_index(60)]
	pub type UserRegistry = pallet_user_registry::Pallet<Runtime>;
	#[runtime::pallet_index(61)]
	pub type NodeRoles = pallet_node_roles::Pallet<Runtime>;
	#[runtime::pallet_index(70)]
	pub type ProviderRegistry = pallet_provider_registry::Pallet<Runtime>;
	#[runtime::pallet_index(71)]
	pub type ProviderStaking = pallet_provider_staking::Pallet<Runtime>;
	#[runtime::pallet_index(72)]
	pub type Reputation = pallet_reputation::Pallet<Runtime>;
	#[runtime::pallet_index(73)]
	pub type WorkVerification = pallet_work_verification::Pallet<Runtime>;

	// Market
	#[runtime::pallet_index(90)]
	pub type Escrow = pallet_escrow::Pallet<Runtime>;
	#[runtime::pallet_index(91)]
	pub type Marketplace = pallet_marketplace::Pallet<Runtime>;
	#[runtime::pallet_index(92)]
	pub type Matching = pallet_matching::Pallet<Runtime>;
	#[runtime::pallet_index(93)]
	pub type Rental = pallet_rental::Pallet<Runtime>;
	#[runtime::pallet_index(94)]
	pub type Disputes = pallet_disputes::Pallet<Runtime>;

	// Outside
	#[runtime::pallet_index(100)]
	pub type EvmBridge = pallet_evm_bridge::Pallet<Runtime>;
}
