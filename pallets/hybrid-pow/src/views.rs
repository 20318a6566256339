//! What clients ask, exposed by the runtime, and what other pallets of the runtime read.

use crate::{rules, Config, Difficulty, Lane, LatestWork, Pallet};
use core::marker::PhantomData;
use frame_support::traits::Get;
use gpu_chain_primitives::pow::PowStats;
use sp_core::U256;

impl<T: Config> Pallet<T> {
	/// The difficulty that a miner's block right on the newest block must claim, hashes on average; `None` where no such
	/// block may stand: on genesis, on a miner's block, or too soon after one.
	pub fn next_work() -> Option<U256> {
		Lane::<T>::get().is_open(T::Spacing::get()).then(Difficulty::<T>::get)
	}

	/// What the lane is doing.
	pub fn stats() -> PowStats {
		let lane = Lane::<T>::get();
		PowStats {
			difficulty: Difficulty::<T>::get(),
			validator_blocks_since: lane.validator_blocks_since,
			spacing: T::Spacing::get(),
			miner_blocks: lane.miner_blocks,
			validator_blocks: lane.validator_blocks,
		}
	}

	/// The miner of the block that is being executed; `None` in a validator's block.
	///
	/// Reads the digest, not this pallet's state, so it is right in every hook, whichever pallet's comes first.
	pub fn miner() -> Option<T::AccountId> {
		rules::miner(&frame_system::Pallet::<T>::digest())
	}
}

/// The hash of the newest miner's block that another block stands on; `None` until there is one.
///
/// The hash covers the seal, so nobody knows it before the work is done, and another value costs the whole work of a block
/// again: whoever wants to choose throws away a block's reward for each value that they do not like, and can make at most
/// one in five blocks. The validator behind it has one choice more: to build beside the block instead of on it, at the
/// price of the includer's bonus. So it is to be mixed with randomness that a miner does not control, and then neither a
/// miner nor a validator alone can foresee the mixture.
pub struct WorkEntropy<T>(PhantomData<T>);
impl<T: Config> Get<Option<T::Hash>> for WorkEntropy<T> {
	fn get() -> Option<T::Hash> {
		LatestWork::<T>::get()
	}
}
