#!/usr/bin/env bash
# Line coverage of the two bottom rooms, Tensor and Autograd, by the tests of Tensor, Autograd and the table of operators.
#   tests/coverage.sh [PERCENT]     fails when either room is covered less (90 when not given)
# Kernels for vectors wider or narrower than this machine's are not counted: ./test.sh runs them by switching the others off.
set -euo pipefail
cd "$(dirname "$0")/.."
least=${1:-90}
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
command -v python3 >/dev/null || { echo "coverage.sh: python3 is missing; it adds the reports up." >&2; exit 2; }
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
for project in Tensor Autograd Operators; do
  # Coverage is told by the files that the symbols name: they must not be mapped to a folder of nobody.
  dotnet build "tests/$project.Tests" -c Release -p:PathMap= --disable-build-servers -v quiet -clp:NoSummary
  dotnet test "tests/$project.Tests" -c Release --no-build --disable-build-servers -v quiet --collect "XPlat Code Coverage" \
    --results-directory "$results/$project" >"$results/log" 2>&1 || { tail -n 40 "$results/log" >&2; exit 1; }
done
python3 - "$results" "$least" <<'PYTHON'
import glob, re, sys
import xml.etree.ElementTree as xml

results, least = sys.argv[1], float(sys.argv[2])
lines = {}
for path in glob.glob(f"{results}/*/*/coverage.cobertura.xml"):
    root = xml.parse(path).getroot()
    source = (root.findtext("sources/source") or "").rstrip("/") + "/"
    for package in root.iter("package"):
        room = package.get("name").removeprefix("MiniStack.")
        if room not in ("Tensor", "Autograd"):
            continue
        for file in package.iter("class"):
            name = source + file.get("filename")
            for line in file.iter("line"):
                at = (room, name, int(line.get("number")))
                lines[at] = max(lines.get(at, 0), int(line.get("hits")))
worst = {}
failed = not lines
for room in ("Tensor", "Autograd"):
    mine = {at: hits for at, hits in lines.items() if at[0] == room}
    hit = sum(hits > 0 for hits in mine.values())
    share = 100 * hit / max(len(mine), 1)
    failed |= share < least
    print(f"measured: line coverage of {room}: {share:.1f} % ({hit} of {len(mine)} lines)")
    files = {}
    for (_, name, _), hits in mine.items():
        all_, missed = files.get(name, (0, 0))
        files[name] = (all_ + 1, missed + (hits == 0))
    for name, (all_, missed) in sorted(files.items(), key=lambda item: -item[1][1])[:8]:
        if missed:
            print(f"   {missed:4} of {all_:4} lines missed in {re.sub('.*/src/', 'src/', name)}")
sys.exit(failed)
PYTHON
