// The matrix lottery: multiplies rows with columns on tensor units and folds each tile of 16 by 16 into one number.
//
// A block of four warps does 128 rows by 128 columns, each warp 64 by 64: sixteen tickets. Rows and columns come in through three
// stages of shared memory, 32 entries deep each. In shared memory a row is four chunks of 16 bytes; the chunks of neighbouring rows are
// exchanged in such a way that eight rows of one column of chunks lie in eight different groups of banks.
#include "primitives.cuh"

#define SIDE 128
#define STEP 32
#define STAGES 3
#define WARPS 4

struct Product {
	u64 key;     // the seed's first eight bytes
	u64 target;  // a number at or below it wins
	u64 capacity;
	u32 batch;
	u32 depth;
	// In rows and columns of the batch, multiples of SIDE: where the rows and columns begin that are in memory,
	u32 first_row;
	u32 first_column;
	// and how many blocks of SIDE rows and of SIDE columns there are.
	u32 row_blocks;
	u32 column_blocks;
};

__device__ __forceinline__ u64 mix64(u64 z) {
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

// Sixteen bytes from global to shared memory, not waited for.
__device__ __forceinline__ void copy_16(void* to, const void* from) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
	u32 address = (u32)__cvta_generic_to_shared(to);
	asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(address), "l"(from) : "memory");
#else
	*(uint4*)to = *(const uint4*)from;
#endif
}

__device__ __forceinline__ void commit_copies() {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
	asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}

// Waits until all but the newest `LEFT` groups of copies are there.
template <int LEFT>
__device__ __forceinline__ void await_copies() {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
	asm volatile("cp.async.wait_group %0;" ::"n"(LEFT) : "memory");
#endif
}

// Four matrices of 8 by 8 16-bit numbers. Lane i says where row i % 8 of matrix i / 8 lies, and gets of each matrix the numbers
// 2 * (i % 4) and the next of row i / 4.
__device__ __forceinline__ void load_matrices(u32 (&to)[4], const void* row) {
#ifdef __CUDA_ARCH__
	u32 address = (u32)__cvta_generic_to_shared(row);
	asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
	             : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
	             : "r"(address)
	             : "memory");
#else
	emulate_load_matrices(to, row);
#endif
}

// sums += a * b, 16 rows by 8 columns, 16 deep.
__device__ __forceinline__ void multiply(float (&sums)[4], const u32 (&a)[4], u32 b0, u32 b1) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
	asm volatile(
	    "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
	    : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
	    : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
#elif defined(__CUDA_ARCH__)
	// Turing's units are eight deep.
	asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
	             : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
	             : "r"(a[0]), "r"(a[1]), "r"(b0));
	asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
	             : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
	             : "r"(a[2]), "r"(a[3]), "r"(b1));
#else
	emulate_multiply(sums, a, b0, b1);
#endif
}

// Where in a stage, in bytes, chunk `chunk` of row `row` lies.
__device__ __forceinline__ u32 place(u32 row, u32 chunk) { return row * (STEP * 2) + ((chunk ^ (row >> 1 & 3)) * 16); }

// The next `STEP` entries of 128 rows and 128 columns.
__device__ __forceinline__ void fetch(char* stage, const char* rows, const char* columns, u32 depth, u32 step) {
#pragma unroll
	for (u32 part = threadIdx.x; part < SIDE * 4; part += WARPS * 32) {
		u32 row = part / 4, chunk = part % 4;
		u64 from = ((u64)row * depth + step * STEP + chunk * 8) * 2;
		copy_16(stage + place(row, chunk), rows + from);
		copy_16(stage + SIDE * STEP * 2 + place(row, chunk), columns + from);
	}
}

extern "C" __global__ void __launch_bounds__(WARPS * 32, 2)
    matrix_tickets(const Product product, const char* __restrict__ rows, const char* __restrict__ columns, u64* __restrict__ found) {
	__shared__ __align__(128) char stages[STAGES][2 * SIDE * STEP * 2];
	// Eight blocks of rows go through all columns together, so that both stay in the second-level cache.
	const u32 group = 8 * product.column_blocks, first_block = blockIdx.x / group * 8;
	const u32 height = product.row_blocks - first_block < 8 ? product.row_blocks - first_block : 8;
	const u32 block_row = first_block + blockIdx.x % group % height, block_column = blockIdx.x % group / height;
	const u32 warp = threadIdx.x / 32, lane = threadIdx.x % 32;
	const u32 warp_row = warp / 2 * 64, warp_column = warp % 2 * 64;
	const char* a = rows + (u64)block_row * SIDE * product.depth * 2;
	const char* b = columns + (u64)block_column * SIDE * product.depth * 2;

	float sums[4][8][4];
#pragma unroll
	for (int i = 0; i < 4; i++)
#pragma unroll
		for (int j = 0; j < 8; j++)
#pragma unroll
			for (int k = 0; k < 4; k++) sums[i][j][k] = 0;

	const u32 steps = product.depth / STEP;
#pragma unroll
	for (u32 stage = 0; stage < STAGES - 1; stage++) {
		if (stage < steps) fetch(stages[stage], a, b, product.depth, stage);
		commit_copies();
	}
	for (u32 step = 0; step < steps; step++) {
		await_copies<STAGES - 2>();
		// What this step reads is there for all, and what is overwritten now was read by all in the step before.
		__syncthreads();
		u32 next = step + STAGES - 1;
		if (next < steps) fetch(stages[next % STAGES], a, b, product.depth, next);
		commit_copies();
		const char* stage = stages[step % STAGES];
#pragma unroll
		for (u32 half = 0; half < 2; half++) {
			u32 left[4][4], right[4][4];
#pragma unroll
			for (int i = 0; i < 4; i++) {
				load_matrices(left[i], stage + place(warp_row + i * 16 + lane % 16, half * 2 + lane / 16));
				load_matrices(right[i], stage + SIDE * STEP * 2 +
				                            place(warp_column + i * 16 + lane % 8 + lane / 16 * 8, half * 2 + lane / 8 % 2));
			}
#pragma unroll
			for (int i = 0; i < 4; i++) {
#pragma unroll
				for (int j = 0; j < 8; j++) multiply(sums[i][j], left[i], right[j / 2][j % 2 * 2], right[j / 2][j % 2 * 2 + 1]);
			}
		}
	}

	const u64 row_tile = (product.first_row + block_row * SIDE + warp_row) / 16;
	const u64 column_tile = (product.first_column + block_column * SIDE + warp_column) / 16;
#pragma unroll
	for (int i = 0; i < 4; i++) {
#pragma unroll
		for (int j = 0; j < 4; j++) {
			const u64 ticket = (u64)product.batch << 32 | (row_tile + i) << 16 | (column_tile + j);
			const u64 key = mix64(product.key ^ mix64(ticket));
			u64 sum = 0;
#pragma unroll
			for (u32 part = 0; part < 8; part++) {
				u32 u = lane / 4 + (part & 2 ? 8 : 0), v = lane % 4 * 2 + (part & 1) + (part & 4 ? 8 : 0);
				u32 entry = (u32)(int)sums[i][j * 2 + part / 4][part % 4];
				sum += mix64(key ^ ((u64)(u * 16 + v) << 32 | entry));
			}
#pragma unroll
			for (u32 distance = 16; distance > 0; distance /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, distance);
			if (lane == 0 && sum <= product.target) {
				u64 slot = atomicAdd(found, 1ull);
				if (slot < product.capacity) found[1 + slot] = ticket;
			}
		}
	}
}
