// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/result_cache.h"

#include "core/call.h"
#include "core/error.h"

#include <cmath>
#include <vector>

namespace core {

namespace {

constexpr int kMostRounds = 100; // it takes some ten
constexpr double kClose = 1e-9;

} // namespace

double lruHits(std::int64_t size, std::int64_t keys, double zipf)
{
    if (size >= keys)
        return 1;
    std::vector<double> popularity(static_cast<std::size_t>(keys));
    double sum = 0;
    for (std::size_t key = 0; key < popularity.size(); ++key)
        sum += popularity[key] = std::pow(static_cast<double>(key + 1), -zipf);
    for (double& each : popularity)
        each /= sum;
    // What is kept rises with the time, ever slower, and size things take at least as many requests: Newton's
    // method comes from below and never overshoots.
    double time = static_cast<double>(size);
    for (int round = 0; round < kMostRounds; ++round) {
        double missing = static_cast<double>(size), slope = 0;
        for (const double each : popularity) {
            const double gone = std::exp(-each * time);
            missing -= 1 - gone;
            slope += each * gone;
        }
        time += missing / slope;
        if (missing < kClose * static_cast<double>(size))
            break;
    }
    double hits = 0;
    for (const double each : popularity)
        hits -= each * std::expm1(-each * time);
    return hits;
}

ResultCache cacheFromText(std::string_view text)
{
    if (text.starts_with("hit=")) {
        const auto hits = numberFromText(text.substr(4));
        if (!hits || *hits < 0 || *hits >= 1)
            throw Error("Cannot read cache: \"{}\": hit is a number from 0 to below 1.", text);
        return { *hits };
    }
    Call call(text, "cache");
    if (call.name() != "lru")
        call.refuse("the ways are hit=0.3 and lru(size=1000,keys=100000,zipf=0.9)");
    const int most = static_cast<int>(kMostCacheKeys);
    const int size = call.whole("size", 1000, 1, most), keys = call.whole("keys", 100'000, 1, most);
    const double zipf = call.number("zipf", 0.9, 0, 10);
    call.finish();
    if (size >= keys)
        call.refuse("it keeps everything, and would answer all but the first requests");
    return { lruHits(size, keys, zipf) };
}

} // namespace core
