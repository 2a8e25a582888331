// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/epilogue.h"
#include "cpu/lower_table.h"
#include "cpu/panel_conv.h"
#include "cpu/window.h"

namespace cpu {

namespace {

using dnnl::algorithm;
using dnnl::pooling_forward;

bool lowerPool(Lowering& lowering, const core::Node& node, algorithm how, const Window& window)
{
    const auto type = *dataType(lowering.typeOf(node.inputs[0]));
    const auto layout = [&](core::ValueId value) {
        // As convolutions have it: see layoutsFor() in lower_conv.cpp.
        const bool tiles = lowering.typeOf(value) == core::ElementType::BFloat16 && hasAmxKernels();
        return isReal(lowering.typeOf(value)) && !tiles
            ? channelBlockedDesc(lowering.shapeOf(value), lowering.channelBlock(), type)
            : channelsLastDesc(lowering.shapeOf(value), type);
    };
    const Desc src = layout(node.inputs[0]), dst = layout(node.outputs[0]);
    const Epilogue epilogue = makeEpilogue(lowering, node, dst);
    if (epilogue.accumulate >= 0)
        return false;
    const pooling_forward::primitive_desc desc(lowering.engine(), dnnl::prop_kind::forward_inference, how,
        src, dst, window.strides, window.kernel, window.dilations, window.padsBegin, window.padsEnd,
        epilogue.attr);
    std::vector<std::pair<int, TensorId>> arguments = epilogue.arguments;
    arguments.emplace_back(DNNL_ARG_SRC, lowering.inLayout(node.inputs[0], src));
    arguments.emplace_back(DNNL_ARG_DST, lowering.define(node.outputs[0], dst));
    lowering.add(pooling_forward(desc), std::move(arguments));
    return true;
}

bool suits(const Lowering& lowering, const core::Node& node)
{
    const core::Shape& input = lowering.shapeOf(node.inputs[0]);
    const core::ElementType type = lowering.typeOf(node.inputs[0]);
    const bool chooses = node.kind == core::OpKind::MaxPool || node.kind == core::OpKind::GlobalMaxPool;
    const bool eightBit = type == core::ElementType::UInt8 || type == core::ElementType::Int8;
    return (isReal(type) || (chooses && eightBit)) && input.size() >= 3 && input.size() <= 5
        && core::elementCount(input) > 0 && core::elementCount(lowering.shapeOf(node.outputs[0])) > 0
        && node.outputs.size() == 1 && node.epilogue.empty();
}

} // namespace

bool poolOnednn(Lowering& lowering, const core::Node& node)
{
    if (!suits(lowering, node))
        return false;
    const auto& attributes = std::get<core::PoolAttributes>(node.attributes);
    const core::Shape& input = lowering.shapeOf(node.inputs[0]);
    const core::Window given = core::poolWindow(attributes, core::ops::spatial(input));
    const Window window = windowOf(given, input);
    const bool average = node.kind == core::OpKind::AveragePool;
    for (std::size_t i = 0; i < window.kernel.size(); ++i) {
        // An average that counts padding must not count what ceil mode hangs over the edge: oneDNN would.
        if (average && attributes.countIncludePad && attributes.autoPad == core::AutoPad::NotSet
            && window.padsEnd[i] > given.padsEnd[i])
            return false;
        // oneDNN wants every window to touch the image.
        const std::int64_t reach = (window.kernel[i] - 1) * (window.dilations[i] + 1) + 1;
        if (window.padsBegin[i] >= reach || window.padsEnd[i] >= reach)
            return false;
    }
    const algorithm how = !average   ? algorithm::pooling_max
        : attributes.countIncludePad ? algorithm::pooling_avg_include_padding
                                     : algorithm::pooling_avg_exclude_padding;
    return lowerPool(lowering, node, how, window);
}

bool globalPoolOnednn(Lowering& lowering, const core::Node& node)
{
    if (!suits(lowering, node))
        return false;
    const core::Shape& input = lowering.shapeOf(node.inputs[0]);
    const Dims spatial(input.begin() + 2, input.end());
    const Dims zeros(spatial.size(), 0);
    const Window window { spatial, Dims(spatial.size(), 1), zeros, zeros, zeros };
    return lowerPool(lowering, node,
        node.kind == core::OpKind::GlobalMaxPool ? algorithm::pooling_max
                                                 : algorithm::pooling_avg_exclude_padding,
        window);
}

} // namespace cpu
