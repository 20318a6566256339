use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{NodeStatus, Uri};
use sp_core::H256;
use sp_runtime::DispatchError;

#[test]
fn an_audit_should_be_recorded_in_the_place_of_the_last() {
	build_and_execute(|| {
		assert_ok!(sponsor(QUEEN, NODE));
		advance(7);
		assert_ok!(audit(QUEEN, NODE, true));
		let report_hash = H256::repeat_byte(7);
		System::assert_last_event(Event::NodeAudited { node: NODE, queen: QUEEN, passed: true, report_hash }.into());
		let expected =
			Audit { queen: QUEEN, at: 8, passed: true, report_uri: report(), report_hash, confirmed_by: None };
		assert_eq!(Roles::audit(&NODE), Some(expected.clone()));
		assert_eq!(Roles::sponsorship(&NODE).unwrap().audited_at, 8);
		assert_ok!(Roles::confirm_audit(signed(KINGS[0]), NODE));
		advance(1);
		assert_ok!(audit(QUEEN, NODE, false));
		assert_eq!(Roles::audit(&NODE), Some(Audit { at: 9, passed: false, ..expected }));
		assert_eq!(Roles::sponsorship(&NODE).unwrap().audited_at, 8, "a failed audit earns nothing");
	});
}

#[test]
fn audit_node_should_fail() {
	build_and_execute(|| {
		assert_noop!(Roles::audit_node(root(), NODE, true, report(), H256::zero()), DispatchError::BadOrigin);
		assert_noop!(audit(QUEEN, NODE, true), Error::<Test>::NotSponsored);
		assert_ok!(sponsor(QUEEN, NODE));
		crown(OTHER_QUEEN);
		for who in [OTHER_QUEEN, OWNER, KINGS[0]] {
			assert_noop!(audit(who, NODE, true), Error::<Test>::NotSponsor);
		}
		assert_noop!(
			Roles::audit_node(signed(QUEEN), NODE, true, Uri::default(), H256::zero()),
			Error::<Test>::NoReport
		);
		assert_ok!(Roles::suspend_queen(signed(KINGS[0]), QUEEN, Default::default()));
		assert_noop!(audit(QUEEN, NODE, true), Error::<Test>::NotLive);
		assert_ok!(Roles::end_sponsorship(signed(QUEEN), NODE));
		advance(NOTICE);
		assert_noop!(audit(QUEEN, NODE, true), Error::<Test>::NotSponsored);
	});
}

#[test]
fn confirming_a_passed_audit_should_change_nothing_else() {
	build_and_execute(|| {
		assert_ok!(sponsor(QUEEN, NODE));
		assert_ok!(audit(QUEEN, NODE, true));
		assert_ok!(Roles::confirm_audit(signed(KINGS[1]), NODE));
		let event = Event::AuditConfirmed { node: NODE, queen: QUEEN, king: KINGS[1], passed: true };
		System::assert_last_event(event.into());
		assert_eq!(Roles::audit(&NODE).unwrap().confirmed_by, Some(KINGS[1]));
		assert!(Roles::sponsorship(&NODE).is_some());
		assert_eq!(VerificationLog::get(), vec![(NODE, true)]);
	});
}

#[test]
fn confirming_a_failed_audit_should_take_sponsor_and_verification() {
	build_and_execute(|| {
		assert_ok!(sponsor(QUEEN, NODE));
		slash_queued(1, NODE);
		assert_ok!(audit(QUEEN, NODE, false));
		assert!(Roles::sponsorship(&NODE).is_some(), "a Queen alone cannot");
		assert_ok!(Roles::confirm_audit(signed(KINGS[1]), NODE));
		assert!(happened(Event::AuditConfirmed { node: NODE, queen: QUEEN, king: KINGS[1], passed: false }));
		assert_eq!((Roles::sponsorship(&NODE), Roles::audit(&NODE), deposits(QUEEN)), (None, None, 0));
		assert_eq!(VerificationLog::get(), vec![(NODE, true), (NODE, false)]);
		// What happened before is still hers to answer for.
		assert_eq!(Roles::queen(&QUEEN).unwrap().blamed, 1);
	});
}

#[test]
fn confirm_audit_should_fail() {
	build_and_execute(|| {
		assert_noop!(Roles::confirm_audit(root(), NODE), DispatchError::BadOrigin);
		assert_noop!(Roles::confirm_audit(signed(KINGS[0]), NODE), Error::<Test>::NotAudited);
		assert_ok!(sponsor(QUEEN, NODE));
		assert_ok!(audit(QUEEN, NODE, true));
		for who in [QUEEN, OWNER, STRANGER] {
			assert_noop!(Roles::confirm_audit(signed(who), NODE), Error::<Test>::NotKing);
		}
		assert_ok!(Roles::confirm_audit(signed(KINGS[0]), NODE));
		assert_noop!(Roles::confirm_audit(signed(KINGS[1]), NODE), Error::<Test>::AlreadyConfirmed);
	});
}

#[test]
fn a_king_should_not_confirm_an_audit_of_a_node_of_their_own() {
	build_and_execute(|| {
		Nodes::insert(NODE, (KINGS[0], NodeStatus::Pending));
		assert_ok!(sponsor(QUEEN, NODE));
		assert_ok!(audit(QUEEN, NODE, true));
		assert_noop!(Roles::confirm_audit(signed(KINGS[0]), NODE), Error::<Test>::OwnNode);
		assert_ok!(Roles::confirm_audit(signed(KINGS[1]), NODE));
	});
}

#[test]
fn a_node_that_left_should_have_nothing_to_lose() {
	build_and_execute(|| {
		assert_ok!(sponsor(QUEEN, NODE));
		assert_ok!(audit(QUEEN, NODE, false));
		Nodes::remove(NODE);
		VerificationFails::put(());
		assert_ok!(Roles::confirm_audit(signed(KINGS[0]), NODE));
		assert_eq!(Roles::sponsorship(&NODE), None);
	});
}
