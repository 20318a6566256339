//! Rentals.

use alloc::vec::Vec;
use codec::Codec;
use gpu_chain_primitives::{NodeId, Page};
use pallet_rental::{
	types::{Booking, GpuIndex, Gpus, Millis, Rules},
	Listing, Phase, Rental, RentalId,
};

sp_api::decl_runtime_apis! {
	/// Reads listings, schedules and rentals.
	pub trait RentalApi<AccountId, AssetKind, Balance, BlockNumber>
	where
		AccountId: Codec,
		AssetKind: Codec,
		Balance: Codec,
		BlockNumber: Codec,
	{
		/// The rental, unless it was never booked or is removed.
		fn rental(rental: RentalId) -> Option<Rental<AccountId, AssetKind, Balance, BlockNumber>>;
		/// Where the rental stands now.
		fn phase(rental: RentalId) -> Option<Phase>;
		/// The times that apply to whatever is booked or done now, ms.
		fn rules() -> Rules;
		/// A renter's rentals, ended ones included.
		fn rentals_by_renter(renter: AccountId, cursor: Option<RentalId>, limit: u32) -> Page<RentalId, RentalId>;
		/// A node's rentals, ended ones included.
		fn rentals_by_node(node: NodeId, cursor: Option<RentalId>, limit: u32) -> Page<RentalId, RentalId>;
		/// What a node offers, by the index of the accelerator.
		fn listings(
			node: NodeId,
			cursor: Option<GpuIndex>,
			limit: u32,
		) -> Page<(GpuIndex, Listing<AssetKind, Balance>), GpuIndex>;
		/// The windows of an accelerator that are taken, grace included, in the order of time; ms since 1970.
		fn schedule(node: NodeId, gpu: GpuIndex) -> Vec<Booking>;
		/// Currency and price of these accelerators for so many ms, grace included; `None` where they cannot be booked so.
		fn quote(node: NodeId, gpus: Gpus, duration: Millis) -> Option<(AssetKind, Balance)>;
	}
}
