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

# What node needs, as the lock files say it and unless it is there already: scripts/js, and contracts/, which has ethers.
client_libraries() { node_packages scripts/js --omit=optional && contracts_packages; }

# forge, anvil, the compiler and ethers. No package's script runs.
contracts_packages() { node_packages contracts; }

# The contracts and what deploys them. Takes half a minute the first time.
contracts_build() { contracts_packages && (cd "$ROOT/contracts" && "${FORGE:-$PWD/node_modules/@foundry-rs/forge-linux-amd64/bin/forge}" build >&2); }

# node_packages FOLDER [OPTION…]: nothing if what is installed is what the lock file says.
node_packages() {
	local folder=$ROOT/$1 installed=$ROOT/$1/node_modules/.gpu-chain-lock
	shift
	cmp -s "$folder/package-lock.json" "$installed" && return 0
	(cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund "$@" >&2) && cp "$folder/package-lock.json" "$installed"
}
