// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/epilogue.h"
#include "cpu/lower_table.h"
#include "cpu/threads.h"

namespace cpu {

namespace {

template <typename From, typename To>
void convert(const Addresses& at, TensorId src, TensorId dst, std::int64_t count)
{
    const From* in = at.as<const From>(src);
    To* out = at.as<To>(dst);
    constexpr std::int64_t kGrain = 32768;
    parallelFor(count, kGrain, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i)
            out[i] = static_cast<To>(in[i]);
    });
}

using Convert = void (*)(const Addresses&, TensorId, TensorId, std::int64_t);

/// The casts exporters write; the plain loop does the others.
Convert convertFor(core::ElementType from, core::ElementType to)
{
    using core::ElementType;
    const auto is = [&](ElementType a, ElementType b) { return from == a && to == b; };
    if (is(ElementType::Int64, ElementType::Float32))
        return convert<std::int64_t, float>;
    if (is(ElementType::Int32, ElementType::Float32))
        return convert<std::int32_t, float>;
    if (is(ElementType::Bool, ElementType::Float32))
        return convert<bool, float>;
    if (is(ElementType::Int64, ElementType::Int32))
        return convert<std::int64_t, std::int32_t>;
    if (is(ElementType::Int32, ElementType::Int64))
        return convert<std::int32_t, std::int64_t>;
    if (is(ElementType::Bool, ElementType::Int64))
        return convert<bool, std::int64_t>;
    return nullptr;
}

} // namespace

/// Between float32 and halves, in the layout that the value has.
bool castOnednn(Lowering& lowering, const core::Node& node)
{
    const core::ElementType from = lowering.typeOf(node.inputs[0]), to = lowering.typeOf(node.outputs[0]);
    if (from == to || !isReal(from) || !isReal(to) || !node.epilogue.empty()
        || core::elementCount(lowering.shapeOf(node.inputs[0])) == 0)
        return false;
    const TensorId src = lowering.current(node.inputs[0]);
    const Desc layout = lowering.tensor(src).desc;
    if (!layout)
        return false;
    const Desc other = withType(layout, *dataType(to));
    const dnnl::reorder::primitive_desc desc(
        lowering.engine(), layout, lowering.engine(), other, plainAttr());
    lowering.add(dnnl::reorder(desc),
        { { DNNL_ARG_SRC, src }, { DNNL_ARG_DST, lowering.define(node.outputs[0], other) } });
    return true;
}

bool castOwn(Lowering& lowering, const core::Node& node)
{
    const core::ElementType from = lowering.typeOf(node.inputs[0]), to = lowering.typeOf(node.outputs[0]);
    if (from == to)
        return aliasOwn(lowering, node);
    const Convert kernel = convertFor(from, to);
    if (!kernel || !node.epilogue.empty())
        return false;
    const TensorId src = lowering.plain(node.inputs[0]), dst = lowering.definePlain(node.outputs[0]);
    const std::int64_t count = core::elementCount(lowering.shapeOf(node.outputs[0]));
    lowering.addOwn("own:cast", { src }, { dst }, [=](const Addresses& at) { kernel(at, src, dst, count); });
    return true;
}

} // namespace cpu
