#!/usr/bin/env bash
# Checks every kernel on this machine's NVIDIA devices, measures them, and writes docs/benchmarks/gpu.md. Where there is no device it
# says why and ends well.
#
#   scripts/bench-gpu.sh [--seconds S] [--binary FILE] [--out FILE]
#   scripts/bench-gpu.sh --pack DIR      builds what a machine without Rust needs into DIR, to be carried there with this script; where
#                                        libnvrtc is to be had, kernels for the architectures in GPU_ARCHITECTURES (default: 90) too
#
#   --binary FILE   a gpu-bench (from --pack) or a gpu-miner that was built elsewhere; default: one beside this script, else one is built,
#                   which takes the miner's engine and CUDA crates only
#   --seconds S     for each engine of each device; default 20
#   --out FILE      default docs/benchmarks/gpu.md; the figures as JSON go beside it
#
# Needs a driver. libnvrtc is looked for where CUDA and Python packages put it. Changes no setting of a device.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/.." && pwd)
seconds=20 binary='' out=$ROOT/docs/benchmarks/gpu.md pack=''
command="scripts/bench-gpu.sh $*"
while [ $# -gt 0 ]; do
	case $1 in
	--seconds | --binary | --out | --pack)
		[ $# -ge 2 ] || { echo "bench-gpu: $1 needs a value" >&2; exit 2; }
		case $1 in
		--seconds) seconds=$2 ;;
		--binary) binary=$2 ;;
		--out) out=$2 ;;
		--pack) pack=$2 ;;
		esac
		shift 2
		;;
	*)
		echo "bench-gpu: \`$1\` is not known; see the head of scripts/bench-gpu.sh" >&2
		exit 2
		;;
	esac
done

build() {
	export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-${GPU_CHAIN_CACHE:-$HOME/.cache/gpu-chain}/target}
	(cd "$ROOT" && cargo build --release --locked -p gpu-miner-cuda --example gpu-bench) >&2
	echo "$CARGO_TARGET_DIR/release/examples/gpu-bench"
}

if [ -n "$pack" ]; then
	mkdir -p "$pack"
	built=$(build)
	cp "$built" "$HERE/bench-gpu.sh" "$pack/"
	for architecture in ${GPU_ARCHITECTURES:-90}; do
		"$pack/gpu-bench" --cache "$pack/cache" --compile "$architecture" || echo 'bench-gpu: kernels are compiled over there'
	done
	echo "bench-gpu: on the other machine: $pack/bench-gpu.sh --out gpu.md"
	exit 0
fi

# Where drivers and compilers are that the linker is not told of.
shopt -s nullglob
libraries=''
for dir in /usr/local/nvidia/lib64 /usr/local/nvidia/lib /usr/lib/wsl/lib; do
	[ -e "$dir/libcuda.so.1" ] && libraries=$libraries:$dir
done
links=$(mktemp -d)
trap 'rm -rf "$links"' EXIT
if ! ldconfig -p 2>/dev/null | grep -q 'libnvrtc\.so\(\.1[12]\)\? '; then
	for file in /usr/local/cuda*/lib64/libnvrtc.so.1[0-9] /usr/local/cuda*/targets/*/lib/libnvrtc.so.1[0-9] \
		/usr/lib/*/libnvrtc.so.1[0-9] /{usr,usr/local,opt/*/.venv}/lib/python3*/{site,dist}-packages/nvidia/{cu13,cuda_nvrtc}/lib/libnvrtc.so.1[0-9]; do
		# By the name without a number, under which any version is taken.
		ln -sf "$file" "$links/libnvrtc.so"
		libraries=$libraries:$links:$(dirname "$file")
		echo "bench-gpu: compiling kernels with $file"
		break
	done
fi
export LD_LIBRARY_PATH=${LD_LIBRARY_PATH:-}$libraries

found=''
for name in libcuda.so libcuda.so.1; do
	ldconfig -p 2>/dev/null | grep -q "$name " && found=yes
	for dir in ${LD_LIBRARY_PATH//:/ }; do [ -e "$dir/$name" ] && found=yes; done
done
if [ -z "$found" ]; then
	echo 'bench-gpu: no NVIDIA driver here (libcuda is not installed): nothing is measured, and nothing written'
	exit 0
fi

if [ -z "$binary" ]; then
	for file in "$HERE/gpu-bench" "$HERE/gpu-miner"; do [ -x "$file" ] && binary=$file && break; done
fi
if [ -z "$binary" ]; then
	if ! command -v cargo >/dev/null; then
		echo 'bench-gpu: neither a binary (--binary, or gpu-bench beside this script: see --pack) nor cargo here: nothing is measured'
		exit 0
	fi
	binary=$(build)
fi
run=("$binary")
[ "$(basename "$binary")" = gpu-miner ] && run+=(bench)

work=$(mktemp -d)
trap 'rm -rf "$links" "$work"' EXIT
[ -d "$HERE/cache" ] && cp -r "$HERE/cache" "$work/cache"
cache=("--cache" "$work/cache")
[ "$(basename "$binary")" = gpu-miner ] && cache=("--state-dir" "$work/cache")
json=${out%.md}.json
code=0
"${run[@]}" --check --json --seconds "$seconds" "${cache[@]}" >"$work/report.json" || code=$?
if ! grep -q '"uuid"' "$work/report.json"; then
	echo 'bench-gpu: there is a driver, and no device that can be used:'
	sed -n 's/.*"note": *\("[^"]*"\).*/  \1/p' "$work/report.json"
	exit 0
fi
# The plans are known now: once more, for people, with the same plans.
"${run[@]}" --markdown --seconds "$seconds" "${cache[@]}" >"$work/report.md" || code=$?
mkdir -p "$(dirname "$out")"
cp "$work/report.json" "$json"
{
	echo '# GPUs'
	echo
	echo "Measured on $(date -u +%Y-%m-%d) by \`$command\` ($seconds s for each engine), at revision \`$(git -C "$ROOT" rev-parse --short HEAD 2>/dev/null || echo unknown)\`; every figure in [$(basename "$json")]($(basename "$json"))."
	echo 'The limit of Keccak-256 is multiprocessors × 64 × clock / 4,080, with the clock that was read in the run; see'
	echo '[power-proofs](../design/power-proofs.md). Rotations on the integer multiplier make more than that possible.'
	echo
	cat "$work/report.md"
	echo
	if [ $code -eq 0 ]; then echo 'All checks against the processor passed.'; else echo '**Checks failed: see the figures.**'; fi
} >"$out"
cat "$out"
exit $code
