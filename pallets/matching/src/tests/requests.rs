//! What the market of tasks asks.

use super::*;
use gpu_chain_primitives::{TaskRequests, Tier};

fn is_met(as_fallback: bool) -> bool {
	Matching::is_met(TASK, &node_of(BIDDER), as_fallback)
}

#[test]
fn a_task_without_a_request_should_take_any_node() {
	build_and_execute(|| {
		assert!(is_met(false) && is_met(true));
		assert!(!Matching::has_bids(TASK));
	});
}

#[test]
fn the_newest_request_should_decide_also_when_its_auction_is_over() {
	build_and_execute(|| {
		open();
		assert!(is_met(false));
		set_node(node_of(BIDDER), |node| node.region = region("us-east"));
		assert!(!is_met(false));
		System::set_block_number(REVEAL_UNTIL + 1);
		assert_ok!(settle(AUCTION));
		assert!(!is_met(false));
		let mut elsewhere = request();
		elsewhere.regions[0].region = region("us-east");
		open_with(elsewhere, false);
		assert!(is_met(false));
		assert!(!Matching::is_met(TASK, &node_of(404), false));
	});
}

#[test]
fn a_trusted_fallback_should_need_all_but_the_uptime() {
	build_and_execute(|| {
		open();
		assert!(!is_met(true), "one of the community's is no fallback");
		set_node(node_of(BIDDER), |node| {
			node.tier = Tier::CloudPartner;
			node.uptime = 0;
		});
		assert!(is_met(true) && !is_met(false));
		set_node(node_of(BIDDER), |node| node.hardware.gpu_count = 0);
		assert!(!is_met(true));
	});
}

#[test]
fn bids_should_bind_the_buyer_until_the_auction_is_settled() {
	build_and_execute(|| {
		open();
		assert!(!Matching::has_bids(TASK));
		commit(AUCTION, BIDDER, 1);
		assert!(Matching::has_bids(TASK));
		System::set_block_number(REVEAL_UNTIL + 1);
		assert!(Matching::has_bids(TASK));
		assert_ok!(settle(AUCTION));
		assert!(!Matching::has_bids(TASK));
	});
}
