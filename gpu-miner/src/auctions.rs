//! What this node would score in the auctions that are open now: computed on this machine, by the very function that the chain
//! judges bids by ([`MatchTerms::evaluate`]), from what the chain knows of the node.

use crate::chain::{show_amount, Asset, Balance, BlockNumber, TaskId, TaskView};
use gpu_chain_primitives::matching::{Candidate, MatchTerms, Unfit};
use serde::Serialize;

/// An auction that takes bids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenAuction {
	/// Its number.
	pub id: u64,
	/// The task.
	pub task: TaskView,
	/// What the buyer asks for; the budget is for all of the task.
	pub terms: MatchTerms,
	/// The last block in which bids are handed in.
	pub commit_until: BlockNumber,
	/// What the chain says of this node at that price: to be held against what is computed here.
	pub by_chain: Result<u32, Unfit>,
	/// The price that the chain was asked about.
	pub price: Balance,
}

/// What a bid would be worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chance {
	/// The auction.
	pub auction: u64,
	/// The task.
	pub task: TaskId,
	/// What is paid with.
	pub asset: Asset,
	/// The most that may be bid, in the asset's smallest unit.
	pub budget: Balance,
	/// What would be bid, in the same.
	pub price: Balance,
	/// The last block in which bids are handed in.
	pub commit_until: BlockNumber,
	/// The score, of [`MAX_SCORE`](gpu_chain_primitives::score::MAX_SCORE) at most; none if the node does not fit.
	pub score: Option<u32>,
	/// Why it does not fit.
	pub unfit: Option<String>,
}

/// Computes the chance of a node in an auction.
///
/// # Errors
/// What the chain says, and what was computed, where they differ: the runtime is another one than this program was built for.
pub fn chance(auction: &OpenAuction, node: &Candidate<()>) -> Result<Chance, String> {
	let outcome = auction.terms.evaluate(node, auction.price);
	if outcome != auction.by_chain {
		return Err(format!(
			"auction {}: this program computes {outcome:?}, the chain {:?}; use the gpu-miner of the node's release",
			auction.id, auction.by_chain
		));
	}
	Ok(Chance {
		auction: auction.id,
		task: auction.task.id,
		asset: auction.task.asset,
		budget: auction.terms.budget,
		price: auction.price,
		commit_until: auction.commit_until,
		score: outcome.ok(),
		unfit: outcome.err().map(|why| format!("{why:?}")),
	})
}

/// What `seconds` of work cost at an hourly price, rounded up, as the chain rounds what buyers pay; at most `u128::MAX`.
pub fn price(per_hour: Balance, seconds: u32) -> Balance {
	per_hour.checked_mul(seconds.into()).map_or(Balance::MAX, |total| total.div_ceil(3_600))
}

/// The chances for people.
pub fn describe(chances: &[Chance]) -> String {
	if chances.is_empty() {
		return "no auction takes bids now\n".into();
	}
	let line = |chance: &Chance| {
		let worth = match (&chance.score, &chance.unfit) {
			(Some(score), _) => format!("score {score}"),
			(None, why) => format!("does not fit: {}", why.as_deref().unwrap_or_default()),
		};
		format!(
			"auction {} (task {}), bids until block {}: at {} of {} {worth}\n",
			chance.auction,
			chance.task,
			chance.commit_until,
			show_amount(chance.asset, chance.price),
			show_amount(chance.asset, chance.budget),
		)
	};
	chances.iter().map(line).collect()
}

#[cfg(test)]
pub(crate) mod tests {
	use super::*;
	use crate::{chain::TOKEN, policy::tests::task};
	use gpu_chain_primitives::{
		matching::{MatchRequest, RegionLatency},
		score::ScoreWeights,
		HardwareSpec, PowerVector, RequiredPower, ResourceType, Tier,
	};

	/// A node that fits, by what the chain knows of it.
	pub(crate) fn node() -> Candidate<()> {
		Candidate {
			owner: (),
			resource_type: ResourceType::Cpu,
			active: true,
			tier: Tier::Community,
			hardware: HardwareSpec::default(),
			region: b"local".to_vec().try_into().unwrap(),
			ask_per_hour: TOKEN,
			trust_level: 1,
			reputation: 5_000,
			uptime: 10_000,
			power: PowerVector { hashes_per_second: 2_000, ..PowerVector::default() },
		}
	}

	/// What an auction asks for that it fits.
	pub(crate) fn terms() -> MatchTerms {
		let near = RegionLatency { region: b"local".to_vec().try_into().unwrap(), latency_ms: 10 };
		let request = MatchRequest {
			weights: ScoreWeights { price: 5_000, reputation: 5_000, latency: 0, uptime: 0, power: 0 },
			regions: vec![near].try_into().unwrap(),
			max_latency_ms: 100,
			min_uptime: 0,
			hardware: HardwareSpec::default(),
		};
		MatchTerms {
			resource_type: ResourceType::Cpu,
			required_power: RequiredPower::hashes(1_000),
			min_trust_level: 1,
			budget: TOKEN,
			request,
		}
	}

	fn auction(by_chain: Result<u32, Unfit>) -> OpenAuction {
		OpenAuction { id: 2, task: task(7), terms: terms(), commit_until: 90, by_chain, price: TOKEN / 4 }
	}

	#[test]
	fn the_score_is_the_chains_or_an_error() {
		let score = auction(Ok(0)).terms.evaluate(&node(), TOKEN / 4).unwrap();
		let chance = chance(&auction(Ok(score)), &node()).unwrap();
		assert_eq!((chance.score, chance.unfit), (Some(score), None));
		let cheaper = auction(Ok(0)).terms.evaluate(&node(), TOKEN / 8).unwrap();
		assert!(cheaper > score, "a lower price is worth more: {cheaper} and {score}");
		let error = super::chance(&auction(Ok(score + 1)), &node()).unwrap_err();
		assert!(error.contains("auction 2") && error.contains("release"), "{error}");
	}

	#[test]
	fn a_node_that_does_not_fit_is_told_why() {
		let weak = Candidate { power: PowerVector { hashes_per_second: 999, ..node().power }, ..node() };
		let chance = chance(&auction(Err(Unfit::NotEnoughPower)), &weak).unwrap();
		assert_eq!((chance.score, chance.unfit.as_deref()), (None, Some("NotEnoughPower")));
		let text = describe(&[chance]);
		assert!(text.contains("task 7") && text.contains("at 0.25 of 1") && text.contains("NotEnoughPower"), "{text}");
		assert!(describe(&[]).contains("no auction"));
	}

	#[test]
	fn prices_are_rounded_up_and_never_wrap() {
		assert_eq!([price(3_600, 1), price(3_601, 1), price(0, 9)], [1, 2, 0]);
		assert_eq!(price(Balance::MAX, 3_600), Balance::MAX);
	}
}
