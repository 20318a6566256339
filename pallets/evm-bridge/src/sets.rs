//! Sets of validators: those of this chain follow the sessions, those of gateways follow them by signed rotations.

use crate::{
	crypto::AuthorityId,
	types::{
		account_of, address_of, is_half_over, members_hash, Authority, AuthoritySet, EventProof, GatewaySet,
		MemberIndex, Members, Payload, Rotation, Subject,
	},
	Activity, Authorities, AuthoritySetId, BridgeOffences, ChainId, CollectedSignatures, Config, Error, Event, Fees,
	GatewaySetOf, GatewaySets, Offence, Pallet, PauseCause, Paused, RecordedSets, Rotations, SessionActivity,
};
use alloc::{collections::BTreeMap, vec::Vec};
use frame_support::{
	ensure,
	traits::{Get, OneSessionHandler},
};
use gpu_chain_evm_client::events::SetUpdated;
use sp_core::{ecdsa, H256};
use sp_runtime::{BoundToRuntimeAppPublic, DispatchResult};

/// What a validator's signature weighs: they are equal, as in finality.
const POWER: u64 = 1;
/// How far the clocks of two chains may be apart, seconds: only then has a set expired at its gateway too for certain.
const CLOCK_MARGIN: u64 = 3_600;

impl<T: Config> BoundToRuntimeAppPublic for Pallet<T> {
	type Public = AuthorityId;
}

impl<T: Config> OneSessionHandler<T::AccountId> for Pallet<T> {
	type Key = AuthorityId;

	fn on_genesis_session<'a, I>(validators: I)
	where
		I: Iterator<Item = (&'a T::AccountId, AuthorityId)> + 'a,
		T::AccountId: 'a,
	{
		Self::follow_session(validators);
	}

	fn on_new_session<'a, I>(_: bool, validators: I, _: I)
	where
		I: Iterator<Item = (&'a T::AccountId, AuthorityId)> + 'a,
		T::AccountId: 'a,
	{
		Self::follow_session(validators);
	}

	fn on_before_session_ending() {
		Self::report_unresponsive();
	}

	fn on_disabled(_: u32) {
		// Who is disabled makes no blocks; what it attests is still checked by all the others.
	}
}

impl<T: Config> Pallet<T> {
	/// Makes a new set of the validators if they, or their keys, are others than before.
	fn follow_session<'a>(validators: impl Iterator<Item = (&'a T::AccountId, AuthorityId)>)
	where
		T::AccountId: 'a,
	{
		let mut by_address = BTreeMap::new();
		// As many as a gateway takes, the first: validators come in the order of their backing.
		let taken = validators
			.filter_map(|(account, key)| {
				let key = ecdsa::Public::from(key);
				// Keys that are no point of the curve, or somebody else's too, do not count.
				Some(Authority { account: account.clone(), key, address: address_of(&key)?, power: POWER })
			})
			.take(crate::types::MAX_MEMBERS as usize);
		for member in taken {
			by_address.entry(member.address).or_insert(member);
		}
		let members: Members<T::AccountId> = Members::truncate_from(by_address.into_values().collect());
		let id = AuthoritySetId::<T>::get();
		let same = Authorities::<T>::get(id).is_some_and(|set| set.members == members);
		if members.is_empty() {
			log::error!(target: crate::LOG_TARGET, "no validator has a key for the bridge: the set stays");
		} else if !same {
			let set_id = id.saturating_add(1);
			let count = members.len() as u32;
			Authorities::<T>::insert(set_id, AuthoritySet { members, session: T::Offences::session_index() });
			AuthoritySetId::<T>::put(set_id);
			if let Some(old) = set_id.checked_sub(T::SetHistory::get().saturating_add(1)) {
				Authorities::<T>::remove(old);
			}
			Self::deposit_event(Event::AuthoritySetChanged { set_id, members: count });
		} else {
			Authorities::<T>::mutate(id, |set| {
				if let Some(set) = set {
					set.session = T::Offences::session_index();
				}
			});
		}
		SessionActivity::<T>::kill();
	}

