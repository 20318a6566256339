//! # Provider registry
//!
//! Providers' nodes: who owns them, what they offer, and whether they are there.
//!
//! ## Overview
//!
//! A provider registers each machine as a node: what kind of resource it offers, its hardware, its region, what it asks
//! for an hour, and a link to metadata. Registration costs a fee to the treasury, a storage deposit that comes back with
//! [`remove_node`](Pallet::remove_node), and the stake that `OnNodeRegistered` collects. The node has an id of 32 bytes,
//! the hash of its owner and a running number, and no two nodes ever have the same one.
//!
//! What the hardware can do is only claimed here. Proof is work verification's: it calls
//! [`ProviderControl::mark_verified`](gpu_chain_primitives::ProviderControl::mark_verified) when a challenge was passed.
//! That alone verifies a trusted node; any other takes somebody who answers for it besides (`Sponsorship`), before the
//! challenge or after it. Only a verified node can be activated by its owner.
//!
//! ```text
//!                 mark_verified            activate_node           deactivate_node
//!  register_node ▶ Pending ─────────▶ Verified ─────────▶ Active ─────────────────▶ Inactive
//!                  │  ▲                  │ │                │  ▲                       │  │
//!                  │  └─ update_node: other hardware, unverify ┼───────────────────────┘  │
//!                  │                     │                     └───── activate_node ──────┘
//!                  └────▶ Rejected ◀─────┘
//!                       reject_node            any status ──────▶ Slashed  (ban_node, ProviderControl::ban)
//! ```
//!
//! ### Changed hardware
//!
//! A challenge that was passed speaks for the hardware that was claimed then. So a verified, active or inactive node whose
//! owner changes the hardware claims is pending again and has to pass a new challenge. Hardware and region cannot change
//! while the node has open work; the ask always can.
//!
//! ### Sponsors
//!
//! A node that passes a challenge without a sponsor stays pending and is remembered as waiting for one. Whoever then answers
//! for it ([`NodeVerification::on_sponsored`](gpu_chain_primitives::NodeVerification)), or the registrar by putting it into a
//! trusted tier, verifies it without another challenge. Changed hardware takes both anew. An audit that finds a node wanting
//! makes it pending again (`unverify`).
//!
//! ### Heartbeats
//!
//! Each node has its own clock, which runs while it is active and stands still otherwise, so time outside the market is
//! neither good nor bad for it. The clock is divided into heartbeat periods, the first beginning with the first activation.
//! One heartbeat is taken in a period. Uptime is the share of periods with one, over the last 128 full periods or as many as
//! there were. It is brought up to date when it is read or written, so a block costs nothing however many nodes there are.
//! When the heartbeat period is changed, periods that are over stay as they were counted, and the time since a node's last
//! heartbeat is divided by the new length.
//!
//! ## Invariants
//!
//! 1. Each node is listed under its owner and nothing else is; an owner's count is the length of that list, not zero, and at
//!    most `MaxNodesPerOwner`.
//! 2. Exactly the active nodes are listed as active, under their own resource type.
//! 3. A resource type's totals are the number of its active nodes and the sum of their asks.
//! 4. A node has a liveness record if and only if it ever was active; its clock runs if and only if it is active now.
//! 5. A liveness record shows no heartbeat before the node's first period, none in the future, and knows when the last one
//!    was if there was any.
//! 6. Each node has a storage deposit's ticket and nothing else has.
//! 7. A node's hardware, metadata link and ask are such as `register_node` takes. (Its region may have been removed from the
//!    list since.)
//! 8. Regions are well-formed codes.
//! 9. There are no more nodes than numbers given out.
//! 10. Only pending nodes of the community wait for a sponsor.
//!
//! ## Terminology
//!
//! - **Ask**: what the owner wants for an hour of the whole node, in plancks.
//! - **Closed**: rejected or slashed; such a node can only be removed.
//! - **Tier**: who runs the node; *trusted* is anything but the community's.
//! - **Registrar**: the origin that governs regions and tiers, and rejects and bans.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod dispatchable_impls;
mod impl_provider;
mod status_impls;
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

use frame_support::traits::fungible::Inspect;
use frame_system::pallet_prelude::BlockNumberFor;
pub use pallet::*;
pub use types::{ActiveTotal, LivenessRecord, Node, Offer, WINDOW};
pub use weights::WeightInfo;

