// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/epilogue.h"
#include "cpu/lower_table.h"
#include "cpu/window.h"

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

/// A kernel with what it was asked to do after the sums.
struct Choice {
    convolution_forward::primitive_desc desc;
    Epilogue epilogue;
};

/// Layouts of input and output to try, in order: channel blocks, which nearly every kernel is best in, then
/// plain rows of channels, which some odd channel counts need to be spared the reference kernel.
std::vector<std::pair<Desc, Desc>> layoutsFor(const Lowering& lowering, const core::Node& node)
{
    const core::Shape& input = lowering.shapeOf(node.inputs[0]);
    const core::Shape& output = lowering.shapeOf(node.outputs[0]);
    const auto group = std::get<core::ConvAttributes>(node.attributes).group;
    const int block = lowering.channelBlock();
    const Desc plain = plainDesc(input, core::ElementType::Float32);
    const Desc blocked = channelBlockedDesc(output, block);
    std::vector<std::pair<Desc, Desc>> layouts;
    if (readsPlainImage(input, group))
        layouts.emplace_back(plain, blocked);
    layouts.emplace_back(channelBlockedDesc(input, block), blocked);
    layouts.emplace_back(channelsLastDesc(input), channelsLastDesc(output));
    return layouts;
}

} // namespace

bool convOnednn(Lowering& lowering, const core::Node& node)
{
    const auto& attributes = std::get<core::ConvAttributes>(node.attributes);
    const core::Shape& input = lowering.shapeOf(node.inputs[0]);
    const core::Shape& output = lowering.shapeOf(node.outputs[0]);
    const auto weights = lowering.constant(node.inputs[1]);
    if (!weights || lowering.typeOf(node.inputs[0]) != core::ElementType::Float32 || input.size() < 3
        || input.size() > 5 || core::elementCount(output) == 0 || core::elementCount(input) == 0)
        return false;

    const core::Window given
        = core::convWindow(attributes, core::ops::spatial(input), core::ops::spatial(weights->shape));
    const Window window = windowOf(given, input);
    const Dims dims = weightDims(weights->shape, attributes.group);
    const Desc fileWeights = plainDesc(dims);
    const Desc anyWeights(dims, memory::data_type::f32, memory::format_tag::any);

    const auto bias = node.inputs.size() > 2 ? lowering.constant(node.inputs[2]) : std::nullopt;
    if (!bias && node.inputs.size() > 2 && node.inputs[2] != core::kNoValue)
        return false;
    const Desc biasDesc = bias ? plainDesc(bias->shape, core::ElementType::Float32) : Desc();

    std::optional<Choice> choice;
    for (const auto& [src, dst] : layoutsFor(lowering, node)) {
        Choice next { .epilogue = makeEpilogue(lowering, node, dst) };
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
    arguments.emplace_back(DNNL_ARG_SRC, lowering.inLayout(node.inputs[0], src));
    arguments.emplace_back(DNNL_ARG_WEIGHTS, lowering.packed(*weights, fileWeights, desc.weights_desc()));
    if (bias)
        arguments.emplace_back(DNNL_ARG_BIAS, lowering.constantTensor(*bias, biasDesc));
    arguments.emplace_back(DNNL_ARG_DST, defineOutput(lowering, node, epilogue, dst));
    lowering.add(convolution_forward(desc), std::move(arguments));
    return true;
}

} // namespace cpu
