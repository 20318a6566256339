//! Sets of validators, and rotations.

use crate::{
	crypto::AuthorityId, mock::*, types::*, Authorities, AuthoritySetId, Error, Event, GatewaySets, Offence,
	PauseCause, RecordedSets, SessionActivity,
};
use frame_support::{assert_noop, assert_ok, traits::OneSessionHandler};
use sp_core::{ecdsa, Pair, H160};

fn confirm(proof: Box<EventProof>) -> frame_support::dispatch::DispatchResultWithPostInfo {
	Bridge::confirm_set(signed(BOB), CHAIN, proof)
}

fn current() -> Rotation {
	Bridge::rotation(CHAIN).unwrap()
}

#[test]
fn sets_should_follow_sessions_when_members_change() {
	build_and_execute(|| {
		let (id, members, _) = Bridge::authority_set().unwrap();
		assert_eq!((id, members.len()), (1, 4));
		assert!(members.windows(2).all(|pair| pair[0].address < pair[1].address));
		// The same, in another order: the same set.
		start_session(&[3, 1, 0, 2]);
		assert_eq!(AuthoritySetId::<Test>::get(), 1);
		start_session(&[0, 1, 2]);
		assert_eq!(AuthoritySetId::<Test>::get(), 2);
		assert_eq!(last_event(), Event::AuthoritySetChanged { set_id: 2, members: 3 });
		// Nobody with a key: the set stays.
		start_session(&[]);
		assert_eq!(AuthoritySetId::<Test>::get(), 2);
		for more in 0..5u8 {
			start_session(&[0, 1, 2, 4 + more]);
		}
		let mut kept: Vec<u64> = Authorities::<Test>::iter_keys().collect();
		kept.sort();
		assert_eq!(kept, vec![4, 5, 6, 7], "the history, and the running one");
	});
}

#[test]
fn keys_should_be_told_apart() {
	build_and_execute(|| {
		// One key is no point of the curve, and two validators have the same.
		let good = AuthorityId::from(pair(0).public());
		let bad = AuthorityId::from(ecdsa::Public::from_raw([2; 33]));
		let broken = AuthorityId::from(ecdsa::Public::from_raw([9; 33]));
		let keys =
			[(&31, good.clone()), (&32, good), (&33, broken), (&34, AuthorityId::from(pair(1).public())), (&35, bad)];
		let off_curve = address_of(&ecdsa::Public::from_raw([9; 33]));
		assert_eq!(off_curve, None);
		<Bridge as OneSessionHandler<AccountId>>::on_new_session(true, keys.clone().into_iter(), keys.into_iter());
		let members = Bridge::authority_set().unwrap().1;
		let accounts: Vec<AccountId> = members.iter().map(|member| member.account).collect();
		assert!(accounts.contains(&31) && accounts.contains(&34) && !accounts.contains(&32) && !accounts.contains(&33));
	});
}

#[test]
fn addresses_should_be_those_of_ethereum() {
	new_test_ext().execute_with(|| {
		// The keys of the client's vectors, which ethers made.
		let vectors = include_str!("../../../../offchain-worker/vectors/vectors.json");
		let find = |from: &str, name: &str| {
			let at = from.find(name).unwrap() + name.len();
			from[at..].split('"').nth(1).unwrap().to_string()
		};
		let mut rest = vectors.split("\"validators\": [").nth(1).unwrap();
		for _ in 0..4 {
			let address = find(rest, "\"address\"");
			let key = find(rest, "\"publicKey\"");
			let key: [u8; 33] = gpu_chain_evm_client::hex::array(&key).unwrap();
			let expected: [u8; 20] = gpu_chain_evm_client::hex::array(&address).unwrap();
			assert_eq!(address_of(&ecdsa::Public::from_raw(key)), Some(H160(expected)));
			rest = &rest[rest.find("\"publicKey\"").unwrap() + 20..];
		}
		for seed in 1..50u8 {
			let pair = ecdsa::Pair::from_seed(&[seed; 32]);
			let signature = pair.sign_prehashed(&[7; 32]).0;
			assert_eq!(address_of(&pair.public()), signer(&signature, &[7; 32]));
		}
	});
}

