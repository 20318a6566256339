//! The score by which a candidate for a task is ranked: one integer function for runtime, miner and clients.
//!
//! `score = Σ weight × component`, weights in basis points that add up to 10,000, each component 0 to 10,000:
//!
//! | component | formula |
//! | --- | --- |
//! | price | `(budget − price) / budget`; 0 at the budget and above it |
//! | reputation, uptime | as the chain keeps them, in basis points |
//! | latency | `(limit − latency) / limit`; 0 at the limit, above it and where it is not known; full if there is no limit |
//! | verified power | `power / (2 × minimum)`, full from twice the minimum on, of the kind (hashes, operations, memory) that is scarcest |
//!
//! Power that is not asked for does not count; where none is, its component is full. Divisions round down. Whether a candidate fits at all is not asked here.

use crate::{PowerVector, RequiredPower};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::cmp::Ordering;
use scale_info::TypeInfo;

/// A whole, in basis points.
pub const FULL: u16 = 10_000;
/// The greatest score: every component full.
pub const MAX_SCORE: u32 = FULL as u32 * FULL as u32;

/// What each component counts, in basis points; together [`FULL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ScoreWeights {
	/// How far the price is below the budget.
	pub price: u16,
	/// The node's reputation.
	pub reputation: u16,
	/// How far the latency is below the limit.
	pub latency: u16,
	/// The node's uptime.
	pub uptime: u16,
	/// How far the verified power is above none.
	pub power: u16,
}

impl ScoreWeights {
	/// Whether the weights add up to [`FULL`]. [`score`] of other weights is none.
	pub fn is_valid(&self) -> bool {
		let sum: u32 = [self.price, self.reputation, self.latency, self.uptime, self.power].map(u32::from).iter().sum();
		sum == u32::from(FULL)
	}
}

/// What candidates are measured against.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ScoreRequest {
	/// What counts how much.
	pub weights: ScoreWeights,
	/// The most that the buyer pays, in units of the task's currency.
	pub budget: u128,
	/// Least verified power; what is zero is not asked for.
	pub minimum_power: RequiredPower,
	/// The greatest latency, ms; zero for no limit.
	pub max_latency_ms: u32,
}

/// What is known of a candidate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ScoreInput {
	/// In units of the task's currency.
	pub price: u128,
	/// Basis points; more counts as [`FULL`].
	pub reputation: u16,
	/// How far the node is from the buyer, ms; `None` where that is not known.
	pub latency_ms: Option<u32>,
	/// Basis points; more counts as [`FULL`].
	pub uptime: u16,
	/// What it was proven able to do.
	pub power: PowerVector,
}

/// `part / whole` in basis points, rounded down, at most [`FULL`]; full where `whole` is zero. Monotone in `part`.
fn ratio(part: u128, whole: u128) -> u16 {
	let full = u128::from(FULL);
	if whole == 0 {
		return FULL;
	}
	let share = match part.checked_mul(full) {
		Some(scaled) if whole <= u128::MAX / full => scaled / whole,
		// A small whole whose multiple overflows is exceeded many times over.
		None if whole <= u128::MAX / full => full,
		_ => part / (whole / full),
	};
	share.min(full) as u16
}

/// How far the proven power is above none, by the kind that binds: a node is as good as the scarcest of what the buyer asks
/// for. Twice the minimum is as good as it gets. What is not asked for does not count.
fn power_component(minimum: &RequiredPower, proven: &PowerVector) -> u16 {
	proven.beside(minimum).into_iter().map(|(has, least)| ratio(has, least.saturating_mul(2))).min().unwrap_or(FULL)
}

