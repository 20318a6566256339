#!/usr/bin/env bash
# Links a rustup toolchain named `gpu-chain-wasm` that can build the runtime for wasm32v1-none.
#
#   Input:  rustup with a stable toolchain; for the second way Debian's rustc-web, cargo-web, rust-web-src and lld-22.
#   Output: the toolchain, in $GPU_CHAIN_CACHE/wasm-toolchain (default ~/.cache/gpu-chain). Safe to run again.
#
# First way: `rustup target add wasm32v1-none`, the ordinary one. Second way, where rustup cannot fetch: Debian's rustc
# with core, alloc and compiler_builtins built here from Debian's library sources (about half a minute).
set -euo pipefail

readonly NAME=gpu-chain-wasm
readonly TARGET=wasm32v1-none
readonly CACHE=${GPU_CHAIN_CACHE:-$HOME/.cache/gpu-chain}
readonly DIR=$CACHE/wasm-toolchain

can_build() {
	local probe out=0
	probe=$(mktemp -d)
	echo '#![no_std] pub fn f() {}' >"$probe/lib.rs"
	rustup run "$NAME" rustc --target "$TARGET" --crate-type rlib "$probe/lib.rs" -o "$probe/lib.rlib" >/dev/null 2>&1 || out=1
	rm -rf "$probe"
	return $out
}

if can_build; then
	echo "wasm toolchain: $NAME is ready"
	exit 0
fi

if rustup target add "$TARGET" >/dev/null 2>&1; then
	rustup toolchain link "$NAME" "$(rustc --print sysroot)"
	can_build && { echo "wasm toolchain: rustup's $TARGET"; exit 0; }
fi

host=x86_64-unknown-linux-gnu
debian_rustc=/usr/bin/rustc
if [ ! -x "$debian_rustc" ]; then
	echo "wasm toolchain: rustup cannot fetch $TARGET, and Debian's rustc is missing." >&2
	echo "  Install it (apt-get install rustc-web cargo-web rust-web-src lld-22), or open the network for rustup." >&2
	exit 1
fi
debian_sysroot=$("$debian_rustc" --print sysroot)
sources=$(dirname "$(dirname "$(find /usr/src -maxdepth 3 -type d -path '*rustc*/library' 2>/dev/null | sort -V | tail -n 1)/x")")
[ -d "$debian_sysroot/lib/rustlib/src/rust/library" ] && sources=$debian_sysroot/lib/rustlib/src/rust/library
lld=$(ls /usr/bin/lld-22 /usr/lib/llvm-22/bin/lld 2>/dev/null | head -n 1 || true)
[ -n "$lld" ] || { echo "wasm toolchain: lld-22 is missing (apt-get install lld-22)." >&2; exit 1; }
[ -d "$sources" ] || { echo "wasm toolchain: Rust's library sources are missing (apt-get install rust-web-src)." >&2; exit 1; }

rm -rf "$DIR"
mkdir -p "$DIR/bin" "$DIR/lib/rustlib/$host/bin" "$DIR/lib/rustlib/$TARGET/lib" "$DIR/lib/rustlib/src/rust"
printf '#!/bin/sh\nexec %s --sysroot %s "$@"\n' "$debian_rustc" "$DIR" >"$DIR/bin/rustc"
chmod +x "$DIR/bin/rustc"
ln -s /usr/bin/cargo "$DIR/bin/cargo"
ln -s "$sources" "$DIR/lib/rustlib/src/rust/library"
ln -s "$debian_sysroot/lib/rustlib/$host/lib" "$DIR/lib/rustlib/$host/lib"
ln -s "$lld" "$DIR/lib/rustlib/$host/bin/rust-lld"

build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
mkdir "$build/src"
printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n' >"$build/Cargo.toml"
echo '#![no_std]' >"$build/src/lib.rs"
(
	cd "$build"
	# The runtime's link-time optimisation needs the bitcode of the standard libraries.
	RUSTC="$DIR/bin/rustc" RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes CARGO_TARGET_DIR="$build/target" \
		/usr/bin/cargo build --release -Z build-std=core,alloc --target "$TARGET"
)
for crate in core alloc compiler_builtins; do
	cp "$build/target/$TARGET/release/deps/lib$crate"-*.rlib "$DIR/lib/rustlib/$TARGET/lib/"
done
rustup toolchain link "$NAME" "$DIR"
can_build || { echo "wasm toolchain: the toolchain made from Debian's packages cannot build for $TARGET." >&2; exit 1; }
echo "wasm toolchain: made from Debian's rustc ($("$debian_rustc" --version))"
