// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/rules.h"
#include "core/ops/types.h"

#include <algorithm>
#include <functional>

namespace core::ops {

void inferCumulative(InferContext& context)
{
    requireType(context, 1, kIndices);
    if (elementCount(context.inputs[1]) != 1)
        throw Error("has an axis of shape {}, expected a scalar.", toString(context.inputs[1]));
    if (context.known[1])
        normaliseAxis(context.integers(1, "axis")[0], context.inputs[0].size());
    sameAsFirst(context, kNumbers);
}

namespace {

/// Runs along one axis of [outer, length, inner], all of `inner` at a time.
template <typename T, typename Join>
void accumulate(const LoopContext& context, std::size_t axis, Accumulator<T> start, Join join)
{
    const auto [exclusive, reverse] = std::get<CumulativeAttributes>(context.node.attributes);
    const Shape& shape = context.inputs[0].shape;
    const auto at = shape.begin() + static_cast<std::ptrdiff_t>(axis);
    const std::int64_t length = *at, inner = elementCount(Shape(at + 1, shape.end()));
    const std::int64_t count = elementCount(shape), step = reverse ? -inner : inner;
    std::vector<Accumulator<T>> sums(static_cast<std::size_t>(inner));
    for (std::int64_t outer = 0; outer < count; outer += length * inner) {
        const T* x = context.inputs[0].as<T>().data() + outer + (reverse ? (length - 1) * inner : 0);
        T* y = context.outputs[0].as<T>().data() + (x - context.inputs[0].as<T>().data());
        std::fill(sums.begin(), sums.end(), start);
        for (std::int64_t k = 0; k < length; ++k, x += step, y += step)
            for (std::size_t i = 0; i < sums.size(); ++i) {
                const auto next = join(sums[i], static_cast<Accumulator<T>>(x[i]));
                y[i] = static_cast<T>(exclusive ? sums[i] : next);
                sums[i] = next;
            }
    }
}

} // namespace

void cumulativeLoop(const LoopContext& context)
{
    const std::size_t axis = normaliseAxis(integersOf(context.inputs[1])[0], context.inputs[0].shape.size());
    dispatch(NumberTypes {}, context.inputs[0].type, [&]<typename T>() {
        if (context.node.kind == OpKind::CumProd)
            accumulate<T>(context, axis, 1, std::multiplies<>());
        else
            accumulate<T>(context, axis, 0, std::plus<>());
    });
}

} // namespace core::ops
