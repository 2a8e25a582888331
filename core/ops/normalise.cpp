// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/for_range.h"
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
    const auto& norm = std::get<BatchNormAttributes>(context.node.attributes);
    const Shape& input = context.inputs[0];
    if (input.empty())
        throw Error("normalises a scalar.");
    const Shape parameters
        = norm.perElement ? Shape(input.begin() + 1, input.end()) : Shape { channelsOf(input) };
    for (std::size_t parameter = 1; parameter < 5; ++parameter) {
        requireType(context, parameter, kFloats);
        if (context.inputs[parameter] != parameters)
            throw Error("has a parameter of shape {} for {} channels.", toString(context.inputs[parameter]),
                channelsOf(input));
    }
    if (norm.training && norm.perElement)
        throw Error("is trained with statistics of single elements.");
    sameAsFirst(context, kFloats);
    for (std::size_t statistic = 1; statistic < context.outputs.size(); ++statistic)
        setOutput(context, statistic, parameters, context.types[3 + (statistic - 1) % 2]);
}

namespace {

/// Per channel, over batch and image.
struct ChannelStatistics {
    std::vector<double> mean, variance;
};

template <typename T> ChannelStatistics statisticsOfBatch(const TensorView& input, std::int64_t plane)
{
    const auto channels = static_cast<std::size_t>(channelsOf(input.shape));
    const auto x = input.as<T>();
    const auto channelAt = [&](std::size_t i) { return i / static_cast<std::size_t>(plane) % channels; };
    const auto count = static_cast<double>(x.size()) / static_cast<double>(channels);
    ChannelStatistics statistics { std::vector<double>(channels, 0.0), std::vector<double>(channels, 0.0) };
    for (std::size_t i = 0; i < x.size(); ++i)
        statistics.mean[channelAt(i)] += x[i] / count;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double difference = x[i] - statistics.mean[channelAt(i)];
        statistics.variance[channelAt(i)] += difference * difference / count;
    }
    return statistics;
}

void storeStatistic(const LoopContext& context, std::size_t output, const std::vector<double>& statistic)
{
    if (context.outputs.size() <= output || context.outputs[output].count() != std::ssize(statistic))
        return;
    dispatch(FloatTypes {}, context.outputs[output].type(), [&]<typename T>() {
        std::ranges::transform(statistic, context.outputs[output].as<T>().begin(),
            [](double value) { return static_cast<T>(value); });
    });
}

/// Running statistics, and before opset 14 behind them those of the batch.
void storeStatistics(
    const LoopContext& context, const BatchNormAttributes& norm, const ChannelStatistics& current)
{
    ChannelStatistics running { realsOf(context.inputs[3]), realsOf(context.inputs[4]) };
    const auto update = [&](std::vector<double>& kept, const std::vector<double>& now) {
        for (std::size_t c = 0; norm.training && c < kept.size(); ++c)
            kept[c] = kept[c] * norm.momentum + now[c] * (1 - static_cast<double>(norm.momentum));
    };
    update(running.mean, current.mean);
    update(running.variance, current.variance);
    storeStatistic(context, 1, running.mean);
    storeStatistic(context, 2, running.variance);
    storeStatistic(context, 3, current.mean);
    storeStatistic(context, 4, current.variance);
}

} // namespace

void batchNormLoop(const LoopContext& context)
{
    const Shape& shape = context.inputs[0].shape;
    const auto& norm = std::get<BatchNormAttributes>(context.node.attributes);
    const auto scale = realsOf(context.inputs[1]), bias = realsOf(context.inputs[2]);
    const std::int64_t plane
        = shape.size() > 2 && !norm.perElement ? elementCount(Shape(shape.begin() + 2, shape.end())) : 1;
    if (context.outputs[0].count() == 0)
        return;
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        const ChannelStatistics statistics = norm.training
            ? statisticsOfBatch<T>(context.inputs[0], plane)
            : ChannelStatistics { realsOf(context.inputs[3]), realsOf(context.inputs[4]) };
        std::vector<double> factor(scale.size()), shift(scale.size());
        for (std::size_t c = 0; c < scale.size(); ++c) {
            factor[c] = scale[c] / std::sqrt(statistics.variance[c] + norm.epsilon);
            shift[c] = bias[c] - statistics.mean[c] * factor[c];
        }
        const T* x = context.inputs[0].as<T>().data();
        const auto y = context.outputs[0].as<T>();
        for (std::size_t at = 0; at < y.size(); at += static_cast<std::size_t>(plane)) {
            const std::size_t c = at / static_cast<std::size_t>(plane) % scale.size();
            for (std::size_t i = at; i < at + static_cast<std::size_t>(plane); ++i)
                y[i] = static_cast<T>(x[i] * factor[c] + shift[c]);
        }
        storeStatistics(context, norm, statistics);
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

} // namespace

void layerNormLoop(const LoopContext& context)
{
    const auto& attributes = std::get<NormAttributes>(context.node.attributes);
    const Shape& shape = context.inputs[0].shape;
    const auto axis = static_cast<std::ptrdiff_t>(normaliseAxis(attributes.axis, shape.size()));
    const Shape normalised(shape.begin() + axis, shape.end());
    const std::int64_t length = elementCount(normalised);
    const std::int64_t rows = elementCount(Shape(shape.begin(), shape.begin() + axis));
    const auto scale = expandedTo(context.inputs[1], normalised);
    const auto bias
        = hasInput(context, 2) ? expandedTo(context.inputs[2], normalised) : std::vector<double> {};
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        forEach(rows, 4 * length, [&](std::int64_t row) {
            const T* x = context.inputs[0].as<T>().data() + row * length;
            T* y = context.outputs[0].as<T>().data() + row * length;
            const auto [mean, inverse] = statisticsOf(x, length, attributes.epsilon);
            for (std::size_t i = 0; i < static_cast<std::size_t>(length); ++i)
                y[i] = static_cast<T>((x[i] - mean) * inverse * scale[i] + (bias.empty() ? 0.0 : bias[i]));
            if (context.outputs.size() > 1)
                context.outputs[1].as<float>()[static_cast<std::size_t>(row)] = static_cast<float>(mean);
            if (context.outputs.size() > 2)
                context.outputs[2].as<float>()[static_cast<std::size_t>(row)] = static_cast<float>(inverse);
        });
    });
}

} // namespace core::ops
