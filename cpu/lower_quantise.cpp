// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/quantise.h"
#include "cpu/epilogue.h"
#include "cpu/lower_table.h"
#include "cpu/quantised_twin.h"

#include <algorithm>
#include <cstring>

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
    core::Quantisation as { .type = integers, .scales = { 0 } };
    std::memcpy(as.scales.data(), scale->bytes.data(), sizeof(float)); // it may lie at any address
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

namespace {

constexpr std::int64_t kGrain = 16'384; // elements: some microseconds

bool isImage(const core::Shape& shape)
{
    return shape.size() == 4 || shape.size() == 5;
}

/// Integer convolutions read plain rows of channels.
Desc integerLayout(const core::Shape& shape, core::ElementType type)
{
    return isImage(shape) ? channelsLastDesc(shape, *dataType(type)) : plainDesc(shape, type);
}

/// Where the elements of a float tensor lie, as far as the kernel below knows it.
enum class Order { AsOutput, Planes, Blocks };

std::optional<Order> orderOf(const Desc& src, const Desc& dst, const core::Shape& shape)
{
    if (src == withType(dst, dnnl::memory::data_type::f32))
        return Order::AsOutput;
    if (!isImage(shape))
        return std::nullopt;
    if (src == plainDesc(shape, core::ElementType::Float32))
        return Order::Planes;
    for (const int block : { 8, 16 })
        if (src == channelBlockedDesc(shape, block))
            return Order::Blocks;
    return std::nullopt;
}

QuantiseKernel kernelFor(const core::Quantisation& as)
{
    return { as.scales[0], static_cast<std::int32_t>(as.zero), as.type == core::ElementType::Int8 };
}

} // namespace

std::optional<QuantisedTwin> takeQuantiser(Lowering& lowering, core::ValueId value)
{
    constexpr int kNear = 64; // nodes: a search is no search of the whole graph
    const core::Shape& shape = lowering.shapeOf(value);
    const auto& nodes = lowering.graph().nodes;
    const int end
        = static_cast<int>(std::min<std::ptrdiff_t>(std::ssize(nodes), lowering.node() + 1 + kNear));
    if (lowering.typeOf(value) != core::ElementType::Float32 || isImage(shape)
        || core::elementCount(shape) == 0)
        return std::nullopt;
    for (int i = lowering.node() + 1; i < end; ++i) {
        const core::Node& node = nodes[static_cast<std::size_t>(i)];
        if (node.kind != core::OpKind::QuantizeLinear || node.inputs[0] != value || lowering.isDone(i))
            continue;
        const core::ValueId output = node.outputs[0];
        if (const auto as = quantisation(lowering, node, lowering.typeOf(output))) {
            lowering.setDone(i);
            return QuantisedTwin { kernelFor(*as), lowering.define(output, plainDesc(shape, as->type)), i };
        }
    }
    return std::nullopt;
}

/// Into rows of channels from whatever layout: oneDNN's reorders take a nanosecond and more an element, eight
/// times what this takes.
bool quantiseOwn(Lowering& lowering, const core::Node& node)
{
    const core::Shape& shape = lowering.shapeOf(node.outputs[0]);
    const core::ElementType type = lowering.typeOf(node.outputs[0]);
    const auto as = quantisation(lowering, node, type);
    if (!as || lowering.typeOf(node.inputs[0]) != core::ElementType::Float32
        || core::elementCount(shape) == 0)
        return false;
    TensorId source = lowering.current(node.inputs[0]);
    const Desc dst = integerLayout(shape, type);
    auto order = dst ? orderOf(lowering.tensor(source).desc, dst, shape) : std::nullopt;
    if (dst && !order) {
        source = lowering.plain(node.inputs[0]);
        order = orderOf(lowering.tensor(source).desc, dst, shape);
    }
    if (!order)
        return false;
    const QuantiseKernel kernel = kernelFor(*as);
    const TensorId target = lowering.define(node.outputs[0], dst);
    const std::int64_t count = core::elementCount(shape);
    if (*order == Order::AsOutput) {
        lowering.addOwn("own:quantise", { source }, { target }, [=](const Addresses& at) {
            parallelFor(count, kGrain, [&](std::int64_t begin, std::int64_t end) {
                kernel.run(at.as<float>(source) + begin, at.as<std::uint8_t>(target) + begin, end - begin);
            });
        });
        return true;
    }
    const std::int64_t batch = shape[0], channels = shape[1], plane = count / batch / channels;
    const auto blocks = lowering.tensor(source).desc.get_inner_blks();
    const std::int64_t block = *order == Order::Blocks ? blocks[0] : 0;
    const std::int64_t stored = block > 0 ? (channels + block - 1) / block * block : channels;
    lowering.addOwn("own:quantise", { source }, { target }, [=](const Addresses& at) {
        parallelFor(batch * plane, std::max<std::int64_t>(kGrain / channels, 1),
            [&](std::int64_t begin, std::int64_t end) {
                for (std::int64_t pixel = begin; pixel < end;) {
                    const std::int64_t image = pixel / plane, last = std::min(end, (image + 1) * plane);
                    const float* x = at.as<float>(source) + image * stored * plane;
                    std::uint8_t* y = at.as<std::uint8_t>(target) + image * channels * plane;
                    if (block > 0)
                        kernel.fromBlocks(x, y, channels, block, plane, pixel % plane, last - image * plane);
                    else
                        kernel.fromPlanes(x, y, channels, plane, pixel % plane, last - image * plane);
                    pixel = last;
                }
            });
    });
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
