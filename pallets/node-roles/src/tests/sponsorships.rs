use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{NodeId, NodeStatus, Sponsorship as SponsorshipInspect};
use sp_runtime::{DispatchError, TokenError};

fn may_be_verified(node: NodeId) -> bool {
	<Roles as SponsorshipInspect>::may_be_verified(&node)
}

fn end(who: u64, node: NodeId) -> sp_runtime::DispatchResult {
	Roles::end_sponsorship(signed(who), node)
}

fn sponsored_by(who: u64) -> u32 {
	Roles::queen(&who).unwrap().sponsored
}

#[test]
fn sponsor_node_should_answer_for_it_and_have_it_verified() {
	build_and_execute(|| {
		System::set_block_number(4);
		assert!(!may_be_verified(NODE));
		assert_ok!(sponsor(QUEEN, NODE));
		System::assert_last_event(Event::NodeSponsored { node: NODE, queen: QUEEN }.into());
		let expected = Sponsorship { queen: QUEEN, since: 4, audited_at: 4, ends_at: None };
		assert_eq!(Roles::sponsorship(&NODE), Some(expected));
		assert_eq!((sponsored_by(QUEEN), deposits(QUEEN)), (1, DEPOSIT));
		assert_eq!(VerificationLog::get(), vec![(NODE, true)]);
		assert!(may_be_verified(NODE));
	});
}

#[test]
fn a_queen_should_not_sponsor_a_node_of_her_own() {
	build_and_execute(|| {
		Nodes::insert(NODE, (QUEEN, NodeStatus::Pending));
		assert_noop!(sponsor(QUEEN, NODE), Error::<Test>::OwnNode);
		assert!(!may_be_verified(NODE));
	});
}

#[test]
fn sponsor_node_should_fail() {
	build_and_execute(|| {
		assert_noop!(Roles::sponsor_node(root(), NODE), DispatchError::BadOrigin);
		assert_noop!(sponsor(STRANGER, NODE), Error::<Test>::NotQueen);
		assert_noop!(sponsor(KINGS[0], NODE), Error::<Test>::NotQueen);
		assert_ok!(Roles::apply(signed(OTHER_QUEEN), BOND));
		assert_noop!(sponsor(OTHER_QUEEN, NODE), Error::<Test>::NotLive);
		assert_noop!(sponsor(QUEEN, NOWHERE), Error::<Test>::UnknownNode);
		for status in [NodeStatus::Rejected, NodeStatus::Slashed] {
			Nodes::insert(NODE, (OWNER, status));
			assert_noop!(sponsor(QUEEN, NODE), Error::<Test>::NodeOutOfService);
		}
		Nodes::insert(NODE, (OWNER, NodeStatus::Active));
		assert_ok!(sponsor(QUEEN, NODE));
		assert_noop!(sponsor(QUEEN, NODE), Error::<Test>::AlreadySponsored);
		MaxSponsored::set(&1);
		assert_noop!(sponsor(QUEEN, OTHER_NODE), Error::<Test>::TooManySponsored);
		MaxSponsored::set(&2);
		let all = free(QUEEN) - ED;
		assert_ok!(Balances::transfer_keep_alive(signed(QUEEN), STRANGER, all));
		assert_noop!(sponsor(QUEEN, OTHER_NODE), TokenError::FundsUnavailable);
	});
}

#[test]
fn a_registry_that_refuses_should_undo_the_sponsorship() {
	build_and_execute(|| {
		VerificationFails::put(());
		assert_noop!(
			frame_support::storage::with_storage_layer(|| sponsor(QUEEN, NODE)),
			DispatchError::Other("verification failed")
		);
	});
}

#[test]
fn nobody_should_need_a_sponsor_where_none_is_required() {
	build_and_execute(|| {
		SponsorRequired::set(&false);
		assert!(may_be_verified(NODE) && may_be_verified(NOWHERE));
	});
}

#[test]
fn only_a_live_sponsor_who_stays_should_have_a_node_verified() {
	build_and_execute(|| {
		assert_ok!(sponsor(QUEEN, NODE));
		QueenBond::set(&(10 * BOND + 1));
		assert!(!may_be_verified(NODE));
		QueenBond::set(&BOND);
		assert_ok!(Roles::suspend_queen(signed(KINGS[0]), QUEEN, Default::default()));
		assert!(!may_be_verified(NODE));
		for king in &KINGS[..2] {
			assert_ok!(Roles::confirm_queen(signed(*king), QUEEN));
		}
		assert!(may_be_verified(NODE));
		assert_ok!(end(QUEEN, NODE));
		assert!(!may_be_verified(NODE));
	});
}