	/// Notes that a member of the running set did something.
	pub(crate) fn note_activity(index: MemberIndex) {
		SessionActivity::<T>::mutate(|activity| {
			let index = usize::from(index);
			while activity.active.len() <= index {
				if activity.active.try_push(false).is_err() {
					return;
				}
			}
			if let Some(active) = activity.active.get_mut(index) {
				*active = true;
			}
		});
	}

	/// The same by the account; members of a gateway's set may not be in the running one any more.
	pub(crate) fn note_activity_of(account: &T::AccountId) {
		let set = Authorities::<T>::get(AuthoritySetId::<T>::get());
		let place = set.and_then(|set| set.members.iter().position(|member| member.account == *account));
		if let Some(index) = place.and_then(|index| MemberIndex::try_from(index).ok()) {
			Self::note_activity(index);
		}
	}

	/// Reports who did nothing in a session in which enough headers were accepted for anybody to take part in one.
	fn report_unresponsive() {
		let activity: Activity = SessionActivity::<T>::get();
		if activity.headers < T::MinHeadersForReport::get().max(1) {
			return;
		}
		let Some(set) = Authorities::<T>::get(AuthoritySetId::<T>::get()) else { return };
		let idle = |index: usize| !activity.active.get(index).copied().unwrap_or(false);
		let offenders: Vec<T::AccountId> = set
			.members
			.iter()
			.enumerate()
			.filter(|(index, _)| idle(*index))
			.map(|(_, member)| member.account.clone())
			.collect();
		if offenders.is_empty() {
			return;
		}
		let session = T::Offences::session_index();
		let count = set.members.len() as u32;
		if T::Offences::report(Offence::Unresponsive, session, session.into(), count, offenders.clone(), None) {
			for validator in offenders {
				Self::deposit_event(Event::OffenceReported { offence: Offence::Unresponsive, validator });
			}
		}
	}

	/// What is signed for a set; `None` for sets that gateways refuse.
	pub(crate) fn set_payload(set_id: u64, set: &GatewaySetOf<T>) -> Option<Payload> {
		let members = H256(members_hash(&set.members)?);
		Some(Payload::Set { set_id, members, active_until: set.active_until })
	}

	/// Records a set's hash, by which forged ones are told.
	pub(crate) fn record_set(chain_id: ChainId, set_id: u64, set: &GatewaySetOf<T>) -> DispatchResult {
		let payload = Self::set_payload(set_id, set).ok_or(Error::<T>::SetNotFound)?;
		let hash = H256(payload.struct_hash(set_id));
		RecordedSets::<T>::try_mutate(chain_id, set_id, |known| {
			known.try_push(hash).map_err(|_| Error::<T>::LimitReached.into())
		})
	}

	/// Whether the gateway should get another set: the validators are others, or its own gets old; or the one that was to
	/// take over expired before it did.
	pub(crate) fn is_rotation_due(chain_id: ChainId) -> bool {
		let Some(rotation) = Rotations::<T>::get(chain_id) else { return false };
		let Some(running) = Self::running_set() else { return false };
		let now = Self::seconds();
		if rotation.pending {
			let next = GatewaySets::<T>::get(chain_id, rotation.next());
			return next.is_none_or(|next| next.active_until.saturating_add(CLOCK_MARGIN) < now);
		}
		let Some(current) = GatewaySets::<T>::get(chain_id, rotation.current) else { return false };
		current.authority_set != running || is_half_over(current.active_until, T::SetLifetime::get(), now)
	}

