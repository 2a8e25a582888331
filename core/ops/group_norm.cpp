// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/parse.h"
#include "core/ops/rules.h"
#include "core/ops/strides.h"
#include "core/ops/types.h"
#include "core/ops/window.h"

#include <algorithm>
#include <cmath>

/// Normalisations by the statistics of the element's own instance, group, row or neighbours.
namespace core::ops {

Attributes parseInstanceNorm(const OnnxAttributes& from)
{
    return BatchNormAttributes { .epsilon = from.real("epsilon", 1e-5F) };
}

Attributes parseGroupNorm(const OnnxAttributes& from)
{
    GroupNormAttributes norm { .epsilon = from.real("epsilon", 1e-5F),
        .groups = from.integer("num_groups", 0),
        .perGroup = from.version() < 21 };
    if (norm.groups < 1)
        throw Error("has num_groups {}, expected 1 or more.", norm.groups);
    return norm;
}

Attributes parseLocalNorm(const OnnxAttributes& from)
{
    LocalNormAttributes norm { .alpha = from.real("alpha", 1e-4F),
        .beta = from.real("beta", 0.75F),
        .bias = from.real("bias", 1),
        .size = from.integer("size", 0) };
    if (norm.size < 1)
        throw Error("has size {}, expected 1 or more.", norm.size);
    return norm;
}

namespace {

void requireParameters(const InferContext& context, std::int64_t count, const char* what)
{
    for (const std::size_t parameter : { 1U, 2U }) {
        requireType(context, parameter, kFloats);
        if (context.inputs[parameter] != Shape { count })
            throw Error(
                "has a parameter of shape {} for {} {}.", toString(context.inputs[parameter]), count, what);
    }
}

void requireChannels(const InferContext& context)
{
    if (context.inputs[0].size() < 2)
        throw Error("normalises {}, expected batch, channels and more.", toString(context.inputs[0]));
}

/// Rows of `length` elements, each normalised to mean 0 and variance 1; then element i of row r times scale
/// and plus shift of parameter index(r, i / plane).
template <typename T, typename Index>
void normaliseRows(
    const LoopContext& context, std::int64_t length, std::int64_t plane, double epsilon, Index&& index)
{
    const auto scale = realsOf(context.inputs[1]), bias = realsOf(context.inputs[2]);
    const T* x = context.inputs[0].as<T>().data();
    const T* end = x + elementCount(context.inputs[0].shape);
    T* y = context.outputs[0].as<T>().data();
    for (std::int64_t row = 0; x != end; ++row, x += length, y += length) {
        double mean = 0, squares = 0;
        for (std::int64_t i = 0; i < length; ++i)
            mean += x[i];
        mean /= static_cast<double>(length);
        for (std::int64_t i = 0; i < length; ++i)
            squares += (x[i] - mean) * (x[i] - mean);
        const double inverse = 1 / std::sqrt(squares / static_cast<double>(length) + epsilon);
        for (std::int64_t at = 0; at < length; at += plane) {
            const auto parameter = static_cast<std::size_t>(index(row, at / plane));
            const double factor = inverse * scale[parameter], shift = bias[parameter] - mean * factor;
            for (std::int64_t i = at; i < at + plane; ++i)
                y[i] = static_cast<T>(x[i] * factor + shift);
        }
    }
}

} // namespace

void inferInstanceNorm(InferContext& context)
{
    requireChannels(context);
    requireParameters(context, context.inputs[0][1], "channels");
    sameAsFirst(context, kFloats);
}

void instanceNormLoop(const LoopContext& context)
{
    const Shape& shape = context.inputs[0].shape;
    const double epsilon = std::get<BatchNormAttributes>(context.node.attributes).epsilon;
    const std::int64_t plane = elementCount(spatial(shape));
    if (context.outputs[0].count() == 0)
        return;
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        normaliseRows<T>(
            context, plane, plane, epsilon, [&](std::int64_t row, std::int64_t) { return row % shape[1]; });
    });
}

void inferGroupNorm(InferContext& context)
{
    requireChannels(context);
    const auto& norm = std::get<GroupNormAttributes>(context.node.attributes);
    const std::int64_t channels = context.inputs[0][1];
    if (channels % norm.groups != 0)
        throw Error("has {} channels, which {} groups do not divide.", channels, norm.groups);
    requireParameters(context, norm.perGroup ? norm.groups : channels, norm.perGroup ? "groups" : "channels");
    sameAsFirst(context, kFloats);
}

