//! Cases about tasks and rentals.

use alloc::vec::Vec;
use codec::Codec;
use gpu_chain_primitives::{EscrowKey, Page};
use pallet_disputes::{Ballot, Dispute, DisputeId, DisputePhase, Evidence, Side};

sp_api::decl_runtime_apis! {
	/// Reads disputes.
	pub trait DisputeApi<AccountId, AssetKind, Balance, BlockNumber>
	where
		AccountId: Codec,
		AssetKind: Codec,
		Balance: Codec,
		BlockNumber: Codec,
	{
		/// The dispute, unless there never was one of that number or it is removed.
		fn dispute(dispute: DisputeId) -> Option<Dispute<AccountId, AssetKind, Balance, BlockNumber>>;
		/// The number of the dispute about a task or a rental.
		fn dispute_of(key: EscrowKey) -> Option<DisputeId>;
		/// Disputes that are not closed.
		fn open_disputes(cursor: Option<DisputeId>, limit: u32) -> Page<DisputeId, DisputeId>;
		/// Where the dispute stands now, and so who may act.
		fn dispute_phase(dispute: DisputeId) -> Option<DisputePhase>;
		/// What a side submitted, oldest first.
		fn evidence(dispute: DisputeId, side: Side) -> Vec<Evidence<BlockNumber>>;
		/// The votes, oldest first.
		fn ballots(dispute: DisputeId) -> Vec<Ballot<AccountId>>;
		/// What an arbitrator can claim for its vote, in the deal's currency.
		fn claimable_fee(dispute: DisputeId, arbitrator: AccountId) -> Balance;
		/// Who may vote, in the order of accounts, at most 32 of them.
		fn arbitrators() -> Vec<AccountId>;
	}
}
