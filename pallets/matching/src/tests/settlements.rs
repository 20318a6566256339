//! The examples of docs/market/matching.md, to the last unit.

use super::*;

#[test]
fn three_bids_one_of_them_never_revealed() {
	build_and_execute(|| {
		open();
		for (bidder, price) in [(BIDDERS[0], 60_000), (BIDDERS[1], 45_000), (BIDDERS[2], 20_000)] {
			commit(AUCTION, bidder, price);
			assert_eq!(free(&NATIVE, bidder) + BOND + 100 + u128::from(Matching::bid_footprint().size), FUNDS);
		}
		System::set_block_number(COMMIT_UNTIL + 1);
		reveal(AUCTION, BIDDERS[0], 60_000);
		reveal(AUCTION, BIDDERS[1], 45_000);
		let scores: Vec<_> = auction(AUCTION).best.iter().map(|bid| bid.score).collect();
		// Price 5,500 and 4,000; reputation 5,000, latency 5,000, uptime 9,900, power 7,500 for both.
		assert_eq!(scores, [61_900_000, 55_900_000]);
		System::set_block_number(REVEAL_UNTIL + 1);
		assert_ok!(settle(AUCTION));
		assert_eq!(Tasks::get(TASK).unwrap().given, Some((node_of(BIDDERS[1]), 45_000)));
		for bidder in &BIDDERS[..3] {
			assert_ok!(claim(AUCTION, *bidder));
		}
		assert_eq!([0, 1, 2].map(|at| free(&NATIVE, BIDDERS[at])), [FUNDS, FUNDS, FUNDS - 1_000]);
		assert_eq!(free(&NATIVE, TREASURY), FUNDS + 1_000);
	});
}
