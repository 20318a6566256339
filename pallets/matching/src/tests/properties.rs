//! Random calls from several accounts, valid and not, over many blocks, with the invariants after each, and the winner computed
//! anew from the events.

use super::*;
use crate::{Auctions, Bids, NextAuctionId};
use frame_support::storage::with_storage_layer;
use gpu_chain_primitives::{matching::Unfit, score::rank};
use proptest::{
	prelude::*,
	test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use sp_runtime::{DispatchResult, Permill};
use std::{cell::RefCell, collections::BTreeMap};

#[derive(Clone, Copy, Debug)]
enum Act {
	Open {
		direct: bool,
		service_level: bool,
	},
	Commit {
		price: Balance,
	},
	Reveal {
		honest: bool,
	},
	Settle,
	Claim,
	Remove,
	/// The market: takes, ends, reopens or forgets the task.
	Market(u8),
	Node {
		active: bool,
		uptime: u16,
		reputation: u16,
		busy: bool,
	},
	Bond {
		permill: u32,
	},
	Blocks(u8),
	/// On to where the newest auction waits for something else.
	NextPhase,
}

fn price() -> impl Strategy<Value = Balance> {
	prop_oneof![
		8 => 1..=BUDGET,
		1 => Just(0),
		1 => Just(1),
		1 => Just(BUDGET + 1),
		1 => Just(Balance::MAX)
	]
}

fn act() -> impl Strategy<Value = Act> {
	prop_oneof![
		4 => (any::<bool>(), any::<bool>()).prop_map(|(direct, service_level)| Act::Open { direct, service_level }),
		14 => price().prop_map(|price| Act::Commit { price }),
		14 => prop::bool::weighted(0.9).prop_map(|honest| Act::Reveal { honest }),
		5 => Just(Act::Settle),
		8 => Just(Act::Claim),
		3 => Just(Act::Remove),
		6 => prop_oneof![1 => Just(0), 1 => Just(1), 1 => Just(4), 40 => Just(5)].prop_map(Act::Market),
		5 => (prop::bool::weighted(0.7), 8_500u16..10_000, 0u16..10_000, prop::bool::weighted(0.2))
			.prop_map(|(active, uptime, reputation, busy)| Act::Node { active, uptime, reputation, busy }),
		1 => (0u32..=1_000_000).prop_map(|permill| Act::Bond { permill }),
		8 => (1u8..4).prop_map(Act::Blocks),
		3 => Just(Act::NextPhase),
	]
}

type Prices = BTreeMap<(u64, AccountId), Balance>;

fn perform(act: Act, who: AccountId, pick: u64, prices: &mut Prices) -> DispatchResult {
	let newest = NextAuctionId::<Test>::get().saturating_sub(1);
	let id = newest.saturating_sub(pick % 4 / 3);
	match act {
		Act::Open { direct, service_level } => {
			let mut request = request();
			request.min_uptime = if service_level { 9_500 } else { 0 };
			Matching::open_auction(origin(BUYER), TASK, request, direct)
		}
		Act::Commit { price } => {
			Matching::commit_bid(origin(who), id, node_of(who), commitment(id, who, price))?;
			prices.insert((id, who), price);
			Ok(())
		}
		Act::Reveal { honest } => {
			let price = prices.get(&(id, who)).copied().unwrap_or(1);
			try_reveal(id, who, if honest { price } else { price ^ 1 })
		}
		Act::Settle => settle(id),
		Act::Claim => claim(id, who),
		Act::Remove => Matching::remove_auction(origin(ANYBODY), id),
		_ => Ok(()),
	}
}

/// A bidder that the act suits, in the auction that `pick` chooses.
fn waiting(act: Act, pick: u64) -> Option<AccountId> {
	let id = NextAuctionId::<Test>::get().saturating_sub(1).saturating_sub(pick % 4 / 3);
	let mut bidders: Vec<_> = Bids::<Test>::iter_prefix(id)
		.filter(|(_, bid)| matches!(act, Act::Claim) || bid.revealed.is_none())
		.map(|(_, bid)| bid.bidder)
		.collect();
	bidders.sort_unstable();
	bidders.get((pick / 8) as usize % bidders.len().max(1)).copied()
}

fn root() -> Vec<u8> {
	sp_io::storage::root(sp_runtime::StateVersion::V1)
}

/// The winner as anybody could compute it: the best of the revealed bids that were not passed over.
fn check_winner(id: u64, happened: &[Event<Test>]) {
	let passed: Vec<_> = happened
		.iter()
		.filter_map(|event| match event {
			Event::BidPassedOver { auction_id, node, .. } if *auction_id == id => Some(*node),
			_ => None,
		})
		.collect();
	let mut bids: Vec<_> = happened
		.iter()
		.filter_map(|event| match event {
			Event::BidRevealed { auction_id, node, price, outcome: Ok(score) } if *auction_id == id => {
				Some((*score, *price, *node))
			}
			_ => None,
		})
		.collect();
	bids.sort_by(|a, b| rank((a.0, a.1, &a.2), (b.0, b.1, &b.2)));
	// More than four cannot have been passed over, as no more are remembered.
	let expected = bids.iter().take(4).find(|(_, _, node)| !passed.contains(node));
	match (auction(id).status, expected) {
		(AuctionStatus::Awarded { node, price, score }, Some(best)) => assert_eq!((score, price, node), *best),
		(AuctionStatus::Failed, None) => {}
		(status, best) => panic!("auction {id} ended as {status:?}, and the best bid is {best:?}"),
	}
}

fn run(steps: &[(Act, usize, u64)], seen: &RefCell<BTreeMap<String, u32>>) {
	let mut prices = Prices::new();
	for (act, who, pick) in steps {
		let who = match act {
			Act::Reveal { .. } | Act::Claim if pick % 8 > 0 => waiting(*act, *pick).unwrap_or(BIDDERS[*who]),
			_ => BIDDERS[*who],
		};
		match *act {
			Act::Market(0) => set_task(TASK, |task| task.given = Some((node_of(who), 1))),
			Act::Market(1) => set_task(TASK, |task| task.ended = true),
			Act::Market(4) => Tasks::remove(TASK),
			Act::Market(_) => set_task(TASK, |task| (task.given, task.ended) = (None, false)),
			Act::Node { active, uptime, reputation, busy } => {
				set_node(node_of(who), |node| {
					node.active = active;
					node.uptime = uptime;
					node.reputation = reputation;
				});
				let mut all = Busy::get();
				if busy {
					all.insert(node_of(who));
				} else {
					all.remove(&node_of(who));
				}
				Busy::set(all);
			}
			Act::Bond { permill } => BidBond::set(Permill::from_parts(permill)),
			Act::NextPhase => {
				let now = System::block_number();
				let newest = NextAuctionId::<Test>::get().saturating_sub(1);
				let ends = Auctions::<Test>::get(newest).map(|auction| [auction.commit_until, auction.reveal_until]);
				if let Some(end) = ends.and_then(|ends| ends.into_iter().find(|end| *end >= now)) {
					System::set_block_number(end + 1);
				}
			}
			Act::Blocks(count) => System::set_block_number(System::block_number() + u64::from(count)),
			act => {
				let before = root();
				let done = with_storage_layer(|| perform(act, who, *pick, &mut prices));
				if done.is_err() {
					assert_eq!(root(), before, "a refused call changed something");
				}
			}
		}
		check_everything();
	}
	let happened = events();
	for event in &happened {
		if let Event::AuctionAwarded { auction_id, .. } | Event::AuctionFailed { auction_id, .. } = event {
			if Auctions::<Test>::contains_key(auction_id) {
				check_winner(*auction_id, &happened);
			}
		}
		let name = format!("{event:?}").split([' ', '{']).next().unwrap_or_default().to_string();
		*seen.borrow_mut().entry(name).or_default() += 1;
		if let Event::BidRevealed { outcome: Err(unfit), .. } = event {
			*seen.borrow_mut().entry(format!("{unfit:?}")).or_default() += 1;
		}
	}
}

#[test]
fn invariants_should_hold_whatever_anybody_does() {
	let seen = RefCell::new(BTreeMap::new());
	let config = Config { cases: 96, failure_persistence: None, ..Config::default() };
	// The same steps in every run, so that what they reach can be asserted below.
	let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
	runner
		.run(&prop::collection::vec((act(), 0..BIDDERS.len(), any::<u64>()), 200..300), |steps| {
			new_test_ext().execute_with(|| {
				let before = issuance();
				run(&steps, &seen);
				assert_eq!(issuance(), before);
				drain();
				assert_eq!(issuance(), before);
			});
			Ok(())
		})
		.unwrap();
	// Random steps prove little unless they go everywhere.
	let seen = seen.into_inner();
	let unfit = [Unfit::AboveBudget, Unfit::UptimeTooLow, Unfit::NotActive].map(|unfit| format!("{unfit:?}"));
	let wanted = [
		"AuctionOpened",
		"BidCommitted",
		"BidRevealed",
		"BidPassedOver",
		"AuctionAwarded",
		"AuctionFailed",
		"AuctionVoided",
		"BondReleased",
		"BondForfeited",
		"AuctionRemoved",
	];
	for event in wanted.into_iter().chain(unfit.iter().map(String::as_str)) {
		let count = seen.iter().filter(|(name, _)| name.contains(event)).map(|(_, count)| count).sum::<u32>();
		assert!(count >= 10, "{event} came {count} times only: {seen:?}");
	}
}

/// However it went, all of it can be wound up, and nothing stays held.
fn drain() {
	set_task(TASK, |task| task.ended = true);
	System::set_block_number(System::block_number() + 100);
	let ids: Vec<_> = Auctions::<Test>::iter_keys().collect();
	for id in &ids {
		if auction(*id).is_running() {
			assert_ok!(settle(*id));
		}
		let bids: Vec<_> = Bids::<Test>::iter_prefix(id).map(|(_, bid)| bid.bidder).collect();
		for bidder in bids {
			assert_ok!(claim(*id, bidder));
		}
	}
	for id in ids {
		assert_ok!(Matching::remove_auction(origin(ANYBODY), id));
	}
	check_everything();
	assert_eq!(Balances::free_balance(BUYER), FUNDS);
	assert_eq!(Auctions::<Test>::iter().count() + Bids::<Test>::iter().count(), 0);
}
