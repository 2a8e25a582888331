// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"

#include <memory>
#include <span>
#include <vector>

namespace core {

class EvaluationBudget;

/// What is known about every value of a graph once its symbols have numbers. Indexed by ValueId.
struct Shapes {
    std::vector<Shape> shapes;
    std::vector<ElementType> types;
    /// The tensor itself where it does not depend on the inputs' data: shape arithmetic (Shape, Gather,
    /// Concat, ...) that folded away, and small constants. Engines treat such values as constants and skip
    /// the nodes that made them.
    std::vector<std::shared_ptr<const Tensor>> known;

    /// Values whose shape depends on data, so that only a run can tell it; their shape and type here say
    /// nothing.
    std::vector<bool> open;

    bool isOpen(ValueId id) const { return open[static_cast<std::size_t>(id)]; }
    const Shape& of(ValueId id) const { return shapes[static_cast<std::size_t>(id)]; }
    ElementType typeOf(ValueId id) const { return types[static_cast<std::size_t>(id)]; }
};

/// Shapes and types of all values for one binding of the symbols.
/// Throws Error naming the node when a rule does not hold (`Cannot infer shapes: node "fc" (Gemm) multiplies
/// [1, 2048] by [1000, 512].`), a symbol has no value, a batch below 1 is asked for, a fixed batch is
/// contradicted, or an operator is unknown.
Shapes inferShapes(const Graph& graph, const DimBindings& bindings);

/// What is known of one input of a graph inside another.
struct InputFact {
    ElementType type = ElementType::Undefined;
    Shape shape;
    std::shared_ptr<const Tensor> known; // its data, where it matters and is known
    bool open = false;
};

/// The same for a graph whose inputs are `facts`, in order, whatever it declares: the body of a Loop. A shape
/// rule hands on the budget it was given; null is a fresh one.
Shapes inferBody(const Graph& graph, std::span<const InputFact> facts, EvaluationBudget* budget = nullptr);

/// A constant's view: the graph's own, or one that inference found. Null data when the value is neither.
std::optional<TensorView> constantOf(const Graph& graph, const Shapes& shapes, ValueId id);

} // namespace core
