//! Weights of the pallet's hook. The measured ones are the runtime's; `()` counts reads and writes, for tests.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// `on_initialize`, by the kind of block.
pub trait WeightInfo {
	/// A validator's block on a validator's block.
	fn on_initialize_validator() -> Weight;
	/// A validator's block on a miner's block, which pays the includer's bonus.
	fn on_initialize_includer() -> Weight;
	/// A miner's block that is paid and gives a node credit, with all the others' credits to look through.
	fn on_initialize_miner() -> Weight;
}

fn estimate(reads: u64, writes: u64) -> Weight {
	let db = ParityDbWeight::get();
	Weight::from_parts(10_000_000, 4_096).saturating_add(db.reads(reads)).saturating_add(db.writes(writes))
}

impl WeightInfo for () {
	// Lane, difficulty, minimum; lane, difficulty.
	fn on_initialize_validator() -> Weight {
		estimate(3, 2)
	}
	// Also validators, a parameter, the author's account, the issuance, the total; the latest work and the last three.
	fn on_initialize_includer() -> Weight {
		estimate(8, 6)
	}
	// Also a parameter, the miner's account, the issuance, the total, a parameter, the credits, four nodes and what each is;
	// account, issuance, total, credits. The node's record, review, history and five parameters; record, history.
	fn on_initialize_miner() -> Weight {
		estimate(25, 8)
	}
}
