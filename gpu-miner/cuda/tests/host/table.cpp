// Reads four lanes of a seed, four of entropy, first, count: elements to be made, of which a line each is written. Then, again and again,
// first and count of walks and a target, and writes the walks that win.
#include "host.hpp"
#include "table.cu"

int main() {
	Digest seed, entropy;
	for (u64& lane : seed.lanes) lane = host::read_word();
	for (u64& lane : entropy.lanes) lane = host::read_word();
	u64 first = host::read_word(), count = host::read_word();
	std::vector<Digest> table(count);
	host::launch_alone(3, 64, [&] { table_fill(seed, first, count, table.data()); });
	for (const Digest& element : table)
		std::printf("%llx %llx %llx %llx\n", element.lanes[0], element.lanes[1], element.lanes[2], element.lanes[3]);
	for (;;) {
		u64 start = host::read_word(), walks = host::read_word(), target = host::read_word();
		std::vector<u64> found(1 + walks);
		host::launch_alone(2, 128, [&] { table_walk(entropy, start, walks, count, target, walks, table.data(), found.data()); });
		std::printf("%llx", found[0]);
		for (u64 i = 1; i <= found[0]; i++) std::printf(" %llx", found[i]);
		std::printf("\n");
	}
}
