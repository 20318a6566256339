//! The check of the crate documentation's invariants.

use crate::{retarget, Config, Credits, Difficulty, Lane, LatestWork, MinimumDifficulty, Pallet, TotalMinted};
use frame_support::{ensure, traits::Get};
use sp_runtime::{traits::Zero, DispatchError};

impl<T: Config> Pallet<T> {
	/// Checks the numbered invariants of the crate's documentation.
	///
	/// # Errors
	/// Names the first invariant that does not hold.
	pub fn do_try_state() -> Result<(), DispatchError> {
		let (difficulty, minimum) = (Difficulty::<T>::get(), MinimumDifficulty::<T>::get());
		ensure!(
			retarget::LOWEST <= minimum && minimum <= difficulty && difficulty <= retarget::CAP,
			DispatchError::Other("hybrid pow 1: difficulty or its minimum is out of bounds")
		);

		let lane = Lane::<T>::get();
		let blocks = lane.validator_blocks.saturating_add(lane.miner_blocks);
		ensure!(
			lane.slot.is_some() == (blocks > 0),
			DispatchError::Other("hybrid pow 2: there is a newest slot without blocks, or blocks without one")
		);
		ensure!(
			lane.slot.is_none() || lane.ends_with_miner() == (lane.validator_blocks_since == 0),
			DispatchError::Other("hybrid pow 2: the newest slot and the blocks since the last miner's disagree")
		);
		let before = lane.validator_blocks.checked_sub(u64::from(lane.validator_blocks_since));
		ensure!(
			before.is_some_and(|before| before >= lane.miner_blocks.saturating_mul(u64::from(T::Spacing::get()))),
			DispatchError::Other("hybrid pow 3: there are more blocks of miners than the spacing allows")
		);

		ensure!(
			lane.miner_blocks > 0 || (TotalMinted::<T>::get().is_zero() && !LatestWork::<T>::exists()),
			DispatchError::Other("hybrid pow 4: something was minted or found without a miner's block")
		);

		let (credits, now) = (Credits::<T>::get(), frame_system::Pallet::<T>::block_number());
		for (i, (miner, at)) in credits.iter().enumerate() {
			ensure!(
				*at <= now
					&& credits.iter().skip(i.saturating_add(1)).all(|(other, later)| other != miner && at <= later),
				DispatchError::Other("hybrid pow 5: credits are out of order, in the future, or twice a miner's")
			);
		}
		Ok(())
	}
}
