//! What the pallet's operations cost. The runtime's figures are measured; these are counted, for tests.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// Weights of what others have this pallet do.
pub trait WeightInfo {
	/// A median is noted that follows on another.
	fn note() -> Weight;
	/// An amount is converted at a fresh price.
	fn convert() -> Weight;
}

/// Reads and writes counted from the code: clock, price and the parameters.
impl WeightInfo for () {
	fn note() -> Weight {
		ParityDbWeight::get().reads_writes(4, 2)
	}
	fn convert() -> Weight {
		ParityDbWeight::get().reads(5)
	}
}
