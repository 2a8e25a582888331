// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"

#include <cstdint>

/// The networks of the zoo, one file each. Structure and node spelling are those of PyTorch's exporter at
/// opset 17.
namespace core::zoo {

Graph makeTinyCnn(std::uint64_t seed);
Graph makeTinyTransformer(std::uint64_t seed);
Graph makeMlp(std::uint64_t seed);
Graph makeMobileNetV2(std::uint64_t seed);
Graph makeResNet50(std::uint64_t seed);
Graph makeBertBase(std::uint64_t seed);

} // namespace core::zoo
