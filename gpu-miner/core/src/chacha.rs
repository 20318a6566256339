//! ChaCha8 as a generator of bytes: a key, a counter of blocks, no nonce.

/// Bytes of a block.
pub const BLOCK: usize = 64;

/// "expand 32-byte k".
const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];

/// The block number `counter` under `key`: ChaCha (Bernstein, 2008) with eight rounds, laid out as in RFC 8439 with a
/// nonce of zero.
pub fn block(key: &[u8; 32], counter: u32) -> [u8; BLOCK] {
	let mut start = [0u32; 16];
	start[..4].copy_from_slice(&CONSTANTS);
	for (word, bytes) in start[4..12].iter_mut().zip(key.chunks_exact(4)) {
		*word = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
	}
	start[12] = counter;
	let mut state = start;
	for _ in 0..4 {
		quarter(&mut state, 0, 4, 8, 12);
		quarter(&mut state, 1, 5, 9, 13);
		quarter(&mut state, 2, 6, 10, 14);
		quarter(&mut state, 3, 7, 11, 15);
		quarter(&mut state, 0, 5, 10, 15);
		quarter(&mut state, 1, 6, 11, 12);
		quarter(&mut state, 2, 7, 8, 13);
		quarter(&mut state, 3, 4, 9, 14);
	}
	let mut bytes = [0u8; BLOCK];
	for ((bytes, word), start) in bytes.chunks_exact_mut(4).zip(state).zip(start) {
		bytes.copy_from_slice(&word.wrapping_add(start).to_le_bytes());
	}
	bytes
}

fn quarter(state: &mut [u32; 16], a: usize, b: usize, c: usize, d: usize) {
	for (left, right) in [(16, 12), (8, 7)] {
		state[a] = state[a].wrapping_add(state[b]);
		state[d] = (state[d] ^ state[a]).rotate_left(left);
		state[c] = state[c].wrapping_add(state[d]);
		state[b] = (state[b] ^ state[c]).rotate_left(right);
	}
}
