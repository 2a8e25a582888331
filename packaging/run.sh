#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# From a fresh checkout to a picture: installs what is missing, builds, and opens the window on a built-in model. Without
# a display it runs a quick sweep instead and leaves run.json, run.csv and charts.png in this folder.
#   packaging/run.sh [arguments of breakeven]
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "breakeven: $*"; }
fail() { printf '%s\n' "breakeven: $*" >&2; exit 1; }

packaging/setup.sh
say "building into build/release"
log=$(mktemp)
if ! { cmake --preset release && cmake --build --preset release --target breakeven breakeven-cli; } >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    fail "Cannot build: see above (whole log: $log)."
fi
rm -f "$log"

bin=build/release/bin
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    say "opening the window"
    if [ $# -eq 0 ]; then
        set -- zoo:mobilenetv2 --run
    fi
    exec $bin/breakeven "$@"
fi

# Qt complains about a missing runtime folder, which a machine without a desktop does not have.
export XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-$(mktemp -d)}
say "no display: running a quick sweep of zoo:mobilenetv2 instead"
$bin/breakeven-cli sweep zoo:mobilenetv2 --engine cpu --batch 1,2,4,8 --preset quick --out run.json --csv run.csv
$bin/breakeven --render run.json --png charts.png
say "left run.json, run.csv and charts.png in $(pwd)"
