//! What the pallet's call and operations cost. The runtime's figures are measured; these are counted, for tests.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// Weights of the call and of the trait's operations.
pub trait WeightInfo {
	/// [`claim_owed`](crate::Pallet::claim_owed), all three parts owed.
	fn claim_owed() -> Weight;
	/// A deposit.
	fn deposit() -> Weight;
	/// A top-up.
	fn top_up() -> Weight;
	/// A release.
	fn release() -> Weight;
	/// A refund.
	fn refund() -> Weight;
	/// A split that pays all three.
	fn split() -> Weight;
	/// A verdict that pays all four.
	fn award() -> Weight;
	/// A removal.
	fn remove() -> Weight;
}

fn counted(reads: u64, writes: u64) -> Weight {
	ParityDbWeight::get().reads_writes(reads, writes)
}

/// Reads and writes counted from the code: the record, then asset, holds and account of everybody whose money moves.
impl WeightInfo for () {
	fn claim_owed() -> Weight {
		counted(12, 12)
	}
	fn deposit() -> Weight {
		counted(6, 5)
	}
	fn top_up() -> Weight {
		counted(6, 5)
	}
	fn release() -> Weight {
		counted(9, 9)
	}
	fn refund() -> Weight {
		counted(6, 6)
	}
	fn split() -> Weight {
		counted(12, 12)
	}
	fn award() -> Weight {
		counted(15, 15)
	}
	fn remove() -> Weight {
		counted(1, 1)
	}
}
