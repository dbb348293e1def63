#!/usr/bin/env bash
# Builds everything with warnings as errors and runs every test.
#   ./test.sh          the plain run
#   ./test.sh --soak   also the long kill, leak, fuzz and load runs
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

echo "== building"
dotnet build MiniStack.sln -c Release --disable-build-servers -v quiet -clp:NoSummary -warnaserror
# Kernels report their call stack in Debug only.
dotnet build examples/StepMe -c Debug --disable-build-servers -v quiet -clp:NoSummary -warnaserror

echo "== testing"
log=$(mktemp)
status=0
dotnet test MiniStack.sln -c Release --no-build --disable-build-servers -v quiet \
  --logger "console;verbosity=normal" >"$log" 2>&1 || status=$?
# What failed with its reasons, what was skipped with its reason.
grep -vE '^ *Passed |\[xUnit.net' "$log" | grep -E -A 12 '^ *(Failed|Skipped) ' | head -n 300 || true

sum() { { grep -E "^ *$1: +[0-9]+" "$log" || true; } | awk '{ total += $2 } END { print total + 0 }'; }
passed=$(sum Passed) failed=$(sum Failed) skips=$(sum Skipped)
if [ "$status" != 0 ] && [ "$failed" = 0 ]; then
  echo "test.sh: a test run ended without a failed test; its last lines:" >&2
  tail -n 60 "$log" >&2
fi
[ -z "$skipped" ] || echo "skipped for lack of:$skipped"
echo "$passed passed, $failed failed, $skips skipped"
rm -f "$log"
[ "$passed" -gt 0 ] || status=1
exit "$status"
