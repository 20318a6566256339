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
	/// What a block adds in which a lottery opens, draws or closes, whichever is dearest.
	fn on_initialize_lottery() -> Weight;
	/// A device's first claim.
	fn claim_power() -> Weight;
	/// A claim with as many commitments as are kept.
	fn withdraw_claim() -> Weight;
	/// A commitment that drops as many as one drops.
	fn commit_power() -> Weight;
	/// A reveal of `n` tickets, none of which is computed.
	fn reveal_power(n: u32) -> Weight;
	/// A false ticket of a reveal of `n`, computed and slashed for.
	fn challenge_power(n: u32) -> Weight;
	/// One ticket of the matrix lottery, computed.
	fn check_ticket() -> Weight;
	/// One walk through a table, computed.
	fn check_walk() -> Weight;
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
		counted(4, 0)
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
		counted(6, 5)
	}
	fn on_initialize_lottery() -> Weight {
		counted(8, 3)
	}
	fn claim_power() -> Weight {
		counted(10, 4)
	}
	fn withdraw_claim() -> Weight {
		counted(38, 37)
	}
	fn commit_power() -> Weight {
		counted(12, 6)
	}
	fn reveal_power(n: u32) -> Weight {
		counted(10, 5).saturating_add(Weight::from_parts(100_000, 0).saturating_mul(u64::from(n)))
	}
	fn challenge_power(n: u32) -> Weight {
		counted(14, 12)
			.saturating_add(Self::check_ticket())
			.saturating_add(Weight::from_parts(100_000, 0).saturating_mul(u64::from(n)))
	}
	/// 0.37 ms, measured in wasm compiled by Cranelift as the node does it (`docs/design/power-proofs.md`).
	fn check_ticket() -> Weight {
		Weight::from_parts(400_000_000, 0)
	}
	/// 0.10 ms, measured likewise.
	fn check_walk() -> Weight {
		Weight::from_parts(120_000_000, 0)
	}
}
