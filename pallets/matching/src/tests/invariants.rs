//! Each invariant, broken once.

use super::*;
use crate::{
	types::RevealedBid, AuctionOf, AuctionTickets, Auctions, BidTickets, Bids, BidsByBidder, IndexCounts, IndexPages,
	IndexPlaces, LatestAuctions, NextAuctionId,
};
use frame_support::traits::fungibles::hold::Mutate;
use gpu_chain_primitives::ResourceType;
use sp_runtime::DispatchError;

/// The pallet must find fault, by that number, with what `break_it` did to an auction with two revealed bids and one that is
/// not.
fn breaks(number: char, break_it: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		open();
		for bidder in &BIDDERS[..3] {
			commit(AUCTION, *bidder, 1_000);
		}
		System::set_block_number(COMMIT_UNTIL + 1);
		reveal(AUCTION, BIDDERS[0], 1_000);
		reveal(AUCTION, BIDDERS[1], 1_000);
		check_everything();
		break_it();
		match Matching::do_try_state() {
			Err(DispatchError::Other(words)) => assert!(words.starts_with(number), "{words}"),
			other => panic!("{number} should be broken, and the pallet says {other:?}"),
		}
	});
}

fn change(act: impl FnOnce(&mut AuctionOf<Test>)) {
	Auctions::<Test>::mutate(AUCTION, |auction| act(auction.as_mut().unwrap()));
}

#[test]
fn one() {
	breaks('1', || NextAuctionId::<Test>::put(0));
	breaks('1', || AuctionTickets::<Test>::remove(AUCTION));
}

#[test]
fn two() {
	breaks('2', || LatestAuctions::<Test>::insert(TASK, 7));
	breaks('2', || LatestAuctions::<Test>::insert(99, AUCTION));
	breaks('2', || LatestAuctions::<Test>::remove(TASK));
}

#[test]
fn three() {
	breaks('3', || change(|auction| auction.bids = 2));
	breaks('3', || BidTickets::<Test>::remove(AUCTION, node_of(BIDDER)));
	breaks('3', || {
		let bid = Bids::<Test>::take(AUCTION, node_of(BIDDER)).unwrap();
		Bids::<Test>::insert(9, node_of(BIDDER), bid);
	});
}

#[test]
fn four() {
	breaks('4', || BidsByBidder::<Test>::remove(BIDDER, (AUCTION, node_of(BIDDER))));
	breaks('4', || BidsByBidder::<Test>::insert(ANYBODY, (AUCTION, node_of(BIDDER)), ()));
}

#[test]
fn five() {
	breaks('5', || change(|auction| auction.bond -= 1));
	breaks('5', || {
		assert_ok!(Currencies::hold(NATIVE, &BondReason::get(), &BIDDER, 1));
	});
}

#[test]
fn seven() {
	let indexed = || BIDDERS.iter().for_each(|who| assert!(Matching::refresh(&node_of(*who))));
	let gpu = ResourceType::Gpu;
	breaks('7', || {
		indexed();
		IndexPlaces::<Test>::insert(node_of(BIDDER), (gpu, 1));
	});
	breaks('7', || {
		indexed();
		IndexPlaces::<Test>::insert(node_of(404), (gpu, 99));
	});
	breaks('7', || {
		indexed();
		IndexPages::<Test>::mutate(gpu, 0, |page| page.pop());
	});
	breaks('7', || {
		indexed();
		IndexCounts::<Test>::insert(gpu, 7);
	});
	breaks('7', || IndexPages::<Test>::insert(gpu, 3, crate::IndexPage::<Test>::default()));
}

#[test]
fn six() {
	breaks('6', || {
		change(|auction| {
			let turned: Vec<_> = auction.best.iter().rev().copied().collect();
			auction.best = turned.try_into().unwrap();
		});
	});
	breaks('6', || change(|auction| auction.best[1].node = node_of(BIDDERS[2])));
	breaks('6', || {
		Bids::<Test>::mutate(AUCTION, node_of(BIDDER), |bid| {
			let revealed = RevealedBid { price: 999, outcome: Ok(1) };
			bid.as_mut().unwrap().revealed = Some(revealed);
		});
	});
}
