// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cpu/lowering.h"
#include "cpu/memory_block.h"

namespace cpu {

/// A lowered graph with its memory: the steps in order, one arena, packed weights.
class CpuProgram final : public core::Program {
public:
    /// Dense, as read() wants them, or in the layout that the last kernel left them in, which withShape()
    /// knows.
    enum class Outputs { Plain, AsTheyAre };

    /// Takes over the lowering's steps, plans the arena, packs the weights. `graph` stays alive as long as
    /// this.
    CpuProgram(std::shared_ptr<const core::Graph> graph, std::shared_ptr<const core::Shapes> shapes,
        Lowering& lowering, Team team, Outputs outputs = Outputs::Plain);

    void write(int input, std::span<const std::byte> bytes) override;
    core::Tensor read(int output) override;
    core::Sample run(core::Trace* trace = nullptr) override;
    core::MemoryUse memory() const override;
    // For a program that is part of another.
    std::byte* input(int index) const { return m_inputs.at(static_cast<std::size_t>(index)).data; }
    const Desc& outputLayout(int index) const { return m_outputs.at(static_cast<std::size_t>(index)).layout; }
    /// Where the input or output lies from now on, in place of the arena: as many bytes, as well aligned.
    void placeInput(int index, std::byte* data) { place(m_inputs.at(static_cast<std::size_t>(index)), data); }
    void placeOutput(int index, std::byte* data)
    {
        place(m_outputs.at(static_cast<std::size_t>(index)), data);
    }

    std::string choice() const override { return m_choice; }
    std::string weightsFrom() const override { return m_weightsFrom; }

private:
    /// A step with everything looked up.
    struct Call {
        dnnl_primitive_t primitive = nullptr;
        std::vector<dnnl_exec_arg_t> arguments;
    };
    struct Port {
        std::byte* data = nullptr;
        std::size_t bytes = 0;
        std::string name;
        Desc layout {};
        std::vector<std::pair<TensorId, std::ptrdiff_t>>
            tensors {}; // that lie in its buffer, and how far from it
    };

    void layOut(Lowering& lowering);
    void pack(const Lowering& lowering);
    void packFromCache(const Lowering& lowering);
    void bind(const Lowering& lowering, std::vector<TensorId> outputs);
    void execute(std::size_t index);
    void describe(core::Trace::Step& traced, std::size_t index) const;
    void runTraced(core::Trace& trace);
    Port port(const Lowering& lowering, core::ValueId value, TensorId id) const;
    void place(Port& port, std::byte* data);

    std::shared_ptr<const core::Graph> m_graph;
    std::shared_ptr<const core::Shapes> m_shapes;
    std::vector<std::shared_ptr<const core::Tensor>> m_kept;
    std::vector<MemoryOfBodies> m_bodies;
    Team m_team;
    dnnl::engine m_engine;
    dnnl::stream m_stream;
    std::vector<Step> m_steps;
    std::vector<Call> m_calls;
    std::vector<dnnl::memory> m_memories; // per tensor
    std::vector<core::ElementType> m_elementTypes; // per tensor
    MemoryBlock m_weights, m_arena;
    Addresses m_addresses { {} };
    std::vector<Port> m_inputs, m_outputs;
    core::MemoryUse m_memory;
    std::string m_choice, m_weightsFrom;
};

} // namespace cpu
