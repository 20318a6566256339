//! Keccak-256 of `seed ‖ nonce`: 64 bytes, one permutation, with the lanes that the crate's page draws.
//!
//! Only lane 7 differs between neighbours, so the vector paths put consecutive nonces side by side, compute once per
//! search what the other lanes make of the first round, and of the last round only the lane that decides: the first
//! eight bytes of the digest against the first eight of the target.

mod scalar;
pub(crate) mod vector;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use scalar::keccak256;

use crate::Job;
use vector::{first_lane, message, FirstRound, Lanes, ROUND_CONSTANTS};

/// A way to compute hashes on this processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
	/// One hash at a time, by the book.
	Scalar,
	/// One hash at a time in plain Rust, written out like the vector paths. Two or four side by side are slower on
	/// x86-64: where a rotation is no vector instruction the compiler takes them apart again, and runs out of
	/// registers.
	Portable,
	/// Four at a time.
	Avx2,
	/// Eight at a time.
	Avx512,
}

impl Path {
	/// All of them, slowest first.
	pub const ALL: [Self; 4] = [Self::Scalar, Self::Portable, Self::Avx2, Self::Avx512];

	/// What `bench` and logs call it.
	pub fn name(self) -> &'static str {
		match self {
			Self::Scalar => "scalar",
			Self::Portable => "portable",
			Self::Avx2 => "avx2",
			Self::Avx512 => "avx512",
		}
	}

	/// Whether this processor has the instructions.
	pub fn is_available(self) -> bool {
		match self {
			Self::Scalar | Self::Portable => true,
			#[cfg(target_arch = "x86_64")]
			Self::Avx2 => std::arch::is_x86_feature_detected!("avx2"),
			#[cfg(target_arch = "x86_64")]
			Self::Avx512 => std::arch::is_x86_feature_detected!("avx512f"),
			#[cfg(not(target_arch = "x86_64"))]
			Self::Avx2 | Self::Avx512 => false,
		}
	}

	/// The fastest that this processor has.
	pub fn best() -> Self {
		*Self::ALL.iter().rev().find(|path| path.is_available()).unwrap_or(&Self::Scalar)
	}

	/// Nonces that it works on at a time.
	pub fn lanes(self) -> u64 {
		match self {
			Self::Scalar | Self::Portable => 1,
			Self::Avx2 => 4,
			Self::Avx512 => 8,
		}
	}
}

/// The paths that this processor has, slowest first.
pub fn available_paths() -> Vec<Path> {
	Path::ALL.into_iter().filter(|path| path.is_available()).collect()
}

/// Hashes `groups` groups of `path.lanes()` nonces from `first` on (wrapping), and calls `candidate` with each nonce
/// whose first eight digest bytes, as a big-endian number, are at or below `limit`.
///
/// The caller has checked that the path is available.
pub(crate) fn scan(path: Path, job: &Job, first: u64, groups: u64, limit: u64, candidate: &mut dyn FnMut(u64)) {
	debug_assert!(path.is_available());
	match path {
		Path::Scalar => {
			for index in 0..groups {
				let nonce = first.wrapping_add(index);
				let digest = keccak256(&job.input(nonce));
				if top64(&digest) <= limit {
					candidate(nonce);
				}
			}
		}
		// SAFETY: arrays are plain Rust and need no instructions.
		Path::Portable => unsafe { scan_lanes::<[u64; 1], 1>(job, first, groups, limit, candidate) },
		#[cfg(target_arch = "x86_64")]
		// SAFETY: `is_available` has seen AVX2 on this processor.
		Path::Avx2 => unsafe { x86::scan_avx2(job, first, groups, limit, candidate) },
		#[cfg(target_arch = "x86_64")]
		// SAFETY: `is_available` has seen AVX-512F on this processor.
		Path::Avx512 => unsafe { x86::scan_avx512(job, first, groups, limit, candidate) },
		#[cfg(not(target_arch = "x86_64"))]
		Path::Avx2 | Path::Avx512 => unreachable!("is_available is false elsewhere than on x86-64"),
	}
}

/// [`scan`] for a device's batch, from its midstate: what a kernel does, one nonce after the other.
pub(crate) fn scan_batch(batch: &crate::device::Batch, candidate: &mut dyn FnMut(u64)) {
	for index in 0..batch.count {
		let nonce = batch.first.wrapping_add(index);
		if top_of(batch, nonce) <= batch.limit {
			candidate(nonce);
		}
	}
}

/// What decides about a nonce of a device's batch.
pub(crate) fn top_of(batch: &crate::device::Batch, nonce: u64) -> u64 {
	let constants = ROUND_CONSTANTS.map(|constant| [constant]);
	let first = FirstRound::from_midstate(batch.midstate.map(|lane| [lane]));
	let [top] = first_lane(&first, [nonce.swap_bytes()], &constants);
	top.swap_bytes()
}

