// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/sweep.h"
#include "core/model/graph.h"
#include "core/model/shape_inference.h"

#include <map>
#include <span>
#include <string>
#include <vector>

/// Inputs that somebody gives instead of having them made.
namespace core {

using NamedTensors = std::map<std::string, Tensor>;

/// Tensors for inputs of `graph` from sources as people name them: NAME=FILE for one tensor, a .npz of
/// several, or a folder with input_0.pb, input_1.pb, ... in the graph's order, or NAME.npy and NAME.pb (the
/// name as fileNameOf() has it). Throws Error for a name the model has not (listing those it has), an input
/// given twice, another element type than the model's, a folder without any; `task` is "run inference".
NamedTensors readInputs(std::span<const std::string> sources, const Graph& graph, const char* task);

/// Values for the graph's symbols: those the user set, else those of the given tensors' shapes, else batch 1.
/// Throws Error where a tensor contradicts its declared shape, another tensor or the user.
DimBindings boundDims(const Graph& graph, const NamedTensors& given, std::int64_t batch,
    const std::map<std::string, std::int64_t>& dims, const char* task);

/// Puts the given tensors in the place of made-up ones, which have the shapes the program wants; returns the
/// names of those that stay made up.
std::vector<std::string> useGiven(
    const Graph& graph, NamedTensors given, std::vector<Tensor>& inputs, const char* task);

/// Makes a sweep's inputs of any batch from given ones: their items are repeated until the batch is full;
/// those that are not given are made from `seed`. What it returns throws Error where a shape differs in
/// anything else.
InputMaker givenInputs(NamedTensors given, std::uint64_t seed);

} // namespace core
