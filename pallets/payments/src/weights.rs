//! What the pallet's calls cost. The runtime's figures are measured; these are counted, for tests.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// Weights of the calls, and of drawing.
pub trait WeightInfo {
	/// [`deposit`](crate::Pallet::deposit).
	fn deposit() -> Weight;
	/// [`withdraw`](crate::Pallet::withdraw).
	fn withdraw() -> Weight;
	/// [`make_payment`](crate::Pallet::make_payment).
	fn make_payment() -> Weight;
	/// [`set_allowance`](crate::Pallet::set_allowance), a new one.
	fn set_allowance() -> Weight;
	/// [`raise_allowance`](crate::Pallet::raise_allowance).
	fn raise_allowance() -> Weight;
	/// [`lower_allowance`](crate::Pallet::lower_allowance), to nothing.
	fn lower_allowance() -> Weight;
	/// [`revoke_allowance`](crate::Pallet::revoke_allowance).
	fn revoke_allowance() -> Weight;
	/// [`remove_expired_allowance`](crate::Pallet::remove_expired_allowance).
	fn remove_expired_allowance() -> Weight;
	/// A market draws all that is left of an allowance.
	fn draw() -> Weight;
}

fn counted(reads: u64, writes: u64) -> Weight {
	ParityDbWeight::get().reads_writes(reads, writes)
}

/// Reads and writes counted from the code: the account, then asset, holds and balance of everybody whose money moves.
impl WeightInfo for () {
	fn deposit() -> Weight {
		counted(5, 5)
	}
	fn withdraw() -> Weight {
		counted(5, 5)
	}
	fn make_payment() -> Weight {
		counted(7, 7)
	}
	fn set_allowance() -> Weight {
		counted(4, 4)
	}
	fn raise_allowance() -> Weight {
		counted(1, 1)
	}
	fn lower_allowance() -> Weight {
		counted(4, 4)
	}
	fn revoke_allowance() -> Weight {
		counted(4, 4)
	}
	fn remove_expired_allowance() -> Weight {
		counted(4, 4)
	}
	fn draw() -> Weight {
		counted(9, 9)
	}
}
