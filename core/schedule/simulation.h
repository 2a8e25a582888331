// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schedule/policy.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

/// Requests against devices under a policy, by discrete events: exact in time, one after the other, with all
/// chance from one seed.
namespace core {

/// Of a set of times. A percentile is unset where there are too few samples for it (samplesNeededFor()).
struct TimeFigures {
    std::size_t samples = 0;
    double meanSeconds = 0; // 0 without a sample
    std::optional<Nanoseconds> p50, p90, p95, p99, largest;
};
TimeFigures timeFigures(std::vector<Nanoseconds> times);

/// By latencies of requests (-1 ns: no answer) the requests that a closed-loop client sends and has answered:
/// see SimulationResult.
std::vector<std::size_t> closedLoopRequests(
    std::span<const Request> requests, std::span<const Nanoseconds> latencies);
/// The latencies of those.
std::vector<Nanoseconds> closedLoopOf(
    std::span<const Request> requests, std::span<const Nanoseconds> latencies);

/// How long the lines were, all together: equal stretches of time from 0 on.
struct QueueOverTime {
    struct Stretch {
        double mean = 0; // over the stretch, waiting only
        std::uint32_t largest = 0;
    };
    Nanoseconds width {}; // of a stretch
    std::vector<Stretch> stretches; // at most kMostStretches
};
inline constexpr std::size_t kMostStretches = 512;

struct DeviceFigures {
    double utilisation = 0; // busy share of its servers' time
    double share = 0; // of the requests that were answered
    std::uint64_t batches = 0, requests = 0, items = 0;
};

struct SimulationResult {
    std::size_t arrived = 0, completed = 0, dropped = 0;
    std::size_t inFlight = 0; // waiting or running at the end; 0 unless the run was cut off
    std::size_t missed = 0; // answered after their deadline; dropped ones are not among them
    TimeFigures latency; // from the scheduled arrival to the answer
    TimeFigures service; // of it, on the device
    /// The same run as a client sees it that sends nothing before it has its answer: the requests it would
    /// have sent are the first, then always the first one scheduled after the answer. What it leaves out is
    /// what coordinated omission hides.
    TimeFigures closedLoop;
    Nanoseconds duration {}; // from 0 to the last event
    double throughput = 0; // answers a second of the duration
    std::vector<DeviceFigures> devices;
    QueueOverTime queue;
    /// Little's law: the time average of requests in the system, added up event by event, and those that left
    /// a second times their mean time in it, dropped ones included. Equal where nobody is in flight.
    double inSystem = 0, rateTimesTime = 0;
    std::vector<Nanoseconds> latencies; // by request; -1 ns: it has no answer

    /// |inSystem / rateTimesTime - 1|; 0 where nobody was in the system.
    double littleError() const;
};

/// What happened, for those who look on: a dispatch with its requests, or the drop of one.
struct Decided {
    Nanoseconds now {};
    Action action;
    std::span<const Waiting> requests;
};

struct SimulationSettings {
    std::optional<Nanoseconds> slo; // deadlines; the policy may have its own
    std::uint64_t seed = 1; // of service times; may be that of the arrivals
    Nanoseconds until = Nanoseconds::max(); // nothing happens after it
    std::function<void(const Decided&, const Situation&)> watch; // sees the situation before each decision
    std::stop_token stop {}; // once it is asked for, the run is cut off where it is
};

/// `requests` in the order of their times, at most 4e9 of them; `policy` is new and made for these devices.
/// The same arguments give the same result, to the bit.
SimulationResult simulate(std::span<const Request> requests, std::span<const Device> devices, Policy& policy,
    const SimulationSettings& settings = {});

} // namespace core
