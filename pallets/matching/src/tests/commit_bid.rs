use super::*;
use crate::Bids;
use frame_support::traits::fungible::InspectHold;
use gpu_chain_primitives::ResourceType;
use sp_core::H256;
use sp_runtime::{DispatchError, Permill};

fn try_commit(who: AccountId, node: AccountId) -> sp_runtime::DispatchResult {
	Matching::commit_bid(origin(who), AUCTION, node_of(node), H256::zero())
}

#[test]
fn commit_should_hold_the_bond_and_hide_the_price() {
	build_and_execute(|| {
		open();
		let sealed = commitment(AUCTION, BIDDER, 60_000);
		assert_ok!(Matching::commit_bid(origin(BIDDER), AUCTION, node_of(BIDDER), sealed));
		assert_eq!(Balances::balance_on_hold(&BondReason::get(), &BIDDER), BOND);
		let bid = Bids::<Test>::get(AUCTION, node_of(BIDDER)).unwrap();
		assert_eq!((bid.bidder, bid.commitment, bid.revealed), (BIDDER, sealed, None));
		assert_eq!(auction(AUCTION).bids, 1);
		assert_eq!(
			last_event(),
			Event::BidCommitted { auction_id: AUCTION, node: node_of(BIDDER), bidder: BIDDER, commitment: sealed }
		);
	});
}

#[test]
fn commit_should_hold_the_bond_in_the_tasks_currency() {
	build_and_execute(|| {
		set_task(TASK, |task| task.asset = DOLLARS);
		open();
		commit(AUCTION, BIDDER, 1);
		assert_eq!(free(&DOLLARS, BIDDER), FUNDS - BOND);
		assert_eq!(Balances::balance_on_hold(&BondReason::get(), &BIDDER), 0);
	});
}

#[test]
fn commit_should_hold_nothing_when_there_is_no_bond() {
	build_and_execute(|| {
		BidBond::set(Permill::zero());
		open();
		commit(AUCTION, BIDDER, 1);
		assert_eq!(auction(AUCTION).bond, 0);
		System::set_block_number(REVEAL_UNTIL + 1);
		assert_ok!(settle(AUCTION));
		assert_ok!(claim(AUCTION, BIDDER));
		assert_eq!(Balances::free_balance(BIDDER), FUNDS);
	});
}

#[test]
fn a_bidder_should_bid_with_each_of_its_nodes_and_once_with_each() {
	build_and_execute(|| {
		open();
		set_node(node_of(100), |node| node.owner = BIDDER);
		assert_ok!(try_commit(BIDDER, BIDDER));
		assert_ok!(try_commit(BIDDER, 100));
		assert_noop!(try_commit(BIDDER, BIDDER), Error::<Test>::AlreadyBid);
		assert_eq!(Balances::balance_on_hold(&BondReason::get(), &BIDDER), 2 * BOND);
		// Nor in the other window, by which time the price could be chosen by those of others.
		System::set_block_number(COMMIT_UNTIL + 1);
		assert_noop!(try_commit(BIDDER, BIDDER), Error::<Test>::CommitWindowOver);
	});
}

#[test]
fn commit_should_fail_when_the_window_is_over() {
	build_and_execute(|| {
		open();
		System::set_block_number(COMMIT_UNTIL);
		assert_ok!(try_commit(BIDDER, BIDDER));
		System::set_block_number(COMMIT_UNTIL + 1);
		assert_noop!(try_commit(OTHER_BIDDER, OTHER_BIDDER), Error::<Test>::CommitWindowOver);
	});
}

#[test]
fn commit_should_fail_when_auction_is_unknown_or_ended() {
	build_and_execute(|| {
		assert_noop!(try_commit(BIDDER, BIDDER), Error::<Test>::AuctionNotFound);
		open();
		set_task(TASK, |task| task.ended = true);
		assert_noop!(try_commit(BIDDER, BIDDER), Error::<Test>::TaskNotOpen);
		Tasks::remove(TASK);
		assert_noop!(try_commit(BIDDER, BIDDER), Error::<Test>::TaskNotOpen);
		assert_ok!(settle(AUCTION));
		assert_noop!(try_commit(BIDDER, BIDDER), Error::<Test>::AuctionEnded);
	});
}

#[test]
fn commit_should_fail_when_node_is_unknown_or_somebody_elses() {
	build_and_execute(|| {
		open();
		assert_noop!(try_commit(BIDDER, 404), Error::<Test>::NodeNotFound);
		assert_noop!(try_commit(BIDDER, OTHER_BIDDER), Error::<Test>::NotNodeOwner);
		let unsigned = Matching::commit_bid(RuntimeOrigin::none(), AUCTION, node_of(BIDDER), H256::zero());
		assert_noop!(unsigned, DispatchError::BadOrigin);
	});
}

#[test]
fn commit_should_fail_when_the_buyer_owns_the_node() {
	build_and_execute(|| {
		open();
		set_node(node_of(BUYER), |node| node.owner = BUYER);
		assert_noop!(try_commit(BUYER, BUYER), Error::<Test>::SelfDealing);
	});
}

#[test]
fn commit_should_fail_when_node_is_inactive_or_of_another_kind() {
	build_and_execute(|| {
		open();
		set_node(node_of(BIDDER), |node| node.active = false);
		assert_noop!(try_commit(BIDDER, BIDDER), Error::<Test>::NodeNotActive);
		set_node(node_of(BIDDER), |node| {
			node.active = true;
			node.resource_type = ResourceType::Cpu;
		});
		assert_noop!(try_commit(BIDDER, BIDDER), Error::<Test>::WrongResourceType);
	});
}

#[test]
fn commit_should_fail_when_the_bond_cannot_be_held() {
	build_and_execute(|| {
		set_task(TASK, |task| task.budget = 200 * FUNDS);
		open();
		let refused = frame_support::storage::with_storage_layer(|| try_commit(BIDDER, BIDDER));
		assert!(refused.is_err());
		assert_eq!(auction(AUCTION).bids, 0);
	});
}
