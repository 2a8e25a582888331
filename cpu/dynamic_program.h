// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cpu/compile.h"

namespace cpu {

/// Makes a node's outputs from its inputs, of whatever shapes: If, Loop and Scan run their bodies compiled,
/// other nodes run by the operator table. Copies share the bodies.
class Producer {
public:
    /// `node` outlives it.
    Producer(const core::Node& node, const dnnl::engine& engine, const Settings& settings);

    std::vector<core::Tensor> operator()(std::span<const core::TensorView> inputs) const;
    /// Of the bodies, as far as a run has compiled them.
    core::MemoryUse memory() const;

private:
    const core::Node* m_node;
    std::shared_ptr<std::vector<LateProgram>> m_bodies; // null for a node without
};

/// A program in three parts, cut at the first shapes that depend on data: the head is compiled at once, the
/// frontier are the nodes whose outputs' shapes are then found, and the tail is compiled when they are.
class DynamicProgram final : public core::Program {
public:
    /// `shapes` has open values.
    DynamicProgram(std::shared_ptr<const core::Graph> graph, const core::Shapes& shapes,
        const dnnl::engine& engine, const Settings& settings);

    void write(int input, std::span<const std::byte> bytes) override;
    core::Tensor read(int output) override;
    core::Sample run(core::Trace* trace = nullptr) override;
    core::MemoryUse memory() const override;

private:
    struct FrontierNode {
        const core::Node* node;
        Producer produce;
    };

    void split(const core::Shapes& shapes, const dnnl::engine& engine, const Settings& settings);
    void runFrontier(core::Trace* trace);
    core::TensorView view(core::ValueId id) const;

    std::shared_ptr<const core::Graph> m_graph;
    std::unique_ptr<core::Program> m_head;
    std::vector<core::ValueId> m_fromHead; // the head's outputs
    std::vector<FrontierNode> m_frontier;
    std::unique_ptr<LateProgram> m_tail; // null when the frontier makes all that is left
    std::vector<core::ValueId> m_tailInputs, m_tailOutputs;
    std::vector<core::Tensor>
        m_values; // per value: of the last run, where something outside its part reads it
};

} // namespace cpu
