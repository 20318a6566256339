//! What the calls cost. These are counted from the code, for tests; the runtime's are to be measured.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// Weights of the calls.
pub trait WeightInfo {
	/// [`register`](crate::Pallet::register).
	fn register() -> Weight;
	/// [`update`](crate::Pallet::update).
	fn update() -> Weight;
	/// [`remove`](crate::Pallet::remove) of a user with the most wallets.
	fn remove() -> Weight;
	/// [`link_wallet`](crate::Pallet::link_wallet).
	fn link_wallet() -> Weight;
	/// [`unlink_wallet`](crate::Pallet::unlink_wallet).
	fn unlink_wallet() -> Weight;
}

fn counted(reads: u64, writes: u64) -> Weight {
	ParityDbWeight::get().reads_writes(reads, writes)
}

/// User, ticket, nonce, wallets, and the holds and account behind the deposit.
impl WeightInfo for () {
	fn register() -> Weight {
		counted(4, 5)
	}
	fn update() -> Weight {
		counted(4, 4)
	}
	fn remove() -> Weight {
		counted(4, 12)
	}
	fn link_wallet() -> Weight {
		counted(7, 6).saturating_add(Weight::from_parts(100_000_000, 0))
	}
	fn unlink_wallet() -> Weight {
		counted(5, 5)
	}
}
