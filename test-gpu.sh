#!/usr/bin/env bash
# Tests and measures MiniStack on an NVIDIA GPU, here or on a machine that has only the driver.
#   ./test-gpu.sh                       publishes into artifacts/gpu, a folder that runs on any Linux of x86-64 with a driver;
#                                       with a GPU in this machine goes on as with --run, without one says what to do, and that is no failure
#   ./test-gpu.sh --run                 runs what was published (publishes first if nothing was) and writes benchmarks/RESULTS-GPU.md
#   ./test-gpu.sh --emulator            publishes and runs on tests/Cuda.Emulator, to see that all of this works; always as with --quick
#   --quick                             with any of them: tiny shapes, and a report in a temporary file
# Exit code: 0 done, 1 something failed, or --run found no GPU; 2 a wrong argument, or a tool is missing.
set -euo pipefail
cd "$(dirname "$0")"
usage="Usage: ./test-gpu.sh [--run | --emulator] [--quick]"

mode=publish quick=()
for argument in "$@"; do
  case "$argument" in
    --run | --emulator)
      [ "$mode" = publish ] || { echo "test-gpu.sh: --run and --emulator exclude each other. $usage" >&2; exit 2; }
      mode=${argument#--} ;;
    --quick) quick=(--quick) ;;
    *) echo "test-gpu.sh: unknown argument '$argument'. $usage" >&2; exit 2 ;;
  esac
done
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
root=$PWD
folder=$root/artifacts/gpu

publish() {
  if ! command -v dotnet >/dev/null; then
    echo "test-gpu.sh: the .NET 10 SDK is missing. Install it from https://dot.net, or copy artifacts/gpu from a machine that has it." >&2
    exit 2
  fi
  # Beside the ordinary build, which knows nothing of a runtime of its own.
  local parts=$root/artifacts/gpu-parts project file into
  rm -rf "$folder" "$parts"
  mkdir -p "$folder/bin" "$folder/tests"
  for project in examples/Part1.Hardware tests/Cuda.Tests benchmarks examples/Part5.Training; do
    echo "== publishing $project"
    dotnet publish "$project" -c Release -r linux-x64 --self-contained -p:InvariantGlobalization=true --artifacts-path "$root/artifacts/gpu-build" \
      -o "$parts" --disable-build-servers -v quiet -clp:NoSummary
    # They share one runtime, except the tests, whose packages are others; a file that two of them have must be the same file.
    into=$folder/bin
    [ "$project" != tests/Cuda.Tests ] || into=$folder/tests
    while IFS= read -r -d '' file; do
      [ ! -e "$into/$file" ] || cmp -s "$parts/$file" "$into/$file" ||
        { echo "test-gpu.sh: two programs bring different files of the name $file, and cannot share a folder." >&2; exit 1; }
    done < <(cd "$parts" && find . -type f -print0)
    cp -r "$parts/." "$into"
    rm -rf "$parts"
  done
  cp benchmarks/Gpu/run.sh "$folder/run.sh"
  git describe --always --dirty 2>/dev/null >"$folder/version.txt" || true
  echo "== published into artifacts/gpu, $(du -sh "$folder" | cut -f1)"
}

# Where figures are not to be kept, the report is a temporary file.
run() {
  local report=$1
  shift
  "$folder/run.sh" --report "$report" "$@"
}
temporary() { echo "$(mktemp -d)/report.md"; }
report=$root/benchmarks/RESULTS-GPU.md
[ "${#quick[@]}" = 0 ] || report=$(temporary)

case "$mode" in
  run)
    [ -x "$folder/run.sh" ] || publish
    run "$report" ${quick[@]+"${quick[@]}"}
    ;;
  emulator)
    tests/Cuda.Emulator/build.sh || { echo "test-gpu.sh: the emulator needs g++ and make." >&2; exit 2; }
    publish
    export MINISTACK_CUDA_DRIVER=$root/tests/Cuda.Emulator/bin/libcuda.so.1
    run "$(temporary)" --quick
    ;;
  publish)
    publish
    if doctor=$("$folder/bin/Part1.Hardware" doctor); then
      run "$report" ${quick[@]+"${quick[@]}"}
    else
      echo "$doctor"
      echo "== no usable GPU was found here, so nothing ran. On a Linux machine (x86-64) with an NVIDIA GPU and its driver, no SDK needed:"
      echo "     tar czf ministack-gpu.tar.gz -C artifacts gpu     # here; copy the file there"
      echo "     tar xzf ministack-gpu.tar.gz && gpu/run.sh        # there; writes gpu/RESULTS-GPU.md"
      echo "   With PyTorch for CUDA in its python3, both are measured side by side. Bring the report back as benchmarks/RESULTS-GPU.md."
    fi
    ;;
esac
