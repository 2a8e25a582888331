// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quantise/calibration.h"

#include <map>
#include <vector>

/// Where a graph can be quantised, and the graph in which it is.
namespace core {

/// A node with constant float weights.
struct Quantisable {
    std::size_t node; // index into Graph::nodes
    std::int64_t axis; // of the weights' output channels
};

std::vector<Quantisable> quantisables(const Graph& graph);

/// Values that are rounded when `layers` are quantised, each with the value whose range it is rounded by: the
/// layers' inputs; those of pools and flattenings on the way there; and layers' outputs that are added to
/// something, which integer kernels of other engines ask for.
std::map<ValueId, ValueId> roundedValues(const Graph& graph, const std::vector<Quantisable>& layers);

/// `graph` with `layers` quantised: their weights are int8, their biases int32, and whoever reads a rounded
/// value reads it behind QuantizeLinear and DequantizeLinear. `ranges` has the values that roundedValues()
/// names.
Graph withQuantised(const Graph& graph, const std::vector<Quantisable>& layers,
    const std::map<ValueId, Quantisation>& ranges);

} // namespace core
