// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/engine/lowering.h"

namespace gpu {

/// A lowered graph with its memory on the device: weights, one arena, pinned staging for inputs and outputs.
/// The steps are recorded once and replayed as one in every run, unless the tuning leaves that out.
class GpuProgram final : public core::Program {
public:
    /// Takes over the lowering's steps. `device` outlives this. Throws core::OutOfMemory before anything is
    /// allocated where it can be told that it will not fit.
    GpuProgram(std::shared_ptr<const core::Graph> graph, std::shared_ptr<const core::Shapes> shapes,
        Lowering& lowering, Device& device, const core::CompileOptions& options);
    ~GpuProgram() override;

    void write(int input, std::span<const std::byte> bytes) override;
    core::Tensor read(int output) override;
    core::Sample run(core::Trace* trace = nullptr) override;
    core::MemoryUse memory() const override { return m_memory; }

private:
    struct Port {
        std::byte* device = nullptr;
        std::size_t offset = 0, bytes = 0; // in the staging memory
        core::ElementType type = core::ElementType::Float32;
        core::Shape shape;
        std::string name;
    };

    void layOut(Lowering& lowering, std::int64_t batch);
    void checkMemory(std::int64_t batch);
    void upload(const Lowering& lowering);
    std::vector<Port> ports(const Lowering& lowering, const std::vector<core::ValueId>& values,
        const std::vector<TensorId>& tensors);
    void fillInputs();
    void record(bool graph);
    void launchAll();
    void copyInputs();
    void copyOutputs();
    void runTraced(core::Trace& trace);

    std::shared_ptr<const core::Graph> m_graph;
    std::shared_ptr<const core::Shapes> m_shapes;
    Device& m_device;
    const bool m_transfers; // within runs
    std::vector<Step> m_steps;
    std::vector<core::ElementType> m_computes; // by step: of its first output
    std::vector<std::size_t> m_buffers; // by buffer: its offset
    Addresses m_addresses;
    DeviceBlock m_weights, m_arena;
    PinnedBlock m_staging;
    std::size_t m_staged = 0; // bytes
    std::vector<Port> m_inputs, m_outputs;
    core::MemoryUse m_memory;
    int m_recording = -1; // there is none
    bool m_written = true,
         m_fetched = true; // where runs copy nothing: inputs since a run, outputs of the last
};

} // namespace gpu
