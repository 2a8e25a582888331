#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing to build Breakeven on Debian 12, Ubuntu 24.04 or newer: system packages with apt, the parts
# that come from PyPI into .deps/venv of this checkout. Quick when nothing is missing.
#   packaging/setup.sh [--tests] [--headless] [--clang]
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "breakeven: $*"; }
fail() { printf '%s\n' "breakeven: $*" >&2; exit 1; }

tests=no headless=no clang=no
for argument in "$@"; do
    case $argument in
        --tests) tests=yes ;;
        --headless) headless=yes ;;
        --clang) clang=yes ;;
        *) fail "Cannot set up: unknown option $argument (known: --tests, --headless, --clang)." ;;
    esac
done

packages=(g++ cmake ninja-build ccache pkg-config python3-venv libprotozero-dev libcli11-dev nlohmann-json3-dev
    libfmt-dev libssl-dev zlib1g-dev libxxhash-dev libsqlite3-dev)
[ $headless = yes ] || packages+=(qt6-base-dev libqcustomplot-dev libgl-dev fonts-inter fonts-dejavu-core)
[ $clang = no ] || packages+=(clang-14 lld-14 libclang-rt-14-dev libomp-14-dev)
[ $tests = no ] || [ $headless = yes ] || packages+=(xvfb xauth)

missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    command -v apt-get >/dev/null || fail "Cannot install ${missing[*]}: this script knows apt only; install them by hand."
    root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "Cannot install ${missing[*]}: neither root nor sudo; ask an administrator."
        root=(sudo)
    fi
    say "installing ${missing[*]}"
    log=$(mktemp)
    if ! { "${root[@]}" apt-get update -q && DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -q \
        --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        fail "Cannot install ${missing[*]}: apt-get failed, see above."
    fi
    rm -f "$log"
fi

# oneDNN: the plain CPU build with its headers. Test oracles: ONNX Runtime and ONNX's own node tests.
wanted="onednn-cpu-gomp==2023.2.0 onednn-devel-cpu-gomp==2023.2.0"
[ $tests = no ] || wanted="$wanted onnx==1.23.* onnxruntime==1.32.* numpy"
# Packages that carry trained models, for the models alone: what their programs need is not installed.
models=""
[ $tests = no ] || models="rapidocr-onnxruntime==1.4.4 magika==1.0.3 ddddocr==1.6.1 silero-vad==6.2.3"
stamp=.deps/installed
[ $tests = yes ] && stamp=.deps/installed-tests
if [ ! -x .deps/venv/bin/python ] || [ "$(cat $stamp 2>/dev/null)" != "$wanted $models" ]; then
    say "installing $wanted $models into .deps/venv"
    [ -x .deps/venv/bin/python ] || python3 -m venv .deps/venv || fail "Cannot make .deps/venv: python3 -m venv failed."
    # The oneDNN wheels name nothing they need; the others do.
    .deps/venv/bin/python -m pip install -q --disable-pip-version-check --retries 5 $wanted \
        || fail "Cannot install $wanted: pip failed, see above."
    if [ -n "$models" ]; then
        .deps/venv/bin/python -m pip install -q --disable-pip-version-check --retries 5 --no-deps $models \
            || fail "Cannot install $models: pip failed, see above."
    fi
    printf '%s' "$wanted $models" >$stamp
fi
