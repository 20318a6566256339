//! Deposits and messages, by proof.

use crate::{mock::*, types::*, Across, Error, Event, PauseCause, Routes, SuspendedCredits};
use frame_support::{
	assert_noop, assert_ok,
	dispatch::{Pays, PostDispatchInfo},
	BoundedVec,
};
use gpu_chain_evm_client::receipt::{Log, Receipt};
use sp_core::H160;
use sp_runtime::DispatchError;

fn claim(proof: Box<EventProof>) -> frame_support::dispatch::DispatchResultWithPostInfo {
	Bridge::claim_deposit(signed(RELAYER), CHAIN, proof)
}

#[test]
fn a_deposit_should_be_credited_once() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		let proof = evm.happens(deposit_log(1, ETH_TOKEN, NOBODY, 3_000));
		let before = Assets::total_supply(ETH);
		let info: PostDispatchInfo = claim(proof.clone()).unwrap();
		assert_eq!(info.pays_fee, Pays::No);
		assert_eq!(balance(ETHER, NOBODY), 3_000);
		assert_eq!(Assets::total_supply(ETH), before + 3_000);
		assert_eq!(Across::<Test>::get(CHAIN, ETH_TOKEN), 3_000);
		let credited = Event::DepositCredited { chain_id: CHAIN, nonce: 1, to: NOBODY, asset: ETHER, amount: 3_000 };
		assert_eq!(last_event(), credited);
		assert_noop!(claim(proof), Error::<Test>::AlreadyClaimed);
		// The same deposit under a later header is the same deposit.
		evm.mine(vec![]);
		let anchor = evm.align();
		accept(&evm, anchor);
		assert_noop!(claim(evm.proof(anchor, 1, 0, 0)), Error::<Test>::AlreadyClaimed);
		assert_eq!(balance(ETHER, NOBODY), 3_000);
	});
}

#[test]
fn native_money_should_come_back_out_of_what_was_locked() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		assert_ok!(Bridge::withdraw(signed(ALICE), CHAIN, NATIVE, H160([7; 20]), 4_000));
		run(6);
		let issuance = pallet_balances::TotalIssuance::<Test>::get();
		assert_ok!(claim(evm.happens(deposit_log(1, GPU_TOKEN, NOBODY, 1_500))));
		assert_eq!(balance(NATIVE, NOBODY), 1_500);
		assert_eq!(Across::<Test>::get(CHAIN, GPU_TOKEN), 2_500);
		assert_eq!(pallet_balances::TotalIssuance::<Test>::get(), issuance, "nothing is minted");
	});
}

#[test]
fn nonces_should_be_used_in_any_order() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		for nonce in [300, 1, 255, 256, u64::MAX, 0, 257] {
			assert!(!Bridge::is_used(CHAIN, nonce));
			assert_ok!(claim(evm.happens(deposit_log(nonce, ETH_TOKEN, ALICE, 10))));
			assert!(Bridge::is_used(CHAIN, nonce));
			run(1);
		}
		for nonce in [2, 254, 258, 299, 301, u64::MAX - 1] {
			assert!(!Bridge::is_used(CHAIN, nonce));
		}
		assert_eq!(balance(ETHER, ALICE), 70);
	});
}

#[test]
fn a_deposit_should_be_proven_below_its_anchor() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		evm.align();
		let number =
			evm.mine(vec![vec![], vec![deposit_log(1, ETH_TOKEN, ALICE, 50), deposit_log(2, ETH_TOKEN, BOB, 60)]]);
		let anchor = evm.align();
		accept(&evm, anchor);
		let proof = evm.proof(anchor, number, 1, 1);
		assert_eq!(proof.ancestors.len(), 4);

		let broken = |change: &dyn Fn(&mut EventProof)| {
			let mut proof = proof.clone();
			change(&mut proof);
			proof
		};
		let ancestors = |change: &dyn Fn(&mut Vec<_>)| {
			broken(&|proof| {
				let mut headers = proof.ancestors.to_vec();
				change(&mut headers);
				proof.ancestors = headers.try_into().unwrap();
			})
		};
		assert_noop!(claim(ancestors(&|headers| drop(headers.remove(0)))), Error::<Test>::BadAncestors);
		assert_noop!(claim(ancestors(&|headers| drop(headers.remove(1)))), Error::<Test>::BadAncestors);
		assert_noop!(claim(ancestors(&|headers| headers.swap(1, 2))), Error::<Test>::BadAncestors);
		assert_noop!(claim(ancestors(&|headers| headers[3][0] ^= 1)), Error::<Test>::BadAncestors);
		// One too few leads to another block, under which the receipt does not lie; so does none.
		assert_noop!(claim(ancestors(&|headers| drop(headers.pop()))), Error::<Test>::BadReceipt);
		assert_noop!(claim(ancestors(&|headers| headers.clear())), Error::<Test>::BadReceipt);
		assert_noop!(claim(broken(&|proof| proof.anchor = 4)), Error::<Test>::HeaderNotFound);
		assert_ok!(claim(proof.clone()));
		assert_eq!(balance(ETHER, BOB), 60);
		assert_ok!(claim(evm.proof(anchor, number, 1, 0)));
	});
}

