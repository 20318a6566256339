//! Reports of what validators must not do.

use crate::{
	types::{signer, HeaderVote, MemberIndex, Payload, Signature},
	Authorities, AuthoritySetOf, BridgeOffences, ChainId, Config, Error, Event, GatewaySets, Offence, OutboundNonce,
	Pallet, Recorded, RecordedSets, Rotations,
};
use alloc::vec;
use frame_support::{ensure, traits::Get};
use sp_core::{H160, H256};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
	/// Who cast a vote: the account, the address, and the set that it was in.
	fn voter(
		vote: &HeaderVote,
		index: MemberIndex,
		signature: &Signature,
	) -> Result<(T::AccountId, H160, AuthoritySetOf<T>), DispatchError> {
		let chain = Self::chain(vote.chain_id)?;
		let set = Authorities::<T>::get(vote.set_id).ok_or(Error::<T>::SetNotFound)?;
		let member = set.members.get(usize::from(index)).ok_or(Error::<T>::NoSuchMember)?.clone();
		let digest = Self::vote_digest(vote, &chain);
		ensure!(signer(signature, &digest.0) == Some(member.address), Error::<T>::BadSignature);
		Ok((member.account, member.address, set))
	}

	pub(crate) fn do_report_conflicting_votes(
		reporter: T::AccountId,
		first: (HeaderVote, MemberIndex, Signature),
		second: (HeaderVote, MemberIndex, Signature),
	) -> DispatchResult {
		ensure!(first.0.conflicts(&second.0), Error::<T>::NoConflict);
		let (account, address, set) = Self::voter(&first.0, first.1, &first.2)?;
		let (_, other, _) = Self::voter(&second.0, second.1, &second.2)?;
		ensure!(address == other, Error::<T>::NoConflict);
		let at = u128::from(first.0.chain_id) << 64 | u128::from(first.0.number);
		Self::report(Offence::ConflictingVotes, &set, at, account, reporter)
	}

	pub(crate) fn do_report_unknown_signature(
		reporter: T::AccountId,
		chain_id: ChainId,
		set_id: u64,
		index: MemberIndex,
		payload: &Payload,
		signature: &Signature,
	) -> DispatchResult {
		let chain = Self::chain(chain_id)?;
		let set = GatewaySets::<T>::get(chain_id, set_id).ok_or(Error::<T>::SetNotFound)?;
		let member = set.members.get(usize::from(index)).ok_or(Error::<T>::NoSuchMember)?.clone();
		let digest = payload.digest(&chain.domain(chain_id), set_id);
		ensure!(signer(signature, &digest) == Some(member.address), Error::<T>::BadSignature);
		let place = Self::ensure_unknown(chain_id, payload)?;
		// The gateway may have the set for longer than it runs here, or the other way round.
		let session = Authorities::<T>::get(set.authority_set).map_or(set.session, |set| set.session);
		let set = AuthoritySetOf::<T> { members: set.members, session };
		let at = u128::from(chain_id) << 64 | place;
		Self::report(Offence::UnknownSignature, &set, at, member.account, reporter)
	}

	/// That this was never recorded here; and a number for it that no other item or set of the chain has.
	fn ensure_unknown(chain_id: ChainId, payload: &Payload) -> Result<u128, DispatchError> {
		match payload {
			Payload::Batch { nonce, .. } | Payload::Message { nonce, .. } => {
				if (1..=OutboundNonce::<T>::get(chain_id)).contains(nonce) {
					let recorded = Recorded::<T>::get(chain_id, nonce).ok_or(Error::<T>::TooOld)?;
					ensure!(recorded != H256(payload.struct_hash(0)), Error::<T>::WasRecorded);
				}
				Ok(u128::from(*nonce))
			}
			Payload::Set { set_id, .. } => {
				let current = Rotations::<T>::get(chain_id).ok_or(Error::<T>::ChainNotFound)?.current;
				let recorded = RecordedSets::<T>::get(chain_id, set_id);
				ensure!(!recorded.contains(&H256(payload.struct_hash(*set_id))), Error::<T>::WasRecorded);
				let kept = set_id.saturating_add(T::SetHistory::get()) >= current && !recorded.is_empty();
				ensure!(kept || *set_id > current, Error::<T>::TooOld);
				Ok(1 << 127 | u128::from(*set_id))
			}
		}
	}

	fn report(
		offence: Offence,
		set: &AuthoritySetOf<T>,
		at: u128,
		validator: T::AccountId,
		reporter: T::AccountId,
	) -> DispatchResult {
		let count = set.members.len() as u32;
		let new = T::Offences::report(offence, set.session, at, count, vec![validator.clone()], Some(reporter));
		ensure!(new, Error::<T>::AlreadyReported);

		Self::deposit_event(Event::OffenceReported { offence, validator });
		Ok(())
	}
}
