#!/usr/bin/env bash
# Makes a Debian or Ubuntu machine ready to build, run and test gpu-chain. Safe to run again.
#
#   scripts/setup.sh               everything
#   scripts/setup.sh --if-needed   nothing, if it succeeded before for this version of the project
#
# Output: one line for each thing that is ready, and one for each that it could not do, with what to do about it.
# Exit code: 0 if everything is ready.
source "$(dirname "$0")/lib.sh"

readonly PACKAGES=(build-essential clang libclang-dev protobuf-compiler mold pkg-config cmake git curl ca-certificates
	bubblewrap util-linux)
# Only for a machine whose rustup cannot fetch the wasm target.
readonly WASM_PACKAGES=(rustc-web cargo-web rust-web-src lld-22)
readonly NODE_MAJOR=20

failed=0
ready() { echo "setup: $1: ready${2:+ ($2)}"; }
cannot() {
	echo "setup: $1: CANNOT: $2" >&2
	failed=1
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		return 1
	fi
}

installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

updated=
apt_install() {
	local missing=() package
	for package in "$@"; do installed "$package" || missing+=("$package"); done
	[ ${#missing[@]} -eq 0 ] && return 0
	command -v apt-get >/dev/null || return 1
	if [ -z "$updated" ]; then
		as_root apt-get update -q >"$log" 2>&1 || true
		updated=1
	fi
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >>"$log" 2>&1
}

marker=$GPU_CHAIN_CACHE/setup-$(cat "$ROOT"/scripts/{setup,lib,wasm-toolchain}.sh "$ROOT/scripts/js/package-lock.json" | sha256sum | cut -c1-16)
if [ "${1:-}" = --if-needed ] && [ -e "$marker" ] && [ -d "$ROOT/scripts/js/node_modules" ] && command -v cargo >/dev/null; then
	exit 0
fi
mkdir -p "$GPU_CHAIN_CACHE"
log=$GPU_CHAIN_CACHE/setup.log

if apt_install "${PACKAGES[@]}"; then
	ready "packages"
else
	cannot "packages" "apt-get could not install all of: ${PACKAGES[*]}. See $log; install them by hand and run this again."
fi

fetch() { curl --proto '=https' --tlsv1.2 -sSf --retry 3 "$@" 2>>"$log"; }

# By its script, or, where that cannot be had, by the installer that the script would fetch.
install_rustup() {
	local folder
	folder=$(mktemp -d)
	fetch https://sh.rustup.rs -o "$folder/rustup.sh" && sh "$folder/rustup.sh" -y --profile minimal >>"$log" 2>&1 ||
		{ fetch "https://static.rust-lang.org/rustup/dist/$(uname -m)-unknown-linux-gnu/rustup-init" -o "$folder/rustup-init" &&
			chmod +x "$folder/rustup-init" && "$folder/rustup-init" -y --profile minimal >>"$log" 2>&1; } || true
	rm -rf "$folder"
	PATH=$HOME/.cargo/bin:$PATH
}

if ! command -v cargo >/dev/null || ! command -v rustup >/dev/null; then install_rustup; fi
if command -v cargo >/dev/null; then
	for component in rustfmt clippy; do
		cargo "${component/rustfmt/fmt}" --version >/dev/null 2>&1 || rustup component add "$component" >>"$log" 2>&1 ||
			cannot "$component" "rustup component add $component failed; see $log."
	done
	ready "rust" "$(rustc --version)"
else
	cannot "rust" "install it with rustup (https://rustup.rs), then run this again."
fi

if "$ROOT/scripts/wasm-toolchain.sh" >>"$log" 2>&1 ||
	{ apt_install "${WASM_PACKAGES[@]}" && "$ROOT/scripts/wasm-toolchain.sh" >>"$log" 2>&1; }; then
	ready "wasm toolchain" "$(tail -n 1 "$log")"
else
	cannot "wasm toolchain" "neither 'rustup target add wasm32v1-none' nor Debian's ${WASM_PACKAGES[*]} worked; see $log."
fi

node_major() { node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/'; }
if [ "$(node_major || true)" = "" ] || ! command -v npm >/dev/null; then apt_install nodejs npm || true; fi
major=$(node_major || true)
# A distribution's Node.js may be too old; its npm can fetch a newer one, which lib.sh puts first.
if [ -n "$major" ] && [ "$major" -lt $NODE_MAJOR ]; then
	npm install --prefix "$GPU_CHAIN_CACHE/node" --no-audit --no-fund node@22 >>"$log" 2>&1 || true
	PATH=$GPU_CHAIN_CACHE/node/node_modules/.bin:$PATH
	major=$(node_major || true)
fi
if [ -n "$major" ] && [ "$major" -ge $NODE_MAJOR ]; then
	ready "node.js" "$(node --version)"
	if node_packages scripts/js --omit=optional >>"$log" 2>&1; then
		ready "client libraries"
	else
		cannot "client libraries" "npm ci in scripts/js failed; see $log."
	fi
else
	cannot "node.js" "version $NODE_MAJOR or newer is needed (found: ${major:-none}); install it and run this again."
fi

if [ $failed -eq 0 ]; then
	touch "$marker"
	echo "setup: done"
fi
exit $failed
