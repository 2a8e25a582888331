// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/rules.h"
#include "core/ops/strides.h"
#include "core/ops/types.h"

#include <algorithm>
#include <numeric>

namespace core::ops {

void inferTopK(InferContext& context)
{
    const auto& attributes = std::get<TopKAttributes>(context.node.attributes);
    requireType(context, 0, kNumbers);
    const std::size_t axis = normaliseAxis(attributes.axis, context.inputs[0].size());
    if (!attributes.count && !context.has(1))
        throw Error("has no count.");
    Shape counts;
    if (attributes.count)
        counts = { *attributes.count };
    else
        counts = context.integers(1, "count");
    if (counts.size() != 1 || counts[0] < 0 || counts[0] > context.inputs[0][axis])
        throw Error("takes {} of {} elements.", toString(counts), context.inputs[0][axis]);
    Shape output = context.inputs[0];
    output[axis] = counts[0];
    setOutput(context, 0, output, context.types[0]);
    setOutput(context, 1, std::move(output), ElementType::Int64);
}

namespace {

/// Before which elements an element stands: NaN counts as the largest number, of equals the first stands
/// first.
template <typename T> struct Before {
    const T* line;
    std::int64_t step;
    bool largest;

    bool operator()(std::int64_t i, std::int64_t j) const
    {
        const T a = line[i * step], b = line[j * step];
        const bool more = a > b || (a != a && b == b), less = a < b || (b != b && a == a);
        return more || less ? more == largest : i < j;
    }
};

/// The first `count` of `order`, sorted; the rest in any order.
template <typename T>
void selectFirst(std::vector<std::int64_t>& order, std::int64_t count, const Before<T>& before)
{
    std::iota(order.begin(), order.end(), std::int64_t { 0 });
    const auto middle = order.begin() + count;
    if (count < std::ssize(order) / 2)
        std::partial_sort(order.begin(), middle, order.end(), before);
    else
        std::sort(order.begin(), order.end(), before);
}

} // namespace

void topKLoop(const LoopContext& context)
{
    const Shape& shape = context.inputs[0].shape;
    const std::size_t axis
        = normaliseAxis(std::get<TopKAttributes>(context.node.attributes).axis, shape.size());
    const bool largest = std::get<TopKAttributes>(context.node.attributes).largest;
    const std::int64_t step = denseStrides(shape)[axis], length = shape[axis];
    const std::int64_t count = context.outputs[0].shape()[axis];
    if (context.outputs[0].count() == 0)
        return;
    dispatch(NumberTypes {}, context.inputs[0].type, [&]<typename T>() {
        const T* x = context.inputs[0].as<T>().data();
        T* values = context.outputs[0].as<T>().data();
        std::int64_t* indices
            = context.outputs.size() > 1 ? context.outputs[1].as<std::int64_t>().data() : nullptr;
        std::vector<std::int64_t> order(static_cast<std::size_t>(length));
        for (std::int64_t line = 0; line < context.outputs[0].count() / count; ++line) {
            const T* from = x + line / step * step * length + line % step;
            const std::int64_t to = line / step * step * count + line % step;
            selectFirst(order, count, Before<T> { from, step, largest });
            for (std::int64_t k = 0; k < count; ++k) {
                const std::int64_t best = order[static_cast<std::size_t>(k)];
                values[to + k * step] = from[best * step];
                if (indices)
                    indices[to + k * step] = best;
            }
        }
    });
}

} // namespace core::ops
