// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/parse.h"
#include "core/ops/rules.h"
#include "core/ops/strides.h"
#include "core/ops/types.h"
#include "core/ops/window.h"

#include <algorithm>

/// Windows the other way round: MaxUnpool puts maxima back where they came from, Col2Im sums columns into
/// the image they were cut from.
namespace core::ops {

Attributes parseMaxUnpool(const OnnxAttributes& from)
{
    return parsePool(from);
}

Attributes parseCol2Im(const OnnxAttributes& from)
{
    return PoolAttributes { .strides = windowSizes(from, "strides", 1),
        .dilations = windowSizes(from, "dilations", 1),
        .pads = windowSizes(from, "pads", 0) };
}

namespace {

/// The shape that pooling with these attributes comes from.
Shape unpooledShape(const PoolAttributes& pool, const Shape& input)
{
    const std::size_t rank = input.size() - 2;
    if (pool.kernel.size() != rank || (!pool.strides.empty() && pool.strides.size() != rank)
        || (!pool.pads.empty() && pool.pads.size() != 2 * rank))
        throw Error("has a kernel {}, strides {} and pads {} for {} spatial dimensions.",
            toString(pool.kernel), toString(pool.strides), toString(pool.pads), rank);
    Shape shape = input;
    for (std::size_t d = 0; d < rank; ++d) {
        const std::int64_t pads = pool.pads.empty() ? 0 : pool.pads[d] + pool.pads[rank + d];
        shape[d + 2] = checkedProduct(input[d + 2] - 1, pool.strides.empty() ? 1 : pool.strides[d])
            + pool.kernel[d] - pads;
        if (shape[d + 2] < 0)
            throw Error("makes {} elements of {}.", shape[d + 2], input[d + 2]);
    }
    return shape;
}

} // namespace

void inferMaxUnpool(InferContext& context)
{
    const Shape& input = context.inputs[0];
    requireType(context, 0, kFloats);
    requireType(context, 1, kIndices);
    if (input.size() < 3 || context.inputs[1] != input)
        throw Error("unpools {} with indices {}, expected one shape of 3 dimensions or more.",
            toString(input), toString(context.inputs[1]));
    Shape shape = unpooledShape(std::get<PoolAttributes>(context.node.attributes), input);
    if (context.has(2)) {
        const Shape asked = context.integers(2, "output shape");
        bool fits = asked.size() == shape.size();
        for (std::size_t d = 0; fits && d < shape.size(); ++d)
            fits = asked[d] >= shape[d];
        if (!fits)
            throw Error("unpools to {}, expected {} or more.", toString(asked), toString(shape));
        shape = asked;
    }
    setOutput(context, 0, std::move(shape), context.types[0]);
}

/// Indices count through the shape without the third input; a larger output has zeros behind it.
void maxUnpoolLoop(const LoopContext& context)
{
    const Shape natural
        = unpooledShape(std::get<PoolAttributes>(context.node.attributes), context.inputs[0].shape);
    const Strides inner = denseStrides(natural), outer = denseStrides(context.outputs[0].shape());
    const std::int64_t count = elementCount(natural);
    const auto indices = integersOf(context.inputs[1]);
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        const auto x = context.inputs[0].as<T>();
        const auto y = context.outputs[0].as<T>();
        std::ranges::fill(y, T {});
        for (std::size_t i = 0; i < x.size(); ++i) {
            std::int64_t index = indices[i];
            if (index < 0 || index >= count)
                throw Error("has index {} into {} elements.", index, count);
            std::int64_t at = 0;
            for (std::size_t d = 0; d < natural.size(); ++d) {
                at += index / inner[d] * outer[d];
                index %= inner[d];
            }
            y[static_cast<std::size_t>(at)] = x[i];
        }
    });
}

namespace {

/// Cut as a pool cuts: `image` and `block` are the sizes that come as inputs.
Window col2ImWindow(const PoolAttributes& attributes, const Shape& image, const Shape& block)
{
    const auto positive = [](std::int64_t size) { return size > 0 && size <= std::int64_t { 1 } << 31; };
    if (image.size() != block.size() || !std::ranges::all_of(image, positive)
        || !std::ranges::all_of(block, positive))
        throw Error("has blocks of {} in an image of {}.", toString(block), toString(image));
    PoolAttributes pool = attributes;
    pool.kernel = block;
    return poolWindow(pool, image);
}

} // namespace

void inferCol2Im(InferContext& context)
{
    requireType(context, 0, kNumbers);
    const Shape& input = context.inputs[0];
    const Shape image = context.integers(1, "image shape"), block = context.integers(2, "block shape");
    const Window window = col2ImWindow(std::get<PoolAttributes>(context.node.attributes), image, block);
    std::int64_t taps = 1, positions = 1;
    for (std::size_t d = 0; d < image.size(); ++d) {
        taps = checkedProduct(taps, block[d]);
        positions = checkedProduct(positions, window.output[d]);
    }
    if (input.size() != 3 || input[1] % taps != 0 || input[2] != positions)
        throw Error("makes an image of {}, expected columns of a multiple of {} elements, {} of them.",
            toString(input), taps, positions);
    Shape output { input[0], input[1] / taps };
    output.insert(output.end(), image.begin(), image.end());
    setOutput(context, 0, std::move(output), context.types[0]);
}

void col2ImLoop(const LoopContext& context)
{
    const Shape image = spatial(context.outputs[0].shape());
    const Window window = col2ImWindow(
        std::get<PoolAttributes>(context.node.attributes), image, integersOf(context.inputs[2]));
    const std::int64_t plane = elementCount(image);
    dispatch(NumberTypes {}, context.inputs[0].type, [&]<typename T>() {
        const T* x = context.inputs[0].as<T>().data();
        std::ranges::fill(context.outputs[0].as<T>(), T {});
        T* y = context.outputs[0].as<T>().data();
        const T* end = y + context.outputs[0].count();
        Shape tap(image.size(), 0), at(image.size(), 0);
        for (; y != end; y += plane)
            do
                do {
                    if (const auto offset = planeOffset(window, image, at, tap))
                        y[*offset] = static_cast<T>(y[*offset] + *x);
                    ++x;
                } while (advance(at, window.output));
            while (advance(tap, window.kernel));
    });
}

} // namespace core::ops
