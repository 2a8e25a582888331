// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/random.h"

#include "core/model/zoo/random_weights.h"
#include "core/ops/functions.h"
#include "core/ops/rules.h"
#include "core/ops/types.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace core::ops {
namespace {

std::uint64_t streamOf(const Node& node, std::optional<float> seed)
{
    if (seed)
        return zoo::streamOf(std::bit_cast<std::uint32_t>(*seed), "seed");
    if (!node.name.empty())
        return zoo::streamOf(0, node.name);
    return zoo::streamOf(1, std::to_string(node.outputs.empty() ? kNoValue : node.outputs[0]));
}

} // namespace

bool isRandom(OpKind kind)
{
    return kind == OpKind::RandomNormal || kind == OpKind::RandomNormalLike || kind == OpKind::RandomUniform
        || kind == OpKind::RandomUniformLike || kind == OpKind::Bernoulli || kind == OpKind::Multinomial;
}

RandomNumbers::RandomNumbers(const Node& node, std::optional<float> seed)
    : m_stream(streamOf(node, seed))
{
}

double RandomNumbers::uniform(std::int64_t index) const
{
    return static_cast<double>(zoo::randomBits(m_stream, static_cast<std::uint64_t>(index)) >> 11U) * 0x1p-53;
}

double RandomNumbers::normal(std::int64_t index) const
{
    // 1 - uniform is never 0, whose logarithm would be infinite.
    const double radius = std::sqrt(-2 * std::log(1 - uniform(2 * index)));
    return radius * std::cos(2 * std::numbers::pi * uniform(2 * index + 1));
}

namespace {

/// What RandomNormal and RandomUniform and their ...Like forms have in common.
template <typename Random> void inferRandomAs(InferContext& context)
{
    const auto& attributes = std::get<Random>(context.node.attributes);
    const bool like
        = context.node.kind == OpKind::RandomNormalLike || context.node.kind == OpKind::RandomUniformLike;
    if (!like && !attributes.shape)
        throw Error("has no \"shape\".");
    const Shape shape = like ? context.inputs[0] : *attributes.shape;
    if (std::any_of(shape.begin(), shape.end(), [](std::int64_t dim) { return dim < 0; }))
        throw Error("makes a tensor of shape {}.", toString(shape));
    const ElementType type = attributes.type.value_or(like ? context.types[0] : ElementType::Float32);
    if (!isFloat(type))
        throw Error("makes random numbers of type {}, expected floating-point numbers.", elementName(type));
    setOutput(context, 0, shape, type);
}

/// output[i] = function(i), in the output's own type.
template <typename Types, typename Function> void fill(Types types, Tensor& output, Function function)
{
    dispatch(types, output.type(), [&]<typename T>() {
        std::int64_t i = 0;
        for (T& y : output.as<T>())
            y = static_cast<T>(function(i++));
    });
}

} // namespace

void inferRandom(InferContext& context)
{
    if (std::holds_alternative<RandomNormalAttributes>(context.node.attributes))
        inferRandomAs<RandomNormalAttributes>(context);
    else
        inferRandomAs<RandomUniformAttributes>(context);
}

void randomNormalLoop(const LoopContext& context)
{
    const auto& attributes = std::get<RandomNormalAttributes>(context.node.attributes);
    const RandomNumbers numbers(context.node, attributes.seed);
    fill(FloatTypes {}, context.outputs[0],
        [&](std::int64_t i) { return attributes.mean + attributes.deviation * numbers.normal(i); });
}

void randomUniformLoop(const LoopContext& context)
{
    const auto& attributes = std::get<RandomUniformAttributes>(context.node.attributes);
    const RandomNumbers numbers(context.node, attributes.seed);
    const double low = attributes.low, width = static_cast<double>(attributes.high) - low;
    fill(FloatTypes {}, context.outputs[0], [&](std::int64_t i) { return low + width * numbers.uniform(i); });
}

void inferBernoulli(InferContext& context)
{
    requireType(context, 0, kFloats);
    const ElementType type
        = std::get<BernoulliAttributes>(context.node.attributes).type.value_or(context.types[0]);
    if (!kNumbersAndBool.contains(type))
        throw Error("makes numbers of a type that is not supported.");
    setOutput(context, 0, context.inputs[0], type);
}

