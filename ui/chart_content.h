// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/chart.h"
#include "ui/legend.h"
#include "ui/time_view.h"

/// From a run to what a chart shows, for the window and for pictures alike.
namespace ui {

ChartContent contentByBatch(
    const core::Run& run, const Company& company, Quantity quantity, const Theme& theme);
/// Borrows the points of `curves`.
TimeViewContent timeViewContent(const core::Run& run, const TimeCurves& curves, const Theme& theme);
std::vector<LegendEntry> legendOf(const core::Run& run, const core::Run* baseline, const Theme& theme);
/// The overlays' entries: one a run, whatever devices it has.
std::vector<LegendEntry> overlayLegend(const std::vector<OpenedRun>& overlays, const Theme& theme);

} // namespace ui
