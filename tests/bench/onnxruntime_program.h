// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "core/model/shape_inference.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace bench {

/// A model in ONNX Runtime on the CPU, as a Program: what Breakeven's loop makes of it can be held against
/// what ONNX Runtime says itself. float32 inputs only.
class OnnxRuntimeProgram final : public core::Program {
public:
    /// `library`: libonnxruntime.so. `graph` and `shapes` are those of `model`. `profile`: what its own
    /// record of times is called, less its ending. Throws core::Error.
    OnnxRuntimeProgram(const std::filesystem::path& library, const std::filesystem::path& model,
        const core::Graph& graph, const core::Shapes& shapes, int threads, const std::string& profile);
    ~OnnxRuntimeProgram() override;

    void write(int input, std::span<const std::byte> bytes) override;
    core::Tensor read(int output) override; // not needed here: throws core::Error
    core::Sample run(core::Trace* trace = nullptr) override;
    core::MemoryUse memory() const override { return {}; }

    /// How long each run() took by ONNX Runtime's own profiler ("model_run"), in their order. Ends the
    /// record.
    std::vector<std::chrono::nanoseconds> ownTimes();

private:
    struct Session;
    std::unique_ptr<Session> m_session;
};

} // namespace bench
