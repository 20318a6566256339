#!/usr/bin/env bash
# A network on this machine, left running until Ctrl-C: N validators and M miners.
#
#   scripts/localnet.sh N M [options of scripts/js/localnet.mjs; --help lists them]
#
# Sets the machine up and builds if needed. Output: the ports that polkadot-js can use, the logs' folder, and now and then how
# the chain is doing. Nothing is left running.
source "$(dirname "$0")/lib.sh"

setup_if_needed
build_binaries
exec node "$ROOT/scripts/js/localnet.mjs" --bin "$BIN" "$@"
