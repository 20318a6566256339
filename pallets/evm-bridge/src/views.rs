//! What clients read. The runtime offers these as runtime APIs.

use crate::{
	types::{
		members_hash, AcceptedHeader, Authority, Chain, CreditKey, HeaderRange, Nonce, Rotation, Signatures, Subject,
		Suspended, WithdrawalId,
	},
	Authorities, AuthoritySetId, ChainId, Chains, CollectedSignatures, Config, GatewaySetOf, GatewaySets, HeaderRanges,
	Headers, OutboundItemOf, Outbox, Pallet, Paused, QueuedOf, Rotations, RouteOf, Routes, SuspendedCredits,
	Withdrawals,
};
use alloc::vec::Vec;
use gpu_chain_primitives::Page;
use sp_core::{H160, H256};

impl<T: Config> Pallet<T> {
	/// The chains, and since which block each is paused.
	pub fn chains() -> Vec<(ChainId, Chain, Option<u32>)> {
		Chains::<T>::iter().map(|(chain_id, chain)| (chain_id, chain, Paused::<T>::get(chain_id))).collect()
	}

	/// The running set: its number, its members, and the hash by which contracts know them.
	pub fn authority_set() -> Option<(u64, Vec<Authority<T::AccountId>>, H256)> {
		let set_id = AuthoritySetId::<T>::get();
		let members = Authorities::<T>::get(set_id)?.members;
		let hash = members_hash(&members)?;
		Some((set_id, members.into_inner(), H256(hash)))
	}

	/// Which set a gateway has, and whether the next one is being signed.
	pub fn rotation(chain_id: ChainId) -> Option<Rotation> {
		Rotations::<T>::get(chain_id)
	}

	/// A set that a gateway has, had or is to have.
	pub fn gateway_set(chain_id: ChainId, set_id: u64) -> Option<GatewaySetOf<T>> {
		GatewaySets::<T>::get(chain_id, set_id)
	}

	/// The accepted headers that there are.
	pub fn header_range(chain_id: ChainId) -> Option<HeaderRange> {
		HeaderRanges::<T>::get(chain_id)
	}

	/// The accepted header of that height.
	pub fn header(chain_id: ChainId, number: u64) -> Option<AcceptedHeader> {
		Headers::<T>::get(chain_id, number)
	}

	/// A page of the assets that cross, by token.
	pub fn routes(chain_id: ChainId, cursor: Option<H160>, limit: u32) -> Page<(H160, RouteOf<T>), H160> {
		let rest = match cursor {
			None => Routes::<T>::iter_prefix(chain_id),
			Some(token) => Routes::<T>::iter_prefix_from(chain_id, Routes::<T>::hashed_key_for(chain_id, token)),
		};
		Page::collect(rest, limit, |(token, _)| *token)
	}

	/// A page of the withdrawals that are in no batch yet.
	pub fn withdrawals(
		chain_id: ChainId,
		cursor: Option<WithdrawalId>,
		limit: u32,
	) -> Page<(WithdrawalId, QueuedOf<T>), WithdrawalId> {
		let rest = match cursor {
			None => Withdrawals::<T>::iter_prefix(chain_id),
			Some(id) => Withdrawals::<T>::iter_prefix_from(chain_id, Withdrawals::<T>::hashed_key_for(chain_id, id)),
		};
		Page::collect(rest, limit, |(id, _)| *id)
	}

	/// A page of what the gateway is not proven to be done with.
	pub fn outbox(chain_id: ChainId, cursor: Option<Nonce>, limit: u32) -> Page<(Nonce, OutboundItemOf<T>), Nonce> {
		let rest = match cursor {
			None => Outbox::<T>::iter_prefix(chain_id),
			Some(nonce) => Outbox::<T>::iter_prefix_from(chain_id, Outbox::<T>::hashed_key_for(chain_id, nonce)),
		};
		Page::collect(rest, limit, |(nonce, _)| *nonce)
	}

	/// The signatures for it so far.
	pub fn signatures(chain_id: ChainId, subject: Subject) -> Signatures {
		CollectedSignatures::<T>::get(chain_id, subject)
	}

	/// A page of credits that wait.
	pub fn suspended(
		chain_id: ChainId,
		cursor: Option<CreditKey>,
		limit: u32,
	) -> Page<(CreditKey, Suspended<T::AccountId>), CreditKey> {
		let rest = match cursor {
			None => SuspendedCredits::<T>::iter_prefix(chain_id),
			Some(key) => {
				SuspendedCredits::<T>::iter_prefix_from(chain_id, SuspendedCredits::<T>::hashed_key_for(chain_id, key))
			}
		};
		Page::collect(rest, limit, |(key, _)| *key)
	}
}
