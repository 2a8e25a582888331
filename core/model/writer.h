// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"

#include <filesystem>
#include <string>

namespace core {

/// The graph as an ONNX file's bytes (IR 8, opset `opset`), weights in raw_data. Symbols become dim_param.
/// Throws Error for a graph that passes have changed (Fused... nodes, epilogues): ONNX has no words for
/// those.
std::string toOnnx(const Graph& graph, int opset = 17);

/// Writes toOnnx() to `path` through a temporary file beside it, so that a failure leaves no half file.
/// Throws Error: `Cannot write model: /x/y.onnx: permission denied.`
void writeOnnx(const Graph& graph, const std::filesystem::path& path, int opset = 17);

} // namespace core
