// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"

#include <memory>
#include <string>
#include <vector>

/// One list of small operator graphs for every engine: run the case's inputs through the engine under test
/// and through the reference engine, and compare.
namespace support {

struct OpCase {
    std::string name; // "conv 3x3 stride 2"
    std::shared_ptr<const core::Graph> graph; // one node
    core::DimBindings dims; // the batch its inputs are fixed at
    std::vector<core::Tensor> inputs; // one per graph input, in order
    /// Allowed |difference| for float outputs, relative to the reference output's largest magnitude or 1,
    /// whichever is more. For 8-bit integers it counts in steps; others must be equal.
    double tolerance = 0;
};

/// Every operator of the table at least once, the hot ones in many shapes. The same on every call.
std::vector<OpCase> opCases();

/// Why `actual` is not `expected` within the case's tolerance: `element 5 is 1.5, expected 1.25`; "" if it
/// is.
std::string differenceOf(const core::TensorView& actual, const core::TensorView& expected, double tolerance);

} // namespace support
