// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace core::zoo {

/// Of the nodes that a builder makes.
inline constexpr int kOpset = 17;

/// A dimension in a builder's call: a number, or the name of a symbol.
struct DimSpec : Dim {
    DimSpec(std::int64_t number)
        : Dim { number, {} }
    {
    }
    DimSpec(const char* name)
        : Dim { -1, name }
    {
    }
};

/// Makes a graph node by node, in the order in which it runs, with the names PyTorch's exporter would give:
/// node
/// "/layer1/conv1/Conv" has the output "/layer1/conv1/Conv_output_0" and the weight "layer1.conv1.weight".
/// Random weights depend on the seed and their own name alone.
class GraphBuilder {
public:
    GraphBuilder(std::string graphName, std::uint64_t seed);

    ValueId input(const std::string& name, ElementType type, std::initializer_list<DimSpec> shape);
    /// Appends a node of the default domain; its single output is named after it. Without attributes it has
    /// the operator's defaults.
    ValueId node(OpKind kind, const std::string& name, std::vector<ValueId> inputs,
        Attributes attributes = NoAttributes {});
    /// Makes `id` a graph output: renames it and declares its type and shape.
    void output(ValueId id, const std::string& name, ElementType type, std::initializer_list<DimSpec> shape);

    /// A float32 weight with an approximately normal distribution.
    ValueId random(const std::string& name, Shape shape, double deviation, double mean = 0);
    ValueId scalar(const std::string& name, float value);
    ValueId integers(const std::string& name, const std::vector<std::int64_t>& values);
    ValueId integer(const std::string& name, std::int64_t value);

    /// The graph; the builder is empty afterwards.
    Graph finish();

private:
    Graph m_graph;
    std::uint64_t m_seed;
};

/// "/a/b" for a module path "a.b", as the exporter names nodes.
std::string nodePath(const std::string& module);

} // namespace core::zoo