/// The score, 0 to [`MAX_SCORE`]; `None` where the weights do not add up to [`FULL`].
pub fn score(request: &ScoreRequest, candidate: &ScoreInput) -> Option<u32> {
	let weights = &request.weights;
	if !weights.is_valid() {
		return None;
	}
	let price =
		if candidate.price >= request.budget { 0 } else { ratio(request.budget - candidate.price, request.budget) };
	let latency = match (request.max_latency_ms, candidate.latency_ms) {
		(0, _) => FULL,
		(limit, Some(latency)) => ratio(u128::from(limit.saturating_sub(latency)), u128::from(limit)),
		(_, None) => 0,
	};
	let power = power_component(&request.minimum_power, &candidate.power);
	let sum = [
		(weights.price, price),
		(weights.reputation, candidate.reputation.min(FULL)),
		(weights.latency, latency),
		(weights.uptime, candidate.uptime.min(FULL)),
		(weights.power, power),
	]
	.map(|(weight, component)| u32::from(weight) * u32::from(component))
	.iter()
	.sum();
	Some(sum)
}

/// The order of a ranked list, best first: higher score, then lower price, then lower node id.
pub fn rank<Id: Ord>(a: (u32, u128, &Id), b: (u32, u128, &Id)) -> Ordering {
	b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)).then_with(|| a.2.cmp(b.2))
}

#[cfg(test)]
mod tests {
	use super::*;

	const EVEN: ScoreWeights =
		ScoreWeights { price: 2_000, reputation: 2_000, latency: 2_000, uptime: 2_000, power: 2_000 };

	fn proven(hashes_per_second: u128, milli_tops: u64, memory_bytes: u64) -> PowerVector {
		PowerVector { hashes_per_second, milli_tops, memory_bytes }
	}

	fn next(state: &mut u128) -> u128 {
		*state ^= *state << 25;
		*state ^= *state >> 61;
		*state ^= *state << 47;
		*state
	}

	fn amount(state: &mut u128) -> u128 {
		let shift = next(state) % 128;
		match next(state) % 8 {
			0 => 0,
			1 => u128::MAX,
			_ => next(state) >> shift,
		}
	}

	#[test]
	fn worked_example_should_hold() {
		let minimum_power = RequiredPower::hashes(50);
		let request = ScoreRequest { weights: EVEN, budget: 100, minimum_power, max_latency_ms: 40 };
		let power = proven(75, 0, 0);
		let node = ScoreInput { price: 25, reputation: 8_000, latency_ms: Some(20), uptime: 9_900, power };
		// 7,500 + 8,000 + 5,000 + 9,900 + 7,500, each times 2,000.
		assert_eq!(score(&request, &node), Some(37_900 * 2_000));
	}

	/// The second example of docs/market/matching.md.
	#[test]
	fn the_scarcest_power_should_bind() {
		let weights = ScoreWeights { price: 0, reputation: 0, latency: 0, uptime: 0, power: FULL };
		let of = |minimum_power, power| {
			let node = ScoreInput { price: 1, reputation: 0, latency_ms: None, uptime: 0, power };
			score(&ScoreRequest { weights, budget: 1, minimum_power, max_latency_ms: 0 }, &node).unwrap()
				/ u32::from(FULL)
		};
		let asked = RequiredPower { hashes_per_second: 1_000_000, milli_tops: 200_000, memory_mib: 40_960 };
		// 3,000,000 / 2,000,000 is capped; 300,000 / 400,000; 60 GiB / 80 GiB.
		let node = proven(3_000_000, 300_000, 61_440 << 20);
		assert_eq!(of(asked, node), 7_500);
		assert_eq!(of(asked, proven(1_200_000, 300_000, 61_440 << 20)), 6_000);
		assert_eq!(of(asked, proven(3_000_000, 300_000, 45_056 << 20)), 5_500);
		// What is not asked for does not count.
		assert_eq!(of(RequiredPower { milli_tops: 0, ..asked }, proven(3_000_000, 0, u64::MAX)), 10_000);
		assert_eq!(of(RequiredPower::default(), proven(0, 0, 0)), 10_000);
		assert_eq!(of(RequiredPower::hashes(1), proven(0, u64::MAX, u64::MAX)), 0);
	}

	#[test]
	fn weights_that_do_not_add_up_should_give_no_score() {
		let node = ScoreInput { price: 0, reputation: 0, latency_ms: None, uptime: 0, power: PowerVector::default() };
		for weights in
			[ScoreWeights { price: 2_001, ..EVEN }, ScoreWeights { price: u16::MAX, power: u16::MAX, ..EVEN }]
		{
			let minimum_power = RequiredPower::default();
			assert_eq!(score(&ScoreRequest { weights, budget: 1, minimum_power, max_latency_ms: 0 }, &node), None);
		}
	}

