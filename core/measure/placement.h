// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <span>
#include <stop_token>
#include <string>
#include <vector>

/// Where a program's time goes: traces as a table of nodes and a table of operators.
namespace core {

/// One node of the graph, or something the engine inserted between nodes.
struct PlacedNode {
    int node = -1; // index into Graph::nodes; -1: inserted
    std::string name; // of what was inserted with its place: "reorder before conv_7"
    std::string type; // its operator; "(reorder)" for what was inserted
    std::string kernel; // of its steps, each once: "brg:avx512_core + own:add"
    bool plain = false; // one of its steps ran a slow kernel: Trace::Step::slow
    ElementType computes = ElementType::Undefined;
    std::optional<NodeCost> cost; // nullopt: unknown
    std::chrono::nanoseconds time {};
    double share = 0; // of the whole run, 0 to 1
};

/// All nodes of one operator.
struct PlacedOperator {
    std::string type;
    int calls = 0;
    std::chrono::nanoseconds time {};
    std::chrono::nanoseconds plain {}; // of it in slow kernels
    double share = 0; // of the whole run, 0 to 1
};

struct NodePlacement {
    std::vector<PlacedNode> nodes; // in the order in which they run
    std::vector<PlacedOperator> operators; // those that take longest first
    std::chrono::nanoseconds time {}, plain {};
    std::size_t runs = 0; // traces behind it

    /// The share of time in slow kernels, 0 to 1.
    double plainShare() const;
};

/// The operator under which reorders and the like are listed.
inline constexpr const char* kInserted = "(reorder)";

/// The median time of every step over `traces` of one program, steps of one node summed. Throws Error when
/// the traces are not of the same steps. Clocks around each step cost time of their own: this tells what is
/// dear, never how fast a model is.
NodePlacement placementOf(std::span<const Trace> traces);

/// The `count` nodes that take longest, first the longest.
std::vector<PlacedNode> mostExpensive(const NodePlacement& placement, std::size_t count);

/// `runs` traced runs of a program after one that warms it up.
std::vector<Trace> tracedRuns(Program& program, std::size_t runs, std::stop_token stop = {});

} // namespace core
