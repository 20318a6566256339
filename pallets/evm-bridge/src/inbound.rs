//! What comes in: deposits and messages, by proof.

use crate::{
	types::{
		account_of, Bucket, Chain, CreditKey, Direction, EventProof, Nonce, ProofFault, RouteKind, Suspended, Waiting,
	},
	Across, BalanceOf, Buckets, ChainId, Config, Departing, Error, Event, Headers, Pallet, PauseCause, RouteOf, Routes,
	SuspendedCredits, UsedNonces,
};
use frame_support::{
	ensure,
	storage::with_storage_layer,
	traits::{fungibles::Mutate, tokens::Preservation},
};
use gpu_chain_evm_client::{
	events::{amount as as_amount, Deposit, Event as GatewayEvent, MessageSent},
	receipt::Log,
};
use gpu_chain_primitives::OnBridgeMessage;
use sp_core::{H160, H256};
use sp_runtime::{
	traits::{CheckedAdd, CheckedSub, Saturating},
	DispatchError, DispatchResult,
};

impl<T: Config> Pallet<T> {
	/// The log that is proven, of whatever contract.
	pub(crate) fn proven_log(chain_id: ChainId, proof: &EventProof) -> Result<(Chain, Log), DispatchError> {
		let chain = Self::running(chain_id)?;
		let anchor = Headers::<T>::get(chain_id, proof.anchor).ok_or(Error::<T>::HeaderNotFound)?;
		let log = proof.verify(&anchor).map_err(|fault| match fault {
			ProofFault::TooLarge => Error::<T>::ProofTooLarge,
			ProofFault::Ancestors => Error::<T>::BadAncestors,
			ProofFault::Receipt => Error::<T>::BadReceipt,
			ProofFault::NoLogs => Error::<T>::NoLogs,
			ProofFault::NoSuchLog => Error::<T>::NoSuchLog,
		})?;
		Ok((chain, log))
	}

	/// The event of the gateway that is proven.
	pub(crate) fn proven<E: GatewayEvent>(chain_id: ChainId, proof: &EventProof) -> Result<E, DispatchError> {
		let (chain, log) = Self::proven_log(chain_id, proof)?;
		E::from_log(&log, &chain.gateway.0).ok_or_else(|| Error::<T>::WrongEvent.into())
	}

	/// Whether that came in already.
	pub fn is_used(chain_id: ChainId, nonce: Nonce) -> bool {
		let (byte, bit) = Self::place(nonce);
		UsedNonces::<T>::get(chain_id, nonce / 256).get(byte).is_some_and(|byte| byte & bit != 0)
	}

	fn place(nonce: Nonce) -> (usize, u8) {
		// Both are below 256 whatever the nonce.
		(usize::from((nonce % 256 / 8) as u8), 1u8 << (nonce % 8))
	}

	fn use_nonce(chain_id: ChainId, nonce: Nonce) -> DispatchResult {
		ensure!(!Self::is_used(chain_id, nonce), Error::<T>::AlreadyClaimed);
		let (byte, bit) = Self::place(nonce);
		UsedNonces::<T>::mutate(chain_id, nonce / 256, |bits| {
			if let Some(byte) = bits.get_mut(byte) {
				*byte |= bit;
			}
		});
		Ok(())
	}

	pub(crate) fn do_claim_deposit(chain_id: ChainId, proof: &EventProof) -> DispatchResult {
		let deposit: Deposit = Self::proven(chain_id, proof)?;
		let to: T::AccountId = account_of(&deposit.to).ok_or(Error::<T>::BadRecipient)?;
		let (nonce, token) = (deposit.nonce, H160(deposit.token));
		Self::use_nonce(chain_id, nonce)?;

		let mut credit =
			Suspended { token, to: to.clone(), amount: H256(deposit.amount), ready_at: None, reason: Waiting::NoRoute };
		match Self::credit_deposit(chain_id, &mut credit) {
			Ok((route, amount)) => {
				Self::deposit_event(Event::DepositCredited { chain_id, nonce, to, asset: route.asset, amount })
			}
			Err(reason) => {
				credit.reason = reason;
				SuspendedCredits::<T>::insert(chain_id, CreditKey::Deposit(nonce), credit);
				Self::deposit_event(Event::DepositSuspended { chain_id, nonce, to, token, reason });
			}
		}
		Ok(())
	}

	pub(crate) fn do_retry_credit(chain_id: ChainId, key: CreditKey) -> DispatchResult {
		Self::running(chain_id)?;
		let mut credit = SuspendedCredits::<T>::get(chain_id, key).ok_or(Error::<T>::CreditNotFound)?;

		let credited = match key {
			CreditKey::Deposit(_) => Self::credit_deposit(chain_id, &mut credit),
			CreditKey::Refund(..) => Self::credit_refund(chain_id, &credit),
		};
		let (route, amount) = credited.map_err(|waiting| match waiting {
			Waiting::NoRoute => Error::<T>::NoRoute,
			Waiting::BadAmount => Error::<T>::AmountOutOfBounds,
			Waiting::Delayed => Error::<T>::StillDelayed,
			Waiting::LimitReached => Error::<T>::LimitReached,
			Waiting::CapReached => Error::<T>::CapReached,
			Waiting::CannotReceive => Error::<T>::BadRecipient,
		})?;
		SuspendedCredits::<T>::remove(chain_id, key);

		Self::deposit_event(Event::CreditRetried { chain_id, key, to: credit.to, asset: route.asset, amount });
		Ok(())
	}

