// Makes rows of a matrix of the matrix lottery: 16-bit floats, of which tensor units take products that are exact.
#include "primitives.cuh"
#include "permutation.cuh"
#include "chacha.cuh"

// An integer below 2048 in absolute value as a 16-bit float, which holds it exactly.
__device__ __forceinline__ u32 half_bits(int value) {
	if (value == 0) return 0;
	u32 size = value < 0 ? -value : value;
	u32 exponent = 31 - __clz((int)size);
	return (value < 0 ? 0x8000u : 0u) | (exponent + 15) << 10 | ((size << (10 - exponent)) & 0x3ffu);
}

// What an entry a byte is: from -63 to 63.
__device__ __forceinline__ int entry_of(u32 byte) { return (int)(byte * 127 >> 8) - 63; }

// One block of threads a row, `depth / 64` threads: each makes 64 entries, 128 bytes in a piece. `rows` holds two entries a word.
extern "C" __global__ void matrix_rows(const Digest seed, u32 side, u32 batch, u64 first, u32 depth, u32* __restrict__ rows) {
	__shared__ u32 key[8];
	const u64 row = first + blockIdx.x;
	if (threadIdx.x == 0) {
		// 19 zeros, the side, the batch and the row, big-endian.
		Digest block = {{0, 0, ((u64)swap_bytes(batch) << 32) | ((u64)side << 24), swap_bytes(row)}};
		Digest digest = keccak256(seed, block);
		for (int i = 0; i < 4; i++) {
			key[2 * i] = (u32)digest.lanes[i];
			key[2 * i + 1] = (u32)(digest.lanes[i] >> 32);
		}
	}
	__syncthreads();
	for (u32 counter = threadIdx.x; counter < depth / 64; counter += blockDim.x) {
		u32 words[16];
		chacha8(words, key, counter);
		u32* out = rows + ((u64)blockIdx.x * depth + counter * 64) / 2;
#pragma unroll
		for (int i = 0; i < 16; i++) {
			u32 word = words[i];
			out[2 * i] = half_bits(entry_of(word & 0xff)) | half_bits(entry_of(word >> 8 & 0xff)) << 16;
			out[2 * i + 1] = half_bits(entry_of(word >> 16 & 0xff)) | half_bits(entry_of(word >> 24)) << 16;
		}
	}
}
