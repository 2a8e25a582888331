#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The arrows of ARCHITECTURE.md: app -> {ui, cpu, gpu} -> core; no Qt outside ui, app and tests. Fails on an #include that breaks one.
set -u
cd "$1" || exit 2
failed=0
forbid() { # forbid FOLDER PATTERN WHY
    local found
    found=$(grep -rnE --include='*.h' --include='*.cpp' --include='*.cu' "#include [<\"]($2)" "$1" 2>/dev/null)
    if [ -n "$found" ]; then
        printf '%s\n%s\n' "$3:" "$found"
        failed=1
    fi
}
qt='Q[A-Z]|q[a-z]+plot|Qt'
forbid core '(cpu|gpu|ui|app)/' 'core knows nobody'
forbid core "$qt" 'core contains no Qt'
forbid cpu '(gpu|ui|app)/' 'cpu knows core only'
forbid cpu "$qt" 'cpu contains no Qt'
forbid gpu '(cpu|ui|app)/' 'gpu knows core only'
forbid gpu "$qt" 'gpu contains no Qt'
forbid ui '(cpu|gpu|app)/' 'ui knows core only'
forbid app/cli "$qt" 'breakeven-cli contains no Qt'
forbid app/cli '(cpu|gpu|ui)/' 'only app/engine_catalog.cpp names engines'
found=$(grep -rlE '#include "(cpu|gpu)/' app | grep -v '^app/engine_catalog.cpp$')
[ -z "$found" ] || { printf 'only app/engine_catalog.cpp names both engines:\n%s\n' "$found"; failed=1; }
missing=$(git ls-files '*.h' '*.cpp' '*.cu' '*.sh' '*.py' '*.cmake' '*CMakeLists.txt' 2>/dev/null | xargs -r grep -L 'SPDX-License-Identifier: GPL-3.0-or-later')
[ -z "$missing" ] || { printf 'no SPDX line:\n%s\n' "$missing"; failed=1; }
exit $failed
