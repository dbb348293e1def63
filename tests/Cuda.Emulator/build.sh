#!/usr/bin/env bash
# Builds bin/libcuda.so.1, a CUDA driver that runs the kernels on the CPU, and bin/selftest, which checks them with it.
#   ./build.sh          what has changed
#   ./build.sh --test   and runs the self-test with threads forward and backward
set -euo pipefail
cd "$(dirname "$0")"
make --silent --jobs="$(nproc)"
if [ "${1:-}" = --test ]; then
  for order in forward reverse; do MINISTACK_EMULATOR_ORDER=$order bin/selftest ../../src/Cuda/Ptx; done
fi
