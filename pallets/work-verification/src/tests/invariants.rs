//! One test breaks each invariant of the crate's documentation.

use crate::{mock::*, Challenges, CurrentRound, NodeWorks};
use frame_support::assert_ok;
use gpu_chain_primitives::NodeStatus;
use sp_runtime::DispatchError;

fn broken(by: impl FnOnce(), expected: &'static str) {
	new_test_ext().execute_with(|| {
		open_round();
		assert_ok!(submit(ALICE, NODE, round_number(), proof(NODE, 1_000)));
		assert_ok!(Work::issue_challenge(RuntimeOrigin::signed(ALICE), NODE));
		assert_ok!(Work::do_try_state());
		by();
		assert_eq!(Work::do_try_state(), Err(DispatchError::Other(expected)));
	});
}

fn change_round(with: impl FnOnce(&mut crate::Round<u64>)) {
	CurrentRound::<Test>::mutate(|round| with(round.as_mut().unwrap()));
}

#[test]
fn invariant_1_the_open_round_is_a_proper_one() {
	const NAME: &str = "work verification 1: the open round is not a proper one";
	broken(|| change_round(|round| round.number += 1), NAME);
	broken(|| change_round(|round| round.closes_at = round.opened_at), NAME);
	broken(|| change_round(|round| round.values = 2), NAME);
	broken(|| change_round(|round| round.values = 257), NAME);
}

#[test]
fn invariant_2_no_node_is_ahead_of_the_rounds() {
	const NAME: &str = "work verification 2: a node settled or proved a round that is not there";
	broken(|| NodeWorks::<Test>::mutate(NODE, |work| work.settled_through = 99), NAME);
	broken(|| NodeWorks::<Test>::mutate(NODE, |work| work.proven.as_mut().unwrap().round = 99), NAME);
}

#[test]
fn invariant_3_answers_are_counted() {
	const NAME: &str = "work verification 3: the open round has fewer answers than nodes gave";
	broken(|| change_round(|round| round.answers = 0), NAME);
	broken(|| change_round(|round| round.total_power -= 1), NAME);
}

#[test]
fn invariant_4_exactly_the_active_nodes_are_challenged() {
	const NAME: &str = "work verification 4: not exactly the active nodes are challenged";
	broken(|| NodeWorks::<Test>::mutate(NODE, |work| work.challenged_from = None), NAME);
	broken(|| Nodes::insert(NODE, (ALICE, NodeStatus::Inactive)), NAME);
}

#[test]
fn invariant_5_no_challenge_ends_before_it_begins() {
	broken(
		|| Challenges::<Test>::mutate(NODE, |challenge| challenge.as_mut().unwrap().deadline = 0),
		"work verification 5: a challenge ends before it begins",
	);
}
