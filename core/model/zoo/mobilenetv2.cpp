// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/zoo/layers.h"
#include "core/model/zoo/networks.h"

#include <array>

namespace core::zoo {
namespace {

/// Relu6 as exporters write it: Clip with its bounds as inputs.
ValueId relu6(GraphBuilder& builder, const std::string& module, ValueId value)
{
    const std::string path = nodePath(module);
    return builder.node(OpKind::Clip, path + "/Clip",
        { value, builder.scalar(path + "/min", 0), builder.scalar(path + "/max", 6) });
}

struct StageSpec {
    std::int64_t expansion, outChannels;
    int blocks;
    std::int64_t stride;
};

struct BlockSpec {
    std::int64_t inChannels, outChannels, expansion, stride;
};

/// Expand, depthwise, project; the sum with the input where both have the same shape. The projection is
/// linear, and scaled down where a sum follows.
ValueId invertedResidual(
    GraphBuilder& builder, const std::string& module, ValueId input, const BlockSpec& spec)
{
    const std::int64_t hidden = spec.inChannels * spec.expansion;
    const bool sums = spec.stride == 1 && spec.inChannels == spec.outChannels;
    ValueId value = input;
    int layer = 0;
    const auto name = [&](int index) { return module + ".conv." + std::to_string(index); };
    if (spec.expansion != 1) {
        value = conv(
            builder, name(layer) + ".0", value, { .inChannels = spec.inChannels, .outChannels = hidden });
        value = relu6(builder, name(layer++) + ".2", value);
    }
    value = conv(builder, name(layer) + ".0", value,
        { .inChannels = hidden,
            .outChannels = hidden,
            .kernel = 3,
            .stride = spec.stride,
            .group = hidden,
            .gain = 1 });
    value = relu6(builder, name(layer++) + ".2", value);
    value = conv(builder, name(layer), value,
        { .inChannels = hidden, .outChannels = spec.outChannels, .gain = sums ? 0.1 : 1 });
    return sums ? builder.node(OpKind::Add, nodePath(module) + "/Add", { input, value }) : value;
}

} // namespace

Graph makeMobileNetV2(std::uint64_t seed)
{
    GraphBuilder builder("mobilenetv2", seed);
    const ValueId input = builder.input("input", ElementType::Float32, { "batch", 3, 224, 224 });
    ValueId features = relu6(builder, "features.0.2",
        conv(builder, "features.0.0", input,
            { .inChannels = 3, .outChannels = 32, .kernel = 3, .stride = 2 }));

    // Table 2 of Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018.
    constexpr std::array<StageSpec, 7> stages { { { 1, 16, 1, 1 }, { 6, 24, 2, 2 }, { 6, 32, 3, 2 },
        { 6, 64, 4, 2 }, { 6, 96, 3, 1 }, { 6, 160, 3, 2 }, { 6, 320, 1, 1 } } };
    std::int64_t channels = 32;
    int index = 1;
    for (const StageSpec& stage : stages)
        for (int block = 0; block < stage.blocks; ++block) {
            features = invertedResidual(builder, "features." + std::to_string(index++), features,
                { channels, stage.outChannels, stage.expansion, block == 0 ? stage.stride : 1 });
            channels = stage.outChannels;
        }

    features = relu6(builder, "features.18.2",
        conv(builder, "features.18.0", features, { .inChannels = channels, .outChannels = 1280 }));
    const ValueId mean = builder.node(OpKind::GlobalAveragePool, "/GlobalAveragePool", { features });
    const ValueId flat = builder.node(OpKind::Flatten, "/Flatten", { mean }, AxisAttributes { .axis = 1 });
    builder.output(gemm(builder, "classifier.1", flat, 1280, 1000, 16), "logits", ElementType::Float32,
        { "batch", 1000 });
    return builder.finish();
}

} // namespace core::zoo
