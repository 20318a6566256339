//! Bids by table: what the chain says, what lies on the disk, and what is done.

use super::*;
use crate::{
	agent::decide::decide,
	auctions::tests::{node as candidate, terms},
	chain::{RequiredPower, RevealedView, TOKEN},
	policy::tests::{node, parse, task},
};

const NODE: NodeId = [1; 32];
const OWNER: AccountId = [2; 32];
/// What the policy takes at least is more than an hour's price for these tasks.
const PRICE: Balance = TOKEN / 4;

/// Takes bids until block 110, and reveals until 120.
fn auction(id: AuctionId, task: TaskId) -> AuctionView {
	AuctionView { id, task, terms: terms(), bond: TOKEN / 50, commit_until: 110, reveal_until: 120 }
}

/// Block 100, and auction 3 of task 7.
fn view() -> ChainView {
	ChainView {
		block: 100,
		node: Some(node()),
		free_balance: TOKEN,
		candidate: Some(candidate()),
		auctions: vec![auction(3, 7)],
		open_tasks: vec![TaskView { direct: false, ..task(7) }],
		..ChainView::default()
	}
}

fn local() -> LocalView {
	LocalView {
		policy: parse("max_concurrent = 2\n[[payment]]\nasset = \"native\"\nmin_price = \"0.25\"").unwrap(),
		activate: true,
		can_run: true,
		store_url: "http://127.0.0.1:8090".into(),
		bidding: Some(BidConfig { enabled: true, most: 2, ..BidConfig::default() }),
		vetted: (7..20).map(|task| (task, Vetted::Good)).collect(),
		..LocalView::default()
	}
}

fn stored() -> StoredBid {
	StoredBid { auction: 3, task: 7, price: PRICE, salt: [6; 32], commit_until: 110, reveal_until: 120 }
}

fn on_chain() -> BidView {
	BidView {
		auction: 3,
		task: 7,
		asset: Asset::Native,
		bond: TOKEN / 50,
		commitment: stored().commitment(&OWNER, &NODE),
		revealed: None,
		place: None,
		standing: AuctionStanding::Running,
		task_open: true,
		commit_until: 110,
		reveal_until: 120,
	}
}

fn revealed(place: Option<u8>) -> BidView {
	BidView { revealed: Some(RevealedView { price: PRICE, outcome: Ok(1) }), place, ..on_chain() }
}

fn commit() -> Action {
	let commitment = stored().commitment(&OWNER, &NODE);
	Action::Send(Call::CommitBid { auction: 3, node: NODE, commitment })
}

fn reveal() -> Action {
	Action::Send(Call::RevealBid { auction: 3, node: NODE, price: PRICE, salt: [6; 32] })
}

const SETTLE: Action = Action::Send(Call::SettleAuction { auction: 3 });
const CLAIM: Action = Action::Send(Call::ClaimBond { auction: 3, node: NODE });

/// The only answer about auction 3.
fn verdict(view: &ChainView, local: &LocalView) -> Result<Plan, NoBid> {
	let mut found = consider(view, view.node.as_ref().unwrap(), local, 0);
	assert_eq!(found.len(), 1, "{found:?}");
	found.remove(0).1
}

fn refusal(change: impl FnOnce(&mut ChainView, &mut LocalView)) -> NoBid {
	let (mut view, mut local) = (view(), local());
	change(&mut view, &mut local);
	let bids = |action: &Action| matches!(action, Action::Bid(_) | Action::Send(Call::CommitBid { .. }));
	assert!(!decide(&view, &local).iter().any(bids));
	verdict(&view, &local).unwrap_err()
}

#[test]
fn the_commitment_should_be_the_one_of_the_documentation() {
	let bid = StoredBid { auction: 5, task: 0, price: 60, salt: [7; 32], commit_until: 0, reveal_until: 0 };
	let commitment = hex::encode(bid.commitment(&[1; 32], &[2; 32]));
	assert_eq!(commitment, "445a287a43a835c50667663708714040ae5aaecb174b3ce807f5b4facbb0f4e0");
}