/// The first eight bytes of a digest as a big-endian number: what decides most comparisons with a target.
pub(crate) fn top64(digest: &[u8; 32]) -> u64 {
	u64::from_be_bytes(digest[..8].try_into().expect("eight bytes of thirty-two"))
}

/// Lanes that can be filled and read one by one.
pub(crate) trait LaneArray<const N: usize>: Lanes {
	/// # Safety
	/// As for [`Lanes::splat`].
	unsafe fn from_array(values: [u64; N]) -> Self;
	fn to_array(self) -> [u64; N];
}

/// # Safety
/// The processor must have the instructions of `V`, and the caller must have enabled them.
#[inline(always)]
pub(crate) unsafe fn scan_lanes<V: LaneArray<N>, const N: usize>(
	job: &Job,
	first: u64,
	groups: u64,
	limit: u64,
	candidate: &mut dyn FnMut(u64),
) {
	let message = message(&job.input(0));
	// SAFETY: as promised by the caller.
	let (first_round, constants) =
		unsafe { (FirstRound::<V>::new(&message), ROUND_CONSTANTS.map(|constant| V::splat(constant))) };
	let mut nonce = first;
	for _ in 0..groups {
		let nonces: [u64; N] = core::array::from_fn(|lane| nonce.wrapping_add(lane as u64).swap_bytes());
		// SAFETY: as promised by the caller.
		let lane = unsafe { V::from_array(nonces) };
		let tops = first_lane(&first_round, lane, &constants).to_array();
		// One comparison for the group keeps the loop short: candidates are rare.
		if tops.iter().any(|top| top.swap_bytes() <= limit) {
			for (lane, top) in tops.iter().enumerate() {
				if top.swap_bytes() <= limit {
					candidate(nonce.wrapping_add(lane as u64));
				}
			}
		}
		nonce = nonce.wrapping_add(N as u64);
	}
}

impl<const N: usize> LaneArray<N> for [u64; N] {
	#[inline(always)]
	unsafe fn from_array(values: [u64; N]) -> Self {
		values
	}
	#[inline(always)]
	fn to_array(self) -> [u64; N] {
		self
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use gpu_work::target_for_work;
	use proptest::prelude::*;
	use tiny_keccak::{Hasher, Keccak};

	fn top_of_tiny_keccak(job: &Job, nonce: u64) -> u64 {
		let mut digest = [0; 32];
		let mut keccak = Keccak::v256();
		keccak.update(&job.input(nonce));
		keccak.finalize(&mut digest);
		top64(&digest)
	}

	/// Holds the 64 bits that a path computes for each nonce of two groups against `tiny-keccak`, exactly: at a limit
	/// of its own value a nonce must be a candidate, and at one less it must not. (A search would not show what a path
	/// lets through wrongly, since every find is checked again.)
	fn assert_exact(path: Path, job: &Job, first: u64) {
		let nonces = (0..2 * path.lanes()).map(|index| first.wrapping_add(index));
		let tops: Vec<(u64, u64)> = nonces.map(|nonce| (nonce, top_of_tiny_keccak(job, nonce))).collect();
		for limit in tops.iter().flat_map(|(_, top)| [*top, top.saturating_sub(1)]) {
			let mut candidates = Vec::new();
			scan(path, job, first, 2, limit, &mut |nonce| candidates.push(nonce));
			let expected: Vec<u64> = tops.iter().filter(|(_, top)| *top <= limit).map(|(nonce, _)| *nonce).collect();
			assert_eq!(candidates, expected, "{} from {first} at {limit}", path.name());
		}
	}

	#[test]
	fn every_path_has_the_very_bits_of_tiny_keccak_at_every_carry() {
		let job = Job { seed: [3; 32], nonce_prefix: [0xff; 24], target: target_for_work(1) };
		for path in available_paths() {
			for bit in 0..64 {
				for before in [0, 1, path.lanes() / 2, path.lanes() + 1] {
					assert_exact(path, &job, (1u64 << bit).wrapping_sub(before));
				}
			}
			// The end of the nonces, and past it: a scan wraps.
			assert_exact(path, &job, u64::MAX - 2 * path.lanes());
			assert_exact(path, &job, u64::MAX - 1);
		}
	}

	#[test]
	fn no_candidate_where_there_are_no_groups() {
		for path in available_paths() {
			scan(path, &Job::new([3; 32], [0xff; 32]), 7, 0, u64::MAX, &mut |nonce| panic!("{nonce}"));
		}
	}

	proptest! {
		#[test]
		fn every_path_has_the_very_bits_of_tiny_keccak(seed: [u8; 32], nonce_prefix: [u8; 24], first: u64) {
			let job = Job { seed, nonce_prefix, target: [0xff; 32] };
			for path in available_paths() {
				assert_exact(path, &job, first);
			}
		}
	}
}
