//! The invariants of the crate's documentation, checked over all of the storage.

use crate::{
	types::INDEX_PAGE, AuctionOf, AuctionTickets, Auctions, BidOf, BidTickets, Bids, BidsByBidder, Config, HoldReason,
	IndexCounts, IndexPages, IndexPlaces, LatestAuctions, NextAuctionId, Pallet,
};
use alloc::{
	collections::{BTreeMap, BTreeSet},
	vec::Vec,
};
use codec::Encode;
use core::cmp::Ordering;
use frame_support::{ensure, traits::fungibles::hold::Inspect};
use gpu_chain_primitives::{matching::AuctionId, NodeId};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchError,
};

impl<T: Config> Pallet<T> {
	/// Checks every numbered invariant. Reads all of the storage: for tests and try-runtime.
	///
	/// # Errors
	/// [`DispatchError::Other`] with the number and the words of the one that is broken.
	pub fn do_try_state() -> Result<(), DispatchError> {
		let auctions: BTreeMap<AuctionId, AuctionOf<T>> = Auctions::<T>::iter().collect();
		let bids: BTreeMap<(AuctionId, NodeId), BidOf<T>> =
			Bids::<T>::iter().map(|(auction, node, bid)| ((auction, node), bid)).collect();

		let next = NextAuctionId::<T>::get();
		ensure!(auctions.keys().all(|id| *id < next), "1: an auction's number was not given yet");
		ensure!(
			AuctionTickets::<T>::iter_keys().collect::<BTreeSet<_>>() == auctions.keys().copied().collect(),
			"1: tickets of auctions"
		);

		let mut newest = BTreeMap::new();
		for (id, auction) in &auctions {
			newest.insert(auction.task_id, *id);
		}
		let latest: BTreeMap<_, _> = LatestAuctions::<T>::iter().collect();
		ensure!(
			latest.iter().all(|(task, id)| newest.get(task) == Some(id)),
			"2: the newest auction of a task is another one"
		);
		ensure!(
			auctions.iter().all(|(id, auction)| !auction.is_running() || latest.get(&auction.task_id) == Some(id)),
			"2: an auction runs that is not its task's newest"
		);

		let mut counts = BTreeMap::new();
		for (id, _) in bids.keys() {
			*counts.entry(*id).or_insert(0u32) += 1;
		}
		ensure!(counts.keys().all(|id| auctions.contains_key(id)), "3: a bid in no auction");
		ensure!(
			auctions.iter().all(|(id, auction)| auction.bids == counts.get(id).copied().unwrap_or(0)),
			"3: bids of an auction"
		);
		ensure!(
			BidTickets::<T>::iter_keys().collect::<BTreeSet<_>>() == bids.keys().copied().collect(),
			"3: tickets of bids"
		);

		let by_bidder: BTreeSet<_> = bids.iter().map(|(key, bid)| (bid.bidder.clone(), *key)).collect();
		ensure!(BidsByBidder::<T>::iter_keys().collect::<BTreeSet<_>>() == by_bidder, "4: bids by bidder");

		Self::try_index()?;
		Self::try_bonds(&auctions, &bids)?;
		auctions
			.iter()
			.filter(|(_, auction)| auction.is_running())
			.try_for_each(|(id, auction)| Self::try_best(*id, auction, &bids))
	}

	/// Invariant 7.
	fn try_index() -> Result<(), DispatchError> {
		let places: BTreeMap<_, _> = IndexPlaces::<T>::iter().collect();
		let mut counts = BTreeMap::new();
		let mut seen = 0;
		for (resource_type, page, entries) in IndexPages::<T>::iter() {
			ensure!(!entries.is_empty(), "7: an empty page of the index");
			*counts.entry(resource_type).or_insert(0u32) += entries.len() as u32;
			for (place, (node, _)) in (page.saturating_mul(INDEX_PAGE)..).zip(&entries) {
				ensure!(places.get(node) == Some(&(resource_type, place)), "7: the place of a node in the index");
				seen += 1;
			}
		}
		ensure!(places.len() == seen, "7: a place in the index without a node");
		ensure!(IndexCounts::<T>::iter().collect::<BTreeMap<_, _>>() == counts, "7: the length of the index");
		let beyond = places.values().any(|(of_type, place)| counts.get(of_type).is_none_or(|count| place >= count));
		ensure!(!beyond, "7: a gap in the index");
		Ok(())
	}

	/// Invariant 5.
	fn try_bonds(
		auctions: &BTreeMap<AuctionId, AuctionOf<T>>,
		bids: &BTreeMap<(AuctionId, NodeId), BidOf<T>>,
	) -> Result<(), DispatchError> {
		let mut held: BTreeMap<Vec<u8>, (T::AccountId, T::AssetKind, T::Balance)> = BTreeMap::new();
		for ((id, _), bid) in bids {
			let Some(auction) = auctions.get(id) else { continue };
			let entry = held
				.entry((&bid.bidder, &auction.asset).encode())
				.or_insert_with(|| (bid.bidder.clone(), auction.asset.clone(), Zero::zero()));
			entry.2 = entry.2.saturating_add(auction.bond);
		}
		for (bidder, asset, amount) in held.into_values() {
			let on_hold = T::Currency::balance_on_hold(asset, &HoldReason::Bond.into(), &bidder);
			ensure!(on_hold == amount, "5: what is on hold is not what the bonds are");
		}
		Ok(())
	}

	/// Invariant 6.
	fn try_best(
		id: AuctionId,
		auction: &AuctionOf<T>,
		bids: &BTreeMap<(AuctionId, NodeId), BidOf<T>>,
	) -> Result<(), DispatchError> {
		ensure!(
			auction.best.windows(2).all(|pair| pair[0].order(&pair[1]) == Ordering::Less),
			"6: the best bids are not in order"
		);
		for best in &auction.best {
			let revealed = bids.get(&(id, best.node)).and_then(|bid| bid.revealed);
			ensure!(
				revealed.is_some_and(|revealed| revealed.price == best.price && revealed.outcome == Ok(best.score)),
				"6: one of the best bids is none"
			);
		}
		Ok(())
	}
}
