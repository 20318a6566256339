use crate::{mock::*, types::approvals_needed, *};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::Reason;
use sp_runtime::{DispatchError, Permill, TokenError};

fn state(who: u64) -> QueenState<u64> {
	Roles::queen(&who).unwrap().state
}

fn suspend(king: u64, who: u64) -> sp_runtime::DispatchResult {
	Roles::suspend_queen(signed(king), who, Reason::default())
}

#[test]
fn a_queen_should_come_by_bond_and_quorum() {
	build_and_execute(|| {
		System::set_block_number(5);
		assert_ok!(Roles::apply(signed(OTHER_QUEEN), BOND));
		System::assert_last_event(Event::QueenApplied { queen: OTHER_QUEEN, bond: BOND }.into());
		assert_eq!((bonded(OTHER_QUEEN), free(OTHER_QUEEN)), (BOND, FUNDS - BOND));
		assert_eq!(state(OTHER_QUEEN), QueenState::Candidate);
		// One of three is not more than half.
		assert_ok!(Roles::confirm_queen(signed(KINGS[0]), OTHER_QUEEN));
		System::assert_last_event(Event::QueenApproved { queen: OTHER_QUEEN, king: KINGS[0] }.into());
		assert_eq!(state(OTHER_QUEEN), QueenState::Candidate);
		assert!(!Roles::is_live_queen(&OTHER_QUEEN));
		System::set_block_number(8);
		assert_ok!(Roles::confirm_queen(signed(KINGS[2]), OTHER_QUEEN));
		System::assert_last_event(Event::QueenConfirmed { queen: OTHER_QUEEN }.into());
		let queen = Roles::queen(&OTHER_QUEEN).unwrap();
		assert_eq!((queen.state, queen.since, queen.approvals.len()), (QueenState::Active, 8, 0));
		assert!(Roles::is_live_queen(&OTHER_QUEEN));
	});
}

#[test]
fn approvals_needed_should_be_more_than_the_quorum_and_never_more_than_there_are() {
	for (kings, percent, needed) in [
		(1, 50, 1),
		(2, 50, 2),
		(3, 50, 2),
		(4, 50, 3),
		(16, 50, 9),
		(3, 0, 1),
		(3, 100, 3),
		(1, 100, 1),
		(3, 66, 2),
		(3, 67, 3),
		(0, 0, 1),
	] {
		assert_eq!(approvals_needed(kings, Permill::from_percent(percent)), needed, "{kings} {percent}");
	}
}

#[test]
fn apply_should_fail() {
	build_and_execute(|| {
		assert_noop!(Roles::apply(root(), BOND), DispatchError::BadOrigin);
		assert_noop!(Roles::apply(signed(KINGS[0]), BOND), Error::<Test>::IsKing);
		assert_noop!(Roles::apply(signed(QUEEN), BOND), Error::<Test>::AlreadyQueen);
		for bond in [0, 1, BOND - 1] {
			assert_noop!(Roles::apply(signed(OTHER_QUEEN), bond), Error::<Test>::BondTooSmall);
		}
		assert_noop!(Roles::apply(signed(OTHER_QUEEN), FUNDS), TokenError::FundsUnavailable);
		assert_noop!(Roles::apply(signed(OTHER_QUEEN), u128::MAX), TokenError::FundsUnavailable);
		// Without a minimum it is still something.
		QueenBond::set(&0);
		assert_noop!(Roles::apply(signed(OTHER_QUEEN), 0), Error::<Test>::BondTooSmall);
		assert_ok!(Roles::apply(signed(OTHER_QUEEN), 1));
	});
}

