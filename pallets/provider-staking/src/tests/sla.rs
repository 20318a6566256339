//! Commitments to a service level: terms, bond, breaches, and their end.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, dispatch::Pays};
use gpu_chain_primitives::NodeStatus;
use proptest::prelude::*;
use sp_runtime::{DispatchError, DispatchResult, Permill, TokenError};

fn signed(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

fn commit(terms: SlaTerms<u64>, bond: u64) -> DispatchResult {
	Staking::commit_sla(signed(ALICE), NODE, terms, bond)
}

/// [`NODE`] is committed to [`TERMS`] with a bond of 1,000.
fn committed() {
	assert_ok!(commit(TERMS, 1_000));
}

/// `BUYER` pays for open work of [`NODE`].
fn open_work() {
	Busy::insert(NODE, ());
	Counterparties::insert((NODE, BUYER), ());
}

fn report(harmed: Option<u64>) -> DispatchResult {
	let reported = frame_support::storage::with_storage_layer(|| Staking::report_breach(signed(BOB), NODE, harmed));
	reported.map(|done| assert_eq!(done.pays_fee, Pays::No)).map_err(|failed| failed.error)
}

#[test]
fn commit_sla_should_hold_the_bond_apart_from_the_stake() {
	build_and_execute(|| {
		System::set_block_number(7);
		measure(NODE, 10_000, 55);
		committed();
		let event = Event::SlaCommitted { node: NODE, terms: TERMS, bond: 1_000 };
		System::assert_last_event(event.into());
		let expected = Commitment {
			owner: ALICE,
			terms: TERMS,
			bond: 1_000,
			since: 7,
			counted_from: 55,
			breaches: 0,
			unlock_at: None,
		};
		assert_eq!(Staking::commitment(&NODE), Some(expected));
		assert_eq!((insured(ALICE), held(ALICE), free(ALICE)), (1_000, 2_000, FUNDS - 3_000));
	});
}

#[test]
fn commit_sla_should_fail_for_nodes_that_are_not_the_callers_to_commit() {
	build_and_execute(|| {
		let commit_as = |who, node| Staking::commit_sla(signed(who), node, TERMS, 1_000);
		assert_noop!(Staking::commit_sla(RuntimeOrigin::root(), NODE, TERMS, 1_000), DispatchError::BadOrigin);
		assert_noop!(commit_as(ALICE, STRANGER), Error::<Test>::UnknownNode);
		assert_noop!(commit_as(BOB, NODE), Error::<Test>::NotOwner);
		for status in [NodeStatus::Rejected, NodeStatus::Slashed] {
			Nodes::insert(NODE, (ALICE, status));
			assert_noop!(commit_as(ALICE, NODE), Error::<Test>::NodeOutOfService);
		}
		Nodes::insert(NODE, (ALICE, NodeStatus::Active));
		committed();
		assert_noop!(commit_as(ALICE, NODE), Error::<Test>::AlreadyCommitted);
	});
}

#[test]
fn commit_sla_should_fail_outside_the_limits() {
	build_and_execute(|| {
		for uptime in [0, 9_499, 10_001, u16::MAX] {
			assert_noop!(commit(SlaTerms { uptime, ..TERMS }, 1_000), Error::<Test>::UptimeOutOfRange);
		}
		for response_ms in [0, 10_001, u32::MAX] {
			assert_noop!(commit(SlaTerms { response_ms, ..TERMS }, 1_000), Error::<Test>::ResponseOutOfRange);
		}
		for bond in [0, 999] {
			assert_noop!(commit(TERMS, bond), Error::<Test>::InsuranceTooSmall);
		}
		for penalty in [0, 99, 1_001, u64::MAX] {
			assert_noop!(commit(SlaTerms { penalty, ..TERMS }, 1_000), Error::<Test>::PenaltyOutOfRange);
		}
		assert_noop!(commit(TERMS, FUNDS), TokenError::FundsUnavailable);
		Limits::set(&SlaLimits { uptime: 0, response_ms: u32::MAX, penalty: 0, bond: 0 });
		assert_noop!(commit(TERMS, 0), Error::<Test>::InsuranceTooSmall);
		assert_noop!(commit(SlaTerms { penalty: 0, ..TERMS }, 1), Error::<Test>::PenaltyOutOfRange);
		assert_ok!(commit(SlaTerms { uptime: 0, response_ms: 1, penalty: 1 }, 1));
	});
}

#[test]
fn commit_sla_should_take_the_limits_themselves() {
	for terms in [
		SlaTerms { uptime: 9_500, response_ms: 10_000, penalty: 100 },
		SlaTerms { uptime: 10_000, response_ms: 1, penalty: 1_000 },
	] {
		build_and_execute(|| {
			assert_ok!(commit(terms, 1_000));
		});
	}
}

#[test]
fn add_insurance_should_add_to_the_bond() {
	build_and_execute(|| {
		committed();
		assert_ok!(Staking::add_insurance(signed(ALICE), NODE, 1));
		System::assert_last_event(Event::InsuranceAdded { node: NODE, amount: 1, bond: 1_001 }.into());
		assert_eq!(insured(ALICE), 1_001);
	});
}

#[test]
fn add_insurance_should_fail() {
	build_and_execute(|| {
		let add = |who, amount| Staking::add_insurance(signed(who), NODE, amount);
		assert_noop!(Staking::add_insurance(RuntimeOrigin::root(), NODE, 1), DispatchError::BadOrigin);
		assert_noop!(add(ALICE, 1), Error::<Test>::NotCommitted);
		committed();
		assert_noop!(add(BOB, 1), Error::<Test>::NotOwner);
		assert_noop!(add(ALICE, 0), Error::<Test>::ZeroAmount);
		assert_noop!(add(ALICE, FUNDS), TokenError::FundsUnavailable);
		assert_ok!(Staking::end_sla(signed(ALICE), NODE));
		assert_noop!(add(ALICE, 1), Error::<Test>::SlaEnding);
	});
}

#[test]
fn the_bond_comes_back_after_the_cooldown_and_without_open_work() {
	build_and_execute(|| {
		committed();
		let withdraw = |who| Staking::withdraw_insurance(signed(who), NODE);
		assert_noop!(Staking::end_sla(RuntimeOrigin::root(), NODE), DispatchError::BadOrigin);
		assert_noop!(Staking::end_sla(signed(BOB), NODE), Error::<Test>::NotOwner);
		assert_noop!(withdraw(ALICE), Error::<Test>::InsuranceLocked);
		open_work();
		assert_noop!(Staking::end_sla(signed(ALICE), NODE), Error::<Test>::OpenWork);
		Busy::remove(NODE);
		assert_ok!(Staking::end_sla(signed(ALICE), NODE));
		System::assert_last_event(Event::SlaEnded { node: NODE, unlock_at: 31 }.into());
		assert_noop!(Staking::end_sla(signed(ALICE), NODE), Error::<Test>::SlaEnding);

		System::set_block_number(30);
		assert_noop!(withdraw(ALICE), Error::<Test>::InsuranceLocked);
		System::set_block_number(31);
		open_work();
		assert_noop!(withdraw(ALICE), Error::<Test>::OpenWork);
		Busy::remove(NODE);
		assert_noop!(Staking::withdraw_insurance(RuntimeOrigin::root(), NODE), DispatchError::BadOrigin);
		assert_noop!(withdraw(BOB), Error::<Test>::NotOwner);
		assert_ok!(withdraw(ALICE));
		System::assert_last_event(Event::InsuranceWithdrawn { node: NODE, owner: ALICE, amount: 1_000 }.into());
		assert_eq!((insured(ALICE), free(ALICE)), (0, FUNDS - 2_000));
		assert_noop!(withdraw(ALICE), Error::<Test>::NotCommitted);
		assert_noop!(Staking::end_sla(signed(ALICE), NODE), Error::<Test>::NotCommitted);
		committed();
	});
}

#[test]
fn a_breach_without_open_work_is_the_treasurys() {
	build_and_execute(|| {
		committed();
		measure(NODE, 9_899, WINDOW);
		assert_ok!(report(None));
		System::assert_last_event(
			Event::SlaBreached {
				node: NODE,
				uptime: 9_899,
				committed: 9_900,
				penalty: 400,
				harmed: None,
				compensated: 0,
				bond: 600,
			}
			.into(),
		);
		assert_eq!((insured(ALICE), free(TREASURY)), (600, FUNDS + 400));
		// The stake is another matter.
		assert_eq!(held(ALICE), 2_000);
	});
}

#[test]
fn a_harmed_renter_has_half_of_a_breach_first() {
	build_and_execute(|| {
		assert_ok!(commit(SlaTerms { penalty: 401, ..TERMS }, 1_000));
		open_work();
		measure(NODE, 0, WINDOW);
		// Nobody is faster than the renter with a report that leaves them out.
		assert_noop!(report(None), Error::<Test>::HarmedNotNamed);
		assert_ok!(report(Some(BUYER)));
		assert_eq!((free(BUYER), free(TREASURY), insured(ALICE)), (FUNDS + 200, FUNDS + 201, 599));
	});
}

#[test]
fn a_breach_should_compensate_nobody_but_those_with_open_work() {
	build_and_execute(|| {
		committed();
		open_work();
		measure(NODE, 0, WINDOW);
		assert_noop!(report(Some(BOB)), Error::<Test>::NotHarmed);
		// Not even where a market knew the owner as a buyer.
		Counterparties::insert((NODE, ALICE), ());
		assert_noop!(report(Some(ALICE)), Error::<Test>::NotHarmed);
	});
}

#[test]
fn renting_from_oneself_to_be_the_harmed_one_should_cost() {
	build_and_execute(|| {
		committed();
		// Bob is Alice's other account.
		Busy::insert(NODE, ());
		Counterparties::insert((NODE, BOB), ());
		measure(NODE, 0, WINDOW);
		let both = || free(ALICE) + insured(ALICE) + free(BOB);
		let before = both();
		assert_ok!(report(Some(BOB)));
		assert_eq!(before - both(), 200);
	});
}

#[test]
fn report_breach_should_fail_without_a_breach() {
	build_and_execute(|| {
		assert_noop!(
			Staking::report_breach(RuntimeOrigin::root(), NODE, None).map_err(|failed| failed.error),
			DispatchError::BadOrigin
		);
		assert_noop!(report(None), Error::<Test>::NotCommitted);
		committed();
		assert_noop!(report(None), Error::<Test>::WindowNotOver);
		measure(NODE, 0, WINDOW - 1);
		assert_noop!(report(None), Error::<Test>::WindowNotOver);
		measure(NODE, 9_900, WINDOW);
		assert_noop!(report(None), Error::<Test>::NoBreach);
	});
}

#[test]
fn no_period_should_count_before_the_commitment_or_twice() {
	build_and_execute(|| {
		measure(NODE, 0, 1_000);
		committed();
		assert_noop!(report(None), Error::<Test>::WindowNotOver);
		measure(NODE, 0, 1_000 + WINDOW - 1);
		assert_noop!(report(None), Error::<Test>::WindowNotOver);
		measure(NODE, 0, 1_000 + WINDOW);
		assert_ok!(report(None));
		assert_noop!(report(None), Error::<Test>::WindowNotOver);
		measure(NODE, 0, 1_000 + 2 * WINDOW);
		assert_ok!(report(None));
		assert_eq!(Staking::commitment(&NODE).unwrap().breaches, 2);
	});
}

#[test]
fn an_ending_commitment_can_still_be_breached_and_the_last_of_a_bond_ends_it() {
	build_and_execute(|| {
		committed();
		assert_ok!(Staking::end_sla(signed(ALICE), NODE));
		for (breach, left) in [(1, 600), (2, 200), (3, 0)] {
			measure(NODE, 0, breach * WINDOW);
			assert_ok!(report(None));
			assert_eq!(insured(ALICE), left);
		}
		assert_eq!(Staking::commitment(&NODE), None);
		assert_eq!(free(TREASURY), FUNDS + 1_000);
	});
}

#[test]
fn a_renter_who_cannot_receive_should_leave_it_to_the_treasury() {
	build_and_execute(|| {
		assert_ok!(commit(SlaTerms { penalty: 100, ..TERMS }, 1_000));
		Busy::insert(NODE, ());
		// An account that does not exist, and a part that would not create it.
		Counterparties::insert((NODE, 77), ());
		BreachCompensation::set(&Permill::from_percent(9));
		measure(NODE, 0, WINDOW);
		assert_ok!(report(Some(77)));
		assert_eq!((free(77), free(TREASURY)), (0, FUNDS + 100));
	});
}

#[test]
fn a_treasury_that_cannot_receive_should_undo_all_of_it() {
	build_and_execute(|| {
		assert_ok!(commit(SlaTerms { penalty: 105, ..TERMS }, 1_000));
		open_work();
		let treasury = free(TREASURY);
		assert_ok!(Balances::transfer_allow_death(signed(TREASURY), BOB, treasury));
		BreachCompensation::set(&Permill::from_percent(95));
		measure(NODE, 0, WINDOW);
		assert_noop!(report(Some(BUYER)), TokenError::CannotCreate);
	});
}

proptest! {
	#[test]
	fn breaches_take_the_bond_to_the_last_planck_and_no_more(
		bond in 1..5_000u64,
		penalty in 1..5_000u64,
		compensation in 0..=1_000_000u32,
		harmed in any::<bool>(),
	) {
		build_and_execute(|| {
			Limits::set(&SlaLimits { uptime: 0, response_ms: 1, penalty: 0, bond: 0 });
			BreachCompensation::set(&Permill::from_parts(compensation));
			let penalty = penalty.min(bond);
			assert_ok!(commit(SlaTerms { uptime: 1, response_ms: 1, penalty }, bond));
			open_work();
			if !harmed {
				Busy::remove(NODE);
			}
			let (mut breach, mut left) = (0, bond);
			while Staking::commitment(&NODE).is_some() {
				breach += 1;
				measure(NODE, 0, breach * WINDOW);
				let (buyer, treasury) = (free(BUYER), free(TREASURY));
				assert_ok!(report(harmed.then_some(BUYER)));
				let paid = penalty.min(left);
				left -= paid;
				let part = if harmed { Permill::from_parts(compensation).mul_floor(paid) } else { 0 };
				assert_eq!((free(BUYER) - buyer, free(TREASURY) - treasury), (part, paid - part));
				assert_eq!(insured(ALICE), left);
				assert_ok!(Staking::do_try_state());
				if breach > 20 {
					break;
				}
			}
			assert!(left == 0 || breach > 20);
		});
	}
}
