//! Bids in auctions: which to make, and what to do with those that are made. Pure, like all of [`decide`](super::decide).
//!
//! ```text
//!   fits, worth it, time and room for it ─► saved ─► commit_bid ─► reveal_bid ─► settle ─► claim_bond
//!                                        (salt and price)      from commit_until on   when all is over
//! ```
//! A bid lies on the disk before the chain hears of it, and is never overwritten while it may be revealed: a commitment
//! that was on its way when the agent was killed can be in a block although nobody heard of it.

use super::decide::{vet, Action, LocalView, Vetted};
use crate::{
	auctions::price,
	chain::{
		show_amount, show_tokens, AccountId, Asset, AuctionId, AuctionStanding, AuctionView, Balance, BidView,
		BlockNumber, Call, ChainView, Hash, NodeId, NodeStatus, NodeView, TaskId, TaskStatus, TaskView,
	},
	config::BidConfig,
	policy::Refusal,
};
use gpu_chain_primitives::matching::{bid_commitment, Candidate, Unfit};
use serde::{Deserialize, Serialize};
use std::{cmp::Reverse, collections::BTreeMap};

/// Blocks that a bid has at least to come into one: time for one that is late, and one that is full.
const TIME_TO_COMMIT: BlockNumber = 3;

/// Blocks that each place among the best waits for those before it to settle the auction: it is free for the first only.
const TURN: BlockNumber = 2;

/// The place of a bid that has none, when it comes to settling.
const LAST_PLACE: u8 = 4;

/// A bid, as it lies on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredBid {
	/// In which auction,
	pub auction: AuctionId,
	/// for which task.
	pub task: TaskId,
	/// What the node would do it for, in the smallest unit of the task's asset.
	#[serde(with = "decimal")]
	pub price: Balance,
	/// What nobody can guess.
	#[serde(with = "crate::state::hex32")]
	pub salt: Hash,
	/// The last block in which the auction takes bids,
	pub commit_until: BlockNumber,
	/// and in which they are revealed.
	pub reveal_until: BlockNumber,
}

impl StoredBid {
	/// The hash that the chain is told before the bid.
	pub fn commitment(&self, bidder: &AccountId, node: &NodeId) -> Hash {
		bid_commitment(self.auction, bidder, &(*node).into(), self.price, &self.salt).0
	}

	/// Whether it is a bid in that very auction, and not in one of the same number on another fork.
	fn is_in(&self, auction: &AuctionView) -> bool {
		(self.auction, self.task, self.commit_until) == (auction.id, auction.task, auction.commit_until)
	}
}

/// An amount as a string of digits: readers of JSON lose digits of numbers.
mod decimal {
	use serde::{de::Error, Deserialize, Deserializer, Serializer};

	pub(super) fn serialize<S: Serializer>(value: &u128, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(value)
	}

	pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u128, D::Error> {
		String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
	}
}

/// A bid that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
	/// In which auction.
	pub auction: AuctionId,
	/// For which task.
	pub task: TaskId,
	/// What is paid with.
	pub asset: Asset,
	/// What the node does it for.
	pub price: Balance,
	/// The most that may be bid.
	pub budget: Balance,
	/// What the bid is worth now.
	pub score: u32,
	/// What it holds.
	pub bond: Balance,
	/// The last block in which the auction takes bids,
	pub commit_until: BlockNumber,
	/// and in which they are revealed.
	pub reveal_until: BlockNumber,
}

/// Why there is no bid in an auction.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoBid {
	/// The node does no tasks now.
	#[error("the node does no tasks now: {0}")]
	NoTasks(&'static str),
	/// The policy is against the task.
	#[error("the task {0}")]
	Refused(#[from] Refusal),
	/// The owner names no price in what is paid.
	#[error("the owner names no price an hour in {}", show_asset(.0))]
	NoPrice(Asset),
	/// The node, or its price, does not fit.
	#[error("{}", show_unfit(.unfit, *.asset, *.price, *.budget))]
	Unfit {
		/// Why.
		unfit: Unfit,
		/// What is paid with.
		asset: Asset,
		/// What would be bid.
		price: Balance,
		/// The most that may be.
		budget: Balance,
	},
	/// It would not be worth enough.
	#[error("would score {score}, the owner asks for {least}")]
	Score {
		/// What it would score.
		score: u32,
		/// What the owner asks for.
		least: u32,
	},
	/// The bid would come too late.
	#[error("takes bids until block {0}, which is too near")]
	TooLate(BlockNumber),
	/// There is not enough money for the bond.
	#[error("holds a bond of {}, and only {} are free", show_tokens(*.bond), show_tokens(*.free))]
	Bond {
		/// What is to be held.
		bond: Balance,
		/// What there is.
		free: Balance,
	},
	/// The specification is not here yet.
	#[error("its specification is not fetched yet")]
	Unread,
	/// The specification was looked at, and is none for this node.
	#[error("{0}")]
	Specification(String),
	/// A bid of before, which may be on its way, is below what the owner asks for now.
	#[error(
		"an earlier bid of {}, which is not on the chain, is below what the owner asks for now",
		show_amount(*.asset, *.price)
	)]
	Below {
		/// What is paid with.
		asset: Asset,
		/// The earlier bid.
		price: Balance,
	},
	/// Other bids or tasks take the room.
	#[error("as many bids and tasks are open as the owner allows")]
	Full,
}

