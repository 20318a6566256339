//! The hash and proof rules that the runtime, the node, and the CPU and GPU miners share.
//!
//! Everything here is pure and `no_std`. The hash itself is passed in as a function, because each user has a faster one of
//! its own: the runtime a host function, a miner its vectorised engine.
//!
//! # The hash
//! `keccak256(seed ‖ nonce)`, 32 bytes each: 64 bytes are one permutation of Keccak-f\[1600\]. The nonce is a 256-bit
//! big-endian number, as in Solidity's `abi.encodePacked(bytes32, uint256)`; proofs use only its low 64 bits.
//!
//! # The two proofs
//! - **Challenge** (k = 1): one nonce whose hash is at or below a target. See [`meets_target`].
//! - **Round** (k minimum values): the k smallest hashes that were found in a window, as k nonces in the order of their
//!   hashes. See [`verify_minimum_values`].
//!
//! Keccak misranks devices for other work, so there are two lotteries beside it, of matrix products ([`matrix`]) and of
//! reads from a table ([`table`]), with their common rules in [`lottery`].
//!
//! ```
//! use gpu_work::{hash_input, meets_target, target_for_work, work_for_target};
//!
//! let target = target_for_work(1 << 20);
//! assert_eq!(work_for_target(&target), 1 << 20);
//! assert!(meets_target(&[0; 32], &target));
//! assert!(!meets_target(&[0xff; 32], &target));
//! assert_eq!(hash_input(&[7; 32], 0x0102)[62..], [1, 2]);
//! ```
#![cfg_attr(not(feature = "std"), no_std)]

pub mod chacha;
pub mod lottery;
pub mod matrix;
pub mod table;

pub use primitive_types::U256;
use primitive_types::U512;

/// What a search is bound to: 32 bytes that nobody knew before the work began.
pub type Seed = [u8; 32];

/// A Keccak-256 digest. Read as a big-endian number when it is compared with a target.
pub type Digest = [u8; 32];

/// The low 64 bits of the 256-bit nonce; the rest is zero.
pub type Nonce = u64;

/// Fewer values than this make the estimator's error unbounded: its variance is `work² / (k − 2)`.
pub const MIN_VALUES: u32 = 3;

/// Why a round proof is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofError {
	/// The proof has more or fewer nonces than the round asks for.
	WrongCount {
		/// Nonces the round asks for.
		expected: u32,
		/// Nonces the proof has.
		got: u32,
	},
	/// The same nonce stands in the proof twice.
	DuplicateNonce,
	/// The nonces are not in ascending order of their hashes.
	Unsorted,
}

/// The 64 bytes that are hashed: the seed, then the nonce as a 256-bit big-endian number.
pub fn hash_input(seed: &Seed, nonce: Nonce) -> [u8; 64] {
	let mut input = [0u8; 64];
	input[..32].copy_from_slice(seed);
	input[56..].copy_from_slice(&nonce.to_be_bytes());
	input
}

/// The bytes whose Keccak-256 is a node's seed in a round: the round's entropy, its number, and the node's id, so that
/// work done for one node or round counts for no other.
pub fn round_seed_input(entropy: &[u8; 32], round: u32, node: &[u8; 32]) -> [u8; 68] {
	let mut input = [0u8; 68];
	input[..32].copy_from_slice(entropy);
	input[32..36].copy_from_slice(&round.to_be_bytes());
	input[36..].copy_from_slice(node);
	input
}

/// The 64 bytes that a miner of blocks hashes: the hash of the header without its seal, then the nonce, a 256-bit
/// big-endian number that is the whole seal.
pub fn block_input(pre_hash: &Digest, nonce: &[u8; 32]) -> [u8; 64] {
	let mut input = [0u8; 64];
	input[..32].copy_from_slice(pre_hash);
	input[32..].copy_from_slice(nonce);
	input
}

/// The target of a block of that difficulty: `(2^256 − 1) / difficulty`. A difficulty of zero counts as one hash.
pub fn target_for_difficulty(difficulty: U256) -> Digest {
	(U256::MAX / difficulty.max(U256::one())).to_big_endian()
}

/// Whether a hash is at or below the target, both read as big-endian numbers.
pub fn meets_target(digest: &Digest, target: &Digest) -> bool {
	digest <= target
}

/// The target that takes `work` hashes to meet on average: `(2^256 − 1) / work`. Zero work counts as one hash.
pub fn target_for_work(work: u128) -> Digest {
	(U256::MAX / U256::from(work.max(1))).to_big_endian()
}

/// The hashes it takes on average to meet `target`, saturating at `u128::MAX`: the inverse of [`target_for_work`].
pub fn work_for_target(target: &Digest) -> u128 {
	let target = U256::from_big_endian(target);
	if target.is_zero() {
		return u128::MAX;
	}
	saturate(U512::from(U256::MAX / target))
}

/// Checks a round proof and estimates the hashes that went into it.
///
/// `nonces` must be `k` nonces in strictly ascending order of `keccak256(seed ‖ nonce)`. The estimate is
/// `(k − 1) · 2^256 / h_k`, where `h_k` is the largest of the hashes: unbiased, with a relative error of about
/// `1/√(k − 2)` (Bar-Yossef et al., *Counting distinct elements in a data stream*, 2002; Giroire, 2009).
///
/// # Errors
/// [`ProofError`], in this order: the count, then for each neighbouring pair a duplicate or a wrong order.
pub fn verify_minimum_values(
	keccak256: impl Fn(&[u8; 64]) -> Digest,
	seed: &Seed,
	nonces: &[Nonce],
	k: u32,
) -> Result<u128, ProofError> {
	let got = nonces.len() as u32;
	if got != k || k < MIN_VALUES {
		return Err(ProofError::WrongCount { expected: k.max(MIN_VALUES), got });
	}
	let mut largest: Digest = [0; 32];
	for (i, nonce) in nonces.iter().enumerate() {
		let digest = keccak256(&hash_input(seed, *nonce));
		if i > 0 {
			if digest == largest {
				return Err(ProofError::DuplicateNonce);
			}
			if digest < largest {
				return Err(ProofError::Unsorted);
			}
		}
		largest = digest;
	}
	Ok(estimate_work(k, &largest))
}

/// The estimator itself: the hashes done by somebody whose `k`-th smallest hash is `kth`, saturating at `u128::MAX`.
pub fn estimate_work(k: u32, kth: &Digest) -> u128 {
	let kth = U512::from(U256::from_big_endian(kth).max(U256::one()));
	saturate((U512::from(k.saturating_sub(1)) << 256) / kth)
}

/// Hashes per second: `work` over a window of `window_ms` milliseconds. A window of zero counts as one millisecond.
pub fn power(work: u128, window_ms: u64) -> u128 {
	let hashes = U256::from(work) * U256::from(1000u32);
	saturate(U512::from(hashes / U256::from(window_ms.max(1))))
}

fn saturate(value: U512) -> u128 {
	u128::try_from(value).unwrap_or(u128::MAX)
}
