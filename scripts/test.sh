#!/usr/bin/env bash
# Every test of the project, from formatting to the demo on real nodes. What CI runs.
#
#   scripts/test.sh            everything (sets the machine up if needed)
#   scripts/test.sh STAGE…     only the named stages: format build dependencies lint unit (or unit_and_lint) pallets contracts relayer e2e
#
# Output: each stage with its time, and a table of the times at the end. Exit code: 0 if all passed.
source "$(dirname "$0")/lib.sh"
cd "$ROOT"

# What the runtime is made of. Tested with the features that the node is built without: benchmarks, which then run as tests,
# and try-runtime, with which every pallet's invariants, the SDK's too, are looked at after each block.
RUNTIME=(gpu-chain-runtime)
for manifest in pallets/*/Cargo.toml; do
	RUNTIME+=("$(sed -n 's/^name = "\(.*\)"/\1/p' "$manifest" | head -n 1)")
done
FEATURES=runtime-benchmarks,try-runtime

format() { cargo fmt --all --check; }

build() { cargo build --release --locked --workspace; }

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

lint() { SKIP_WASM_BUILD=1 nice cargo clippy --release --locked --workspace --all-targets -- -D warnings; }

# The node and the miner, and whether the miner's picture of the runtime is fresh.
unit() {
	# The node's tests start its binary, and the runtime's metadata are those of a node that can be had.
	cargo test --release --locked --workspace "${RUNTIME[@]/#/--exclude=}" &&
		cargo test --release --locked --workspace --test metadata
}

# Both at once: clippy looks at the whole SDK anew, in the time in which the tests wait for blocks. It starts when they run: while
# they are built it could not.
unit_and_lint() {
	local log code=0 linting
	cargo test --release --locked --workspace "${RUNTIME[@]/#/--exclude=}" --no-run || return
	log=$(mktemp)
	(sleep 30 && lint) >"$log" 2>&1 &
	linting=$!
	unit || code=$?
	wait $linting || code=$?
	cat "$log"
	rm -f "$log"
	return $code
}

pallets() {
	SKIP_WASM_BUILD=1 cargo test --release --locked --features "$FEATURES" "${RUNTIME[@]/#/--package=}"
}

contracts() { "$ROOT/scripts/contracts-test.sh"; }

# The relayer's decisions and proofs, and its other side on an anvil with the contracts.
relayer() { client_libraries && contracts_build && node --test "$ROOT/scripts/js/bridge/test/"; }

e2e() { "$ROOT/scripts/e2e.sh"; }

wanted=("$@")
[ ${#wanted[@]} -gt 0 ] || wanted=(format build dependencies unit_and_lint pallets contracts relayer e2e)

stage setup setup_if_needed
for name in "${wanted[@]}"; do
	case $name in
	format | build | dependencies | lint | unit | unit_and_lint | pallets | contracts | relayer | e2e) stage "$name" "$name" ;;
	*)
		echo "test: no stage is called $name; see the head of scripts/test.sh" >&2
		exit 2
		;;
	esac
done
print_stages
echo "test: ok (${#wanted[@]} stages, $SECONDS s)"
