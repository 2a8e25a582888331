// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/epilogue.h"
#include "cpu/lower_table.h"
#include "cpu/panel_conv.h"
#include "cpu/window.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace cpu {

namespace {

using dnnl::convolution_forward;
using dnnl::memory;
using dnnl::prop_kind;

/// Weights [O, I / groups, k...] as oneDNN wants them: with groups as their own dimension.
Dims weightDims(const core::Shape& shape, std::int64_t groups)
{
    Dims dims(shape.begin(), shape.end());
    if (groups > 1) {
        dims[0] /= groups;
        dims.insert(dims.begin(), groups);
    }
    return dims;
}

/// Images of up to four channels go in as they come: the first convolution has kernels for that, and a
/// blocked copy would be mostly padding.
bool readsPlainImage(const core::Shape& input, std::int64_t groups)
{
    constexpr std::int64_t kFewChannels = 4;
    return groups == 1 && input[1] <= kFewChannels;
}

/// A column [N, C, H, 1] under a kernel one wide lies in memory as the row [N, C, 1, H] does, and kernels
/// walk along rows: 512 outputs of a 5 x 1 kernel took 7.7 ms as a column.
bool isColumn(
    const core::Node& node, const core::Shape& input, const core::Shape& output, const core::Shape& weights)
{
    const bool sums = std::any_of(node.epilogue.begin(), node.epilogue.end(),
        [](const core::PostOp& post) { return post.kind == core::PostOp::Kind::Add; });
    return input.size() == 4 && input[2] > 1 && input[3] == 1 && output[3] == 1 && weights[3] == 1 && !sums;
}

core::Shape turned(core::Shape shape)
{
    std::swap(shape[2], shape[3]);
    return shape;
}

/// A kernel with what it was asked to do after the sums.
struct Choice {
    convolution_forward::primitive_desc desc;
    Epilogue epilogue;
};

/// Layouts of input and output to try, in order: channel blocks, which nearly every kernel is best in, then
/// plain rows of channels, which some odd channel counts need to be spared the reference kernel.
std::vector<std::pair<Desc, Desc>> layoutsFor(const core::Shape& input, const core::Shape& output,
    std::int64_t group, int block, memory::data_type type, ImageLayout wished)
{
    const Desc blocked = channelBlockedDesc(output, block, type);
    std::vector<std::pair<Desc, Desc>> layouts;
    // Where there is AMX, rows of channels are what kernels for bfloat16 work on, ours and oneDNN's.
    const bool tiles = type == memory::data_type::bf16 && hasAmxKernels();
    if (wished == ImageLayout::ChannelsLast || tiles)
        layouts.emplace_back(channelsLastDesc(input, type), channelsLastDesc(output, type));
    if (readsPlainImage(input, group))
        layouts.emplace_back(plainDesc(input, type), blocked);
    layouts.emplace_back(channelBlockedDesc(input, block, type), blocked);
    layouts.emplace_back(channelsLastDesc(input, type), channelsLastDesc(output, type));
    return layouts;
}

/// Integer kernels work on plain rows of channels.
std::vector<std::pair<Desc, Desc>> integerLayouts(
    const core::Shape& input, const core::Shape& output, memory::data_type from, memory::data_type to)
{
    return { { channelsLastDesc(input, from), channelsLastDesc(output, to) } };
}

/// A row's layout as that of the column it stands for.
Desc standing(const Desc& row, const core::Shape& shape)
{
    const core::Shape column = turned(shape);
    const auto type = row.get_data_type();
    if (row == plainDesc(shape, type))
        return plainDesc(column, type);
    const auto blocks = row.get_inner_blks();
    return blocks.empty() ? channelsLastDesc(column, type)
                          : channelBlockedDesc(column, static_cast<int>(blocks[0]), type);
}

TensorId source(Lowering& lowering, const core::Node& node, const Desc& src, bool column)
{
    if (!column)
        return lowering.inLayout(node.inputs[0], src);
    const auto dims = src.get_dims();
    return lowering.view(
        lowering.inLayout(node.inputs[0], standing(src, core::Shape(dims.begin(), dims.end()))), src);
}

} // namespace

