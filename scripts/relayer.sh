#!/usr/bin/env bash
# The bridge's relayer: carries what validators signed to the gateway on an EVM chain, and proves to gpu-chain what the gateway said.
#
#   scripts/relayer.sh --evm URL [options]        --help lists them; docs/bridge.md says what it earns and when it waits
#
# Fetches its client libraries once. Output: a line for each thing that it does, and for each reason why it waits. It runs until it is
# stopped; it may be killed at any moment, and several may run.
source "$(dirname "$0")/lib.sh"

client_libraries
exec node "$ROOT/scripts/js/relayer.mjs" "$@"
