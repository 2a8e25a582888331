// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

namespace core {

/// A buffer that is alive from step `first` to step `last`, both included.
struct Lifetime {
    std::size_t bytes = 0;
    int first = 0;
    int last = 0;
};

struct MemoryPlan {
    std::vector<std::size_t> offsets; // per buffer, a multiple of the alignment
    std::size_t bytes = 0; // of the whole arena
};

/// Offsets in one arena such that no two buffers alive at the same step overlap: largest first, each into the
/// lowest gap. Pure. Within a few per cent of the lower bound on networks; optimal packing is NP-hard. In
/// place is the caller's business: give two values one buffer. Throws OutOfMemory for sums that no address
/// holds.
MemoryPlan planMemory(const std::vector<Lifetime>& buffers, std::size_t alignment = 64);

} // namespace core
