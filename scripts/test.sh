#!/usr/bin/env bash
# The tests of the project, from formatting to the demo on real nodes. What CI runs is named below; `lint` (clippy, warnings
# as errors) and `benchmarks` (the pallets' benchmarks as tests) are stages of their own until they have passed as a whole.
#
#   scripts/test.sh            format build dependencies unit e2e (sets the machine up if needed); what CI runs
#   scripts/test.sh STAGE…     only the named stages: format build lint dependencies unit benchmarks e2e
#
# Output: each stage with its time, and a table of the times at the end. Exit code: 0 if all passed.
source "$(dirname "$0")/lib.sh"
cd "$ROOT"

# Our pallets: their benchmarks run as tests, which takes the SDK with another feature set and so a build of its own.
PALLETS=()
for manifest in pallets/*/Cargo.toml; do
	grep -q '^frame-benchmarking' "$manifest" && PALLETS+=(-p "$(sed -n 's/^name = "\(.*\)"/\1/p' "$manifest" | head -n 1)")
done

format() { cargo fmt --all --check; }

build() { cargo build --release --locked --workspace; }

lint() { SKIP_WASM_BUILD=1 cargo clippy --release --locked --workspace --all-targets -- -D warnings; }

# RocksDB is a long C++ build and XCM brings the relay chain: neither belongs into the node.
dependencies() {
	local crate
	for crate in librocksdb-sys staging-xcm; do
		if cargo tree --locked -p gpu-chain-node -i "$crate" 2>/dev/null | grep -q .; then
			echo "the node depends on $crate: see cargo tree -p gpu-chain-node -i $crate" >&2
			return 1
		fi
		echo "the node does not depend on $crate"
	done
}

unit() { cargo test --release --locked --workspace; }

benchmarks() { SKIP_WASM_BUILD=1 cargo test --release --locked --features runtime-benchmarks "${PALLETS[@]}" benchmark; }

e2e() { "$ROOT/scripts/e2e.sh"; }

wanted=("$@")
[ ${#wanted[@]} -gt 0 ] || wanted=(format build dependencies unit e2e)

stage setup setup_if_needed
for name in "${wanted[@]}"; do
	case $name in
	format | build | lint | dependencies | unit | benchmarks | e2e) stage "$name" "$name" ;;
	*)
		echo "test: no stage is called $name; see the head of scripts/test.sh" >&2
		exit 2
		;;
	esac
done
print_stages
echo "test: ok (${#wanted[@]} stages, $SECONDS s)"
