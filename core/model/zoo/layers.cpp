// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/zoo/layers.h"

#include <cmath>

namespace core::zoo {

ValueId conv(GraphBuilder& builder, const std::string& module, ValueId input, const ConvSpec& spec)
{
    const std::int64_t channels = spec.inChannels / spec.group;
    const auto fanIn = static_cast<double>(channels * spec.kernel * spec.kernel);
    std::vector<ValueId> inputs { input,
        builder.random(module + ".weight", { spec.outChannels, channels, spec.kernel, spec.kernel },
            std::sqrt(spec.gain / fanIn)) };
    if (spec.bias)
        inputs.push_back(builder.random(module + ".bias", { spec.outChannels }, 0.05));
    const std::int64_t pad = spec.kernel / 2;
    return builder.node(OpKind::Conv, nodePath(module) + "/Conv", std::move(inputs),
        ConvAttributes { .kernel = { spec.kernel, spec.kernel },
            .strides = { spec.stride, spec.stride },
            .dilations = { 1, 1 },
            .pads = { pad, pad, pad, pad },
            .group = spec.group });
}

ValueId gemm(GraphBuilder& builder, const std::string& module, ValueId input, std::int64_t in,
    std::int64_t out, double gain)
{
    const double deviation = std::sqrt(gain / static_cast<double>(in));
    return builder.node(OpKind::Gemm, nodePath(module) + "/Gemm",
        { input, builder.random(module + ".weight", { out, in }, deviation),
            builder.random(module + ".bias", { out }, 0.05) },
        GemmAttributes { .transB = true });
}

ValueId linear(GraphBuilder& builder, const std::string& module, ValueId input, std::int64_t in,
    std::int64_t out, double deviation)
{
    const ValueId weight = builder.random(module + ".weight", { in, out }, deviation);
    const ValueId bias = builder.random(module + ".bias", { out }, 0.02);
    const ValueId product = builder.node(OpKind::MatMul, nodePath(module) + "/MatMul", { input, weight });
    return builder.node(OpKind::Add, nodePath(module) + "/Add", { bias, product });
}

ValueId erfGelu(GraphBuilder& builder, const std::string& module, ValueId input)
{
    const std::string path = nodePath(module);
    const auto scalar = [&](const char* name, float value) { return builder.scalar(path + name, value); };
    const ValueId scaled
        = builder.node(OpKind::Div, path + "/Div", { input, scalar("/root_two", 1.41421354F) });
    const ValueId erf = builder.node(OpKind::Erf, path + "/Erf", { scaled });
    const ValueId shifted = builder.node(OpKind::Add, path + "/Add", { erf, scalar("/one", 1) });
    const ValueId product = builder.node(OpKind::Mul, path + "/Mul", { input, shifted });
    return builder.node(OpKind::Mul, path + "/Mul_1", { product, scalar("/half", 0.5F) });
}

ValueId additiveMask(GraphBuilder& builder, ValueId mask)
{
    const ValueId heads = builder.node(
        OpKind::Unsqueeze, "/Unsqueeze", { mask, builder.integers("/mask_axis_heads", { 1 }) });
    const ValueId rows = builder.node(
        OpKind::Unsqueeze, "/Unsqueeze_1", { heads, builder.integers("/mask_axis_rows", { 2 }) });
    const ValueId real
        = builder.node(OpKind::Cast, "/Cast", { rows }, CastAttributes { .to = ElementType::Float32 });
    const ValueId hidden = builder.node(OpKind::Sub, "/Sub", { builder.scalar("/mask_one", 1), real });
    return builder.node(OpKind::Mul, "/Mul", { hidden, builder.scalar("/mask_penalty", -10000) });
}

} // namespace core::zoo
