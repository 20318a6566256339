//! Withdrawals, batches, messages, and what becomes of them.

use crate::{
	mock::*, types::*, Across, Call, CollectedSignatures, Error, Event, OpenItems, Outbox, PauseCause, Queue, Recorded,
	Routes, Withdrawals,
};
use frame_support::{assert_noop, assert_ok, traits::fungibles::hold::Inspect};
use gpu_chain_evm_client::eip712::{self, Struct};
use gpu_chain_primitives::{ReportSubject, WorkReports};
use sp_core::{H160, H256};
use sp_runtime::{
	transaction_validity::{InvalidTransaction, TransactionValidityError},
	DispatchError,
};

const THERE: H160 = H160([7; 20]);

fn withdraw(who: AccountId, asset: AssetKind, amount: Balance) -> sp_runtime::DispatchResult {
	Bridge::withdraw(signed(who), CHAIN, asset, THERE, amount)
}

fn held(asset: AssetKind, who: AccountId) -> Balance {
	HeldCurrencies::balance_on_hold(asset, &crate::HoldReason::Withdrawal.into(), &who)
}

/// A batch of one withdrawal of native money by Alice; its nonce.
fn batch_of(amount: Balance) -> Nonce {
	assert_ok!(withdraw(ALICE, NATIVE, amount));
	run(6);
	crate::OutboundNonce::<Test>::get(CHAIN)
}

fn send(gas: u64, payload: &[u8]) -> sp_runtime::DispatchResult {
	Bridge::send_message(signed(ALICE), CHAIN, THERE, gas, payload.to_vec().try_into().unwrap())
}

fn confirm(proof: Box<EventProof>) -> frame_support::dispatch::DispatchResultWithPostInfo {
	Bridge::confirm_item(signed(BOB), CHAIN, proof)
}

#[test]
fn a_withdrawal_should_be_held_then_locked_and_then_done() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		let bridge = Bridge::account_id();
		assert_ok!(withdraw(ALICE, NATIVE, 1_000));
		assert_eq!(held(NATIVE, ALICE), 1_000);
		assert_eq!(balance(NATIVE, ALICE), ENDOWMENT - 1_000 - 100);
		assert_eq!(Across::<Test>::get(CHAIN, GPU_TOKEN), 1_000);
		let requested = Event::WithdrawalRequested {
			chain_id: CHAIN,
			id: 0,
			who: ALICE,
			asset: NATIVE,
			amount: 1_000,
			to: THERE,
			fee: 100,
			ready_at: System::block_number() as u32,
		};
		assert_eq!(last_event(), requested);
		run(4);
		assert!(Bridge::withdrawal(CHAIN, 0).is_some(), "it waits for others");
		run(1);
		assert_eq!(Bridge::withdrawal(CHAIN, 0), None);
		assert_eq!(held(NATIVE, ALICE), 0);
		assert_eq!(balance(NATIVE, bridge), EXISTENTIAL_DEPOSIT + 1_000 + 100);
		let deadline = START + System::block_number() * 6 - 6 + 10_000;
		let created = Event::BatchCreated { chain_id: CHAIN, nonce: 1, withdrawals: vec![0], deadline };
		assert_eq!(last_event(), created);
		assert_eq!(OpenItems::<Test>::get(CHAIN), 1);

		for validator in 0..3 {
			assert_ok!(co_sign(validator, Subject::Item(1)));
		}
		let quorum = Event::QuorumReached { chain_id: CHAIN, subject: Subject::Item(1), set_id: 1 };
		assert_eq!(last_event(), quorum);
		let proof = evm.happens(executed_log(1, content(1, 1), word(RELAYER)));
		assert_ok!(confirm(proof.clone()));
		assert_eq!(balance(NATIVE, RELAYER), 100, "the relayer that the event names");
		assert_eq!(balance(NATIVE, bridge), EXISTENTIAL_DEPOSIT + 1_000);
		assert!(!Outbox::<Test>::contains_key(CHAIN, 1));
		assert_noop!(confirm(proof), Error::<Test>::ItemNotFound);
	});
}

