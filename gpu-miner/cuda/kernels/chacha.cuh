// Keccak-256 of 64 bytes, and ChaCha8: what the lotteries' tables and matrices are made of.
#ifndef GPU_MINER_CHACHA
#define GPU_MINER_CHACHA

// Four lanes: a digest, or half of what is hashed.
struct Digest {
	u64 lanes[4];
};

__device__ __forceinline__ Digest keccak256(const Digest& left, const Digest& right) {
	const Powers powers = {};
	static_assert(MULTIPLIED == 0, "these powers are none");
	Lane state[25];
#pragma unroll
	for (int i = 0; i < 25; i++) state[i] = Lane{0, 0};
#pragma unroll
	for (int i = 0; i < 4; i++) {
		state[i] = lane_of(left.lanes[i]);
		state[4 + i] = lane_of(right.lanes[i]);
	}
	state[8] = lane_of(1);
	state[16] = lane_of(1ull << 63);
	// Two at a time: these hashes are latency, not throughput, and a short loop stays in the instruction cache.
#pragma unroll 2
	for (int round = 0; round < 24; round++) keccak_round(state, ROUND_CONSTANTS[round], powers);
	Digest digest;
#pragma unroll
	for (int i = 0; i < 4; i++) digest.lanes[i] = value_of(state[i]);
	return digest;
}

// 32 bytes that are zero but for a big-endian number at their end.
__device__ __forceinline__ Digest number(u64 low) {
	Digest block = {{0, 0, 0, swap_bytes(low)}};
	return block;
}

__device__ __forceinline__ void quarter(u32& a, u32& b, u32& c, u32& d) {
	a += b, d = __funnelshift_l(d ^ a, d ^ a, 16);
	c += d, b = __funnelshift_l(b ^ c, b ^ c, 12);
	a += b, d = __funnelshift_l(d ^ a, d ^ a, 8);
	c += d, b = __funnelshift_l(b ^ c, b ^ c, 7);
}

// One block of 16 words, which are its bytes in little-endian order.
__device__ __forceinline__ void chacha8(u32 (&words)[16], const u32* key, u32 counter) {
	u32 start[16] = {0x61707865u, 0x3320646eu, 0x79622d32u, 0x6b206574u, key[0], key[1], key[2], key[3],
	                 key[4],      key[5],      key[6],      key[7],      counter, 0,     0,      0};
#pragma unroll
	for (int i = 0; i < 16; i++) words[i] = start[i];
#pragma unroll
	for (int twice = 0; twice < 4; twice++) {
		quarter(words[0], words[4], words[8], words[12]);
		quarter(words[1], words[5], words[9], words[13]);
		quarter(words[2], words[6], words[10], words[14]);
		quarter(words[3], words[7], words[11], words[15]);
		quarter(words[0], words[5], words[10], words[15]);
		quarter(words[1], words[6], words[11], words[12]);
		quarter(words[2], words[7], words[8], words[13]);
		quarter(words[3], words[4], words[9], words[14]);
	}
#pragma unroll
	for (int i = 0; i < 16; i++) words[i] += start[i];
}

#endif
