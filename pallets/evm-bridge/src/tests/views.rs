//! What clients read.

use crate::{mock::*, types::*};
use frame_support::assert_ok;
use sp_core::H160;

#[test]
fn pages_should_be_whole() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		for _ in 0..5 {
			assert_ok!(Bridge::withdraw(signed(ALICE), CHAIN, NATIVE, H160([7; 20]), 10));
		}
		let first = Bridge::withdrawals(CHAIN, None, 3);
		let rest = Bridge::withdrawals(CHAIN, first.next, 3);
		assert_eq!((first.items.len(), rest.items.len(), rest.next), (3, 2, None));
		for _ in 0..3 {
			assert_ok!(Bridge::send_message(signed(ALICE), CHAIN, H160([7; 20]), 1, Default::default()));
		}
		let first = Bridge::outbox(CHAIN, None, 2);
		assert_eq!(Bridge::outbox(CHAIN, first.next, 2).items.len(), 1);
		for nonce in 1..=3 {
			let proof = evm.happens(deposit_log(nonce, H160([1; 20]), ALICE, 10));
			assert_ok!(Bridge::claim_deposit(signed(ALICE), CHAIN, proof));
		}
		let first = Bridge::suspended(CHAIN, None, 2);
		assert_eq!(Bridge::suspended(CHAIN, first.next, 2).items.len(), 1);
		let first = Bridge::routes(CHAIN, None, 1);
		assert_eq!(Bridge::routes(CHAIN, first.next, 1).items.len(), 1);
		assert_eq!(Bridge::chains().len(), 1);
		assert_eq!(Bridge::chains()[0].2, None);
		assert_eq!(Bridge::header(CHAIN, 4).map(|header| header.timestamp), Some(START + 48));
		assert_eq!(Bridge::word_of_account(&ALICE).0, word(ALICE));
	});
}

#[test]
fn relayers_should_find_everything_they_need() {
	build_and_execute(|| {
		assert_ok!(Bridge::send_message(signed(ALICE), CHAIN, H160([7; 20]), 1, Default::default()));
		for validator in 0..3 {
			assert_ok!(co_sign(validator, Subject::Item(1)));
		}
		let rotation = Bridge::rotation(CHAIN).unwrap();
		let set = Bridge::gateway_set(CHAIN, rotation.current).unwrap();
		let payload = Bridge::payload(CHAIN, Subject::Item(1)).unwrap();
		let digest = payload.digest(&Bridge::chains()[0].1.domain(CHAIN), rotation.current);
		let signatures = Bridge::signatures(CHAIN, Subject::Item(1));
		for (index, signature) in &signatures.signed {
			assert_eq!(signer(signature, &digest), Some(set.members[usize::from(*index)].address));
		}
		assert!(is_quorum(signatures.power, total_power(&set.members)));
		assert_eq!(Bridge::payload(CHAIN, Subject::Item(9)), None);
		assert_eq!(Bridge::payload(CHAIN, Subject::Set(9)), None);
	});
}
