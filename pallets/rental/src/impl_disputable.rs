//! The door for whoever judges disputes.

use crate::{Config, EndReason, Error, Pallet, RentalStatus, Rentals};
use frame_support::ensure;
use gpu_chain_primitives::{Award, Disputable, DisputedDeal, Escrow, EscrowKey, Settlement};
use sp_runtime::DispatchError;

impl<T: Config> Disputable<T::AccountId, T::AssetKind, T::Balance> for Pallet<T> {
	fn disputed(key: EscrowKey) -> Option<DisputedDeal<T::AccountId, T::AssetKind, T::Balance>> {
		let EscrowKey::Rental(rental_id) = key else { return None };
		let rental = Rentals::<T>::get(rental_id)?;
		(rental.status == RentalStatus::Disputed).then(|| DisputedDeal::from(&rental))
	}

	fn close_disputed(
		key: EscrowKey,
		award: Award<T::Balance>,
		judge: &T::AccountId,
	) -> Result<Settlement<T::Balance>, DispatchError> {
		let EscrowKey::Rental(rental_id) = key else { return Err(Error::<T>::RentalNotFound.into()) };
		let rental = Rentals::<T>::get(rental_id).ok_or(Error::<T>::RentalNotFound)?;
		ensure!(rental.status == RentalStatus::Disputed, Error::<T>::NotDisputed);

		let provider = rental.provider.clone();
		Self::end(rental_id, rental, EndReason::Judged);
		let settlement = T::Escrow::award(key, &provider, award, judge)?;
		Self::tell_end(rental_id, EndReason::Judged, settlement);
		Ok(settlement)
	}
}