/// The native token's amounts, plancks.
pub type BalanceOf<T> = <<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// A node as it is stored.
pub type NodeOf<T> = Node<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// See the crate's documentation.
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::{string::String, vec::Vec};
	use core::marker::PhantomData;
	use frame_support::{
		pallet_prelude::*,
		traits::{fungible::Mutate, Consideration, Footprint},
	};
	use frame_system::pallet_prelude::*;
	use gpu_chain_primitives::{
		Collateral, HardwareSpec, NodeId, NodeStatus, OnNodeRegistered, OnNodeStatusChanged, OpenWork, Reason, Region,
		ResourceType, Sponsorship, Tier, TrustInspect, Uri,
	};
	use sp_runtime::traits::CheckedMul;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The native token, in which the fee is paid and asks are named.
		type Currency: Mutate<Self::AccountId>;

		/// The storage deposit of one node, taken when it is registered and given back when it is removed. It is the same for
		/// every node: what the largest would need. `()` takes none.
		type Consideration: Consideration<Self::AccountId, Footprint>;

		/// Who governs regions and tiers, and rejects and bans nodes. With `EnsureNever` nobody does; then regions can only
		/// come from genesis.
		type RegistrarOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// The account that receives registration fees. Must be able to receive one, so it should exist.
		type Treasury: Get<Self::AccountId>;

		/// What the treasury gets for a registration, plancks. Zero: nothing.
		type RegistrationFee: Get<BalanceOf<Self>>;

		/// The length of a heartbeat period, blocks. Zero counts as one: a heartbeat in every block.
		type HeartbeatPeriod: Get<BlockNumberFor<Self>>;

		/// The highest ask, plancks an hour. It keeps the sum of all asks within a balance. Must not be zero.
		#[pallet::constant]
		type MaxAsk: Get<BalanceOf<Self>>;

		/// How many nodes an account may have at a time. Must not be zero.
		#[pallet::constant]
		type MaxNodesPerOwner: Get<u32>;

		/// Who is told of a new node: staking takes the stake, and others open their records. `()`: nobody, and no stake is
		/// taken.
		type OnNodeRegistered: OnNodeRegistered<Self::AccountId, BalanceOf<Self>>;

		/// Who is told of each change of status, and of what else changes about a node. `()`: nobody.
		type OnNodeStatusChanged: OnNodeStatusChanged;

		/// Who knows a node's open work. `()`: no node ever has any.
		type OpenWork: OpenWork<Self::AccountId>;

		/// Who holds the stakes. `()`: nothing is staked, so nothing keeps a node from being removed.
		type Collateral: Collateral<Self::AccountId, BalanceOf<Self>>;

		/// Who tells how far a node is trusted. `()`: no node is, so none can be activated.
		type TrustInspect: TrustInspect;

		/// Who answers for nodes of the community. `()`: nobody has to, a passed challenge is enough.
		type Sponsorship: Sponsorship;

		/// Weights of the calls. The benchmarks run with the hooks above as the runtime wires them, so the hooks' weight is in
		/// these numbers and is not added again. `()`: estimates from reads and writes without hooks, for tests.
		type WeightInfo: WeightInfo;

		/// Makes accounts and nodes ready for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: gpu_chain_primitives::benchmarking::BenchmarkNodes<Self::AccountId>;
	}

	/// Why this pallet holds money.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The storage deposit of a registered node.
		NodeStorage,
	}

	/// Every node. Node ids are hashes already, so they need no further hashing here or below, and lists are in the order of
	/// ids.
	#[pallet::storage]
	pub type Nodes<T: Config> = StorageMap<_, Identity, NodeId, NodeOf<T>, OptionQuery>;

	/// Each owner's nodes.
	#[pallet::storage]
	pub type NodesByOwner<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, NodeId, (), OptionQuery>;

	/// How many nodes an owner has; absent for none.
	#[pallet::storage]
	pub type OwnedCounts<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, u32, ValueQuery>;

	/// The active nodes of each resource type. The first key is one of five bytes, which nobody can choose freely.
	#[pallet::storage]
	pub type ActiveNodes<T: Config> = StorageDoubleMap<_, Identity, ResourceType, Identity, NodeId, (), OptionQuery>;

	/// How many active nodes a resource type has, and the sum of their asks.
	#[pallet::storage]
	pub type ActiveTotals<T: Config> = StorageMap<_, Identity, ResourceType, ActiveTotal<BalanceOf<T>>, ValueQuery>;

	/// The heartbeats of each node that ever was active.
	#[pallet::storage]
	pub type Liveness<T: Config> = StorageMap<_, Identity, NodeId, LivenessRecord<BlockNumberFor<T>>, OptionQuery>;

	/// The pending nodes that passed a challenge for the hardware they claim, and have nobody yet who answers for them.
	#[pallet::storage]
	pub type AwaitingSponsor<T: Config> = StorageMap<_, Identity, NodeId, (), OptionQuery>;

	/// The storage deposit of each node.
	#[pallet::storage]
	pub type NodeTickets<T: Config> = StorageMap<_, Identity, NodeId, T::Consideration, OptionQuery>;

	/// The regions that nodes may name. Only the registrar adds to it, and no call goes through it.
	#[pallet::storage]
	pub type Regions<T: Config> = StorageMap<_, Blake2_128Concat, Region, (), OptionQuery>;

	/// The running number of the next node.
	#[pallet::storage]
	pub type NextNode<T: Config> = StorageValue<_, u64, ValueQuery>;

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Codes of the regions that nodes may name: lower-case letters, digits and hyphens, at most 32, no code twice.
		pub regions: Vec<String>,
		#[serde(skip)]
		#[doc(hidden)]
		pub _config: PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			for code in &self.regions {
				let added = Region::try_from(code.as_bytes().to_vec())
					.map_err(|_| Error::<T>::InvalidRegion.into())
					.and_then(Pallet::<T>::do_add_region);
				// A genesis that breaks an invariant must not start a chain.
				assert!(added.is_ok(), "genesis region {code}: not a region code, or named twice");
			}
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A node was registered and is pending.
		NodeRegistered {
			/// The node.
			node: NodeId,
			/// Who registered it.
			owner: T::AccountId,
			/// What it offers.
			resource_type: ResourceType,
			/// Where it is.
			region: Region,
			/// What its owner asks, plancks an hour.
			ask_per_hour: BalanceOf<T>,
		},
		/// A node's hardware, region, ask or metadata was set anew.
		NodeUpdated {
			/// The node.
			node: NodeId,
		},
		/// A node's ask changed.
		AskChanged {
			/// The node.
			node: NodeId,
			/// The ask before, plancks an hour.
			old: BalanceOf<T>,
			/// The ask now, plancks an hour.
			new: BalanceOf<T>,
		},
		/// A node's status changed.
		NodeStatusChanged {
			/// The node.
			node: NodeId,
			/// The status before.
			old: NodeStatus,
			/// The status now.
			new: NodeStatus,
		},
		/// A node passed a challenge, and stays pending until somebody answers for it.
		SponsorAwaited {
			/// The node.
			node: NodeId,
		},
		/// The registrar refused a node.
		NodeRejected {
			/// The node.
			node: NodeId,
			/// Why.
			reason: Reason,
		},
		/// The registrar banned a node.
		NodeBanned {
			/// The node.
			node: NodeId,
			/// Why.
			reason: Reason,
		},
		/// A node was removed and its storage deposit returned.
		NodeRemoved {
			/// The node.
			node: NodeId,
			/// Who had registered it.
			owner: T::AccountId,
		},
		/// A node is run by the platform or by a cloud partner.
		TrustedNodeAdded {
			/// The node.
			node: NodeId,
			/// Who runs it.
			tier: Tier,
		},
		/// A node is one of the community's again.
		TrustedNodeRemoved {
			/// The node.
			node: NodeId,
		},
		/// A node was there.
		HeartbeatReceived {
			/// The node.
			node: NodeId,
		},
		/// Nodes may name a new region.
		RegionAdded {
			/// Its code.
			region: Region,
		},
		/// Nodes may not name a region any more. Nodes that are there stay there.
		RegionRemoved {
			/// Its code.
			region: Region,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// No node has this id: check the id.
		UnknownNode,
		/// Only the node's owner may do this: sign with the account that registered it.
		NotOwner,
		/// The account has as many nodes as it may have: remove one first, or use another account.
		TooManyNodes,
		/// The hardware does not fit the resource type: a GPU node needs a model and at least one GPU, a CPU node at least one
		/// core, a network node bandwidth; the model's name must be UTF-8 without control characters.
		InvalidHardware,
		/// The region is not in the list: choose one of the regions that the registry lists.
		UnknownRegion,
		/// The metadata link is no URI: it needs a scheme, a colon and a rest, in printable ASCII without spaces.
		InvalidUri,
		/// The ask is zero or above `MaxAsk`: name a price between.
		AskOutOfRange,
		/// The node has work that has not ended: finish it first.
		HasOpenWork,
		/// The node was rejected or banned, and can only be removed.
		NodeClosed,
		/// Only a verified or an inactive node can be activated: a pending node has to pass a challenge first, and a node of
		/// the community to find a sponsor.
		NotActivatable,
		/// The node's stake is below the minimum: add stake first.
		UnderStaked,
		/// The node is not active: activate it first.
		NotActive,
		/// Only a pending or a verified node can be rejected: ban one that was misused.
		NotRejectable,
		/// The node is banned already.
		AlreadyBanned,
		/// An active node cannot be removed: deactivate it first.
		StillActive,
		/// Something is still staked for the node: withdraw it first.
		StillStaked,
		/// Trusted nodes are of tier `Owned` or `CloudPartner`: use `remove_trusted_node` to make it the community's.
		NotATrustedTier,
		/// The node is of that tier already.
		AlreadyInTier,
		/// The node is not a trusted one.
		NotTrusted,
		/// The node sent a heartbeat in this period already: wait for the next period.
		HeartbeatTooSoon,
		/// A region's code is made of lower-case letters, digits and hyphens, and is not empty.
		InvalidRegion,
		/// The region is in the list already.
		RegionExists,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MaxNodesPerOwner::get() > 0, "MaxNodesPerOwner must not be zero: nobody could register a node");
			assert!(T::MaxAsk::get() > 0u32.into(), "MaxAsk must not be zero: no ask would be in range");
			assert!(
				T::MaxAsk::get().checked_mul(&u32::MAX.into()).is_some(),
				"MaxAsk is too high: the sum of the asks of u32::MAX nodes must fit a balance"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Registers a node of the caller, pending until it passes a challenge. Takes the registration fee, the storage
		/// deposit, and `stake` as collateral. `ask_per_hour` and `stake` are in plancks.
		///
		/// # Errors
		/// [`Error::InvalidHardware`], [`Error::UnknownRegion`], [`Error::InvalidUri`], [`Error::AskOutOfRange`],
		/// [`Error::TooManyNodes`]; the currency's own if the caller cannot pay; those of the pallets that are told, staking's
		/// first of all if the stake is too small.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register_node())]
		pub fn register_node(
			origin: OriginFor<T>,
			resource_type: ResourceType,
			hardware: HardwareSpec,
			region: Region,
			ask_per_hour: BalanceOf<T>,
			metadata_uri: Uri,
			stake: BalanceOf<T>,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_register_node(owner, resource_type, Offer { hardware, region, ask_per_hour, metadata_uri }, stake)
		}

		/// Sets what a node of the caller offers. A verified, active or inactive node whose hardware changes is pending again.
		///
		/// # Errors
		/// [`Error::UnknownNode`], [`Error::NotOwner`], [`Error::NodeClosed`], [`Error::InvalidHardware`],
		/// [`Error::InvalidUri`], [`Error::AskOutOfRange`]; [`Error::UnknownRegion`] if the region changes to one that is not in
		/// the list; [`Error::HasOpenWork`] if hardware or region change while the node works.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::update_node())]
		pub fn update_node(
			origin: OriginFor<T>,
			node: NodeId,
			hardware: HardwareSpec,
			region: Region,
			ask_per_hour: BalanceOf<T>,
			metadata_uri: Uri,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_update_node(&who, &node, Offer { hardware, region, ask_per_hour, metadata_uri })
		}

		/// Sets what the caller asks for an hour of a node, plancks. Work that is agreed keeps its price. Setting the same ask
		/// again does nothing.
		///
		/// # Errors
		/// [`Error::UnknownNode`], [`Error::NotOwner`], [`Error::NodeClosed`], [`Error::AskOutOfRange`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::set_ask())]
		pub fn set_ask(origin: OriginFor<T>, node: NodeId, ask_per_hour: BalanceOf<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_ask(&who, &node, ask_per_hour)
		}

		/// Offers a verified or inactive node of the caller to the market.
		///
		/// # Errors
		/// [`Error::UnknownNode`], [`Error::NotOwner`], [`Error::NotActivatable`], [`Error::UnderStaked`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::activate_node())]
		pub fn activate_node(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_activate_node(&who, &node)
		}

		/// Withdraws an active node of the caller from the market.
		///
		/// # Errors
		/// [`Error::UnknownNode`], [`Error::NotOwner`], [`Error::NotActive`], [`Error::HasOpenWork`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::deactivate_node())]
		pub fn deactivate_node(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_deactivate_node(&who, &node)
		}

		/// Refuses a pending or verified node. For `RegistrarOrigin`.
		///
		/// # Errors
		/// [`Error::UnknownNode`], [`Error::NotRejectable`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::reject_node())]
		pub fn reject_node(origin: OriginFor<T>, node: NodeId, reason: Reason) -> DispatchResult {
			T::RegistrarOrigin::ensure_origin(origin)?;
			Self::do_reject_node(&node, reason)
		}

		/// Bans a node for ever, whatever its status. For `RegistrarOrigin`. The stake is staking's business.
		///
		/// # Errors
		/// [`Error::UnknownNode`], [`Error::AlreadyBanned`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::ban_node())]
		pub fn ban_node(origin: OriginFor<T>, node: NodeId, reason: Reason) -> DispatchResult {
			T::RegistrarOrigin::ensure_origin(origin)?;
			Self::do_ban_node(&node, reason)
		}

		/// Forgets a node of the caller that is not active, has no open work and no stake, and returns its storage deposit.
		/// What other pallets recorded of it stays.
		///
		/// # Errors
		/// [`Error::UnknownNode`], [`Error::NotOwner`], [`Error::StillActive`], [`Error::HasOpenWork`],
		/// [`Error::StillStaked`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::remove_node())]
		pub fn remove_node(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_remove_node(&who, &node)
		}

		/// Puts a node into tier `Owned` or `CloudPartner`, which verifies it if it waits for a sponsor. For
		/// `RegistrarOrigin`.
		///
		/// # Errors
		/// [`Error::NotATrustedTier`], [`Error::UnknownNode`], [`Error::NodeClosed`], [`Error::AlreadyInTier`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::add_trusted_node())]
		pub fn add_trusted_node(origin: OriginFor<T>, node: NodeId, tier: Tier) -> DispatchResult {
			T::RegistrarOrigin::ensure_origin(origin)?;
			Self::do_add_trusted_node(&node, tier)
		}

		/// Puts a trusted node back into tier `Community`. For `RegistrarOrigin`.
		///
		/// # Errors
		/// [`Error::UnknownNode`], [`Error::NotTrusted`].
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::remove_trusted_node())]
		pub fn remove_trusted_node(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			T::RegistrarOrigin::ensure_origin(origin)?;
			Self::do_remove_trusted_node(&node)
		}

		/// Says that an active node of the caller is there. Once in a heartbeat period of the node's own clock.
		///
		/// # Errors
		/// [`Error::UnknownNode`], [`Error::NotOwner`], [`Error::NotActive`], [`Error::HeartbeatTooSoon`].
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::heartbeat())]
		pub fn heartbeat(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_heartbeat(&who, &node)
		}

		/// Lets nodes name a region. For `RegistrarOrigin`.
		///
		/// # Errors
		/// [`Error::InvalidRegion`], [`Error::RegionExists`].
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::add_region())]
		pub fn add_region(origin: OriginFor<T>, region: Region) -> DispatchResult {
			T::RegistrarOrigin::ensure_origin(origin)?;
			Self::do_add_region(region)
		}

		/// Lets no further node name a region; nodes that are there stay there. For `RegistrarOrigin`.
		///
		/// # Errors
		/// [`Error::UnknownRegion`].
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::remove_region())]
		pub fn remove_region(origin: OriginFor<T>, region: Region) -> DispatchResult {
			T::RegistrarOrigin::ensure_origin(origin)?;
			Self::do_remove_region(region)
		}
	}
}
