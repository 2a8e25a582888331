// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/indices.h"
#include "core/ops/rules.h"
#include "core/ops/strides.h"

#include <algorithm>
#include <cstring>
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
            walkRunsApart(indices.shape, std::array { strides },
                [&](std::int64_t first, std::int64_t count, const auto& at, const auto& step) {
                    for (std::int64_t k = 0; k < count; ++k)
                        y[first + k]
                            = x[at[0] + k * step[0] + along * checkedIndex(index[first + k], length)];
                });
        });
    });
}

void inferGatherNd(InferContext& context)
{
    requireType(context, 0, kFixedSize);
    requireType(context, 1, kIndices);
    const Shape &data = context.inputs[0], &indices = context.inputs[1];
    const std::int64_t batchDims = std::get<GatherNdAttributes>(context.node.attributes).batchDims;
    if (batchDims < 0 || batchDims >= std::min(std::ssize(data), std::ssize(indices))
        || !std::equal(data.begin(), data.begin() + batchDims, indices.begin()) || indices.back() < 1
        || indices.back() > std::ssize(data) - batchDims)
        throw Error("picks by indices of shape {} from {} with {} batch dimensions.", toString(indices),
            toString(data), batchDims);
    Shape output(indices.begin(), indices.end() - 1);
    output.insert(output.end(), data.begin() + batchDims + indices.back(), data.end());
    setOutput(context, 0, std::move(output), context.types[0]);
}

void gatherNdLoop(const LoopContext& context)
{
    const TensorView &data = context.inputs[0], &indices = context.inputs[1];
    const std::int64_t batchDims = std::get<GatherNdAttributes>(context.node.attributes).batchDims;
    const std::int64_t depth = indices.shape.back();
    const auto count = [](auto from, auto to) { return elementCount(Shape(from, to)); };
    const std::int64_t batches = count(data.shape.begin(), data.shape.begin() + batchDims);
    const std::int64_t tuples = count(indices.shape.begin() + batchDims, indices.shape.end() - 1);
    const std::int64_t slices
        = count(data.shape.begin() + batchDims, data.shape.begin() + batchDims + depth); // of one batch
    const std::size_t bytes
        = static_cast<std::size_t>(count(data.shape.begin() + batchDims + depth, data.shape.end()))
        * elementSize(data.type);
    std::byte* to = context.outputs[0].bytes().data();
    if (context.outputs[0].count() == 0)
        return;
    dispatch(IndexTypes {}, indices.type, [&]<typename Index>() {
        const Index* tuple = indices.as<Index>().data();
        for (std::int64_t batch = 0; batch < batches; ++batch)
            for (std::int64_t i = 0; i < tuples; ++i, tuple += depth, to += bytes) {
                const std::int64_t slice = batch * slices
                    + tupleOffset(tuple, depth, data.shape, static_cast<std::size_t>(batchDims));
                std::memcpy(to, data.bytes.data() + static_cast<std::size_t>(slice) * bytes, bytes);
            }
    });
}

} // namespace core::ops