#[test]
fn minted_money_should_be_burnt_when_it_leaves() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		give_ether(&mut evm, 1, ALICE, 3_000);
		let supply = Assets::total_supply(ETH);
		assert_noop!(withdraw(ALICE, ETHER, 3_001), Error::<Test>::CapReached);
		assert_ok!(withdraw(ALICE, ETHER, 1_000));
		assert_eq!((held(ETHER, ALICE), Across::<Test>::get(CHAIN, ETH_TOKEN)), (1_000, 2_000));
		assert_eq!(Assets::total_supply(ETH), supply);
		run(6);
		assert_eq!(Assets::total_supply(ETH), supply - 1_000);
		assert_eq!(balance(ETHER, ALICE), 2_000);
	});
}

#[test]
fn what_is_signed_should_be_what_the_contract_checks() {
	build_and_execute(|| {
		let nonce = batch_of(1_000);
		let item = Bridge::outbox(CHAIN, None, 9).items[0].1.clone();
		let batch = eip712::WithdrawBatch {
			set_id: 1,
			nonce,
			deadline: item.deadline,
			transfers: vec![eip712::Transfer { token: GPU_TOKEN.0, to: THERE.0, amount: 1_000 }],
		};
		let domain = eip712::Domain { chain_id: CHAIN, gateway: GATEWAY.0 };
		assert_eq!(Bridge::to_sign(CHAIN, Subject::Item(nonce)), Ok((batch.digest(&domain), 1)));
		assert_ok!(send(500, b"hello"));
		let message = eip712::Message {
			set_id: 1,
			nonce: nonce + 1,
			deadline: Outbox::<Test>::get(CHAIN, nonce + 1).unwrap().deadline,
			sender: word(ALICE),
			target: THERE.0,
			gas_limit: 500,
			payload: b"hello".to_vec(),
		};
		let (digest, _) = Bridge::to_sign(CHAIN, Subject::Item(nonce + 1)).unwrap();
		assert_eq!(digest, message.digest(&domain));
	});
}

#[test]
fn a_withdrawal_should_be_refused_when_it_cannot_cross() {
	build_and_execute(|| {
		let to = |to| Bridge::withdraw(signed(ALICE), CHAIN, NATIVE, to, 1_000);
		assert_noop!(to(H160::zero()), Error::<Test>::BadRecipient);
		assert_noop!(to(GATEWAY), Error::<Test>::BadRecipient);
		assert_noop!(withdraw(ALICE, AssetKind::WithId(7), 1_000), Error::<Test>::NoRoute);
		let other = Bridge::withdraw(signed(ALICE), 9, NATIVE, THERE, 1_000);
		assert_noop!(other, Error::<Test>::ChainNotFound);
		assert_noop!(withdraw(ALICE, NATIVE, 0), Error::<Test>::AmountOutOfBounds);
		assert_noop!(withdraw(ALICE, NATIVE, 9), Error::<Test>::AmountOutOfBounds);
		assert_noop!(withdraw(ALICE, NATIVE, 10_001), Error::<Test>::AmountOutOfBounds);
		assert_noop!(withdraw(ALICE, NATIVE, u128::MAX), Error::<Test>::AmountOutOfBounds);
		assert!(withdraw(NOBODY, NATIVE, 1_000).is_err());
		assert_noop!(Bridge::withdraw(RuntimeOrigin::none(), CHAIN, NATIVE, THERE, 1_000), DispatchError::BadOrigin);
		// The fee must be there too, besides the money.
		assert_ok!(Balances::transfer_allow_death(signed(BOB), NOBODY, 1_050));
		assert!(withdraw(NOBODY, NATIVE, 1_000).is_err());
		assert_eq!(held(NATIVE, NOBODY), 0);
		assert_ok!(withdraw(NOBODY, NATIVE, 940));
	});
}

