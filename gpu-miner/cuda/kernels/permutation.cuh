// Keccak-f[1600] on 25 lanes in registers. Lane (x, y) is state[x + 5 * y].
#ifndef GPU_MINER_PERMUTATION
#define GPU_MINER_PERMUTATION

// How many of the 24 rotations of a round are done by the multiplier.
#ifndef MULTIPLIED
#define MULTIPLIED 0
#endif

// Rounds written out one after the other. The loop around them costs instructions, a body that is too long misses the instruction cache.
#ifndef UNROLL
#define UNROLL 22
#endif

__device__ constexpr u32 RHO[25] = {0,  1,  62, 28, 27, 36, 44, 6,  55, 20, 3,  10, 43,
                                    25, 39, 41, 45, 15, 21, 8,  18, 2,  61, 56, 14};

#define ROUND_CONSTANT_VALUES                                                                                            \
	{0x0000000000000001ull, 0x0000000000008082ull, 0x800000000000808Aull, 0x8000000080008000ull, 0x000000000000808Bull,  \
	 0x0000000080000001ull, 0x8000000080008081ull, 0x8000000000008009ull, 0x000000000000008Aull, 0x0000000000000088ull,  \
	 0x0000000080008009ull, 0x000000008000000Aull, 0x000000008000808Bull, 0x800000000000008Bull, 0x8000000000008089ull,  \
	 0x8000000000008003ull, 0x8000000000008002ull, 0x8000000000000080ull, 0x000000000000800Aull, 0x800000008000000Aull,  \
	 0x8000000080008081ull, 0x8000000000008080ull, 0x0000000080000001ull, 0x8000000080008008ull}

__constant__ u64 ROUND_CONSTANTS[24] = ROUND_CONSTANT_VALUES;

// 1 << n for n below 32, as the kernel was given them.
struct Powers {
	u32 of[32];
};

__device__ __forceinline__ Lane rho(Lane a, u32 lane, const Powers& powers) {
	// A lane in every row, then a second one, so that neither pipe waits for the other for long.
	bool multiplied = lane != 0 && (int)((lane * 7 + 24) % 25) < MULTIPLIED;
	return multiplied ? rotate_by_multiplying(a, RHO[lane], powers.of[RHO[lane] & 31]) : rotate(a, RHO[lane]);
}

// Chi of all rows, and iota.
__device__ __forceinline__ void chi_iota(Lane (&state)[25], const Lane (&moved)[25], u64 constant) {
#pragma unroll
	for (int y = 0; y < 25; y += 5) {
#pragma unroll
		for (int x = 0; x < 5; x++) state[y + x] = chi(moved[y + x], moved[y + (x + 1) % 5], moved[y + (x + 2) % 5]);
	}
	state[0] = state[0] ^ lane_of(constant);
}

// What theta makes of the columns: each one's parity, and the parity rotated by one.
struct Parities {
	Lane plain[5], rotated[5];
};

__device__ __forceinline__ Parities parities(const Lane (&state)[25]) {
	Parities p;
#pragma unroll
	for (int x = 0; x < 5; x++) {
		p.plain[x] = xor3(xor3(state[x], state[x + 5], state[x + 10]), state[x + 15], state[x + 20]);
		p.rotated[x] = rotate(p.plain[x], 1);
	}
	return p;
}

__device__ __forceinline__ void keccak_round(Lane (&state)[25], u64 constant, const Powers& powers) {
	Parities p = parities(state);
	Lane moved[25];
#pragma unroll
	for (int y = 0; y < 5; y++) {
#pragma unroll
		for (int x = 0; x < 5; x++) {
			Lane mixed = xor3(state[x + 5 * y], p.plain[(x + 4) % 5], p.rotated[(x + 1) % 5]);
			moved[y + 5 * ((2 * x + 3 * y) % 5)] = rho(mixed, x + 5 * y, powers);
		}
	}
	chi_iota(state, moved, constant);
}

// Rounds FIRST to LAST - 1.
template <int FIRST, int LAST>
__device__ __forceinline__ void keccak_rounds(Lane (&state)[25], const Powers& powers) {
#if UNROLL >= 22
	// All of them: the constants become parts of instructions.
	constexpr u64 constants[24] = ROUND_CONSTANT_VALUES;
#pragma unroll
	for (int round = FIRST; round < LAST; round++) keccak_round(state, constants[round], powers);
#else
#pragma unroll UNROLL
	for (int round = FIRST; round < LAST; round++) keccak_round(state, ROUND_CONSTANTS[round], powers);
#endif
}

#endif
