use crate::{mock::*, Ballots, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

fn vote(who: AccountId, id: u64) -> sp_runtime::DispatchResult {
	Disputes::vote(origin(who), id, FOR_BUYER)
}

#[test]
fn arbitrators_vote_once_within_their_time() {
	build_and_execute(|| {
		let id = opened(NATIVE);
		pass(EVIDENCE_WINDOW);
		assert_noop!(vote(ARBITRATOR, id), Error::<Test>::VotingNotOpen);
		pass(1);
		assert_ok!(vote(ARBITRATOR, id));
		System::assert_last_event(Event::VoteCast { dispute: id, arbitrator: ARBITRATOR, verdict: FOR_BUYER }.into());
		assert_noop!(Disputes::vote(origin(ARBITRATOR), id, FOR_PROVIDER), Error::<Test>::AlreadyVoted);
		System::set_block_number(record(id).vote_by);
		assert_ok!(vote(ARBITRATOR + 1, id));
		pass(1);
		assert_noop!(vote(ARBITRATOR + 2, id), Error::<Test>::VotingOver);
		assert_eq!(Disputes::ballots(id).len(), 2);
	});
}

#[test]
fn voting_should_fail_for_others() {
	build_and_execute(|| {
		let id = opened(NATIVE);
		to_voting(id);
		for who in [ANYBODY, TREASURY] {
			assert_noop!(vote(who, id), Error::<Test>::NotArbitrator);
		}
		assert_noop!(vote(ARBITRATOR, id + 1), Error::<Test>::DisputeNotFound);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Disputes::vote(origin, id, FOR_BUYER), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn voting_should_fail_for_whoever_has_a_stake_in_it() {
	build_and_execute(|| {
		let id = dispute_deal(Deal { payer: SPONSOR, ..deal(NATIVE, PRICE) });
		to_voting(id);
		// They are arbitrators, all of them, and may judge others.
		for party in [BUYER, SPONSOR, PROVIDER] {
			assert_noop!(vote(party, id), Error::<Test>::NotImpartial);
		}
		assert_ok!(vote(NODE_OWNER, id));
		let id = opened(NATIVE);
		to_voting(id);
		NodeOwner::put(NODE_OWNER);
		assert_noop!(vote(NODE_OWNER, id), Error::<Test>::NotImpartial);
		assert_ok!(vote(SPONSOR, id));
	});
}

#[test]
fn voting_should_fail_when_as_many_have_voted_as_can_be_counted() {
	build_and_execute(|| {
		let id = opened(NATIVE);
		to_voting(id);
		for n in 0..u64::from(MAX_ARBITRATORS) {
			assert_ok!(vote(ARBITRATOR + n, id));
		}
		assert_noop!(vote(ARBITRATOR + 5, id), Error::<Test>::TooManyVotes);
	});
}

#[test]
fn voting_should_fail_when_it_is_escalated_or_closed() {
	build_and_execute(|| {
		let (escalated, closed) = (opened(NATIVE), opened(NATIVE));
		voted(closed, &[FOR_PROVIDER; 3]);
		assert_ok!(conclude(closed));
		assert_ok!(conclude(escalated));
		for id in [escalated, closed] {
			// Not even if time ran backwards.
			System::set_block_number(record(id).vote_by);
			assert_noop!(vote(ARBITRATOR + 4, id), Error::<Test>::VotingOver);
		}
		assert!(!Ballots::<Test>::contains_key(escalated));
	});
}

#[test]
fn only_arbitrators_of_the_day_it_was_opened_vote_and_as_long_as_they_are() {
	use frame_support::traits::ChangeMembers;
	build_and_execute(|| {
		let id = opened(NATIVE);
		to_voting(id);
		assert_ok!(vote(ARBITRATOR, id));
		// One who has voted comes back with a new key, one is dismissed, one is dismissed and comes back.
		Disputes::change_members_sorted(&[ANYBODY], &[ARBITRATOR, ARBITRATOR + 1, ARBITRATOR + 2], &[]);
		Disputes::change_members_sorted(&[ARBITRATOR + 2], &[], &[]);
		for who in [ANYBODY, ARBITRATOR + 1, ARBITRATOR + 2] {
			assert_noop!(vote(who, id), Error::<Test>::NotArbitrator);
		}
		let id = opened(NATIVE);
		to_voting(id);
		assert_ok!(vote(ANYBODY, id));
		assert_ok!(vote(ARBITRATOR + 2, id));
	});
}