/// From the first block to the last, with what the disk knows at each.
#[test]
fn a_bid_should_be_made_revealed_settled_and_claimed() {
	let (mut view, mut local) = (view(), local());
	let score = auction(3, 7).terms.evaluate(&candidate(), PRICE).unwrap();
	let plan = Plan {
		auction: 3,
		task: 7,
		asset: Asset::Native,
		price: PRICE,
		budget: TOKEN,
		score,
		bond: TOKEN / 50,
		commit_until: 110,
		reveal_until: 120,
	};
	assert_eq!(decide(&view, &local), [Action::Bid(plan)]);

	// Killed when it was saved, or when it was sent: the same bid is sent once more, to the end of the window.
	local.bids.push(stored());
	for block in [100, 108, 109] {
		view.block = block;
		assert_eq!(decide(&view, &local), [commit()], "{block}");
	}
	// In a block: nothing is left to do before bids are revealed.
	(view.block, view.bids) = (101, vec![on_chain()]);
	assert_eq!(decide(&view, &local), []);
	view.auctions.clear();
	for (block, expected) in [(109, vec![]), (110, vec![reveal()]), (119, vec![reveal()]), (120, vec![])] {
		view.block = block;
		assert_eq!(decide(&view, &local), expected, "{block}");
	}
	view.bids = vec![revealed(Some(0))];
	for (block, expected) in [(110, vec![]), (119, vec![]), (120, vec![SETTLE]), (500, vec![SETTLE])] {
		view.block = block;
		assert_eq!(decide(&view, &local), expected, "{block}");
	}
	// Won: the task is the node's, and goes the way of all tasks.
	view.bids = vec![BidView { standing: AuctionStanding::Won, task_open: false, ..revealed(Some(0)) }];
	view.open_tasks.clear();
	view.my_tasks = vec![TaskView { status: TaskStatus::Assigned, deadline: Some(600), direct: false, ..task(7) }];
	assert_eq!(decide(&view, &local), [Action::Send(Call::StartTask { task: 7 }), CLAIM]);
	view.bids.clear();
	assert_eq!(decide(&view, &local), [Action::Send(Call::StartTask { task: 7 })]);
}

#[test]
fn bids_that_are_made_should_be_seen_through_by_who_makes_no_more() {
	for bidding in [None, Some(BidConfig { most: 0, ..BidConfig::default() })] {
		let (mut view, mut local) = (view(), local());
		(local.bidding, local.can_run) = (bidding, false);
		assert_eq!(decide(&view, &local), []);
		(view.bids, local.bids) = (vec![on_chain()], vec![stored()]);
		view.node.as_mut().unwrap().status = NodeStatus::Inactive;
		for (block, expected) in [(109, vec![]), (110, vec![reveal()])] {
			view.block = block;
			assert_eq!(decide(&view, &local), expected);
		}
		view.bids[0].standing = AuctionStanding::Lost;
		assert_eq!(decide(&view, &local), [CLAIM]);
	}
}

#[test]
fn only_what_was_committed_to_should_be_revealed() {
	let (mut view, mut local) = (view(), local());
	(view.block, view.bids) = (110, vec![on_chain()]);
	view.auctions.clear();
	assert_eq!(decide(&view, &local), [], "the disk was lost");
	let other = StoredBid { salt: [9; 32], ..stored() };
	local.bids = vec![other.clone()];
	assert_eq!(decide(&view, &local), [], "it is of another fork, and would be refused");
	// Of two bids in one auction, which two forks can bring about, the one that is on the chain.
	local.bids = vec![other, stored()];
	assert_eq!(decide(&view, &local), [reveal()]);
}

