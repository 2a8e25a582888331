// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "core/measure/roofline.h"
#include "core/record/run.h"

#include <string>
#include <vector>

namespace app {

/// One cell of a sweep under its roof; `point.unknown` also says why a cell has no figure.
struct RoofRow {
    core::CellKey cell;
    std::optional<double> seconds; // the median
    core::RoofPoint point;
};

/// Peaks as two tables, what they mean below.
std::string peaksTable(const core::DeviceInfo& device, const core::Peaks& peaks);

/// One row a batch size, reasons and definitions below.
std::string roofTable(const std::vector<RoofRow>& rows);

} // namespace app
