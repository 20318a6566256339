//! When a validator may author.
//!
//! Validators author on even slots. Odd slots stay free for the proof-of-work lane: a validator's block there would take
//! the slot from the miners, and as the first block of the chain it would start every epoch on an odd slot.

use gpu_chain_primitives::pow::is_pow_slot;
use sc_consensus_slots::BackoffAuthoringBlocksStrategy;
use sp_consensus_babe::Slot;

/// Keeps validators off the miners' slots and off slots that the chain has passed, and asks `inner` about the others.
///
/// BABE asks after it has claimed a slot and before it builds, with or without `--force-authoring`. The head can be in a
/// later slot than the clock's: a miner's block is in the slot after its parent's, and may be found before that slot
/// begins. A validator's block on it, in the parent's slot, nobody would take.
#[derive(Clone, Default)]
pub struct EvenSlotsOnly<Inner> {
	/// Whether to author on an even slot.
	inner: Inner,
}

impl<Inner> EvenSlotsOnly<Inner> {
	/// Leaves even slots after the head's to `inner`.
	pub fn new(inner: Inner) -> Self {
		Self { inner }
	}
}

impl<Number, Inner: BackoffAuthoringBlocksStrategy<Number>> BackoffAuthoringBlocksStrategy<Number>
	for EvenSlotsOnly<Inner>
{
	fn should_backoff(
		&self,
		head_number: Number,
		head_slot: Slot,
		finalised_number: Number,
		slot: Slot,
		logging_target: &str,
	) -> bool {
		is_pow_slot(*slot)
			|| slot <= head_slot
			|| self.inner.should_backoff(head_number, head_slot, finalised_number, slot, logging_target)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use sc_consensus_slots::BackoffAuthoringOnFinalizedHeadLagging;
	use std::cell::Cell;

	type BlockNumber = u32;

	/// Says what it was told to, and counts how often it was asked.
	struct Fixed {
		answer: bool,
		asked: Cell<u32>,
	}

	impl BackoffAuthoringBlocksStrategy<BlockNumber> for Fixed {
		fn should_backoff(&self, _: BlockNumber, _: Slot, _: BlockNumber, _: Slot, _: &str) -> bool {
			self.asked.set(self.asked.get() + 1);
			self.answer
		}
	}

	fn fixed(answer: bool) -> EvenSlotsOnly<Fixed> {
		EvenSlotsOnly::new(Fixed { answer, asked: Cell::new(0) })
	}

	#[test]
	fn odd_slots_should_be_refused_whatever_the_inner_strategy_says() {
		for answer in [true, false] {
			let strategy = fixed(answer);
			for slot in [1u64, 3, 101, u64::MAX] {
				assert!(strategy.should_backoff(1, 0.into(), 1, slot.into(), "test"));
			}
			assert_eq!(strategy.inner.asked.get(), 0, "an odd slot is nothing to ask about");
		}
	}

	#[test]
	fn even_slots_should_be_left_to_the_inner_strategy() {
		for answer in [true, false] {
			let strategy = fixed(answer);
			for slot in [2u64, 4, 100, u64::MAX - 1] {
				assert_eq!(strategy.should_backoff(1, 0.into(), 1, slot.into(), "test"), answer);
			}
			assert_eq!(strategy.inner.asked.get(), 4);
		}
	}

	#[test]
	fn slots_at_or_below_the_heads_should_be_refused() {
		let strategy = fixed(false);
		for (head, slot) in [(100u64, 100u64), (101, 100), (102, 100)] {
			assert!(strategy.should_backoff(1, head.into(), 1, slot.into(), "test"), "head in {head}, block in {slot}");
		}
		assert_eq!(strategy.inner.asked.get(), 0);
		assert!(!strategy.should_backoff(1, 99.into(), 1, 100.into(), "test"), "right after a miner's block");
	}

	#[test]
	fn even_slots_should_be_refused_while_finality_lags_and_taken_again_after_a_pause() {
		let strategy = EvenSlotsOnly::new(BackoffAuthoringOnFinalizedHeadLagging::<BlockNumber>::default());
		let head = Slot::from(1_000);
		// 50 blocks may be open; 70 more are 35 slots of pause.
		assert!(!strategy.should_backoff(50, head, 0, head + 2, "test"));
		assert!(strategy.should_backoff(120, head, 0, head + 2, "test"));
		assert!(strategy.should_backoff(120, head, 0, head + 34, "test"));
		assert!(!strategy.should_backoff(120, head, 0, head + 36, "test"));
	}
}
