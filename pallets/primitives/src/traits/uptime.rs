//! Whether a node is there. Implemented by `provider-registry` over its heartbeats.

use crate::{MeasuredUptime, NodeId};

/// Reads what was measured of a node's uptime.
pub trait UptimeInspect {
	/// The newest window, read now; `None` for a node that is unknown or never was active. O(1).
	fn measured_uptime(node: &NodeId) -> Option<MeasuredUptime>;
}

/// Nothing is measured.
impl UptimeInspect for () {
	fn measured_uptime(_: &NodeId) -> Option<MeasuredUptime> {
		None
	}
}
