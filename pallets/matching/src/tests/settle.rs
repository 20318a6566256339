use super::*;
use frame_support::dispatch::Pays;
use gpu_chain_primitives::{Assignment, TrustLevel};
use sp_runtime::DispatchError;

fn given() -> Option<(sp_core::H256, Balance)> {
	Tasks::get(TASK).unwrap().given
}

fn service_level(min_uptime: u16) -> gpu_chain_primitives::matching::MatchRequest {
	gpu_chain_primitives::matching::MatchRequest { min_uptime, ..request() }
}

#[test]
fn settle_should_give_the_task_to_the_best_bid_for_free() {
	build_and_execute(|| {
		let id = revealed(&[(BIDDERS[0], 60_000), (BIDDERS[1], 30_000), (BIDDERS[2], 90_000)]);
		let score = auction(id).best[0].score;
		assert_eq!(Matching::settle(origin(ANYBODY), id).unwrap().pays_fee, Pays::No);
		let node = node_of(BIDDERS[1]);
		assert_eq!(given(), Some((node, 30_000)));
		assert_eq!(auction(id).status, AuctionStatus::Awarded { node, price: 30_000, score });
		let awarded = Event::AuctionAwarded { auction_id: id, task_id: TASK, node, price: 30_000, score };
		assert_eq!(last_event(), awarded);
		assert_noop!(Matching::settle(origin(ANYBODY), id), Error::<Test>::AuctionEnded);
	});
}

#[test]
fn the_lowest_price_should_not_win_against_a_better_node() {
	build_and_execute(|| {
		set_node(node_of(BIDDERS[0]), |node| {
			node.reputation = 10_000;
			node.power.hashes_per_second = 2_000;
		});
		let id = revealed(&[(BIDDERS[0], 50_000), (BIDDERS[1], 40_000)]);
		assert_ok!(settle(id));
		assert_eq!(given(), Some((node_of(BIDDERS[0]), 50_000)));
	});
}

#[test]
fn settle_should_fall_to_the_next_bid_whatever_keeps_the_best_away() {
	build_and_execute(|| {
		let bids: Vec<_> = BIDDERS.into_iter().zip([10, 20, 30, 40, 50, 60].map(|price| price * 1_000)).collect();
		let id = revealed(&bids);
		Busy::set([node_of(BIDDERS[0])].into());
		set_node(node_of(BIDDERS[1]), |node| node.active = false);
		set_node(node_of(BIDDERS[2]), |node| node.trust_level = TrustLevel::MIN);
		assert_ok!(settle(id));
		assert_eq!(given(), Some((node_of(BIDDERS[3]), 40_000)));
		let passed_over: Vec<_> = events()
			.into_iter()
			.filter_map(|event| match event {
				Event::BidPassedOver { node, error, .. } => Some((node, error)),
				_ => None,
			})
			.collect();
		let no_longer = why(Error::<Test>::NoLongerFits);
		// An event does not keep the words of an error.
		let errors = [DispatchError::Other(""), no_longer, no_longer];
		assert_eq!(passed_over, (0..3).map(|at| (node_of(BIDDERS[at]), errors[at])).collect::<Vec<_>>());
	});
}

#[test]
fn settle_should_pass_over_a_node_that_is_gone() {
	build_and_execute(|| {
		let id = revealed(&[(BIDDER, 1)]);
		Nodes::set(Default::default());
		assert_ok!(settle(id));
		assert_eq!(auction(id).status, AuctionStatus::Failed);
		let error = why(Error::<Test>::NodeNotFound);
		assert!(events().contains(&Event::BidPassedOver { auction_id: id, node: node_of(BIDDER), error }));
	});
}

#[test]
fn trusted_nodes_should_be_the_fallback_when_nobody_gives_the_service_level() {
	build_and_execute(|| {
		open_with(service_level(9_950), false);
		commit(AUCTION, BIDDER, 1);
		System::set_block_number(REVEAL_UNTIL);
		reveal(AUCTION, BIDDER, 1);
		System::set_block_number(REVEAL_UNTIL + 1);
		assert_ok!(settle(AUCTION));
		assert_eq!(auction(AUCTION).status, AuctionStatus::Failed);
		assert_eq!(Tasks::get(TASK).unwrap().assignment, Assignment::Trusted);
		assert_eq!(last_event(), Event::AuctionFailed { auction_id: AUCTION, task_id: TASK, trusted_only: true });
		// The buyer may try again.
		let again = open_with(service_level(9_000), false);
		assert_eq!(Tasks::get(TASK).unwrap().assignment, Assignment::Auction);
		commit(again, BIDDER, 1);
	});
}

#[test]
fn whoever_meets_the_request_should_be_the_fallback_without_a_service_level() {
	build_and_execute(|| {
		open_with(service_level(0), false);
		System::set_block_number(REVEAL_UNTIL + 1);
		assert_ok!(settle(AUCTION));
		assert_eq!(Tasks::get(TASK).unwrap().assignment, Assignment::Both);
		assert_eq!(last_event(), Event::AuctionFailed { auction_id: AUCTION, task_id: TASK, trusted_only: false });
	});
}

#[test]
fn settle_should_fail_while_bids_are_handed_in_or_revealed() {
	build_and_execute(|| {
		open();
		for block in [1, COMMIT_UNTIL, REVEAL_UNTIL] {
			System::set_block_number(block);
			assert_noop!(Matching::settle(origin(ANYBODY), AUCTION), Error::<Test>::RevealWindowNotOver);
		}
		assert_noop!(Matching::settle(origin(ANYBODY), 9), Error::<Test>::AuctionNotFound);
		assert_noop!(Matching::settle(RuntimeOrigin::none(), AUCTION), DispatchError::BadOrigin);
	});
}

#[test]
fn auction_should_be_void_when_the_task_is_taken_directly_and_bonds_come_back() {
	build_and_execute(|| {
		open_with(request(), true);
		commit(AUCTION, BIDDER, 1);
		set_task(TASK, |task| task.given = Some((node_of(OTHER_BIDDER), BUDGET)));
		System::set_block_number(REVEAL_UNTIL);
		assert_ok!(settle(AUCTION));
		assert_eq!(auction(AUCTION).status, AuctionStatus::Voided { excuses_unrevealed: true });
		let voided = Event::AuctionVoided { auction_id: AUCTION, task_id: TASK, excuses_unrevealed: true };
		assert_eq!(last_event(), voided);
		assert_ok!(claim(AUCTION, BIDDER));
		assert_eq!(Balances::free_balance(BIDDER), FUNDS);
	});
}

#[test]
fn who_let_the_reveal_window_pass_should_not_be_excused_by_what_happens_later() {
	build_and_execute(|| {
		open_with(request(), true);
		commit(AUCTION, BIDDER, 1);
		commit(AUCTION, OTHER_BIDDER, 1);
		System::set_block_number(REVEAL_UNTIL);
		reveal(AUCTION, OTHER_BIDDER, 1);
		System::set_block_number(REVEAL_UNTIL + 1);
		Tasks::remove(TASK);
		assert_ok!(settle(AUCTION));
		assert_eq!(auction(AUCTION).status, AuctionStatus::Voided { excuses_unrevealed: false });
		assert_ok!(claim(AUCTION, BIDDER));
		assert_ok!(claim(AUCTION, OTHER_BIDDER));
		assert_eq!(Balances::free_balance(BIDDER), FUNDS - BOND);
		assert_eq!(Balances::free_balance(OTHER_BIDDER), FUNDS);
	});
}
