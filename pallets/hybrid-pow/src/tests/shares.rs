//! How many blocks miners make, by simulation: the real retarget and spacing, and miners as a random process.

use crate::{retarget, LaneState};
use rand::{rngs::StdRng, Rng, SeedableRng};
use sp_core::U256;

const SPACING: u32 = 4;

/// A chain with a block of a validator on each even slot, and miners with a hash rate on the odd ones.
struct Chain {
	lane: LaneState,
	difficulty: U256,
	slot: u64,
	rng: StdRng,
	/// Whether each block was a miner's.
	blocks: Vec<bool>,
}

impl Chain {
	fn new(difficulty: f64) -> Self {
		let rng = StdRng::seed_from_u64(19);
		let difficulty = U256::from(difficulty as u128);
		Self { lane: LaneState::default(), difficulty, slot: 1_000, rng, blocks: Vec::new() }
	}

	/// One block of a validator, and perhaps one of a miner on it. `rate`: hashes from one validator's block to the next.
	fn step(&mut self, rate: f64) {
		self.slot += 2;
		self.lane = self.lane.after_validator(self.slot);
		self.difficulty = retarget::after_validator(self.difficulty, retarget::LOWEST);
		self.blocks.push(false);
		let chance = 1.0 - (-rate / self.difficulty.low_u128() as f64).exp();
		if self.lane.is_open(SPACING) && self.rng.gen_bool(chance) {
			self.lane = self.lane.after_miner(self.slot + 1);
			self.difficulty = retarget::after_miner(self.difficulty, retarget::LOWEST);
			self.blocks.push(true);
		}
	}

	fn run(&mut self, steps: u32, rate: f64) {
		(0..steps).for_each(|_| self.step(rate));
	}

	/// The miners' share of all blocks from the `from`th on.
	fn share(&self, from: usize) -> f64 {
		share(&self.blocks[from..])
	}
}

fn share(blocks: &[bool]) -> f64 {
	blocks.iter().filter(|mined| **mined).count() as f64 / blocks.len() as f64
}

/// The difficulty at which miners of `rate` make one block in twenty: they search 16 of every 20 blocks, as the lane is
/// closed on four, so that one search succeeds in 16.
fn balanced(rate: f64) -> f64 {
	rate / -(1.0f64 - 1.0 / 16.0).ln()
}

#[test]
fn the_steady_share_is_five_percent() {
	for rate in [1e7, 1e9, 1e15] {
		let mut chain = Chain::new(balanced(rate));
		chain.run(200_000, rate);
		let share = chain.share(0);
		assert!((share - 0.05).abs() < 0.000_5, "{share}");
	}
}

#[test]
fn any_start_finds_the_balance() {
	let rate = 1e9;
	for start in [1e6, 1e8, 1e10, 1e12] {
		let mut chain = Chain::new(start);
		chain.run(20_000, rate);
		let ratio = chain.difficulty.low_u128() as f64 / balanced(rate);
		assert!((0.3..3.0).contains(&ratio), "from {start}: {ratio}");
		let settled = chain.blocks.len();
		chain.run(100_000, rate);
		assert!((chain.share(settled) - 0.05).abs() < 0.001);
	}
}

#[test]
fn hopping_gains_no_blocks() {
	// Ten times the hash power comes for a while and goes, in turns of different lengths.
	for turn in [20, 60, 200, 360, 1_000] {
		let rate = 1e9;
		let mut chain = Chain::new(balanced(rate));
		chain.run(2_000, rate);
		let from = chain.blocks.len();
		for _ in 0..(200_000 / (2 * turn)) {
			chain.run(turn, 10.0 * rate);
			chain.run(turn, rate);
		}
		let share = chain.share(from);
		assert!((share - 0.05).abs() < 0.001, "turns of {turn}: {share}");
	}
}

#[test]
fn a_jump_never_gives_miners_more_than_one_block_in_five() {
	let rate = 1e9;
	let mut chain = Chain::new(balanced(rate));
	chain.run(2_000, rate);
	let from = chain.blocks.len();
	chain.run(2_000, 20.0 * rate);
	let after = &chain.blocks[from - 5..];
	assert!(after.windows(5).all(|window| window.iter().filter(|mined| **mined).count() <= 1));
	let peak = after.windows(100).map(share).fold(0.0, f64::max);
	assert!((0.10..=0.20).contains(&peak), "{peak}");
	assert!((share(&after[after.len() - 1_000..]) - 0.05).abs() < 0.02, "and it passes");
}

#[test]
fn a_drop_leaves_fewer_blocks_for_a_while() {
	let rate = 20e9;
	let mut chain = Chain::new(balanced(rate));
	chain.run(2_000, rate);
	let from = chain.blocks.len();
	chain.run(2_880, rate / 20.0);
	let share = chain.share(from);
	assert!((0.015..0.04).contains(&share), "{share}");
	chain.run(100_000, rate / 20.0);
	assert!((chain.share(from + 10_000) - 0.05).abs() < 0.001, "and it passes");
}

#[test]
fn without_miners_the_difficulty_falls_to_its_minimum() {
	let mut chain = Chain::new(1e12);
	chain.run(10_000, 0.0);
	assert_eq!((chain.difficulty, chain.share(0)), (retarget::LOWEST, 0.0));
}
