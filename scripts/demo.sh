#!/usr/bin/env bash
# The main jobs, end to end, on real parts: a dev chain, a provider's miner, a buyer on polkadot-js.
#
#   scripts/demo.sh [options]          a task from registration to payment
#   scripts/demo.sh auction [options]  the same, for the bid that the miner makes in an auction
#   scripts/demo.sh rental [options]   a machine is rented, its provider is lost for a while, and proven time is paid
# --help lists the options of each.
#
# Sets the machine up and builds if needed. Output: each step with block numbers and balances; the last line is
#   demo: ok task=<id> provider_paid=<plancks> platform_fee=<plancks> verified_power=<hashes/s> pow_blocks=<n> pos_blocks=<n>
#   demo: ok task=<id> auction=<id> bid=<plancks> …, the rest as above
#   demo: ok rental=<id> proven_seconds=<n> of=<n> provider_paid=<plancks> refunded=<plancks> platform_fee=<plancks>
# and the exit code 0. A failure says which step and why, and exits with another code. Nothing is left running.
source "$(dirname "$0")/lib.sh"

story=demo.mjs
if [ "${1:-}" = rental ]; then
	story=demo-rental.mjs
	shift
elif [ "${1:-}" = auction ]; then
	shift
	set -- --auction "$@"
fi
setup_if_needed
build_binaries
exec node "$ROOT/scripts/js/$story" --bin "$BIN" "$@"
