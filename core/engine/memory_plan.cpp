// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/memory_plan.h"

#include "core/error.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace core {

namespace {

bool aliveTogether(const Lifetime& a, const Lifetime& b)
{
    return a.first <= b.last && b.first <= a.last;
}

/// Shapes of a hostile file may add up to more than an address holds; sums of two of these do not.
constexpr std::size_t kMostBytes = std::numeric_limits<std::size_t>::max() / 4;

void requirePossible(std::size_t bytes)
{
    if (bytes > kMostBytes)
        throw OutOfMemory("Cannot plan memory: more than {} bytes are needed at once.", kMostBytes);
}

} // namespace

MemoryPlan planMemory(const std::vector<Lifetime>& buffers, std::size_t alignment)
{
    const auto aligned
        = [alignment](std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; };

    std::vector<std::size_t> order(buffers.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
        [&](std::size_t a, std::size_t b) { return buffers[a].bytes > buffers[b].bytes; });

    MemoryPlan plan { .offsets = std::vector<std::size_t>(buffers.size(), 0) };
    std::vector<std::size_t> placed; // indices of placed buffers, by rising offset
    for (const std::size_t index : order) {
        requirePossible(buffers[index].bytes);
        std::size_t offset = 0;
        for (const std::size_t other : placed) {
            if (!aliveTogether(buffers[index], buffers[other]))
                continue;
            if (offset + aligned(buffers[index].bytes) <= plan.offsets[other])
                break; // fits into the gap below this one; later ones lie higher still
            offset = std::max(offset, plan.offsets[other] + aligned(buffers[other].bytes));
        }
        plan.offsets[index] = offset;
        plan.bytes = std::max(plan.bytes, offset + aligned(buffers[index].bytes));
        requirePossible(plan.bytes);
        const auto position = std::upper_bound(placed.begin(), placed.end(), index,
            [&](std::size_t a, std::size_t b) { return plan.offsets[a] < plan.offsets[b]; });
        placed.insert(position, index);
    }
    return plan;
}

} // namespace core
