// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/bound_graph.h"
#include "core/engine/engine.h"
#include "cpu/settings.h"

#include <dnnl.hpp>

#include <map>
#include <memory>
#include <span>
#include <vector>

/// From a graph and the shapes of its inputs to a program.
namespace cpu {

/// Compiles a graph none of whose shapes is open, with these choices.
std::unique_ptr<core::Program> assemble(
    const core::BoundGraph& bound, const dnnl::engine& engine, const Settings& settings, KernelChoices choices);

/// Compiles `graph` for inputs of these types and shapes. When no shape depends on data the program is one
/// list of steps in one arena; otherwise the part before the first such shape is, and the rest is compiled
/// when a run knows the shapes.
std::unique_ptr<core::Program> compile(std::shared_ptr<const core::Graph> graph,
    std::span<const core::InputFact> inputs, const dnnl::engine& engine, const Settings& settings);

/// A graph whose inputs' shapes only a run tells: the body of a Loop, what follows a NonZero. Compiled once
/// for each set of shapes it meets.
class LateProgram {
public:
    LateProgram(std::shared_ptr<const core::Graph> graph, dnnl::engine engine, const Settings& settings);

    /// Runs it; returns its outputs. Shapes that change all the time, as in a Loop that grows a tensor, are
    /// not worth compiling for: from the ninth set on the graph is interpreted.
    std::vector<core::Tensor> run(std::span<const core::TensorView> inputs, core::Trace* trace = nullptr);
    core::MemoryUse memory() const;

private:
    std::shared_ptr<const core::Graph> m_graph;
    dnnl::engine m_engine;
    Settings m_settings;
    std::map<std::vector<core::Shape>, std::unique_ptr<core::Program>> m_programs; // by the inputs' shapes
};

} // namespace cpu
