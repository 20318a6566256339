use super::*;
use crate::AuctionPhase;
use gpu_chain_primitives::MAX_PAGE;
use std::collections::BTreeSet;

#[test]
fn an_auction_should_be_found_by_its_task() {
	build_and_execute(|| {
		assert_eq!(Matching::auction_of_task(TASK), None);
		assert_eq!((Matching::auction(0), Matching::auction_phase(0)), (None, None));
		open();
		assert_eq!(Matching::auction_of_task(TASK), Some((AUCTION, auction(AUCTION))));
		assert_eq!(Matching::auction_phase(AUCTION), Some(AuctionPhase::Commit));
		System::set_block_number(REVEAL_UNTIL + 1);
		assert_eq!(Matching::auction_phase(AUCTION), Some(AuctionPhase::Settle));
		assert_ok!(settle(AUCTION));
		assert_eq!(Matching::auction_phase(AUCTION), Some(AuctionPhase::Ended));
	});
}

#[test]
fn lists_of_bids_should_be_complete_whatever_the_length_of_a_page() {
	build_and_execute(|| {
		open();
		let nodes: BTreeSet<_> = (1_000..1_000 + u64::from(MAX_PAGE) + 10)
			.map(|number| {
				set_node(node_of(number), |node| node.owner = BIDDER);
				let bid = Matching::commit_bid(origin(BIDDER), AUCTION, node_of(number), Default::default());
				assert_ok!(bid);
				node_of(number)
			})
			.collect();
		commit(AUCTION, OTHER_BIDDER, 1);
		assert_eq!(Matching::bid(AUCTION, &node_of(OTHER_BIDDER)).unwrap().bidder, OTHER_BIDDER);
		for limit in [0, 1, 100, u32::MAX] {
			let (mut of_auction, mut of_bidder) = (BTreeSet::new(), BTreeSet::new());
			let mut cursor = None;
			loop {
				let page = Matching::bids(AUCTION, cursor, limit);
				assert!(page.items.len() <= MAX_PAGE as usize);
				assert!(page.items.into_iter().all(|(node, _)| of_auction.insert(node)));
				cursor = page.next;
				if cursor.is_none() {
					break;
				}
			}
			let mut cursor = None;
			loop {
				let page = Matching::bids_by_bidder(&BIDDER, cursor, limit);
				assert!(page.items.into_iter().all(|(auction, node)| auction == AUCTION && of_bidder.insert(node)));
				cursor = page.next;
				if cursor.is_none() {
					break;
				}
			}
			assert_eq!(of_bidder, nodes);
			assert!(of_auction.remove(&node_of(OTHER_BIDDER)));
			assert_eq!(of_auction, nodes);
		}
	});
}
