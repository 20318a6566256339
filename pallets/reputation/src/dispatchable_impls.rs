//! What the calls do after their origin check.

use crate::{types::moved, Config, Error, Event, Pallet, Records, Review, Reviews, ScoreCause};
use frame_support::ensure;
use gpu_chain_primitives::NodeId;
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_clear_flag(node: &NodeId) -> DispatchResult {
		let mut record = Records::<T>::get(node).ok_or(Error::<T>::UnknownNode)?;
		ensure!(record.flagged, Error::<T>::NotFlagged);

		record.flagged = false;
		Reviews::<T>::insert(node, Review::of(&record));
		Records::<T>::insert(node, record);
		Self::deposit_event(Event::NodeUnflagged { node: *node });
		Ok(())
	}

	/// Moves `node`'s score by `delta` basis points, within 0 and 10,000. For the call of that name and for pallets that
	/// act on arbitrators' behalf.
	///
	/// # Errors
	/// [`Error::UnknownNode`], [`Error::ZeroDelta`].
	pub fn adjust(node: &NodeId, delta: i16) -> DispatchResult {
		ensure!(delta != 0, Error::<T>::ZeroDelta);
		let mut record = Records::<T>::get(node).ok_or(Error::<T>::UnknownNode)?;

		let old = record.score;
		record.score = moved(old, i64::from(delta));
		Self::store_change(node, old, record, ScoreCause::Adjusted(delta));
		Ok(())
	}
}
