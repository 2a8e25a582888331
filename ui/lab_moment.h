// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/lab.h"
#include "ui/step_curve.h"

namespace ui {

/// What a device does at a moment.
struct Busy {
    std::vector<core::RecordedBatch> running;
};

/// A recorded run at one moment of it.
struct Moment {
    core::Nanoseconds at {};
    bool recorded = true; // else nothing is known of waiting and devices
    std::size_t arrived = 0, waiting = 0, answered = 0, dropped = 0;
    std::vector<Busy> devices;
    /// The last answers before it, at most kLastAnswers of them, and their latencies.
    std::size_t lastAnswers = 0;
    std::optional<core::Nanoseconds> median, largest;
};
inline constexpr std::size_t kLastAnswers = 100;

Moment momentAt(const Watched& watched, core::Nanoseconds at);

/// How many requests wait, all lines together, over the whole run as far as it is recorded.
std::vector<Step> waitingOverTime(const Watched& watched);
/// How many items run on a device.
std::vector<Step> itemsOverTime(const Watched& watched, std::size_t device);

} // namespace ui
