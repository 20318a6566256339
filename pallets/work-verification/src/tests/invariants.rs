//! One test breaks each invariant of the crate's documentation.

use crate::{
	mock::*, Challenges, ClaimTickets, Claims, Commitments, CurrentLottery, CurrentRound, LastLotteries, LotteryPowers,
	NodeWorks, OpenCommitments,
};
use frame_support::{assert_ok, BoundedVec};
use gpu_chain_primitives::{NodeStatus, ProofKind};
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

/// A lottery of tables whose samples are drawn, in which [`NODE`]'s device has revealed.
fn lottery_broken(by: impl FnOnce(), expected: &'static str) {
	new_test_ext().execute_with(|| {
		searching(ProofKind::Memory);
		answer(ALICE, NODE, ProofKind::Memory, 0, 12);
		assert_ok!(Work::do_try_state());
		by();
		assert_eq!(Work::do_try_state(), Err(DispatchError::Other(expected)));
	});
}

fn change_lottery(with: impl FnOnce(&mut crate::LotteryOf<Test>)) {
	CurrentLottery::<Test>::mutate(|lottery| with(lottery.as_mut().unwrap()));
}

const KEY: (ProofKind, u8) = (ProofKind::Memory, 0);

#[test]
fn invariant_6_the_open_lottery_is_a_proper_one() {
	const NAME: &str = "work verification 6: the open lottery is not a proper one";
	lottery_broken(|| change_lottery(|lottery| lottery.round = 99), NAME);
	lottery_broken(|| change_lottery(|lottery| lottery.closes_at = lottery.search_from), NAME);
	lottery_broken(|| change_lottery(|lottery| lottery.reveal_until = lottery.commit_until), NAME);
	lottery_broken(|| change_lottery(|lottery| lottery.kind = ProofKind::Compute), NAME);
	lottery_broken(|| change_lottery(|lottery| lottery.threshold = 0), NAME);
	lottery_broken(|| change_lottery(|lottery| lottery.wins = MAX_TICKETS + 1), NAME);
	lottery_broken(|| change_lottery(|lottery| lottery.samples = 9), NAME);
	let too_early = |lottery: &mut crate::LotteryOf<Test>| {
		lottery.commit_until = System::block_number();
		lottery.reveal_until = lottery.commit_until + 1;
	};
	lottery_broken(|| change_lottery(too_early), NAME);
	lottery_broken(|| LastLotteries::<Test>::mutate(|closed| closed.memory = 99), NAME);
}

#[test]
fn invariant_7_exactly_the_claims_have_deposits() {
	const NAME: &str = "work verification 7: not exactly the claims have deposits";
	lottery_broken(|| ClaimTickets::<Test>::remove(OTHER, KEY), NAME);
	lottery_broken(|| Claims::<Test>::remove(OTHER, KEY), NAME);
}

#[test]
fn invariant_8_commitments_are_listed() {
	const NAME: &str = "work verification 8: not exactly the commitments of claims are listed";
	lottery_broken(|| OpenCommitments::<Test>::remove(NODE, KEY), NAME);
	let round = || CurrentLottery::<Test>::get().unwrap().round;
	lottery_broken(|| Commitments::<Test>::remove(NODE, (KEY.0, KEY.1, round())), NAME);
	let listed = |rounds: Vec<u32>| OpenCommitments::<Test>::insert(NODE, KEY, BoundedVec::truncate_from(rounds));
	lottery_broken(|| listed(vec![round(), round()]), NAME);
	lottery_broken(|| listed(vec![round(), round() + 1]), NAME);
}

#[test]
fn invariant_9_commitments_are_to_tickets_of_their_kind() {
	const NAME: &str = "work verification 9: a commitment is to no tickets, to too many or to those of another kind";
	let change = |with: fn(&mut crate::CommitmentOf<Test>)| {
		let round = CurrentLottery::<Test>::get().unwrap().round;
		Commitments::<Test>::mutate(NODE, (KEY.0, KEY.1, round), |kept| with(kept.as_mut().unwrap()));
	};
	lottery_broken(|| change(|kept| kept.count = 0), NAME);
	lottery_broken(|| change(|kept| kept.count = MAX_TICKETS + 1), NAME);
	lottery_broken(|| change(|kept| kept.job.walks = None), NAME);
}

#[test]
fn invariant_10_power_was_shown_by_active_nodes_in_lotteries_that_were() {
	const THERE: &str = "work verification 10: a node showed power in a lottery that is not there";
	const ACTIVE: &str = "work verification 10: a node that is not active has power";
	let change = |with: fn(&mut crate::LotteryPower<u64>)| LotteryPowers::<Test>::mutate(NODE, with);
	lottery_broken(|| change(|power| power.memory.newest.as_mut().unwrap().round = 99), THERE);
	lottery_broken(|| change(|power| power.memory.previous = power.memory.newest), THERE);
	lottery_broken(|| change(|power| power.compute.previous = power.memory.newest), THERE);
	let shown = || LotteryPowers::<Test>::get(NODE);
	lottery_broken(|| LotteryPowers::<Test>::insert(STRANGER, shown()), ACTIVE);
}
