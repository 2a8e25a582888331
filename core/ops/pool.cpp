// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/for_range.h"
#include "core/ops/functions.h"
#include "core/ops/parse.h"
#include "core/ops/rules.h"
#include "core/ops/strides.h"
#include "core/ops/types.h"
#include "core/ops/window.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace core::ops {

void inferPool(InferContext& context)
{
    const Shape& input = context.inputs[0];
    requireType(context, 0, context.node.kind == OpKind::MaxPool ? kNumbers : kFloats);
    if (input.size() < 3)
        throw Error("pools {}, expected batch, channels and one spatial dimension or more.", toString(input));
    const auto& pool = std::get<PoolAttributes>(context.node.attributes);
    const Window window = poolWindow(pool, spatial(input));
    std::accumulate(pool.kernel.begin(), pool.kernel.end(), std::int64_t { 1 }, checkedProduct);
    Shape output { input[0], input[1] };
    output.insert(output.end(), window.output.begin(), window.output.end());
    setOutput(context, 0, output, context.types[0]);
    setOutput(context, 1, std::move(output), ElementType::Int64);
}

void inferGlobalPool(InferContext& context)
{
    requireType(context, 0, kFloats);
    Shape output = context.inputs[0];
    if (output.size() < 3)
        throw Error(
            "pools {}, expected batch, channels and one spatial dimension or more.", toString(output));
    std::fill(output.begin() + 2, output.end(), 1);
    setOutput(context, 0, std::move(output), context.types[0]);
}

namespace {

/// The offset in a plane stored with its first dimension innermost.
std::int64_t columnMajor(std::int64_t offset, const Shape& shape)
{
    Shape position(shape.size());
    for (std::size_t d = shape.size(); d-- > 0; offset /= shape[d])
        position[d] = offset % shape[d];
    std::int64_t result = 0;
    for (std::size_t d = shape.size(); d-- > 0;)
        result = result * shape[d] + position[d];
    return result;
}

template <typename T>
void averageWindow(
    const T* plane, T& output, const Window& window, const Shape& input, const Shape& at, bool padCounts)
{
    double sum = 0;
    std::int64_t taps = 0;
    Shape tap(input.size(), 0);
    do {
        if (const auto offset = planeOffset(window, input, at, tap)) {
            sum += plane[*offset];
            ++taps;
        }
    } while (advance(tap, window.kernel));
    output = static_cast<T>(sum / static_cast<double>(padCounts ? paddedTaps(window, input, at) : taps));
}

template <typename T>
void normOfWindow(
    const T* plane, T& output, const Window& window, const Shape& input, const Shape& at, double p)
{
    double sum = 0;
    Shape tap(input.size(), 0);
    do {
        if (const auto offset = planeOffset(window, input, at, tap))
            sum += std::pow(std::abs(static_cast<double>(plane[*offset])), p);
    } while (advance(tap, window.kernel));
    output = static_cast<T>(std::pow(sum, 1 / p));
}

/// Returns where in the plane the maximum is; -1 for a window wholly in the padding.
template <typename T>
std::int64_t maximumOfWindow(
    const T* plane, T& output, const Window& window, const Shape& input, const Shape& at)
{
    using Limits = std::numeric_limits<T>;
    output = Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
    std::int64_t best = -1;
    Shape tap(input.size(), 0);
    do {
        const auto offset = planeOffset(window, input, at, tap);
        if (offset && (best < 0 || plane[*offset] > output)) {
            output = plane[*offset];
            best = *offset;
        }
    } while (advance(tap, window.kernel));
    return best;
}

template <typename T> void pool(const LoopContext& context, const PoolAttributes& attributes)
{
    const Shape input = spatial(context.inputs[0].shape);
    const Window window = poolWindow(attributes, input);
    const std::int64_t plane = elementCount(input);
    const T* x = context.inputs[0].as<T>().data();
    const auto y = context.outputs[0].as<T>();
    auto indices
        = context.outputs.size() > 1 ? context.outputs[1].as<std::int64_t>() : std::span<std::int64_t> {};
    const std::int64_t outputPlane = elementCount(window.output);
    forEach(std::ssize(y), elementCount(window.kernel), [&](std::int64_t index) {
        const auto i = static_cast<std::size_t>(index);
        const std::int64_t channel = index / outputPlane;
        const Shape at = positionAt(index % outputPlane, window.output);
        if (context.node.kind == OpKind::AveragePool) {
            if constexpr (std::is_floating_point_v<T>)
                averageWindow(x + channel * plane, y[i], window, input, at, attributes.countIncludePad);
        } else if (context.node.kind == OpKind::LpPool) {
            if constexpr (std::is_floating_point_v<T>)
                normOfWindow(x + channel * plane, y[i], window, input, at, static_cast<double>(attributes.p));
        } else {
            const std::int64_t best = maximumOfWindow(x + channel * plane, y[i], window, input, at);
            if (!indices.empty())
                indices[i] = channel * plane
                    + (attributes.columnMajorIndices && best >= 0 ? columnMajor(best, input) : best);
        }
    });
}

} // namespace

void poolLoop(const LoopContext& context)
{
    const auto& attributes = std::get<PoolAttributes>(context.node.attributes);
    dispatch(NumberTypes {}, context.inputs[0].type, [&]<typename T>() { pool<T>(context, attributes); });
}

Attributes parseGlobalLpPool(const OnnxAttributes& from)
{
    return PoolAttributes { .p = normOrder(from) };
}

void globalLpPoolLoop(const LoopContext& context)
{
    const std::int64_t plane = elementCount(spatial(context.inputs[0].shape));
    const auto p = static_cast<double>(std::get<PoolAttributes>(context.node.attributes).p);
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        const T* x = context.inputs[0].as<T>().data();
        T* y = context.outputs[0].as<T>().data();
        forEach(context.outputs[0].count(), 8 * plane, [&](std::int64_t channel) {
            double sum = 0;
            for (std::int64_t i = channel * plane; i < (channel + 1) * plane; ++i)
                sum += std::pow(std::abs(static_cast<double>(x[i])), p);
            y[channel] = static_cast<T>(std::pow(sum, 1 / p));
        });
    });
}

void globalPoolLoop(const LoopContext& context)
{
    const std::int64_t plane = elementCount(spatial(context.inputs[0].shape));
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        const T* x = context.inputs[0].as<T>().data();
        T* y = context.outputs[0].as<T>().data();
        forEach(context.outputs[0].count(), 2 * plane, [&](std::int64_t channel) {
            double sum = 0;
            double maximum = -std::numeric_limits<double>::infinity();
            for (std::int64_t i = channel * plane; i < (channel + 1) * plane; ++i) {
                sum += x[i];
                maximum = std::max<double>(maximum, x[i]);
            }
            const bool average = context.node.kind == OpKind::GlobalAveragePool;
            y[channel] = static_cast<T>(average ? sum / static_cast<double>(plane) : maximum);
        });
    });
}

} // namespace core::ops
