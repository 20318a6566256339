//! How tasks find their nodes, and what is paid where an auction gave one away for less.

use super::*;
use crate::TaskStatus;
use gpu_chain_primitives::{
	Assignable, Assignment, Award, Disputable, EscrowKey, NodeStatus, RequiredPower, ResourceType, Settlement, TaskId,
	TaskPhase, Tier,
};
use sp_runtime::DispatchResult;

/// Of 1,000: the example of docs/market/matching.md at a hundredth.
const BID: Balance = 450;

fn create_for_auction() -> TaskId {
	let id = crate::NextTaskId::<Test>::get();
	assert_ok!(Marketplace::create_auction_task(
		origin(BUYER),
		ResourceType::Gpu,
		RequiredPower::hashes(1_000),
		3_600,
		Asset::Native,
		PRICE,
		1,
		uri("ipfs://specification"),
		sp_core::H256::repeat_byte(0x5e),
	));
	id
}

fn awarded() -> TaskId {
	let id = create_for_auction();
	assert_ok!(Marketplace::assign(id, &NODE, BID));
	id
}

fn accept(id: TaskId) -> DispatchResult {
	frame_support::storage::with_storage_layer(|| Marketplace::accept_task(origin(PROVIDER), id, NODE))
}

fn work(id: TaskId) {
	assert_ok!(Marketplace::start_task(origin(PROVIDER), id));
	assert_ok!(submit(PROVIDER, id));
}

#[test]
fn auctioned_task_should_be_paid_at_the_bid_and_the_rest_go_back() {
	build_and_execute(|| {
		let id = awarded();
		let assigned = task(id);
		assert_eq!((assigned.status, assigned.node), (TaskStatus::Assigned, Some(NODE)));
		assert_eq!((assigned.provider, assigned.agreed_price), (Some(PROVIDER), Some(BID)));
		assert_eq!(last_event(), Event::TaskAssigned { task_id: id, node: NODE, start_by: 6 });
		work(id);
		// Until then all of it stays held.
		assert_eq!(Balances::free_balance(BUYER), FUNDS - PRICE - deposit(&assigned));
		assert_ok!(Marketplace::approve_result(origin(BUYER), id));
		let fee = 36;
		assert_eq!(Balances::free_balance(PROVIDER), FUNDS + 414);
		assert_eq!(Balances::free_balance(TREASURY), FUNDS + fee);
		assert_eq!(Balances::free_balance(BUYER), FUNDS - PRICE + 550 - deposit(&assigned));
		let paid = Event::TaskVerified { task_id: id, node: NODE, payout: BID - fee, fee, automatic: false };
		assert_eq!(last_event(), paid);
	});
}

#[test]
fn auctioned_result_that_nobody_reviews_should_be_paid_at_the_bid() {
	build_and_execute(|| {
		let id = awarded();
		work(id);
		run_to(13);
		assert_eq!(status(id), TaskStatus::Verified);
		assert_eq!(Balances::free_balance(BUYER), FUNDS - BID - deposit(&task(id)));
	});
}

#[test]
fn verdict_should_share_out_the_bid_and_return_the_rest() {
	build_and_execute(|| {
		let id = awarded();
		work(id);
		assert_ok!(Marketplace::dispute_task(origin(BUYER), id, Default::default()));
		let key = EscrowKey::Task(id);
		assert_eq!(Marketplace::disputed(key).unwrap().amount, BID);
		// The parts are of the bid, not of what is held.
		for refund in [BID, Balance::MAX] {
			let award = Award { provider: 1, fee: 0, refund, arbitration: 0 };
			assert!(
				frame_support::storage::with_storage_layer(|| Marketplace::close_disputed(key, award, &JUDGE)).is_err()
			);
		}
		let award = Award { provider: 300, fee: 20, refund: 118, arbitration: 12 };
		let settlement = Marketplace::close_disputed(key, award, &JUDGE).unwrap();
		// The judge hears of the bid alone; the buyer has all of the rest.
		assert_eq!(settlement, Settlement { provider: 300, fee: 20, refund: 118, arbitration: 12 });
		System::assert_has_event(
			Event::TaskDisputeClosed {
				task_id: id,
				status: TaskStatus::Verified,
				payout: 300,
				fee: 20,
				refund: 118 + PRICE - BID,
			}
			.into(),
		);
		assert_eq!(Balances::free_balance(PROVIDER), FUNDS + 300);
		assert_eq!(Balances::free_balance(JUDGE), FUNDS + 12);
		assert_eq!(Balances::free_balance(BUYER), FUNDS - 300 - 20 - 12 - deposit(&task(id)));
	});
}

#[test]
fn task_should_be_open_again_at_its_whole_price_when_the_winner_fails() {
	build_and_execute(|| {
		let id = awarded();
		run_to(7);
		let open = task(id);
		assert_eq!((open.status, open.agreed_price), (TaskStatus::Open, None));
		assert_eq!(open.assignment, Assignment::Both);
		// What the buyer lost is weighed by what it was to pay.
		assert_eq!(Slashes::get()[0].3, Some((BUYER, BID)));
		assert_ok!(Marketplace::accept_task(origin(OTHER_PROVIDER), id, OTHER_NODE));
		assert_eq!(task(id).due(), PRICE);
	});
}

#[test]
fn accept_should_fail_when_an_auction_decides() {
	build_and_execute(|| {
		let id = create_for_auction();
		assert_noop!(Marketplace::accept_task(origin(PROVIDER), id, NODE), Error::<Test>::ForAuctionOnly);
		assert_ok!(Marketplace::set_assignment(id, Assignment::Both));
		assert_ok!(accept(id));
		assert_eq!(task(id).agreed_price, None);
	});
}