#[test]
fn a_claim_should_be_refused_when_its_proof_is_forged() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		let proof = evm.happens(deposit_log(1, ETH_TOKEN, ALICE, 3_000));
		let broken = |change: &dyn Fn(&mut EventProof)| {
			let mut proof = proof.clone();
			change(&mut proof);
			proof
		};
		assert_noop!(claim(broken(&|proof| proof.tx_index = 1)), Error::<Test>::BadReceipt);
		assert_noop!(claim(broken(&|proof| proof.tx_index = u32::MAX)), Error::<Test>::BadReceipt);
		assert_noop!(claim(broken(&|proof| proof.log_index = 1)), Error::<Test>::NoSuchLog);
		assert_noop!(claim(broken(&|proof| proof.log_index = u32::MAX)), Error::<Test>::NoSuchLog);
		let forged = Receipt { succeeded: true, logs: vec![deposit_log(1, ETH_TOKEN, ALICE, 9_000)] }.encode(2);
		assert_noop!(
			claim(broken(&|proof| proof.receipt = forged.clone().try_into().unwrap())),
			Error::<Test>::BadReceipt
		);
		assert_noop!(claim(broken(&|proof| proof.receipt = Default::default())), Error::<Test>::BadReceipt);
		assert_noop!(claim(broken(&|proof| proof.nodes = Default::default())), Error::<Test>::BadReceipt);
		let large: BoundedVec<u8, _> = vec![0; 16_384].try_into().unwrap();
		assert_noop!(claim(broken(&|proof| proof.nodes[0] = large.clone())), Error::<Test>::ProofTooLarge);
		// Somebody's own trie, under no accepted header.
		let mut own = evm.fork(0);
		let number = own.mine(vec![vec![deposit_log(1, ETH_TOKEN, BOB, 9_000)]]);
		own.align();
		assert_noop!(claim(own.proof(4, number, 0, 0)), Error::<Test>::BadAncestors);
		assert_noop!(claim(own.proof(number, number, 0, 0)), Error::<Test>::HeaderNotFound);
		for byte in 0..proof.nodes[0].len() {
			assert_noop!(claim(broken(&|proof| proof.nodes[0][byte] ^= 1)), Error::<Test>::BadReceipt);
		}
		assert_ok!(claim(proof.clone()));
	});
}

#[test]
fn a_claim_should_be_refused_when_the_log_is_not_the_gateways() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		let deposit = deposit_log(1, ETH_TOKEN, ALICE, 3_000);
		let other = Log { address: [0xbb; 20], ..deposit.clone() };
		let proof = evm.happens(other);
		assert_noop!(claim(proof), Error::<Test>::WrongEvent);
		let mut similar = deposit.clone();
		similar.topics[0][31] ^= 1;
		let proof = evm.happens(similar);
		assert_noop!(claim(proof), Error::<Test>::WrongEvent);
		let mut longer = deposit.clone();
		longer.data.extend([0; 32]);
		let proof = evm.happens(longer);
		assert_noop!(claim(proof), Error::<Test>::WrongEvent);
		let proof = evm.happens(message_log(1, ALICE, b"x"));
		assert_noop!(claim(proof), Error::<Test>::WrongEvent);
		let failed = Receipt { succeeded: false, logs: vec![deposit] };
		let number = evm.mine_receipts(vec![failed]);
		let anchor = evm.align();
		accept(&evm, anchor);
		assert_noop!(claim(evm.proof(anchor, number, 0, 0)), Error::<Test>::NoLogs);
		assert!(!Bridge::is_used(CHAIN, 1));
	});
}