fn show_asset(asset: &Asset) -> String {
	match asset {
		Asset::Native => "tokens".into(),
		Asset::Id(id) => format!("asset {id}"),
	}
}

fn show_unfit(unfit: &Unfit, asset: Asset, price: Balance, budget: Balance) -> String {
	let (price, budget) = (show_amount(asset, price), show_amount(asset, budget));
	match unfit {
		Unfit::AboveBudget => format!("pays {budget} at most, the node asks for {price}"),
		Unfit::UptimeTooLow => "asks for more uptime than the node has shown".into(),
		Unfit::HardwareTooSmall => "asks for more hardware than the node has".into(),
		Unfit::OtherModel => "asks for another model".into(),
		Unfit::RegionNotListed => "does not name the node's region".into(),
		Unfit::TooFarAway => "is for nodes that are nearer".into(),
		other => format!("does not fit: {other:?}"),
	}
}

/// Tasks that the node's bids may still bring: so many are not to be taken otherwise.
pub fn pledged(view: &ChainView, local: &LocalView) -> usize {
	let may_win = |bid: &&BidView| {
		let is_open = bid.standing == AuctionStanding::Running && bid.task_open;
		let in_time = bid.place.is_some() || bid.revealed.is_none() && view.block < bid.reveal_until;
		is_open && in_time
	};
	let on_their_way = view.auctions.iter().filter(|auction| {
		!view.bids.iter().any(|bid| bid.auction == auction.id) && local.bids.iter().any(|bid| bid.is_in(auction))
	});
	view.bids.iter().filter(may_win).count() + on_their_way.count()
}

/// How many tasks more the node can do at a time than it has and may win.
pub fn room(view: &ChainView, local: &LocalView) -> usize {
	let busy = |task: &&TaskView| matches!(task.status, TaskStatus::Assigned | TaskStatus::InProgress);
	let most = local.policy.max_concurrent as usize;
	most.saturating_sub(view.my_tasks.iter().filter(busy).count()).saturating_sub(pledged(view, local))
}

/// What is bid in each auction in which the node has no bid yet, or why nothing is; the best first. `taken` tasks are taken
/// otherwise in the same block.
pub fn consider(
	view: &ChainView,
	node: &NodeView,
	local: &LocalView,
	taken: usize,
) -> Vec<(AuctionId, Result<Plan, NoBid>)> {
	let Some(rules) = local.bidding.as_ref() else { return vec![] };
	let tasks: BTreeMap<TaskId, &TaskView> = view.open_tasks.iter().map(|task| (task.id, task)).collect();
	let mut found: Vec<(&AuctionView, bool, Result<Plan, NoBid>)> = view
		.auctions
		.iter()
		.filter(|auction| !view.bids.iter().any(|bid| bid.auction == auction.id))
		// What may be taken as it is pays the whole price: no reason to bid.
		.filter_map(|auction| Some((auction, *tasks.get(&auction.task).filter(|task| !task.direct)?)))
		.map(|(auction, task)| {
			let stored = local.bids.iter().find(|bid| bid.is_in(auction));
			(auction, stored.is_some(), judge(view, node, local, rules, auction, task, stored))
		})
		.collect();
	found.sort_by_key(|(auction, is_stored, plan)| {
		let score = plan.as_ref().map_or(0, |plan| plan.score);
		(Reverse(*is_stored), Reverse(score), auction.id)
	});
	let most = (rules.most as usize).saturating_sub(pledged(view, local));
	let mut left = most.min(room(view, local).saturating_sub(taken));
	found
		.into_iter()
		.map(|(auction, is_stored, plan)| {
			let plan = match plan {
				// It has its room already.
				Ok(plan) if is_stored => Ok(plan),
				Ok(plan) if left > 0 => {
					left -= 1;
					Ok(plan)
				}
				Ok(_) => Err(NoBid::Full),
				Err(reason) => Err(reason),
			};
			(auction.id, plan)
		})
		.collect()
}

/// What the owner asks for a task: an hour's price, and never less than the policy takes.
fn asked(local: &LocalView, rules: &BidConfig, node: &Candidate<()>, task: &TaskView) -> Result<Balance, NoBid> {
	let per_hour = rules.per_hour(task.asset, node.ask_per_hour).ok_or(NoBid::NoPrice(task.asset))?;
	let least = local.policy.payments.get(&task.asset).copied().unwrap_or_default();
	Ok(price(per_hour, task.duration_secs).max(least))
}

