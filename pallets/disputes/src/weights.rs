//! What the pallet's calls cost. The runtime's figures are measured; these are counted, for tests.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// Weights of the calls, named as their benchmarks.
pub trait WeightInfo {
	/// Being told of a dispute.
	fn on_disputed() -> Weight;
	/// [`submit_evidence`](crate::Pallet::submit_evidence), the last that fits.
	fn submit_evidence() -> Weight;
	/// [`vote`](crate::Pallet::vote), the last that fits.
	fn vote() -> Weight;
	/// [`conclude`](crate::Pallet::conclude) without a quorum.
	fn escalate() -> Weight;
	/// [`conclude`](crate::Pallet::conclude) for the buyer, with all votes cast, and a ban.
	fn close_for_buyer() -> Weight;
	/// [`conclude`](crate::Pallet::conclude) for the provider, with all votes cast.
	fn close_for_provider() -> Weight;
	/// [`claim_fee`](crate::Pallet::claim_fee), with all votes cast.
	fn claim_fee() -> Weight;
	/// [`claim_bond`](crate::Pallet::claim_bond).
	fn claim_bond() -> Weight;
	/// [`remove_dispute`](crate::Pallet::remove_dispute), with all evidence, and nothing claimed.
	fn remove_dispute() -> Weight;
	/// [`punish_misuse`](crate::Pallet::punish_misuse).
	fn punish_misuse() -> Weight;
}

fn counted(reads: u64, writes: u64) -> Weight {
	Weight::from_parts(20_000_000, 8_192).saturating_add(ParityDbWeight::get().reads_writes(reads, writes))
}

/// Reads and writes counted from the code: the dispute and its lists, then asset, holds and account of everybody whose
/// money moves, and for a verdict the deal, its escrow, the node's record and its stake.
impl WeightInfo for () {
	fn on_disputed() -> Weight {
		counted(15, 11)
	}
	fn submit_evidence() -> Weight {
		counted(6, 4)
	}
	fn vote() -> Weight {
		counted(4, 1)
	}
	fn escalate() -> Weight {
		counted(3, 1)
	}
	fn close_for_buyer() -> Weight {
		counted(42, 34)
	}
	fn close_for_provider() -> Weight {
		counted(36, 28)
	}
	fn claim_fee() -> Weight {
		counted(8, 6)
	}
	fn claim_bond() -> Weight {
		counted(6, 6)
	}
	fn remove_dispute() -> Weight {
		counted(18, 20)
	}
	fn punish_misuse() -> Weight {
		counted(14, 12)
	}
}
