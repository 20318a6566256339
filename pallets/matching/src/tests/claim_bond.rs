use super::*;
use crate::{BidTickets, Bids, BidsByBidder};
use sp_runtime::DispatchError;

#[test]
fn who_does_not_reveal_should_lose_the_bond_to_the_treasury() {
	build_and_execute(|| {
		for asset in [NATIVE, DOLLARS] {
			let task = 5 + u64::from(asset == DOLLARS);
			set_task(task, |task| task.asset = asset.clone());
			let id = crate::NextAuctionId::<Test>::get();
			assert_ok!(Matching::open_auction(origin(BUYER), task, request(), false));
			commit(id, BIDDER, 1);
			commit(id, OTHER_BIDDER, 1);
			System::set_block_number(auction(id).reveal_until);
			reveal(id, OTHER_BIDDER, 1);
			System::set_block_number(auction(id).reveal_until + 1);
			assert_ok!(settle(id));
			let before = free(&asset, TREASURY);
			assert_ok!(claim(id, BIDDER));
			let node = node_of(BIDDER);
			assert_eq!(last_event(), Event::BondForfeited { auction_id: id, node, bidder: BIDDER, amount: BOND });
			assert_eq!(free(&asset, TREASURY), before + BOND);
			assert_eq!(free(&asset, BIDDER), FUNDS - BOND);
			assert_ok!(claim(id, OTHER_BIDDER));
			assert_eq!(
				last_event(),
				Event::BondReleased { auction_id: id, node: node_of(OTHER_BIDDER), bidder: OTHER_BIDDER, amount: BOND }
			);
			assert_eq!(free(&asset, OTHER_BIDDER), FUNDS);
			assert_eq!(auction(id).bids, 0);
		}
		assert_eq!(Bids::<Test>::iter().count() + BidsByBidder::<Test>::iter().count(), 0);
		assert_eq!(BidTickets::<Test>::iter().count(), 0);
	});
}

#[test]
fn the_winner_should_have_its_bond_back() {
	build_and_execute(|| {
		let id = revealed(&[(BIDDER, 1)]);
		assert_ok!(settle(id));
		assert_ok!(claim(id, BIDDER));
		assert_eq!(Balances::free_balance(BIDDER), FUNDS);
	});
}

#[test]
fn a_freeze_should_not_save_the_bond() {
	build_and_execute(|| {
		use frame_support::traits::{LockableCurrency, WithdrawReasons};
		open();
		commit(AUCTION, BIDDER, 1);
		Balances::set_lock(*b"vesting ", &BIDDER, Balance::MAX, WithdrawReasons::all());
		System::set_block_number(REVEAL_UNTIL + 1);
		assert_ok!(settle(AUCTION));
		assert_ok!(claim(AUCTION, BIDDER));
		assert_eq!(Balances::free_balance(TREASURY), FUNDS + BOND);
	});
}

#[test]
fn claim_should_wait_for_a_treasury_that_can_receive() {
	build_and_execute(|| {
		set_task(TASK, |task| task.budget = 100);
		open();
		commit(AUCTION, BIDDER, 1);
		System::set_block_number(REVEAL_UNTIL + 1);
		assert_ok!(settle(AUCTION));
		// A bond of one unit does not make an account.
		let all = Balances::free_balance(TREASURY);
		assert_ok!(Balances::transfer_allow_death(origin(TREASURY), BUYER, all));
		let claimed = || frame_support::storage::with_storage_layer(|| claim(AUCTION, BIDDER));
		assert!(System::account_exists(&TREASURY) || claimed().is_err());
		assert_ok!(Balances::transfer_allow_death(origin(BUYER), TREASURY, all));
		let _ = claimed();
		assert!(!Bids::<Test>::contains_key(AUCTION, node_of(BIDDER)));
	});
}

#[test]
fn claim_should_fail_when_there_is_nothing_to_claim() {
	build_and_execute(|| {
		assert_noop!(claim(AUCTION, BIDDER), Error::<Test>::AuctionNotFound);
		open();
		commit(AUCTION, BIDDER, 1);
		assert_noop!(claim(AUCTION, BIDDER), Error::<Test>::AuctionNotEnded);
		System::set_block_number(REVEAL_UNTIL + 1);
		assert_ok!(settle(AUCTION));
		assert_noop!(claim(AUCTION, OTHER_BIDDER), Error::<Test>::BidNotFound);
		assert_noop!(Matching::claim_bond(RuntimeOrigin::none(), AUCTION, node_of(BIDDER)), DispatchError::BadOrigin);
		assert_ok!(claim(AUCTION, BIDDER));
		assert_noop!(claim(AUCTION, BIDDER), Error::<Test>::BidNotFound);
	});
}
