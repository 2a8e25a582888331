// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/shape_inference.h"

/// Floating-point operations of single nodes, for cost.cpp: how they are counted stands at each definition.
namespace core {

std::int64_t times(std::int64_t a, std::int64_t b);
std::int64_t plus(std::int64_t a, std::int64_t b);

/// Shapes of one node's inputs and outputs.
struct NodeShapes {
    const Node& node;
    const Shapes& shapes;

    /// Whether the operator itself has this input: those of post-ops come after its own.
    bool has(std::size_t index) const;
    const Shape& input(std::size_t index) const { return shapes.of(node.inputs[index]); }
    std::int64_t inputCount(std::size_t index) const { return elementCount(input(index)); }
    std::int64_t outputCount() const { return elementCount(shapes.of(node.outputs[0])); }
};

std::int64_t convFlop(const NodeShapes& at);
std::int64_t gemmFlop(const NodeShapes& at);
std::int64_t matMulFlop(const NodeShapes& at);
std::int64_t attentionFlop(const NodeShapes& at);
std::int64_t poolFlop(const NodeShapes& at);
std::int64_t einsumFlop(const NodeShapes& at);
std::int64_t convTransposeFlop(const NodeShapes& at);
std::int64_t integerMatMulFlop(const NodeShapes& at);
std::int64_t integerConvFlop(const NodeShapes& at, std::size_t weights);
std::int64_t scaledAttentionFlop(const NodeShapes& at);
std::int64_t msAttentionFlop(const NodeShapes& at);
std::int64_t fusedMatMulFlop(const NodeShapes& at);
std::int64_t linearAttentionFlop(const NodeShapes& at);
std::int64_t dftFlop(const NodeShapes& at);
std::int64_t dynamicLstmFlop(const NodeShapes& at);
std::int64_t recurrentFlop(const NodeShapes& at);
std::int64_t resizeFlop(const NodeShapes& at);

} // namespace core
