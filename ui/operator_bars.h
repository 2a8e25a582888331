// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/trace_spec.h"

#include <QString>
#include <string>
#include <vector>

/// What the chart of operators draws of traces. Pure functions from values to values; nothing here draws.
namespace ui {

/// One operator on one engine.
struct OperatorBar {
    double seconds = 0;
    double plainSeconds = 0; // of it in slow kernels
    double share = 0; // of the engine's run
};

struct OperatorBars {
    std::vector<std::string> engines; // those with a trace, in order
    std::vector<QString> names; // of operators, longest time on any engine first
    std::vector<std::vector<OperatorBar>> bars; // per operator, per engine
};

/// At most `most` operators; what is beyond is summed as the last one, "others".
OperatorBars operatorBars(const std::vector<core::EngineTrace>& traces, std::size_t most);

/// "CPU · 2 threads · batch 1: 12.3 ms, 3 % in plain kernels".
QString traceSummary(const core::EngineTrace& trace);

} // namespace ui