#[test]
fn a_bid_of_another_auction_of_that_number_should_not_be_taken_for_this_ones() {
	let (view, mut local) = (view(), local());
	for other in [StoredBid { task: 8, ..stored() }, StoredBid { commit_until: 111, ..stored() }] {
		local.bids = vec![other];
		assert!(matches!(decide(&view, &local)[..], [Action::Bid(_)]));
		assert_eq!(pledged(&view, &local), 0);
	}
}

#[test]
fn the_best_should_settle_first_and_the_others_when_it_does_not() {
	let mut view = view();
	view.auctions.clear();
	for (place, from) in [(Some(0), 120), (Some(1), 122), (Some(3), 126), (None, 128)] {
		view.bids = vec![revealed(place)];
		for (block, expected) in [(from - 1, vec![]), (from, vec![SETTLE])] {
			view.block = block;
			assert_eq!(decide(&view, &local()), expected, "{place:?} in block {block}");
		}
	}
}

#[test]
fn a_task_that_went_another_way_should_free_the_bond_at_once() {
	let (mut view, mut local) = (view(), local());
	view.auctions.clear();
	view.open_tasks.clear();
	view.bids = vec![BidView { task_open: false, ..on_chain() }];
	local.bids = vec![stored()];
	assert_eq!(decide(&view, &local), [SETTLE]);
	// Whoever could reveal does: should the settlement come too late the bond is not lost.
	view.block = 115;
	assert_eq!(decide(&view, &local), [reveal(), SETTLE]);
	view.bids[0].standing = AuctionStanding::Voided(true);
	assert_eq!(decide(&view, &local), [CLAIM]);
	assert_eq!(pledged(&view, &local), 0);
}

#[test]
fn each_reason_against_a_bid_should_be_named() {
	let unfit = |unfit| NoBid::Unfit { unfit, asset: Asset::Native, price: PRICE, budget: TOKEN };
	type Change = fn(&mut ChainView, &mut LocalView);
	let table: [(Change, NoBid); 20] = [
		(|view, _| view.node.as_mut().unwrap().status = NodeStatus::Inactive, NoBid::NoTasks("it is not active")),
		(|_, local| local.can_run = false, NoBid::NoTasks("there is no sandbox")),
		(|view, _| view.candidate = None, NoBid::NoTasks("the chain does not know it")),
		(|view, _| view.open_tasks[0].buyer = OWNER, NoBid::Refused(Refusal::Own)),
		(|view, _| view.open_tasks[0].failed_before = true, NoBid::Refused(Refusal::FailedBefore)),
		(|view, _| view.open_tasks[0].min_trust_level = 2, NoBid::Refused(Refusal::Trust { asked: 2, has: 1 })),
		(
			|_, local| local.policy.min_duration_secs = 101,
			NoBid::Refused(Refusal::TooShort { duration: 100, minimum: 101 }),
		),
		(|view, _| view.open_tasks[0].asset = Asset::Id(4), NoBid::Refused(Refusal::Asset)),
		(
			|view, local| {
				view.open_tasks[0].asset = Asset::Id(4);
				local.policy.payments.insert(Asset::Id(4), 1);
			},
			NoBid::NoPrice(Asset::Id(4)),
		),
		(
			|view, _| view.auctions[0].terms.budget = PRICE - 1,
			NoBid::Unfit { unfit: Unfit::AboveBudget, asset: Asset::Native, price: PRICE, budget: PRICE - 1 },
		),
		(|view, _| view.auctions[0].terms.required_power = RequiredPower::hashes(2_001), unfit(Unfit::NotEnoughPower)),
		(
			|view, _| {
				view.auctions[0].terms.required_power = RequiredPower { memory_mib: 1, ..RequiredPower::hashes(1) }
			},
			unfit(Unfit::NotEnoughPower),
		),
		(|view, _| view.auctions[0].terms.request.hardware.gpu_count = 1, unfit(Unfit::HardwareTooSmall)),
		(|view, _| view.auctions[0].terms.request.max_latency_ms = 5, unfit(Unfit::TooFarAway)),
		(|view, _| view.block = 108, NoBid::TooLate(110)),
		(|view, _| view.free_balance = TOKEN / 100, NoBid::Bond { bond: TOKEN / 50, free: TOKEN / 100 }),
		(|_, local| local.vetted.clear(), NoBid::Unread),
		(
			|_, local| _ = local.vetted.insert(7, Vetted::Refused("its specification is none".into())),
			NoBid::Specification("its specification is none".into()),
		),
		(|_, local| local.bidding.as_mut().unwrap().most = 0, NoBid::Full),
		(|_, local| local.policy.max_concurrent = 0, NoBid::Full),
	];
	for (change, expected) in table {
		assert_eq!(refusal(change), expected);
		assert!(!expected.to_string().is_empty());
	}
	let score = verdict(&view(), &local()).unwrap().score;
	let least = refusal(|_, local| local.bidding.as_mut().unwrap().least_score = score + 1);
	assert_eq!(least, NoBid::Score { score, least: score + 1 });
	let mut enough = local();
	enough.bidding.as_mut().unwrap().least_score = score;
	assert!(verdict(&view(), &enough).is_ok());
	let above = NoBid::Unfit { unfit: Unfit::AboveBudget, asset: Asset::Native, price: TOKEN, budget: TOKEN / 2 };
	assert_eq!(above.to_string(), "pays 0.5 at most, the node asks for 1");
	let mut later = view();
	later.block = 107;
	assert!(verdict(&later, &local()).is_ok(), "three blocks are left");
}

