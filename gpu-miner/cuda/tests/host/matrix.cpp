// Reads four lanes of a seed, batch, depth, first row and column, blocks of rows and of columns, and then targets. Writes a line with the
// first row of A and one with the last column of B, as 16-bit floats, and then for each target the tickets that win.
#include "host.hpp"
#include "rows.cu"
#include "tiles.cu"

static void show(const std::vector<u32>& rows, u32 depth, u64 row) {
	for (u32 i = 0; i < depth / 2; i++) std::printf("%x %x ", rows[row * depth / 2 + i] & 0xffff, rows[row * depth / 2 + i] >> 16);
	std::printf("\n");
}

int main() {
	Digest seed;
	for (u64& lane : seed.lanes) lane = host::read_word();
	Product product;
	product.key = seed.lanes[0];
	product.batch = host::read_word();
	product.depth = host::read_word();
	product.first_row = host::read_word();
	product.first_column = host::read_word();
	product.row_blocks = host::read_word();
	product.column_blocks = host::read_word();
	product.capacity = 1 << 16;
	u32 heights[2] = {product.row_blocks * SIDE, product.column_blocks * SIDE}, firsts[2] = {product.first_row, product.first_column};
	std::vector<u32> sides[2];
	for (u32 side = 0; side < 2; side++) {
		sides[side].resize((u64)heights[side] * product.depth / 2);
		host::launch(heights[side], product.depth / 64, [&] {
			matrix_rows(seed, side, product.batch, firsts[side], product.depth, sides[side].data());
		});
	}
	show(sides[0], product.depth, 0);
	show(sides[1], product.depth, heights[1] - 1);
	for (;;) {
		product.target = host::read_word();
		std::vector<u64> found(1 + product.capacity);
		host::launch(product.row_blocks * product.column_blocks, WARPS * 32, [&] {
			matrix_tickets(product, (const char*)sides[0].data(), (const char*)sides[1].data(), found.data());
		});
		std::printf("%llx", found[0]);
		for (u64 i = 1; i <= found[0]; i++) std::printf(" %llx", found[i]);
		std::printf("\n");
	}
}
