// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/indices.h"
#include "core/ops/rules.h"
#include "core/ops/strides.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

namespace core::ops {
namespace {

void requireScatterTypes(const InferContext& context)
{
    requireType(context, 0, kFixedSize);
    requireType(context, 1, kIndices);
    if (context.types[2] != context.types[0])
        throw Error("mixes {} and {}.", elementName(context.types[0]), elementName(context.types[2]));
}

} // namespace

void inferScatterElements(InferContext& context)
{
    const auto& attributes = std::get<ScatterAttributes>(context.node.attributes);
    const Shape &data = context.inputs[0], &indices = context.inputs[1];
    requireScatterTypes(context);
    const std::size_t axis = normaliseAxis(attributes.axis, data.size());
    bool fits = indices == context.inputs[2] && indices.size() == data.size();
    for (std::size_t d = 0; fits && d < data.size(); ++d)
        fits = d == axis || indices[d] <= data[d];
    if (!fits)
        throw Error("writes {} by indices of shape {} into {}.", toString(context.inputs[2]),
            toString(indices), toString(data));
    setOutput(context, 0, data, context.types[0]);
}

void inferScatterNd(InferContext& context)
{
    const Shape &data = context.inputs[0], &indices = context.inputs[1];
    requireScatterTypes(context);
    if (indices.empty() || indices.back() > std::ssize(data))
        throw Error("writes into {} by indices of shape {}.", toString(data), toString(indices));
    Shape updates(indices.begin(), indices.end() - 1);
    updates.insert(updates.end(), data.begin() + indices.back(), data.end());
    if (context.inputs[2] != updates)
        throw Error("writes {} by indices of shape {} into {}, expected {}.", toString(context.inputs[2]),
            toString(indices), toString(data), toString(updates));
    setOutput(context, 0, data, context.types[0]);
}

namespace {

void copyData(const LoopContext& context)
{
    const auto from = context.inputs[0].bytes;
    std::copy(from.begin(), from.end(), context.outputs[0].bytes().begin());
}

/// Small integers would be widened to int, whose overflow is undefined; unsigned ones wrap.
template <typename T> using Wrapping = std::conditional_t<std::is_integral_v<T>, std::uint64_t, T>;

/// Of bools, whether either is true.
template <typename T> T sum(T a, T b)
{
    if constexpr (std::is_same_v<T, Boolean>)
        return a || b;
    else
        return static_cast<T>(static_cast<Wrapping<T>>(a) + static_cast<Wrapping<T>>(b));
}

/// Of bools, whether both are true.
template <typename T> T product(T a, T b)
{
    if constexpr (std::is_same_v<T, Boolean>)
        return a && b;
    else
        return static_cast<T>(static_cast<Wrapping<T>>(a) * static_cast<Wrapping<T>>(b));
}

/// Calls body(T of the elements, join): how an element that is there and one that is written become one.
template <typename Body> void withReduction(ScatterReduction reduction, ElementType type, Body&& body)
{
    if (reduction == ScatterReduction::None) {
        dispatchBySize(RawTypes {}, type,
            [&]<typename T>() { body.template operator()<T>([](T, T update) { return update; }); });
        return;
    }
    dispatch(AllTypes {}, type, [&]<typename T>() {
        if (reduction == ScatterReduction::Add)
            body.template operator()<T>([](T a, T b) { return sum(a, b); });
        else if (reduction == ScatterReduction::Multiply)
            body.template operator()<T>([](T a, T b) { return product(a, b); });
        else if (reduction == ScatterReduction::Largest)
            body.template operator()<T>([](T a, T b) { return b > a || b != b ? b : a; });
        else
            body.template operator()<T>([](T a, T b) { return b < a || b != b ? b : a; });
    });
}

} // namespace

void scatterElementsLoop(const LoopContext& context)
{
    const auto& attributes = std::get<ScatterAttributes>(context.node.attributes);
    const TensorView &indices = context.inputs[1], &updates = context.inputs[2];
    const Shape& shape = context.inputs[0].shape;
    const std::size_t axis = normaliseAxis(attributes.axis, shape.size());
    Strides strides = denseStrides(shape);
    const std::int64_t along = std::exchange(strides[axis], 0), length = shape[axis];
    copyData(context);
    withReduction(attributes.reduction, updates.type, [&]<typename T>(auto join) {
        dispatch(IndexTypes {}, indices.type, [&]<typename Index>() {
            const Index* index = indices.as<Index>().data();
            const T* update = updates.as<T>().data();
            T* y = context.outputs[0].as<T>().data();
            walk(indices.shape, std::array { strides }, [&](std::int64_t i, const auto& at) {
                T& element = y[at[0] + along * checkedIndex(index[i], length)];
                element = join(element, update[i]);
            });
        });
    });
}

void scatterNdLoop(const LoopContext& context)
{
    const TensorView &indices = context.inputs[1], &updates = context.inputs[2];
    const Shape& shape = context.inputs[0].shape;
    const std::int64_t depth = indices.shape.back();
    const std::int64_t block = elementCount(Shape(shape.begin() + depth, shape.end()));
    const std::int64_t count
        = elementCount(Shape(indices.shape.begin(), indices.shape.end() - 1)); // of index tuples
    copyData(context);
    withReduction(std::get<ScatterAttributes>(context.node.attributes).reduction, updates.type,
        [&]<typename T>(auto join) {
            dispatch(IndexTypes {}, indices.type, [&]<typename Index>() {
                const Index* tuple = indices.as<Index>().data();
                const T* update = updates.as<T>().data();
                for (std::int64_t i = 0; i < count; ++i, tuple += depth, update += block) {
                    T* y = context.outputs[0].as<T>().data() + tupleOffset(tuple, depth, shape, 0) * block;
                    for (std::int64_t k = 0; k < block; ++k)
                        y[k] = join(y[k], update[k]);
                }
            });
        });
}

void inferTensorScatter(InferContext& context)
{
    const Shape &cache = context.inputs[0], &update = context.inputs[1];
    const std::size_t axis
        = normaliseAxis(std::get<TensorScatterAttributes>(context.node.attributes).axis, cache.size());
    requireType(context, 0, kFixedSize);
    if (context.types[1] != context.types[0])
        throw Error("mixes {} and {}.", elementName(context.types[0]), elementName(context.types[1]));
    bool fits = axis > 0 && update.size() == cache.size() && update[axis] <= cache[axis];
    for (std::size_t d = 0; fits && d < cache.size(); ++d)
        fits = d == axis || update[d] == cache[d];
    if (!fits)
        throw Error("writes {} into a cache of {} along axis {}.", toString(update), toString(cache), axis);
    if (context.has(2)) {
        requireType(context, 2, kIndices);
        if (context.inputs[2] != Shape { cache[0] })
            throw Error("has places of shape {} for a batch of {}.", toString(context.inputs[2]), cache[0]);
    }
    setOutput(context, 0, cache, context.types[0]);
}

namespace {

/// Where in the cache each sample's update begins.
Shape writePlaces(const LoopContext& context, std::int64_t length, std::int64_t written, WriteMode mode)
{
    Shape places(static_cast<std::size_t>(context.inputs[0].shape[0]), 0);
    if (hasInput(context, 2))
        places = integersOf(context.inputs[2]);
    for (std::int64_t& place : places) {
        if (place < 0 || (mode == WriteMode::Linear && place > length - written))
            throw Error("writes {} elements at {} of a cache of {}.", written, place, length);
        place = length > 0 ? place % length : 0;
    }
    return places;
}

} // namespace

void tensorScatterLoop(const LoopContext& context)
{
    const auto& attributes = std::get<TensorScatterAttributes>(context.node.attributes);
    const Shape& cache = context.inputs[0].shape;
    const std::size_t axis = normaliseAxis(attributes.axis, cache.size());
    const std::int64_t length = cache[axis], written = context.inputs[1].shape[axis];
    const Shape places = writePlaces(context, length, written, attributes.mode);
    copyData(context);
    const auto at = cache.begin() + static_cast<std::ptrdiff_t>(axis);
    const std::size_t row = static_cast<std::size_t>(elementCount(Shape(at + 1, cache.end())))
        * elementSize(context.inputs[0].type);
    const std::int64_t heads = elementCount(Shape(cache.begin() + 1, at)); // rows of one sample
    const std::byte* from = context.inputs[1].bytes.data();
    if (context.inputs[1].bytes.empty())
        return;
    for (std::int64_t outer = 0; outer < cache[0] * heads; ++outer)
        for (std::int64_t k = 0; k < written; ++k, from += row) {
            const std::int64_t place = (places[static_cast<std::size_t>(outer / heads)] + k) % length;
            std::memcpy(
                context.outputs[0].bytes().data() + static_cast<std::size_t>(outer * length + place) * row,
                from, row);
        }
}

} // namespace core::ops
