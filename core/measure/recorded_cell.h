// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/sweep_event.h"

#include <vector>

namespace core {

/// A cell of another run: the samples it took, and how it ended. `cell` and `at` of the end mean nothing
/// here.
struct RecordedCell {
    std::vector<TimedSample> samples; // `at` counts from that run's start
    CellEnd end;
    std::vector<std::size_t> blocks {}; // see Cell::blocks
};

} // namespace core
