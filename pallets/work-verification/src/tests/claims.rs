use crate::{mock::*, Claims, CurrentLottery, DeviceClaim, Error, Event, PowerClaim};
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use gpu_chain_primitives::{NodeStatus, ProofKind};
use sp_runtime::DispatchError;

fn held(who: u64) -> u64 {
	Balances::total_balance_on_hold(&who)
}

fn withdraw(who: u64) -> sp_runtime::DispatchResult {
	Work::withdraw_claim(RuntimeOrigin::signed(who), NODE, ProofKind::Compute, 0)
}

#[test]
fn a_claim_is_kept_with_a_deposit() {
	build_and_execute(|| {
		lotteries_of(ProofKind::Compute);
		assert_ok!(claim(ALICE, NODE, 1, CLAIM));
		assert_eq!(Claims::<Test>::get(NODE, (ProofKind::Compute, 1)), Some(DeviceClaim { claim: CLAIM, from: 1 }));
		System::assert_last_event(Event::PowerClaimed { node: NODE, device: 1, claim: CLAIM, from: 1 }.into());
		let footprint = Work::claim_footprint();
		assert_eq!(held(ALICE), 100 + footprint.size);

		assert_ok!(claim(ALICE, NODE, 1, PowerClaim::Compute { tickets_per_second: 9 }));
		assert_eq!(held(ALICE), 100 + footprint.size, "a change of a claim is no other one");
		assert_ok!(claim(ALICE, NODE, 1, TABLE));
		assert_eq!(held(ALICE), 2 * (100 + footprint.size), "another kind is");
		let page = Work::power_claims(&NODE, None, 1);
		assert_eq!((page.items.len(), page.next.is_some()), (1, true));
		let rest = Work::power_claims(&NODE, page.next, 9);
		assert_eq!((rest.items.len(), rest.next), (1, None));
		assert_ne!(rest.items[0].kind, page.items[0].kind);
	});
}

#[test]
fn a_claim_made_while_a_lottery_is_open_is_tested_in_the_next_one() {
	build_and_execute(|| {
		let lottery = searching(ProofKind::Compute);
		assert_ok!(claim(ALICE, NODE, 1, CLAIM));
		assert!(Work::lottery_job(&NODE, 0).is_some() && Work::lottery_job(&NODE, 1).is_none());
		let from = lottery.round + 1;
		assert_eq!(Claims::<Test>::get(NODE, (ProofKind::Compute, 1)).unwrap().from, from);
		close_lottery();
		assert_ok!(claim(ALICE, NODE, 1, CLAIM));
		assert_eq!(
			Claims::<Test>::get(NODE, (ProofKind::Compute, 1)).unwrap().from,
			from,
			"between two it costs nothing"
		);
		open_lottery();
		assert!(Work::lottery_job(&NODE, 1).is_some());
	});
}

