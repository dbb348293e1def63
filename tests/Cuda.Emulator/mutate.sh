#!/usr/bin/env bash
# Tests the self-test: breaks one thing in the kernels at a time, as mutations.txt says, and fails when nobody notices.
#   ./mutate.sh          all mutations
#   ./mutate.sh TEXT     those with this text in their file or name, such as softmax.cu
set -euo pipefail
cd "$(dirname "$0")"
JOBS=2 SECONDS_EACH=300 # the self-test takes 5; a busy machine must not make an endless one of it

./build.sh
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# The emulator as it is built, and the kernels: make then compiles what a mutation touches, no more.
copy_to() {
  mkdir -p "$1/tests" "$1/src/Cuda"
  cp -a ../Cuda.Emulator "$1/tests"
  cp -a ../../src/Cuda/Kernels ../../src/Cuda/Ptx "$1/src/Cuda"
}

# Compiles what has changed in a copy, quickly.
compile() { make --silent OPTIMIZE=-O1 -C "$1/tests/Cuda.Emulator"; }

# The self-test in a copy; its output goes to the copy's log.
self_test() {
  timeout "$SECONDS_EACH" "$1/tests/Cuda.Emulator/build.sh" --test >"$1/log" 2>&1
}

# One mutation, in a copy of its own: a line on what noticed it. Fails where nothing did.
try() { # NUMBER
  local at="$folder/$1" file="${files[$1]}" from="${originals[$1]}" to="${replacements[$1]}" title="${files[$1]}: ${names[$1]}"
  local text result=0
  copy_to "$at"
  text=$(<"$at/src/Cuda/Kernels/$file")
  if [[ $text != *"$from"* || ${text#*"$from"} == *"$from"* ]]; then
    echo "STALE     $title: its original text is not there exactly once"
    return 1
  fi
  printf '%s\n' "${text%%"$from"*}$to${text#*"$from"}" >"$at/src/Cuda/Kernels/$file"
  if ! compile "$at" >"$at/log" 2>&1; then
    echo "BROKEN    $title: does not compile"
    head -n 5 "$at/log"
    return 1
  fi
  self_test "$at" || result=$?
  case "$result" in
    0) echo "SURVIVED  $title" ;;
    124) echo "caught    $title: the self-test does not end" ;;
    *)
      if ! grep -qE '^(Threads in|Results depend)' "$at/log"; then # not the self-test's own verdict
        echo "BROKEN    $title: the self-test did not run"
        tail -n 5 "$at/log"
        return 1
      fi
      echo "caught    $title: $(reason "$at/log")"
      ;;
  esac
  rm -rf "$at"
  [ "$result" != 0 ]
}

# The first thing that failed, and in which order of threads.
reason() {
  local order
  order=$(sed -n 's/^Threads in \(.*\) order:$/ (\1)/p' "$1")
  echo "$(sed '/^The next four messages are expected/,+4d' "$1" | grep -m 1 -E '^(FAILED|emulator|Results)' || echo "it crashes")$order"
}

# @ FILE NAME, then lines "- ORIGINAL" and "+ REPLACEMENT": text of the file, not whole lines.
files=() names=() originals=() replacements=()
while IFS= read -r line; do
  case "$line" in
    '@ '*) read -r _ file name <<<"$line"; files+=("$file") names+=("$name") originals+=("") replacements+=("") ;;
    '- '*) originals[-1]+="${originals[-1]:+$'\n'}${line:2}" ;;
    '+ '*) replacements[-1]+="${replacements[-1]:+$'\n'}${line:2}" ;;
    '' | '#'*) ;;
    *) echo "mutations.txt: what is '$line'?" >&2; exit 2 ;;
  esac
done <mutations.txt

# The kernels as they are, compiled in the same way.
copy_to "$folder/unchanged"
touch "$folder/unchanged"/src/Cuda/Kernels/*.cu
compile "$folder/unchanged"
self_test "$folder/unchanged" || { cat "$folder/unchanged/log"; echo "mutate.sh: the self-test fails without any mutation" >&2; exit 1; }

tried=0
for number in "${!files[@]}"; do
  [[ "${files[$number]}: ${names[$number]}" == *"${1:-}"* ]] || continue
  tried=$((tried + 1))
  while [ "$(jobs -rp | wc -l)" -ge "$JOBS" ]; do wait -n || true; done
  { try "$number" && touch "$folder/caught.$number"; } &
done
while [ -n "$(jobs -rp)" ]; do wait -n || true; done
caught=$(find "$folder" -name 'caught.*' | wc -l)
echo "measured: $caught of $tried kernel mutations caught"
[ "$tried" -gt 0 ] && [ "$caught" = "$tried" ]
