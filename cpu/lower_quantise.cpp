// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/quantise.h"
#include "cpu/epilogue.h"
#include "cpu/lower_table.h"

namespace cpu {

namespace {

/// One scale and one zero point, both constant; `integers` is the type they quantise to.
std::optional<core::Quantisation> quantisation(
    const Lowering& lowering, const core::Node& node, core::ElementType integers)
{
    const auto scale = lowering.constant(node.inputs[1]);
    const bool given = node.inputs.size() > 2 && node.inputs[2] != core::kNoValue;
    const auto zero = given ? lowering.constant(node.inputs[2]) : std::nullopt;
    const bool eightBit = integers == core::ElementType::UInt8 || integers == core::ElementType::Int8;
    if (!eightBit || !scale || scale->type != core::ElementType::Float32
        || core::elementCount(scale->shape) != 1 || (given && !zero))
        return std::nullopt;
    core::Quantisation as { .type = integers, .scales = { scale->as<float>()[0] } };
    if (zero)
        as.zero = core::ops::quantisedIntegers(*zero)[0];
    return as;
}

/// Reorders `source` to `dst` with `as` of `argument`, which is the integers' side.
void addReorder(Lowering& lowering, const core::Quantisation& as, int argument, TensorId source, TensorId dst)
{
    dnnl::primitive_attr attr = plainAttr();
    std::vector<std::pair<int, TensorId>> arguments { { DNNL_ARG_SRC, source }, { DNNL_ARG_DST, dst } };
    addQuantisation(lowering, as, argument, attr, arguments);
    const dnnl::reorder::primitive_desc desc(
        lowering.engine(), lowering.tensor(source).desc, lowering.engine(), lowering.tensor(dst).desc, attr);
    lowering.add(dnnl::reorder(desc), std::move(arguments));
}

} // namespace

bool quantiseOnednn(Lowering& lowering, const core::Node& node)
{
    const core::Shape& shape = lowering.shapeOf(node.outputs[0]);
    const core::ElementType type = lowering.typeOf(node.outputs[0]);
    const auto as = quantisation(lowering, node, type);
    if (!as || lowering.typeOf(node.inputs[0]) != core::ElementType::Float32
        || core::elementCount(shape) == 0)
        return false;
    // Integer convolutions read plain rows of channels, and images are what has four dimensions or five.
    const TensorId source = lowering.current(node.inputs[0]);
    const bool image = shape.size() == 4 || shape.size() == 5;
    const Desc dst = image ? channelsLastDesc(shape, *dataType(type)) : plainDesc(shape, type);
    addReorder(lowering, *as, DNNL_ARG_DST, source, lowering.define(node.outputs[0], dst));
    return true;
}

bool dequantiseOnednn(Lowering& lowering, const core::Node& node)
{
    const core::Shape& shape = lowering.shapeOf(node.outputs[0]);
    const auto as = quantisation(lowering, node, lowering.typeOf(node.inputs[0]));
    if (!as || lowering.typeOf(node.outputs[0]) != core::ElementType::Float32
        || core::elementCount(shape) == 0)
        return false;
    const TensorId source = lowering.current(node.inputs[0]);
    const Desc dst = withType(lowering.tensor(source).desc, dnnl::memory::data_type::f32);
    addReorder(lowering, *as, DNNL_ARG_SRC, source, lowering.define(node.outputs[0], dst));
    return true;
}

} // namespace cpu
