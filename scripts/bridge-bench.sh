#!/usr/bin/env bash
# How long the bridge takes and what it costs, in one run on real parts: from final on the EVM chain to credited, from recorded to paid,
# microseconds to check a claim in wasm, gas of each operation for 4 and 21 validators.
#
#   scripts/bridge-bench.sh [options]     --help lists them; wants a quiet machine
#
# Sets the machine up and builds if needed. Output: each figure with what it was measured on; the last line is
#   bridge-bench: ok credited_s=… credited_blocks=… paid_s=… claim_us=… claim_far_us=… gas_batch_4=… gas_batch_21=…
# and the exit code 0. Nothing is left running.
source "$(dirname "$0")/lib.sh"

setup_if_needed
build_binaries
contracts_build
exec node "$ROOT/scripts/js/bridge-bench.mjs" --bin "$BIN" "$@"
