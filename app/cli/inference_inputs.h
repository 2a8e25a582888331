// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"

#include <map>
#include <string>
#include <vector>

namespace app {

using NamedTensors = std::map<std::string, core::Tensor>;

/// Tensors for inputs of `graph` from "NAME=FILE" and "FILE.npz". Throws Error for a name the model has not
/// (listing those it has), a name given twice, another element type than the model's.
NamedTensors readInputs(const std::vector<std::string>& options, const core::Graph& graph);

/// Values for the graph's symbols: those the user set, else those of the given tensors' shapes, else batch 1.
/// Throws Error where a tensor contradicts its declared shape, another tensor or the user.
core::DimBindings boundDims(const core::Graph& graph, const NamedTensors& given, std::int64_t batch,
    const std::map<std::string, std::int64_t>& dims);

/// Puts the given tensors in the place of made-up ones, which have the shapes the program wants; says on
/// standard error which inputs stay made up.
void useGiven(const core::Graph& graph, NamedTensors given, std::vector<core::Tensor>& inputs);

} // namespace app
