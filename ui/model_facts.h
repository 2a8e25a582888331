// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "core/model/model.h"
#include "core/model/rebatch.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What the window says about a model. Made by jobs on the worker thread; plain values afterwards.
namespace ui {

/// Where an engine can run a model.
struct Placement {
    std::string engine; // DeviceInfo::id
    std::size_t nodes = 0; // of the optimised graph
    std::vector<core::Refusal> refusals;
};

/// Figures that need a number for every dimension.
struct ModelCost {
    std::int64_t flopPerItem = 0;
    std::size_t weightBytes = 0;
    double activationBytes = 0; // per item, at the moment when most is alive
    std::string unknown; // why there are none: "Cannot infer shapes: ..."
};

struct LoadedModel {
    core::Model model;
    std::shared_ptr<const core::Graph> graph; // optimised: what engines are given
    std::int64_t parameters = 0;
    std::vector<std::string> inputs, outputs; // "float32 [batch, 3, 224, 224]" after the name
    std::vector<std::string> inputNames, outputNames;
    std::vector<std::string> dims; // to be set by people
    std::optional<std::int64_t> fixedBatch; // by the file
    core::Rebatch freed; // what could be done about it
    bool quantisable = false; // has fp32 weights that quantising makes int8
    std::vector<Placement> placements;
    ModelCost cost;
};

using EngineList = std::vector<std::unique_ptr<core::Engine>>;

/// Opens and optimises the model and asks every engine that is there about it. Throws core::Error.
LoadedModel loadModel(
    const std::string& source, const EngineList& engines, const std::map<std::string, std::int64_t>& dims);

/// The cost of one item once `dims` are known.
ModelCost costOf(const core::Graph& graph, const std::map<std::string, std::int64_t>& dims);

} // namespace ui
