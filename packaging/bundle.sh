#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes a folder that runs on any Linux with glibc 2.36 or newer: the command line, the GPU plug-in, what they need, and
# gpu-check. For GPU servers without a registry, Qt or a display. cuBLASLt comes from the machine, or its Python.
#   packaging/bundle.sh [FOLDER]      build/bundle/breakeven, and FOLDER.tar.xz beside it
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "breakeven: $*"; }
fail() { printf '%s\n' "breakeven: $*" >&2; exit 1; }

folder=${1:-build/bundle/breakeven}
packaging/setup.sh --headless
command -v nvcc >/dev/null || fail "Cannot make a bundle: no CUDA toolkit is installed (nvcc is missing)."
say "building into build/bundle-objects"
log=$(mktemp)
# shellcheck disable=SC2016 # the loader expands $ORIGIN
if ! { cmake --preset headless -B build/bundle-objects -DBREAKEVEN_CUDA=ON -DBREAKEVEN_CUDA_ALL="${BREAKEVEN_CUDA_ALL:-ON}" \
    -DCMAKE_BUILD_WITH_INSTALL_RPATH=ON '-DCMAKE_INSTALL_RPATH=$ORIGIN:$ORIGIN/lib:$ORIGIN/../lib' \
    && cmake --build build/bundle-objects --target breakeven-cli breakeven-gpu op-check breakeven-gpu-faults; } >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    fail "Cannot build: see above (whole log: $log)."
fi
rm -f "$log"

rm -rf "$folder"
mkdir -p "$folder/lib" "$folder/faults"
bin=build/bundle-objects/bin
cp $bin/breakeven-cli $bin/op-check $bin/libbreakeven-gpu.so packaging/gpu-check packaging/torch_peers.py LICENSE THIRD-PARTY.md "$folder"
cp -r resources/profiles "$folder/profiles"
cp $bin/breakeven-cli "$folder/faults/breakeven-cli"
cp $bin/faults/libbreakeven-gpu.so "$folder/faults/"
strip "$folder"/breakeven-cli "$folder"/op-check "$folder"/faults/breakeven-cli
# Whatever is linked to and is no part of glibc. oneDNN lies in a folder of this checkout, which the programs no longer name.
export LD_LIBRARY_PATH=$PWD/.deps/venv/lib
for program in breakeven-cli op-check libbreakeven-gpu.so; do
    if ldd $bin/$program | grep 'not found' >&2; then
        fail "Cannot make a bundle: $program needs what is not found, see above."
    fi
    ldd $bin/$program | awk '$3 ~ "^/" { print $3 }' \
        | grep -vE '/(libc|libm|libdl|librt|libpthread|ld-linux-x86-64|libresolv)\.so' || true
done | sort -u | while read -r library; do
    cp -L "$library" "$folder/lib/"
done
cat >"$folder/README" <<TEXT
Breakeven $(sed -n 's/.*VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt | head -n 1): when does GPU inference beat CPU inference?
  ./breakeven-cli devices               what is here
  ./breakeven-cli sweep zoo:resnet50 --engine cpu,gpu --batch 1,2,4-64x2 --out run.json
  ./gpu-check --out report              is the GPU engine right, fast and robust here: report/report.md
TEXT
# Of what is no program objdump complains.
needed=$({ find "$folder" -type f -exec objdump -T {} + 2>/dev/null || true; } | grep -oE 'GLIBC_2\.[0-9]+' | sort -t. -k2 -n -u | tail -n 1)
say "needs ${needed:-no glibc symbols}"
tar -C "$(dirname "$folder")" -cJf "$folder.tar.xz" "$(basename "$folder")"
say "left $folder, and $folder.tar.xz with $(du -m "$folder.tar.xz" | cut -f 1) MB"
