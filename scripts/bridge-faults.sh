#!/usr/bin/env bash
# What the bridge does when validators, nodes, relayers or the EVM chain fail, on real parts.
#
#   scripts/bridge-faults.sh [SCENARIO…] [options]     --help lists both
#
# Sets the machine up and builds if needed. Output: what was seen in each scenario; the last line is
#   bridge-faults: ok <scenario>=<seconds> …
# and the exit code 0. A failure says in which scenario and why, and exits with another code. Nothing is left running.
source "$(dirname "$0")/lib.sh"

setup_if_needed
build_binaries
contracts_build
exec node "$ROOT/scripts/js/bridge-faults.mjs" --bin "$BIN" "$@"
