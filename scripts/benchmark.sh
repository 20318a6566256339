#!/usr/bin/env bash
# Measures the weights of all our pallets on this machine and writes runtime/src/weights/<pallet>.rs.
#
#   scripts/benchmark.sh [PALLET…]     all of ours without arguments, e.g. scripts/benchmark.sh pallet_escrow
#
#   STEPS=50 REPEAT=20   how many values of each component, how many runs of each
#
# Input: a quiet machine of the kind that validators use. Output: the weight files; commit them with the change of the
# call that they belong to. Builds the node with the feature runtime-benchmarks, which takes a while the first time.
source "$(dirname "$0")/lib.sh"
cd "$ROOT"

setup_if_needed
pallets=("$@")
[ ${#pallets[@]} -gt 0 ] || pallets=(pallet_disputes pallet_escrow pallet_evm_bridge pallet_hybrid_pow pallet_marketplace pallet_matching pallet_node_roles pallet_payments pallet_price_index pallet_provider_registry pallet_rental
	pallet_provider_staking pallet_reputation pallet_user_registry pallet_work_verification)

# Of the whole workspace, so that only what the feature changes is compiled again.
cargo build --release --locked --workspace --features gpu-chain-node/runtime-benchmarks --bin gpu-chain
bench=$GPU_CHAIN_CACHE/benchmarks
mkdir -p "$bench"
# The next build without the feature overwrites both.
cp "$BIN/gpu-chain" "$BIN/wbuild/gpu-chain-runtime/gpu_chain_runtime.compact.compressed.wasm" "$bench"
for pallet in "${pallets[@]}"; do
	echo "── $pallet"
	"$bench/gpu-chain" benchmark pallet --genesis-builder=runtime --genesis-builder-preset=development \
		--runtime "$bench/gpu_chain_runtime.compact.compressed.wasm" \
		--pallet "$pallet" --extrinsic '*' --steps "${STEPS:-50}" --repeat "${REPEAT:-20}" --heap-pages 4096 \
		--wasm-execution compiled --output "runtime/src/weights/$pallet.rs"
	# What was run stands here; with the paths of this machine it says no more.
	sed -i -e '/^\/\/ Executed Command:/,/^$/d' -e 's/^\/\/! HOSTNAME: `[^`]*`, CPU/\/\/! CPU/' "runtime/src/weights/$pallet.rs"
done
cargo fmt -p gpu-chain-runtime
echo "benchmark: ok, weights in runtime/src/weights; look at the difference before you commit it"
