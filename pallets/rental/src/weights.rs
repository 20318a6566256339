//! What the pallet's calls cost. The runtime's figures are measured; these are counted, for tests.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// Weights of the calls. `n` is the number of accelerators.
pub trait WeightInfo {
	/// [`list_gpu`](crate::Pallet::list_gpu).
	fn list_gpu() -> Weight;
	/// [`unlist_gpu`](crate::Pallet::unlist_gpu).
	fn unlist_gpu() -> Weight;
	/// [`book`](crate::Pallet::book), in schedules that are nearly full.
	fn book(n: u32) -> Weight;
	/// [`cancel_booking`](crate::Pallet::cancel_booking), too late.
	fn cancel_booking(n: u32) -> Weight;
	/// [`confirm_start`](crate::Pallet::confirm_start).
	fn confirm_start() -> Weight;
	/// [`prove`](crate::Pallet::prove).
	fn prove() -> Weight;
	/// [`extend`](crate::Pallet::extend).
	fn extend(n: u32) -> Weight;
	/// [`end_rental`](crate::Pallet::end_rental), with something for everybody.
	fn end_rental(n: u32) -> Weight;
	/// [`close`](crate::Pallet::close), whichever case is dearer.
	fn close(n: u32) -> Weight;
	/// [`dispute_rental`](crate::Pallet::dispute_rental), without whoever is told.
	fn dispute_rental(n: u32) -> Weight;
	/// [`remove_rental`](crate::Pallet::remove_rental).
	fn remove_rental() -> Weight;
}

fn counted(reads: u64, writes: u64) -> Weight {
	ParityDbWeight::get().reads_writes(reads, writes)
}

/// Reads and writes counted from the code, with those of the escrow.
impl WeightInfo for () {
	fn list_gpu() -> Weight {
		counted(5, 4)
	}
	fn unlist_gpu() -> Weight {
		counted(3, 4)
	}
	fn book(n: u32) -> Weight {
		counted(18, 16).saturating_add(counted(2, 1).saturating_mul(n.into()))
	}
	fn cancel_booking(n: u32) -> Weight {
		counted(18, 16).saturating_add(counted(1, 1).saturating_mul(n.into()))
	}
	fn confirm_start() -> Weight {
		counted(4, 1)
	}
	fn prove() -> Weight {
		counted(6, 1)
	}
	fn extend(n: u32) -> Weight {
		counted(12, 6).saturating_add(counted(1, 1).saturating_mul(n.into()))
	}
	fn end_rental(n: u32) -> Weight {
		counted(22, 18).saturating_add(counted(1, 1).saturating_mul(n.into()))
	}
	fn close(n: u32) -> Weight {
		counted(22, 18).saturating_add(counted(1, 1).saturating_mul(n.into()))
	}
	fn dispute_rental(n: u32) -> Weight {
		counted(3, 2).saturating_add(counted(1, 1).saturating_mul(n.into()))
	}
	fn remove_rental() -> Weight {
		counted(5, 7)
	}
}
