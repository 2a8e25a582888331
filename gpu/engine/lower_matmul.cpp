// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/op_table.h"
#include "gpu/engine/elementwise_steps.h"
#include "gpu/engine/lower_table.h"

namespace gpu {

namespace {

using core::ElementType;

/// What the tensors' numbers are and how products of them compute; throws for other types.
Numbers numbersOf(const Lowering& lowering, core::ValueId value)
{
    switch (lowering.typeOf(value)) {
    case ElementType::Float32:
        return lowering.tensorFloat() ? Numbers::TensorFloat32 : Numbers::Float32;
    case ElementType::Float16:
        return Numbers::Float16;
    case ElementType::BFloat16:
        return Numbers::BFloat16;
    default:
        throw core::Error(
            "multiplies {}, and has no kernel for that.", core::elementName(lowering.typeOf(value)));
    }
}

/// The product with its tensors; a bias of -1 is none.
void addProduct(
    Lowering& lowering, const core::Node& node, Product product, TensorId a, TensorId b, TensorId bias)
{
    const Ending ending = endingOf(lowering, node, Layout::Dense);
    product.activation = ending.activation;
    const TensorId c = lowering.define(node.outputs[0]);
    std::vector<TensorId> reads { a, b };
    for (const TensorId more : { bias, ending.residual })
        if (more >= 0)
            reads.push_back(more);
    lowering.add(
        "product", reads, { c }, [=, residual = ending.residual](Device& device, const Addresses& at) {
            Product placed = product;
            placed.a = at.bytes(a);
            placed.b = at.bytes(b);
            placed.bias = at.bytes(bias);
            placed.residual = at.bytes(residual);
            placed.c = at.bytes(c);
            device.multiply(placed);
        });
    addRest(lowering, node, ending.taken, c, Layout::Dense);
}

std::int64_t countBut(const core::Shape& shape, std::size_t last)
{
    std::int64_t count = 1;
    for (std::size_t d = 0; d + last < shape.size(); ++d)
        count *= shape[d];
    return count;
}

} // namespace

void lowerMatMul(Lowering& lowering, const core::Node& node)
{
    core::Shape a = lowering.shapeOf(node.inputs[0]), b = lowering.shapeOf(node.inputs[1]);
    const core::Shape& output = lowering.shapeOf(node.outputs[0]);
    if (a.size() == 1)
        a.insert(a.begin(), 1);
    if (b.size() == 1)
        b.push_back(1);
    Product product { .numbers = numbersOf(lowering, node.inputs[0]) };
    if (const auto* attributes = std::get_if<core::MatMulAttributes>(&node.attributes))
        product.alpha = attributes->alpha;
    product.k = a.back();
    product.n = b.back();
    product.m = a[a.size() - 2];
    if (core::elementCount(output) == 0 || product.k == 0)
        throw core::Error("multiplies empty matrices, and has no kernel for that.");
    const std::int64_t batchA = countBut(a, 2), batchB = countBut(b, 2);
    if (batchB == 1) { // one right side: all rows of the left one together
        product.m *= batchA;
    } else {
        // Leading dimensions that are the same on both sides, or 1 on the left one altogether.
        const core::Shape leftDims(a.begin(), a.end() - 2), rightDims(b.begin(), b.end() - 2);
        if (batchA != 1 && leftDims != rightDims)
            throw core::Error(
                "spreads {} over {}, and has no kernel for that.", core::toString(a), core::toString(b));
        product.batch = batchB;
        product.batchA = batchA == 1 ? 0 : product.m * product.k;
        product.batchB = product.k * product.n;
        product.batchC = product.m * product.n;
    }
    product.rowA = product.k;
    product.rowB = product.rowC = product.n;
    // A bias that a pass put in is the third of the operator's own inputs.
    const bool biased = core::ownInputCount(node) > 2 && node.inputs[2] != core::kNoValue;
    addProduct(lowering, node, product, lowering.in(node.inputs[0]), lowering.in(node.inputs[1]),
        biased ? lowering.in(node.inputs[2]) : -1);
}

void lowerGemm(Lowering& lowering, const core::Node& node)
{
    const auto& gemm = std::get<core::GemmAttributes>(node.attributes);
    const core::Shape& a = lowering.shapeOf(node.inputs[0]);
    const core::Shape& b = lowering.shapeOf(node.inputs[1]);
    const core::Shape& output = lowering.shapeOf(node.outputs[0]);
    Product product { .numbers = numbersOf(lowering, node.inputs[0]) };
    product.m = output[0];
    product.n = output[1];
    product.k = gemm.transA ? a[0] : a[1];
    product.transposeA = gemm.transA;
    product.transposeB = gemm.transB;
    product.rowA = a[1];
    product.rowB = b[1];
    product.rowC = product.n;
    product.alpha = gemm.alpha;
    if (core::elementCount(output) == 0 || product.k == 0)
        throw core::Error("multiplies empty matrices, and has no kernel for that.");
    TensorId bias = -1;
    if (core::ownInputCount(node) > 2 && node.inputs[2] != core::kNoValue) {
        const core::Shape& c = lowering.shapeOf(node.inputs[2]);
        const bool row = core::elementCount(c) == product.n && !c.empty() && c.back() == product.n;
        if (!row || gemm.beta != 1)
            throw core::Error("adds {} times {}, and has no kernel for that.", gemm.beta, core::toString(c));
        bias = lowering.in(node.inputs[2]);
    }
    addProduct(lowering, node, product, lowering.in(node.inputs[0]), lowering.in(node.inputs[1]), bias);
}

} // namespace gpu
