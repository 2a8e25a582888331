// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cpu/program.h"
#include "cpu/slice_plan.h"

namespace cpu {

/// A program whose first nodes run for a slice of the batch at a time, and the others for all of it. A slice
/// is read from where write() left the batch, and written to where the rest reads it: nothing is copied.
class SlicedProgram final : public core::Program {
public:
    /// `shapes` are those of the whole batch. `settings.choices` has one for each node of `graph`, or none.
    SlicedProgram(std::shared_ptr<const core::Graph> graph, std::shared_ptr<const core::Shapes> shapes,
        const SlicePlan& plan, const dnnl::engine& engine, const Settings& settings);

    void write(int input, std::span<const std::byte> bytes) override;
    core::Tensor read(int output) override { return m_tail->read(output); }
    core::Sample run(core::Trace* trace = nullptr) override;
    core::MemoryUse memory() const override;
    std::string choice() const override { return m_tail->choice(); }
    std::string weightsFrom() const override;

private:
    void describe(core::Trace& trace, std::size_t first, std::size_t firstNode) const;

    std::shared_ptr<const core::Graph> m_graph;
    std::shared_ptr<const core::Shapes> m_shapes;
    std::size_t m_headNodes;
    std::int64_t m_slices;
    std::vector<MemoryBlock> m_inputs; // of the whole batch
    std::unique_ptr<CpuProgram> m_head, m_tail;
    std::size_t m_acrossBytes = 0; // of a slice
};

} // namespace cpu
