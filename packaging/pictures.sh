#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the pictures of the documents anew, from sweeps of this machine: docs/window.png, decision.png, lab.png. They show
# what was measured, so do nothing else on the machine meanwhile. Needs build/release and xvfb-run.
#   packaging/pictures.sh
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$PWD/build/release/bin docs=$PWD/docs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CONFIG_HOME=$work/config XDG_RUNTIME_DIR=$work # no wish of whoever makes them

picture() { # picture NAME ARGUMENTS...
    (cd "$work" && xvfb-run -a -s "-screen 0 1440x900x24" "$bin/breakeven" --no-store --size 1440x900 --theme light \
        --screenshot "$docs/$1" "${@:2}")
}

picture window.png zoo:resnet50 --run --engine cpu --threads 1,2 --batch 1-16x2 --preset quick
(cd "$work" && "$bin/breakeven-cli" sweep zoo:resnet50 --engine cpu --threads 1,2 --batch 1-16x2 --preset quick \
    --no-store --out resnet50.json >/dev/null)
picture decision.png resnet50.json --decision
picture lab.png resnet50.json --lab