#[test]
fn confirm_queen_should_fail() {
	build_and_execute(|| {
		assert_noop!(Roles::confirm_queen(root(), OTHER_QUEEN), DispatchError::BadOrigin);
		assert_noop!(Roles::confirm_queen(signed(STRANGER), OTHER_QUEEN), Error::<Test>::NotKing);
		assert_noop!(Roles::confirm_queen(signed(KINGS[0]), OTHER_QUEEN), Error::<Test>::NotQueen);
		assert_noop!(Roles::confirm_queen(signed(KINGS[0]), QUEEN), Error::<Test>::NotConfirmable);
		assert_ok!(Roles::apply(signed(OTHER_QUEEN), BOND));
		// She cannot do it herself.
		assert_noop!(Roles::confirm_queen(signed(OTHER_QUEEN), OTHER_QUEEN), Error::<Test>::NotKing);
		assert_ok!(Roles::confirm_queen(signed(KINGS[0]), OTHER_QUEEN));
		assert_noop!(Roles::confirm_queen(signed(KINGS[0]), OTHER_QUEEN), Error::<Test>::AlreadyApproved);
		QueenBond::set(&(BOND + 1));
		assert_noop!(Roles::confirm_queen(signed(KINGS[1]), OTHER_QUEEN), Error::<Test>::BondTooSmall);
		assert_ok!(Roles::resign(signed(OTHER_QUEEN)));
		assert_noop!(Roles::confirm_queen(signed(KINGS[1]), OTHER_QUEEN), Error::<Test>::NotConfirmable);
	});
}

#[test]
fn what_a_former_king_approved_of_should_not_count() {
	build_and_execute(|| {
		assert_ok!(Roles::apply(signed(OTHER_QUEEN), BOND));
		assert_ok!(Roles::confirm_queen(signed(KINGS[0]), OTHER_QUEEN));
		assert_ok!(Roles::remove_king(root(), KINGS[0]));
		// Two are left, and both are needed.
		assert_ok!(Roles::confirm_queen(signed(KINGS[1]), OTHER_QUEEN));
		assert_eq!(state(OTHER_QUEEN), QueenState::Candidate);
		assert_ok!(Roles::confirm_queen(signed(KINGS[2]), OTHER_QUEEN));
		assert_eq!(state(OTHER_QUEEN), QueenState::Active);
	});
}

#[test]
fn a_suspended_queen_should_need_the_quorum_again() {
	build_and_execute(|| {
		assert_ok!(suspend(KINGS[1], QUEEN));
		System::assert_last_event(
			Event::QueenSuspended { queen: QUEEN, king: KINGS[1], reason: Reason::default() }.into(),
		);
		assert!(!Roles::is_live_queen(&QUEEN));
		assert_noop!(sponsor(QUEEN, NODE), Error::<Test>::NotLive);
		assert_ok!(Roles::confirm_queen(signed(KINGS[1]), QUEEN));
		assert_eq!(state(QUEEN), QueenState::Suspended);
		assert_ok!(Roles::confirm_queen(signed(KINGS[0]), QUEEN));
		assert_ok!(sponsor(QUEEN, NODE));
	});
}

#[test]
fn suspend_queen_should_fail() {
	build_and_execute(|| {
		assert_noop!(Roles::suspend_queen(root(), QUEEN, Reason::default()), DispatchError::BadOrigin);
		assert_noop!(suspend(STRANGER, QUEEN), Error::<Test>::NotKing);
		assert_noop!(suspend(QUEEN, QUEEN), Error::<Test>::NotKing);
		assert_noop!(suspend(KINGS[0], STRANGER), Error::<Test>::NotQueen);
		assert_ok!(Roles::apply(signed(OTHER_QUEEN), BOND));
		assert_noop!(suspend(KINGS[0], OTHER_QUEEN), Error::<Test>::NotActive);
		assert_ok!(suspend(KINGS[0], QUEEN));
		assert_noop!(suspend(KINGS[0], QUEEN), Error::<Test>::NotActive);
	});
}

#[test]
fn add_bond_should_make_a_queen_live_again() {
	build_and_execute(|| {
		QueenBond::set(&(10 * BOND + 1));
		assert!(!Roles::is_live_queen(&QUEEN));
		assert_noop!(sponsor(QUEEN, NODE), Error::<Test>::NotLive);
		assert_ok!(Roles::add_bond(signed(QUEEN), 1));
		System::assert_last_event(Event::BondAdded { queen: QUEEN, amount: 1, bond: 10 * BOND + 1 }.into());
		assert_eq!(bonded(QUEEN), 10 * BOND + 1);
		assert_ok!(sponsor(QUEEN, NODE));
	});
}

