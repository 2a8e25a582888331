// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/hostile_model.h"

/// Any model: the passes and shape inference give a sound graph with shapes, or one sentence.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto graph = fuzz::parsed({ reinterpret_cast<const std::byte*>(data), size });
    if (!graph)
        return 0;
    fuzz::shapesOf(*graph, 1);
    const auto better = fuzz::optimised(*graph);
    for (const std::int64_t batch : { 1, 3 })
        if (better)
            fuzz::shapesOf(*better, batch);
    return 0;
}
