#!/usr/bin/env bash
# Compiles Kernels/*.cu to Ptx/*.ptx with clang alone: no CUDA toolkit.
#   ./build-ptx.sh           writes Ptx
#   ./build-ptx.sh --check   fails where Ptx is not what Kernels compile to
set -euo pipefail
cd "$(dirname "$0")"

case "${1:-}" in
  "" | --check) ;;
  *) echo "build-ptx.sh: unknown argument '$1'. Usage: ./build-ptx.sh [--check]" >&2; exit 2 ;;
esac
clang=clang-16 # this version, so that everyone gets the same bytes
if ! command -v "$clang" >/dev/null; then
  echo "build-ptx.sh: $clang is missing. On Debian: apt-get install clang-16" >&2
  exit 2
fi
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# sm_80 code is translated by the driver for every later GPU. Sums and products are fused where the source says fma, never elsewhere.
jobs=()
for source in Kernels/*.cu; do
  "$clang" -x cuda -std=c++17 --cuda-device-only -nocudainc -nocudalib --cuda-gpu-arch=sm_80 --cuda-feature=+ptx70 \
    -O3 -ffp-contract=off -Wall -Wextra -Werror -S "$source" -o "$out/$(basename "$source" .cu).ptx" &
  jobs+=($!)
done
for job in "${jobs[@]}"; do wait "$job"; done

# An external function is one of NVIDIA's library that clang could not resolve, and that no driver has. Local memory is slow memory: an
# array whose index the compiler does not know.
for forbidden in '\.extern \.func' '\.local '; do
  if (cd "$out" && grep -H "$forbidden" ./*.ptx); then
    echo "build-ptx.sh: '$forbidden' must not be in PTX; Kernels/README.md says why." >&2
    exit 1
  fi
done
if [ "${1:-}" != --check ]; then
  rm -rf Ptx
  cp -r "$out" Ptx
  chmod 755 Ptx
elif ! diff -rq Ptx "$out"; then
  echo "build-ptx.sh: Ptx is not what Kernels compile to. Run ./build-ptx.sh and commit the result." >&2
  exit 1
fi
