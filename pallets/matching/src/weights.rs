//! What the calls cost.
//!
//! The runtime uses generated weights. `()` counts the reads and writes of the code with the price that ParityDB has for them, for
//! mocks; of the pallets around, it counts five reads and five writes for a movement of money or a task that is assigned.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// One function a benchmark.
pub trait WeightInfo {
	/// The call.
	fn open_auction() -> Weight;
	/// The call.
	fn commit_bid() -> Weight;
	/// The call.
	fn reveal_bid() -> Weight;
	/// The call, with all but the last of the remembered bids passed over.
	fn settle() -> Weight;
	/// The call, for a bond that goes to the treasury.
	fn claim_bond() -> Weight;
	/// The call.
	fn remove_auction() -> Weight;
	/// The call, and what keeps the index up to date, for a node that is new in it.
	fn refresh_node() -> Weight;
	/// A question of [`TaskRequests`](gpu_chain_primitives::TaskRequests).
	fn is_met() -> Weight;
}

fn counted(reads: u64, writes: u64) -> Weight {
	// 10 µs and 4 KiB of proof for the logic and the keys, then what the database costs.
	Weight::from_parts(10_000_000, 4_096)
		.saturating_add(Weight::from_parts(0, reads.saturating_mul(2_048)))
		.saturating_add(ParityDbWeight::get().reads_writes(reads, writes))
}

impl WeightInfo for () {
	fn open_auction() -> Weight {
		counted(6 + 2, 5 + 2)
	}
	fn commit_bid() -> Weight {
		counted(9 + 7, 4 + 7)
	}
	fn reveal_bid() -> Weight {
		counted(9, 2)
	}
	fn settle() -> Weight {
		counted(2 + 4 * 13, 1 + 6)
	}
	fn claim_bond() -> Weight {
		counted(4 + 7, 4 + 7)
	}
	fn remove_auction() -> Weight {
		counted(4 + 2, 3 + 2)
	}
	fn refresh_node() -> Weight {
		counted(12, 3)
	}
	fn is_met() -> Weight {
		counted(8, 0)
	}
}
