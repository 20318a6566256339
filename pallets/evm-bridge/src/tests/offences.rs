//! What validators must not do.

use crate::{mock::*, types::*, Authorities, Error, Event, Offence, Recorded};
use frame_support::{assert_noop, assert_ok, dispatch::Pays, BoundedVec};
use sp_core::{H160, H256};
use sp_runtime::DispatchError;

fn evm() -> Evm {
	let mut evm = Evm::new();
	evm.align();
	evm
}

fn report_votes(
	first: (HeaderVote, MemberIndex, Signature),
	second: (HeaderVote, MemberIndex, Signature),
) -> frame_support::dispatch::DispatchResultWithPostInfo {
	Bridge::report_conflicting_votes(signed(BOB), first, second)
}

#[test]
fn two_headers_at_one_height_should_be_an_offence() {
	build_and_execute(|| {
		let vote = vote_for(&evm().header(4));
		let other = HeaderVote { block_hash: H256([1; 32]), ..vote };
		let info = report_votes(signed_vote(0, vote), signed_vote(0, other)).unwrap();
		assert_eq!(info.pays_fee, Pays::No);
		let at = (u128::from(CHAIN) << 64) + 4;
		assert_eq!(reported(), vec![(Offence::ConflictingVotes, 7, at, vec![VALIDATOR], Some(BOB))]);
		assert_eq!(last_event(), Event::OffenceReported { offence: Offence::ConflictingVotes, validator: VALIDATOR });
		let again = report_votes(signed_vote(0, other), signed_vote(0, vote));
		assert_noop!(again, Error::<Test>::AlreadyReported);
	});
}

#[test]
fn the_offence_should_be_told_across_sets() {
	build_and_execute(|| {
		let vote = vote_for(&evm().header(4));
		let first = signed_vote(1, vote);
		start_session(&[1, 2, 3, 4]);
		let other = HeaderVote { set_id: 2, receipts_root: H256([1; 32]), ..vote };
		assert_ok!(report_votes(first, signed_vote(1, other)));
		// The same header in both sets is none.
		let same = HeaderVote { set_id: 2, ..vote };
		assert_noop!(report_votes(first, signed_vote(1, same)), Error::<Test>::NoConflict);
	});
}

#[test]
fn an_honest_validator_should_not_be_reported() {
	build_and_execute(|| {
		let vote = vote_for(&evm().header(4));
		let other = HeaderVote { block_hash: H256([1; 32]), ..vote };
		let good = signed_vote(0, vote);
		assert_noop!(report_votes(good, good), Error::<Test>::NoConflict);
		let higher = signed_vote(0, HeaderVote { number: 8, ..other });
		assert_noop!(report_votes(good, higher), Error::<Test>::NoConflict);
		assert_noop!(report_votes(good, signed_vote(1, other)), Error::<Test>::NoConflict);
		// Another's signature under its name.
		let (_, place, _) = good;
		let (_, _, forged) = signed_vote(1, other);
		assert_noop!(report_votes(good, (other, place, forged)), Error::<Test>::BadSignature);
		assert_noop!(report_votes(good, (other, 9, forged)), Error::<Test>::NoSuchMember);
		let unknown = HeaderVote { set_id: 9, ..other };
		assert_noop!(report_votes(good, (unknown, place, forged)), Error::<Test>::SetNotFound);
		let elsewhere = |vote: HeaderVote| (HeaderVote { chain_id: 9, ..vote }, place, forged);
		assert_noop!(report_votes(elsewhere(vote), elsewhere(other)), Error::<Test>::ChainNotFound);
		assert_noop!(Bridge::report_conflicting_votes(RuntimeOrigin::none(), good, good), DispatchError::BadOrigin);
		assert!(reported().is_empty());
	});
}

/// A validator's signature for the gateway over whatever, as a report.
fn report(validator: u8, payload: Payload) -> frame_support::dispatch::DispatchResultWithPostInfo {
	let domain = Bridge::chain(CHAIN).unwrap().domain(CHAIN);
	let members = Bridge::gateway_set(CHAIN, 1).unwrap().members;
	let signature = sign_digest(validator, &payload.digest(&domain, 1));
	let index = index_in(&members, validator);
	Bridge::report_unknown_signature(signed(BOB), CHAIN, 1, index, Box::new(payload), signature)
}

fn batch(nonce: Nonce) -> Payload {
	let transfers: BoundedVec<_, _> =
		vec![PayloadTransfer { token: ETH_TOKEN, to: H160([6; 20]), amount: 1 << 90 }].try_into().unwrap();
	Payload::Batch { nonce, deadline: START + 99, transfers }
}

