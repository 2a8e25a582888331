// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/indices.h"
#include "core/ops/rules.h"
#include "core/ops/strides.h"

#include <utility>

namespace core::ops {

void inferGatherElements(InferContext& context)
{
    requireType(context, 0, kFixedSize);
    requireType(context, 1, kIndices);
    const Shape &data = context.inputs[0], &indices = context.inputs[1];
    const std::size_t axis
        = normaliseAxis(std::get<AxisAttributes>(context.node.attributes).axis, data.size());
    bool inside = indices.size() == data.size();
    for (std::size_t d = 0; inside && d < data.size(); ++d)
        inside = d == axis || indices[d] <= data[d];
    if (!inside)
        throw Error("picks by indices of shape {} from {}.", toString(indices), toString(data));
    setOutput(context, 0, indices, context.types[0]);
}

void gatherElementsLoop(const LoopContext& context)
{
    const TensorView &data = context.inputs[0], &indices = context.inputs[1];
    const std::size_t axis
        = normaliseAxis(std::get<AxisAttributes>(context.node.attributes).axis, data.shape.size());
    const std::int64_t length = data.shape[axis];
    Strides strides = denseStrides(data.shape);
    const std::int64_t along = std::exchange(strides[axis], 0);
    dispatchBySize(RawTypes {}, data.type, [&]<typename T>() {
        dispatch(IndexTypes {}, indices.type, [&]<typename Index>() {
            const T* x = data.as<T>().data();
            const Index* index = indices.as<Index>().data();
            T* y = context.outputs[0].as<T>().data();
            walkRuns(indices.shape, std::array { strides },
                [&](std::int64_t first, std::int64_t count, const auto& at, const auto& step) {
                    for (std::int64_t k = 0; k < count; ++k)
                        y[first + k]
                            = x[at[0] + k * step[0] + along * checkedIndex(index[first + k], length)];
                });
        });
    });
}

} // namespace core::ops
