#!/usr/bin/env bash
# MiniStack beside PyTorch, in turns, in one run; prints the comparison and writes benchmarks/RESULTS.md.
#   ./bench.sh                     everything, about eight minutes
#   ./bench.sh --only step         a part: matmul, elementwise, rows, sort, pooling, attention, convolution, step, memory, startup (writes no RESULTS.md)
#   ./bench.sh --json rows.json    also the rows as JSON
# The peers are installed from the system's package manager where they are missing.
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

if ! command -v dotnet >/dev/null; then
  echo "bench.sh: the .NET 10 SDK is missing. Install it from https://dot.net and run again." >&2
  exit 2
fi

python=/usr/bin/python3
has_peers() { [ -x "$python" ] && "$python" -c 'import torch' >/dev/null 2>&1 && ls /usr/lib/*/openblas-pthread/libblas.so.3 >/dev/null 2>&1; }
if ! has_peers && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "== installing python3-torch and libopenblas0-pthread"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    python3-torch python3-numpy libopenblas0-pthread; } >/dev/null 2>&1 || echo "   apt-get could not install them"
fi
if ! has_peers; then
  echo "bench.sh: PyTorch with OpenBLAS is missing. On Debian: apt-get install python3-torch libopenblas0-pthread" >&2
  exit 2
fi

results=(--results benchmarks/RESULTS.md)
for argument in "$@"; do
  case "$argument" in --only | --only=* | -h | --help) results=() ;; esac
done
dotnet build benchmarks -c Release -v quiet -clp:NoSummary -warnaserror
exec dotnet run -c Release --no-build --project benchmarks -- peers ${results[@]+"${results[@]}"} "$@"
