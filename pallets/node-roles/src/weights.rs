//! What calls and hooks cost. The runtime's figures are measured; these are counted, for tests.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// Weights of the calls and hooks.
pub trait WeightInfo {
	/// [`add_king`](crate::Pallet::add_king), the last that fits.
	fn add_king() -> Weight;
	/// [`remove_king`](crate::Pallet::remove_king) of the most there are.
	fn remove_king() -> Weight;
	/// [`apply`](crate::Pallet::apply).
	fn apply() -> Weight;
	/// [`add_bond`](crate::Pallet::add_bond).
	fn add_bond() -> Weight;
	/// [`confirm_queen`](crate::Pallet::confirm_queen), the approval that makes her.
	fn confirm_queen() -> Weight;
	/// [`suspend_queen`](crate::Pallet::suspend_queen).
	fn suspend_queen() -> Weight;
	/// [`resign`](crate::Pallet::resign).
	fn resign() -> Weight;
	/// [`dismiss_queen`](crate::Pallet::dismiss_queen).
	fn dismiss_queen() -> Weight;
	/// [`withdraw_bond`](crate::Pallet::withdraw_bond).
	fn withdraw_bond() -> Weight;
	/// [`sponsor_node`](crate::Pallet::sponsor_node) in the place of a sponsorship that is over.
	fn sponsor_node() -> Weight;
	/// [`end_sponsorship`](crate::Pallet::end_sponsorship) that clears it away.
	fn end_sponsorship() -> Weight;
	/// [`audit_node`](crate::Pallet::audit_node).
	fn audit_node() -> Weight;
	/// [`confirm_audit`](crate::Pallet::confirm_audit) of one that failed.
	fn confirm_audit() -> Weight;
	/// `OnFeePaid::on_fee_paid`, paid.
	fn on_fee_paid() -> Weight;
	/// `OnSlashed::on_slashed`, with compensation: the dearest of the three.
	fn on_slashed() -> Weight;
}

fn counted(reads: u64, writes: u64) -> Weight {
	Weight::from_parts(25_000_000, 8_192).saturating_add(ParityDbWeight::get().reads_writes(reads, writes))
}

impl WeightInfo for () {
	// Queen, Kings; Kings.
	fn add_king() -> Weight {
		counted(2, 1)
	}
	// Kings; Kings.
	fn remove_king() -> Weight {
		counted(1, 1)
	}
	// Kings, Queen, parameter, holds, account; Queen, holds, account.
	fn apply() -> Weight {
		counted(5, 3)
	}
	// Queen, holds, account; all three.
	fn add_bond() -> Weight {
		counted(3, 3)
	}
	// Kings, Queen, two parameters; Queen.
	fn confirm_queen() -> Weight {
		counted(4, 1)
	}
	// Kings, Queen; Queen.
	fn suspend_queen() -> Weight {
		counted(2, 1)
	}
	// Queen, parameter; Queen.
	fn resign() -> Weight {
		counted(2, 1)
	}
	fn dismiss_queen() -> Weight {
		counted(2, 1)
	}
	// Queen, holds, account; all three.
	fn withdraw_bond() -> Weight {
		counted(3, 3)
	}
	// Two Queens, two parameters, node, sponsorship, ticket, two holds, two accounts, waiting; and two lists, audit.
	fn sponsor_node() -> Weight {
		counted(12, 13)
	}
	// Sponsorship, node, parameter, Queen, ticket, holds, account; and list, audit.
	fn end_sponsorship() -> Weight {
		counted(7, 7)
	}
	// Sponsorship, Queen, parameter; sponsorship, audit.
	fn audit_node() -> Weight {
		counted(3, 2)
	}
	// As the end of a sponsorship, and Kings, audit, node with its places in the market.
	fn confirm_audit() -> Weight {
		counted(12, 12)
	}
	// Deal, sponsorship, Queen, three parameters, asset, two accounts; asset, two accounts.
	fn on_fee_paid() -> Weight {
		counted(9, 3)
	}
	// Blame, Queen, parameter, holds, three accounts; the same without the parameter.
	fn on_slashed() -> Weight {
		counted(7, 6)
	}
}
