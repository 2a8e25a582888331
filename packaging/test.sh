#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds and runs all tests.
#   packaging/test.sh [PRESET...]      presets: release (default), dev, asan, tsan, headless
# BREAKEVEN_WERROR=ON makes warnings errors. The output ends with ctest's summary of the last preset.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "breakeven: $*"; }
fail() { printf '%s\n' "breakeven: $*" >&2; exit 1; }

[ $# -gt 0 ] || set -- release
if [[ " $* " == *" asan "* ]]; then
    packaging/setup.sh --tests --clang
else
    packaging/setup.sh --tests
fi
export QT_QPA_PLATFORM=offscreen
export TSAN_OPTIONS="suppressions=$PWD/tests/tsan.supp ignore_noninstrumented_modules=1"
for preset in "$@"; do
    say "building build/$preset"
    log=$(mktemp)
    if ! { cmake --preset "$preset" -DBREAKEVEN_WERROR="${BREAKEVEN_WERROR:-OFF}" && cmake --build --preset "$preset"; } \
        >"$log" 2>&1; then
        tail -n 60 "$log" >&2
        fail "Cannot build preset $preset: see above."
    fi
    rm -f "$log"
    if [ "$preset" = headless ]; then
        # No Qt at all, so no Qt Test: the program itself must run, and must not know Qt.
        build/headless/bin/breakeven-cli verify zoo:tiny-cnn --engine cpu
        if ldd build/headless/bin/breakeven-cli | grep -i qt; then
            fail "The headless command line is linked to Qt, see above."
        fi
        continue
    fi
    say "testing build/$preset"
    (cd "build/$preset" && ctest --output-on-failure -j 2)
done
