// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/zoo/layers.h"
#include "core/model/zoo/networks.h"

#include <array>

namespace core::zoo {
namespace {

ValueId relu(GraphBuilder& builder, const std::string& name, ValueId value)
{
    return builder.node(OpKind::Relu, name, { value });
}

struct BlockSpec {
    std::int64_t inChannels = 0, width = 0, stride = 1;
    bool projects = false; // the shortcut has a convolution of its own
};

/// A bottleneck of version 1.5: the stride is in the 3x3 convolution. Its last convolution is scaled down, so
/// that sixteen residual sums in a row do not add up.
ValueId bottleneck(GraphBuilder& builder, const std::string& module, ValueId input, const BlockSpec& spec)
{
    const std::string path = nodePath(module);
    const std::int64_t out = 4 * spec.width;
    const ValueId first = relu(builder, path + "/relu/Relu",
        conv(
            builder, module + ".conv1", input, { .inChannels = spec.inChannels, .outChannels = spec.width }));
    const ValueId second = relu(builder, path + "/relu/Relu_1",
        conv(builder, module + ".conv2", first,
            { .inChannels = spec.width, .outChannels = spec.width, .kernel = 3, .stride = spec.stride }));
    const ValueId branch = conv(
        builder, module + ".conv3", second, { .inChannels = spec.width, .outChannels = out, .gain = 0.1 });
    ValueId shortcut = input;
    if (spec.projects)
        shortcut = conv(builder, module + ".downsample.0", input,
            { .inChannels = spec.inChannels, .outChannels = out, .stride = spec.stride, .gain = 1 });
    return relu(
        builder, path + "/relu/Relu_2", builder.node(OpKind::Add, path + "/Add", { branch, shortcut }));
}

} // namespace

Graph makeResNet50(std::uint64_t seed)
{
    GraphBuilder builder("resnet50", seed);
    const ValueId input = builder.input("input", ElementType::Float32, { "batch", 3, 224, 224 });
    const ValueId stem = relu(builder, "/relu/Relu",
        conv(builder, "conv1", input,
            { .inChannels = 3, .outChannels = 64, .kernel = 7, .stride = 2, .gain = 1 }));
    ValueId features = builder.node(OpKind::MaxPool, "/maxpool/MaxPool", { stem },
        PoolAttributes { .kernel = { 3, 3 }, .strides = { 2, 2 }, .pads = { 1, 1, 1, 1 } });

    constexpr std::array<int, 4> depths { 3, 4, 6, 3 };
    std::int64_t channels = 64;
    for (int stage = 0; stage < 4; ++stage)
        for (int block = 0; block < depths[static_cast<std::size_t>(stage)]; ++block) {
            const std::string module = "layer" + std::to_string(stage + 1) + "." + std::to_string(block);
            const std::int64_t width = 64LL << stage;
            const bool first = block == 0;
            features = bottleneck(builder, module, features,
                { .inChannels = channels,
                    .width = width,
                    .stride = first && stage > 0 ? 2 : 1,
                    .projects = first });
            channels = 4 * width;
        }

    const ValueId mean = builder.node(OpKind::GlobalAveragePool, "/avgpool/GlobalAveragePool", { features });
    const ValueId flat = builder.node(OpKind::Flatten, "/Flatten", { mean }, AxisAttributes { .axis = 1 });
    builder.output(
        gemm(builder, "fc", flat, channels, 1000, 1), "logits", ElementType::Float32, { "batch", 1000 });
    return builder.finish();
}

} // namespace core::zoo
