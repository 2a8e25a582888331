// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/decision.h"
#include "core/analyse/line_chart.h"
#include "core/analyse/tornado_chart.h"

/// A decision's charts as values, for the report and for the window.
namespace core {

/// Latency and throughput over the batch.
std::vector<LineChart> batchChartsOf(
    const Decision& decision, const Run& run, const DecisionSettings& settings);
/// What a million inferences cost and what one takes over the rate, in whole machines, with the break-even
/// rates; only those of which something is known.
std::vector<LineChart> rateChartsOf(
    const Decision& decision, const Run& run, const DecisionSettings& settings);
/// Both.
std::vector<LineChart> chartsOf(const Decision& decision, const Run& run, const DecisionSettings& settings);
/// Which devices are in neither of them, and why: "gpu at batch 16 is in no chart of energy: No sensor."
std::vector<std::string> undrawn(const Decision& decision, const Run& run, const DecisionSettings& settings);
/// Without bars where there is no recommendation.
TornadoChart tornadoOf(const Decision& decision, const DecisionSettings& settings, double width);

} // namespace core
