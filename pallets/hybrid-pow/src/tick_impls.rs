//! What each block does to the lane: the check, the retarget, the rewards.

use crate::{
	retarget, rules, BalanceOf, Config, Credits, Difficulty, Event, Lane, LaneState, LatestWork, MinimumDifficulty,
	Pallet, TotalMinted, WeightInfo,
};
use frame_support::{
	traits::{fungible::Mutate, FindAuthor, Get},
	weights::Weight,
};
use gpu_chain_primitives::MinerCredit;
use sp_core::U256;
use sp_runtime::{
	traits::{Saturating, Zero},
	Digest,
};

impl<T: Config> Pallet<T> {
	/// Checks this block, and accounts for it.
	///
	/// # Panics
	/// If the block breaks a rule. A hook has no error to return: a panic, which fails the block's execution, is the only way
	/// in which FRAME lets a pallet refuse a whole block. No transaction can bring one about; only who makes the block can.
	pub(crate) fn tick() -> Weight {
		let digest = frame_system::Pallet::<T>::digest();
		let (lane, difficulty) = (Lane::<T>::get(), Difficulty::<T>::get());
		match rules::judge::<T::AccountId>(&digest, &lane, difficulty, T::Spacing::get()) {
			Ok(rules::Judged { slot, miner: None }) => Self::note_validator(&digest, slot, lane, difficulty),
			Ok(rules::Judged { slot, miner: Some(miner) }) => Self::note_miner(&miner, slot, lane, difficulty),
			Err(violation) => panic!("invalid block: {}", violation.reason()),
		}
	}

	fn note_validator(digest: &Digest, slot: u64, lane: LaneState, difficulty: U256) -> Weight {
		Lane::<T>::put(lane.after_validator(slot));
		Difficulty::<T>::put(retarget::after_validator(difficulty, MinimumDifficulty::<T>::get()));
		if !lane.ends_with_miner() {
			return T::WeightInfo::on_initialize_validator();
		}
		// A miner's seal is no part of what the runtime sees of its own block; the parent's hash covers it.
		LatestWork::<T>::put(frame_system::Pallet::<T>::parent_hash());
		let pre_runtime = digest.logs.iter().filter_map(|log| log.as_pre_runtime());
		if let Some(author) = T::FindValidator::find_author(pre_runtime) {
			let amount = T::IncluderBonus::get();
			if Self::mint(&author, amount) {
				Self::deposit_event(Event::IncluderRewarded { author, amount });
			}
		}
		T::WeightInfo::on_initialize_includer()
	}

	fn note_miner(miner: &T::AccountId, slot: u64, lane: LaneState, difficulty: U256) -> Weight {
		Lane::<T>::put(lane.after_miner(slot));
		Difficulty::<T>::put(retarget::after_miner(difficulty, MinimumDifficulty::<T>::get()));
		Self::deposit_event(Event::BlockMined { miner: miner.clone(), slot, difficulty });
		let amount = T::MinerReward::get();
		if Self::mint(miner, amount) {
			Self::deposit_event(Event::MinerRewarded { miner: miner.clone(), amount });
		}
		Self::credit(miner);
		T::WeightInfo::on_initialize_miner()
	}

	/// Mints a reward, and says so where it cannot be: that must not keep the block from being valid. Whether it was paid.
	fn mint(payee: &T::AccountId, amount: BalanceOf<T>) -> bool {
		if amount.is_zero() {
			return false;
		}
		match T::Currency::mint_into(payee, amount) {
			Ok(minted) => {
				TotalMinted::<T>::mutate(|total| total.saturating_accrue(minted));
				true
			}
			Err(error) => {
				Self::deposit_event(Event::RewardWithheld { payee: payee.clone(), amount, error });
				false
			}
		}
	}

	/// Gives a miner who is a provider credit for having been there, once in a credit period.
	fn credit(miner: &T::AccountId) {
		let now = frame_system::Pallet::<T>::block_number();
		let period = T::CreditPeriod::get();
		let mut credits = Credits::<T>::get();
		// Oldest first: what has run out stands in front.
		credits.retain(|(_, at)| now.saturating_sub(*at) < period);
		if credits.is_full() || credits.iter().any(|(credited, _)| credited == miner) {
			return;
		}
		let Some(node) = T::MinerCredit::credit(miner) else { return };
		// There is room: it was looked for above.
		let _ = credits.try_push((miner.clone(), now));
		Credits::<T>::put(credits);
		Self::deposit_event(Event::ProviderCredited { miner: miner.clone(), node });
	}
}
