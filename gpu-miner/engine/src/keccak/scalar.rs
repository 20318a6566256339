//! The scalar twin: Keccak-256 of 64 bytes as FIPS 202 writes it, one step after the other. Every find of every engine is
//! checked by it.

use super::vector::ROUND_CONSTANTS;
use gpu_work::Digest;

/// Keccak-256 (the original padding, as in Ethereum) of exactly 64 bytes.
pub fn keccak256(input: &[u8; 64]) -> Digest {
	let mut state = [0u64; 25];
	for (lane, bytes) in state.iter_mut().zip(input.chunks_exact(8)) {
		*lane = u64::from_le_bytes(bytes.try_into().expect("chunks of eight bytes"));
	}
	// The message is shorter than the rate of 136 bytes, so padding begins at byte 64 and ends with the block.
	state[8] ^= 0x01;
	state[16] ^= 0x80 << 56;
	permute(&mut state);
	let mut digest = [0u8; 32];
	for (bytes, lane) in digest.chunks_exact_mut(8).zip(state) {
		bytes.copy_from_slice(&lane.to_le_bytes());
	}
	digest
}

/// Keccak-f\[1600\]. Lane (x, y) is `state[x + 5 * y]`.
fn permute(state: &mut [u64; 25]) {
	for constant in ROUND_CONSTANTS {
		// Theta
		let parity: [u64; 5] = core::array::from_fn(|x| (0..5).fold(0, |sum, y| sum ^ state[x + 5 * y]));
		for (i, lane) in state.iter_mut().enumerate() {
			*lane ^= parity[(i + 4) % 5] ^ parity[(i + 1) % 5].rotate_left(1);
		}
		// Rho and pi: follow the one cycle that pi is, rotating by triangular numbers.
		let (mut x, mut y, mut moved) = (1, 0, state[1]);
		for step in 0..24u32 {
			(x, y) = (y, (2 * x + 3 * y) % 5);
			moved = moved.rotate_left((step + 1) * (step + 2) / 2 % 64);
			core::mem::swap(&mut moved, &mut state[x + 5 * y]);
		}
		// Chi
		for row in state.chunks_exact_mut(5) {
			let old: [u64; 5] = core::array::from_fn(|x| row[x]);
			for x in 0..5 {
				row[x] = old[x] ^ (!old[(x + 1) % 5] & old[(x + 2) % 5]);
			}
		}
		// Iota
		state[0] ^= constant;
	}
}
