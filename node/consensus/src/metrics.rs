//! What the lanes let in and what they refuse, for Prometheus.

use crate::{digest::Lane, error::Refusal};
use substrate_prometheus_endpoint::{register, CounterVec, Opts, PrometheusError, Registry, U64};

const LOG_TARGET: &str = "lanes";

/// Counts blocks. Counts nothing without a registry.
#[derive(Clone, Default)]
pub struct Metrics(Option<Counters>);

#[derive(Clone)]
struct Counters {
	imported: CounterVec<U64>,
	refused: CounterVec<U64>,
}

impl Metrics {
	/// Counters in that registry. A name that is taken costs the numbers, not the node.
	pub fn new(registry: Option<&Registry>) -> Self {
		Self(registry.and_then(|registry| {
			Counters::register(registry)
				.inspect_err(|error| log::warn!(target: LOG_TARGET, "Blocks are not counted: {error}"))
				.ok()
		}))
	}

	/// A block of that lane is part of the chain now.
	pub(crate) fn imported(&self, lane: Lane) {
		if let Some(counters) = &self.0 {
			counters.imported.with_label_values(&[lane.name()]).inc();
		}
	}

	/// A block is not taken.
	pub(crate) fn refused(&self, refusal: &Refusal) {
		if let Some(counters) = &self.0 {
			counters.refused.with_label_values(&[refusal.reason()]).inc();
		}
	}
}

impl Counters {
	fn register(registry: &Registry) -> Result<Self, PrometheusError> {
		Ok(Self {
			imported: register(
				CounterVec::new(
					Opts::new("gpu_chain_blocks_imported_total", "Blocks that became part of the chain, by lane"),
					&["lane"],
				)?,
				registry,
			)?,
			refused: register(
				CounterVec::new(
					Opts::new("gpu_chain_blocks_refused_total", "Blocks that broke a rule of the lanes, by rule"),
					&["reason"],
				)?,
				registry,
			)?,
		})
	}
}
