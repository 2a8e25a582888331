// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/chart.h"
#include "ui/legend.h"
#include "ui/time_track.h"

/// From a run to what a chart shows, for the window and for pictures alike.
namespace ui {

/// `baseline` may be null.
ChartContent contentByBatch(
    const core::Run& run, const core::Run* baseline, Quantity quantity, const Theme& theme);
ChartContent contentOverTime(
    const core::Run& run, const TimeTracks& tracks, Quantity quantity, const Theme& theme);
std::vector<LegendEntry> legendOf(const core::Run& run, const core::Run* baseline, const Theme& theme);

} // namespace ui
