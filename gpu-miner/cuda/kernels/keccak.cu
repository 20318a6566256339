// Searches nonces whose Keccak-256 begins with a number at or below a limit.
//
// The host has computed of the first round what does not depend on lane 7, where the nonce is: after theta, rho and pi the nonce is in
// eleven lanes, each time rotated by another number, and nowhere else. Of the last round only what decides is computed: first 32 bits,
// and if they are low enough, 64.
#include "primitives.cuh"
#include "permutation.cuh"

#ifndef BLOCK
#define BLOCK 256
#endif
// Blocks that must fit on a multiprocessor together: this is what bounds registers.
#ifndef RESIDENT
#define RESIDENT 1
#endif

struct Search {
	// The state after theta, rho and pi of the first round, for lane 7 = 0.
	u64 midstate[25];
	u64 first;
	u64 count;
	// The first eight bytes of the digest, big-endian, may be this at most.
	u64 limit;
	u64 capacity;
	Powers powers;
};

// Lanes of column 1 have the nonce's parity rotated by one in them, those of column 3 the parity itself.
__device__ __forceinline__ void first_round(Lane (&state)[25], const Search& search, Lane nonce) {
	Lane moved[25];
#pragma unroll
	for (int y = 0; y < 5; y++) {
#pragma unroll
		for (int x = 0; x < 5; x++) {
			int to = y + 5 * ((2 * x + 3 * y) % 5);
			moved[to] = lane_of(search.midstate[to]);
			if (x == 3 || (x == 2 && y == 1)) moved[to] = moved[to] ^ rotate(nonce, RHO[x + 5 * y]);
			if (x == 1) moved[to] = moved[to] ^ rotate(nonce, (RHO[x + 5 * y] + 1) & 63);
		}
	}
	chi_iota(state, moved, 1);
}

extern "C" __global__ void __launch_bounds__(BLOCK, RESIDENT)
    keccak_search(const Search search, u64* __restrict__ found) {
	const u64 threads = (u64)gridDim.x * BLOCK;
	for (u64 index = (u64)blockIdx.x * BLOCK + threadIdx.x; index < search.count; index += threads) {
		const u64 nonce = search.first + index;
		Lane state[25];
		first_round(state, search, lane_of(swap_bytes(nonce)));
		keccak_rounds<1, 23>(state, search.powers);

		Parities p = parities(state);
		Lane b = rotate(xor3(state[6], p.plain[0], p.rotated[2]), RHO[6]);
		Lane c = rotate(xor3(state[12], p.plain[1], p.rotated[3]), RHO[12]);
		u32 a_lo = lop3<0x96>(state[0].lo, p.plain[4].lo, p.rotated[1].lo);
		u32 top = swap_bytes(lop3<0xD2>(a_lo, b.lo, c.lo) ^ 0x80008008u);
		if (top <= (u32)(search.limit >> 32)) {
			u32 a_hi = lop3<0x96>(state[0].hi, p.plain[4].hi, p.rotated[1].hi);
			u32 next = swap_bytes(lop3<0xD2>(a_hi, b.hi, c.hi) ^ 0x80000000u);
			if ((((u64)top << 32) | next) <= search.limit) {
				// The first word counts them.
				u64 slot = atomicAdd(found, 1ull);
				if (slot < search.capacity) found[1 + slot] = nonce;
			}
		}
	}
}
