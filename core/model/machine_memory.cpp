// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/machine_memory.h"

#include <unistd.h>

namespace core {

std::size_t machineMemory()
{
    static const std::size_t bytes
        = static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    return bytes;
}

} // namespace core