#[test]
fn a_gateway_should_follow_by_a_signed_rotation() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		assert_eq!(current(), Rotation { current: 1, pending: false });
		start_session(&[1, 2, 3, 4]);
		run(1);
		assert_eq!(current(), Rotation { current: 1, pending: true });
		let next = Bridge::gateway_set(CHAIN, 2).unwrap();
		assert_eq!(next.authority_set, 2);
		// The old set signs; the new one cannot.
		let subject = Subject::Set(2);
		for validator in [0, 1, 2] {
			assert_ok!(co_sign(validator, subject));
		}
		assert!(events().contains(&Event::QuorumReached { chain_id: CHAIN, subject, set_id: 1 }));

		let log = pending_set_log();
		let number = evm.mine(vec![vec![log]]);
		let anchor = evm.align();
		let vote = vote_for(&evm.header(anchor));
		for validator in 1..4 {
			assert_ok!(cast(validator, vote));
		}
		let proof = evm.proof(anchor, number, 0, 0);
		let before = balance(NATIVE, TREASURY);
		assert_ok!(confirm(proof.clone()));
		assert_eq!(current(), Rotation { current: 2, pending: false });
		assert_eq!(balance(NATIVE, RELAYER), 70, "the treasury pays for rotations");
		assert_eq!(balance(NATIVE, TREASURY), before - 70);
		assert_noop!(confirm(proof), Error::<Test>::AlreadyConfirmed);
		run(5);
		assert!(!current().pending);
	});
}

#[test]
fn what_is_open_should_be_signed_again_by_the_next_set() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		assert_ok!(Bridge::withdraw(signed(ALICE), CHAIN, NATIVE, H160([7; 20]), 1_000));
		run(6);
		let item = Subject::Item(1);
		assert_ok!(co_sign(0, item));
		start_session(&[1, 2, 3, 4]);
		run(1);
		// Still the old one's: the gateway has it.
		assert_ok!(co_sign(1, item));
		let old = content(1, 1);
		let number = evm.mine(vec![vec![pending_set_log()]]);
		let anchor = evm.align();
		for validator in 1..4 {
			assert_ok!(cast(validator, vote_for(&evm.header(anchor))));
		}
		assert_ok!(confirm(evm.proof(anchor, number, 0, 0)));
		assert_eq!(Bridge::signatures(CHAIN, item).set_id, 1);
		for validator in [2, 3, 4] {
			assert_ok!(co_sign(validator, item));
		}
		let collected = Bridge::signatures(CHAIN, item);
		assert_eq!((collected.set_id, collected.power), (2, 3), "what the old set signed is gone");
		// Whichever of them the gateway saw.
		let log = executed_log(1, old, [0; 32]);
		let number = evm.mine(vec![vec![log]]);
		let anchor = evm.align();
		for validator in 1..4 {
			assert_ok!(cast(validator, vote_for(&evm.header(anchor))));
		}
		assert_ok!(Bridge::confirm_item(signed(BOB), CHAIN, evm.proof(anchor, number, 0, 0)));
	});
}

#[test]
fn a_set_that_is_signed_should_not_change() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		start_session(&[1, 2, 3, 4]);
		run(1);
		let pending = Bridge::gateway_set(CHAIN, 2).unwrap();
		start_session(&[2, 3, 4, 5]);
		run(5);
		assert_eq!(Bridge::gateway_set(CHAIN, 2), Some(pending));
		let number = evm.mine(vec![vec![pending_set_log()]]);
		let anchor = evm.align();
		for validator in 2..5 {
			assert_ok!(cast(validator, vote_for(&evm.header(anchor))));
		}
		assert_ok!(confirm(evm.proof(anchor, number, 0, 0)));
		// The one after it makes up for what happened meanwhile.
		run(1);
		assert_eq!(current(), Rotation { current: 2, pending: true });
		assert_eq!(Bridge::gateway_set(CHAIN, 3).unwrap().authority_set, 3);
	});
}

