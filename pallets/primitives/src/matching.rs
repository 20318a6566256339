//! What a buyer asks of nodes, which nodes fit, and in which order: the one place where this is decided, for the chain, its
//! runtime API and its clients alike.
//!
//! [`MatchTerms::evaluate`] is what an auction computes for a revealed bid; [`ranked`] does the same for many nodes at the
//! prices that they ask. The arithmetic of the score is [`score`](crate::score)'s.

use crate::{
	score::{rank, score, ScoreInput, ScoreRequest, ScoreWeights},
	BasisPoints, HardwareSpec, NodeId, Page, PowerVector, Region, RequiredPower, ResourceType, Tier, TrustLevel,
	FULL_SCORE, MAX_PAGE,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::cmp::Ordering;
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash};

/// An auction of a task, numbered from 0.
pub type AuctionId = u64;

/// The number by which a bidder hides a price until it is revealed: 32 random bytes, new for every bid.
pub type BidSalt = [u8; 32];

/// The most regions that a request can name.
pub const MAX_REGIONS: u32 = 16;

/// A region, and how far it is from the buyer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct RegionLatency {
	/// The region's code.
	pub region: Region,
	/// The way there and back, ms, as the buyer measured or estimates it. Only the buyer knows where it is, so only it can say.
	pub latency_ms: u32,
}

/// What a buyer asks of nodes besides what the task says itself.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct MatchRequest {
	/// What counts how much in the score.
	pub weights: ScoreWeights,
	/// Where nodes may be; anywhere if empty.
	pub regions: BoundedVec<RegionLatency, ConstU32<MAX_REGIONS>>,
	/// The greatest latency, ms; zero for no limit.
	pub max_latency_ms: u32,
	/// The least uptime. Above zero the request asks for a service level (SLA).
	pub min_uptime: BasisPoints,
	/// The least of each kind of hardware. An empty model accepts any; a model must be the same to the byte.
	pub hardware: HardwareSpec,
}

impl MatchRequest {
	/// Whether the request makes sense: the weights add up, no region is named twice, there is no limit of latency
	/// without regions, and the uptime can be reached.
	pub fn is_sound(&self) -> bool {
		let mut regions: Vec<_> = self.regions.iter().map(|entry| &entry.region).collect();
		regions.sort_unstable();
		self.weights.is_valid()
			&& regions.windows(2).all(|pair| pair[0] != pair[1])
			&& (self.max_latency_ms == 0 || !self.regions.is_empty())
			&& self.min_uptime <= FULL_SCORE
	}

	/// Whether the request asks for a service level. If nobody gives it, trusted nodes are the fallback.
	pub fn asks_for_service_level(&self) -> bool {
		self.min_uptime > 0
	}

	/// Whether the node is where, and has what, the buyer asks for. A trusted node as the fallback need not have shown its
	/// uptime: whoever runs it answers for it.
	///
	/// # Errors
	/// The first condition that the node does not meet.
	pub fn check<AccountId>(&self, node: &Candidate<AccountId>, as_fallback: bool) -> Result<(), Unfit> {
		let asked = &self.hardware;
		let has = &node.hardware;
		if !asked.model.is_empty() && asked.model != has.model {
			return Err(Unfit::OtherModel);
		}
		let enough = has.gpu_memory_mib >= asked.gpu_memory_mib
			&& has.gpu_count >= asked.gpu_count
			&& has.cpu_cores >= asked.cpu_cores
			&& has.ram_mib >= asked.ram_mib
			&& has.storage_gib >= asked.storage_gib
			&& has.bandwidth_mbps >= asked.bandwidth_mbps;
		if !enough {
			return Err(Unfit::HardwareTooSmall);
		}
		if !self.regions.is_empty() {
			let latency = self.latency_ms(&node.region).ok_or(Unfit::RegionNotListed)?;
			if self.max_latency_ms > 0 && latency > self.max_latency_ms {
				return Err(Unfit::TooFarAway);
			}
		}
		match as_fallback {
			true if node.tier == Tier::Community => Err(Unfit::NotTrusted),
			false if node.uptime < self.min_uptime => Err(Unfit::UptimeTooLow),
			_ => Ok(()),
		}
	}

	fn latency_ms(&self, region: &Region) -> Option<u32> {
		self.regions.iter().find(|entry| entry.region == *region).map(|entry| entry.latency_ms)
	}
}

