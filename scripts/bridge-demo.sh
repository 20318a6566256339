#!/usr/bin/env bash
# The bridge to EVM chains, end to end, on real parts: an EVM chain (anvil) with the contracts, four validators that attest its blocks, a
# relayer. A user deposits USDC and ETH, pays a task with USDC, withdraws USDC, sends GPU out as an ERC-20 and back; the validators change.
#
#   scripts/bridge-demo.sh [options]     --help lists them
#
# Sets the machine up and builds if needed. Output: each step with block numbers and amounts; the last line is
#   bridge: ok deposited=<amounts> credited=<amounts> withdrawn=<amounts> rotations=1
# and the exit code 0. A failure says which step and why, and exits with another code. Nothing is left running.
source "$(dirname "$0")/lib.sh"

setup_if_needed
build_binaries
contracts_build
exec node "$ROOT/scripts/js/bridge-demo.mjs" --bin "$BIN" "$@"
