// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/roofline.h"

#include <span>
#include <string>

namespace app {

/// A row for each operator, those that take longest first.
std::string operatorTable(const core::NodePlacement& placement);

/// A row for each node.
std::string nodeTable(std::span<const core::PlacedNode> nodes, const core::Roof* roof = nullptr);

/// "41.3 % of its roof, limited by compute", or why that is unknown; without a full stop.
std::string roofText(const core::NodePlacement& placement, const core::Roof& roof);

} // namespace app