void groupNormLoop(const LoopContext& context)
{
    const auto& norm = std::get<GroupNormAttributes>(context.node.attributes);
    const Shape& shape = context.inputs[0].shape;
    const std::int64_t plane = elementCount(spatial(shape)), inGroup = shape[1] / norm.groups;
    if (context.outputs[0].count() == 0)
        return;
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        normaliseRows<T>(
            context, plane * inGroup, plane, norm.epsilon, [&](std::int64_t row, std::int64_t channel) {
                const std::int64_t group = row % norm.groups;
                return norm.perGroup ? group : group * inGroup + channel;
            });
    });
}

void inferRmsNorm(InferContext& context)
{
    const Shape& shape = context.inputs[0];
    requireType(context, 0, kFloats);
    requireType(context, 1, kFloats);
    const std::size_t axis
        = normaliseAxis(std::get<NormAttributes>(context.node.attributes).axis, shape.size());
    const Shape normalised(shape.begin() + static_cast<std::ptrdiff_t>(axis), shape.end());
    if (!broadcastsTo(context.inputs[1], normalised))
        throw Error("has a parameter of shape {}, which does not broadcast to {}.",
            toString(context.inputs[1]), toString(normalised));
    setOutput(context, 0, shape, context.types[1]);
    Shape statistics = shape;
    std::fill(statistics.begin() + static_cast<std::ptrdiff_t>(axis), statistics.end(), 1);
    setOutput(context, 1, std::move(statistics), ElementType::Float32);
}

void rmsNormLoop(const LoopContext& context)
{
    const auto& norm = std::get<NormAttributes>(context.node.attributes);
    const Shape& shape = context.inputs[0].shape;
    const auto axis = static_cast<std::ptrdiff_t>(normaliseAxis(norm.axis, shape.size()));
    const Shape normalised(shape.begin() + axis, shape.end());
    const std::int64_t length = elementCount(normalised);
    const auto scale = expandedTo(context.inputs[1], normalised);
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename X>() {
        dispatch(FloatTypes {}, context.outputs[0].type(), [&]<typename Y>() {
            const X* x = context.inputs[0].as<X>().data();
            const auto all = context.outputs[0].as<Y>();
            for (std::size_t at = 0; at < all.size(); at += scale.size(), x += length) {
                double squares = 0;
                for (std::int64_t i = 0; i < length; ++i)
                    squares += static_cast<double>(x[i]) * x[i];
                const double inverse = 1 / std::sqrt(squares / static_cast<double>(length) + norm.epsilon);
                for (std::size_t i = 0; i < scale.size(); ++i)
                    all[at + i] = static_cast<Y>(x[i] * inverse * scale[i]);
                if (context.outputs.size() > 1) // of SimplifiedLayerNormalization
                    context.outputs[1].as<float>()[at / scale.size()] = static_cast<float>(inverse);
            }
        });
    });
}

void inferLocalNorm(InferContext& context)
{
    requireChannels(context);
    sameAsFirst(context, kFloats);
}

void localNormLoop(const LoopContext& context)
{
    const auto& norm = std::get<LocalNormAttributes>(context.node.attributes);
    const Shape& shape = context.inputs[0].shape;
    const std::int64_t plane = elementCount(spatial(shape)), channels = shape[1];
    const double factor = static_cast<double>(norm.alpha) / static_cast<double>(norm.size);
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        std::vector<double> sums(static_cast<std::size_t>(plane));
        for (std::int64_t row = 0; row < shape[0] * channels; ++row) {
            const std::int64_t channel = row % channels;
            const T* x = context.inputs[0].as<T>().data() + row * plane;
            T* y = context.outputs[0].as<T>().data() + row * plane;
            std::ranges::fill(sums, 0.0);
            const std::int64_t first = std::max<std::int64_t>(0, channel - (norm.size - 1) / 2);
            const std::int64_t last = std::min(channels - 1, channel + std::min(norm.size / 2, channels));
            for (std::int64_t c = first; c <= last; ++c)
                for (std::int64_t i = 0; i < plane; ++i) {
                    const double value = x[(c - channel) * plane + i];
                    sums[static_cast<std::size_t>(i)] += value * value;
                }
            for (std::size_t i = 0; i < sums.size(); ++i)
                y[i] = static_cast<T>(x[i] / std::pow(norm.bias + factor * sums[i], norm.beta));
        }
    });
}

} // namespace core::ops