/// All that a node is measured against.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct MatchTerms {
	/// The kind of node.
	pub resource_type: ResourceType,
	/// The least verified power of each kind.
	pub required_power: RequiredPower,
	/// The least trust level.
	pub min_trust_level: TrustLevel,
	/// The most that the buyer pays: for all of the task where bids are judged, plancks an hour where asks are ranked.
	pub budget: u128,
	/// The rest.
	pub request: MatchRequest,
}

/// All that is known of a node when somebody looks for one.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Candidate<AccountId> {
	/// Who registered it; `()` where nobody asks.
	pub owner: AccountId,
	/// What it offers.
	pub resource_type: ResourceType,
	/// Whether it takes work now.
	pub active: bool,
	/// Who runs it.
	pub tier: Tier,
	/// What its owner says of its hardware.
	pub hardware: HardwareSpec,
	/// Where it is.
	pub region: Region,
	/// What its owner asks, plancks an hour.
	pub ask_per_hour: u128,
	/// How far it is trusted, 0 to 4.
	pub trust_level: TrustLevel,
	/// Its reputation.
	pub reputation: BasisPoints,
	/// Its uptime.
	pub uptime: BasisPoints,
	/// What it was proven able to do.
	pub power: PowerVector,
}

/// Why a node does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Unfit {
	/// There is no such node.
	Unknown,
	/// The task is not open any more.
	TaskNotOpen,
	/// The node takes no work now.
	NotActive,
	/// The node is of another kind.
	WrongResourceType,
	/// Less of some kind of power is proven of it than is asked for.
	NotEnoughPower,
	/// Its trust level is too low.
	TrustTooLow,
	/// It has another model of accelerator or processor.
	OtherModel,
	/// It has less of some hardware than is asked for.
	HardwareTooSmall,
	/// Its region is not among those named.
	RegionNotListed,
	/// Its region is farther away than the limit.
	TooFarAway,
	/// Its uptime is below the service level.
	UptimeTooLow,
	/// It is one of the community's, and only trusted nodes may come in.
	NotTrusted,
	/// The price is zero.
	ZeroPrice,
	/// The price is above the budget.
	AboveBudget,
	/// The weights of the score do not add up.
	BadWeights,
}

impl MatchTerms {
	/// The score of a node at a price, 0 to [`MAX_SCORE`](crate::score::MAX_SCORE).
	///
	/// # Errors
	/// The first condition that the node or the price does not meet.
	pub fn evaluate<AccountId>(&self, node: &Candidate<AccountId>, price: u128) -> Result<u32, Unfit> {
		self.evaluate_as(node, price, false)
	}

	/// The same for a trusted node that comes in because nobody else fits.
	///
	/// # Errors
	/// As above; [`Unfit::NotTrusted`] for one of the community's.
	pub fn evaluate_fallback<AccountId>(&self, node: &Candidate<AccountId>, price: u128) -> Result<u32, Unfit> {
		self.evaluate_as(node, price, true)
	}

	fn evaluate_as<AccountId>(&self, node: &Candidate<AccountId>, price: u128, fallback: bool) -> Result<u32, Unfit> {
		let unfit = [
			(!node.active, Unfit::NotActive),
			(node.resource_type != self.resource_type, Unfit::WrongResourceType),
			(!node.power.covers(&self.required_power), Unfit::NotEnoughPower),
			// Without its least stake a node takes no work, whatever the buyer asks for.
			(node.trust_level < self.min_trust_level.max(1), Unfit::TrustTooLow),
			(price == 0, Unfit::ZeroPrice),
			(price > self.budget, Unfit::AboveBudget),
		];
		if let Some((_, why)) = unfit.into_iter().find(|(holds, _)| *holds) {
			return Err(why);
		}
		self.request.check(node, fallback)?;
		let terms = ScoreRequest {
			weights: self.request.weights,
			budget: self.budget,
			minimum_power: self.required_power,
			max_latency_ms: self.request.max_latency_ms,
		};
		let input = ScoreInput {
			price,
			reputation: node.reputation,
			latency_ms: self.request.latency_ms(&node.region),
			uptime: node.uptime,
			power: node.power,
		};
		score(&terms, &input).ok_or(Unfit::BadWeights)
	}
}

/// A node's place in a ranked list.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct RankedNode {
	/// The node.
	pub node: NodeId,
	/// 0 to [`MAX_SCORE`](crate::score::MAX_SCORE).
	pub score: u32,
	/// What it asks, plancks an hour.
	pub price: u128,
	/// Who runs it.
	pub tier: Tier,
	/// What it was proven able to do.
	pub power: PowerVector,
	/// Whether it is in the list only because nobody gives the service level.
	pub fallback: bool,
}