bool convOnednn(Lowering& lowering, const core::Node& node)
{
    const auto& attributes = std::get<core::ConvAttributes>(node.attributes);
    core::Shape input = lowering.shapeOf(node.inputs[0]), output = lowering.shapeOf(node.outputs[0]);
    const auto weights = lowering.constant(node.inputs[1]);
    const bool integers = core::inputQuantisation(node, 0) && core::inputQuantisation(node, 1);
    const core::ElementType type = lowering.typeOf(node.inputs[0]);
    if (!weights || (!integers && (!isReal(type) || weights->type != type)) || input.size() < 3
        || input.size() > 5 || core::elementCount(output) == 0 || core::elementCount(input) == 0)
        return false;

    const core::Window given
        = core::convWindow(attributes, core::ops::spatial(input), core::ops::spatial(weights->shape));
    Window window = windowOf(given, input);
    Dims dims = weightDims(weights->shape, attributes.group);
    const bool column = !integers && isColumn(node, input, output, weights->shape);
    if (column) {
        input = turned(input);
        output = turned(output);
        std::swap(dims[dims.size() - 2], dims[dims.size() - 1]);
        for (Dims* each : { &window.strides, &window.dilations, &window.padsBegin, &window.padsEnd })
            std::swap((*each)[0], (*each)[1]);
    }
    const Desc fileWeights = plainDesc(core::Shape(dims), weights->type);
    const Desc anyWeights(dims, *dataType(weights->type), memory::format_tag::any);

    const auto bias = node.inputs.size() > 2 ? lowering.constant(node.inputs[2]) : std::nullopt;
    if (!bias && node.inputs.size() > 2 && node.inputs[2] != core::kNoValue)
        return false;
    const Desc biasDesc = bias ? plainDesc(bias->shape, core::ElementType::Float32) : Desc();

    std::optional<Choice> choice;
    const auto layouts = integers
        ? integerLayouts(input, output, *dataType(type), *dataType(lowering.typeOf(node.outputs[0])))
        : layoutsFor(input, output, attributes.group, lowering.channelBlock(), *dataType(type),
            lowering.choice().layout);
    for (const auto& [src, dst] : layouts) {
        Choice next { .epilogue = makeEpilogue(lowering, node, dst) };
        if (integers)
            addInputQuantisation(lowering, node, attributes.group > 1 ? 3 : 1, next.epilogue);
        next.desc = convolution_forward::primitive_desc(lowering.engine(), prop_kind::forward_inference,
            dnnl::algorithm::convolution_direct, src, anyWeights, biasDesc, dst, window.strides,
            window.dilations, window.padsBegin, window.padsEnd, next.epilogue.attr, true);
        if (!next.desc)
            continue;
        const bool fast = !std::string_view(next.desc.impl_info_str()).starts_with("ref");
        if (fast || !choice)
            choice = std::move(next);
        if (fast)
            break;
    }
    if (!choice)
        return false;
    const auto& [desc, epilogue] = *choice;
    const Desc src = desc.src_desc(), dst = desc.dst_desc();

    std::vector<std::pair<int, TensorId>> arguments = epilogue.arguments;
    arguments.emplace_back(DNNL_ARG_SRC, source(lowering, node, src, column));
    arguments.emplace_back(DNNL_ARG_WEIGHTS, lowering.packed(*weights, fileWeights, desc.weights_desc()));
    if (bias)
        arguments.emplace_back(DNNL_ARG_BIAS, lowering.floatRow(*bias));
    arguments.emplace_back(DNNL_ARG_DST,
        column ? lowering.view(lowering.define(node.outputs[0], standing(dst, output)), dst)
               : defineOutput(lowering, node, epilogue, dst));
    lowering.add(convolution_forward(desc), std::move(arguments));
    return true;
}

} // namespace cpu
