//! Votes on headers.

use crate::{mock::*, types::*, Ballots, Call, Error, Event, Headers};
use frame_support::{assert_noop, assert_ok, BoundedVec};
use sp_core::H256;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

fn evm() -> Evm {
	let mut evm = Evm::new();
	evm.align();
	evm
}

fn refused(call: Call<Test>) -> InvalidTransaction {
	match submit(call) {
		Err(TransactionValidityError::Invalid(why)) => why,
		other => panic!("it was not refused as invalid: {other:?}"),
	}
}

fn refused_vote(validator: u8, vote: HeaderVote) -> InvalidTransaction {
	let (vote, index, signature) = signed_vote(validator, vote);
	refused(Call::vote_header { vote, index, signature })
}

#[test]
fn a_header_should_be_accepted_above_two_thirds() {
	build_and_execute(|| {
		let evm = evm();
		let vote = vote_for(&evm.header(4));
		for validator in 0..2 {
			assert_ok!(cast(validator, vote));
			assert_eq!(Bridge::header(CHAIN, 4), None, "under quorum");
		}
		assert_ok!(cast(2, vote));
		let header = Bridge::header(CHAIN, 4).unwrap();
		assert_eq!(header.block_hash, vote.block_hash);
		assert_eq!(header.receipts_root, vote.receipts_root);
		assert_eq!(last_event(), Event::HeaderAccepted { chain_id: CHAIN, number: 4, block_hash: vote.block_hash });
		// The last one counts for its giver, and changes nothing.
		assert_ok!(cast(3, vote));
		assert_eq!(Bridge::header(CHAIN, 4), Some(header));
	});
}

#[test]
fn a_vote_should_be_refused_when_it_is_repeated() {
	build_and_execute(|| {
		let vote = vote_for(&evm().header(4));
		assert_ok!(cast(0, vote));
		assert_eq!(refused_vote(0, vote), InvalidTransaction::Stale);
		let origin = frame_system::RawOrigin::Authorized;
		assert_noop!(Bridge::vote_header(origin.into(), vote, index(0), [0; 65]), Error::<Test>::AlreadyVoted);
		// A duplicate signer does not make a quorum, whatever it varies.
		let other = HeaderVote { timestamp: 1, ..vote };
		assert_eq!(refused_vote(0, other), InvalidTransaction::Stale);
		assert_ok!(cast(1, vote));
		assert_eq!(Bridge::header(CHAIN, 4), None);
	});
}

#[test]
fn a_vote_should_be_refused_when_its_set_is_not_the_running_one() {
	build_and_execute(|| {
		let vote = vote_for(&evm().header(4));
		let (old, place, signature) = signed_vote(0, vote);
		start_session(&[1, 2, 3, 4]);
		assert_eq!(
			refused(Call::vote_header { vote: old, index: place, signature }),
			InvalidTransaction::Call,
			"the old set"
		);
		let future = HeaderVote { set_id: 3, ..vote };
		let (future, place, signature) = signed_vote(1, future);
		assert_eq!(refused(Call::vote_header { vote: future, index: place, signature }), InvalidTransaction::Call);
		let origin = || frame_system::RawOrigin::Authorized.into();
		assert_noop!(Bridge::vote_header(origin(), vote, 0, [0; 65]), Error::<Test>::WrongSet);
		let none = HeaderVote { set_id: 0, ..vote };
		assert_noop!(Bridge::vote_header(origin(), none, 0, [0; 65]), Error::<Test>::WrongSet);
	});
}

#[test]
fn votes_of_an_old_set_should_not_count_in_the_next() {
	build_and_execute(|| {
		let evm = evm();
		for validator in 0..2 {
			assert_ok!(cast(validator, vote_for(&evm.header(4))));
		}
		start_session(&[0, 1, 2, 4]);
		assert_ok!(cast(2, vote_for(&evm.header(4))));
		assert_eq!(Bridge::header(CHAIN, 4), None);
		for validator in [0, 1] {
			assert_ok!(cast(validator, vote_for(&evm.header(4))));
		}
		assert!(Bridge::header(CHAIN, 4).is_some());
	});
}

