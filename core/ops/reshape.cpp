// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/rules.h"

#include <algorithm>
#include <cstring>
#include <numeric>

/// Operators that keep the elements as they lie and change the shape alone, and Dropout, which keeps even
/// that.
namespace core::ops {
namespace {

std::int64_t countOf(const Shape& shape)
{
    return std::accumulate(shape.begin(), shape.end(), std::int64_t { 1 }, checkedProduct);
}

} // namespace

void copyLoop(const LoopContext& context)
{
    const auto from = context.inputs[0].bytes;
    if (!from.empty())
        std::memcpy(context.outputs[0].bytes().data(), from.data(), from.size());
}

void inferIdentity(InferContext& context)
{
    sameAsFirst(context, kFixedSize);
}

void inferReshape(InferContext& context)
{
    requireType(context, 0, kFixedSize);
    const Shape& input = context.inputs[0];
    const bool zeroMeansZero = std::get<ReshapeAttributes>(context.node.attributes).allowZero;
    Shape target = context.integers(1, "target shape");
    const Shape asked = target;
    for (std::size_t d = 0; d < target.size(); ++d) {
        if (target[d] < -1 || (target[d] == 0 && !zeroMeansZero && d >= input.size()))
            throw Error("reshapes {} to {}.", toString(input), toString(asked));
        if (target[d] == 0 && !zeroMeansZero)
            target[d] = input[d];
    }
    if (const auto open = std::find(target.begin(), target.end(), -1); open != target.end()) {
        *open = 1;
        const std::int64_t rest = countOf(target);
        if (rest == 0 || std::count(asked.begin(), asked.end(), -1) > 1)
            throw Error(
                "reshapes {} to {}, which leaves a dimension open.", toString(input), toString(asked));
        *open = countOf(input) / rest;
    }
    if (countOf(target) != countOf(input))
        throw Error("reshapes {} to {}.", toString(input), toString(asked));
    setOutput(context, 0, std::move(target), context.types[0]);
}

void inferFlatten(InferContext& context)
{
    requireType(context, 0, kFixedSize);
    const Shape& input = context.inputs[0];
    const std::int64_t axis = std::get<AxisAttributes>(context.node.attributes).axis;
    // One past the last dimension is allowed: everything becomes rows.
    const std::size_t split
        = axis == static_cast<std::int64_t>(input.size()) ? input.size() : normaliseAxis(axis, input.size());
    const auto middle = input.begin() + static_cast<std::ptrdiff_t>(split);
    setOutput(context, 0, { countOf({ input.begin(), middle }), countOf({ middle, input.end() }) },
        context.types[0]);
}

void inferSqueeze(InferContext& context)
{
    requireType(context, 0, kFixedSize);
    const Shape& input = context.inputs[0];
    auto axes = std::get<AxesAttributes>(context.node.attributes).axes;
    if (context.has(1))
        axes = context.integers(1, "axes");
    const auto squeezed = axisFlags(axes.value_or(Shape {}), input.size());
    Shape output;
    for (std::size_t d = 0; d < input.size(); ++d) {
        if (squeezed[d] && input[d] != 1)
            throw Error("squeezes dimension {} of {}.", d, toString(input));
        if (axes ? !squeezed[d] : input[d] != 1)
            output.push_back(input[d]);
    }
    setOutput(context, 0, std::move(output), context.types[0]);
}

void inferUnsqueeze(InferContext& context)
{
    requireType(context, 0, kFixedSize);
    const Shape& input = context.inputs[0];
    auto axes = std::get<AxesAttributes>(context.node.attributes).axes;
    if (context.has(1))
        axes = context.integers(1, "axes");
    if (!axes)
        throw Error("has no axes.");
    const auto added = axisFlags(*axes, input.size() + axes->size());
    Shape output;
    auto next = input.begin();
    for (const bool one : added)
        output.push_back(one ? 1 : *next++);
    setOutput(context, 0, std::move(output), context.types[0]);
}

void inferHasElement(InferContext& context)
{
    setOutput(context, 0, {}, ElementType::Bool);
}

/// An input that is there is a tensor: it has its element.
void hasElementLoop(const LoopContext& context)
{
    context.outputs[0].bytes()[0] = hasInput(context, 0) ? std::byte { 1 } : std::byte { 0 };
}

} // namespace core::ops
