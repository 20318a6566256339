#!/usr/bin/env bash
# Every test of the project, from formatting to the demo on real nodes. What CI runs.
#
#   scripts/test.sh            everything (sets the machine up if needed)
#   scripts/test.sh STAGE…     only the named stages: format build dependencies metadata lint unit pallets contracts relayer e2e
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

lint() { SKIP_WASM_BUILD=1 cargo clippy --release --locked --workspace --all-targets -- -D warnings; }

# Whether the miner's picture of the runtime is fresh.
metadata() { cargo test --release --locked --workspace --test metadata; }

# The node, the miner and what they are made of. The node's tests start its binary.
unit() {
	cargo test --release --locked --workspace "${RUNTIME[@]/#/--exclude=}" 2>&1 | while IFS= read -r line; do
		printf '%s\n' "$line"
		# All is built and cargo's lock is free, so what waits for it may begin.
		[[ $line != *' Running'* ]] || : >"${UNIT_RUNS:-/dev/null}"
	done
}

pallets() {
	SKIP_WASM_BUILD=1 cargo test --release --locked --features "$FEATURES" "${RUNTIME[@]/#/--package=}"
}

contracts() { "$ROOT/scripts/contracts-test.sh"; }

# The relayer's decisions and proofs, and its other side on an anvil with the contracts.
relayer() { client_libraries && contracts_build && node --test "$ROOT"/scripts/js/bridge/test/*.test.mjs; }

e2e() { "$ROOT/scripts/e2e.sh"; }

STAGES_KNOWN=(format build dependencies metadata lint unit pallets contracts relayer e2e)

# What starts nodes waits for blocks more than it computes. So what only compiles and computes goes on beside it, as soon as the unit
# tests run, in the time that nobody else wants: clippy, which looks at the whole SDK anew, and the runtime with its other features.
everything() {
	local name low=(chrt --idle 0)
	"${low[@]}" true 2>/dev/null || low=(nice -n 19)
	beside=$(mktemp -d)
	export UNIT_RUNS=$beside/unit-runs
	# A process group of its own, to be ended whole; but no session, which the kernel would give as much of the time as this one.
	set -m
	bash -c 'until [ -e "$UNIT_RUNS" ]; do sleep 1; done; exec "$@"' bash "${low[@]}" "$ROOT/scripts/test.sh" lint pallets </dev/null >"$beside/log" 2>&1 &
	beside_id=$!
	set +m
	trap 'kill -- "-$beside_id" 2>/dev/null || :; rm -rf "$beside"' EXIT
	for name in format build dependencies metadata unit contracts relayer e2e; do stage "$name" "$name"; done
	stage "lint and pallets, begun beside these" beside_ended
}

beside_ended() {
	local code=0
	wait "$beside_id" || code=$?
	cat "$beside/log"
	return $code
}

for name in "$@"; do
	if [[ " ${STAGES_KNOWN[*]} " != *" $name "* ]]; then
		echo "test: no stage is called $name; there are: ${STAGES_KNOWN[*]}" >&2
		exit 2
	fi
done
stage setup setup_if_needed
if [ $# -eq 0 ]; then
	everything
else
	for name in "$@"; do stage "$name" "$name"; done
fi
print_stages
echo "test: ok (${#STAGES[@]} stages, $SECONDS s)"
