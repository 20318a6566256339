# Shared by the scripts: where things are, and how a step is told and timed. Sourced, never run.
# shellcheck shell=bash

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export GPU_CHAIN_CACHE=${GPU_CHAIN_CACHE:-$HOME/.cache/gpu-chain}
# One target folder outside the checkout, so that a fresh clone builds warm.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$GPU_CHAIN_CACHE/target}
BIN=$CARGO_TARGET_DIR/release
[ -d "$HOME/.cargo/bin" ] && PATH=$HOME/.cargo/bin:$PATH
# Only there if the machine's own was too old for scripts/setup.sh.
[ -d "$GPU_CHAIN_CACHE/node" ] && PATH=$GPU_CHAIN_CACHE/node/node_modules/.bin:$PATH

STAGES=()

# stage NAME COMMAND…: runs it, says how long it took, and stops the script with its exit code if it fails.
stage() {
	local name=$1 start=$SECONDS code=0
	shift
	echo "── $name"
	"$@" || code=$?
	STAGES+=("$(printf '%-40s %5d s' "$name" $((SECONDS - start)))")
	if [ $code -ne 0 ]; then
		echo "── $name FAILED (exit code $code) after $((SECONDS - start)) s" >&2
		exit $code
	fi
	echo "── $name: $((SECONDS - start)) s"
}

# The time of each stage so far.
print_stages() {
	echo "── stages"
	printf '   %s\n' "${STAGES[@]}"
}

setup_if_needed() { "$ROOT/scripts/setup.sh" --if-needed; }

# Of the whole workspace, so that the SDK is compiled with the features that the tests have too, once.
build_binaries() { (cd "$ROOT" && cargo build --release --locked --workspace --bin gpu-chain --bin gpu-miner); }
