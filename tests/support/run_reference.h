// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"

#include <string>
#include <vector>

namespace support {

/// Outputs of the reference engine for inputs made from `seed`: about normal floats, token ids below
/// `tokens`, masks (integers whose name contains "mask") of ones and some zeros at the end; zeros for
/// other types.
std::vector<core::Tensor> runReference(
    const core::Graph& graph, std::int64_t batch, std::uint64_t seed = 1, std::int64_t tokens = 1000);

/// Why the outputs of two graphs with the same inputs differ by more than 1e-4 of their largest element at
/// batch 1 or 3; "" when they do not.
std::string differenceBetween(const core::Graph& before, const core::Graph& after);

} // namespace support