#[test]
fn signing_what_was_never_recorded_should_be_the_gravest_offence() {
	build_and_execute(|| {
		assert_ok!(Bridge::send_message(signed(ALICE), CHAIN, H160([7; 20]), 1, Default::default()));
		// Of a nonce that there is not yet, of none, and of one that said something else.
		for (validator, nonce) in [(0, 2), (1, 0), (2, 1), (3, u64::MAX)] {
			let info = report(validator, batch(nonce)).unwrap();
			assert_eq!(info.pays_fee, Pays::No);
			let at = (u128::from(CHAIN) << 64) + u128::from(nonce);
			let offender = VALIDATOR + u64::from(validator);
			assert_eq!(reported().last(), Some(&(Offence::UnknownSignature, 7, at, vec![offender], Some(BOB))));
		}
		assert_noop!(report(0, batch(2)), Error::<Test>::AlreadyReported);
		// It is charged to the last session in which the set ran here, as long as that is known.
		Authorities::<Test>::mutate(1, |set| set.as_mut().unwrap().session = 9);
		assert_ok!(report(3, batch(5)));
		assert_eq!(reported().last().unwrap().1, 9);
		Authorities::<Test>::mutate(1, |set| set.as_mut().unwrap().session = 7);
		// A set of its own making, whether or not one is pending.
		let own = Payload::Set { set_id: 2, members: H256([1; 32]), active_until: START };
		assert_ok!(report(0, own.clone()));
		start_session(&[1, 2, 3, 4]);
		run(1);
		assert_ok!(report(1, own));
	});
}

#[test]
fn signing_what_was_recorded_should_be_no_offence() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		assert_ok!(Bridge::send_message(signed(ALICE), CHAIN, H160([7; 20]), 1, Default::default()));
		let message = Bridge::payload(CHAIN, Subject::Item(1)).unwrap();
		assert_noop!(report(0, message.clone()), Error::<Test>::WasRecorded);
		// Nor when it is done.
		let proof = evm.happens(delivered_log(1, content(1, 1), [0; 32]));
		assert_ok!(Bridge::confirm_item(signed(BOB), CHAIN, proof));
		assert_noop!(report(0, message), Error::<Test>::WasRecorded);
		start_session(&[0, 1, 2, 4]);
		run(1);
		let set = Bridge::payload(CHAIN, Subject::Set(2)).unwrap();
		assert_noop!(report(0, set.clone()), Error::<Test>::WasRecorded);
		assert_noop!(report(0, Bridge::payload(CHAIN, Subject::Set(1)).unwrap()), Error::<Test>::WasRecorded);
		// Nor when another took its place.
		pass(1_003_601);
		run(1);
		assert_ne!(Bridge::payload(CHAIN, Subject::Set(2)), Some(set.clone()));
		assert_noop!(report(0, set), Error::<Test>::WasRecorded);
		// What is too old to tell is not held against anybody.
		Recorded::<Test>::remove(CHAIN, 1);
		assert_noop!(report(0, batch(1)), Error::<Test>::TooOld);
		let old = Payload::Set { set_id: 0, members: H256([1; 32]), active_until: START };
		assert_noop!(report(0, old), Error::<Test>::TooOld);
		assert!(reported().is_empty());
	});
}

#[test]
fn a_report_should_be_refused_when_the_signature_is_not_the_members() {
	build_and_execute(|| {
		let domain = Bridge::chain(CHAIN).unwrap().domain(CHAIN);
		let digest = batch(9).digest(&domain, 1);
		let signature = sign_digest(0, &digest);
		let report = |chain_id, set_id, index, signature| {
			Bridge::report_unknown_signature(signed(BOB), chain_id, set_id, index, Box::new(batch(9)), signature)
		};
		assert_noop!(report(CHAIN, 1, index(1), signature), Error::<Test>::BadSignature);
		assert_noop!(report(CHAIN, 1, 9, signature), Error::<Test>::NoSuchMember);
		assert_noop!(report(CHAIN, 2, index(0), signature), Error::<Test>::SetNotFound);
		assert_noop!(report(9, 1, index(0), signature), Error::<Test>::ChainNotFound);
		// For another gateway.
		let elsewhere = sign_digest(0, &batch(9).digest(&Bridge::chain(CHAIN).unwrap().domain(61), 1));
		assert_noop!(report(CHAIN, 1, index(0), elsewhere), Error::<Test>::BadSignature);
		let mut high = signature;
		high[32] |= 0x80;
		assert_noop!(report(CHAIN, 1, index(0), high), Error::<Test>::BadSignature);
		let unsigned =
			Bridge::report_unknown_signature(RuntimeOrigin::none(), CHAIN, 1, index(0), Box::new(batch(9)), signature);
		assert_noop!(unsigned, DispatchError::BadOrigin);
	});
}