#[test]
fn the_bucket_and_the_cap_should_bound_what_leaves() {
	build_and_execute(|| {
		for _ in 0..4 {
			assert_ok!(withdraw(ALICE, NATIVE, 5_000));
		}
		assert_noop!(withdraw(ALICE, NATIVE, 10), Error::<Test>::LimitReached);
		run(1);
		assert_ok!(withdraw(ALICE, NATIVE, 100));
		assert_noop!(withdraw(ALICE, NATIVE, 10), Error::<Test>::LimitReached);
		let route = Routes::<Test>::get(CHAIN, GPU_TOKEN).unwrap();
		assert_ok!(Bridge::set_route(root(), CHAIN, GPU_TOKEN, Some(Route { cap: 20_150, ..route })));
		run(10);
		assert_ok!(withdraw(ALICE, NATIVE, 50));
		assert_noop!(withdraw(ALICE, NATIVE, 10), Error::<Test>::CapReached);
	});
}

#[test]
fn a_withdrawal_should_be_taken_back_until_it_is_in_a_batch() {
	build_and_execute(|| {
		assert_ok!(withdraw(ALICE, NATIVE, 1_000));
		let cancel = |who, id| Bridge::cancel_withdrawal(signed(who), CHAIN, id);
		assert_noop!(cancel(BOB, 0), Error::<Test>::NotOwner);
		assert_noop!(cancel(ALICE, 1), Error::<Test>::WithdrawalNotFound);
		assert_noop!(Bridge::cancel_withdrawal(RuntimeOrigin::none(), CHAIN, 0), DispatchError::BadOrigin);
		// Also while the bridge is stopped.
		assert_ok!(Bridge::pause(signed(GUARDIAN), CHAIN));
		assert_ok!(cancel(ALICE, 0));
		assert_eq!(balance(NATIVE, ALICE), ENDOWMENT, "with the fee");
		assert_eq!(Across::<Test>::get(CHAIN, GPU_TOKEN), 0);
		assert_noop!(cancel(ALICE, 0), Error::<Test>::WithdrawalNotFound);
		resume();
		// The hole in the queue is cleared away, and makes no batch.
		run(6);
		assert_eq!(Queue::<Test>::iter().count(), 0);
		assert_eq!(OpenItems::<Test>::get(CHAIN), 0);
		let nonce = batch_of(1_000);
		assert_eq!(nonce, 1);
		assert_noop!(cancel(ALICE, 1), Error::<Test>::WithdrawalNotFound);
	});
}

#[test]
fn large_withdrawals_should_wait_outside_the_queue() {
	build_and_execute(|| {
		assert_ok!(withdraw(ALICE, NATIVE, 5_001));
		assert_ok!(withdraw(ALICE, NATIVE, 5_000));
		let release = |id| Bridge::release_withdrawal(signed(BOB), CHAIN, id);
		assert_noop!(release(0), Error::<Test>::StillDelayed);
		assert_noop!(release(1), Error::<Test>::NotDelayed);
		assert_noop!(release(2), Error::<Test>::WithdrawalNotFound);
		assert_noop!(Bridge::release_withdrawal(signed(BOB), 9, 0), Error::<Test>::ChainNotFound);
		assert_noop!(Bridge::release_withdrawal(RuntimeOrigin::none(), CHAIN, 0), DispatchError::BadOrigin);
		run(49);
		assert!(Bridge::withdrawal(CHAIN, 0).is_some());
		assert_eq!(Bridge::withdrawal(CHAIN, 1), None, "the other did not wait for it");
		assert_noop!(release(0), Error::<Test>::StillDelayed);
		run(1);
		assert_ok!(Bridge::pause(signed(GUARDIAN), CHAIN));
		assert_noop!(release(0), Error::<Test>::ChainPaused);
		resume();
		assert_ok!(release(0));
		assert_noop!(release(0), Error::<Test>::NotDelayed);
		run(6);
		assert_eq!(Bridge::withdrawal(CHAIN, 0), None);
		assert_eq!(crate::OutboundNonce::<Test>::get(CHAIN), 2);
	});
}

