use crate::{mock::*, Challenges, Error, Event, History, NodeWorks, Verification};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::NodeStatus;
use sp_core::H256;
use sp_runtime::DispatchError;

const NEW: H256 = H256::repeat_byte(3);

fn issue(who: u64, node: H256) -> sp_runtime::DispatchResult {
	Work::issue_challenge(RuntimeOrigin::signed(who), node)
}

fn solve(who: u64, node: H256, nonce: u64) -> sp_runtime::DispatchResult {
	Work::submit_solution(RuntimeOrigin::signed(who), node, nonce)
}

#[test]
fn a_pending_node_is_verified_by_solving_its_owners_challenge() {
	build_and_execute(|| {
		add_node(NEW, ALICE, NodeStatus::Pending);
		assert_ok!(issue(ALICE, NEW));
		let challenge = Work::challenge(&NEW).unwrap();
		assert_eq!((challenge.deadline, challenge.work), (System::block_number() + 6, 16));
		run_to(System::block_number() + 3);
		assert_ok!(solve(ALICE, NEW, solution(NEW, true)));

		assert_eq!(Nodes::get(NEW).unwrap().1, NodeStatus::Verified);
		assert_eq!((record(NEW), Work::challenge(&NEW)), ((1, 0), None));
		let last = *Work::verification_history(&NEW).last().unwrap();
		assert_eq!(
			(last.verification, last.solve_ms, last.passed),
			(Verification::Challenge(challenge.id), 3_000, true)
		);
		// Sixteen hashes in four seconds: three, and the block before, from which the seed followed.
		assert_eq!(last.power, 4);
		System::assert_last_event(
			Event::ChallengeSolved { challenge: challenge.id, node: NEW, solve_ms: 3_000, power: 4 }.into(),
		);
	});
}

#[test]
fn an_owner_earns_by_its_own_challenge_once_and_a_renters_check_counts_each_time() {
	build_and_execute(|| {
		Counterparties::insert((NODE, BUYER), ());
		for (who, passed) in [(ALICE, 1), (ALICE, 1), (BUYER, 2), (ALICE, 2), (BUYER, 3)] {
			assert_ok!(issue(who, NODE));
			assert_ok!(solve(ALICE, NODE, solution(NODE, true)));
			assert_eq!(record(NODE).0, passed, "after {who}");
			run_to(System::block_number() + 4);
		}
	});
}