/// Behind which node the next page of a ranked list starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct RankCursor {
	/// The score of the last node.
	pub score: u32,
	/// Its price.
	pub price: u128,
	/// The node itself.
	pub node: NodeId,
}

impl From<&RankedNode> for RankCursor {
	fn from(item: &RankedNode) -> Self {
		Self { score: item.score, price: item.price, node: item.node }
	}
}

impl RankCursor {
	/// Best first: higher score, then lower price, then lower id.
	fn order(&self, other: &Self) -> Ordering {
		rank((self.score, self.price, &self.node), (other.score, other.price, &other.node))
	}
}

/// A page of the nodes that fit `terms` at the prices they ask, best first. If the terms ask for a service level and nobody
/// gives it, the list is of the trusted nodes that fit but for their uptime. `None` if the request is not
/// [sound](MatchRequest::is_sound).
pub fn ranked<AccountId>(
	terms: &MatchTerms,
	nodes: impl Iterator<Item = (NodeId, Candidate<AccountId>)>,
	cursor: Option<RankCursor>,
	limit: u32,
) -> Option<Page<RankedNode, RankCursor>> {
	if !terms.request.is_sound() {
		return None;
	}
	let with_fallback = terms.request.asks_for_service_level();
	let (mut fitting, mut trusted) = (Vec::new(), Vec::new());
	for (node, candidate) in nodes {
		let price = candidate.ask_per_hour;
		let (score, fallback) = match terms.evaluate(&candidate, price) {
			Ok(score) => (score, false),
			Err(Unfit::UptimeTooLow) if with_fallback && fitting.is_empty() => {
				match terms.evaluate_fallback(&candidate, price) {
					Ok(score) => (score, true),
					Err(_) => continue,
				}
			}
			Err(_) => continue,
		};
		let item = RankedNode { node, score, price, tier: candidate.tier, power: candidate.power, fallback };
		if fallback { &mut trusted } else { &mut fitting }.push(item);
	}
	let mut list = if fitting.is_empty() { trusted } else { fitting };
	if let Some(last) = cursor {
		list.retain(|item| RankCursor::from(item).order(&last) == Ordering::Greater);
	}
	let limit = limit.clamp(1, MAX_PAGE) as usize;
	let more = list.len() > limit;
	let order = |a: &RankedNode, b: &RankedNode| RankCursor::from(a).order(&b.into());
	if more {
		// The page alone is put in order.
		list.select_nth_unstable_by(limit, order);
		list.truncate(limit);
	}
	list.sort_unstable_by(order);
	let next = if more { list.last().map(RankCursor::from) } else { None };
	Some(Page { items: list, next })
}

/// What a bidder commits to: `blake2_256` of the SCALE encoding of `(auction, bidder, node, price, salt)`, with the price as
/// `u128`: 8 + 32 + 32 + 16 + 32 bytes for 32-byte accounts.
pub fn bid_commitment<AccountId: Encode>(
	auction: AuctionId,
	bidder: &AccountId,
	node: &NodeId,
	price: u128,
	salt: &BidSalt,
) -> H256 {
	BlakeTwo256::hash(&(auction, bidder, node, price, salt).encode())
}

#[cfg(test)]
mod tests {
	use super::*;

	fn request() -> MatchRequest {
		let region =
			|code: &[u8], latency_ms| RegionLatency { region: Region::truncate_from(code.to_vec()), latency_ms };
		MatchRequest {
			weights: ScoreWeights { price: 3_000, reputation: 2_000, latency: 1_500, uptime: 1_500, power: 2_000 },
			regions: BoundedVec::truncate_from(alloc::vec![region(b"eu-west", 20), region(b"us-east", 90)]),
			max_latency_ms: 80,
			min_uptime: 9_000,
			hardware: HardwareSpec { gpu_memory_mib: 16_384, gpu_count: 1, ..Default::default() },
		}
	}

	fn terms() -> MatchTerms {
		MatchTerms {
			resource_type: ResourceType::Gpu,
			required_power: RequiredPower::hashes(1_000_000),
			min_trust_level: 2,
			budget: 100,
			request: request(),
		}
	}

	fn proven(hashes_per_second: u128, milli_tops: u64, memory_bytes: u64) -> PowerVector {
		PowerVector { hashes_per_second, milli_tops, memory_bytes }
	}

