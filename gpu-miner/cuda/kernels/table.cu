// The resident table: fills it, and walks through it.
#include "primitives.cuh"
#include "permutation.cuh"
#include "chacha.cuh"

// Elements `first` to `first + count` go to the beginning of `table`.
extern "C" __global__ void __launch_bounds__(256) table_fill(const Digest seed, u64 first, u64 count, Digest* __restrict__ table) {
	const u64 threads = (u64)gridDim.x * blockDim.x;
	for (u64 at = (u64)blockIdx.x * blockDim.x + threadIdx.x; at < count; at += threads) {
		Digest hash = seed, index = number(first + at);
#pragma unroll 1
		for (int link = 0; link < 16; link++) hash = keccak256(hash, index);
		table[at] = hash;
	}
}

// Walks `first` to `first + count` of sixteen reads each.
extern "C" __global__ void __launch_bounds__(256)
    table_walk(const Digest entropy, u64 first, u64 count, u64 elements, u64 target, u64 capacity,
               const Digest* __restrict__ table, u64* __restrict__ found) {
	const u64 threads = (u64)gridDim.x * blockDim.x;
	for (u64 at = (u64)blockIdx.x * blockDim.x + threadIdx.x; at < count; at += threads) {
		Digest hash = keccak256(entropy, number(first + at));
#pragma unroll 1
		for (int step = 0; step < 16; step++) {
			Digest element = table[__umul64hi(swap_bytes(hash.lanes[0]), elements)];
			hash = keccak256(hash, element);
		}
		if (swap_bytes(hash.lanes[0]) <= target) {
			u64 slot = atomicAdd(found, 1ull);
			if (slot < capacity) found[1 + slot] = first + at;
		}
	}
}