	#[test]
	fn score_should_be_bounded_and_monotone() {
		let mut s = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
		for _ in 0..200_000 {
			let request = ScoreRequest {
				weights: EVEN,
				budget: amount(&mut s),
				minimum_power: RequiredPower {
					hashes_per_second: amount(&mut s),
					milli_tops: amount(&mut s) as u64,
					memory_mib: amount(&mut s) as u32,
				},
				max_latency_ms: (next(&mut s) % 300) as u32,
			};
			let latency = (next(&mut s) % 400) as u32;
			let a = ScoreInput {
				price: amount(&mut s),
				reputation: next(&mut s) as u16,
				latency_ms: (latency < 380).then_some(latency),
				uptime: next(&mut s) as u16,
				power: proven(amount(&mut s), amount(&mut s) as u64, amount(&mut s) as u64),
			};
			let of = |input: ScoreInput| score(&request, &input).unwrap();
			let base = of(a);
			assert!(base <= MAX_SCORE);
			let more = amount(&mut s);
			assert!(of(ScoreInput { price: a.price.saturating_sub(more), ..a }) >= base);
			let PowerVector { hashes_per_second, milli_tops, memory_bytes } = a.power;
			let stronger = proven(
				hashes_per_second.saturating_add(more),
				milli_tops.saturating_add(more as u64),
				memory_bytes.saturating_add(more as u64),
			);
			assert!(of(ScoreInput { power: stronger, ..a }) >= base);
			// More of one kind alone never costs anything either, and half of what is asked for is half of the component.
			assert!(of(ScoreInput { power: PowerVector { milli_tops: stronger.milli_tops, ..a.power }, ..a }) >= base);
			assert!(
				of(ScoreInput { power: PowerVector { memory_bytes: stronger.memory_bytes, ..a.power }, ..a }) >= base
			);
			let covered = power_component(&request.minimum_power, &a.power) >= FULL / 2;
			assert!(covered || !a.power.covers(&request.minimum_power), "who has what is asked for has half at least");
			assert!(of(ScoreInput { reputation: a.reputation.saturating_add(more as u16), ..a }) >= base);
			assert!(of(ScoreInput { uptime: a.uptime.saturating_add(more as u16), ..a }) >= base);
			assert!(of(ScoreInput { latency_ms: a.latency_ms.map(|ms| ms.saturating_sub(1)), ..a }) >= base);
			assert!(of(ScoreInput { latency_ms: None, ..a }) <= base);
		}
	}

	#[test]
	fn the_greatest_amounts_should_not_wrap() {
		let weights = ScoreWeights { price: 0, reputation: 0, latency: 0, uptime: 0, power: FULL };
		let of = |minimum_power, power| {
			let (minimum_power, power) = (RequiredPower::hashes(minimum_power), proven(power, 0, 0));
			let node = ScoreInput { price: u128::MAX, reputation: 0, latency_ms: None, uptime: 0, power };
			score(&ScoreRequest { weights, budget: u128::MAX, minimum_power, max_latency_ms: 1 }, &node).unwrap()
		};
		assert_eq!(of(1 << 127, 0), 0);
		assert_eq!(of(1 << 127, 1 << 127), 5_000 * u32::from(FULL));
		assert_eq!(of(u128::MAX, u128::MAX), MAX_SCORE);
		assert_eq!(of(1, u128::MAX), MAX_SCORE);
	}

	#[test]
	fn ties_should_go_to_the_lower_price_and_then_to_the_lower_id() {
		assert_eq!(rank((2, 9, &9), (1, 1, &1)), Ordering::Less);
		assert_eq!(rank((1, 1, &9), (1, 2, &1)), Ordering::Less);
		assert_eq!(rank((1, 1, &1), (1, 1, &2)), Ordering::Less);
		assert_eq!(rank((1, 1, &1), (1, 1, &1)), Ordering::Equal);
	}
}
