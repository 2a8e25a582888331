// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/model.h"

#include <cstdint>
#include <string>
#include <vector>

namespace core {

struct ZooEntry {
    std::string name; // "resnet50"
    std::string about; // "ResNet-50 v1.5, 224 x 224: the usual image classifier"
};

/// The built-in models, made by code with seeded random weights, smallest first.
const std::vector<ZooEntry>& zooEntries();

/// The graph of one entry with a dynamic batch dimension "batch". Same name and seed, same bytes.
/// Weights are scaled (He, or 1/sqrt(fan-in)) so that activations stay within about [-10, 10].
/// Throws Error for an unknown name, listing the known ones.
Graph makeZooGraph(const std::string& name, std::uint64_t seed = 1);

/// The entry as a Model: a real ONNX file in memory, parsed by the same reader as any other.
Model openZoo(const std::string& name);

} // namespace core
