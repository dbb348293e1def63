#!/usr/bin/env bash
# Builds bin/libcuda.so.1, a CUDA driver that runs the kernels on the CPU, and bin/selftest, which checks them with it.
#   ./build.sh          what has changed
#   ./build.sh --test   and runs the self-test with threads in several orders, which must give the same results, bit by bit
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p bin
exec 9> bin/lock
flock 9 # one build at a time
make --silent --jobs="$(nproc)"
[ "${1:-}" = --test ] || exit 0

results=
for order in forward reverse mixed; do
  result=$(MINISTACK_EMULATOR_ORDER=$order bin/selftest ../../src/Cuda/Ptx) || { echo "Threads in $order order:"; echo "$result"; exit 1; }
  [ -z "$results" ] || [ "$result" = "$results" ] || { echo "Results depend on the order of threads: $order gives $result"; exit 1; }
  results=$result
done
echo "$results"