	/// Credits a deposit, or says why not; then nothing has changed but the moment that a delay ends at.
	fn credit_deposit(
		chain_id: ChainId,
		credit: &mut Suspended<T::AccountId>,
	) -> Result<(RouteOf<T>, BalanceOf<T>), Waiting> {
		let token = credit.token;
		let route = Routes::<T>::get(chain_id, token).ok_or(Waiting::NoRoute)?;
		let limits = route.inbound;
		let amount: BalanceOf<T> = as_amount(&credit.amount.0).ok_or(Waiting::BadAmount)?.into();
		if amount < limits.min || amount > limits.max {
			return Err(Waiting::BadAmount);
		}
		if amount > limits.delay_above {
			let ready_at = *credit.ready_at.get_or_insert(Self::block().saturating_add(limits.delay));
			if Self::block() < ready_at {
				return Err(Waiting::Delayed);
			}
		}
		let bucket = Self::take(chain_id, token, Direction::Inbound, &route, amount).ok_or(Waiting::LimitReached)?;
		let across = Across::<T>::get(chain_id, token);
		let across = match route.kind {
			RouteKind::Minted => across.checked_add(&amount).filter(|across| *across <= route.cap),
			RouteKind::Locked => Self::across_after_return(chain_id, token, amount),
		};
		let across = across.ok_or(Waiting::CapReached)?;
		Self::pay_out(&route, &credit.to, amount).map_err(|_| Waiting::CannotReceive)?;
		Buckets::<T>::insert(chain_id, (token, Direction::Inbound), bucket);
		Across::<T>::insert(chain_id, token, across);
		Ok((route, amount))
	}

	/// What of a token of ours is still across when `amount` of it has come back. `None`, and the chain is paused, if less
	/// than that is locked: what waits is counted as gone, and nobody can bring it back.
	fn across_after_return(chain_id: ChainId, token: H160, amount: BalanceOf<T>) -> Option<BalanceOf<T>> {
		let across = Across::<T>::get(chain_id, token);
		let locked = across.saturating_sub(Departing::<T>::get(chain_id, token));
		if amount > locked {
			Self::alarm(chain_id, PauseCause::MoreCameThanLeft);
			return None;
		}
		across.checked_sub(&amount)
	}

	/// Gives back what never left: no limit stands in its way. But a gateway that says of the same money that it came back
	/// and that it never left is believed once: the rest of the account is other people's.
	pub(crate) fn credit_refund(
		chain_id: ChainId,
		credit: &Suspended<T::AccountId>,
	) -> Result<(RouteOf<T>, BalanceOf<T>), Waiting> {
		let token = credit.token;
		let route = Routes::<T>::get(chain_id, token).ok_or(Waiting::NoRoute)?;
		let amount: BalanceOf<T> = as_amount(&credit.amount.0).ok_or(Waiting::BadAmount)?.into();
		let across = match route.kind {
			RouteKind::Minted => Across::<T>::get(chain_id, token).checked_add(&amount),
			RouteKind::Locked => Self::across_after_return(chain_id, token, amount),
		};
		let across = across.ok_or(Waiting::CapReached)?;
		Self::pay_out(&route, &credit.to, amount).map_err(|_| Waiting::CannotReceive)?;
		Across::<T>::insert(chain_id, token, across);
		Ok((route, amount))
	}

	/// Mints or unlocks.
	fn pay_out(route: &RouteOf<T>, to: &T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
		with_storage_layer(|| match route.kind {
			RouteKind::Minted => T::Currency::mint_into(route.asset.clone(), to, amount).map(|_| ()),
			RouteKind::Locked => {
				let from = Self::account_id();
				T::Currency::transfer(route.asset.clone(), &from, to, amount, Preservation::Preserve).map(|_| ())
			}
		})
	}

	pub(crate) fn do_receive_message(chain_id: ChainId, proof: &EventProof) -> DispatchResult {
		let message: MessageSent = Self::proven(chain_id, proof)?;
		let (nonce, sender, target) = (message.nonce, H160(message.from), H256(message.to));
		Self::use_nonce(chain_id, nonce)?;

		// A listener that fails leaves nothing behind, and the message is used up: it had its chance.
		let result = with_storage_layer(|| T::OnMessage::on_bridge_message(chain_id, sender, target, &message.payload));

		Self::deposit_event(Event::MessageReceived {
			chain_id,
			nonce,
			sender,
			target,
			payload: message.payload,
			result,
		});
		Ok(())
	}

	/// What may cross now, in the asset's smallest unit.
	pub fn available(chain_id: ChainId, token: H160, direction: Direction) -> Option<BalanceOf<T>> {
		let route = Routes::<T>::get(chain_id, token)?;
		let bucket = Buckets::<T>::get(chain_id, (token, direction));
		Some(Bucket::level(bucket, &route.limits(direction), Self::block()))
	}
}
