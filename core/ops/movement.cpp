// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/index_maps.h"
#include "core/ops/indices.h"
#include "core/ops/rules.h"
#include "core/ops/strided_copy.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace core::ops {
namespace {

std::vector<std::size_t> permutationOf(const Node& node, std::size_t rank)
{
    const auto& given = std::get<TransposeAttributes>(node.attributes).permutation;
    std::vector<std::size_t> permutation(rank);
    if (given.empty()) {
        std::iota(permutation.rbegin(), permutation.rend(), std::size_t { 0 });
        return permutation;
    }
    if (given.size() != rank)
        throw Error("permutes {} dimensions of a tensor that has {}.", given.size(), rank);
    axisFlags(given, rank); // each one once
    for (std::size_t d = 0; d < rank; ++d)
        permutation[d] = normaliseAxis(given[d], rank);
    return permutation;
}

} // namespace

void inferTranspose(InferContext& context)
{
    requireType(context, 0, kFixedSize);
    const Shape& input = context.inputs[0];
    Shape output;
    for (const std::size_t d : permutationOf(context.node, input.size()))
        output.push_back(input[d]);
    setOutput(context, 0, std::move(output), context.types[0]);
}

void transposeLoop(const LoopContext& context)
{
    const Strides dense = denseStrides(context.inputs[0].shape);
    Strides strides;
    for (const std::size_t d : permutationOf(context.node, dense.size()))
        strides.push_back(dense[d]);
    stridedCopy(context.inputs[0], 0, strides, context.outputs[0]);
}

void inferConcat(InferContext& context)
{
    requireOneType(context, kFixedSize);
    Shape output = context.inputs[0];
    const std::size_t axis
        = normaliseAxis(std::get<AxisAttributes>(context.node.attributes).axis, output.size());
    for (std::size_t input = 1; input < context.inputs.size(); ++input) {
        Shape other = context.inputs[input];
        if (other.size() != output.size())
            throw Error("joins {} and {}.", toString(context.inputs[0]), toString(other));
        std::swap(other[axis], output[axis]);
        const std::int64_t sum = output[axis] + other[axis];
        output[axis] = other[axis];
        if (other != output)
            throw Error("joins {} and {}.", toString(context.inputs[0]), toString(context.inputs[input]));
        if (sum > std::int64_t { 1 } << 62)
            throw Error("joins more than 2^62 elements.");
        output[axis] = sum;
    }
    setOutput(context, 0, std::move(output), context.types[0]);
}

void concatLoop(const LoopContext& context)
{
    const auto inputs = context.inputs.first(ownInputCount(context.node));
    const Shape& shape = context.outputs[0].shape();
    const std::size_t axis
        = normaliseAxis(std::get<AxisAttributes>(context.node.attributes).axis, shape.size());
    const auto outer = static_cast<std::size_t>(
        elementCount(Shape(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(axis))));
    std::byte* to = context.outputs[0].bytes().data();
    for (std::size_t row = 0; row < outer; ++row)
        for (const TensorView& input : inputs) {
            const std::size_t block = input.bytes.size() / outer;
            if (block > 0)
                std::memcpy(to, input.bytes.data() + row * block, block);
            to += block;
        }
}

namespace {

/// The sizes of all outputs along the axis.
Shape splitSizes(const AxisAttributes& split, const Shape& given, std::int64_t length, std::size_t outputs)
{
    if (!given.empty()) {
        if (given.size() != outputs
            || std::any_of(given.begin(), given.end(), [&](auto size) { return size < 0 || size > length; })
            || std::accumulate(given.begin(), given.end(), std::int64_t { 0 }) != length)
            throw Error("splits {} elements into {} outputs of {}.", length, outputs, toString(given));
        return given;
    }
    const auto count = static_cast<std::int64_t>(outputs);
    const bool even = length % count == 0;
    // Only num_outputs, since opset 18, allows a smaller last part.
    if ((split.outputs != 0 && split.outputs != count) || (split.outputs == 0 && !even))
        throw Error("splits {} elements into {} equal outputs.", length, count);
    const std::int64_t size = (length + count - 1) / count;
    Shape sizes(outputs, size);
    sizes.back() = length - size * (count - 1);
    if (sizes.back() < 0)
        throw Error("splits {} elements into {} outputs.", length, count);
    return sizes;
}

} // namespace

