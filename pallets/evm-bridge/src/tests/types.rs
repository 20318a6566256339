//! Types that know no configuration.

use crate::types::*;
use sp_core::{H160, H256};

fn authority(byte: u8, power: u64) -> Authority<u64> {
	let key = sp_core::ecdsa::Public::from_raw([byte; 33]);
	Authority { account: byte.into(), key, address: H160([byte; 20]), power }
}

#[test]
fn a_quorum_should_be_more_than_two_thirds() {
	assert!(!is_quorum(0, 0));
	assert!(!is_quorum(2, 3));
	assert!(is_quorum(3, 3));
	assert!(!is_quorum(2, 4));
	assert!(is_quorum(3, 4));
	assert!(!is_quorum(66, 99));
	assert!(is_quorum(67, 99));
	assert!(is_quorum(u64::MAX, u64::MAX));
	assert!(!is_quorum(u64::MAX / 3 * 2, u64::MAX));
}

#[test]
fn sets_that_contracts_refuse_should_have_no_hash() {
	assert!(members_hash(&[authority(1, 1), authority(2, 1)]).is_some());
	assert_eq!(members_hash::<u64>(&[]), None, "none at all");
	assert_eq!(members_hash(&[authority(0, 1)]), None, "the address zero");
	assert_eq!(members_hash(&[authority(1, 0)]), None, "no power");
	assert_eq!(members_hash(&[authority(1, 1), authority(1, 1)]), None, "twice");
	assert_eq!(members_hash(&[authority(2, 1), authority(1, 1)]), None, "out of order");
	let many: Vec<_> = (1..=129u8).map(|byte| authority(byte, 1)).collect();
	assert!(members_hash(&many[..128]).is_some());
	assert_eq!(members_hash(&many), None, "too many");
}

#[test]
fn a_ballot_should_count_the_newest_votes_of_its_set() {
	let members = [authority(1, 1), authority(2, 5)];
	let mut ballot = Ballot::default();
	assert_eq!(ballot.voted(0, 0), None);
	assert!(ballot.cast(1, 2, 1, 4, H256([4; 32])));
	assert_eq!((ballot.voted(1, 1), ballot.voted(1, 0), ballot.voted(2, 1)), (Some(4), None, None));
	assert_eq!(ballot.power(&members, &H256([4; 32])), 5);
	assert!(ballot.cast(1, 2, 1, 8, H256([8; 32])));
	assert_eq!(ballot.power(&members, &H256([4; 32])), 0);
	assert!(!ballot.cast(1, 2, 2, 8, H256([8; 32])));
	assert!(ballot.cast(2, 2, 0, 4, H256([4; 32])));
	assert_eq!(ballot.voted(2, 1), None);
}

#[test]
fn the_set_that_signed_should_be_found() {
	let transfers = vec![PayloadTransfer { token: H160([1; 20]), to: H160([2; 20]), amount: 3 }];
	let batch = Payload::Batch { nonce: 1, deadline: 2, transfers: transfers.try_into().unwrap() };
	let message = Payload::Message {
		nonce: 1,
		deadline: 2,
		sender: H256([3; 32]),
		target: H160([4; 20]),
		gas_limit: 5,
		payload: vec![6; 7].try_into().unwrap(),
	};
	for payload in [batch, message] {
		for set_id in 4..=9 {
			assert_eq!(payload.signed_by(4..=9, &payload.struct_hash(set_id)), Some(set_id));
		}
		assert_eq!(payload.signed_by(4..=9, &payload.struct_hash(3)), None);
		assert_eq!(payload.signed_by(4..=9, &payload.struct_hash(10)), None);
	}
	let set = Payload::Set { set_id: 4, members: H256([1; 32]), active_until: 2 };
	assert_eq!(set.signed_by(0..=9, &set.struct_hash(4)), None, "a set is no item");
}

#[test]
fn a_bucket_should_fill_up_to_its_size() {
	let limits = Limits { min: 1u128, max: 10, capacity: 10, refill: 2, delay_above: 10, delay: 0 };
	assert_eq!(Bucket::level(None, &limits, 5), 10);
	let bucket = Bucket::take(None, &limits, 5, 10).unwrap();
	assert_eq!(Bucket::take(Some(bucket), &limits, 5, 1), None);
	assert_eq!(Bucket::take(Some(bucket), &limits, 6, 3), None);
	assert!(Bucket::take(Some(bucket), &limits, 6, 2).is_some());
	assert_eq!(Bucket::level(Some(bucket), &limits, u32::MAX), 10);
	// A block that lies before, and sums beyond all numbers.
	assert_eq!(Bucket::level(Some(bucket), &limits, 0), 0);
	let large = Limits { capacity: u128::MAX, refill: u128::MAX, ..limits };
	assert_eq!(Bucket::level(Some(bucket), &large, 9), u128::MAX);
}

#[test]
fn accounts_should_be_words_and_back() {
	assert_eq!(account_of::<u64>(&word_of(&7u64)), Some(7));
	assert_eq!(account_of::<[u8; 32]>(&[7; 32]), Some([7; 32]));
	assert_eq!(account_of::<[u8; 32]>(&[0; 32]), None);
	assert_eq!(account_of::<u64>(&[7; 32]), None, "bytes behind it");
}

#[test]
fn votes_should_conflict_when_they_differ_in_content_alone() {
	let vote = HeaderVote {
		chain_id: 1,
		set_id: 1,
		number: 4,
		block_hash: H256([1; 32]),
		receipts_root: H256([2; 32]),
		timestamp: 3,
	};
	assert!(!vote.conflicts(&vote));
	assert!(!vote.conflicts(&HeaderVote { set_id: 2, ..vote }));
	assert!(!vote.conflicts(&HeaderVote { number: 8, block_hash: H256([9; 32]), ..vote }));
	assert!(!vote.conflicts(&HeaderVote { chain_id: 2, block_hash: H256([9; 32]), ..vote }));
	assert!(vote.conflicts(&HeaderVote { block_hash: H256([9; 32]), ..vote }));
	assert!(vote.conflicts(&HeaderVote { receipts_root: H256([9; 32]), ..vote }));
	assert!(vote.conflicts(&HeaderVote { timestamp: 9, ..vote }));
}

#[test]
fn half_a_lifetime_should_be_half() {
	assert!(!is_half_over(100, 100, 0));
	assert!(!is_half_over(100, 100, 49));
	assert!(is_half_over(100, 100, 50));
	assert!(is_half_over(100, 100, 101));
	assert!(is_half_over(0, u64::MAX, u64::MAX));
}
