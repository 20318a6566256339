//! Kings as an origin and as a membership, for whoever wires them.

use crate::{Config, Kings, Pallet};
use alloc::vec::Vec;
use core::marker::PhantomData;
use frame_support::traits::{Contains, EnsureOrigin, OriginTrait, SortedMembers};

/// A signed origin that is a King; gives who it is.
pub struct EnsureKing<T>(PhantomData<T>);

impl<T: Config> EnsureOrigin<T::RuntimeOrigin> for EnsureKing<T> {
	type Success = T::AccountId;

	fn try_origin(origin: T::RuntimeOrigin) -> Result<Self::Success, T::RuntimeOrigin> {
		let king = origin.as_signer().filter(|who| Pallet::<T>::is_king(who)).cloned();
		king.ok_or(origin)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn try_successful_origin() -> Result<T::RuntimeOrigin, ()> {
		let king = Kings::<T>::get().first().cloned().ok_or(())?;
		Ok(frame_system::RawOrigin::Signed(king).into())
	}
}

impl<T: Config> SortedMembers<T::AccountId> for Pallet<T> {
	fn sorted_members() -> Vec<T::AccountId> {
		Kings::<T>::get().into_inner()
	}
	fn contains(who: &T::AccountId) -> bool {
		Self::is_king(who)
	}
}

impl<T: Config> Contains<T::AccountId> for Pallet<T> {
	fn contains(who: &T::AccountId) -> bool {
		Self::is_king(who)
	}
}
