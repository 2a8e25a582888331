// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/engine/integer_steps.h"

/// Sums of products as operators have them that say themselves that they multiply integers: by tiles where
/// weights and their zero points are known, else by plain kernels.
namespace gpu {

/// A zero point for each of many lines, or one for all.
struct ZeroTensor {
    TensorId id = -1;
    std::int64_t step = 0;
    bool isSigned = false;

    IntegerZeros at(const Addresses& at) const { return { at.as<const std::uint8_t>(id), step, isSigned }; }
};

/// An input with its zero points, as any kernel takes it.
struct Left {
    TensorId tensor = -1;
    core::ElementType type = core::ElementType::UInt8;
    ZeroTensor zeros {};
    std::optional<InputZero> zero {}; // as the tiles take it: nothing where there are several
};

Left leftOf(Lowering& lowering, const core::Node& node, std::size_t input, std::size_t zero, Layout layout);

/// Inputs of a node with the right factor and its zero points.
struct Right {
    std::size_t input, zero;
};

/// Sizes of a product, and how its factors lie.
struct Matrices {
    std::int64_t m = 0, n = 0, k = 0, rowA = 0, columnA = 1, rowB = 0, columnB = 1;
    bool oneRight = false; // for all the left ones
    SpreadDims batches {};
    SpreadDims::Operand a {}, b {};
    std::int64_t count = 0; // of sums
};

Matrices matricesOf(const Lowering& lowering, const core::Node& node, std::size_t left, std::size_t right);

/// The step that makes sums of int32 of products of matrices.
void addMatrixSums(Lowering& lowering, const core::Node& node, const Matrices& matrices, const Left& left,
    const Right& right, TensorId sums);

/// And of windows, with channels last.
void addWindowSums(Lowering& lowering, const core::Node& node, const Convolution& conv, const Left& left,
    const Right& right, TensorId sums);

inline std::int64_t countOf(const Lowering& lowering, const core::Node& node, std::size_t input)
{
    return core::elementCount(lowering.shapeOf(node.inputs[input]));
}

/// Those that are not -1.
std::vector<TensorId> present(std::vector<TensorId> tensors);

} // namespace gpu
