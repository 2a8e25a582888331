#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the fuzzers and runs each for some time; any finding fails.
#   packaging/fuzz.sh [SECONDS [TARGET...]]      60 seconds; targets: reader shapes compile
# The corpus grows in build/fuzz/corpus and is kept between runs. An input that was found lies in build/fuzz/findings:
# repeat it with build/fuzz/bin/fuzz-TARGET FILE, fix it, and if it is small, keep it in tests/fuzz/corpus.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "breakeven: $*"; }
fail() { printf '%s\n' "breakeven: $*" >&2; exit 1; }

seconds=${1:-60}
[[ $seconds =~ ^[0-9]+$ ]] || fail "Cannot fuzz for \"$seconds\": expected a number of seconds."
[ $# -lt 1 ] || shift
[ $# -gt 0 ] || set -- reader shapes compile
packaging/setup.sh --tests --fuzz

say "building build/fuzz"
log=$(mktemp)
if ! { cmake --preset fuzz && cmake --build --preset fuzz; } >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    fail "Cannot build the fuzzers: see above."
fi
rm -f "$log"

build=build/fuzz
mkdir -p $build/corpus $build/findings
$build/bin/make-corpus $build/seeds
# ONNX's own node tests are seeds for every attribute there is.
.deps/venv/bin/python -W ignore tests/onnx_cases.py $build/onnx_cases $build/onnx_networks >/dev/null
for model in $build/onnx_cases/*/model.onnx; do
    if [ -e "$model" ]; then cp -u "$model" "$build/seeds/onnx-$(basename "$(dirname "$model")").onnx"; fi
done
find $build/seeds -type f -size +64k -delete
# A huge allocation is refused with a sentence, as without sanitizers; what is really used counts.
export ASAN_OPTIONS=allocator_may_return_null=1:detect_stack_use_after_return=0
export UBSAN_OPTIONS=print_stacktrace=1
export OMP_NUM_THREADS=1
bad=()
for target in "$@"; do
    [ -x $build/bin/fuzz-"$target" ] || fail "Cannot fuzz \"$target\": known are reader, shapes and compile."
    say "fuzzing $target for $seconds seconds"
    if ! $build/bin/fuzz-"$target" -max_len=65536 -timeout=5 -rss_limit_mb=1024 -malloc_limit_mb=0 \
        -max_total_time="$seconds" -print_final_stats=1 -artifact_prefix=$build/findings/"$target"- \
        $build/corpus $build/seeds tests/fuzz/corpus >$build/"$target".log 2>&1; then
        grep -aE 'ERROR|SUMMARY|runtime error|artifact_prefix|Test unit written' $build/"$target".log >&2 || tail -n 20 $build/"$target".log >&2
        bad+=("$target")
    else
        grep -aE 'stat::number_of_executed_units|stat::peak_rss_mb' $build/"$target".log
    fi
done
[ ${#bad[@]} -eq 0 ] || fail "Found something in ${bad[*]}: see build/fuzz/*.log and build/fuzz/findings."
say "nothing found in $*"
