//! Weights of the pallet's calls. The measured ones are the runtime's; `()` counts reads and writes, for tests.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// One function a call or hook, named as its benchmark.
pub trait WeightInfo {
	/// [`Pallet::clear_flag`](crate::Pallet::clear_flag).
	fn clear_flag() -> Weight;
	/// [`Pallet::adjust_score`](crate::Pallet::adjust_score), with a full history.
	fn adjust_score() -> Weight;
	/// `Reputation::record`, with a full history and a flag that changes. For pallets that have no benchmark of their own
	/// around it.
	fn record() -> Weight;
	/// `OnNodeRegistered::on_node_registered`.
	fn on_node_registered() -> Weight;
}

fn estimate(reads: u64, writes: u64) -> Weight {
	let db = ParityDbWeight::get();
	Weight::from_parts(10_000_000, 4_096).saturating_add(db.reads(reads)).saturating_add(db.writes(writes))
}

impl WeightInfo for () {
	// Record; record, review.
	fn clear_flag() -> Weight {
		estimate(1, 2)
	}
	// Record, history; both.
	fn adjust_score() -> Weight {
		estimate(2, 2)
	}
	// Record, review, history and five parameters at most; record, history.
	fn record() -> Weight {
		estimate(8, 2)
	}
	// Record, parameter; record.
	fn on_node_registered() -> Weight {
		estimate(2, 1)
	}
}