void inferSplit(InferContext& context)
{
    requireType(context, 0, kFixedSize);
    const auto& split = std::get<AxisAttributes>(context.node.attributes);
    Shape output = context.inputs[0];
    const std::size_t axis = normaliseAxis(split.axis, output.size());
    const Shape given = context.has(1) ? context.integers(1, "sizes") : split.sizes;
    const Shape sizes = splitSizes(split, given, output[axis], context.outputs.size());
    for (std::size_t part = 0; part < sizes.size(); ++part) {
        output[axis] = sizes[part];
        setOutput(context, part, output, context.types[0]);
    }
}

void splitLoop(const LoopContext& context)
{
    const Shape& input = context.inputs[0].shape;
    const Strides strides = denseStrides(input);
    const std::size_t axis
        = normaliseAxis(std::get<AxisAttributes>(context.node.attributes).axis, input.size());
    std::int64_t begin = 0;
    for (Tensor& output : context.outputs) {
        stridedCopy(context.inputs[0], begin * strides[axis], strides, output);
        begin += output.shape()[axis];
    }
}

IndexMaps splitMaps(const LoopContext& context, std::size_t part)
{
    const Shape& shape = context.outputs[part].shape();
    const std::size_t axis
        = normaliseAxis(std::get<AxisAttributes>(context.node.attributes).axis, shape.size());
    std::int64_t begin = 0;
    for (std::size_t before = 0; before < part; ++before)
        begin += context.outputs[before].shape()[axis];
    IndexMaps maps(shape.size());
    for (std::size_t d = 0; d < maps.size(); ++d)
        for (std::int64_t i = 0; i < shape[d]; ++i)
            maps[d].push_back(i + (d == axis ? begin : 0));
    return maps;
}

void inferGather(InferContext& context)
{
    requireType(context, 0, kFixedSize);
    requireType(context, 1, kIndices);
    const Shape &data = context.inputs[0], &indices = context.inputs[1];
    const auto axis = static_cast<std::ptrdiff_t>(
        normaliseAxis(std::get<AxisAttributes>(context.node.attributes).axis, data.size()));
    Shape output(data.begin(), data.begin() + axis);
    output.insert(output.end(), indices.begin(), indices.end());
    output.insert(output.end(), data.begin() + axis + 1, data.end());
    setOutput(context, 0, std::move(output), context.types[0]);
}

void gatherLoop(const LoopContext& context)
{
    const TensorView &data = context.inputs[0], &indices = context.inputs[1];
    const std::size_t axis
        = normaliseAxis(std::get<AxisAttributes>(context.node.attributes).axis, data.shape.size());
    const auto at = data.shape.begin() + static_cast<std::ptrdiff_t>(axis);
    const std::int64_t outer = elementCount(Shape(data.shape.begin(), at));
    const auto block
        = static_cast<std::size_t>(elementCount(Shape(at + 1, data.shape.end()))) * elementSize(data.type);
    std::byte* to = context.outputs[0].bytes().data();
    if (context.outputs[0].count() == 0)
        return;
    dispatch(IndexTypes {}, indices.type, [&]<typename Index>() {
        for (std::int64_t row = 0; row < outer; ++row)
            for (const Index index : indices.as<Index>()) {
                const auto from = static_cast<std::size_t>(row * *at + checkedIndex(index, *at));
                std::memcpy(to, data.bytes.data() + from * block, block);
                to += block;
            }
    });
}

void inferExpand(InferContext& context)
{
    requireType(context, 0, kFixedSize);
    const Shape target = context.integers(1, "target shape");
    if (std::any_of(target.begin(), target.end(), [](std::int64_t dim) { return dim < 0; }))
        throw Error("expands {} to {}.", toString(context.inputs[0]), toString(target));
    setOutput(context, 0, broadcast(context.inputs[0], target), context.types[0]);
}

void expandLoop(const LoopContext& context)
{
    const Shape& shape = context.outputs[0].shape();
    stridedCopy(context.inputs[0], 0, broadcastStrides(context.inputs[0].shape, shape), context.outputs[0]);
}

IndexMaps expandMaps(const LoopContext& context)
{
    const Shape &input = context.inputs[0].shape, &output = context.outputs[0].shape();
    const std::size_t more = output.size() - input.size();
    IndexMaps maps(output.size());
    for (std::size_t d = 0; d < maps.size(); ++d) {
        const bool repeats = d < more || input[d - more] == 1;
        for (std::int64_t i = 0; i < output[d]; ++i)
            maps[d].push_back(repeats ? 0 : i);
    }
    return maps;
}

} // namespace core::ops
