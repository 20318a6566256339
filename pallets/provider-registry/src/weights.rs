//! Weights of the pallet's calls. The measured ones are the runtime's, hooks included; `()` counts reads and writes without
//! hooks, for tests.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// One function a call, named as its benchmark.
pub trait WeightInfo {
	/// [`Pallet::register_node`](crate::Pallet::register_node).
	fn register_node() -> Weight;
	/// [`Pallet::update_node`](crate::Pallet::update_node), of an active node with other hardware.
	fn update_node() -> Weight;
	/// [`Pallet::set_ask`](crate::Pallet::set_ask), of an active node.
	fn set_ask() -> Weight;
	/// [`Pallet::activate_node`](crate::Pallet::activate_node).
	fn activate_node() -> Weight;
	/// [`Pallet::deactivate_node`](crate::Pallet::deactivate_node).
	fn deactivate_node() -> Weight;
	/// [`Pallet::reject_node`](crate::Pallet::reject_node).
	fn reject_node() -> Weight;
	/// [`Pallet::ban_node`](crate::Pallet::ban_node), of an active node.
	fn ban_node() -> Weight;
	/// [`Pallet::remove_node`](crate::Pallet::remove_node).
	fn remove_node() -> Weight;
	/// [`Pallet::add_trusted_node`](crate::Pallet::add_trusted_node).
	fn add_trusted_node() -> Weight;
	/// [`Pallet::remove_trusted_node`](crate::Pallet::remove_trusted_node).
	fn remove_trusted_node() -> Weight;
	/// [`Pallet::heartbeat`](crate::Pallet::heartbeat).
	fn heartbeat() -> Weight;
	/// [`Pallet::add_region`](crate::Pallet::add_region).
	fn add_region() -> Weight;
	/// [`Pallet::remove_region`](crate::Pallet::remove_region).
	fn remove_region() -> Weight;
}

fn estimate(reads: u64, writes: u64) -> Weight {
	let db = ParityDbWeight::get();
	Weight::from_parts(20_000_000, 8_192).saturating_add(db.reads(reads)).saturating_add(db.writes(writes))
}

impl WeightInfo for () {
	// Region, count, fee, number, owner's and treasury's accounts, holds; number, ticket, list, count, node, accounts, holds.
	fn register_node() -> Weight {
		estimate(7, 8)
	}
	// Node, region, open work, totals, liveness, period; node, list, totals, liveness.
	fn update_node() -> Weight {
		estimate(6, 4)
	}
	// Node, totals; both.
	fn set_ask() -> Weight {
		estimate(2, 2)
	}
	// Node, trust (stake and track record), totals, liveness; node, list, totals, liveness.
	fn activate_node() -> Weight {
		estimate(5, 4)
	}
	// Node, open work, totals, liveness, period; node, list, totals, liveness.
	fn deactivate_node() -> Weight {
		estimate(5, 4)
	}
	// Node; node.
	fn reject_node() -> Weight {
		estimate(1, 1)
	}
	// Node, totals, liveness, period; node, list, totals, liveness.
	fn ban_node() -> Weight {
		estimate(4, 4)
	}
	// Node, open work, stake, count, ticket, account, holds; node, list, count, liveness, ticket, account, holds.
	fn remove_node() -> Weight {
		estimate(7, 7)
	}
	// Node; node.
	fn add_trusted_node() -> Weight {
		estimate(1, 1)
	}
	// Node; node.
	fn remove_trusted_node() -> Weight {
		estimate(1, 1)
	}
	// Node, liveness, period; liveness.
	fn heartbeat() -> Weight {
		estimate(3, 1)
	}
	// Region; region.
	fn add_region() -> Weight {
		estimate(1, 1)
	}
	// Region; region.
	fn remove_region() -> Weight {
		estimate(1, 1)
	}
}