#[test]
fn a_claim_should_be_refused_when_it_is_for_another_chain() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		let proof = evm.happens(deposit_log(1, ETH_TOKEN, ALICE, 3_000));
		assert_noop!(Bridge::claim_deposit(signed(ALICE), 61, proof.clone()), Error::<Test>::ChainNotFound);
		assert_ok!(register(61));
		run(20);
		assert_ok!(Bridge::resume(root(), 61));
		// The header was accepted for one chain, not for the other.
		assert_noop!(Bridge::claim_deposit(signed(ALICE), 61, proof.clone()), Error::<Test>::HeaderNotFound);
		assert_ok!(Bridge::claim_deposit(signed(ALICE), CHAIN, proof));
	});
}

#[test]
fn a_deposit_should_wait_when_it_cannot_be_credited() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		let waiting = |nonce| {
			Bridge::suspended(CHAIN, None, 99)
				.items
				.into_iter()
				.find(|(key, _)| *key == CreditKey::Deposit(nonce))
				.map(|(_, credit)| credit.reason)
		};
		let retry = |nonce| Bridge::retry_credit(signed(BOB), CHAIN, CreditKey::Deposit(nonce));

		// No route yet.
		let token = H160([0x77; 20]);
		assert_ok!(claim(evm.happens(deposit_log(1, token, ALICE, 100))));
		assert_eq!(waiting(1), Some(Waiting::NoRoute));
		assert_eq!(
			last_event(),
			Event::DepositSuspended { chain_id: CHAIN, nonce: 1, to: ALICE, token, reason: Waiting::NoRoute }
		);
		assert_noop!(retry(1), Error::<Test>::NoRoute);

		// Too little, too much, more than can be counted.
		for (nonce, amount) in [(2, 9), (3, 10_001), (4, u128::MAX)] {
			assert_ok!(claim(evm.happens(deposit_log(nonce, ETH_TOKEN, ALICE, amount))));
			assert_eq!(waiting(nonce), Some(Waiting::BadAmount));
			assert_noop!(retry(nonce), Error::<Test>::AmountOutOfBounds);
		}
		let mut huge = deposit_log(5, ETH_TOKEN, ALICE, 100);
		huge.data[32] = 1;
		assert_ok!(claim(evm.happens(huge)));
		assert_eq!(waiting(5), Some(Waiting::BadAmount));

		// An account that cannot be.
		assert_ok!(Bridge::withdraw(signed(ALICE), CHAIN, NATIVE, H160([7; 20]), 1_000));
		run(6);
		let limits = Limits { min: 1, ..LIMITS };
		let route = Routes::<Test>::get(CHAIN, GPU_TOKEN).unwrap();
		assert_ok!(Bridge::set_route(root(), CHAIN, GPU_TOKEN, Some(Route { inbound: limits, ..route })));
		assert_ok!(claim(evm.happens(deposit_log(6, GPU_TOKEN, NOBODY, 5))));
		assert_eq!(waiting(6), Some(Waiting::CannotReceive));
		assert_noop!(retry(6), Error::<Test>::BadRecipient);
		assert_ok!(Balances::transfer_allow_death(signed(BOB), NOBODY, 100));
		assert_ok!(retry(6));
		assert_eq!(balance(NATIVE, NOBODY), 105);
		let key = CreditKey::Deposit(6);
		assert_eq!(last_event(), Event::CreditRetried { chain_id: CHAIN, key, to: NOBODY, asset: NATIVE, amount: 5 });
		assert_noop!(retry(6), Error::<Test>::CreditNotFound);
		assert_noop!(retry(99), Error::<Test>::CreditNotFound);
		assert_eq!(SuspendedCredits::<Test>::iter().count(), 5);
	});
}

