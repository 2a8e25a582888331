// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/indices.h"
#include "core/ops/rules.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace core::ops {
namespace {

/// The scores without their class dimension.
Shape lossShape(const Shape& scores)
{
    Shape shape = scores;
    shape.erase(shape.begin() + 1);
    return shape;
}

} // namespace

void inferLoss(InferContext& context)
{
    const auto& attributes = std::get<LossAttributes>(context.node.attributes);
    const Shape& scores = context.inputs[0];
    requireType(context, 0, kFloats);
    requireType(context, 1, kIndices);
    if (scores.size() < 2 || context.inputs[1] != lossShape(scores))
        throw Error("compares {} with labels of shape {}.", toString(scores), toString(context.inputs[1]));
    if (context.has(2)) {
        if (context.types[2] != context.types[0])
            throw Error("mixes {} and {}.", elementName(context.types[0]), elementName(context.types[2]));
        if (context.inputs[2] != Shape { scores[1] })
            throw Error("has weights of shape {} for {} classes.", toString(context.inputs[2]), scores[1]);
    }
    const bool each = attributes.reduction == LossReduction::None;
    setOutput(context, 0, each ? lossShape(scores) : Shape {}, context.types[0]);
    setOutput(context, 1, scores, context.types[0]);
}

namespace {

/// Scores are [samples, classes, places]: `places` losses lie side by side.
struct Layout {
    std::int64_t samples, classes, places;
};

Layout layoutOf(const Shape& scores)
{
    return { scores[0], scores[1], elementCount(Shape(scores.begin() + 2, scores.end())) };
}

/// Log-probabilities over the classes of one sample; a row of places at a time.
template <typename T> void logSoftmax(const T* x, double* y, const Layout& layout)
{
    const auto places = static_cast<std::size_t>(layout.places);
    std::vector<double> highest(places, -std::numeric_limits<double>::infinity()), sums(places, 0);
    for (std::int64_t c = 0; c < layout.classes; ++c)
        for (std::size_t i = 0; i < places; ++i)
            highest[i] = std::max<double>(highest[i], x[static_cast<std::size_t>(c) * places + i]);
    for (std::int64_t c = 0; c < layout.classes; ++c)
        for (std::size_t i = 0; i < places; ++i)
            sums[i] += std::exp(x[static_cast<std::size_t>(c) * places + i] - highest[i]);
    for (std::size_t i = 0; i < places; ++i)
        sums[i] = std::log(sums[i]) + highest[i];
    for (std::int64_t c = 0; c < layout.classes; ++c)
        for (std::size_t i = 0; i < places; ++i)
            y[static_cast<std::size_t>(c) * places + i]
                = x[static_cast<std::size_t>(c) * places + i] - sums[i];
}

/// Takes in losses one by one and ends as what the node gives.
template <typename T> class Losses {
public:
    Losses(const LoopContext& context, const Layout& layout)
        : m_attributes(std::get<LossAttributes>(context.node.attributes))
        , m_classes(layout.classes)
        , m_weights(hasInput(context, 2) ? context.inputs[2].as<T>() : std::span<const T> {})
        , m_output(context.outputs[0].as<T>())
    {
    }

    /// `logs` points at the sample's log-probability of class 0, those of others are `step` apart.
    template <typename Real> void add(std::int64_t label, const Real* logs, std::int64_t step)
    {
        double loss = 0;
        if (label != m_attributes.ignoreIndex) {
            if (label < 0 || label >= m_classes)
                throw Error("has label {}, expected 0 to {}.", label, m_classes - 1);
            const double weight
                = m_weights.empty() ? 1.0 : static_cast<double>(m_weights[static_cast<std::size_t>(label)]);
            loss = -weight * static_cast<double>(logs[label * step]);
            m_weight += weight;
        }
        m_sum += loss;
        if (m_attributes.reduction == LossReduction::None)
            m_output[m_count++] = static_cast<T>(loss);
    }

    void finish()
    {
        if (m_attributes.reduction != LossReduction::None)
            m_output[0]
                = static_cast<T>(m_attributes.reduction == LossReduction::Mean ? m_sum / m_weight : m_sum);
    }

private:
    const LossAttributes& m_attributes;
    std::int64_t m_classes;
    std::span<const T> m_weights;
    std::span<T> m_output;
    std::size_t m_count = 0;
    double m_sum = 0, m_weight = 0;
};

/// Calls body(losses, sample, labels) for each sample, with its first label.
template <typename T, typename Body> void forEachSample(const LoopContext& context, Body&& body)
{
    const Layout layout = layoutOf(context.inputs[0].shape);
    Losses<T> losses(context, layout);
    dispatch(IndexTypes {}, context.inputs[1].type, [&]<typename Index>() {
        const Index* labels = context.inputs[1].as<Index>().data();
        for (std::int64_t sample = 0; sample < layout.samples; ++sample)
            body(losses, layout, sample, labels + sample * layout.places);
    });
    losses.finish();
}

} // namespace

void negativeLogLikelihoodLoop(const LoopContext& context)
{
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        const T* x = context.inputs[0].as<T>().data();
        forEachSample<T>(
            context, [x](auto& losses, const Layout& layout, std::int64_t sample, const auto* labels) {
                for (std::int64_t i = 0; i < layout.places; ++i)
                    losses.add(labels[i], x + sample * layout.classes * layout.places + i, layout.places);
            });
    });
}

void crossEntropyLoop(const LoopContext& context)
{
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        const T* x = context.inputs[0].as<T>().data();
        T* probabilities = context.outputs.size() > 1 ? context.outputs[1].as<T>().data() : nullptr;
        std::vector<double> logs;
        forEachSample<T>(
            context, [&](auto& losses, const Layout& layout, std::int64_t sample, const auto* labels) {
                const std::int64_t size = layout.classes * layout.places;
                logs.resize(static_cast<std::size_t>(size));
                logSoftmax(x + sample * size, logs.data(), layout);
                for (std::int64_t i = 0; i < layout.places; ++i)
                    losses.add(labels[i], logs.data() + i, layout.places);
                if (probabilities)
                    std::transform(logs.begin(), logs.end(), probabilities + sample * size,
                        [](double log) { return static_cast<T>(log); });
            });
    });
}

} // namespace core::ops
