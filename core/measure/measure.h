// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "core/measure/stop_rule.h"
#include "core/sensors/figure.h"

#include <functional>
#include <stop_token>
#include <vector>

namespace core {

/// One run inside a measurement: when it began, counted from the measurement's start, and how long it took.
struct TimedSample {
    Nanoseconds at {};
    Nanoseconds latency {};
    std::optional<DeviceTimes> device;
};

struct Measurement {
    std::vector<TimedSample> samples; // in the order they were taken, all of them
    StoppedBy stoppedBy = StoppedBy::Converged;
    Nanoseconds warmUp {};
    Nanoseconds measured {}; // wall time of the measuring loop, less what the sink waited
    double disturbedPercent = 0; // the larger of the two below; see docs/measuring.md
    double hiccupPercent
        = 0; // share of `measured` lost in gaps over 0.3 ms between runs and in runs that stick out
    Figure othersPercent; // share of our CPUs' time that other processes used, from /proc/stat
};

/// A loop also ends here, so that a program that does next to nothing cannot fill the memory with samples.
inline constexpr std::size_t kMostSamples = 1'000'000;

/// Called between two runs, at most every 50 ms, never inside one, with the samples since the last call; and
/// once after the last run, with the rest. It may wait: what it takes over
/// 0.1 s counts for nothing.
using SampleSink = std::function<void(std::span<const TimedSample>)>;

/// Runs `program` without keeping times until the rule's warm-up is over or `stop` is asked for; the time it
/// took.
Nanoseconds warmUp(Program& program, const StopRule& rule, const std::stop_token& stop);

/// Warms up, then runs `program` until `rule` is met or `stop` is asked for. The loop itself adds under 1 %
/// or 1 microsecond to a run. Throws what the program throws; samples delivered to `sink` before that are
/// valid.
Measurement measure(Program& program, const StopRule& rule, std::stop_token stop, const SampleSink& sink);

} // namespace core
