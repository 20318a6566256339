//! # User registry
//!
//! Users of the market, and the EVM wallets that they proved to be theirs.
//!
//! ## Overview
//! ```text
//! register ─▶ User ── update, link_wallet, unlink_wallet ──▶ User ── remove ─▶ (gone, with all of its wallets)
//! ```
//! A wallet is linked by an EIP-191 signature (`personal_sign`) of its key over these four lines, without a line
//! end after the last:
//! ```text
//! gpu-chain: link this wallet
//! Genesis: 0x<hash of the first block, 64 digits, lower case>
//! Account: 0x<the SCALE-encoded account, lower case>
//! Nonce: <the user's nonce, decimal>
//! ```
//! Nonces come from one counter: a user has a new one when they register and after each link. A signature is therefore
//! good for one chain, one account and one link, also after the wallet was unlinked or the user removed and registered
//! again; and nothing needs to be kept of users who are gone.
//!
//! ## Invariants
//! 1. Every user has a storage deposit, and nobody else has.
//! 2. Every user's nonce was taken from the counter.
//! 3. A wallet leads to the one user who has it in their list, and back.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

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
pub use types::{BadSignature, EvmSignature, Profile, User};
pub use weights::WeightInfo;

use frame_system::pallet_prelude::BlockNumberFor;

