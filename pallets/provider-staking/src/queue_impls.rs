//! Working off the queue of slashes.

use crate::{Config, Pallet, PendingSlashes, QueueCursor, SlashQueue, WeightInfo};
use frame_support::{storage::with_storage_layer, traits::Get, weights::WeightMeter};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::{One, Saturating};

impl<T: Config> Pallet<T> {
	/// Carries out slashes that are due at block `now`, oldest first: at most `max_slashes`, past at most `MaxQueueSteps`
	/// blocks without any, and no more than `meter` allows. Whatever stops it, the rest waits for the next time. A slash
	/// that cannot be paid out is postponed, so that it does not block the others.
	pub(crate) fn service_queue(now: BlockNumberFor<T>, max_slashes: u32, meter: &mut WeightMeter) {
		if meter.try_consume(T::WeightInfo::service_queue_base()).is_err() || PendingSlashes::<T>::count() == 0 {
			return;
		}
		let start = QueueCursor::<T>::get();
		let mut cursor = start;
		let (mut slashes, mut steps) = (0u32, 0u32);
		while cursor <= now && meter.try_consume(T::WeightInfo::queue_step()).is_ok() {
			match SlashQueue::<T>::iter_key_prefix(cursor).next() {
				Some(slash) => {
					if slashes >= max_slashes || meter.try_consume(T::WeightInfo::process_slash()).is_err() {
						break;
					}
					slashes = slashes.saturating_add(1);
					if let Err(error) = with_storage_layer(|| Self::do_execute_slash(slash)) {
						Self::postpone_slash(slash, error);
					}
				}
				None => {
					if steps >= T::MaxQueueSteps::get() {
						break;
					}
					steps = steps.saturating_add(1);
					cursor = cursor.saturating_add(One::one());
				}
			}
		}
		if cursor != start {
			QueueCursor::<T>::put(cursor);
		}
	}
}
