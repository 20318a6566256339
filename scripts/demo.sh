#!/usr/bin/env bash
# The main job, end to end, on real parts: a dev chain, a provider's miner, a buyer on polkadot-js.
#
#   scripts/demo.sh [options of scripts/js/demo.mjs; --help lists them]
#
# Sets the machine up and builds if needed. Output: each step with block numbers and balances; the last line is
#   demo: ok task=<id> provider_paid=<plancks> platform_fee=<plancks> verified_power=<hashes/s> pow_blocks=<n> pos_blocks=<n>
# and the exit code 0. A failure says which step and why, and exits with another code. Nothing is left running.
source "$(dirname "$0")/lib.sh"

setup_if_needed
build_binaries
exec node "$ROOT/scripts/js/demo.mjs" --bin "$BIN" "$@"