#[test]
fn batches_should_be_bounded_and_in_order() {
	build_and_execute(|| {
		for _ in 0..70 {
			assert_ok!(withdraw(ALICE, NATIVE, 10));
		}
		run(1);
		let sizes = || -> Vec<usize> {
			events()
				.into_iter()
				.filter_map(|event| match event {
					Event::BatchCreated { withdrawals, .. } => Some(withdrawals.len()),
					_ => None,
				})
				.collect()
		};
		assert_eq!(sizes(), vec![32]);
		run(1);
		assert_eq!(sizes(), vec![32, 32]);
		run(2);
		assert_eq!(sizes(), vec![32, 32], "the rest waits for its time");
		run(1);
		assert_eq!(sizes(), vec![32, 32, 6]);
		assert_eq!(Withdrawals::<Test>::iter().count(), 0);
		let fees: Vec<Balance> = Bridge::outbox(CHAIN, None, 9).items.iter().map(|(_, item)| item.fee).collect();
		assert_eq!(fees.iter().sum::<Balance>(), 7_000);
		// One more item may be open, then no more.
		assert_ok!(send(1, b""));
		assert_noop!(send(1, b""), Error::<Test>::OutboxFull);
		assert_ok!(withdraw(ALICE, NATIVE, 10));
		run(20);
		assert!(Bridge::withdrawal(CHAIN, 70).is_some());
	});
}

#[test]
fn a_hook_without_weight_should_leave_everything_for_later() {
	use frame_support::{traits::Hooks, weights::Weight};
	build_and_execute(|| {
		assert_ok!(withdraw(ALICE, NATIVE, 10));
		System::set_block_number(100);
		assert_eq!(Bridge::on_idle(100, Weight::zero()), Weight::zero());
		let look = <() as crate::WeightInfo>::work_off().saturating_add(<() as crate::WeightInfo>::look_at_chain());
		assert_eq!(Bridge::on_idle(100, look), look);
		assert!(Bridge::withdrawal(CHAIN, 0).is_some());
		assert!(Bridge::on_idle(100, Weight::MAX).all_gt(look) || OpenItems::<Test>::get(CHAIN) == 1);
		assert_eq!(Bridge::withdrawal(CHAIN, 0), None);
	});
}

#[test]
fn a_withdrawal_that_cannot_be_taken_should_be_given_back() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		give_ether(&mut evm, 1, ALICE, 1_000);
		assert_ok!(withdraw(ALICE, ETHER, 600));
		// The asset's owner freezes the account: nothing can be burnt of it.
		assert_ok!(Assets::freeze(signed(TREASURY), ETH, ALICE));
		run(6);
		assert!(events().iter().any(|event| matches!(event, Event::WithdrawalFailed { id: 0, .. })));
		assert_eq!(OpenItems::<Test>::get(CHAIN), 0);
		assert_eq!((held(ETHER, ALICE), balance(ETHER, ALICE)), (0, 1_000));
		assert_eq!(Across::<Test>::get(CHAIN, ETH_TOKEN), 1_000);
		assert_eq!(balance(NATIVE, ALICE), ENDOWMENT, "with the fee");
	});
}

#[test]
fn a_message_should_be_recorded_and_paid() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		assert_noop!(send(0, b"x"), Error::<Test>::GasLimitOutOfBounds);
		assert_noop!(send(1_001, b"x"), Error::<Test>::GasLimitOutOfBounds);
		let to = |to| Bridge::send_message(signed(ALICE), CHAIN, to, 1, Default::default());
		assert_noop!(to(H160::zero()), Error::<Test>::BadRecipient);
		assert_noop!(to(GATEWAY), Error::<Test>::BadRecipient);
		let other = Bridge::send_message(signed(ALICE), 9, THERE, 1, Default::default());
		assert_noop!(other, Error::<Test>::ChainNotFound);
		let unsigned = Bridge::send_message(RuntimeOrigin::none(), CHAIN, THERE, 1, Default::default());
		assert_noop!(unsigned, DispatchError::BadOrigin);
		let poor = Bridge::send_message(signed(NOBODY), CHAIN, THERE, 1, Default::default());
		assert!(poor.is_err());

		assert_ok!(send(1_000, &[1; 4_096]));
		assert_eq!(balance(NATIVE, ALICE), ENDOWMENT - 50 - 2_000);
		let deadline = START + (System::block_number() - 1) * 6 + 10_000;
		let sent = Event::MessageSent { chain_id: CHAIN, nonce: 1, sender: ALICE, target: THERE, deadline };
		assert_eq!(last_event(), sent);
		// Delivered, and nobody named as relayer: whoever proves it is paid.
		let proof = evm.happens(delivered_log(1, content(1, 1), [0; 32]));
		assert_ok!(Bridge::confirm_item(signed(RELAYER), CHAIN, proof));
		assert_eq!(balance(NATIVE, RELAYER), 2_050);
	});
}

