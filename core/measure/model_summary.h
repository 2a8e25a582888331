// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/sweep_event.h"
#include "core/model/model.h"

#include <map>
#include <string>

namespace core {

/// "input: float32 [batch, 3, 224, 224]"; an unknown dimension is "?", an undeclared shape "of unknown
/// shape".
std::string describe(const Value& value);

/// What people want to know of a model. `flopPerItem` is 0 where it cannot be known: an operator without a
/// rule, a dimension that `dims` does not give. Hashes the file: half a second for a gigabyte.
ModelSummary summarise(const Model& model, const std::map<std::string, std::int64_t>& dims = {});

/// A number for a dynamic dimension that nobody has set, so that a model runs at once: 1 for what is named
/// like a batch or a count, 224 for the sides of images, 512 for the length of audio, else 128 (the length of
/// a text). A guess from names and places, to be shown and changed.
std::int64_t suggestedDim(const Graph& graph, const std::string& symbol);

/// Throws Error when a dynamic dimension of the graph has no value in `dims`, or `dims` names one it has not:
/// `Cannot start the sweep: the model's dimension "sequence" has no value.` `task` is "start the sweep".
void checkDims(const Graph& graph, const std::map<std::string, std::int64_t>& dims, const char* task);

} // namespace core
