#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the fuzzers, with the sanitizers, and runs them all at once for some time; any finding fails.
#   packaging/fuzz.sh [SECONDS [TARGET...]]      60 seconds; targets: reader shapes compile
# The corpus grows in build/asan/fuzz/corpus and is kept between runs. What was found lies in build/asan/fuzz/findings:
# repeat it with build/asan/bin/fuzz-TARGET FILE, fix it, and if it is small, keep it in tests/fuzz/corpus.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "breakeven: $*"; }
fail() { printf '%s\n' "breakeven: $*" >&2; exit 1; }

seconds=${1:-60}
[[ $seconds =~ ^[0-9]+$ ]] || fail "Cannot fuzz for \"$seconds\": expected a number of seconds."
[ $# -lt 1 ] || shift
[ $# -gt 0 ] || set -- reader shapes compile
packaging/setup.sh --tests --clang

say "building the fuzzers in build/asan"
log=$(mktemp)
if ! { cmake --preset asan -DBREAKEVEN_WERROR="${BREAKEVEN_WERROR:-OFF}" && cmake --build --preset asan \
    --target fuzz-reader fuzz-shapes fuzz-compile make-corpus; } >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    fail "Cannot build the fuzzers: see above (whole log: $log)."
fi
rm -f "$log"

bin=build/asan/bin
work=build/asan/fuzz
for target in "$@"; do
    [ -x $bin/fuzz-"$target" ] || fail "Cannot fuzz \"$target\": known are reader, shapes and compile."
done
mkdir -p $work/corpus $work/findings
$bin/make-corpus $work/seeds
# ONNX's own node tests are seeds for every attribute there is.
.deps/venv/bin/python -W ignore tests/onnx_cases.py $work/onnx_cases $work/onnx_networks >/dev/null
for model in $work/onnx_cases/*/model.onnx; do
    if [ -e "$model" ]; then cp -u "$model" "$work/seeds/onnx-$(basename "$(dirname "$model")").onnx"; fi
done
find $work/seeds -type f -size +64k -delete
# A huge allocation is refused with a sentence, as without sanitizers; what is really used counts.
export ASAN_OPTIONS=allocator_may_return_null=1:detect_stack_use_after_return=0
export UBSAN_OPTIONS=print_stacktrace=1
export OMP_NUM_THREADS=1

# The fuzzers share one corpus: what is new to one of them is a seed for the others the next time.
declare -A running
for target in "$@"; do
    say "fuzzing $target for $seconds seconds"
    $bin/fuzz-"$target" -max_len=65536 -timeout=5 -rss_limit_mb=1024 -malloc_limit_mb=0 -max_total_time="$seconds" \
        -print_final_stats=1 -artifact_prefix=$work/findings/"$target"- $work/corpus $work/seeds tests/fuzz/corpus \
        >$work/"$target".log 2>&1 &
    running[$target]=$!
done
bad=()
for target in "$@"; do
    if wait "${running[$target]}"; then
        say "$target: $(grep -aoE 'Done [0-9]+ runs' $work/"$target".log), nothing found"
    else
        grep -aE 'ERROR|SUMMARY|runtime error|Test unit written' $work/"$target".log >&2 \
            || tail -n 20 $work/"$target".log >&2
        bad+=("$target")
    fi
done
[ ${#bad[@]} -eq 0 ] || fail "Found something in ${bad[*]}: see $work/*.log and $work/findings."