#[test]
fn a_report_should_be_said_in_the_name_of_the_chain() {
	build_and_execute(|| {
		let report = |who, subject| Bridge::send_report(who, CHAIN, THERE, 1_000, subject);
		let task = ReportSubject::Task(TASK);
		assert_noop!(report(RuntimeOrigin::none(), task), DispatchError::BadOrigin);
		for unknown in [ReportSubject::Task(TASK + 1), ReportSubject::Node(H256::zero())] {
			assert_noop!(report(signed(ALICE), unknown), Error::<Test>::NothingToReport);
		}
		assert_noop!(Bridge::send_report(signed(ALICE), CHAIN, GATEWAY, 1, task), Error::<Test>::BadRecipient);
		assert_noop!(Bridge::send_report(signed(ALICE), CHAIN, THERE, 0, task), Error::<Test>::GasLimitOutOfBounds);
		assert!(report(signed(NOBODY), task).is_err(), "who asks pays");

		let at = System::block_number() as u32;
		for (subject, nonce) in [(task, 1), (ReportSubject::Node(NODE), 2)] {
			let had = balance(NATIVE, ALICE);
			assert_ok!(report(signed(ALICE), subject));
			assert_eq!(balance(NATIVE, ALICE), had - 50 - 2_000);
			let Some(Content::Message { sender, target, payload, .. }) =
				Outbox::<Test>::get(CHAIN, nonce).map(|item| item.content)
			else {
				panic!("it leaves as a message")
			};
			assert_eq!((sender, target), (Bridge::account_id(), THERE));
			assert_eq!(payload.to_vec(), Records::work_report(&subject).unwrap().abi(at));
		}
		// What somebody says in their own name is not taken for that.
		let payload = Records::work_report(&task).unwrap().abi(at).try_into().unwrap();
		assert_ok!(Bridge::send_message(signed(ALICE), CHAIN, THERE, 1_000, payload));
		let forged = Outbox::<Test>::get(CHAIN, 3).map(|item| item.content);
		assert!(matches!(forged, Some(Content::Message { sender: ALICE, .. })));
	});
}

#[test]
fn fees_should_not_overflow() {
	build_and_execute(|| {
		assert_ok!(Bridge::set_fees(root(), CHAIN, RelayerFees { gas: u128::MAX, max_gas: u64::MAX, ..FEES }));
		assert_noop!(send(2, b"x"), sp_runtime::ArithmeticError::Overflow);
	});
}

