//! The resident table: a proof of memory that is there while the window lasts.
//!
//! # The game
//! Before the window a provider fills [`elements`] of [`ELEMENT`] bytes each, [`element`], under a seed of its own. Then entropy that
//! nobody knew before starts *walks* of [`STEPS`] reads, each of which decides where the next one is: [`walk`]. A walk whose last hash
//! is at most a target wins, and wins are counted as those of the matrix lottery are.
//!
//! # What it shows
//! A read from the device's own memory takes well under a microsecond and thousands run side by side; one from the host's memory crosses
//! a bus, and an element that was thrown away costs [`CHAIN`] hashes. So who has less memory than it claims walks slower by the missing
//! part times that cost. By how much is to be calibrated for each class of devices, not assumed.

use crate::{
	hash_input,
	lottery::{leading, stamp, Foreign},
	Digest, Nonce, Seed,
};

/// Bytes of an element.
pub const ELEMENT: u64 = 32;
/// Hashes behind an element.
pub const CHAIN: u32 = 16;
/// Reads of a walk.
pub const STEPS: u32 = 16;

/// Walks that a device may start under one seed: their numbers have 56 bits.
pub const WALKS: u128 = 1 << 56;

/// The start of a device's `number`-th walk under the seed of its table: the seed's stamp, then the number's low 56 bits.
pub const fn start(seed: &Seed, number: u64) -> Nonce {
	(stamp(seed) as u64) << 56 | number & (u64::MAX >> 8)
}

/// Whether a walk is one of a device's own.
///
/// # Errors
/// [`Foreign::Seed`].
pub const fn check_start(seed: &Seed, start: Nonce) -> Result<(), Foreign> {
	if (start >> 56) as u8 == stamp(seed) {
		Ok(())
	} else {
		Err(Foreign::Seed)
	}
}

/// Elements of a table that fills nine tenths of `bytes`.
pub const fn elements(bytes: u64) -> u64 {
	bytes / 10 * 9 / ELEMENT
}

/// Element `index` of the table under `seed`: `h ← keccak256(seed ‖ index)`, then fifteen times `h ← keccak256(h ‖ index)`.
pub fn element(keccak256: impl Fn(&[u8; 64]) -> Digest, seed: &Seed, index: u64) -> Digest {
	(0..CHAIN).fold(*seed, |hash, _| keccak256(&hash_input(&hash, index)))
}

/// Where a walk reads next, in a table of `elements`: the place of the hash's first 64 bits among all of them.
pub fn place(hash: &Digest, elements: u64) -> u64 {
	((u128::from(leading(hash)) * u128::from(elements)) >> 64) as u64
}

/// The last hash of walk `start` under `entropy`: `h ← keccak256(entropy ‖ start)`, then [`STEPS`] times
/// `h ← keccak256(h ‖ element(place(h)))`.
pub fn walk(
	keccak256: impl Fn(&[u8; 64]) -> Digest,
	entropy: &Seed,
	start: Nonce,
	elements: u64,
	mut read: impl FnMut(u64) -> Digest,
) -> Digest {
	let mut hash = keccak256(&hash_input(entropy, start));
	for _ in 0..STEPS {
		let mut input = [0u8; 64];
		input[..32].copy_from_slice(&hash);
		input[32..].copy_from_slice(&read(place(&hash, elements)));
		hash = keccak256(&input);
	}
	hash
}

/// A walk's number: the first 64 bits of its last hash.
pub fn score(hash: &Digest) -> u64 {
	leading(hash)
}

/// Whether a walk wins: 273 hashes and no memory, as the runtime recomputes it.
pub fn check_walk(
	keccak256: impl Fn(&[u8; 64]) -> Digest + Copy,
	seed: &Seed,
	entropy: &Seed,
	start: Nonce,
	elements: u64,
	target: u64,
) -> bool {
	let last = walk(keccak256, entropy, start, elements, |index| element(keccak256, seed, index));
	score(&last) <= target
}
