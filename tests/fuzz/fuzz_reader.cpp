// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/hostile_model.h"

/// Any bytes: the reader makes a graph that holds together, or one sentence.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::parsed({ reinterpret_cast<const std::byte*>(data), size });
    return 0;
}
