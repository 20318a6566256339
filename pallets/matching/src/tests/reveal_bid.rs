use super::*;
use crate::{types::RevealedBid, Bids, RankedBid};
use gpu_chain_primitives::{matching::Unfit, Tier};
use sp_runtime::DispatchError;

/// 60,000 of 100,000: price 4,000, reputation 5,000, latency 5,000, uptime 9,900, power 7,500.
const SCORE: u32 = 4_000 * 4_000 + 2_000 * 5_000 + 1_000 * 5_000 + 1_000 * 9_900 + 2_000 * 7_500;

fn committed(price: Balance) {
	open();
	commit(AUCTION, BIDDER, price);
	System::set_block_number(COMMIT_UNTIL + 1);
}

#[test]
fn reveal_should_compute_the_score() {
	build_and_execute(|| {
		committed(60_000);
		assert_ok!(try_reveal(AUCTION, BIDDER, 60_000));
		let bid = Bids::<Test>::get(AUCTION, node_of(BIDDER)).unwrap();
		assert_eq!(bid.revealed, Some(RevealedBid { price: 60_000, outcome: Ok(SCORE) }));
		let best = RankedBid { node: node_of(BIDDER), price: 60_000, score: SCORE };
		assert_eq!(auction(AUCTION).best.to_vec(), vec![best]);
		assert_eq!(
			last_event(),
			Event::BidRevealed { auction_id: AUCTION, node: node_of(BIDDER), price: 60_000, outcome: Ok(SCORE) }
		);
	});
}

#[test]
fn reveal_should_keep_the_best_and_forget_the_rest() {
	build_and_execute(|| {
		let prices = [50_000, 20_000, 90_000, 20_000, 70_000, 10_000];
		let bids: Vec<_> = BIDDERS.into_iter().zip(prices).collect();
		let id = revealed(&bids);
		let best: Vec<_> = auction(id).best.iter().map(|bid| (bid.node, bid.price)).collect();
		// At the same price the lower id is first.
		let order = [(5, 10_000), (1, 20_000), (3, 20_000), (0, 50_000)];
		assert_eq!(best, order.map(|(at, price)| (node_of(BIDDERS[at]), price)).to_vec());
	});
}

#[test]
fn reveal_should_excuse_a_bid_that_cannot_win() {
	build_and_execute(|| {
		let cases: [(&dyn Fn(), Balance, Unfit); 6] = [
			(&|| (), BUDGET + 1, Unfit::AboveBudget),
			(&|| (), 0, Unfit::ZeroPrice),
			(&|| set_node(node_of(BIDDER), |node| node.uptime = 8_999), 1, Unfit::UptimeTooLow),
			(&|| set_node(node_of(BIDDER), |node| node.active = false), 1, Unfit::NotActive),
			(&|| set_task(TASK, |task| task.given = Some((node_of(OTHER_BIDDER), 1))), 1, Unfit::TaskNotOpen),
			(
				&|| {
					let mut nodes = Nodes::get();
					nodes.remove(&node_of(BIDDER));
					Nodes::set(nodes);
				},
				1,
				Unfit::Unknown,
			),
		];
		for (id, (happens, price, unfit)) in cases.into_iter().enumerate() {
			let id = id as u64;
			set_task(TASK, |task| task.given = None);
			set_node(node_of(BIDDER), |node| {
				node.owner = BIDDER;
				node.active = true;
				node.uptime = 9_900;
			});
			open();
			commit(id, BIDDER, price);
			System::set_block_number(auction(id).commit_until + 1);
			happens();
			assert_ok!(try_reveal(id, BIDDER, price));
			let outcome = Bids::<Test>::get(id, node_of(BIDDER)).unwrap().revealed.unwrap().outcome;
			assert_eq!(outcome, Err(unfit));
			assert!(auction(id).best.is_empty());
			System::set_block_number(auction(id).reveal_until + 1);
			assert_ok!(settle(id));
			assert_ok!(claim(id, BIDDER));
			assert_eq!(Balances::free_balance(BIDDER), FUNDS);
		}
	});
}

#[test]
fn trusted_nodes_should_bid_like_any_other() {
	build_and_execute(|| {
		committed(60_000);
		set_node(node_of(BIDDER), |node| {
			node.tier = Tier::Owned;
			node.uptime = 0;
		});
		reveal(AUCTION, BIDDER, 60_000);
		let outcome = Bids::<Test>::get(AUCTION, node_of(BIDDER)).unwrap().revealed.unwrap().outcome;
		assert_eq!(outcome, Err(Unfit::UptimeTooLow));
	});
}

