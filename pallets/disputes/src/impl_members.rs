//! Who may vote, and since when, as the membership tells it.

use crate::{Arbitrators, Config, Pallet};
use frame_support::traits::{ChangeMembers, InitializeMembers};

impl<T: Config> ChangeMembers<T::AccountId> for Pallet<T> {
	fn change_members_sorted(incoming: &[T::AccountId], outgoing: &[T::AccountId], _: &[T::AccountId]) {
		for who in outgoing {
			Arbitrators::<T>::remove(who);
		}
		for who in incoming {
			Arbitrators::<T>::insert(who, Self::now());
		}
	}
}

impl<T: Config> InitializeMembers<T::AccountId> for Pallet<T> {
	fn initialize_members(members: &[T::AccountId]) {
		Self::change_members_sorted(members, &[], members);
	}
}
