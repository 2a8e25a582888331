// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/op_table.h"
#include "gpu/engine/elementwise_steps.h"
#include "gpu/engine/lower_table.h"
#include "gpu/engine/product_steps.h"
#include "gpu/engine/sibling_products.h"

#include <algorithm>
#include <utility>

namespace gpu {

using core::ElementType;

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

namespace {

Product shifted(Product product, const Shift& shift)
{
    const std::int64_t size
        = product.numbers == Numbers::Float16 || product.numbers == Numbers::BFloat16 ? 2 : 4;
    product.a += shift.a * size;
    product.b += shift.b * size;
    product.c += shift.c * size;
    if (product.residual)
        product.residual += shift.c * size;
    return product;
}

} // namespace

void addProduct(Lowering& lowering, const core::Node& node, Product product, TensorId a, TensorId b,
    TensorId bias, Layout layout, std::vector<Shift> shifts)
{
    const Ending ending = endingOf(lowering, node, layout);
    product.activation = ending.activation;
    const TensorId c = lowering.define(node.outputs[0], layout);
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
            for (const Shift& shift : shifts)
                device.multiply(shifted(placed, shift));
        });
    addRest(lowering, node, ending.taken, c, layout);
}

namespace {

std::int64_t countBut(const core::Shape& shape, std::size_t last)
{
    std::int64_t count = 1;
    for (std::size_t d = 0; d + last < shape.size(); ++d)
        count *= shape[d];
    return count;
}

/// A leading dimension of a product, with the steps of its factors and its result along it, in elements; 0
/// repeats.
struct Leading {
    std::int64_t count, a, b, c;
};

/// From the innermost one on; those that can be are one.
std::vector<Leading> leadingDims(
    const core::Shape& a, const core::Shape& b, std::int64_t m, std::int64_t n, std::int64_t k)
{
    std::vector<Leading> dims;
    std::int64_t stepA = m * k, stepB = k * n, stepC = m * n;
    const auto dim = [](const core::Shape& shape, std::size_t fromEnd) {
        return fromEnd > shape.size() ? 1 : shape[shape.size() - fromEnd];
    };
    for (std::size_t d = 3; d <= std::max(a.size(), b.size()); ++d) {
        const std::int64_t countA = dim(a, d), countB = dim(b, d), count = std::max(countA, countB);
        const Leading next { count, countA == 1 ? 0 : stepA, countB == 1 ? 0 : stepB, stepC };
        stepA *= countA;
        stepB *= countB;
        stepC *= count;
        if (count == 1)
            continue;
        if (!dims.empty() && next.a == dims.back().a * dims.back().count
            && next.b == dims.back().b * dims.back().count)
            dims.back().count *= count;
        else
            dims.push_back(next);
    }
    return dims;
}

/// One dimension is a batch for the library, the longest one; the others are products of their own.
std::vector<Shift> spread(std::vector<Leading> dims, Product& product)
{
    constexpr std::size_t kMost = 64; // launches of one node
    std::vector<Shift> shifts(1);
    if (dims.empty())
        return shifts;
    const auto longest = std::max_element(
        dims.begin(), dims.end(), [](const Leading& x, const Leading& y) { return x.count < y.count; });
    product.batch = longest->count;
    product.batchA = longest->a;
    product.batchB = longest->b;
    product.batchC = longest->c;
    dims.erase(longest);
    for (const Leading& dim : dims) {
        const std::vector<Shift> inner = std::exchange(shifts, {});
        if (static_cast<std::size_t>(dim.count) > kMost / inner.size())
            throw core::Error(
                "spreads its factors over more than {} batches, and has no kernel for that.", kMost);
        for (std::int64_t i = 0; i < dim.count; ++i)
            for (const Shift& each : inner)
                shifts.push_back({ each.a + i * dim.a, each.b + i * dim.b, each.c + i * dim.c });
    }
    return shifts;
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
    if (const std::vector<int> siblings = siblingsOf(lowering, node); siblings.size() != 1)
        return siblings.empty() ? void() : addSiblings(lowering, siblings);
    std::vector<Shift> shifts(1);
    if (countBut(b, 2) == 1) // one right side: all rows of the left one together
        product.m *= countBut(a, 2);
    else
        shifts = spread(leadingDims(a, b, product.m, product.n, product.k), product);
    product.rowA = product.k;
    product.rowB = product.rowC = product.n;
    // A bias that a pass put in is the third of the operator's own inputs.
    const bool biased = core::ownInputCount(node) > 2 && node.inputs[2] != core::kNoValue;
    addProduct(lowering, node, product, lowering.in(node.inputs[0]), lowering.in(node.inputs[1]),
        biased ? lowering.in(node.inputs[2]) : -1, Layout::Dense, std::move(shifts));
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