#[test]
fn a_vote_should_be_refused_when_its_signature_is_not_the_members() {
	build_and_execute(|| {
		let vote = vote_for(&evm().header(4));
		let (_, place, signature) = signed_vote(0, vote);
		let bad = |index, signature| refused(Call::vote_header { vote, index, signature });
		assert_eq!(bad(index(1), signature), InvalidTransaction::BadProof, "somebody else's");
		assert_eq!(bad(99, signature), InvalidTransaction::Call, "nobody's");
		let (_, _, other) = signed_vote(0, HeaderVote { number: 8, ..vote });
		assert_eq!(bad(place, other), InvalidTransaction::BadProof, "for another header");
		assert_eq!(bad(place, [0; 65]), InvalidTransaction::BadProof);

		// The other value of s, which recovers the same key and no contract takes.
		let order = primitive("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
		let mut high = signature;
		let s = subtract(order, signature[32..64].try_into().unwrap());
		high[32..64].copy_from_slice(&s);
		high[64] ^= 1;
		let recovered = |signature: &Signature| {
			let chain = Bridge::chain(CHAIN).unwrap();
			sp_io::crypto::secp256k1_ecdsa_recover(signature, &Bridge::vote_digest(&vote, &chain).0).ok()
		};
		assert_eq!(recovered(&high), recovered(&signature), "the host takes it");
		assert_eq!(bad(place, high), InvalidTransaction::BadProof, "high s");
		let mut solidity = signature;
		solidity[64] += 27;
		assert_eq!(bad(place, solidity), InvalidTransaction::BadProof, "another form of v");
		assert_eq!(Ballots::<Test>::get(CHAIN), Ballot::default());
		assert_ok!(cast(0, vote));
	});
}

fn primitive(hex: &str) -> [u8; 32] {
	gpu_chain_evm_client::hex::array(&format!("0x{hex}")).unwrap()
}

/// `a - b` of big-endian numbers.
fn subtract(a: [u8; 32], b: [u8; 32]) -> [u8; 32] {
	let (mut result, mut borrow) = ([0u8; 32], 0i16);
	for i in (0..32).rev() {
		let digit = i16::from(a[i]) - i16::from(b[i]) - borrow;
		borrow = i16::from(digit < 0);
		result[i] = digit.rem_euclid(256) as u8;
	}
	result
}

#[test]
fn a_vote_should_be_refused_when_it_names_nothing() {
	build_and_execute(|| {
		let vote = vote_for(&evm().header(4));
		let origin = || frame_system::RawOrigin::Authorized.into();
		for bad in [HeaderVote { block_hash: H256::zero(), ..vote }, HeaderVote { receipts_root: H256::zero(), ..vote }]
		{
			assert_eq!(refused_vote(0, bad), InvalidTransaction::Call);
			assert_noop!(Bridge::vote_header(origin(), bad, index(0), [0; 65]), Error::<Test>::ZeroHash);
		}
		for number in [0, 1, 5, u64::MAX] {
			let bad = HeaderVote { number, ..vote };
			assert_eq!(refused_vote(0, bad), InvalidTransaction::Stale);
			assert_noop!(Bridge::vote_header(origin(), bad, index(0), [0; 65]), Error::<Test>::BadHeight);
		}
		let unknown = HeaderVote { chain_id: 99, ..vote };
		assert_noop!(Bridge::vote_header(origin(), unknown, 0, [0; 65]), Error::<Test>::ChainNotFound);
		assert_noop!(Bridge::vote_header(origin(), vote, 4, [0; 65]), Error::<Test>::NoSuchMember);
	});
}

#[test]
fn only_authorized_transactions_should_vote() {
	build_and_execute(|| {
		let (vote, index, signature) = signed_vote(0, vote_for(&evm().header(4)));
		for origin in [signed(VALIDATOR), root(), RuntimeOrigin::none()] {
			assert_noop!(Bridge::vote_header(origin, vote, index, signature), sp_runtime::DispatchError::BadOrigin);
		}
	});
}

#[test]
fn heights_should_only_rise() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		for _ in 0..12 {
			evm.mine(vec![]);
		}
		accept(&evm, 8);
		assert_eq!(refused_vote(3, vote_for(&evm.header(4))), InvalidTransaction::Stale);
		// Late for the last one, with the same content, and then no second time.
		let other = HeaderVote { timestamp: 1, ..vote_for(&evm.header(8)) };
		assert_eq!(refused_vote(3, other), InvalidTransaction::Stale);
		assert_ok!(cast(3, vote_for(&evm.header(8))));
		assert_eq!(refused_vote(3, vote_for(&evm.header(8))), InvalidTransaction::Stale);
		accept(&evm, 12);
	});
}