#[test]
fn large_deposits_should_wait_and_then_arrive() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		let key = CreditKey::Deposit(1);
		// At the threshold it does not wait; above it does.
		assert_ok!(claim(evm.happens(deposit_log(2, ETH_TOKEN, BOB, 5_000))));
		assert_eq!(balance(ETHER, BOB), 5_000);
		assert_ok!(claim(evm.happens(deposit_log(1, ETH_TOKEN, ALICE, 5_001))));
		assert_eq!(SuspendedCredits::<Test>::get(CHAIN, key).unwrap().reason, Waiting::Delayed);
		assert_noop!(Bridge::retry_credit(signed(ALICE), CHAIN, key), Error::<Test>::StillDelayed);
		run(49);
		assert_noop!(Bridge::retry_credit(signed(ALICE), CHAIN, key), Error::<Test>::StillDelayed);
		run(1);
		assert_ok!(Bridge::retry_credit(signed(ALICE), CHAIN, key));
		assert_eq!(balance(ETHER, ALICE), 5_001);
	});
}

#[test]
fn the_bucket_should_bound_what_comes_at_once() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		for nonce in 1..=4 {
			assert_ok!(claim(evm.happens(deposit_log(nonce, ETH_TOKEN, ALICE, 5_000))));
		}
		assert_eq!(Bridge::available(CHAIN, ETH_TOKEN, Direction::Inbound), Some(0));
		assert_ok!(claim(evm.happens(deposit_log(5, ETH_TOKEN, ALICE, 10))));
		let key = CreditKey::Deposit(5);
		assert_eq!(SuspendedCredits::<Test>::get(CHAIN, key).unwrap().reason, Waiting::LimitReached);
		assert_noop!(Bridge::retry_credit(signed(ALICE), CHAIN, key), Error::<Test>::LimitReached);
		run(1);
		assert_eq!(Bridge::available(CHAIN, ETH_TOKEN, Direction::Inbound), Some(100));
		assert_ok!(Bridge::retry_credit(signed(ALICE), CHAIN, key));
		assert_eq!(balance(ETHER, ALICE), 20_010);
		run(1_000);
		assert_eq!(Bridge::available(CHAIN, ETH_TOKEN, Direction::Inbound), Some(20_000), "no more than its size");
	});
}

#[test]
fn the_cap_should_bound_what_is_minted() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		let route = Routes::<Test>::get(CHAIN, ETH_TOKEN).unwrap();
		assert_ok!(Bridge::set_route(root(), CHAIN, ETH_TOKEN, Some(Route { cap: 100, ..route.clone() })));
		assert_ok!(claim(evm.happens(deposit_log(1, ETH_TOKEN, ALICE, 100))));
		assert_ok!(claim(evm.happens(deposit_log(2, ETH_TOKEN, ALICE, 10))));
		let key = CreditKey::Deposit(2);
		assert_noop!(Bridge::retry_credit(signed(ALICE), CHAIN, key), Error::<Test>::CapReached);
		assert_ok!(Bridge::set_route(root(), CHAIN, ETH_TOKEN, Some(route)));
		assert_ok!(Bridge::retry_credit(signed(ALICE), CHAIN, key));
	});
}

#[test]
fn more_than_ever_left_should_stop_the_bridge() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		assert_ok!(Bridge::withdraw(signed(ALICE), CHAIN, NATIVE, H160([7; 20]), 1_000));
		run(6);
		assert_ok!(claim(evm.happens(deposit_log(1, GPU_TOKEN, BOB, 1_001))));
		assert_eq!(balance(NATIVE, BOB), ENDOWMENT);
		assert!(events().contains(&Event::ChainPaused { chain_id: CHAIN, cause: PauseCause::MoreCameThanLeft }));
		assert_noop!(Bridge::retry_credit(signed(BOB), CHAIN, CreditKey::Deposit(1)), Error::<Test>::ChainPaused);
	});
}

#[test]
fn what_waits_should_not_come_back() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		let bridge = balance(NATIVE, Bridge::account_id());
		// Other people's fees are in the account, and what waits is on its owner's: neither is for a gateway that lies.
		for _ in 0..3 {
			assert_ok!(Bridge::withdraw(signed(ALICE), CHAIN, NATIVE, H160([7; 20]), 100));
		}
		assert_ok!(claim(evm.happens(deposit_log(1, GPU_TOKEN, BOB, 100))));
		assert_eq!(balance(NATIVE, BOB), ENDOWMENT);
		assert_eq!(balance(NATIVE, Bridge::account_id()), bridge + 300);
		assert!(events().contains(&Event::ChainPaused { chain_id: CHAIN, cause: PauseCause::MoreCameThanLeft }));
	});
}

