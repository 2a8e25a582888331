// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/chart_data.h"

#include <array>

/// Where the time of a run went, from a run as a value to bars of parts. Pure functions; nothing here draws.
namespace ui {

/// In the order they are stacked in, from the axis up. `Host`: what is left of the latency: launching,
/// waiting, and on a device without a clock of its own all of it.
enum class TimePart { CopyIn, Compute, CopyOut, Host };
inline constexpr std::array kTimeParts { TimePart::CopyIn, TimePart::Compute, TimePart::CopyOut,
    TimePart::Host };

/// One cell.
struct TimeBar {
    double batch = 0; // or requests, as the axis of the run's charts
    std::array<double, kTimeParts.size()> seconds {}; // by TimePart; medians
    double total = 0; // the median latency
    double enqueue = kNoValue; // on the host, beside the device's work
    bool onDevice = false; // its parts are known
};

/// The bars of one curve of the other charts.
struct TimeBarSeries {
    QString name;
    SeriesStyle style;
    std::vector<TimeBar> bars; // batch rises
};

struct TimeParts {
    std::vector<TimeBarSeries> series;
    std::vector<double> batches; // that any series has, rising
    bool overRequests = false;

    /// Whether a device told its times: without one there is nothing that bars would add.
    bool worthShowing() const;
};

TimeParts timeParts(const core::Run& run, const Theme& theme);

/// "copy in", "compute", "copy out", "host".
QString partName(TimePart part);
/// "1.23 ms · 45 %".
QString partText(const TimeBar& bar, TimePart part);
/// Every bar in words, one a line: what people read who cannot see the chart.
QString inWords(const TimeParts& parts);

} // namespace ui