#[test]
fn a_reorganisation_should_split_votes_and_never_take_a_header_back() {
	build_and_execute(|| {
		let evm = evm();
		let mut fork = evm.fork(2);
		fork.align();
		assert_ne!(evm.header(4).hash, fork.header(4).hash);
		// Not final yet: validators see different branches, and neither has a quorum.
		assert_ok!(cast(0, vote_for(&evm.header(4))));
		assert_ok!(cast(1, vote_for(&evm.header(4))));
		assert_ok!(cast(2, vote_for(&fork.header(4))));
		assert_ok!(cast(3, vote_for(&fork.header(4))));
		assert_eq!(Bridge::header(CHAIN, 4), None);
		// They meet on the branch that stays, at the next height.
		fork.mine(vec![]);
		fork.align();
		accept(&fork, 8);
		assert_eq!(Bridge::header(CHAIN, 8).unwrap().block_hash.0, fork.header(8).hash);
		// Whatever comes later: what was accepted stays.
		let mut other = evm.clone();
		other.mine(vec![]);
		other.align();
		assert_eq!(refused_vote(3, vote_for(&other.header(8))), InvalidTransaction::Stale);
		assert_eq!(Bridge::header(CHAIN, 8).unwrap().block_hash.0, fork.header(8).hash);
	});
}

#[test]
fn headers_should_be_forgotten_beyond_the_retention() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		for _ in 0..60 {
			evm.mine(vec![]);
		}
		for number in 1..=15 {
			accept(&evm, 4 * number);
		}
		assert_eq!(Headers::<Test>::iter().count(), 10);
		assert_eq!(Bridge::header(CHAIN, 20), None);
		assert_eq!(Bridge::header_range(CHAIN), Some(HeaderRange { oldest: 24, newest: 60, count: 10 }));
		// Fewer are to be kept: two go for each that comes.
		HeaderRetention::set(0);
		evm.mine(vec![]);
		evm.align();
		accept(&evm, 64);
		assert_eq!(Bridge::header_range(CHAIN).unwrap().count, 9);
	});
}

/// Raw headers from one down to another.
fn headers(evm: &Evm, from: u64, to: u64) -> Box<Ancestors> {
	let raw = (to..=from).rev().map(|number| BoundedVec::truncate_from(evm.raw(number)));
	Box::new(BoundedVec::truncate_from(raw.collect()))
}

