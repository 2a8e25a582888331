// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/roofline.h"
#include "core/record/json_fields.h"

#include <string>

namespace core {

/// One row a node, first line the header: node, operator, kernel, plain, precision, flop, bytes, time_ns,
/// share; with a roof also limit_ns, limited_by, of_roof. Unknown figures are empty fields.
std::string toCsv(const NodePlacement& placement, const Roof* roof = nullptr);

/// {"runs", "time_ns", "plain_ns", "plain_share", "operators": [...], "node_list": [...]}; unknown figures
/// are left out. With a roof also "limit_ns", "limited_by" and "of_roof", or "limit_unknown" with the reason,
/// of the whole and of each node, and the "peaks".
Json toJson(const NodePlacement& placement, const Roof* roof = nullptr);

} // namespace core
