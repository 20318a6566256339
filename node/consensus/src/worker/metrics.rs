//! Figures about mining.

use super::Content;
use sp_core::U256;
use std::time::Duration;
use substrate_prometheus_endpoint::{
	exponential_buckets, register, Counter, CounterVec, Gauge, HistogramOpts, HistogramVec, Opts, PrometheusError,
	Registry, F64, U64,
};

/// Validators' blocks for each miner's block, which the retarget steers at: 95 % and 5 %.
const VALIDATOR_BLOCKS: f64 = 19.0;
/// Validators' blocks at least between two blocks of miners, as the runtime has it.
const SPACING: f64 = 4.0;
/// Slots from one validators' block to the next: as long as one may search for a block on the first of them.
const SLOTS_A_SEARCH: u32 = 2;

/// Hashes per second that a difficulty stands for once the retarget has settled on it.
///
/// Of the 19 validators' blocks that come for each miner's block, the first three admit no miner's block on them (four
/// must lie between two), so it comes on the average in the 16th search: one of them succeeds with `p = 1/16`. A search
/// of `t` seconds (two slots) at `h` hashes a second succeeds with `p = 1 − exp(−h·t/difficulty)`. So
/// `h = difficulty · −ln(1 − 1/16) / t`, which for slots of 3 s is difficulty / 93.
pub fn network_hash_rate(difficulty: U256, slot: Duration) -> f64 {
	let searches = VALIDATOR_BLOCKS - (SPACING - 1.0);
	let hashes = to_f64(difficulty) * -(-1.0 / searches).ln_1p();
	hashes / (slot * SLOTS_A_SEARCH).as_secs_f64()
}

fn to_f64(number: U256) -> f64 {
	number.0.iter().rev().fold(0.0, |sum, limb| sum * 2f64.powi(64) + *limb as f64)
}

/// The metrics, or nothing where nobody collects any.
#[derive(Clone, Default)]
pub struct Metrics(Option<Inner>);

#[derive(Clone)]
struct Inner {
	built: CounterVec<U64>,
	build_time: HistogramVec,
	offer_time: HistogramVec,
	failed_builds: Counter<U64>,
	submissions: CounterVec<U64>,
	stale_share: Gauge<F64>,
	difficulty: Gauge<F64>,
	hash_rate: Gauge<F64>,
}

impl Metrics {
	/// Registers the metrics.
	///
	/// # Errors
	/// When the registry has others of these names.
	pub fn register(registry: Option<&Registry>) -> Result<Self, PrometheusError> {
		let Some(registry) = registry else { return Ok(Self::default()) };
		// 1 ms to 4 s, fine enough to read a quantile from.
		let buckets = || exponential_buckets(0.001, 1.25, 38);
		let times = |name: &str, help: &str| -> Result<_, PrometheusError> {
			HistogramVec::new(HistogramOpts::new(name, help).buckets(buckets()?), &["content"])
		};
		Ok(Self(Some(Inner {
			built: register(
				CounterVec::new(
					Opts::new("gpu_chain_pow_templates_built", "Templates built for miners"),
					&["content"],
				)?,
				registry,
			)?,
			build_time: register(
				times("gpu_chain_pow_template_build_seconds", "How long it took to build a template for miners")?,
				registry,
			)?,
			offer_time: register(
				times(
					"gpu_chain_pow_template_offer_seconds",
					"Time from a new head to a template on it being offered to miners",
				)?,
				registry,
			)?,
			failed_builds: register(
				Counter::new("gpu_chain_pow_template_failures", "Templates for miners that could not be built")?,
				registry,
			)?,
			submissions: register(
				CounterVec::new(Opts::new("gpu_chain_pow_submissions", "Finds that miners handed in"), &["outcome"])?,
				registry,
			)?,
			stale_share: register(
				Gauge::new(
					"gpu_chain_pow_stale_share",
					"Stale finds among those that met the target, since the start",
				)?,
				registry,
			)?,
			difficulty: register(
				Gauge::new("gpu_chain_pow_difficulty", "Hashes that the next miner's block takes on average")?,
				registry,
			)?,
			hash_rate: register(
				Gauge::new(
					"gpu_chain_pow_network_hash_rate",
					"Hashes per second of all miners, estimated from the difficulty and the expected rate of blocks",
				)?,
				registry,
			)?,
		})))
	}

	/// A template was built, which took `build`, and is offered `offer` after its parent was seen.
	pub fn built(&self, content: Content, build: Duration, offer: Duration) {
		let Some(inner) = &self.0 else { return };
		let label = [content.name()];
		inner.built.with_label_values(&label).inc();
		inner.build_time.with_label_values(&label).observe(build.as_secs_f64());
		inner.offer_time.with_label_values(&label).observe(offer.as_secs_f64());
	}

	/// A template could not be built.
	pub fn build_failed(&self) {
		if let Some(inner) = &self.0 {
			inner.failed_builds.inc();
		}
	}

	/// The difficulty of the work that is offered.
	pub fn difficulty(&self, difficulty: U256, slot: Duration) {
		let Some(inner) = &self.0 else { return };
		inner.difficulty.set(to_f64(difficulty));
		inner.hash_rate.set(network_hash_rate(difficulty, slot));
	}

	/// A find was handed in.
	pub fn submitted(&self, outcome: &str) {
		let Some(inner) = &self.0 else { return };
		inner.submissions.with_label_values(&[outcome]).inc();
		let count = |outcome| inner.submissions.with_label_values(&[outcome]).get() as f64;
		let (accepted, stale) = (count("accepted"), count("stale"));
		if accepted + stale > 0.0 {
			inner.stale_share.set(stale / (accepted + stale));
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_hash_rate_should_be_what_finds_one_block_in_sixteen_searches() {
		let rate = network_hash_rate(93_000.into(), Duration::from_secs(3));
		assert!((rate - 1_000.0).abs() < 1.0, "{rate}");
		// Told the other way round: at that rate a search of six seconds succeeds once in sixteen times.
		let success = 1.0 - (-rate * 6.0 / 93_000.0).exp();
		assert!((success - 1.0 / 16.0).abs() < 1e-9, "{success}");
		assert_eq!(network_hash_rate(0.into(), Duration::from_secs(3)), 0.0);
	}

	#[test]
	fn large_difficulties_should_keep_their_magnitude() {
		assert_eq!(to_f64(U256::from(1) << 200), 2f64.powi(200));
		assert_eq!(to_f64(U256::from(12_345)), 12_345.0);
	}

	#[test]
	fn the_stale_share_should_count_only_finds_that_met_the_target() {
		let registry = Registry::new();
		let metrics = Metrics::register(Some(&registry)).unwrap();
		let share = || metrics.0.as_ref().map(|inner| inner.stale_share.get()).unwrap();
		for outcome in ["invalid", "duplicate", "unknown"] {
			metrics.submitted(outcome);
		}
		assert_eq!(share(), 0.0);
		for outcome in ["accepted", "stale", "accepted", "accepted"] {
			metrics.submitted(outcome);
		}
		assert_eq!(share(), 0.25);
	}
}
