#!/usr/bin/env bash
# Compiles Kernels/*.cu to Ptx/*.ptx with clang alone: no CUDA toolkit.
#   ./build-ptx.sh           writes Ptx
#   ./build-ptx.sh --check   compiles into a temporary folder and fails where the result differs from Ptx
set -euo pipefail
cd "$(dirname "$0")"

clang=${CLANG:-clang-16} # this version, so that everyone gets the same bytes
if ! command -v "$clang" >/dev/null; then
  echo "build-ptx.sh: $clang is missing. On Debian: apt-get install clang-16" >&2
  exit 2
fi

case "${1:-}" in
  "") out=Ptx; mkdir -p "$out"; rm -f "$out"/*.ptx ;;
  --check) out=$(mktemp -d); trap 'rm -rf "$out"' EXIT ;;
  *) echo "build-ptx.sh: unknown argument '$1'. Usage: ./build-ptx.sh [--check]" >&2; exit 2 ;;
esac

# sm_80 code is translated by the driver for every later GPU. Sums and products are fused where the source says fma, never elsewhere.
for source in Kernels/*.cu; do
  "$clang" -x cuda -std=c++17 --cuda-device-only -nocudainc -nocudalib --cuda-gpu-arch=sm_80 --cuda-feature=+ptx70 \
    -O3 -ffp-contract=off -Wall -Wextra -Werror -S "$source" -o "$out/$(basename "$source" .cu).ptx" &
  jobs+=($!)
done
for job in "${jobs[@]}"; do wait "$job"; done

failed=0
# A call out of the module: a function of NVIDIA's library that clang could not resolve, and that no driver has.
if grep -H '\.extern \.func' "$out"/*.ptx; then echo "build-ptx.sh: unresolved functions." >&2; failed=1; fi
# Local memory is slow memory: an array whose index the compiler does not know.
if grep -H '\.local ' "$out"/*.ptx; then echo "build-ptx.sh: local memory." >&2; failed=1; fi
if [ "$out" != Ptx ] && ! diff -rq Ptx "$out"; then
  echo "build-ptx.sh: Ptx is not what Kernels compile to. Run build-ptx.sh and commit the result." >&2
  failed=1
fi
exit $failed