void bernoulliLoop(const LoopContext& context)
{
    const RandomNumbers numbers(context.node, std::get<BernoulliAttributes>(context.node.attributes).seed);
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        const T* chances = context.inputs[0].as<T>().data();
        fill(AllTypes {}, context.outputs[0],
            [&](std::int64_t i) { return numbers.uniform(i) < static_cast<double>(chances[i]); });
    });
}

void inferMultinomial(InferContext& context)
{
    const auto& attributes = std::get<MultinomialAttributes>(context.node.attributes);
    const Shape& x = context.inputs[0];
    requireType(context, 0, kFloats);
    if (x.size() != 2 || x[1] < 1)
        throw Error("draws from {}, expected a batch of one class or more.", toString(x));
    if (!kIndices.contains(attributes.type) || attributes.samples < 1)
        throw Error("draws {} numbers of type {}, expected 1 or more of int32 or int64.", attributes.samples,
            elementName(attributes.type));
    setOutput(context, 0, { x[0], attributes.samples }, attributes.type);
}

namespace {

/// Sums of the chances up to each class, from logarithms of chances that need not add up to 1.
template <typename T> std::vector<double> cumulativeChances(const T* logs, std::int64_t classes)
{
    const double highest = *std::max_element(logs, logs + classes);
    std::vector<double> sums;
    double sum = 0;
    for (std::int64_t c = 0; c < classes; ++c)
        sums.push_back(sum += std::exp(static_cast<double>(logs[c]) - highest));
    return sums;
}

} // namespace

void multinomialLoop(const LoopContext& context)
{
    const RandomNumbers numbers(context.node, std::get<MultinomialAttributes>(context.node.attributes).seed);
    const std::int64_t classes = context.inputs[0].shape[1], samples = context.outputs[0].shape()[1];
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        const T* logs = context.inputs[0].as<T>().data();
        std::vector<double> sums;
        fill(Types<std::int32_t, std::int64_t> {}, context.outputs[0], [&](std::int64_t i) {
            if (i % samples == 0)
                sums = cumulativeChances(logs + i / samples * classes, classes);
            const auto found = std::upper_bound(sums.begin(), sums.end(), numbers.uniform(i) * sums.back());
            return std::min<std::int64_t>(found - sums.begin(), classes - 1);
        });
    });
}

namespace {

/// Whether the node drops elements: since opset 12 an input says so.
bool isTraining(const LoopContext& context)
{
    return hasInput(context, 2) && context.inputs[2].as<Boolean>()[0];
}

} // namespace

void inferDropout(InferContext& context)
{
    sameAsFirst(context, kFloats);
    for (const std::size_t scalar : { 1U, 2U }) {
        if (!context.has(scalar))
            continue;
        requireType(context, scalar, scalar == 1 ? kFloats : kBools);
        if (elementCount(context.inputs[scalar]) != 1)
            throw Error("has a {} of shape {}, expected a scalar.", scalar == 1 ? "ratio" : "mode",
                toString(context.inputs[scalar]));
    }
    setOutput(
        context, 1, context.inputs[0], context.node.version < 10 ? context.types[0] : ElementType::Bool);
}

void dropoutLoop(const LoopContext& context)
{
    const auto& seed = std::get<DropoutAttributes>(context.node.attributes).seed;
    const RandomNumbers numbers(context.node, seed ? std::optional(static_cast<float>(*seed)) : std::nullopt);
    const bool training = isTraining(context);
    const double ratio = !training ? 0 : hasInput(context, 1) ? realOf(context.inputs[1]) : 0.5;
    if (training && !(ratio >= 0 && ratio < 1))
        throw Error("has ratio {}, expected 0 to less than 1.", ratio);
    const auto keeps = [&](std::int64_t i) { return ratio == 0 || numbers.uniform(i) >= ratio; };
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        const T* x = context.inputs[0].as<T>().data();
        fill(FloatTypes {}, context.outputs[0],
            [&](std::int64_t i) { return keeps(i) ? static_cast<double>(x[i]) / (1 - ratio) : 0.0; });
    });
    if (context.outputs.size() > 1) // before opset 10 the mask has the data's type
        fill(Types<Boolean, float, double> {}, context.outputs[1], keeps);
}

} // namespace core::ops
