// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/epilogue.h"
#include "cpu/lower_table.h"
#include "cpu/norm_kernel.h"
#include "cpu/quantised_twin.h"
#include "cpu/threads.h"

#include <algorithm>
#include <numeric>

namespace cpu {

namespace {

using dnnl::normalization_flags;
using dnnl::prop_kind;

constexpr auto kFloat = core::ElementType::Float32;

bool isFilled(const Lowering& lowering, core::ValueId value)
{
    return isReal(lowering.typeOf(value)) && core::elementCount(lowering.shapeOf(value)) > 0;
}

std::int64_t positive(std::int64_t axis, std::size_t rank)
{
    return axis < 0 ? axis + static_cast<std::int64_t>(rank) : axis;
}

/// The parts of a LayerNormalization over its last dimensions with constant scale and shift.
struct LayerNorm {
    std::int64_t rows = 0, width = 0;
    float epsilon = 0;
    core::TensorView scale;
    std::optional<core::TensorView> shift;
};

std::optional<LayerNorm> layerNorm(const Lowering& lowering, const core::Node& node)
{
    const auto& attributes = std::get<core::NormAttributes>(node.attributes);
    const core::Shape& shape = lowering.shapeOf(node.inputs[0]);
    const auto scale = lowering.constant(node.inputs[1]);
    const auto shift = node.inputs.size() > 2 ? lowering.constant(node.inputs[2]) : std::nullopt;
    const auto axis = static_cast<std::size_t>(positive(attributes.axis, shape.size()));
    const std::int64_t width = std::accumulate(shape.begin() + static_cast<std::ptrdiff_t>(axis), shape.end(),
        std::int64_t { 1 }, std::multiplies<>());
    if (!isFilled(lowering, node.inputs[0]) || !scale || core::elementCount(scale->shape) != width
        || (node.inputs.size() > 2 && node.inputs[2] != core::kNoValue
            && (!shift || core::elementCount(shift->shape) != width))
        || node.outputs.size() > 1 || !node.epilogue.empty())
        return std::nullopt;
    return LayerNorm { core::elementCount(shape) / width, width, attributes.epsilon, *scale, shift };
}

} // namespace

/// Row by row, and where integers of the result are asked for, those of the row while it is at hand.
bool layerNormOwn(Lowering& lowering, const core::Node& node)
{
    constexpr std::int64_t kGrain = 16'384; // elements: some microseconds
    const auto norm = layerNorm(lowering, node);
    if (!norm || lowering.typeOf(node.inputs[0]) != kFloat || norm->scale.type != kFloat)
        return false;
    const bool inPlace = lowering.dies(node.inputs[0]);
    const TensorId src = lowering.plain(node.inputs[0]);
    const TensorId dst
        = inPlace ? lowering.defineAliasPlain(node.outputs[0], src) : lowering.definePlain(node.outputs[0]);
    const TensorId scale = lowering.floatRow(norm->scale),
                   shift = norm->shift ? lowering.floatRow(*norm->shift) : -1;
    const auto twin
        = lowering.settings().tuning.fuse ? takeQuantiser(lowering, node.outputs[0]) : std::nullopt;
    std::vector<TensorId> reads { src, scale }, writes { dst };
    if (norm->shift)
        reads.push_back(shift);
    if (twin)
        writes.push_back(twin->target);
    const NormKernel kernel { norm->width, norm->epsilon };
    const std::int64_t rows = norm->rows, width = norm->width;
    lowering.addOwn(twin ? "own:norm+quantise" : "own:norm", std::move(reads), std::move(writes),
        [=](const Addresses& at) {
            const float* shifts = shift < 0 ? nullptr : at.as<const float>(shift);
            parallelFor(
                rows, std::max<std::int64_t>(kGrain / width, 1), [&](std::int64_t begin, std::int64_t end) {
                    for (std::int64_t row = begin; row < end; ++row) {
                        float* y = at.as<float>(dst) + row * width;
                        kernel.run(
                            at.as<const float>(src) + row * width, at.as<const float>(scale), shifts, y);
                        if (twin)
                            twin->kernel.run(y, at.as<std::uint8_t>(twin->target) + row * width, width);
                    }
                });
        });
    if (twin) {
        const auto& nodes = lowering.graph().nodes;
        core::NodeCost cost = core::costOf(lowering.graph(), node, lowering.shapes());
        cost.flop
            += core::costOf(lowering.graph(), nodes[static_cast<std::size_t>(twin->node)], lowering.shapes())
                   .flop;
        cost.activationBytes += rows * width;
        lowering.steps().back().cost = cost;
    }
    return true;
}

bool layerNormOnednn(Lowering& lowering, const core::Node& node)
{
    const auto norm = layerNorm(lowering, node);
    if (!norm)
        return false;
    const Desc rows = plainDesc(Dims { norm->rows, norm->width }, *dataType(lowering.typeOf(node.inputs[0])));
    auto flags = normalization_flags::use_scale;
    if (norm->shift)
        flags |= normalization_flags::use_shift;
    const dnnl::layer_normalization_forward::primitive_desc desc(
        lowering.engine(), prop_kind::forward_inference, rows, rows, norm->epsilon, flags, plainAttr());
    const bool inPlace = lowering.dies(node.inputs[0]);
    const TensorId src = lowering.plain(node.inputs[0]);
    const TensorId dst
        = inPlace ? lowering.defineAliasPlain(node.outputs[0], src) : lowering.definePlain(node.outputs[0]);
    std::vector<std::pair<int, TensorId>> arguments { { DNNL_ARG_SRC, lowering.view(src, rows) },
        { DNNL_ARG_SCALE, lowering.floatRow(norm->scale) }, { DNNL_ARG_DST, lowering.view(dst, rows) } };
    if (norm->shift)
        arguments.emplace_back(DNNL_ARG_SHIFT, lowering.floatRow(*norm->shift));
    lowering.add(dnnl::layer_normalization_forward(desc), std::move(arguments));
    return true;
}

bool batchNormOnednn(Lowering& lowering, const core::Node& node)
{
    const auto& attributes = std::get<core::BatchNormAttributes>(node.attributes);
    const core::Shape& shape = lowering.shapeOf(node.inputs[0]);
    if (lowering.typeOf(node.inputs[0]) != kFloat || core::elementCount(shape) == 0 || shape.size() < 3
        || shape.size() > 5 || node.outputs.size() > 1 || attributes.training || attributes.perElement
        || !node.epilogue.empty())
        return false;
    for (int i = 1; i <= 4; ++i)
        if (!lowering.constant(node.inputs[static_cast<std::size_t>(i)]))
            return false;
    const Desc layout = channelBlockedDesc(shape, lowering.channelBlock());
    const Desc row = plainDesc(Dims { shape[1] });
    const dnnl::batch_normalization_forward::primitive_desc desc(lowering.engine(),
        prop_kind::forward_inference, layout, layout, attributes.epsilon,
        normalization_flags::use_scale | normalization_flags::use_shift
            | normalization_flags::use_global_stats,
        plainAttr());
    const auto constant = [&](std::size_t index) {
        return lowering.constantTensor(*lowering.constant(node.inputs[index]), row);
    };
    lowering.add(dnnl::batch_normalization_forward(desc),
        { { DNNL_ARG_SRC, lowering.inLayout(node.inputs[0], layout) }, { DNNL_ARG_SCALE, constant(1) },
            { DNNL_ARG_SHIFT, constant(2) }, { DNNL_ARG_MEAN, constant(3) },
            { DNNL_ARG_VARIANCE, constant(4) }, { DNNL_ARG_DST, lowering.define(node.outputs[0], layout) } });
    return true;
}

bool softmaxOnednn(Lowering& lowering, const core::Node& node)
{
    const auto& attributes = std::get<core::AxisAttributes>(node.attributes);
    const core::Shape& shape = lowering.shapeOf(node.inputs[0]);
    if (!isFilled(lowering, node.inputs[0]) || shape.empty() || !node.epilogue.empty())
        return false;
    const auto axis = static_cast<std::ptrdiff_t>(positive(attributes.axis, shape.size()));
    const auto product = [&](auto first, auto last) {
        return std::accumulate(first, last, std::int64_t { 1 }, std::multiplies<>());
    };
    // Three dimensions say all: what lies outside the axis, the axis, what lies inside.
    const std::int64_t outer = product(shape.begin(), shape.begin() + axis);
    const std::int64_t length = attributes.flattened ? product(shape.begin() + axis, shape.end())
                                                     : shape[static_cast<std::size_t>(axis)];
    const Desc view = plainDesc(Dims { outer, length, core::elementCount(shape) / (outer * length) },
        *dataType(lowering.typeOf(node.inputs[0])));
    const dnnl::softmax_forward::primitive_desc desc(lowering.engine(), prop_kind::forward_inference,
        node.kind == core::OpKind::LogSoftmax ? dnnl::algorithm::softmax_log
                                              : dnnl::algorithm::softmax_accurate,
        view, view, 1, plainAttr());
    lowering.add(dnnl::softmax_forward(desc),
        { { DNNL_ARG_SRC, lowering.view(lowering.plain(node.inputs[0]), view) },
            { DNNL_ARG_DST, lowering.view(lowering.definePlain(node.outputs[0]), view) } });
    return true;
}

} // namespace cpu