#[test]
fn a_sponsorship_should_end_after_the_notice() {
	for who in [QUEEN, OWNER, KINGS[2]] {
		build_and_execute(|| {
			assert_ok!(sponsor(QUEEN, NODE));
			assert_ok!(end(who, NODE));
			let ends_at = 1 + NOTICE;
			System::assert_last_event(Event::SponsorshipEnding { node: NODE, queen: QUEEN, ends_at }.into());
			assert_noop!(end(who, NODE), Error::<Test>::AlreadyEnding);
			assert_noop!(end(STRANGER, NODE), Error::<Test>::NotEntitled);
			advance(NOTICE - 1);
			assert!(Roles::sponsorship(&NODE).is_some());
			advance(1);
			assert_eq!(Roles::sponsorship(&NODE), None);
			// It takes a place until somebody clears it away.
			assert_eq!((sponsored_by(QUEEN), deposits(QUEEN)), (1, DEPOSIT));
			assert_ok!(end(STRANGER, NODE));
			System::assert_last_event(Event::SponsorshipEnded { node: NODE, queen: QUEEN }.into());
			assert_eq!((sponsored_by(QUEEN), deposits(QUEEN)), (0, 0));
		});
	}
}

#[test]
fn a_sponsorship_should_end_at_once_without_notice() {
	build_and_execute(|| {
		SponsorNotice::set(&0);
		assert_ok!(sponsor(QUEEN, NODE));
		assert_ok!(end(QUEEN, NODE));
		assert_eq!((Roles::sponsorship(&NODE), sponsored_by(QUEEN)), (None, 0));
	});
}

#[test]
fn end_sponsorship_should_fail() {
	build_and_execute(|| {
		assert_noop!(Roles::end_sponsorship(root(), NODE), DispatchError::BadOrigin);
		assert_noop!(end(QUEEN, NODE), Error::<Test>::NotSponsored);
		assert_ok!(sponsor(QUEEN, NODE));
		crown(OTHER_QUEEN);
		for who in [STRANGER, OTHER_QUEEN] {
			assert_noop!(end(who, NODE), Error::<Test>::NotEntitled);
		}
	});
}

#[test]
fn anybody_should_clear_away_the_sponsorship_of_a_node_that_is_gone() {
	for gone in [None, Some(NodeStatus::Slashed), Some(NodeStatus::Rejected)] {
		build_and_execute(|| {
			assert_ok!(sponsor(QUEEN, NODE));
			match gone {
				Some(status) => Nodes::insert(NODE, (OWNER, status)),
				None => Nodes::remove(NODE),
			}
			assert_ok!(end(STRANGER, NODE));
			assert_eq!((Roles::sponsorship(&NODE), deposits(QUEEN)), (None, 0));
		});
	}
}

#[test]
fn a_node_should_be_sponsored_anew_once_a_sponsorship_is_over() {
	build_and_execute(|| {
		assert_ok!(sponsor(QUEEN, NODE));
		assert_ok!(audit(QUEEN, NODE, true));
		assert_ok!(end(OWNER, NODE));
		crown(OTHER_QUEEN);
		assert_noop!(sponsor(OTHER_QUEEN, NODE), Error::<Test>::AlreadySponsored);
		advance(NOTICE);
		assert_ok!(sponsor(OTHER_QUEEN, NODE));
		assert_eq!((sponsored_by(QUEEN), sponsored_by(OTHER_QUEEN)), (0, 1));
		assert_eq!((deposits(QUEEN), deposits(OTHER_QUEEN)), (0, DEPOSIT));
		// What the one found is not the other's word.
		assert_eq!(Roles::audit(&NODE), None);
	});
}

#[test]
fn a_queen_should_sponsor_anew_what_she_left_even_at_her_limit() {
	build_and_execute(|| {
		MaxSponsored::set(&1);
		assert_ok!(sponsor(QUEEN, NODE));
		assert_ok!(end(QUEEN, NODE));
		advance(NOTICE);
		assert_ok!(sponsor(QUEEN, NODE));
		assert_eq!((sponsored_by(QUEEN), deposits(QUEEN)), (1, DEPOSIT));
	});
}