#[test]
fn money_that_came_back_should_not_be_refunded_as_well() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		let bridge = balance(NATIVE, Bridge::account_id());
		// Other people's fees are in the account too.
		for _ in 0..3 {
			assert_ok!(withdraw(BOB, NATIVE, 5_001));
		}
		assert_eq!(batch_of(1_000), 1);
		// The gateway says that it came back, and then that it never left.
		let proof = evm.happens(deposit_log(1, GPU_TOKEN, NOBODY, 1_000));
		assert_ok!(Bridge::claim_deposit(signed(BOB), CHAIN, proof));
		assert_eq!(balance(NATIVE, NOBODY), 1_000);
		assert_ok!(confirm(evm.happens(cancelled_log(1, content(1, 1), word(RELAYER)))));

		assert!(events().contains(&Event::RefundSuspended { chain_id: CHAIN, nonce: 1, index: 0, who: ALICE }));
		assert!(events().contains(&Event::ChainPaused { chain_id: CHAIN, cause: PauseCause::MoreCameThanLeft }));
		assert_eq!(balance(NATIVE, ALICE), ENDOWMENT - 1_000 - 100);
		assert_eq!(balance(NATIVE, Bridge::account_id()), bridge + 300, "the others' fees");
		assert_eq!(Across::<Test>::get(CHAIN, GPU_TOKEN), 3 * 5_001);
		// When it runs again, it is still not paid with what others have waiting.
		run(20);
		assert_ok!(Bridge::resume(root(), CHAIN));
		let refund = CreditKey::Refund(1, 0);
		assert_noop!(Bridge::retry_credit(signed(ALICE), CHAIN, refund), Error::<Test>::CapReached);
	});
}

#[test]
fn a_cancelled_batch_should_be_refunded_when_it_is_proven() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		give_ether(&mut evm, 1, BOB, 2_100);
		assert_ok!(withdraw(ALICE, NATIVE, 1_000));
		assert_ok!(withdraw(BOB, ETHER, 2_000));
		run(6);
		let (supply, across) = (Assets::total_supply(ETH), Across::<Test>::get(CHAIN, GPU_TOKEN));
		let log = cancelled_log(1, content(1, 1), word(RELAYER));
		assert_ok!(confirm(evm.happens(log)));
		assert_eq!(balance(NATIVE, ALICE), ENDOWMENT - 100, "but for the fee");
		assert_eq!(balance(ETHER, BOB), 2_100);
		assert_eq!(Assets::total_supply(ETH), supply + 2_000);
		assert_eq!(Across::<Test>::get(CHAIN, GPU_TOKEN), across - 1_000);
		assert_eq!(Across::<Test>::get(CHAIN, ETH_TOKEN), 2_100);
		assert_eq!(balance(NATIVE, RELAYER), 200, "cancelling costs gas too");
		let refunded = Event::WithdrawalRefunded { chain_id: CHAIN, nonce: 1, index: 0, who: ALICE, amount: 1_000 };
		assert!(events().contains(&refunded));
	});
}

#[test]
fn a_refund_that_cannot_be_paid_should_wait() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		assert_ok!(Balances::transfer_allow_death(signed(BOB), NOBODY, 1_200));
		assert_ok!(withdraw(NOBODY, NATIVE, 20));
		run(6);
		// The account is gone, and what comes back is too little for a new one: a route's least may be below that.
		assert_ok!(Balances::transfer_all(signed(NOBODY), BOB, false));
		assert_ok!(Balances::force_set_balance(root(), NOBODY, 0));
		Outbox::<Test>::mutate(CHAIN, 1, |item| {
			if let Some(Content::Batch(withdrawals)) = item.as_mut().map(|item| &mut item.content) {
				withdrawals[0].amount = 5;
			}
		});
		let item = Outbox::<Test>::get(CHAIN, 1).unwrap();
		Recorded::<Test>::insert(CHAIN, 1, sp_core::H256(item.payload(1).struct_hash(0)));
		let log = cancelled_log(1, content(1, 1), word(RELAYER));
		assert_ok!(confirm(evm.happens(log)));
		let key = CreditKey::Refund(1, 0);
		assert!(events().contains(&Event::RefundSuspended { chain_id: CHAIN, nonce: 1, index: 0, who: NOBODY }));
		assert_noop!(Bridge::retry_credit(signed(BOB), CHAIN, key), Error::<Test>::BadRecipient);
		assert_ok!(Balances::transfer_allow_death(signed(BOB), NOBODY, 100));
		assert_ok!(Bridge::retry_credit(signed(BOB), CHAIN, key));
		assert_eq!(balance(NATIVE, NOBODY), 105);
	});
}

