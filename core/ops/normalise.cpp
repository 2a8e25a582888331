// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/rules.h"
#include "core/ops/strides.h"
#include "core/ops/types.h"

#include <cmath>

namespace core::ops {
namespace {

std::int64_t channelsOf(const Shape& shape)
{
    return shape.size() > 1 ? shape[1] : 1;
}

} // namespace

void inferBatchNorm(InferContext& context)
{
    if (context.inputs[0].empty())
        throw Error("normalises a scalar.");
    for (std::size_t parameter = 1; parameter < 5; ++parameter) {
        requireType(context, parameter, kFloats);
        if (context.inputs[parameter] != Shape { channelsOf(context.inputs[0]) })
            throw Error("has a parameter of shape {} for {} channels.", toString(context.inputs[parameter]),
                channelsOf(context.inputs[0]));
    }
    sameAsFirst(context, kFloats);
}

void batchNormLoop(const LoopContext& context)
{
    const Shape& shape = context.inputs[0].shape;
    const double epsilon = std::get<BatchNormAttributes>(context.node.attributes).epsilon;
    const auto scale = realsOf(context.inputs[1]), bias = realsOf(context.inputs[2]);
    const auto mean = realsOf(context.inputs[3]), variance = realsOf(context.inputs[4]);
    const std::int64_t plane = shape.size() > 2 ? elementCount(Shape(shape.begin() + 2, shape.end())) : 1;
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        const auto x = context.inputs[0].as<T>();
        const auto y = context.outputs[0].as<T>();
        for (std::size_t i = 0; i < y.size(); ++i) {
            const std::size_t c = i / static_cast<std::size_t>(plane) % scale.size();
            y[i] = static_cast<T>(scale[c] * (x[i] - mean[c]) / std::sqrt(variance[c] + epsilon) + bias[c]);
        }
    });
}

void inferLayerNorm(InferContext& context)
{
    const Shape& shape = context.inputs[0];
    const std::size_t axis
        = normaliseAxis(std::get<NormAttributes>(context.node.attributes).axis, shape.size());
    const Shape normalised(shape.begin() + static_cast<std::ptrdiff_t>(axis), shape.end());
    for (std::size_t parameter : { 1U, 2U }) {
        if (!context.has(parameter))
            continue;
        requireType(context, parameter, kFloats);
        if (!broadcastsTo(context.inputs[parameter], normalised))
            throw Error("has a parameter of shape {}, which does not broadcast to {}.",
                toString(context.inputs[parameter]), toString(normalised));
    }
    sameAsFirst(context, kFloats);
    Shape statistics = shape;
    std::fill(statistics.begin() + static_cast<std::ptrdiff_t>(axis), statistics.end(), 1);
    setOutput(context, 1, statistics, ElementType::Float32);
    setOutput(context, 2, statistics, ElementType::Float32);
}

namespace {

struct Statistics {
    double mean, inverseDeviation;
};

template <typename T> Statistics statisticsOf(const T* row, std::int64_t length, double epsilon)
{
    double sum = 0, squares = 0;
    for (std::int64_t i = 0; i < length; ++i)
        sum += row[i];
    const double mean = sum / static_cast<double>(length);
    for (std::int64_t i = 0; i < length; ++i)
        squares += (row[i] - mean) * (row[i] - mean);
    return { mean, 1 / std::sqrt(squares / static_cast<double>(length) + epsilon) };
}

/// One number per element of a normalised row; empty when the parameter is left out.
std::vector<double> parameterOf(const LoopContext& context, std::size_t input, const Shape& normalised)
{
    if (!hasInput(context, input))
        return {};
    const auto given = realsOf(context.inputs[input]);
    std::vector<double> expanded(static_cast<std::size_t>(elementCount(normalised)));
    walk(normalised, std::array { broadcastStrides(context.inputs[input].shape, normalised) },
        [&](std::int64_t i, const auto& at) {
            expanded[static_cast<std::size_t>(i)] = given[static_cast<std::size_t>(at[0])];
        });
    return expanded;
}

} // namespace

void layerNormLoop(const LoopContext& context)
{
    const auto& attributes = std::get<NormAttributes>(context.node.attributes);
    const Shape& shape = context.inputs[0].shape;
    const auto axis = static_cast<std::ptrdiff_t>(normaliseAxis(attributes.axis, shape.size()));
    const Shape normalised(shape.begin() + axis, shape.end());
    const std::int64_t length = elementCount(normalised);
    const std::int64_t rows = elementCount(Shape(shape.begin(), shape.begin() + axis));
    const auto scale = parameterOf(context, 1, normalised), bias = parameterOf(context, 2, normalised);
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        for (std::int64_t row = 0; row < rows; ++row) {
            const T* x = context.inputs[0].as<T>().data() + row * length;
            T* y = context.outputs[0].as<T>().data() + row * length;
            const auto [mean, inverse] = statisticsOf(x, length, attributes.epsilon);
            for (std::size_t i = 0; i < static_cast<std::size_t>(length); ++i)
                y[i] = static_cast<T>((x[i] - mean) * inverse * scale[i] + (bias.empty() ? 0.0 : bias[i]));
            if (context.outputs.size() > 1)
                context.outputs[1].as<float>()[static_cast<std::size_t>(row)] = static_cast<float>(mean);
            if (context.outputs.size() > 2)
                context.outputs[2].as<float>()[static_cast<std::size_t>(row)] = static_cast<float>(inverse);
        }
    });
}

} // namespace core::ops
