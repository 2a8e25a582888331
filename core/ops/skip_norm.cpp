// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions_microsoft.h"
#include "core/ops/rules.h"
#include "core/ops/types.h"

#include <algorithm>
#include <cmath>

/// com.microsoft's normalisations of sums: of a residual, of the embeddings of a BERT.
namespace core::ops {

Attributes parseSkipNorm(const OnnxAttributes& from)
{
    return NormAttributes { .epsilon = from.real("epsilon", 1e-12F) };
}

Attributes parseEmbedNorm(const OnnxAttributes& from)
{
    return EmbedNormAttributes { .epsilon = from.real("epsilon", 1e-12F) };
}

namespace {

/// What one row is normalised by: to mean 0 and variance 1, or by its root mean square alone.
struct RowNorm {
    double mean = 0, inverse = 0;

    RowNorm(const std::vector<double>& row, double epsilon, bool centres)
    {
        const auto length = static_cast<double>(row.size());
        if (centres) {
            for (const double value : row)
                mean += value;
            mean /= length;
        }
        double squares = 0;
        for (const double value : row)
            squares += (value - mean) * (value - mean);
        inverse = 1 / std::sqrt(squares / length + epsilon);
    }

    /// Factors and, unless null, terms per element.
    template <typename T>
    void apply(const std::vector<double>& row, const T* scale, const T* shift, T* y) const
    {
        for (std::size_t i = 0; i < row.size(); ++i)
            y[i] = static_cast<T>((row[i] - mean) * inverse * scale[i] + (shift ? shift[i] : T {}));
    }
};

/// Where the two operators have what comes behind input, skip and gamma.
struct SkipInputs {
    std::size_t beta, bias; // beta 0: there is none
};

SkipInputs skipInputs(const Node& node)
{
    return node.kind == OpKind::SkipLayerNormalization ? SkipInputs { 3, 4 } : SkipInputs { 0, 3 };
}

void requireRow(const InferContext& context, std::size_t input, std::int64_t length)
{
    if (context.has(input) && context.inputs[input] != Shape { length })
        throw Error("has a parameter of shape {} for rows of {}.", toString(context.inputs[input]), length);
}

template <typename T> const T* dataAt(const LoopContext& context, std::size_t input)
{
    return input > 0 && hasInput(context, input) ? context.inputs[input].as<T>().data() : nullptr;
}

} // namespace

void inferSkipNorm(InferContext& context)
{
    const Shape &x = context.inputs[0], &skip = context.inputs[1];
    const auto [beta, bias] = skipInputs(context.node);
    requireOneType(context, kFloats);
    if (x.size() < 2 || !broadcastsTo(skip, x) || skip.empty() || skip.back() != x.back()
        || (skip.size() > 1 && skip[skip.size() - 2] != x[x.size() - 2]))
        throw Error("adds {} to {}.", toString(skip), toString(x));
    for (const std::size_t parameter : { std::size_t { 2 }, beta, bias })
        if (parameter > 0)
            requireRow(context, parameter, x.back());
    Shape statistics = x;
    statistics.back() = 1;
    setOutput(context, 0, x, context.types[0]);
    setOutput(context, 1, statistics, ElementType::Float32);
    setOutput(context, 2, statistics, ElementType::Float32);
    setOutput(context, 3, x, context.types[0]);
}

void skipNormLoop(const LoopContext& context)
{
    const float epsilon = std::get<NormAttributes>(context.node.attributes).epsilon;
    const bool centres = context.node.kind == OpKind::SkipLayerNormalization;
    const auto inputs = skipInputs(context.node);
    const std::int64_t length = context.inputs[0].shape.back(),
                       skipped = elementCount(context.inputs[1].shape);
    std::vector<double> row(static_cast<std::size_t>(length));
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        const T *x = context.inputs[0].as<T>().data(), *skip = context.inputs[1].as<T>().data();
        const T *bias = dataAt<T>(context, inputs.bias), *beta = dataAt<T>(context, inputs.beta);
        const auto store = [&](std::size_t output, std::int64_t at, double value) {
            if (context.outputs.size() > output)
                context.outputs[output].as<float>()[static_cast<std::size_t>(at)] = static_cast<float>(value);
        };
        for (std::int64_t at = 0; at < context.outputs[0].count(); at += length) {
            for (std::int64_t i = 0; i < length; ++i)
                row[static_cast<std::size_t>(i)]
                    = static_cast<double>(x[at + i]) + skip[at % skipped + i] + (bias ? bias[i] : T {});
            const RowNorm norm(row, epsilon, centres);
            norm.apply(row, context.inputs[2].as<T>().data(), beta, context.outputs[0].as<T>().data() + at);
            store(1, at / length, norm.mean);
            store(2, at / length, norm.inverse);
            if (context.outputs.size() > 3)
                std::ranges::transform(row, context.outputs[3].as<T>().data() + at,
                    [](double value) { return static_cast<T>(value); });
        }
    });
}

