//! Calls about auctions: bids that are revealed rightly, wrongly, late and not at all.

use super::*;
use gpu_chain_primitives::{
	matching::{bid_commitment, AuctionId, MatchRequest, RegionLatency},
	score::ScoreWeights,
};
use pallet_matching::{AuctionPhase, Call as Match};

impl Fuzzer {
	/// An auction that waits for that, or any.
	fn auction(&mut self, wanted: AuctionPhase) -> AuctionId {
		let auctions: Vec<u64> = pallet_matching::Auctions::<Runtime>::iter_keys()
			.filter(|id| Matching::auction_phase(*id) == Some(wanted))
			.collect();
		match auctions.choose(&mut self.rng) {
			Some(auction) if self.rng.gen_ratio(19, 20) => *auction,
			_ => self.rng.gen_range(0..50),
		}
	}

	/// A bid of the auction and its bidder, or anybody's.
	fn bid(&mut self, auction: AuctionId) -> (NodeId, AccountId) {
		let bids = Matching::bids(auction, None, 64).items;
		match bids.choose(&mut self.rng) {
			Some((node, bid)) if self.rng.gen_ratio(9, 10) => (*node, bid.bidder.clone()),
			_ => {
				let node = self.node();
				(node, self.owner(&node))
			}
		}
	}

	/// One call about auctions.
	pub fn next_matching(&mut self) -> (&'static str, AccountId, RuntimeCall) {
		match self.rng.gen_range(0..16) {
			0 | 1 => {
				let create = Market::create_auction_task {
					resource_type: ResourceType::Cpu,
					required_power: self.required_power(),
					duration_secs: self.rng.gen_range(0..4_000),
					asset: self.asset(),
					max_price_per_hour: self.amount(),
					min_trust_level: self.rng.gen_range(0..3),
					specification_uri: bounded("ipfs://x"),
					specification_hash: H256::zero(),
				};
				("create_auction_task", self.anybody(), create.into())
			}
			2 | 3 => {
				let task_id = self.task(Some(TaskStatus::Open));
				let region = if self.rng.gen_ratio(9, 10) { "local" } else { "elsewhere" };
				let price = self.rng.gen_range(0..=10_000);
				let request = MatchRequest {
					weights: ScoreWeights { price, reputation: 10_000 - price, latency: 0, uptime: 0, power: 0 },
					regions: vec![RegionLatency { region: bounded(region), latency_ms: 9 }].try_into().expect("few"),
					max_latency_ms: self.rng.gen_range(0..100),
					min_uptime: if self.rng.gen_ratio(3, 4) { 0 } else { self.rng.gen_range(0..11_000) },
					hardware: Default::default(),
				};
				let direct = self.rng.gen();
				let open = Match::open_auction { task_id, request, direct };
				("open_auction", self.party(task_id, false), open.into())
			}
			4..=6 => {
				let auction_id = self.auction(AuctionPhase::Commit);
				let active = ProviderRegistry::active_nodes(ResourceType::Cpu, None, 64).items;
				let node = *active.choose(&mut self.rng).unwrap_or(&H256::zero());
				let bidder = self.owner(&node);
				let budget = Matching::auction(auction_id).map_or(1, |auction| auction.budget);
				let price = if self.rng.gen_ratio(4, 5) { self.rng.gen_range(0..=budget) } else { self.amount() };
				let commitment = bid_commitment(auction_id, &bidder, &node, price, &[3; 32]);
				if Matching::bid(auction_id, &node).is_none() {
					self.prices.insert((auction_id, node), price);
				}
				("commit_bid", bidder, Match::commit_bid { auction_id, node_id: node, commitment }.into())
			}
			7..=9 => {
				let auction_id = self.auction(AuctionPhase::Reveal);
				let (node_id, bidder) = self.bid(auction_id);
				let price = match self.prices.get(&(auction_id, node_id)) {
					Some(price) if self.rng.gen_ratio(9, 10) => *price,
					_ => self.amount(),
				};
				("reveal_bid", bidder, Match::reveal_bid { auction_id, node_id, price, salt: [3; 32] }.into())
			}
			10 | 11 => {
				let auction_id = self.auction(AuctionPhase::Settle);
				("settle_auction", self.anybody(), Match::settle { auction_id }.into())
			}
			12 | 13 => {
				let auction_id = self.auction(AuctionPhase::Ended);
				let (node_id, _) = self.bid(auction_id);
				("claim_bid_bond", self.anybody(), Match::claim_bond { auction_id, node_id }.into())
			}
			14 => {
				let auction_id = self.auction(AuctionPhase::Ended);
				("remove_auction", self.anybody(), Match::remove_auction { auction_id }.into())
			}
			_ => {
				let node_id = self.node();
				("refresh_node", self.anybody(), Match::refresh_node { node_id }.into())
			}
		}
	}
}
