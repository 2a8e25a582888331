// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/roofline.h"
#include "core/model/graph.h"
#include "core/record/run.h"
#include "ui/chart_data.h"

#include <functional>

/// What the roofline chart draws of a run: roofs of the device's measured peaks, and a point for each cell.
/// Pure functions from values to values; nothing here draws.
namespace ui {

/// Arithmetic's peak, level, or a memory level's slope.
struct RoofLine {
    QString label; // "fp32 · 2 threads", "L2"
    double rate = 0; // FLOP or bytes a second
    bool memory = false;
};

struct RoofMark {
    std::int64_t batch = 1;
    core::RoofPoint point;
};

struct RoofSeries {
    QString name;
    SeriesStyle style;
    std::vector<RoofMark> marks; // batches rising; those with a figure alone
};

struct RoofContent {
    std::vector<RoofLine> lines;
    std::vector<RoofSeries> series;
    QString why; // one sentence why there is no point, or why some are missing; empty: all are there
    bool peaksMissing = false; // measuring them would help
};

using PeaksOf = std::function<std::optional<core::Peaks>(const core::DeviceInfo& device, int threads)>;

/// `graph` is the optimised one of the run's model; null where that model is not open.
RoofContent roofContent(
    const core::Run& run, const core::Graph* graph, const PeaksOf& peaksOf, const Theme& theme);

/// "Batch 8: 308 GFLOP/s at 64.9 FLOP/byte, 108 % of its roof (compute)".
QString roofText(const QString& series, const RoofMark& mark);

} // namespace ui
