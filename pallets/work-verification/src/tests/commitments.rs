use crate::{mock::*, CurrentLottery, Error, Event};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{NodeStatus, ProofKind};
use sp_core::H256;
use sp_runtime::DispatchError;
use ProofKind::{Compute, Memory};

#[test]
fn a_commitment_is_kept_and_can_be_replaced() {
	build_and_execute(|| {
		let lottery = searching(Compute);
		let tickets = wins(&job(NODE, 0), 14);
		assert_ok!(commit(ALICE, NODE, Compute, 0, &tickets[..12]));
		assert_ok!(commit(ALICE, NODE, Compute, 0, &tickets));
		let kept = Work::power_commitments(&NODE, Compute, 0);
		assert_eq!((kept.len(), kept[0].0, kept[0].1.count), (1, lottery.round, 14));
		assert_eq!(kept[0].1.searched_ms, 4 * BLOCK_TIME, "no less than the window");
		let commitment = kept[0].1.hash;
		System::assert_last_event(
			Event::PowerCommitted { node: NODE, kind: Compute, device: 0, round: lottery.round, commitment, count: 14 }
				.into(),
		);
		assert_eq!(Work::lottery_job(&NODE, 0).unwrap().commitment, Some(kept[0].1));
	});
}

#[test]
fn a_commitment_should_fail_before_and_after_its_time() {
	build_and_execute(|| {
		let tickets = [1; 12];
		assert_noop!(commit(ALICE, NODE, Compute, 0, &tickets), Error::<Test>::NoLottery);
		lotteries_of(Memory);
		assert_ok!(claim(ALICE, NODE, 0, TABLE));
		assert_ok!(claim(ALICE, NODE, 0, CLAIM));
		let lottery = open_lottery();
		assert_noop!(commit(ALICE, NODE, Compute, 0, &tickets), Error::<Test>::NoLottery);
		run_to(lottery.search_from - 1);
		assert_noop!(commit(ALICE, NODE, Memory, 0, &tickets), Error::<Test>::CommitTooEarly);
		next_block();
		assert_ok!(commit(ALICE, NODE, Memory, 0, &tickets));
		run_to(lottery.commit_until);
		assert_ok!(commit(ALICE, NODE, Memory, 0, &tickets));
		next_block();
		assert_noop!(commit(ALICE, NODE, Memory, 0, &tickets), Error::<Test>::CommitClosed);
		draw_samples();
		assert_noop!(commit(ALICE, NODE, Memory, 0, &tickets), Error::<Test>::CommitClosed);
		close_lottery();
		assert_noop!(commit(ALICE, NODE, Memory, 0, &tickets), Error::<Test>::NoLottery);
	});
}

#[test]
fn who_commits_late_had_more_time() {
	build_and_execute(|| {
		let lottery = searching(Compute);
		let tickets = wins(&job(NODE, 0), 12);
		run_to(lottery.commit_until);
		assert_ok!(commit(ALICE, NODE, Compute, 0, &tickets));
		let late = Work::power_commitments(&NODE, Compute, 0)[0].1;
		assert_eq!(late.searched_ms, 6 * BLOCK_TIME);
		// Twelve wins of one in two are nearly 24 tries, in six seconds.
		assert_eq!(late.tries_per_second(), 3);
	});
}

