//! The check of the crate documentation's invariants.

use crate::{Config, History, Pallet, Records, Review, Reviews};
use frame_support::ensure;
use gpu_chain_primitives::FULL_SCORE;
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	/// Checks the numbered invariants of the crate's documentation. Reads everything: for tests and try-runtime.
	///
	/// # Errors
	/// Names the first invariant that does not hold.
	pub fn do_try_state() -> Result<(), DispatchError> {
		for record in Records::<T>::iter_values() {
			ensure!(record.score <= FULL_SCORE, DispatchError::Other("reputation 1: a score is above 10,000"));
		}

		let now = frame_system::Pallet::<T>::block_number();
		for (node, history) in History::<T>::iter() {
			let record =
				Records::<T>::get(node).ok_or(DispatchError::Other("reputation 2: a history without a record"))?;
			let newest = history.last().ok_or(DispatchError::Other("reputation 3: an empty history is stored"))?;
			ensure!(
				newest.score == record.score,
				DispatchError::Other("reputation 3: the newest score of a history is not the record's")
			);
			ensure!(
				history.iter().zip(history.iter().skip(1)).all(|(older, newer)| older.at <= newer.at)
					&& newest.at <= now,
				DispatchError::Other("reputation 3: a history is out of order")
			);
		}

		for (node, review) in Reviews::<T>::iter() {
			let record =
				Records::<T>::get(node).ok_or(DispatchError::Other("reputation 2: a review without a record"))?;
			let sums = Review::of(&record);
			ensure!(
				review.outcomes <= sums.outcomes
					&& review.failures <= sums.failures
					&& review.failures <= review.outcomes,
				DispatchError::Other("reputation 4: a review counts more than the record")
			);
		}
		Ok(())
	}
}
