// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"
#include "core/model/shape_inference.h"

#include <CLI/CLI.hpp>

#include <map>
#include <string>
#include <vector>

namespace app {

using NamedTensors = std::map<std::string, core::Tensor>;

/// Where a model's inputs come from, as it was typed.
struct InputOptions {
    std::vector<std::string> files; // NAME=FILE or FILE.npz
    std::string folder; // --inputs; also one .npz

    /// --input and --inputs.
    void addTo(CLI::App& command);
    /// Both as one list, for a run file.
    std::vector<std::string> all() const;
    bool empty() const { return files.empty() && folder.empty(); }
};

/// Tensors for inputs of `graph`: those named by --input, and those in the folder of --inputs, which are
/// input_0.pb, input_1.pb, ... in the graph's order, or NAME.npy and NAME.pb (the name as infer --output
/// writes it), or one .npz. Throws Error for a name the model has not (listing those it has), an input given
/// twice, another element type than the model's, a folder without any; `task` is "run inference".
NamedTensors readInputs(const InputOptions& options, const core::Graph& graph, const char* task);

/// Values for the graph's symbols: those the user set, else those of the given tensors' shapes, else batch 1.
/// Throws Error where a tensor contradicts its declared shape, another tensor or the user.
core::DimBindings boundDims(const core::Graph& graph, const NamedTensors& given, std::int64_t batch,
    const std::map<std::string, std::int64_t>& dims, const char* task);

/// Puts the given tensors in the place of made-up ones, which have the shapes the program wants; returns the
/// names of those that stay made up.
std::vector<std::string> useGiven(
    const core::Graph& graph, NamedTensors given, std::vector<core::Tensor>& inputs, const char* task);

/// Inputs of any batch from given ones: their items are repeated until the batch is full; those that are not
/// given are made from `seed`. Throws Error where a shape differs in anything else.
std::vector<core::Tensor> inputsOfBatch(const core::Graph& graph, const core::Shapes& shapes,
    const NamedTensors& given, std::uint64_t seed, const char* task);

} // namespace app
