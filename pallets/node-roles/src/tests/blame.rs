use crate::{mock::*, *};
use frame_support::assert_ok;
use proptest::prelude::*;
use sp_runtime::Permill;

fn blamed() -> u32 {
	Roles::queen(&QUEEN).unwrap().blamed
}

/// The Queen, with a bond of 10,000, sponsors [`NODE`].
fn sponsored(test: impl FnOnce()) {
	build_and_execute(|| {
		assert_ok!(sponsor(QUEEN, NODE));
		test();
	});
}

#[test]
fn a_queen_should_lose_a_tenth_of_her_bond_with_a_slash_of_her_node() {
	sponsored(|| {
		slash_queued(1, NODE);
		System::assert_last_event(Event::QueenBlamed { slash: 1, node: NODE, queen: QUEEN }.into());
		assert_eq!(blamed(), 1);
		slashed(1, NODE, 5_000, None);
		let event = Event::QueenSlashed { slash: 1, node: NODE, queen: QUEEN, amount: 1_000, compensated: 0 };
		System::assert_last_event(event.into());
		assert_eq!((blamed(), bonded(QUEEN), free(TREASURY)), (0, 9_000, FUNDS + 1_000));
	});
}

#[test]
fn a_queen_should_lose_no_more_than_the_node() {
	sponsored(|| {
		slash_queued(1, NODE);
		slashed(1, NODE, 300, None);
		assert_eq!(bonded(QUEEN), 9_700);
	});
}

#[test]
fn whoever_was_harmed_and_not_made_whole_should_be_paid_first() {
	for (owed, compensated) in [(0, 0), (250, 250), (1_000, 1_000), (9_999, 1_000)] {
		sponsored(|| {
			slash_queued(1, NODE);
			slashed(1, NODE, 5_000, Some((BUYER, owed)));
			assert_eq!((free(BUYER), free(TREASURY)), (FUNDS + compensated, FUNDS + 1_000 - compensated));
		});
	}
}

#[test]
fn a_queen_should_not_be_compensated_from_her_own_bond() {
	sponsored(|| {
		slash_queued(1, NODE);
		slashed(1, NODE, 5_000, Some((QUEEN, 5_000)));
		assert_eq!((bonded(QUEEN), free(TREASURY)), (9_000, FUNDS + 1_000));
	});
}

#[test]
fn a_harmed_one_who_cannot_receive_should_leave_it_to_the_treasury() {
	sponsored(|| {
		slash_queued(1, NODE);
		// Less than it takes for account 77 to exist.
		slashed(1, NODE, 5_000, Some((77, ED - 1)));
		assert_eq!((free(77), bonded(QUEEN), free(TREASURY)), (0, 9_000, FUNDS + 1_000));
	});
}

#[test]
fn a_treasury_that_cannot_receive_should_leave_it_with_the_queen() {
	sponsored(|| {
		assert_ok!(Balances::transfer_allow_death(signed(TREASURY), STRANGER, FUNDS));
		slash_queued(1, NODE);
		slashed(1, NODE, ED - 1, None);
		assert_eq!((blamed(), bonded(QUEEN)), (0, 10 * BOND));
	});
}

#[test]
fn a_cancelled_slash_should_blame_nobody() {
	sponsored(|| {
		slash_queued(1, NODE);
		slash_queued(2, NODE);
		slash_cancelled(1, NODE);
		assert_eq!(blamed(), 1);
		slashed(1, NODE, 5_000, None);
		assert_eq!(bonded(QUEEN), 10 * BOND);
		slashed(2, NODE, 5_000, None);
		assert_eq!((blamed(), bonded(QUEEN)), (0, 9_000));
	});
}

#[test]
fn a_queen_should_not_escape_the_blame_by_leaving() {
	sponsored(|| {
		slash_queued(1, NODE);
		assert_ok!(Roles::end_sponsorship(signed(QUEEN), NODE));
		// Nor in the notice.
		advance(NOTICE - 1);
		slash_queued(2, NODE);
		advance(1);
		slash_queued(3, NODE);
		assert_eq!(blamed(), 2);
		assert_ok!(Roles::resign(signed(QUEEN)));
		crown(OTHER_QUEEN);
		assert_ok!(sponsor(OTHER_QUEEN, NODE));
		for slash in 1..=3 {
			slashed(slash, NODE, 5_000, None);
		}
		// A tenth of 10,000, and a tenth of what was left; nothing for what came after her.
		assert_eq!((bonded(QUEEN), bonded(OTHER_QUEEN)), (8_100, BOND));
	});
}

#[test]
fn nobody_should_be_blamed_for_a_node_without_sponsor() {
	build_and_execute(|| {
		slash_queued(1, NODE);
		slashed(1, NODE, 5_000, Some((BUYER, 1)));
		slash_cancelled(2, NODE);
		assert_eq!((Blames::<Test>::iter().count(), free(BUYER)), (0, FUNDS));
	});
}

#[test]
fn a_cut_bond_should_keep_her_from_sponsoring_until_it_is_filled_up() {
	build_and_execute(|| {
		crown(OTHER_QUEEN);
		assert_ok!(sponsor(OTHER_QUEEN, NODE));
		slash_queued(1, NODE);
		slashed(1, NODE, 5_000, None);
		assert!(!Roles::is_live_queen(&OTHER_QUEEN));
		assert_ok!(Roles::add_bond(signed(OTHER_QUEEN), BOND / 10));
		assert!(Roles::is_live_queen(&OTHER_QUEEN));
	});
}

proptest! {
	#[test]
	fn the_blame_is_capped_and_conserved(
		parts in 0..=1_000_000u32,
		lost in any::<u128>(),
		owed in prop::option::of(any::<u128>()),
	) {
		sponsored(|| {
			BlameShare::set(&Permill::from_parts(parts));
			slash_queued(1, NODE);
			slashed(1, NODE, lost, owed.map(|owed| (BUYER, owed)));
			let due = Permill::from_parts(parts).mul_floor(10 * BOND).min(lost);
			let compensated = owed.unwrap_or_default().min(due);
			assert_eq!(bonded(QUEEN), 10 * BOND - due);
			assert_eq!((free(BUYER), free(TREASURY)), (FUNDS + compensated, FUNDS + due - compensated));
		});
	}
}
