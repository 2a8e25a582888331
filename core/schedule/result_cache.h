// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace core {

/// A cache of results in front of the devices: who asks what was asked before is answered at once.
struct ResultCache {
    double hits = 0; // share of the requests that it answers
};

inline constexpr double kMostCacheKeys = 1e6;

/// Hits of a cache that keeps the `size` results used last, where requests are for one of `keys` things, the
/// k-th most popular in proportion to k^-zipf, independently: Che's approximation (Che, Tung, Wang,
/// Hierarchical Web caching systems, IEEE JSAC 20(7), 2002). A thing is in the cache if it was asked for
/// within the time T that sum(1 - exp(-p T)) = size.
double lruHits(std::int64_t size, std::int64_t keys, double zipf);

/// "hit=0.3", or "lru(size=1000,keys=100000,zipf=0.9)". Throws Error: `Cannot read cache: "x": ...`
ResultCache cacheFromText(std::string_view text);

} // namespace core
