// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/for_range.h"
#include "core/ops/functions.h"
#include "core/ops/rules.h"
#include "core/ops/strides.h"
#include "core/ops/types.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace core::ops {
namespace {

constexpr std::int64_t kWorkOfExponential = 8; // in additions

/// Before opset 13 the axis may stand behind the last dimension: everything before it is one row each.
std::size_t axisOf(const AxisAttributes& attributes, std::size_t rank)
{
    if (attributes.flattened && attributes.axis == static_cast<std::int64_t>(rank))
        return rank;
    return normaliseAxis(attributes.axis, rank);
}

/// One line of `count` elements, `step` apart; log-probabilities or probabilities.
template <typename T> void softmaxLine(const T* x, T* y, std::int64_t count, std::int64_t step, bool log)
{
    double maximum = -std::numeric_limits<double>::infinity();
    for (std::int64_t i = 0; i < count; ++i)
        maximum = std::max<double>(maximum, x[i * step]);
    double sum = 0;
    for (std::int64_t i = 0; i < count; ++i)
        sum += std::exp(x[i * step] - maximum);
    for (std::int64_t i = 0; i < count; ++i) {
        const double shifted = x[i * step] - maximum;
        y[i * step] = static_cast<T>(log ? shifted - std::log(sum) : std::exp(shifted) / sum);
    }
}

/// 1 where the first of the largest stands, 0 elsewhere.
template <typename T> void hardmaxLine(const T* x, T* y, std::int64_t count, std::int64_t step)
{
    std::int64_t best = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        if (x[i * step] > x[best * step])
            best = i;
        y[i * step] = 0;
    }
    if (count > 0)
        y[best * step] = 1;
}

} // namespace

void inferSoftmax(InferContext& context)
{
    sameAsFirst(context, kFloats);
    axisOf(std::get<AxisAttributes>(context.node.attributes), context.inputs[0].size());
}

void softmaxLoop(const LoopContext& context)
{
    const auto& attributes = std::get<AxisAttributes>(context.node.attributes);
    const Shape& shape = context.inputs[0].shape;
    const auto axis = static_cast<std::ptrdiff_t>(axisOf(attributes, shape.size()));
    const std::int64_t step
        = attributes.flattened ? 1 : elementCount(Shape(shape.begin() + axis + 1, shape.end()));
    const std::int64_t length = attributes.flattened ? elementCount(Shape(shape.begin() + axis, shape.end()))
                                                     : shape[static_cast<std::size_t>(axis)];
    const std::int64_t total = elementCount(shape);
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        const T* x = context.inputs[0].as<T>().data();
        T* y = context.outputs[0].as<T>().data();
        forEach(length == 0 ? 0 : total / length, length * kWorkOfExponential, [&](std::int64_t line) {
            const std::int64_t first = line / step * step * length + line % step;
            if (context.node.kind == OpKind::Hardmax)
                hardmaxLine(x + first, y + first, length, step);
            else
                softmaxLine(x + first, y + first, length, step, context.node.kind == OpKind::LogSoftmax);
        });
    });
}

} // namespace core::ops