#[test]
fn a_set_should_be_renewed_before_it_expires() {
	build_and_execute(|| {
		SetLifetime::set(1_000_000);
		pass(499_000);
		run(1);
		assert!(!current().pending);
		pass(2_000);
		run(1);
		assert!(current().pending);
		let first = Bridge::gateway_set(CHAIN, 2).unwrap();
		assert_eq!(first.members, Bridge::gateway_set(CHAIN, 1).unwrap().members);
		// Nobody carried it over until it expired: the gateway would refuse it now, so another may take its number.
		pass(1_000_001);
		run(1);
		assert_eq!(Bridge::gateway_set(CHAIN, 2), Some(first.clone()), "the gateway's clock may be late");
		pass(3_600);
		run(1);
		let second = Bridge::gateway_set(CHAIN, 2).unwrap();
		assert!(second.active_until > first.active_until);
		assert_eq!(RecordedSets::<Test>::get(CHAIN, 2).len(), 2);
		for _ in 0..10 {
			pass(1_003_601);
			run(1);
		}
		assert_eq!(RecordedSets::<Test>::get(CHAIN, 2).len(), 8, "and not for ever");
	});
}

#[test]
fn a_set_that_was_never_recorded_should_stop_the_bridge() {
	let stopped = || events().contains(&Event::ChainPaused { chain_id: CHAIN, cause: PauseCause::UnknownSet });
	for forged in [0, 1, 2] {
		build_and_execute(|| {
			let mut evm = Evm::new();
			let members = members_hash(&Bridge::authority_set().unwrap().1).unwrap();
			let until = START + 1_000_000;
			let log = match forged {
				// None is pending.
				0 => set_updated_log(2, members, until, word(RELAYER)),
				// Others than those that are.
				1 => {
					pass(600_000);
					run(1);
					set_updated_log(2, [1; 32], until, word(RELAYER))
				}
				_ => {
					pass(600_000);
					run(1);
					set_updated_log(3, members, until, word(RELAYER))
				}
			};
			assert_ok!(confirm(evm.happens(log)));
			assert!(stopped());
			assert_eq!(current().current, 1);
		});
	}
	build_and_execute(|| {
		let mut evm = Evm::new();
		// The contract logs its first set too.
		let log = set_updated_log(1, [1; 32], START, [0; 32]);
		let proof = evm.happens(log);
		assert_noop!(confirm(proof), Error::<Test>::AlreadyConfirmed);
		let proof = evm.happens(message_log(1, ALICE, b""));
		assert_noop!(confirm(proof), Error::<Test>::WrongEvent);
	});
}

#[test]
fn rotations_should_go_on_while_nothing_else_does() {
	build_and_execute(|| {
		assert_ok!(Bridge::pause(signed(GUARDIAN), CHAIN));
		start_session(&[1, 2, 3, 4]);
		run(1);
		assert!(current().pending);
		assert_ok!(co_sign(0, Subject::Set(2)));
		let mut evm = Evm::new();
		let number = evm.mine(vec![vec![pending_set_log()]]);
		assert_noop!(confirm(evm.proof(number, number, 0, 0)), Error::<Test>::ChainPaused);
	});
}

#[test]
fn government_should_name_the_set_when_no_proof_can() {
	build_and_execute(|| {
		let force = |authorities, set| Bridge::force_set(root(), CHAIN, authorities, set, START + 9_999_999);
		start_session(&[1, 2, 3, 4]);
		run(1);
		assert_ok!(co_sign(0, Subject::Set(2)));
		assert_noop!(force(2, 2), Error::<Test>::NotPaused);
		assert_ok!(Bridge::pause(signed(GUARDIAN), CHAIN));
		assert_noop!(Bridge::force_set(signed(GUARDIAN), CHAIN, 2, 2, START), sp_runtime::DispatchError::BadOrigin);
		assert_noop!(Bridge::force_set(root(), 9, 2, 2, START), Error::<Test>::ChainNotFound);
		assert_noop!(force(2, 1), Error::<Test>::AlreadyConfirmed);
		assert_noop!(force(9, 2), Error::<Test>::SetNotFound);
		assert_ok!(force(2, 4));
		assert_eq!(last_event(), Event::SetForced { chain_id: CHAIN, set_id: 4 });
		assert_eq!(current(), Rotation { current: 4, pending: false });
		assert_eq!(Bridge::gateway_set(CHAIN, 4).unwrap().authority_set, 2);
		assert_eq!(Bridge::signatures(CHAIN, Subject::Set(2)), Default::default());
		resume();
		assert_ok!(Bridge::send_message(signed(ALICE), CHAIN, H160([7; 20]), 1, Default::default()));
		assert_ok!(co_sign(4, Subject::Item(1)));
	});
	build_and_execute(|| {
		RecordedSets::<Test>::insert(CHAIN, 5, sp_runtime::BoundedVec::truncate_from(vec![Default::default(); 8]));
		assert_ok!(Bridge::pause(signed(GUARDIAN), CHAIN));
		assert_noop!(Bridge::force_set(root(), CHAIN, 1, 5, START), Error::<Test>::LimitReached);
	});
}

