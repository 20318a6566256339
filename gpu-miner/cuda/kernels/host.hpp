// What a device has and a processor has not, played by the processor: enough of CUDA to compile the kernels with any C++17 compiler
// and to run them block by block. Threads of a block are contexts that give way to one another at barriers, so that barriers,
// shuffles and matrix units mean here what they mean there; copies that are not waited for are the one thing that is not played.
#ifndef GPU_MINER_HOST
#define GPU_MINER_HOST

#include <ucontext.h>

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <vector>

#define __device__
#define __global__
#define __constant__ static const
#define __shared__ static
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __align__(bytes) __attribute__((aligned(bytes)))
#define __restrict__ __restrict

struct uint3 {
	unsigned x, y, z;
};
struct alignas(16) uint4 {
	unsigned x, y, z, w;
};

static uint3 threadIdx, blockIdx, blockDim, gridDim;

namespace host {

struct Barrier {
	unsigned arrived = 0, generation = 0;
};

// What the lanes of a warp show one another.
struct Warp {
	Barrier barrier;
	unsigned long long words[32];
	const void* rows[32];
	unsigned a[32][4], b[32][2];
};

struct Thread {
	ucontext_t context;
	std::unique_ptr<char[]> stack;
	bool over = false;
};

static ucontext_t scheduler;
static std::vector<Thread> threads;
static std::vector<Warp> warps;
static Barrier block;
static unsigned current;
static std::function<void()> body;

inline void wait_at(Barrier& barrier, unsigned size) {
	unsigned generation = barrier.generation;
	if (++barrier.arrived == size) {
		barrier.arrived = 0;
		barrier.generation++;
		return;
	}
	while (barrier.generation == generation) swapcontext(&threads[current].context, &scheduler);
}

inline Warp& warp() { return warps[threadIdx.x / 32]; }
inline unsigned lane() { return threadIdx.x % 32; }
inline void wait_for_warp() {
	unsigned left = blockDim.x - threadIdx.x / 32 * 32;
	wait_at(warp().barrier, left < 32 ? left : 32);
}

inline void enter() {
	body();
	threads[current].over = true;
}

// Runs a kernel on `blocks` blocks of `size` threads.
inline void launch(unsigned blocks, unsigned size, std::function<void()> kernel) {
	const size_t STACK = 256 * 1024;
	gridDim = {blocks, 1, 1};
	blockDim = {size, 1, 1};
	body = std::move(kernel);
	for (unsigned b = 0; b < blocks; b++) {
		blockIdx = {b, 0, 0};
		threads.resize(size);
		warps.assign((size + 31) / 32, Warp());
		block = Barrier();
		for (Thread& thread : threads) {
			getcontext(&thread.context);
			if (!thread.stack) thread.stack.reset(new char[STACK]);
			thread.context.uc_stack.ss_sp = thread.stack.get();
			thread.context.uc_stack.ss_size = STACK;
			thread.context.uc_link = &scheduler;
			thread.over = false;
			makecontext(&thread.context, enter, 0);
		}
		for (bool running = true; running;) {
			running = false;
			for (current = 0; current < size; current++) {
				if (threads[current].over) continue;
				running = true;
				threadIdx = {current, 0, 0};
				swapcontext(&scheduler, &threads[current].context);
			}
		}
	}
}

// The same for kernels in which no thread ever waits for another.
inline void launch_alone(unsigned blocks, unsigned size, const std::function<void()>& kernel) {
	gridDim = {blocks, 1, 1};
	blockDim = {size, 1, 1};
	for (unsigned b = 0; b < blocks; b++) {
		blockIdx = {b, 0, 0};
		for (unsigned t = 0; t < size; t++) {
			threadIdx = {t, 0, 0};
			kernel();
		}
	}
}

inline float half_to_float(unsigned bits) {
	unsigned exponent = bits >> 10 & 0x1f, fraction = bits & 0x3ff;
	float value = exponent == 0 ? fraction / 16777216.0f : (1024 + fraction) / 1024.0f;
	for (unsigned e = exponent; e > 15; e--) value *= 2;
	for (unsigned e = exponent; e != 0 && e < 15; e++) value /= 2;
	return bits & 0x8000 ? -value : value;
}

inline unsigned long long read_word() {
	unsigned long long word;
	if (std::scanf("%" SCNx64, (uint64_t*)&word) != 1) std::exit(0);
	return word;
}

}  // namespace host

inline void __syncthreads() { host::wait_at(host::block, blockDim.x); }

inline unsigned __funnelshift_l(unsigned low, unsigned high, unsigned by) {
	by &= 31;
	return by == 0 ? high : high << by | low >> (32 - by);
}

inline unsigned __byte_perm(unsigned a, unsigned b, unsigned selector) {
	unsigned long long bytes = (unsigned long long)b << 32 | a;
	unsigned result = 0;
	for (unsigned i = 0; i < 4; i++) result |= (unsigned)(bytes >> (selector >> 4 * i & 7) * 8 & 0xff) << 8 * i;
	return result;
}

inline int __clz(int value) { return value == 0 ? 32 : __builtin_clz((unsigned)value); }

inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
	return (unsigned long long)((unsigned __int128)a * b >> 64);
}

inline unsigned long long atomicAdd(unsigned long long* to, unsigned long long by) {
	unsigned long long before = *to;
	*to += by;
	return before;
}

inline unsigned long long __shfl_xor_sync(unsigned, unsigned long long value, unsigned distance) {
	host::warp().words[host::lane()] = value;
	host::wait_for_warp();
	unsigned long long other = host::warp().words[host::lane() ^ distance];
	host::wait_for_warp();
	return other;
}

inline void emulate_load_matrices(unsigned (&to)[4], const void* row) {
	host::warp().rows[host::lane()] = row;
	host::wait_for_warp();
	for (unsigned matrix = 0; matrix < 4; matrix++)
		to[matrix] = ((const unsigned*)host::warp().rows[matrix * 8 + host::lane() / 4])[host::lane() % 4];
	host::wait_for_warp();
}

// PTX ISA, matrix fragments for mma.m16n8k16: lane 4 g + t has of A the rows g and g + 8, of B and C the columns.
inline void emulate_multiply(float (&sums)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
	host::Warp& warp = host::warp();
	for (unsigned i = 0; i < 4; i++) warp.a[host::lane()][i] = a[i];
	warp.b[host::lane()][0] = b0;
	warp.b[host::lane()][1] = b1;
	host::wait_for_warp();
	for (unsigned i = 0; i < 4; i++) {
		unsigned row = host::lane() / 4 + i / 2 * 8, column = host::lane() % 4 * 2 + i % 2;
		for (unsigned k = 0; k < 16; k++) {
			unsigned left = warp.a[row % 8 * 4 + k % 8 / 2][row / 8 + k / 8 * 2] >> k % 2 * 16 & 0xffff;
			unsigned right = warp.b[column * 4 + k % 8 / 2][k / 8] >> k % 2 * 16 & 0xffff;
			sums[i] += host::half_to_float(left) * host::half_to_float(right);
		}
	}
	host::wait_for_warp();
}

#endif
