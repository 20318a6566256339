//! How long building a block may take, and on what clock. In which slots, the two lanes' rules say:
//! [`gpu_chain_consensus::EvenSlotsOnly`].

use gpu_chain_runtime::{opaque::Block, Hash};
use sc_consensus_babe::SlotProportion;
use sp_consensus_babe::{inherents::InherentDataProvider as SlotProvider, SlotDuration};
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
	use sc_consensus_slots::{proposing_remaining_duration, SlotInfo, SlotLenienceType};
	use sp_runtime::traits::Header as _;
	use std::time::{Duration, Instant};

	const SLOT: Duration = Duration::from_secs(3);
	/// What a test may lose between two readings of the clock.
	const SLACK: Duration = Duration::from_millis(500);

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