#[test]
fn a_commitment_should_fail_when_node_or_claim_does_not_take_part() {
	build_and_execute(|| {
		searching(Compute);
		let tickets = [1; 12];
		assert_noop!(commit(ALICE, STRANGER, Compute, 0, &tickets), Error::<Test>::UnknownNode);
		assert_noop!(commit(BOB, NODE, Compute, 0, &tickets), Error::<Test>::NotOwner);
		assert_noop!(commit(ALICE, NODE, Compute, 1, &tickets), Error::<Test>::NoClaim);
		assert_ok!(claim(ALICE, NODE, 1, CLAIM));
		assert_noop!(commit(ALICE, NODE, Compute, 1, &tickets), Error::<Test>::ClaimTooNew);
		GpuCount::set(&0);
		assert_ok!(commit(ALICE, NODE, Compute, 0, &tickets));
		GpuCount::set(&2);
		close_lottery();
		open_lottery();
		GpuCount::set(&1);
		assert_noop!(commit(ALICE, NODE, Compute, 1, &tickets), Error::<Test>::NoSuchDevice);
		set_status(NODE, NodeStatus::Inactive);
		assert_noop!(commit(ALICE, NODE, Compute, 0, &tickets), Error::<Test>::NodeNotActive);
		set_status(NODE, NodeStatus::Active);
		assert_noop!(commit(ALICE, NODE, Compute, 0, &tickets), Error::<Test>::NotChallenged);
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			assert_noop!(Work::commit_power(origin, NODE, Compute, 0, H256::zero(), 12), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn a_commitment_should_fail_with_too_few_or_too_many_tickets() {
	build_and_execute(|| {
		searching(Compute);
		let with = |count| Work::commit_power(RuntimeOrigin::signed(ALICE), NODE, Compute, 0, H256::zero(), count);
		for few in [0, 11] {
			assert_noop!(with(few), Error::<Test>::TooFewTickets);
		}
		for many in [MAX_TICKETS + 1, u32::MAX] {
			assert_noop!(with(many), Error::<Test>::TooManyTickets);
		}
		assert_ok!(with(12));
		assert_ok!(with(MAX_TICKETS));
	});
}

#[test]
fn a_commitment_should_fail_when_its_claim_has_no_target_any_more() {
	build_and_execute(|| {
		lotteries_of(Compute);
		assert_ok!(claim(ALICE, NODE, 0, CLAIM));
		assert_ok!(claim(ALICE, NODE, 1, crate::PowerClaim::Compute { tickets_per_second: 1 << 38 }));
		LotteryWindow::set(&1);
		open_lottery();
		// Eight tries in a second, of which sixteen would have to win.
		assert_noop!(commit(ALICE, NODE, Compute, 0, &[1; 12]), Error::<Test>::ClaimTooSmall);
		close_lottery();
		LotteryWindow::set(&5);
		open_lottery();
		assert_ok!(commit(ALICE, NODE, Compute, 0, &[1; 12]));
		assert_noop!(commit(ALICE, NODE, Compute, 1, &[1; 12]), Error::<Test>::ClaimTooLarge);
	});
}

#[test]
fn no_more_commitments_are_kept_than_can_be_challenged() {
	build_and_execute(|| {
		ChallengePeriod::set(&1_000);
		searching(Compute);
		for kept in 1..=KEPT {
			answer(ALICE, NODE, Compute, 0, 12);
			assert_eq!(Work::power_commitments(&NODE, Compute, 0).len() as u32, kept);
			close_lottery();
			open_lottery();
		}
		assert_noop!(commit(ALICE, NODE, Compute, 0, &[1; 12]), Error::<Test>::TooManyOpenReveals);
		let oldest = Work::power_commitments(&NODE, Compute, 0)[0].1.challenge_until.unwrap();
		ChallengePeriod::set(&1);
		run_to(oldest - 40);
		close_lottery();
		while System::block_number() <= oldest {
			open_lottery();
		}
		assert_ok!(commit(ALICE, NODE, Compute, 0, &[1; 12]));
		assert!(Work::power_commitments(&NODE, Compute, 0).len() as u32 <= KEPT);
	});
}

#[test]
fn commitments_that_nobody_revealed_make_room() {
	build_and_execute(|| {
		searching(Compute);
		for _ in 0..2 * KEPT {
			assert_ok!(commit(ALICE, NODE, Compute, 0, &[1; 12]));
			assert_eq!(Work::power_commitments(&NODE, Compute, 0).len(), 1);
			close_lottery();
			assert!(!CurrentLottery::<Test>::exists());
			open_lottery();
		}
	});
}
