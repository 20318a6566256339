#!/usr/bin/env bash
# A dev chain and a provider, left running for polkadot-js apps until Ctrl-C.
#
#   scripts/dev.sh [options of scripts/js/dev.mjs; --help lists them]
#
# Input: nothing; sets the machine up and builds if needed. Output: the WebSocket address to connect to, the accounts,
# and the logs' folder. The chain is new each time unless --base-path names a folder to keep it in.
source "$(dirname "$0")/lib.sh"

setup_if_needed
build_binaries
exec node "$ROOT/scripts/js/dev.mjs" --bin "$BIN" "$@"
