#!/usr/bin/env bash
# What the chain can do on this machine, in one run on real dev chains: transfers and task lifecycles a second, the time to
# verify a proof, the time to import a block at 100, 1,000 and 10,000 registered nodes, what the two lanes add to it, what ten
# thousand active rentals do, and the time to rank 10,000 nodes for one request.
#
#   scripts/bench.sh [options of scripts/js/bench.mjs; --help lists them]
#
# Sets the machine up and builds if needed. Output: each figure with what it was measured on; the last line is
#   bench: ok transfers_per_s=… lifecycles_per_s=… ratio=… proof_us=… import_ms_100=… import_ms_1000=… import_ms_10000=… growth_pct=…
#             touching_growth_pct=… pipeline_ratio=… rentals_block_ratio=… settle_us_few=… settle_us_all=… ranking_ms=… ranking_score_ms=…
# and the exit code 0; a goal that is missed is named, with another code. Nothing is left running.
source "$(dirname "$0")/lib.sh"

setup_if_needed
build_binaries
(cd "$ROOT" && cargo build --release --locked --workspace --example import_time --example scale --example ranking)
exec node "$ROOT/scripts/js/bench.mjs" --bin "$BIN" "$@"
