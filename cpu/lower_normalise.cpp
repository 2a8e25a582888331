// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/epilogue.h"
#include "cpu/lower_table.h"

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

} // namespace

bool layerNormOnednn(Lowering& lowering, const core::Node& node)
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
        return false;

    const Desc rows = plainDesc(
        Dims { core::elementCount(shape) / width, width }, *dataType(lowering.typeOf(node.inputs[0])));
    auto flags = normalization_flags::use_scale;
    if (shift)
        flags |= normalization_flags::use_shift;
    const dnnl::layer_normalization_forward::primitive_desc desc(
        lowering.engine(), prop_kind::forward_inference, rows, rows, attributes.epsilon, flags, plainAttr());
    const bool inPlace = lowering.dies(node.inputs[0]);
    const TensorId src = lowering.plain(node.inputs[0]);
    const TensorId dst
        = inPlace ? lowering.defineAliasPlain(node.outputs[0], src) : lowering.definePlain(node.outputs[0]);
    std::vector<std::pair<int, TensorId>> arguments { { DNNL_ARG_SRC, lowering.view(src, rows) },
        { DNNL_ARG_SCALE, lowering.floatRow(*scale) }, { DNNL_ARG_DST, lowering.view(dst, rows) } };
    if (shift)
        arguments.emplace_back(DNNL_ARG_SHIFT, lowering.floatRow(*shift));
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
