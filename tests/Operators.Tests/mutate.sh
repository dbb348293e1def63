#!/usr/bin/env bash
# Tests the table: breaks kernels and gradients as mutations.txt says, and fails when the tests of an operator that was broken do not notice.
#   ./mutate.sh          all mutations
# Mutations of one batch touch different operators and are built and tested together: an operator's own tests must fail.
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
root=$(cd ../.. && pwd)

# What the tests are built from, without what was built.
mkdir -p "$folder/tree/tests"
(cd "$root" && tar -cf - --exclude=bin --exclude=obj Directory.Build.props Directory.Packages.props global.json .editorconfig LICENSE README.md CHANGELOG.md src \
  tests/Directory.Build.props tests/TestCulture.cs tests/Operators.Tests tests/Tensor.Tests/Support tests/Models.Tests/Golden tests/Golden docs $(ls NuGet.config nuget.config 2>/dev/null || true)) |
  tar -xf - -C "$folder/tree"

# @ OPERATOR FILE NAME, then lines "- ORIGINAL" and "+ REPLACEMENT": text of the file, not whole lines. "= NAME" begins a batch.
batches=() operators=() files=() names=() originals=() replacements=() batch=""
while IFS= read -r line; do
  case "$line" in
    '= '*) batch=${line:2} ;;
    '@ '*)
      read -r _ operator file name <<<"$line"
      batches+=("$batch") operators+=("$operator") files+=("$file") names+=("$name") originals+=("") replacements+=("")
      ;;
    '- '*) originals[-1]+="${originals[-1]:+$'\n'}${line:2}" ;;
    '+ '*) replacements[-1]+="${replacements[-1]:+$'\n'}${line:2}" ;;
    '' | '#'*) ;;
    *) echo "mutations.txt: what is '$line'?" >&2; exit 2 ;;
  esac
done <mutations.txt

build() { dotnet build "$folder/tree/tests/Operators.Tests" -c Release --disable-build-servers -v quiet -clp:NoSummary >"$folder/log" 2>&1; }
run() {
  timeout 600 dotnet test "$folder/tree/tests/Operators.Tests" -c Release --no-build --disable-build-servers -v quiet \
    --logger "console;verbosity=normal" --filter "FullyQualifiedName~Checks.|FullyQualifiedName~ReferenceTests|FullyQualifiedName~GradientTests|FullyQualifiedName~GoldenTests" \
    >"$folder/log" 2>&1
}

build || { tail -n 20 "$folder/log" >&2; echo "mutate.sh: the tests do not build without any mutation" >&2; exit 1; }
run || { grep -E '^ *Failed ' "$folder/log" | head >&2; echo "mutate.sh: the tests fail without any mutation" >&2; exit 1; }

caught=0 wrong=0
for batch in $(printf '%s\n' "${batches[@]}" | uniq); do
  touched=()
  for i in "${!batches[@]}"; do
    [ "${batches[$i]}" = "$batch" ] || continue
    at="$folder/tree/${files[$i]}" from="${originals[$i]}"
    text=$(<"$at")
    if [[ $text != *"$from"* || ${text#*"$from"} == *"$from"* ]]; then
      echo "STALE     ${operators[$i]}: ${names[$i]}: its original text is not in ${files[$i]} exactly once"
      wrong=$((wrong + 1))
      continue
    fi
    printf '%s\n' "${text%%"$from"*}${replacements[$i]}${text#*"$from"}" >"$at"
    touched+=("$i")
  done
  if build; then
    run || true
    for i in "${touched[@]}"; do
      failures=$(grep -E '^ *Failed ' "$folder/log" | grep -cF "(name: \"${operators[$i]}\"" || true)
      if [ "$failures" -gt 0 ]; then
        echo "caught    ${operators[$i]}: ${names[$i]}: $failures tests of it fail"
        caught=$((caught + 1))
      else
        echo "SURVIVED  ${operators[$i]}: ${names[$i]}"
        wrong=$((wrong + 1))
      fi
    done
  else
    echo "BROKEN    batch $batch does not compile:"
    grep -E 'error' "$folder/log" | sort -u | head -n 5
    wrong=$((wrong + ${#touched[@]}))
  fi
  for i in "${touched[@]}"; do cp -p "$root/${files[$i]}" "$folder/tree/${files[$i]}" && touch "$folder/tree/${files[$i]}"; done
done
echo "measured: $caught of ${#operators[@]} mutations of CPU kernels and gradients caught"
[ "$wrong" = 0 ] && [ "$caught" = "${#operators[@]}" ]
