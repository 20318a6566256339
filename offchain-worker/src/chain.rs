//! What makes one EVM chain differ from another.

use crate::{Address, Word};

/// An EVM chain and the gateway contract on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
	/// The number that its transactions are signed for (EIP-155).
	pub chain_id: u64,
	/// The hash of its first block. A node of another chain with the same number is found out by it.
	pub genesis: Word,
	/// The gateway contract.
	pub gateway: Address,
	/// When a block is final.
	pub finality: Finality,
	/// Headers are voted on whose number is a multiple of this. Zero counts as 1.
	pub alignment: u64,
}

/// When a block can be counted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finality {
	/// When nodes say so under the tag `finalized`: Ethereum, and rollups on it.
	Finalized,
	/// When so many blocks are on top of it: chains by proof of work, as Ethereum Classic.
	Depth(u64),
}

impl Chain {
	/// The newest block that may be voted on when `finalized` is final.
	pub fn aligned(&self, finalized: u64) -> u64 {
		finalized - finalized % self.alignment.max(1)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn alignment_should_round_down() {
		let chain = |alignment| Chain {
			chain_id: 1,
			genesis: [1; 32],
			gateway: [2; 20],
			finality: Finality::Finalized,
			alignment,
		};
		assert_eq!(chain(32).aligned(31), 0);
		assert_eq!(chain(32).aligned(64), 64);
		assert_eq!(chain(0).aligned(7), 7);
		assert_eq!(chain(u64::MAX).aligned(u64::MAX), u64::MAX);
	}
}