	fn node() -> Candidate<u64> {
		Candidate {
			owner: 1,
			resource_type: ResourceType::Gpu,
			active: true,
			tier: Tier::Community,
			hardware: HardwareSpec {
				model: BoundedVec::truncate_from(b"RTX 4090".to_vec()),
				gpu_memory_mib: 24_576,
				gpu_count: 2,
				..Default::default()
			},
			region: Region::truncate_from(b"eu-west".to_vec()),
			ask_per_hour: 60,
			trust_level: 2,
			reputation: 8_000,
			uptime: 9_900,
			power: proven(1_500_000, 250_000, 40 << 30),
		}
	}

	/// The example of docs/market/matching.md.
	#[test]
	fn worked_example_should_hold() {
		// Price 4,000, reputation 8,000, latency 7,500, uptime 9,900, power 7,500.
		let by_hand = 3_000 * 4_000 + 2_000 * 8_000 + 1_500 * 7_500 + 1_500 * 9_900 + 2_000 * 7_500;
		assert_eq!(by_hand, 69_100_000);
		assert_eq!(terms().evaluate(&node(), 60), Ok(by_hand));
	}

	#[test]
	fn each_condition_should_be_named() {
		let unfit = |change: &dyn Fn(&mut Candidate<u64>)| {
			let mut changed = node();
			change(&mut changed);
			terms().evaluate(&changed, 60).unwrap_err()
		};
		assert_eq!(unfit(&|node| node.active = false), Unfit::NotActive);
		assert_eq!(unfit(&|node| node.resource_type = ResourceType::Cpu), Unfit::WrongResourceType);
		assert_eq!(unfit(&|node| node.power.hashes_per_second = 999_999), Unfit::NotEnoughPower);
		assert_eq!(unfit(&|node| node.trust_level = 1), Unfit::TrustTooLow);
		assert_eq!(unfit(&|node| node.hardware.gpu_memory_mib = 16_383), Unfit::HardwareTooSmall);
		assert_eq!(unfit(&|node| node.hardware.gpu_count = 0), Unfit::HardwareTooSmall);
		assert_eq!(unfit(&|node| node.region = Region::default()), Unfit::RegionNotListed);
		assert_eq!(unfit(&|node| node.region = Region::truncate_from(b"us-east".to_vec())), Unfit::TooFarAway);
		assert_eq!(unfit(&|node| node.uptime = 8_999), Unfit::UptimeTooLow);
		assert_eq!(terms().evaluate(&node(), 0), Err(Unfit::ZeroPrice));
		assert_eq!(terms().evaluate(&node(), 101), Err(Unfit::AboveBudget));
		let mut other = terms();
		other.request.hardware.model = BoundedVec::truncate_from(b"H100".to_vec());
		assert_eq!(other.evaluate(&node(), 60), Err(Unfit::OtherModel));
		other.request.hardware.model = node().hardware.model;
		assert!(other.evaluate(&node(), 60).is_ok());
		other.request.weights.price = 3_001;
		assert_eq!(other.evaluate(&node(), 60), Err(Unfit::BadWeights));
		// A buyer that asks for no trust still gets nobody without a stake.
		other = MatchTerms { min_trust_level: 0, ..terms() };
		assert_eq!(other.evaluate(&Candidate { trust_level: 0, ..node() }, 60), Err(Unfit::TrustTooLow));
	}

	#[test]
	fn every_kind_of_power_should_count() {
		let of = |required_power| MatchTerms { required_power, ..terms() }.evaluate(&node(), 60);
		let has = RequiredPower { hashes_per_second: 1_500_000, milli_tops: 250_000, memory_mib: 40 << 10 };
		assert!(of(has).is_ok());
		let asked: [fn(&mut RequiredPower); 3] =
			[|asked| asked.hashes_per_second += 1, |asked| asked.milli_tops += 1, |asked| asked.memory_mib += 1];
		for more in asked {
			let mut too_much = has;
			more(&mut too_much);
			assert_eq!(of(too_much), Err(Unfit::NotEnoughPower));
		}
		// A last byte that is missing counts.
		let mut short = node();
		short.power.memory_bytes -= 1;
		let terms = MatchTerms { required_power: has, ..terms() };
		assert_eq!(terms.evaluate(&short, 60), Err(Unfit::NotEnoughPower));
		assert_eq!(of(RequiredPower { memory_mib: u32::MAX, ..has }), Err(Unfit::NotEnoughPower));
	}

	#[test]
	fn every_kind_of_hardware_should_count() {
		let more: [fn(&mut HardwareSpec); 4] = [
			|asked| asked.cpu_cores = 1,
			|asked| asked.ram_mib = 1,
			|asked| asked.storage_gib = 1,
			|asked| asked.bandwidth_mbps = 1,
		];
		for ask in more {
			let mut terms = terms();
			ask(&mut terms.request.hardware);
			assert_eq!(terms.evaluate(&node(), 60), Err(Unfit::HardwareTooSmall));
		}
	}