#[test]
fn what_was_never_recorded_should_stop_the_bridge() {
	let stopped = || events().contains(&Event::ChainPaused { chain_id: CHAIN, cause: PauseCause::UnknownItem });
	// A nonce that there is not.
	build_and_execute(|| {
		let mut evm = Evm::new();
		assert_ok!(confirm(evm.happens(executed_log(1, [1; 32], word(RELAYER)))));
		assert!(stopped());
	});
	// A nonce that there is, with another content: of other transfers, or signed by a set that never was.
	for set in [None, Some(2), Some(0)] {
		build_and_execute(|| {
			let mut evm = Evm::new();
			let nonce = batch_of(1_000);
			let content = set.map(|set| content(nonce, set)).unwrap_or([1; 32]);
			assert_ok!(confirm(evm.happens(executed_log(nonce, content, word(RELAYER)))));
			assert!(stopped());
			assert!(Outbox::<Test>::contains_key(CHAIN, nonce));
			assert_noop!(withdraw(ALICE, NATIVE, 1_000), Error::<Test>::ChainPaused);
		});
	}
	// What is no event of items changes nothing.
	build_and_execute(|| {
		let mut evm = Evm::new();
		let proof = evm.happens(deposit_log(1, ETH_TOKEN, ALICE, 100));
		assert_noop!(confirm(proof), Error::<Test>::WrongEvent);
	});
}

#[test]
fn an_item_should_be_known_whichever_set_signed_it() {
	let at = |current, signed_by: u64| {
		let mut evm = Evm::new();
		let nonce = batch_of(1_000);
		crate::Rotations::<Test>::insert(CHAIN, Rotation { current, pending: false });
		confirm(evm.happens(executed_log(nonce, content(nonce, signed_by), word(RELAYER))))
	};
	let stopped = || events().contains(&Event::ChainPaused { chain_id: CHAIN, cause: PauseCause::UnknownItem });
	for (current, signed_by) in [(1, 1), (9, 1), (256, 1), (300, 300), (300, 45)] {
		build_and_execute(|| {
			assert_ok!(at(current, signed_by));
			assert_eq!(OpenItems::<Test>::get(CHAIN), 0);
			assert!(!stopped());
		});
	}
	// Beyond that nobody can tell, and nobody is blamed.
	build_and_execute(|| {
		assert_eq!(at(257, 1).unwrap_err().error, Error::<Test>::TooOld.into());
		assert!(!stopped());
	});
}

#[test]
fn a_signature_should_be_refused_when_it_does_not_count() {
	build_and_execute(|| {
		let nonce = batch_of(1_000);
		let subject = Subject::Item(nonce);
		let refused = |result: Result<_, TransactionValidityError>| match result {
			Err(TransactionValidityError::Invalid(why)) => why,
			Err(_) | Ok(_) => panic!("it was not refused as invalid"),
		};
		let (digest, _) = Bridge::to_sign(CHAIN, subject).unwrap();
		let call = |subject, set_id, index, signature| {
			submit(Call::sign { chain_id: CHAIN, subject, set_id, index, signature }).map(drop)
		};
		let good = sign_digest(0, &digest);
		assert_eq!(refused(call(subject, 1, index(1), good)), InvalidTransaction::BadProof, "somebody else's");
		assert_eq!(refused(call(subject, 1, 4, good)), InvalidTransaction::Call, "nobody's");
		assert_eq!(refused(call(subject, 2, index(0), good)), InvalidTransaction::Call, "another set's");
		assert_eq!(refused(call(Subject::Item(9), 1, index(0), good)), InvalidTransaction::Stale, "for nothing");
		assert_eq!(refused(call(Subject::Set(2), 1, index(0), good)), InvalidTransaction::Stale);
		let mut high = good;
		high[32] |= 0x80;
		assert_eq!(refused(call(subject, 1, index(0), high)), InvalidTransaction::BadProof, "high s");
		assert_ok!(call(subject, 1, index(0), good));
		assert_eq!(refused(call(subject, 1, index(0), good)), InvalidTransaction::Stale, "a second time");

		let sign = |subject, set_id, index| {
			let origin = frame_system::RawOrigin::Authorized;
			Bridge::sign(origin.into(), CHAIN, subject, set_id, index, [0; 65])
		};
		assert_noop!(sign(subject, 1, index(0)), Error::<Test>::AlreadySigned);
		assert_noop!(sign(subject, 2, index(0)), Error::<Test>::WrongSet);
		assert_noop!(sign(subject, 1, 4), Error::<Test>::NoSuchMember);
		assert_noop!(sign(Subject::Item(9), 1, 0), Error::<Test>::NothingToSign);
		assert_noop!(Bridge::sign(signed(ALICE), CHAIN, subject, 1, 0, [0; 65]), DispatchError::BadOrigin);
		let origin = frame_system::RawOrigin::Authorized;
		assert_noop!(Bridge::sign(origin.into(), 9, subject, 1, 0, [0; 65]), Error::<Test>::ChainNotFound);
		assert_ok!(Bridge::pause(signed(GUARDIAN), CHAIN));
		assert_noop!(sign(subject, 1, index(1)), Error::<Test>::ChainPaused);
		assert_eq!(CollectedSignatures::<Test>::get(CHAIN, subject).signed.len(), 1);
	});
}

