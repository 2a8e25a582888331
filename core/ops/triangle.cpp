// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/rules.h"
#include "core/ops/types.h"

#include <algorithm>

namespace core::ops {

void inferTrilu(InferContext& context)
{
    if (context.inputs[0].size() < 2)
        throw Error("takes a triangle of {}, expected two dimensions or more.", toString(context.inputs[0]));
    if (context.has(1)) {
        requireType(context, 1, kIndices);
        if (elementCount(context.inputs[1]) != 1)
            throw Error("has a diagonal of shape {}, expected a scalar.", toString(context.inputs[1]));
    }
    sameAsFirst(context, kFixedSize);
}

void triluLoop(const LoopContext& context)
{
    const Shape& shape = context.inputs[0].shape;
    const std::int64_t rows = shape[shape.size() - 2], columns = shape.back();
    const bool upper = std::get<TriangleAttributes>(context.node.attributes).upper;
    // Diagonals beyond the corners are all the same, and sums with them do not overflow.
    const std::int64_t diagonal
        = hasInput(context, 1) ? std::clamp(integersOf(context.inputs[1])[0], -rows, columns) : 0;
    dispatchBySize(RawTypes {}, context.inputs[0].type, [&]<typename T>() {
        const T* x = context.inputs[0].as<T>().data();
        T* y = context.outputs[0].as<T>().data();
        const T* end = x + context.outputs[0].count();
        for (std::int64_t row = 0; x != end;
             row = row + 1 == rows ? 0 : row + 1, x += columns, y += columns) {
            const std::int64_t split = row + diagonal + (upper ? 0 : 1);
            for (std::int64_t column = 0; column < columns; ++column)
                y[column] = (column >= split) == upper ? x[column] : T {};
        }
    });
}

void inferEyeLike(InferContext& context)
{
    const auto& attributes = std::get<EyeAttributes>(context.node.attributes);
    const ElementType type = attributes.type.value_or(context.types[0]);
    if (context.inputs[0].size() != 2)
        throw Error("makes a matrix like {}, expected two dimensions.", toString(context.inputs[0]));
    if (!kNumbersAndBool.contains(type))
        throw Error("makes a matrix of a type that is not supported.");
    setOutput(context, 0, context.inputs[0], type);
}

void eyeLikeLoop(const LoopContext& context)
{
    const std::int64_t rows = context.outputs[0].shape()[0], columns = context.outputs[0].shape()[1];
    const std::int64_t diagonal
        = std::clamp(std::get<EyeAttributes>(context.node.attributes).diagonal, -rows, columns);
    dispatch(AllTypes {}, context.outputs[0].type(), [&]<typename T>() {
        const auto y = context.outputs[0].as<T>();
        std::ranges::fill(y, T {});
        for (std::int64_t row = std::max<std::int64_t>(0, -diagonal);
             row < std::min(rows, columns - diagonal); ++row)
            y[static_cast<std::size_t>(row * columns + row + diagonal)] = static_cast<T>(1);
    });
}

} // namespace core::ops
