// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/rules.h"
#include "core/ops/types.h"

#include <algorithm>
#include <cmath>

namespace core::ops {
namespace {

/// The place of the new dimension among those of the indices.
std::size_t oneHotAxis(const Node& node, std::size_t rank)
{
    return normaliseAxis(std::get<OneHotAttributes>(node.attributes).axis, rank + 1);
}

} // namespace

void inferOneHot(InferContext& context)
{
    requireType(context, 0, kNumbers);
    requireType(context, 1, kNumbers);
    requireType(context, 2, kFixedSize);
    if (context.inputs[2] != Shape { 2 })
        throw Error("has values of shape {}, expected [2].", toString(context.inputs[2]));
    const std::int64_t depth = integerScalar(context, 1, "depth");
    if (depth < 1)
        throw Error("has depth {}, expected 1 or more.", depth);
    Shape output = context.inputs[0];
    output.insert(
        output.begin() + static_cast<std::ptrdiff_t>(oneHotAxis(context.node, output.size())), depth);
    setOutput(context, 0, std::move(output), context.types[2]);
}

void oneHotLoop(const LoopContext& context)
{
    const Shape& shape = context.inputs[0].shape;
    const std::size_t axis = oneHotAxis(context.node, shape.size());
    const std::int64_t depth = context.outputs[0].shape()[axis];
    const std::int64_t inner
        = elementCount(Shape(shape.begin() + static_cast<std::ptrdiff_t>(axis), shape.end()));
    dispatchBySize(RawTypes {}, context.outputs[0].type(), [&]<typename T>() {
        const auto values = context.inputs[2].as<T>();
        T* y = context.outputs[0].as<T>().data();
        std::ranges::fill(context.outputs[0].as<T>(), values[0]);
        dispatch(NumberTypes {}, context.inputs[0].type, [&]<typename Index>() {
            std::int64_t i = 0;
            for (const Index given : context.inputs[0].as<Index>()) {
                const std::int64_t at = i++;
                const double index = std::trunc(static_cast<double>(given));
                if (!(index >= -static_cast<double>(depth) && index < static_cast<double>(depth)))
                    continue; // stays off, as NaN does
                const auto hot
                    = static_cast<std::int64_t>(index < 0 ? index + static_cast<double>(depth) : index);
                y[(at / inner * depth + hot) * inner + at % inner] = values[1];
            }
        });
    });
}

} // namespace core::ops
