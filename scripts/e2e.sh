#!/usr/bin/env bash
# End-to-end tests on the real node and the real miner: the demo, the demo with kill -9 at many moments, networks whose nodes
# are killed, cut off and synced anew, the bridge on two chains, and polkadot-js reading everything by metadata alone. Needs scripts/setup.sh and a build (scripts/test.sh does both).
#
# Output: each scenario's own lines. Exit code: 0 if all passed. Nothing is left running.
source "$(dirname "$0")/lib.sh"

demo() { node "$ROOT/scripts/js/demo.mjs" --bin "$BIN" "$@"; }

stage "demo" demo
# Each of the moments at which a machine could fail, alone or together: five of the miner's, three of the node's.
stage "demo, miner killed" demo --kill miner@registered --kill miner@accepted --kill miner@computing --kill miner@submitted
stage "demo, node killed" demo --kill node@challenge --kill node@accepted --kill node@submitted --kill node@approved
stage "demo, both killed" demo --kill node@computing --kill miner@computing --kill miner@challenge
# An auction: who bids is killed with its bid under seal, and again when it is open; the node on the way.
stage "demo, auction" demo --auction --kill miner@auctioned --kill miner@bid --kill node@bid --kill miner@revealed
# A rented machine, whose provider is lost in the middle and whose node dies when the renter was let in.
stage "demo, rental" node "$ROOT/scripts/js/demo-rental.mjs" --bin "$BIN" --seconds 45 --gone 22 --kill node@confirmed --kill miner@booked
# Four validators, a miner, and what happens to networks; what takes longer than minutes is in scripts/soak.sh only.
stage "network" node "$ROOT/scripts/js/soak.mjs" --bin "$BIN" restart partition sync
# Two chains with a bridge: everything once, with a relayer, a validator and the EVM chain killed on the way. What fails otherwise is in
# scripts/bridge-faults.sh only.
stage "contracts" contracts_build
stage "bridge" node "$ROOT/scripts/js/bridge-demo.mjs" --bin "$BIN" --kill relayer@deposited --kill alice@withdrawing --kill anvil@returning
stage "polkadot-js by metadata alone" node "$ROOT/scripts/js/metadata-check.mjs" --bin "$BIN"
print_stages
