//! What the pallet's calls cost. The runtime's figures are measured; these are counted, for tests.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// Weights of the calls, their checks in the pool, and what hooks do.
pub trait WeightInfo {
	/// [`vote_header`](crate::Pallet::vote_header), the vote that decides.
	fn vote_header() -> Weight;
	/// Its check.
	fn authorize_vote_header() -> Weight;
	/// [`sign`](crate::Pallet::sign), the last of a set's.
	fn sign() -> Weight;
	/// Its check.
	fn authorize_sign() -> Weight;
	/// [`claim_deposit`](crate::Pallet::claim_deposit), the largest proof.
	fn claim_deposit() -> Weight;
	/// [`receive_message`](crate::Pallet::receive_message), the largest proof.
	fn receive_message() -> Weight;
	/// [`confirm_item`](crate::Pallet::confirm_item): a cancelled batch of `t` transfers.
	fn confirm_item(t: u32) -> Weight;
	/// [`confirm_set`](crate::Pallet::confirm_set).
	fn confirm_set() -> Weight;
	/// [`retry_credit`](crate::Pallet::retry_credit).
	fn retry_credit() -> Weight;
	/// [`withdraw`](crate::Pallet::withdraw).
	fn withdraw() -> Weight;
	/// [`cancel_withdrawal`](crate::Pallet::cancel_withdrawal).
	fn cancel_withdrawal() -> Weight;
	/// [`release_withdrawal`](crate::Pallet::release_withdrawal).
	fn release_withdrawal() -> Weight;
	/// [`send_message`](crate::Pallet::send_message), the longest.
	fn send_message() -> Weight;
	/// [`send_report`](crate::Pallet::send_report), of what is the dearest to look up.
	fn send_report() -> Weight;
	/// [`report_conflicting_votes`](crate::Pallet::report_conflicting_votes).
	fn report_conflicting_votes() -> Weight;
	/// [`report_unknown_signature`](crate::Pallet::report_unknown_signature).
	fn report_unknown_signature() -> Weight;
	/// [`pause`](crate::Pallet::pause).
	fn pause() -> Weight;
	/// [`resume`](crate::Pallet::resume).
	fn resume() -> Weight;
	/// [`set_guardians`](crate::Pallet::set_guardians).
	fn set_guardians() -> Weight;
	/// [`register_chain`](crate::Pallet::register_chain).
	fn register_chain() -> Weight;
	/// [`set_route`](crate::Pallet::set_route).
	fn set_route() -> Weight;
	/// [`set_fees`](crate::Pallet::set_fees).
	fn set_fees() -> Weight;
	/// [`force_set`](crate::Pallet::force_set).
	fn force_set() -> Weight;
	/// [`prove_header`](crate::Pallet::prove_header), the largest headers.
	fn prove_header() -> Weight;
	/// The hook, without any chain.
	fn work_off() -> Weight;
	/// Whether a chain has something due.
	fn look_at_chain() -> Weight;
	/// The next set of a gateway.
	fn start_rotation() -> Weight;
	/// The largest batch.
	fn create_batch() -> Weight;
}

fn counted(reads: u64, writes: u64) -> Weight {
	ParityDbWeight::get().reads_writes(reads, writes)
}

/// Recovering a signer, or hashing a large proof: much the same.
const CRYPTO: Weight = Weight::from_parts(60_000_000, 0);

/// Reads and writes counted from the code.
impl WeightInfo for () {
	fn vote_header() -> Weight {
		counted(10, 6)
	}
	fn authorize_vote_header() -> Weight {
		counted(7, 0).saturating_add(CRYPTO)
	}
	fn sign() -> Weight {
		counted(9, 2)
	}
	fn authorize_sign() -> Weight {
		counted(7, 0).saturating_add(CRYPTO)
	}
	fn claim_deposit() -> Weight {
		counted(13, 8).saturating_add(CRYPTO.saturating_mul(8))
	}
	fn receive_message() -> Weight {
		counted(5, 1).saturating_add(CRYPTO.saturating_mul(8))
	}
	fn confirm_item(t: u32) -> Weight {
		counted(10, 6).saturating_add(CRYPTO.saturating_mul(14)).saturating_add(counted(6, 5).saturating_mul(t.into()))
	}
	fn confirm_set() -> Weight {
		counted(10, 7).saturating_add(CRYPTO.saturating_mul(8))
	}
	fn retry_credit() -> Weight {
		counted(10, 7)
	}
	fn withdraw() -> Weight {
		counted(17, 13)
	}
	fn cancel_withdrawal() -> Weight {
		counted(9, 8)
	}
	fn release_withdrawal() -> Weight {
		counted(4, 3)
	}
	fn send_message() -> Weight {
		counted(10, 7)
	}
	fn send_report() -> Weight {
		counted(10, 7)
	}
	fn report_conflicting_votes() -> Weight {
		counted(12, 8).saturating_add(CRYPTO.saturating_mul(2))
	}
	fn report_unknown_signature() -> Weight {
		counted(10, 8).saturating_add(CRYPTO)
	}
	fn pause() -> Weight {
		counted(3, 1)
	}
	fn resume() -> Weight {
		counted(1, 1)
	}
	fn set_guardians() -> Weight {
		counted(0, 1)
	}
	fn register_chain() -> Weight {
		counted(5, 6)
	}
	fn set_route() -> Weight {
		counted(4, 4)
	}
	fn set_fees() -> Weight {
		counted(1, 1)
	}
	fn force_set() -> Weight {
		counted(5, 6)
	}
	fn prove_header() -> Weight {
		counted(6, 5).saturating_add(CRYPTO.saturating_mul(16))
	}
	fn work_off() -> Weight {
		counted(1, 0)
	}
	fn look_at_chain() -> Weight {
		counted(9, 0)
	}
	fn start_rotation() -> Weight {
		counted(4, 4)
	}
	fn create_batch() -> Weight {
		counted(5, 5).saturating_add(counted(9, 8).saturating_mul(64))
	}
}
