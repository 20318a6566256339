//! What leaves: withdrawals, batches, messages, and the signatures for them.

use crate::{
	types::{
		account_of, is_quorum, signer, total_power, word_of, Content, CreditKey, Direction, EventProof, MemberIndex,
		Nonce, OutboundItem, Payload, Queued, RouteKind, Signature, Signatures, Subject, Suspended, Waiting,
		Withdrawal, WithdrawalId, MAX_PAYLOAD_BYTES, MAX_TRANSFERS,
	},
	Across, BalanceOf, Buckets, ChainId, Chains, CollectedSignatures, Config, Departing, Error, Event, Fees,
	GatewaySetOf, GatewaySets, HoldReason, NextWithdrawalId, OpenItems, OutboundItemOf, OutboundNonce, Outbox, Pallet,
	PauseCause, Paused, Queue, QueueRanges, QueuedOf, Recorded, Rotations, Routes, SuspendedCredits, TokenOf,
	WeightInfo, Withdrawals,
};
use alloc::vec::Vec;
use frame_support::{
	ensure,
	storage::with_storage_layer,
	traits::{
		fungibles::{hold::Mutate as _, Mutate},
		tokens::{Fortitude, Precision, Preservation},
		ConstU32, Get,
	},
	weights::WeightMeter,
	BoundedVec,
};
use gpu_chain_evm_client::{
	events::{BatchExecuted, Cancelled, Event as GatewayEvent, MessageReceived},
	Word,
};
use gpu_chain_primitives::{ReportSubject, WorkReports};
use sp_core::{H160, H256};
use sp_runtime::{
	traits::{CheckedAdd, CheckedMul, CheckedSub, Saturating, Zero},
	transaction_validity::{InvalidTransaction, TransactionValidityWithRefund},
	ArithmeticError, DispatchError, DispatchResult,
};

