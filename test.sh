#!/usr/bin/env bash
# Builds everything with warnings as errors and runs every test.
#   ./test.sh          the plain run
#   ./test.sh --soak   also the long kill, leak, fuzz and load runs
# The kernel tests run once for each width of vectors that this machine has.
# What a test needs beside the .NET 10 SDK is installed from the system's package manager where that is possible;
# what stays missing is skipped and named at the end.
set -euo pipefail
cd "$(dirname "$0")"

soak=0
for argument in "$@"; do
  case "$argument" in
    --soak) soak=1 ;;
    *) echo "test.sh: unknown argument '$argument'. Usage: ./test.sh [--soak]" >&2; exit 2 ;;
  esac
done

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
[ "$soak" = 0 ] || export MINISTACK_SOAK=1

if ! command -v dotnet >/dev/null; then
  echo "test.sh: the .NET 10 SDK is missing. Install it from https://dot.net and run again." >&2
  exit 2
fi

# PyTorch: the golden files are made again and compared. Debian's python3 sees Debian's packages, others may not.
python=/usr/bin/python3
has_torch() { [ -x "$python" ] && "$python" -c 'import torch' >/dev/null 2>&1; }
if ! has_torch && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "== installing python3-torch"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-torch python3-numpy; } \
    >/dev/null 2>&1 || echo "   apt-get could not install it"
fi
skipped=""
has_torch || skipped="$skipped PyTorch(golden files are compared as committed, not made again);"

# Hugging Face's tokenizers for JavaScript: what they make of our files is asked again and compared.
tokenizers=tests/Golden/tokenizers
has_tokenizers() { command -v node >/dev/null && npm ls --prefix "$tokenizers" >/dev/null 2>&1; }
if ! has_tokenizers && command -v npm >/dev/null; then
  echo "== installing @huggingface/tokenizers"
  npm ci --prefix "$tokenizers" --no-audit --no-fund --fetch-retries=1 >/dev/null 2>&1 || echo "   npm could not install it"
fi
has_tokenizers || skipped="$skipped @huggingface/tokenizers(golden files are compared as committed, not asked for again);"

# The GPU's kernels: clang compiles them to PTX, and g++ builds the driver that runs them on the CPU.
for tool in clang-16 g++ make; do
  if ! command -v "$tool" >/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "== installing $tool"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$tool"; } >/dev/null 2>&1 \
      || echo "   apt-get could not install it"
  fi
done
if command -v clang-16 >/dev/null; then
  src/Cuda/build-ptx.sh --check
  echo "== kernels of the GPU compile to the committed PTX"
else
  skipped="$skipped clang-16(the GPU's kernels are used as committed, not compiled again);"
fi
if command -v g++ >/dev/null && command -v make >/dev/null; then
  if ! emulated=$(tests/Cuda.Emulator/build.sh --test 2>&1); then
    echo "$emulated" | tail -n 60 >&2
    echo "test.sh: the GPU's kernels fail on the emulator" >&2
    exit 1
  fi
  echo "== kernels of the GPU on the emulator, threads in three orders: $(echo "$emulated" | tail -n 1)"
  if ! mutations=$(tests/Cuda.Emulator/mutate.sh 2>&1); then
    echo "$mutations" | grep -v '^caught' >&2
    echo "test.sh: a mistake in the GPU's kernels would go unnoticed" >&2
    exit 1
  fi
  echo "$mutations" | tail -n 1
else
  skipped="$skipped g++ and make(the GPU's kernels are not run on the emulator);"
fi

echo "== building"
dotnet build MiniStack.sln -c Release --disable-build-servers -v quiet -clp:NoSummary -warnaserror
# Kernels report their call stack in Debug only.
dotnet build examples/StepMe -c Debug --disable-build-servers -v quiet -clp:NoSummary -warnaserror

log=$(mktemp) results=$(mktemp)
trap 'rm -f "$log" "$results"' EXIT
status=0
sum() { { grep -E "^ *$1: +[0-9]+" "$2" || true; } | awk '{ total += $2 } END { print total + 0 }'; }