#[test]
fn reveal_should_fail_outside_its_window() {
	build_and_execute(|| {
		open();
		commit(AUCTION, BIDDER, 1);
		System::set_block_number(COMMIT_UNTIL);
		assert_noop!(try_reveal(AUCTION, BIDDER, 1), Error::<Test>::RevealWindowNotOpen);
		System::set_block_number(REVEAL_UNTIL + 1);
		assert_noop!(try_reveal(AUCTION, BIDDER, 1), Error::<Test>::RevealWindowOver);
		System::set_block_number(REVEAL_UNTIL);
		assert_ok!(try_reveal(AUCTION, BIDDER, 1));
	});
}

#[test]
fn reveal_should_fail_when_price_or_salt_are_others() {
	build_and_execute(|| {
		committed(60_000);
		assert_noop!(try_reveal(AUCTION, BIDDER, 59_999), Error::<Test>::CommitmentMismatch);
		let other_salt = Matching::reveal_bid(origin(BIDDER), AUCTION, node_of(BIDDER), 60_000, [8; 32]);
		assert_noop!(other_salt, Error::<Test>::CommitmentMismatch);
	});
}

#[test]
fn somebody_elses_commitment_should_be_worth_nothing() {
	build_and_execute(|| {
		open();
		commit(AUCTION, BIDDER, 60_000);
		// A copy can be handed in, and not be revealed even by who knows price and salt.
		let copied = commitment(AUCTION, BIDDER, 60_000);
		assert_ok!(Matching::commit_bid(origin(OTHER_BIDDER), AUCTION, node_of(OTHER_BIDDER), copied));
		System::set_block_number(COMMIT_UNTIL + 1);
		reveal(AUCTION, BIDDER, 60_000);
		assert_noop!(try_reveal(AUCTION, OTHER_BIDDER, 60_000), Error::<Test>::CommitmentMismatch);
		System::set_block_number(REVEAL_UNTIL + 1);
		assert_ok!(settle(AUCTION));
		assert_ok!(claim(AUCTION, OTHER_BIDDER));
		assert_eq!(Balances::free_balance(OTHER_BIDDER), FUNDS - BOND);
	});
}

#[test]
fn a_commitment_of_another_auction_should_be_worth_nothing() {
	build_and_execute(|| {
		let first = open();
		System::set_block_number(REVEAL_UNTIL + 1);
		assert_ok!(settle(first));
		let second = open();
		let old = commitment(first, BIDDER, 60_000);
		assert_ok!(Matching::commit_bid(origin(BIDDER), second, node_of(BIDDER), old));
		System::set_block_number(auction(second).reveal_until);
		assert_noop!(try_reveal(second, BIDDER, 60_000), Error::<Test>::CommitmentMismatch);
	});
}

#[test]
fn reveal_should_fail_when_the_bid_is_not_the_callers_or_revealed_already() {
	build_and_execute(|| {
		committed(60_000);
		let stolen = Matching::reveal_bid(origin(OTHER_BIDDER), AUCTION, node_of(BIDDER), 60_000, SALT);
		assert_noop!(stolen, Error::<Test>::NotBidder);
		assert_noop!(try_reveal(AUCTION, OTHER_BIDDER, 60_000), Error::<Test>::BidNotFound);
		assert_ok!(try_reveal(AUCTION, BIDDER, 60_000));
		assert_noop!(try_reveal(AUCTION, BIDDER, 60_000), Error::<Test>::AlreadyRevealed);
		let unsigned = Matching::reveal_bid(RuntimeOrigin::root(), AUCTION, node_of(BIDDER), 60_000, SALT);
		assert_noop!(unsigned, DispatchError::BadOrigin);
	});
}

#[test]
fn reveal_should_fail_when_auction_is_unknown_or_ended() {
	build_and_execute(|| {
		assert_noop!(try_reveal(AUCTION, BIDDER, 1), Error::<Test>::AuctionNotFound);
		committed(1);
		set_task(TASK, |task| task.ended = true);
		assert_ok!(settle(AUCTION));
		assert_noop!(try_reveal(AUCTION, BIDDER, 1), Error::<Test>::AuctionEnded);
	});
}