#[test]
fn accept_should_fail_when_the_request_is_not_met() {
	build_and_execute(|| {
		let id = create();
		RequestMet::set((false, true));
		assert_ok!(Marketplace::set_assignment(id, Assignment::Both));
		assert_noop!(Marketplace::accept_task(origin(PROVIDER), id, NODE), Error::<Test>::RequestNotMet);
		// A task that was never up for auction has no request.
		assert_ok!(Marketplace::set_assignment(id, Assignment::Direct));
		assert_ok!(accept(id));
	});
}

#[test]
fn accept_should_fail_when_only_trusted_nodes_may() {
	build_and_execute(|| {
		let id = create();
		assert_ok!(Marketplace::set_assignment(id, Assignment::Trusted));
		RequestMet::set((false, true));
		assert_noop!(Marketplace::accept_task(origin(PROVIDER), id, NODE), Error::<Test>::ForTrustedNodesOnly);
		set_node(NODE, |node| node.tier = Tier::CloudPartner);
		RequestMet::set((true, false));
		assert_noop!(Marketplace::accept_task(origin(PROVIDER), id, NODE), Error::<Test>::RequestNotMet);
		RequestMet::set((false, true));
		assert_ok!(accept(id));
		assert_eq!(task(id).assignment, Assignment::Trusted);
	});
}

#[test]
fn assign_should_fail_when_task_is_not_up_for_auction() {
	build_and_execute(|| {
		assert_noop!(Marketplace::assign(7, &NODE, BID), Error::<Test>::TaskNotFound);
		assert_noop!(Marketplace::set_assignment(7, Assignment::Both), Error::<Test>::TaskNotFound);
		let id = create();
		for assignment in [Assignment::Direct, Assignment::Trusted] {
			assert_ok!(Marketplace::set_assignment(id, assignment));
			assert_noop!(Marketplace::assign(id, &NODE, BID), Error::<Test>::NotForAuction);
		}
		assert_ok!(accept(create()));
		for (status, id) in one_of_each() {
			if status != TaskStatus::Open {
				assert_noop!(Marketplace::assign(id, &NODE, BID), Error::<Test>::TaskNotOpen);
				assert_noop!(Marketplace::set_assignment(id, Assignment::Both), Error::<Test>::TaskNotOpen);
			}
		}
	});
}

#[test]
fn assign_should_fail_when_price_is_zero_or_above_what_is_held() {
	build_and_execute(|| {
		let id = create_for_auction();
		for price in [0, PRICE + 1, Balance::MAX] {
			assert_noop!(Marketplace::assign(id, &NODE, price), Error::<Test>::AgreedPriceOutOfRange);
		}
		assert_ok!(Marketplace::assign(id, &NODE, PRICE));
		work(id);
		assert_ok!(Marketplace::approve_result(origin(BUYER), id));
		assert_eq!(Balances::free_balance(PROVIDER), FUNDS + PAYOUT);
	});
}

#[test]
fn assign_should_ask_of_the_node_what_accepting_asks() {
	build_and_execute(|| {
		let id = create_for_auction();
		assert_noop!(Marketplace::assign(id, &UNKNOWN_NODE, BID), Error::<Test>::NodeNotFound);
		let refused = |change: fn(&mut MockNode), error: Error<Test>| {
			let before = Nodes::get();
			set_node(NODE, change);
			assert_noop!(Marketplace::assign(id, &NODE, BID), error);
			Nodes::set(before);
		};
		refused(|node| node.owner = BUYER, Error::<Test>::SelfDealing);
		refused(|node| node.status = NodeStatus::Inactive, Error::<Test>::NodeNotActive);
		refused(|node| node.resource_type = ResourceType::Cpu, Error::<Test>::WrongResourceType);
		refused(|node| node.power.hashes_per_second = 999, Error::<Test>::NotEnoughPower);
		refused(|node| node.trust_level = 0, Error::<Test>::TrustTooLow);
		MaxOpenTasksPerNode::set(0);
		assert_noop!(Marketplace::assign(id, &NODE, BID), Error::<Test>::NodeBusy);
		MaxOpenTasksPerNode::set(3);
		// The limit is of what is paid, not of what is held.
		LevelOneLimit::set(BID);
		set_node(NODE, |node| node.trust_level = 1);
		assert_noop!(Marketplace::assign(id, &NODE, BID + 1), Error::<Test>::TaskValueAboveLimit);
		assert_ok!(Marketplace::assign(id, &NODE, BID));
	});
}

#[test]
fn cancel_should_fail_when_nodes_have_bid() {
	build_and_execute(|| {
		let id = create_for_auction();
		HasBids::set(true);
		assert_noop!(Marketplace::cancel_task(origin(BUYER), id), Error::<Test>::AuctionRunning);
		// Bids for other tasks are no concern of a task without an auction.
		let direct = create();
		assert_ok!(Marketplace::cancel_task(origin(BUYER), direct));
		HasBids::set(false);
		assert_ok!(Marketplace::cancel_task(origin(BUYER), id));
	});
}

#[test]
fn assignable_should_tell_what_matching_needs() {
	build_and_execute(|| {
		assert_eq!(Marketplace::assignable(9), None);
		for (status, id) in one_of_each() {
			let seen = Marketplace::assignable(id).unwrap();
			assert_eq!((seen.buyer, seen.asset, seen.budget), (BUYER, Asset::Native, PRICE));
			let asked = (seen.resource_type, seen.required_power, seen.min_trust_level);
			assert_eq!(asked, (ResourceType::Gpu, RequiredPower::hashes(1_000), 1));
			let phase = match status {
				TaskStatus::Open => TaskPhase::Open,
				TaskStatus::Verified | TaskStatus::Cancelled => TaskPhase::Ended,
				_ => TaskPhase::Taken,
			};
			assert_eq!(seen.phase, phase);
		}
	});
}
