// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/zoo/transformer.h"

#include "core/model/zoo/layers.h"

#include <cmath>

namespace core::zoo {
namespace {

/// [batch, length, hidden] to one [length, size] matrix per head; keys come out transposed.
ValueId splitHeads(GraphBuilder& builder, const std::string& path, ValueId value, const EncoderSpec& spec,
    std::vector<std::int64_t> permutation)
{
    const ValueId shape
        = builder.integers(path + "/heads_shape", { 0, 0, spec.heads, spec.hidden / spec.heads });
    const ValueId heads
        = builder.node(OpKind::Reshape, path + "/Reshape", { value, shape }, ReshapeAttributes {});
    return builder.node(
        OpKind::Transpose, path + "/Transpose", { heads }, TransposeAttributes { std::move(permutation) });
}

ValueId selfAttention(
    GraphBuilder& builder, const std::string& module, ValueId input, ValueId mask, const EncoderSpec& spec)
{
    const std::string path = nodePath(module);
    const auto project = [&](const char* name) {
        return linear(builder, module + name, input, spec.hidden, spec.hidden, spec.deviation);
    };
    const ValueId query = splitHeads(builder, path + "/query", project(".query"), spec, { 0, 2, 1, 3 });
    const ValueId key = splitHeads(builder, path + "/key", project(".key"), spec, { 0, 2, 3, 1 });
    const ValueId value = splitHeads(builder, path + "/value", project(".value"), spec, { 0, 2, 1, 3 });

    const auto root = static_cast<float>(std::sqrt(static_cast<double>(spec.hidden / spec.heads)));
    const ValueId products = builder.node(OpKind::MatMul, path + "/MatMul", { query, key });
    const ValueId scores
        = builder.node(OpKind::Div, path + "/Div", { products, builder.scalar(path + "/root_size", root) });
    const ValueId masked = builder.node(OpKind::Add, path + "/Add", { scores, mask });
    const ValueId shares
        = builder.node(OpKind::Softmax, path + "/Softmax", { masked }, AxisAttributes { .axis = -1 });
    const ValueId context = builder.node(OpKind::MatMul, path + "/MatMul_1", { shares, value });
    const ValueId rows = builder.node(
        OpKind::Transpose, path + "/Transpose_3", { context }, TransposeAttributes { { 0, 2, 1, 3 } });
    return builder.node(OpKind::Reshape, path + "/Reshape_3",
        { rows, builder.integers(path + "/hidden_shape", { 0, 0, spec.hidden }) }, ReshapeAttributes {});
}

/// A projection of `value`, the sum with `residual`, and the norm.
ValueId addAndNorm(GraphBuilder& builder, const std::string& module, ValueId value, ValueId residual,
    std::int64_t in, const EncoderSpec& spec)
{
    const ValueId dense = linear(builder, module + ".dense", value, in, spec.hidden, spec.deviation);
    const ValueId sum = builder.node(OpKind::Add, nodePath(module) + "/Add", { dense, residual });
    return spec.norm(builder, module + ".LayerNorm", sum);
}

} // namespace

ValueId encoderLayer(
    GraphBuilder& builder, const std::string& module, ValueId input, ValueId mask, const EncoderSpec& spec)
{
    const ValueId context = selfAttention(builder, module + ".attention.self", input, mask, spec);
    const ValueId attended
        = addAndNorm(builder, module + ".attention.output", context, input, spec.hidden, spec);
    const ValueId inner = linear(
        builder, module + ".intermediate.dense", attended, spec.hidden, spec.intermediate, spec.deviation);
    const ValueId active = erfGelu(builder, module + ".intermediate.intermediate_act_fn", inner);
    return addAndNorm(builder, module + ".output", active, attended, spec.intermediate, spec);
}

} // namespace core::zoo