	/// Records the next set, of the validators that run now, for the one that the gateway has to sign.
	pub(crate) fn start_rotation(chain_id: ChainId) {
		let Some(rotation) = Rotations::<T>::get(chain_id) else { return };
		let Some((running, set)) = Self::running_set().and_then(|id| Some((id, Authorities::<T>::get(id)?))) else {
			return;
		};
		let set_id = rotation.next();
		let active_until = Self::seconds().saturating_add(T::SetLifetime::get());
		let set = GatewaySet { authority_set: running, members: set.members, session: set.session, active_until };
		let Some(Payload::Set { members, .. }) = Self::set_payload(set_id, &set) else { return };
		if Self::record_set(chain_id, set_id, &set).is_err() {
			// Expired time and again: the bridge needs people by now.
			return;
		}
		GatewaySets::<T>::insert(chain_id, set_id, set);
		Rotations::<T>::insert(chain_id, Rotation { pending: true, ..rotation });
		CollectedSignatures::<T>::remove(chain_id, Subject::Set(set_id));

		Self::deposit_event(Event::RotationStarted { chain_id, set_id, members_hash: members, active_until });
	}

	/// From now on the gateway has that set.
	fn install(chain_id: ChainId, rotation: Rotation, set_id: u64, set: GatewaySetOf<T>) {
		GatewaySets::<T>::insert(chain_id, set_id, set);
		Rotations::<T>::insert(chain_id, Rotation { current: set_id, pending: false });
		CollectedSignatures::<T>::remove(chain_id, Subject::Set(rotation.next()));
		if let Some(old) = set_id.checked_sub(T::SetHistory::get().saturating_add(1)) {
			GatewaySets::<T>::remove(chain_id, old);
			RecordedSets::<T>::remove(chain_id, old);
		}
	}

	pub(crate) fn do_force_set(
		chain_id: ChainId,
		authority_set: u64,
		set_id: u64,
		active_until: u64,
	) -> DispatchResult {
		Self::chain(chain_id)?;
		ensure!(Paused::<T>::contains_key(chain_id), Error::<T>::NotPaused);
		let rotation = Rotations::<T>::get(chain_id).ok_or(Error::<T>::ChainNotFound)?;
		ensure!(set_id > rotation.current, Error::<T>::AlreadyConfirmed);
		let set = Authorities::<T>::get(authority_set).ok_or(Error::<T>::SetNotFound)?;

		let set = GatewaySet { authority_set, members: set.members, session: set.session, active_until };
		Self::record_set(chain_id, set_id, &set)?;
		Self::install(chain_id, rotation, set_id, set);

		Self::deposit_event(Event::SetForced { chain_id, set_id });
		Ok(())
	}

	pub(crate) fn do_confirm_set(who: T::AccountId, chain_id: ChainId, proof: &EventProof) -> DispatchResult {
		let event: SetUpdated = Self::proven(chain_id, proof)?;
		let rotation = Rotations::<T>::get(chain_id).ok_or(Error::<T>::ChainNotFound)?;
		ensure!(event.set_id > rotation.current, Error::<T>::AlreadyConfirmed);
		let payload =
			Payload::Set { set_id: event.set_id, members: H256(event.members), active_until: event.active_until };
		let recorded = RecordedSets::<T>::get(chain_id, event.set_id);
		let pending = rotation.pending && event.set_id == rotation.next();
		let set = GatewaySets::<T>::get(chain_id, event.set_id);
		let known = pending && recorded.contains(&H256(payload.struct_hash(event.set_id)));
		let (Some(mut set), true) = (set, known) else {
			Self::alarm(chain_id, PauseCause::UnknownSet);
			return Ok(());
		};
		if members_hash(&set.members) != Some(event.members) {
			// One that was recorded before, and expired here, arrived there after all: who that was is not known any more.
			Self::alarm(chain_id, PauseCause::UnknownSet);
			return Ok(());
		}

		set.active_until = event.active_until;
		Self::install(chain_id, rotation, event.set_id, set);

		Self::deposit_event(Event::SetConfirmed { chain_id, set_id: event.set_id });
		let relayer = account_of(&event.relayer).unwrap_or(who);
		Self::pay_relayer(chain_id, &T::Treasury::get(), relayer, Fees::<T>::get(chain_id).rotation);
		Ok(())
	}
}
