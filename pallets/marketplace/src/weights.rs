//! What the calls and the deadline hook cost.
//!
//! The runtime uses generated weights. `()` counts the reads and writes of the code with the price that ParityDB has for
//! them, for mocks; of the pallets around, it counts five reads and five writes for a movement of money or a slash.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// One function a benchmark.
pub trait WeightInfo {
	/// The call.
	fn create_task() -> Weight;
	/// The call.
	fn cancel_task() -> Weight;
	/// The call.
	fn accept_task() -> Weight;
	/// The call.
	fn start_task() -> Weight;
	/// The call.
	fn submit_result() -> Weight;
	/// The call.
	fn approve_result() -> Weight;
	/// The call, without what `OnDisputed` does.
	fn dispute_task() -> Weight;
	/// The call.
	fn remove_task() -> Weight;
	/// The call, for a task that runs out of nodes.
	fn process_deadline() -> Weight;
	/// A run of the deadline hook that finds nothing to do.
	fn deadlines_base() -> Weight;
	/// The hook's search for a block's next deadline.
	fn deadlines_scan() -> Weight;
	/// The hook opens a task again and has its node slashed.
	fn deadline_reopen() -> Weight;
	/// The hook cancels a task that ran out of nodes, and has the last one slashed.
	fn deadline_cancel() -> Weight;
	/// The hook approves a result that nobody reviewed.
	fn deadline_approve() -> Weight;
}

fn counted(reads: u64, writes: u64) -> Weight {
	// 10 µs and 4 KiB of proof for the logic and the keys, then what the database costs.
	Weight::from_parts(10_000_000, 4_096)
		.saturating_add(Weight::from_parts(0, reads.saturating_mul(2_048)))
		.saturating_add(ParityDbWeight::get().reads_writes(reads, writes))
}

impl WeightInfo for () {
	fn create_task() -> Weight {
		counted(3 + 7, 6 + 7)
	}
	fn cancel_task() -> Weight {
		counted(2 + 5, 3 + 5)
	}
	fn accept_task() -> Weight {
		counted(6 + 3, 6)
	}
	fn start_task() -> Weight {
		counted(4, 3)
	}
	fn submit_result() -> Weight {
		counted(4, 3)
	}
	fn approve_result() -> Weight {
		counted(6 + 6, 6 + 6)
	}
	fn dispute_task() -> Weight {
		counted(2, 2)
	}
	fn remove_task() -> Weight {
		counted(2 + 7, 4 + 7)
	}
	fn process_deadline() -> Weight {
		Self::deadline_cancel()
	}
	fn deadlines_base() -> Weight {
		counted(1, 1)
	}
	fn deadlines_scan() -> Weight {
		counted(1, 0)
	}
	fn deadline_reopen() -> Weight {
		counted(5 + 6, 6 + 6)
	}
	fn deadline_cancel() -> Weight {
		counted(6 + 11, 6 + 11)
	}
	fn deadline_approve() -> Weight {
		counted(6 + 6, 6 + 6)
	}
}