namespace {

enum Input : std::size_t {
    kWords,
    kSegments,
    kWordTable,
    kPositionTable,
    kSegmentTable,
    kGamma,
    kBeta,
    kMask,
    kPositions
};

void requireTable(const InferContext& context, std::size_t input, std::int64_t width)
{
    const Shape& shape = context.inputs[input];
    if (shape.size() != 2 || shape[1] != width || context.types[input] != context.types[kWordTable])
        throw Error("has an embedding {} of {}, expected [rows, {}].", toString(shape),
            elementName(context.types[input]), width);
}

} // namespace

void inferEmbedNorm(InferContext& context)
{
    for (const std::size_t input : { kWords, kWordTable, kPositionTable, kGamma, kBeta })
        requireInput(context, input);
    requireType(context, kWordTable, kFloats);
    const Shape &words = context.inputs[kWords], &table = context.inputs[kWordTable];
    if (words.size() != 2 || table.size() != 2)
        throw Error("embeds {} by {}.", toString(words), toString(table));
    for (const std::size_t input : { kWords, kSegments, kMask, kPositions })
        if (context.has(input)) {
            requireType(context, input, kIndices);
            const Shape& shape = context.inputs[input];
            if (shape != words && !(input == kPositions && shape == Shape { 1, words[1] }))
                throw Error("has words {} and {} beside them.", toString(words), toString(shape));
        }
    requireTable(context, kPositionTable, table[1]);
    if (context.has(kSegments)) {
        requireInput(context, kSegmentTable);
        requireTable(context, kSegmentTable, table[1]);
    }
    if (!context.has(kPositions) && context.inputs[kPositionTable][0] < words[1])
        throw Error("has {} positions for {} words.", context.inputs[kPositionTable][0], words[1]);
    for (const std::size_t input : { kGamma, kBeta }) {
        requireRow(context, input, table[1]);
        if (context.types[input] != context.types[kWordTable])
            throw Error("mixes {} and {}.", elementName(context.types[kWordTable]),
                elementName(context.types[input]));
    }
    const Shape output { words[0], words[1], table[1] };
    setOutput(context, 0, output, context.types[kWordTable]);
    setOutput(context, 1, { words[0] }, ElementType::Int32);
    setOutput(context, 2, output, context.types[kWordTable]);
}

namespace {

template <typename T> void addRow(const TensorView& table, std::int64_t index, std::vector<double>& row)
{
    if (index < 0 || index >= table.shape[0])
        throw Error("has index {} into {} embeddings.", index, table.shape[0]);
    const T* from = table.as<T>().data() + index * table.shape[1];
    for (std::size_t i = 0; i < row.size(); ++i)
        row[i] += from[i];
}

/// Per sequence how many words are not masked.
void countWords(const LoopContext& context)
{
    const auto counts = context.outputs[1].as<std::int32_t>();
    std::ranges::fill(counts, 0);
    if (!hasInput(context, kMask) || counts.empty())
        return;
    const auto mask = integersOf(context.inputs[kMask]);
    for (std::size_t i = 0; i < mask.size(); ++i)
        counts[i / (mask.size() / counts.size())] += mask[i] != 0 ? 1 : 0;
}

} // namespace

void embedNormLoop(const LoopContext& context)
{
    const float epsilon = std::get<EmbedNormAttributes>(context.node.attributes).epsilon;
    const auto words = integersOf(context.inputs[kWords]);
    const std::int64_t length = context.inputs[kWords].shape[1], width = context.inputs[kWordTable].shape[1];
    const auto segments = hasInput(context, kSegments) ? integersOf(context.inputs[kSegments]) : Shape {};
    const auto positions = hasInput(context, kPositions) ? integersOf(context.inputs[kPositions]) : Shape {};
    std::vector<double> row(static_cast<std::size_t>(width));
    dispatch(FloatTypes {}, context.inputs[kWordTable].type, [&]<typename T>() {
        for (std::size_t i = 0; i < words.size(); ++i) {
            std::ranges::fill(row, 0.0);
            addRow<T>(context.inputs[kWordTable], words[i], row);
            addRow<T>(context.inputs[kPositionTable],
                positions.empty() ? static_cast<std::int64_t>(i) % length : positions[i % positions.size()],
                row);
            if (!segments.empty())
                addRow<T>(context.inputs[kSegmentTable], segments[i], row);
            const std::int64_t at = static_cast<std::int64_t>(i) * width;
            const RowNorm norm(row, epsilon, true);
            norm.apply(row, context.inputs[kGamma].as<T>().data(), context.inputs[kBeta].as<T>().data(),
                context.outputs[0].as<T>().data() + at);
            if (context.outputs.size() > 2)
                std::ranges::transform(row, context.outputs[2].as<T>().data() + at,
                    [](double value) { return static_cast<T>(value); });
        }
    });
    if (context.outputs.size() > 1)
        countWords(context);
}

} // namespace core::ops
