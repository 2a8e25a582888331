// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/index_maps.h"
#include "core/ops/rules.h"
#include "core/ops/strided_copy.h"
#include "core/ops/types.h"

#include <algorithm>
#include <numeric>

/// Pad and Tile: outputs of which each dimension reads the input's by a map.
namespace core::ops {
namespace {

using Mode = PadAttributes::Mode;

/// No tensor is padded by more than this; keeps sums far from overflow.
constexpr std::int64_t kMostPadding = std::int64_t { 1 } << 40;

struct Padding {
    Shape begin, end; // per dimension; negative removes elements
};

Padding paddingOf(const Shape& pads, Shape axes, std::size_t rank)
{
    if (axes.empty()) {
        axes.resize(rank);
        std::iota(axes.begin(), axes.end(), 0);
    }
    if (pads.size() != 2 * axes.size())
        throw Error("has {} pads for {} dimensions.", pads.size(), axes.size());
    if (std::any_of(
            pads.begin(), pads.end(), [](auto pad) { return pad > kMostPadding || pad < -kMostPadding; }))
        throw Error("pads by {}.", toString(pads));
    axisFlags(axes, rank); // each one once
    Padding padding { Shape(rank, 0), Shape(rank, 0) };
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const std::size_t d = normaliseAxis(axes[i], rank);
        padding.begin[d] = pads[i];
        padding.end[d] = pads[i + axes.size()];
    }
    return padding;
}

/// Which input index stands at `position`, counted from the input's own beginning.
std::int64_t sourceOf(std::int64_t position, std::int64_t length, Mode mode)
{
    if (position >= 0 && position < length)
        return position;
    const std::int64_t period = mode == Mode::Reflect ? std::max<std::int64_t>(1, 2 * (length - 1)) : length;
    const std::int64_t turn = ((position % period) + period) % period;
    switch (mode) {
    case Mode::Constant:
        return kFill;
    case Mode::Edge:
        return position < 0 ? 0 : length - 1;
    case Mode::Wrap:
        return turn;
    case Mode::Reflect:
        return turn < length ? turn : period - turn;
    }
    return kFill;
}

} // namespace

void inferPad(InferContext& context)
{
    const auto& attributes = std::get<PadAttributes>(context.node.attributes);
    requireType(context, 0, kFixedSize);
    Shape output = context.inputs[0];
    const Padding padding = paddingOf(context.has(1) ? context.integers(1, "pads") : attributes.pads,
        context.has(3) ? context.integers(3, "axes") : Shape {}, output.size());
    if (context.has(2) && (context.types[2] != context.types[0] || elementCount(context.inputs[2]) != 1))
        throw Error("has a value of shape {} and type {}, expected one {}.", toString(context.inputs[2]),
            elementName(context.types[2]), elementName(context.types[0]));
    for (std::size_t d = 0; d < output.size(); ++d) {
        const std::int64_t length = output[d];
        output[d] += padding.begin[d] + padding.end[d];
        if (output[d] < 0 || (length == 0 && output[d] > 0 && attributes.mode != Mode::Constant))
            throw Error("pads dimension {} of {} by {} and {}.", d, toString(context.inputs[0]),
                padding.begin[d], padding.end[d]);
    }
    setOutput(context, 0, std::move(output), context.types[0]);
}

/// An input, or before opset 11 an attribute, 0 by default.
Tensor padFill(const LoopContext& context)
{
    const float attribute = std::get<PadAttributes>(context.node.attributes).value;
    if (hasInput(context, 2))
        return Tensor::copyOf(context.inputs[2]);
    return fillElement(context.inputs[0].type, attribute);
}

IndexMaps padMaps(const LoopContext& context)
{
    const auto& attributes = std::get<PadAttributes>(context.node.attributes);
    const Shape& input = context.inputs[0].shape;
    const Padding padding = paddingOf(hasInput(context, 1) ? integersOf(context.inputs[1]) : attributes.pads,
        hasInput(context, 3) ? integersOf(context.inputs[3]) : Shape {}, input.size());
    const Shape& output = context.outputs[0].shape();
    IndexMaps maps(output.size());
    for (std::size_t d = 0; d < output.size(); ++d)
        for (std::int64_t i = 0; i < output[d]; ++i)
            maps[d].push_back(
                input[d] == 0 ? kFill : sourceOf(i - padding.begin[d], input[d], attributes.mode));
    return maps;
}

void padLoop(const LoopContext& context)
{
    if (context.outputs[0].count() == 0)
        return;
    const Tensor fill = padFill(context);
    const TensorView filler = fill.view();
    mappedCopy(context.inputs[0], padMaps(context), &filler, context.outputs[0]);
}

void inferTile(InferContext& context)
{
    requireType(context, 0, kFixedSize);
    Shape output = context.inputs[0];
    const Shape repeats = context.integers(1, "repeats");
    if (repeats.size() != output.size())
        throw Error("has {} repeats for {} dimensions.", repeats.size(), output.size());
    for (std::size_t d = 0; d < output.size(); ++d) {
        if (repeats[d] < 0)
            throw Error("repeats {} times.", repeats[d]);
        output[d] = checkedProduct(output[d], repeats[d]);
    }
    setOutput(context, 0, std::move(output), context.types[0]);
}

IndexMaps tileMaps(const LoopContext& context)
{
    const Shape &input = context.inputs[0].shape, &output = context.outputs[0].shape();
    IndexMaps maps(output.size());
    for (std::size_t d = 0; d < output.size(); ++d)
        for (std::int64_t i = 0; i < output[d]; ++i)
            maps[d].push_back(i % input[d]);
    return maps;
}

void tileLoop(const LoopContext& context)
{
    if (context.outputs[0].count() > 0)
        mappedCopy(context.inputs[0], tileMaps(context), nullptr, context.outputs[0]);
}

} // namespace core::ops
