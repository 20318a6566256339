// Reads searches from the input, a number after the other in hexadecimal: blocks, 25 lanes, first, count, limit, capacity. Writes for
// each a line: how many candidates there were, and those that there was room for.
#include "host.hpp"
#include "keccak.cu"

int main() {
	for (;;) {
		unsigned blocks = host::read_word();
		Search search;
		for (u64& lane : search.midstate) lane = host::read_word();
		search.first = host::read_word();
		search.count = host::read_word();
		search.limit = host::read_word();
		search.capacity = host::read_word();
		for (u32 i = 0; i < 32; i++) search.powers.of[i] = 1u << i;
		std::vector<u64> found(1 + search.capacity);
		host::launch_alone(blocks, BLOCK, [&] { keccak_search(search, found.data()); });
		u64 kept = found[0] < search.capacity ? found[0] : search.capacity;
		std::printf("%llx", found[0]);
		for (u64 i = 1; i <= kept; i++) std::printf(" %llx", found[i]);
		std::printf("\n");
	}
}