#[test]
fn offences_should_be_charged_to_a_session_that_is_not_long_over() {
	build_and_execute(|| {
		Authorities::<Test>::mutate(1, |set| set.as_mut().unwrap().session = 3);
		start_session(&[0, 1, 2, 3]);
		assert_eq!(Authorities::<Test>::get(1).unwrap().session, 7, "the same set goes on");
		start_session(&[0, 1, 2, 4]);
		Authorities::<Test>::mutate(1, |set| set.as_mut().unwrap().session = 6);
		start_session(&[0, 1, 2, 4]);
		assert_eq!(Authorities::<Test>::get(1).unwrap().session, 6, "past ones do not");
	});
}

#[test]
fn past_sets_should_be_forgotten() {
	build_and_execute(|| {
		SetHistory::set(1);
		let mut evm = Evm::new();
		for round in 0..3u64 {
			pass(600_000);
			run(1);
			assert_ok!(confirm(evm.happens(pending_set_log())));
			assert_eq!(current().current, round + 2);
		}
		let mut kept: Vec<u64> = GatewaySets::<Test>::iter_key_prefix(CHAIN).collect();
		kept.sort();
		assert_eq!(kept, vec![3, 4]);
	});
}

#[test]
fn who_does_nothing_should_be_reported_when_others_do() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		for _ in 0..8 {
			evm.mine(vec![]);
		}
		accept(&evm, 4);
		<Bridge as OneSessionHandler<AccountId>>::on_before_session_ending();
		assert!(reported().is_empty(), "too few headers to tell");
		accept(&evm, 8);
		<Bridge as OneSessionHandler<AccountId>>::on_before_session_ending();
		assert_eq!(reported(), vec![(Offence::Unresponsive, 7, 7, vec![VALIDATOR + 3], None)]);
		start_session(&[0, 1, 2, 3]);
		assert_eq!(SessionActivity::<Test>::get(), Default::default());
	});
	build_and_execute(|| {
		let mut evm = Evm::new();
		for _ in 0..8 {
			evm.mine(vec![]);
		}
		accept(&evm, 4);
		// Late is not idle.
		assert_ok!(cast(3, vote_for(&evm.header(4))));
		accept(&evm, 8);
		<Bridge as OneSessionHandler<AccountId>>::on_before_session_ending();
		assert!(reported().is_empty());
	});
}

#[test]
fn signing_should_count_as_doing_something() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		for _ in 0..8 {
			evm.mine(vec![]);
		}
		accept(&evm, 4);
		accept(&evm, 8);
		assert_ok!(Bridge::send_message(signed(ALICE), CHAIN, H160([7; 20]), 1, Default::default()));
		assert_ok!(co_sign(3, Subject::Item(1)));
		<Bridge as OneSessionHandler<AccountId>>::on_before_session_ending();
		assert!(reported().is_empty());
	});
}

#[test]
fn a_set_should_have_as_many_members_as_gateways_take() {
	new_test_ext().execute_with(|| {
		let keys: Vec<(AccountId, AuthorityId)> = (0..200u64)
			.map(|i| {
				let mut seed = [1; 32];
				seed[..8].copy_from_slice(&i.to_be_bytes());
				(i, AuthorityId::from(ecdsa::Pair::from_seed(&seed).public()))
			})
			.collect();
		let all = || keys.iter().map(|(who, key)| (who, key.clone()));
		<Bridge as OneSessionHandler<AccountId>>::on_genesis_session(all());
		let members = Bridge::authority_set().unwrap().1;
		assert_eq!(members.len(), 128);
		assert!(members.iter().all(|member| member.account < 128), "the first");
		assert_ok!(Bridge::do_try_state());
	});
}