#[test]
fn headers_below_an_accepted_one_should_be_proven() {
	build_and_execute(|| {
		HeaderRetention::set(5);
		let mut evm = Evm::new();
		let deposit = evm.mine(vec![vec![deposit_log(1, ETH_TOKEN, ALICE, 3_000)]]);
		for _ in 0..299 {
			evm.mine(vec![]);
		}
		accept(&evm, 200);
		accept(&evm, 300);
		let prove =
			|from, previous, to| Bridge::prove_header(signed(BOB), CHAIN, from, previous, headers(&evm, from, to));
		// Between the two: 237 to 299 are within a proof's reach, and of them every fourth may be named.
		let info = prove(300, Some(200), 240).unwrap();
		assert_eq!(info.pays_fee, frame_support::dispatch::Pays::No);
		let hash = evm.header(240).hash.into();
		assert_eq!(last_event(), Event::HeaderProven { chain_id: CHAIN, number: 240, block_hash: hash });
		assert_noop!(prove(300, Some(200), 240), Error::<Test>::BadHeight);
		assert_noop!(prove(300, Some(240), 240), Error::<Test>::BadHeight);
		assert_noop!(prove(300, Some(240), 239), Error::<Test>::BadHeight);
		assert_noop!(prove(300, Some(240), 238), Error::<Test>::BadHeight);
		assert_noop!(prove(300, Some(240), 300), Error::<Test>::BadHeight);
		assert_noop!(prove(300, None, 244), Error::<Test>::BadHeight);
		assert_noop!(prove(300, Some(7), 244), Error::<Test>::BadHeight);
		assert_noop!(prove(240, Some(240), 204), Error::<Test>::BadHeight);
		assert_noop!(prove(296, Some(240), 244), Error::<Test>::HeaderNotFound);
		// Below the oldest, down to the deposit that was too deep for any proof.
		assert_eq!(prove(200, None, 140).unwrap().pays_fee, frame_support::dispatch::Pays::Yes);
		assert_ok!(prove(140, None, 80));
		assert_eq!(Bridge::header_range(CHAIN), Some(HeaderRange { oldest: 80, newest: 300, count: 5 }));
		assert_noop!(prove(80, None, 20), Error::<Test>::BadHeight);
		HeaderRetention::set(6);
		assert_ok!(prove(80, None, 20));
		assert_ok!(Bridge::claim_deposit(signed(BOB), CHAIN, evm.proof(20, deposit, 0, 0)));
		assert_ok!(Bridge::do_try_state());
		// One more in between: the oldest goes.
		assert_ok!(prove(300, Some(240), 260));
		assert_eq!(Bridge::header_range(CHAIN), Some(HeaderRange { oldest: 80, newest: 300, count: 6 }));
	});
}

#[test]
fn a_header_should_be_refused_when_it_is_not_below_an_accepted_one() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		for _ in 0..12 {
			evm.mine(vec![]);
		}
		let mut fork = evm.fork(0);
		for _ in 0..12 {
			fork.mine(vec![]);
		}
		accept(&evm, 12);
		let prove = |ancestors| Bridge::prove_header(signed(BOB), CHAIN, 12, None, ancestors);
		assert_noop!(prove(headers(&fork, 12, 8)), Error::<Test>::BadAncestors);
		assert_noop!(prove(headers(&evm, 11, 8)), Error::<Test>::BadAncestors);
		assert_noop!(prove(Default::default()), Error::<Test>::BadAncestors);
		let mut broken = headers(&evm, 12, 8);
		broken[2][9] ^= 1;
		assert_noop!(prove(broken), Error::<Test>::BadAncestors);
		let good = || headers(&evm, 12, 8);
		assert_noop!(Bridge::prove_header(signed(BOB), 9, 12, None, good()), Error::<Test>::ChainNotFound);
		let none = Bridge::prove_header(RuntimeOrigin::none(), CHAIN, 12, None, good());
		assert_noop!(none, sp_runtime::DispatchError::BadOrigin);
		assert_ok!(Bridge::pause(signed(GUARDIAN), CHAIN));
		assert_noop!(prove(good()), Error::<Test>::ChainPaused);
		resume();
		assert_ok!(prove(good()));
	});
	build_and_execute(|| {
		// A block whose root of receipts is zero proves nothing, whoever made it.
		let zero = gpu_chain_evm_client::header::Header {
			hash: [0; 32],
			parent_hash: [1; 32],
			receipts_root: [0; 32],
			number: 8,
			timestamp: 1,
		};
		let raw = zero.encode();
		let hash = gpu_chain_evm_client::keccak256(&raw);
		let above = gpu_chain_evm_client::header::Header { parent_hash: hash, number: 9, ..zero };
		let block_hash = gpu_chain_evm_client::keccak256(&above.encode()).into();
		let header = AcceptedHeader { block_hash, receipts_root: block_hash, timestamp: 1, next: None };
		Headers::<Test>::insert(CHAIN, 9, header);
		crate::HeaderRanges::<Test>::insert(CHAIN, HeaderRange { oldest: 9, newest: 9, count: 1 });
		let ancestors = BoundedVec::truncate_from([above.encode(), raw].map(BoundedVec::truncate_from).to_vec());
		let prove = Bridge::prove_header(signed(BOB), CHAIN, 9, None, Box::new(ancestors));
		assert_noop!(prove, Error::<Test>::ZeroHash);
	});
}

