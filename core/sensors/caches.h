// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace core {

/// One level of the first CPU's data caches.
struct CacheLevel {
    int level = 1;
    std::size_t bytes = 0;
    int sharedBy = 1; // hardware threads that share it
};

/// The levels that hold data, the nearest first, as /sys tells; those that it does not tell are missing.
std::vector<CacheLevel> readCaches(const std::string& root = "/");

/// What the caches of one level hold for `threads` threads, of which the first ones are placed one to a
/// physical core, on neighbours. `caches` is what readCaches() returned, `cores` the hardware threads there
/// are.
std::size_t cacheCapacity(const std::vector<CacheLevel>& caches, int level, int threads, int cores);

} // namespace core
