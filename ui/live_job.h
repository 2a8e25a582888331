// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schedule/live_bench.h"
#include "ui/jobs.h"

#include <optional>

namespace ui {

/// What real engines are to serve.
struct LiveOrder {
    core::Model model;
    std::vector<core::CellKey> servers;
    core::LiveLoad load;
    core::LiveBenchSettings settings;
};

/// How a trial stands: copied from the engines' own state.
struct LiveGlance {
    std::string policy; // empty: none yet
    std::size_t place = 0, policies = 0; // the how manieth of how many, from 1
    bool rehearsal = false;
    bool preparing = true; // programs are made and timed: nothing of the following is known
    double seconds = 0; // of the policy, or of its rehearsal
    std::size_t arrived = 0, waiting = 0, answered = 0;
    std::optional<core::Nanoseconds> lastLatency;
    std::vector<std::size_t> lines; // requests in each
    std::vector<std::string> devices;
    std::vector<std::int64_t> items; // that each device serves now
};

struct LiveOutcome {
    core::LiveComparison comparison;
    std::vector<core::Device> devices;
    std::vector<std::string> notes;
};

/// What a session says of a trial, on the window's thread.
struct LiveReports {
    std::function<void(const LiveGlance&)> take;
    std::function<void(std::shared_ptr<const LiveOutcome>)> took; // not where an engine fails
    std::function<void(const QString& problem)> ended; // at last; `problem` is empty but for such a failure
};

/// Serves until all policies were tried or somebody stops it. `take` comes at most five times a second while
/// requests come in.
JobRunner::Job liveJob(LiveOrder order, SharedEngines engines, core::Machine machine,
    std::function<void(const LiveGlance&)> take,
    std::function<void(std::shared_ptr<const LiveOutcome>)> took);

} // namespace ui
