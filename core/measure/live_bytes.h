// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "core/model/shape_inference.h"

#include <optional>

namespace core {

/// Bytes no engine can do without: the weights, and the most that values alive at the same node need
/// together. A lower bound, so that nothing is refused that would have fitted; a double, so that no batch
/// overflows it.
double leastBytes(const Graph& graph, const Shapes& shapes);

/// Throws OutOfMemory where `least` bytes surely cannot fit: said before it is tried, for the kernel would
/// kill the program rather than refuse. `hostFree` is what a CPU has left; nullopt: unknown.
void checkFits(
    double least, std::int64_t batch, const DeviceInfo& device, std::optional<std::size_t> hostFree);

} // namespace core
