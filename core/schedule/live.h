// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schedule/simulation.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

/// The policies on real engines: requests come in by the clock, wait in real lines, and are answered by
/// programs.
namespace core {

/// Answers a batch. Each has a thread of its own, which alone calls it.
class LiveServer {
public:
    virtual ~LiveServer() = default;
    /// Before the first request, on that thread: compile, pin, warm up. Throws Error.
    virtual void prepare() { }
    /// Returns when all `items` are answered; more than the device's `most` come in passes. Throws Error.
    virtual void run(std::int64_t items) = 0;
};

/// A device as a policy sees it, and one server for each of its `servers`.
struct LiveDevice {
    Device device;
    std::vector<std::unique_ptr<LiveServer>> servers;
};

/// How a live run stands. The spans hold during the call only.
struct LiveState {
    Situation situation;
    std::size_t arrived = 0, waiting = 0, answered = 0;
    Nanoseconds lastLatency {}; // of the last answer; 0: there was none yet
};

struct LiveSettings {
    std::optional<Nanoseconds> slo; // deadlines; the policy may have its own
    std::stop_token stop; // nothing more comes in; what waits is dropped, what runs is finished
    /// Called by the caller's thread when all servers are ready, right before the clock starts, and when all
    /// are answered or dropped.
    std::function<void()> begin, end;
    /// Called by the same thread when something has happened, at most every `watchEvery`. Requests are sent
    /// late by the time it takes.
    std::function<void(const LiveState&)> watch;
    Nanoseconds watchEvery = std::chrono::milliseconds(200);
};

struct LiveResult {
    SimulationResult measured; // as a simulated run; queue over time included
    /// From the time an arrival was scheduled for until it stood in its line: what the load generator itself
    /// was late.
    TimeFigures late;
    /// What batches took, by device and items: less what other devices took from them, by Device::slowdown.
    /// Those that were split over servers are left out.
    std::vector<std::vector<ServiceTime::Point>> times;
};

/// Sends `requests`, in the order of their times, by the clock: it sleeps until shortly before each (200
/// microseconds; 50 where it gets real-time priority, which it asks for unless it would spin for over a tenth
/// of the time) and spins from there on, and never waits for an answer. Latency counts from the scheduled
/// time. Blocks until all are answered or dropped. Throws Error when a server does.
LiveResult runLive(std::span<const Request> requests, std::vector<LiveDevice>& devices, Policy& policy,
    const LiveSettings& settings = {});

} // namespace core