#[test]
fn what_can_be_taken_directly_should_not_be_bid_for() {
	let mut view = view();
	view.open_tasks[0].direct = true;
	assert_eq!(decide(&view, &local()), [Action::Send(Call::AcceptTask { task: 7, node: NODE })]);
	assert_eq!(consider(&view, &node(), &local(), 0), []);
}

#[test]
fn a_specification_should_be_read_before_anything_is_bid() {
	let mut local = local();
	local.vetted.clear();
	assert_eq!(decide(&view(), &local), [Action::Vet(TaskView { direct: false, ..task(7) })]);
	local.vetted.insert(7, Vetted::Fetching);
	assert_eq!(decide(&view(), &local), []);
	local.vetted.insert(7, Vetted::RetryFrom(101));
	assert_eq!(decide(&view(), &local), []);
	// Nor is a bid of before sent again: what the buyer serves may have changed its address, not its hash.
	local.bids.push(stored());
	assert_eq!(decide(&view(), &local), []);
	local.vetted.insert(7, Vetted::Good);
	assert_eq!(decide(&view(), &local), [commit()]);
}

#[test]
fn prices_should_be_the_owners_and_never_below_what_the_policy_takes() {
	let price = |per_hour: Option<Balance>, duration| {
		let (mut view, mut local) = (view(), local());
		view.open_tasks[0].duration_secs = duration;
		local.bidding.as_mut().unwrap().prices.extend(per_hour.map(|price| (Asset::Native, price)));
		verdict(&view, &local).unwrap().price
	};
	assert_eq!(price(None, 100), PRICE, "the node's ask comes to less than the policy takes");
	assert_eq!(price(None, 1_800), TOKEN / 2);
	assert_eq!(price(Some(TOKEN / 2), 3_600), TOKEN / 2);
	assert_eq!(price(Some(TOKEN / 2), 3_601), (TOKEN / 2 * 3_601).div_ceil(3_600), "rounded up");

	// Who asks for more now does not repeat a lower bid; who asks for less lets the earlier one stand.
	let (view, mut local) = (view(), local());
	local.bids = vec![StoredBid { price: PRICE - 1, ..stored() }];
	assert_eq!(verdict(&view, &local), Err(NoBid::Below { asset: Asset::Native, price: PRICE - 1 }));
	assert_eq!((decide(&view, &local), pledged(&view, &local)), (vec![], 1));
	local.bids = vec![StoredBid { price: PRICE + 1, ..stored() }];
	assert_eq!(verdict(&view, &local).unwrap().price, PRICE + 1);
}

