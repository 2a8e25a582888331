// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/external_data.h"
#include "core/model/graph.h"

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace core {

/// An ONNX file that was opened: where it came from, and its graph as the file has it (no pass applied).
/// A plain value: share it, copy it, read it from any thread.
struct Model {
    std::string source; // as the user gave it: a path or "zoo:NAME"
    std::string name; // file name, or the zoo's name
    std::filesystem::path file; // empty for a zoo model that was never written
    std::size_t fileBytes = 0; // with its external files
    std::string producer;
    int irVersion = 0;
    int opset = 0; // of the default domain
    std::shared_ptr<const Graph> graph;
    std::span<const std::byte> bytes; // of the file; kept alive by the graph
    std::vector<ExternalFile> externalFiles; // beside it, with weights; kept alive by the graph
};

/// Before a source: the model with the batch freed that its file fixes at 1.
inline constexpr std::string_view kBatchedPrefix = "batched:";

/// The model with a free batch. Throws Error when that cannot be proved right, with the node that pins it.
Model batched(Model model);

/// Opens `source`: "zoo:NAME", a path, or "batched:" and one of these. The file is mapped, weights stay views into the map. So are the
/// files that weights outside it lie in; those must be plain files in the model's own folder or below. Throws
/// Error with one sentence: missing, empty, truncated, not ONNX, lying lengths, cycles.
Model openModel(const std::string& source);

/// Maps and parses an ONNX file. See openModel().
Model readOnnx(const std::filesystem::path& path);

/// Parses ONNX bytes that `owner` keeps alive (an mmap, a zoo model in memory). Weights outside are refused:
/// there is no folder to look in.
Model parseOnnx(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, const std::string& name);

/// SHA-256 of the model's bytes as 64 hex digits, for the run file: of the file followed by its external
/// files in order of their locations, as `cat MODEL FILE... | sha256sum` has it. Reads every file once.
std::string sha256Of(const Model& model);

} // namespace core