/// What to bid in an auction, whatever else goes on.
fn judge(
	view: &ChainView,
	node: &NodeView,
	local: &LocalView,
	rules: &BidConfig,
	auction: &AuctionView,
	task: &TaskView,
	stored: Option<&StoredBid>,
) -> Result<Plan, NoBid> {
	if node.status != NodeStatus::Active {
		return Err(NoBid::NoTasks("it is not active"));
	}
	if !local.can_run {
		return Err(NoBid::NoTasks("there is no sandbox"));
	}
	let candidate = view.candidate.as_ref().ok_or(NoBid::NoTasks("the chain does not know it"))?;
	local.policy.check_task(task, node)?;
	let asked = asked(local, rules, candidate, task)?;
	let price = stored.map_or(asked, |stored| stored.price);
	if price < asked {
		return Err(NoBid::Below { asset: task.asset, price });
	}
	let (asset, budget) = (task.asset, auction.terms.budget);
	let unfit = |unfit| NoBid::Unfit { unfit, asset, price, budget };
	let score = auction.terms.evaluate(candidate, price).map_err(unfit)?;
	if score < rules.least_score {
		return Err(NoBid::Score { score, least: rules.least_score });
	}
	if stored.is_none() && view.block.saturating_add(TIME_TO_COMMIT) > auction.commit_until {
		return Err(NoBid::TooLate(auction.commit_until));
	}
	if asset == Asset::Native && view.free_balance < auction.bond {
		return Err(NoBid::Bond { bond: auction.bond, free: view.free_balance });
	}
	match local.vetted.get(&task.id) {
		Some(Vetted::Good) => (),
		Some(Vetted::Refused(reason)) => return Err(NoBid::Specification(reason.clone())),
		_ => return Err(NoBid::Unread),
	}
	let (commit_until, reveal_until) = (auction.commit_until, auction.reveal_until);
	let (auction, bond) = (auction.id, auction.bond);
	Ok(Plan { auction, task: task.id, asset, price, budget, score, bond, commit_until, reveal_until })
}

/// Auctions that are worth a bid.
pub(super) fn bid(view: &ChainView, node: &NodeView, local: &LocalView, actions: &mut Vec<Action>) {
	let taken = actions.iter().filter(|action| matches!(action, Action::Send(Call::AcceptTask { .. }))).count();
	for (id, plan) in consider(view, node, local, taken) {
		let Some(auction) = view.auctions.iter().find(|auction| auction.id == id) else { continue };
		match plan {
			Ok(plan) => match local.bids.iter().find(|bid| bid.is_in(auction)) {
				// It is on the disk, and not on the chain: nobody knows whether it was sent.
				Some(stored) => {
					let commitment = stored.commitment(&node.owner, &node.id);
					actions.push(Action::Send(Call::CommitBid { auction: id, node: node.id, commitment }));
				}
				None => actions.push(Action::Bid(plan)),
			},
			Err(NoBid::Unread) => {
				if let Some(task) = view.open_tasks.iter().find(|task| task.id == auction.task) {
					vet(view, task, local, actions);
				}
			}
			Err(_) => (),
		}
	}
}

/// Bids that are on the chain: each goes on from where the chain says it stands, also when the owner wants no more of them.
pub(super) fn go_on(view: &ChainView, node: &NodeView, local: &LocalView, actions: &mut Vec<Action>) {
	for bid in &view.bids {
		let auction = bid.auction;
		if bid.standing != AuctionStanding::Running {
			actions.push(Action::Send(Call::ClaimBond { auction, node: node.id }));
			continue;
		}
		let is_time = view.block >= bid.commit_until && view.block < bid.reveal_until;
		if let Some(stored) = known(bid, node, local).filter(|_| is_time && bid.revealed.is_none()) {
			let (price, salt) = (stored.price, stored.salt);
			actions.push(Action::Send(Call::RevealBid { auction, node: node.id, price, salt }));
		}
		// A task that went another way voids the auction at once. Else whoever has the task by it settles it, and the others
		// when that one does not.
		let turn = bid.reveal_until.saturating_add(TURN * BlockNumber::from(bid.place.unwrap_or(LAST_PLACE)));
		if !bid.task_open || view.block >= turn {
			actions.push(Action::Send(Call::SettleAuction { auction }));
		}
	}
}

/// What a bid on the chain opens to, if this machine knows it.
pub fn known<'a>(bid: &BidView, node: &NodeView, local: &'a LocalView) -> Option<&'a StoredBid> {
	let is_it = |stored: &&StoredBid| {
		stored.auction == bid.auction && stored.commitment(&node.owner, &node.id) == bid.commitment
	};
	local.bids.iter().find(is_it)
}

#[cfg(test)]
mod tests;