/// Four auctions, the cheapest of which for the buyer is the last.
fn market() -> ChainView {
	let mut view = view();
	view.auctions = (0..4).map(|number| auction(number, 10 + number)).collect();
	view.open_tasks = (10..14).map(|id| TaskView { direct: false, ..task(id) }).collect();
	view.auctions[3].terms.budget = 2 * TOKEN;
	view.auctions[1].terms.budget = TOKEN * 3 / 2;
	view
}

fn planned(view: &ChainView, local: &LocalView, taken: usize) -> Vec<AuctionId> {
	let found = consider(view, &node(), local, taken);
	assert_eq!(found.len(), 4);
	let (good, bad): (Vec<_>, Vec<_>) = found.into_iter().partition(|(_, plan)| plan.is_ok());
	assert!(bad.iter().all(|(_, plan)| *plan == Err(NoBid::Full)));
	good.into_iter().map(|(auction, _)| auction).collect()
}

#[test]
fn the_best_chances_should_be_taken_and_no_more_than_there_is_room_for() {
	let (mut view, mut local) = (market(), local());
	local.bidding.as_mut().unwrap().most = 3;
	assert_eq!(planned(&view, &local, 0), [3, 1], "two tasks are all that the policy allows at a time");
	assert_eq!(planned(&view, &local, 1), [3], "one is taken in this block");
	local.policy.max_concurrent = 9;
	assert_eq!(planned(&view, &local, 0), [3, 1, 0]);
	view.my_tasks = (20..28).map(|id| TaskView { status: TaskStatus::InProgress, ..task(id) }).collect();
	assert_eq!(planned(&view, &local, 0), [3]);
	// Who waits for its buyer is not busy.
	view.my_tasks.iter_mut().for_each(|task| task.status = TaskStatus::Completed);
	assert_eq!(planned(&view, &local, 0), [3, 1, 0]);
}

#[test]
fn what_may_still_be_won_should_keep_its_room() {
	let (mut view, mut local) = (market(), local());
	let of_another = |bid: BidView| BidView { auction: 9, task: 29, ..bid };
	let table = [
		(of_another(on_chain()), 1),
		(of_another(revealed(Some(3))), 1),
		// Not among the best, over without having been revealed, taken by another way, settled.
		(of_another(revealed(None)), 0),
		(BidView { reveal_until: 100, ..of_another(on_chain()) }, 0),
		(BidView { task_open: false, ..of_another(on_chain()) }, 0),
		(BidView { standing: AuctionStanding::Lost, ..of_another(revealed(Some(0))) }, 0),
	];
	for (bid, expected) in table {
		view.bids = vec![bid];
		assert_eq!(pledged(&view, &local), expected, "{:?}", view.bids);
		assert_eq!(room(&view, &local), 2 - expected);
		assert_eq!(planned(&view, &local, 0).len(), 2 - expected);
	}
	// One that may be on its way counts, and is the first to be sent again.
	view.bids.clear();
	let on_its_way = StoredBid { auction: 2, task: 12, ..stored() };
	local.bids = vec![on_its_way.clone()];
	assert_eq!((pledged(&view, &local), planned(&view, &local, 0)), (1, vec![2, 3]));
	local.bidding.as_mut().unwrap().most = 1;
	assert_eq!(planned(&view, &local, 0), [2]);
	// On the chain it counts once.
	let commitment = on_its_way.commitment(&OWNER, &NODE);
	view.bids = vec![BidView { auction: 2, task: 12, commitment, ..on_chain() }];
	assert_eq!(pledged(&view, &local), 1);
	// And nothing is taken directly in its place.
	local.policy.max_concurrent = 1;
	view.auctions.clear();
	view.open_tasks = vec![task(13)];
	assert_eq!(decide(&view, &local), []);
	view.bids.clear();
	assert_eq!(decide(&view, &local), [Action::Send(Call::AcceptTask { task: 13, node: NODE })]);
}