/// How many places of the queue one batch looks at: as many holes as transfers.
const MAX_SCAN: u32 = 2 * MAX_TRANSFERS;
/// The most of the gateway's newest sets that are asked for whether an item is theirs.
pub(crate) const MAX_SIGNING_SETS: u64 = 256;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_withdraw(
		who: T::AccountId,
		chain_id: ChainId,
		asset: T::AssetKind,
		to: H160,
		amount: BalanceOf<T>,
	) -> DispatchResult {
		let chain = Self::running(chain_id)?;
		let token = TokenOf::<T>::get(chain_id, &asset).ok_or(Error::<T>::NoRoute)?;
		let route = Routes::<T>::get(chain_id, token).ok_or(Error::<T>::NoRoute)?;
		// The gateway could pay neither itself nor nobody.
		ensure!(!to.is_zero() && to != chain.gateway, Error::<T>::BadRecipient);
		let limits = route.outbound;
		ensure!(amount >= limits.min && amount <= limits.max, Error::<T>::AmountOutOfBounds);
		let bucket =
			Self::take(chain_id, token, Direction::Outbound, &route, amount).ok_or(Error::<T>::LimitReached)?;
		let across = Across::<T>::get(chain_id, token);
		let across = match route.kind {
			RouteKind::Minted => across.checked_sub(&amount),
			RouteKind::Locked => across.checked_add(&amount).filter(|across| *across <= route.cap),
		};
		let across = across.ok_or(Error::<T>::CapReached)?;
		let id = NextWithdrawalId::<T>::get(chain_id);
		let next = id.checked_add(1).ok_or(ArithmeticError::Overflow)?;
		let fee = Fees::<T>::get(chain_id).withdrawal;

		T::Holds::hold(asset.clone(), &HoldReason::Withdrawal.into(), &who, amount)?;
		Self::take_fee(&who, fee)?;
		Buckets::<T>::insert(chain_id, (token, Direction::Outbound), bucket);
		Across::<T>::insert(chain_id, token, across);
		Departing::<T>::mutate(chain_id, token, |departing| *departing = departing.saturating_add(amount));
		NextWithdrawalId::<T>::insert(chain_id, next);
		let since = Self::block();
		let delayed = amount > limits.delay_above && limits.delay > 0;
		let ready_at = if delayed { since.saturating_add(limits.delay) } else { since };
		let withdrawal = Withdrawal { who: who.clone(), asset: asset.clone(), amount, token, to, fee, ready_at };
		Withdrawals::<T>::insert(chain_id, id, Queued { withdrawal, since });
		if !delayed {
			Self::enqueue(chain_id, id);
		}

		Self::deposit_event(Event::WithdrawalRequested { chain_id, id, who, asset, amount, to, fee, ready_at });
		Ok(())
	}

	fn take_fee(who: &T::AccountId, fee: BalanceOf<T>) -> DispatchResult {
		if fee.is_zero() {
			return Ok(());
		}
		T::Currency::transfer(T::NativeAsset::get(), who, &Self::account_id(), fee, Preservation::Preserve).map(|_| ())
	}

	fn enqueue(chain_id: ChainId, id: WithdrawalId) {
		QueueRanges::<T>::mutate(chain_id, |bounds| {
			Queue::<T>::insert(chain_id, bounds.tail, id);
			bounds.tail = bounds.tail.saturating_add(1);
		});
	}

	/// What waited waits no more.
	fn depart(chain_id: ChainId, withdrawal: &Withdrawal<T::AccountId, T::AssetKind, BalanceOf<T>>) {
		Departing::<T>::mutate(chain_id, withdrawal.token, |departing| {
			*departing = departing.saturating_sub(withdrawal.amount)
		});
	}

	/// What was counted as gone is not.
	fn count_back(chain_id: ChainId, withdrawal: &Withdrawal<T::AccountId, T::AssetKind, BalanceOf<T>>) {
		Self::depart(chain_id, withdrawal);
		let Some(route) = Routes::<T>::get(chain_id, withdrawal.token) else { return };
		Across::<T>::mutate(chain_id, withdrawal.token, |across| {
			*across = match route.kind {
				RouteKind::Minted => across.saturating_add(withdrawal.amount),
				RouteKind::Locked => across.saturating_sub(withdrawal.amount),
			};
		});
	}

	/// Frees what a withdrawal had held, and gives its fee back.
	fn give_back(
		chain_id: ChainId,
		withdrawal: &Withdrawal<T::AccountId, T::AssetKind, BalanceOf<T>>,
	) -> DispatchResult {
		let Withdrawal { who, asset, amount, fee, .. } = withdrawal;
		T::Holds::release(asset.clone(), &HoldReason::Withdrawal.into(), who, *amount, Precision::Exact)?;
		if !fee.is_zero() {
			let from = Self::account_id();
			T::Currency::transfer(T::NativeAsset::get(), &from, who, *fee, Preservation::Preserve)?;
		}
		Self::count_back(chain_id, withdrawal);
		Ok(())
	}

	pub(crate) fn do_cancel_withdrawal(who: T::AccountId, chain_id: ChainId, id: WithdrawalId) -> DispatchResult {
		let queued = Withdrawals::<T>::get(chain_id, id).ok_or(Error::<T>::WithdrawalNotFound)?;
		ensure!(queued.withdrawal.who == who, Error::<T>::NotOwner);

		Self::give_back(chain_id, &queued.withdrawal)?;
		Withdrawals::<T>::remove(chain_id, id);

		Self::deposit_event(Event::WithdrawalCancelled { chain_id, id });
		Ok(())
	}

	pub(crate) fn do_release_withdrawal(chain_id: ChainId, id: WithdrawalId) -> DispatchResult {
		Self::running(chain_id)?;
		let mut queued = Withdrawals::<T>::get(chain_id, id).ok_or(Error::<T>::WithdrawalNotFound)?;
		ensure!(queued.withdrawal.ready_at > queued.since, Error::<T>::NotDelayed);
		ensure!(Self::block() >= queued.withdrawal.ready_at, Error::<T>::StillDelayed);

		// From now on it waits in the queue, and cannot be released again.
		queued.since = Self::block();
		queued.withdrawal.ready_at = queued.since;
		Withdrawals::<T>::insert(chain_id, id, queued);
		Self::enqueue(chain_id, id);

		Self::deposit_event(Event::WithdrawalReleased { chain_id, id });
		Ok(())
	}

	/// `payer` has `sender` say something.
	pub(crate) fn do_send_message(
		payer: T::AccountId,
		sender: T::AccountId,
		chain_id: ChainId,
		target: H160,
		gas_limit: u64,
		payload: BoundedVec<u8, ConstU32<MAX_PAYLOAD_BYTES>>,
	) -> DispatchResult {
		let chain = Self::running(chain_id)?;
		ensure!(!target.is_zero() && target != chain.gateway, Error::<T>::BadRecipient);
		let fees = Fees::<T>::get(chain_id);
		ensure!(gas_limit > 0 && gas_limit <= fees.max_gas, Error::<T>::GasLimitOutOfBounds);
		let gas = BalanceOf::<T>::from(u128::from(gas_limit));
		let fee = fees
			.gas
			.checked_mul(&gas)
			.and_then(|price| price.checked_add(&fees.message))
			.ok_or(ArithmeticError::Overflow)?;
		Self::ensure_outbox_free(chain_id)?;

		Self::take_fee(&payer, fee)?;
		let content = Content::Message { sender: sender.clone(), target, gas_limit, payload };
		let (nonce, deadline) = Self::record_item(chain_id, content, fee)?;

		Self::deposit_event(Event::MessageSent { chain_id, nonce, sender, target, deadline });
		Ok(())
	}

	pub(crate) fn do_send_report(
		payer: T::AccountId,
		chain_id: ChainId,
		target: H160,
		gas_limit: u64,
		subject: ReportSubject,
	) -> DispatchResult {
		let report = T::Reports::work_report(&subject).ok_or(Error::<T>::NothingToReport)?;
		let payload = BoundedVec::truncate_from(report.abi(Self::block()));
		Self::do_send_message(payer, Self::account_id(), chain_id, target, gas_limit, payload)
	}

	fn ensure_outbox_free(chain_id: ChainId) -> DispatchResult {
		ensure!(OpenItems::<T>::get(chain_id) < T::MaxOpenItems::get(), Error::<T>::OutboxFull);
		Ok(())
	}

	/// Gives an item its nonce and puts it where it is signed.
	fn record_item(
		chain_id: ChainId,
		content: Content<T::AccountId, T::AssetKind, BalanceOf<T>>,
		fee: BalanceOf<T>,
	) -> Result<(Nonce, u64), DispatchError> {
		let nonce = OutboundNonce::<T>::get(chain_id).checked_add(1).ok_or(ArithmeticError::Overflow)?;
		let rotation = Rotations::<T>::get(chain_id).ok_or(Error::<T>::ChainNotFound)?;
		let deadline = Self::seconds().saturating_add(T::ItemLifetime::get());
		let item = OutboundItem { content, deadline, fee, created_at: Self::block(), first_set: rotation.current };
		Recorded::<T>::insert(chain_id, nonce, H256(item.payload(nonce).struct_hash(0)));
		if let Some(old) = nonce.checked_sub(T::RecordHistory::get().max(1)) {
			Self::forget_record(chain_id, old);
		}
		Outbox::<T>::insert(chain_id, nonce, item);
		OutboundNonce::<T>::insert(chain_id, nonce);
		OpenItems::<T>::mutate(chain_id, |open| *open = open.saturating_add(1));
		Ok((nonce, deadline))
	}

	/// Forgets what an item said, unless it is open: then it is forgotten when that is over.
	fn forget_record(chain_id: ChainId, nonce: Nonce) {
		if !Outbox::<T>::contains_key(chain_id, nonce) {
			Recorded::<T>::remove(chain_id, nonce);
		}
	}

	/// Begins what is due in each chain, as far as the weight suffices.
	pub(crate) fn work_off(meter: &mut WeightMeter) {
		if meter.try_consume(T::WeightInfo::work_off()).is_err() {
			return;
		}
		for chain_id in Chains::<T>::iter_keys() {
			if meter.try_consume(T::WeightInfo::look_at_chain()).is_err() {
				return;
			}
			// The set first: what is made now is signed by the one that is there.
			if Self::is_rotation_due(chain_id) {
				if meter.try_consume(T::WeightInfo::start_rotation()).is_err() {
					return;
				}
				Self::start_rotation(chain_id);
			}
			if Self::is_batch_due(chain_id) {
				if meter.try_consume(T::WeightInfo::create_batch()).is_err() {
					return;
				}
				Self::create_batch(chain_id);
			}
		}
	}

	/// Whether enough waits, or something long enough.
	pub(crate) fn is_batch_due(chain_id: ChainId) -> bool {
		let bounds = QueueRanges::<T>::get(chain_id);
		let waiting = bounds.tail.saturating_sub(bounds.head);
		if waiting == 0 || Paused::<T>::contains_key(chain_id) || Self::ensure_outbox_free(chain_id).is_err() {
			return false;
		}
		if waiting >= MAX_TRANSFERS.into() {
			return true;
		}
		let first = Queue::<T>::get(chain_id, bounds.head).and_then(|id| Withdrawals::<T>::get(chain_id, id));
		// A hole at the head is cleared away.
		first.is_none_or(|first| Self::block() >= first.since.saturating_add(T::BatchInterval::get()))
	}

	/// Makes a batch of what is at the head of the queue. Withdrawals whose money cannot be taken are given back.
	pub(crate) fn create_batch(chain_id: ChainId) {
		let mut bounds = QueueRanges::<T>::get(chain_id);
		let mut batch: Vec<(WithdrawalId, Withdrawal<T::AccountId, T::AssetKind, BalanceOf<T>>)> = Vec::new();
		for _ in 0..MAX_SCAN {
			if bounds.head >= bounds.tail || batch.len() >= MAX_TRANSFERS as usize {
				break;
			}
			let taken = Queue::<T>::take(chain_id, bounds.head)
				.and_then(|id| Some((id, Withdrawals::<T>::take(chain_id, id)?.withdrawal)));
			bounds.head = bounds.head.saturating_add(1);
			let Some((id, withdrawal)) = taken else { continue };
			match with_storage_layer(|| Self::let_go(chain_id, &withdrawal)) {
				Ok(()) => batch.push((id, withdrawal)),
				Err(error) => Self::fail_withdrawal(chain_id, id, withdrawal, error),
			}
		}
		QueueRanges::<T>::insert(chain_id, bounds);
		if batch.is_empty() {
			return;
		}
		let fee = batch.iter().fold(BalanceOf::<T>::zero(), |sum, (_, one)| sum.saturating_add(one.fee));
		let (ids, transfers): (Vec<WithdrawalId>, Vec<_>) = batch.into_iter().unzip();
		let content = Content::Batch(BoundedVec::truncate_from(transfers));
		match Self::record_item(chain_id, content, fee) {
			Ok((nonce, deadline)) => {
				Self::deposit_event(Event::BatchCreated { chain_id, nonce, withdrawals: ids, deadline })
			}
			Err(error) => log::error!(target: crate::LOG_TARGET, "a batch for {chain_id} has no nonce: {error:?}"),
		}
	}

	/// Burns or locks what was held.
	fn let_go(chain_id: ChainId, withdrawal: &Withdrawal<T::AccountId, T::AssetKind, BalanceOf<T>>) -> DispatchResult {
		let Withdrawal { who, asset, amount, token, .. } = withdrawal;
		let route = Routes::<T>::get(chain_id, token).ok_or(Error::<T>::NoRoute)?;
		T::Holds::release(asset.clone(), &HoldReason::Withdrawal.into(), who, *amount, Precision::Exact)?;
		match route.kind {
			RouteKind::Minted => T::Currency::burn_from(
				asset.clone(),
				who,
				*amount,
				Preservation::Expendable,
				Precision::Exact,
				Fortitude::Polite,
			),
			RouteKind::Locked => {
				T::Currency::transfer(asset.clone(), who, &Self::account_id(), *amount, Preservation::Expendable)
			}
		}?;
		Self::depart(chain_id, withdrawal);
		Ok(())
	}

	fn fail_withdrawal(
		chain_id: ChainId,
		id: WithdrawalId,
		withdrawal: Withdrawal<T::AccountId, T::AssetKind, BalanceOf<T>>,
		error: DispatchError,
	) {
		if let Err(again) = with_storage_layer(|| Self::give_back(chain_id, &withdrawal)) {
			// It stays where its owner can ask for it.
			log::warn!(target: crate::LOG_TARGET, "withdrawal {id} cannot be given back yet: {again:?}");
			Withdrawals::<T>::insert(chain_id, id, Queued { withdrawal, since: Self::block() });
		}
		Self::deposit_event(Event::WithdrawalFailed { chain_id, id, error });
	}

	/// What is signed for a subject, and the gateway's set that signs it.
	///
	/// # Errors
	/// [`Error::ChainNotFound`], [`Error::ChainPaused`], [`Error::NothingToSign`].
	pub(crate) fn to_sign(chain_id: ChainId, subject: Subject) -> Result<(Word, u64), DispatchError> {
		let chain = Self::chain(chain_id)?;
		let rotation = Rotations::<T>::get(chain_id).ok_or(Error::<T>::NothingToSign)?;
		let payload = match subject {
			Subject::Item(nonce) => {
				// The set may change while nothing moves.
				Self::running(chain_id)?;
				Outbox::<T>::get(chain_id, nonce).ok_or(Error::<T>::NothingToSign)?.payload(nonce)
			}
			Subject::Set(set_id) => {
				ensure!(rotation.pending && set_id == rotation.next(), Error::<T>::NothingToSign);
				let set = GatewaySets::<T>::get(chain_id, set_id).ok_or(Error::<T>::NothingToSign)?;
				Self::set_payload(set_id, &set).ok_or(Error::<T>::NothingToSign)?
			}
		};
		Ok((payload.digest(&chain.domain(chain_id), rotation.current), rotation.current))
	}

	/// The set and the digest of a signature that counts, but for itself.
	fn check_sign(
		chain_id: ChainId,
		subject: Subject,
		set_id: u64,
		index: MemberIndex,
	) -> Result<(GatewaySetOf<T>, Word), DispatchError> {
		let rotation = Rotations::<T>::get(chain_id).ok_or(Error::<T>::ChainNotFound)?;
		ensure!(set_id == rotation.current, Error::<T>::WrongSet);
		let collected = CollectedSignatures::<T>::get(chain_id, subject);
		let signed = collected.set_id == set_id && collected.signed.iter().any(|(who, _)| *who == index);
		ensure!(!signed, Error::<T>::AlreadySigned);
		let (digest, _) = Self::to_sign(chain_id, subject)?;
		let set = GatewaySets::<T>::get(chain_id, set_id).ok_or(Error::<T>::WrongSet)?;
		ensure!(usize::from(index) < set.members.len(), Error::<T>::NoSuchMember);
		Ok((set, digest))
	}

	pub(crate) fn check_signature(
		chain_id: ChainId,
		subject: Subject,
		set_id: u64,
		index: MemberIndex,
		signature: &Signature,
	) -> TransactionValidityWithRefund {
		let (set, digest) = Self::check_sign(chain_id, subject, set_id, index).map_err(Self::invalid)?;
		let member = set.members.get(usize::from(index)).ok_or(InvalidTransaction::BadProof)?;
		if signer(signature, &digest) != Some(member.address) {
			return Err(InvalidTransaction::BadProof.into());
		}
		Self::valid(("sign", chain_id, subject, set_id, index), 0)
	}

	pub(crate) fn do_sign(
		chain_id: ChainId,
		subject: Subject,
		set_id: u64,
		index: MemberIndex,
		signature: Signature,
	) -> DispatchResult {
		let (set, _) = Self::check_sign(chain_id, subject, set_id, index)?;
		let member = set.members.get(usize::from(index)).ok_or(Error::<T>::NoSuchMember)?;

		let total = total_power(&set.members);
		let mut collected = CollectedSignatures::<T>::get(chain_id, subject);
		if collected.set_id != set_id {
			collected = Signatures { set_id, ..Default::default() };
		}
		let before = is_quorum(collected.power, total);
		let place = collected.signed.partition_point(|(who, _)| *who < index);
		collected.signed.try_insert(place, (index, signature)).map_err(|_| Error::<T>::NoSuchMember)?;
		collected.power = collected.power.saturating_add(member.power);
		let reached = !before && is_quorum(collected.power, total);
		CollectedSignatures::<T>::insert(chain_id, subject, collected);
		Self::note_activity_of(&member.account);

		Self::deposit_event(Event::Signed { chain_id, subject, set_id, validator: member.account.clone() });
		if reached {
			Self::deposit_event(Event::QuorumReached { chain_id, subject, set_id });
		}
		Ok(())
	}

	pub(crate) fn do_confirm_item(who: T::AccountId, chain_id: ChainId, proof: &EventProof) -> DispatchResult {
		let (chain, log) = Self::proven_log(chain_id, proof)?;
		let gateway = chain.gateway.0;
		let (nonce, content, relayer, outcome) = if let Some(event) = BatchExecuted::from_log(&log, &gateway) {
			(event.nonce, event.content, event.relayer, Outcome::Executed(H256(event.unpaid)))
		} else if let Some(event) = MessageReceived::from_log(&log, &gateway) {
			(event.nonce, event.content, event.relayer, Outcome::Delivered(event.delivered))
		} else if let Some(event) = Cancelled::from_log(&log, &gateway) {
			(event.nonce, event.content, event.relayer, Outcome::Cancelled)
		} else {
			return Err(Error::<T>::WrongEvent.into());
		};
		let Some(item) = Outbox::<T>::get(chain_id, nonce) else {
			// Done with, unless it never was.
			ensure!(nonce > OutboundNonce::<T>::get(chain_id) || nonce == 0, Error::<T>::ItemNotFound);
			Self::alarm(chain_id, PauseCause::UnknownItem);
			return Ok(());
		};
		if !Self::is_content(chain_id, nonce, &item, &content)? {
			Self::alarm(chain_id, PauseCause::UnknownItem);
			return Ok(());
		}

		Outbox::<T>::remove(chain_id, nonce);
		OpenItems::<T>::mutate(chain_id, |open| *open = open.saturating_sub(1));
		CollectedSignatures::<T>::remove(chain_id, Subject::Item(nonce));
		if nonce.saturating_add(T::RecordHistory::get().max(1)) <= OutboundNonce::<T>::get(chain_id) {
			Self::forget_record(chain_id, nonce);
		}
		match (outcome, item.content) {
			(Outcome::Executed(unpaid), _) => Self::deposit_event(Event::BatchExecuted { chain_id, nonce, unpaid }),
			(Outcome::Delivered(delivered), _) => {
				Self::deposit_event(Event::MessageDelivered { chain_id, nonce, delivered })
			}
			(Outcome::Cancelled, content) => {
				Self::deposit_event(Event::ItemCancelled { chain_id, nonce });
				if let Content::Batch(withdrawals) = content {
					for (withdrawal, index) in withdrawals.into_iter().zip(0u32..) {
						Self::refund(chain_id, nonce, index, withdrawal);
					}
				}
			}
		}
		let relayer = account_of(&relayer).unwrap_or(who);
		Self::pay_relayer(chain_id, &Self::account_id(), relayer, item.fee);
		Ok(())
	}

	/// Whether that is what validators were asked to sign, for whichever of the sets that the gateway had meanwhile.
	///
	/// # Errors
	/// [`Error::TooOld`] if they were so many that it cannot be told.
	fn is_content(
		chain_id: ChainId,
		nonce: Nonce,
		item: &OutboundItemOf<T>,
		content: &Word,
	) -> Result<bool, DispatchError> {
		let rotation = Rotations::<T>::get(chain_id).ok_or(Error::<T>::ChainNotFound)?;
		// The gateway may have the next set already, without this chain having seen the proof of it.
		let last = if rotation.pending { rotation.next() } else { rotation.current };
		let asked = last.saturating_sub(MAX_SIGNING_SETS.saturating_sub(1));
		let found = item.payload(nonce).signed_by(item.first_set.max(asked)..=last, content).is_some();
		ensure!(found || asked <= item.first_set, Error::<T>::TooOld);
		Ok(found)
	}

	fn refund(
		chain_id: ChainId,
		nonce: Nonce,
		index: u32,
		withdrawal: Withdrawal<T::AccountId, T::AssetKind, BalanceOf<T>>,
	) {
		let Withdrawal { who, amount, token, .. } = withdrawal;
		let value: u128 = amount.into();
		let credit = Suspended {
			token,
			to: who.clone(),
			amount: H256(gpu_chain_evm_client::events::emit::amount(value)),
			ready_at: None,
			reason: Waiting::CannotReceive,
		};
		match Self::credit_refund(chain_id, &credit) {
			Ok(_) => Self::deposit_event(Event::WithdrawalRefunded { chain_id, nonce, index, who, amount }),
			Err(reason) => {
				SuspendedCredits::<T>::insert(
					chain_id,
					CreditKey::Refund(nonce, index),
					Suspended { reason, ..credit },
				);
				Self::deposit_event(Event::RefundSuspended { chain_id, nonce, index, who });
			}
		}
	}

	pub(crate) fn pay_relayer(chain_id: ChainId, from: &T::AccountId, relayer: T::AccountId, amount: BalanceOf<T>) {
		if amount.is_zero() {
			return;
		}
		let paid = with_storage_layer(|| {
			T::Currency::transfer(T::NativeAsset::get(), from, &relayer, amount, Preservation::Preserve)
		});
		Self::deposit_event(match paid {
			Ok(_) => Event::RelayerPaid { chain_id, relayer, amount },
			Err(_) => Event::RelayerNotPaid { chain_id, relayer, amount },
		});
	}

	/// A withdrawal that waits.
	pub fn withdrawal(chain_id: ChainId, id: WithdrawalId) -> Option<QueuedOf<T>> {
		Withdrawals::<T>::get(chain_id, id)
	}

	/// What an account is to contracts.
	pub fn word_of_account(account: &T::AccountId) -> H256 {
		H256(word_of(account))
	}

	/// What relayers carry: an open item as the gateway takes it.
	pub fn payload(chain_id: ChainId, subject: Subject) -> Option<Payload> {
		match subject {
			Subject::Item(nonce) => Some(Outbox::<T>::get(chain_id, nonce)?.payload(nonce)),
			Subject::Set(set_id) => Self::set_payload(set_id, &GatewaySets::<T>::get(chain_id, set_id)?),
		}
	}
}

/// What the gateway did with an item.
enum Outcome {
	Executed(H256),
	Delivered(bool),
	Cancelled,
}
