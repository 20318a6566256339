// What every kernel of this folder is written in: fixed-width integers, and the few instructions that the compiler would not choose by
// itself. Compiled by nvrtc for devices, and by any C++17 compiler over host.hpp, where each of them is emulated.
#ifndef GPU_MINER_PRIMITIVES
#define GPU_MINER_PRIMITIVES

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

// A 64-bit word as the two registers that it is on a device.
struct Lane {
	u32 lo, hi;
};

__device__ __forceinline__ Lane lane_of(u64 value) {
	Lane lane = {(u32)value, (u32)(value >> 32)};
	return lane;
}

__device__ __forceinline__ u64 value_of(Lane lane) { return ((u64)lane.hi << 32) | lane.lo; }

// Any function of three bits, by its truth table, in one instruction. The tables: a = 0xF0, b = 0xCC, c = 0xAA.
template <u32 TABLE>
__device__ __forceinline__ u32 lop3(u32 a, u32 b, u32 c) {
#ifdef __CUDA_ARCH__
	u32 result;
	asm("lop3.b32 %0, %1, %2, %3, %4;" : "=r"(result) : "r"(a), "r"(b), "r"(c), "n"(TABLE));
	return result;
#else
	u32 result = 0;
	for (u32 row = 0; row < 8; row++)
		if (TABLE >> row & 1) result |= (row & 4 ? a : ~a) & (row & 2 ? b : ~b) & (row & 1 ? c : ~c);
	return result;
#endif
}

// a ^ b ^ c
__device__ __forceinline__ Lane xor3(Lane a, Lane b, Lane c) {
	Lane lane = {lop3<0x96>(a.lo, b.lo, c.lo), lop3<0x96>(a.hi, b.hi, c.hi)};
	return lane;
}

// a ^ (~b & c)
__device__ __forceinline__ Lane chi(Lane a, Lane b, Lane c) {
	Lane lane = {lop3<0xD2>(a.lo, b.lo, c.lo), lop3<0xD2>(a.hi, b.hi, c.hi)};
	return lane;
}

__device__ __forceinline__ Lane operator^(Lane a, Lane b) {
	Lane lane = {a.lo ^ b.lo, a.hi ^ b.hi};
	return lane;
}

// Two funnel shifts, or none.
__device__ __forceinline__ Lane rotate(Lane a, u32 by) {
	Lane lane = by & 32 ? Lane{a.hi, a.lo} : a;
	if ((by & 31) == 0) return lane;
	Lane rotated = {__funnelshift_l(lane.hi, lane.lo, by & 31), __funnelshift_l(lane.lo, lane.hi, by & 31)};
	return rotated;
}

// The same on the pipe of the integer multiplier, which logic leaves idle. `power` is 1 << (by & 31), not known to the compiler, which
// would make shifts of it again.
__device__ __forceinline__ Lane rotate_by_multiplying(Lane a, u32 by, u32 power) {
	Lane lane = by & 32 ? Lane{a.hi, a.lo} : a;
	if ((by & 31) == 0) return lane;
	Lane rotated;
#ifdef __CUDA_ARCH__
	asm("{\n\t.reg .u64 wide;\n\t.reg .u32 low, high;\n\t"
	    "mul.wide.u32 wide, %2, %4;\n\tmov.b64 {low, high}, wide;\n\t"
	    "mad.lo.u32 %1, %3, %4, high;\n\tmad.hi.u32 %0, %3, %4, low;\n\t}"
	    : "=&r"(rotated.lo), "=&r"(rotated.hi)
	    : "r"(lane.lo), "r"(lane.hi), "r"(power));
#else
	u64 wide = (u64)lane.lo * power;
	rotated.hi = lane.hi * power + (u32)(wide >> 32);
	rotated.lo = (u32)((u64)lane.hi * power >> 32) + (u32)wide;
#endif
	return rotated;
}

// The bytes in the other order.
__device__ __forceinline__ u32 swap_bytes(u32 value) { return __byte_perm(value, 0, 0x0123); }

__device__ __forceinline__ u64 swap_bytes(u64 value) {
	return ((u64)swap_bytes((u32)value) << 32) | swap_bytes((u32)(value >> 32));
}

#endif
