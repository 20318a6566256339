//! Chains, routes, fees, and who stops what.

use crate::{
	types::{Bucket, Chain, ChainId, Direction, GatewaySet, PauseCause, RelayerFees, Rotation, MAX_ANCESTORS},
	Across, Authorities, AuthoritySetId, BalanceOf, Buckets, Chains, Config, Departing, Error, Event, Fees,
	GatewaySets, Guardians, Pallet, Paused, Rotations, RouteOf, Routes, TokenOf,
};
use alloc::vec::Vec;
use frame_support::{
	ensure,
	traits::{Get, Time},
	BoundedVec,
};
use sp_core::H160;
use sp_runtime::{
	traits::{AccountIdConversion, UniqueSaturatedInto, Zero},
	DispatchError, DispatchResult,
};

impl<T: Config> Pallet<T> {
	/// The account that holds what is locked, and relayers' fees.
	pub fn account_id() -> T::AccountId {
		T::PalletId::get().into_account_truncating()
	}

	pub(crate) fn block() -> u32 {
		frame_system::Pallet::<T>::block_number().unique_saturated_into()
	}

	/// Seconds since 1970.
	pub(crate) fn seconds() -> u64 {
		T::Clock::now() / 1_000
	}

	pub(crate) fn chain(chain_id: ChainId) -> Result<Chain, DispatchError> {
		Chains::<T>::get(chain_id).ok_or_else(|| Error::<T>::ChainNotFound.into())
	}

	/// The chain, if things cross.
	pub(crate) fn running(chain_id: ChainId) -> Result<Chain, DispatchError> {
		let chain = Self::chain(chain_id)?;
		ensure!(!Paused::<T>::contains_key(chain_id), Error::<T>::ChainPaused);
		Ok(chain)
	}

	pub(crate) fn do_register_chain(
		chain_id: ChainId,
		chain: Chain,
		authority_set: u64,
		gateway_set: u64,
		active_until: u64,
	) -> DispatchResult {
		ensure!(!Chains::<T>::contains_key(chain_id), Error::<T>::ChainExists);
		ensure!(Chains::<T>::count() < T::MaxChains::get(), Error::<T>::TooManyChains);
		let aligned = (1..MAX_ANCESTORS).contains(&chain.alignment);
		let named = chain_id > 0 && gateway_set > 0 && aligned;
		ensure!(named && !chain.genesis.is_zero() && !chain.gateway.is_zero(), Error::<T>::BadChain);
		let set = Authorities::<T>::get(authority_set).ok_or(Error::<T>::SetNotFound)?;

		let set = GatewaySet { authority_set, members: set.members, session: set.session, active_until };
		Self::record_set(chain_id, gateway_set, &set)?;
		GatewaySets::<T>::insert(chain_id, gateway_set, set);
		Rotations::<T>::insert(chain_id, Rotation { current: gateway_set, pending: false });
		Chains::<T>::insert(chain_id, chain);

		Self::deposit_event(Event::ChainRegistered { chain_id, gateway: chain.gateway });
		Self::do_pause(chain_id, PauseCause::Registered)
	}

	pub(crate) fn do_pause(chain_id: ChainId, cause: PauseCause) -> DispatchResult {
		Self::running(chain_id)?;

		Paused::<T>::insert(chain_id, Self::block());

		Self::deposit_event(Event::ChainPaused { chain_id, cause });
		Ok(())
	}

	/// What must not happen did: nothing crosses until government has looked at it.
	pub(crate) fn alarm(chain_id: ChainId, cause: PauseCause) {
		log::error!(target: crate::LOG_TARGET, "the bridge to {chain_id} is stopped: {cause:?}");
		// Somebody may have stopped it before.
		let _ = Self::do_pause(chain_id, cause);
	}

	pub(crate) fn do_resume(chain_id: ChainId) -> DispatchResult {
		let since = Paused::<T>::get(chain_id).ok_or(Error::<T>::NotPaused)?;
		ensure!(Self::block() >= since.saturating_add(T::ResumeDelay::get()), Error::<T>::ResumeTooEarly);

		Paused::<T>::remove(chain_id);

		Self::deposit_event(Event::ChainResumed { chain_id });
		Ok(())
	}

	pub(crate) fn do_set_guardians(guardians: BoundedVec<T::AccountId, T::MaxGuardians>) -> DispatchResult {
		let named: Vec<T::AccountId> = guardians.to_vec();
		Guardians::<T>::put(guardians);

		Self::deposit_event(Event::GuardiansSet { guardians: named });
		Ok(())
	}

	pub(crate) fn do_set_route(chain_id: ChainId, token: H160, route: Option<RouteOf<T>>) -> DispatchResult {
		Self::chain(chain_id)?;
		let old = Routes::<T>::get(chain_id, token);
		let Some(route) = route else {
			let old = old.ok_or(Error::<T>::NoRoute)?;
			let crossing = [Across::<T>::get(chain_id, token), Departing::<T>::get(chain_id, token)];
			ensure!(crossing.iter().all(Zero::is_zero), Error::<T>::StillAcross);
			Routes::<T>::remove(chain_id, token);
			TokenOf::<T>::remove(chain_id, &old.asset);
			Across::<T>::remove(chain_id, token);
			Departing::<T>::remove(chain_id, token);
			for direction in [Direction::Inbound, Direction::Outbound] {
				Buckets::<T>::remove(chain_id, (token, direction));
			}
			Self::deposit_event(Event::RouteRemoved { chain_id, token, asset: old.asset });
			return Ok(());
		};
		ensure!(route.inbound.are_sound() && route.outbound.are_sound(), Error::<T>::BadLimits);
		let same = old.is_none_or(|old| old.asset == route.asset && old.kind == route.kind);
		let free = TokenOf::<T>::get(chain_id, &route.asset).is_none_or(|other| other == token);
		ensure!(same && free, Error::<T>::RouteTaken);

		let asset = route.asset.clone();
		TokenOf::<T>::insert(chain_id, &asset, token);
		Routes::<T>::insert(chain_id, token, route);

		Self::deposit_event(Event::RouteSet { chain_id, token, asset });
		Ok(())
	}

	pub(crate) fn do_set_fees(chain_id: ChainId, fees: RelayerFees<BalanceOf<T>>) -> DispatchResult {
		Self::chain(chain_id)?;

		Fees::<T>::insert(chain_id, fees);

		Self::deposit_event(Event::FeesSet { chain_id, fees });
		Ok(())
	}

	/// The bucket after `amount` crossed, `None` if not so much may cross now.
	pub(crate) fn take(
		chain_id: ChainId,
		token: H160,
		direction: Direction,
		route: &RouteOf<T>,
		amount: BalanceOf<T>,
	) -> Option<Bucket<BalanceOf<T>>> {
		let bucket = Buckets::<T>::get(chain_id, (token, direction));
		Bucket::take(bucket, &route.limits(direction), Self::block(), amount)
	}

	/// The number of the running set; none before the first session.
	pub(crate) fn running_set() -> Option<u64> {
		Some(AuthoritySetId::<T>::get()).filter(|id| *id > 0)
	}
}
