use crate::{mock::*, DisputePhase, Side};
use frame_support::assert_ok;
use gpu_chain_primitives::EscrowKey;

#[test]
fn phases_follow_from_the_block_number() {
	build_and_execute(|| {
		let id = opened(NATIVE);
		let at = |block| {
			System::set_block_number(block);
			Disputes::phase(id).unwrap()
		};
		assert_eq!(
			[1, 11, 12, 31, 32].map(at),
			[
				DisputePhase::Evidence,
				DisputePhase::Evidence,
				DisputePhase::Voting,
				DisputePhase::Voting,
				DisputePhase::NoQuorum
			]
		);
		System::set_block_number(12);
		for n in 0..3 {
			assert_ok!(Disputes::vote(origin(ARBITRATOR + n), id, FOR_BUYER));
		}
		assert_eq!([31, 32].map(at), [DisputePhase::Voting, DisputePhase::Decided]);
		assert_ok!(conclude(id));
		assert_eq!(at(33), DisputePhase::Closed);

		let id = opened(NATIVE);
		to_end_of_voting(id);
		assert_ok!(conclude(id));
		assert_eq!(Disputes::phase(id), Some(DisputePhase::Escalated));
		pass(COUNCIL_WINDOW + 1);
		assert_eq!(Disputes::phase(id), Some(DisputePhase::Expired));
		assert_eq!(Disputes::phase(id + 1), None);
	});
}

#[test]
fn disputes_are_found_by_number_by_deal_and_in_pages() {
	build_and_execute(|| {
		let ids: Vec<u64> = (0..5).map(|_| opened(DOLLARS)).collect();
		assert_eq!(Disputes::dispute(3).map(|dispute| dispute.key), Some(EscrowKey::Task(3)));
		assert_eq!(Disputes::dispute(7), None);
		assert_eq!(Disputes::dispute_of(EscrowKey::Task(3)), Some(3));
		assert_eq!(Disputes::dispute_of(EscrowKey::Rental(3)), None);
		concluded(2, &[FOR_BUYER; 3]);
		let (mut found, mut cursor) = (Vec::new(), None);
		loop {
			let page = Disputes::open_disputes(cursor, 2);
			assert!(page.items.len() <= 2);
			found.extend(page.items);
			cursor = page.next;
			if cursor.is_none() {
				break;
			}
		}
		found.sort_unstable();
		assert_eq!(found, ids.into_iter().filter(|id| *id != 2).collect::<Vec<_>>());
		assert!(Disputes::evidence(0, Side::Buyer).is_empty() && Disputes::ballots(0).is_empty());
		assert_eq!((Disputes::ballots(2).len(), Disputes::claimable_fee(2, &BUYER)), (3, 0));
		assert_eq!(Disputes::claimable_fee(0, &ARBITRATOR), 0);
	});
}
