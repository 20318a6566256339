//! When a validator may author, and on what clock.
//!
//! Validators author on even slots. Odd slots stay free for the proof-of-work lane: a validator's block there would take
//! the slot from the miners, and as the first block of the chain it would start every epoch on an odd slot.

use gpu_chain_runtime::{opaque::Block, Hash};
use sc_consensus_babe::SlotProportion;
use sc_consensus_slots::BackoffAuthoringBlocksStrategy;
use sp_consensus_babe::{inherents::InherentDataProvider as SlotProvider, Slot, SlotDuration};
use sp_inherents::CreateInherentDataProviders;
use sp_timestamp::InherentDataProvider as TimeProvider;
use std::error::Error;

/// Half of a slot is for building a block, the rest for sending it round.
///
/// BABE adds the same share once more for a slot that it finds empty before its own, and the odd slot mostly is: so a
/// full block has a whole slot (half of the time between two validators' blocks), or half a slot right after a
/// proof-of-work block or at the genesis. See the tests.
const PROPOSAL_PORTION: f32 = 0.5;

/// The share of a slot in which BABE builds a block.
pub fn proposal_portion() -> SlotProportion {
	SlotProportion::new(PROPOSAL_PORTION)
}

/// The longest share of a slot in which BABE builds a block however many slots stayed empty before: no limit.
///
/// A limit could not be above one slot, and would be the end of a chain that has one block which takes longer than that
/// to build (the end of an era with an election in it, on a slow machine): nobody could ever build it. Without one, each
/// missed slot gives the next author more time.
pub fn max_proposal_portion() -> Option<SlotProportion> {
	None
}

/// Keeps validators off odd slots, and asks `inner` about even ones.
///
/// BABE asks after it has claimed a slot and before it builds, with or without `--force-authoring`.
#[derive(Clone, Default)]
pub struct EvenSlotsOnly<Inner> {
	/// Whether to author on an even slot.
	inner: Inner,
}

impl<Inner> EvenSlotsOnly<Inner> {
	/// Leaves even slots to `inner`.
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
		!is_validators(slot)
			|| self.inner.should_backoff(head_number, head_slot, finalised_number, slot, logging_target)
	}
}

/// Whether `slot` is one that validators author on.
fn is_validators(slot: Slot) -> bool {
	(*slot).is_multiple_of(2)
}

/// What a block must say about the clock: its slot and its time, both from this machine's.
#[derive(Clone)]
pub struct Clock {
	slot_duration: SlotDuration,
}

impl Clock {
	/// A clock whose slots are as long as the chain's.
	pub fn new(slot_duration: SlotDuration) -> Self {
		Self { slot_duration }
	}
}

#[async_trait::async_trait]
impl CreateInherentDataProviders<Block, ()> for Clock {
	type InherentDataProviders = (SlotProvider, TimeProvider);

	async fn create_inherent_data_providers(
		&self,
		_parent: Hash,
		_: (),
	) -> Result<Self::InherentDataProviders, Box<dyn Error + Send + Sync>> {
		let time = TimeProvider::from_system_time();
		Ok((SlotProvider::from_timestamp_and_slot_duration(*time, self.slot_duration), time))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use gpu_chain_runtime::{opaque::Header, BlockNumber};
	use sc_consensus_slots::{
		proposing_remaining_duration, BackoffAuthoringOnFinalizedHeadLagging, SlotInfo, SlotLenienceType,
	};
	use sp_runtime::traits::Header as _;
	use std::{
		cell::Cell,
		time::{Duration, Instant},
	};

	const SLOT: Duration = Duration::from_secs(3);
	/// What a test may lose between two readings of the clock.
	const SLACK: Duration = Duration::from_millis(500);

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
			for slot in [0u64, 2, 100, u64::MAX - 1] {
				assert_eq!(strategy.should_backoff(1, 0.into(), 1, slot.into(), "test"), answer);
			}
			assert_eq!(strategy.inner.asked.get(), 4);
		}
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

	/// How long BABE gives the block of `slot` on a head of height `head_number` in slot `head_slot`, rounded to tenths
	/// of a slot.
	fn tenths_of_a_slot(head_number: BlockNumber, head_slot: u64, slot: u64) -> u128 {
		let info = SlotInfo::<Block> {
			slot: slot.into(),
			duration: SLOT,
			create_inherent_data: Box::new(()),
			ends_at: Instant::now() + SLOT + SLACK,
			chain_head: Header::new(
				head_number,
				Default::default(),
				Default::default(),
				Default::default(),
				Default::default(),
			),
			block_size_limit: None,
			storage_proof_recorder: None,
		};
		let time = proposing_remaining_duration(
			Some(head_slot.into()),
			&info,
			&proposal_portion(),
			max_proposal_portion().as_ref(),
			SlotLenienceType::Exponential,
			"test",
		);
		time.as_millis() * 10 / SLOT.as_millis()
	}

	#[test]
	fn a_block_should_have_a_slot_after_a_validators_and_half_after_a_miners() {
		assert_eq!(tenths_of_a_slot(0, 0, 100), 5, "the first block");
		assert_eq!(tenths_of_a_slot(1, 98, 100), 10, "the odd slot stayed empty");
		assert_eq!(tenths_of_a_slot(1, 99, 100), 5, "a miner filled the odd slot");
	}

	#[test]
	fn a_block_should_have_more_time_for_each_slot_that_validators_missed() {
		let times = [98, 96, 94, 92].map(|head_slot| tenths_of_a_slot(1, head_slot, 100));
		assert_eq!(times, [10, 15, 25, 45]);
	}

	#[test]
	fn the_clock_should_put_the_time_into_its_slot() {
		let clock = Clock::new(SlotDuration::from_millis(500));
		let (slot, time) =
			futures::executor::block_on(clock.create_inherent_data_providers(Default::default(), ())).unwrap();
		assert_eq!(*slot.slot(), time.timestamp().as_millis() / 500);
	}
}