	#[test]
	fn requests_without_sense_should_be_told() {
		assert!(request().is_sound());
		let bad: [fn(&mut MatchRequest); 4] = [
			|request| request.weights.power = 0,
			|request| request.regions = Default::default(),
			|request| request.regions[1].region = request.regions[0].region.clone(),
			|request| request.min_uptime = 10_001,
		];
		for spoil in bad {
			let mut request = request();
			spoil(&mut request);
			assert!(!request.is_sound());
			assert_eq!(ranked::<u64>(&MatchTerms { request, ..terms() }, core::iter::empty(), None, 10), None);
		}
	}

	fn many() -> Vec<(NodeId, Candidate<u64>)> {
		(0..500u64)
			.map(|n| {
				let candidate = Candidate {
					ask_per_hour: u128::from(n % 7) * 20,
					reputation: (n * 37 % 10_001) as u16,
					uptime: (9_000 + n % 3) as u16,
					..node()
				};
				(NodeId::from_low_u64_be(n), candidate)
			})
			.collect()
	}

	#[test]
	fn pages_of_any_length_should_make_the_whole_list() {
		let whole = {
			let terms = terms();
			let mut list: Vec<_> = many()
				.into_iter()
				.filter_map(|(id, node)| Some((terms.evaluate(&node, node.ask_per_hour).ok()?, node.ask_per_hour, id)))
				.collect();
			list.sort_by(|a, b| rank((a.0, a.1, &a.2), (b.0, b.1, &b.2)));
			list.into_iter().map(|(_, _, id)| id).collect::<Vec<_>>()
		};
		assert!(whole.len() > 300);
		for limit in [0, 1, 7, 100, 256, u32::MAX] {
			let mut all = Vec::new();
			let mut cursor = None;
			loop {
				let page = ranked(&terms(), many().into_iter(), cursor, limit).unwrap();
				assert!(page.items.len() <= limit.clamp(1, MAX_PAGE) as usize);
				all.extend(page.items.into_iter().map(|item| item.node));
				cursor = page.next;
				if cursor.is_none() {
					break;
				}
			}
			assert_eq!(all, whole, "pages of {limit}");
		}
	}

	#[test]
	fn trusted_nodes_should_come_in_only_when_nobody_gives_the_service_level() {
		let mut nodes = many();
		nodes[3].1.tier = Tier::Owned;
		nodes[3].1.uptime = 0;
		nodes[4].1.tier = Tier::CloudPartner;
		nodes[4].1.uptime = 1;
		let all = |terms: &MatchTerms, nodes: Vec<(NodeId, Candidate<u64>)>| {
			ranked(terms, nodes.into_iter(), None, 256).unwrap().items
		};
		assert!(all(&terms(), nodes.clone()).iter().all(|item| !item.fallback));
		for (_, node) in nodes.iter_mut().filter(|(_, node)| node.tier == Tier::Community) {
			node.uptime = 100;
		}
		let fallback = all(&terms(), nodes.clone());
		assert_eq!(fallback.len(), 2);
		assert!(fallback.iter().all(|item| item.fallback && item.tier != Tier::Community));
		// Whatever the order in which nodes are looked at.
		nodes.reverse();
		assert_eq!(all(&terms(), nodes.clone()), fallback);
		// They must fit in all else.
		let mut elsewhere = terms();
		elsewhere.request.hardware.gpu_count = 3;
		assert_eq!(all(&elsewhere, nodes), []);
	}

	#[test]
	fn commitment_should_be_what_other_languages_compute() {
		let salt = [7; 32];
		let (bidder, node) = ([1u8; 32], NodeId::repeat_byte(2));
		let mut bytes = 5u64.to_le_bytes().to_vec();
		bytes.extend([1; 32]);
		bytes.extend([2; 32]);
		bytes.extend(60u128.to_le_bytes());
		bytes.extend([7; 32]);
		assert_eq!(bytes.len(), 120);
		assert_eq!(bid_commitment(5, &bidder, &node, 60, &salt), BlakeTwo256::hash(&bytes));
		// As `hashlib.blake2b(…, digest_size=32)` of Python and `blake2AsHex` of polkadot-js have it.
		let known = "445a287a43a835c50667663708714040ae5aaecb174b3ce807f5b4facbb0f4e0";
		assert_eq!(alloc::format!("{:?}", bid_commitment(5, &bidder, &node, 60, &salt)), alloc::format!("0x{known}"));
	}
}
