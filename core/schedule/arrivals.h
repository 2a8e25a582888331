// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/statistics.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// Open-loop arrivals: when requests come in does not depend on how fast they are answered. The same seed
/// gives the same requests everywhere.
namespace core {

/// Priorities are 0, served first, to 7.
inline constexpr int kPriorities = 8;
inline constexpr int kMostItems = 1'000'000; // of a request
inline constexpr std::size_t kMostArrivals = 20'000'000;

struct Request {
    Nanoseconds at {}; // when it is scheduled to come in
    std::int32_t items = 1; // 1 to kMostItems
    std::int32_t priority = 0;
};

/// How times between arrivals are drawn. All have the mean rate that is asked for.
struct ArrivalProcess {
    enum class Kind {
        Constant,
        Poisson,
        Gamma, // independent gaps with coefficient of variation `variation`
        Mmpp, // two-state Markov-modulated Poisson process: quiet, and bursts
        Diurnal, // Poisson with the rate (1 + swing sin(2 pi t / period)), by thinning (Lewis, Shedler 1979)
        Trace // replayed as recorded
    };
    Kind kind = Kind::Poisson;
    double variation = 2; // Gamma: standard deviation of the gaps over their mean
    double burst = 10; // Mmpp: rate of a burst over that of quiet times
    double share = 0.1; // Mmpp: of the time that is bursts
    Nanoseconds length = std::chrono::seconds(1); // Mmpp: of a burst, on average
    double swing = 0.8; // Diurnal: 0 to 1
    Nanoseconds period = std::chrono::hours(24); // Diurnal
    std::string file {}; // Trace
};

/// "constant", "poisson", "gamma(cv=2)", "mmpp(burst=10,share=0.1,length=1s)", "diurnal(swing=0.8,
/// period=24h)", "trace(FILE)". Throws Error.
ArrivalProcess arrivalsFromText(std::string_view text);

/// How many items requests have.
struct RequestSizes {
    enum class Kind { Fixed, Uniform, Geometric };
    Kind kind = Kind::Fixed;
    int low = 1, high = 1; // Fixed: low; Uniform: both included
    double mean = 1; // Geometric, from 1 on
};

/// "4", "1-64" (all as likely), "geometric(mean=8)". Throws Error.
RequestSizes sizesFromText(std::string_view text);

/// How many they have on average.
double meanItems(const RequestSizes& sizes);

/// `count` requests at `rate` a second in the order of their times; the first comes a gap after 0. A trace
/// has its own rate, count and sizes: it is read with readTrace(). Throws Error for a rate that is not
/// positive, or so low that the last request would be centuries away.
std::vector<Request> arrivals(const ArrivalProcess& process, double rate, std::size_t count,
    std::uint64_t seed, const RequestSizes& sizes = {});

/// Requests of a CSV with lines "time,items[,priority]": seconds, rising; the line of that wording may be
/// first. Times count from the first request's. Trusts nothing. Throws Error, one sentence: `Cannot read
/// trace: line 3: "x" is not a time in seconds.`
std::vector<Request> traceFromCsv(std::string_view csv);
/// Throws Error with the file's name.
std::vector<Request> readTrace(const std::filesystem::path& path);

} // namespace core
