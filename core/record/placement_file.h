// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/placement.h"
#include "core/record/json_fields.h"

#include <string>

namespace core {

/// One row a node, first line the header: node, operator, kernel, plain, precision, flop, bytes, time_ns,
/// share. Unknown figures are empty fields.
std::string toCsv(const NodePlacement& placement);

/// {"runs", "time_ns", "plain_ns", "plain_share", "operators": [...], "node_list": [...]}; unknown figures
/// are left out.
Json toJson(const NodePlacement& placement);

} // namespace core
