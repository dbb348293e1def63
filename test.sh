#!/usr/bin/env bash
# Builds everything with warnings as errors and runs the tests.
#   ./test.sh          the rooms
#   ./test.sh --demos  also every demo of the chapters
#   ./test.sh --book   also the chapters: their listings, figures, links and exercises, and those of docs
#   ./test.sh --soak   all of these, and the long kill, leak, fuzz and load runs
# The kernel tests run once for each width of vectors that this machine has.
# What a test needs beside the .NET 10 SDK is installed from the system's package manager where that is possible;
# what stays missing is skipped and named at the end.
set -euo pipefail
cd "$(dirname "$0")"

soak=0 demos=0 book=0
for argument in "$@"; do
  case "$argument" in
    --demos) demos=1 ;;
    --book) book=1 ;;
    --soak) soak=1 demos=1 book=1 ;;
    *) echo "test.sh: unknown argument '$argument'. Usage: ./test.sh [--demos] [--book] [--soak]" >&2; exit 2 ;;
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
else
  skipped="$skipped g++ and make(the GPU's kernels are not run on the emulator);"
fi

echo "== building"
dotnet build MiniStack.sln -c Release --disable-build-servers -v quiet -clp:NoSummary -warnaserror
# Kernels report their call stack in Debug only.
dotnet build examples/StepMe -c Debug --disable-build-servers -v quiet -clp:NoSummary -warnaserror

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
# Adds up what the runs whose names begin with PREFIX wrote of Passed, Failed or Skipped tests.
sum() { # WHAT [PREFIX]
  { cat "$logs/${2:-}"*.log | grep -E "^ *$1: +[0-9]+" || true; } | awk '{ total += $2 } END { print total + 0 }'
}

# Runs the tests of a project or solution. What they write goes to a log under NAME; what failed or was skipped is shown with its reason.
run_tests() { # NAME PROJECT [OPTION...]
  local log="$logs/$1.log" result=0
  shift
  dotnet test "$@" -c Release --no-build --disable-build-servers -v quiet --logger "console;verbosity=detailed" >"$log" 2>&1 || result=$?
  grep -vE '^ *Passed |\[xUnit.net' "$log" | grep -E -A 12 '^ *(Failed|Skipped) ' | head -n 300 || true
  [ "$result" != 0 ] || return 0
  if ! grep -qE '^ *Failed: +[1-9]' "$log"; then
    echo "test.sh: a test run ended without a failed test; its last lines:" >&2
    tail -n 60 "$log" >&2
  fi
  touch "${log%.log}.failed"
}
live_bits() { { grep -oE "the kernels run with [0-9]+" "$1" || true; } | head -n 1 | grep -oE '[0-9]+$' || true; }

# Runs projects one after the other, under NAME-project each.
run_each() { # NAME "PROJECT..." [OPTION...]
  local name=$1 project projects=$2
  shift 2
  for project in $projects; do run_tests "$name-$project" "tests/$project.Tests" "$@"; done
}

# The kernels choose their vectors by the machine: the narrower ones are tested by switching the wider off in the runtime.
# No result may depend on how a culture writes numbers: the narrowest run is that of another culture too.
test_with_bits() { # BITS SWITCH CULTURE
  local bits=$1 options live
  # PyTorch's scripts and processes that are killed have no vectors of ours.
  options=(-e "$2=0" -e "MINISTACK_EXPECTED_VECTOR_BITS=$bits" -e MINISTACK_SOAK=0 --filter "FullyQualifiedName!~Script_RunAgain&Category!=Soak")
  [ -z "$3" ] || options+=(-e "MINISTACK_CULTURE=$3")
  # In two lanes of about the same length.
  run_each "$bits" "Tensor Training Autograd" "${options[@]}" &
  run_each "$bits" "Operators Models" "${options[@]}" &
  wait
  live=$(live_bits "$logs/$bits-Tensor.log")
  echo "== kernel tests with ${live:-unknown}-bit vectors${3:+ under the culture $3}: $(sum Passed "$bits-") passed"
}

