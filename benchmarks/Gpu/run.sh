#!/usr/bin/env bash
# On a Linux machine with an NVIDIA GPU and its driver: checks, tests and measures MiniStack there, and writes one report.
# ../../test-gpu.sh publishes the programs that it starts, and this script, into one folder.
#   ./run.sh                    everything, about ten minutes; writes RESULTS-GPU.md beside this script
#   ./run.sh --quick            tiny shapes, few steps, few tests: whether everything starts
#   ./run.sh --report FILE      writes the report to FILE
# Exit code: 0 when all went well, 1 when there is no usable GPU or something failed, 2 for a wrong argument.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
quick=0 report=
while [ $# -gt 0 ]; do
  case "$1" in
    --quick) quick=1 ;;
    --report) [ $# -ge 2 ] || { echo "run.sh: --report needs a file." >&2; exit 2; }; report=$2; shift ;;
    *) echo "run.sh: unknown argument '$1'. Usage: ./run.sh [--quick] [--report FILE]" >&2; exit 2 ;;
  esac
  shift
done
bin=$here/bin
[ -x "$bin/Part1.Hardware" ] || { echo "run.sh: $bin holds no programs. ./test-gpu.sh publishes them, with this script." >&2; exit 2; }
report=${report:-$here/RESULTS-GPU.md}
[ -d "$(dirname "$report")" ] || { echo "run.sh: there is no folder for $report. Make it, or choose another file." >&2; exit 2; }
report=$(cd "$(dirname "$report")" && pwd)/$(basename "$report")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" # what the programs write by themselves is gone with it
export MINISTACK_TEST_GPU=1 MINISTACK_CUDA_STRICT=1
status=0
failed() { echo "run.sh: $1" >&2; status=1; }

echo "== doctor"
if ! "$bin/Part1.Hardware" doctor | tee doctor.txt; then
  echo "run.sh: no usable GPU, so nothing was tested and no report written." >&2
  exit 1
fi
emulated=0
! grep -q 'MiniStack emulator' doctor.txt || emulated=1
if [ "$emulated" = 1 ] && [ "$(basename "$report")" = RESULTS-GPU.md ]; then
  echo "run.sh: this device is an emulator, and $report is for figures of a GPU. Choose another file with --report." >&2
  exit 2
fi

echo "== the operators' tests, on the device"
tests=()
[ "$quick" = 0 ] || tests=(-class MiniStack.Cuda.Tests.DriverTests -class MiniStack.Cuda.Tests.LaunchTests -class MiniStack.Tests.CopyTests)
"$here/tests/Cuda.Tests" -noColor ${tests[@]+"${tests[@]}"} >tests.txt 2>&1 || failed "tests failed"
grep -E '\[FAIL\]' tests.txt | head -n 40
total=$(grep -E 'Total: +[0-9]+' tests.txt | tail -n 1 | sed -E 's/^ +//')
[ -n "$total" ] || { failed "the tests did not end; their last lines:"; tail -n 40 tests.txt >&2; }
echo "${total:-no result}"

# The main job on both devices, from the same seed: the losses must agree as far as other orders of sums let them.
size=(--sample 0) most=0.05
[ "$quick" = 0 ] || { size=(--data "$here/run.sh" --steps 10 --layers 1 --heads 2 --channels 32 --context 16 --batch 4 --sample 0); most=0.001; }
for device in cuda cpu; do
  echo "== training on $device"
  "$bin/Part5.Training" --device "$device" --out "run-$device" "${size[@]}" >"train-$device.txt" 2>&1 || failed "training on $device failed: $(tail -n 1 "train-$device.txt")"
  tail -n 1 "train-$device.txt"
done
validation() { sed -nE 's/^final: .* val=([0-9.]+) .*/\1/p' "train-$1.txt"; }
gap=$(awk -v a="$(validation cuda)" -v b="$(validation cpu)" 'BEGIN { if (a == "" || b == "") print "unknown"; else { d = a - b; print d < 0 ? -d : d } }')
awk -v gap="$gap" -v most="$most" 'BEGIN { exit !(gap != "unknown" && gap <= most) }' || failed "difference of the validation losses: $gap (expected: at most $most)"

echo "== timing"
options=()
[ "$quick" = 0 ] || options=(--quick)
if ! "$bin/MiniStack.Benchmarks" gpu ${options[@]+"${options[@]}"} --report figures.md; then
  failed "the measurement failed"
  printf '# MiniStack on a GPU\n\nThe measurement failed; there are no figures.\n' >figures.md
fi

{
  cat figures.md
  printf '\n## training\n\nThe main job (`examples/Part5.Training %s`) from the same seed on both devices. Difference of the last losses, in nats: %s (expected: at most %s).\n\n```\n' \
    "$([ "$quick" = 0 ] && echo '--sample 0' || echo 'with tiny sizes')" "$gap" "$most"
  for device in cuda cpu; do echo "$device  $(tail -n 1 "train-$device.txt")"; done
  printf '```\n\n## tests\n\n%s, strict mode: nothing is computed on the CPU instead.\n\n```\n%s\n' \
    "$([ "$quick" = 0 ] && echo 'All of `tests/Cuda.Tests` on the device' || echo 'A few of `tests/Cuda.Tests` on the device')" "${total:-no result}"
  grep -E '\[FAIL\]' tests.txt
  printf '```\n\n## machine\n\n```\n'
  cat doctor.txt
  printf '```\n\n## commands\n\nMade by `./test-gpu.sh --run%s`%s, which starts: `Part1.Hardware doctor`; `MINISTACK_TEST_GPU=1 MINISTACK_CUDA_STRICT=1 Cuda.Tests`; `Part5.Training --device cuda`\nand `cpu`; `MiniStack.Benchmarks gpu`. %s\n' \
    "$([ "$quick" = 0 ] || echo ' --quick')" "$([ ! -s "$here/version.txt" ] || echo ", version $(cat "$here/version.txt")")" \
    "$([ "$status" = 0 ] && echo 'All of it went well.' || echo '**Something of it failed.**')"
} >"$report"
echo "== report: $report"
exit "$status"
