// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/placement.h"

#include <span>
#include <string>

namespace app {

/// A row for each operator, those that take longest first.
std::string operatorTable(const core::NodePlacement& placement);

/// A row for each node.
std::string nodeTable(std::span<const core::PlacedNode> nodes);

} // namespace app
