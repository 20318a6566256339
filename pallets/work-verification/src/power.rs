//! What a node's records say of its power at a moment. Knows no Config.

use crate::{
	lottery::{ClosedLotteries, LotteryPower},
	types::NodeWork,
	RoundNumber,
};
use codec::{Decode, Encode, MaxEncodedLen};
use gpu_chain_primitives::PowerVector;
use gpu_work::matrix;
use scale_info::TypeInfo;
use sp_runtime::traits::AtLeast32BitUnsigned;

/// What is recorded of an active node's proofs: enough to compute its power at any later moment without another read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct PowerRecord<BlockNumber> {
	/// Its rounds.
	pub rounds: NodeWork<BlockNumber>,
	/// Its lotteries.
	pub lotteries: LotteryPower<BlockNumber>,
	/// Whether it had work when this was read, which excuses a table that it cannot show. Not asked of a node without
	/// one.
	pub has_open_work: bool,
}

/// What is the same for all nodes at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PowerMoment<BlockNumber> {
	/// The block.
	pub now: BlockNumber,
	/// Blocks that a proof counts.
	pub validity: BlockNumber,
	/// The newest closed round.
	pub closed_rounds: RoundNumber,
	/// The newest lotteries that are over.
	pub closed_lotteries: ClosedLotteries,
	/// Hashes in the time of a walk, at most, for a table to count.
	pub hashes_per_walk: u32,
}

impl<BlockNumber: AtLeast32BitUnsigned + Copy> PowerRecord<BlockNumber> {
	/// All that counts for the node, which is active, at a moment. Reads nothing.
	pub fn at(&self, moment: &PowerMoment<BlockNumber>) -> PowerVector {
		let PowerMoment { now, validity, closed_rounds, closed_lotteries, hashes_per_walk } = *moment;
		let LotteryPower { compute, memory } = &self.lotteries;
		let hashes_per_second = self.rounds.verified_power(closed_rounds, now, validity);
		let compute = compute.counting(now, validity, closed_lotteries.compute, false);
		// Memory that somebody uses cannot hold a table.
		let excused = self.has_open_work && memory.newest.is_some_and(|shown| shown.round < closed_lotteries.memory);
		// Without a table each read costs sixteen hashes: who walks slower than the hashes that it showed let it walk
		// with one may have none.
		let walks_fast = |walks: u64| {
			hashes_per_walk == 0
				|| hashes_per_second > 0
					&& u128::from(walks).saturating_mul(hashes_per_walk.into()) >= hashes_per_second
		};
		let memory = memory
			.counting(now, validity, closed_lotteries.memory, excused)
			.filter(|shown| walks_fast(shown.tries_per_second));
		PowerVector {
			hashes_per_second,
			milli_tops: compute.map_or(0, |shown| matrix::milli_tops(shown.tries_per_second)),
			memory_bytes: memory.map_or(0, |shown| shown.bytes),
		}
	}
}
