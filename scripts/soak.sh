#!/usr/bin/env bash
# Long tests of the two lanes on networks of real nodes on this machine, in accelerated time.
#
#   scripts/soak.sh SCENARIO… [options of scripts/js/soak.mjs; --help lists both]
#
# Sets the machine up and builds if needed. Output: what was seen, and for each scenario a last line "soak: ok <scenario> …".
# Exit code: 0 if all held. Nothing is left running.
source "$(dirname "$0")/lib.sh"

setup_if_needed
build_binaries
exec node "$ROOT/scripts/js/soak.mjs" --bin "$BIN" "$@"