#[test]
fn issuing_should_fail_for_an_unknown_node_a_stranger_or_a_banned_node() {
	build_and_execute(|| {
		assert_noop!(issue(ALICE, STRANGER), Error::<Test>::UnknownNode);
		assert_noop!(issue(BOB, NODE), Error::<Test>::NotEntitled);
		assert_noop!(issue(BUYER, NODE), Error::<Test>::NotEntitled);
		for status in [NodeStatus::Rejected, NodeStatus::Slashed] {
			set_status(NODE, status);
			assert_noop!(issue(ALICE, NODE), Error::<Test>::NodeOutOfService);
		}
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			assert_noop!(Work::issue_challenge(origin, OTHER), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn issuing_should_fail_while_one_is_open_or_was_just_now() {
	build_and_execute(|| {
		assert_ok!(issue(ALICE, NODE));
		assert_noop!(issue(ALICE, NODE), Error::<Test>::ChallengeOutstanding);
		assert_ok!(solve(ALICE, NODE, solution(NODE, true)));
		assert_noop!(issue(ALICE, NODE), Error::<Test>::ChallengeTooSoon);
		run_to(System::block_number() + 4);
		assert_ok!(issue(ALICE, NODE));
	});
}

#[test]
fn solving_should_fail_with_a_wrong_nonce_and_change_nothing() {
	build_and_execute(|| {
		assert_ok!(issue(ALICE, NODE));
		assert_noop!(solve(ALICE, NODE, solution(NODE, false)), Error::<Test>::InvalidSolution);
		assert_ok!(solve(ALICE, NODE, solution(NODE, true)));
	});
}

#[test]
fn solving_should_fail_for_strangers_and_without_a_challenge() {
	build_and_execute(|| {
		assert_noop!(solve(ALICE, STRANGER, 0), Error::<Test>::UnknownNode);
		assert_noop!(solve(ALICE, NODE, 0), Error::<Test>::NoChallenge);
		assert_ok!(issue(ALICE, NODE));
		assert_noop!(solve(BOB, NODE, solution(NODE, true)), Error::<Test>::NotOwner);
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			assert_noop!(Work::submit_solution(origin, NODE, 0), DispatchError::BadOrigin);
		}
		let nonce = solution(NODE, true);
		assert_ok!(solve(ALICE, NODE, nonce));
		assert_noop!(solve(ALICE, NODE, nonce), Error::<Test>::NoChallenge);
	});
}

#[test]
fn one_nodes_solution_does_not_solve_anothers_challenge() {
	build_and_execute(|| {
		assert_ok!(issue(ALICE, NODE));
		assert_ok!(issue(BOB, OTHER));
		let (a, b) = (Work::challenge(&NODE).unwrap(), Work::challenge(&OTHER).unwrap());
		assert!(a.seed != b.seed && a.id != b.id);
	});
}

#[test]
fn an_expired_challenge_fails_once() {
	build_and_execute(|| {
		assert_ok!(issue(ALICE, NODE));
		let nonce = solution(NODE, true);
		let challenge = Work::challenge(&NODE).unwrap();
		// No round in between: the numbers below are the challenge's alone.
		System::set_block_number(challenge.deadline);
		assert_noop!(Work::settle(RuntimeOrigin::signed(BUYER), NODE), Error::<Test>::NothingToSettle);
		System::set_block_number(challenge.deadline + 1);
		assert_noop!(solve(ALICE, NODE, nonce), Error::<Test>::ChallengeExpired);
		assert_ok!(Work::settle(RuntimeOrigin::signed(BUYER), NODE));
		assert_eq!(record(NODE), (0, 1));
		System::assert_last_event(Event::ChallengeFailed { challenge: challenge.id, node: NODE }.into());
		assert_noop!(Work::settle(RuntimeOrigin::signed(BUYER), NODE), Error::<Test>::NothingToSettle);
		assert_noop!(Work::settle(RuntimeOrigin::signed(BUYER), STRANGER), Error::<Test>::UnknownNode);
		assert_noop!(Work::settle(RuntimeOrigin::root(), NODE), DispatchError::BadOrigin);
	});
}

#[test]
fn the_next_challenge_counts_the_expired_one() {
	build_and_execute(|| {
		assert_ok!(issue(ALICE, NODE));
		System::set_block_number(Work::challenge(&NODE).unwrap().deadline + 1);
		assert_ok!(issue(ALICE, NODE));
		assert_eq!(record(NODE), (0, 1));
		assert!(Challenges::<Test>::contains_key(NODE));
	});
}

#[test]
fn a_solution_in_the_issuing_block_shows_no_more_than_a_blocks_worth_of_power() {
	build_and_execute(|| {
		assert_ok!(issue(ALICE, NODE));
		assert_ok!(solve(ALICE, NODE, solution(NODE, true)));
		let last = *Work::verification_history(&NODE).last().unwrap();
		assert_eq!((last.solve_ms, last.power), (0, 16));
		assert_eq!(Work::verified_power(&NODE), 0, "only rounds verify power");
	});
}

#[test]
fn all_that_is_kept_of_a_removed_node_can_be_dropped_by_anybody_once() {
	build_and_execute(|| {
		set_status(NODE, NodeStatus::Inactive);
		assert_ok!(issue(ALICE, NODE));
		assert_ok!(solve(ALICE, NODE, solution(NODE, true)));
		run_to(System::block_number() + 4);
		assert_ok!(issue(ALICE, NODE));
		Nodes::remove(NODE);

		assert_ok!(Work::settle(RuntimeOrigin::signed(BUYER), NODE));
		System::assert_last_event(Event::NodeForgotten { node: NODE }.into());
		assert!(!NodeWorks::<Test>::contains_key(NODE) && !History::<Test>::contains_key(NODE));
		assert!(!Challenges::<Test>::contains_key(NODE));
		assert_noop!(Work::settle(RuntimeOrigin::signed(BUYER), NODE), Error::<Test>::UnknownNode);
	});
}

#[test]
fn a_nodes_history_drops_the_oldest() {
	build_and_execute(|| {
		MinGap::set(&1_000);
		MaxGap::set(&1_000);
		let mut ids = vec![];
		for _ in 0..HISTORY + 2 {
			assert_ok!(issue(ALICE, NODE));
			ids.push(Work::challenge(&NODE).unwrap().id);
			assert_ok!(solve(ALICE, NODE, solution(NODE, true)));
			run_to(System::block_number() + 4);
		}
		let kept: Vec<Verification> =
			Work::verification_history(&NODE).iter().map(|entry| entry.verification).collect();
		assert_eq!(kept, ids[2..].iter().map(|id| Verification::Challenge(*id)).collect::<Vec<_>>());
	});
}