#[test]
fn add_bond_should_fail() {
	build_and_execute(|| {
		assert_noop!(Roles::add_bond(root(), 1), DispatchError::BadOrigin);
		assert_noop!(Roles::add_bond(signed(STRANGER), 1), Error::<Test>::NotQueen);
		assert_noop!(Roles::add_bond(signed(QUEEN), 0), Error::<Test>::ZeroAmount);
		assert_noop!(Roles::add_bond(signed(QUEEN), FUNDS), TokenError::FundsUnavailable);
		assert_ok!(Roles::resign(signed(QUEEN)));
		assert_noop!(Roles::add_bond(signed(QUEEN), 1), Error::<Test>::AlreadyLeaving);
	});
}

#[test]
fn a_queen_should_leave_with_her_bond_after_the_cooldown() {
	build_and_execute(|| {
		assert_noop!(Roles::withdraw_bond(signed(QUEEN)), Error::<Test>::BondLocked);
		assert_ok!(Roles::resign(signed(QUEEN)));
		System::assert_last_event(Event::QueenResigned { queen: QUEEN, until: 1 + COOLDOWN }.into());
		assert!(!Roles::is_live_queen(&QUEEN));
		assert_noop!(Roles::resign(signed(QUEEN)), Error::<Test>::AlreadyLeaving);
		advance(COOLDOWN - 1);
		assert_noop!(Roles::withdraw_bond(signed(QUEEN)), Error::<Test>::BondLocked);
		advance(1);
		assert_ok!(Roles::withdraw_bond(signed(QUEEN)));
		System::assert_last_event(Event::BondWithdrawn { queen: QUEEN, amount: 10 * BOND }.into());
		assert_eq!((bonded(QUEEN), free(QUEEN), Roles::queen(&QUEEN)), (0, FUNDS, None));
		// Whoever is gone may be a King, or apply again.
		assert_ok!(Roles::apply(signed(QUEEN), BOND));
	});
}

#[test]
fn a_candidate_should_leave_at_once() {
	build_and_execute(|| {
		assert_ok!(Roles::apply(signed(OTHER_QUEEN), BOND));
		assert_ok!(Roles::resign(signed(OTHER_QUEEN)));
		assert_ok!(Roles::withdraw_bond(signed(OTHER_QUEEN)));
		assert_eq!(free(OTHER_QUEEN), FUNDS);
	});
}

#[test]
fn withdraw_bond_should_wait_for_nodes_and_blame() {
	build_and_execute(|| {
		assert_ok!(sponsor(QUEEN, NODE));
		slash_queued(1, NODE);
		assert_ok!(Roles::resign(signed(QUEEN)));
		advance(COOLDOWN);
		assert_noop!(Roles::withdraw_bond(signed(QUEEN)), Error::<Test>::StillSponsoring);
		assert_ok!(Roles::end_sponsorship(signed(QUEEN), NODE));
		advance(NOTICE);
		assert_ok!(Roles::end_sponsorship(signed(QUEEN), NODE));
		assert_noop!(Roles::withdraw_bond(signed(QUEEN)), Error::<Test>::StillBlamed);
		slash_cancelled(1, NODE);
		assert_ok!(Roles::withdraw_bond(signed(QUEEN)));
	});
}

#[test]
fn resign_and_withdraw_bond_should_fail_for_others() {
	build_and_execute(|| {
		assert_noop!(Roles::resign(root()), DispatchError::BadOrigin);
		assert_noop!(Roles::resign(signed(STRANGER)), Error::<Test>::NotQueen);
		assert_noop!(Roles::withdraw_bond(root()), DispatchError::BadOrigin);
		assert_noop!(Roles::withdraw_bond(signed(STRANGER)), Error::<Test>::NotQueen);
	});
}

#[test]
fn dismiss_queen_should_let_her_go_as_if_she_had_resigned() {
	build_and_execute(|| {
		assert_noop!(Roles::dismiss_queen(signed(KINGS[0]), QUEEN), DispatchError::BadOrigin);
		assert_noop!(Roles::dismiss_queen(root(), STRANGER), Error::<Test>::NotQueen);
		assert_ok!(suspend(KINGS[0], QUEEN));
		assert_ok!(Roles::dismiss_queen(root(), QUEEN));
		System::assert_last_event(Event::QueenDismissed { queen: QUEEN, until: 1 + COOLDOWN }.into());
		assert_noop!(Roles::dismiss_queen(root(), QUEEN), Error::<Test>::AlreadyLeaving);
		advance(COOLDOWN);
		assert_ok!(Roles::withdraw_bond(signed(QUEEN)));
	});
}