#[test]
fn a_deposit_that_a_reorganisation_took_back_should_be_refused() {
	build_and_execute(|| {
		let mut gone = Evm::new();
		gone.mine(vec![]);
		let mut stays = gone.fork(1);
		let number = gone.mine(vec![vec![deposit_log(1, ETH_TOKEN, ALICE, 3_000)]]);
		gone.align();
		stays.align();
		accept(&stays, 4);
		assert_noop!(claim(gone.proof(4, number, 0, 0)), Error::<Test>::BadAncestors);
		// Should all nodes come back to the other branch above what was accepted, its deposits count, and once.
		gone.mine(vec![]);
		let anchor = gone.align();
		accept(&gone, anchor);
		assert_ok!(claim(gone.proof(anchor, number, 0, 0)));
		assert_eq!(balance(ETHER, ALICE), 3_000);
		assert_noop!(claim(gone.proof(anchor, number, 0, 0)), Error::<Test>::AlreadyClaimed);
	});
}

#[test]
fn ten_thousand_mutated_claims_should_be_refused() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		evm.align();
		let strangers = Log { address: [0xbb; 20], topics: vec![[1; 32]], data: vec![7; 100] };
		let logs = vec![strangers.clone(), deposit_log(1, ETH_TOKEN, ALICE, 3_000), strangers];
		let number = evm.mine(vec![vec![], logs, vec![]]);
		let anchor = evm.align();
		accept(&evm, anchor);
		let good = evm.proof(anchor, number, 1, 1);
		let mut state = 1u64;
		let mut below = |bound: usize| {
			// Steele and Vigna's SplitMix64.
			state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
			let mut z = state;
			z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
			z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
			((z ^ (z >> 31)) % bound as u64) as usize
		};
		let bytes = |bytes: &mut Vec<u8>, below: &mut dyn FnMut(usize) -> usize| {
			let at = below(bytes.len());
			match below(4) {
				0 => bytes[at] ^= 1 << below(8),
				1 => _ = bytes.remove(at),
				2 => bytes.insert(at, below(256) as u8),
				_ => bytes.truncate(at),
			}
		};
		let root = || sp_io::storage::root(sp_core::storage::StateVersion::V1);
		let before = root();
		let mut tried = 0;
		while tried < 10_000 {
			let mut proof = good.clone();
			match below(7) {
				0 => proof.tx_index = [0, 2, 3, u32::MAX, below(1 << 20) as u32][below(5)],
				1 => proof.log_index = [0, 2, 3, u32::MAX, below(1 << 20) as u32][below(5)],
				2 => proof.anchor = [0, 4, anchor + 4, u64::MAX, below(1 << 20) as u64][below(5)],
				3 => {
					let mut receipt = proof.receipt.to_vec();
					bytes(&mut receipt, &mut below);
					proof.receipt = receipt.try_into().unwrap();
				}
				4 => {
					let mut nodes = proof.nodes.to_vec();
					let at = below(nodes.len());
					match below(4) {
						0 => drop(nodes.remove(at)),
						1 => nodes.push(nodes[at].clone()),
						2 => nodes.reverse(),
						_ => {
							let mut node = nodes[at].to_vec();
							bytes(&mut node, &mut below);
							nodes[at] = node.try_into().unwrap();
						}
					}
					proof.nodes = nodes.try_into().unwrap();
				}
				_ => {
					let mut headers = proof.ancestors.to_vec();
					let at = below(headers.len());
					match below(5) {
						0 => drop(headers.remove(at)),
						1 => headers.push(headers[at].clone()),
						2 => headers.swap(0, at),
						_ => {
							let mut header = headers[at].to_vec();
							bytes(&mut header, &mut below);
							headers[at] = header.try_into().unwrap();
						}
					}
					proof.ancestors = headers.try_into().unwrap();
				}
			}
			if proof == good {
				continue;
			}
			tried += 1;
			assert!(claim(proof).is_err(), "mutation {tried}");
		}
		assert_eq!(root(), before, "nothing is left of them");
		assert_ok!(claim(good));
	});
}

