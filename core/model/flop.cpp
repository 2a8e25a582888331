// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/flop.h"

#include "core/ops/einsum_terms.h"
#include "core/ops/op_table.h"

#include <algorithm>
#include <limits>

namespace core {

/// Products of a hostile file's dimensions stay at the largest number instead of wrapping round.
std::int64_t times(std::int64_t a, std::int64_t b)
{
    std::int64_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<std::int64_t>::max() : product;
}

std::int64_t plus(std::int64_t a, std::int64_t b)
{
    std::int64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

bool NodeShapes::has(std::size_t index) const
{
    return index < ownInputCount(node) && node.inputs[index] != kNoValue;
}

namespace {

/// Elements of the dimensions from `first` on.
std::int64_t countFrom(const Shape& shape, std::size_t first)
{
    std::int64_t count = 1;
    for (std::size_t axis = first; axis < shape.size(); ++axis)
        count = times(count, shape[axis]);
    return count;
}

} // namespace

/// Every output is a dot product of one filter: 2 * output * (channels per group * kernel), and one for the
/// bias.
std::int64_t convFlop(const NodeShapes& at)
{
    const std::int64_t output = at.outputCount();
    return plus(times(2 * countFrom(at.input(1), 1), output), at.has(2) ? output : 0);
}

/// 2 * M * N * K, and one per output for the bias.
std::int64_t gemmFlop(const NodeShapes& at)
{
    const Shape& a = at.input(0);
    const auto* gemm = std::get_if<GemmAttributes>(&at.node.attributes);
    const std::int64_t depth = gemm && gemm->transA ? a.front() : a.back();
    return plus(times(2 * depth, at.outputCount()), at.has(2) ? at.outputCount() : 0);
}

/// 2 * output * K, and one per output for the bias that passes may have put in.
std::int64_t matMulFlop(const NodeShapes& at)
{
    const std::int64_t depth = at.input(0).empty() ? 1 : at.input(0).back();
    return plus(times(2 * depth, at.outputCount()), at.has(2) ? at.outputCount() : 0);
}

/// Q K^T and the product with V, 2 * batch * length * length * width each; per score 1 for the scale, 5 for
/// the softmax, 1 for the mask.
std::int64_t attentionFlop(const NodeShapes& at)
{
    const Shape& query = at.input(0);
    const auto& attention = std::get<AttentionAttributes>(at.node.attributes);
    const std::int64_t pairs = times(query[0], times(query[1], at.input(1)[1]));
    return plus(times(4 * query[2], pairs), times((at.has(3) ? 7 : 6) * attention.heads, pairs));
}

/// One comparison or sum per element of the window.
std::int64_t poolFlop(const NodeShapes& at)
{
    std::int64_t window = 1;
    for (const std::int64_t size : std::get<PoolAttributes>(at.node.attributes).kernel)
        window = times(window, size);
    return times(window, at.outputCount());
}

/// As a convolution, read backwards: every input element meets every weight of its channel.
std::int64_t convTransposeFlop(const NodeShapes& at)
{
    const std::int64_t products = times(2 * countFrom(at.input(1), 1), at.inputCount(0));
    return plus(products, at.has(2) ? at.outputCount() : 0);
}

/// 2 * M * N * K of a product of integers, which only QGemm can turn.
std::int64_t integerMatMulFlop(const NodeShapes& at)
{
    const Shape& a = at.input(0);
    const auto* gemm = std::get_if<GemmAttributes>(&at.node.attributes);
    const std::int64_t depth = a.empty() ? 1 : gemm && gemm->transA ? a.front() : a.back();
    return times(2 * depth, at.outputCount());
}

/// 2 * output * (channels per group * kernel), the weights being input `weights`.
std::int64_t integerConvFlop(const NodeShapes& at, std::size_t weights)
{
    return times(2 * countFrom(at.input(weights), 1), at.outputCount());
}

/// Q K^T and the product with V; per score 1 for the scale, 5 for the softmax, 1 for the mask.
std::int64_t scaledAttentionFlop(const NodeShapes& at)
{
    const auto& attention = std::get<ScaledAttentionAttributes>(at.node.attributes);
    const Shape &q = at.input(0), &k = at.input(1);
    const std::int64_t heads = q.size() == 4 ? q[1] : std::max<std::int64_t>(attention.heads, 1);
    const std::size_t pastKey = at.node.kind == OpKind::MultiHeadAttention ? 6 : 4;
    const std::int64_t past = at.has(pastKey) && at.input(pastKey).size() == 4 ? at.input(pastKey)[2] : 0;
    const std::int64_t keys = plus(k[k.size() - 2], past);
    return plus(times(2 * keys, plus(at.inputCount(0), at.outputCount())),
        times((at.has(3) ? 7 : 6) * heads, times(q[0], times(q[q.size() - 2], keys))));
}

/// The projections to queries, keys and values, and then as above; per score 8.
std::int64_t msAttentionFlop(const NodeShapes& at)
{
    const auto& attention = std::get<ScaledAttentionAttributes>(at.node.attributes);
    const Shape &x = at.input(0), &weights = at.input(1);
    const std::int64_t rows = times(x[0], x[1]);
    const std::int64_t keys = plus(x[1], at.has(4) && at.input(4).size() == 5 ? at.input(4)[3] : 0);
    return plus(times(2 * x[2], times(rows, weights[1])),
        times(times(rows, keys), plus(8 * attention.heads, times(4, at.shapes.of(at.node.outputs[0])[2]))));
}

/// 2 * M * N * K, whatever is turned: all of A meets each column of the output.
std::int64_t fusedMatMulFlop(const NodeShapes& at)
{
    const auto& fused = std::get<FusedMatMulAttributes>(at.node.attributes);
    const Shape& a = at.input(0);
    const bool turned = fused.transA && a.size() > 1;
    const std::size_t inner = turned ? (fused.transBatchA && a.size() > 2 ? 0 : a.size() - 2) : a.size() - 1;
    return times(2 * a[inner], at.outputCount());
}

/// Decay, correction, update and read-out of a head's state, 2 each per element and step.
std::int64_t linearAttentionFlop(const NodeShapes& at)
{
    const auto& attention = std::get<LinearAttentionAttributes>(at.node.attributes);
    const std::int64_t keySize = at.input(1).back() / attention.kvHeads;
    const std::int64_t updates = 2 + (attention.decays ? 1 : 0) + (attention.corrects ? 2 : 0);
    return plus(times(2 * keySize, at.outputCount()), times(updates * keySize, at.inputCount(2)));
}

/// 5 n log2 n per line of n elements, the usual count of a fast transform. The longest dimension counts as
/// the line: which one is transformed may be data.
std::int64_t dftFlop(const NodeShapes& at)
{
    const Shape& shape = at.shapes.of(at.node.outputs[0]);
    std::int64_t log = 1;
    while (log < 62 && (std::int64_t { 1 } << log) < *std::max_element(shape.begin(), shape.end()))
        ++log;
    return times(5 * log, at.outputCount());
}

/// As an LSTM, whose weights have their last two dimensions the other way round.
std::int64_t dynamicLstmFlop(const NodeShapes& at)
{
    const Shape &x = at.input(0), &r = at.input(2);
    const std::int64_t gates = times(times(x[0], x[1]), times(r[0], r[2]));
    return times(gates, plus(5, times(2, plus(x[2], r[1]))));
}

/// The products with both weights, 2 * steps * batch * gates * hidden * (input + hidden) per direction, and
/// some 5 per gate for its bias and function.
std::int64_t recurrentFlop(const NodeShapes& at)
{
    const Shape &x = at.input(0), &r = at.input(2);
    const std::int64_t steps = times(x[0], x[1]), gates = times(r[0], r[1]);
    return times(times(steps, gates), plus(5, times(2, plus(x[2], r[2]))));
}

/// A multiply and an addition per tap and resized dimension; the nearest element costs nothing. How far an
/// antialiasing filter reaches is not counted.
std::int64_t resizeFlop(const NodeShapes& at)
{
    const auto& resize = std::get<ResizeAttributes>(at.node.attributes);
    if (resize.mode == ResizeAttributes::Mode::Nearest)
        return 0;
    const Shape &from = at.input(0), &to = at.shapes.of(at.node.outputs[0]);
    std::int64_t resized = 0;
    for (std::size_t d = 0; d < from.size(); ++d)
        resized += from[d] != to[d] ? 1 : 0;
    return times(resize.mode == ResizeAttributes::Mode::Linear ? 4 : 8, times(resized, at.outputCount()));
}

/// A multiply-add for every combination of indices, as if two operands were contracted at once.
std::int64_t einsumFlop(const NodeShapes& at)
{
    std::vector<Shape> shapes;
    for (std::size_t i = 0; i < ownInputCount(at.node); ++i)
        shapes.push_back(at.input(i));
    const ops::EinsumTerms terms(std::get<EinsumAttributes>(at.node.attributes).equation, shapes);
    std::int64_t products = 2;
    for (const std::int64_t size : terms.sizes)
        products = times(products, size < 0 ? 1 : size);
    return products;
}

} // namespace core
