//! What dApps and the pallet itself read. A page costs as many reads as it has items.

use crate::{AuditOf, Audits, Config, Kings, Pallet, QueenOf, Queens, SponsoredBy, SponsorshipOf, Sponsorships};
use gpu_chain_primitives::{NodeId, Page};

impl<T: Config> Pallet<T> {
	/// Whether the account has a King's seat.
	pub fn is_king(who: &T::AccountId) -> bool {
		Kings::<T>::get().binary_search(who).is_ok()
	}

	/// The Queen; `None` for whoever never applied or has withdrawn her bond.
	pub fn queen(who: &T::AccountId) -> Option<QueenOf<T>> {
		Queens::<T>::get(who)
	}

	/// Whether the account is a Queen who may sponsor and audit now.
	pub fn is_live_queen(who: &T::AccountId) -> bool {
		Queens::<T>::get(who).is_some_and(|queen| queen.is_live(&Self::minimum_bond()))
	}

	/// The node's sponsorship, unless it has none or it is over.
	pub fn sponsorship(node: &NodeId) -> Option<SponsorshipOf<T>> {
		Sponsorships::<T>::get(node).filter(|sponsorship| !sponsorship.is_over(Self::now()))
	}

	/// What the last audit of a sponsored node found.
	pub fn audit(node: &NodeId) -> Option<AuditOf<T>> {
		Audits::<T>::get(node)
	}

	/// The nodes that a Queen sponsors, behind `cursor`, in the order of their ids; from the first one if it is `None`.
	/// Those whose sponsorship is over and was not cleared away are among them.
	pub fn nodes_of_queen(queen: &T::AccountId, cursor: Option<NodeId>, limit: u32) -> Page<NodeId, NodeId> {
		match cursor {
			Some(last) => {
				let from = SponsoredBy::<T>::hashed_key_for(queen, last);
				Page::collect(SponsoredBy::<T>::iter_key_prefix_from(queen, from), limit, |node| *node)
			}
			None => Page::collect(SponsoredBy::<T>::iter_key_prefix(queen), limit, |node| *node),
		}
	}

	/// The Queens behind `cursor`, candidates included, in no order of meaning; from the first one if it is `None`.
	pub fn queens(cursor: Option<T::AccountId>, limit: u32) -> Page<T::AccountId, T::AccountId> {
		match cursor {
			Some(last) => {
				let from = Queens::<T>::hashed_key_for(last);
				Page::collect(Queens::<T>::iter_keys_from(from), limit, Clone::clone)
			}
			None => Page::collect(Queens::<T>::iter_keys(), limit, Clone::clone),
		}
	}
}