#[test]
fn a_claim_should_fail_when_the_node_is_unknown_foreign_or_out_of_service() {
	build_and_execute(|| {
		lotteries_of(ProofKind::Compute);
		assert_noop!(claim(ALICE, STRANGER, 0, CLAIM), Error::<Test>::UnknownNode);
		assert_noop!(claim(BOB, NODE, 0, CLAIM), Error::<Test>::NotOwner);
		for status in [NodeStatus::Slashed, NodeStatus::Rejected] {
			set_status(NODE, status);
			assert_noop!(claim(ALICE, NODE, 0, CLAIM), Error::<Test>::NodeOutOfService);
		}
		for status in [NodeStatus::Pending, NodeStatus::Verified, NodeStatus::Inactive] {
			set_status(NODE, status);
			assert_ok!(claim(ALICE, NODE, 0, CLAIM));
		}
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			assert_noop!(Work::claim_power(origin, NODE, 0, CLAIM), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn a_claim_should_fail_when_there_is_no_such_device() {
	build_and_execute(|| {
		lotteries_of(ProofKind::Compute);
		assert_noop!(claim(ALICE, NODE, 2, CLAIM), Error::<Test>::NoSuchDevice);
		GpuCount::set(&0);
		assert_noop!(claim(ALICE, NODE, 1, CLAIM), Error::<Test>::NoSuchDevice);
		assert_ok!(claim(ALICE, NODE, 0, CLAIM));
		GpuCount::set(&u16::MAX);
		assert_ok!(claim(ALICE, NODE, u8::MAX, CLAIM));
	});
}

#[test]
fn a_claim_should_fail_when_it_cannot_be_tested() {
	build_and_execute(|| {
		assert_noop!(claim(ALICE, NODE, 0, CLAIM), Error::<Test>::ClaimTooSmall);
		lotteries_of(ProofKind::Compute);
		let compute = |tickets_per_second| claim(ALICE, NODE, 0, PowerClaim::Compute { tickets_per_second });
		let memory =
			|walks_per_second, table_bytes| claim(ALICE, NODE, 0, PowerClaim::Memory { walks_per_second, table_bytes });
		// Sixteen of sixteen tries would win.
		for few in [0, 1, 4] {
			assert_noop!(compute(few), Error::<Test>::ClaimTooSmall);
			assert_noop!(memory(few, 1_000), Error::<Test>::ClaimTooSmall);
		}
		assert_ok!(compute(5));
		assert_noop!(memory(5, 39), Error::<Test>::ClaimTooSmall);
		assert_ok!(memory(5, 40));
		// 2^40 tickets in four seconds.
		assert_ok!(compute(1 << 38));
		assert_noop!(compute((1 << 38) + 1), Error::<Test>::ClaimTooLarge);
		assert_noop!(compute(u64::MAX), Error::<Test>::ClaimTooLarge);
		assert_ok!(memory(1 << 54, u64::MAX));
		assert_noop!(memory((1 << 54) + 1, u64::MAX), Error::<Test>::ClaimTooLarge);
	});
}

#[test]
fn a_claim_should_fail_when_its_deposit_cannot_be_paid() {
	build_and_execute(|| {
		lotteries_of(ProofKind::Compute);
		let poor = crate::NodeWorks::<Test>::iter().count() as u64 + 1_000;
		add_node(STRANGER, poor, NodeStatus::Active);
		assert_noop!(claim(poor, STRANGER, 0, CLAIM), sp_runtime::TokenError::FundsUnavailable);
	});
}

#[test]
fn a_withdrawn_claim_gives_its_deposit_back() {
	build_and_execute(|| {
		assert_noop!(withdraw(ALICE), Error::<Test>::NoClaim);
		let lottery = searching(ProofKind::Compute);
		assert_noop!(withdraw(BOB), Error::<Test>::NotOwner);
		answer(ALICE, NODE, ProofKind::Compute, 0, 12);
		let revealed = System::block_number();
		assert_noop!(withdraw(ALICE), Error::<Test>::StillChallengeable);
		run_to(revealed + 60);
		assert_noop!(withdraw(ALICE), Error::<Test>::StillChallengeable);
		next_block();
		assert_eq!(Work::power_commitments(&NODE, ProofKind::Compute, 0)[0].0, lottery.round);
		assert_ok!(withdraw(ALICE));
		System::assert_last_event(Event::ClaimWithdrawn { node: NODE, kind: ProofKind::Compute, device: 0 }.into());
		assert_eq!(held(ALICE), 0);
		assert_eq!(Work::power_commitments(&NODE, ProofKind::Compute, 0), []);
		assert_noop!(withdraw(ALICE), Error::<Test>::NoClaim);
	});
}

#[test]
fn a_commitment_that_was_never_revealed_keeps_no_claim() {
	build_and_execute(|| {
		searching(ProofKind::Compute);
		assert_ok!(commit(ALICE, NODE, ProofKind::Compute, 0, &wins(&job(NODE, 0), 12)));
		assert_ok!(withdraw(ALICE));
		draw_samples();
		assert!(CurrentLottery::<Test>::exists());
		assert_noop!(reveal(ALICE, NODE, ProofKind::Compute, 0, &[]), Error::<Test>::NotCommitted);
	});
}

#[test]
fn of_a_node_that_is_gone_anybody_withdraws_and_the_depositor_is_paid() {
	build_and_execute(|| {
		lotteries_of(ProofKind::Compute);
		assert_ok!(claim(ALICE, NODE, 0, CLAIM));
		set_status(NODE, NodeStatus::Inactive);
		Nodes::remove(NODE);
		assert_ok!(withdraw(BUYER));
		assert_eq!(held(ALICE), 0);
		assert_ok!(Work::settle(RuntimeOrigin::signed(BUYER), NODE));
	});
}
