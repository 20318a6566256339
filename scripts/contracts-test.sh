#!/usr/bin/env bash
# Every test of contracts/: formatting, build, interface files, forge's tests, gas, documentation, and a deployment on an
# anvil of its own.
#
#   scripts/contracts-test.sh             everything; the network is used for the lock file's packages alone, once
#   scripts/contracts-test.sh --update    writes contracts/abi, contracts/snapshots and the gas table of
#                                         docs/bridge-contracts.md anew instead of checking them
#
# Output: each stage with its time, the gas table, and `contracts: ok`. Exit code: 0 if all passed.
source "$(dirname "$0")/lib.sh"
cd "$ROOT/contracts"

update=
case ${1:-} in
'') ;;
--update) update=1 ;;
*)
	echo "contracts-test: what is $1? See the head of scripts/contracts-test.sh" >&2
	exit 2
	;;
esac

# The lock file has those of Linux on x86-64. Elsewhere, say where forge and anvil 1.7.1 are.
export FORGE=${FORGE:-$PWD/node_modules/@foundry-rs/forge-linux-amd64/bin/forge}
export ANVIL=${ANVIL:-$PWD/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil}
forge() { "$FORGE" "$@"; }

format() { forge fmt --check; }

# Fails for a warning, and for a contract that is too large for a chain.
build() { forge build --sizes --skip test >/dev/null && forge build; }

interface() {
	if [ -n "$update" ]; then node scripts/interface.mjs; else node scripts/interface.mjs --check; fi
}

tests() { forge test --no-match-path 'test/gas/*'; }

# Each call as a transaction of its own, to the last unit of gas.
gas_snapshot() {
	if [ -n "$update" ]; then
		rm -rf snapshots
		FORGE_SNAPSHOT_EMIT=true forge test --isolate --match-path 'test/gas/*'
	else
		FORGE_SNAPSHOT_CHECK=true forge test --isolate --match-path 'test/gas/*'
	fi
}

documentation() {
	if [ -n "$update" ]; then node scripts/docs.mjs --update; else node scripts/docs.mjs; fi
}

gas_on_anvil() { node scripts/gas.mjs; }

stage "contracts: packages" contracts_packages
stage "contracts: format" format
stage "contracts: build" build
stage "contracts: interface" interface
stage "contracts: tests" tests
stage "contracts: gas snapshot" gas_snapshot
stage "contracts: documentation" documentation
stage "contracts: gas on anvil" gas_on_anvil
print_stages
echo "contracts: ok ($SECONDS s)"