/// A user as this pallet stores it.
pub type UserOf<T> = User<BlockNumberFor<T>>;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::{Consideration, Footprint},
	};
	use frame_system::pallet_prelude::*;
	use gpu_chain_primitives::x25519;
	use sp_core::H160;
	use sp_runtime::traits::Zero;

	/// The layout of this pallet's storage.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The deposit for what a user stores. `()`: none.
		type Consideration: Consideration<Self::AccountId, Footprint>;

		/// What the calls cost.
		type WeightInfo: WeightInfo;
	}

	/// Why this pallet has money held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The deposit for a user's record and wallets.
		UserStorage,
	}

	/// All users.
	#[pallet::storage]
	pub type Users<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, UserOf<T>>;

	/// The deposits of users.
	#[pallet::storage]
	pub type Tickets<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, T::Consideration>;

	/// Whose a wallet is. Addresses can be ground, so the hash is a strong one.
	#[pallet::storage]
	pub type Wallets<T: Config> = StorageMap<_, Blake2_128Concat, H160, T::AccountId>;

	/// The nonce that is given next.
	#[pallet::storage]
	pub type NextNonce<T: Config> = StorageValue<_, u64, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A user registered.
		UserRegistered { who: T::AccountId },
		/// A user changed their profile.
		UserUpdated { who: T::AccountId },
		/// A user is forgotten, with all of their wallets.
		UserRemoved { who: T::AccountId },
		/// A wallet was proven to be a user's.
		WalletLinked { who: T::AccountId, address: H160 },
		/// A wallet is no longer a user's.
		WalletUnlinked { who: T::AccountId, address: H160 },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The account is registered already: use `update`.
		AlreadyRegistered,
		/// The account is no user: call `register` first.
		NotRegistered,
		/// The encryption key is a point of small order: everybody could read what is sealed to it.
		WeakEncryptionKey,
		/// The wallet is linked to a user already, who must unlink it first.
		WalletInUse,
		/// The user has as many wallets as fit: unlink one first.
		TooManyWallets,
		/// The wallet is none of this user's.
		WalletNotLinked,
		/// The last byte of the signature is none of 0, 1, 27 and 28.
		BadRecoveryId,
		/// The signature's `s` is above half of the curve's order: sign with a wallet that follows EIP-2.
		HighS,
		/// No key has made this signature.
		BadSignature,
		/// Another wallet signed, or another text: the text names this chain, this account and its present nonce.
		WrongSigner,
		/// No nonces are left.
		NoncesExhausted,
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
		/// Registers the caller as a user, against a deposit.
		///
		/// # Errors
		/// [`Error::AlreadyRegistered`], [`Error::WeakEncryptionKey`], or the deposit cannot be held.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register())]
		pub fn register(origin: OriginFor<T>, profile: Profile) -> DispatchResult {
			let who = ensure_signed(origin)?;
			ensure!(!Users::<T>::contains_key(&who), Error::<T>::AlreadyRegistered);
			Self::ensure_sound(&profile)?;
			let user = User {
				profile,
				registered_at: frame_system::Pallet::<T>::block_number(),
				nonce: Self::take_nonce()?,
				wallets: BoundedVec::new(),
			};
			Tickets::<T>::insert(&who, T::Consideration::new(&who, user.footprint())?);
			Users::<T>::insert(&who, user);
			Self::deposit_event(Event::UserRegistered { who });
			Ok(())
		}

		/// Replaces the caller's profile; the deposit follows its length.
		///
		/// # Errors
		/// [`Error::NotRegistered`], [`Error::WeakEncryptionKey`], or the deposit cannot be held.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::update())]
		pub fn update(origin: OriginFor<T>, profile: Profile) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::ensure_sound(&profile)?;
			let mut user = Users::<T>::get(&who).ok_or(Error::<T>::NotRegistered)?;
			user.profile = profile;
			Self::store(&who, user)?;
			Self::deposit_event(Event::UserUpdated { who });
			Ok(())
		}

		/// Forgets the caller and all of their wallets, and gives the deposit back.
		///
		/// # Errors
		/// [`Error::NotRegistered`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::remove())]
		pub fn remove(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let user = Users::<T>::take(&who).ok_or(Error::<T>::NotRegistered)?;
			for address in &user.wallets {
				Wallets::<T>::remove(address);
			}
			if let Some(ticket) = Tickets::<T>::take(&who) {
				ticket.drop(&who)?;
			}
			Self::deposit_event(Event::UserRemoved { who });
			Ok(())
		}

		/// Links the wallet `address`, whose key signed the text of the crate's documentation.
		///
		/// # Errors
		/// [`Error::NotRegistered`], [`Error::WalletInUse`], [`Error::TooManyWallets`], [`Error::BadRecoveryId`],
		/// [`Error::HighS`], [`Error::BadSignature`], [`Error::WrongSigner`], [`Error::NoncesExhausted`], or the
		/// deposit cannot be held.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::link_wallet())]
		pub fn link_wallet(origin: OriginFor<T>, address: H160, signature: EvmSignature) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let mut user = Users::<T>::get(&who).ok_or(Error::<T>::NotRegistered)?;
			ensure!(!Wallets::<T>::contains_key(address), Error::<T>::WalletInUse);
			user.wallets.try_push(address).map_err(|_| Error::<T>::TooManyWallets)?;
			let digest = types::eip191_digest(&Self::message(&who, user.nonce));
			let signer = types::recover(&digest, &signature).map_err(|bad| match bad {
				BadSignature::RecoveryId => Error::<T>::BadRecoveryId,
				BadSignature::HighS => Error::<T>::HighS,
				BadSignature::Unrecoverable => Error::<T>::BadSignature,
			})?;
			ensure!(signer == address, Error::<T>::WrongSigner);
			user.nonce = Self::take_nonce()?;
			Self::store(&who, user)?;
			Wallets::<T>::insert(address, &who);
			Self::deposit_event(Event::WalletLinked { who, address });
			Ok(())
		}

		/// Unlinks a wallet of the caller; its part of the deposit goes back.
		///
		/// # Errors
		/// [`Error::NotRegistered`], [`Error::WalletNotLinked`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::unlink_wallet())]
		pub fn unlink_wallet(origin: OriginFor<T>, address: H160) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let mut user = Users::<T>::get(&who).ok_or(Error::<T>::NotRegistered)?;
			let place = user.wallets.iter().position(|wallet| *wallet == address).ok_or(Error::<T>::WalletNotLinked)?;
			user.wallets.remove(place);
			Self::store(&who, user)?;
			Wallets::<T>::remove(address);
			Self::deposit_event(Event::WalletUnlinked { who, address });
			Ok(())
		}
	}

	impl<T: Config> Pallet<T> {
		/// The user of an account.
		pub fn user(who: &T::AccountId) -> Option<UserOf<T>> {
			Users::<T>::get(who)
		}

		/// The account of a wallet.
		pub fn account_of(address: H160) -> Option<T::AccountId> {
			Wallets::<T>::get(address)
		}

		/// What a wallet must sign now to become this account's. `None` for no user.
		pub fn link_message(who: &T::AccountId) -> Option<Vec<u8>> {
			Users::<T>::get(who).map(|user| Self::message(who, user.nonce))
		}

		fn message(who: &T::AccountId, nonce: u64) -> Vec<u8> {
			// The one hash that is never pruned: transactions are bound to the chain by it as well.
			let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
			types::link_message(genesis.as_ref(), &who.encode(), nonce)
		}

		fn ensure_sound(profile: &Profile) -> DispatchResult {
			let weak = profile.encryption_key.as_ref().is_some_and(x25519::is_weak_key);
			ensure!(!weak, Error::<T>::WeakEncryptionKey);
			Ok(())
		}

		fn take_nonce() -> Result<u64, DispatchError> {
			let nonce = NextNonce::<T>::get();
			NextNonce::<T>::put(nonce.checked_add(1).ok_or(Error::<T>::NoncesExhausted)?);
			Ok(nonce)
		}

		/// Writes the user and lets the deposit follow.
		fn store(who: &T::AccountId, user: UserOf<T>) -> DispatchResult {
			let ticket = Tickets::<T>::take(who).ok_or(Error::<T>::NotRegistered)?;
			Tickets::<T>::insert(who, ticket.update(who, user.footprint())?);
			Users::<T>::insert(who, user);
			Ok(())
		}
	}
}
