use super::*;
use crate::{AuctionTickets, Auctions, LatestAuctions};
use sp_runtime::{DispatchError, DispatchResult};

fn remove(id: u64) -> DispatchResult {
	Matching::remove_auction(origin(ANYBODY), id)
}

#[test]
fn remove_should_return_the_deposit_when_the_task_has_ended() {
	build_and_execute(|| {
		let id = revealed(&[(BIDDER, 1)]);
		assert_ok!(settle(id));
		assert_ok!(claim(id, BIDDER));
		set_task(TASK, |task| task.ended = true);
		assert_ok!(remove(id));
		assert_eq!(last_event(), Event::AuctionRemoved { auction_id: id });
		assert_eq!(Balances::free_balance(BUYER), FUNDS);
		assert_eq!(Auctions::<Test>::iter().count() + AuctionTickets::<Test>::iter().count(), 0);
		assert_eq!(LatestAuctions::<Test>::get(TASK), None);
		assert_noop!(remove(id), Error::<Test>::AuctionNotFound);
	});
}

#[test]
fn remove_should_work_when_the_task_is_gone_or_has_a_newer_auction() {
	build_and_execute(|| {
		let first = open();
		System::set_block_number(REVEAL_UNTIL + 1);
		assert_ok!(settle(first));
		assert_noop!(remove(first), Error::<Test>::RequestInUse);
		let second = open();
		assert_ok!(remove(first));
		assert_eq!(LatestAuctions::<Test>::get(TASK), Some(second));
		Tasks::remove(TASK);
		assert_ok!(settle(second));
		assert_ok!(remove(second));
	});
}

#[test]
fn an_old_auction_should_be_removed_after_the_newest() {
	build_and_execute(|| {
		let first = open();
		System::set_block_number(REVEAL_UNTIL + 1);
		assert_ok!(settle(first));
		let second = open();
		set_task(TASK, |task| task.ended = true);
		assert_ok!(settle(second));
		assert_ok!(remove(second));
		assert_ok!(remove(first));
	});
}

#[test]
fn remove_should_fail_when_auction_runs_or_bids_are_left() {
	build_and_execute(|| {
		let id = open();
		assert_noop!(remove(id), Error::<Test>::AuctionNotEnded);
		commit(id, BIDDER, 1);
		set_task(TASK, |task| task.ended = true);
		assert_ok!(settle(id));
		assert_noop!(remove(id), Error::<Test>::BidsNotClaimed);
		assert_noop!(Matching::remove_auction(RuntimeOrigin::none(), id), DispatchError::BadOrigin);
		assert_ok!(claim(id, BIDDER));
		assert_ok!(remove(id));
	});
}

#[test]
fn remove_should_fail_while_nodes_are_judged_by_the_request() {
	build_and_execute(|| {
		let id = revealed(&[(BIDDER, 1)]);
		assert_ok!(settle(id));
		assert_ok!(claim(id, BIDDER));
		// The task is taken, and may be open again.
		assert_noop!(remove(id), Error::<Test>::RequestInUse);
	});
}
