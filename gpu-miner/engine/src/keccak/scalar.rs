//! The scalar twin: Keccak-256 of 64 bytes as FIPS 202 writes it, one step after the other. Every find of every engine
//! is checked by it.

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

/// Where pi puts the lane that it takes up at each step of its one cycle, which begins at lane 1.
const PI: [usize; 24] = {
	let (mut order, mut x, mut y, mut step) = ([0; 24], 1, 0, 0);
	while step < 24 {
		(x, y) = (y, (2 * x + 3 * y) % 5);
		order[step] = x + 5 * y;
		step += 1;
	}
	order
};

/// By how much rho rotates the lane that is taken up at each step: the triangular numbers.
const RHO: [u32; 24] = {
	let (mut rotations, mut step) = ([0; 24], 0);
	while step < 24 {
		rotations[step] = ((step + 1) * (step + 2) / 2 % 64) as u32;
		step += 1;
	}
	rotations
};

/// Keccak-f\[1600\]. Lane (x, y) is `state[x + 5 * y]`.
fn permute(state: &mut [u64; 25]) {
	for constant in ROUND_CONSTANTS {
		// Theta
		let parity: [u64; 5] =
			core::array::from_fn(|x| state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20]);
		let added: [u64; 5] = core::array::from_fn(|x| parity[(x + 4) % 5] ^ parity[(x + 1) % 5].rotate_left(1));
		for row in state.chunks_exact_mut(5) {
			for x in 0..5 {
				row[x] ^= added[x];
			}
		}
		// Rho and pi
		let mut moved = state[1];
		for step in 0..24 {
			moved = moved.rotate_left(RHO[step]);
			core::mem::swap(&mut moved, &mut state[PI[step]]);
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
