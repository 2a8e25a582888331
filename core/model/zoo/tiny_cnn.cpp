// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/zoo/layers.h"
#include "core/model/zoo/networks.h"

namespace core::zoo {
namespace {

ValueId batchNorm(GraphBuilder& builder, const std::string& module, ValueId input, std::int64_t channels)
{
    return builder.node(OpKind::BatchNormalization, nodePath(module) + "/BatchNormalization",
        { input, builder.random(module + ".weight", { channels }, 0.1, 1),
            builder.random(module + ".bias", { channels }, 0.1),
            builder.random(module + ".running_mean", { channels }, 0.1),
            builder.random(module + ".running_var", { channels }, 0.2, 1) }, // at least 1 - 3.5 * 0.2
        BatchNormAttributes {});
}

/// Convolution without a bias, then its BatchNormalization: the way it is trained.
ValueId convNorm(GraphBuilder& builder, const std::string& module, ValueId input, const ConvSpec& spec)
{
    const ValueId product = conv(builder, module + ".0", input, spec);
    return batchNorm(builder, module + ".1", product, spec.outChannels);
}

} // namespace

Graph makeTinyCnn(std::uint64_t seed)
{
    GraphBuilder builder("tiny-cnn", seed);
    const auto relu = [&](const std::string& module, ValueId value) {
        return builder.node(OpKind::Relu, nodePath(module) + "/Relu", { value });
    };
    const ValueId input = builder.input("input", ElementType::Float32, { "batch", 3, 32, 32 });
    const ValueId stem = relu("stem",
        convNorm(builder, "stem", input, { .inChannels = 3, .outChannels = 16, .kernel = 3, .bias = false }));

    const ConvSpec wide { .inChannels = 16, .outChannels = 16, .kernel = 3, .bias = false };
    const ValueId inner = relu("block.a", convNorm(builder, "block.a", stem, wide));
    const ValueId branch = convNorm(builder, "block.b", inner,
        { .inChannels = 16, .outChannels = 16, .kernel = 3, .gain = 0.5, .bias = false });
    const ValueId residual = relu("block", builder.node(OpKind::Add, "/block/Add", { branch, stem }));

    const ValueId depthwise = convNorm(builder, "depthwise", residual,
        { .inChannels = 16,
            .outChannels = 16,
            .kernel = 3,
            .stride = 2,
            .group = 16,
            .gain = 1,
            .bias = false });
    const ValueId clipped = builder.node(OpKind::Clip, "/depthwise/Clip",
        { depthwise, builder.scalar("/depthwise/min", 0), builder.scalar("/depthwise/max", 6) });
    const ValueId pointwise = relu("pointwise",
        convNorm(builder, "pointwise", clipped, { .inChannels = 16, .outChannels = 32, .bias = false }));

    const ValueId pooled = builder.node(OpKind::MaxPool, "/pool/MaxPool", { pointwise },
        PoolAttributes { .kernel = { 2, 2 }, .strides = { 2, 2 } });
    const ValueId mean = builder.node(OpKind::GlobalAveragePool, "/GlobalAveragePool", { pooled });
    const ValueId flat = builder.node(OpKind::Flatten, "/Flatten", { mean }, AxisAttributes { .axis = 1 });
    builder.output(gemm(builder, "fc", flat, 32, 10, 1), "logits", ElementType::Float32, { "batch", 10 });
    return builder.finish();
}

} // namespace core::zoo