# Runs the tests of a project or solution; $log gets what they wrote, $results all that the runs wrote so far.
run_tests() {
  local result=0
  dotnet test "$@" -c Release --no-build --disable-build-servers -v quiet --logger "console;verbosity=detailed" >"$log" 2>&1 || result=$?
  # What failed with its reasons, what was skipped with its reason.
  grep -vE '^ *Passed |\[xUnit.net' "$log" | grep -E -A 12 '^ *(Failed|Skipped) ' | head -n 300 || true
  if [ "$result" != 0 ] && [ "$(sum Failed "$log")" = 0 ]; then
    echo "test.sh: a test run ended without a failed test; its last lines:" >&2
    tail -n 60 "$log" >&2
  fi
  [ "$result" = 0 ] || status=$result
  cat "$log" >>"$results"
}
live_bits() { { grep -oE "the kernels run with [0-9]+" "$1" || true; } | head -n 1 | grep -oE '[0-9]+$' || true; }

# The kernels choose their vectors by the machine: the narrower ones are tested by switching the wider off in the runtime.
test_with_bits() { # BITS SWITCH
  local bits=$1 switch=$2 before project live
  before=$(sum Passed "$results")
  for project in Tensor Autograd Operators Models Training; do
    # PyTorch's scripts and processes that are killed have no vectors of ours.
    run_tests "tests/$project.Tests" -e "$switch=0" -e "MINISTACK_EXPECTED_VECTOR_BITS=$bits" -e MINISTACK_SOAK=0 \
      --filter "FullyQualifiedName!~Script_RunAgain&Category!=Soak"
    [ "$project" != Tensor ] || live=$(live_bits "$log")
  done
  echo "== kernel tests with ${live:-unknown}-bit vectors: $(($(sum Passed "$results") - before)) passed"
}

echo "== testing"
run_tests MiniStack.sln
native=$(live_bits "$log")
# What long tests measured: memory over thousands of steps, for example.
measured=$(sed -nE 's/^ *(measured: .*)$/\1/p' "$log")
[ -n "$native" ] || { echo "test.sh: no test told the width of the vectors" >&2; status=1; native=0; }
for bits in 512 256 128; do
  if [ "$bits" = "$native" ]; then
    echo "== kernel tests with $bits-bit vectors: in the run above"
  elif [ "$bits" -gt "$native" ]; then
    skipped="$skipped $bits-bit vectors(this machine's have $native bits);"
  elif [ "$bits" = 256 ]; then
    test_with_bits 256 DOTNET_EnableAVX512
  else
    test_with_bits 128 DOTNET_EnableAVX2
  fi
done

# No result may depend on how a culture writes numbers.
before=$(sum Passed "$results")
for project in Tensor Autograd Operators Formats; do run_tests "tests/$project.Tests" -e MINISTACK_CULTURE=de-DE -e MINISTACK_SOAK=0; done
echo "== under the culture de-DE: $(($(sum Passed "$results") - before)) passed"

[ "$soak" = 0 ] || echo "$measured"
if [ "$soak" = 1 ]; then
  for script in tests/coverage.sh tests/Operators.Tests/mutate.sh; do
    if "$script" >"$log" 2>&1; then
      grep '^measured' "$log"
    else
      tail -n 40 "$log" >&2
      echo "test.sh: $script failed" >&2
      status=1
    fi
  done
fi
# What goes to a machine with a GPU, published and run on the emulator.
if [ "$soak" = 1 ] && command -v g++ >/dev/null && command -v make >/dev/null; then
  if ./test-gpu.sh --emulator --quick >"$log" 2>&1; then
    echo "== test-gpu.sh on the emulator: done"
  else
    tail -n 40 "$log" >&2
    echo "test.sh: ./test-gpu.sh --emulator --quick failed" >&2
    status=1
  fi
fi
passed=$(sum Passed "$results") failed=$(sum Failed "$results") skips=$(sum Skipped "$results")
[ -z "$skipped" ] || echo "skipped for lack of:$skipped"
echo "$passed passed, $failed failed, $skips skipped"
[ "$passed" -gt 0 ] || status=1
exit "$status"
