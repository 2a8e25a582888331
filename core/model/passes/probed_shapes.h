// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/shape_inference.h"

#include <array>
#include <optional>

namespace core::passes {

/// What is known about shapes without knowing the symbols: the shapes under two bindings that differ in every
/// symbol, and in which no two symbols have the same number. What is equal under both is taken to be equal
/// under all: dimensions are sums and quotients of symbols, and such do not meet twice by chance.
class ProbedShapes {
public:
    /// nullopt when no pair of bindings fits the graph: an operator is unknown, or shapes depend on data.
    static std::optional<ProbedShapes> of(const Graph& graph);

    bool same(ValueId a, ValueId b) const;
    ElementType type(ValueId id) const { return m_probes[0].typeOf(id); }
    bool isFloat(ValueId id) const { return type(id) == ElementType::Float32; }
    std::size_t rank(ValueId id) const { return m_probes[0].of(id).size(); }
    /// The dimension when it is the same under both bindings; `axis` may count from the end, -1 the last.
    std::optional<std::int64_t> fixedDim(ValueId id, std::int64_t axis) const;
    /// Whether `rule`, a predicate of Shapes, holds under both bindings.
    template <typename Rule> bool both(Rule rule) const { return rule(m_probes[0]) && rule(m_probes[1]); }

private:
    explicit ProbedShapes(std::array<Shapes, 2> probes)
        : m_probes(std::move(probes))
    {
    }

    std::array<Shapes, 2> m_probes;
};

} // namespace core::passes
