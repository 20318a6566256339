use super::*;
use crate::{LatestAuctions, NextAuctionId};
use gpu_chain_primitives::{score::ScoreWeights, Assignment};
use sp_runtime::{ArithmeticError, DispatchError, Permill};

#[test]
fn open_should_put_the_task_up_for_auction() {
	build_and_execute(|| {
		assert_ok!(Matching::open_auction(origin(BUYER), TASK, request(), false));
		let opened = auction(AUCTION);
		assert_eq!((opened.task_id, opened.buyer, opened.asset.clone(), opened.budget), (TASK, BUYER, NATIVE, BUDGET));
		assert_eq!((opened.bond, opened.commit_until, opened.reveal_until), (BOND, COMMIT_UNTIL, REVEAL_UNTIL));
		assert_eq!((opened.bids, opened.status), (0, AuctionStatus::Running));
		assert_eq!(opened.request, request());
		assert_eq!(Tasks::get(TASK).unwrap().assignment, Assignment::Auction);
		assert_eq!(LatestAuctions::<Test>::get(TASK), Some(AUCTION));
		assert_eq!(
			last_event(),
			Event::AuctionOpened {
				auction_id: AUCTION,
				task_id: TASK,
				buyer: BUYER,
				budget: BUDGET,
				bond: BOND,
				direct: false,
				commit_until: COMMIT_UNTIL,
				reveal_until: REVEAL_UNTIL,
			}
		);
	});
}

#[test]
fn open_should_allow_direct_accept_where_the_buyer_does() {
	build_and_execute(|| {
		open_with(request(), true);
		assert_eq!(Tasks::get(TASK).unwrap().assignment, Assignment::Both);
	});
}

#[test]
fn open_should_round_the_bond_up_and_give_every_window_a_block() {
	build_and_execute(|| {
		set_task(TASK, |task| task.budget = 101);
		CommitWindow::set(0);
		RevealWindow::set(0);
		let opened = auction(open());
		assert_eq!((opened.bond, opened.commit_until, opened.reveal_until), (2, 2, 3));
		// The largest of everything saturates.
		System::set_block_number(9);
		assert_ok!(settle(AUCTION));
		set_task(TASK, |task| task.budget = Balance::MAX);
		BidBond::set(Permill::one());
		CommitWindow::set(u64::MAX);
		let opened = auction(open());
		assert_eq!((opened.bond, opened.commit_until, opened.reveal_until), (Balance::MAX, u64::MAX, u64::MAX));
	});
}

#[test]
fn changed_parameters_should_not_touch_a_running_auction() {
	build_and_execute(|| {
		open();
		BidBond::set(Permill::from_percent(50));
		CommitWindow::set(1);
		assert_eq!(auction(AUCTION).bond, BOND);
		commit(AUCTION, BIDDER, 1);
		assert_eq!(auction(AUCTION).commit_until, COMMIT_UNTIL);
	});
}

#[test]
fn open_should_fail_when_task_is_unknown_or_not_open() {
	build_and_execute(|| {
		let call = |task| Matching::open_auction(origin(BUYER), task, request(), false);
		assert_noop!(call(99), Error::<Test>::TaskNotFound);
		set_task(TASK, |task| task.given = Some((node_of(BIDDER), 1)));
		assert_noop!(call(TASK), Error::<Test>::TaskNotOpen);
		set_task(TASK, |task| task.ended = true);
		assert_noop!(call(TASK), Error::<Test>::TaskNotOpen);
	});
}

#[test]
fn open_should_fail_when_caller_is_not_the_buyer() {
	build_and_execute(|| {
		for who in [OTHER_BUYER, BIDDER] {
			assert_noop!(Matching::open_auction(origin(who), TASK, request(), false), Error::<Test>::NotBuyer);
		}
		assert_noop!(Matching::open_auction(RuntimeOrigin::none(), TASK, request(), false), DispatchError::BadOrigin);
	});
}

#[test]
fn open_should_fail_when_the_request_makes_no_sense() {
	build_and_execute(|| {
		let none = ScoreWeights { price: 0, reputation: 0, latency: 0, uptime: 0, power: 0 };
		let mut unweighted = request();
		unweighted.weights = none;
		let mut nowhere = request();
		nowhere.regions = Default::default();
		for bad in [unweighted, nowhere] {
			assert_noop!(Matching::open_auction(origin(BUYER), TASK, bad, false), Error::<Test>::BadRequest);
		}
	});
}

#[test]
fn open_should_fail_when_an_auction_of_the_task_runs() {
	build_and_execute(|| {
		open();
		let again = || Matching::open_auction(origin(BUYER), TASK, request(), false);
		assert_noop!(again(), Error::<Test>::AuctionRunning);
		System::set_block_number(REVEAL_UNTIL + 1);
		assert_noop!(again(), Error::<Test>::AuctionRunning);
		assert_ok!(settle(AUCTION));
		assert_ok!(again());
		assert_eq!(LatestAuctions::<Test>::get(TASK), Some(1));
	});
}

#[test]
fn open_should_fail_when_the_deposit_cannot_be_held_or_numbers_are_used_up() {
	build_and_execute(|| {
		set_task(6, |task| task.buyer = 77);
		assert!(Matching::open_auction(origin(77), 6, request(), false).is_err());
		NextAuctionId::<Test>::put(u64::MAX);
		assert_noop!(Matching::open_auction(origin(BUYER), TASK, request(), false), ArithmeticError::Overflow);
		NextAuctionId::<Test>::put(0);
	});
}
