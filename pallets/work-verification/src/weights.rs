//! What calls and hooks cost. The runtime's figures are measured; these are counted, for tests.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// Weights of the calls and hooks.
pub trait WeightInfo {
	/// A proof of `k` nonces that is accepted.
	fn submit_proof(k: u32) -> Weight;
	/// A challenge after an expired one.
	fn issue_challenge() -> Weight;
	/// A solution.
	fn submit_solution() -> Weight;
	/// Counting missed rounds and an expired challenge.
	fn settle() -> Weight;
	/// A block in which nothing happens.
	fn on_initialize_idle() -> Weight;
	/// What opening a round adds.
	fn on_initialize_open() -> Weight;
	/// What closing a round adds.
	fn on_initialize_close() -> Weight;
	/// A node is registered.
	fn on_node_registered() -> Weight;
	/// A node leaves the market having missed rounds.
	fn on_node_status_changed() -> Weight;
}

fn counted(reads: u64, writes: u64) -> Weight {
	ParityDbWeight::get().reads_writes(reads, writes)
}

impl WeightInfo for () {
	fn submit_proof(k: u32) -> Weight {
		counted(8, 6).saturating_add(Weight::from_parts(2_000_000, 0).saturating_mul(u64::from(k)))
	}
	fn issue_challenge() -> Weight {
		counted(12, 8)
	}
	fn submit_solution() -> Weight {
		counted(10, 8)
	}
	fn settle() -> Weight {
		counted(8, 6)
	}
	fn on_initialize_idle() -> Weight {
		counted(3, 0)
	}
	fn on_initialize_open() -> Weight {
		counted(12, 2)
	}
	fn on_initialize_close() -> Weight {
		counted(1, 3)
	}
	fn on_node_registered() -> Weight {
		counted(0, 1)
	}
	fn on_node_status_changed() -> Weight {
		counted(6, 4)
	}
}
