//! What the calls cost, each on its dearest way, with the dearest currency.

use super::*;
use crate::types::{insert_ranked, MAX_RANKED_BIDS};
use alloc::{vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::BoundedVec;
use frame_system::RawOrigin;
use gpu_chain_primitives::{
	benchmarking::{BenchmarkCurrency, BenchmarkNodes},
	matching::{bid_commitment, AuctionId, BidSalt, MatchRequest, RegionLatency, MAX_REGIONS},
	score::ScoreWeights,
	HardwareSpec, NodeId, Region, ResourceType, TaskId, TaskRequests,
};
use sp_runtime::traits::{One, SaturatedConversion, Saturating};

/// Makes tasks ready.
pub trait BenchmarkTasks<AccountId, AssetKind, Balance> {
	/// An open task for a GPU node of no power in particular, with `budget` of `asset`, which `buyer` has, held for it.
	fn open_task(buyer: &AccountId, asset: AssetKind, budget: Balance) -> TaskId;

	/// Ends an open task.
	fn end_task(buyer: &AccountId, task: TaskId);

	/// The region in which the nodes of benchmarks are.
	fn region() -> Region;
}

type Helper<T> = <T as Config>::BenchmarkHelper;

const SALT: BidSalt = [7; 32];

fn buyer<T: Config>() -> T::AccountId {
	let who: T::AccountId = account("buyer", 0, 0);
	<Helper<T> as BenchmarkNodes<_>>::fund(&who);
	who
}

fn bidder<T: Config>() -> T::AccountId {
	let who: T::AccountId = account("bidder", 0, 0);
	<Helper<T> as BenchmarkNodes<_>>::fund(&who);
	// For its bonds.
	<Helper<T> as BenchmarkCurrency<_, _, _>>::fund(&who, budget::<T>());
	who
}

fn budget<T: Config>() -> T::Balance {
	1_000_000_000u32.into()
}

/// The longest request, with the region of the nodes as its last one.
fn request<T: Config>() -> MatchRequest {
	let mut regions: Vec<_> = (1..MAX_REGIONS)
		.map(|number| RegionLatency { region: Region::truncate_from(vec![number as u8; 32]), latency_ms: number })
		.collect();
	regions.push(RegionLatency { region: Helper::<T>::region(), latency_ms: 50 });
	MatchRequest {
		weights: ScoreWeights { price: 2_000, reputation: 2_000, latency: 2_000, uptime: 2_000, power: 2_000 },
		regions: BoundedVec::truncate_from(regions),
		max_latency_ms: 100,
		min_uptime: 0,
		hardware: HardwareSpec::default(),
	}
}

/// An open task, and an auction of it.
fn opened<T: Config>() -> (TaskId, AuctionId) {
	let buyer = buyer::<T>();
	let asset = <Helper<T> as BenchmarkCurrency<_, _, _>>::fund(&buyer, budget::<T>().saturating_add(budget::<T>()));
	let task_id = Helper::<T>::open_task(&buyer, asset, budget::<T>());
	let auction_id = NextAuctionId::<T>::get();
	assert!(Pallet::<T>::do_open_auction(buyer, task_id, request::<T>(), false).is_ok());
	(task_id, auction_id)
}

fn price_of<T: Config>(number: u32) -> T::Balance {
	(1_000u32 + number).into()
}

/// The same with so many bids of one bidder's nodes.
fn committed<T: Config>(count: u32) -> (TaskId, AuctionId, T::AccountId, Vec<NodeId>) {
	let bidder = bidder::<T>();
	let (task_id, auction_id) = opened::<T>();
	let nodes: Vec<_> = (0..count)
		.map(|number| {
			let node = <Helper<T> as BenchmarkNodes<_>>::active_node(&bidder, ResourceType::Gpu);
			let price = price_of::<T>(number).saturated_into();
			let commitment = bid_commitment(auction_id, &bidder, &node, price, &SALT);
			assert!(Pallet::<T>::do_commit_bid(bidder.clone(), auction_id, node, commitment).is_ok());
			node
		})
		.collect();
	(task_id, auction_id, bidder, nodes)
}

fn pass<T: Config>(until: impl Fn(&AuctionOf<T>) -> BlockNumberFor<T>, auction_id: AuctionId) {
	let Some(auction) = Auctions::<T>::get(auction_id) else { panic!("there is no auction") };
	frame_system::Pallet::<T>::set_block_number(until(&auction).saturating_add(One::one()));
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn open_auction() {
		let buyer = buyer::<T>();
		let enough = budget::<T>().saturating_add(budget::<T>());
		let asset = <Helper<T> as BenchmarkCurrency<_, _, _>>::fund(&buyer, enough);
		let task_id = Helper::<T>::open_task(&buyer, asset, budget::<T>());
		// The second auction of the task: the first is looked at.
		assert!(Pallet::<T>::do_open_auction(buyer.clone(), task_id, request::<T>(), false).is_ok());
		let first = NextAuctionId::<T>::get() - 1;
		pass::<T>(|auction| auction.reveal_until, first);
		assert!(Pallet::<T>::do_settle(first).is_ok());

		#[extrinsic_call]
		_(RawOrigin::Signed(buyer), task_id, request::<T>(), true);

		assert_eq!(LatestAuctions::<T>::get(task_id), Some(first + 1));
	}

	#[benchmark]
	fn commit_bid() {
		// The bidder's second bid, so that there is a hold already.
		let (_, auction_id, bidder, _) = committed::<T>(1);
		let node = <Helper<T> as BenchmarkNodes<_>>::active_node(&bidder, ResourceType::Gpu);
		let commitment = bid_commitment(auction_id, &bidder, &node, 1, &SALT);

		#[extrinsic_call]
		_(RawOrigin::Signed(bidder), auction_id, node, commitment);

		assert!(Bids::<T>::contains_key(auction_id, node));
	}

	#[benchmark]
	fn reveal_bid() {
		let (_, auction_id, bidder, nodes) = committed::<T>(MAX_RANKED_BIDS);
		pass::<T>(|auction| auction.commit_until, auction_id);
		for (number, node) in nodes.iter().enumerate().skip(1) {
			let price = price_of::<T>(number as u32);
			assert!(Pallet::<T>::do_reveal_bid(bidder.clone(), auction_id, *node, price, SALT).is_ok());
		}

		#[extrinsic_call]
		_(RawOrigin::Signed(bidder), auction_id, nodes[0], price_of::<T>(0), SALT);

		let best = Auctions::<T>::get(auction_id).map(|auction| auction.best.len());
		assert_eq!(best, Some(MAX_RANKED_BIDS as usize));
	}

	#[benchmark]
	fn settle() {
		let (_, auction_id, bidder, nodes) = committed::<T>(MAX_RANKED_BIDS);
		pass::<T>(|auction| auction.commit_until, auction_id);
		for (number, node) in nodes.iter().enumerate() {
			let price = price_of::<T>(number as u32);
			assert!(Pallet::<T>::do_reveal_bid(bidder.clone(), auction_id, *node, price, SALT).is_ok());
		}
		// All but the last ask for more than is held, which is found out as late as anything.
		Auctions::<T>::mutate(auction_id, |auction| {
			if let Some(auction) = auction {
				let mut best = types::RankedBids::default();
				for (place, bid) in auction.best.iter().enumerate() {
					let last = place + 1 == MAX_RANKED_BIDS as usize;
					let price = if last { bid.price } else { auction.budget.saturating_add(1u32.into()) };
					let score = bid.score.saturating_sub(place as u32);
					insert_ranked(&mut best, RankedBid { price, score, ..*bid });
				}
				auction.best = best;
				auction.budget = auction.budget.saturating_add(1u32.into());
			}
		});
		pass::<T>(|auction| auction.reveal_until, auction_id);

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), auction_id);

		let status = Auctions::<T>::get(auction_id).map(|auction| auction.status);
		assert!(matches!(status, Some(AuctionStatus::Awarded { .. })), "{status:?}");
	}

	#[benchmark]
	fn claim_bond() {
		// Not revealed: the treasury has it.
		let (_, auction_id, _, nodes) = committed::<T>(2);
		pass::<T>(|auction| auction.reveal_until, auction_id);
		assert!(Pallet::<T>::do_settle(auction_id).is_ok());

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), auction_id, nodes[0]);

		assert!(!Bids::<T>::contains_key(auction_id, nodes[0]));
	}

	#[benchmark]
	fn remove_auction() {
		let (task_id, auction_id) = opened::<T>();
		pass::<T>(|auction| auction.reveal_until, auction_id);
		assert!(Pallet::<T>::do_settle(auction_id).is_ok());
		Helper::<T>::end_task(&buyer::<T>(), task_id);

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), auction_id);

		assert!(!Auctions::<T>::contains_key(auction_id));
	}

	#[benchmark]
	fn refresh_node() {
		// In a page that is nearly full, and not in it yet.
		let bidder = bidder::<T>();
		let nodes: Vec<_> = (0..types::INDEX_PAGE)
			.map(|_| <Helper<T> as BenchmarkNodes<_>>::active_node(&bidder, ResourceType::Gpu))
			.collect();
		let node = nodes[0];
		nodes.iter().for_each(|node| _ = Pallet::<T>::refresh(node));
		let (resource_type, _) = IndexPlaces::<T>::take(node).unwrap_or((ResourceType::Gpu, 0));
		let last = types::INDEX_PAGE - 1;
		IndexPages::<T>::mutate(resource_type, 0, |page| page.pop());
		IndexCounts::<T>::insert(resource_type, last);

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), node);

		assert_eq!(IndexPlaces::<T>::get(node), Some((resource_type, last)));
	}

	#[benchmark]
	fn is_met() {
		let (task_id, _, _, nodes) = committed::<T>(1);
		let met;

		#[block]
		{
			met = Pallet::<T>::is_met(task_id, &nodes[0], false);
		}

		assert!(met);
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