#[test]
fn a_deposit_for_nobody_should_be_refused() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		let mut log = deposit_log(1, ETH_TOKEN, ALICE, 100);
		log.data[..32].fill(0);
		let proof = evm.happens(log);
		assert_noop!(claim(proof), Error::<Test>::BadRecipient);
		// Accounts of this test have 8 bytes: what has more is none of them.
		let mut log = deposit_log(1, ETH_TOKEN, ALICE, 100);
		log.data[31] = 1;
		let proof = evm.happens(log);
		assert_noop!(claim(proof), Error::<Test>::BadRecipient);
	});
}

#[test]
fn messages_should_be_told_once() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		let proof = evm.happens(message_log(1, ALICE, b"start"));
		let info = Bridge::receive_message(signed(BOB), CHAIN, proof.clone()).unwrap();
		assert_eq!(info.pays_fee, Pays::No);
		let (sender, target) = (H160([5; 20]), word(ALICE).into());
		assert_eq!(heard(), vec![(CHAIN, sender, target, b"start".to_vec())]);
		assert_noop!(Bridge::receive_message(signed(BOB), CHAIN, proof), Error::<Test>::AlreadyClaimed);
		// Deposits and messages share the count.
		let deposit = evm.happens(deposit_log(1, ETH_TOKEN, ALICE, 100));
		assert_noop!(claim(deposit.clone()), Error::<Test>::AlreadyClaimed);
		assert_noop!(Bridge::receive_message(signed(BOB), CHAIN, deposit), Error::<Test>::WrongEvent);

		// A listener that fails does not make it come again.
		let proof = evm.happens(message_log(2, ALICE, b"fail"));
		assert_ok!(Bridge::receive_message(signed(BOB), CHAIN, proof.clone()));
		let result = Err(DispatchError::Unavailable);
		assert_eq!(
			last_event(),
			Event::MessageReceived { chain_id: CHAIN, nonce: 2, sender, target, payload: b"fail".to_vec(), result }
		);
		assert_noop!(Bridge::receive_message(signed(BOB), CHAIN, proof), Error::<Test>::AlreadyClaimed);
		assert_eq!(heard().len(), 1);

		let long = evm.happens(message_log(3, ALICE, &[7; 4_096]));
		assert_ok!(Bridge::receive_message(signed(BOB), CHAIN, long));
		assert_eq!(heard()[1].3.len(), 4_096);
	});
}

#[test]
fn a_pause_should_stop_what_comes_in() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		let deposit = evm.happens(deposit_log(1, ETH_TOKEN, ALICE, 100));
		let message = evm.happens(message_log(2, ALICE, b"x"));
		assert_ok!(claim(evm.happens(deposit_log(3, H160([1; 20]), ALICE, 100))));
		assert_ok!(Bridge::pause(signed(GUARDIAN), CHAIN));
		assert_noop!(claim(deposit.clone()), Error::<Test>::ChainPaused);
		assert_noop!(Bridge::receive_message(signed(BOB), CHAIN, message.clone()), Error::<Test>::ChainPaused);
		assert_noop!(Bridge::retry_credit(signed(BOB), CHAIN, CreditKey::Deposit(3)), Error::<Test>::ChainPaused);
		resume();
		assert_ok!(claim(deposit));
		assert_ok!(Bridge::receive_message(signed(BOB), CHAIN, message));
	});
}

#[test]
fn only_signed_transactions_should_prove() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		let proof = evm.happens(deposit_log(1, ETH_TOKEN, ALICE, 100));
		let bad = DispatchError::BadOrigin;
		assert_noop!(Bridge::claim_deposit(RuntimeOrigin::none(), CHAIN, proof.clone()), bad);
		assert_noop!(Bridge::receive_message(RuntimeOrigin::none(), CHAIN, proof.clone()), bad);
		assert_noop!(Bridge::confirm_item(RuntimeOrigin::none(), CHAIN, proof.clone()), bad);
		assert_noop!(Bridge::confirm_set(RuntimeOrigin::none(), CHAIN, proof), bad);
		assert_noop!(Bridge::retry_credit(RuntimeOrigin::none(), CHAIN, CreditKey::Deposit(1)), bad);
	});
}