echo "== testing"
# Packing and publishing takes minutes: it belongs to the long runs. A class that looks at a chapter or a page is the book's,
# everything else of a part is a demo's.
name=FullyQualifiedName
filters=()
[ "$soak" = 1 ] || filters+=("Category!=Packages")
[ "$book" = 1 ] || filters+=("$name!~ChapterTests&$name!~GraderTests&$name!~ExercisesTests&$name!~Tests.Docs.")
[ "$demos" = 1 ] || filters+=("($name!~Tests.Part|$name~ChapterTests|$name~GraderTests)")
filter=$(IFS='&'; echo "${filters[*]}")
run_tests all MiniStack.sln ${filter:+--filter "$filter"}
native=$(live_bits "$logs/all.log")
if [ -z "$native" ]; then
  echo "test.sh: no test told the width of the vectors" >&2
  touch "$logs/width.failed"
  native=0
fi
for bits in 512 256 128; do
  if [ "$bits" = "$native" ]; then
    echo "== kernel tests with $bits-bit vectors: in the run above"
  elif [ "$bits" -gt "$native" ]; then
    skipped="$skipped $bits-bit vectors(this machine's have $native bits);"
  elif [ "$bits" = 256 ]; then
    test_with_bits 256 DOTNET_EnableAVX512 ""
  else
    test_with_bits 128 DOTNET_EnableAVX2 de-DE
  fi
done
cultural=Formats
[ "$native" -gt 128 ] || cultural="Tensor Autograd Operators Formats"
run_each culture "$cultural" -e MINISTACK_CULTURE=de-DE -e MINISTACK_SOAK=0
echo "== under the culture de-DE too, $cultural: $(sum Passed culture-) passed"

if [ "$soak" = 1 ]; then
  # What long tests measured: memory over thousands of steps, for example.
  sed -nE 's/^ *(measured: .*)$/\1/p' "$logs/all.log"
  # Mistakes that are made on purpose must be noticed, and few lines may go untested.
  scripts=(tests/coverage.sh tests/Operators.Tests/mutate.sh)
  if command -v g++ >/dev/null && command -v make >/dev/null; then
    # And what goes to a machine with a GPU, published and run on the emulator.
    scripts+=(tests/Cuda.Emulator/mutate.sh "test-gpu.sh --emulator --quick")
  fi
  for script in "${scripts[@]}"; do
    # shellcheck disable=SC2086 # the words of a command
    if ./$script >"$logs/script.txt" 2>&1; then
      grep '^measured' "$logs/script.txt" || echo "== $script: done"
    else
      tail -n 40 "$logs/script.txt" >&2
      echo "test.sh: $script failed" >&2
      touch "$logs/script.failed"
    fi
  done
fi
echo "== the ten slowest classes, seconds of their tests together:"
grep -hE '^ *Passed .*\[.*\]$' "$logs"/*.log | awk '
  {
    name = $2; sub(/\(.*/, "", name); sub(/\.[^.]*$/, "", name)
    time = $0; sub(/.*\[/, "", time); sub(/\]$/, "", time)
    count = split(time, parts, " ")
    for (i = 2; i <= count; i += 2) {
      unit = parts[i]
      seconds[name] += parts[i - 1] * (unit == "ms" ? 0.001 : unit == "m" ? 60 : unit == "h" ? 3600 : 1)
    }
  }
  END { for (name in seconds) printf "%8.1f  %s\n", seconds[name], name }' | LC_ALL=C sort -rn | head -n 10 || true
passed=$(sum Passed) failed=$(sum Failed) skips=$(sum Skipped)
status=0
[ -z "$(find "$logs" -name '*.failed')" ] && [ "$passed" -gt 0 ] || status=1
[ -z "$skipped" ] || echo "skipped for lack of:$skipped"
echo "$passed passed, $failed failed, $skips skipped"
exit "$status"
