//! Each invariant, broken once.

use crate::{
	mock::*, Ballot, Ballots, DisputeRecordOf, DisputeStatus, Disputes as Records, DisputesByDeal, EvidenceBySide,
	EvidenceTickets, NextDisputeId, OpenDisputes, Side, Tickets, UnclaimedFees,
};
use frame_support::{
	assert_ok,
	traits::{fungibles::Mutate, tokens::Preservation},
};
use gpu_chain_primitives::EscrowKey;
use sp_runtime::DispatchError;

/// The pallet must find fault, by that number, with what `break_it` did to an open dispute with evidence and votes (0)
/// and to a closed one (1).
fn breaks(number: char, break_it: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		let (open, closed) = (opened(NATIVE), opened(DOLLARS));
		assert_ok!(Disputes::submit_evidence(origin(BUYER), open, uri("a:b")));
		to_voting(open);
		assert_ok!(Disputes::vote(origin(ARBITRATOR), open, FOR_BUYER));
		concluded(closed, &[FOR_BUYER; 3]);
		assert_ok!(Disputes::do_try_state());
		break_it();
		match Disputes::do_try_state() {
			Err(DispatchError::Other(words)) => {
				assert_eq!(
					words.strip_prefix("disputes ").and_then(|rest| rest.chars().next()),
					Some(number),
					"{words}"
				);
			}
			other => panic!("{number} should be broken, and the pallet says {other:?}"),
		}
	});
}

fn change(id: u64, act: impl FnOnce(&mut DisputeRecordOf<Test>)) {
	Records::<Test>::mutate(id, |dispute| act(dispute.as_mut().unwrap()));
}

#[test]
fn one() {
	breaks('1', || NextDisputeId::<Test>::put(1));
	breaks('1', || Tickets::<Test>::remove(0));
	breaks('1', || DisputesByDeal::<Test>::remove(EscrowKey::Task(0)));
	breaks('1', || DisputesByDeal::<Test>::insert(EscrowKey::Rental(0), 0));
}

#[test]
fn two() {
	breaks('2', || OpenDisputes::<Test>::remove(0));
	breaks('2', || OpenDisputes::<Test>::insert(1, ()));
	breaks('2', || OpenDisputes::<Test>::insert(2, ()));
	breaks('2', || MarketDeals::remove(EscrowKey::Task(0)));
	breaks('2', || change(0, |dispute| dispute.deal.amount += 1));
}

#[test]
fn three() {
	breaks('3', || change(0, |dispute| dispute.bond += 1));
	breaks('3', || change(1, |dispute| dispute.bond_owed_to = Some(PROVIDER)));
}

#[test]
fn four() {
	breaks('4', || Ballots::<Test>::mutate(0, |ballots| ballots[0].arbitrator = PROVIDER));
	breaks('4', || {
		Ballots::<Test>::mutate(0, |ballots| ballots.try_push(ballots[0].clone()).unwrap());
	});
	breaks('4', || {
		let ballot = Ballot { arbitrator: ARBITRATOR, verdict: FOR_BUYER, claimed: false };
		Ballots::<Test>::insert(7, frame_support::BoundedVec::truncate_from(vec![ballot]));
	});
	breaks('4', || EvidenceBySide::<Test>::remove(0, Side::Buyer));
	breaks('4', || EvidenceTickets::<Test>::remove(0, Side::Buyer));
	breaks('4', || {
		let list = EvidenceBySide::<Test>::get(0, Side::Buyer);
		EvidenceBySide::<Test>::insert(7, Side::Buyer, list);
	});
}

#[test]
fn five() {
	breaks('5', || {
		change(1, |dispute| {
			if let DisputeStatus::Closed { settlement, .. } = &mut dispute.status {
				settlement.refund += 1;
			}
		})
	});
}

#[test]
fn six() {
	breaks('6', || UnclaimedFees::<Test>::insert(DOLLARS, 21));
	breaks('6', || UnclaimedFees::<Test>::insert(COINS, 1));
	breaks('6', || Ballots::<Test>::mutate(1, |ballots| ballots[0].claimed = true));
	breaks('6', || {
		let most = ENDOWMENT + 1;
		assert_ok!(Currencies::transfer(DOLLARS, &POT, &ANYBODY, most, Preservation::Preserve));
	});
}
