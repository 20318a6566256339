//! What both lotteries, matrix products and walks through a table, have in common: targets, reveals and samples.
//!
//! A provider that claims a power of N tickets a window is given the target at which it wins [`WINS`] of them on
//! average, and passes with [`THRESHOLD`]. Wins are Poisson distributed: who has the power fails in 4 windows of
//! 10,000, who has half of it passes in one of some thousand millions (`tests/lottery.rs` computes both).

use crate::{matrix::mix64, Digest, Seed};

/// Wins that the claimed power has in a window on average.
pub const WINS: u32 = 256;
/// Wins that pass: four fifths of [`WINS`].
pub const THRESHOLD: u32 = 205;

/// Why a reveal is refused before any ticket is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevealError {
	/// There are fewer tickets than pass.
	TooFew {
		/// How many pass.
		threshold: u32,
		/// How many there are.
		got: u32,
	},
	/// A ticket stands there twice.
	Reused,
	/// Tickets are not in ascending order, by which it is seen that no ticket stands there twice.
	Unordered,
}

/// Why a ticket cannot be this device's, whatever it scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
	/// It bears the stamp of another seed: another node's, another device's or another window's.
	Seed,
	/// It bears the stamp of another batch.
	Batch,
}

/// What each ticket under a seed begins with, so that one of another node, device or window is known at a glance. The
/// eighth byte: the first eight go into [`ticket_key`](crate::matrix::ticket_key).
///
/// A stamp is a label and no proof: whoever forges one has a ticket that does not win. One of 256 foreign tickets bears
/// the right one by chance, and is refused for its score.
pub const fn stamp(seed: &Seed) -> u8 {
	seed[8]
}

/// What each ticket of the `number`-th batch under a seed bears besides.
fn batch_stamp(seed: &Seed, number: u16) -> u8 {
	(mix64(leading(seed) ^ u64::from(number)) >> 56) as u8
}

/// The `number`-th batch that a device may use under a seed: both stamps, then the number.
pub fn batch(seed: &Seed, number: u16) -> u32 {
	u32::from(stamp(seed)) << 24 | u32::from(batch_stamp(seed, number)) << 16 | u32::from(number)
}

/// Whether a batch is one of a device's own.
///
/// # Errors
/// [`Foreign`]: the seed's stamp is looked at first.
pub fn check_batch(seed: &Seed, batch: u32) -> Result<(), Foreign> {
	if (batch >> 24) as u8 != stamp(seed) {
		return Err(Foreign::Seed);
	}
	if (batch >> 16) as u8 != batch_stamp(seed, batch as u16) {
		return Err(Foreign::Batch);
	}
	Ok(())
}

/// The target at which `wins` of `tickets` win on average. None at all when there are no tickets: then all win.
pub fn target(wins: u32, tickets: u128) -> u64 {
	if tickets <= u128::from(wins) {
		return u64::MAX;
	}
	// 2^64 · wins / tickets, without 96 bits more than there are: tickets beyond 2^94 have no target but zero anyway.
	let scaled = (u128::from(wins) << 94) / tickets;
	u64::try_from(scaled >> 30).unwrap_or(u64::MAX)
}

/// The tickets that were looked at by somebody who won `wins` times: the inverse of [`target`], and unbiased.
pub fn tickets(wins: u32, target: u64) -> u128 {
	(u128::from(wins) << 64) / (u128::from(target) + 1)
}

/// Whether revealed tickets are enough and none stands there twice.
///
/// # Errors
/// [`RevealError`].
pub fn check_reveal(tickets: &[u64], threshold: u32) -> Result<(), RevealError> {
	let got = tickets.len() as u32;
	if got < threshold {
		return Err(RevealError::TooFew { threshold, got });
	}
	for pair in tickets.windows(2) {
		if pair[0] == pair[1] {
			return Err(RevealError::Reused);
		}
		if pair[0] > pair[1] {
			return Err(RevealError::Unordered);
		}
	}
	Ok(())
}

/// Bytes of a commitment's input before the tickets.
pub const COMMITMENT_HEAD: usize = 32 + 4 + 1 + 1 + 32;

/// The bytes whose Keccak-256 commits a device to its tickets, part by part: the node's id, the round (four bytes,
/// big-endian), the number of the kind of proof (0 for products, 1 for tables), the device's number, 32 bytes of salt
/// that nobody can guess, and the tickets, eight bytes each, big-endian. Nobody can show another's tickets: node,
/// round, kind and device are in it.
pub fn commitment_input(
	node: &[u8; 32],
	round: u32,
	kind: u8,
	device: u8,
	salt: &[u8; 32],
	tickets: &[u64],
	mut absorb: impl FnMut(&[u8]),
) {
	absorb(node);
	absorb(&round.to_be_bytes());
	absorb(&[kind, device]);
	absorb(salt);
	for ticket in tickets {
		absorb(&ticket.to_be_bytes());
	}
}

/// The 64 bytes whose Keccak-256 picks the `number`-th sample under `entropy`, which must be younger than the
/// commitment.
pub fn sample_input(entropy: &Seed, number: u32) -> [u8; 64] {
	crate::hash_input(entropy, u64::from(number))
}

/// The `number`-th of the revealed tickets to be recomputed, as an index below `revealed`. Zero where nothing was
/// revealed. One may be drawn twice; with 205 tickets and eight samples that is rare and does no harm.
pub fn sample(keccak256: impl Fn(&[u8; 64]) -> Digest, entropy: &Seed, number: u32, revealed: u32) -> u32 {
	let digest = keccak256(&sample_input(entropy, number));
	((u128::from(leading(&digest)) * u128::from(revealed)) >> 64) as u32
}

/// The seed of one device of a node: the Keccak-256 of the node's seed and the device's number.
pub fn device_seed(keccak256: impl Fn(&[u8; 64]) -> Digest, node_seed: &Seed, device: u32) -> Seed {
	keccak256(&crate::hash_input(node_seed, u64::from(device)))
}

/// The first eight bytes of a digest, big-endian.
pub(crate) fn leading(digest: &Digest) -> u64 {
	let mut first = [0u8; 8];
	first.copy_from_slice(&digest[..8]);
	u64::from_be_bytes(first)
}
