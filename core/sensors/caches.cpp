// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/caches.h"

#include "core/sensors/text_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <sstream>

namespace core {

namespace {

constexpr int kMostCaches = 16; // of one CPU; machines have four
constexpr int kMostCpus = 1 << 20; // a range in a file may not be believed

/// The number at the start of `text`; 0 when there is none.
std::size_t numberIn(const std::string& text, std::size_t& end)
{
    std::size_t number = 0;
    const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    end = static_cast<std::size_t>(last - text.data());
    return error == std::errc() ? number : 0;
}

/// "48K" or "32M" to bytes; 0 for anything else.
std::size_t sizeIn(const std::string& text)
{
    std::size_t end = 0;
    const std::size_t number = numberIn(text, end);
    const std::string unit = text.substr(end);
    const std::size_t scale = unit.empty() ? 1 : unit == "K" ? 1024 : unit == "M" ? 1024 * 1024 : 0;
    return scale == 0 || number > std::numeric_limits<std::size_t>::max() / scale ? 0 : number * scale;
}

/// How many are in "0-3,8-11"; at least 1.
int countIn(const std::string& list)
{
    std::istringstream parts(list);
    int count = 0;
    for (std::string part; std::getline(parts, part, ',');) {
        std::size_t end = 0, rest = 0;
        const std::size_t first = numberIn(part, end);
        std::size_t last = first;
        if (end < part.size() && part[end] == '-')
            last = numberIn(part.substr(end + 1), rest);
        if (last >= first && last - first < kMostCpus && count < kMostCpus)
            count += static_cast<int>(last - first) + 1;
    }
    return std::max(1, count);
}

} // namespace

std::vector<CacheLevel> readCaches(const std::string& root)
{
    std::vector<CacheLevel> levels;
    for (int index = 0; index < kMostCaches; ++index) {
        const std::string folder = fmt::format("sys/devices/system/cpu/cpu0/cache/index{}/", index);
        const std::string type = textOrEmpty(root, folder + "type");
        if (type != "Data" && type != "Unified")
            continue;
        std::size_t end = 0;
        const std::size_t level = numberIn(textOrEmpty(root, folder + "level"), end);
        const std::size_t bytes = sizeIn(textOrEmpty(root, folder + "size"));
        if (level >= 1 && level <= kMostCaches && bytes > 0)
            levels.push_back({ .level = static_cast<int>(level),
                .bytes = bytes,
                .sharedBy = countIn(textOrEmpty(root, folder + "shared_cpu_list")) });
    }
    std::sort(levels.begin(), levels.end(),
        [](const CacheLevel& a, const CacheLevel& b) { return a.level < b.level; });
    return levels;
}

std::size_t cacheCapacity(const std::vector<CacheLevel>& caches, int level, int threads, int cores)
{
    const auto found = std::find_if(
        caches.begin(), caches.end(), [level](const CacheLevel& cache) { return cache.level == level; });
    if (found == caches.end())
        return 0;
    // Threads of one physical core share even the nearest cache.
    const int siblings = std::max(1, caches.front().sharedBy);
    const int physical = std::clamp(threads, 1, std::max(1, cores / siblings));
    const int perCache = std::max(1, found->sharedBy / siblings);
    const int count = (physical + perCache - 1) / perCache;
    return found->bytes * static_cast<std::size_t>(count);
}

} // namespace core
