use crate::types::{insert_ranked, Auction, AuctionPhase, AuctionStatus, RankedBid, RankedBids, MAX_RANKED_BIDS};
use gpu_chain_primitives::NodeId;
use proptest::prelude::*;

fn ranked(score: u32, price: u128, node: u64) -> RankedBid<u128> {
	RankedBid { node: NodeId::from_low_u64_be(node), price, score }
}

#[test]
fn phase_should_follow_from_the_block() {
	let mut auction = Auction {
		task_id: 0,
		buyer: 0u64,
		request: crate::mock::request(),
		asset: (),
		budget: 1u128,
		bond: 1,
		commit_until: 10u64,
		reveal_until: 15,
		bids: 0,
		best: RankedBids::default(),
		status: AuctionStatus::Running,
	};
	let phases = [10, 11, 15, 16].map(|now| auction.phase(now));
	assert_eq!(phases, [AuctionPhase::Commit, AuctionPhase::Reveal, AuctionPhase::Reveal, AuctionPhase::Settle]);
	auction.status = AuctionStatus::Failed;
	assert_eq!(auction.phase(1), AuctionPhase::Ended);
}

proptest! {
	#[test]
	fn the_best_should_be_those_of_the_whole_list(bids in prop::collection::vec((0u32..5, 0u128..5), 0..40)) {
		let all: Vec<_> = bids.iter().zip(0..).map(|((score, price), node)| ranked(*score, *price, node)).collect();
		let mut best = RankedBids::default();
		for bid in &all {
			insert_ranked(&mut best, *bid);
		}
		let mut sorted = all;
		sorted.sort_by(|a, b| a.order(b));
		sorted.truncate(MAX_RANKED_BIDS as usize);
		prop_assert_eq!(best.to_vec(), sorted);
	}
}
