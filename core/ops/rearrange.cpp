// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/rules.h"
#include "core/ops/strided_copy.h"
#include "core/ops/types.h"

#include <algorithm>
#include <cstring>

/// Operators that put elements into another order without reading them.
namespace core::ops {
namespace {

/// Blocks are a few pixels wide; beyond this their squares would overflow.
constexpr std::int64_t kLargestBlock = std::int64_t { 1 } << 30;

std::int64_t blockOf(const InferContext& context)
{
    const std::int64_t block = std::get<DepthSpaceAttributes>(context.node.attributes).block;
    if (block < 1 || block > kLargestBlock)
        throw Error("has blocksize {}, expected 1 to {}.", block, kLargestBlock);
    if (context.inputs[0].size() != 4)
        throw Error("rearranges {}, expected four dimensions.", toString(context.inputs[0]));
    return block;
}

/// Writes `input`, seen as of shape `parts`, with its dimensions permuted.
void permutedCopy(const LoopContext& context, const Shape& parts, const std::vector<std::size_t>& permutation)
{
    const Strides dense = denseStrides(parts);
    Shape shape;
    Strides strides;
    for (const std::size_t d : permutation) {
        shape.push_back(parts[d]);
        strides.push_back(dense[d]);
    }
    dispatchBySize(RawTypes {}, context.inputs[0].type, [&]<typename T>() {
        const T* x = context.inputs[0].as<T>().data();
        T* y = context.outputs[0].as<T>().data();
        walkRunsApart(shape, std::array { strides },
            [&](std::int64_t first, std::int64_t count, const auto& at, const auto& step) {
                for (std::int64_t k = 0; k < count; ++k)
                    y[first + k] = x[at[0] + k * step[0]];
            });
    });
}

} // namespace

void inferDepthToSpace(InferContext& context)
{
    requireType(context, 0, kFixedSize);
    const std::int64_t block = blockOf(context);
    const Shape& x = context.inputs[0];
    if (x[1] % (block * block) != 0)
        throw Error("has {} channels, which blocks of {} do not divide.", x[1], block * block);
    setOutput(context, 0,
        { x[0], x[1] / (block * block), checkedProduct(x[2], block), checkedProduct(x[3], block) },
        context.types[0]);
}

void depthToSpaceLoop(const LoopContext& context)
{
    const auto& [block, order] = std::get<DepthSpaceAttributes>(context.node.attributes);
    const Shape& x = context.inputs[0].shape;
    const std::int64_t depth = x[1] / (block * block);
    if (order == DepthOrder::DepthFirst)
        permutedCopy(context, { x[0], block, block, depth, x[2], x[3] }, { 0, 3, 4, 1, 5, 2 });
    else
        permutedCopy(context, { x[0], depth, block, block, x[2], x[3] }, { 0, 1, 4, 2, 5, 3 });
}

void inferSpaceToDepth(InferContext& context)
{
    requireType(context, 0, kFixedSize);
    const std::int64_t block = blockOf(context);
    const Shape& x = context.inputs[0];
    if (x[2] % block != 0 || x[3] % block != 0)
        throw Error("has {} by {} places, which blocks of {} do not divide.", x[2], x[3], block);
    setOutput(context, 0, { x[0], checkedProduct(x[1], block * block), x[2] / block, x[3] / block },
        context.types[0]);
}

void spaceToDepthLoop(const LoopContext& context)
{
    const auto& [block, order] = std::get<DepthSpaceAttributes>(context.node.attributes);
    const Shape& x = context.inputs[0].shape;
    const Shape parts { x[0], x[1], x[2] / block, block, x[3] / block, block };
    if (order == DepthOrder::DepthFirst)
        permutedCopy(context, parts, { 0, 3, 5, 1, 2, 4 });
    else
        permutedCopy(context, parts, { 0, 1, 3, 5, 2, 4 });
}

void inferReverseSequence(InferContext& context)
{
    const auto& [batchAxis, timeAxis] = std::get<ReverseSequenceAttributes>(context.node.attributes);
    const Shape& x = context.inputs[0];
    const bool axes = (batchAxis == 0 && timeAxis == 1) || (batchAxis == 1 && timeAxis == 0);
    if (!axes || x.size() < 2)
        throw Error("has batch axis {} and time axis {} for {}, expected 0 and 1 or 1 and 0.", batchAxis,
            timeAxis, toString(x));
    requireType(context, 1, kIndices);
    if (context.inputs[1] != Shape { x[static_cast<std::size_t>(batchAxis)] })
        throw Error("has lengths of shape {} for {}.", toString(context.inputs[1]), toString(x));
    sameAsFirst(context, kFixedSize);
}

void reverseSequenceLoop(const LoopContext& context)
{
    const bool timeFirst = std::get<ReverseSequenceAttributes>(context.node.attributes).timeAxis == 0;
    const TensorView& x = context.inputs[0];
    const std::int64_t batches = x.shape[timeFirst ? 1 : 0], times = x.shape[timeFirst ? 0 : 1];
    const Shape lengths = integersOf(context.inputs[1]);
    if (x.bytes.empty())
        return;
    const std::size_t row = x.bytes.size() / static_cast<std::size_t>(batches * times);
    const auto rowAt = [&](std::int64_t batch, std::int64_t time) {
        return static_cast<std::size_t>(timeFirst ? time * batches + batch : batch * times + time) * row;
    };
    for (std::int64_t batch = 0; batch < batches; ++batch) {
        const std::int64_t length = lengths[static_cast<std::size_t>(batch)];
        if (length < 0 || length > times)
            throw Error("reverses {} of {} elements.", length, times);
        for (std::int64_t time = 0; time < times; ++time)
            std::memcpy(context.outputs[0].bytes().data() + rowAt(batch, time),
                x.bytes.data() + rowAt(batch, time < length ? length - 1 - time : time), row);
    }
}

void inferCenterCropPad(InferContext& context)
{
    requireType(context, 0, kFixedSize);
    const auto& axes = std::get<CenterCropPadAttributes>(context.node.attributes).axes;
    const Shape target = context.integers(1, "shape");
    Shape output = context.inputs[0];
    if (axes)
        axisFlags(*axes, output.size()); // each one once
    if (target.size() != (axes ? axes->size() : output.size())
        || std::any_of(target.begin(), target.end(), [](std::int64_t dim) { return dim < 0; }))
        throw Error("crops {} to {}.", toString(output), toString(target));
    for (std::size_t i = 0; i < target.size(); ++i)
        output[axes ? normaliseAxis((*axes)[i], output.size()) : i] = target[i];
    setOutput(context, 0, std::move(output), context.types[0]);
}

void centerCropPadLoop(const LoopContext& context)
{
    const Shape &from = context.inputs[0].shape, &to = context.outputs[0].shape();
    if (context.outputs[0].count() == 0)
        return; // its other dimensions may be of any size
    IndexMaps maps(to.size());
    for (std::size_t d = 0; d < to.size(); ++d) {
        // Where the window begins in the input: rounded down when it crops, and when it pads.
        const std::int64_t start = from[d] >= to[d] ? (from[d] - to[d]) / 2 : -((to[d] - from[d]) / 2);
        for (std::int64_t i = 0; i < to[d]; ++i)
            maps[d].push_back(start + i >= 0 && start + i < from[d] ? start + i : kFill);
    }
    mappedCopy(context.inputs[0], maps, nullptr, context.outputs[0]);
}

} // namespace core::ops