#[test]
fn a_member_should_have_one_vote_in_the_pool() {
	build_and_execute(|| {
		let vote = vote_for(&evm().header(4));
		let valid = |validator, vote| {
			let (vote, index, signature) = signed_vote(validator, vote);
			Bridge::check_signed_vote(&vote, index, &signature).unwrap().0
		};
		let (first, second) = (valid(0, vote), valid(0, HeaderVote { number: 8, ..vote }));
		assert_eq!(first.provides, second.provides, "the pool keeps one of them");
		assert!(second.priority > first.priority, "the higher one");
		let lie = valid(0, HeaderVote { timestamp: 1, ..vote });
		assert_eq!((lie.provides, lie.priority), (first.provides.clone(), first.priority));
		assert_ne!(valid(1, vote).provides, first.provides);
		assert!(first.longevity <= 32);
	});
}

#[test]
fn twenty_thousand_votes_should_be_bounded() {
	build_and_execute(|| {
		let evm = evm();
		let vote = vote_for(&evm.header(4));
		let mut taken = 0;
		for i in 0..20_000u64 {
			// One validator says something else every time; strangers and forgers join in.
			let (vote, index, mut signature) = match i % 4 {
				0 => signed_vote(0, HeaderVote { timestamp: i, ..vote }),
				1 => signed_vote(0, HeaderVote { number: 4 * (i / 1_000 + 1), timestamp: i, ..vote }),
				2 => (vote, i as u16, [i as u8; 65]),
				_ => (HeaderVote { set_id: i, ..vote }, 0, [1; 65]),
			};
			if i % 5 == 0 {
				signature[0] ^= 1;
			}
			taken += u32::from(submit(Call::vote_header { vote, index, signature }).is_ok());
		}
		// Only as many as there are heights to climb.
		assert!(taken <= 20, "{taken} were taken");
		assert_eq!(Ballots::<Test>::get(CHAIN).votes.len(), 4);
		assert_eq!(Headers::<Test>::iter().count(), 0);
		assert_eq!(Ballots::<Test>::iter().count(), 1);
	});
}

#[test]
fn a_pause_should_stop_votes() {
	build_and_execute(|| {
		let evm = evm();
		assert_ok!(cast(0, vote_for(&evm.header(4))));
		assert_ok!(Bridge::pause(signed(GUARDIAN), CHAIN));
		assert_eq!(refused_vote(1, vote_for(&evm.header(4))), InvalidTransaction::Call);
		let origin = frame_system::RawOrigin::Authorized;
		let vote = vote_for(&evm.header(4));
		assert_noop!(Bridge::vote_header(origin.into(), vote, 1, [0; 65]), Error::<Test>::ChainPaused);
		resume();
		accept_rest(&evm);
	});
}

fn accept_rest(evm: &Evm) {
	for validator in [1, 2] {
		assert_ok!(cast(validator, vote_for(&evm.header(4))));
	}
	assert!(Bridge::header(CHAIN, 4).is_some());
}

#[test]
fn votes_should_not_count_on_another_chain_or_for_another_gateway() {
	build_and_execute(|| {
		let vote = vote_for(&evm().header(4));
		let digest = vote.digest(&H256([1; 32]), &GATEWAY);
		assert_ne!(digest, vote.digest(&H256([2; 32]), &GATEWAY));
		assert_ne!(digest, vote.digest(&H256([1; 32]), &GPU_TOKEN));
		assert_ne!(digest, HeaderVote { chain_id: 61, ..vote }.digest(&H256([1; 32]), &GATEWAY));
		assert_ne!(digest, HeaderVote { set_id: 2, ..vote }.digest(&H256([1; 32]), &GATEWAY));
	});
}
