//! # Slot clock
//!
//! The chain's beat: how long a slot is and how many slots an epoch has.
//!
//! Both are fixed at genesis and there is no call that changes them: BABE reads them once when a node starts, and every
//! epoch's arithmetic goes back to the genesis slot. They are state rather than constants so that one runtime serves a
//! dev chain with short slots and the real chain with long ones.
//!
//! Validators author on even slots only and leave odd ones to the proof-of-work lane, so the time between two of their
//! blocks is two slots ([`BlockTime`]).
//!
//! ## Invariants
//! 1. A slot has an even, positive number of milliseconds: pallet-timestamp's `MinimumPeriod` is half a slot.
//! 2. An epoch has an even, positive number of slots: every epoch starts on an even slot.
#![cfg_attr(not(feature = "std"), no_std)]

use core::marker::PhantomData;
use frame_support::{ensure, traits::Get};
pub use pallet::*;
use sp_runtime::DispatchError;

#[cfg(test)]
mod tests;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::{pallet_prelude::*, traits::ConstU64};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {}

	/// Length of a slot, milliseconds.
	#[pallet::storage]
	pub type SlotDuration<T> = StorageValue<_, u64, ValueQuery, ConstU64<3_000>>;

	/// Length of an epoch, slots.
	#[pallet::storage]
	pub type EpochSlots<T> = StorageValue<_, u64, ValueQuery, ConstU64<1_200>>;

	#[pallet::genesis_config]
	pub struct GenesisConfig<T: Config> {
		/// Length of a slot, milliseconds. Even and positive.
		pub slot_duration_ms: u64,
		/// Length of an epoch, slots. Even and positive.
		pub epoch_slots: u64,
		#[serde(skip)]
		#[doc(hidden)]
		pub _config: PhantomData<T>,
	}

	impl<T: Config> Default for GenesisConfig<T> {
		fn default() -> Self {
			Self { slot_duration_ms: 3_000, epoch_slots: 1_200, _config: PhantomData }
		}
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			SlotDuration::<T>::put(self.slot_duration_ms);
			EpochSlots::<T>::put(self.epoch_slots);
			// A genesis that breaks an invariant must not start a chain.
			assert!(Pallet::<T>::do_try_state().is_ok(), "slot_duration_ms and epoch_slots must be even and positive");
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<frame_system::pallet_prelude::BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: frame_system::pallet_prelude::BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Checks the invariants of the crate's documentation.
	///
	/// # Errors
	/// Names the first invariant that does not hold.
	pub fn do_try_state() -> Result<(), DispatchError> {
		let (slot, epoch) = (SlotDuration::<T>::get(), EpochSlots::<T>::get());
		ensure!(slot > 0 && slot % 2 == 0, DispatchError::Other("slot clock 1: slot length must be even and positive"));
		ensure!(
			epoch > 0 && epoch % 2 == 0,
			DispatchError::Other("slot clock 2: epoch length must be even and positive")
		);
		Ok(())
	}
}

/// Half a slot, milliseconds: pallet-timestamp's `MinimumPeriod`, of which BABE makes its slot again.
pub struct MinimumPeriod<T>(PhantomData<T>);
impl<T: Config> Get<u64> for MinimumPeriod<T> {
	fn get() -> u64 {
		SlotDuration::<T>::get() / 2
	}
}

/// The time between two blocks of validators, milliseconds: two slots.
pub struct BlockTime<T>(PhantomData<T>);
impl<T: Config> Get<u64> for BlockTime<T> {
	fn get() -> u64 {
		SlotDuration::<T>::get().saturating_mul(2)
	}
}

/// The length of an epoch, slots.
pub struct EpochDuration<T>(PhantomData<T>);
impl<T: Config> Get<u64> for EpochDuration<T> {
	fn get() -> u64 {
		EpochSlots::<T>::get()
	}
}