#[test]
fn signatures_should_be_in_the_order_that_contracts_want() {
	build_and_execute(|| {
		let subject = Subject::Item(batch_of(1_000));
		for validator in [3, 1, 0, 2] {
			assert_ok!(co_sign(validator, subject));
		}
		let collected = Bridge::signatures(CHAIN, subject);
		let places: Vec<MemberIndex> = collected.signed.iter().map(|(index, _)| *index).collect();
		assert_eq!((places, collected.power), (vec![0, 1, 2, 3], 4));
		let reached = events().iter().filter(|event| matches!(event, Event::QuorumReached { .. })).count();
		assert_eq!(reached, 1);
	});
}

#[test]
fn a_pause_should_stop_what_leaves() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		assert_ok!(withdraw(ALICE, NATIVE, 1_000));
		assert_ok!(send(1, b"x"));
		let proof = evm.happens(delivered_log(1, content(1, 1), [0; 32]));
		assert_ok!(Bridge::pause(signed(GUARDIAN), CHAIN));
		assert_noop!(withdraw(ALICE, NATIVE, 1_000), Error::<Test>::ChainPaused);
		assert_noop!(send(1, b"x"), Error::<Test>::ChainPaused);
		assert_noop!(confirm(proof.clone()), Error::<Test>::ChainPaused);
		run(10);
		assert!(Bridge::withdrawal(CHAIN, 0).is_some(), "no batch is made");
		resume();
		run(1);
		assert_eq!(Bridge::withdrawal(CHAIN, 0), None);
		assert_ok!(confirm(proof));
	});
}

#[test]
fn a_relayer_that_cannot_be_paid_should_stop_nothing() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		assert_ok!(Bridge::set_fees(root(), CHAIN, RelayerFees { withdrawal: 5, ..FEES }));
		let nonce = batch_of(1_000);
		let proof = evm.happens(executed_log(nonce, content(nonce, 1), word(NOBODY)));
		assert_ok!(confirm(proof));
		assert_eq!(last_event(), Event::RelayerNotPaid { chain_id: CHAIN, relayer: NOBODY, amount: 5 });
		assert_eq!(OpenItems::<Test>::get(CHAIN), 0);
	});
}

#[test]
fn records_should_be_forgotten_beyond_the_history() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		RecordHistory::set(2);
		for nonce in 1..=6 {
			assert_ok!(send(1, b"x"));
			if nonce != 3 {
				assert_ok!(confirm(evm.happens(delivered_log(nonce, content(nonce, 1), [0; 32]))));
			}
		}
		// The third is open still.
		let mut kept: Vec<Nonce> = Recorded::<Test>::iter_key_prefix(CHAIN).collect();
		kept.sort();
		assert_eq!(kept, vec![3, 5, 6]);
		assert_ok!(confirm(evm.happens(delivered_log(3, content(3, 1), [0; 32]))));
		assert!(!Recorded::<Test>::contains_key(CHAIN, 3));
	});
}
