//! A node's track record. Implemented by `reputation`.

use crate::{NodeId, TrackRecord, WorkOutcome};

/// Reads a track record.
pub trait ReputationInspect {
	/// The node's record; for a node without one, the default (everything zero).
	fn track_record(node: &NodeId) -> TrackRecord;
}

/// Writes one.
pub trait Reputation: ReputationInspect {
	/// Counts what happened and moves the score. Cannot fail: scores and counters saturate, and an unknown node is left
	/// alone.
	fn record(node: &NodeId, outcome: WorkOutcome);
}

impl ReputationInspect for () {
	fn track_record(_: &NodeId) -> TrackRecord {
		TrackRecord::default()
	}
}

impl Reputation for () {
	fn record(_: &NodeId, _: WorkOutcome) {}
}
