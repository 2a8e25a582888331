// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schedule/simulation.h"

namespace core {

/// What no schedule can beat, with perfect knowledge of what will come in.
struct OracleBound {
    /// At least this mean latency. Two facts bound the n-th answer, whoever gets it: all devices together
    /// answer no faster than one server that works off items at the sum of their best rates, may be
    /// interrupted at any time and serves the request with the least left first (no schedule of such a server
    /// has more requests done at any time: Schrage, 1968); and every request takes as long as it would alone
    /// on the device that is the fastest for it, spread over all of its servers. The mean over n of the later
    /// of the two, less the mean arrival.
    double meanSeconds = 0;
    /// At least these percentiles: of requests that never wait. Unset where there are too few.
    std::optional<Nanoseconds> p50, p90, p95, p99;
    /// At least so many answers are late: those that would be if they never waited. A schedule that drops
    /// requests drops or misses as many.
    std::size_t missed = 0;
    double throughput = 0; // at most, answers a second from 0 to the last one
};

/// Exact for service times without a spread. Where they have one, the first fact is taken with mean times and
/// the second with a time drawn for each request, so that it bounds what schedules reach on average over a
/// long run. Holds for schedules that answer every request: who drops the slow ones can have a lower mean.
OracleBound oracleBound(std::span<const Request> requests, std::span<const Device> devices,
    std::optional<Nanoseconds> slo, std::uint64_t seed = 1);

} // namespace core
